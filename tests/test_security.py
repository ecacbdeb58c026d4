"""Nothing that an article says runs: not as a script, a link, mathematics, a formula or a template. And nothing of the library loads code from a file."""

import ast
import re

import lxml.html
import pytest

import onrecord
from onrecord import data, exports, prose
from onrecord.annotate import annotate
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


def told(payload):
    """An article that says the payload wherever an article can."""
    text = f"Talks {payload} go on\n\n“We {payload} stay,” said Ann Lee, the mayor of {payload} Ayr.\n\nShe said that {payload} was over. {payload}\n"
    return onrecord.analyse(text, title=f"T {payload}", outlet=f"O {payload}", published="2024-05-01")


def running(html):
    """What would run or load in a page: elements, attributes and addresses."""
    found = []
    for element in lxml.html.document_fromstring(html).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("script", "iframe", "object", "embed", "base", "form") or (element.tag in ("img", "link") and "example" in str(element.attrib)):
            found.append(element.tag)
        for name, value in element.attrib.items():
            if name.startswith("on") or re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE):
                found.append(f"{element.tag} {name}={value}")
            if name in ("href", "src") and "example.org" in value:
                found.append(f"{element.tag} {name}={value}")
    return found


def test_what_runs_is_seen():
    for name in ("script", "handler", "svg", "address"):
        assert running(f"<html><body>{PAYLOADS[name]}</body></html>"), name


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
    """JupyterLab takes markup, and sets what stands between dollars as mathematics, in Markdown."""
    markdown = prose.say("{} spoke.", PAYLOADS[name]).markdown
    assert not re.search(r"[<>$\\`{}\[\]]", markdown) and "://" not in markdown
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").render(markdown)
    assert running(f"<html><body>{html}</body></html>") == []
    words = " ".join(lxml.html.fromstring(html).text_content().split())
    assert words.casefold() == " ".join(f"{PAYLOADS[name]} spoke.".split()).casefold().replace("\x1b", words[:1] if "\x1b" in PAYLOADS[name] else "")


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_export_runs_it(name):
    made = told(PAYLOADS[name])
    for form in ("csv", "graphml", "gexf", "xlsx", "dna"):
        content = exports.content(made, form)
        if form == "csv":
            assert not re.search(r'(?:^|,)"?[=+@\t-]', content.decode("utf-8-sig"), re.MULTILINE)
        if form in ("graphml", "gexf"):
            assert "<script" not in content.decode("utf-8")


# --- no code from files ------------------------------------------------------------------------------------------------------------

MODULES = {"pickle", "cPickle", "shelve", "joblib", "dill", "cloudpickle", "marshal"}
CALLS = {"eval", "exec", "compile", "read_pickle", "to_pickle", "yaml.load", "torch.load", "yaml.unsafe_load", "os.system"}


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
            if (name.endswith("np.load") and given.get("allow_pickle") != "False") or given.get("allow_pickle") == "True":
                yield f"{name} with pickle"
            if given.get("shell") == "True":
                yield f"{name} through a shell"


@pytest.mark.parametrize("source", ["import pickle", "from joblib import load", "import numpy as np\nnp.load(p)", "np.load(p, allow_pickle=True)", "pd.read_pickle(p)", "eval(x)", "yaml.load(x)", "torch.load(p)", "run(x, shell=True)"])
def test_what_loads_code_is_seen(source):
    assert list(faults(source))


def test_no_code_is_loaded_from_a_file():
    assert {path.name: found for path in (ROOT / "lib").rglob("*.py") if (found := list(faults(path.read_text(encoding="utf-8"))))} == {}


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_requirement_is_pinned_by_its_hash(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    for line in wanted:
        assert re.match(r"[\w.\[\]-]+==\S+ ", line) and re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line
