"""What takes minutes (`make test-slow`): the longest input that is read, or refused, in how many seconds of a processor and megabytes; two workers."""

import contextlib
import io
import json

import pytest
from conftest import SLUGS, loaded
from limits import within

import onrecord
from benchmarks import scaling
from onrecord import cli

TALK = "“We will stay,” said Ann Lee, the mayor of Ayr. She added that it rained. "
TEXTS = {  # a text; at most so many seconds and megabytes
    "999,000 characters in a line": (TALK * (999_000 // len(TALK)), 600, 2000),
    "a sentence of 20,000 characters": (
        "Ann Lee said that critics attack the law and Bob Ray condemns it and " * 290,
        60,
        800,
    ),
    "20,000 quotation marks that open": ("“" * 20_000, 60, 800),
    "20,000 quotation marks": ("“a” " * 10_000, 60, 1000),
}


@pytest.fixture(scope="module", autouse=True)
def loaded_once():
    onrecord.analyse("“Yes,” said Ann Lee.")


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text(name):
    text, seconds, megabytes = TEXTS[name]

    def work():
        made = onrecord.analyse(text)
        return f"{len(made.blocks)} {len(made.quotes)}"

    blocks, quotes = within(seconds, megabytes, work).split()
    most = 2 * text.count(TALK) or text.count("“") or text.count(" said ") + text.count(" condemns ")
    assert blocks == "1" and (int(quotes) == most if TALK in text else int(quotes) <= most)


def test_ten_megabytes_are_refused(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(TALK * (10_000_000 // len(TALK)), encoding="utf-8")

    def work():
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = cli.main(["analyse", str(path), "-o", str(tmp_path / "out")])
        return f"{status} {said.getvalue()}"

    said = within(10, 500, work)
    assert said.startswith("2 ") and "1,000,000" in said and not (tmp_path / "out").exists()


def test_two_workers_write_the_bytes_of_one(tmp_path):
    """Sixty articles are three units, which end in no certain order."""
    paragraphs = [line for slug in SLUGS for line in loaded(slug).article.text.split("\n") if len(line) > 80]
    rows = [
        {"text": "\n\n".join([f"Story {n}", *paragraphs[n % 7 :: 7]]), "outlet": f"Paper {n % 3}"} for n in range(60)
    ]
    source = tmp_path / "stories.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = []
    for workers in ("1", "2"):
        folder = tmp_path / workers
        assert cli.main(["corpus", str(source), "-o", str(folder), "--csv", "--workers", workers]) == 0
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
    assert len(found[0]) > 10 and found[0] == found[1]


def test_processes_share_what_they_parse(tmp_path):
    """What the gain of a second worker is measured beside."""
    paragraphs = [line for line in loaded(SLUGS[0]).article.text.split("\n") if len(line.split()) in scaling.PARAGRAPH]
    document = {"publisher": "The Courier", "text": "\n\n".join(["Rain falls", *paragraphs])}
    for name in scaling.FILES:
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(document), encoding="utf-8")
    assert 0 < scaling._parsing(tmp_path, 2, processes=2) < 60
