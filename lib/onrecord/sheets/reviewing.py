"""Review sheets: quotations, actors and statements with columns for a verdict, and what comes back as decisions.

Nothing is written unless every row makes sense, and unless the tables say afterwards what the sheet asks for.
"""

import datetime
import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from onrecord import dossier, review, schema
from onrecord.article import slugify
from onrecord.data import InputError
from onrecord.dossier import Dossier
from onrecord.exports.files import printable, replace_file
from onrecord.prose import day_of, listed, many, shortened, sure
from onrecord.review import Decision
from onrecord.review.decisions import MATCH, parse, shared
from onrecord.sheets import toml
from onrecord.sheets.fields import (
    FIELDS,
    FLAGS,
    NOBODY,
    PEOPLE,
    TABLES,
    TITLES,
    Known,
    choices,
    explained,
    is_open,
    named,
    says_of,
    told,
)
from onrecord.sheets.grid import WIDE, Book, Column, Grid, Line
from onrecord.sheets.words import located, quoted

SURE, PLACE, VERDICT, NOTE, SEEN, WORDS = "sure", "in its place", "verdict", "note", "looked at", "words"
NEW = "new {}"
NEW_WORDS = NEW.format(WORDS)
VERDICTS = ("right", "wrong", "change", "skip")
ADD = "add"
FIRST = 10  # rows of which the first sheet says: begin with these
NAME = "Your name"
HASH = re.compile(r"id \(article ([0-9a-f]+)\)")


def fingerprint(text: str) -> str:
    """By which a sheet knows its article: a short hash of the text as received."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


# --- writing -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of a table as a sheet shows it: its words and fields as text, "" where one is missing."""

    table: str
    id: str
    words: str
    spans: tuple[tuple[int, int], ...]
    values: dict[str, str]
    confidence: float
    reviewed: bool
    source: str


def rows(made: Dossier, table: str) -> list[Row]:
    """The rows of a table, those that nobody has looked at first, the least certain of them first of all."""
    read = {"quotes": _quote, "actors": _actor, "statements": _statement}[table]
    records = getattr(made, table).astype("object").where(getattr(made, table).notna(), None).to_dict("records")
    found = [read(made, record) for record in records]
    return sorted(found, key=lambda row: (row.reviewed, row.confidence))


def _row(table: str, record: dict, words: str, spans: tuple, values: dict) -> Row:
    about = {name: "" if value is None else str(value) for name, value in values.items()}
    identifier = record[schema.key(table)]
    return Row(table, identifier, words, spans, about, record["confidence"], record["reviewed"], record["source"])


def _quote(made: Dossier, record: dict) -> Row:
    values = {field.name: record.get(field.name) for field in FIELDS["quotes"]}
    if record["speaker_start"] is not None:
        values["speaker_words"] = made.article.text[record["speaker_start"] : record["speaker_end"]]
    return _row("quotes", record, record["text"], record["spans"], values)


def _actor(made: Dossier, record: dict) -> Row:
    """An actor stands where it is first mentioned as printed, else where it is first mentioned at all."""
    own = made.mentions[(made.mentions.actor_id == record["actor_id"]) & (made.mentions.form != "pronoun")]
    best = own[own.text == record["printed"]] if (own.text == record["printed"]).any() else own
    start = int(best.start.iloc[0]) if len(best) else made.article.text.find(record["printed"])
    end = int(best.end.iloc[0]) if len(best) else start + len(record["printed"])
    words = made.article.text[start:end]
    return _row(
        "actors", record, words, ((start, end),), {field.name: record[field.name] for field in FIELDS["actors"]}
    )


def _statement(made: Dossier, record: dict) -> Row:
    names = dict(zip(made.actors.actor_id, made.actors.name))
    values = {field.name: record.get(field.name) for field in FIELDS["statements"]}
    values |= {"target": names.get(record["target_id"]), "reported_by": names.get(record["reported_by"])}
    values["flags"] = ", ".join(flag for flag in FLAGS if record[flag])
    return _row("statements", record, record["text"], ((record["start"], record["end"]),), values)


def grids(made: Dossier) -> list[Grid]:
    """The worksheets of a review: quotations, actors, statements."""
    return [_grid(made, table) for table in TITLES]


def _grid(made: Dossier, table: str) -> Grid:
    fields, identifier = FIELDS[table], f"id (article {fingerprint(made.article.text)})"
    columns = (
        Column(SURE, 7),
        Column(PLACE, WIDE),
        *(Column(field.title, field.width) for field in fields),
        Column(VERDICT, 11, True, VERDICTS),
        *(Column(NEW.format(f.title), f.width, True, choices(table, f, made), is_open(table, f)) for f in fields),
        Column(NEW_WORDS, 36, True),
        Column(NOTE, 30, True),
        Column(SEEN, 9),
        Column(WORDS, 30),
        Column(identifier, 16),
    )
    shown = [
        {
            SURE: sure(row.confidence),
            PLACE: _context(made, row),
            **{field.title: row.values[field.name] for field in fields},
            SEEN: "yes" if row.reviewed else "",
            WORDS: row.words,
            identifier: row.id,
        }
        for row in rows(made, table)
    ]
    return Grid(TITLES[table], columns, shown, spare_choices={VERDICT: (ADD,)})


def _context(made: Dossier, row: Row) -> str:
    from onrecord.sheets.words import context

    block = made.blocks[(made.blocks.start <= row.spans[0][0]) & (made.blocks.end > row.spans[0][0])].iloc[0]
    return context(made.article.text, (int(block.start), int(block.end)), row.spans)


def front(made: Dossier) -> list[tuple[str, ...]]:
    """The first sheet: what this is, what to do, with which rows to begin, and the codebook."""
    article, book = made.article, made.codebook
    day = day_of(article.published)
    shown = {table: rows(made, table) for table in TITLES}
    least = sorted(
        ((row, number) for found in shown.values() for number, row in enumerate(found, 2) if not row.reviewed),
        key=lambda one: one[0].confidence,
    )
    paragraphs = [
        "A machine has read the article and drafted three sheets: Quotations, Actors and Statements. In each row »these marks« show the words that it is about, "
        "and the grey columns say what the machine makes of them. Your part are the yellow columns.",
        "1. Write your name below. It will stand beside your decisions.",
        "2. Begin at the top of each sheet: the rows of which the machine is least sure stand first. Ten minutes there help most. Whatever you leave empty stays as it is.",
        "3. Give a verdict: right (all of the row is right), wrong (there is no such row), change (write what is right into the columns that begin with “new”; leave those empty that are right already), "
        "or skip. To take a value away write none, for a person nobody. A note says why, where it is not plain.",
        "4. Something is missing? In the empty rows at the end choose add, copy the words from the article into “new words”, and fill in the rest. "
        "A quotation goes without its quotation marks; its pieces are parted by “ … ”. Where the words stand more than once, [2] behind them means the second place.",
        "5. Save the file, as .xlsx or as CSV UTF-8, and run: onrecord review ARTICLE --apply THIS-FILE. Rows that make no sense are named, and then nothing is written.",
        "Judge by the text alone, not by whom it favours.",
    ]
    lines = [("On Record: review sheet",), *((paragraph,) for paragraph in paragraphs)]
    lines += [
        ("",),
        (NAME, "?"),
        ("Article", article.title or article.slug),
        ("Outlet, date", f"{article.outlet or 'outlet unknown'}, {day}"),
        ("State", made.state),
    ]
    if least:
        lines += [("",), ("# Begin with these",)]
        lines += [
            (TITLES[row.table], str(number), f"{sure(row.confidence)}  {_told_row(row)}")
            for row, number in least[:FIRST]
        ]
    lines += [("",), ("# The columns",), *((TITLES[table], explained(table)) for table in TITLES)]
    lines += [("",), (f"# The issues of the codebook “{book.title}”",)]
    return lines + issues(made)


def issues(made: Dossier) -> list[tuple[str, str]]:
    """Each issue of the codebook with what it is, what support and opposition mean."""
    told = []
    for issue in made.codebook.issues.itertuples():
        sides = f" Support: {issue.supports} Opposition: {issue.opposes}" if issue.supports else ""
        elsewhere = f" Not here: {issue.excludes}" if issue.excludes else ""
        told.append((issue.issue, f"{issue.title}. {issue.definition}{sides}{elsewhere}"))
    return told


def _told_row(row: Row) -> str:
    words = f"“{shortened(row.words, 48)}”"
    if row.table == "statements":
        return f"{row.values['holder'] or NOBODY}: {row.values['position']}, {row.values['issue']}: {words}"
    return f"{row.values['speaker'] or NOBODY}: {words}" if row.table == "quotes" else f"{row.values['name']}: {words}"


# --- what comes back -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a sheet changed. `counts`: table, confirmed, changed, removed, added (decisions that were not there before); the dossiers before and after."""

    file: Path
    counts: pd.DataFrame
    before: Dossier
    after: Dossier
    draft: Dossier
    written: bool

    @property
    def told(self) -> str:
        """What changed, how much is reviewed now, and how the draft's agreement with the tables moved, for a terminal."""
        return _summary(self)


@dataclass
class Asked:
    """A filled row: its table, place, verdict, what is to be written, the note, and what the sheet shows."""

    line: Line
    table: str
    verdict: str
    new: dict[str, str]
    new_words: str
    note: str
    shown: dict[str, str]
    words: str
    id: str
    row: Row | None = None
    target: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.line.place

    def same_answer(self, other: "Asked") -> bool:
        return (self.verdict, self.new, self.new_words, self.note) == (
            other.verdict,
            other.new,
            other.new_words,
            other.note,
        )


class Refused(InputError):
    """Rows of a sheet that make no sense: a line each."""

    def __init__(self, name: str, problems: list[str]):
        self.problems = problems
        count = "1 row makes" if len(problems) == 1 else f"{len(problems)} rows make"
        super().__init__(
            "\n".join([f"{name}: {count} no sense, nothing was written:", *(f"  {one}" for one in problems)])
        )


class Judging:
    """A filled sheet on its way to decisions: collects entries for the review's file, what to expect of the tables, and problems with their places."""

    def __init__(self, source: str | Path, published: str | None, book: Book, by: str | None, on: datetime.date | None):
        self.path = dossier.find(source)
        self.kept = dossier.review_of(source, published)
        chosen = self.kept.codebook if self.kept else None
        self.draft = dossier.load(source, review=False, published=published, codebook=chosen)
        self.now = dossier.with_review(self.draft, self.kept) if self.kept else self.draft
        self.text = self.now.article.text
        self.by, self.on = by or book.labels.get(NAME), on or datetime.date.today()
        self.rows = {table: {row.id: row for row in rows(self.now, table)} for table in TITLES}
        self.problems: list[str] = []
        self.entries: list[toml.Entry] = []
        self.done: list[tuple[Asked, str]] = []  # rows, with what became of them
        self.struck: set[str] = set()  # actors, by slug
        self.called: dict[str, str] = {}  # their new names
        self.asked = self._asked(book)
        self.known = self._known()

    # reading the rows

    def _asked(self, book: Book) -> list[Asked]:
        found: list[Asked] = []
        for line in book.lines:
            table = TABLES.get(line.grid)
            cells = line.cells
            answers = {
                title: text
                for title, text in cells.items()
                if text and (title in (VERDICT, NOTE) or title.startswith("new "))
            }
            if not answers and not line.problems:
                continue
            if line.problems or table is None:
                self.problems += [f"{line.place}: {problem}" for problem in line.problems]
                self._wrong(line, f"`sheet` is “{line.grid}”: it must be one of {', '.join(TABLES)}", table is None)
                continue
            fields = FIELDS[table]
            other = [t for t in answers if t not in (VERDICT, NOTE, NEW_WORDS, *(NEW.format(f.title) for f in fields))]
            if other:
                self._wrong(line, f"{named(other)} does not belong to {line.grid}")
                continue
            one = Asked(
                line,
                table,
                answers.get(VERDICT, "").casefold(),
                {f.name: answers[t] for f in fields if (t := NEW.format(f.title)) in answers},
                answers.get(NEW_WORDS, ""),
                answers.get(NOTE, ""),
                {f.name: cells.get(f.title, "") for f in fields},
                cells.get(WORDS, ""),
                next((text for title, text in cells.items() if HASH.fullmatch(title)), ""),
            )
            if not self._sound(one):
                continue
            twin = next((other for other in found if one.id and other.id == one.id and other.table == table), None)
            if twin is None:
                found.append(one)
            elif not twin.same_answer(one):
                self._wrong(line, f"contradicts {twin.place}, which is about the same: keep one of them")
        return found

    def _wrong(self, line: Line, problem: str, if_: bool = True) -> None:
        if if_:
            self.problems.append(f"{line.place}: {problem}")

    def _sound(self, one: Asked) -> bool:
        """Whether verdict and answers go together; a row with something new and no verdict is a change."""
        answers = bool(one.new or one.new_words)
        allowed = VERDICTS if one.id else (ADD,)
        if not one.id:
            one.verdict = one.verdict or ADD
        elif answers and not one.verdict:
            one.verdict = "change"
        problem = ""
        if not one.verdict:
            problem = f"a note and no verdict: write one of {', '.join(allowed)}"
        elif one.verdict not in allowed:
            rows_ = "a row with an id" if one.id else "a row without an id"
            problem = f"“{one.verdict}” is no verdict for {rows_}: write {listed(allowed, last='or')}"
        elif one.verdict in ("right", "wrong", "skip") and answers:
            said = [NEW.format(f.title) for f in FIELDS[one.table] if f.name in one.new] + [NEW_WORDS] * bool(
                one.new_words
            )
            problem = f"the verdict is {one.verdict}, but {named(said)} says something new: write change, or empty it"
        elif one.verdict == "change" and not answers:
            problem = "the verdict is change, but nothing new is written: fill in a column that begins with “new”"
        elif one.verdict == ADD and not one.new_words:
            problem = "`new words` is empty: copy the words from the article"
        self._wrong(one.line, problem, bool(problem))
        return not problem and one.verdict != "skip"

    def _known(self) -> Known:
        """Who may be named, once actors are added, struck and renamed as the sheet says."""
        used = {row.values["issue"] for row in self.rows["statements"].values()}
        known = Known.of(self.now, used)
        people = dict(known.people)
        for one in self.asked:
            if one.table != "actors":
                continue
            old, new = slugify(one.shown["name"] or one.new_words), one.new.get("name", "")
            if one.verdict == "wrong":
                self.struck.add(old)
                people.pop(old, None)
            elif one.verdict == ADD:
                people[slugify(new or one.new_words)] = new or one.new_words
            elif new and (slugify(new) != old or new != one.shown["name"]):
                self.called[old] = people.get(slugify(new), new) if slugify(new) != old else new
                people.setdefault(slugify(new), new)
                people[old] = self.called[old]
        return replace(known, people=people)

    # deciding

    def decide(self) -> None:
        for table in ("actors", "quotes", "statements"):
            for one in self.asked:
                if one.table == table:
                    try:
                        self._decide(one)
                    except ValueError as error:
                        self._wrong(one.line, str(error))
        self._name_others()

    def _decide(self, one: Asked) -> None:
        one.new = {
            f.name: told(one.table, f, one.new[f.name], self.known) for f in FIELDS[one.table] if f.name in one.new
        }
        if one.verdict == ADD:
            return self._add(one)
        one.row = self.rows[one.table].get(one.id)
        if one.row is None:
            if not self._already(one, one.shown | one.new):
                raise ValueError("its id is unknown: write a new sheet, for the tables have changed since")
            return self.done.append((one, "known"))
        one.target = one.row.values | one.new
        if not self._as_shown(one):
            if (
                one.verdict == "change"
                and one.row.reviewed
                and self._same(one.target, one.row.values)
                and not one.new_words
            ):
                return self.done.append((one, "known"))
            return None
        if one.verdict == "right":
            return self._confirm(one)
        if one.verdict == "wrong":
            return self._strike(one)
        return self._change(one)

    def _as_shown(self, one: Asked) -> bool:
        """Whether the sheet shows the row as the tables have it; if not, the row is refused, but where it asks for what is there already."""
        row = one.row
        differs = [f for f in FIELDS[one.table] if not _alike(one.shown[f.name], row.values[f.name])]
        words = not _alike(one.words, row.words)
        if (
            one.verdict == "change"
            and row.reviewed
            and self._same(one.target, row.values)
            and (not one.new_words or words)
        ):
            return False
        if words:
            raise ValueError(f"`{WORDS}` are not those of this row any more: write a new sheet")
        if differs:
            f = differs[0]
            raise ValueError(
                f"`{f.title}` shows “{one.shown[f.name]}”, but the tables have “{row.values[f.name]}”: "
                f"write corrections into `{NEW.format(f.title)}`, or write a new sheet if somebody has decided since"
            )
        return True

    @staticmethod
    def _same(a: dict[str, str], b: dict[str, str]) -> bool:
        return all(_alike(a[name], b[name]) for name in a)

    def _confirm(self, one: Asked) -> None:
        self._mention_the_struck(one)
        if one.row.reviewed:
            return self.done.append((one, "known"))
        old = self._old(one.row)
        self._enter(one, self._says(one, one.row.values), old)
        return self.done.append((one, "confirmed"))

    def _strike(self, one: Asked) -> None:
        row = one.row
        says = quoted(self.text, row.spans)
        if one.table == "actors":
            says["name"] = row.values["name"]
        if one.table == "statements":
            says |= {name: self._new_name(row.values[name]) for name in ("issue", "holder", "target")}
        self._enter(one, says | {"right": False}, self._old(row))
        self.done.append((one, "removed"))

    def _change(self, one: Asked) -> None:
        row = one.row
        if not one.new_words and self._same(one.target, row.values):
            raise ValueError("what is new is what the row says already: write right, or what it should be")
        spans = located(self.text, one.new_words) if one.new_words else row.spans
        if one.table == "quotes" and "speaker" in one.new and "speaker_words" not in one.new:
            one.target["speaker_words"] = self._pronoun(row)
        self._mention_the_struck(one)
        old, says = self._old(row), self._says(one, one.target, spans)
        one.words = " … ".join(self.text[a:b] for a, b in spans)
        if row.source == "machine" and self._stays(one, spans):
            about = (
                {"issue": row.values["issue"], "holder": row.values["holder"], "target": row.values["target"]}
                if one.table == "statements"
                else {}
            )
            about = {name: self._new_name(value) for name, value in about.items()}
            self.entries.append(
                toml.Entry(one.table, self._signed(quoted(self.text, row.spans) | about | {"right": False}))
            )
        self._enter(one, says, old)
        self.done.append((one, "changed"))

    def _stays(self, one: Asked, spans: tuple) -> bool:
        """Whether the machine's row would stay beside the new one."""
        renamed = one.table == "statements" and any(
            one.target[name] != one.row.values[name] for name in ("issue", "holder")
        )
        return one.table != "actors" and (renamed or shared(spans, one.row.spans) < MATCH)

    def _add(self, one: Asked) -> None:
        spans = located(self.text, one.new_words) if one.table != "actors" else self._first(one.new_words)
        one.words = " … ".join(self.text[a:b] for a, b in spans)
        one.target = {f.name: one.new.get(f.name, "") for f in FIELDS[one.table]}
        if one.table == "actors":
            one.target["name"] = one.target["name"] or one.words
        needed = {"quotes": (), "actors": ("kind",), "statements": ("issue", "position", "basis")}[one.table]
        lacking = [NEW.format(f.title) for f in FIELDS[one.table] if f.name in needed and not one.target[f.name]]
        if lacking:
            raise ValueError(f"{named(lacking)} is empty: a new row needs it")
        if self._already(one, one.target):
            return self.done.append((one, "known"))
        if there := self._there(one, spans):
            raise ValueError(f"is in the sheet already ({there.id}): give that row a verdict")
        self._mention_the_struck(one)
        says = self._says(one, one.target, spans)
        if one.table == "actors":
            says["names"] = [one.words]
        self._enter(one, says, None)
        return self.done.append((one, "added"))

    def _first(self, typed: str) -> tuple:
        """The first place of an actor's name: all of them are mentions."""
        try:
            return located(self.text, typed)
        except ValueError as error:
            if "times" not in str(error) or typed.endswith("]"):
                raise
            return located(self.text, f"{typed} [1]")

    def _there(self, one: Asked, spans: tuple) -> Row | None:
        """The row that the tables have already of what is to be added."""
        for row in self.rows[one.table].values():
            if one.table == "actors":
                if row.id == slugify(one.target["name"]) and row.id not in self.called:
                    return row
            elif shared(row.spans, spans) >= MATCH and (
                one.table == "quotes"
                or all(row.values[name] == one.target[name] for name in ("holder", "issue", "target"))
            ):
                return row
        return None

    def _pronoun(self, row: Row) -> str:
        """The words that name a quotation's speaker, if they still can where the speaker is another: a name can't."""
        record = self.now.quotes[self.now.quotes.quote_id == row.id].iloc[0]
        at = self.now.mentions[(self.now.mentions.start == record.speaker_start).fillna(False)]
        return row.values["speaker_words"] if len(at) and at.form.iloc[0] == "pronoun" else ""

    def _says(self, one: Asked, values: dict[str, str], spans: tuple | None = None) -> dict:
        """A decision that says all that is known of the row, so that another draft changes nothing of what was confirmed."""
        values = {name: self._new_name(value) if name in (*PEOPLE, "name") else value for name, value in values.items()}
        cleared = [
            name
            for name, value in one.target.items()
            if one.row and not value and one.row.values[name] and name != "flags"
        ]
        says = quoted(self.text, spans or one.row.spans)
        if not says:
            raise ValueError("its words stand inside another word of the article, and a decision can't point there")
        if other := self._same_as(one):
            return says | {"name": one.row.values["name"], "same_as": other}
        says |= says_of(one.table, values) | {name: "" for name in cleared}
        if one.table == "statements" and one.row:
            says |= {flag: False for flag in FLAGS if flag in one.row.values["flags"] and flag not in values["flags"]}
        if one.table == "actors":
            says |= self._actor_more(one, values)
        return says

    def _same_as(self, one: Asked) -> str:
        """The other actor of whom a row of an actor says that the two are one; "" where it does not."""
        new = slugify(one.new["name"]) if one.table == "actors" and one.row and one.new.get("name") else ""
        return self._new_name(one.new["name"]) if new in self.rows["actors"] and new != one.row.id else ""

    def _actor_more(self, one: Asked, values: dict[str, str]) -> dict:
        """What an actor's decision says beyond the sheet: the affiliation's canonical name, where that is another."""
        row, more = one.row, {}
        if row is None:
            return more
        drafted = self.now.actors[self.now.actors.actor_id == row.id].iloc[0]
        named_ = drafted.affiliation_id
        if (
            values["affiliation"] == row.values["affiliation"] != ""
            and not pd.isna(named_)
            and slugify(row.values["affiliation"]) != named_
        ):
            known = self.now.actors.name[self.now.actors.actor_id == named_]
            more["affiliation_name"] = known.iloc[0] if len(known) else named_
        return more

    def _new_name(self, name: str) -> str:
        return self.called.get(slugify(name), name) if name else name

    def _mention_the_struck(self, one: Asked) -> None:
        """A row that names somebody whom another row strikes is refused."""
        for f in FIELDS[one.table]:
            name = one.target.get(f.name, "")
            if f.name in PEOPLE and name and slugify(name) in self.struck:
                raise ValueError(f"`{f.title}` is “{name}”, whom the sheet Actors calls wrong: one of the two can't be")

    # what is there already

    def _decisions(self, table: str) -> list[Decision]:
        return [d for d in self.kept.decisions if d.table == table] if self.kept else []

    def _old(self, row: Row) -> Decision | None:
        """The decision of the file that made or confirmed a row."""
        found = None
        for d in self._decisions(row.table):
            if not d.right or d.says.get("same_as"):
                continue
            if row.table == "actors":
                same = slugify(d.says.get("name") or self.text[slice(*d.spans[0])]) == row.id
            elif row.table == "quotes":
                same = d.spans == row.spans
            else:
                same = (d.spans[0][0], d.spans[-1][1]) == row.spans[0] and d.says.get(
                    "issue", row.values["issue"]
                ) == row.values["issue"]
                for name in ("holder", "target"):
                    same = same and slugify(d.says.get(name) or "") == slugify(row.values[name])
            found = d if same else found
        return found

    def _already(self, one: Asked, target: dict[str, str]) -> bool:
        """Whether the file holds the decision that a row asks for."""
        words = one.words if one.verdict in (ADD, "wrong", "right") or not one.new_words else one.new_words
        for d in self._decisions(one.table):
            same = _alike(" … ".join(self.text[a:b] for a, b in d.spans), words)
            if d.right != (one.verdict != "wrong") or not (same and d.looked_at):
                continue
            if not d.right:
                return True
            says = {name: d.says.get(name) for name in target if name != "flags"}
            if d.says.get("same_as"):
                return slugify(d.says["same_as"]) == slugify(target["name"])
            asked = one.new if one.table == "quotes" and one.verdict == "change" else target
            if all(
                slugify(says[name] or "") == slugify(asked[name])
                for name in asked
                if name not in ("flags", "speaker_words")
            ):
                return True
        return False

    # entries

    def _enter(self, one: Asked, says: dict, old: Decision | None) -> None:
        if one.note:
            says = says | {"why": one.note}
        if old is not None:
            kept = (
                {}
                if says.get("right") is False
                else {name: value for name, value in old.says.items() if value is not None}
            )
            fields = {f.name for f in FIELDS[one.table]} | set(FLAGS)
            says = {name: value for name, value in kept.items() if name not in fields and name not in says} | says
            says = {**quoted_first(says)} | ({"why": old.why} if old.why and "why" not in says else {})
        self.entries.append(toml.Entry(one.table, self._signed(says), old))

    def _signed(self, says: dict) -> dict:
        """With who decided and when, where that is not what the head of the file says."""
        by, on = (self.kept.by, self.kept.on) if self.kept else (self.by, str(self.on))
        return says | ({"by": self.by} if self.by != by else {}) | ({"on": self.on} if str(self.on) != on else {})

    def _name_others(self) -> None:
        """Actors whom the new decisions name and no decision knows get one that only keeps them known: another draft may lack them."""
        decided = {slugify(d.says.get("name") or self.text[slice(*d.spans[0])]) for d in self._decisions("actors")}
        decided |= {slugify(e.says["name"]) for e in self.entries if e.table == "actors" and "name" in e.says}
        wanted = [e.says.get(name) for e in self.entries if e.says.get("right", True) for name in (*PEOPLE, "same_as")]
        for name in dict.fromkeys(filter(None, wanted)):
            row = self.rows["actors"].get(slugify(name))
            if row is not None and slugify(name) not in decided:
                says = quoted(self.text, row.spans) | {
                    "name": row.values["name"],
                    "kind": row.values["kind"],
                    "looked_at": False,
                }
                self.entries.append(toml.Entry("actors", self._signed(says)))

    # the end

    @cached_property
    def file(self) -> Path:
        """Where the review lies."""
        return review.beside(self.path)

    def content(self) -> str:
        """The file with the new decisions in it."""
        if self.kept is None:
            chosen = self.now.codebook.id
            comment = "Decisions over the machine’s draft, from a review sheet. Each quotes the words that it is about. How to write one by hand: CONTRIBUTING.md."
            begin = toml.head(self.by, self.on, comment, codebook=chosen)
        else:
            begin = self.file.read_bytes().decode("utf-8")
        return toml.written(begin, self.entries)

    def check(self, after: Dossier) -> None:
        """Find the rows of the sheet in the tables as they are now; one that isn't there as it was asked for is a problem."""
        there = {table: rows(after, table) for table in TITLES}
        for one, what in self.done:
            if what == "known" or (one.table == "actors" and slugify(one.new.get("name") or "") in self.rows["actors"]):
                continue
            target = {
                name: self._new_name(value) if name in (*PEOPLE, "name") else value
                for name, value in (one.target or one.row.values).items()
            }
            if what == "removed":
                good = not any(row.id == one.id and _alike(row.words, one.words) for row in there[one.table])
            else:
                good = any(
                    row.reviewed and _alike(row.words, one.words) and self._fits(target, row.values, what == "added")
                    for row in there[one.table]
                )
            self._wrong(
                one.line,
                "does not go together with the other decisions on the same words: see the review beside the article",
                not good,
            )

    @staticmethod
    def _fits(target: dict[str, str], values: dict[str, str], added: bool) -> bool:
        """What a new row leaves open may be filled in by rule."""
        return all(_alike(value, values[name]) for name, value in target.items() if value or not added)


def quoted_first(says: dict) -> dict:
    """The fields with the words in front, as people write them."""
    return {name: says[name] for name in ("words", "occurrence") if name in says} | says


def _alike(one: str, other: str) -> bool:
    """Whether two cells hold the same, however a program keeps spaces."""
    return " ".join(printable(one).split()) == " ".join(printable(other).split())


def apply(
    source: str | Path, book: Book, name: str, by: str | None, on: datetime.date | None, published: str | None
) -> Outcome:
    """Turn a filled review sheet into decisions beside the article. Raises Refused, with all rows that make no sense, or InputError; then nothing is written."""
    judging = Judging(source, published, book, by, on)
    _check_article(book, name, judging.text)
    if not judging.by:
        raise InputError(
            f'{name}: it does not say who reviewed: add --by "Your Name", or write it into the sheet How to'
        )
    judging.decide()
    if judging.problems:
        raise Refused(name, judging.problems)
    if not judging.asked:
        raise InputError(f"{name}: nothing is filled in: give a row a verdict")
    after, content = judging.now, ""
    if judging.entries:
        content = judging.content()
        decided = parse(content, judging.file.name, judging.text)
        after = dossier.with_review(judging.draft, decided)
        judging.check(after)
    if judging.problems:
        raise Refused(name, judging.problems)
    if judging.entries:
        replace_file(judging.file, content.encode("utf-8"), lambda _: True, "a review")
    return Outcome(judging.file, _counts(judging.done), judging.now, after, judging.draft, bool(judging.entries))


def _check_article(book: Book, name: str, text: str) -> None:
    found = {m[1] for titles in book.titles.values() for title in titles if (m := HASH.fullmatch(title))}
    if not found or any(VERDICT not in titles for grid, titles in book.titles.items() if grid in TABLES):
        raise InputError(f"{name}: not a review sheet, or its header was changed: write a new one with onrecord review")
    if found != {fingerprint(text)}:
        raise InputError(
            f"{name}: this sheet is of another article, or the article’s text has changed: write a new one with onrecord review"
        )


def _counts(done: list[tuple[Asked, str]]) -> pd.DataFrame:
    kinds = ["confirmed", "changed", "removed", "added"]
    counted = [[sum(one.table == table and what == kind for one, what in done) for kind in kinds] for table in TITLES]
    return pd.DataFrame(counted, columns=kinds).assign(table=list(TITLES))[["table", *kinds]]


def _summary(outcome: Outcome) -> str:
    counts = outcome.counts
    total = int(counts[["confirmed", "changed", "removed", "added"]].to_numpy().sum())
    if not outcome.written:
        return f"{outcome.file}: nothing new: it holds these decisions already"
    seen = outcome.after.reviewed.set_index("table")
    lines = [f"{outcome.file}: {many(total, 'decision')}", f"{'':12}confirmed  changed  removed  added   looked at"]
    for row in counts.itertuples():
        lines.append(
            f"{TITLES[row.table]:12}{row.confirmed:>9}{row.changed:>9}{row.removed:>9}{row.added:>7}"
            f"{f'{seen.reviewed[row.table]} of {seen.rows[row.table]}':>12}"
        )
    lines += [f"The tables are now {outcome.after.state}."]
    return "\n".join([*lines, *moved(outcome)])


def moved(outcome: Outcome) -> list[str]:
    """How far the machine's draft agrees with the tables before and after, a line a measure; rows at which nobody has looked count as agreed."""
    was, is_ = (review.scores(outcome.draft, d).set_index("table") for d in (outcome.before, outcome.after))
    lines = ["The draft against the tables, before and now (rows at which nobody has looked count as right):"]
    for table, title in (
        ("quotes", "quotations found, F1"),
        ("actors", "actors found, F1"),
        ("stances", "statements found, with position, F1"),
    ):
        lines.append(f"  {title:38}{sure(was.f1.get(table))} → {sure(is_.f1.get(table))}")
    before, after = (
        review.labels(outcome.draft, d).set_index(["table", "label"]) for d in (outcome.before, outcome.after)
    )
    for table, label in after.index:
        if (table, label) in before.index and table in TITLES:
            pair = [f"{rows.same[table, label]} of {rows.compared[table, label]}" for rows in (before, after)]
            if _share(before, table, label) != _share(after, table, label):
                told_ = label.removesuffix("_id")
                lines.append(f"  {f'{TITLES[table].lower()} with the same {told_}':38}{pair[0]} → {pair[1]}")
    return lines


def _share(labels: pd.DataFrame, table: str, label: str) -> float:
    return labels.same[table, label] / max(labels.compared[table, label], 1)
