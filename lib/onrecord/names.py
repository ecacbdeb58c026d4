"""What words name: look-ups in the reference tables of organisations, states, roles, given names and cities."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from onrecord import data

if TYPE_CHECKING:
    from spacy.tokens import Token

PARTICLES = frozenset(
    [
        "von",
        "van",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "la",
        "le",
        "du",
        "af",
        "av",
        "zu",
        "ter",
        "ten",
        "ni",
        "na",
        "i",
        "y",
        "e",
    ]
)


ENDED = frozenset(["former", "ex", "late", "then", "retired", "onetime", "outgoing"])  # before a role that is over


def _named(name: str, table: str, *columns: str) -> pd.Series | None:
    """The row of a reference table in which one of the columns holds the name."""
    nth = _names(table, *columns).get(_as_key(name))
    return None if nth is None else _row(table, nth)


@functools.cache
def _names(table: str, *columns: str) -> dict[str, int]:
    """Every name that the columns of a reference table hold, to its row's number."""
    found: dict[str, int] = {}
    for nth, cells in enumerate(data.table(table)[list(columns)].itertuples(index=False)):
        for name in (name for cell in cells for name in cell.split("|") if name):
            found.setdefault(_as_key(name), nth)
    return found


@functools.cache
def _row(table: str, nth: int) -> pd.Series:
    return data.table(table).iloc[nth]


def _as_key(name: str) -> str:
    """A name in small letters, but for what only its capitals tell from a common word: US, WHO, AI."""
    return name if len(name) <= 3 else name.casefold()


def organisation(name: str) -> pd.Series | None:
    """Row of `organisations.csv` that bears this name."""
    return _named(name, "organisations", "organisation", "name", "aliases")


def party(adjective: str) -> pd.Series | None:
    """Row of the organisation whose people are called so: Republican, Tory."""
    return _named(adjective, "organisations", "adjective")


def state(name: str) -> pd.Series | None:
    """Row of `states.csv` of this name."""
    return _named(name, "states", "name", "aliases")


def people_of(demonym: str) -> pd.Series | None:
    """Row of the state that this adjective or people belongs to."""
    return _named(demonym, "states", "demonyms")


def seat(name: str) -> pd.Series | None:
    """Row of the state whose government sits there."""
    return _named(name, "states", "capital", "seats")


@functools.cache
def generic_words() -> frozenset[str]:
    """Words that the names of many bodies and offices share: foreign, health."""
    return frozenset(data.table("generic_words").word)


def is_common(name: str) -> bool:
    """Whether a body's name is made of words that many bodies bear: Supreme Court, Ministry of Health."""
    return all(word in _common_words() for word in re.findall(r"\w+(?:['’]s)?", name.casefold().replace("’", "'")))


@functools.cache
def _common_words() -> frozenset[str]:
    bodies = {noun for noun, (sort, _) in roles().items() if sort in ("body", "group")}
    return generic_words() | {w for noun in bodies for w in noun.split()} | {"of", "the", "and", "for"}


class _Plain(dict):
    """For the number of a character that of its letter without an accent."""

    def __missing__(self, code: int) -> int:
        self[code] = ord(unicodedata.normalize("NFKD", chr(code))[0])
        return self[code]


_PLAIN = _Plain(zip(map(ord, "øØłŁđĐıħʼ’‘‑‐"), map(ord, "oOlLdDih'''--")))  # what has no parts to take apart


def without_accents(text: str) -> str:
    """The text with each letter's accent left out, apostrophes straight, as long as before: Erdoğan gives Erdogan."""
    return text if text.isascii() else text.translate(_PLAIN)


@functools.lru_cache(10_000)
def spelt(word: str) -> str:
    """One spelling for what names in other alphabets are written as, in small letters: Zelensky for Zelenskyy and Zelenskiy, Gadafi for Qaddafi."""
    small = without_accents(word).casefold()
    if len(small) < SPELT:
        return small
    for found, one in _SPELLINGS:
        small = found.sub(one, small)
    return small


SPELT = 5  # letters of a word that two people of one article hardly bear in two spellings
_SPELLINGS = [
    (re.compile(pattern), one)
    for pattern, one in (
        (r"(?:[ae]?[iy]{1,2}|ij)$", "i"),
        ("y", "i"),
        (r"([dgk])h", r"\1"),
        ("ph", "f"),
        ("q", "g"),
        ("x", "ks"),
        ("ck|c(?=[kt])", "k"),
        (r"(.)\1", r"\1"),
    )
]


def body_seat(name: str) -> pd.Series | None:
    """Row of the organisation for which this city stands: Brussels."""
    return _named(name, "organisations", "seat")


@functools.lru_cache(10_000)
def is_known(name: str) -> bool:
    """Whether a name is an organisation's, a party's people, a state's, a people's or a seat of government."""
    return any(look(name) is not None for look in (organisation, party, people_of, state, seat))


@functools.cache
def _no_actors() -> frozenset[str]:
    return frozenset(_as_key(name) for name in data.table("no_actors").name)


def is_no_actor(name: str) -> bool:
    """Whether `no_actors.csv` has this name: Obamacare, the Oval Office."""
    return _as_key(name) in _no_actors()


@functools.cache
def roles() -> dict[str, tuple[str, str]]:
    """Nouns for people and bodies, each with its sort (office, expert, ..., group, body) and gender."""
    return {row.noun: (row.sort, row.gender) for row in data.table("roles").itertuples()}


@functools.cache
def called(noun: str) -> frozenset[str]:
    """What else news calls a person of this role, the noun itself among it: senator for Sen., several for a wider word such as lawmaker."""
    return frozenset([noun, *_same().get(noun, ())])


def is_office(short: str) -> bool:
    """Whether a form of address is an office's short form: Sen., Gov., but not Mr."""
    return roles().get(short, ("", ""))[0] == "honorific" and short in _same()


@functools.cache
def _same() -> dict[str, list[str]]:
    return {row.noun: row.same.split("|") for row in data.table("roles").itertuples() if row.same}


def role_sort(token: Token) -> str | None:
    """Sort of the role that a noun names; `honorific`, `group` and `body` are sorts too. Roles of two words are looked up first."""
    noun = role_noun(token)
    return None if noun is None else roles()[noun][0]


def role_noun(token: Token) -> str | None:
    """The role that a noun names, as the table has it, with the word before it where the two are one: prime minister, front-runner."""
    word = token.lower_
    if not token.i or word not in _second_words():
        return _role("", word, token.lemma_.casefold())
    before = [t.lower_ for t in token.doc[max(token.i - 2, 0) : token.i]]
    return _role(_before(before), word, token.lemma_.casefold())


def roles_in(words: list[str]) -> list[str]:
    """The roles that printed words name, as `role_noun` does: the words in small letters, a hyphen being one of its own."""
    found = [(nth, _role(_before(words[:nth]), word, word)) for nth, word in enumerate(words)]
    taken = {nth - 1 for nth, noun in found if noun is not None and " " in noun}
    return [noun for nth, noun in found if noun is not None and nth not in taken]


def _before(words: list[str]) -> str:
    """The word before a noun, as a role of two words begins with it."""
    if words[-1:] == ["-"]:
        return f"{words[-2]}-" if len(words) > 1 else ""
    return f"{words[-1]} " if words else ""


@functools.cache
def _second_words() -> frozenset[str]:
    """The second words of two-word roles."""
    return frozenset(re.split("[ -]", noun, maxsplit=1)[1] for noun in roles() if re.search("[ -]", noun))


@functools.lru_cache(10_000)
def _role(before: str, word: str, lemma: str) -> str | None:
    names = (f"{before}{word}", word, lemma, word.rsplit("-", 1)[-1])
    return next((name for name in names if name in roles()), None)


@functools.cache
def _genders() -> dict[str, str]:
    return dict(data.table("given_names").itertuples(index=False, name=None))


def is_given(word: str) -> bool:
    """Whether `given_names.csv` has this first name."""
    return word.casefold() in _genders()


def gender_of(word: str) -> str:
    """Gender that a first name tells: `female`, `male`, or nothing where both bear it or nothing is known."""
    return _genders().get(word.casefold(), "")


@functools.cache
def _cities() -> frozenset[str]:
    return frozenset(data.table("cities").name.str.casefold())


def is_city(name: str) -> bool:
    """Whether `cities.csv` has this name, which is no usual name of a person."""
    return name.casefold() in _cities()


@functools.lru_cache(10_000)
def country_of(words: str) -> str | None:
    """Code of the state that words such as "Russian", "U.S." or "New Zealand's" point to."""
    words = re.sub(r"[’']s?$", "", words)
    for look in (state, people_of, seat):
        row = look(words)
        if row is not None:
            return row.iso3
    return None
