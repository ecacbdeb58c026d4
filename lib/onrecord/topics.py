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

from onrecord import data, lexicon, names
from onrecord.article import slugify
from onrecord.codebook import COLUMNS, Codebook

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PROPOSED = "proposed-"
UNDEFINED = "Proposed from the article’s own words; nobody has defined it."
ENOUGH = 2  # places of an article where a key word or a key phrase stands
MOST = 5  # key words that several clauses of an article share
LENGTH = 4  # words of a phrase, at most
MEANING = ("it", "that", "these", "they", "this", "those")  # pronouns for what is said before
CLOSE = 1  # how much less directly a clause may be about a word that it shares with others than about its own
ACTORS = ("body", "business", "civil", "expert", "group", "honorific", "office")  # sorts of nouns for those who act


def is_proposed(issue: str) -> bool:
    """Whether an issue was proposed by the machine."""
    return issue.startswith(PROPOSED)


class Noun(NamedTuple):
    """A noun of a clause, and how directly the clause is about it (`lexicon.distance`)."""

    token: Token
    far: float


class Around(NamedTuple):
    """The nouns of a clause and around it, by their lemmas; `vague` are those of the clause that name no issue.

    `clause`: where each stands, what the clause is most directly about first. `paragraph` is the last one before that has nouns, where the clause's own has
    none. `before`: the nouns of the paragraph up to the clause, the nearest first, and then those behind it. `open`: whether the clause's subject is a
    pronoun that means what stands before."""

    clause: dict[str, Noun]
    sentence: list[str]
    paragraph: list[str]
    vague: list[str]
    before: list[str]
    open: bool


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
            self._of[id(doc)] = [token for token in doc if token.pos_ == "NOUN" and token.is_alpha and len(token) > 1]
        return self._of[id(doc)]

    def said(self, noun: str) -> int:
        """How often the article says it."""
        return len(self.printed.get(noun, ()))

    def around(self, head: Token, clause: frozenset[int], named: set[int]) -> Around:
        """The nouns of a clause, of its sentence and of its paragraph, and those of the clause that are too vague; those at the tokens `named` name an
        actor."""
        doc, sentence = head.doc, head.sent
        nouns = [noun for noun in self._nouns(doc) if noun.i not in named]
        vague = {noun.i for noun in nouns if _is_vague(noun)}
        good = [noun for noun in nouns if noun.i not in vague]
        paragraph = good or self._before(doc)
        here = min(clause) if good else float("inf")  # a paragraph before ends before the clause
        own: dict[str, Noun] = {}
        inside = (Noun(noun, lexicon.distance(noun, head)) for noun in good if noun.i in clause)
        for noun in sorted(inside, key=lambda noun: noun.far):
            own.setdefault(_lemma(noun.token), noun)
        return Around(
            clause=own,
            sentence=[_lemma(noun) for noun in good if sentence.start <= noun.i < sentence.end],
            paragraph=[_lemma(noun) for noun in paragraph],
            vague=[_lemma(noun) for noun in nouns if noun.i in clause & vague],
            before=[_lemma(n) for n in sorted(paragraph, key=lambda n: -n.i if n.i < here else n.i)],
            open=any(by.lower_ in MEANING for by in lexicon.subjects(head)),
        )

    def _before(self, doc: Doc) -> list[Token]:
        """The nouns that can name an issue in the last paragraph before one that has some."""
        place = next(nth for nth, one in enumerate(self.docs) if one is doc)
        found = ([noun for noun in self._nouns(one) if not _is_vague(noun)] for one in reversed(self.docs[:place]))
        return next(filter(None, found), [])

    def topics(self, clauses: list[Around]) -> list[str]:
        """The noun that each clause is about.

        Few nouns for all of them: first the noun that the article repeats and that most are about, then that of those left, up to MOST. A clause with
        none of them is about its own nearest noun; one whose nouns are all vague, or that has none ("this just isn't right"), about one of them in its
        sentence or paragraph, and else about what is said around it."""
        chosen: list[str] = []
        left = clauses
        while len(chosen) < MOST and (worth := self._worth(left)):
            chosen.append(max(sorted(worth), key=lambda noun: (worth[noun], self.said(noun))))
            left = [around for around in left if chosen[-1] not in around.clause]
        return [self._about(around, chosen) for around in clauses]

    def _worth(self, clauses: list[Around]) -> dict[str, int]:
        """How near each noun that the article repeats, and that stands in one of some clauses, is to all of them."""
        worth: Counter = Counter()
        for around in clauses:
            near = dict.fromkeys(around.paragraph, 1) | dict.fromkeys(around.sentence, 2)
            worth.update(near | dict.fromkeys(around.clause, 4) | dict.fromkeys([*around.clause][:1], 12))
        return {noun: worth[noun] for around in clauses for noun in around.clause if self.said(noun) >= ENOUGH}

    def _about(self, around: Around, chosen: list[str]) -> str:
        near = [noun for ring in (around.sentence, around.paragraph) for noun in chosen if noun in ring]
        if around.clause:
            nearest, far = next((noun, one.far) for noun, one in around.clause.items())
            close = (noun for noun, one in around.clause.items() if noun in chosen and one.far <= far + CLOSE)
            return next(close, near[0] if near and (around.open or far > lexicon.FAR) else nearest)
        vague = sorted(around.vague, key=lambda noun: -self.said(noun))
        repeated = [noun for noun in around.before if self.said(noun) >= ENOUGH]
        return (near + repeated + vague + around.before)[0]

    def phrase(self, noun: str, clauses: list[Around]) -> str:
        """How some clauses that are about a noun put it: with the words before it ("wage bill") where most of them or one in three places of the article
        do so, with adjectives ("minimum wage") where the article repeats it so, else alone."""
        here = [around.clause[noun].token for around in clauses if noun in around.clause] or self.printed[noun]
        for described, least in ((True, ENOUGH), (False, 1)):
            said = Counter(_phrase(one, described) for one in self.printed[noun])
            told = Counter(_phrase(one, described) for one in here).most_common()
            longer = ((words, times) for words, times in told if words != noun and said[words] >= least)
            known = (w for w, times in longer if 2 * times > len(here) or 3 * said[w] >= self.said(noun))
            if (found := next(known, None)) is not None:
                return found
        return noun


def _is_vague(noun: Token) -> bool:
    """Whether a noun names no issue: a person, a time, what is said, and the like, and not as a part of a longer word ("roll call")."""
    if any(c.dep_ == "compound" for c in noun.lefts):
        return False
    return _lemma(noun) in _vague() or names.role_sort(noun) in ACTORS


@functools.cache
def _vague() -> frozenset[str]:
    return frozenset(data.table("vague_nouns").word)


def _lemma(noun: Token) -> str:
    return noun.lemma_.casefold()


def _phrase(noun: Token, described: bool) -> str:
    """A noun with what it is compounded with ("zero hours contract"), and with its adjectives where it is to be described."""
    before = (c for c in noun.lefts if c.dep_ == "compound" or (described and c.dep_ == "amod"))
    words = [t for c in before for t in c.subtree if t.pos_ in ("NOUN", "ADJ", "PROPN", "NUM") and t.dep_ != "conj"]
    return " ".join([*(t.lower_ for t in words[1 - LENGTH :]), _lemma(noun)])


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
