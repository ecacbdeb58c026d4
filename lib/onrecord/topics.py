"""What a stance is about where no issue of the codebook fits: a few issues proposed from the article's own key phrases.

A proposed issue is marked as such: its id begins with `proposed-`, and its definition says that nobody has defined it.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from onrecord import data, names
from onrecord.article import slugify
from onrecord.codebook import COLUMNS, Codebook

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PROPOSED = "proposed-"
UNDEFINED = "Proposed from the article’s own words; nobody has defined it."
ENOUGH = 2  # places of an article where a key word or a key phrase stands
MOST = 5  # key words that several clauses of an article share
LENGTH = 3  # words of a phrase, at most
PEOPLE = ("business", "civil", "expert", "group", "honorific", "office")  # sorts of roles of persons and groups
TOPIC = ("dobj", "nsubj", "nsubjpass", "pobj")  # places of a clause where its topic stands


def is_proposed(issue: str) -> bool:
    """Whether an issue was proposed by the machine."""
    return issue.startswith(PROPOSED)


class Around(NamedTuple):
    """The nouns of a clause and around it, by their lemmas, the likelier topics first; `vague` are those of the clause that name no issue.

    `paragraph` is the last one before that has nouns, where the clause's own has none. `before`: the nouns of the paragraph up to the clause, the nearest
    first, and then those behind it."""

    clause: list[str]
    sentence: list[str]
    paragraph: list[str]
    vague: list[str]
    before: list[str]


class Nouns:
    """An article's nouns, each by its lemma, from which issues are proposed."""

    def __init__(self, docs: Iterable[Doc]):
        self.docs = list(docs)
        self._of: dict[int, list[Token]] = {}  # by the place of a doc in memory: the docs are kept

    @functools.cached_property
    def printed(self) -> dict[str, list[Token]]:
        """Where the article says each."""
        found: dict[str, list[Token]] = {}
        for doc in self.docs:
            for noun in self._nouns(doc):
                found.setdefault(_lemma(noun), []).append(noun)
        return found

    def _nouns(self, doc: Doc) -> list[Token]:
        if id(doc) not in self._of:
            self._of[id(doc)] = [token for token in doc if token.pos_ == "NOUN" and token.lemma_.isalpha()]
        return self._of[id(doc)]

    def said(self, noun: str) -> int:
        """How often the article says it."""
        return len(self.printed.get(noun, ()))

    def around(self, doc: Doc, clause: frozenset[int], named: set[int]) -> Around:
        """The nouns of a clause, of its sentence and of its paragraph, and those of the clause that are too vague; those at the tokens `named` name an actor."""
        sentence = doc[min(clause)].sent
        nouns = [noun for noun in self._nouns(doc) if noun.i not in named]
        nouns.sort(key=lambda noun: noun.dep_ not in TOPIC)  # what is likelier a topic first
        vague = {noun.i for noun in nouns if _is_vague(noun)}
        good = [noun for noun in nouns if noun.i not in vague]
        paragraph = good or self._before(doc)
        here = min(clause) if good else float("inf")  # a paragraph before ends before the clause
        return Around(
            clause=[_lemma(noun) for noun in good if noun.i in clause],
            sentence=[_lemma(noun) for noun in good if sentence.start <= noun.i < sentence.end],
            paragraph=[_lemma(noun) for noun in paragraph],
            vague=[_lemma(noun) for noun in nouns if noun.i in clause & vague],
            before=[_lemma(n) for n in sorted(paragraph, key=lambda n: -n.i if n.i < here else n.i)],
        )

    def _before(self, doc: Doc) -> list[Token]:
        """The nouns that can name an issue in the last paragraph before one that has some."""
        place = next(nth for nth, one in enumerate(self.docs) if one is doc)
        found = ([noun for noun in self._nouns(one) if not _is_vague(noun)] for one in reversed(self.docs[:place]))
        return next(filter(None, found), [])

    def topics(self, clauses: list[Around]) -> list[str]:
        """The noun that each clause is about.

        Few nouns for all of them: first the noun that the article repeats and that is nearest to most, then that of those left, up to MOST.
        A clause with none of them in its sentence is about its own noun that the article says oftenest; one whose nouns are all vague, or that has
        none ("this just isn't right"), rather about one of them in its paragraph, and else about what is said around it."""
        chosen: list[str] = []
        left = clauses
        while len(chosen) < MOST and (worth := self._worth(left)):
            chosen.append(max(sorted(worth), key=lambda noun: (worth[noun], self.said(noun))))
            left = [around for around in left if chosen[-1] not in {*around.clause, *around.sentence}]
        return [self._about(around, chosen) for around in clauses]

    def _worth(self, clauses: list[Around]) -> dict[str, int]:
        """How near each noun that the article repeats, and that stands in one of some clauses, is to all of them."""
        worth: Counter = Counter()
        for around in clauses:
            near = (
                dict.fromkeys(around.paragraph, 1) | dict.fromkeys(around.sentence, 3) | dict.fromkeys(around.clause, 9)
            )
            worth.update(near)
        return {noun: worth[noun] for around in clauses for noun in around.clause if self.said(noun) >= ENOUGH}

    def _about(self, around: Around, chosen: list[str]) -> str:
        near = [noun for ring in (around.clause, around.sentence) for noun in chosen if noun in ring]
        far = [noun for noun in chosen if noun in around.paragraph] if not around.clause else []
        own = sorted(around.clause or around.vague, key=lambda noun: -self.said(noun))
        repeated = [noun for noun in around.before if self.said(noun) >= ENOUGH]
        return (near + far + own + repeated + around.before)[0]

    def phrase(self, noun: str) -> str:
        """How the article mostly puts a noun: with the same words before it ("minimum wage") where it does so more often than not, else alone."""
        said, times = Counter(map(_phrase, self.printed[noun])).most_common(1)[0]
        return said if 2 * times > self.said(noun) else noun


def _is_vague(noun: Token) -> bool:
    """Whether a noun names no issue: a person, a time, what is said, and the like, and not as a part of a longer word ("roll call")."""
    if any(c.dep_ == "compound" for c in noun.lefts):
        return False
    return _lemma(noun) in _vague() or names.role_sort(noun) in PEOPLE


@functools.cache
def _vague() -> frozenset[str]:
    return frozenset(data.table("vague_nouns").word)


def _lemma(noun: Token) -> str:
    return noun.lemma_.casefold()


def _phrase(noun: Token) -> str:
    """A noun with what it is compounded with."""
    before = [c for c in noun.lefts if c.dep_ in ("compound", "amod") and c.pos_ in ("NOUN", "ADJ", "PROPN")]
    return " ".join(t.lemma_.casefold() for t in [*before[1 - LENGTH :], noun])


def propose(phrase: str) -> str:
    """The id of the issue that a key phrase proposes."""
    return PROPOSED + slugify(phrase)


def questions(statements: pd.DataFrame, book: Codebook) -> pd.Series:
    """The question that each statement of an article answers: its issue; of an issue that is about actors (`Codebook.of`) with the one at whom the
    statement is aimed, as `person/ann-lee`, for who opposes one candidate and who opposes another do not agree. Missing where nobody is named."""
    aimed = statements.issue.isin([issue for _, issue in book.of])
    return statements.issue.where(~aimed, statements.issue + "/" + statements.target_id)


def with_proposed(book: Codebook, issues: pd.Series) -> Codebook:
    """The codebook with a row for each proposed issue among some issues, and for no other proposed one."""
    rows = proposed(issues)
    if list(rows.issue) == [issue for issue in book.issues.issue if is_proposed(issue)]:
        return book
    defined = book.issues[~book.issues.issue.map(is_proposed).astype(bool)]
    return replace(book, issues=pd.concat([defined, rows], ignore_index=True))


def proposed(issues: Iterable[str]) -> pd.DataFrame:
    """The proposed ones among some issues as rows of a codebook's table of issues, by their ids."""
    some = sorted({issue for issue in issues if is_proposed(issue)})
    rows = [dict.fromkeys(COLUMNS, "") | {"issue": i, "title": _title(i), "definition": UNDEFINED} for i in some]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="string[python]")


def _title(issue: str) -> str:
    words = issue.removeprefix(PROPOSED).replace("-", " ")
    return f"{words[:1].upper()}{words[1:]} (proposed)"
