"""Who belonged to which organisation on a given day, from the spells in `data/reference/memberships.csv`."""

import datetime
import functools
from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from onrecord import data
from onrecord.data import InputError

Day = str | datetime.date | pd.Timestamp


@functools.cache
def _spells() -> pd.DataFrame:
    """All spells; since and until are their first and last day inside. A bare year is taken from its first to its last day; an open spell goes on."""
    table = data.table("memberships")
    until = table.end_date.str.replace(r"^(\d{4})$", r"\1-12-31", regex=True).replace("", "2200-01-01")
    as_day = functools.partial(pd.to_datetime, format="ISO8601")
    return table.assign(since=as_day(table.start_date).astype("datetime64[ns]"), until=as_day(until).astype("datetime64[ns]"))


def organisations() -> pd.DataFrame:
    """The organisations that can be asked for: organisation, name, label (what a member is called), since (its first member's day)."""
    spells = _spells()
    spells = spells[spells.status == "member"]
    names = data.table("organisations").set_index("organisation").name
    found = spells.groupby("organisation", sort=False).agg(label=("status_label", lambda labels: labels.mode().iloc[0]), since=("since", "min")).reset_index()
    return found.assign(name=found.organisation.map(names))[["organisation", "name", "label", "since"]].astype({"organisation": "string", "name": "string", "label": "string"})


def _key(organisation: str) -> str:
    """The table's own key of an organisation, from that key or its name in any case. Raises InputError."""
    known = {key.casefold(): key for key in _spells().organisation.unique()}
    known |= {name.casefold(): key for key, name in zip(*organisations()[["organisation", "name"]].dropna().to_numpy().T, strict=True)}
    if str(organisation).casefold() not in known:
        raise InputError(f"{organisation}: no organisation of that name: known are {', '.join(_spells().organisation.unique())}")
    return known[str(organisation).casefold()]


def members(organisation: str, on: Day) -> pd.DataFrame:
    """Members on a day, by state: iso3, state (as newspapers print it), status (`member` alone) and since (start of the present spell).

    A spell's last day counts. Suspended members, partners and candidates are left out. Raises InputError for an unknown organisation or a bad date."""
    when, spells = data.day(on), _spells()
    if when is None:
        raise InputError("no date: say on which day, as 2022-01-14")
    inside = spells[(spells.organisation == _key(organisation)) & (spells.status == "member") & (spells.since <= when) & (when <= spells.until)]
    found = pd.DataFrame({"iso3": inside.iso3, "state": inside.iso3.map(data.state_name), "status": inside.status, "since": inside.since})
    return found.astype({"iso3": "string", "state": "string", "status": "string"}).sort_values(["state"], ignore_index=True)


def regions(organisations: Sequence[str], on: Day) -> pd.DataFrame:
    """Which states are in exactly which of the organisations on a day: organisations (tuple), states (tuple of iso3, sorted), count.

    All 2^n - 1 combinations, zeros too; the largest combination first, then in the order in which the organisations were named."""
    keys = list(dict.fromkeys(_key(organisation) for organisation in organisations))
    inside = {key: set(members(key, on).iso3) for key in keys}
    rows = []
    for size in range(len(keys), 0, -1):
        for combination in combinations(keys, size):
            states = set.intersection(*(inside[key] for key in combination)) - set().union(*(inside[key] for key in keys if key not in combination))
            rows.append({"organisations": combination, "states": tuple(sorted(states)), "count": len(states)})
    return pd.DataFrame(rows).astype({"count": "Int64"})


def of(iso3: str, on: Day, among: Sequence[str] | None = None) -> tuple[str, ...]:
    """The organisations (all, or those of `among`) of which a state is a member on a day."""
    return tuple(key for key in (among or organisations().organisation) if iso3 in set(members(key, on).iso3))


def states(codes: Sequence[str]) -> dict[str, str]:
    """Names of states, as newspapers print them, by their codes."""
    return {code: data.state_name(code) for code in codes}
