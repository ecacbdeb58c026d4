"""The report's files: pages and what goes with them, written whole or not at all."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from onrecord import __version__, exports
from onrecord.annotate import LEFT_OUT, TEMPLATES, annotate, environment, joined
from onrecord.dossier import Dossier
from onrecord.prose import many
from onrecord.report import overview
from onrecord.report.notebook_pages import Page, lead_to_words, mend_links, notebook_page, slug
from onrecord.report.printing import browser, to_pdf
from onrecord.report.single import one_page

MARKER = "onrecord.json"
FORMS = ("folder", "html", "pdf")
PDF_SIGNED = b"%onrecord\n"  # behind the end of the file, where no reader looks


def write(
    dossier: Dossier, notebooks: Iterable[Path], path: Path, form: str = "folder", excerpts: bool = False
) -> Path:
    """Write the report of a dossier and its executed notebooks and give the path of its first page, or of the file.

    form: `folder`, or one file: `html`, the tables to download in it, or `pdf`, printed by a Chromium that is installed. excerpts: leave out the
    article's text but for what is evidence. All is there whole or not at all; an older report is replaced. Raises as `refuse_others` does.
    """
    path = Path(path).resolve()
    refuse_others(path, form)
    pages, downloads = _files(dossier, notebooks, excerpts)
    if form != "folder":
        page = one_page(pages, downloads)
        content = to_pdf(page) + PDF_SIGNED if form == "pdf" else page.encode()
        return exports.replace_file(path, content, _is_report, "a report of On Record")
    files = {name: page.encode() for name, page in pages.items()} | downloads
    marker = {"onrecord": __version__, "article": dossier.article.slug, "files": sorted(files)}
    files[MARKER] = (json.dumps(marker, indent=1, ensure_ascii=False) + "\n").encode()
    exports.replace_folder(path, files, _ours, "a report")
    return path / "index.html"


def refuse_others(path: Path, form: str = "folder") -> None:
    """Raises InputError (a ValueError) where something stands that no report of ours wrote and that a report would replace, and where a PDF is
    asked for and nothing can print it."""
    if form != "folder":
        exports.refuse_file(Path(path), _is_report, "a report of On Record")
        if form == "pdf":
            browser()
        return
    exports.refuse_folder(Path(path), _ours, "a report")


def _ours(folder: Path) -> set[str]:
    """The files of a folder that `write` wrote."""
    try:
        return {MARKER, *json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]}
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def _is_report(content: bytes) -> bool:
    return content.endswith(PDF_SIGNED) or b'name="generator" content="onrecord ' in content


def _files(dossier: Dossier, notebooks: Iterable[Path], excerpts: bool) -> tuple[dict[str, str], dict[str, bytes]]:
    """Every page's HTML by its file name, the first page first, and the files to download."""
    about = overview.about(dossier)
    index = Page("index.html", "Overview", about["title"])
    books = [notebook_page(Path(path)) for path in notebooks]
    matrix = {name: f"{page.file}#{name}" for page in books for name in page.rows}
    article = Page("article.html", "The article, annotated", "The article, annotated")
    article.body = annotate(dossier, matrix, excerpts)
    marked = f"{many(len(dossier.quotes), 'quotation')} and {many(len(dossier.statements), 'statement')}"
    article.answer = f"{'Excerpts of the text' if excerpts else 'The full text'}, with {marked} marked in it."
    article.style = joined(article.body)
    article.contents = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', article.body)
    index.contents = [(slug(title), title) for title in overview.TITLES]
    pages = [index, article, *books]
    lead_to_words(books, dossier, article)
    mend_links(pages)
    downloads = _downloads(dossier, excerpts)
    shared = {"about": about, "pages": pages, "style": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))}
    shared |= {"excerpts": excerpts, "sizes": {name: len(content) for name, content in downloads.items()}}
    first = overview.computed(dossier, pages)
    made = {}
    for page in pages:
        template = environment().get_template("index.html.j2" if page is index else "page.html.j2")
        made[page.file] = template.render(page=page, **shared, **first)
    return made, downloads


def _downloads(dossier: Dossier, excerpts: bool) -> dict[str, bytes]:
    """The tables, as a workbook and as CSV in a ZIP file."""
    if excerpts:
        blocks = dossier.blocks.assign(text=dossier.blocks.text.where(dossier.blocks.kind == "headline", LEFT_OUT))
        dossier = replace(dossier, blocks=blocks, sentences=dossier.sentences.assign(text=LEFT_OUT))
    return {"tables.xlsx": exports.content(dossier, "xlsx"), "tables.zip": exports.zipped(exports.csv_files(dossier))}
