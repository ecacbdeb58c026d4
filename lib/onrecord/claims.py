"""What an article itself says of memberships, found in its words and checked against the table on the article's day.

The mentions are found by patterns, rows of `data/reference/claims.csv`, in sentences whose states and organisations are marked by name. They need
no parse, and they refuse rather than guess: a pattern stands for one reading, and what the words leave open is no row.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from onrecord import data, memberships
from onrecord.memberships import Day
from onrecord.prose import day_of, listed

NARRATOR = "narrator"
CLAIMS = ["member", "not a member", "candidate", "neutral", "former Soviet", "count", "joined", "left"]
STATE, BODY, NOT_BODY = "\ue000", "\ue001", "\ue002"  # characters that no language uses stand for names


class _Claim(NamedTuple):
    """One mention of membership: a state or None, an organisation's short form or None, what is said of them, the printed number or year."""

    claim: str
    state: str | None
    organisation: str | None
    number: int | None
    past: bool


class _Marked(NamedTuple):
    """A sentence as printed and with its names under marks of the same length; what each of them names, by its place in the sentence."""

    printed: str
    text: str
    names: dict[int, tuple[str, ...]]


def membership_claims(
    text: str, sentences: pd.DataFrame, quotes: pd.DataFrame, on: Day | None, organisations: Iterable[str] = ()
) -> pd.DataFrame:
    """What an article says of memberships, each checked against the table on a day: a row a mention and state, by their place in the text.

    text, sentences, quotes: of a dossier. on: the day; without one only what needs none is checked. organisations: those of which `why` tells
    whether a wrong state was in them. Columns start, end, text: the words; state (iso3), organisation (short form): missing where none is named;
    claim: one of `CLAIMS`; number: the printed number or year; by: the speaker where the words stand in a quotation (missing where unknown), else
    `narrator`; stated: false where it is a wish ("see Ukraine as a neutral country"); holds: whether the table agrees, missing where it cannot say;
    why: in plain words.

    - member, not a member: full members alone, on the day. What "was" so may be of another day: then the table can only agree.
    - candidate: only confirmed, never denied, but for members; the table has not all candidates.
    - neutral: in no military alliance of the table (`groups.csv`). Whether a state calls itself neutral, by law or custom, is not known.
    - former Soviet: one of the fifteen states that came out of the Soviet Union, the three Baltic states among them.
    - count: how many members there are. joined, left: in which year; rival dates that the table keeps count too.

    Demands, questions, conditions and denials ("Ukraine must never join NATO") are no mention. So is what the patterns do not know."""
    day = data.day(on)
    asked = memberships.short_forms(organisations) if organisations else []
    spans, named, rows = _speakers(quotes), None, []
    for sentence in sentences.itertuples():
        marked = _marked(sentence.text, named)
        for start, end, claim, stated in _found(marked, named):
            holds, why = _checked(claim, day, asked) if stated else (None, _wish(claim, day))
            place = (sentence.start + start, sentence.start + end)
            about = (claim.state, claim.organisation, claim.claim, claim.number)
            rows.append((*place, text[slice(*place)], *about, _by(place, spans), stated, holds, why))
        named = _last(marked.names, len(marked.text), named)
    columns = ["start", "end", "text", "state", "organisation", "claim", "number", "by", "stated", "holds", "why"]
    types = {
        **dict.fromkeys(["start", "end", "number"], "Int64"),
        **dict.fromkeys(["text", "state", "organisation", "claim", "by", "why"], "string[python]"),
        **dict.fromkeys(["stated", "holds"], "boolean"),
    }
    made = pd.DataFrame(rows, columns=columns).astype(types)
    return made.sort_values(["start", "end", "state"], kind="stable", ignore_index=True)


def _speakers(quotes: pd.DataFrame) -> list[tuple[int, int, object]]:
    """The pieces of all quotations but scare quotes, the shortest first, with their speakers."""
    said = quotes[quotes["kind"] != "scare"]
    return sorted(
        ((s, e, who) for spans, who in zip(said["spans"], said["speaker"]) for s, e in spans), key=lambda p: p[1] - p[0]
    )


def _by(place: tuple[int, int], spans: list[tuple[int, int, object]]) -> object:
    return next((who for start, end, who in spans if start < place[1] and place[0] < end), NARRATOR)


# --- names under marks -----------------------------------------------------------------------------------------------------------


@functools.cache
def _states() -> dict[str, tuple[str, ...]]:
    """Every name of a state, or of a group of states, to the codes."""
    rows = data.table("states")
    found = {name: (row.iso3,) for row in rows.itertuples() for name in (row.name, *row.aliases.split("|")) if name}
    groups = data.table("groups")
    return found | {
        name: tuple(row.states.split("|")) for row in groups.itertuples() for name in row.names.split("|") if name
    }


@functools.cache
def _listed() -> dict[str, str]:
    """Short form -> what it calls a member, of each international organisation that has members."""
    rows = data.table("organisations")
    rows = rows[rows["kind"].eq("organisation") & rows["member"].ne("")]
    return dict(zip(rows["organisation"], rows["member"]))


@functools.cache
def _names() -> tuple[re.Pattern, dict[str, str]]:
    """A pattern for every name of a state or organisation, the longest first, and each organisation's names to its short form."""
    rows = data.table("organisations")
    bodies = {
        name: row.organisation
        for row in rows[rows["kind"] == "organisation"].itertuples()
        for name in (row.organisation, row.name, *row.aliases.split("|"))
        if name
    }
    longest = sorted([*_states(), *bodies], key=len, reverse=True)
    before = data.table("claims")
    before = before.loc[before["name"].eq("not_before"), "pattern"].iloc[0]
    return re.compile(
        rf"(?P<parts>\b(?:{before}) )??(?<![\w-])(?P<non>[Nn]on[-–])?(?P<name>{'|'.join(map(re.escape, longest))})(?![\w]|[-–]\w)"
    ), bodies


def _marked(sentence: str, named: str | None) -> _Marked:
    """The sentence with its names of states and organisations under marks; a part of a state ("Northern Ireland") is none.

    "The alliance" is an organisation where the organisation named last, in the sentence or before it (`named`), is the one that it stands for."""
    pattern, bodies = _names()
    clean = re.sub(r"\s", " ", re.sub(r"[\ue000-\ue002]", " ", sentence))
    text, names = list(clean), {}
    for match in pattern.finditer(clean):
        name = match["name"]
        body = bodies.get(name)
        if match["parts"] or (body is None and match["non"]) or (body and body not in _listed()):
            continue
        start = match.start("non") if match["non"] else match.start("name")
        mark = NOT_BODY if match["non"] else BODY if body else STATE
        text[start : match.end()] = mark * (match.end() - start)
        names[start] = (body,) if body else _states()[name]
    for match in _nominal_names().finditer(clean):
        body = _nominals()[match.group().casefold()]
        if body == _last(names, match.start(), named):
            text[match.start() : match.end()] = BODY * len(match.group())
            names[match.start()] = (body,)
    return _Marked(clean, "".join(text), names)


def _last(names: dict[int, tuple[str, ...]], before: int, named: str | None) -> str | None:
    """The organisation that is named last before a place in the sentence, or else before the sentence."""
    return next((n[0] for at, n in sorted(names.items(), reverse=True) if at < before and n[0] in _listed()), named)


@functools.cache
def _nominal_names() -> re.Pattern:
    return re.compile(rf"\b(?:{'|'.join(sorted(_nominals(), key=len, reverse=True))})(?![\w]|[-–]\w)", re.IGNORECASE)


# --- patterns --------------------------------------------------------------------------------------------------------------------


class _Pattern(NamedTuple):
    claim: str
    kind: str  # nothing, `wish` or `group`
    words: re.Pattern
    listing: bool  # several states of which a verb in the singular takes the last alone


@functools.cache
def _slots() -> dict[str, str]:
    """What stands for each name in braces in a pattern of `claims.csv`."""
    rows = data.table("claims")
    rows = rows[rows["kind"] == "slot"]
    slots = dict(zip(rows["name"], rows["pattern"]))
    state, body = f"(?:the )?{STATE}++", rf"(?:the )?(?:[\w.]+-led )?{BODY}++"
    nominals = [name.removeprefix("the ") for name in _nominals()]
    numbers = "|".join(_numbers())
    return slots | {
        "state": f"(?P<states>{state})",
        "states": f"(?P<states>{state}(?:(?:, {state})+,? (?:and|or) {state}| (?:and|or) {state})?)",
        "series": f"(?P<states>{state}(?:, {state})*)",
        "either": f"(?P<states>{state}(?:, {state})*,? nor {state})",
        "org": body,
        "orgs": f"{body}(?:(?:,? (?:and|or|nor) |, )(?:in |of )?{body})*",
        "non": f"{NOT_BODY}++",
        "nominal": f"(?P<nominal>{'|'.join(sorted(nominals, key=len, reverse=True))})",
        "own": f"(?P<own>{'|'.join(_own())})",
        "number": rf"(?P<number>\d{{1,3}}|{numbers})",
        "year": r"(?P<year>(?:19|20)\d\d)(?!\d|[-–]\d)",
    }


@functools.cache
def _nominals() -> dict[str, str]:
    """Descriptions that stand for an organisation, but for those that say how many members it has."""
    rows = data.table("nominals")
    return {row.nominal.casefold(): row.organisation for row in rows.itertuples() if not re.search(r"\d", row.nominal)}


@functools.cache
def _numbers() -> dict[str, int]:
    rows = data.table("dates")
    rows = rows[rows["role"].eq("number") & rows["word"].str.len().gt(2)]
    return dict(zip(rows["word"], rows["value"].astype(int)))


@functools.cache
def _own() -> dict[str, str]:
    """What only one organisation calls its members, in the plural and in small letters, to its short form: `participating states`."""
    known = memberships.organisations()
    words = [re.sub("ys$", "ies", f"{member.casefold()}s") for member in known["member"]]
    return {word: short for word, short in zip(words, known["organisation"]) if words.count(word) == 1}


def _compiled(words: str) -> re.Pattern:
    for _ in range(3):  # slots within slots
        words = re.sub(r"\{(\w+)\}", lambda m: f"(?:{_slots()[m[1]]})", words)
    return re.compile(rf"(?<![\w-])(?:{words})(?!\w|[-–]\w)", re.IGNORECASE)


@functools.cache
def _patterns() -> list[_Pattern]:
    rows = data.table("claims")
    return [
        _Pattern(row.kind, row.name, _compiled(row.pattern), "{states}" in row.pattern)
        for row in rows[rows["kind"] != "slot"].itertuples()
    ]


@functools.cache
def _word(slot: str, after: str = "") -> re.Pattern:
    return re.compile(rf"\b(?:{_slots()[slot]}){after}", re.IGNORECASE)


def _found(marked: _Marked, named: str | None) -> Iterator[tuple[int, int, _Claim, bool]]:
    """Start and end in the sentence, claim, whether it is stated. named: the organisation that was named last before the sentence."""
    if marked.text.rstrip("\"”’' ").endswith("?"):
        return
    matches = [(match, pattern) for pattern in _patterns() for match in pattern.words.finditer(marked.text)]
    matches.sort(key=lambda one: (one[0].start() - one[0].end(), one[0].start()))  # the longest tells most
    taken: list[tuple[int, int, str]] = []
    for match, pattern in matches:
        start, end = match.span()
        sort = "member" if pattern.claim in ("not a member", "joined", "left") else pattern.claim
        if any(s < end and start < e and sort == kind for s, e, kind in taken):
            continue
        if _unreal(match, pattern, marked.text) or _modifies(match, marked):
            continue
        claims = list(_claims(match, pattern, marked, named))
        if claims:
            taken.append((start, end, sort))
        for begin, claim in claims:
            yield begin, end, claim, pattern.kind != "wish" and not match.groupdict().get("an")


def _unreal(match: re.Match, pattern: _Pattern, text: str) -> bool:
    """Whether a word before says that it is not so: "a would-be NATO member"; of a whole clause, that it is supposed, asked for or denied.

    "NATO member Turkey" is said of Turkey in a condition too; a year says that it came to pass."""
    before = text[: match.start()]
    clause = match.group().removeprefix("the ").startswith(STATE) and pattern.claim not in ("joined", "left")
    return bool(_word("unreal", " $").search(before)) or (
        clause and bool(_word("supposed", r"(?: that| or not)? $").search(before))
    )


def _modifies(match: re.Match, marked: _Marked) -> bool:
    """Whether an abbreviation at the end is part of the next word's name: "a neutral U.S. observer"."""
    if "states" not in match.groupdict() or match.end() != match.end("states"):
        return False
    last = max(at for at in marked.names if at < match.end())
    return marked.printed[last : match.end()].isupper() and bool(re.match(r" [a-z]", marked.printed[match.end() :]))


def _claims(match: re.Match, pattern: _Pattern, marked: _Marked, named: str | None) -> Iterator[tuple[int, _Claim]]:
    """The claims of a match, one for each state and organisation in it, with the place where their words begin."""
    parts = match.groupdict()
    inside = [(at, names) for at, names in sorted(marked.names.items()) if match.start() <= at < match.end()]
    begin, end = match.span("states") if "states" in parts else (0, 0)
    states = [(at, names) for at, names in inside if begin <= at < end]
    bodies = [names[0] for at, names in inside if marked.text[at] != STATE]
    start = match.start()
    if (
        pattern.listing
        and begin == start
        and len(states) > 1
        and _word("singular").match(marked.text[end:].lstrip(" ,"))
    ):
        states = states[-1:]
        start = states[0][0]
    last = _last(marked.names, match.start(), named)
    if parts.get("nominal") or parts.get("own"):
        words = parts.get("nominal") or parts["own"]
        body = _nominals().get(f"the {words.casefold()}") or _own().get(words.casefold())
        bodies = [body] if body == last else []
    printed = parts.get("number") or parts.get("year")
    number = None if printed is None else _numbers().get(printed.casefold()) or int(printed)
    past = bool(parts.get("past") or parts.get("past2"))
    if pattern.claim == "count":
        yield from ((start, _Claim("count", None, body, number, past)) for body in bodies[:1])
    elif pattern.claim in ("neutral", "former Soviet"):
        codes = dict.fromkeys(code for _, names in states for code in names)
        yield from ((start, _Claim(pattern.claim, code, None, None, past)) for code in codes or [None])
    else:
        pairs = dict.fromkeys((code, body) for _, names in states for code in names for body in bodies)
        yield from ((start, _Claim(pattern.claim, code, body, number, past)) for code, body in pairs)


# --- checks ----------------------------------------------------------------------------------------------------------------------


def _checked(claim: _Claim, day: pd.Timestamp | None, asked: list[str]) -> tuple[bool | None, str]:
    """As `_check`; a day on which the members are not all known leaves the claim open."""
    try:
        return _check(claim, day, asked)
    except data.InputError as error:
        return None, str(error)


def _check(claim: _Claim, day: pd.Timestamp | None, asked: list[str]) -> tuple[bool | None, str]:
    """Whether the table agrees, and why; None where it cannot say."""
    body = claim.organisation and _called(claim.organisation)
    known = set(memberships.organisations()["organisation"])
    if claim.organisation and claim.organisation not in known:
        return None, f"The members of {body} are not known here"
    if claim.claim == "former Soviet":
        return _soviet(claim, day)
    if claim.claim in ("joined", "left"):
        return _year(claim, body)
    if day is None:
        return None, "The article has no date"
    if claim.claim == "count":
        number = len(memberships.members(claim.organisation, day))
        return number == claim.number, f"{body[0].upper()}{body[1:]} had {number} members on that day"
    if claim.state is None:
        return None, "No state is named"
    name = _state(claim.state)
    if memberships.gone(claim.state, day):
        return None, f"{name} was no more on that day"
    if claim.claim == "neutral":
        return _neutral(claim.state, day)
    inside = bool(memberships.of(claim.state, day, [claim.organisation]))
    if claim.claim == "candidate":
        if inside:
            return False, f"{name} was a member of {body} on that day"
        if memberships.candidate(claim.state, claim.organisation, day):
            return True, f"{name} was a candidate for {body} on that day"
        return None, "No such candidacy is in the table, which has not all of them"
    said = f"{name} was {'' if inside else 'not '}in {body} on that day"
    if inside == (claim.claim == "member"):
        return True, said
    if claim.past and (inside or len(memberships.spells(claim.state, claim.organisation, before=day))):
        return None, f"{said}; of which day the words speak is not told"
    others = [_called(other) for other in memberships.of(claim.state, day, asked) if other != claim.organisation]
    return False, f"{said}" + (f", but in {listed(others)}" if others and not inside else "")


def _called(short: str) -> str:
    """The organisation in a sentence: `the EU`, `NATO`; by its name where the short form is none that people print."""
    rows = data.table("organisations").set_index("organisation")
    return data.with_article(short if short.isupper() else rows.loc[short, "name"])


def _state(code: str) -> str:
    """The state's name at the beginning of a sentence."""
    name = data.with_article(data.state_name(code))
    return name[0].upper() + name[1:]


def _group_of(name: str, column: str) -> list[str]:
    groups = data.table("groups")
    return groups.loc[groups["group"] == name, column].iloc[0].split("|")


def _alliances(code: str, day: pd.Timestamp) -> list[str]:
    return [_called(short) for short in memberships.of(code, day, _group_of("military alliance", "organisations"))]


def _neutral(code: str, day: pd.Timestamp) -> tuple[bool | None, str]:
    name, alliances = _state(code), _alliances(code, day)
    if alliances:
        return False, f"{name} was in {listed(alliances)} on that day"
    shorts = _group_of("military alliance", "organisations")
    neither = f"{name} was in neither {listed(map(_called, shorts), last='nor')} on that day"
    since = memberships.organisations().set_index("organisation")["complete_from"]
    if day < since[shorts].max():
        return None, f"{neither}; other alliances of that day are not in the table"
    return True, f"{neither}; whether it calls itself neutral is not known here"


def _soviet(claim: _Claim, day: pd.Timestamp | None) -> tuple[bool | None, str]:
    successors = _group_of("former Soviet", "states")
    if claim.state is None:
        return None, f"No state is named{_of_the_successors(successors, day)}"
    name = _state(claim.state)
    if claim.state not in successors:
        return False, f"{name} is none of the {len(successors)} states that came out of the Soviet Union"
    alliances = [] if day is None else _alliances(claim.state, day)
    also = f"; on that day it was in {listed(alliances)}" if alliances else ""
    return True, f"{name} came out of the Soviet Union{also}"


def _of_the_successors(successors: list[str], day: pd.Timestamp | None) -> str:
    """How many of them were in which alliance on the day, as the end of a sentence."""
    inside: dict[str, list[str]] = {}
    for code in successors if day is not None else ():
        for alliance in _alliances(code, day):
            inside.setdefault(alliance, []).append(data.state_name(code))
    among = [f"{len(names)} were in {alliance} ({listed(sorted(names))})" for alliance, names in inside.items()]
    return f"; of the {len(successors)} that came out of the Soviet Union {listed(among)} on that day" if among else ""


def _year(claim: _Claim, body: str) -> tuple[bool | None, str]:
    """Whether a state joined or left in the printed year."""
    name, spells = _state(claim.state), memberships.spells(claim.state, claim.organisation)
    edges = spells["since" if claim.claim == "joined" else "until"].dropna()
    word = "first day" if claim.claim == "joined" else "last day"
    if edges.empty:
        return False, f"{name} never {claim.claim} {body}, as far as the table goes"
    days = listed(map(day_of, edges))
    said = f"{name}’s {word} in {body} was {days}"
    if claim.number in set(edges.dt.year):
        return True, said
    rivals = spells["rivals"][spells["rivals"].str.contains(str(claim.number), regex=False)]
    if claim.claim == "joined" and len(rivals):
        return True, f"{said}; another date that is told: {rivals.iloc[0]}"
    return False, said


def _wish(claim: _Claim, day: pd.Timestamp | None) -> str:
    said = "A wish or a thought, not a statement"
    checked = claim.state is not None and day is not None and not memberships.gone(claim.state, day)
    return f"{said}: {_neutral(claim.state, day)[1]}" if checked else said
