"""Which words are people's names: the candidates of a parse, and how sure a small learned model is of each.

The model is a logistic regression over plain features of the words and their neighbours. Its coefficients are rows of
`data/reference/name_weights.csv`; `benchmarks/learn_names.py` learns them.
"""

import functools
import math
import re
from collections.abc import Iterator
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from onrecord import data
from onrecord.names import PARTICLES, country_of, is_city, is_given, is_known, party, people_of, role_sort

NUMBERS = frozenset(["DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"])
STYLES = frozenset(["sir", "lord", "lady", "dame", "king", "queen"])  # titles that belong to a name
BEHIND_NAMES = frozenset(
    ["CBE", "KC", "MBE", "MEP", "MP", "MSP", "OBE", "QC", "TD"]
)  # letters that are no part of them
CLASSES = frozenset(["PROPN", "NOUN", "ADJ", "X", "VERB", "AUX"])  # tags of words with a capital that can be names
LITTLE = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "at",
        "for",
        "by",
        "with",
        "to",
        "from",
        "and",
        "or",
        "as",
        "on",
        "against",
        "under",
        "over",
        "between",
        "s",
        "'s",
        "’s",
        "who",
        "whose",
        "which",
        "that",
        "after",
        "before",
        "while",
        "when",
        "including",
        "like",
        "into",
        "since",
        "during",
        "until",
        "than",
    ]
)
INSIDE = frozenset(["of", "the", "and", "for", "&", "in"])
INITIAL = re.compile(r"[A-Z]\.?")
NUMERALS = frozenset(["I", "II", "III", "IV", "V", "VI", "Jr", "Jr.", "Sr", "Sr."])
GRAMMAR = ("nsubj", "nsubjpass", "dobj", "agent", "dative")


def spans(doc: Doc, known: set[int]) -> Iterator[tuple[Span, str]]:
    """The spans of names in a text outside the tokens `known`, each with the model's label of it."""
    seen = set(known)
    for entity in doc.ents:
        if entity.label_ in NUMBERS:
            continue
        for part in _split(entity):
            span = trimmed(part)
            if span is None:
                continue
            if entity.label_ == "PERSON":
                span = _whole(span, seen)
            elif _is_half(span):
                span = doc[span.start : span.end + 1]
            if _may_be_name(span) and not any(i in seen for i in range(span.start, span.end)):
                seen.update(range(span.start, span.end))
                yield span, entity.label_
        seen.update(range(entity.start, entity.end))
    for span in _unseen(doc, seen):
        if _may_be_name(span):
            yield span, ""


def _unseen(doc: Doc, seen: set[int]) -> Iterator[Span]:
    """Runs of words with capitals that the model takes for no name."""
    shapes = doc.to_array("SHAPE").tolist()
    large = {shape for shape in set(shapes) if doc.vocab.strings[shape][0] == "X"}
    free = [shape in large and i not in seen and _has_capital(doc[i]) for i, shape in enumerate(shapes)]
    start = 0
    while start < len(doc):
        if not free[start]:
            start += 1
            continue
        end = start + 1
        while end < len(doc) and (
            free[end] or (end + 1 < len(doc) and free[end + 1] and end not in seen and doc[end].lower_ in PARTICLES)
        ):
            end += 1
        span = trimmed(doc[start:end])
        if span is not None:
            yield span
        start = end


def _has_capital(token: Token) -> bool:
    text = token.text
    return (len(text) > 1 and text[1] != "." and not token.is_stop and token.pos_ in CLASSES) or (
        len(text) == 2 and text[1] == "."
    )


def _may_be_name(span: Span) -> bool:
    text = span.text
    return len(span) <= 7 and text[0].isalpha() and not any(c in text for c in "@#|<>=_\\")


def _split(entity: Span) -> list[Span]:
    """The parts of what the model joined over a dash or stroke: "Ann Lee - Bob Ray", "Lee / Ray"."""
    cuts = [
        t.i
        for t in entity[1:]
        if t.text == "/" or (t.text in "-–—" and t.whitespace_ and entity.doc[t.i - 1].whitespace_)
    ]
    edges = [entity.start - 1, *cuts, entity.end]
    return [entity.doc[a + 1 : b] for a, b in pairwise(edges) if b > a + 1]


def trimmed(entity: Span) -> Span | None:
    """A person's name without titles, debris and what follows a possessive."""
    doc, start, end = entity.doc, entity.start, entity.end
    while start < end and _before_name(doc[start], end - start > 1):
        start += 1
    if end - start > 2 and (party(doc[start].text) is not None or people_of(doc[start].text) is not None):
        start += 1  # "Liberal Ann Lee"
    while end > start and not (
        doc[end - 1].text[0].isalpha() and (doc[end - 1].text[0].isupper() or doc[end - 2].text == "-")
    ):
        end -= 1
    while end < len(doc) - 1 and doc[end].text == "-" and not doc[end - 1].whitespace_ and not doc[end].whitespace_:
        end += 2  # Kim Jong-un
    while end - start > 2 and doc[end - 1].text in BEHIND_NAMES:
        end -= 1
    end = next(
        (t.i for t in doc[start + 2 : end] if t.lower_ == "of" and not _is_land(t)), end
    )  # "Nathan Law of Demosisto"
    if end - start > 2 and (
        doc[end - 1].tag_ in ("VBN", "VBD", "VBZ", "VBG")
        or (doc[end - 1].lemma_ != doc[end - 1].text and doc[end - 1].pos_ == "VERB")
    ):
        end -= 1
    return doc[start:end] if end > start else None


def _is_land(of: Token) -> bool:
    """Whether a place stands behind "of", as in "Maria Theresa of Austria"."""
    land = of.doc[of.i + 1].text if of.i + 1 < len(of.doc) else ""
    return country_of(land) is not None or is_city(land)


def _before_name(token: Token, more: bool) -> bool:
    """Whether a word at the head of a name is no part of it. `more`: whether another word follows."""
    if not token.text[0].isalpha() or (token.is_lower and token.lower_ not in PARTICLES):
        return True
    return more and (role_sort(token) is not None or _no_name(token))


def _no_name(token: Token) -> bool:
    """Whether a word with a capital before a name is a little word or an inverted "Said"."""
    if token.is_sent_start and token.lower_ in ("said", "says", "added", "adds"):
        return True
    return token.is_stop and token.pos_ not in ("PROPN", "X")


def _whole(span: Span, seen: set[int]) -> Span:
    """The name with what the model cut off: a first name before it, "del Hoyo" or "II" behind it."""
    doc, start, end = span.doc, span.start, span.end
    if start and start - 1 not in seen and end - start < 3 and _first_name(doc[start - 1]):
        start -= 1
    if end - start == 1 and end < len(doc) and is_given(doc[start].text) and _is_surname_month(doc, end):
        end += 1
    if end < len(doc) and end not in seen and _leaves_surname(doc[start:end], doc[end]):
        end += 1
    if end < len(doc) and doc[end].text in NUMERALS and end - start > 1 and doc[end].text != "I":
        end += 1
    stop = end
    while stop < len(doc) and stop - end < 2 and doc[stop].is_lower and doc[stop].lower_ in PARTICLES:
        stop += 1
    if end < stop < len(doc) and stop not in seen and _has_capital(doc[stop]) and doc[stop].ent_type_ != "PERSON":
        end = stop + 1
    return doc[start:end]


def _is_half(first: Span) -> bool:
    """Whether the model took a first name for a place or body and left the surname behind it: "Volodymyr Zelenskyy"."""
    word, doc = first[0], first.doc
    if len(first) != 1 or first.end == len(doc) or not is_given(word.text) or is_known(word.text) or is_city(word.text):
        return False
    last = doc[first.end]
    return word.head == last and last.tag_ == "NNP" and last.is_title and not last.ent_type_ and role_sort(last) is None


def _leaves_surname(first: Span, word: Token) -> bool:
    """Whether the model took a first name with a hyphen for the whole of a name: "Shirley-Anne" of "Shirley-Anne Lee"."""
    joined = len(first) == 3 and first[1].text == "-" and is_given(first[0].text)
    return joined and word.tag_ == "NNP" and word.ent_type_ not in NUMBERS and word.is_title and first.root.head == word


def _is_surname_month(doc: Doc, nth: int) -> bool:
    """Whether the name of a month is rather a surname: Theresa May, without a day or a year."""
    return is_month(doc[nth]) and not (nth + 1 < len(doc) and doc[nth + 1].like_num)


def is_month(token: Token) -> bool:
    """Whether a word is the name of a month, as May is."""
    return token.text in _months()


@functools.cache
def _months() -> frozenset[str]:
    dates = data.table("dates")
    return frozenset(dates.word[dates.role == "month"])


def _first_name(token: Token) -> bool:
    """Whether a word right before a name is a first name that the model left out, and no plural: "Minister for Foreign Affairs Ann Lee"."""
    text = token.text
    if token.tag_ != "NNP" or not text.istitle() or not text.isalpha() or token.ent_type_ or not token.whitespace_:
        return False
    return role_sort(token) is None and not is_known(text)


def style_of(span: Span) -> Span:
    """The name with the titles that belong to it: "Sir Jeffrey Lee", "Lord Hall"."""
    start = span.start
    while start and span.doc[start - 1].is_title and span.doc[start - 1].lower_ in STYLES:
        start -= 1
    return span.doc[start : span.end]


# --- the model -----------------------------------------------------------------------------------------------------------------


@functools.cache
def weights() -> dict[str, float]:
    """The learned coefficients, by feature."""
    table = data.table("name_weights")
    return dict(zip(table.feature, table.weight.astype(float), strict=True))


def certainty(found: list[str]) -> float:
    """How sure the model is that a candidate of these features is a person's name, 0 to 1."""
    learned = weights()
    return 1 / (1 + math.exp(-learned["always"] - sum(learned.get(name, 0.0) for name in found)))


def features(span: Span, label: str) -> list[str]:
    """What the model looks at: the name's words, their grammar, and the neighbours."""
    return list(dict.fromkeys([*_shape(span, label), *_neighbours(span), *_grammar(span)]))


def _shape(span: Span, label: str) -> Iterator[str]:
    tokens = list(span)
    printed = [t.text for t in tokens]
    words = [word for word in printed if word[0].isupper()] or printed
    number = min(sum(word[0].isalpha() for word in printed), 4)
    given, last = is_given(words[0]), words[-1].casefold()
    yield from (f"label={label}", f"n={number}", f"label={label} n={number}", f"given={given} n={min(number, 2)}")
    yield from (f"ends={last[-2:]}", f"ends={last[-3:]}")
    text, small = span.text, {t.lower_ for t in tokens}
    checks = {
        "initial": any(map(INITIAL.fullmatch, words[1:])),
        "particle": not PARTICLES.isdisjoint(small),
        "little": not INSIDE.isdisjoint(small),
        "body": any(role_sort(t) == "body" for t in tokens),
        "hyphen": "-" in text,
        "capitals": text.isupper(),
        "accent": not text.isascii(),
        "digit": any(c.isdigit() for c in text),
        "city": is_city(text),
        "known": is_known(text),
    }
    yield from (name for name, holds in checks.items() if holds)


def _neighbours(span: Span) -> Iterator[str]:
    doc = span.doc
    before = [_class(doc[i]) if i >= 0 else "^" for i in (span.start - 1, span.start - 2)]
    behind = [_class(doc[i]) if i < len(doc) else "$" for i in (span.end, span.end + 1)]
    yield from (f"before={before[0]}", f"before={before[1]} {before[0]}", f"behind={behind[0]}")
    if behind[0] in "(,":
        yield f"behind={behind[0]} {behind[1]}"


def _class(token: Token) -> str:
    """What a neighbour is to the model: a mark or little word itself, a role's sort, or a part of speech."""
    if token.is_punct or token.lower_ in LITTLE:
        return token.lower_
    sort = role_sort(token)
    if sort is not None:
        return f"role:{sort}"
    return "number" if token.like_num else token.pos_


def _grammar(span: Span) -> Iterator[str]:
    root = span.root
    outer = root
    while outer.dep_ == "conj" and outer.head.i < outer.i:
        yield f"joined={_kind(outer.head)}"
        outer = outer.head
    head = outer.head.lemma_.casefold()
    yield f"as={root.dep_}"
    if outer.dep_ in GRAMMAR or outer.dep_ in ("pobj", "poss"):
        yield f"{outer.dep_}={head}"
    if root.dep_ in ("appos", "compound"):
        yield f"{root.dep_}={_class(root.head)}"
    for child in root.children:
        if child.dep_ == "appos":
            yield f"appos of={_class(child)}"
        elif child.dep_ == "conj":
            yield f"joined={_kind(child)}"
        elif child.dep_ == "relcl":
            yield "relative clause"


def _kind(token: Token) -> str:
    """What a coordinated word is: a city, or what the model takes it for."""
    return "city" if is_city(token.text) else token.ent_type_
