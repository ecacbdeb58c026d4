"""A notebook as a page: code folded, tables that everybody can read, and nothing that could run or load something."""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import nbformat
from lxml_html_clean import Cleaner
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from onrecord.annotate import TEMPLATES, actor_anchor, shown
from onrecord.dossier import Dossier
from onrecord.linked import ANCHOR, POSITIONS
from onrecord.prose import bare, legal


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


def sentence(markdown: str) -> str:
    renderer = _Sentence(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
    parser = MarkdownWithMath(renderer=renderer)
    parser.block.rules.remove("raw_html")  # else a tag at the beginning of a line takes the line with it
    return parser.render(bare(markdown))


@functools.cache
def _exporter() -> HTMLExporter:
    made = HTMLExporter(template_name="onrecord", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True)
    shown_first = ["text/html", "text/markdown", "image/png", "image/jpeg", "text/plain"]
    made.config.NbConvertBase.display_data_priority = shown_first
    made.register_filter("sentence", sentence)
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


def notebook_page(path: Path) -> Page:
    html, _ = _exporter().from_notebook_node(nbformat.read(path, 4))
    body = CLEAN.clean_html(lxml.html.fragment_fromstring(legal(html), create_parent="div"))
    label = re.sub(r"^0*(\d+) (.)", lambda m: f"{m[1]} {m[2].upper()}", re.sub(r"[-_]+", " ", path.stem))
    page = Page(f"{path.stem}.html", label, label)
    _keep_anchors(body, page)
    for number, heading in enumerate(body.findall(".//h1")):
        if number:
            heading.tag = "h2"
        else:
            page.title = words_of(heading)
            heading.drop_tree()
    page.answer = _first_sentence(body)
    _anchor(body, page)
    _describe_pictures(body)
    for number, table in enumerate(body.findall(".//table"), 1):
        _tidy(table, number)
    page.body = inside_of(body)
    return page


def words_of(element) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def inside_of(body) -> Markup:
    return Markup("".join(lxml.html.tostring(child, encoding="unicode") for child in body))


def _first_sentence(body) -> str:
    """Of what the cell tagged `answer` computed, else of the first computed text, else of the first paragraph."""
    places = (
        ".//*[contains(@class, 'answer')]//*[@class='computed']//p",
        ".//*[@class='computed']//p",
        ".//*[@class='prose']//p",
    )
    paragraphs = next((found for found in map(body.xpath, places) if found), [])
    text = words_of(paragraphs[0]) if paragraphs else ""
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
        anchor, number = slug(words_of(heading)), 2
        while anchor in taken:
            anchor, number = f"{slug(words_of(heading))}-{number}", number + 1
        taken.add(anchor)
        heading.set("id", anchor)
        if heading.tag == "h2":
            page.contents.append((anchor, words_of(heading)))


def _above(element) -> str:
    """The heading above an element."""
    return words_of((element.xpath("preceding::*[self::h2 or self::h3][1]") or [lxml.html.Element("p")])[0])


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
SHORTEST = 12  # characters of a shortened text by which it is known


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
        table.text = f"{words_of(caption)}: none."
        return
    _merge_heads(table)
    for cell in table.findall("thead/tr/*"):
        cell.text = cell.text and cell.text.replace("_", "_\u200b")  # on paper a long name breaks here
    head, rows = table.findall("thead/tr"), table.findall("tbody/tr")
    if _only_counts(head, rows):
        for row in [*head, *rows]:
            row.remove(row[0])
    for where, one, several, span in (("thead", "col", "colgroup", "colspan"), ("tbody", "row", "rowgroup", "rowspan")):
        for cell in table.findall(f"{where}/tr/th"):
            if words_of(cell):
                cell.set("scope", several if int(cell.get(span) or 1) > 1 else one)
            else:
                cell.tag = "td"
    for cell in table.findall("tbody/tr/td"):
        if not len(cell) and words_of(cell) in MISSING:
            cell.text = "–"
        if words_of(cell) == "–":
            cell.set("class", "none")
        elif len(words_of(cell)) > LONG_CELL:
            cell.set("class", "long")
    for column in range(1, max(map(len, rows), default=0) + 1):  # from the right: a row header may span several rows
        cells = [row[-column] for row in rows if len(row) >= column and row[-column].tag == "td"]
        texts = {words_of(cell) for cell in cells} - ELLIPSES
        if texts and all(NUMBER.fullmatch(text) for text in texts):
            for cell in [*cells, *(row[-column] for row in head if len(row) == len(rows[0]))]:
                cell.set("class", "n")
    if len(head) == 1 and all(len(row) == len(head[0]) for row in rows):
        _stack(table, head[0], rows)
    _in_region(table, number)


def _in_region(table, number: int) -> None:
    caption = table.find("caption")
    name = words_of(caption) if caption is not None else _above(table)
    label = f"Table {number}: {name}" if name else f"Table {number}"
    region = lxml.html.Element("div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label})
    region.tail, table.tail = table.tail, None
    table.getparent().replace(table, region)
    region.append(table)


def _stack(table, head, rows) -> None:
    """On a phone the rows of a table that is too wide for it become cards, in which every cell says what it is."""
    names = [words_of(cell) for cell in head]
    widths = [max(len(words_of(cell)) for cell in column) for column in zip(head, *rows)]
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
    if alike and not any(words_of(a) and words_of(b) for a, b in zip(*rows[-2:])):
        for upper, lower in zip(*rows[-2:]):
            upper.text = words_of(upper) or words_of(lower)
        rows[-1].getparent().remove(rows[-1])


def _only_counts(head, rows) -> bool:
    """Whether the first column counts the rows from 0 under no name, as pandas does where there is no index."""
    firsts = [row[0] for row in rows if len(row)]
    counted = [words_of(cell) for cell in firsts if words_of(cell) not in ELLIPSES]
    named = any(len(row) == 0 or words_of(row[0]) for row in head)
    if not counted or not head or named or any(cell.tag != "th" or cell.get("rowspan") for cell in firsts):
        return False
    return counted == [str(i) for i in range(len(counted))] or (len(counted) < len(firsts) and counted[0] == "0")


# Columns whose words may be an actor's name and mean a whole side or state.
NOT_NAMES = {"side", "country", "belongs to", "group", "region", "for", "support", "oppose", "neutral", "both"}


def lead_to_words(books: list[Page], dossier: Dossier, article: Page) -> None:
    """Make each row of the notebooks' tables that is about a quotation, a statement, an event, damage or an actor lead to it in the annotated
    article: the first cell that holds its words, else the first that is an actor's name or damaged print. Rows that lead somewhere already stay so."""
    known = set(re.findall(r'\bid="([^"]+)"', article.body))
    words: dict[str, str] = {}
    for table, key in (("quotes", "quote_id"), ("statements", "statement_id"), ("events", "event_id")):
        for anchor, text in zip(getattr(dossier, table)[key], getattr(dossier, table)["text"]):
            if anchor in known:
                words.setdefault(_squeezed(text), anchor)
    damage = {_squeezed(row.printed): row.repair_id for row in dossier.repairs.itertuples() if row.repair_id in known}
    names = {name: actor_anchor(who) for who, name in zip(dossier.actors.actor_id, dossier.actors.name)}
    for page in books:
        body = lxml.html.fragment_fromstring(page.body, create_parent="div")
        for table in body.findall(".//table"):
            heads = [words_of(cell) for cell in table.findall("thead/tr[last()]/*")]
            for row in table.xpath("tbody/tr[not(.//a)]"):
                _lead_row(list(row), heads, words, names, damage)
        page.body = inside_of(body)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _lead_row(
    cells: list, heads: list[str], words: dict[str, str], names: dict[str, str], damage: dict[str, str]
) -> None:
    plain = [cell for cell in cells if not len(cell) and words_of(cell)]
    found = [(cell, anchor) for cell in plain if (anchor := _anchor_of(words_of(cell), words))]
    heads = heads if len(heads) == len(cells) else [""] * len(cells)
    found += [
        (c, names[words_of(c)])
        for c, head in zip(cells, heads)
        if c in plain and head not in NOT_NAMES and words_of(c) in names
    ]
    found += [(cell, anchor) for cell in plain if (anchor := _anchor_of(words_of(cell), damage))]
    for cell, anchor in found[:1]:
        link = lxml.html.Element("a", {"href": f"article.html#{anchor}"})
        link.text, cell.text = cell.text, None
        cell.append(link)


def _anchor_of(text: str, words: dict[str, str]) -> str | None:
    """The anchor of evidence whose words these are, whole or shortened."""
    begin = text.removesuffix(" …")
    if begin == text or len(begin) < SHORTEST:
        return words.get(text)
    return next((anchor for whole, anchor in words.items() if whole.startswith(begin)), None)


def mend_links(pages: list[Page]) -> None:
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
        page.body = inside_of(bodies[page.file])
