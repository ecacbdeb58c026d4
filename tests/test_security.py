"""Nothing that an article says runs: not as a script, a link, mathematics, a formula or a template. And nothing of the library loads code from a file."""

import ast
import csv
import functools
import io
import os
import re
import sqlite3
from dataclasses import replace

import lxml.etree
import lxml.html
import openpyxl
import pandas as pd
import pytest

import onrecord
from onrecord import cli, data, exports, linked, prose, sheets
from onrecord.annotate import annotate
from onrecord.exports.files import printable, shortened
from onrecord.report import writing

ROOT = data.root()
PAYLOADS = {
    "script": "<script>window.__x=1</script>",
    "handler": "<img src=x onerror=window.__x=1>",
    "svg": "<svg/onload=window.__x=1>",
    "address": '<a href="javascript:window.__x=1">x</a>',
    "attribute": '" onmouseover="window.__x=1" x="',
    "end": "</script></style></title></mark>",
    "link": "[x](javascript:window.__x=1)",
    "picture": "![x](https://example.org/x.png)",
    "mathematics": r"$\href{javascript:window.__x=1}{x}$ $$y$$ \(z\) \[w\]",
    "template": "{{ 7 * 7 }} {% raw %} {# x #} ${7*7} #{7*7}",
    "lookup": "${jndi:ldap://example.org/a}",
    "formula": '=HYPERLINK("https://example.org","x")',
    "escape": "\x1b[31mred\x1b[0m",
    "entity": "&lt;script&gt;&#60;",
}


def text_of(payload):
    return (
        f"Talks {payload} go on\n\n“We {payload} stay,” said Ann Lee, the mayor of {payload} Ayr. She supports NATO {payload} and its plan.\n\n"
        f"She said that {payload} was over. {payload}\n"
    )


def renamed(made, payload):
    """The dossier with the payload as the name of everybody, as a reviewer can write it."""
    names = {actor: f"{payload} {number}" for number, actor in enumerate(made.actors.actor_id, 1)}
    return replace(
        made,
        actors=made.actors.assign(name=made.actors.actor_id.map(names)),
        quotes=made.quotes.assign(speaker=made.quotes.speaker_id.map(names)),
        statements=made.statements.assign(holder=made.statements.holder_id.map(names)),
    )


@functools.cache
def told(payload):
    """An article that says the payload wherever an article can."""
    made = onrecord.analyse(text_of(payload), title=f"{payload} T", outlet=f"{payload} O", published="2024-05-01")
    assert len(made.actors) and len(made.quotes) and len(made.statements)
    return renamed(made, payload)


def running(html):
    """What would run or load in a page: elements, attributes and addresses."""
    found = []
    for element in lxml.html.document_fromstring(html).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("script", "iframe", "object", "embed", "base", "form") or (
            element.tag in ("img", "link") and "example" in str(element.attrib)
        ):
            found.append(element.tag)
        for name, value in element.attrib.items():
            if name.startswith("on") or re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE):
                found.append(f"{element.tag} {name}={value}")
            if name in ("href", "src") and "example.org" in value:
                found.append(f"{element.tag} {name}={value}")
    return found


def set_as_mathematics(html):
    """The texts that MathJax would look into and that hold a mark with which mathematics begins."""
    seen = lxml.html.fragment_fromstring(html, create_parent="div").xpath(
        ".//text()[not(ancestor::*[contains(@class, 'mathjax_ignore')])]"
    )
    return [text for text in seen if re.search(r"[$\\]", text)]


def test_what_runs_is_seen():
    for name in ("script", "handler", "svg", "address"):
        assert running(f"<html><body>{PAYLOADS[name]}</body></html>"), name
    assert set_as_mathematics(r"<p>$x$</p>") and set_as_mathematics(r"<p>c:\new</p>")


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_report_shows_it_as_text(name, tmp_path):
    made = told(PAYLOADS[name])
    seen = PAYLOADS[name].replace("\x1b", "\ufffd")
    for form in ("folder", "html"):
        first = writing.write(made, [], tmp_path / f"report.{form}", form)
        pages = [*first.parent.glob("*.html")] if form == "folder" else [first]
        for page in pages:
            html = page.read_text(encoding="utf-8")
            assert running(html) == [], page.name
            assert "49" not in re.findall(r"\b49\b", lxml.html.document_fromstring(html).text_content()), page.name
            words = " ".join(lxml.html.document_fromstring(html).text_content().split())
            assert " ".join(seen.split()) in words or page.name not in ("index.html", "article.html", "report.html")


@pytest.mark.parametrize("name", PAYLOADS)
def test_the_annotated_article_says_what_is_printed(name):
    made = told(PAYLOADS[name])
    words = " ".join(lxml.html.fromstring(f"<div>{annotate(made)}</div>").text_content().split())
    assert words.count(" ".join(PAYLOADS[name].replace("\x1b", "\ufffd").split())) >= 3


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_sentence_of_a_notebook_says_it_as_text(name):
    """JupyterLab takes markup in Markdown, and sets what stands between dollars as mathematics."""
    from markdown_it import MarkdownIt

    said = prose.say("{} spoke.", PAYLOADS[name])
    bare = prose.bare(said.markdown)
    assert not re.search(r"[<>$\\`{}\[\]]", bare) and "://" not in bare
    html = MarkdownIt("commonmark").render(said.markdown)
    assert running(f"<html><body>{html}</body></html>") == [] and not set_as_mathematics(html)
    words = " ".join(f"{PAYLOADS[name]} spoke.".split()).replace("\x1b", "\ufffd")
    assert " ".join(lxml.html.fromstring(html).text_content().split()) == words == repr(said)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_table_of_a_notebook_says_it_as_text(name):
    made = told(PAYLOADS[name])
    issues = pd.DataFrame({"issue": made.statements.issue, "title": f"{PAYLOADS[name]} title"}).drop_duplicates()
    shown = [prose.table(made.actors[["name"]], PAYLOADS[name]), linked.matrix(made.statements, issues, PAYLOADS[name])]
    shown += [
        linked.evidence(made.statements, issues, made.actors, PAYLOADS[name]),
        linked.matrix(made.statements.head(0), issues, PAYLOADS[name]),
    ]
    seen = PAYLOADS[name].replace("\x1b", "\ufffd")
    for one in shown:
        html = one._repr_html_()
        assert running(f"<html><body>{html}</body></html>") == [] and not set_as_mathematics(
            html.removeprefix(linked.STYLE)
        )
        assert seen in lxml.html.fromstring(f"<div>{html}</div>").text_content()
        assert "\x1b" not in html + repr(one) and seen in repr(one)


def test_a_table_without_such_marks_stays_as_it_is():
    assert "mathjax" not in prose.table(pd.DataFrame({"a": ["b"]}), "C")._repr_html_()


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_table_that_pandas_shows_says_it_as_text(name):
    frame = told(PAYLOADS[name]).actors[["name"]]
    for html in (frame._repr_html_(), frame.style.to_html()):
        assert running(f"<html><body>{html}</body></html>") == [] and not set_as_mathematics(html)


# --- what is exported -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_csv_holds_no_formula(name):
    made = told(PAYLOADS[name])
    content = exports.content(made, "csv").decode("utf-8-sig")
    assert not re.search(r'(?:^|,)"?[=+@\t-]', content, re.MULTILINE)
    held = {row["holder"].removeprefix("'") for row in csv.DictReader(io.StringIO(content))}
    assert held == set(map(printable, made.statements.holder))


def cells(content):
    return [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_workbook_holds_no_formula(name):
    made = told(PAYLOADS[name])
    found = cells(exports.content(made, "xlsx"))
    assert not [cell.coordinate for cell in found if cell.data_type == "f" or cell.hyperlink]
    assert {printable(actor) for actor in made.actors["name"]} <= {cell.value for cell in found}


@pytest.mark.parametrize("kind", ["review", "coding"])
def test_a_sheet_holds_no_formula_but_its_own(kind, tmp_path):
    made = told(PAYLOADS["formula"])
    found = cells(sheets.write(made, tmp_path / "sheet.xlsx", kind).read_bytes())
    assert not [cell.value for cell in found if cell.data_type == "f" and not re.match("=(COUNT|SUM|IF)", cell.value)]
    assert not [cell.coordinate for cell in found if cell.hyperlink and not cell.hyperlink.target.startswith("#")]
    assert [cell for cell in found if str(cell.value).startswith(PAYLOADS["formula"])]


@pytest.mark.parametrize("form", ["graphml", "gexf"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_a_graph_holds_text(name, form):
    made = told(PAYLOADS[name])
    page = lxml.etree.fromstring(exports.content(made, form))
    assert not page.xpath("//*[local-name() = 'script' or local-name() = 'img' or local-name() = 'svg']")
    labels = page.xpath("//*[local-name() = 'data'][@key = 'label']/text() | //*[local-name() = 'node']/@label")
    assert {printable(actor) for actor in made.actors["name"]} <= set(labels)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_database_holds_text(name):
    made = told(PAYLOADS[name])
    database = sqlite3.connect(":memory:")
    database.deserialize(exports.content(made, "dna"))
    ((title, text),) = database.execute("SELECT Title, Text FROM DOCUMENTS").fetchall()
    named = {value for (value,) in database.execute("SELECT Value FROM ENTITIES")}
    database.close()
    assert (title, text) == (printable(made.article.title), printable(made.article.text))
    assert {shortened(printable(actor), 190) for actor in made.actors["name"]} <= named


# --- what a terminal is told ----------------------------------------------------------------------------------------------------------

NAMES = ["\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "a\rb", "a\x08b", os.fsdecode(b"\xff")]  # of a file or a folder
COMMANDS = {
    "written": ["analyse", "{}.txt", "-o", "{}"],
    "exported": ["export", "{}.txt", "--format", "csv", "-o", "{}.csv"],
    "missing": ["analyse", "{}-missing.txt", "-o", "out"],
    "empty": ["analyse", "empty{}.txt", "-o", "out"],
    "codebook": ["codebook", "{}-book.toml"],
    "reference": ["check-reference", "{}.txt"],
    "corpus": ["corpus", "{}-missing", "-o", "out"],
    "no command": ["{}"],
}


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_command_line_commands_no_terminal(name, command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.txt").write_text(
        f"{name} Le ministre a déclaré que la réunion aurait lieu demain à Paris. " * 9, errors="replace"
    )
    (tmp_path / f"empty{name}.txt").write_text("")
    (tmp_path / f"{name}-book.toml").write_text("x")
    try:
        status = cli.main([part.format(name) for part in COMMANDS[command]])
    except SystemExit as end:
        status = end.code
    assert status == (0 if command in ("written", "exported") else 2)
    said = "".join(capsys.readouterr())
    assert said and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", said)


# --- no code from files ------------------------------------------------------------------------------------------------------------

MODULES = {"pickle", "cPickle", "shelve", "joblib", "dill", "cloudpickle", "marshal"}
CALLS = {
    "eval",
    "exec",
    "compile",
    "read_pickle",
    "to_pickle",
    "yaml.load",
    "torch.load",
    "yaml.unsafe_load",
    "os.system",
}


def faults(source):
    """Where a piece of code could run what a file holds."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (name for name in names if name.split(".")[0] in MODULES)
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS or name.rpartition(".")[2] in ("read_pickle", "to_pickle"):
                yield name
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if (name.endswith("np.load") and given.get("allow_pickle") != "False") or given.get(
                "allow_pickle"
            ) == "True":
                yield f"{name} with pickle"
            if given.get("shell") == "True":
                yield f"{name} through a shell"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import numpy as np\nnp.load(p)",
        "np.load(p, allow_pickle=True)",
        "pd.read_pickle(p)",
        "eval(x)",
        "yaml.load(x)",
        "torch.load(p)",
        "run(x, shell=True)",
    ],
)
def test_what_loads_code_is_seen(source):
    assert list(faults(source))


def test_no_code_is_loaded_from_a_file():
    assert {
        path.name: found
        for path in [*(ROOT / "lib").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
        if (found := list(faults(path.read_text(encoding="utf-8"))))
    } == {}


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_requirement_is_pinned_by_its_hash(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    for line in wanted:
        assert re.match(r"[\w.\[\]-]+==\S+ ", line) and re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line


@pytest.mark.parametrize("file", ["Makefile", ".binder/postBuild", ".ci/run"])
def test_nothing_is_installed_whose_hash_is_not_known(file):
    """The package itself is built by the setuptools of the lock, and not by what a build in an environment of its own would fetch."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"pip install[^;&|]*", text):
        own = all(option in line for option in ("--no-deps", "--no-build-isolation", "--editable ."))
        assert own or "--require-hashes" in line, line
