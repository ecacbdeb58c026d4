"""Many articles: every kind of source, runs that are stopped, killed and repeated, actors across articles, workers that die."""

import csv
import functools
import io
import itertools
import json
import os
import signal
import sqlite3
import zipfile

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import onrecord
from onrecord import cli, dossier, formats, language, schema
from onrecord.corpus import engine, layout, running, sources, units
from onrecord.corpus.index import Index
from onrecord.data import InputError

STORIES = [
    "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the vote was over.",
    "The minister opposed the ban. “It must go,” Bo Hill said on Friday.",
    "Ann Lee, mayor of Ayr, met Russian President Vladimir Putin in Moscow. “We talked,” she said.",
    "NATO warned Russia. “This is serious,” Jens Stoltenberg told reporters in Brussels.",
    "Vladimir Putin denied that Russia would attack. The Supreme Court did not comment.",
]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def written(path, rows):
    path.write_text(lines(rows), encoding="utf-8")
    return path


@pytest.fixture
def source(tmp_path):
    days = ["2024-05-01", "2024-05-02", "2 June 2024", "3/4/2024", None]
    rows = [
        {"body": text, "headline": f"Story {n}", "publisher": "The Courier", "pub_date": day}
        for n, (text, day) in enumerate(zip(STORIES, days))
    ]
    return written(tmp_path / "stories.jsonl", rows)


@pytest.fixture
def small(monkeypatch):
    """Units of one article, row groups of one unit and parts of two."""
    monkeypatch.setattr(units, "ARTICLES", 1)
    monkeypatch.setattr(running, "GROUP", 1)
    monkeypatch.setattr(running, "PART", 2)
    monkeypatch.setattr(running, "LOOSE", 1)


def run(source, folder, **asked):
    return running.run(source, folder, workers=1, **asked)


def broken(monkeypatch):
    """Let the analysis of one article break off; what analyses all of them."""
    whole = dossier._draft

    def breaking(read, *others):
        if read.text == STORIES[1]:
            raise RuntimeError("=no\nway")
        return whole(read, *others)

    monkeypatch.setattr(dossier, "_draft", breaking)
    return whole


def content(folder):
    """Every file of a folder and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(folder, name):
    return pd.concat([pq.read_table(path).to_pandas() for path in sorted((folder / name).glob("*.parquet"))])


def listed(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))[1:]


# --- sources -------------------------------------------------------------------------------------------------------------------


def a_folder(at):
    (at / "b").mkdir(parents=True)
    (at / "b" / "two.txt").write_text(STORIES[1], encoding="utf-8")
    (at / "one.md").write_text(f"---\ntitle: One\ndate: 2024-05-01\n---\n{STORIES[0]}\n", encoding="utf-8")
    (at / "b" / "two.toml").write_text('outlet = "The Courier"\n', encoding="utf-8")
    (at / "picture.png").write_bytes(b"\x89PNG")
    (at / ".hidden.txt").write_text("no", encoding="utf-8")
    return at


def a_zip(at):
    with zipfile.ZipFile(at.with_suffix(".zip"), "w") as packed:
        packed.writestr("one.txt", STORIES[0])
        packed.writestr("one.toml", 'published = 2024-05-01\ntitle = "One"\n')
        packed.writestr("b/two.txt", STORIES[1])
        packed.writestr("b/two.toml", 'outlet = "The Courier"\n')
        packed.writestr("__MACOSX/b/._two.txt", "no")
    return at.with_suffix(".zip")


ROWS = [
    ["Title", "Full text", "Date published", "Outlet"],
    ["One", STORIES[0], "2024-05-01", ""],
    ["", STORIES[1], "", "The Courier"],
]


def a_table(at, mark, parting, encoding):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=parting).writerows(ROWS)
    at.with_suffix(".csv").write_bytes((mark + out.getvalue()).encode(encoding))
    return at.with_suffix(".csv")


def an_excel(at):
    book = openpyxl.Workbook()
    book.active.append(["about", "these articles"])
    for row in ROWS:
        book.create_sheet("articles") if len(book.worksheets) == 1 else None
        book.worksheets[1].append(row)
    book.worksheets[1]["C2"] = pd.Timestamp("2024-05-01").to_pydatetime()
    book.save(at.with_suffix(".xlsx"))
    return at.with_suffix(".xlsx")


def json_lines(at):
    rows = [dict(zip(("title", "text", "date", "source"), (a, b, c or None, d or None))) for a, b, c, d in ROWS[1:]]
    return written(at.with_suffix(".jsonl"), rows)


KINDS = {
    "folder": a_folder,
    "zip": a_zip,
    "csv": lambda at: a_table(at, "", ",", "utf-8"),
    "csv with a mark": lambda at: a_table(at, "\ufeff", ";", "utf-8"),
    "csv in utf-16": lambda at: a_table(at, "", "\t", "utf-16"),
    "excel": an_excel,
    "json lines": json_lines,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_gives_its_articles(kind, tmp_path):
    found = list(sources.items(KINDS[kind](tmp_path / "stories")))
    by_text = {item.text.strip(): item for item in found}
    one, two = by_text[STORIES[0]], by_text[STORIES[1]]
    assert len(found) == 2 and not any(item.reason for item in found)
    assert (one.title, one.outlet, one.published) == ("One", None, pd.Timestamp("2024-05-01"))
    assert (two.outlet, two.published) == ("The Courier", None)
    assert [0 <= item.at <= 1 for item in found] == [True, True]
    assert len({item.origin for item in found}) == 2


LONG = "Ann Lee said so. " * 60_000
BROKEN = [
    ("no words", {"text": " \n"}, "there are no words"),
    ("nothing", {"text": None}, "there are no words"),
    ("a number", {"text": 12}, "its text is no text but int: 12"),
    ("too long", {"text": LONG}, "more than the 1,000,000 characters"),
    ("no object", [1, 2], "is no JSON object"),
    ("deep", "[" * 200_000, "is no JSON object"),
    ("no end", '{"text": "a', "is no JSON object"),
    ("half a pair", {"text": "Ann \udc9d Lee said so."}, "is not UTF-8"),
]


def test_a_broken_line_costs_the_others_nothing(tmp_path):
    path = tmp_path / "stories.jsonl"
    broken = [row if isinstance(row, str) else json.dumps(row) for _, row, _ in BROKEN]
    path.write_text("\n".join([json.dumps({"text": STORIES[0]}), *broken, json.dumps({"text": STORIES[1]})]))
    found = list(sources.items(path))
    assert [item.text for item in found if not item.reason] == STORIES[:2]
    assert [item.origin for item in found if item.reason] == [f"line {n}" for n in range(2, len(BROKEN) + 2)]
    for item, (name, _, reason) in zip((item for item in found if item.reason), BROKEN, strict=True):
        assert item.reason.startswith(f"{item.origin}: ") and reason in item.reason, name


def test_a_broken_row_costs_the_others_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_LINE", 2000)
    path = tmp_path / "stories.csv"
    long = "x" * 3000
    path.write_bytes(
        f"text,title\nIt ended,a\n{long},b\nIt ended, he said,h\n".encode()
        + b"caf\xe9 society met,c\n"
        + f'\n"{STORIES[0].replace("“", "")}\nIt ended.",d\n,e\n"{"line" * 300}\n{"line" * 300}",f\nlast words,g\n'.encode()
    )
    found = {item.title or item.reason.split(": ", 1)[1][:20]: item for item in sources.items(path)}
    assert [name for name, item in found.items() if not item.reason] == ["a", "d", "g"]
    assert found["d"].text.endswith("\nIt ended.")
    reasons = [item.reason for item in found.values() if item.reason]
    assert [
        any(said in reason for reason in reasons)
        for said in ("a line of it", "not UTF-8", "no words", "no row", "more cells")
    ] == [True] * 5


def test_a_quotation_mark_that_never_closes_is_told(tmp_path):
    path = tmp_path / "stories.csv"
    path.write_text(f'text,title\n"{STORIES[0]}",a\n"{STORIES[1]},b\n{STORIES[2]},c\n', encoding="utf-8")
    good, bad = sources.items(path)
    assert good.title == "a"
    assert bad.reason == "row 3: a quotation mark opens in it and never closes: it and the 1 lines below are not read"


def test_each_object_has_its_own_fields(tmp_path):
    rows = [{"note": "header"}, {"text": STORIES[0]}, {"text": STORIES[1], "outlet": "The Post", "date": float("nan")}]
    found = list(sources.items(written(tmp_path / "s.jsonl", [*rows, {"source": "The Sun", "content": STORIES[2]}])))
    assert [(item.text, item.outlet) for item in found[1:]] == [
        (STORIES[0], None),
        (STORIES[1], "The Post"),
        (STORIES[2], "The Sun"),
    ]
    assert found[0].reason == "line 1: there are no words in its text" and found[2].note is None


BAD = [
    ("nothing.csv", None, "there is no such file or folder"),
    ("empty", "folder", "holds no article"),
    ("empty.csv", b"", "no column is known"),
    ("empty.jsonl", b"\n", "holds no article"),
    ("names.csv", b"name,age\nAnn,3\n", "name it, as --column text=NAME (it has name, age)"),
    ("names.jsonl", b'{"name": "Ann"}\n', "name it, as --column text=NAME (it has name)"),
    ("bare.csv", b"text,title\n", "it needs a row for each article"),
    ("book.csv", b"PK\x03\x04abc", "this is a packed or Word file"),
    ("broken.zip", b"PK\x03\x04abc", "this is no ZIP file"),
    ("broken.xlsx", b"PK\x03\x04abc", "this is no Excel file"),
    ("story.docx", b"PK", "no corpus: name a folder"),
    ("pipe.csv", "pipe", "no corpus: name a folder"),
]


@pytest.mark.parametrize(("name", "raw", "said"), BAD, ids=[name for name, *_ in BAD])
def test_a_source_that_cannot_be_read_is_refused_in_one_line(name, raw, said, tmp_path, capsys):
    path = tmp_path / name
    if raw == "folder":
        path.mkdir()
    elif raw == "pipe":
        os.mkfifo(path)
    elif raw is not None:
        path.write_bytes(raw)
    assert cli.main(["corpus", str(path), "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and said in told and name in told
    assert not (tmp_path / "out").exists()


def test_a_column_is_named_where_its_name_does_not_tell_it(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(f'Inhalt,text\n"{STORIES[0]}",no\n', encoding="utf-8")
    assert next(sources.items(path, {"text": "Inhalt"})).text == STORIES[0]
    with pytest.raises(InputError, match="has no column 'Volltext'"):
        sources.items(path, {"text": "Volltext"})


DAYS = [
    ("2024-05-01", "2024-05-01"),
    ("2024-05-01T23:30:00Z", "2024-05-01"),
    ("2024-05-01 08:00:00+02:00", "2024-05-01"),
    ("20240501", "2024-05-01"),
    ("1 May 2024", "2024-05-01"),
    ("May 1, 2024", "2024-05-01"),
    ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01"),
    ("14/03/2022", "2022-03-14"),
    ("03/04/2022", None),
    ("04/04/2022", "2022-04-04"),
    ("May 2024", None),
    ("2024", None),
    ("yesterday", None),
    ("0001-01-01", None),
    ("2024-13-45", None),
    ("2024/05/01", "2024-05-01"),
    ("2024.05.01", "2024-05-01"),
    ("2024-5-1", "2024-05-01"),
    ("24-05-31", None),
    ("24/05/31", None),
    ("240501", None),
    ("1650-01-01", None),
    (1714521600, None),
    (True, None),
    (pd.Timestamp("2024-05-01 10:00").to_pydatetime(), "2024-05-01"),
    (pd.Timestamp("2024-05-01").to_pydatetime().time(), None),
    ("9" * 5000, None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("cell", "day"), DAYS, ids=[str(cell)[:30] for cell, _ in DAYS])
def test_days_are_read_where_only_one_can_be_meant(cell, day):
    assert sources.day_of(cell) == (None if day is None else pd.Timestamp(day))


def test_nothing_in_an_archive_reaches_the_disk_or_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "LARGEST", 100_000)
    with zipfile.ZipFile(tmp_path / "stories.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../up.txt", STORIES[0])
        packed.writestr("/etc/absolute.txt", STORIES[1])
        packed.writestr("..\\windows.txt", STORIES[2])
        packed.writestr("bomb.txt", "a " * 10_000_000)
        packed.writestr("link.txt", STORIES[3])
        packed.getinfo("link.txt").external_attr = 0o120777 << 16
        packed.writestr("inner.zip", b"PK\x03\x04")
    raw = (tmp_path / "stories.zip").read_bytes()
    at = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 1) + 1)
    at = raw.index(b"PK\x01\x02", at + 1)  # the bomb's entry, which now says that it is small
    (tmp_path / "stories.zip").write_bytes(raw[: at + 24] + (50).to_bytes(4, "little") + raw[at + 28 :])
    before = set(tmp_path.rglob("*"))
    found = list(sources.items(tmp_path / "stories.zip"))
    assert [item.origin for item in found if not item.reason] == [
        "../../up.txt",
        "/etc/absolute.txt",
        "..\\windows.txt",
        "link.txt",
    ]
    assert [item.origin for item in found if item.reason] == ["bomb.txt"]
    assert set(tmp_path.rglob("*")) == before and not (tmp_path.parent / "up.txt").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_one_name_in_an_archive_are_told_apart(tmp_path):
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        for text in STORIES[:2]:
            packed.writestr("a.txt", text)
    assert [(item.origin, item.text) for item in sources.items(tmp_path / "s.zip")] == [
        ("a.txt", STORIES[0]),
        ("a.txt (2)", STORIES[1]),
    ]


def test_links_to_folders_and_what_is_no_file_are_left_alone(tmp_path):
    at = a_folder(tmp_path / "stories")
    (at / "again").symlink_to(at)
    os.mkfifo(at / "pipe.txt")
    (at / "nowhere.txt").symlink_to(at / "gone.txt")
    assert [item.origin for item in sources.items(at)] == ["one.md", "b/two.txt"]


def test_a_name_that_is_no_utf_8_is_one(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(STORIES[0], encoding="utf-8")
    made = run(tmp_path, tmp_path / "out")
    assert made.articles == 1 and list(table(tmp_path / "out", "articles").origin) == ["caf\\xe9.txt"]


def test_a_member_without_a_name_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        packed.writestr("a.txt", STORIES[0])
        packed.writestr("b.txt", STORIES[1])
    (tmp_path / "s.zip").write_bytes((tmp_path / "s.zip").read_bytes().replace(b"b.txt", b"\0.txt"))
    assert [item.origin for item in sources.items(tmp_path / "s.zip")] == ["a.txt"]


# --- running -------------------------------------------------------------------------------------------------------------------


def test_the_tables_are_those_of_each_article(source, tmp_path):
    made = run(source, tmp_path / "out", csv=True)
    assert (made.articles, made.analysed, made.duplicates, made.failed, made.undated) == (5, 5, 0, 0, 1)
    articles = table(tmp_path / "out", "articles").set_index("article_id")
    assert articles.title.tolist() == [f"Story {n}" for n in range(5)]
    assert articles.text.tolist() == STORIES
    for identifier, row in articles.iterrows():
        day = None if row.published is None else f"{row.published:%Y-%m-%d}"
        alone = onrecord.analyse(row.text, published=day, title=row.title, outlet=row.outlet)
        for name in schema.TABLES:
            mine = pq.read_table(tmp_path / "out" / name).to_pandas()
            mine = mine[mine.article_id == identifier]
            key = schema.key(name)
            assert mine[key].tolist() == alone.tables[name][key].tolist(), name
    quotes = table(tmp_path / "out", "quotes")
    for quote in quotes.itertuples():
        text = articles.text[quote.article_id]
        assert " … ".join(text[a:b] for a, b in quote.spans) == quote.text


def test_the_csv_files_keep_to_their_package(source, tmp_path):
    from frictionless import Package, system

    run(source, tmp_path / "out", csv=True)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "out" / "csv" / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    alone = onrecord.analyse(STORIES[0], published="2024-05-01").quotes
    mine = (tmp_path / "out" / "csv" / "quotes" / "part-00000.csv").read_text(encoding="utf-8")
    assert [row.split(",", 1)[1] for row in mine.splitlines()[: len(alone) + 1]] == schema.to_csv(
        "quotes", alone
    ).splitlines()


def test_copies_are_analysed_once_and_listed(tmp_path):
    path = written(tmp_path / "s.jsonl", [{"text": text} for text in (STORIES[0], STORIES[1], STORIES[0], " ")])
    made = run(path, tmp_path / "out")
    assert (made.articles, made.duplicates, made.failed) == (2, 1, 1)
    assert listed(tmp_path / "out" / "duplicates.csv") == [["line 3", units.article_id(STORIES[0]), "line 1"]]
    assert listed(tmp_path / "out" / "failed.csv") == [["line 4", "line 4: there are no words in its text"]]


def test_an_article_that_breaks_the_machine_costs_the_others_nothing(source, tmp_path, monkeypatch):
    whole = broken(monkeypatch)
    made = run(source, tmp_path / "out")
    assert (made.articles, made.failed) == (4, 1)
    ((origin, reason),) = listed(tmp_path / "out" / "failed.csv")
    assert origin == "line 2" and reason == "the analysis broke off (RuntimeError: =no way): please report it"
    run(source, tmp_path / "out")
    assert onrecord.Corpus(tmp_path / "out").about["parts"] == 1
    monkeypatch.setattr(dossier, "_draft", whole)
    assert run(source, tmp_path / "out").articles == 5  # what failed is tried again
    assert listed(tmp_path / "out" / "failed.csv") == []


def test_run_twice_nothing_changes(source, tmp_path, small):
    run(source, tmp_path / "out", csv=True)
    first = content(tmp_path / "out")
    again = run(source, tmp_path / "out", csv=True)
    assert (again.articles, again.analysed) == (5, 0)
    assert content(tmp_path / "out") == first
    assert sum("part-" in name and name.startswith("quotes") for name in first) == 3


def test_new_articles_are_added_and_changed_ones_refused(source, tmp_path, small):
    run(source, tmp_path / "out")
    before = content(tmp_path / "out")
    with source.open("a", encoding="utf-8") as file:
        file.write(lines([{"body": "“More,” said Ann Lee in Ayr."}]))
    assert run(source, tmp_path / "out").articles == 6
    after = content(tmp_path / "out")
    assert all(after[name] == raw for name, raw in before.items() if "/part-" in name)
    source.write_text(source.read_text(encoding="utf-8").replace("met", "saw"), encoding="utf-8")
    with pytest.raises(InputError, match="line 3: has another text than in the run before"):
        run(source, tmp_path / "out")


def test_corrected_dates_are_not_passed_over(tmp_path, small):
    source = tmp_path / "s.jsonl"
    rows = [{"body": "Ann Lee spoke in Ayr.", "date": "2024-05-01"}, {"body": "Bob Ray left.", "date": "2024-05-02"}]
    source.write_text(lines(rows), encoding="utf-8")
    run(source, tmp_path / "out")
    assert run(source, tmp_path / "out").analysed == 0
    source.write_text(lines([rows[0], rows[1] | {"date": "2024-05-03"}]), encoding="utf-8")
    with pytest.raises(InputError, match="line 2: has another title, outlet, date or address than"):
        run(source, tmp_path / "out")


class Killed(BaseException):
    pass


def killed_at(nth, work):
    """Run the work in a process of its own, which SIGKILLs itself as it comes to the nth write; whether it came that far."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    count = [0]

    def counted(whole):
        def counting(*given, **named):
            count[0] += 1
            if count[0] == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return whole(*given, **named)

        return counting

    for place, name in (
        (os, "replace"),
        (Index, "pend"),
        (Index, "add_items"),
        (Index, "put"),
        (Index, "settle"),
        (Index, "close"),
        (pq.ParquetWriter, "write_table"),
    ):
        setattr(place, name, counted(getattr(place, name)))
    try:
        work()
    finally:
        os._exit(0)


def test_what_cannot_be_read_any_more_is_forgotten(tmp_path):
    path = tmp_path / "in"
    path.mkdir()
    (path / "one.txt").write_text(STORIES[0], encoding="utf-8")
    (path / "bad.txt").write_text(" ")
    assert run(path, tmp_path / "out").failed == 1
    (path / "bad.txt").unlink()
    assert run(path, tmp_path / "out").failed == 0


def test_csv_files_are_kept_up(source, tmp_path, small):
    run(source, tmp_path / "out", csv=True)
    with source.open("a", encoding="utf-8") as file:
        file.write(lines([{"body": "“More,” said Ann Lee in Ayr."}]))
    run(source, tmp_path / "out")
    assert len(list((tmp_path / "out" / "csv" / "articles").iterdir())) == 4


def test_a_folder_with_the_signs_of_a_pattern_is_itself(source, tmp_path):
    run(source, tmp_path / "run?")
    run(written(tmp_path / "one.jsonl", [{"text": STORIES[0]}]), tmp_path / "run1")
    assert onrecord.Corpus(tmp_path / "run?").ask("select count(*) as n from articles").n[0] == 5


def test_killed_at_any_moment_it_goes_on_and_ends_with_the_same_bytes(source, tmp_path, small, monkeypatch):
    broken(monkeypatch)
    with source.open("a", encoding="utf-8") as file:
        file.write(lines([{"body": STORIES[0]}, {"body": " "}]))
    run(source, tmp_path / "whole")
    whole = content(tmp_path / "whole")
    for moment in itertools.count(1, 14):
        again = functools.partial(run, source, tmp_path / f"killed-{moment}")
        if not killed_at(moment, again):
            break
        killed_at(7, again)  # a second time, a little later
        again()
        assert content(tmp_path / f"killed-{moment}") == whole, moment
    assert moment > 60


def test_a_run_that_was_stopped_goes_on(source, tmp_path, small, monkeypatch):
    run(source, tmp_path / "whole")
    seen = []

    def stopping(unit, codebook=None):
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(unit)
        return whole(unit, codebook)

    whole = units.analysed
    monkeypatch.setattr(units, "analysed", stopping)
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "out")
    with pytest.raises(InputError, match="is not complete"):
        onrecord.Corpus(tmp_path / "out")
    monkeypatch.setattr(units, "analysed", whole)
    assert run(source, tmp_path / "out").analysed == 2
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_is_told_and_the_run_goes_on(error, source, tmp_path, small, monkeypatch):
    pend = Index.pend

    def full(index, unit, made):
        if count() == 2:
            raise error
        pend(index, unit, made)

    count = iter(range(100)).__next__
    monkeypatch.setattr(Index, "pend", full)
    with pytest.raises(InputError, match=r"the run broke off \(.*(space|full).*then run the same command"):
        run(source, tmp_path / "out")
    assert run(source, tmp_path / "out").articles == 5


def test_two_runs_in_one_folder_are_refused(source, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / layout.MARKER).write_text('{"complete": false}')
    index = Index(tmp_path / "out")
    assert cli.main(["corpus", str(source), "-o", str(tmp_path / "out"), "--workers", "1"]) == 2
    assert "another run writes there" in capsys.readouterr().err
    index.leave()


def test_another_folder_version_or_codebook_is_refused(source, tmp_path, capsys, monkeypatch):
    from onrecord import dossier

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds something else than a corpus"):
        run(source, tmp_path / "mine")
    (tmp_path / "mine" / layout.MARKER).write_text('{"name": "somebody else’s"}')
    with pytest.raises(InputError, match="holds something else than a corpus"):
        run(source, tmp_path / "mine")
    run(source, tmp_path / "out")
    with pytest.raises(InputError, match="was begun with no --codebook"):
        run(source, tmp_path / "out", chosen="politics")
    monkeypatch.setattr(dossier, "fingerprint", lambda chosen=None: "other")
    with pytest.raises(InputError, match="was begun by another version"):
        run(source, tmp_path / "out")


def test_the_command_tells_what_it_did(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["corpus", str(source), "-o", str(out), "--workers", "1", "--codebook", "politics"]) == 0
    told = capsys.readouterr()
    assert told.out == f"{out}: 5 articles, no duplicates, none failed\n"
    assert "1 article with a date that cannot be read" in told.err
    assert set(table(out, "articles").codebook) == {"politics"}
    assert cli.main(["corpus", str(source), "-o", str(out), "--column", "body"]) == 2
    assert "--column body: write FIELD=NAME" in capsys.readouterr().err


def test_words_of_an_article_do_not_stay_in_memory():
    known = language.model().vocab.strings
    for word in ("Ayrwardly", "Ayrwardness"):
        units.analysed([units.Given("a", "a.txt", f"Ann Lee said that {word} was late.")])
        assert word not in known


def test_texts_that_arrow_cannot_hold_are_kept_with_a_sign(tmp_path):
    text = "\ud83d Ann Lee said \x00 that “we stay”. " + STORIES[0]
    path = written(tmp_path / "s.jsonl", [{"text": text, "title": "\ud83dA"}])
    run(path, tmp_path / "out", csv=True)
    (kept,) = table(tmp_path / "out", "articles").text
    assert len(kept) == len(text) and kept == text.replace("\ud83d", "\ufffd")


# --- workers -------------------------------------------------------------------------------------------------------------------


def test_a_worker_that_dies_loses_nothing_and_the_article_that_kills_is_found(tmp_path, monkeypatch):
    """A worker's own process is killed each time that one article comes; others wait at that worker meanwhile."""
    texts = [f"Story {n}. {STORIES[0]}" for n in range(12)]
    texts[5] = "DEADLY " + STORIES[1]
    path = written(tmp_path / "s.jsonl", [{"text": text} for text in texts])
    whole = running.dossier.fingerprint()

    def analysed(unit, codebook=None):
        import os
        import signal

        from onrecord.corpus import units

        if any(given.text.startswith("DEADLY") for given in unit):
            os.kill(os.getpid(), signal.SIGKILL)
        about = [
            given._asdict() | {"title": "", "codebook": "", "english": True, "characters": 0, "words": 0}
            for given in unit
        ]
        made = units.failing([], "", whole)
        return made | {"articles": units.packed(units.layout.from_rows(units.layout.ARTICLES, about))}

    monkeypatch.setattr(units, "analysed", analysed)
    monkeypatch.setattr(units, "ARTICLES", 3)
    monkeypatch.setitem(engine.SETTINGS, "distributed.scheduler.allowed-failures", 0)  # each death takes seconds
    made = running.run(path, tmp_path / "out", workers=2)
    assert (made.articles, made.failed) == (11, 1)
    assert listed(tmp_path / "out" / "failed.csv") == [["line 6", engine.DIED]]
    assert table(tmp_path / "out", "articles").text.tolist() == [text for text in texts if "DEADLY" not in text]


def test_the_workers_of_a_scheduler_give_the_same_bytes(source, tmp_path, small, monkeypatch, capsys):
    from distributed import LocalCluster

    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    run(source, tmp_path / "alone")
    there = {"host": "127.0.0.1", "protocol": "tcp", "processes": False, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **there) as cluster:
        running.run(source, tmp_path / "out", scheduler=cluster.scheduler_address)
        assert content(tmp_path / "out") == content(tmp_path / "alone")
        monkeypatch.setattr(units, "_made_by", lambda codebook: "another")
        with pytest.raises(InputError, match="a worker has another version"):
            running.run(source, tmp_path / "other", scheduler=cluster.scheduler_address)
    none = pytest.raises(InputError, match="has no worker: start some with `dask worker tcp://")
    with LocalCluster(n_workers=0, **there) as empty, none:
        running.run(source, tmp_path / "none", scheduler=empty.scheduler_address)
    asked = ["corpus", str(source), "-o", str(tmp_path / "gone"), "--scheduler", "tcp://127.0.0.1:9"]
    assert cli.main(asked) == 2
    assert "no scheduler answers" in capsys.readouterr().err
    assert not (tmp_path / "gone").exists() and not (tmp_path / "none").exists()
    assert cli.main([*asked, "--workers", "2"]) == 2
    assert "leave it out beside --scheduler" in capsys.readouterr().err
