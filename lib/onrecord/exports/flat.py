"""All statements of an article in one flat CSV file: a row a statement, with what an analyst wants to know of its holder, issue, target, quotation."""

import csv
import io

import numpy as np
import pandas as pd

from onrecord import schema
from onrecord.dossier import Dossier
from onrecord.exports.files import printable

MARK = "\ufeff"  # the byte order mark, by which Excel knows UTF-8
GUARD = "'"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", GUARD)
HEADER = [
    *("article", "title", "outlet", "published", "codebook", "statement_id"),
    *("holder_id", "holder", "holder_kind", "holder_role", "holder_affiliation", "holder_country", "holder_side"),
    *("issue", "issue_title", "position", "target_id", "target", "basis", "reported_by", "reporter"),
    *("quote_id", "quote_kind", "quote_speech", "quote_speaker", "quote_cue"),
    *("block_id", "block_kind", "start", "end", "text", "hedged", "negated", "hypothetical", "demanded"),
    *(field.name for field in schema.PROVENANCE),
]


def to_csv(dossier: Dossier) -> bytes:
    """The statements as CSV (RFC 4180: commas, quotes around what needs them, lines end with CR LF), UTF-8 with a byte order mark for Excel.

    Missing values are empty fields, flags `true` and `false`, days as 2024-05-01. A text that a spreadsheet could take for a formula, because it
    begins with = + - @, one of their full-width forms, a tab or a newline, gets an apostrophe before it; so does one that begins with an apostrophe.
    Hence it reads back exactly: take away one apostrophe from the beginning of each field that has it there. Characters that other programs cannot
    hold are �, see `files.printable`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([_cell(value) for value in row] for row in rows(dossier).itertuples(index=False))
    return (MARK + out.getvalue()).encode()


def is_csv(content: bytes) -> bool:
    """Whether this is what `to_csv` makes: its first line says so."""
    return content.startswith((MARK + ",".join(HEADER) + "\r\n").encode())


def rows(dossier: Dossier) -> pd.DataFrame:
    """A row a statement, in the order of the table, with the columns of HEADER. What is not known is missing."""
    article, found = dossier.article, dossier.statements
    about = {"article": article.slug, "title": article.title, "outlet": article.outlet, "published": article.published}
    holders = _looked_up(dossier.actors, "actor_id", found.holder_id)
    quoted = _looked_up(dossier.quotes, "quote_id", found.quote_id)
    names = dossier.actors.set_index("actor_id")["name"]
    titles = dossier.codebook.issues.set_index("issue").title
    blocks = dossier.blocks.iloc[dossier.blocks.start.searchsorted(found.start, side="right") - 1]  # in which each lies
    columns = {name: [value] * len(found) for name, value in (about | {"codebook": dossier.codebook.id}).items()}
    columns |= {f"holder_{name}": holders[name] for name in ("kind", "role", "affiliation", "country", "side")}
    columns |= {f"quote_{name}": quoted[name] for name in ("kind", "speech", "speaker", "cue")}
    columns |= {
        "issue_title": found.issue.map(titles),
        "target": found.target_id.map(names),
        "reporter": found.reported_by.map(names),
        "block_id": blocks.block_id,
        "block_kind": blocks.kind,
    }
    columns |= {field.name: found[field.name] for field in schema.TABLES["statements"]}
    return pd.DataFrame({name: list(columns[name]) for name in HEADER}, columns=HEADER, dtype="object")


def _looked_up(table: pd.DataFrame, key: str, ids: pd.Series) -> pd.DataFrame:
    """The table's row for each id, in their order; a row of missing values where the id is missing."""
    return table.set_index(key).reindex(ids)


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
