"""Coding sheets: the article's sentences, numbered, with columns for what a coder finds in them, without sight of the machine's draft; a class fills them in.

A filled sheet becomes a coding, `coding-<name>.toml`, of the tables in which it has rows; a model solution is the same sheet with a coding in it.
"""

import datetime
import re
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord import dossier, review, topics
from onrecord.article import slugify
from onrecord.data import InputError
from onrecord.dossier import Dossier
from onrecord.exports.files import replace_file
from onrecord.prose import day_of, listed, many, sure
from onrecord.review import Decision
from onrecord.review.decisions import parse
from onrecord.sheets import toml
from onrecord.sheets.fields import FIELDS, PEOPLE, Known, choices, explained, is_open, named, says_of, told
from onrecord.sheets.grid import WIDE, Book, Column, Grid, Line
from onrecord.sheets.reviewing import HASH, NAME, NOTE, Refused, Row, fingerprint, issues, rows
from onrecord.sheets.words import WHICH, located, quoted

SENTENCES, ACTORS = "Sentences", "Actors"
NUMBER, SENTENCE, PRINTED, ALSO = "nr", "sentence", "printed as", "also printed as"
WHAT = {"quotes": "quotation", "statements": "statement"}  # the columns for the words of each
NEEDED = {"quotes": ("kind",), "statements": ("issue", "position", "basis"), "actors": ("name", "kind")}
LEFT_OUT = {"addressee", "speaker_words"}  # fields of a quotation that a coder is not asked for
ACTOR_ROWS, MORE_ROWS = 40, 15
NAMES = f"={ACTORS}!$A$2:$A${ACTOR_ROWS + 1}"  # what the drop-downs for people offer


def _asked(table: str) -> list:
    return [field for field in FIELDS[table] if field.name not in LEFT_OUT]


def grids(made: Dossier, solution: bool = False) -> list[Grid]:
    """The worksheets of a coding: sentences and actors, empty, or with what the dossier's coding says."""
    made = made if solution else _without_proposed(made)
    identifier = f"id (article {fingerprint(made.article.text)})"
    columns = [Column(NUMBER, 5), Column(SENTENCE, WIDE)]
    for table, title in WHAT.items():
        columns.append(Column(title, 36, True))
        for f in _asked(table):
            offered = (NAMES,) if f.name in PEOPLE else choices(table, f, made)
            columns.append(Column(f.title, f.width, True, offered, is_open(table, f)))
    columns += [Column(NOTE, 30, True), Column(identifier, 14)]
    coded = _coded(made) if solution else {}
    found = []
    for number, sentence in enumerate(made.sentences.itertuples(), 1):
        printed = {NUMBER: str(number), SENTENCE: sentence.text, identifier: sentence.sentence_id}
        more = coded.get(number) or [{}]
        found += [{**(printed if not nth else {NUMBER: str(number)}), **cells} for nth, cells in enumerate(more)]
    who = Grid(ACTORS, _actor_columns(made), _actor_rows(made) if solution else [], ACTOR_ROWS)
    return [Grid(SENTENCES, tuple(columns), found, MORE_ROWS), who]


def _without_proposed(made: Dossier) -> Dossier:
    """With the codebook's own issues alone: what the machine proposes would give its draft away."""
    return replace(made, codebook=topics.with_proposed(made.codebook, []))


def _actor_columns(made: Dossier) -> tuple[Column, ...]:
    fields = FIELDS["actors"]
    plain = [Column(f.title, f.width, True, _offered(f, made), is_open("actors", f)) for f in fields]
    return (plain[0], Column(PRINTED, 24, True), Column(ALSO, 24, True), *plain[1:], Column(NOTE, 30, True))


def _offered(f, made: Dossier) -> tuple[str, ...]:
    """Of sides only the independent one: the others would give away what is to be found."""
    return {"side": ("independent",), "country": ()}.get(f.name, choices("actors", f, made))


def _coded(made: Dossier) -> dict[int, list[dict[str, str]]]:
    """What a coding has in each sentence, by its number: rows of cells, each with a quotation, a statement or both."""
    starts = made.sentences.start.tolist()
    found: dict[int, dict[str, list]] = {}
    for table in _complete(made) & set(WHAT):
        for row in sorted(rows(made, table), key=lambda row: row.spans):
            number = max(sum(start <= row.spans[0][0] for start in starts), 1)
            cells = {f.title: row.values[f.name] for f in _asked(table)}
            found.setdefault(number, {}).setdefault(table, []).append(
                {WHAT[table]: _typed(made, row, starts[number - 1]), **cells}
            )
    return {
        number: [
            {name: text for table in WHAT for name, text in (of.get(table, [])[nth : nth + 1] or [{}])[0].items()}
            for nth in range(max(map(len, of.values())))
        ]
        for number, of in found.items()
    }


def _typed(made: Dossier, row: Row, begin: int) -> str:
    """The words as a coder would write them: with [2] where they stand in the sentence a second time."""
    text = made.article.text
    for nth in range(1, 10):
        if located(text, f"{row.words} [{nth}]", begin)[0] == row.spans[0]:
            return row.words if nth == 1 else f"{row.words} [{nth}]"
    return row.words


def _actor_rows(made: Dossier) -> list[dict[str, str]]:
    found = []
    for row in sorted(rows(made, "actors"), key=lambda row: row.spans):
        also = {
            name
            for d in made.review.decisions
            if d.table == "actors" and slugify(d.says.get("name") or "") == row.id
            for name in d.says.get("names") or ()
        }
        found.append(
            {f.title: row.values[f.name] for f in FIELDS["actors"]}
            | {PRINTED: row.words, ALSO: "; ".join(sorted(also - {row.words}))}
        )
    return found


def _complete(made: Dossier) -> set[str]:
    """The tables that a coding has as a whole."""
    return set(made.review.complete) & {"actors", *WHAT}


def solved(source: str | Path, published: str | None = None) -> Dossier:
    """The dossier whose coding is the model solution of an article: its review, if that is whole, else the first independent coding.

    Raises InputError where there is neither."""
    kept = dossier.review_of(source, published)
    if kept is not None and {"actors", *WHAT} <= set(kept.complete):
        return dossier.load(source, published=published)
    found = dossier.codings(source, published)
    if not found:
        raise InputError(f"{source}: no model solution: neither a whole review nor a coding lies beside the article")
    return found[min(found)]


def front(made: Dossier, solution: bool = False) -> list[tuple[str, ...]]:
    """The first sheet: what to do, or whose solution it is, and the codebook."""
    made = made if solution else _without_proposed(made)
    article, book = made.article, made.codebook
    day = day_of(article.published)
    about = [
        ("Article", article.title or article.slug),
        ("Outlet, date", f"{article.outlet or 'outlet unknown'}, {day}"),
        ("Credit", article.credit or article.outlet or "source unknown"),
    ]
    if solution:
        whole = [
            name
            for table, name in {"actors": "actors", "quotes": "quotations", "statements": "statements"}.items()
            if table in _complete(made)
        ]
        lines = [
            ("On Record: model solution",),
            (
                f"This is one coding of the article, by {made.review.by}, of {made.review.on}. It is no answer key: where a careful coder reads otherwise and can say why, talk about it.",
            ),
            (
                f"It covers {listed(whole)}, and leaves the other columns empty."
                if len(whole) < 3
                else "It covers actors, quotations and statements.",
            ),
            *([(f"What its file says of it: {made.review.note}",)] if made.review.note else []),
        ]
    else:
        lines = [
            ("On Record: coding sheet",),
            (
                "Read the article from beginning to end before you write anything. Then go through it sentence by sentence, without looking at anybody else’s sheet, nor at what a machine makes of it: agreement is only worth something then.",
            ),
            ("1. Write your name below.",),
            (
                "2. Sheet Actors: everybody who acts, speaks, or is spoken of as acting. Mere places are no actors. Name and kind must be there; “printed as” where the article prints the name otherwise, further forms under “also printed as”, parted by semicolons.",
            ),
            (
                "3. Sheet Sentences: copy the quoted words into “quotation”, without quotation marks and without a leading “that”, and say who speaks. Pieces of one quotation are parted by “ … ”. A quotation stands in the row of the sentence in which it begins.",
            ),
            (
                "4. Where somebody takes a position on an issue, copy the words that show it into “statement”. Stating a fact, predicting, or attending a meeting is no position.",
            ),
            (
                "5. A second quotation or statement in a sentence: write the sentence’s number into an empty row at the end, or insert a row below it. Leave empty what the text does not say; for a person nobody.",
            ),
            (
                "6. Save the file. It becomes a coding with: onrecord review ARTICLE --apply THIS-FILE. A sheet without any quotation says nothing about quotations, one without any statement nothing about statements.",
            ),
            (NAME, "?"),
        ]
    columns = [
        (title, explained(table))
        for table, title in (("quotes", "Quotations"), ("statements", "Statements"), ("actors", "Actors"))
    ]
    lines = [*lines, *about, ("",), ("# The columns",), *columns]
    return [*lines, ("",), (f"# The issues of the codebook “{book.title}”",), *issues(made)]


# --- what comes back -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coded:
    """A coding that a sheet became: its file, its dossier, and the others beside it by name."""

    file: Path
    made: Dossier
    others: dict[str, Dossier]
    written: bool

    @property
    def told(self) -> str:
        """What was coded, and how far it agrees with the others, for a terminal."""
        if not self.written:
            return f"{self.file}: nothing new: it holds this coding already"
        nouns = {"actors": "actor", "quotes": "quotation", "statements": "statement"}
        whole = [
            many(len(self.made.tables[table]), noun)
            for table, noun in nouns.items()
            if table in self.made.review.complete
        ]
        lines = [f"{self.file}: {listed(whole)}, by {self.made.review.by}"]
        for name, other in self.others.items():
            scores = review.scores(self.made, other)
            lines.append(
                f"  rows shared with {name} (F1): {', '.join(f'{row.table} {sure(row.f1)}' for row in scores.itertuples())}"
            )
        return "\n".join(lines)


class _Reading:
    """A filled coding sheet on its way to a coding."""

    def __init__(self, draft: Dossier, book: Book):
        self.draft, self.text = draft, draft.article.text
        self.sentences = list(draft.sentences.itertuples())
        self.problems: list[str] = []
        self.entries: list[tuple[Line, toml.Entry]] = []
        self.known = Known.of(_without_proposed(draft))
        self.known.people.clear()
        for grid, read in ((ACTORS, self._actor), (SENTENCES, self._sentence)):
            for line in book.lines:
                if line.grid == grid:
                    self._guarded(line, read)

    def _guarded(self, line: Line, read) -> None:
        try:
            if line.problems:
                raise ValueError("; ".join(line.problems))
            read(line)
        except ValueError as error:
            self.problems.append(f"{line.place}: {error}")

    def _values(self, table: str, line: Line) -> dict[str, str]:
        fields = _asked(table)
        lacking = [f.title for f in fields if f.name in NEEDED[table] and not line.cells.get(f.title)]
        if lacking:
            raise ValueError(f"{named(lacking)} is empty: the {WHAT.get(table, 'actor')} needs it")
        return {f.name: told(table, f, line.cells[f.title], self.known) for f in fields if line.cells.get(f.title)}

    def _actor(self, line: Line) -> None:
        cells = {title: text for title, text in line.cells.items() if text}
        if not cells:
            return
        values = self._values("actors", line)
        if slugify(values["name"]) in self.known.people:
            raise ValueError(f"“{values['name']}” stands there twice: one row is enough, with “{ALSO}” for other forms")
        names = [cells.get(PRINTED, values["name"]), *filter(None, map(str.strip, cells.get(ALSO, "").split(";")))]
        spans = [located(self.text, name if WHICH.search(name) else f"{name} [1]") for name in names]
        self.known.people[slugify(values["name"])] = values["name"]
        printed = list(dict.fromkeys(self.text[slice(*one[0])] for one in spans))
        self._enter(line, "actors", quoted(self.text, spans[0]) | says_of("actors", values) | {"names": printed})

    def _sentence(self, line: Line) -> None:
        cells = {
            title: text
            for title, text in line.cells.items()
            if text and title not in (NUMBER, SENTENCE) and not HASH.fullmatch(title)
        }
        if not cells:
            return
        begin = self._begin(line)
        quotation: tuple | None = None
        for table, title in WHAT.items():
            filled = [f.title for f in _asked(table) if f.title in cells]
            if title not in cells and not (table == "statements" and filled and quotation):
                if filled:
                    raise ValueError(f"{named(filled)} without a {title}: copy its words from the sentence")
                continue
            spans = self._place(cells[title], begin, line) if title in cells else quotation
            quotation = quotation or spans
            if table == "statements":
                spans = ((spans[0][0], spans[-1][1]),)
            self._enter(line, table, quoted(self.text, spans) | says_of(table, self._values(table, line)))
        if set(cells) == {NOTE}:
            raise ValueError("a note, but neither a quotation nor a statement")

    def _begin(self, line: Line) -> int:
        typed, shown = line.cells.get(NUMBER, ""), line.cells.get(SENTENCE, "")
        if not re.fullmatch("[0-9]+", typed) or not 1 <= int(typed) <= len(self.sentences):
            raise ValueError(
                f"`{NUMBER}` is “{typed}”: write the number of a sentence, from 1 to {len(self.sentences)}"
            )
        sentence = self.sentences[int(typed) - 1]
        if shown and " ".join(shown.split()) != " ".join(sentence.text.split()):
            raise ValueError(
                f"the sentence is not sentence {typed} of the article: leave numbers and sentences as they are"
            )
        return int(typed) - 1

    def _place(self, typed: str, nth: int, line: Line) -> tuple:
        """Where words stand that begin in a sentence; they may go on beyond it."""
        sentence = self.sentences[nth]
        try:
            spans = located(self.text, typed if WHICH.search(typed) else f"{typed} [1]", sentence.start)
        except ValueError:
            spans = ()
        if not spans or spans[0][0] >= sentence.end:
            raise ValueError(f"the words “{typed[:60]}” do not begin in sentence {nth + 1}: copy them from it")
        return spans

    def _enter(self, line: Line, table: str, says: dict) -> None:
        if "words" not in says:
            raise ValueError("its words stand inside another word of the article, and a coding can't point there")
        if line.cells.get(NOTE):
            says["why"] = line.cells[NOTE]
        twin = next((other.place for other, entry in self.entries if entry.table == table and entry.says == says), None)
        if twin:
            raise ValueError(f"says what {twin} says already: take one of them out")
        self.entries.append((line, toml.Entry(table, says)))


def apply(
    source: str | Path, book: Book, name: str, by: str | None, on: datetime.date | None, published: str | None
) -> Coded:
    """Turn a filled coding sheet into `coding-<name>.toml` beside the article. Raises Refused, with all rows that make no sense, or InputError."""
    path = dossier.find(source)
    draft = dossier.load(source, review=False, published=published)
    found = {m[1] for titles in book.titles.values() for title in titles if (m := HASH.fullmatch(title))}
    if found != {fingerprint(draft.article.text)}:
        raise InputError(
            f"{name}: this sheet is of another article, or its header was changed: write a new one with onrecord review --blank"
        )
    by = by or book.labels.get(NAME)
    if not by:
        raise InputError(f'{name}: it does not say who coded: add --by "Your Name", or write it into the sheet How to')
    read = _Reading(draft, book)
    if read.problems:
        raise Refused(name, read.problems)
    if not read.entries:
        raise InputError(f"{name}: nothing is filled in: there is nothing to make a coding of")
    complete = [table for table in ("actors", *WHAT) if any(entry.table == table for _, entry in read.entries)]
    comment = "A coding of the article, from a coding sheet."
    begin = toml.head(by, on or datetime.date.today(), comment, codebook=draft.codebook.id, complete=complete)
    content = toml.written(begin, [entry for _, entry in read.entries])
    begin_ = "coding-" if path.name == "article.txt" else f"{path.stem}.coding-"
    file = path.with_name(f"{begin_}{slugify(by)}.toml")
    decided = parse(content, file.name, draft.article.text)
    made = dossier.with_review(draft, decided)
    others = dossier.codings(source, published)
    if slugify(by) in others:
        if _undated(others[slugify(by)].review.decisions) == _undated(decided.decisions):
            return Coded(file, made, {}, False)
        raise InputError(f"{file}: is there already and says otherwise: take it away, or name another coder with --by")
    kept = dossier.review_of(source, published)
    with_ = {"the review": dossier.load(source, published=published)} if kept is not None else {}
    with_ |= {f"coding {other}": coding for other, coding in others.items()}
    replace_file(file, content.encode("utf-8"), lambda _: False, "a coding")
    return Coded(file, made, with_, True)


def _undated(decisions: tuple[Decision, ...]) -> list[Decision]:
    return [replace(d, on="", by="", place="") for d in decisions]
