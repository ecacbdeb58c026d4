"""The table of memberships on trial: overlaps, gaps, unknown codes and the like, a line each, with what to do about it.

Closed lists come from `data/datapackage.json`, codes from `states.csv`, the days of states that came or went from `state_days.csv`. A date of which
only the year is known is held against nobody: a row is at fault only if no day of that year would mend it.
"""

import csv
import datetime
import functools
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from onrecord import data
from onrecord.data import InputError

DAY = datetime.timedelta(days=1)
TABLE = "memberships"


@dataclass(frozen=True)
class Spell:
    """A row of the table: its line in the file, its cells, and the days between which it surely lies or may lie."""

    line: int
    cells: dict[str, str]

    def __getattr__(self, column: str) -> str:
        try:
            return self.cells[column]
        except KeyError:
            raise AttributeError(column) from None

    @property
    def where(self) -> str:
        return f"{self.organisation} {self.iso3}"

    @property
    def widest(self) -> tuple[datetime.date, datetime.date]:
        return _date(self.start_date), _date(self.end_date, last=True) if self.end_date else datetime.date.max

    @property
    def surest(self) -> tuple[datetime.date, datetime.date]:
        return _date(self.start_date, last=True), _date(self.end_date) if self.end_date else datetime.date.max


Fault = tuple[int, str]  # line, what is wrong and what to do


def shipped() -> Path:
    """The table that comes with the library."""
    return data.folder() / "reference" / f"{TABLE}.csv"


def complaints(path: str | Path | None = None) -> list[str]:
    """What is wrong with a table of memberships (the shipped one where none is named): a line each, in the order of the file; empty if it is sound.

    Each line names the file, the line in it, what is wrong, and what to do. Raises InputError for a file that cannot be read as this table."""
    path = Path(path or shipped())
    spells, faults = _read(path)
    for spell in spells:
        faults += [(spell.line, said) for said in _row(spell)]
    dated = [spell for spell in spells if not any(_dates(spell))]
    faults += [*_organisations(spells), *_duplicates(spells), *_sequences(dated), *_lives(dated), *_checked(dated)]
    return [f"{path.name}:{line}: {said}" for line, said in sorted(faults)]


def count(path: str | Path | None = None) -> tuple[int, int]:
    """How many spells and how many organisations a table holds. Raises as `complaints` does."""
    spells, _ = _read(Path(path or shipped()))
    return len(spells), len({spell.organisation for spell in spells})


# --- reading ---------------------------------------------------------------------------------------------------------------------


@functools.cache
def _fields() -> dict[str, dict]:
    """The columns of the table with their constraints, as the data package gives them."""
    package = json.loads((data.folder() / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in package["resources"] if one["name"] == TABLE)
    return {field["name"]: field.get("constraints", {}) for field in resource["schema"]["fields"]}


def _read(path: Path) -> tuple[list[Spell], list[Fault]]:
    """The rows of a file, and the faults of those that have too few or too many cells."""
    try:
        lines = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        header, spells, faults, line = next(lines, []), [], [], lines.line_num + 1
        if header != list(_fields()):
            raise InputError(f"{path}: this is no table of memberships: its first line must be {','.join(_fields())}")
        for row in lines:
            if len(row) == len(header):
                spells.append(Spell(line, dict(zip(header, row, strict=True))))
            else:
                faults.append(
                    (line, f"{len(row)} cells, not {len(header)}: put cells that hold a comma in quotation marks")
                )
            line = lines.line_num + 1
        if not spells and not faults:
            raise InputError(f"{path}: this table holds no row: give it at least one spell")
        return spells, faults
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name a CSV file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8: save it as UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{path} is no CSV ({error}): close every quotation mark") from None


def _date(cell: str, last: bool = False) -> datetime.date:
    """A day; of a year alone the first day or the last. Raises ValueError where there is no such day."""
    if re.fullmatch(r"[0-9]{4}", cell):
        return datetime.date(int(cell), 12, 31) if last else datetime.date(int(cell), 1, 1)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise ValueError(cell)
    return datetime.date.fromisoformat(cell)


# --- one row ---------------------------------------------------------------------------------------------------------------------


def _row(spell: Spell) -> Iterator[str]:
    for column, rules in _fields().items():
        cell = getattr(spell, column)
        if cell != " ".join(cell.split()):
            yield f"{column} {cell!r} has spaces too many: take them out"
        elif rules.get("required") and not cell and not column.endswith("_date"):
            yield f"no {column}: " + ("say where the dates come from" if column == "source_1" else "fill it in")
        elif cell and "enum" in rules and cell not in rules["enum"]:
            yield f"{column} {cell!r} is not known: write one of {', '.join(rules['enum'])}"
    if spell.iso3 and spell.iso3 not in _states():
        yield f"{spell.iso3!r} is not the code of a state: write one of states.csv, such as UKR"
    if spell.provenance.startswith("two_sources") and not spell.source_2:
        yield f"provenance {spell.provenance!r} without source_2: name the second source, or write one_source"
    if spell.status == "member" and not spell.status_label:
        yield "no status_label: write what the organisation calls a member"
    if spell.status == "member" and spell.date_precision == "year":
        yield "a member's dates are known by the year alone: find the day, or the counts are a guess"
    yield from _dates(spell)


def _dates(spell: Spell) -> Iterator[str]:
    """What is wrong with the two dates of a row. Rows at fault here are left out of all that compares days."""
    edges = [("start_date", spell.start_date), ("end_date", spell.end_date)]
    if not spell.start_date:
        yield "no start_date: write the first day inside"
    wrong = False
    for column, cell in edges:
        try:
            if cell:
                _date(cell)
        except ValueError:
            wrong = True
            yield f"{column} {cell!r} is no day of the calendar: write it as 2004-05-01, or a year alone with date_precision `year`"
    if wrong or not spell.start_date:
        return
    if spell.date_precision == "day" and any(len(cell) == 4 for _, cell in edges):
        yield "a year alone with date_precision `day`: write the day, or `year`"
    if spell.widest[1] < spell.widest[0]:
        yield f"ends on {spell.end_date}, before it starts on {spell.start_date}: mend one of the dates"


@functools.cache
def _states() -> frozenset[str]:
    return frozenset(data.table("states")["iso3"])


# --- one organisation ------------------------------------------------------------------------------------------------------------


def _organisations(spells: list[Spell]) -> Iterator[Fault]:
    """What each organisation must say once (names, complete_from, checked_until), and in the same words (what it calls a member)."""
    claims = _claims()
    for name, own in _grouped(spells, "organisation"):
        heads = [spell for spell in own if spell.names or spell.complete_from or spell.checked_until]
        if not heads:
            yield (
                own[0].line,
                f"organisation {name!r} is not known: mend its name, or say in its first row complete_from and checked_until",
            )
            continue
        for other in heads[1:]:
            yield (
                other.line,
                f"{name} says names, complete_from or checked_until twice (line {heads[0].line}): leave them in one row",
            )
        yield from ((heads[0].line, said) for said in _head(heads[0], own))
        for called in filter(None, [name, *heads[0].names.split("|")]):
            if claims.setdefault(called.casefold(), name) != name:
                yield (
                    heads[0].line,
                    f"the name {called!r} belongs to {claims[called.casefold()]} too: leave it to one of them",
                )
        labels = [spell for spell in own if spell.status == "member" and spell.status_label]
        for spell in labels:
            if spell.status_label != labels[0].status_label:
                yield (
                    spell.line,
                    f"status_label {spell.status_label!r}, but {labels[0].status_label!r} in line {labels[0].line}: call members the same",
                )


def _head(head: Spell, own: list[Spell]) -> Iterator[str]:
    days = {}
    for column in ("complete_from", "checked_until"):
        cell = getattr(head, column)
        try:
            days[column] = datetime.date.fromisoformat(cell) if re.fullmatch(r"[0-9-]{10}", cell) else None
        except ValueError:
            days[column] = None
        if days[column] is None:
            yield f"{column} {cell!r} of {head.organisation} is no day: write it as 2004-05-01"
    if None in days.values():
        return
    if days["checked_until"] < days["complete_from"]:
        yield f"{head.organisation} is checked until {head.checked_until}, before it is complete from {head.complete_from}: mend one of the two"
    inside = [spell.start_date for spell in own if spell.status == "member" and not any(_dates(spell))]
    if inside and head.complete_from < min(inside):
        yield f"{head.organisation} is complete from {head.complete_from}, before its first member on {min(inside)}: write that day"


def _claims() -> dict[str, str]:
    """Every name in `organisations.csv`, in small letters, to the short form that bears it."""
    return {
        called.casefold(): row.organisation
        for row in data.table("organisations").itertuples()
        for called in (row.organisation, row.name, *row.aliases.split("|"))
        if called
    }


def _duplicates(spells: list[Spell]) -> Iterator[Fault]:
    for (organisation, state, start), same in _grouped(spells, "organisation", "iso3", "start_date"):
        for again in same[1:]:
            yield (
                again.line,
                f"{organisation} {state} from {start} stands in line {same[0].line} already: take one of the two out",
            )


# --- one state in an organisation ------------------------------------------------------------------------------------------------


def _sequences(spells: list[Spell]) -> Iterator[Fault]:
    """Overlaps and gaps: a state has one status at a time; where it was outside between two spells a row says so; an exit has its reason."""
    for _, own in _grouped(spells, "organisation", "iso3"):
        own = sorted(own, key=lambda spell: spell.widest)
        for one, other in pairwise(own):
            if one.start_date == other.start_date:
                continue  # told as a duplicate
            if other.surest[0] <= one.surest[1]:
                yield (
                    other.line,
                    f"{other.where} from {other.start_date} overlaps line {one.line}, which ends {one.end_date or 'never'}: end that spell the day before",
                )
            elif one.widest[1] + DAY < other.widest[0]:
                yield (
                    other.line,
                    f"{other.where} has a gap from {one.widest[1] + DAY} to {other.widest[0] - DAY} (after line {one.line}): mend the dates, or add a row `outside` that says why",
                )
        if own[-1].end_date and not own[-1].note:
            yield (
                own[-1].line,
                f"{own[-1].where} ends on {own[-1].end_date} and nothing follows: say why in the note, or take the end out",
            )
        if own[0].status == "outside" or own[-1].status == "outside":
            yield (
                own[0].line,
                f"{own[0].where} is `outside` before its first or after its last spell: this status stands between two spells",
            )


def _lives(spells: list[Spell]) -> Iterator[Fault]:
    """States that are inside before they were there, or after they were gone."""
    known = {row.iso3: row for row in data.table("state_days").itertuples()}
    for spell in spells:
        if not (life := known.get(spell.iso3)):
            continue
        start, end = spell.surest
        if life.first_day and start < _date(life.first_day):
            yield (
                spell.line,
                f"{spell.where} begins {spell.start_date}, but the state began {life.first_day} (state_days.csv): use the code of its forerunner, or mend the date",
            )
        if life.last_day and end > _date(life.last_day):
            yield (
                spell.line,
                f"{spell.where} ends {spell.end_date or 'never'}, but the state was gone after {life.last_day} (state_days.csv): end the spell, and give its successor one",
            )


def _checked(spells: list[Spell]) -> Iterator[Fault]:
    """Days that lie after the one until which the organisation was checked."""
    for _, own in _grouped(spells, "organisation"):
        until = next((spell.checked_until for spell in own if spell.checked_until), "9999")
        for spell in own:
            for column in ("start_date", "end_date"):
                if getattr(spell, column) > until:
                    yield (
                        spell.line,
                        f"{column} {getattr(spell, column)} lies after checked_until {until} of {spell.organisation}: check the organisation as a whole and move that day",
                    )


def _grouped(spells: list[Spell], *columns: str) -> list[tuple]:
    """Rows by the values of some columns, in the order of the file: (value or values, rows)."""
    found: dict = {}
    for spell in spells:
        key = tuple(getattr(spell, column) for column in columns)
        found.setdefault(key if len(columns) > 1 else key[0], []).append(spell)
    return list(found.items())
