"""Sheets as files: columns of what is known and columns to fill in, written for Excel or as CSV and read back, whichever program saved them.

Nobody's typing is guessed at: cells come back as text, and a cell that can't be text any more is a problem with its place.
"""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from onrecord import formats
from onrecord.data import InputError
from onrecord.exports.files import printable, shortened
from onrecord.exports.flat import GUARD, MARK, RISKY, guarded

LONGEST = 32_767  # characters of a cell
NARROW, WIDE = 14, 62  # widths of a column, in characters
LINE, HIGHEST = 15, 300  # height of a line, and the greatest of a row, in points
SPARE = 10  # empty rows at the end
LATER = 200  # rows down to which drop-downs go, for those that somebody adds
HEADER_ROW = 1
MOST_CELLS = 1_000_000  # of a sheet that is read


class Column(NamedTuple):
    """A column: its title, its width in characters, whether it is filled in, and the values that its drop-down offers (`open_`: others are allowed).

    One choice that begins with = names the cells that hold the values, as `=Actors!$A$2:$A$41`."""

    title: str
    width: int = NARROW
    answer: bool = False
    choices: tuple[str, ...] = ()
    open_: bool = False


@dataclass(frozen=True)
class Grid:
    """A worksheet: rows are texts by column title; `spare` empty rows follow, whose drop-downs `spare_choices` replaces by column title."""

    title: str
    columns: tuple[Column, ...]
    rows: list[dict[str, str]]
    spare: int = SPARE
    spare_choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A row that was read: where it stands, for messages, and its cells as text by column title; empty cells are "" and unknown ones are missing."""

    grid: str
    place: str
    cells: dict[str, str]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file that was read: its lines, the titles of each of its worksheets' columns, and what stands behind the labels of its first sheet."""

    lines: list[Line]
    titles: dict[str, list[str]]
    labels: dict[str, str]


# --- CSV -----------------------------------------------------------------------------------------------------------------------


def to_csv(grids: list[Grid]) -> bytes:
    """All grids as one CSV file for Excel: a column `sheet` says to which a row belongs; columns of one title are one column. UTF-8 with a byte order mark.

    A text that a spreadsheet could take for a formula has an apostrophe before it."""
    titles = [
        "sheet",
        *dict.fromkeys(c.title for answer in (False, True) for g in grids for c in g.columns if c.answer == answer),
    ]
    titles.sort(key=_last)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles)
    for grid in grids:
        for row in [*grid.rows, *({} for _ in range(grid.spare))]:
            cells = {"sheet": grid.title} | row
            writer.writerow([guarded(printable(cells.get(title, ""))) for title in titles])
    return (MARK + out.getvalue()).encode()


def _last(title: str) -> bool:
    """What nobody reads stands last."""
    return title == "words" or title.startswith("id ")


def _from_csv(content: bytes, name: str) -> Book:
    text = _decoded(content, name)
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise InputError(f"{name}: not readable as CSV ({error}): save it again as “CSV UTF-8”") from None
    titles = [_squeezed(title) for title in (rows[0] if rows else [])]
    lines = []
    for number, row in enumerate(rows[1:], 2):
        cells = {title: _squeezed(_unguarded(value)) for title, value in zip(titles, row)}
        problems = ("more cells than columns: a comma or a line was torn apart",) if any(row[len(titles) :]) else ()
        lines.append(Line(cells.pop("sheet", ""), f"row {number}", cells, problems))
    return Book(lines, {grid: titles for grid in {line.grid for line in lines}} or {"": titles}, {})


def _decoded(content: bytes, name: str) -> str:
    """UTF-8, or UTF-16 with its mark, as Excel's “Unicode text” has it."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}: not UTF-8: save it again as “CSV UTF-8”, or as .xlsx") from None


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(RISKY) else text


def _squeezed(text: str) -> str:
    """Without spaces at the ends, hard ones too, and with newlines as they are in the tables."""
    return re.sub(r"\r\n?", "\n", text).replace("\N{NO-BREAK SPACE}", " ").strip()


# --- Excel ---------------------------------------------------------------------------------------------------------------------


def to_xlsx(front: list[tuple[str, ...]], grids: list[Grid], title: str) -> bytes:
    """A workbook: the sheet `How to`, a sheet a grid, and the lists behind the drop-downs.

    front: rows of the first sheet. One text is a paragraph, beginning with `# ` a heading; two are a label and what stands behind it, to be filled in
    where it is "?"; three are a link to a grid's row, as (grid, row number, words)."""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    _write_front(book.active, front)
    lists = book.create_sheet("Lists")
    ranges: dict[tuple[str, ...], str] = {}
    for grid in grids:
        sheet = book.create_sheet(grid.title, len(book.sheetnames) - 1)
        _write_grid(sheet, grid)
        for letter, column in _lettered(grid.columns):
            last = HEADER_ROW + len(grid.rows)
            filled = (column.choices, HEADER_ROW + 1, last)
            spare = (grid.spare_choices.get(column.title, column.choices), last + 1, max(last + grid.spare, LATER))
            for choices, top, bottom in (filled, spare):
                if not choices or bottom < top:
                    continue
                rule = DataValidation("list", formula1=_range(lists, ranges, choices), allow_blank=True)
                rule.showErrorMessage, rule.errorTitle = not column.open_, column.title
                rule.error = "Choose one of the list, or leave it empty."
                rule.add(f"{letter}{top}:{letter}{bottom}")
                sheet.add_data_validation(rule)
    lists.sheet_state = "hidden"
    book.properties.creator, book.properties.title = "On Record", printable(title)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lettered(columns: tuple[Column, ...]) -> Iterator[tuple[str, Column]]:
    from openpyxl.utils import get_column_letter

    return ((get_column_letter(number), column) for number, column in enumerate(columns, 1))


def _range(lists, ranges: dict, choices: tuple[str, ...]) -> str:
    """Where the choices stand in the sheet of lists; a list in a rule itself may have 255 characters only."""
    from openpyxl.utils import get_column_letter

    if choices[0].startswith("="):  # it says itself where they stand
        return choices[0][1:]
    if choices not in ranges:
        letter = get_column_letter(len(ranges) + 1)
        for number, choice in enumerate(choices, 1):
            _put(lists[f"{letter}{number}"], choice)
        ranges[choices] = f"Lists!${letter}$1:${letter}${len(choices)}"
    return ranges[choices]


def _write_grid(sheet, grid: Grid) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    head, known, asked = (PatternFill("solid", fgColor=colour) for colour in ("DCE6F0", "F5F5F5", "FFF9DB"))
    edge = Side(style="thin", color="D0D0D0")
    border, wrapped = Border(edge, edge, edge, edge), Alignment(vertical="top", wrap_text=True)
    plain, bold = Font(name="Calibri", size=11), Font(name="Calibri", size=11, bold=True)
    for number, row in enumerate([None, *grid.rows, *({} for _ in range(grid.spare))], HEADER_ROW):
        for place, column in enumerate(grid.columns, 1):
            cell = sheet.cell(number, place)
            _put(cell, column.title if row is None else row.get(column.title, ""))
            cell.alignment, cell.border, cell.font = wrapped, border, bold if row is None else plain
            cell.fill = asked if column.answer else head if row is None else known
        if row:
            lines = max(_height(row.get(column.title, ""), column.width) for column in grid.columns)
            sheet.row_dimensions[number].height = min(LINE * lines + 3, HIGHEST)
    for letter, column in _lettered(grid.columns):
        sheet.column_dimensions[letter].width = column.width
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE + 3
    still = sum(1 for _ in _leading(grid.columns))
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, still + 1)
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    _fit_page(sheet, "landscape")


def _fit_page(sheet, orientation: str) -> None:
    """On paper as wide as a page, as long as it is."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = orientation, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _leading(columns: tuple[Column, ...]) -> Iterator[Column]:
    """The columns that stay in sight: those up to the first wide one."""
    for column in columns:
        yield column
        if column.width >= WIDE:
            return


def _height(text: str, width: int) -> int:
    """Lines that a text takes in a column."""
    return sum(1 + len(line) // max(width - 2, 1) for line in text.split("\n"))


def _write_front(sheet, front: list[tuple[str, ...]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.title = "How to"
    wrapped = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(front, 1):
        first = _put(sheet.cell(number, 1), row[0].removeprefix("# "))
        first.font = Font(name="Calibri", size=14 if number == 1 else 11, bold=len(row) == 2 or row[0].startswith("# "))
        first.alignment = wrapped
        if len(row) == 1:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
            lines = _height(row[0], 118)
        else:
            second = _put(sheet.cell(number, 2), row[-1].removeprefix("?"))
            second.alignment = wrapped
            if row[-1].startswith("?"):
                second.fill = PatternFill("solid", fgColor="FFF9DB")
            lines = max(_height(row[-1], 96), _height(row[0], 22))
        if len(row) == 3:
            second.hyperlink = f"#'{row[0]}'!A{row[1]}"
            second.font = Font(name="Calibri", size=11, color="1F4E8C", underline="single")
        sheet.row_dimensions[number].height = LINE * lines + (9 if number == 1 else 3)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 98
    sheet.sheet_view.showGridLines = False
    _fit_page(sheet, "portrait")


def _put(cell, text: str):
    """Text stays text, whatever it begins with."""
    if text:
        cell.value = shortened(printable(text.replace("\r\n", "\n").replace("\r", "\n")), LONGEST)
        cell.data_type, cell.quotePrefix = "s", text.startswith(RISKY)
        cell.number_format = "@"
    return cell


def _from_xlsx(content: bytes, name: str) -> Book:
    from openpyxl import load_workbook

    try:
        formats.refuse_large_workbook(io.BytesIO(content), len(content), name)
        book = load_workbook(io.BytesIO(content))
    except InputError:
        raise
    except Exception as error:  # a broken file may break its reader anywhere
        raise InputError(f"{name}: not readable as an Excel workbook ({error}): save it again as .xlsx") from None
    lines, titles, labels = [], {}, {}
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:  # all of which its reader would make
            raise InputError(
                f"{name}: {sheet.title} has a cell far from all others: delete what lies below and beside the table"
            )
        rows = sheet.iter_rows()
        if sheet.title == "How to":
            labels = {_text(row[0])[0]: _text(row[1])[0] for row in rows if len(row) > 1}
            continue
        head = [_text(cell)[0] for cell in next(rows, ())]
        titles[sheet.title] = head
        for row in rows:
            read = {title: _text(cell) for title, cell in zip(head, row) if title}
            cells = {title: text for title, (text, _) in read.items()}
            problems = tuple(f"`{title}` {problem}" for title, (_, problem) in read.items() if problem)
            lines.append(Line(sheet.title, f"{sheet.title}, row {row[0].row}", cells, problems))
    return Book(lines, titles, labels)


def _text(cell) -> tuple[str, str]:
    """A cell as text, and what is wrong with it where it can't be."""
    value = cell.value
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return "", "has become a date: format the cell as text, and write it again"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if cell.data_type == "e":
        return "", f"is an error of the program ({value}): write it again"
    return _squeezed(str(value)), ""


# --- both ----------------------------------------------------------------------------------------------------------------------


def content(path: Path, front: list[tuple[str, ...]], grids: list[Grid], title: str) -> bytes:
    """The file's bytes, by the ending of its name. Raises InputError for any other ending than .xlsx and .csv."""
    if path.suffix.lower() == ".xlsx":
        return to_xlsx(front, grids, title)
    if path.suffix.lower() == ".csv":
        return to_csv(grids)
    raise InputError(f"{path}: a sheet is a workbook or CSV: name a file that ends in .xlsx or .csv")


def read(path: Path) -> Book:
    """What somebody filled in. Raises InputError where the file is no sheet, with the remedy."""
    try:
        found = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): name a sheet that was filled in") from None
    if found.startswith(b"PK"):
        return _from_xlsx(found, path.name)
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise InputError(f"{path}: neither a workbook nor CSV: save the sheet as .xlsx or as “CSV UTF-8”")
    return _from_csv(found, path.name)
