"""The articles of a source one after another: a folder, a ZIP file, a CSV or Excel table, a JSON Lines file. Never more than one in memory.

Nothing is unpacked onto the disk, no link to a folder is followed, and what cannot be read is an item with its reason, so that the others go on.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd
from dateutil import parser as dates

from onrecord import article, data, formats
from onrecord.data import InputError

FIELDS = ("text", "title", "outlet", "published", "key", "url")  # what a column can be
LONGEST_LINE = (
    8_000_000  # characters of a line of a table: an article of a million characters with every one of them escaped fits
)
MOST_UNPACKED = 200_000_000  # bytes of an Excel file, of which its reader holds the words in memory
MOST_PACKED, LITTLE = (
    100,
    10_000_000,
)  # how many times longer than its file it may be, where it is more than so many bytes
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576  # of a sheet of Excel, and columns of any table
MOST_EARLY = 1_000  # lines of a JSON Lines file before the first with a text
CUT_BY_EXCEL = 32_767  # characters that a cell of Excel can hold
KINDS = "a folder, a ZIP file (.zip), a table (.csv, .tsv, .xlsx) or JSON Lines (.jsonl, .ndjson)"


@dataclass(frozen=True)
class Item:
    """One article of a source, or one that cannot be read (`reason` says why). `origin` is its place in the source, `at` how far it is, 0 to 1."""

    origin: str
    at: float
    text: str = ""
    title: str | None = None
    outlet: str | None = None
    published: pd.Timestamp | None = None
    key: str | None = None
    url: str | None = None
    reason: str | None = None
    note: str | None = None


def items(source: Path, columns: dict[str, str] | None = None) -> Iterator[Item]:
    """Every article of the source, in an order that is the same each time. `columns` names the column of a field where its name does not tell it.

    Raises InputError, before the first item, for a source that cannot be read at all."""
    source = Path(source)
    try:
        mode = source.stat().st_mode
    except OSError as error:
        raise InputError(
            f"{source}: cannot be read ({error.strerror}): name {KINDS}"
            if source.is_symlink() or not isinstance(error, FileNotFoundError)
            else f"{source}: there is no such file or folder: name {KINDS}"
        ) from None
    if stat.S_ISDIR(mode):
        read = _folder
    elif stat.S_ISREG(mode):
        read = _READERS.get(source.suffix.casefold())
    else:
        read = None
    if read is None:
        raise InputError(f"{source.name}: no corpus: name {KINDS}")
    if columns and read in (_folder, _archive):
        raise InputError(f"{source.name}: has files and no columns: leave out --column")
    found = read(source, columns or {})
    try:
        first = next(found, None)
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror}): check who may read it") from None
    if first is None:
        raise InputError(f"{source.name}: holds no article: {_WANTED[read]}")
    return _chained(first, found)


def _chained(first: Item, others: Iterator[Item]) -> Iterator[Item]:
    yield first
    yield from others


# --- files ---------------------------------------------------------------------------------------------------------------------


def _folder(source: Path, _: dict) -> Iterator[Item]:
    """The files below a folder by name. Links to folders are not followed, and what is no plain file is left alone."""
    number, closed = sum(1 for _ in _files(source)), []
    for nth, path in enumerate(_files(source, closed.append)):
        yield _item(_label(path, source), nth / number, lambda path=path: article.read(path))
    for error in closed:
        origin = _label(Path(error.filename), source)
        yield Item(origin, 1, reason=f"{origin}: this folder cannot be read ({error.strerror}): check who may read it")


def _label(path: Path, source: Path) -> str:
    """A file's place in the folder; of a name that is no UTF-8 with its bytes as \\xe9."""
    return os.fsencode(path.relative_to(source).as_posix()).decode("utf-8", "backslashreplace")


def _files(source: Path, on_error: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    for folder, below, names in os.walk(source, onerror=on_error):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if _is_article(name) and path.is_file():
                yield path


def _is_article(name: str) -> bool:
    return name.casefold().endswith(formats.SUFFIXES) and not name.startswith((".", "~$"))


def _archive(source: Path, _: dict) -> Iterator[Item]:
    """The files of a ZIP file, in its order. Their names are labels: no file is ever written."""
    try:
        packed = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(f"{source.name}: this is no ZIP file, or a broken one: pack the articles again") from None
    with packed:
        parts, times = [part for part in packed.infolist() if part.filename and not part.is_dir()], Counter()
        for nth, part in enumerate(parts):
            path = PurePosixPath(part.filename.replace("\\", "/"))
            if _is_article(path.name) and "__MACOSX" not in path.parts:
                times[part.filename] += 1  # an archive may hold several files of one name
                origin = part.filename if times[part.filename] == 1 else f"{part.filename} ({times[part.filename]})"
                yield _item(origin, nth / len(parts), lambda part=part, path=path: _member(packed, part, path))


def _member(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: PurePosixPath) -> article.Article:
    raw = _unpacked(packed, part)
    text, found = formats.taken(raw, path.name)
    said = packed.NameToInfo.get(str(article.beside(path)))
    return article.made(text, found, path, None if said is None else _unpacked(packed, said))


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The bytes of a packed file, never more than one article's, whatever the archive says of its size."""
    name = PurePosixPath(part.filename).name
    if part.file_size > formats.LARGEST:
        raise formats.too_large(name, part.file_size)
    if part.flag_bits & 1:
        raise InputError(f"{name}: is packed with a password: pack it without one")
    try:
        with packed.open(part) as file:
            raw = file.read(formats.LARGEST + 1)
    except Exception as error:  # a broken archive may break its reader anywhere
        raise InputError(f"{name}: cannot be unpacked ({type(error).__name__}): pack it again") from None
    if len(raw) > formats.LARGEST:
        raise formats.too_large(name, len(raw))
    return raw


def _item(origin: str, at: float, read: Callable[[], article.Article]) -> Item:
    try:
        got = read()
    except InputError as error:
        return Item(origin, at, reason=str(error))
    except OSError as error:
        return Item(origin, at, reason=f"{origin}: cannot be read ({error.strerror}): check who may read it")
    return Item(origin, at, got.text, got.title, got.outlet, got.published, url=got.url)


# --- tables --------------------------------------------------------------------------------------------------------------------


def _table(source: Path, columns: dict[str, str]) -> Iterator[Item]:
    """The rows of a CSV file. A row has the number that a spreadsheet gives it where no cell has two lines."""
    with _opened(source) as file:
        head = next((line for line in _lines(file) if line.strip()), "")
        file.seek(0)
        parting = max(",;\t", key=head.count)
        long: list[int] = []
        csv.field_size_limit(LONGEST_LINE)
        raw: list[str] = []
        rows = csv.reader(_short(_lines(file), long, raw), delimiter=parting)
        names = next(filter(any, _rows(rows)), None)
        if not isinstance(names, list):
            raise _without_text(source, [])
        places = _places(source, names, columns)
        size = source.stat().st_size
        raw.clear()
        for nth, row in enumerate(_rows(rows), start=2):
            origin, at, several, closed = f"row {nth}", file.buffer.tell() / size, len(raw), _is_closed(raw, parting)
            raw.clear()
            if not closed:
                yield Item(
                    origin,
                    at,
                    reason=f"{origin}: a quotation mark opens in it and never closes: it and the {several - 1:,} lines below are not read",
                )
            elif long:
                long.clear()
                yield Item(origin, at, reason=f"{origin}: a line of it is longer than {LONGEST_LINE:,} characters")
            elif isinstance(row, str):
                yield Item(origin, at, reason=f"{origin}: {row}")
            elif any(row[len(names) :]):
                yield Item(
                    origin, at, reason=f"{origin}: has more cells than columns: mind the quotation marks round its text"
                )
            elif any(row):
                yield _row(origin, at, {field: row[i] for field, i in places.items() if i < len(row)})


def _opened(source: Path) -> io.TextIOWrapper:
    """A text file, to be read as UTF-8 or, with a mark, as UTF-16; bytes that are neither stay to be seen in their row."""
    with source.open("rb") as file:
        head = file.read(8)
    for magic, (what, _) in formats.MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"{source.name}: this is {what}, whatever its name says: name {KINDS}")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return source.open(encoding="utf-16", errors="replace", newline="")
    return source.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """The lines with their ends. Of one that is too long its first characters."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith("\n"):
            line = file.readline(LONGEST_LINE + 1)


def _short(lines: Iterator[str], long: list[int], raw: list[str]) -> Iterator[str]:
    """The lines, one that is too long empty and noted; `raw` keeps them."""
    for line in lines:
        if len(line) > LONGEST_LINE:
            long.append(len(line))
            line = "\n"
        raw.append(line)
        yield line


def _is_closed(raw: list[str], parting: str) -> bool:
    """Whether the lines of a row are all of it: not where its last cell has no end."""
    if len(raw) < 2:
        return True
    try:
        list(csv.reader(raw, delimiter=parting, strict=True))
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return True


def _rows(rows) -> Iterator[list[str] | str]:
    """The rows, a broken one as what is wrong with it."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"no row of a table ({error}): mind its quotation marks"


def _places(source: Path, names: list, columns: dict[str, str]) -> dict[str, int]:
    """Which column holds which field: as told, else by its name."""
    if len(names) > MOST_COLUMNS:
        raise InputError(
            f"{source.name}: {len(names):,} columns are no table: save the texts with a few columns beside them"
        )
    there = [str(name or "").strip() for name in names]
    _check_named(source, there, columns)
    found = _matched(there, columns)
    if "text" not in found:
        raise _without_text(source, there)
    return found


def _check_named(source: Path, there: list[str], columns: dict[str, str]) -> None:
    for name in columns.values():
        if name not in there:
            raise InputError(f"{source.name}: has no column {name!r}: it has {_named(there)}")


def _matched(there: list[str], columns: dict[str, str]) -> dict[str, int]:
    """The fields that are told, or known by their names, each with its place."""
    found = {field: there.index(name) for field, name in columns.items() if name in there}
    simple = [re.sub(r"\W+", "_", name.casefold()) for name in there]
    for column, field in data.table("columns").itertuples(index=False):
        if column in simple:
            found.setdefault(field, simple.index(column))
    return found


def _named(names: list[str]) -> str:
    return ", ".join(name[:40] for name in names[:12] if name) or "no names in its first row"


def _without_text(source: Path, names: list[str]) -> InputError:
    return InputError(
        f"{source.name}: no column is known to hold the articles' text: name it, as --column text=NAME (it has {_named(names)})"
    )


_NOT_DECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of bytes that are not UTF-8


def _row(origin: str, at: float, cells: dict[str, object]) -> Item:
    """An article from the cells of a row."""
    text = cells.get("text")
    if text is None or (isinstance(text, str) and not re.search(r"\w", text)):
        return Item(origin, at, reason=f"{origin}: there are no words in its text")
    if not isinstance(text, str):
        return Item(origin, at, reason=f"{origin}: its text is no text but {type(text).__name__}: {str(text)[:40]}")
    if len(text) > formats.LONGEST:
        return Item(origin, at, reason=str(formats.too_long(origin, f"{len(text):,} characters")))
    if any(_NOT_DECODED.search(cell) for cell in cells.values() if isinstance(cell, str)):
        return Item(origin, at, reason=f"{origin}: is not UTF-8: save the table as UTF-8")
    published, note = day_of(cells.get("published")), None
    if published is None and cells.get("published") not in (None, ""):
        note = "date"
    words = {field: _words(cells.get(field)) for field in ("title", "outlet", "key", "url")}
    return Item(origin, at, text, published=published, note=note, **words)


def _words(cell: object) -> str | None:
    """A cell's words on one line; nothing where there are none."""
    if cell is None or isinstance(cell, dict | list):
        return None
    return " ".join(str(cell).split()) or None


def day_of(cell: object) -> pd.Timestamp | None:
    """The day that a cell states, whatever its form, where only one day can be meant: 3/4/2024 gives none, as it can be in March or in April."""
    try:
        if not isinstance(cell, str):
            return data.day(cell)
        cell = cell.strip()
        found = re.match(
            r"([0-9]{4})([-/.]?)([0-9]{2})\2([0-9]{2})(?![0-9])|([0-9]{4})([-/.])([0-9]{1,2})\6([0-9]{1,2})(?![0-9])",
            cell,
        )
        if found:
            return data.day("-".join(part.zfill(2) for part in found.groups() if part and part not in "-/."))
        return _stated_day(cell)
    except InputError:
        return None


def _stated_day(words: str) -> pd.Timestamp | None:
    readings = set()
    if len(words) > 60 or not re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", words):  # 24-05-31 may be of 1931 or the 24th
        return None
    for day, month in ((1, 1), (2, 2)):
        for first in (True, False):
            default = pd.Timestamp(2000 + day, month, day).to_pydatetime()
            try:
                readings.add(dates.parse(words, default=default, dayfirst=first, ignoretz=True).date())
            except (ValueError, OverflowError, TypeError):
                return None
    return data.day(readings.pop()) if len(readings) == 1 else None


def _workbook(source: Path, columns: dict[str, str]) -> Iterator[Item]:
    """The rows of the first sheet of an Excel file that has a column of texts."""
    import openpyxl

    def broken(error: Exception) -> InputError:
        return InputError(
            f"{source.name}: this is no Excel file, or a broken one ({type(error).__name__}): save it as .xlsx again"
        )

    try:
        formats.refuse_large_workbook(source, source.stat().st_size, source.name)
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    except InputError:
        raise
    except Exception as error:  # a broken file may break its reader anywhere
        raise broken(error) from None
    try:
        try:
            sheet, number, places = _sheet(source, book, columns)
        except InputError:
            raise
        except Exception as error:
            raise broken(error) from None
        for nth, row in enumerate(_cells(sheet), start=2):
            origin = f"row {nth}"
            if isinstance(row, str):
                yield Item(origin, 1, reason=f"{origin}: {row}")
            elif any(cell is not None for cell in row):
                made = _row(origin, min(nth / number, 1), {f: row[i] for f, i in places.items() if i < len(row)})
                cut = len(made.text) >= CUT_BY_EXCEL
                yield Item(**{**vars(made), "note": "cut"}) if cut else made
    finally:
        book.close()


def _sheet(source: Path, book, columns: dict[str, str]):
    """The first sheet that has a column of texts, how many rows it says that it has, and which column holds which field."""
    problem = None
    for sheet in book.worksheets:
        number = max(sheet.max_row or 1, 1)
        sheet.reset_dimensions()  # rows beyond what it says are read too
        names = next(sheet.iter_rows(max_row=1, values_only=True), ())
        try:
            return sheet, number, _places(source, list(names), columns)
        except InputError as error:
            problem = problem or error
    raise problem or _without_text(source, [])


def _cells(sheet) -> Iterator[tuple | str]:
    """The rows of a sheet below its first, and where it breaks off what is wrong."""
    rows = sheet.iter_rows(min_row=2, values_only=True)
    for _ in range(2, MOST_ROWS + 1):
        try:
            yield next(rows)
        except StopIteration:
            return
        except Exception as error:  # a broken file may break its reader anywhere
            yield f"the sheet is broken from here on ({type(error).__name__}): save it as .xlsx again"
            return
    more = False
    with contextlib.suppress(Exception):  # where it breaks off there is nothing more
        more = next(rows, None) is not None
    if more:
        yield f"no sheet has more than {MOST_ROWS:,} rows: save the others in another file"


def _json_lines(source: Path, columns: dict[str, str]) -> Iterator[Item]:
    """The objects of a JSON Lines file, one a line; each may have other fields than the one before."""
    with _opened(source) as file:
        size, keys, early, begun = source.stat().st_size, [], [], False
        for nth, line in enumerate(_lines(file), start=1):
            if not line.strip() and len(line) <= LONGEST_LINE:
                continue
            origin, at = f"line {nth}", file.buffer.tell() / size
            found = _object(line)
            if isinstance(found, str):
                item = Item(origin, at, reason=f"{origin}: {found}")
            else:
                own = list(found)[:MOST_COLUMNS]
                item = _row(origin, at, {field: found[own[i]] for field, i in _matched(own, columns).items()})
                keys += [] if begun else [key for key in own if key not in keys]
            if not begun and item.text:  # the first that has one
                _check_named(source, keys, columns)
                begun = True
            early.append(item)
            if begun or len(early) > MOST_EARLY:
                yield from early
                begun, early = True, []
        if not begun and keys and "text" not in _matched(keys, columns):
            _check_named(source, keys, columns)
            raise _without_text(source, keys)
        yield from early


def _object(line: str) -> dict | str:
    """The object of a line, or what is wrong with it."""
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE:,} characters"
    try:
        found = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else "is no JSON object: write one article a line"


_READERS = {
    ".zip": _archive,
    ".csv": _table,
    ".tsv": _table,
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}
_WANTED = {
    _folder: f"put files into it, {formats.READ}",
    _archive: f"pack files into it, {formats.READ}",
    **dict.fromkeys([_table, _workbook, _json_lines], "it needs a row for each article"),
}
