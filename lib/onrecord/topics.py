"""What a stance is about: an issue of the codebook by its cues or by whom it is aimed at, else one proposed from the article's own key phrases.

A proposed issue is marked as such: its id begins with `proposed-`, and its definition says that nobody has defined it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from onrecord import schema
from onrecord.article import slugify
from onrecord.codebook import COLUMNS, Codebook

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PROPOSED = "proposed-"
UNDEFINED = "Proposed from the article’s own words; nobody has defined it."
ENOUGH = 2  # places of an article where a key phrase stands
LENGTH = 3  # words of a phrase, at most


def is_proposed(issue: str) -> bool:
    """Whether an issue was proposed by the machine."""
    return issue.startswith(PROPOSED)


def key_phrase(doc: Doc, clause: frozenset[int], counts: Counter, names: set[int]) -> str | None:
    """The phrase that a clause is about: of its nouns the one that the article says oftenest, with what it is compounded with; None where it has no noun.

    counts: how often the article says each noun's lemma; names: tokens that name an actor."""
    nouns = [doc[i] for i in sorted(clause) if doc[i].pos_ == "NOUN" and i not in names and doc[i].lemma_.isalpha()]
    if not nouns:
        return None
    about = max(
        nouns,
        key=lambda noun: (
            counts[noun.lemma_.casefold()] >= ENOUGH,
            _near(noun),
            counts[noun.lemma_.casefold()],
            -noun.i,
        ),
    )
    before = [c for c in about.lefts if c.dep_ in ("compound", "amod") and c.pos_ in ("NOUN", "ADJ", "PROPN")]
    return " ".join(t.lemma_.casefold() for t in [*before[1 - LENGTH :], about])


def _near(noun: Token) -> bool:
    """Whether a noun stands in a place of a clause where its topic stands."""
    return noun.dep_ in ("dobj", "nsubj", "nsubjpass", "pobj")


def said(docs: list[Doc]) -> Counter:
    """How often some parses say each noun, by its lemma."""
    found: Counter = Counter()
    for doc in docs:
        strings = doc.vocab.strings
        lemmas = Counter(lemma for part, lemma in doc.to_array(["POS", "LEMMA"]).tolist() if strings[part] == "NOUN")
        for lemma, times in lemmas.items():
            found[strings[lemma].casefold()] += times
    return found


def propose(phrase: str) -> str:
    """The id of the issue that a key phrase proposes."""
    return PROPOSED + slugify(phrase)


def with_proposed(book: Codebook, issues: pd.Series) -> Codebook:
    """The codebook with a row for each proposed issue among some issues, and for no other proposed one."""
    proposed = sorted({issue for issue in issues if is_proposed(issue)})
    if proposed == [issue for issue in book.issues.issue if is_proposed(issue)]:
        return book
    rows = [row for row in schema.records(book.issues) if not is_proposed(row["issue"])]
    rows += [dict.fromkeys(COLUMNS, "") | {"issue": i, "title": _title(i), "definition": UNDEFINED} for i in proposed]
    return replace(book, issues=pd.DataFrame(rows, columns=COLUMNS, dtype="string[python]"))


def _title(issue: str) -> str:
    words = issue.removeprefix(PROPOSED).replace("-", " ")
    return f"{words[:1].upper()}{words[1:]} (proposed)"
