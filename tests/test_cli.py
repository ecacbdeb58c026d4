"""The command line: what it prints, what it writes, and one line for bad input."""

import io
import json
import re
import subprocess
import sys
import time

import pandas as pd
import pytest

import onrecord
import onrecord.dossier
from onrecord import __version__, cli, exports, schema
from onrecord.cli import main

STORY = "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the vote was over.\n"


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_version_and_list(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0 and __version__ in capsys.readouterr().out
    assert main(["list"]) == 0
    assert re.findall(r"^[\w-]+", capsys.readouterr().out, re.MULTILINE)[1] == "nato-russia-2022"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_what_takes_long_says_so_on_a_terminal(monkeypatch):
    monkeypatch.setattr(cli, "PATIENCE", 0.2)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with cli._busy("at once"):
        pass
    assert terminal.getvalue() == ""
    with cli._busy("reading story.txt"):
        time.sleep(0.7)
    assert "reading story.txt 00:00" in terminal.getvalue() and terminal.getvalue().endswith("\r")
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    with cli._busy("reading story.txt"):
        time.sleep(0.7)
    assert pipe.getvalue() == ""


def test_a_corpus_says_how_far_it_is_on_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with cli._progress() as show:
        show(0.2, 0)  # what an earlier run has done
        time.sleep(0.5)
        show(0.6, 40)
        time.sleep(0.5)
        show(0.8, 60)
    bars = terminal.getvalue().split("\r")
    rate, left = re.search(r"60 articles, (\d+\.\d) a second .* 80% 00:0[0-9]<00:0([0-9])", "\n".join(bars)).groups()
    assert 20 < float(rate) < 80 and int(left) <= 2
    assert not bars[-1].strip()


def test_python_m():
    done = subprocess.run([sys.executable, "-m", "onrecord", "--version"], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == f"onrecord {__version__}"


def test_analyse_writes_every_table(story, tmp_path, capsys):
    out = tmp_path / "tables"
    assert main(["analyse", str(story), "-o", str(out), "--published", "2024-05-01"]) == 0
    assert {path.name for path in out.iterdir()} == {"datapackage.json", *(f"{name}.csv" for name in schema.TABLES)}
    quotes = schema.from_csv("quotes", (out / "quotes.csv").read_text(encoding="utf-8"))
    assert list(quotes.speaker) == ["Ann Lee", "Ann Lee"] and list(quotes.spans) == [((1, 14),), ((63, 80),)]
    assert json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["published"] == "2024-05-01"
    assert "2 quotations" in capsys.readouterr().out
    assert main(["analyse", str(story), "-o", str(out)]) == 0  # its own folder may be written again
    (out / ".DS_Store").write_text("a system's")
    assert main(["analyse", str(story), "-o", str(out)]) == 0


OTHERS = {  # what else may stand in the folder for the tables
    "notes beside our tables": lambda out, story: (main(["analyse", story, "-o", str(out)]), (out / "notes.txt").write_text("mine")),
    "somebody's data package": lambda out, story: (out.mkdir(), (out / "datapackage.json").write_text('{"title": "Rain", "resources": []}')),
    "a broken package": lambda out, story: (out.mkdir(), (out / "datapackage.json").write_text("[]")),
    "our tables without their package": lambda out, story: (main(["analyse", story, "-o", str(out)]), (out / "datapackage.json").unlink()),
    "a corpus": lambda out, story: (out.mkdir(), (out / "corpus.json").write_text('{"complete": true}')),
    "a file": lambda out, story: out.write_text("mine"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("command", ["analyse", "report"])
def test_a_folder_of_somebody_else_is_left_as_it_is(command, name, story, tmp_path, capsys):
    out = tmp_path / "tables"
    OTHERS[name](out, str(story))
    before = {path: path.read_bytes() for path in [out, *out.rglob("*")] if path.is_file()}
    capsys.readouterr()
    assert main([command, str(story), "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert str(out) in said.splitlines()[-1] and "name a" in said.splitlines()[-1]
    assert {path: path.read_bytes() for path in [out, *out.rglob("*")] if path.is_file()} == before


@pytest.mark.parametrize("form", exports.FORMATS)
def test_export_writes_one_file(form, story, tmp_path, capsys):
    out = tmp_path / f"story.{form}"
    before = {*tmp_path.iterdir()}
    for more in ([], ["--no-review", "--published", "2024-05-01"]):  # its own file may be written again
        assert main(["export", str(story), "--format", form, "-o", str(out), *more]) == 0
        assert "not reviewed" in capsys.readouterr().out
    made = onrecord.load(story, published="2024-05-01")
    assert out.read_bytes() == exports.content(made, form)
    assert {*tmp_path.iterdir()} == before | {out}


def test_every_format_is_offered():
    assert cli.FORMATS == exports.FORMATS


def test_memberships(capsys):
    assert main(["memberships", "--on", "2022-01-14", "NATO", "EU", "OSCE"]) == 0
    assert re.findall(r" (\d+) ", capsys.readouterr().out) == ["21", "0", "9", "6", "0", "0", "21"]
    assert main(["memberships", "--on", "2022-01-14", "NATO", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["regions"][0]["count"] == 30 and found["caveats"] == []
    assert main(["memberships", "--on", "2100-01-01", "NATO", "EU", "--json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)["caveats"]) == len(said.err.splitlines()) == 2 and "last checked" in said.err


BAD = [
    (["analyse", "{tmp}/nowhere.txt", "-o", "{tmp}/out"], "nowhere.txt"),
    (["analyse", "{tmp}/empty.txt", "-o", "{tmp}/out"], "empty.txt"),
    (["analyse", "{tmp}/latin.txt", "-o", "{tmp}/out"], "latin.txt"),
    (["analyse", "no-such-slug", "-o", "{tmp}/out"], "shipped are"),
    (["analyse", "{tmp}", "-o", "{tmp}/out"], "not a file"),
    (["analyse", "nato-russia-2022", "-o", "{tmp}/out", "--published", "tomorrow"], "tomorrow is not a date"),
    (["report", "../../etc/passwd", "-o", "{tmp}/out"], "passwd"),
    (["report", "nato-russia-2022", "-o", "{tmp}"], "holds"),
    (["memberships", "--on", "2022-13-45", "NATO"], "2022-13-45 is not a date"),
    (["memberships", "--on", "2022-01-14", "NOPE"], "NOPE"),
    (["analyse", "nato-russia-2022"], "--output"),
    (["export", "nato-russia-2022", "--format", "csv", "-o", "{tmp}"], "this is a folder"),
    (["export", "nato-russia-2022", "--format", "dna", "-o", "{tmp}/none/x.dna"], "there is no folder"),
    (["export", "nato-russia-2022", "--format", "xlsx", "-o", "{tmp}/latin.txt"], "is not a xlsx export"),
    (["export", "nato-russia-2022", "--format", "pdf", "-o", "{tmp}/x"], "invalid choice: 'pdf'"),
    (["export", "nato-russia-2022", "--format", "csv"], "--output"),
    (["export", "no-such-slug", "--format", "csv", "-o", "{tmp}/x"], "shipped are"),
    (["juggle"], "juggle"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[" ".join(arguments[:2]) for arguments, _ in BAD])
def test_bad_input(arguments, told, tmp_path, capsys):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "latin.txt").write_bytes("Le pr\xe9sident".encode("latin-1"))
    before = sorted(tmp_path.rglob("*"))
    try:
        status = main([argument.format(tmp=tmp_path) for argument in arguments])
    except SystemExit as end:  # argparse's own
        status = end.code
    said = capsys.readouterr().err.strip()
    assert status == 2 and told in said and "\n" not in said
    assert sorted(tmp_path.rglob("*")) == before


def test_what_will_not_work_is_told_a_line_each(tmp_path, capsys):
    (tmp_path / "fr.txt").write_text(
        "Le ministre a déclaré que la réunion aurait lieu demain à Paris.", encoding="utf-8"
    )
    assert main(["analyse", str(tmp_path / "fr.txt"), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().err.strip().split("\n")
    assert len(said) == 2 and "fr.txt: this does not look like English" in said[0] and "too few words" in said[1]


def test_cells_of_odd_texts_come_back(tmp_path):
    (tmp_path / "odd.txt").write_text(
        '“=1+1,\x00” said Ann\x00 Lee; "no," she added.\r\nRain, “fell”.', encoding="utf-8"
    )
    assert main(["analyse", str(tmp_path / "odd.txt"), "-o", str(tmp_path / "out")]) == 0
    for name in schema.TABLES:
        table = schema.from_csv(name, (tmp_path / "out" / f"{name}.csv").read_bytes().decode())
        assert isinstance(table, pd.DataFrame)


@pytest.mark.parametrize("command", [["analyse"], ["report"], ["export", "--format", "csv"], ["review"]])
def test_what_is_stopped_leaves_nothing(command, story, tmp_path, capsys, monkeypatch):
    def stopped(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(onrecord.dossier, "load", stopped)
    out = tmp_path / "out.xlsx"
    assert main([*command, str(story), "-o", str(out)]) == 130
    assert "stopped; nothing was written" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"story.txt"}


def test_who_wants_no_output_gets_none():
    command = f'"{sys.executable}" -m onrecord memberships NATO --on 2022-01-14'
    for closed in (">&-", ">&- 2>&-"):
        done = subprocess.run(["bash", "-c", f"{command} {closed}"], capture_output=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("command", [["analyse"], ["report"], ["export", "--format", "csv"], ["review"], ["corpus"]])
def test_a_name_that_is_too_long_is_one_line(command, tmp_path, capsys):
    for source, out in (("x" * 5_000, "out"), ("nato-russia-2022", "y" * 5_000)):
        assert main([*command, source, "-o", str(tmp_path / out)]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and said.startswith("onrecord: ") and len(said) < 6_000
    assert list(tmp_path.iterdir()) == []
