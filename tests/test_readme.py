"""What the front pages say of the project holds: the picture of the modules, links, make targets, commands, examples."""

import ast
import functools
import re
import shlex

import pytest

import onrecord
from onrecord import cli, data, review

ROOT = data.root()
LIBRARY = ROOT / "lib" / "onrecord"
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "benchmarks").glob("*.md"),
    *(ROOT / "data").rglob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAD = "modules, in the order in which data flows:"
FACE = {"figures/", "memberships", "review/"}  # what notebooks use beside the package's own names


def fenced(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def picture():
    """Each module of the README's picture, in order, with the modules that its arrow names."""
    block = next(block for block in fenced(README, "text") if block.startswith(HEAD))
    found = {}
    for line in filter(None, block.removeprefix(HEAD).splitlines()):
        about, _, arrow = line.partition("←")
        found[about.split()[0]] = set(filter(None, arrow.strip().split(", ")))
    return found


@functools.cache
def modules():
    """Each module of the library but the package's own file: its name in the picture, its files."""
    single = {path.stem: [path] for path in LIBRARY.glob("*.py") if path.stem != "__init__"}
    return single | {f"{path.parent.name}/": sorted(path.parent.glob("*.py")) for path in LIBRARY.glob("*/__init__.py")}


def imports(tree):
    """What a piece of code imports of the library, inside functions too, but not for type checking alone: names as in the picture."""
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the whole name of a module"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        parts = [name.split(".") for name in names]
        found |= {part[1] for part in parts if part[0] == "onrecord" and len(part) > 1}
        found |= imports(node)
    known = modules()
    return {name if name in known else f"{name}/" for name in found if name in known or f"{name}/" in known}


def test_the_picture_is_the_import_graph():
    graph = {name: set().union(*map(imports_of, files)) - {name} for name, files in modules().items()}
    drawn = picture()
    assert set(drawn) == set(graph)
    wrong = {name: sorted(graph[name], key=list(drawn).index) for name in graph if graph[name] != drawn[name]}
    assert not wrong, "the README's arrows should be: " + "; ".join(f"{n} ← {', '.join(to)}" for n, to in wrong.items())


def imports_of(path):
    return imports(ast.parse(path.read_text(encoding="utf-8")))


def test_arrows_go_one_way():
    drawn = picture()
    order = list(drawn)
    for name, below in drawn.items():
        assert all(order.index(other) < order.index(name) for other in below), name


def test_the_package_itself_imports_no_module():
    """Memberships and help start at once because the package's own file imports the others only when asked."""
    assert imports_of(LIBRARY / "__init__.py") == set()


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_use_the_public_face(path):
    import nbformat

    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    tree = ast.parse("\n".join(cells))
    assert imports(tree) <= FACE
    deep = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("onrecord.")
    }
    assert deep <= {"onrecord.figures", "onrecord.memberships", "onrecord.review"}


def anchors(page):
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        code = "\n".join([*fenced(text, "sh"), *re.findall(r"`([^`\n]+)`", text)])
        assert set(re.findall(r"(?:^|\s)make ([a-z-]+)", code, re.MULTILINE)) <= targets, page.name


def test_every_dependency_is_explained():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    section = README.split("## What each dependency is for")[1].split("\n## ")[0]
    explained = re.findall(r"^\| (\w[\w-]*) \|", section, re.MULTILINE)
    assert sorted(explained[1:]) == sorted(re.match(r"[\w-]+", one)[0] for one in wanted)


def test_every_table_and_column_is_named():
    from onrecord import schema

    common = {"start", "end", "text", "block_id"} | {field.name for field in schema.PROVENANCE}
    section = README.split("## The tables")[1].split("\n## ")[0]
    rows = {
        row[0]: set(filter(None, row[2].split(", ")))
        for row in re.findall(r"^\| (\w+) \| (.*) \| ?(.*?) ?\|$", section, re.MULTILINE)
    }
    for table, fields in schema.TABLES.items():
        assert rows[table] == {field.name for field in fields} - common - {schema.key(table)}, table


COMMANDS = [
    line.partition("  #")[0].strip()
    for block in fenced(README, "sh")
    for line in block.splitlines()
    if line.startswith("onrecord ") and not line.startswith("onrecord report")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command, tmp_path, monkeypatch, capsys):
    story = tmp_path / "path" / "to" / "story.txt"
    story.parent.mkdir(parents=True)
    story.write_text("“We will stay,” said Ann Lee, the mayor of Ayr.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out
    if " -o " in command:
        made = tmp_path / command.split()[-1]
        assert made.is_file() or (made / "datapackage.json").exists() or (made / "corpus.json").exists()


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (example,) = fenced(README, "python")
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_metadata_example_is_read(tmp_path):
    (example,) = fenced(README, "toml")
    (tmp_path / "story.toml").write_text(example, encoding="utf-8")
    (tmp_path / "story.txt").write_text("“We will stay,” said Ann Lee, the mayor of Ayr.\n", encoding="utf-8")
    found = onrecord.load(tmp_path / "story.txt").article
    assert (found.title, found.outlet, str(found.published.date())) == (
        "The bridge stays",
        "The Ayr Courier",
        "2024-05-01",
    )


def test_the_review_example_does_what_it_says(tmp_path):
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (tmp_path / "story.txt").write_text(fenced(page, "text")[0], encoding="utf-8")
    (tmp_path / "story.review.toml").write_text(fenced(page, "toml")[0], encoding="utf-8")
    d = onrecord.load(tmp_path / "story.txt", published="2024-05-02")
    assert d.review.by == "coder A"
    assert d.actors.set_index("name").role["Ann Lee"] == "mayor of Ayr"
    assert set(d.mentions.text[d.mentions.actor_id == "ann-lee"]) >= {"Anne Lea", "Her"}
    assert d.repairs.reading.tolist() == ["week. She"]
    for table in ("actors", "mentions", "quotes", "statements", "events", "repairs"):
        assert getattr(d, table).reviewed.any(), table
    assert {(s.holder, s.issue, s.position) for s in d.statements.itertuples()} == {("Ann Lee", "measure", "oppose")}


def test_the_fields_of_a_decision_are_named():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for table, fields in review.FIELDS.items():
        (row,) = re.findall(rf"^\| {table} \| (.+) \|$", page, re.MULTILINE)
        assert set(re.sub(r" \([^)]*\)", "", row).split(", ")) == fields, table
    named = re.search(r"fields beside (.+) \|", page)[1]
    assert set(re.findall(r"`(\w+)`", named)) == review.COMMON
