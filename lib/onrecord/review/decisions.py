"""A reviewer's decisions laid over the machine's draft; a whole coding is read in the same way.

A decision points at words of the article, never at a row of the machine, so that a better machine breaks none of them.
"""

import datetime
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from onrecord import data, schema
from onrecord.article import count_words, slugify
from onrecord.data import InputError
from onrecord.marks import marked

COMMON = {"words", "occurrence", "right", "looked_at", "why", "by", "on"}
FIELDS = {
    "actors": {"name", "kind", "role", "affiliation", "affiliation_name", "country", "side", "names", "same_as"},
    "mentions": {"actor", "form"},
    "quotes": {"kind", "speech", "speaker", "speaker_words", "cue", "addressee"},
    "statements": {
        "holder",
        "issue",
        "target",
        "position",
        "basis",
        "reported_by",
        "hedged",
        "negated",
        "hypothetical",
        "demanded",
    },
    "events": {"kind", "date_from", "date_to", "inferred", "place", "participants"},
    "repairs": {"kind", "reading", "reason"},
}
REFERS = {
    "speaker": "speaker_id",
    "holder": "holder_id",
    "target": "target_id",
    "reported_by": "reported_by",
    "actor": "actor_id",
}
# What kind of value a field has that is no text, and what each kind is: types of values, and how to write one.
DECIDED = {
    "words": "texts",
    "occurrence": "numbers",
    "right": "boolean",
    "looked_at": "boolean",
    "on": "date",
    "names": "list",
}
HEAD = {"complete": "list", "on": "date"}
KINDS = {
    "string": ({str}, "it in quotation marks"),
    "texts": ({str}, "it in quotation marks, several in square brackets"),
    "list": ({str}, "texts in quotation marks between square brackets"),
    "numbers": ({int}, "a whole number, several in square brackets"),
    "boolean": ({bool}, "true or false"),
    "date": ({str, datetime.date, datetime.datetime}, "a day as 2024-05-01"),
}
BY_REVIEW = {"rule": "review", "confidence": 1.0, "source": "review", "reviewed": True}
MATCH = 0.5  # two spans are about the same words when they share at least this part of their characters (Jaccard)


@dataclass(frozen=True)
class Decision:
    """What is right at some words of the article. `spans` are their places; `right` is False where the words are no such row.

    In `says` a field that is None takes away what the machine put there. `looked_at` is False where the row is only named by other decisions."""

    table: str
    spans: tuple[tuple[int, int], ...]
    right: bool
    says: dict
    why: str
    by: str
    on: str
    place: str  # file and number, for messages
    looked_at: bool = True


@dataclass(frozen=True)
class Review:
    """A review or a whole coding: who, when, for which tables it is complete, and its decisions."""

    by: str
    on: str
    complete: tuple[str, ...] = ()
    codebook: str | None = None
    note: str = ""
    decisions: tuple[Decision, ...] = field(default=(), repr=False)

    @property
    def people(self) -> tuple[str, ...]:
        """Who decided, each once, the review's own `by` first."""
        return tuple(dict.fromkeys([self.by, *(d.by for d in self.decisions)]))

    @property
    def latest(self) -> str:
        """The day of the last decision, as 2024-05-02."""
        return max([self.on, *(d.on for d in self.decisions)])


def beside(path: Path) -> Path:
    """Where the review of an article file lies: `review.toml`, or `story.review.toml` for `story.txt`."""
    return path.with_name("review.toml") if path.name == "article.txt" else path.with_name(f"{path.stem}.review.toml")


def codings(path: Path) -> dict[str, Path]:
    """The whole codings that lie beside an article file, by their coders' names: `coding-<name>.toml`, or `story.coding-<name>.toml` for `story.txt`."""
    begin = "coding-" if path.name == "article.txt" else f"{path.stem}.coding-"
    return {found.stem.removeprefix(begin): found for found in sorted(path.parent.glob(f"{begin}*.toml"))}


def read(path: Path, text: str) -> Review:
    """Read review.toml or coding-<name>.toml. Raises InputError with file, decision and remedy."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), path.name, text)
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: not valid TOML ({error}): mend the line that it names") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check who may read it") from None


def parse(content: str, name: str, text: str) -> Review:
    """A review or coding from the content of its file; `name` is what messages call it. Raises InputError with file, decision and remedy."""
    try:
        found = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not valid TOML ({error}): mend the line that it names") from None
    head = _of_kinds(found.pop("review", {}), HEAD, f"{name}, [review]")
    if not head.get("by") or not head.get("on"):
        raise InputError(f"{name}: [review] must say `by` and `on`: who decided, and when")
    unknown = set(found) - set(FIELDS) or set(head.get("complete", ())) - set(FIELDS)
    if unknown:
        raise InputError(f"{name}: no table is called {sorted(unknown)[0]!r}: the tables are {', '.join(FIELDS)}")
    decisions = []
    for table in FIELDS:
        if not isinstance(rows := found.get(table, []), list):
            raise InputError(f"{name}: `{table}` is no list of decisions: write [[{table}]] before each")
        for number, says in enumerate(rows, 1):
            place = f"{name}, {table} {number}"
            decisions.append(_decision(table, _of_kinds(says, _kinds(table), place), place, text, head))
    data.day(head["on"], f"date ({name}, on)")
    return Review(
        head["by"],
        str(head["on"]),
        tuple(head.get("complete", ())),
        head.get("codebook"),
        head.get("note", ""),
        tuple(decisions),
    )


def _kinds(table: str) -> dict[str, str]:
    """The kind of value of each field of a decision that is no text."""
    known = {field.name: field.type for field in schema.TABLES[table]}
    return {name: known[name] for name in FIELDS[table] if known.get(name, "string") != "string"} | DECIDED


def _of_kinds(says: object, kinds: dict[str, str], place: str) -> dict:
    """The fields of a part of the file, each of the kind that it must be of. Raises InputError."""
    if not isinstance(says, dict):
        raise InputError(f"{place}: is no table: write its name in brackets in a line of its own, and its fields below")
    for name, value in says.items():
        kind = kinds.get(name, "string")
        types, wanted = KINDS[kind]
        some = value if kind in ("list", "texts", "numbers") and isinstance(value, list) else [value]
        if (kind == "list" and some is not value) or not all(type(one) in types for one in some):
            raise InputError(f"{place}: `{name}` is {str(value)[:60]!r}: write {wanted}")
    return says


def _decision(table: str, says: dict, place: str, text: str, head: dict) -> Decision:
    unknown = set(says) - FIELDS[table] - COMMON
    if unknown:
        raise InputError(
            f"{place}: unknown field {sorted(unknown)[0]!r}: known are {', '.join(sorted(FIELDS[table] | COMMON))}"
        )
    words = says.get("words")
    if not words:
        raise InputError(f"{place}: it does not say which `words` it is about: quote them from the article")
    known = {f.name: f.allowed for f in schema.TABLES[table] if f.allowed}
    for name, value in says.items():
        if name in known and value not in known[name]:
            raise InputError(f"{place}: {name} is {value!r}: write one of {', '.join(known[name])}")
    spans, begin = [], 0
    pieces, times = ([value] if not isinstance(value, list) else value for value in (words, says.get("occurrence", 1)))
    for nth, piece in enumerate(pieces):
        time = times[nth] if nth < len(times) else 1
        start = find(text, piece, time, begin)
        if start < 0:
            raise InputError(
                f"{place}: the article does not hold the words {piece[:60]!r}{' that often' if time > 1 else ''}: quote them as printed"
            )
        spans.append((start, start + len(piece)))
        begin = start + len(piece)
    data.day(says.get("on"), f"date ({place}, on)")
    return Decision(
        table,
        tuple(spans),
        says.get("right", True),
        {k: None if v == "" else v for k, v in says.items() if k in FIELDS[table]},
        says.get("why", ""),
        says.get("by", head["by"]),
        str(says.get("on", head["on"])),
        place,
        says.get("looked_at", True),
    )


def find(text: str, words: str, occurrence: int, begin: int = 0) -> int:
    """Place of the nth occurrence from `begin`; -1 where there is none."""
    found = occurrences(text, words, begin)
    return found[occurrence - 1] if len(found) >= occurrence > 0 else -1


def occurrences(text: str, words: str, begin: int = 0) -> list[int]:
    """Where the words stand, from `begin`: the places where they cut no word; where there are none, all others."""
    pattern = (
        (r"(?<!\w)" if words[:1].isalnum() else "") + re.escape(words) + (r"(?!\w)" if words[-1:].isalnum() else "")
    )
    whole = [m.start() for m in re.finditer(pattern, text) if m.start() >= begin]
    return whole or [m.start() for m in re.finditer(re.escape(words), text) if m.start() >= begin]


# --- laying it over the draft ----------------------------------------------------------------------------------------------------


def apply(review: Review, tables: dict[str, pd.DataFrame], text: str) -> dict[str, pd.DataFrame]:
    """The tables after review. Rows that a decision confirms stay the machine's and are marked reviewed; other decided rows are the reviewer's."""
    over = _Overlay(review, {name: table.to_dict("records") for name, table in tables.items()}, text)
    over.actors()
    for table in ("mentions", "quotes", "statements", "events", "repairs"):
        over.rows(table)
    over.relink()
    return {name: schema.frame(name, rows) for name, rows in over.tables.items()}


class _Overlay:
    def __init__(self, review: Review, tables: dict[str, list[dict]], text: str):
        self.review, self.tables, self.text = review, tables, text
        self.blocks = tables["blocks"]
        self.renamed: dict[str, str | None] = {}
        for rows in tables.values():
            for row in rows:
                row.update({k: None for k, v in row.items() if not isinstance(v, tuple) and pd.isna(v)})

    def _decisions(self, table: str) -> list[Decision]:
        return [d for d in self.review.decisions if d.table == table]

    # actors, their ids everywhere, and their names in the text

    def actors(self) -> None:
        """Rename, add and strike actors; then note every place where one of their names stands."""
        rows = {row["actor_id"]: row for row in self.tables["actors"]}
        decided, renamed = {}, {}
        for d in self._decisions("actors"):
            drafted = self._drafted_actor(d, rows)
            if not d.right or d.says.get("same_as"):
                renamed[drafted] = slugify(d.says["same_as"]) if d.right else None
                continue
            row = self._actor_row(d, rows.get(drafted))
            if drafted and drafted not in decided:
                renamed.setdefault(drafted, row["actor_id"])
            decided[row["actor_id"]] = row
        if "actors" in self.review.complete:
            renamed |= {a: None for a in rows if a not in renamed and a not in decided}
        kept = {a: row for a, row in rows.items() if a not in renamed}
        self.tables["actors"] = [*{**kept, **decided}.values()]
        self.renamed = {a: renamed.get(b, b) for a, b in renamed.items() if a}
        for d in self._decisions("actors"):
            self._actor(d, "same_as")
        self._rename(self.renamed)
        self._names(decided)

    def _drafted_actor(self, d: Decision, rows: dict[str, dict]) -> str | None:
        wanted = slugify(d.says.get("name") or "")
        if wanted in rows:
            return wanted
        (start, end), *_ = d.spans
        names = [
            m
            for m in self.tables["mentions"]
            if m["form"] != "pronoun" and m["start"] < end and start < m["end"] and m["actor_id"] in rows
        ]
        return max(names, key=lambda m: min(m["end"], end) - max(m["start"], start))["actor_id"] if names else None

    def _actor_row(self, d: Decision, drafted: dict | None) -> dict:
        stated = {k: v for k, v in d.says.items() if k not in ("names", "affiliation_name")}
        if "affiliation_name" in d.says or "affiliation" in d.says:
            affiliation = d.says.get("affiliation_name") or d.says.get("affiliation")
            stated["affiliation_id"] = slugify(affiliation) if affiliation else None
        printed = self.text[slice(*d.spans[0])]
        base = drafted or {
            "name": printed,
            "kind": "person",
            "mentions": 0,
            "quotes": 0,
            "words": 0,
            "confidence": 1.0,
            "rule": "review",
            "source": "review",
        }
        full = (
            d.says.get("kind") and "actors" in self.review.complete
        )  # a whole coding says what is missing by not saying it
        row = {f.name: base.get(f.name) for f in schema.TABLES["actors"]}
        if full:
            row |= {k: None for k in ("role", "affiliation", "affiliation_id", "country", "side")}
        row |= {**stated, "printed": printed}
        row["actor_id"] = slugify(row["name"])
        same = drafted is not None and all(
            (row[k] or None) == (drafted[k] or None)
            for k in ("actor_id", "name", "kind", "role", "affiliation", "affiliation_id", "country", "side")
        )
        return row | ({"reviewed": d.looked_at} if same else BY_REVIEW | {"reviewed": d.looked_at})

    def _rename(self, renamed: dict[str, str | None]) -> None:
        """Follow renamed and struck actors through all tables; a struck actor's mentions go with it."""
        names = {row["actor_id"]: row["name"] for row in self.tables["actors"]}
        self.tables["mentions"] = [
            m | {"actor_id": renamed.get(m["actor_id"], m["actor_id"])}
            for m in self.tables["mentions"]
            if renamed.get(m["actor_id"], "") is not None
        ]
        for table, columns in (("quotes", ("speaker_id",)), ("statements", ("holder_id", "target_id", "reported_by"))):
            for row in self.tables[table]:
                for column in columns:
                    row[column] = renamed.get(row[column], row[column])
                named = "speaker" if table == "quotes" else "holder"
                row[named] = names.get(row[f"{named}_id"])
        for row in self.tables["events"]:
            row["participants"] = tuple(dict.fromkeys(q for p in row["participants"] for q in [renamed.get(p, p)] if q))

    def _names(self, decided: dict[str, dict]) -> None:
        """Every place in the running text where a decided actor's `names` stand is a mention of it, the longest name first."""
        names = sorted(
            (
                (name, slugify(d.says.get("same_as") or d.says.get("name") or self.text[slice(*d.spans[0])]))
                for d in self._decisions("actors")
                if d.right
                for name in d.says.get("names") or ()
            ),
            key=lambda p: -len(p[0]),
        )
        taken: list[tuple[int, int]] = []
        for name, actor in names:
            for m in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.text):
                start, end = m.span()
                block = self._block(start)
                if block["kind"] in ("caption", "boilerplate", "dateline") or any(
                    a < end and start < b for a, b in taken
                ):
                    continue
                taken.append((start, end))
                self._place_mention(start, end, actor, "name")

    def _place_mention(self, start: int, end: int, actor: str, form: str) -> None:
        same = [
            m
            for m in self.tables["mentions"]
            if (m["start"], m["end"], m["actor_id"], m["form"]) == (start, end, actor, form)
        ]
        self.tables["mentions"] = [
            m for m in self.tables["mentions"] if m in same or not (m["start"] < end and start < m["end"])
        ]
        if same:
            same[0]["reviewed"] = True
        else:
            self.tables["mentions"].append(
                {
                    "mention_id": schema.row_id("m", start, end),
                    "actor_id": actor,
                    "block_id": self._block(start)["block_id"],
                    "start": start,
                    "end": end,
                    "text": self.text[start:end],
                    "form": form,
                    **BY_REVIEW,
                }
            )

    # all other tables

    def rows(self, table: str) -> None:
        """Lay the decisions of one table over its rows."""
        decided, struck, met = [], [], set()
        for d in self._decisions(table):
            if not d.right:
                struck.append(d)
            elif table == "mentions":
                self._place_mention(*d.spans[0], self._actor(d, "actor"), d.says.get("form", "nominal"))
            else:
                near = [
                    r
                    for r in self.tables[table]
                    if shared(spans_of(r), d.spans) >= MATCH and self._about_the_same(table, r, d)
                ]
                drafted = max(near, key=lambda r: (self._aimed_alike(r, d), shared(spans_of(r), d.spans)), default=None)
                decided.append(getattr(self, f"_{table[:-1]}_row")(d, drafted))
                met.add(drafted and drafted[schema.key(table)])
        keys = met | {row[schema.key(table)] for row in decided}
        complete = table in self.review.complete
        if table == "mentions" and complete:
            self.tables[table] = [r for r in self.tables[table] if r["reviewed"]]
        rest = [
            r for r in self.tables[table] if r[schema.key(table)] not in keys and (table == "mentions" or not complete)
        ]
        rest = [r for r in rest if not any(self._strikes(d, r) for d in struck)]
        if table not in ("statements", "mentions"):
            rest = [r for r in rest if not any(shared(spans_of(r), spans_of(d)) >= MATCH for d in decided)]
        self.tables[table] = [*rest, *{row[schema.key(table)]: row for row in decided}.values()]

    def relink(self) -> None:
        """Statements whose quotation was struck or changed stand in the one that is there now, or in none."""
        known = {row["quote_id"] for row in self.tables["quotes"]}
        for row in self.tables["statements"]:
            if row["quote_id"] is not None and row["quote_id"] not in known:
                row["quote_id"] = self._quote_around(row["start"], row["end"])

    def _quote_around(self, start: int, end: int) -> str | None:
        return next(
            (
                q["quote_id"]
                for q in self.tables["quotes"]
                if any(a <= start and end <= b for a, b in q["spans"]) and q["kind"] != "scare"
            ),
            None,
        )

    def _about_the_same(self, table: str, row: dict, d: Decision) -> bool:
        """Of statements, several can stand at the same words: whether issue and holder are those that the decision names."""
        return table != "statements" or (
            row["issue"] == d.says.get("issue", row["issue"])
            and ("holder" not in d.says or row["holder_id"] == self._actor(d, "holder"))
        )

    def _aimed_alike(self, row: dict, d: Decision) -> bool:
        return d.table == "statements" and row["target_id"] == self._actor(d, "target")

    def _strikes(self, d: Decision, row: dict) -> bool:
        """Whether a decision that words are no such row is about this one: of statements only those with the holder, issue and target that it names."""
        alike = self._about_the_same(d.table, row, d) and ("target" not in d.says or self._aimed_alike(row, d))
        return alike and shared(spans_of(row), d.spans) >= MATCH

    def _block(self, start: int) -> dict:
        return next(b for b in self.blocks if b["start"] <= start < b["end"])

    def _actor(self, d: Decision, name: str) -> str | None:
        """The id of the actor whom a decision names; it must be in the table of actors, but where the decision strikes a row."""
        value = d.says.get(name)
        if value is None:
            return None
        known = {row["actor_id"] for row in self.tables["actors"]}
        actor = slugify(value)
        if actor not in known:
            actor = self.renamed.get(actor, actor)
        if d.right and actor not in known:
            raise InputError(
                f"{d.place}: {value!r} is no actor of this article: add them under [[actors]], or write the canonical name"
            )
        return actor

    def _name(self, actor: str | None) -> str | None:
        return next((row["name"] for row in self.tables["actors"] if row["actor_id"] == actor), None)

    def _near(self, d: Decision, words: str | None) -> tuple[int, int] | tuple[None, None]:
        """Where the speaker's words or the cue stand: the occurrence nearest to the quotation and outside it, in one of its blocks."""
        if not words:
            return None, None
        best = None
        for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", self.text):
            if any(a <= m.start() < b for a, b in d.spans):
                continue
            gap = min(min(abs(m.start() - b), abs(a - m.end())) for a, b in d.spans)
            far = self._block(m.start())["block_id"] not in {self._block(a)["block_id"] for a, _ in d.spans}
            if best is None or (far, gap) < best[0]:
                best = ((far, gap), m.span())
        if best is None:
            raise InputError(
                f"{d.place}: the words {words!r} do not stand outside the quotation: quote them as printed"
            )
        return best[1]

    def _words_at(self, row: dict, name: str) -> str | None:
        start = row.get(f"{name}_start")
        return None if start is None else self.text[start : row[f"{name}_end"]]

    def _finish(self, table: str, row: dict, drafted: dict | None) -> dict:
        """The drafted row, marked reviewed, where the decision says the same; else the reviewer's."""
        named = {schema.key(table)} if table == "statements" and table not in self.review.complete else set()
        content = [f.name for f in schema.TABLES[table] if f not in schema.PROVENANCE and f.name not in named]
        if drafted is not None and all(row.get(c) == drafted.get(c) for c in content):
            return drafted | {"reviewed": True}
        return row | BY_REVIEW

    def _quote_row(self, d: Decision, drafted: dict | None) -> dict:
        start = d.spans[0][0]
        block = self._block(start)
        says = d.says
        base = {} if "quotes" in self.review.complete else dict(drafted or {})
        in_marks = any(m.start <= start - block["start"] < m.end for m in marked(block["text"]))
        row = base | {k: v for k, v in says.items() if k in ("kind", "speech", "addressee", "cue")}
        row["kind"] = row.get("kind") or ("direct" if in_marks else "indirect")
        row["speech"] = None if row["kind"] == "scare" else row.get("speech") or "speech"
        if "speaker" in says:
            speaker = self._actor(d, "speaker")
            row |= {"speaker_id": speaker, "speaker": self._name(speaker)}
        for field_, name in (("speaker_words", "speaker"), ("cue", "cue")):
            if field_ in says and says[field_] != self._words_at(
                base, name
            ):  # else they stand where the draft has them
                row[f"{name}_start"], row[f"{name}_end"] = self._near(d, says[field_])
        said = " … ".join(self.text[a:b] for a, b in d.spans)
        row |= {
            "quote_id": schema.row_id("q", d.spans, row["kind"]),
            "block_id": block["block_id"],
            "start": start,
            "end": d.spans[-1][1],
            "spans": d.spans,
            "text": said,
            "words": count_words(said),
        }
        return self._finish("quotes", row, drafted)

    def _span(self, d: Decision, prefix: str, key: str, *about) -> dict:
        start, end = d.spans[0][0], d.spans[-1][1]
        return {
            key: schema.row_id(prefix, start, end, *about),
            "start": start,
            "end": end,
            "text": self.text[start:end],
        }

    def _statement_row(self, d: Decision, drafted: dict | None) -> dict:
        says = d.says
        flags = {flag: bool(says.get(flag, (drafted or {}).get(flag, False))) for flag in schema.FLAGS}
        holder = self._actor(d, "holder")
        if not (says.get("issue") or drafted):
            raise InputError(f"{d.place}: it does not say on which `issue`: name one of the codebook")
        start, end = d.spans[0][0], d.spans[-1][1]
        same = drafted is not None and (drafted["start"], drafted["end"]) == (start, end)
        linked = same and "statements" not in self.review.complete  # `relink` sees to it that the quotation is there
        quote = drafted["quote_id"] if linked else self._quote_around(start, end)
        row = {
            "holder_id": holder,
            "holder": self._name(holder),
            "issue": says.get("issue") or drafted["issue"],
            "target_id": self._actor(d, "target"),
            "position": says.get("position", "unclear"),
            "basis": says.get("basis", "narrator"),
            "reported_by": self._actor(d, "reported_by"),
            "quote_id": quote,
            **flags,
        }
        return self._finish(
            "statements", self._span(d, "st", "statement_id", holder, row["issue"], row["target_id"]) | row, drafted
        )

    def _event_row(self, d: Decision, drafted: dict | None) -> dict:
        says = d.says
        people = tuple(
            dict.fromkeys(self._actor(replace(d, says={"p": name}), "p") for name in says.get("participants") or ())
        )
        dates = {
            k: pd.Timestamp(v) if isinstance(v := says.get(k), (str, datetime.date)) else None
            for k in ("date_from", "date_to")
        }
        row = {
            "kind": says.get("kind", "other"),
            **dates,
            "inferred": bool(says.get("inferred", False)),
            "place": says.get("place"),
            "participants": people,
        }
        return self._finish("events", self._span(d, "e", "event_id", row["kind"]) | row, drafted)

    def _repair_row(self, d: Decision, drafted: dict | None) -> dict:
        kind = d.says.get("kind", (drafted or {}).get("kind", "garbled"))
        span = self._span(d, "r", "repair_id", kind)
        row = {
            "kind": kind,
            "printed": span.pop("text"),
            "reading": d.says.get("reading"),
            "reason": d.says.get("reason") or d.why or (drafted or {}).get("reason") or "seen by the reviewer",
        }
        return self._finish("repairs", span | row, drafted)


def spans_of(row: dict) -> tuple[tuple[int, int], ...]:
    return row.get("spans") or ((row["start"], row["end"]),)


def shared(a: tuple[tuple[int, int], ...], b: tuple[tuple[int, int], ...]) -> float:
    """Jaccard index of the characters of two sets of spans."""
    one, two = ({i for s, e in spans for i in range(s, e)} for spans in (a, b))
    return len(one & two) / len(one | two) if one | two else 0.0
