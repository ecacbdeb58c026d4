"""All tables of an article as an Excel workbook: a sheet that says what it is, a sheet a table, and the issues of the codebook."""

import datetime
import io
import re
import textwrap
import zipfile
from collections.abc import Iterator

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from onrecord import schema
from onrecord.dossier import Dossier, maker
from onrecord.exports.files import STAMP, printable, shortened, zipped

CREATOR = "On Record"
LONGEST = 32_767  # characters of a cell
WIDEST, NARROWEST = 60, 8  # width of a column, in characters
FLAG = '"TRUE";"TRUE";"FALSE"'  # LibreOffice shows 1 and 0 without it
LINES_OF = 66  # characters of a wrapped text that stand in a line of a column as wide as that
TOP, LEFT = Alignment(vertical="top"), Alignment(vertical="top", horizontal="left")
STYLES = {  # made once, for a style of its own for each of many cells takes long
    "plain": {"alignment": TOP},
    "long text": {"alignment": Alignment(vertical="top", wrap_text=True)},
    "number": {"alignment": Alignment(vertical="top", horizontal="right", indent=1)},  # apart from the text beside it
    "day": {"alignment": LEFT, "number_format": "yyyy-mm-dd"},
    "flag": {"alignment": LEFT, "number_format": FLAG},
}
KINDS = (datetime.date, "day"), (bool, "flag"), (object, "number")
LINE, HIGHEST = 15, 405  # height of a line, and the greatest of a row that there can be, in points
ISSUES = {
    "issue": "Identifier of the issue, as in the sheet `statements`",
    "title": "Its name",
    "definition": "What it is",
    "supports": "What counts as support",
    "opposes": "What counts as opposition",
    "excludes": "What belongs elsewhere",
}
_STAMP = f"{STAMP:%Y-%m-%dT%H:%M:%SZ}"
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would read as a character's number
_HEAD = PatternFill("solid", fgColor="E8EEF4")


def to_xlsx(dossier: Dossier) -> bytes:
    """The workbook. First sheet `About`: article, credit, rights, codebook, versions, reviewed or not, and what every column means.

    Days are days, numbers are numbers, flags TRUE and FALSE, missing values empty cells; spans and lists are as in the CSV files. Text is always text:
    one that begins with = is no formula, not even after somebody edits its cell. Characters that Excel refuses are � (see `files.printable`), a text
    of more than 32,767 characters is cut and ends with …, and CR LF or CR is LF, as Excel itself has it."""
    book = Workbook()
    for name, looks in STYLES.items():
        book.add_named_style(NamedStyle(name=name, font=Font(name="Calibri", size=11), **looks))
    _write_about(book.active, dossier)
    for name, table in dossier.tables.items():
        fields = schema.TABLES[name]
        rows = [[_value(row[field.name]) for field in fields] for row in schema.records(table)]
        _write_table(book.create_sheet(name), [field.name for field in fields], rows)
    issues = dossier.codebook.issues
    _write_table(book.create_sheet("issues"), list(ISSUES), issues[list(ISSUES)].values.tolist())
    book.properties.creator = CREATOR
    book.properties.title = printable(dossier.article.title)
    book.properties.created = STAMP
    out = io.BytesIO()
    book.save(out)
    return _without_time(out.getvalue())


def is_xlsx(content: bytes) -> bool:
    """Whether this is what `to_xlsx` makes, and nobody has saved it since: a program that does writes down when."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            core = archive.read("docProps/core.xml").decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return False
    return _said(core, "dc:creator") == CREATOR and _said(core, "dcterms:modified") == _STAMP


def _said(core: str, name: str) -> str | None:
    found = re.search(rf"<{name}[^>]*>([^<]*)<", core)
    return found and found[1]


def _without_time(content: bytes) -> bytes:
    """The workbook with STAMP wherever it has the time of writing."""
    with zipfile.ZipFile(io.BytesIO(content)) as written:
        parts = {name: written.read(name) for name in written.namelist()}
    core = "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + _STAMP.encode(), parts[core])
    return zipped(parts)


# --- sheets --------------------------------------------------------------------------------------------------------------------


def _write_about(sheet: Worksheet, dossier: Dossier) -> None:
    article, book = dossier.article, dossier.codebook
    facts = {
        "What it is": f"Tables that On Record made of one news article, {dossier.state}.",
        "Article": article.title,
        "Outlet": article.outlet,
        "Published": article.published,
        "Credit": article.credit,
        "Rights": article.rights,
        "Address": article.url,
        "Identifier": article.slug,
        "Words": article.words,
        "Codebook": f"{book.title} ({book.id}), in the sheet `issues`",
        "Made by": maker(),
        "Reading it": "A missing value is an empty cell. Places count characters of the article’s text, from 0. Spans look like 12-40;55-80, "
        "lists are parted by semicolons.",
    }
    sheet.title = "About"
    _put(sheet.cell(1, 1), "On Record").font = _bold(14)
    sheet.row_dimensions[1].height = 1.5 * LINE
    for number, (name, value) in enumerate(facts.items(), 2):
        _put(sheet.cell(number, 1), name).font = _bold()
        _put(sheet.cell(number, 2), "not known" if value is None else value)
        sheet.cell(number, 2).alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        sheet.merge_cells(start_row=number, end_row=number, start_column=2, end_column=4)
        _fit_height(sheet, number, [(value, 130)])
    described = [(table, field.name, field.about, ", ".join(field.allowed)) for table, field in _fields()]
    described += [("issues", name, about, "") for name, about in ISSUES.items()]
    top = len(facts) + 3
    for number, row in enumerate([("sheet", "column", "what it is", "values"), *described], top):
        for column, value in enumerate(row, 1):
            _put(sheet.cell(number, column), value)
    _mark_header(sheet, top, 4)
    for letter, width in zip("ABCD", (14, 18, 76, 60)):
        sheet.column_dimensions[letter].width = width


def _fields() -> Iterator[tuple[str, schema.Field]]:
    for table, fields in schema.TABLES.items():
        yield from ((table, field) for field in fields)


def _write_table(sheet: Worksheet, header: list[str], rows: list[list]) -> None:
    """A header that stays in sight and can be filtered, and the rows below it."""
    for column, name in enumerate(header, 1):
        _put(sheet.cell(1, column), name)
        shown = [row[column - 1] for row in rows if row[column - 1] is not None]
        longest = max((10 if isinstance(value, datetime.date) else len(str(value)) for value in shown), default=0)
        width = min(max(longest + 2, len(name) + 4, NARROWEST), WIDEST)  # the arrow of the filter takes two
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            _put(sheet.cell(number, column), value)
        _fit_height(sheet, number, [(value, LINES_OF) for value in row])
    _mark_header(sheet, 1, len(header))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"


def _fit_height(sheet: Worksheet, row: int, values: list[tuple[object, int]]) -> None:
    """Make a row as high as its wrapped texts, each of a width in characters, for not every program does so by itself."""
    lines = [
        sum(len(textwrap.wrap(line, width)) or 1 for line in value.splitlines())
        for value, width in values
        if isinstance(value, str) and len(value) > width
    ]
    if lines:
        sheet.row_dimensions[row].height = min(LINE * max(lines), HIGHEST)


def _mark_header(sheet: Worksheet, row: int, columns: int) -> None:
    for cell in sheet[row][:columns]:
        cell.font, cell.fill = _bold(), _HEAD
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0  # as wide as a page, as long as it is
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _value(value: object) -> object:
    """A table's value as a cell takes it: spans and lists are text."""
    if isinstance(value, tuple):
        return ";".join("-".join(map(str, one)) if isinstance(one, tuple) else one for one in value) or None
    return value.item() if isinstance(value, np.generic) else value


def _bold(size: int = 11) -> Font:
    return Font(name="Calibri", size=size, bold=True)


def _put(cell: Cell, value: object) -> Cell:
    """Write a value into a cell. Text stays text, whatever it begins with, and long text is wrapped."""
    if isinstance(value, str):
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        cell.value = _ESCAPE.sub("_x005F_", shortened(printable(lines), LONGEST))
        cell.style = "long text" if len(value) > WIDEST or "\n" in lines else "plain"
        cell.data_type, cell.quotePrefix = "s", cell.value.startswith(("=", "+", "-", "@"))
    elif value is not None:
        cell.value = value
        cell.style = next(name for kind, name in KINDS if isinstance(value, kind))
    return cell
