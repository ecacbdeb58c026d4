"""The fields of quotations, actors and statements that a sheet shows and asks for, and what may stand in them."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from onrecord import data, schema
from onrecord.article import slugify
from onrecord.dossier import Dossier
from onrecord.prose import listed
from onrecord.schema import FLAGS

TITLES = {"quotes": "Quotations", "actors": "Actors", "statements": "Statements"}
TABLES = {title: table for table, title in TITLES.items()}
NOBODY, NONE = "nobody", "none"
CLEARS = {NOBODY, NONE, "–", "-"}  # what takes a value away
PEOPLE = ("speaker", "holder", "target", "reported_by")


class Field(NamedTuple):
    """A field: its name in a decision, its title in a sheet, the width of its column in characters, whether it may be empty, and what it is."""

    name: str
    title: str
    width: int
    may_lack: bool
    about: str


FIELDS = {
    "quotes": (
        Field("speaker", "speaker", 22, True, "who speaks: the name as in the sheet Actors, or nobody"),
        Field("kind", "kind", 12, False, "direct (in marks), indirect (a reported clause), mixed, scare (in marks, said by nobody here)"),
        Field("speech", "speech", 12, False, "speech (said, according to), act (accused, rejected) or thought (believes, fears)"),
        Field("cue", "cue", 14, True, "the words that attribute it: said, according to"),
        Field("addressee", "addressee", 16, True, "to whom it was said, as printed"),
        Field("speaker_words", "speaker’s words", 18, True, "the words that name the speaker in the attribution, a pronoun too"),
    ),
    "actors": (
        Field("name", "name", 24, False, "the canonical name; that of another actor says that the two are one"),
        Field("kind", "kind", 14, False, "person, organisation, government, state, media or group"),
        Field("role", "role", 24, True, "office or trade, as printed"),
        Field("affiliation", "affiliation", 22, True, "the body that the role belongs to, as printed"),
        Field("country", "country", 10, True, "a state, as RUS or Russia"),
        Field("side", "side", 14, True, "for whom the actor speaks by office: a state, an organisation, or independent"),
    ),
    "statements": (
        Field("holder", "holder", 22, True, "whose position it is, or nobody"),
        Field("issue", "issue", 20, False, "the issue of the codebook: see the sheet How to"),
        Field("position", "position", 12, False, "support, oppose, neutral or unclear, toward the issue as it is defined"),
        Field("target", "target", 20, True, "the actor at whom it is aimed"),
        Field("basis", "basis", 12, False, "direct, indirect (in the holder’s words), narrator, or reported (somebody else says so)"),
        Field("reported_by", "reported by", 18, True, "who says so, where the basis is reported"),
        Field("flags", "flags", 16, True, "hedged, negated, hypothetical, demanded: those that hold, with commas"),
    ),
}  # fmt: skip
ALLOWED = {(table, field.name): field.allowed for table in FIELDS for field in schema.TABLES[table] if field.allowed}


@dataclass(frozen=True)
class Known:
    """What may be named in an article's sheets: people by slug of their names, issues by what they are called, and the text."""

    text: str
    people: dict[str, str]
    issues: dict[str, str]

    @classmethod
    def of(cls, dossier: Dossier, issues: set[str] = frozenset()) -> "Known":
        book = dossier.codebook.issues
        called = {title.casefold(): issue for issue, title in zip(book.issue, book.title)}
        called |= {issue: issue for issue in [*book.issue, *issues]}
        return cls(dossier.article.text, dict(zip(dossier.actors.actor_id, dossier.actors.name)), called)


def choices(table: str, field: Field, dossier: Dossier) -> tuple[str, ...]:
    """What the drop-down of a field offers; nothing where anything may stand."""
    actors = dossier.actors
    if (table, field.name) in ALLOWED:
        return ALLOWED[table, field.name]
    if field.name in PEOPLE:
        return (NOBODY, *sorted(actors.name, key=str.casefold))
    if field.name == "issue":
        return tuple(dossier.codebook.issues.issue)
    if field.name == "flags":
        return (NONE, *FLAGS)
    if field.name in ("side", "country"):
        sides = sorted({*actors[field.name].dropna(), *actors.country.dropna()} - {"independent"})
        return (*(("independent",) if field.name == "side" else ()), *sides, NONE)
    return ()


def is_open(table: str, field: Field) -> bool:
    """Whether a cell may hold what its drop-down does not offer."""
    return (table, field.name) not in ALLOWED and field.name != "issue"


def told(table: str, field: Field, typed: str, known: Known) -> str:
    """What somebody wrote into a cell as a decision has it, "" where it takes the value away. Raises ValueError with the reason where it can't be."""
    word = typed.casefold()
    if field.may_lack and word in CLEARS:
        return ""
    if allowed := ALLOWED.get((table, field.name)):
        if word not in allowed:
            raise ValueError(f"`{field.title}` is “{typed}”: write one of {', '.join(allowed)}")
        return word
    reader = _READERS.get(field.name) or (_person if field.name in PEOPLE else None)
    return reader(field, typed, known) if reader else typed


def _person(field: Field, typed: str, known: Known) -> str:
    if slugify(typed) not in known.people:
        raise ValueError(
            f"`{field.title}` is “{typed}”, who is no actor of this article: write a name as in the sheet Actors, or add a row there"
        )
    return known.people[slugify(typed)]


def _issue(field: Field, typed: str, known: Known) -> str:
    if typed.casefold() not in known.issues:
        raise ValueError(f"`{field.title}` is “{typed}”, which the codebook does not have: choose one of its issues")
    return known.issues[typed.casefold()]


def _country(field: Field, typed: str, known: Known) -> str:
    states = data.table("states")
    found = states.iso3[(states.iso3 == typed.upper()) | (states.name.str.casefold() == typed.casefold())]
    if found.empty:
        raise ValueError(
            f"`{field.title}` is “{typed}”, which is no state: write its name or its three letters, as RUS"
        )
    return found.iloc[0]


def _side(field: Field, typed: str, known: Known) -> str:
    if typed.casefold() == "independent":
        return "independent"
    bodies = data.table("organisations")
    body = bodies.actor_id[(bodies.actor_id == slugify(typed)) | (bodies.name.str.casefold() == typed.casefold())]
    if len(body):
        return body.iloc[0]
    try:
        return _country(field, typed, known)
    except ValueError:
        if slugify(typed) in known.people:
            return slugify(typed)
    raise ValueError(
        f"`{field.title}` is “{typed}”, which is not known: write independent, a state, or an organisation as in the sheet Actors"
    )


def _flags(field: Field, typed: str, known: Known) -> str:
    found = [flag for flag in re.split(r"[,;\s]+", typed.casefold()) if flag]
    if wrong := [flag for flag in found if flag not in FLAGS]:
        raise ValueError(f"`{field.title}` has “{wrong[0]}”: write some of {', '.join(FLAGS)}, with commas, or none")
    return ", ".join(flag for flag in FLAGS if flag in found)


def _printed(field: Field, typed: str, known: Known) -> str:
    if not re.search(rf"(?<!\w){re.escape(typed)}(?!\w)", known.text):
        raise ValueError(f"`{field.title}` is “{typed}”, which the article does not print: copy it from there")
    return typed


_READERS = {
    "issue": _issue,
    "country": _country,
    "side": _side,
    "flags": _flags,
    "cue": _printed,
    "speaker_words": _printed,
}


def says_of(table: str, values: dict[str, str]) -> dict:
    """The fields of a row, as texts, as a decision has them; empty ones are left out."""
    says = {name: value for name, value in values.items() if value and name != "flags"}
    if table == "statements":
        says |= {flag: True for flag in FLAGS if flag in values.get("flags", "")}
    return says


def explained(table: str) -> str:
    """What the fields of a table mean, in one line."""
    return "; ".join(f"{field.title}: {field.about}" for field in FIELDS[table]) + "."


def named(titles: list[str]) -> str:
    """Column titles in a sentence."""
    return listed([f"`{title}`" for title in titles])
