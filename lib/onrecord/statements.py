"""Statements: who supports or opposes what, read from the words that show it.

Each cue of the codebook is followed up the parse to the head of its clause. On the way verbs, nouns and adjectives turn the position over ("stop",
"lack of", "not") or license a statement: a wish or rejection with somebody who has it, a demand, a judgement. A cue that meets no licence
is a mere mention and gives nothing; one whose position depends on an unknown verb is `unclear`.
The words and their signs are data: `data/reference/stance_words.csv`.
"""

import functools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import accumulate
from operator import itemgetter

import pandas as pd
from spacy.tokens import Doc, Span, Token

from onrecord import data, schema
from onrecord.article import Article
from onrecord.codebook import Codebook, Cue, Words, meets
from onrecord.language import Passage, text_of
from onrecord.marks import stretches_of

SURE = {
    "attitude": 0.8,
    "call": 0.8,
    "demand": 0.75,
    "evaluation": 0.7,
    "effect": 0.65,
    "commitment": 0.65,
    "shown": 0.6,
}
SUBJECT, PREDICATE = ("nsubj", "nsubjpass", "csubj", "csubjpass"), ("acomp", "attr", "oprd")
NOUNS = ("NOUN", "PROPN", "PRON", "NUM")
FORMS = {"VERB": "verb", "AUX": "verb", "ADJ": "adj", "NOUN": "noun", "PROPN": "noun", "ADP": "prep", "SCONJ": "prep"}
LONGEST = 8  # words from a cue up to what licenses a statement on it: farther up the parse is rarely right
POSITIONS = {1: "support", -1: "oppose", 0: "unclear"}
OF_QUOTES = ("quote_id", "kind", "speech", "start", "end", "spans", "speaker_id", "cue_start", "cue_end")
OF_ACTORS = ("actor_id", "name", "kind", "affiliation_id", "side")
SIDES = ("state", "government", "organisation")


@dataclass(frozen=True)
class Licence:
    """What entitles to a statement. `holders`: None for whoever speaks here, () where nobody is named. `sign` 0: unclear."""

    rule: str
    sign: int
    at: Token
    holders: tuple[Token, ...] | None = None
    target: Token | None = None
    demanded: bool = False
    negated: bool = False
    hedged: bool = False
    hypothetical: bool = False
    future: bool = False


# --- words -------------------------------------------------------------------------------------------------------------------


@functools.cache
def _lexicon() -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    found: dict = {}
    for row in data.table("stance_words").itertuples():
        found.setdefault((row.word, row.form), {})[row.kind] = (int(row.subject or 0), int(row.object or 0))
    return found


def _is(token: Token, form: str, kind: str) -> bool:
    return any(kind in _lexicon().get((word, form), ()) for word in (token.lemma_.casefold(), token.lower_))


def _kinds(token: Token, via: Token | None = None) -> dict[str, tuple[int, int]]:
    """What the table says of a word, with the particle or preposition beside it where the table knows the two together."""
    lemma, form = token.lemma_.casefold(), FORMS.get(token.pos_, "")
    near = (
        c
        for c in token.children
        if c.dep_ in ("prt", "dobj", *PREDICATE) or (c.dep_ == "advmod" and c.i - token.i in (1, 2))
    )
    beside = [c.lower_ for c in near]
    steps = [via.lower_] if via is not None and via.dep_ in ("prep", "agent") else []
    if via is not None and via.dep_ == "xcomp":
        steps += [c.lower_ for c in token.children if c.dep_ == "prep"]
    tries = [f"{lemma} {b} {s}" for b in beside for s in steps] + [f"{lemma} {w}" for w in beside + steps] + [lemma]
    forms = {"verb": ("verb", "adj"), "adj": ("adj",)}.get(form, (form,)) if token.tag_ in ("VBN", "VBG") else (form,)
    return next((_lexicon()[t, f] for t in tries for f in forms if (t, f) in _lexicon()), {})


def _complement(token: Token, prep: Token) -> bool:
    """Whether a preposition leads to what the word above it is about ("the wish for talks"), not to its circumstances ("at the talks")."""
    if token.pos_ in NOUNS and not _is(prep, "prep", "loose") and not _kinds(token, prep):
        return False
    return _is(prep, "prep", "complement") or any(
        f"{token.lemma_.casefold()}{middle} {prep.lower_}" in _phrasal()
        for middle in ["", *(f" {c.lower_}" for c in token.children)]
    )


@functools.cache
def _phrasal() -> frozenset[str]:
    return frozenset(word for word, _ in _lexicon() if " " in word)


def _child(token: Token, *deps: str) -> Token | None:
    return next((c for c in token.children if c.dep_ in deps), None)


def _negates(token: Token) -> bool:
    return _is(token, "adverb", "negation") or token.lower_ == "no"


def _contrasted(no: Token, words: tuple[Token, ...]) -> bool:
    """Whether the denial doesn't reach the words: "not this but that", "not only"."""
    after = no.doc[no.i + 1 : words[0].i] if words and words[0].i > no.i else ()
    return (no.i + 1 < len(no.doc) and no.nbor().lower_ in ("only", "just", "merely")) or any(
        t.lower_ == "but" for t in after
    )


def _negated(token: Token, but: tuple[Token, ...] = ()) -> bool:
    """Whether a word is denied: "no talks", "did not agree", "nobody wants". What stands in `but` doesn't count."""
    if token.pos_ in NOUNS:
        return any(_negates(c) and c.dep_ in ("det", "neg", "preconj", "cc") for c in token.children if c not in but)
    subjects = [c for c in token.children if c.dep_ in SUBJECT and c not in but]
    return any(
        _negates(c) and c.dep_ in ("neg", "advmod", "preconj") and not _contrasted(c, but)
        for c in token.children
        if c not in but
    ) or any(_negates(c) or _negated(c, but) for c in subjects if c.pos_ in NOUNS)


def _turn(token: Token, worth: int = 1, but: tuple[Token, ...] = ()) -> int:
    """What a denial makes of a worth: "not good" is bad, but "not bad" is unclear."""
    return worth if not _negated(token, but) else -worth if worth > 0 else 0


def _modal(token: Token, kind: str) -> bool:
    return any(c.dep_ == "aux" and _is(c, "modal", kind) for c in token.children)


def _conditional(clause: Token) -> bool:
    return any(c.dep_ in ("mark", "advmod") and _is(c, "mark", "condition") for c in clause.children)


def _passive(verb: Token) -> bool:
    return _child(verb, "auxpass") is not None or (verb.tag_ == "VBN" and verb.dep_ == "acl")


def _all(token: Token | None) -> tuple[Token, ...]:
    """A noun and those that are joined to it."""
    return (
        ()
        if token is None
        else (token, *[t for c in token.children if c.dep_ == "conj" and c.pos_ in NOUNS for t in _all(c)])
    )


def _subjects(verb: Token) -> tuple[Token, ...]:
    """Who does it: found through passives, joined verbs, infinitives and relative clauses; () where nobody is named."""
    for _ in range(6):
        if _passive(verb):
            by = _child(verb, "agent")
            return _all(_child(by, "pobj")) if by is not None else ()
        found = _child(verb, "nsubj", "expl")
        if found is not None:
            return _all(verb.head if verb.dep_ == "relcl" and found.lower_ in ("who", "which", "that") else found)
        if verb.dep_ == "xcomp" and (other := _child(verb.head, "dobj")) is not None and other.pos_ in NOUNS:
            return _all(other)
        if verb.dep_ not in ("conj", "xcomp", "pcomp", "prep", *PREDICATE):
            return ()
        verb = verb.head
    return ()


def _owners(noun: Token) -> tuple[Token, ...] | None:
    """Whose goal or wish it is: "our goal", "the goal of the party", "the party's goal is"; None where it is the speaker's."""
    owner = _child(noun, "poss")
    if owner is not None:
        return _all(owner)
    verb = noun.head.head if noun.dep_ == "pobj" else noun.head
    if verb.pos_ not in ("VERB", "AUX"):
        return ()
    return (
        _subjects(verb)
        if noun.dep_ in ("dobj", "pobj", "attr") and ("light" in _kinds(verb) or verb.lemma_ == "be")
        else None
    )


# --- the way up --------------------------------------------------------------------------------------------------------------


@dataclass
class Way:
    """The way from a cue up to the head of its clause, and the licences met on it."""

    sign: int
    inside: frozenset[int] | None  # the tokens of the quotation; None for the narrator's words
    cue_word: frozenset[int] = frozenset()  # the tokens that introduce it
    negated: bool = False
    hedged: bool = False
    hypothetical: bool = False
    without: bool = False
    unsure: bool = False
    words: tuple[Token, ...] = ()
    found: list[Licence] = field(default_factory=list)

    def climb(self, words: Span, shows: bool) -> list[Licence]:
        """The licences for a cue. `shows`: its words are a stance by themselves."""
        token, via, joined, self.words = words.root, None, False, tuple(words)
        if shows:
            self.license("shown", 0 if _negated(token, self.words) else self.sign, token)
        for _ in range(LONGEST):
            if not self.step(token, via, joined):
                break
            if token.dep_ in ("compound", "nmod", "appos"):
                break  # what is said of "security advisers" isn't said of security
            if token.dep_ == "acl" and any(c.dep_ == "mark" and c.lower_ == "that" for c in token.children):
                stopped = "stop" in _kinds(
                    token.head
                )  # "accusations that he plans it"; else "an order that they go": not the speaker's demand
                self.found[:] = [x for x in self.found if x.holders is not None and not stopped]
            if token.dep_ in ("ROOT", "relcl", "parataxis", "csubjpass") or (
                token.dep_ in ("advcl", "acl") and not _governed(token)
            ):
                break
            via, joined = token, False
            if token.dep_ == "conj":
                joined = token.pos_ in NOUNS or token.pos_ == token.head.pos_
                elliptical = (
                    token.pos_ not in ("VERB", "AUX") and token.head.pos_ == "VERB"
                )  # "wants no partner but a friend"
                if (not joined and not elliptical) or (joined and _child(token, *SUBJECT) is not None):
                    break
            if not self.may_enter(token.head):
                break
            token = token.head
        return self.found

    def may_enter(self, token: Token) -> bool:
        """Within a quotation the way ends where its words end, but for the verb that introduces it."""
        if self.inside is None or token.i in self.inside or token.i in self.cue_word:
            return True
        return token.dep_ == "prep" and token.head.i in self.cue_word

    def license(self, rule: str, sign: int, at: Token, **more) -> None:
        flags = {"negated": self.negated, "hedged": self.hedged, "hypothetical": self.hypothetical}
        self.found.append(Licence(rule, 0 if self.unsure else sign, at, **flags, **more))

    def flip(self) -> None:
        self.sign, self.negated = -self.sign, True

    def step(self, token: Token, via: Token | None, joined: bool) -> bool:
        """Take one word into account. False ends the way."""
        self.hedged |= _modal(token, "hedge") or any(
            c.dep_ == "advmod" and _is(c, "adverb", "hedge") for c in token.children
        )
        if _conditional(token):
            self.found.clear()
            return False
        self.hypothetical |= any(c.dep_ == "advcl" and _conditional(c) for c in token.children)
        if via is not None and not joined and via.dep_ == "prep" and not _complement(token, via):
            return False
        if token.pos_ in ("VERB", "AUX"):
            return self.verb(token, via, joined)
        kinds = {} if via is None or joined else _kinds(token, via)
        if "stop" in kinds:
            self.found.clear()
            return False
        if not joined:
            if token.pos_ == "ADJ":
                self.adjective(token, kinds)
            elif token.pos_ in ("ADP", "SCONJ"):
                self.preposition(token, kinds)
            else:
                self.noun(token, kinds)
        return True

    def noun(self, token: Token, kinds: dict) -> None:
        own, turn = self.sign, -1 if _negated(token, self.words) else 1
        if "reversal" in kinds:
            self.sign = -self.sign
        elif "attitude" in kinds:
            said_no = turn if token.dep_ != "pobj" or not _negated(token.head.head) else -turn  # "not in favour of"
            self.license("attitude", self.sign * kinds["attitude"][1] * said_no, token, holders=_owners(token))
        elif "bearer" in kinds:
            self.license(
                "attitude",
                self.sign * kinds["bearer"][1] * turn,
                token,
                holders=_subjects(token.head) if token.dep_ == "attr" else (),
            )
        elif "evaluation" in kinds:
            self.license("evaluation", self.sign * kinds["evaluation"][1] * turn, token)
        for adjective in (
            c for c in token.children if c.dep_ == "amod" and c not in self.words and _child(c, "neg") is None
        ):
            if worth := _kinds(adjective).get("evaluation", (0, 0))[1]:
                self.license("evaluation", own * worth, adjective)
        for clause in _clauses_about(token):
            self.relative(clause)
        if turn < 0:
            self.flip()
            if self.without:
                self.license("evaluation", self.sign, token)

    def relative(self, verb: Token) -> None:
        """ "a policy which the party has criticised", "demands that were slammed" """
        which = [
            c
            for c in verb.children
            if c.dep_ in ("dobj", "nsubjpass", "nsubj") and any(t.lower_ in ("which", "that") for t in c.subtree)
        ]
        attitude = _kinds(verb).get("attitude")
        if (
            attitude
            and which
            and (
                which[0].dep_ != "nsubj" or (_child(verb, "dobj") is None and which[0].tag_ == "WDT" and _parties(verb))
            )
        ):
            holders = _parties(verb) if which[0].dep_ == "nsubj" else _subjects(verb)
            self.license("attitude", self.sign * attitude[1] * (0 if _negated(verb) else 1), verb, holders=holders)
        elif which and which[0].dep_ == "nsubj":
            before = self.sign, self.negated
            self.judged(verb)
            self.sign, self.negated = before

    def adjective(self, token: Token, kinds: dict) -> None:
        negated = _negated(token) or (token.dep_ in PREDICATE and _negated(token.head))
        if "attitude" in kinds:
            sign = self.sign * kinds["attitude"][1]
            self.license(
                "attitude",
                0 if negated and kinds["attitude"][1] < 0 else -sign if negated else sign,
                token,
                holders=_subjects(token.head),
            )
        elif "evaluation" in kinds:
            self.license("evaluation", 0 if negated else self.sign * kinds["evaluation"][0], token)

    def preposition(self, token: Token, kinds: dict) -> None:
        if "attitude" in kinds and token.head.lemma_ == "be":
            self.license(
                "attitude", -self.sign * (0 if _negated(token.head) else 1), token, holders=_subjects(token.head)
            )
        elif "reversal" in kinds:
            self.sign, self.without = -self.sign, token.lower_ == "without"
            self.found.clear()  # "without condemning it": nobody did

    def verb(self, token: Token, via: Token | None, joined: bool) -> bool:
        subject = (
            via is not None and via.dep_ in SUBJECT and not (via.dep_ == "nsubjpass" and _passive(token)) and not joined
        )
        kinds = {} if via is None or joined else _kinds(token, via)
        must = _modal(token, "demand") or _imperative(token, self.inside)
        if subject:
            return self.judged(token, via)
        if "stop" in kinds or ("named" in kinds and (via.dep_ == "oprd" or via.lower_ in ("as", "to"))):
            self.found.clear()
            return False
        if via is not None and via.lower_ == "without":
            kinds = {"light": (0, 0)}
        if via is not None and not joined:
            if "report" in kinds and via.dep_ == "ccomp" and not {"attitude", "call"} & set(kinds):
                if token.i in self.cue_word:
                    return False
                speakers = _subjects(token)
                self.found[:] = [replace(x, holders=speakers) if x.holders is None else x for x in self.found]
                return False
            if must and "report" in kinds and not {"action", "attitude"} & set(kinds):
                return False  # "we should think of ..." demands no more than a thought
            if not self.governs(token, via, kinds, must):
                return True
        if _negated(token, (*self.words, via)) and not joined:
            self.flip()
            if self.without:
                self.license("evaluation", self.sign, token)
        if must and not any(x.demanded and x.at == token for x in self.found):
            self.license(
                "demand",
                self.sign,
                token,
                target=next(iter(_subjects(token)), None) if not _passive(token) else None,
                demanded=True,
            )
        elif _modal(token, "future") and self.sign:
            self.license("commitment", self.sign, token, holders=_subjects(token))
        return True

    def governs(self, token: Token, via: Token, kinds: dict, must: bool) -> bool:
        """A verb above the cue. False where its own negation is dealt with."""
        feeling = next((kinds[k] for k in ("attitude", "call", "accuse", "praise") if k in kinds), None)
        if feeling and not must:
            sign = self.sign * _turn(token, feeling[1], self.words)
            self.negated |= _negated(token, self.words)
            self.unsure &= "accuse" not in kinds  # whatever somebody is accused of, he is accused of doing it
            if "accuse" in kinds and _passive(token):
                return False  # "stands accused of": a charge, and nobody's view
            calls = bool({"call", "accuse", "praise"} & set(kinds))
            future = (_modal(token, "future") or _modal(token, "hedge")) and "would" not in {
                c.lower_ for c in token.children if c.dep_ == "aux"
            }
            self.license(
                "call" if "call" in kinds else "attitude",
                sign,
                token,
                holders=_subjects(token),
                target=_addressee(token, via, calls),
                demanded="call" in kinds or _embedded(via),
                future=future,
            )
            self.sign = sign
            return False
        if "merit" in kinds:
            self.license("evaluation", self.sign * _turn(token), token)
        elif "demand" in kinds and via.dep_ == "xcomp":
            self.license(
                "demand", self.sign * _turn(token), token, target=next(iter(_subjects(token)), None), demanded=True
            )
        elif "demand" in kinds and token.lemma_ == "need" and via.dep_ == "dobj":
            self.license("evaluation", self.sign * _turn(token), token)
        elif token.lemma_ == "be" or ("light" in kinds and via.dep_ not in ("dobj",)):
            self.copula(token, via)
        elif feeling:
            self.sign *= feeling[1]
        elif "action" in kinds:
            self.sign *= kinds["action"][1]
        elif "effect" in kinds:
            self.sign *= kinds["effect"][1]
        elif "light" not in kinds and "report" not in kinds:
            self.unsure = True
        return True

    def copula(self, token: Token, via: Token) -> None:
        """ "Our goal is to ...", "It is vital to ..." """
        for word in (c for c in token.children if c != via and c.dep_ in PREDICATE + SUBJECT):
            kinds = _kinds(word)
            if "attitude" in kinds and word.pos_ in NOUNS and word.dep_ in SUBJECT:
                self.license(
                    "attitude", self.sign * _turn(token, kinds["attitude"][1]), word, holders=_owner_or_speaker(word)
                )
            elif "evaluation" in kinds and via.dep_ not in PREDICATE:
                self.license("evaluation", self.sign * _turn(token, kinds["evaluation"][0]), word)

    def judged(self, token: Token, via: Token | None = None) -> bool:
        """The cue is what the clause speaks of: "the plan is wrong", "talks must go on", "expansion solves nothing"."""
        kinds, turn = _kinds(token), -1 if _negated(token, (*self.words, via)) else 1
        self.negated |= turn < 0
        must = _modal(token, "demand")
        need = _child(token, "xcomp") if "demand" in kinds else None
        for word in (c for c in token.children if c.dep_ in PREDICATE + (("dobj",) if "light" in kinds else ())):
            worth = _kinds(word) or next(
                (k for c in word.children if c.dep_ == "amod" and "evaluation" in (k := _kinds(c))), {}
            )
            nothing = -1 if _negated(word) else 1
            if "attitude" in worth and word.pos_ in NOUNS:
                self.license(
                    "attitude", self.sign * worth["attitude"][1] * turn * nothing, word, holders=_owner_or_speaker(word)
                )
            elif "evaluation" in worth:
                sign = self.sign * worth["evaluation"][0]
                self.license(
                    "evaluation", 0 if turn < 0 and worth["evaluation"][0] < 0 else sign * turn * nothing, word
                )
        if need is not None:
            way = _kinds(need).get("action", (0, 0))[1] if _passive(need) else _kinds(need).get("moves", (0, 0))[0]
            self.license("demand", self.sign * way * turn, need, demanded=True)
        elif "effect" in kinds and not must:
            turn *= (
                -1
                if (what := _child(token, "dobj")) is not None and (what.lower_ == "nothing" or _negated(what))
                else 1
            )
            self.license("effect", self.sign * kinds["effect"][0] * turn, token)
        elif must and "moves" in kinds and _child(token, "dobj") is None:
            self.license("demand", self.sign * kinds["moves"][0] * turn, token, demanded=True)
        self.sign = 0 if not self.found else self.found[-1].sign
        return bool(self.found) and self.found[-1].rule in ("evaluation", "effect", "demand")


def _clauses_about(noun: Token) -> list[Token]:
    """Verbs of the relative clauses that speak of a noun: its own, one behind a comma at the end of its phrase, "most of which were ..."."""
    own = [
        t
        for t in noun.subtree
        if t.dep_ == "relcl" and (t.head == noun or (t.left_edge.i and t.left_edge.nbor(-1).lower_ in (",", "–", "—")))
    ]
    parts = [t.head.head for t in noun.doc[noun.i + 1 : noun.i + 10] if t.lower_ == "which" and t.head.lower_ == "of"]
    behind = [part.head for part in parts if part.dep_ == "nsubjpass"]
    return own + [verb for verb in behind if verb not in own and verb.sent == noun.sent]


def _governed(clause: Token) -> bool:
    """An infinitive that belongs to the verb or noun above it: "urged them to stop", "the wish to stay"."""
    above = _kinds(clause.head)
    return any(c.dep_ == "aux" and c.lower_ == "to" for c in clause.children) and bool(
        {"call", "attitude", "evaluation"} & set(above)
    )


def _embedded(via: Token) -> bool:
    return via.dep_ in ("ccomp", "xcomp") and _child(via, "nsubj") is not None


def _parties(verb: Token) -> tuple[Token, ...]:
    """The subject beside a relative pronoun that the parser took for one."""
    found = [c for c in verb.children if c.dep_ == "nsubj" and c.tag_ not in ("WDT", "WP")]
    return _all(found[0]) if found else ()


def _owner_or_speaker(noun: Token) -> tuple[Token, ...] | None:
    owner = _child(noun, "poss")
    return _all(owner) if owner is not None else None


def _addressee(verb: Token, via: Token, calls: bool) -> Token | None:
    """Whom a call or a wish is aimed at."""
    if _embedded(via):
        return _child(via, "nsubj")
    if _passive(verb):
        return _child(verb, "nsubjpass") if calls and via.dep_ != "nsubjpass" else None
    if not calls:
        return None
    whom = _child(verb, "dobj", "dative")
    if whom is not None and whom != via:
        return whom
    prep = next(
        (c for c in verb.children if c.dep_ == "prep" and c != via and c.lower_ in ("on", "upon", "to", "with")), None
    )
    return _child(prep, "pobj") if prep is not None else None


def _imperative(token: Token, inside) -> bool:
    plain = (
        inside is not None
        and token.tag_ == "VB"
        and token.dep_ == "ROOT"
        and _child(token, "nsubj", "nsubjpass", "csubj", "expl") is None
    )
    return plain and all(c.lower_ in ("do", "please", "let") for c in token.children if c.dep_ == "aux")


# --- the table ---------------------------------------------------------------------------------------------------------------


def draft(
    article: Article,
    passages: list[Passage],
    quotes: pd.DataFrame,
    mentions: pd.DataFrame,
    actors: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """The statements that the words of an article show (table `statements`), as the machine drafts them."""
    reader = _Reader(article, quotes, mentions, actors)
    rows, before = [], ""
    for passage in passages:
        words = Words.of(passage.doc)
        cues = codebook.candidates(words)
        sentence_of = _sentence_numbers(passage.doc) if cues else None
        places = [
            (cue, first, last) for cue in cues for first, last in meets(cue, words, before + words.line, sentence_of)
        ]
        inner, here = _within({(first, last) for _, first, last in places}), _Here(passage, reader) if places else None
        for cue, first, last in places:
            if (first, last) not in inner:  # "war" within "hybrid war" is no cue of its own
                rows += reader.read(here, cue, passage.doc[first : last + 1])
        before = words.line
    return schema.frame("statements", _settled(rows))


def _within(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The places that lie within a longer one."""
    found, reach = set(), -1
    for first, last in sorted(places, key=lambda place: (place[0], -place[1])):
        if last <= reach:
            found.add((first, last))
        reach = max(reach, last)
    return found


def _sentence_numbers(doc: Doc):
    """For each token the number of its sentence."""
    starts = doc.to_array("SENT_START").tolist()  # 1 at a start, else 0 or -1
    return list(accumulate(start == 1 for start in starts)).__getitem__


class _Here:
    """A passage with cues in it, and what is asked of it for each of them."""

    def __init__(self, passage: Passage, reader: "_Reader"):
        self.passage = passage
        tokens = passage.doc.to_array(["IDX", "LENGTH"]).tolist()
        self.starts = [passage.start + begin for begin, _ in tokens]
        self.ends = [passage.start + begin + length for begin, length in tokens]
        self.marked = [m for m in stretches_of(passage.doc) if not m.single]
        self.quotes: dict[int, dict] = {}  # by token, the shortest
        for _, start, end, quote in sorted(
            reader.within(passage, reader.spans), key=itemgetter(0)
        ):  # the longest first
            self.quotes |= dict.fromkeys(range(bisect_left(self.starts, start), bisect_right(self.ends, end)), quote)
        self.mentions: dict[int, list[dict]] = defaultdict(list)  # by token, the shortest first
        for _, start, end, mention in sorted(reader.within(passage, reader.mentions), key=itemgetter(0)):
            for i in range(bisect_left(self.starts, start), bisect_right(self.ends, end)):
                self.mentions[i].append(mention)
        self._asked: dict[int, bool] = {}
        self._tokens: dict[tuple[tuple[int, int], ...], frozenset[int]] = {}

    def tokens(self, spans: tuple[tuple[int, int], ...]) -> frozenset[int]:
        """The tokens that begin in the spans."""
        if spans not in self._tokens:
            edges = [(bisect_left(self.starts, s), bisect_left(self.starts, e)) for s, e in spans]
            self._tokens[spans] = frozenset(i for first, end in edges for i in range(first, end))
        return self._tokens[spans]

    def asked(self, sentence: Span) -> bool:
        """Whether the sentence is a question."""
        if sentence.start not in self._asked:
            self._asked[sentence.start] = sentence.text.rstrip("\"”’' ").endswith("?")
        return self._asked[sentence.start]

    def in_marks(self, start: int, end: int) -> bool:
        """Whether double marks hold some of the words."""
        nth = bisect_right(self.marked, start - self.passage.start, key=lambda m: m.end)
        return nth < len(self.marked) and self.marked[nth].start < end - self.passage.start


class _Reader:
    """One article's speakers and actors, asked for the statements that a cue's place gives."""

    def __init__(self, article: Article, quotes: pd.DataFrame, mentions: pd.DataFrame, actors: pd.DataFrame):
        self.text = article.text
        said = [row for row in schema.records(quotes, *OF_QUOTES) if row["kind"] != "scare"]
        said = sorted(reversed(said), key=lambda q: q["start"] - q["end"])
        named = sorted(schema.records(mentions, "actor_id", "start", "end"), key=lambda m: m["end"] - m["start"])
        # each with its rank: of two quotations in a place the shortest counts, of two mentions the first
        self.spans = sorted(((n, s, e, q) for n, q in enumerate(said) for s, e in q["spans"]), key=itemgetter(1))
        self.mentions = sorted(((n, m["start"], m["end"], m) for n, m in enumerate(named)), key=itemgetter(1))
        self.actors = {row["actor_id"]: row for row in schema.records(actors, *OF_ACTORS)}

    @staticmethod
    def within(passage: Passage, ranked: list[tuple]) -> list[tuple]:
        """Those that begin in the passage."""
        end = passage.start + len(text_of(passage.doc))
        return ranked[
            bisect_left(ranked, passage.start, key=itemgetter(1)) : bisect_left(ranked, end, key=itemgetter(1))
        ]

    def read(self, here: _Here, cue: Cue, words: Span) -> list[dict]:
        passage, root = here.passage, words.root
        sentence = root.sent
        if root.dep_ == "compound" and root.pos_ == "PROPN" and root.head not in words:
            return []  # a part of a name
        if here.asked(sentence):
            return []
        quote = here.quotes.get(root.i)
        inside = None if quote is None else here.tokens(quote["spans"])
        cued = quote is not None and quote["cue_start"] is not None
        verb = here.tokens(((quote["cue_start"], quote["cue_end"]),)) if cued else frozenset()
        piece = None if quote is None else next(s for s, e in quote["spans"] if passage.place(root)[0] < e)
        made = []
        denied = any(
            {"stop"} & set(kinds := _kinds(t)) or kinds.get("attitude", (0, 0))[1] < 0
            for t in (passage.doc[i] for i in verb)
        )
        for licence in Way(cue.pole, inside, verb).climb(words, cue.shows):
            if denied and licence.at.i not in verb:
                continue  # what somebody rejects or denies he doesn't say
            act = (
                quote is not None and quote["speech"] == "act" and licence.at.i in verb and quote["kind"] == "indirect"
            )
            evidence = _evidence(licence, words, None if act else inside)
            start, end = self.trim(*passage.place(evidence))
            target = self.who(here, licence.target)
            for holder in self.holders(here, licence, quote, verb):
                made.append(
                    {
                        "issue": cue.issue,
                        "target_id": target if target != holder["holder_id"] else None,
                        "start": start,
                        "end": end,
                        "position": POSITIONS[licence.sign],
                        "at": (passage.place(sentence), piece),
                        "rule": licence.rule,
                        "basis": self.basis(here, start, end, quote),
                        "quote_id": quote["quote_id"] if quote else None,
                        **{flag: getattr(licence, flag) for flag in ("hedged", "negated", "hypothetical", "demanded")},
                    }
                    | holder
                )
        outermost = {(row["holder_id"], row["reported_by"]): row for row in made}
        for row in outermost.values():
            row["text"] = self.text[row["start"] : row["end"]]
            doubt = 0.15 * (row["position"] == "unclear") + 0.1 * row["hedged"] + 0.1 * (row["basis"] == "reported")
            row["confidence"] = round(SURE[row["rule"]] - doubt, 2)
        return list(outermost.values())

    def who(self, here: _Here, token: Token | None) -> str | None:
        """The actor whom a word names."""
        if token is None:
            return None
        over = here.mentions.get(token.i, [])
        spans = ((m, here.passage.tokens(m["start"], m["end"])) for m in over)
        head = next((m for m, span in spans if span is not None and span.root == token), None)
        return (head or next(iter(over), {"actor_id": None}))["actor_id"]

    def holders(self, here: _Here, licence: Licence, quote: dict | None, verb: frozenset[int]) -> list[dict]:
        """Whose statement it is: nobody's where the words leave that open."""
        speaker = None if quote is None else quote["speaker_id"]
        if licence.holders is None or (quote is not None and licence.at.i in verb):
            return [] if quote is None or licence.rule == "commitment" else [self.holder(speaker)]
        if not licence.holders:
            return [self.holder(None)] if quote is None and licence.rule == "attitude" and _passive(licence.at) else []
        found = []
        for token in licence.holders:
            actor = (
                speaker
                if token.pos_ == "PRON" and _is(token, "pronoun", "own") and quote is not None
                else self.who(here, token)
            )
            if (
                actor is None
                and quote is not None
                and quote["kind"] != "direct"
                and token.tag_ == "PRP"
                and self.fits(speaker, token)
            ):
                actor = speaker  # "the ministry said it would ..."
            if actor is not None and (quote is None or self.speaks_for(speaker, actor)):
                if quote is not None or (
                    not licence.future and not licence.hypothetical and licence.rule != "commitment"
                ):
                    found.append(self.holder(speaker if quote is not None else actor))
            elif actor is not None and not licence.future and licence.rule != "commitment":
                found.append(self.holder(actor, speaker) | {"basis": "reported"})
        return [h for i, h in enumerate(found) if h not in found[:i]]

    def fits(self, actor: str | None, pronoun: Token) -> bool:
        return pronoun.dep_ != "expl" and (pronoun.lower_ in ("he", "she")) == (
            self.actors.get(actor, {}).get("kind") == "person"
        )

    def holder(self, actor: str | None, reporter: str | None = None) -> dict:
        return {
            "holder_id": actor,
            "holder": self.actors[actor]["name"] if actor in self.actors else None,
            "reported_by": reporter,
        }

    def speaks_for(self, speaker: str | None, actor: str) -> bool:
        """Whether what the actor wants is the speaker's own view: himself, his employer, his state."""
        if speaker is None or actor == speaker:
            return actor == speaker
        one, other = self.actors.get(speaker, {}), self.actors.get(actor, {})
        side, employer = one.get("side"), one.get("affiliation_id")
        if employer == actor:
            return True
        if employer is not None and self.actors.get(employer, {}).get("kind") not in ("state", "government"):
            return False  # a scholar of a state's academy doesn't speak for the state
        return (
            other.get("kind") in SIDES
            and side is not None
            and side != "independent"
            and side in (actor, other.get("side"))
        )

    def basis(self, here: _Here, start: int, end: int, quote: dict | None) -> str:
        if quote is None:
            return "narrator"
        if here.in_marks(start, end):
            return "direct"
        return "narrator" if quote["speech"] == "act" else "indirect"

    def trim(self, start: int, end: int) -> tuple[int, int]:
        while end - 1 > start and not (self.text[end - 1].isalnum() or self.text[end - 1] in "%)"):
            end -= 1
        while start < end - 1 and not (self.text[start].isalnum() or self.text[start] in "$€£("):
            start += 1
        return start, end


def _evidence(licence: Licence, cue: Span, inside: frozenset[int] | None) -> Span:
    """The clause that shows it, with the cue in it; within a quotation only its words."""
    head = licence.at
    while head.pos_ not in ("VERB", "AUX") and head.head != head:
        head = head.head
    later = {t.i for c in head.children if c.dep_ in ("conj", "cc", "parataxis") and c.i > cue[-1].i for t in c.subtree}
    wanted = {t.i for t in head.subtree if not t.is_punct} - later | set(range(cue.start, cue.end))
    if inside is not None and (kept := {i for i in wanted if i in inside}):
        here = [cue.root.i]  # one unbroken stretch around the cue
        while here[0] - 1 in inside and here[0] > min(kept):
            here.insert(0, here[0] - 1)
        while here[-1] + 1 in inside and here[-1] < max(kept):
            here.append(here[-1] + 1)
        wanted = set(here)
    return cue.doc[min(wanted) : max(wanted) + 1]


def _settled(rows: list[dict]) -> list[dict]:
    """One row for each holder, issue and sentence; `unclear` where two of them disagree."""
    groups: dict = {}
    for row in rows:
        groups.setdefault((row["at"], row["quote_id"], row["holder_id"], row["reported_by"], row["issue"]), []).append(
            row
        )
    kept = []
    for same in groups.values():
        best = max(same, key=lambda row: (row["position"] != "unclear", row["confidence"]))
        if {"support", "oppose"} <= {row["position"] for row in same}:
            best = best | {"position": "unclear", "confidence": 0.4}
        about = (best["start"], best["end"], best["holder_id"], best["issue"], best["reported_by"])
        kept.append(best | {"statement_id": schema.row_id("t", *about), "source": "machine", "reviewed": False})
    return list({row["statement_id"]: row for row in kept}.values())
