"""Names of organisations in a text: those that the reference table knows, and where a name of one begins and ends."""

import functools
import re

import pandas as pd
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from onrecord import data, language
from onrecord.article import slugify
from onrecord.names import country_of, is_common, is_given, organisation, party, role_sort

LONGEST = 8  # tokens of a name
SEEN = ("ORG", "PRODUCT", "GPE", "NORP", "FAC")  # what the model calls a body of one word
GOVERNMENTS = frozenset(["government", "administration", "cabinet", "regime"])


@functools.cache
def _matcher() -> PhraseMatcher:
    """Finds the organisations' names and acronyms as they are printed in the reference table."""
    nlp = language.model()
    nlp.vocab.strings.add("organisation", allow_transient=False)  # it may be within `language.forgetting`
    matcher = PhraseMatcher(nlp.vocab)
    names = {
        alias
        for row in data.table("organisations").itertuples()
        for alias in [row.organisation, row.name, *row.aliases.split("|")]
        if len(alias) > 1
    }
    names |= {seat for seats in data.table("states").seats for seat in seats.split("|") if re.search(r"\d", seat)}
    matcher.add("organisation", [nlp.make_doc(name) for name in sorted(names)])
    return matcher


def known_organisations(doc: Doc) -> list[Span]:
    """Known organisations in a text, the longest first; a single word counts only where the model too sees a body, or a name without any label."""
    if "known" not in doc.user_data:
        doc.user_data["known"] = [(span.start, span.end) for span in _find_known(doc)]
    return [doc[start:end] for start, end in doc.user_data["known"]]


def _find_known(doc: Doc) -> list[Span]:
    spans = [doc[start:end] for _, start, end in _matcher()(doc)]
    kept = [
        s
        for s in spans
        if len(s) > 1
        or s.text.isupper()
        or (s.text[:1].isupper() and (s.root.ent_type_ in SEEN or (s.root.pos_ == "PROPN" and not s.root.ent_type_)))
    ]
    return [s for s in filter_spans(kept) if not _within_longer(s) and not _is_number(s) and not _are_initials(s)]


def _are_initials(span: Span) -> bool:
    """Whether an acronym is somebody's initials, between a first name and another: "Andrew RT Davies"."""
    doc = span.doc
    if len(span) != 1 or not span.text.isupper() or not 0 < span.start < len(doc) - 1:
        return False
    return is_given(doc[span.start - 1].text) and doc[span.end].tag_ == "NNP" and doc[span.end].is_title


def _is_number(span: Span) -> bool:
    """Whether "No 10" is a player's shirt or the like: behind a name or an article, and not before a role ("a No 10 spokesman")."""
    doc = span.doc
    if not span[-1].text.isdecimal() or not span.start:
        return False
    before = doc[span.start - 1]
    numbered = before.pos_ in ("PROPN", "DET") or before.dep_ == "poss"
    return numbered and not (span.end < len(doc) and role_sort(doc[span.end]) is not None)


def _within_longer(span: Span) -> bool:
    """Whether a name only tells whose a body is that has a name of its own: Bloomberg in "Bloomberg New Energy Finance"."""
    longer = language.entity_at(span.doc, span.start)
    if longer is None or longer.label_ != "ORG" or longer.end < span.end or len(longer) > LONGEST:
        return False
    head = longer.root
    named = head.tag_ == "NNP" and role_sort(head) in (None, "body") and not any(t.is_punct for t in longer)
    return named and not span.start <= head.i < span.end


def body_here(words: Span, name: str) -> pd.Series | None:
    """Row of the organisation of this name; None where many bodies bear it and it is another country's: Senate, in Nigeria; "Manila's Senate"."""
    row = organisation(name)
    if row is None or not row.country or not is_common(name):
        return row
    countries = {country_before(words)} - {None} or words.doc.user_data.get("countries", (row.country,))
    return row if row.country in countries else None


def country_before(words: Span) -> str | None:
    """Code of the state whose name or seat stands right before some words as their owner."""
    before = words.doc[max(words.start - 2, 0) : words.start]
    return country_of(before[0].text) if len(before) == 2 and before[1].tag_ == "POS" else None


def countries_of(doc: Doc) -> set[str]:
    """Codes of the states to which names in a text point, those of known bodies and parties with them."""
    found = {country_of(bare(entity.text)) for entity in doc.ents if entity.label_ in ("GPE", "NORP")}
    known = [organisation(span.text) for span in known_organisations(doc) if not is_common(span.text)]
    known += [party(entity.text) for entity in doc.ents if entity.label_ == "NORP"]
    return (found | {row.country for row in known if row is not None}) - {None, ""}


def speaks_for(known: pd.Series) -> str | None:
    """Side of a known organisation: itself, the body or state to which it belongs, or `independent`."""
    parent = organisation(known.speaks_for)
    return slugify(parent["name"]) if parent is not None else known.speaks_for or None


@functools.lru_cache(10_000)
def bare(name: str) -> str:
    """A name without the article before it and the possessive behind it."""
    return re.sub(
        r"\s+", " ", re.sub(r"(?:[’']s|[’'])$", "", re.sub(r"^the\s+", "", name.strip(), flags=re.IGNORECASE))
    )


def trim_body(entity: Span) -> Span | None:
    """A body's name without the article before and the possessive behind it."""
    doc, start, end = entity.doc, entity.start, entity.end
    while start < end and (doc[start].lower_ in ("the", "a", "an") or doc[start].is_punct):
        start += 1
    if end < len(doc) and doc[end].lower_ in GOVERNMENTS and end - start < 4:
        end += 1
    while end > start and (doc[end - 1].tag_ == "POS" or (doc[end - 1].is_punct and doc[end - 1].text != ")")):
        end -= 1
    return doc[start:end] if end > start else None


def named_body(span: Span) -> bool:
    """Whether a noun for a body stands right before the name: "the policy group Rasmussen Global"."""
    return span.start > 0 and role_sort(span.doc[span.start - 1]) == "body" and span.doc[span.start - 1].is_lower


def owns_person(span: Span) -> bool:
    """Whether one word is the body to which somebody belongs who is named right behind it: "Demosisto's Nathan Law"."""
    behind = span.doc[span.end : span.end + 3]
    return (
        len(span) == 1
        and len(behind) == 3
        and behind[0].tag_ == "POS"
        and all(t.ent_type_ == "PERSON" for t in behind[1:])
    )


def part_of_role(span: Span) -> bool:
    """Whether a lone word belongs to a role: State in "Secretary of State", but no known body as in "director of Oxfam"."""
    return (
        len(span) == 1
        and organisation(span.text) is None
        and span.root.head.lower_ == "of"
        and role_sort(span.root.head.head) == "office"
    )
