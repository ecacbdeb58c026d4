"""Descriptions that stand for somebody whom the article names elsewhere: "the senator", "the Republican nominee", "the church".

This module finds the phrases and says to what role or name they can belong; `actors` knows who is in view.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc, Span, Token

from onrecord.names import (
    ENDED,
    called,
    country_of,
    generic_words,
    is_city,
    organisation,
    party,
    role_noun,
    role_sort,
    roles,
    roles_in,
)

LONGEST = 6  # tokens of a phrase
NEW = ("a", "an", "one", "another")  # before whom is told of for the first time
NEWCOMERS = frozenset(  # words before a noun that tell it from the one in view
    [
        "other",
        "another",
        "next",
        "new",
        "first",
        "second",
        "third",
        "last",
        "same",
        "rival",
        "future",
        "incoming",
        "would-be",
        "typical",
        "average",
    ]
)
NO_OFFICE = ("group", "body", "document")  # sorts of nouns by which no person is called
APART = (
    "attr",
    "oprd",
    "appos",
    "compound",
    "nmod",
    "npadvmod",
    "ROOT",
    "acomp",
    "conj",
)  # relations in which a phrase says what somebody is
UNLIKE = frozenset(
    ["as", "like", "than", "for", "unlike", "into", "become"]
)  # prepositions behind which it does so too
ANYBODY = frozenset(["people", "others", "some", "many", "men", "women", "members", "states", "countries", "nations"])
UNNAMED = frozenset(
    ["official", "officer", "source", "aide", "adviser", "diplomat", "spokesman", "spokeswoman"]
)  # whom news leaves without a name
COUNTING = frozenset(  # words before "of" that say how many, or that they are together
    [
        "millions",
        "hundreds",
        "thousands",
        "dozens",
        "scores",
        "handful",
        "majority",
        "minority",
        "number",
        "group",
        "groups",
        "crowd",
        "crowds",
        "lots",
        "couple",
        "most",
        "many",
        "some",
        "several",
        "few",
        "both",
    ]
)
SPEAKERS = ("", "ORG", "FAC", "PRODUCT", "PERSON", "WORK_OF_ART")  # how the model labels a name that can be a speaker's
PLACES = ("GPE", "NORP")  # how it labels some of those, too
QUARTERS = frozenset(["north", "south", "east", "west", "new", "northern", "southern", "eastern", "western", "central"])
INNER_CAPITAL = re.compile(r"[a-z][A-Z]")  # ShareAction, which is tagged as a common noun
MORE = ("prep", "relcl", "acl", "appos", "nummod", "poss")  # what makes a phrase tell who is meant by itself


@dataclass(frozen=True)
class Description:
    """A definite phrase in the singular. `noun`: its head; `sort`: that of the role; `before`: the words between the article and the head."""

    span: Span
    noun: Token
    sort: str
    before: tuple[str, ...]

    @property
    def named(self) -> str:
        """The role that the noun names, as the table has it."""
        return role_noun(self.noun)

    @property
    def nouns(self) -> frozenset[str]:
        """By what nouns the same person or body can be called."""
        return called(self.named)

    @property
    def portfolio(self) -> frozenset[str]:
        """The words right before the noun that say what an office is for: health, foreign."""
        found: set[str] = set()
        for token in reversed(self.span[1:-1] if self.sort == "office" else ()):
            if (token.tag_ not in ("NN", "NNS") and token.lower_ not in generic_words()) or party(
                token.text
            ) is not None:
                break
            found.add(token.lower_)
        return frozenset(found) - ENDED

    @property
    def gender(self) -> str:
        """Gender that the noun tells."""
        return roles().get(self.named, ("", ""))[1]

    @property
    def is_subject(self) -> bool:
        """Whether it is who does something, or to whom it is done, at the head of the sentence's own clause."""
        return self.noun.dep_ in ("nsubj", "nsubjpass") and self.noun.head.dep_ == "ROOT"


def definite(doc: Doc) -> Iterator[Description]:
    """The definite phrases in the singular whose noun is a role's or a body's, in the order of the text."""
    for nth in np.flatnonzero(doc.to_array("LOWER") == doc.vocab.strings["the"]).tolist():
        article = doc[nth]
        noun = article.head
        if article.dep_ != "det":
            continue
        sort = role_sort(noun) if noun.tag_ in ("NN", "NNP") and 0 < noun.i - article.i <= LONGEST else None
        if sort in (None, "group", "document", "honorific"):
            continue
        before = doc[article.i + 1 : noun.i]
        if sort == "body" and len(before):
            continue  # "the local party", "the White House"
        if not _tells_by_itself(noun) and not any(t.lower_ in NEWCOMERS for t in before):
            yield Description(doc[article.i : noun.i + 1], noun, sort, tuple(t.text for t in before))


def tells_of_one(description: Description) -> bool:
    """Whether it rather means the person of whom is told than somebody without a name: "the senator", not "the official" or "the protester"."""
    return description.sort in ("office", "business", "expert") and description.noun.lower_ not in UNNAMED


def is_group(noun: Token) -> bool:
    """Whether a noun in the plural names a group of its own: "protesters", not "people" or "his supporters"."""
    if noun.tag_ not in ("NNS", "NNPS") or role_sort(noun) in (None, "document", "honorific") or noun.lower_ in ANYBODY:
        return False
    return not any(c.dep_ == "poss" for c in noun.children)


def core_of(words: Span) -> Span:
    """A noun phrase without what hangs on it behind a comma or dash, or as a clause, and without its own possessive mark."""
    for token in words.doc[words.root.i + 1 : words.end]:
        mark = token.text in (",", "(", ";", ":", "—", "–", "--") or (token.text == "-" and token.nbor(-1).whitespace_)
        possessive = token.tag_ == "POS" and token.head == words.root
        if mark or possessive or token.tag_ in ("WDT", "WP", "WRB"):
            return words.doc[words.start : token.i]
        if token.dep_ in ("relcl", "acl"):
            return words.doc[words.start : max(token.left_edge.i, words.root.i + 1)]  # "experts I know"
    return words


def alone(words: Span) -> Span:
    """The words that describe one person, without who is joined to him: "the nominee" of "the nominee and his aides"."""
    other = next((c for c in words.root.children if c.dep_ == "conj" and c.i < words.end), None)
    joined = next((c for c in words.root.children if c.dep_ == "cc" and words.root.i < c.i < words.end), None)
    if other is None or joined is None or not any(c.dep_ in ("det", "poss") for c in other.children):
        return words  # "the former mayor and current nominee" is one
    return words.doc[words.start : joined.i]


def counted(words: Span) -> Span:
    """Those of whom words tell how many there are: "pro-Lee demonstrators" of "hundreds of pro-Lee demonstrators"; the words themselves where they count nobody."""
    head = words.root
    if head.lower_ not in COUNTING and not (head.like_num and head.lower_ != "one"):
        return words
    of = next((c for c in head.children if c.lower_ == "of" and c.i > head.i), None)
    noun = next((c for c in of.children if c.dep_ == "pobj" and c.tag_ in ("NNS", "NNPS")), None) if of else None
    return words if noun is None else noun.doc[noun.left_edge.i : noun.right_edge.i + 1]


def of_a_people(noun: Token) -> str | None:
    """The sort of a noun for people of an origin, party or faith: group for "most Americans", civil for "one Democrat"; None for "the Texan", who is somebody."""
    if noun.tag_ == "NNPS":
        return "group"
    anybody = any(c.lower_ in NEW for c in noun.children)
    return "civil" if anybody and noun.tag_ in ("NN", "NNP") else None


def name_at(head: Token) -> Span | None:
    """The words with capitals that end with a proper noun: "Right Wing Watch"; None where the model takes it for a place, a day or a people."""
    proper = head.tag_ == "NNP" or INNER_CAPITAL.search(head.text)
    if not proper or head.ent_type_ not in (*SPEAKERS, *PLACES) or not head.text[0].isupper():
        return None
    first = head.i
    while not head.doc[first].is_sent_start and _begins_name(head.doc[first - 1]):
        first -= 1
    span = head.doc[first : head.i + 1]
    return span if head.ent_type_ in SPEAKERS or _is_no_place(span) else None


def _is_no_place(span: Span) -> bool:
    """Whether what the model takes for a place or a people is several words of which none is known for one: Manchester City, Yoweri Museveni."""
    known = is_city(span.text) or is_city(span.root.text) or any(country_of(t.text) for t in span)
    return len(span) > 1 and not known and span[0].lower_ not in QUARTERS


def _begins_name(word: Token) -> bool:
    """Whether a word before a name is part of it by its capital."""
    if not word.text[0].isupper() or role_sort(word) is not None:
        return False
    return word.tag_ in ("NNP", "JJ") if word.is_sent_start else not word.is_stop


def plain(noun: Token) -> Span | None:
    """A noun with the words right before it that belong to it, its article left out; None where more behind it says which are meant."""
    if _is_told_more(noun):
        return None
    first = noun.i
    while (
        first and noun.doc[first - 1].head == noun and noun.doc[first - 1].dep_ in ("amod", "compound", "nmod", "poss")
    ):
        first -= 1
    return noun.doc[first : noun.i + 1]


def _tells_by_itself(noun: Token) -> bool:
    """Whether the phrase says what somebody is, or which of many: "is the mayor", "the mayor of Ayr"."""
    if noun.dep_ in APART or (noun.dep_ == "pobj" and noun.head.lower_ in UNLIKE):
        return True
    return any(c.tag_ in ("JJS", "RBS") for c in noun.children) or _is_told_more(noun)


def _is_told_more(noun: Token) -> bool:
    """Whether words behind a noun say which is meant, as a clause behind a comma does not."""
    more = (c for c in noun.children if c.i > noun.i and c.dep_ in MORE and not _of_the_clause(c))
    return any(not (c.dep_ == "relcl" and noun.i + 1 < c.i and noun.nbor().text == ",") for c in more)


def _of_the_clause(word: Token) -> bool:
    """Whether what the parse hangs on a noun rather belongs to its clause: "the senator on Tuesday"."""
    return word.dep_ == "prep" and any(c.ent_type_ in ("DATE", "TIME") for c in word.children)


@functools.lru_cache(10_000)
def offices(role: str) -> tuple[frozenset[str], bool]:
    """By what nouns a person of a printed role is called, and whether the role is over: "former Sen." gives senator."""
    own = re.split(r"[’']s?\s+", role.casefold())[-1]  # "daughter" of "the nominee's daughter"
    words = re.split(r"\s+(?:of|to|for|in|at|on)\s+|,", own)[0].replace("-", " - ").split()
    nouns = [noun for noun in roles_in(words if len(words) <= LONGEST else []) if roles()[noun][0] not in NO_OFFICE]
    return frozenset(name for noun in nouns for name in called(noun)), bool(ENDED & set(words))


def fits(description: Description, role: str) -> bool:
    """Whether a person of this role, by whose noun a description calls him, can be meant: not the former mayor, another party's nominee, nor
    the health secretary where his portfolio is another."""
    over = offices(role)[1] and not any(word.casefold() in ENDED for word in description.before)
    told, own = _parties(description.before), _parties(role.split())
    if told and not own and description.noun.lower_ == "leader" and role[:1].isupper():
        return False  # "the SDLP leader" is not the Alliance leader
    of, others = description.portfolio, set(re.findall(r"\w+", role.casefold())) - description.nouns - ENDED
    other = bool(of and others and of.isdisjoint(others))
    return not (over and description.sort == "office") and not (told and own and told.isdisjoint(own)) and not other


def _parties(words: Iterable[str]) -> set[str]:
    rows = (party(word) if party(word) is not None else organisation(word) for word in words)
    return {row["name"] for row in rows if row is not None}  # "Republican", "GOP", "SDLP"


def parties(description: Description) -> set[str]:
    """Names of the parties that the words before the noun name."""
    return _parties(description.before)


def countries(description: Description) -> set[str]:
    """Codes of the states that the words before the noun name."""
    return {code for word in description.before for code in [country_of(word)] if code}


@functools.lru_cache(10_000)
def head_of(name: str) -> str | None:
    """The noun that is the head of a body's name of several words: church in "Church of Scientology", committee in "House Oversight Committee"."""
    words = re.split(r"\s+(?:of|for|on|in|to)\s+", name.casefold())[0].split()
    return words[-1] if words and " " in name else None
