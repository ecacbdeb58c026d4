"""Articles made to measure with, what a command costs, and the picture of it. None of the corpora is needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import scaling
from onrecord import figures

LINE = "The council of {0} voted on Monday to keep the old bridge, and the mayor said that she was glad about it."


@pytest.fixture
def folder(tmp_path):
    for nth, name in enumerate(scaling.FILES):
        rows = [
            {
                "publisher": outlet,
                "text": "\n\n".join(
                    [f"Bridge stays in {outlet}.", *[LINE.format(f"{outlet} {nth}{i}") for i in range(9)]]
                ),
            }
            for outlet in ("post", "times")
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_articles_are_made(folder):
    made = list(scaling.texts(folder, 6))
    assert len({row["id"] for row in made}) == 6
    assert made[:3] == list(scaling.texts(folder, 3)) and made != list(scaling.texts(folder, 6, seed=1))
    for row in made:
        assert row["text"].startswith(row["title"] + "\n\n") and 200 <= len(row["text"].split()) <= 300
        assert row["outlet"] in ("post", "times") and row["outlet"] in row["title"]
        assert set(row) == {"id", "title", "outlet", "date", "text"} and "2015-07-01" <= row["date"] < "2016-12-01"


def test_articles_are_written(folder):
    assert scaling.main([str(folder), "make", "4", str(folder / "made.jsonl")]) == 0
    lines = (folder / "made.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(scaling.texts(folder, 4))


def test_a_folder_without_the_corpora_is_told(tmp_path, capsys):
    assert scaling.main([str(tmp_path), "make", "4", str(tmp_path / "made.jsonl")]) == 2
    assert "polnear_train.jsonl" in capsys.readouterr().err and not (tmp_path / "made.jsonl").exists()


HOLDS = """import subprocess, sys, time
inner = "import time; held = bytearray(b'x') * 60_000_000; time.sleep(1)"
subprocess.run([sys.executable, "-c", inner if len(sys.argv) < 2 else "pass"], check=True)"""


def test_the_memory_of_descendants_counts(monkeypatch):
    monkeypatch.setattr(scaling, "EVERY", 0.02)
    seconds, megabytes, own = scaling.cost([sys.executable, "-c", HOLDS])
    less = scaling.cost([sys.executable, "-c", HOLDS, "none"])[1]
    assert seconds >= 1 and 45 < megabytes - less < 75 and 0 < own < seconds


def test_a_command_that_fails_is_no_measure():
    with pytest.raises(subprocess.CalledProcessError):
        scaling.cost([sys.executable, "-c", "raise SystemExit(3)"])


def test_every_size_is_measured(folder, monkeypatch):
    read = "import sys, time; time.sleep(0.2); print(len(open(sys.argv[1]).readlines()), file=open(sys.argv[2], 'w'))"
    monkeypatch.setattr(scaling, "EVERY", 0.02)
    monkeypatch.setattr(scaling, "corpus", lambda source, to, workers: [sys.executable, "-c", read, source, to])
    rows = list(scaling.measure(folder, [1, 3], workers=1))
    assert [(row["articles"], row["workers"]) for row in rows] == [(1, 1), (3, 1)]
    assert all(row["seconds"] > 0 for row in rows)


def test_one_worker_is_compared_with_two(folder, monkeypatch):
    def cost(command):  # five seconds to start, and then a second an article and worker
        return 5 + len(Path(command[4]).read_text(encoding="utf-8").splitlines()) / int(command[-1]), 1.0, 1.0

    monkeypatch.setattr(scaling, "cost", cost)
    monkeypatch.setattr(scaling, "_parsing", lambda folder, number, processes: 3 / processes)
    assert scaling.gain(folder, 1, 3) == {
        "one worker to two": 1.23,
        "one worker to two, under way": 2.0,
        "bare parse, one process to two": 2.0,
    }
    assert scaling.gain(folder / "nowhere") == {}


def test_the_picture_says_what_it_shows():
    rows = [
        {"articles": 10**n, "workers": 2, "cores": 2, "seconds": 3.0 * 10**n, "megabytes": 400 + n} for n in (1, 2, 3)
    ]
    made = scaling.drawn(rows)
    assert "1,000 articles: 3,000.0 s, 403 MB" in made.alt and figures.png(made) == figures.png(scaling.drawn(rows))
