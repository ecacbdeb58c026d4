"""The notebooks: their anatomy, their committed outputs, and that they run on every shipped article and on an odd one.

That the committed outputs are those of the locked versions is nbval's part (`make test`).
"""

import re

import docx
import nbformat
import pytest
from cells import shown_by

from onrecord import data, report

NOTEBOOKS = report.notebooks(data.root() / "notebooks")
ALL = sorted((data.root() / "notebooks").glob("*.ipynb"))
START = ALL[0]  # the questions, each a link to its notebook: no page of a report
STANCES = next(path for path in NOTEBOOKS if path.name.startswith("04"))
OWN, MANY = ALL[-2:]  # for those who know no Python, and of many articles: no pages of a report either
ASIDE = ("**Try it yourself.**", "**References.**")


@pytest.fixture(params=[*NOTEBOOKS, MANY], ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, 4)


@pytest.fixture(params=ALL, ids=lambda path: path.stem)
def any_notebook(request):
    return nbformat.read(request.param, 4)


@pytest.fixture
def own():
    return nbformat.read(OWN, 4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [
        paragraph
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for paragraph in cell.source.split("\n\n")
        if not paragraph.startswith(ASIDE)
    ]


def test_seven_are_of_a_report_and_three_are_not():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"0{number}" for number in range(1, 8)]
    assert [START, *NOTEBOOKS, OWN, MANY] == ALL


def outputs(notebook):
    """The kinds of outputs, of cells that were all executed, in order."""
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    kinds = [output.output_type for cell in code(notebook) for output in cell.outputs]
    assert not {"error", "stream"} & set(kinds)
    return kinds


def test_outputs_are_committed_and_whole(notebook):
    assert len(outputs(notebook)) >= 8


def test_every_table_and_sentence_is_shown(any_notebook):
    lost = [
        c.source for c in code(any_notebook) if re.search(r"\b(?:table|say)\(|figures\.", c.source) and not c.outputs
    ]
    assert not lost  # what a loop makes, for example, nobody sees


def test_the_start_asks_the_questions_of_all_notebooks():
    start = nbformat.read(START, 4)
    asked = re.findall(r"^- \[([^]]+)\]\(([^)]+)\)", "\n".join(cell.source for cell in start.cells), re.MULTILINE)
    titles = [nbformat.read(path, 4).cells[0].source.splitlines()[0].removeprefix("# ") for path in ALL[1:]]
    assert asked == list(zip(titles, [path.name for path in ALL[1:]]))
    assert START not in NOTEBOOKS and outputs(start) == ["execute_result"]


def test_every_picture_has_words(any_notebook):
    for cell in code(any_notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20


def test_anatomy(notebook):
    headings = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert [line for line in headings if line.startswith("# ")] == headings[:1] and headings[0].endswith("?")
    assert (
        headings[1] == "## Look at the data first"
        and "## Takeaways" in headings
        and "## How sure are we?" in ["## How sure are we?", *headings]
    )
    assert [cell.metadata.get("tags") for cell in code(notebook)][:3] == [["parameters"], None, ["answer"]]


def test_ones_own_article_takes_three_cells(own):
    assert outputs(own) == ["execute_result", "display_data", "execute_result"]
    assert [cell.metadata.get("tags") for cell in code(own)] == [["parameters"], None, ["answer"]]
    assert own.cells[0].source.startswith("# ") and "**Read the words" in own.cells[-1].source


OWN_TEXTS = [  # what stands in the first cell, and what the notebook says then
    (
        {"ARTICLE": "{tmp}/rain.docx", "PUBLISHED": "2024-05-01"},
        ("1 May 2024", "too few words", 'rain.docx" --published'),
    ),
    ({"ARTICLE": "new-zealand-flag-2015"}, ("Wikinews", "Nothing in its form")),
    ({"TEXT": ""}, ("no words", "none")),
]


@pytest.mark.parametrize(("values", "said"), OWN_TEXTS, ids=["a file", "a shipped article", "nothing"])
def test_ones_own_article_runs_on_other_texts(values, said, tmp_path):
    document = docx.Document()
    document.add_paragraph("Rain fell on Ayr, and nobody spoke of it.")
    document.save(tmp_path / "rain.docx")
    given = {name: value.format(tmp=tmp_path) for name, value in values.items()}
    shown = shown_by(OWN, **given)
    for words in said:
        assert words in shown


def test_cells_are_short_and_define_nothing(any_notebook):
    for cell in code(any_notebook):
        assert sum(bool(line.strip()) for line in cell.source.splitlines()) <= 12
        assert not re.search(r"^\s*(?:def|class|lambda)\b|open\(|https?:|[\"'](?:\.\.?)?/", cell.source, re.MULTILINE)


def test_prose_types_no_number_and_no_name(any_notebook, nato):
    names = {part for name in nato.actors["name"][nato.actors.kind == "person"] for part in name.split()}
    for paragraph in prose(any_notebook):
        assert not re.search(r"\d", re.sub(r"\]\([^)]*\)", "", paragraph)), paragraph
        assert not names & set(re.findall(r"\w+", paragraph)), paragraph


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_article_without_a_review_runs_through(path, slug="asylum-seekers-indonesia-2015"):
    said = shown_by(path, ARTICLE=slug)
    assert "not reviewed" in said or path.name[:2] == "05"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_article_of_one_line_without_a_date(path, tmp_path):
    (tmp_path / "rain.txt").write_text("Rain fell on the town <b>$x$</b>, and nobody spoke of it.", encoding="utf-8")
    said = shown_by(path, ARTICLE=str(tmp_path / "rain.txt"))
    assert str(tmp_path) not in said
    assert "nobody" in said or "none" in said or "no " in said


STORY = "The bridge law is a mistake, Ann Lee said in Perth on Monday. It was wrong, some said.\n"
HELD = [  # who holds that the law is a mistake, and what the notebook says then
    ("Ann Lee", ("1 statement by 1 holder on 1 issue", "Share no position with anybody: Ann Lee")),
    ("", ("1 statement by no holders on 1 issue", "No holder of a position is named", "Nobody named")),
]


@pytest.mark.parametrize("holder, said", HELD)
def test_stances_of_one_holder_or_of_nobody(holder, said, tmp_path):
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    decided = (
        '[review]\nby = "coder A"\non = 2024-05-02\ncodebook = "politics"\ncomplete = ["statements"]\n[[statements]]\n'
    )
    decided += 'words = "The bridge law is a mistake"\nissue = "measure"\nposition = "oppose"\nbasis = "indirect"\n'
    decided += f'holder = "{holder}"\n' if holder else ""
    (tmp_path / "story.review.toml").write_text(decided, encoding="utf-8")
    shown = shown_by(STANCES, ARTICLE=str(tmp_path / "story.txt"))
    for words in said:
        assert words in shown
