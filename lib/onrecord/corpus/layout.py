"""What a corpus's folder holds: the tables' columns as Arrow types, and tables of dossiers turned into Arrow and on into CSV.

Types: string, int64 for whole numbers, float64, bool, date32 for days; spans are lists of start and end, lists lists of string.
"""

from __future__ import annotations

import functools
import re

import pandas as pd
import pyarrow as pa

from onrecord import schema
from onrecord.schema import Field

MARKER = "corpus.json"
ARTICLE_ID = Field("article_id", "string", "The article: `a-` and a hash of its text", required=True, refers="articles")

ARTICLES = (
    ARTICLE_ID,
    Field("origin", "string", "Where it stood in the source: a file's path, a row, a line", required=True),
    Field("key", "string", "Its name in the source, where that has a column for it"),
    Field("title", "string", "Title; the headline or the first words where the source gives none", required=True),
    Field("outlet", "string", "Outlet; missing where the source gives none"),
    Field("published", "date", "Day of publication; missing where the source gives none that can be read"),
    Field("url", "string", "Address"),
    Field("codebook", "string", "The codebook by which its statements were coded", required=True),
    Field("english", "boolean", "Whether it looks like English", required=True),
    Field("characters", "integer", "Length of the text", required=True),
    Field("words", "integer", "Number of words in the text", required=True),
    Field("text", "string", "The text as received, into which offsets point", required=True),
)
LINKED = (
    Field(
        "corpus_actor_id",
        "string",
        "The actor across the articles; with the article's id in it where the actor is left apart",
        required=True,
    ),
    Field(
        "link",
        "string",
        "What joins the row to this actor: new (the first of its name), known (a reference table has it), name and country, name (nothing speaks "
        "against it), apart (nobody can tell who it is across articles)",
        ("new", "known", "name and country", "name", "apart"),
        required=True,
    ),
)
ACTORS = (
    Field("corpus_actor_id", "string", "Slug of the name; a number behind it tells namesakes apart", required=True),
    Field("name", "string", "Canonical name, as the first article has it", required=True),
    Field("kind", "string", "What the actor is", ("person", "organisation", "government", "state", "media"), True),
    Field("country", "string", "ISO 3166-1 alpha-3 code, from the first article that tells it"),
    Field("side", "string", "For whom the actor speaks, from the first article that tells it"),
    Field("role", "string", "Role as printed, from the first article that tells it"),
    Field("articles", "integer", "Number of articles in which it appears", required=True),
    Field("mentions", "integer", "Number of mentions", required=True),
    Field("quotes", "integer", "Number of quotations of which it is the speaker", required=True),
    Field("words", "integer", "Number of words in these quotations", required=True),
    Field("first", "date", "First day of publication; missing where no article has a day"),
    Field("last", "date", "Last day of publication"),
    Field("certain", "boolean", "Whether each article was joined by more than the bare name", required=True),
)
TABLES: dict[str, tuple[Field, ...]] = {
    "articles": ARTICLES,
    **{name: (ARTICLE_ID, *fields) for name, fields in schema.TABLES.items()},
}
TABLES["actors"] += LINKED

_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "spans": pa.list_(pa.list_(pa.int64())),
    "list": pa.list_(pa.string()),
}


@functools.cache
def arrow_schema(fields: tuple[Field, ...]) -> pa.Schema:
    """The columns as Arrow has them."""
    return pa.schema([pa.field(f.name, _ARROW[f.type], nullable=not f.required) for f in fields])


def empty(table: str) -> pa.Table:
    """A table of a dossier, or `articles`, without a row."""
    return arrow_schema(ARTICLES if table == "articles" else (ARTICLE_ID, *schema.TABLES[table])).empty_table()


def from_rows(fields: tuple[Field, ...], rows: list[dict]) -> pa.Table:
    """Rows of plain values as an Arrow table."""
    return pa.Table.from_pylist(rows, schema=arrow_schema(fields))


def from_frame(table: str, frame: pd.DataFrame, article_id: str) -> pa.Table:
    """A dossier's table, with the article's id before it. Half surrogate pairs, which Arrow cannot hold, are U+FFFD, one for one."""
    arrays = [pa.array([article_id] * len(frame), pa.string())]
    for field in schema.TABLES[table]:
        values = frame[field.name].tolist()
        if field.type == "spans":
            values = [[list(span) for span in spans] for spans in values]
        elif field.type == "list":
            values = [list(map(whole, some)) for some in values]
        elif field.type == "date":
            values = [None if day is pd.NaT else day.date() for day in values]
        elif field.type == "string":
            values = [None if word is pd.NA else whole(word) for word in values]
        else:
            values = [None if value is pd.NA else value for value in values]
        arrays.append(pa.array(values, _ARROW[field.type]))
    return pa.Table.from_arrays(arrays, schema=arrow_schema((ARTICLE_ID, *schema.TABLES[table])))


_HALVES = re.compile("[\ud800-\udfff]")


def whole(text: str | None) -> str | None:
    """The text with U+FFFD in the place of each half of a surrogate pair."""
    return None if text is None else _HALVES.sub("\ufffd", text)


def to_csv(fields: tuple[Field, ...], rows: pa.Table, head: bool) -> bytes:
    """The rows as CSV, written as `schema.to_csv` writes them."""
    plain = pd.DataFrame(
        {f.name: schema.column(f.type, [_plain(f, value) for value in rows[f.name].to_pylist()]) for f in fields},
        copy=False,
    )
    return schema.written(fields, plain, head).encode("utf-8")


def _plain(field: Field, value):
    if value is None:
        return None
    if field.type == "spans":
        return tuple(map(tuple, value))
    return pd.Timestamp(value).as_unit("ns") if field.type == "date" else value
