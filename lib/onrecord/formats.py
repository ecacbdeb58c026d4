"""A file of an article to its text: plain text, Markdown, a saved web page, Word, PDF. Nothing that a file points to is ever loaded.

Of a plain text the text is the file's own; of the others it is what was taken out of them, a paragraph a line.
"""

import contextlib
import io
import logging
import re
import zipfile
from pathlib import Path

from onrecord import pdf
from onrecord.data import InputError

LONGEST = 1_000_000  # characters of one article
LARGEST = 50_000_000  # bytes of one file: a saved page may hold its pictures
MOST_ELEMENTS = 50_000  # of a web page, or paragraphs and pieces of them in a Word file
LARGEST_WORKBOOK = 200_000_000  # bytes of an Excel file, unpacked
# How many times longer than its file that may be, where it is more than so many bytes.
MOST_PACKED, LITTLE = 100, 10_000_000
LARGEST_PICTURES, LARGEST_WORDS = 100_000_000, 20_000_000  # bytes of a Word file, unpacked
READ = "plain text (.txt), Markdown (.md), web pages (.html), Word (.docx) and PDF"
FIELDS = ("title", "outlet", "published", "rights", "credit", "url")  # what may be known of an article
LONGEST_FRONT, DEEPEST_FRONT = (
    10_000,
    100,
)  # characters, and brackets, between the two lines of dashes of a Markdown file
MAGIC = {
    b"%PDF": ("a PDF", ".pdf"),
    b"PK\x03\x04": ("a packed or Word file", ".docx"),
    b"\xd0\xcf\x11\xe0": ("an old Word file or one with a password", ".docx"),
    b"{\\rtf": ("a Rich Text file", ".docx"),
}


def read(path: Path) -> tuple[str, dict]:
    """The text of an article's file and what the file says of it (of `FIELDS` those that it has). Raises InputError."""
    return taken(_bytes(path, known=path.suffix.casefold() in _TAKES), path.name)


def taken(raw: bytes, name: str) -> tuple[str, dict]:
    """The same from the bytes of a file, whose name tells its kind (its suffix is one of `SUFFIXES`)."""
    text, found = _TAKES[name[name.rindex(".") :].casefold()](raw, name)
    if len(text) > LONGEST:
        raise too_long(name, f"{len(text):,} characters")
    return text, found


def too_long(name: str, size: str) -> InputError:
    """The error for a text that is longer than an article."""
    return InputError(f"{name}: {size} are more than the {LONGEST:,} characters of one article: split it")


def too_large(name: str, size: int) -> InputError:
    """The error for a file of so many bytes that it cannot be one article."""
    return InputError(f"{name}: {size / 1e6:,.0f} MB are more than one article: keep its text alone")


def _bytes(path: Path, known: bool) -> bytes:
    if not path.exists():
        raise InputError(f"{path}: there is no such file: check the path, or name a shipped article (`onrecord list`)")
    if not path.is_file():
        raise InputError(f"{path}: this is not a file: name the text file of one article")
    if not known:
        raise InputError(f"{path.name}: only {READ} are read: save the article as one of them")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise too_large(path.name, size)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}): check who may read it") from None


# --- plain text ----------------------------------------------------------------------------------------------------------------


def _plain(raw: bytes, name: str) -> tuple[str, dict]:
    return _decoded(raw, name), {}


def _decoded(raw: bytes, name: str, declared: str | None = None) -> str:
    """The characters of a text: UTF-8, UTF-16 with a mark, or the encoding that the file itself declares."""
    for magic, (what, suffix) in MAGIC.items():
        if raw.startswith(magic):
            raise InputError(
                f"{name}: this is {what}, whatever its name says: save it as a {suffix} file, or as plain text"
            )
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if not declared:
            raise InputError(
                f"{name}: neither UTF-8 nor marked UTF-16: save it as UTF-8, or try `iconv -f WINDOWS-1252 -t UTF-8`"
            ) from None
        text = raw.decode(declared, errors="replace")
    if sum(c < " " and c not in "\t\n\r\f" for c in text) > 0.05 * len(text):
        raise InputError(f"{name}: this is binary, not text: save the article as plain text (UTF-8)")
    return text


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def _tidy(lines: list[str]) -> str:
    """Taken-out paragraphs as text: without soft hyphens and ligatures, which would stand inside names."""
    text = "\n".join(" ".join(line.split()) for line in lines if line.strip())
    return text.translate(_LIGATURES | {0xAD: None})


# --- Markdown ------------------------------------------------------------------------------------------------------------------

_FRONT = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)


def _markdown(raw: bytes, name: str) -> tuple[str, dict]:
    """A Markdown file as it is printed: words without marks, links without addresses. Tables, pictures and code are left out."""
    from markdown_it import MarkdownIt  # only Markdown needs it

    source = _decoded(raw, name)
    if len(source) > LONGEST:
        raise too_long(name, f"{len(source):,} characters")
    found, source = _front_matter(source)
    # Four spaces before a paragraph are an indent more often than code.
    tokens = MarkdownIt("commonmark").enable("table").disable("code").parse(source)
    lines, inside_table = [], 0
    for token in tokens:
        inside_table += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        if token.type == "inline" and not inside_table:
            lines += "".join(map(_printed, token.children)).split("\n")
        elif token.type == "html_block":
            lines += _words_of(token.content).split("\n")
    return _tidy(lines), found


def _front_matter(source: str) -> tuple[dict, str]:
    """What stands in YAML between two lines of dashes at the top, and the text below."""
    import yaml

    front = _FRONT.match(source, 0, LONGEST_FRONT)
    said = None
    if front and front[1].count("[") + front[1].count("{") <= DEEPEST_FRONT:
        with contextlib.suppress(yaml.YAMLError, ValueError, RecursionError):
            grows = any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(front[1]))  # names within names
            said = None if grows else yaml.safe_load(front[1])
    if not isinstance(said, dict):
        return {}, source
    said = {"published": said.get("date"), **said}
    found = {key: said[key] if key == "published" else str(said[key]) for key in FIELDS if said.get(key)}
    return found, source[front.end() :]


def _printed(token) -> str:
    """The words of a piece of a Markdown line."""
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type) or (
        token.content if token.type in ("text", "code_inline", "text_special") else ""
    )


def _words_of(html: str) -> str:
    import lxml.html

    tree = lxml.html.fragment_fromstring(html, create_parent="div")
    return "".join(tree.xpath(".//text()[not(ancestor::script or ancestor::style)]"))


# --- a saved web page ------------------------------------------------------------------------------------------------------------


def _page(raw: bytes, name: str) -> tuple[str, dict]:
    """Text and metadata of a saved web page."""
    import trafilatura  # only a web page needs it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = re.sub(
        r"data:[\w/+.-]+;base64,[\w+/=%]+", "", _decoded(raw, name, _charset(raw))
    )  # pictures inside the page
    tree = trafilatura.load_html(page) if page.strip() else None
    if tree is not None and sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise InputError(f"{name}: this web page is more than one article: save its text as a .txt file")
    published = None if tree is None else _dated(tree)
    document = tree is not None and trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=False, with_metadata=True, date_extraction_params=_SAID
    )
    if not document or not (document.text or "").strip():
        raise InputError(f"{name}: no article was found in this web page: save its text as a .txt file")
    known = {"title": document.title, "outlet": document.sitename, "published": published, "url": document.url}
    return document.text.replace("\u00ad", ""), {key: value for key, value in known.items() if value}


_SAID = {"extensive_search": False, "original_date": True}


def _charset(raw: bytes) -> str | None:
    """The encoding that a page declares, where Python knows it."""
    declared = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", raw[:4096], re.IGNORECASE)
    name = declared[1].decode() if declared else ""
    name = "cp1252" if name.casefold() in ("iso-8859-1", "latin1", "ascii", "us-ascii") else name  # as browsers read it
    try:
        return name if "".encode(name) == b"" else None
    except (LookupError, UnicodeError):
        return None


def _dated(tree) -> str | None:
    """The date of publication that the page's head states: no date of a change, and none from its words, where trafilatura would take
    the year of a copyright line or the day of a story that the page links to."""
    import trafilatura
    from lxml import etree

    stated = []
    for one in tree.xpath("//meta | //link[@rel='canonical'] | //script[@type='application/ld+json']"):
        words = etree.tostring(one, encoding="unicode", method="html", with_tail=False)
        changed = re.search(r"modif|updat", words, re.IGNORECASE) and "published" not in words.casefold()
        if not changed:
            stated.append(words)
    head = f"<html><head>{''.join(stated)}</head><body></body></html>"
    found = trafilatura.extract_metadata(head, date_config=_SAID)
    return found.date if found else None


# --- Word ------------------------------------------------------------------------------------------------------------------------

# What is printed of a Word file: no tables, text boxes, moved or hidden words. Tracked insertions are in, tracked deletions are out.
_PARAGRAPHS = ".//w:p[not(ancestor::w:tbl or ancestor::w:txbxContent)]"
_RUNS = ".//w:r[not(ancestor::w:moveFrom or ancestor::w:del or w:rPr/w:vanish[not(@w:val='0' or @w:val='false')] or count(ancestor::w:p) > {depth})]"


def _word(raw: bytes, name: str) -> tuple[str, dict]:
    """The paragraphs of a Word file. It says nothing of title or publication: `created` is when somebody began to write."""
    import docx  # only a Word file needs it

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{name}: this is an old Word file or one with a password: save it as .docx without one")
    try:
        _check_sizes(zipfile.ZipFile(io.BytesIO(raw)), name)
        body = docx.Document(io.BytesIO(raw)).element.body
        if body.xpath("count(.//w:p) + count(.//w:r)") > MOST_ELEMENTS:
            raise InputError(f"{name}: this Word file is more than one article: save the article's text as a .txt file")
        lines = []
        for paragraph in body.xpath(_PARAGRAPHS):
            runs = paragraph.xpath(_RUNS.format(depth=len(paragraph.xpath("ancestor-or-self::w:p"))))
            lines += "".join(run.text for run in runs).split("\n")
    except InputError:
        raise
    except Exception as error:  # a broken file may break its reader anywhere
        raise InputError(
            f"{name}: this is no Word file, or a broken one ({type(error).__name__}): open it in Word and save it as .docx again"
        ) from None
    return _tidy(lines), {}


def refuse_large_workbook(file: Path | io.BytesIO, size: int, name: str) -> None:
    """Raises InputError for an Excel file that unpacked is more than a workbook, for its reader holds the words in memory. `size`: bytes of the file.
    Raises zipfile.BadZipFile where it is no archive at all."""
    with zipfile.ZipFile(file) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > min(LARGEST_WORKBOOK, max(LITTLE, MOST_PACKED * size)):
        raise InputError(f"{name}: {unpacked / 1e6:,.0f} MB unpacked are too much for a workbook: save it as CSV")


def _check_sizes(packed: zipfile.ZipFile, name: str) -> None:
    """Refuse what would fill the memory once unpacked. A part gives no more than the size that is checked here."""
    sizes = {part.filename: part.file_size for part in packed.infolist()}
    pictures = sum(size for part, size in sizes.items() if part.startswith(("word/media/", "word/fonts/")))
    large = pictures > LARGEST_PICTURES or sum(sizes.values()) - pictures > LARGEST_WORDS
    tags = 0 if large else sum(packed.read(part).count(b"<") for part in sizes if part.endswith(".xml"))
    if large or tags > 10 * MOST_ELEMENTS:
        raise InputError(f"{name}: unpacked it is more than one article: save the article's text as a .txt file")


# --- PDF -------------------------------------------------------------------------------------------------------------------------


def _pdf(raw: bytes, name: str) -> tuple[str, dict]:
    """The paragraphs of a PDF. Its dates and title are those of the file, not of the article, and are not taken."""
    if b"%PDF-" not in raw[:1024]:
        raise InputError(
            f"{name}: this is no PDF, whatever its name says: open it and save it as one, or as a .txt file"
        )
    return _tidy(pdf.paragraphs(raw, name, LONGEST)), {}


_TAKES = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _page,
    ".htm": _page,
    ".docx": _word,
    ".pdf": _pdf,
}
SUFFIXES = tuple(_TAKES)
