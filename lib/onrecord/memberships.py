"""Who belonged to what on a given day.

Spells of membership come from `data/reference/memberships.csv`, each row with its sources; conventions and traps stand in `data/reference/README.md`.
Only full members count: a candidate, partner, observer or suspended state is none. The last day inside still counts, so the United Kingdom is in
the EU on 2020-01-31 and out on 2020-02-01. A state bears the name of `states.csv`, the one newspapers print, whatever the day: so one state has
one name in every table and figure, and the code is what to join on. A state that is gone has a code of its own (SUN, CSK, DDR, YUG, SCG).
"""

import datetime
import functools
import itertools
from collections.abc import Iterable

import pandas as pd

from onrecord import data
from onrecord.data import InputError

Day = str | datetime.date | pd.Timestamp


def members(organisation: str, on: Day) -> pd.DataFrame:
    """The members of an organisation on a day: iso3, state, status (always `member`), since (first day of the present spell); sorted by name.

    organisation: its short form or any name in `organisations.csv`, in any case. on: YYYY-MM-DD, a date or a Timestamp (its time of day is ignored).
    Raises InputError for an unknown organisation, and where `on` is no date."""
    found = _on(_short(organisation), _day(on))
    return found[["iso3", "state", "status", "since"]].sort_values(["state", "iso3"], ignore_index=True)


def regions(organisations: Iterable[str], on: Day) -> pd.DataFrame:
    """How many states belong to exactly which of some organisations on a day: organisations (tuple), states (tuple of sorted iso3), count.

    A row for each of the 2^n - 1 combinations, zeros included: the largest combination first, those of one size in the order in which the
    organisations were asked for. A state stands in one row only, that of all its organisations. Two names of one organisation count once.
    Raises as `members` does, and InputError where no organisation is named."""
    asked = short_forms(organisations)
    day = _day(on)
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

    iso3: an alpha-3 code of `states.csv`. Raises InputError for another code or a bad date."""
    if iso3 not in set(data.table("states")["iso3"]):
        raise InputError(f"{iso3!r} is not the code of a state: write an alpha-3 code such as UKR")
    day = _day(on)
    asked = organisations()["organisation"] if among is None else map(_short, among)
    return tuple(short for short in asked if iso3 in set(_on(short, day)["iso3"]))


def organisations() -> pd.DataFrame:
    """The organisations whose members are known: organisation (short form), name, member (what it calls one), complete_from.

    complete_from is the first day on which the data know a member: the day of the founding treaty's entry into force, or of the first accession."""
    first = _spells().groupby("organisation", sort=False)["since"].min()
    about = data.table("organisations").set_index("organisation").loc[first.index]
    columns = {"organisation": first.index, "name": about["name"].array, "member": about["member"].array}
    return pd.DataFrame(columns, dtype="string").assign(complete_from=first.array)


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
    text = text.astype("string")
    since, until = (
        pd.to_datetime(rows[edge], format="%Y-%m-%d").astype("datetime64[ns]") for edge in ("start_date", "end_date")
    )
    return text.assign(since=since, until=until).reset_index(drop=True)


def _on(short: str, day: pd.Timestamp) -> pd.DataFrame:
    spells = _spells()
    return spells[(spells["organisation"] == short) & (spells["since"] <= day) & ~(spells["until"] < day)]


@functools.cache
def _shorts() -> dict[str, str]:
    """Every name of an organisation with known members, in small letters, to its short form."""
    covered = dict.fromkeys(_spells()["organisation"])
    rows = [row for row in data.table("organisations").itertuples() if row.organisation in covered]
    return {
        name.casefold(): row.organisation
        for row in rows
        for name in (row.organisation, row.actor_id, row.name, *row.aliases.split("|"))
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
