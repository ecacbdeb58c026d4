"""The tables: their columns, types and closed lists, declared once.

Everything that must know what a table looks like asks here: `frame` builds one, `check` tells in plain words which row breaks which rule,
`descriptor` writes its Table Schema (https://specs.frictionlessdata.io/table-schema/) for a datapackage.
"""

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd


class Field(NamedTuple):
    """One column: `type` is string, integer, number, boolean, date, spans or list; `allowed` closes the list of values."""

    name: str
    type: str
    about: str
    allowed: tuple[str, ...] = ()
    required: bool = False
    refers: str = ""


class SchemaError(ValueError):
    """A table breaks its contract."""


# Words as Python's own objects whether or not pyarrow is installed, which pandas would otherwise take for them: the same tables everywhere.
STRING = pd.StringDtype("python")
FLAGS = ("hedged", "negated", "hypothetical", "demanded")  # of a statement
DTYPES = {
    "string": STRING,
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[ns]",
    "spans": "object",
    "list": "object",
}
STRING = pd.StringDtype("python")  # the same, whether or not pyarrow is installed


def _key(name, about):
    return Field(name, "string", about, required=True)


START = Field("start", "integer", "First character in the article's text", required=True)
END = Field("end", "integer", "One past the last character", required=True)
TEXT = Field("text", "string", "The words as printed", required=True)
BLOCK = Field("block_id", "string", "The block that holds it", required=True, refers="blocks")
PROVENANCE = (
    Field("rule", "string", "The rule or model that made the row, or `review`", required=True),
    Field("confidence", "number", "How sure its maker is, from 0 to 1", required=True),
    Field("source", "string", "Who wrote the row as it stands", ("machine", "review"), required=True),
    Field("reviewed", "boolean", "Whether a reviewer has looked at it", required=True),
)

TABLES: dict[str, tuple[Field, ...]] = {
    "blocks": (
        _key("block_id", "Identifier of the block"),
        Field(
            "kind",
            "string",
            "What the line is",
            ("headline", "dateline", "paragraph", "subheading", "caption", "boilerplate"),
            True,
        ),
        START,
        END,
        TEXT,
    ),
    "sentences": (_key("sentence_id", "Identifier of the sentence"), BLOCK, START, END, TEXT),
    "repairs": (
        _key("repair_id", "Identifier of the repair"),
        Field(
            "kind",
            "string",
            "What is damaged",
            ("joined_words", "broken_mark", "stray_capital", "misspelt_name", "garbled"),
            True,
        ),
        START,
        END,
        Field("printed", "string", "The damaged words as printed", required=True),
        Field("reading", "string", "What they should probably read; missing where nobody can tell"),
        Field("reason", "string", "Why this is taken for damage", required=True),
        *PROVENANCE,
    ),
    "actors": (
        _key("actor_id", "Slug of the canonical name"),
        Field("name", "string", "Canonical name", required=True),
        Field("printed", "string", "The name as the article first prints it", required=True),
        Field(
            "kind",
            "string",
            "What the actor is",
            ("person", "organisation", "government", "state", "media", "group"),
            True,
        ),
        Field("role", "string", "Role as printed"),
        Field("affiliation", "string", "Affiliation as printed"),
        Field("affiliation_id", "string", "Slug of the affiliation's canonical name"),
        Field("country", "string", "ISO 3166-1 alpha-3 code"),
        Field(
            "side", "string", "For whom the actor speaks: an alpha-3 code, an organisation's actor_id or `independent`"
        ),
        Field("mentions", "integer", "Number of mentions", required=True),
        Field("quotes", "integer", "Number of quotations of which it is the speaker", required=True),
        Field("words", "integer", "Number of words in these quotations", required=True),
        *PROVENANCE,
    ),
    "mentions": (
        _key("mention_id", "Identifier of the mention"),
        Field("actor_id", "string", "Who is mentioned", required=True, refers="actors"),
        BLOCK,
        START,
        END,
        TEXT,
        Field("form", "string", "How", ("name", "nominal", "pronoun"), True),
        *PROVENANCE,
    ),
    "quotes": (
        _key("quote_id", "Identifier of the quotation"),
        Field("block_id", "string", "The block of its first span", required=True, refers="blocks"),
        Field("kind", "string", "How it is quoted", ("direct", "indirect", "mixed", "scare"), True),
        Field(
            "speech",
            "string",
            "Plain speech, a reported act of speech, or a thought; missing for scare quotes",
            ("speech", "act", "thought"),
        ),
        START,
        END,
        Field("spans", "spans", "Its spans, each start and end", required=True),
        Field("text", "string", "The quoted words; several spans are joined with ' … '", required=True),
        Field("speaker_id", "string", "Who speaks; missing where unknown", refers="actors"),
        Field("speaker", "string", "Canonical name of the speaker"),
        Field("speaker_start", "integer", "First character of the words that name the speaker in the attribution"),
        Field("speaker_end", "integer", "One past their last character"),
        Field("cue", "string", "The words that attribute it"),
        Field("cue_start", "integer", "First character of the cue"),
        Field("cue_end", "integer", "One past its last character"),
        Field("addressee", "string", "To whom it was said, as printed"),
        Field("words", "integer", "Number of quoted words", required=True),
        *PROVENANCE,
    ),
    "statements": (
        _key("statement_id", "Identifier of the statement"),
        Field("holder_id", "string", "Whose position it is; missing where the article names nobody", refers="actors"),
        Field("holder", "string", "Canonical name of the holder"),
        Field("issue", "string", "Issue of the codebook", required=True),
        Field("target_id", "string", "The actor at whom it is aimed", refers="actors"),
        Field("position", "string", "Toward the issue", ("support", "oppose", "neutral", "unclear"), True),
        START,
        END,
        TEXT,
        Field("basis", "string", "In whose words", ("direct", "indirect", "narrator", "reported"), True),
        Field("reported_by", "string", "Who reports it, where another speaker does", refers="actors"),
        Field("quote_id", "string", "The quotation in which it stands", refers="quotes"),
        Field("hedged", "boolean", "Softened (may, might, perhaps)", required=True),
        Field("negated", "boolean", "Made by denying something", required=True),
        Field("hypothetical", "boolean", "Under a condition", required=True),
        Field("demanded", "boolean", "A demand on somebody", required=True),
        *PROVENANCE,
    ),
    "events": (
        _key("event_id", "Identifier of the event"),
        Field("kind", "string", "What happened", ("meeting", "visit", "press_conference", "statement", "other"), True),
        START,
        END,
        TEXT,
        Field("date_from", "date", "First day; missing where the text gives none"),
        Field("date_to", "date", "Last day"),
        Field("inferred", "boolean", "Whether the dates were reckoned from a word such as a weekday", required=True),
        Field("place", "string", "Where, as printed"),
        Field("participants", "list", "actor_id of those who took part", refers="actors"),
        *PROVENANCE,
    ),
}


def row_id(prefix: str, *about: object) -> str:
    """Identifier of a row: a prefix and a short hash of what the row is about, so that it survives other rows' changes."""
    return f"{prefix}-{hashlib.sha1(repr(about).encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def key(table: str) -> str:
    """Name of the table's key column."""
    return TABLES[table][0].name


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in their order, those that overlap or touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def frame(table: str, rows: Iterable[dict] = ()) -> pd.DataFrame:
    """The rows as a table with the contract's columns, types and order (by start, then end; actors as they come)."""
    rows = list(rows)
    if START in TABLES[table]:
        name = key(table)
        rows.sort(key=lambda row: (row["start"], row["end"], row[name]))
    return pd.DataFrame(
        {field.name: column(field.type, [row.get(field.name) for row in rows]) for field in TABLES[table]}, copy=False
    )


_PLAIN = {"string": {str}, "integer": {int}, "number": {float, int}, "boolean": {bool}, "date": {pd.Timestamp}}
_MASKED = {
    "integer": (pd.arrays.IntegerArray, "int64"),
    "number": (pd.arrays.FloatingArray, "float64"),
    "boolean": (pd.arrays.BooleanArray, "bool"),
}
_NO_DAY = np.datetime64("NaT")


def column(type_: str, values: list):
    """The values, None where one is missing, as an array of the contract's type. Plain values, which are nearly all, need no guess at what they are."""
    if type_ in ("spans", "list"):
        return np.fromiter((tuple(v) if v is not None else () for v in values), dtype="object", count=len(values))
    if not set(map(type, values)) - {type(None)} <= _PLAIN[type_]:
        return pd.array(
            [pd.NA if v is None else v for v in values], dtype=STRING if type_ == "string" else DTYPES[type_]
        )
    if type_ == "string":
        return pd.arrays.StringArray(
            np.array([pd.NA if v is None else v for v in values], dtype="object"), dtype=STRING
        )
    if type_ == "date":
        return np.array([_NO_DAY if v is None else v.asm8 for v in values], dtype="datetime64[ns]")
    array, numpy_type = _MASKED[type_]
    missing = np.array([v is None for v in values], dtype="bool")
    return array(np.array([v or 0 for v in values], dtype=numpy_type), missing)


def records(table: pd.DataFrame, *columns: str) -> list[dict]:
    """The table's rows, or some columns of them, as dicts of plain values, None where one is missing."""
    names = columns or table.columns.tolist()
    columns = [[None if v is pd.NA or v is pd.NaT else v for v in table[name].array.tolist()] for name in names]
    return [dict(zip(names, row)) for row in zip(*columns)]


# --- checks --------------------------------------------------------------------------------------------------------------------


def check(tables: dict[str, pd.DataFrame], text: str) -> None:
    """Raise SchemaError, in plain words with table and row, where a table breaks the contract: types, closed lists, keys, references, slices."""
    read = {name: _values(name, table) for name, table in tables.items()}
    for name, columns in read.items():
        for field in TABLES[name]:
            _check_values(name, field, columns)
        if START in TABLES[name]:
            _check_slices(name, columns, text)
    for name, columns in read.items():
        for field in TABLES[name]:
            if field.refers in read:
                _check_references(name, field, columns, set(read[field.refers][key(field.refers)]))


def _values(name: str, table: pd.DataFrame) -> dict[str, list]:
    """Each column's values, once it is sure that the table has the contract's columns and types."""
    fields = {field.name: str(DTYPES[field.type]) for field in TABLES[name]}
    there = table.columns.tolist()
    for column in [*fields, *there] if there != list(fields) else ():
        if column not in fields or there.count(column) != 1:
            fault = (
                "is no column of it" if column not in fields else "stands twice" if column in there else "is missing"
            )
            raise SchemaError(f"{name}: {column}: {fault}")
    for column, dtype in zip(there, table.dtypes.array):
        if str(dtype) != fields[column]:
            raise SchemaError(f"{name}: {column}: is of type {dtype}, not {fields[column]}")
    values = table.to_numpy(dtype="object").T.tolist() if len(table) else [[] for _ in there]
    return dict(zip(there, values, strict=True))


def _check_values(name: str, field: Field, columns: dict[str, list]) -> None:
    for nth, problem in _wrong(field, columns[field.name], field.name == key(name)):
        raise SchemaError(f"{name}, row {columns[key(name)][nth]}: {field.name} {problem}")


_MISSING = {None, pd.NA, pd.NaT}


def _wrong(field: Field, values: list, unique: bool) -> Iterator[tuple[int, str]]:
    """The rows where a column breaks a rule of its own, and how."""
    if field.required and (field.type == "spans" or not _MISSING.isdisjoint(values)):
        yield from ((i, "is missing") for i, v in enumerate(values) if v is None or v is pd.NA or v is pd.NaT)
    if field.allowed and not set(values) <= {*field.allowed, pd.NA}:
        told = f"none of {', '.join(field.allowed)}"
        strange = ((i, v) for i, v in enumerate(values) if v is not pd.NA and v not in field.allowed)
        yield from ((i, f"is {v!r}: {told}") for i, v in strange)
    if field.name == "confidence":
        yield from ((i, f"is {v!r}: not between 0 and 1") for i, v in enumerate(values) if not 0 <= v <= 1)
    if unique and len(set(values)) < len(values):
        yield from ((i, f"is {v!r}, which another row has too") for i, v in enumerate(values) if v in values[:i])


def _check_slices(name: str, columns: dict[str, list], text: str) -> None:
    printed = "printed" if name == "repairs" else "text"
    places = list(zip(columns["start"], columns["end"]))
    if "spans" not in columns and all(
        0 <= a < b <= len(text) and text[a:b] == words for (a, b), words in zip(places, columns[printed], strict=True)
    ):
        return
    spans_of = columns.get("spans") or [(place,) for place in places]
    for identifier, place, spans, words in zip(columns[key(name)], places, spans_of, columns[printed], strict=True):
        where = f"{name}, row {identifier}"
        spans = spans or (place,)
        if any(not 0 <= a < b <= len(text) for a, b in spans) or any(
            b > c for (_, b), (c, _) in itertools.pairwise(spans)
        ):
            raise SchemaError(f"{where}: spans {spans} do not lie in order inside the text")
        if " … ".join(text[a:b] for a, b in spans) != words:
            raise SchemaError(
                f"{where}: {printed} is {words!r}, but the article has {text[spans[0][0] : spans[-1][1]]!r} there"
            )
        if (spans[0][0], spans[-1][1]) != place:
            raise SchemaError(f"{where}: start and end are not those of its spans")


def _check_references(name: str, field: Field, columns: dict[str, list], known: set[str]) -> None:
    if field.type == "string" and known.issuperset(set(columns[field.name]) - _MISSING):
        return
    for identifier, value in zip(columns[key(name)], columns[field.name], strict=True):
        for one in value if field.type == "list" else [value]:
            if one is not pd.NA and one not in known:
                raise SchemaError(f"{name}, row {identifier}: {field.name} is {one!r}, which is not in {field.refers}")


# --- description and files -----------------------------------------------------------------------------------------------------

_FRICTIONLESS = {"spans": "string", "list": "string"}


def descriptor(table: str) -> dict:
    """The table as a resource of a data package (Table Schema)."""
    return resource(table, TABLES[table], f"{table}.csv")


def resource(name: str, columns: Iterable[Field], path: str | list[str]) -> dict:
    """A file, or files of one table, as a resource of a data package. The first column is the key."""
    fields, columns = [], tuple(columns)
    for field in columns:
        made = {"name": field.name, "type": _FRICTIONLESS.get(field.type, field.type), "description": field.about}
        constraints = ({"required": True} if field.required else {}) | (
            {"enum": list(field.allowed)} if field.allowed else {}
        )
        fields.append(made | ({"constraints": constraints} if constraints else {}))
    return {
        "name": name,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": {"fields": fields, "primaryKey": [columns[0].name], "missingValues": [""]},
    }


def to_csv(table: str, rows: pd.DataFrame) -> str:
    """The table as CSV: missing values empty, spans as `12-40;55-80`, lists separated by semicolons, flags true and false."""
    return written(TABLES[table], rows)


def written(fields: Iterable[Field], rows: pd.DataFrame, head: bool = True) -> str:
    """Rows of these columns as CSV, with or without a line of the columns' names."""
    out = rows.copy()
    for field in fields:
        if field.type == "spans":
            out[field.name] = [";".join(f"{a}-{b}" for a, b in spans) for spans in rows[field.name]]
        elif field.type == "list":
            out[field.name] = [";".join(values) for values in rows[field.name]]
        elif field.type == "boolean":
            out[field.name] = rows[field.name].map({True: "true", False: "false"})
        elif field.type == "date":
            out[field.name] = rows[field.name].dt.strftime("%Y-%m-%d")
    return out.to_csv(index=False, lineterminator="\n", header=head)


def from_csv(table: str, text: str) -> pd.DataFrame:
    """The table that `to_csv` wrote."""
    names, *rows = _cells(text)
    convert = {
        "integer": int,
        "number": float,
        "boolean": lambda v: v == "true",
        "list": lambda v: tuple(v.split(";")),
        "spans": lambda v: tuple(tuple(map(int, pair.split("-"))) for pair in v.split(";")),
    }
    return frame(
        table,
        (
            {f.name: (convert.get(f.type, str)(v) if (v := row[f.name]) != "" else None) for f in TABLES[table]}
            for row in (dict(zip(names, cells, strict=True)) for cells in rows)
        ),
    )


_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n)')


def _cells(text: str) -> Iterator[list[str]]:
    """The cells of each line that `to_csv` wrote. pandas ends a cell at NUL and refuses halves of surrogate pairs; the csv module refuses long cells."""
    cells = []
    for quoted, bare, end in _CELL.findall(text):
        cells.append(quoted.replace('""', '"') or bare)
        if end == "\n":
            yield cells
            cells = []
