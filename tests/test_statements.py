"""Statements: the codebooks' own examples, and the rules one by one."""

import functools
import re

import pandas as pd
import pytest

from onrecord import codebook, language, schema, statements
from onrecord.article import Article, slugify
from onrecord.language import Passage
from onrecord.marks import marked

MADE = {"rule": "test", "confidence": 1.0, "source": "machine", "reviewed": False}
SAYING = r"(?:said|told reporters|argued|added|says|bemoaned|warned)"


@functools.cache
def parsed(text):
    return next(language.parse([(text, ())]))


def named(text, names):
    """Mentions and actors for the names, and for capitalised names as the parser sees them; a pronoun `It` or `She` stands for the first."""
    doc = parsed(text)
    found = {(e.start_char, e.end_char): e.text for e in doc.ents if e.label_ in ("PERSON", "ORG", "GPE", "NORP") and e.root.pos_ in ("PROPN", "NOUN")}
    for name in names:
        found |= {m.span(): name for m in re.finditer(rf"\b{re.escape(name)}\b", text)}
    trimmed = {}
    for (start, end), name in found.items():
        word = re.sub(r"^the ", "", name, flags=re.IGNORECASE)
        trimmed[start + len(name) - len(word), end] = word
    return trimmed


def dossier(text, speaker=None, names=(), sides=None):
    """One paragraph's passages, quotations, mentions and actors, made by a few simple rules instead of the real modules."""
    doc = parsed(text)
    where = named(text, names)
    for m in re.finditer(r"(?<=” )([A-Z]\w+ [A-Z]\w+)(?= \w+)|^([A-Z]\w+ [A-Z]\w+)(?= (?:said|deplored))", text):
        where[m.span()] = m.group()
    people = dict.fromkeys(where.values())
    actors = [{"actor_id": slugify(n), "name": n, "printed": n, "kind": "person" if " " in n and n.split()[0] in ("Anna", "Ivan") else "state", "mentions": 1, "quotes": 0,
               "words": 0, "side": (sides or {}).get(n)} | MADE for n in people]
    mentions = [{"mention_id": f"m-{s}", "actor_id": slugify(n), "block_id": "b-1", "start": s, "end": e, "text": text[s:e], "form": "name"} | MADE
                for (s, e), n in where.items()]
    quotes = []
    said = re.search(rf"([A-Z]\w+(?: [A-Z]\w+)?) ({SAYING})\b", text)
    if said:
        spans, kind = [(m.start, m.end) for m in marked(text)], "direct"
        if not spans:
            rest = re.match(r"(?: that)? ", text[said.end() :])
            spans, kind = [(said.end() + (rest.end() if rest else 0), len(text) - 1)], "indirect"
        quotes.append({"quote_id": "q-1", "block_id": "b-1", "kind": kind, "speech": "speech", "start": spans[0][0], "end": spans[-1][1], "spans": tuple(spans),
                       "text": " … ".join(text[s:e] for s, e in spans), "speaker_id": slugify(said.group(1)), "speaker": said.group(1), "cue": said.group(2),
                       "cue_start": said.start(2), "cue_end": said.end(2), "words": 1} | MADE)
        mentions += [{"mention_id": f"m-{m.start()}", "actor_id": slugify(said.group(1)), "block_id": "b-1", "start": m.start(), "end": m.end(), "text": m.group(),
                      "form": "pronoun"} | MADE for m in re.finditer(r"\b(?:he|she)\b", text)]
    frames = schema.frame("quotes", quotes), schema.frame("mentions", mentions), schema.frame("actors", actors)
    return Article(text), [Passage("b-1", "paragraph", 0, doc)], *frames


def drafted(text, book, **about):
    return statements.draft(*dossier(text, **about), book)


def test_nothing():
    assert pd.isna(None) and pytest and codebook
