"""Where the actors belong: what their countries were members of on the article's day, and who of them is heard."""

import functools
from collections.abc import Iterable

import pandas as pd

from onrecord import data, memberships
from onrecord.memberships import Day

NONE, BODIES, UNPLACED = "none of them", "the organisations themselves", "not placed"


def membership_of_actors(actors: pd.DataFrame, organisations: Iterable[str], on: Day | None) -> pd.DataFrame:
    """Each actor with what its country belonged to on a day: a row an actor, in their order.

    actors: table of a dossier. organisations: as for `memberships.regions`. on: the day; None, where the article has no date.
    Columns actor_id, name, kind, side, country (iso3); region: tuple of those organisations to which the country belonged, empty where to none,
    missing (None) where the country is not known, was gone on the day, or there is no day; organisation: the short form of the asked organisation
    that the actor is or speaks for; group: the name of the row of `voice_by_region` in which it counts; mentions, quotes, words.
    Whoever speaks for an organisation, one that was not asked for too, has no region: an official of NATO is no state's voice. For whom somebody
    speaks says the side; where it is missing, the affiliation. Raises InputError as `memberships.regions` does."""
    asked = memberships.short_forms(organisations)
    day = data.day(on)
    bodies = [_body(row.side, row.actor_id, row.affiliation_id) for row in actors.itertuples()]
    regions = [
        None if body or day is None else _region(country, asked, day)
        for body, country in zip(bodies, actors["country"])
    ]
    joined = actors[["actor_id", "name", "kind", "side", "country"]].reset_index(drop=True)
    joined["region"] = pd.Series(regions, dtype="object")
    joined["organisation"] = pd.Series([body if body in asked else pd.NA for body in bodies], dtype="string[python]")
    groups = [BODIES if body in asked else _group(region, asked) for body, region in zip(bodies, regions)]
    joined["group"] = pd.Series(groups, dtype="string[python]")
    return joined.join(actors[["mentions", "quotes", "words"]].reset_index(drop=True))


def _body(side: object, actor: str, affiliation: object) -> str | None:
    """Short form of the international organisation for which an actor speaks."""
    named = actor if pd.isna(side) and actor in _bodies() else affiliation if pd.isna(side) else side
    return None if pd.isna(named) else _bodies().get(named)


@functools.cache
def _bodies() -> dict[str, str]:
    """actor_id of each international organisation and of its bodies -> the short form of the whole."""
    known = data.table("organisations")
    whole = known[known["kind"].eq("organisation") & known["speaks_for"].isin(known["organisation"])]
    return dict(zip(whole["actor_id"], whole["speaks_for"]))


def _region(country: object, asked: list[str], day: pd.Timestamp) -> tuple[str, ...] | None:
    known = not pd.isna(country) and country in set(data.table("states")["iso3"])
    return memberships.of(country, day, asked) if known and not memberships.gone(country, day) else None


def _group(region: tuple[str, ...] | None, asked: list[str]) -> str:
    if region is None:
        return UNPLACED
    return f"{region[0]} alone" if len(region) == 1 < len(asked) else " + ".join(region) or NONE


def voice_by_region(actors: pd.DataFrame, organisations: Iterable[str], on: Day | None) -> pd.DataFrame:
    """How much is heard from each region of the diagram, and how much is said about it: a row a group, those with most quoted words first.

    Arguments as for `membership_of_actors`. There is a group for each region that holds states, for states in none of the organisations, for the
    organisations themselves and, last, for actors who are not placed: no country is known, or they speak for an organisation that was not asked
    for. Columns: group (`NATO + EU`, `OSCE alone`); states: how many lie in the region, missing for the other groups; actors; speakers: actors with
    a quotation; words, quotes, mentions; heard, silent: tuples of names, the speakers by their words and the never quoted by their mentions.
    Without a day nobody's country is placed, and only groups that have actors are there. `voiceless` picks the groups without a voice."""
    joined = membership_of_actors(actors, organisations, on)
    rows = pd.DataFrame(columns=["organisations", "count"]) if on is None else memberships.regions(organisations, on)
    rows = rows[rows["count"] > 0]
    asked = memberships.short_forms(organisations)
    states = {_group(inside, asked): count for inside, count in zip(rows["organisations"], rows["count"])}
    tail = [name for name in (NONE, BODIES, UNPLACED) if on is not None or name in set(joined["group"])]
    made = []
    for group in (*states, *tail):
        inside = joined[joined["group"] == group].sort_values(
            ["words", "mentions", "name"], ascending=[False, False, True], kind="stable"
        )
        quoted = inside["quotes"] > 0
        made.append(
            {
                "group": group,
                "states": states.get(group, pd.NA),
                "actors": len(inside),
                "speakers": int(quoted.sum()),
                **{column: int(inside[column].sum()) for column in ("words", "quotes", "mentions")},
                "heard": tuple(inside.loc[quoted, "name"]),
                "silent": tuple(inside.loc[~quoted].sort_values("mentions", ascending=False, kind="stable")["name"]),
            }
        )
    numbers = ["states", "actors", "speakers", "words", "quotes", "mentions"]
    table = pd.DataFrame(made, columns=["group", *numbers, "heard", "silent"])
    table = table.astype({"group": "string[python]", **dict.fromkeys(numbers, "Int64")})
    table = table.sort_values(["words", "mentions"], ascending=False, kind="stable")
    return table.sort_values("group", key=lambda group: group == UNPLACED, kind="stable", ignore_index=True)


def voiceless(voices: pd.DataFrame) -> pd.DataFrame:
    """The rows of `voice_by_region` whose actors are talked about and never quoted, the most mentioned first; actors who are not placed apart."""
    silent = (voices["mentions"] > 0) & (voices["quotes"] == 0) & (voices["group"] != UNPLACED)
    return voices[silent].sort_values("mentions", ascending=False, kind="stable", ignore_index=True)
