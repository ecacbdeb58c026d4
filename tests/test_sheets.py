"""Review and coding sheets: written, filled in as a person would, and read back; what makes no sense is refused with its row."""

import csv
import datetime
import io
import tomllib

import openpyxl
import pandas as pd
import pytest
from conftest import loaded

import onrecord
from onrecord import review, sheets
from onrecord.cli import main
from onrecord.data import InputError
from onrecord.review.decisions import parse
from onrecord.sheets import grid, reviewing
from onrecord.sheets.words import located, quoted

STORY = (
    "Ayr argues over its bridge\n\n"
    "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the bridge law was a mistake.\n\n"
    "Bob Ray, a fisherman, praised the tax reform. Mr Ray told reporters the harbour needs money. “The law must be repealed,” he said.\n\n"
    "The Harbour Board condemned the “wise” plan. Its chair, Carol Dunn, said: “Nobody asked us. We oppose the reform.” Councillor Dunn left early.\n"
)
DAY = "2026-03-04"


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def fill(path, answers, name="Ann Reader"):
    """Write answers into a workbook: by (worksheet, what stands in a row's column `words`, or None for the first empty row)."""
    book = openpyxl.load_workbook(path)
    for row in book["How to"].iter_rows():
        if row[0].value == "Your name":
            row[1].value = name
    for (title, words), cells in answers:
        sheet = book[title]
        head = [cell.value for cell in sheet[1]]
        number = next(
            n
            for n in range(2, 99)
            if sheet.cell(n, head.index("words") + 1).value == words
            and not sheet.cell(n, head.index("verdict") + 1).value
        )
        for column, value in cells.items():
            sheet.cell(number, head.index(column) + 1).value = value
    book.save(path)
    return path


def review_of(story, answers, name="sheet.xlsx", **more):
    sheet = story.with_name(name)
    if not sheet.exists():
        sheets.write(onrecord.load(story), sheet)
    return sheets.apply(story, fill(sheet, answers), on=DAY, **more)


Q, A, S = "Quotations", "Actors", "Statements"


def test_a_review_from_a_sheet(story):
    out = review_of(
        story,
        [
            ((Q, "its bridge"), {"verdict": "wrong"}),
            ((Q, "the harbour needs money"), {"verdict": "right"}),
            ((Q, "We will stay,"), {"verdict": "change", "new words": "“We will stay”", "note": "no comma"}),
            ((Q, "Nobody asked us. We oppose the reform."), {"new speaker": "harbour board ", "new addressee": "none"}),
            ((Q, "The law must be repealed,"), {"verdict": "Change", "new speaker": "nobody", "new kind": "DIRECT"}),
            ((Q, None), {"verdict": "add", "new words": "wise", "new kind": "scare"}),
            ((A, "Ayr"), {"verdict": "wrong", "note": "A mere place."}),
            ((A, "Bob Ray"), {"verdict": "right"}),
            ((A, "Ann Lee"), {"verdict": "change", "new name": "Anne Lea", "new country": "United Kingdom", "new side": "GBR"}),
            ((A, None), {"new words": "reporters", "new kind": "group"}),
            ((S, "the bridge law was a mistake"), {"verdict": "right"}),
            ((S, "We oppose the reform"), {"verdict": "change", "new holder": "Harbour Board", "new issue": "economy"}),
            ((S, "condemned the “wise” plan"), {"verdict": "wrong"}),
            ((S, "The law must be repealed"), {"verdict": "change", "new position": "unclear", "new flags": "none"}),
            ((S, None), {"verdict": "add", "new words": "the harbour needs money", "new holder": "Bob Ray", "new issue": "economy", "new position": "support", "new basis": "indirect"}),
        ],
    )  # fmt: skip
    d = onrecord.load(story)
    quotes = d.quotes.set_index("text")
    assert "its bridge" not in quotes.index and "We will stay," not in quotes.index
    assert list(quotes.loc["the harbour needs money", ["source", "reviewed", "speaker"]]) == [
        "machine",
        True,
        "Bob Ray",
    ]
    assert list(quotes.loc["We will stay", ["source", "speaker", "cue"]]) == ["review", "Anne Lea", "said"]
    assert quotes.speaker["Nobody asked us. We oppose the reform."] == "Harbour Board"
    assert pd.isna(quotes.speaker_start["Nobody asked us. We oppose the reform."])  # the words there name another
    assert pd.isna(quotes.speaker["The law must be repealed,"]) and quotes.kind["wise"] == "scare"
    actors = d.actors.set_index("name")
    assert "Ayr" not in actors.index and list(actors.loc["Bob Ray", ["source", "reviewed"]]) == ["machine", True]
    assert list(actors.loc["Anne Lea", ["printed", "country", "side", "role"]]) == [
        "Ann Lee",
        "GBR",
        "GBR",
        "mayor of Ayr",
    ]
    assert actors.kind["reporters"] == "group" and actors.mentions["reporters"] == 1
    told = {(s.holder, s.issue, s.position, s.text, s.source) for s in d.statements.itertuples()}
    assert told == {
        ("Anne Lea", "measure", "oppose", "the bridge law was a mistake", "machine"),
        ("Harbour Board", "economy", "oppose", "We oppose the reform", "review"),
        ("Bob Ray", "measure", "unclear", "The law must be repealed", "review"),
        ("Bob Ray", "measure", "support", "Bob Ray, a fisherman, praised the tax reform", "machine"),
        ("Bob Ray", "proposed-harbour", "support", "the harbour needs money", "machine"),
        ("Bob Ray", "economy", "support", "the harbour needs money", "review"),
    }
    assert not actors.reviewed["Harbour Board"]  # named by decisions, looked at by nobody
    assert d.review.people == ("Ann Reader",) and d.review.latest == DAY
    assert out.counts.set_index("table").loc["quotes"].tolist() == [1, 3, 1, 1]
    assert "5 of 8 quotations" in d.state and d.state.startswith("partly reviewed by Ann Reader")
    assert "quotations with the same speaker" in out.told and "1.00 → " in out.told
    content = story.with_name("story.review.toml").read_text(encoding="utf-8")
    assert 'why = "A mere place."' in content and tomllib.loads(content)["review"]["codebook"] == "politics"


def test_twice_is_once_and_a_changed_mind_is_written_over(story):
    answers = [
        ((Q, "the tax reform"), {"verdict": "change", "new kind": "mixed", "new speaker": "Ann Lee"}),
        ((Q, "its bridge"), {"verdict": "wrong"}),
        ((A, "Ann Lee"), {"verdict": "change", "new name": "Anne Lea"}),
        ((S, "We oppose the reform"), {"verdict": "change", "new holder": "Ann Lee"}),
        ((S, None), {"new words": "We will stay", "new holder": "Anne Lea", "new issue": "vote", "new position": "support", "new basis": "direct"}),
    ]  # fmt: skip
    file = story.with_name("story.review.toml")
    first = review_of(story, answers).after
    once = file.read_bytes()
    again = sheets.apply(story, story.with_name("sheet.xlsx"), by="Somebody Else", on="2026-05-06")
    assert not again.written and file.read_bytes() == once and "nothing new" in again.told
    second = review_of(
        story,
        [
            ((S, "We oppose the reform"), {"verdict": "change", "new holder": "Carol Dunn"}),
            ((Q, "the tax reform"), {"verdict": "wrong"}),
            ((Q, "We will stay,"), {"verdict": "right"}),
        ],
        name="second.xlsx",
        by="Bert",
    )
    assert [len(first.quotes), len(second.after.quotes)] == [7, 6]
    assert "Carol Dunn" in set(second.after.statements.holder)
    assert second.after.review.people == ("Ann Reader", "Bert")
    assert onrecord.load(story).state == second.after.state
    decisions = tomllib.loads(file.read_text(encoding="utf-8"))
    assert sum(d["words"] == "the tax reform" for d in decisions["quotes"]) == 1


def test_two_actors_that_are_one(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text("Harbour Board members met. The Ayr Board said: “We oppose the reform.”\n", encoding="utf-8")
    before = onrecord.load(path)
    assert {"Harbour Board", "Ayr Board"} <= set(before.actors.name)
    made = review_of(
        path, [((A, "Ayr Board"), {"verdict": "change", "new name": "Harbour Board", "note": "the same"})]
    ).after
    assert "Ayr Board" not in set(made.actors.name)
    assert made.quotes.speaker.tolist() == ["Harbour Board"]
    assert made.actors.set_index("name").mentions["Harbour Board"] >= 2
    assert not sheets.apply(path, path.with_name("sheet.xlsx")).written


def test_a_review_by_hand_keeps_its_comments(story):
    hand = (
        '# My review.\n[review]\nby = "Hand"   # me\non = 2026-01-02\n\n# --- quotations\n\n[[quotes]]\nwords = "We will stay,"   # the mayor\nspeaker = "Ann Lee"\n'
        'why = "Plain."\n\n# --- statements\n\n[[statements]]\nwords = "We oppose the reform"\nholder = "Carol Dunn"\nissue = "measure"\nposition = "oppose"\nbasis = "direct"\n'
    )
    file = story.with_name("story.review.toml")
    file.write_text(hand, encoding="utf-8")
    made = review_of(
        story,
        [
            ((Q, "We will stay,"), {"verdict": "change", "new cue": "said", "new speaker": "Bob Ray"}),
            ((Q, "its bridge"), {"verdict": "wrong"}),
            ((S, "We oppose the reform"), {"verdict": "right"}),
        ],
    ).after
    content = file.read_text(encoding="utf-8")
    assert [line for line in hand.splitlines() if "#" in line] == [line for line in content.splitlines() if "#" in line]
    assert content.index("--- statements") > content.index("Bob Ray") and content.count("We oppose the reform") == 1
    assert made.quotes.set_index("text").speaker["We will stay,"] == "Bob Ray"
    assert {d.by for d in made.review.decisions} == {"Hand", "Ann Reader"} and 'why = "Plain."' in content


def test_every_row_of_a_draft_can_be_confirmed(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(loaded("north-korea-alert-2015").article.text, encoding="utf-8", newline="")
    sheet = sheets.write(onrecord.load(path), tmp_path / "sheet.csv")

    def confirm(rows):
        for row in rows[1:]:
            row[rows[0].index("verdict")] = "right" if row[-1] else ""
        return rows

    as_csv(sheet, confirm)
    made = sheets.apply(path, sheet, by="Ann").after
    for table in ("quotes", "actors", "statements"):
        assert (made.tables[table].source == "machine").all() and made.tables[table].reviewed.all()
    assert "quotations, actors and statements alone" in made.state and "partly" in made.source


REFUSED = [
    ((Q, "its bridge"), {"verdict": "perhaps"}, "Quotations, row 2: “perhaps” is no verdict"),
    ((Q, "its bridge"), {"note": "hm"}, "a note and no verdict"),
    ((Q, "its bridge"), {"verdict": "right", "new kind": "direct"}, "the verdict is right, but `new kind` says something new"),
    ((Q, "its bridge"), {"verdict": "change"}, "nothing new is written"),
    ((Q, "its bridge"), {"verdict": "change", "new kind": "indirect"}, "what the row says already"),
    ((Q, "its bridge"), {"new kind": "quoted"}, "`kind` is “quoted”: write one of direct"),
    ((Q, "its bridge"), {"new kind": "none"}, "`kind` is “none”"),
    ((Q, "its bridge"), {"new speaker": "Zoe Nobody"}, "who is no actor of this article"),
    ((Q, "its bridge"), {"new cue": "shouted"}, "which the article does not print"),
    ((Q, "its bridge"), {"new words": "their bridge"}, "the article does not hold the words “their bridge”"),
    ((Q, "its bridge"), {"verdict": "right", "speaker": "Bob Ray"}, "`speaker` shows “Bob Ray”, but the tables have “Ayr”"),
    ((Q, "its bridge"), {"verdict": "right", "words": "its tunnel"}, "`words` are not those of this row"),
    ((Q, "its bridge"), {"verdict": datetime.datetime(2026, 1, 2)}, "`verdict` has become a date"),
    ((Q, "its bridge"), {"verdict": 5}, "“5” is no verdict"),
    ((Q, "its bridge"), {"verdict": True}, "“true” is no verdict"),
    ((Q, None), {"verdict": "right", "new words": "Ayr"}, "no verdict for a row without an id: write add"),
    ((Q, None), {"verdict": "add"}, "`new words` is empty"),
    ((Q, None), {"new words": "Ayr"}, "stand there 2 times: write [1]"),
    ((Q, None), {"new words": "Ayr [3]"}, "2 times, not 3"),
    ((Q, None), {"new words": "The law must be repealed"}, "is in the sheet already (q-"),
    ((A, "Ann Lee"), {"new side": "the moon"}, "`side` is “the moon”, which is not known"),
    ((A, "Ann Lee"), {"new country": "Ayrland"}, "which is no state"),
    ((A, None), {"new words": "reporters"}, "`new kind` is empty: a new row needs it"),
    ((A, None), {"new words": "Bob Ray", "new kind": "person"}, "is in the sheet already (bob-ray)"),
    ((S, "We oppose the reform"), {"new position": "for"}, "write one of support, oppose, neutral, unclear"),
    ((S, "We oppose the reform"), {"new issue": "bridges"}, "which the codebook does not have"),
    ((S, "We oppose the reform"), {"new flags": "loud"}, "`flags` has “loud”"),
    ((S, None), {"new words": "We will stay"}, "`new issue`, `new position` and `new basis` is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "cells", "told"), REFUSED, ids=[told[:40] for *_, told in REFUSED])
def test_what_makes_no_sense_is_refused(where, cells, told, story):
    good = ((Q, "the harbour needs money"), {"verdict": "right"})
    with pytest.raises(sheets.Refused) as error:
        review_of(story, [good, (where, cells)])
    assert len(error.value.problems) == 1 and told in error.value.problems[0]
    assert ", row " in error.value.problems[0] and not story.with_name("story.review.toml").exists()


def test_all_refusals_are_listed_and_contradictions_found(story):
    with pytest.raises(sheets.Refused) as error:
        review_of(
            story,
            [
                ((A, "Bob Ray"), {"verdict": "wrong"}),
                ((Q, "the harbour needs money"), {"new speaker": "Bob Ray", "new kind": "direct"}),
                ((S, "The law must be repealed"), {"verdict": "change", "new position": "unclear"}),
                ((Q, "its bridge"), {"verdict": "maybe"}),
            ],
        )
    assert len(error.value.problems) == 3 and "3 rows make no sense" in str(error.value)
    assert "`holder` is “Bob Ray”, whom the sheet Actors calls wrong" in str(error.value)


def test_the_same_row_twice(story):
    sheet = sheets.write(onrecord.load(story), story.with_name("sheet.xlsx"))
    book = openpyxl.load_workbook(sheet)
    rows = [[cell.value for cell in row] for row in book[Q].iter_rows()]
    at = rows[0].index("verdict")
    for verdict in ("right", "wrong"):
        book[Q].append([verdict if n == at else value for n, value in enumerate(rows[1])])
    book.save(sheet)
    with pytest.raises(sheets.Refused, match="contradicts Quotations, row"):
        sheets.apply(story, sheet, by="Ann")


def as_csv(path, change=lambda rows: rows, delimiter=",", encoding="utf-8-sig"):
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(change(rows))
    path.write_bytes(out.getvalue().encode(encoding))


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")])
def test_csv_however_it_was_saved(story, delimiter, encoding):
    sheet = sheets.write(onrecord.load(story), story.with_name("sheet.csv"))
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfsheet,sure,")

    def confirm(rows):
        verdict, words = rows[0].index("verdict"), rows[0].index("words")
        for row in rows:
            row[words] += "  "
            if row[words].startswith("We will stay"):
                row[verdict] = " Right "
        return rows

    as_csv(sheet, confirm, delimiter, encoding)
    out = sheets.apply(story, sheet, by="Ann")
    assert out.after.quotes.set_index("text").reviewed["We will stay,"]


BROKEN = [
    (lambda path: as_csv(path, encoding="utf-8", change=lambda rows: [[c.replace("id (", "no (") for c in row] for row in rows]), "not a review sheet"),
    (lambda path: as_csv(path, change=lambda rows: [[c.replace("(article ", "(article 00") for c in row] for row in rows]), "of another article"),
    (lambda path: path.write_bytes(path.read_bytes().decode("utf-8-sig").replace("’", "'").replace("“", "é").encode("latin-1", "ignore")), "not UTF-8"),
    (lambda path: path.write_bytes(b"PK\x03\x04 no workbook"), "not readable as an Excel workbook"),
    (lambda path: path.write_bytes(b""), "not a review sheet"),
    (lambda path: path.unlink(), "cannot be read"),
    (lambda path: None, "nothing is filled in"),
]  # fmt: skip


@pytest.mark.parametrize(("break_", "told"), BROKEN, ids=[told for _, told in BROKEN])
def test_files_that_are_no_sheet(break_, told, story):
    sheet = sheets.write(onrecord.load(story), story.with_name("sheet.csv"))
    break_(sheet)
    with pytest.raises(InputError, match=told):
        sheets.apply(story, sheet, by="Ann")
    assert not story.with_name("story.review.toml").exists()


def test_who_reviewed_must_be_said(story):
    sheet = sheets.write(onrecord.load(story), story.with_name("sheet.xlsx"))
    fill(sheet, [((Q, "We will stay,"), {"verdict": "right"})], name=None)
    with pytest.raises(InputError, match="who reviewed: add --by"):
        sheets.apply(story, sheet)


def test_the_workbook_is_pleasant(nato_draft, tmp_path):
    book = openpyxl.load_workbook(sheets.write(nato_draft, tmp_path / "sheet.xlsx"))
    assert book.sheetnames == ["How to", Q, A, S, "Lists"]
    for table, title in ((nato_draft.quotes, Q), (nato_draft.actors, A), (nato_draft.statements, S)):
        sheet = book[title]
        values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=len(table) + 1)]
        assert [float(row[0]) for row in values] == sorted(round(float(c), 2) for c in table.confidence)
        assert all("»" in row[1] and "«" in row[1] for row in values) and sheet.freeze_panes == "C2"
        offered = {rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert len(offered) >= 3 and all(rule.startswith("Lists!") for rule in offered)
    listed = {cell.value for row in book["Lists"].iter_rows() for cell in row}
    assert {
        "right",
        "wrong",
        "change",
        "skip",
        "oppose",
        "scare",
        "nobody",
        "nato-enlargement",
        "Jens Stoltenberg",
    } <= listed


def test_odd_texts_stay_text(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text(
        "“=1+1, +2” said Ann\x00 Lee. She added that\ttwo @ were -3 and =4.\r\n", encoding="utf-8", newline=""
    )
    for name in ("odd.xlsx", "odd.csv"):
        sheet = sheets.write(onrecord.load(path), tmp_path / name)
        lines = [line for line in grid.read(sheet).lines if line.cells.get("words")]
        shown = {row.words for table in reviewing.TITLES for row in reviewing.rows(onrecord.load(path), table)}
        assert {" ".join(line.cells["words"].split()) for line in lines} == {
            " ".join(w.replace("\0", "�").split()) for w in shown
        }


# --- codings -------------------------------------------------------------------------------------------------------------------


def code(story, sentences, actors, name="coding.xlsx", by="Student One"):
    """Fill in a coding sheet: cells by sentence number, and rows of actors."""
    sheet = story.with_name(name)
    if not sheet.exists():
        sheets.write(onrecord.load(story), sheet, "coding")
    book = openpyxl.load_workbook(sheet)
    page = book["Sentences"]
    head = [cell.value for cell in page[1]]
    spare = page.max_row
    for number, cells in sentences:
        row = next(
            (
                n
                for n in range(2, spare)
                if page.cell(n, 1).value == str(number) and not page.cell(n, 3).value and not page.cell(n, 8).value
            ),
            None,
        )
        row = row or next(n for n in range(2, spare + 1) if page.cell(n, 1).value is None)
        page.cell(row, 1).value = number
        for column, value in cells.items():
            page.cell(row, head.index(column) + 1).value = value
    head = [cell.value for cell in book["Actors"][1]]
    for row, cells in enumerate(actors, 2):
        for column, value in cells.items():
            book["Actors"].cell(row, head.index(column) + 1).value = value
    book.save(sheet)
    return sheets.apply(story, sheet, by=by, on=DAY)


LEE, RAY = (
    {"name": "Ann Lee", "kind": "person", "role": "mayor of Ayr"},
    {"name": "Robert Ray", "printed as": "Bob Ray", "also printed as": "Mr Ray", "kind": "person"},
)
STAY = {"quotation": "“We will stay”", "speaker": "Ann Lee", "kind": "direct", "speech": "speech", "cue": "said"}
LAW = {"quotation": "the bridge law was a mistake", "speaker": "ann lee", "kind": "indirect", "holder": "Ann Lee", "issue": "measure", "position": "oppose", "basis": "indirect"}  # fmt: skip


def test_a_coding_from_a_sheet(story):
    one = code(story, [(2, STAY), (3, LAW), (3, {"statement": "the bridge law", "holder": "Robert Ray", "issue": "vote", "position": "neutral", "basis": "narrator"})], [LEE, RAY])  # fmt: skip
    assert one.file.name == "story.coding-student-one.toml" and "2 quotations and 2 statements" in one.told
    two = code(story, [(2, STAY)], [LEE], "two.xlsx", "Student Two")
    assert "coding student-one (F1): actors 0.67, quotes 0.67" in two.told
    made = onrecord.codings(story)
    assert set(made) == {"student-one", "student-two"}
    assert made["student-one"].quotes.text.tolist() == ["We will stay", "the bridge law was a mistake"]
    assert made["student-one"].statements.holder.tolist() == ["Ann Lee", "Robert Ray"] or set(
        made["student-one"].statements.holder
    ) == {"Ann Lee", "Robert Ray"}
    named = made["student-one"].mentions
    assert {"Bob Ray", "Mr Ray"} <= set(named.text[named.actor_id == "robert-ray"])
    assert made["student-two"].review.complete == ("actors", "quotes")
    scores = review.scores(made["student-one"], made["student-two"]).set_index("table")
    assert scores.f1["quotes"] == pytest.approx(2 / 3)
    assert not sheets.apply(story, story.with_name("two.xlsx"), by="Student Two").written
    with pytest.raises(InputError, match="is there already and says otherwise"):
        code(story, [(2, LAW | {"quotation": "We will"})], [], "two.xlsx", "Student Two")


BAD_CODES = [
    (7, LAW, "do not begin in sentence 7"),
    (99, STAY, "write the number of a sentence, from 1 to"),
    (2, STAY | {"speaker": "Zoe"}, "who is no actor of this article"),
    (2, STAY | {"kind": None}, "`kind` is empty: the quotation needs it"),
    (2, {"speaker": "Ann Lee"}, "`speaker` without a quotation"),
    (2, {"issue": "measure"}, "`issue` without a statement"),
    (2, {"statement": "We will stay", "issue": "measure"}, "`position` and `basis` is empty"),
    (2, {"note": "hm"}, "a note, but neither"),
]


@pytest.mark.parametrize(("number", "cells", "told"), BAD_CODES, ids=[told for *_, told in BAD_CODES])
def test_codes_that_make_no_sense(number, cells, told, story):
    with pytest.raises(sheets.Refused) as error:
        code(story, [(number, cells)], [LEE])
    assert (
        len(error.value.problems) == 1
        and told in error.value.problems[0]
        and "Sentences, row" in error.value.problems[0]
    )
    assert not list(story.parent.glob("*.toml"))


def test_actors_of_a_coding(story):
    with pytest.raises(sheets.Refused) as error:
        code(story, [], [LEE, LEE, {"name": "Bob Ray"}, {"name": "Zed", "kind": "person"}, RAY | {"side": "moon"}])
    assert [problem.split(": ")[0] for problem in error.value.problems] == [f"Actors, row {n}" for n in (3, 4, 5, 6)]


def test_a_blank_sheet_tells_nothing_of_the_draft(story):
    made = onrecord.load(story)
    assert made.statements.issue.str.startswith("proposed-").any()
    sheet = sheets.write(made, story.with_name("coding.xlsx"), "coding")
    book = openpyxl.load_workbook(sheet)
    cells = [str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value]
    assert not any("proposed" in cell for cell in cells) and "Bob Ray" not in cells
    page = book["Sentences"]
    assert [page.cell(n + 2, 2).value for n in range(len(made.sentences))] == made.sentences.text.tolist()


@pytest.mark.parametrize("slug", ["nato-russia-2022", "new-zealand-flag-2015"])
def test_a_solution_comes_back_as_the_coding(slug, tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(loaded(slug).article.text, encoding="utf-8", newline="")
    made = sheets.solved(slug)
    sheet = sheets.write(made, tmp_path / "solution.xlsx", "solution")
    front = " ".join(str(row[0].value) for row in openpyxl.load_workbook(sheet)["How to"].iter_rows())
    assert made.review.by in front and made.review.note in front
    back = sheets.apply(path, sheet, by="Teacher").made
    for row in review.scores(back, made).itertuples():
        assert row.f1 == 1, row.table
    for row in review.labels(back, made).itertuples():
        assert row.same == row.compared, (row.table, row.label)


def test_no_solution(story):
    with pytest.raises(InputError, match="no model solution"):
        sheets.solved(story)


# --- words and places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("stay", ["stay"]),
        ('"We will stay,"', ["We will stay,"]),
        ("We  will\nstay", ["We will stay"]),
        ('the "wise" plan', ["the “wise” plan"]),
        ("Ayr [2]", ["Ayr"]),
        ("We will stay … a mistake", ["We will stay", "a mistake"]),
    ],
)
def test_typed_words_find_their_place(typed, found):
    spans = located(STORY, typed)
    assert [STORY[a:b] for a, b in spans] == found
    read = parse(
        '[review]\nby = "a"\non = 2026-01-02\n' + sheets.toml.rendered("quotes", quoted(STORY, spans)), "x.toml", STORY
    )
    assert read.decisions[0].spans == spans


def test_every_span_can_be_quoted(shipped):
    for table in ("quotes", "statements"):
        for row in reviewing.rows(shipped, table):
            content = '[review]\nby = "a"\non = 2026-01-02\n' + sheets.toml.rendered(
                table, quoted(shipped.article.text, row.spans)
            )
            assert parse(content, "x.toml", shipped.article.text).decisions[0].spans == row.spans


# --- the command ---------------------------------------------------------------------------------------------------------------


def test_the_command(story, monkeypatch, capsys):
    monkeypatch.chdir(story.parent)
    assert main(["review", str(story)]) == 0 and "story-review.xlsx: 8 quotations" in capsys.readouterr().out
    assert main(["review", str(story)]) == 2 and "is there already" in capsys.readouterr().err
    assert main(["review", str(story), "-o", "x.pdf"]) == 2 and "ends in .xlsx or .csv" in capsys.readouterr().err
    assert main(["review", str(story), "--blank", "-o", "blank.csv"]) == 0 and "to code" in capsys.readouterr().out
    assert (
        main(["review", "nato-russia-2022", "--solution"]) == 0
        and (story.parent / "nato-russia-2022-solution.xlsx").exists()
    )
    fill(story.with_name("story-review.xlsx"), [((Q, "We will stay,"), {"verdict": "right"})], name=None)
    assert main(["review", str(story), "--apply", "story-review.xlsx"]) == 2
    assert main(["review", str(story), "--apply", "story-review.xlsx", "--by", "Ann"]) == 0
    assert "1 of 8" in capsys.readouterr().out
    assert main(["review", str(story), "--apply", "story-review.xlsx", "-o", "x.xlsx"]) == 2
    assert main(["review", str(story), "--by", "Ann"]) == 2


def test_the_codebook_of_the_page_gives_what_the_page_says():
    from onrecord import data, trial

    docs = data.root() / "docs"
    assert trial.complaints(docs / "flag-change.toml") == []
    found = onrecord.load("new-zealand-flag-2015", codebook=str(docs / "flag-change.toml")).statements
    page = (docs / "write-a-codebook.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ") and "support" in line]
    assert [row[:3] for row in rows] == found[["holder", "issue", "position"]].values.tolist()
    assert all(text.startswith(row[3].removesuffix(" …")) for row, text in zip(rows, found.text))
