"""The report: the notebooks executed on an article, and a folder of HTML pages that needs no network, no script and no second file.

A notebook is executed with its values in the cell tagged `parameters`. Its page has the code folded and holds nothing that could run or load
something; the overview is computed from the tables, so that it is true of any article.
"""

import functools
import json
import os
import platform
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import nbformat
import pandas as pd
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from lxml_html_clean import Cleaner
from markupsafe import Markup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from onrecord import __version__, data
from onrecord.annotate import TEMPLATES, UNSURE, Side, SideOf, annotate, environment, joined, legal, shown, sides
from onrecord.data import InputError
from onrecord.dossier import Dossier, shipped
from onrecord.exports import replace_folder
from onrecord.language import DEFAULT_MODEL
from onrecord.linked import ANCHOR, POSITIONS
from onrecord.prose import listed, many, shortened, sure

MARKER = "onrecord.json"
AT_ONCE = 2  # notebooks; each is a process of its own with pandas and matplotlib in it
LONGEST_CELL = 600  # seconds
MOST_BARS = 5  # sides that the overview names; the rest are "others"
FEW = 50  # quoted words; below it no percentages
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Progress = Callable[[str, int, int], None]


class NotebookError(RuntimeError):
    """A notebook failed: the message names it, the cell and the error."""


# --- executing ---------------------------------------------------------------------------------------------------------------


class _ThisPython(AsyncKernelManager):
    """Starts the running interpreter, whatever kernels are installed, without anybody's IPython settings and, but on Windows, without a port."""

    def __init__(self, home: str):
        transport = "ipc" if os.name != "nt" and len(home) < 80 else "tcp"  # the name of a socket has a limit
        super().__init__(kernel_name="python3", connection_file=str(Path(home) / "kernel.json"), transport=transport)
        self.home = home

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=40"]  # 40: errors
        env = {"IPYTHONDIR": self.home, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        return KernelSpec(argv=argv, language="python", env=env)


def notebooks(folder: Path) -> list[Path]:
    """The notebooks in a folder that make up a report, in order: all with a cell tagged `parameters`, but for those that say
    `"onrecord": {"report": false}` in their metadata."""
    read = {path: nbformat.read(path, 4) for path in sorted(Path(folder).glob("*.ipynb"))}
    wanted = {path: book.metadata.get("onrecord", {}).get("report", True) for path, book in read.items()}
    return [path for path, book in read.items() if _parameters(book) and wanted[path]]


def _parameters(notebook: NotebookNode) -> list[NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]


LITERAL = r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|None|True|False)"""


def with_parameters(notebook: NotebookNode, values: Mapping[str, object]) -> NotebookNode:
    """Set the values in the cell tagged `parameters`, where it assigns a text, None, True or False to their names. Changes the notebook in place.

    Raises NotebookError where a value that is not None finds no such assignment: the notebook would tell of something else."""
    cells = _parameters(notebook)
    for name, value in values.items():
        found = 0
        for cell in cells:
            assigned = rf"^({re.escape(name)}\s*=\s*){LITERAL}"
            made = re.subn(assigned, lambda m, value=value: m[1] + repr(value), cell.source, flags=re.MULTILINE)
            cell.source, found = made[0], found + made[1]
        if not found and value is not None:
            raise NotebookError(f"no cell tagged `parameters` assigns a text, None, True or False to {name}")
    return notebook


def _run(notebook: NotebookNode, name: str, folder: Path) -> NotebookNode:
    """Execute in place with a fresh kernel that works in `folder`; the same cells give the same notebook."""
    with tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True) as home:
        client = NotebookClient(
            notebook,
            km=_ThisPython(home),
            timeout=LONGEST_CELL,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            allow_errors=False,
            coalesce_streams=True,
        )
        try:
            client.execute(cleanup_kc=True)
        except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
            raise NotebookError(_failure(notebook, name, error)) from None
    notebook.metadata.update(nbformat.from_dict(METADATA))
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def _failure(notebook: NotebookNode, name: str, error: Exception) -> str:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    failed = [any(output.output_type == "error" for output in cell.outputs) for cell in code]
    number = 1 + (failed.index(True) if any(failed) else sum(cell.execution_count is not None for cell in code))
    if isinstance(error, CellExecutionError):
        said = f"{error.ename}: {(error.evalue.strip().splitlines() or [''])[-1]}".rstrip(": ")
    elif isinstance(error, CellTimeoutError):
        said = f"no end after {LONGEST_CELL} seconds"
    else:
        said = "its Python died, perhaps for want of memory" if isinstance(error, DeadKernelError) else str(error)
    return f"{name}, code cell {number}: {said}"


def _run_all(paths: list[Path], work: Callable[[Path], None], on_progress: Progress | None) -> None:
    lock, done = threading.Lock(), 0

    def tell(path, more):
        nonlocal done
        with lock:
            done += more
            if on_progress:
                on_progress(path.stem, done, len(paths))

    def one(path):
        tell(path, 0)
        work(path)
        tell(path, 1)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one, path) for path in paths]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def execute(
    article: str, published: str | None, folder: Path, on_progress: Progress | None = None, source: Path | None = None
) -> list[Path]:
    """Execute every notebook on the article and write the results into `folder`. Gives their paths, in order.

    `article` is a slug or a path, `published` an ISO date or None; `source` is the folder of the notebooks (the repository's own by default).
    `on_progress(name, done, total)` is called when a notebook starts and when it is done. Raises NotebookError.
    """
    source, folder, own = Path(source or data.root() / "notebooks"), Path(folder), Path(article).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    is_file = str(article) not in shipped() and own.is_file()
    values = {"ARTICLE": str(own.resolve()) if is_file else str(article), "PUBLISHED": published}

    def work(path):
        try:
            made, plain = (
                with_parameters(nbformat.read(path, 4), values | more) for more in ({}, {"ARTICLE": own.name})
            )
        except NotebookError as error:
            raise NotebookError(f"{path.name}: {error}") from None
        _run(made, path.name, source)
        for cell, other in zip(made.cells, plain.cells, strict=True) if is_file else ():
            cell.source = other.source  # where the file lies is nobody's business in a report
        nbformat.write(made, folder / path.name)

    found = notebooks(source)
    _run_all(found, work, on_progress)
    return [folder / path.name for path in found]


def execute_in_place(paths: Iterable[Path], on_progress: Progress | None = None) -> None:
    """Execute notebooks and write the outputs into them; one that fails is left as it was. Twice gives the same bytes. Raises NotebookError."""

    def work(path):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            for passing in ("execution", "ExecuteTime", "collapsed", "scrolled"):
                cell.metadata.pop(passing, None)
        _run(notebook, path.name, path.parent)
        beside = path.with_name(f".{path.name}.new")
        nbformat.write(notebook, beside)
        os.replace(beside, path)

    _run_all([Path(path).resolve() for path in paths], work, on_progress)


# --- a notebook as a page ----------------------------------------------------------------------------------------------------


@dataclass
class Page:
    """One page: its file, what the navigation calls it, its question and first answer, its body, its headings with their anchors, the anchors
    of its linked tables, and style that it alone needs."""

    file: str
    label: str
    title: str
    body: str = ""
    answer: str = ""
    contents: list[tuple[str, str]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    style: str = ""


class _Sentence(IPythonRenderer):
    """Markdown that a cell computed: tags in it are text."""

    def inline_html(self, html: str) -> str:
        return shown(html)


def _sentence(markdown: str) -> str:
    renderer = _Sentence(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
    parser = MarkdownWithMath(renderer=renderer)
    parser.block.rules.remove("raw_html")  # else a tag at the beginning of a line takes the line with it
    return parser.render(markdown)


@functools.cache
def _exporter() -> HTMLExporter:
    made = HTMLExporter(template_name="onrecord", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True)
    shown_first = ["text/html", "text/markdown", "image/png", "image/jpeg", "text/plain"]
    made.config.NbConvertBase.display_data_priority = shown_first
    made.register_filter("sentence", _sentence)
    return made


TAGS = """a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img li mark ol p pre
q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var"""
ATTRIBUTES = "alt aria-hidden aria-label class colspan href id lang open role rowspan scope src tabindex title width"
CLEAN = Cleaner(
    allow_tags=TAGS.split(),
    remove_unknown_tags=False,
    safe_attrs=ATTRIBUTES.split(),
    style=True,
    kill_tags=["svg", "math", "template", "noscript", "title"],
)


def slug(text: str) -> str:
    """An anchor from a heading: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold().replace("’", "").replace("'", "")).strip("-") or "section"


def _notebook_page(path: Path) -> Page:
    html, _ = _exporter().from_notebook_node(nbformat.read(path, 4))
    body = CLEAN.clean_html(lxml.html.fragment_fromstring(legal(html), create_parent="div"))
    label = re.sub(r"^0*(\d+) (.)", lambda m: f"{m[1]} {m[2].upper()}", re.sub(r"[-_]+", " ", path.stem))
    page = Page(f"{path.stem}.html", label, label)
    _keep_anchors(body, page)
    for number, heading in enumerate(body.findall(".//h1")):
        if number:
            heading.tag = "h2"
        else:
            page.title = _words(heading)
            heading.drop_tree()
    page.answer = _first_sentence(body)
    _anchor(body, page)
    _describe_pictures(body)
    for number, table in enumerate(body.findall(".//table"), 1):
        _tidy(table, number)
    page.body = _inside(body)
    return page


def _words(element) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def _inside(body) -> Markup:
    return Markup("".join(lxml.html.tostring(child, encoding="unicode") for child in body))


def _first_sentence(body) -> str:
    """Of what the cell tagged `answer` computed, else of the first computed text, else of the first paragraph."""
    places = (
        ".//*[contains(@class, 'answer')]//*[@class='computed']//p",
        ".//*[@class='computed']//p",
        ".//*[@class='prose']//p",
    )
    paragraphs = next((found for found in map(body.xpath, places) if found), [])
    text = _words(paragraphs[0]) if paragraphs else ""
    end = r"(?<!\b[A-Z])(?<!\b[A-Z][a-z])[.!?][”’\"]?(?=\s+[^\W_a-z]|\s+[“\"]|$)"
    return re.match(rf"(?:.*?{end})?", text).group() or text


def _keep_anchors(body, page: Page) -> None:
    """Of the ids that cells gave, those of linked tables stay, each at its first place."""
    for element in body.xpath(".//*[@id]"):
        name = element.get("id")
        if name in page.rows or not ANCHOR.fullmatch(name):
            del element.attrib["id"]
        else:
            page.rows.append(name)


def _anchor(body, page: Page) -> None:
    taken = {"main", *page.rows}
    for heading in body.xpath(".//h2 | .//h3 | .//h4"):
        anchor, number = slug(_words(heading)), 2
        while anchor in taken:
            anchor, number = f"{slug(_words(heading))}-{number}", number + 1
        taken.add(anchor)
        heading.set("id", anchor)
        if heading.tag == "h2":
            page.contents.append((anchor, _words(heading)))


def _above(element) -> str:
    """The heading above an element."""
    return _words((element.xpath("preceding::*[self::h2 or self::h3][1]") or [lxml.html.Element("p")])[0])


def _describe_pictures(body) -> None:
    for number, image in enumerate(body.findall(".//img"), 1):
        if not image.get("src", "").startswith("data:image/"):  # it would have to be loaded from somewhere
            image.tail = (image.get("alt") or "") + (image.tail or "")
            image.drop_tree()
            continue
        above = _above(image)
        if not image.get("alt"):
            image.set("alt", f"A picture without a description, in the section “{above or 'beginning'}”")
        for figure in image.iterancestors("figure"):  # on a phone it grows when tapped, and scrolls
            label = f"Picture {number}: {above}" if above else f"Picture {number}"
            figure.attrib.update({"role": "region", "tabindex": "0", "aria-label": label})


NUMBER = re.compile(r"[+−-]?\d[\d,. ]*(\s?%)?|[+−-]?\.\d+")
MISSING = {"<NA>", "NaN", "NaT", "nan", "None"}
PHONE = 44  # characters beside each other
LONG_CELL = 40  # characters; such a cell is kept wide on a phone
ELLIPSES = {"...", "…", "–", ""}


def _tidy(table, number: int) -> None:
    """A table as pandas writes it, made readable for everybody: header cells with a scope, numbers to the right, no style of its own, in a region
    that scrolls by itself and can be reached by keyboard. The matrix of holders by issue, which is so already, only gets its region."""
    if table.get("class") == "matrix":
        _in_region(table, number)
        return
    for element in table.iter():
        for name in ("class", "width"):
            if element.get(name) not in POSITIONS:
                element.attrib.pop(name, None)
    caption = table.find("caption")
    if caption is not None and not table.findall("tbody/tr"):
        table.tag, table[:] = "p", []
        table.text = f"{_words(caption)}: none."
        return
    _merge_heads(table)
    head, rows = table.findall("thead/tr"), table.findall("tbody/tr")
    if _only_counts(head, rows):
        for row in [*head, *rows]:
            row.remove(row[0])
    for where, one, several, span in (("thead", "col", "colgroup", "colspan"), ("tbody", "row", "rowgroup", "rowspan")):
        for cell in table.findall(f"{where}/tr/th"):
            if _words(cell):
                cell.set("scope", several if int(cell.get(span) or 1) > 1 else one)
            else:
                cell.tag = "td"
    for cell in table.findall("tbody/tr/td"):
        if not len(cell) and _words(cell) in MISSING:
            cell.text = "–"
        if _words(cell) == "–":
            cell.set("class", "none")
        elif len(_words(cell)) > LONG_CELL:
            cell.set("class", "long")
    for column in range(1, max(map(len, rows), default=0) + 1):  # from the right: a row header may span several rows
        cells = [row[-column] for row in rows if len(row) >= column and row[-column].tag == "td"]
        texts = {_words(cell) for cell in cells} - ELLIPSES
        if texts and all(NUMBER.fullmatch(text) for text in texts):
            for cell in [*cells, *(row[-column] for row in head if len(row) == len(rows[0]))]:
                cell.set("class", "n")
    if len(head) == 1 and all(len(row) == len(head[0]) for row in rows):
        _stack(table, head[0], rows)
    _in_region(table, number)


def _in_region(table, number: int) -> None:
    caption = table.find("caption")
    name = _words(caption) if caption is not None else _above(table)
    label = f"Table {number}: {name}" if name else f"Table {number}"
    region = lxml.html.Element("div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label})
    region.tail, table.tail = table.tail, None
    table.getparent().replace(table, region)
    region.append(table)


def _stack(table, head, rows) -> None:
    """On a phone the rows of a table that is too wide for it become cards, in which every cell says what it is."""
    names = [_words(cell) for cell in head]
    widths = [max(len(_words(cell)) for cell in column) for column in zip(head, *rows)]
    if sum(min(width, 30) + 2 for width in widths) <= PHONE:
        return
    table.attrib.update({"class": "stack", "role": "table"})
    for part in table.xpath("thead | tbody"):
        part.set("role", "rowgroup")
    for row in [head, *rows]:
        row.set("role", "row")
        for name, cell in zip(names, row):
            cell.set("role", "columnheader" if row is head else "rowheader" if cell.tag == "th" else "cell")
            if row is not head and name and cell is not row[0]:
                cell.set("data-label", name)


def _merge_heads(table) -> None:
    """pandas writes the names of the index into a row of their own: put them into the free cells above."""
    rows = table.findall("thead/tr")
    alike = len(rows) > 1 and len(rows[-2]) == len(rows[-1])
    if alike and not any(_words(a) and _words(b) for a, b in zip(*rows[-2:])):
        for upper, lower in zip(*rows[-2:]):
            upper.text = _words(upper) or _words(lower)
        rows[-1].getparent().remove(rows[-1])


def _only_counts(head, rows) -> bool:
    """Whether the first column counts the rows from 0 under no name, as pandas does where there is no index."""
    firsts = [row[0] for row in rows if len(row)]
    counted = [_words(cell) for cell in firsts if _words(cell) not in ELLIPSES]
    named = any(len(row) == 0 or _words(row[0]) for row in head)
    if not counted or not head or named or any(cell.tag != "th" or cell.get("rowspan") for cell in firsts):
        return False
    return counted == [str(i) for i in range(len(counted))] or (len(counted) < len(firsts) and counted[0] == "0")


def _mend_links(pages: list[Page]) -> None:
    """Links between notebooks become links between pages; one to a file that the report does not hold becomes plain text, an unknown anchor goes.

    A link to a statement's row leads on to the words in the annotated article."""
    bodies = {page.file: lxml.html.fragment_fromstring(page.body, create_parent="div") for page in pages}
    known = {name: {element.get("id") for element in body.iter() if element.get("id")} for name, body in bodies.items()}
    for page in pages[2:]:
        for link in bodies[page.file].findall(".//a[@href]"):
            address = link.get("href")
            if re.match(r"https?:|mailto:", address):
                link.set("rel", "noreferrer")
                continue
            target, _, wanted = unquote(address).partition("#")
            if not target and wanted.startswith("row-") and wanted.removeprefix("row-") in known["article.html"]:
                target, wanted = "article.html", wanted.removeprefix("row-")
            target = re.sub(r"\.ipynb$", ".html", target.removeprefix("./")) or page.file
            names = [name for name in (wanted, slug(wanted)) if wanted and name in known.get(target, ())]
            anchor = f"#{names[0]}" if names else ""
            if target in known:
                link.set("href", target.replace(page.file, "") + anchor or "#main")
            else:
                link.drop_tag()
        page.body = _inside(bodies[page.file])


# --- the overview ------------------------------------------------------------------------------------------------------------


def _date(day: pd.Timestamp | None) -> str:
    return "no date" if pd.isna(day) else f"{day:%A} {day.day} {day:%B %Y}"


def _reviewed(dossier: Dossier) -> str:
    if dossier.review is None:
        return "read by the machine, not yet reviewed"
    return dossier.state


def _about(dossier: Dossier) -> dict:
    article, by = dossier.article, dossier.review and listed(dossier.review.people)
    url = article.url if str(article.url).startswith(("http:", "https:")) else None
    return {
        "title": article.title or "Untitled article",
        "outlet": article.outlet or "outlet unknown",
        "date": _date(article.published),
        "url": url,
        "words": article.words,
        "rights": (article.rights or "").rstrip("."),
        "credit": (article.credit or article.outlet or "source unknown").rstrip("."),
        "review": _reviewed(dossier),
        "by": by,
        "looked_at": dossier.looked_at,
        "partly": dossier.partly,
        "version": __version__,
    }


@dataclass(frozen=True)
class _Heard:
    """Who is heard in plain speech, and who is not."""

    quotes: pd.DataFrame
    total: int  # words
    sides: list[Side]  # known and with a word, most words first
    unknown: Side
    speakers: pd.Series  # words by speaker_id, most first
    names: dict[str, str]
    of: SideOf
    never: list[str]  # names of actors talked about for whom nobody speaks, most mentioned first

    @property
    def independent(self) -> int:
        """Number of independent speakers."""
        return sum(self.of[who].key == "independent" for who in self.speakers.index)


def _heard(dossier: Dossier) -> _Heard:
    actors, quotes, known = dossier.actors, dossier.speech, sides(dossier)
    speakers = quotes.groupby("speaker_id").words.sum().sort_values(ascending=False, kind="stable")
    spoken = actors[actors.actor_id.isin(speakers.index)]
    served = {*spoken.side.dropna(), *spoken.affiliation_id.dropna()}
    silent = actors[(actors.mentions > 0) & ~actors.actor_id.isin(speakers.index) & (actors.kind != "media")]
    spoken_for = silent.actor_id.isin(served) | silent.country.isin(served) & silent.kind.isin(["state", "government"])
    never = silent[(silent.kind == "person") | ~spoken_for].sort_values("mentions", ascending=False, kind="stable")
    return _Heard(
        quotes,
        int(quotes.words.sum()),
        [side for side in known.values() if side.key and side.words],
        known[""],
        speakers,
        dict(zip(actors.actor_id, actors.name)),
        SideOf(known, actors),
        list(never.name),
    )


def _finding(heard: _Heard) -> tuple[str, str]:
    """Who speaks, how much, for which side: a headline and a sentence."""
    if not heard.total:
        return "Nobody is quoted.", "The article holds no words that somebody is reported to say or write."
    first, *rest = heard.sides or [heard.unknown]
    amount = f"{first.words:,} of the {heard.total:,} quoted words{_share(first.words, heard.total, ' ({})')}"
    if first.words == heard.total:
        amount = f"all {heard.total:,} quoted words" if heard.total > 1 else "the one quoted word"
    own = heard.speakers[[heard.of[who].key == first.key for who in heard.speakers.index]]
    names, subject, plural = [heard.names[who] for who in own.index], first.subject, first.plural
    speaks = ""
    if not first.key and len(names) == 1 and own.iloc[0] == first.words:
        subject, plural = names[0], False
    elif names and names != [first.name]:
        how = "in its own name" if names[0] == first.name else f"by {names[0]}"
        speaks = f", {'all' if own.iloc[0] == first.words else f'{own.iloc[0]:,}'} of them {how}"
    others = listed([f"{side.subject} ({side.words:,})" for side in rest], 4)
    others = f"; then {'comes' if len(rest) == 1 and not rest[0].plural else 'come'} {others}" if rest else ""
    nobody = f"; nobody {_known(heard)}independent is heard" if heard.sides and not heard.independent else ""
    sentence = f"{subject} {'supply' if plural else 'supplies'} {amount}{speaks}{others}{nobody}."
    return _headline(first.key, first.words / heard.total, plural), sentence[:1].upper() + sentence[1:]


def _headline(side: str, share: float, plural: bool) -> str:
    if not side:
        return f"For whom the {'speakers speak' if plural else 'speaker speaks'} is unknown."
    free = side == "independent"
    who = "Independent voices" if free else "One side"
    if share == 1:
        return "Only independent voices speak." if free else "One side speaks."
    if share >= 0.75:
        return f"{who} {'do' if free else 'does'} most of the talking."
    if share > 0.5:
        return f"{who} {'have' if free else 'has'} more than half of the quoted words."
    return "No side has more than half of the quoted words."


def _known(heard: _Heard) -> str:
    """Some may be independent among those whose side is unknown."""
    return "known to be " if heard.unknown.words else ""


def _share(part: int, whole: int, form: str = "{}") -> str:
    """A percentage, set into `form`; nothing where the numbers are too small for one."""
    return form.format(f"{100 * part / whole:.0f}\N{NO-BREAK SPACE}%") if whole >= FEW else ""


def _bars(heard: _Heard) -> list[dict]:
    """The sides by their words of plain speech: name, class, width in percent of the longest, and what stands behind the bar."""
    bars = [(side.name[:1].upper() + side.name[1:], side.css, side.words) for side in heard.sides[:MOST_BARS]]
    bars.append(("Others", "s0", sum(side.words for side in heard.sides[MOST_BARS:])))
    bars.append(("Side unknown", "s0", heard.unknown.words))
    most = max(words for _, _, words in bars)
    value = {words: many(words, "word") + _share(words, heard.total, " · {}") for *_, words in bars}
    return [
        {"name": name, "css": css, "percent": round(100 * words / most, 1), "value": value[words]}
        for name, css, words in bars
        if words
    ]


def _tiles(heard: _Heard) -> list[tuple[str, str]]:
    """Numbers with what they count."""
    first, machine = (heard.sides or [None])[0], heard.quotes[heard.quotes.source == "machine"].confidence
    whose = "for a known side"
    if first:
        whose = f"by {first.subject}" if first.key == "independent" else f"for {first.subject}"
    words, unit = f"{first.words if first else 0:,} of {heard.total:,}", "quoted words"
    if heard.total >= FEW:
        words, unit = _share(first.words if first else 0, heard.total), "of quoted words"
    free = f"{heard.independent} independent" if heard.independent else f"none {_known(heard)}independent"
    return [
        (f"{len(heard.quotes):,}", f"quotation{_s(heard.quotes)} of plain speech"),
        (f"{len(heard.speakers):,}", f"speaker{_s(heard.speakers)}, {free}"),
        (words, f"{unit} {whose}"),
        (f"{len(heard.never):,}", f"actor{_s(heard.never)} talked about, never heard"),
        (sure(machine.median()), "how sure the machine is, from 0 to 1, at the median"),
    ]


def _s(counted) -> str:
    return "" if len(counted) == 1 else "s"


def _found(dossier: Dossier, heard: _Heard, pages: list[Page]) -> list[dict]:
    """Short lines, each with the page that tells more: the first whose file name has one of the words, else a place in the annotated article."""
    lines, actors, quotes, statements = [], dossier.actors, heard.quotes, dossier.statements

    def line(sentence: str, words: str = "", anchor: str = "text") -> None:
        page = next((page for page in pages[2:] if words and re.search(words, page.file)), None)
        href, link = (page.file, page.label) if page else (f"article.html#{anchor}", "In the article")
        lines.append({"sentence": sentence, "href": href, "link": link})

    if len(actors):
        most = actors.sort_values("mentions", ascending=False, kind="stable").iloc[0]
        often = {1: "once", 2: "twice"}.get(int(most.mentions), f"{most.mentions:,} times")
        who = f"1 actor appears: {most['name']}, mentioned {often}."
        if len(actors) > 1:
            who = f"{len(actors):,} actors appear; {most['name']} is mentioned most, {often}."
        line(who, "actor|appear")
    if len(quotes):
        kinds = quotes.kind.value_counts().reindex(["direct", "mixed", "indirect"]).dropna().astype(int)
        sorts = listed([f"{number} {'is' if number == 1 else 'are'} {kind}" for kind, number in kinds.items()])
        how = f"Of {len(quotes):,} quotations of plain speech {sorts}."
        if len(quotes) == 1:
            how = f"The one quotation of plain speech is {quotes.kind.iloc[0]}."
        line(how, "quot|speak", "quotations")
    for speaker, words in heard.speakers.head(1).items():
        own, only = quotes[quotes.speaker_id == speaker], len(heard.speakers) == 1
        said = f"{many(words, 'word')} in {many(len(own), 'quotation')}"
        line(f"{own.speaker.iloc[0]} {'alone speaks' if only else 'speaks most'}: {said}.", anchor=own.quote_id.iloc[0])
    nameless = quotes[quotes.speaker_id.isna()]
    if len(nameless):
        has = "has" if len(nameless) == 1 else "have"
        line(f"{many(len(nameless), 'quotation')} {has} no known speaker.", anchor=nameless.quote_id.iloc[0])
    if heard.never:
        line(f"Talked about, but never heard: {listed(heard.never, 5)}.", "actor|appear")
    if len(statements):
        counts = statements.position.value_counts().reindex(list(POSITIONS)).dropna().astype(int)
        said = listed([f"{number} {POSITIONS[position]}" for position, number in counts.items()])
        about = f"{many(len(statements), 'statement')} on {many(statements.issue.nunique(), 'issue')}"
        line(f"{about}: {said}.", "stance|statement|stand", "statements")
    for title, pro, contra in _disputed(dossier):
        line(f"Disputed: {title} ({pro} for, {contra} against).", "stance|statement|stand", "statements")
    doubtful = quotes[(quotes.confidence < UNSURE) & ~quotes.reviewed].sort_values("confidence", kind="stable")
    for least in doubtful.head(1).itertuples():
        words = f"“{shortened(least.text, 50)}” ({sure(least.confidence)})"
        line(f"The machine is least sure of {words}.", anchor=least.quote_id)
    if len(dossier.events):
        line(f"The article tells of {many(len(dossier.events), 'event')}.", r"event|when|happen|^\d*-?article\.")
    if len(dossier.repairs):
        line(f"The print is damaged in {many(len(dossier.repairs), 'place')}.", anchor="damage")
    if not lines:
        line("Nothing: no actor, no quotation, no statement.")
    return lines


def _disputed(dossier: Dossier) -> list[tuple[str, int, int]]:
    """Of the issues with statements for and against the one with most of them: its title and both numbers."""
    counts = pd.crosstab(dossier.statements.issue, dossier.statements.position)
    counts = counts.reindex(columns=["support", "oppose"], fill_value=0)
    counts = counts[counts.min(axis=1) > 0]
    titles = dict(zip(dossier.codebook.issues.issue, dossier.codebook.issues.title))
    most = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index[:1]]
    return [(titles.get(row.Index, row.Index), row.support, row.oppose) for row in most.itertuples()]


def _versions() -> list[tuple[str, str]]:
    model = os.environ.get("ONRECORD_MODEL", DEFAULT_MODEL)

    def installed(package):
        try:
            return version(package)
        except PackageNotFoundError:
            return "unknown"

    packages = {"spaCy": "spacy", f"language model {model}": model, "pandas": "pandas", "matplotlib": "matplotlib"}
    return [
        ("On Record", __version__),
        *((name, installed(package)) for name, package in packages.items()),
        ("Python", platform.python_version()),
    ]


# --- writing -----------------------------------------------------------------------------------------------------------------


def write(dossier: Dossier, notebooks: Iterable[Path], folder: Path) -> Path:
    """Write the report of a dossier and its executed notebooks into `folder` and give the path of its first page.

    The folder is there whole or not at all; an older report in it is replaced. Raises InputError (a ValueError) where it holds anything else.
    """
    folder = Path(folder).resolve()
    refuse_others(folder)
    files = _files(dossier, [Path(path) for path in notebooks])
    marker = {"onrecord": __version__, "article": dossier.article.slug, "files": sorted(files)}
    files[MARKER] = json.dumps(marker, indent=1, ensure_ascii=False) + "\n"
    replace_folder(folder, {name: content.encode() for name, content in files.items()}, marker=MARKER, what="a report")
    return folder / "index.html"


def refuse_others(folder: Path) -> None:
    """Raises InputError where the folder holds a file that no report of ours wrote: replacing the folder would lose it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: this is a file: name a folder for the report")
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    there -= {".DS_Store", "Thumbs.db", "desktop.ini"}
    try:
        ours = {MARKER, *json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]}
    except (OSError, ValueError, TypeError, KeyError):
        ours = set()
    if there - ours:
        found = f"something that is not a report of On Record ({listed(sorted(there - ours), 3)})"
        raise InputError(f"{folder}: holds {found}: name another folder, or empty it")


def _files(dossier: Dossier, notebooks: list[Path]) -> dict[str, str]:
    """Every page's HTML by its file name."""
    about = _about(dossier)
    index = Page("index.html", "Overview", about["title"])
    books = [_notebook_page(path) for path in notebooks]
    matrix = {name: f"{page.file}#{name}" for page in books for name in page.rows}
    article = Page("article.html", "The article, annotated", "The article, annotated", annotate(dossier, matrix))
    marked = f"{many(len(dossier.quotes), 'quotation')} and {many(len(dossier.statements), 'statement')}"
    article.answer = f"The full text, with {marked} marked in it."
    article.style = joined(article.body)
    article.contents = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', article.body)
    pages = [index, article, *books]
    _mend_links(pages)
    heard = _heard(dossier)
    titles = ("Read this first", "What was found", "The pages", "How it was made", "Credit and terms")
    index.contents = [(slug(title), title) for title in titles]
    overview = {
        "finding": _finding(heard),
        "tiles": _tiles(heard),
        "bars": _bars(heard) if heard.total else [],
        "heard": heard,
        "doubtful": int((heard.quotes.confidence < UNSURE).sum()),
        "found": _found(dossier, heard, pages),
        "versions": _versions(),
    }
    shared = {"about": about, "pages": pages, "style": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))}
    return {
        page.file: environment()
        .get_template("index.html.j2" if page is index else "page.html.j2")
        .render(page=page, **shared, **overview)
        for page in pages
    }


if __name__ == "__main__":
    execute_in_place(
        sorted((data.root() / "notebooks").glob("*.ipynb")),
        lambda name, done, total: print(f"{done}/{total} {name}", flush=True),
    )
