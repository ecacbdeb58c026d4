"""Cue words: the verbs, nouns and phrases that attribute words to a speaker, and what they insinuate. They are rows of `data/reference/cues.csv`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from onrecord import data

if TYPE_CHECKING:
    from spacy.tokens import Token


@functools.cache
def known(form: str) -> dict[str, tuple[str, str]]:
    """Each cue of a form (verb, noun; source for nouns such as poll, writing for those such as letter) in its dictionary form, with the kind of speech
    that it reports and the complements that it takes.

    Complements: c a clause, t "to" with a verb, o an object, f "of" or "for" with what somebody is accused of, q only words in marks,
    n a name that it gives to its object."""
    table = data.table("cues")
    return {row.cue: (row.speech, row.takes) for row in table[table.form == form].itertuples()}


def of_verb(token: Token) -> tuple[str, str] | None:
    """Speech and complements of a verb that is a cue, with its particle ("pointed out") or alone."""
    verbs, lemma = known("verb"), token.lemma_.casefold()
    particle = token.nbor().lower_ if token.i + 1 < len(token.doc) else ""
    return verbs.get(f"{lemma} {particle}") or verbs.get(lemma)


def counted(quotes: pd.DataFrame) -> pd.DataFrame:
    """The cues of a table of quotations, the commonest first: cue as printed (in small letters), speech, shade, quotes (how many).

    A cue's shade is what it insinuates beyond that something was said: neutral, doubt, credence, concession, force, feeling, blame or praise
    (column `shade` of data/reference/cues.csv)."""
    found = (
        quotes[quotes.cue.notna()]
        .assign(cue=lambda table: table.cue.str.lower())
        .groupby(["cue", "speech"], as_index=False)
        .agg(quotes=("quote_id", "size"))
    )
    found["shade"] = [
        next((_shades()[word] for word in cue.split() if word in _shades()), "neutral") for cue in found.cue
    ]
    return found.sort_values(["quotes", "cue"], ascending=[False, True], ignore_index=True)[
        ["cue", "speech", "shade", "quotes"]
    ]


@functools.cache
def _shades() -> dict[str, str]:
    """The shade of every printed form of every cue."""
    found = {}
    for row in data.table("cues").itertuples():
        stem, endings = (
            row.cue.removesuffix("e"),
            ("", "s") if row.form != "verb" else ("", "s", "es", "d", "ed", "ing"),
        )
        regular = [
            base + ending for base in (row.cue, stem) for ending in endings if base + ending != stem or stem == row.cue
        ]
        for form in [*row.forms.split("|"), *regular]:
            found.setdefault(form, row.shade)
    return found
