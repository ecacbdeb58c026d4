"""Who belonged to what on a given day.

Spells of membership come from `data/reference/memberships.csv`, each row with its sources; conventions and traps stand in `data/reference/README.md`.
Only full members count: a candidate, partner, observer or suspended state is none. The last day inside still counts, so the United Kingdom is in
the EU on 2020-01-31 and out on 2020-02-01. Each organisation says from when its members are known completely and until when they were checked: a
day before that is refused, unless nobody was inside yet; for a later day those that were last known are given, with a warning. A state bears the
name of `states.csv`, the one newspapers print, whatever the day: so one state has one name in every table and figure, and the code is what to join
on. A state that is gone has a code of its own (SUN, CSK, DDR, YUG, SCG, YMD, EAZ).
"""

import datetime
import functools
import itertools
import warnings
from collections.abc import Iterable

import pandas as pd

from onrecord import data
from onrecord.data import InputError

Day = str | datetime.date | pd.Timestamp


class UncheckedWarning(UserWarning):
    """A day after the one until which an organisation's members were checked: those that were last known are taken to be members still."""


def members(organisation: str, on: Day) -> pd.DataFrame:
    """The members of an organisation on a day: iso3, state, status (always `member`), since (first day of the present spell); sorted by name.

    organisation: its short form or any of its names, in any case. on: YYYY-MM-DD, a date or a Timestamp (its time of day is ignored).
    Before the founding there is no member. Raises InputError for an unknown organisation, where `on` is no date, and for a day on which the table
    is incomplete; warns (UncheckedWarning) of a day after the last check."""
    short, day = _short(organisation), _day(on)
    _answerable([short], day)
    found = _on(short, day)
    return found[["iso3", "state", "status", "since"]].sort_values(["state", "iso3"], ignore_index=True)


def regions(organisations: Iterable[str], on: Day) -> pd.DataFrame:
    """How many states belong to exactly which of some organisations on a day: organisations (tuple), states (tuple of sorted iso3), count.

    A row for each of the 2^n - 1 combinations, zeros included: the largest combination first, those of one size in the order in which the
    organisations were asked for. A state stands in one row only, that of all its organisations. Two names of one organisation count once.
    Raises and warns as `members` does, and raises InputError where no organisation is named."""
    asked, day = short_forms(organisations), _day(on)
    _answerable(asked, day)
    belongs: dict[str, tuple[str, ...]] = {}
    for short in asked:
        for code in _on(short, day)["iso3"]:
            belongs[code] = (*belongs.get(code, ()), short)
    combinations = [c for size in range(len(asked), 0, -1) for c in itertools.combinations(asked, size)]
    states: dict[tuple[str, ...], list[str]] = {c: [] for c in combinations}
    for code in sorted(belongs):
        states[belongs[code]].append(code)
    return pd.DataFrame(
        {
            "organisations": pd.Series(combinations, dtype="object"),
            "states": pd.Series([tuple(states[c]) for c in combinations], dtype="object"),
            "count": pd.Series([len(states[c]) for c in combinations], dtype="Int64"),
        }
    )


def of(iso3: str, on: Day, among: Iterable[str] | None = None) -> tuple[str, ...]:
    """The organisations, all or those of `among`, of which a state is a member on a day, in the order of `organisations()` or of `among`.

    iso3: an alpha-3 code of `states.csv`. Raises InputError for another code, a bad date, or a day on which the table of an organisation is
    incomplete; warns as `members` does."""
    if iso3 not in set(data.table("states")["iso3"]):
        raise InputError(f"{iso3!r} is not the code of a state: write an alpha-3 code such as UKR")
    day = _day(on)
    asked = list(_known_days().index if among is None else map(_short, among))
    _answerable(asked, day)
    spells = _spells()
    own = spells[spells["iso3"] == iso3]
    inside = set(own["organisation"][_covers(own, day)])
    return tuple(short for short in asked if short in inside)


def changes(organisations: Iterable[str], days: Iterable[Day]) -> pd.DataFrame:
    """What changed in some organisations between one day and the next of several, a row for each organisation in which something did:
    from, to (days, datetime64[ns]), organisation, before, after (numbers of members on the two days, Int64), joined, left (tuples of sorted iso3).

    Days come in any order and count once. A state that ended has left: the Soviet Union is among those who left and Russia among those who joined.
    Who came and went between two days is in neither. Raises and warns as `regions` does."""
    asked, rows = short_forms(organisations), []
    when = sorted({_day(day) for day in days})
    for day in when:
        _answerable(asked, day)
    for first, last in itertools.pairwise(when):
        for short in asked:
            before, after = (set(_on(short, day)["iso3"]) for day in (first, last))
            if before != after:
                joined, left = tuple(sorted(after - before)), tuple(sorted(before - after))
                rows.append((first, last, short, len(before), len(after), joined, left))
    columns = ["from", "to", "organisation", "before", "after", "joined", "left"]
    types = {"from": "datetime64[ns]", "to": "datetime64[ns]", "organisation": "string[python]", "before": "Int64"}
    return pd.DataFrame(rows, columns=columns).astype({**types, "after": "Int64", "joined": "object", "left": "object"})


def days_of_change(organisations: Iterable[str]) -> list[pd.Timestamp]:
    """Every first day on which the members of one of some organisations are others than the day before, in order; only days on which the table of
    each is complete. Raises InputError as `regions` does."""
    asked, spells, eve = short_forms(organisations), _spells(), pd.Timedelta(days=1)
    spells = spells[spells["organisation"].isin(asked)]
    known = _known_days().loc[asked]
    edges = {*spells["since"], *(spells["until"].dropna() + eve)}
    told = [day for day in sorted(edges) if not ((known["first"] <= day) & (day < known.complete_from)).any()]
    return [day for day in told if any(set(_on(o, day)["iso3"]) != set(_on(o, day - eve)["iso3"]) for o in asked)]


def organisations() -> pd.DataFrame:
    """The organisations whose members are known: organisation (short form), name, member (what it calls one), complete_from, checked_until.

    From complete_from to checked_until no member is missing and none is too many, both days included. Before the first spell there is no member;
    a day between that and complete_from is not known. What goes on on checked_until is taken to go on."""
    return _about().copy()


def caveats(organisations: Iterable[str], on: Day) -> list[str]:
    """What to say of a day on which the members of some organisations were not checked: a sentence for each of them, none where all is known.

    Raises InputError for an unknown organisation or a bad date."""
    day = _day(on)
    known = _known_days()
    return [
        f"The members of {short} were last checked for {known.checked_until[short]:%Y-%m-%d}: for {day:%Y-%m-%d} they are as they were then."
        for short in short_forms(organisations)
        if day > known.checked_until[short]
    ]


def spells(iso3: str, organisation: str | None = None, before: Day | None = None) -> pd.DataFrame:
    """The spells of a state as a member, of one organisation or of all: organisation, since, until, rivals; in the order of the file.

    until is the last day inside, missing where the spell goes on. rivals: other dates that are told, as the table has them. before: only spells that
    began before that day. Raises InputError for an unknown organisation and a bad date."""
    found = _spells()
    found = found[found["iso3"] == iso3]
    if organisation is not None:
        found = found[found["organisation"] == _short(organisation)]
    if before is not None:
        found = found[found["since"] < _day(before)]
    return found[["organisation", "since", "until", "rivals"]].reset_index(drop=True)


def gone(iso3: str, on: Day) -> bool:
    """Whether a state was no more on a day, as far as the table knows: it had memberships, and all of them had ended."""
    until = spells(iso3)["until"]
    return bool(len(until)) and bool((until < _day(on)).all())


def candidate(iso3: str, organisation: str, on: Day) -> bool:
    """Whether the table has a state as an organisation's candidate on a day. It has not all candidates: False may mean not known."""
    rows = data.table("memberships")
    rows = rows[rows["iso3"].eq(iso3) & rows["organisation"].eq(_short(organisation)) & rows["status"].eq("candidate")]
    day = f"{_day(on):%Y-%m-%d}"
    return any(row.start_date <= day and (not row.end_date or day <= row.end_date) for row in rows.itertuples())


def short_forms(organisations: Iterable[str]) -> list[str]:
    """The short forms of some organisations, each once, in their order. Raises InputError for an unknown one, and where none is named."""
    asked = list(dict.fromkeys(map(_short, [organisations] if isinstance(organisations, str) else organisations)))
    if not asked:
        raise InputError(f"no organisation is named: choose from {_known()}")
    return asked


def states(codes: Iterable[str]) -> dict[str, str]:
    """Names of states, as newspapers print them, by their codes."""
    return {code: data.state_name(code) for code in codes}


# --- look-ups ------------------------------------------------------------------------------------------------------------------


@functools.cache
def _spells() -> pd.DataFrame:
    """All spells as a member, in the order of the file. `until` is the last day inside, missing where the spell goes on."""
    rows = data.table("memberships")
    rows = rows[rows["status"] == "member"]
    names = data.table("states").set_index("iso3")["name"]
    text = rows[["organisation", "iso3", "status"]].assign(state=rows["iso3"].map(names), rivals=rows["alt_dates"])
    text = text.astype("string[python]")
    since, until = (
        pd.to_datetime(rows[edge], format="%Y-%m-%d").astype("datetime64[ns]") for edge in ("start_date", "end_date")
    )
    return text.assign(since=since, until=until).reset_index(drop=True)


@functools.cache
def _about() -> pd.DataFrame:
    """What `organisations` gives."""
    rows = data.table("memberships")
    rows = rows[rows["organisation"].isin(set(rows["organisation"][rows["status"] == "member"]))]
    calls = rows[rows["status"] == "member"].groupby("organisation", sort=False)["status_label"].first()
    said = rows.groupby("organisation", sort=False)[["names", "complete_from", "checked_until"]].max()
    known = data.table("organisations").set_index("organisation")["name"]
    names = [known.get(short) or said.names[short].split("|")[0] or short for short in said.index]
    columns = {"organisation": said.index, "name": names, "member": calls[said.index].array}
    days = {
        edge: pd.to_datetime(said[edge], format="%Y-%m-%d").astype("datetime64[ns]").array
        for edge in ("complete_from", "checked_until")
    }
    return pd.DataFrame(columns, dtype="string[python]").assign(**days)


@functools.cache
def _known_days() -> pd.DataFrame:
    """By short form: complete_from, checked_until, and first, the first day on which there is a member."""
    first = _spells().groupby("organisation", sort=False)["since"].min()
    return _about().set_index("organisation")[["complete_from", "checked_until"]].assign(first=first)


def _answerable(asked: list[str], day: pd.Timestamp) -> None:
    """Refuse a day on which members are missing from the table; warn of one after the last check."""
    known = _known_days()
    for short in asked:
        if known["first"][short] <= day < known.complete_from[short]:
            raise InputError(
                f"the members of {short} on {day:%Y-%m-%d} are not all known: ask for {known.complete_from[short]:%Y-%m-%d} or later"
            )
    for sentence in caveats(asked, day):
        warnings.warn(sentence, UncheckedWarning, stacklevel=3)


def _on(short: str, day: pd.Timestamp) -> pd.DataFrame:
    spells = _spells()
    own = spells[spells["organisation"] == short]
    return own[_covers(own, day)]


def _covers(spells: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    return (spells["since"] <= day) & ~(spells["until"] < day)


@functools.cache
def _shorts() -> dict[str, str]:
    """Every name of an organisation with known members, in small letters, to its short form."""
    covered = dict.fromkeys(_spells()["organisation"])
    rows = [row for row in data.table("organisations").itertuples() if row.organisation in covered]
    own = [row for row in data.table("memberships").itertuples() if row.organisation in covered and row.names]
    return {
        name.casefold(): short
        for short, names in [
            *((short, [short]) for short in covered),
            *((row.organisation, row.names.split("|")) for row in own),
            *((row.organisation, [row.organisation, row.actor_id, row.name, *row.aliases.split("|")]) for row in rows),
        ]
        for name in names
        if name
    }


def _short(organisation: str) -> str:
    short = _shorts().get(str(organisation).strip().casefold())
    if short is None:
        raise InputError(f"the members of {str(organisation)!r} are not known: choose from {_known()}")
    return short


def _known() -> str:
    return ", ".join(dict.fromkeys(_spells()["organisation"]))


def _day(on: Day) -> pd.Timestamp:
    day = data.day(on)
    if day is None or day is pd.NaT:
        raise InputError("there is no date: memberships are those of a day, written as 2022-01-14")
    return day
