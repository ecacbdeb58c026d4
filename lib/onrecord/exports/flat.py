"""All statements in one flat CSV file: a row a statement, with what an analyst wants to know of its holder, issue, target, reporter, quotation."""

import csv
import io

import numpy as np
import pandas as pd

from onrecord.exports.debate import COLUMNS, Debate
from onrecord.exports.files import printable

MARK = "\ufeff"  # the byte order mark, by which Excel knows UTF-8
GUARD = "'"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", GUARD)


def to_csv(debate: Debate) -> bytes:
    """The statements as CSV (RFC 4180: commas, quotes around what needs them, lines end with CR LF), UTF-8 with a byte order mark for Excel.

    Missing values are empty fields, flags `true` and `false`, days as 2024-05-01. A text that a spreadsheet could take for a formula, because it
    begins with = + - @, one of their full-width forms, a tab or a newline, gets an apostrophe before it; so does one that begins with an apostrophe.
    Hence it reads back exactly: take away one apostrophe from the beginning of each field that has it there. Characters that other programs cannot
    hold are �, see `files.printable`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in debate.statements.itertuples(index=False))
    return (MARK + out.getvalue()).encode()


def is_csv(content: bytes) -> bool:
    """Whether this is what `to_csv` makes: its first line says so."""
    return content.startswith((MARK + ",".join(COLUMNS) + "\r\n").encode())


def _cell(value: object) -> object:
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return guarded(printable(value)) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula, or where it begins with an apostrophe itself."""
    return GUARD + text if text.startswith(RISKY) else text
