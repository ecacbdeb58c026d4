"""Sheets for people: a review sheet of the machine's draft, a coding sheet for a class, both filled in with Excel or LibreOffice and read back.

`write` and `apply` are for reviews and codings alike: a sheet says itself which it is.
"""

import datetime
from pathlib import Path

from onrecord import data
from onrecord.data import InputError
from onrecord.dossier import Dossier
from onrecord.exports.files import replace_file
from onrecord.prose import many
from onrecord.sheets import coding, grid, reviewing
from onrecord.sheets.coding import Coded, solved
from onrecord.sheets.reviewing import Outcome, Refused

__all__ = ["KINDS", "Coded", "Outcome", "Refused", "apply", "solved", "told", "write"]
KINDS = ("review", "coding", "solution")


def write(dossier: Dossier, path: str | Path, kind: str = "review") -> Path:
    """Write a sheet, .xlsx or .csv by the name's ending: `review` (the machine's rows with columns for a verdict), `coding` (the article's sentences
    with empty columns) or `solution` (the same with the coding of a dossier that `solved` gave).

    A file that is there already is refused: somebody may have filled it in. Raises InputError for that, for another ending, and where nothing can be
    written."""
    path = Path(path)
    made, more = (reviewing, ()) if kind == "review" else (coding, (kind == "solution",))
    content = grid.content(path, made.front(dossier, *more), made.grids(dossier, *more), dossier.article.title)
    if path.is_file():
        raise InputError(f"{path}: is there already, perhaps filled in: name a new file with -o")
    return replace_file(path, content, lambda _: False, "a new file")


def told(dossier: Dossier, kind: str) -> str:
    """What a written sheet holds, in words."""
    if kind == "coding":
        return f"{many(len(dossier.sentences), 'sentence')} to code"
    rows = {"quotes": "quotation", "actors": "actor", "statements": "statement"}
    counts = ", ".join(many(len(dossier.tables[table]), noun) for table, noun in rows.items())
    return f"{counts}; {dossier.state}" if kind == "review" else f"the coding by {dossier.review.by}"


def apply(
    source: str | Path,
    sheet: str | Path,
    by: str | None = None,
    on: str | datetime.date | None = None,
    published: str | None = None,
) -> Outcome | Coded:
    """Turn a filled sheet into decisions in the review beside the article (`source`, a slug or a path), or a coding sheet into a coding there.

    by: who filled it in, where the sheet does not say it; on: the day (default: today). Raises Refused (an InputError) that lists every row that makes
    no sense with the reason, or InputError for a sheet of another article; then nothing is written."""
    day = data.day(on, "date of review")
    book = grid.read(Path(sheet))
    made = coding if coding.SENTENCES in book.titles else reviewing
    return made.apply(source, book, Path(sheet).name, by, day.date() if day is not None else None, published)
