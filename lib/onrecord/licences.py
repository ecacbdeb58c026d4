"""What entitles to say that somebody takes a stand: the words met on the way from what is spoken of up to the head of its clause.

On the way verbs, nouns and adjectives turn the position over ("stop", "lack of", "not") or license a statement: a wish or rejection with somebody who
has it, a demand, a judgement. A word that meets no licence is a mere mention; one whose position depends on an unknown verb is unclear.
"""

from dataclasses import dataclass, field, replace

from spacy.tokens import Span, Token

from onrecord import lexicon
from onrecord.lexicon import NOUNS, PREDICATE, SUBJECT

LONGEST = 8  # words from a cue up to what licenses a statement on it: farther up the parse is rarely right


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
            self.license("shown", 0 if lexicon.negated(token, self.words) else self.sign, token)
        for _ in range(LONGEST):
            if not self.step(token, via, joined):
                break
            if token.dep_ in ("compound", "nmod", "appos"):
                break  # what is said of "security advisers" isn't said of security
            if token.dep_ == "acl" and any(c.dep_ in ("mark", "dative") and c.lower_ == "that" for c in token.children):
                stopped = "stop" in lexicon.kinds(
                    token.head
                )  # "accusations that he plans it"; else "an order that they go": not the speaker's demand
                self.found[:] = [x for x in self.found if x.holders is not None and not stopped]
                self.accused(token.head)
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
                if (not joined and not elliptical) or (joined and lexicon.child(token, *SUBJECT) is not None):
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

    def accused(self, noun: Token) -> None:
        """ "accusations by Kiev that it planned an invasion": whatever somebody is accused of, he is accused of doing it."""
        accusers = lexicon.whose(noun, "by", "from")
        if accusers and (charge := lexicon.kinds(noun).get("accuse")):
            self.unsure = False
            self.license("accusation", self.sign * charge[1], noun, holders=accusers)

    def abstained(self, token: Token, said: bool) -> None:
        """ "is neutral on the plan", "takes no position on it": somebody tells that he is on neither side, where that is `said` and not denied."""
        if said:
            told = token if token.pos_ in ("VERB", "AUX") else token.head
            self.license("abstention", 0, token, holders=lexicon.subjects(told))

    def flip(self) -> None:
        self.sign, self.negated = -self.sign, True

    def step(self, token: Token, via: Token | None, joined: bool) -> bool:
        """Take one word into account. False ends the way."""
        self.hedged |= lexicon.modal(token, "hedge") or any(
            c.dep_ == "advmod" and lexicon.is_a(c, "adverb", "hedge") for c in token.children
        )
        if lexicon.conditional(token):
            self.found.clear()
            return False
        self.hypothetical |= any(c.dep_ == "advcl" and lexicon.conditional(c) for c in token.children)
        if via is not None and not joined and via.dep_ == "prep" and not lexicon.leads_on(token, via):
            return False
        if token.pos_ in ("VERB", "AUX"):
            return self.verb(token, via, joined)
        kinds = {} if via is None or joined else lexicon.kinds(token, via)
        if "stop" in kinds:
            self.found.clear()
            self.accused(token)
            return False
        # A position that nobody takes; of one that is taken this word doesn't tell which.
        if "abstention" in kinds and token.pos_ in NOUNS:
            light = token.dep_ == "dobj" and "light" in lexicon.kinds(token.head)
            self.abstained(token, light and (lexicon.negated(token) or lexicon.negated(token.head)))
            return False
        if not joined:
            if token.pos_ == "ADJ":
                self.adjective(token, kinds)
                return "abstention" not in kinds
            if token.pos_ in ("ADP", "SCONJ"):
                self.preposition(token, kinds)
            else:
                self.noun(token, kinds)
        return True

    def noun(self, token: Token, kinds: dict) -> None:
        own, turn = self.sign, -1 if lexicon.negated(token, self.words) else 1
        if "reversal" in kinds:
            self.sign = -self.sign
        elif "attitude" in kinds:
            said_no = (
                turn if token.dep_ != "pobj" or not lexicon.negated(token.head.head) else -turn
            )  # "not in favour of"
            ended = token.dep_ == "dobj" and lexicon.kinds_with_any(token.head).get("action", (0, 0))[1] < 0
            sign = 0 if ended else self.sign * kinds["attitude"][1] * said_no  # "called off her campaign for it"
            self.license("attitude", sign, token, holders=lexicon.owners(token))
        elif "bearer" in kinds:
            named = {"attr": lexicon.subjects(token.head), "appos": (token.head,)}.get(token.dep_, ())
            self.license("attitude", self.sign * kinds["bearer"][1] * turn, token, holders=named)
        elif "evaluation" in kinds:
            self.license("evaluation", self.sign * kinds["evaluation"][1] * turn, token)
        for adjective in (
            c for c in token.children if c.dep_ == "amod" and c not in self.words and lexicon.child(c, "neg") is None
        ):
            if worth := lexicon.kinds(adjective).get("evaluation", (0, 0))[1]:
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
        attitude = lexicon.kinds(verb).get("attitude")
        if (
            attitude
            and which
            and (
                which[0].dep_ != "nsubj"
                or (lexicon.child(verb, "dobj") is None and which[0].tag_ == "WDT" and _parties(verb))
            )
        ):
            holders = _parties(verb) if which[0].dep_ == "nsubj" else lexicon.subjects(verb)
            self.license(
                "attitude", self.sign * attitude[1] * (0 if lexicon.negated(verb) else 1), verb, holders=holders
            )
        elif which and which[0].dep_ == "nsubj":
            before = self.sign, self.negated
            self.judged(verb)
            self.sign, self.negated = before

    def adjective(self, token: Token, kinds: dict) -> None:
        negated = lexicon.negated(token) or (token.dep_ in PREDICATE and lexicon.negated(token.head))
        if "attitude" in kinds:
            sign = self.sign * kinds["attitude"][1]
            self.license(
                "attitude",
                0 if negated and kinds["attitude"][1] < 0 else -sign if negated else sign,
                token,
                holders=lexicon.subjects(token.head),
            )
        elif "evaluation" in kinds:
            self.license("evaluation", 0 if negated else self.sign * kinds["evaluation"][0], token)
        elif "abstention" in kinds:
            self.abstained(token, not negated)

    def preposition(self, token: Token, kinds: dict) -> None:
        if "attitude" in kinds and token.head.lemma_ == "be":
            self.license(
                "attitude",
                -self.sign * (0 if lexicon.negated(token.head) else 1),
                token,
                holders=lexicon.subjects(token.head),
            )
        elif "reversal" in kinds:
            self.sign, self.without = -self.sign, token.lower_ == "without"
            self.found.clear()  # "without condemning it": nobody did

    def verb(self, token: Token, via: Token | None, joined: bool) -> bool:
        subject = (
            via is not None
            and via.dep_ in SUBJECT
            and not (via.dep_ == "nsubjpass" and lexicon.passive(token))
            and not joined
        )
        kinds = {} if via is None or joined else lexicon.kinds(token, via)
        must = lexicon.modal(token, "demand") or _imperative(token, self.inside)
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
                speakers = lexicon.subjects(token)
                self.found[:] = [replace(x, holders=speakers) if x.holders is None else x for x in self.found]
                return False
            if must and "report" in kinds and not {"action", "attitude"} & set(kinds):
                return False  # "we should think of ..." demands no more than a thought
            if not self.governs(token, via, kinds, must):
                return True
        if lexicon.negated(token, (*self.words, via)) and not joined:
            self.flip()
            if self.without:
                self.license("evaluation", self.sign, token)
        if must and not any(x.demanded and x.at == token for x in self.found):
            self.license(
                "demand",
                self.sign,
                token,
                target=next(iter(lexicon.subjects(token)), None) if not lexicon.passive(token) else None,
                demanded=True,
            )
        elif lexicon.modal(token, "future") and self.sign:
            self.license("commitment", self.sign, token, holders=lexicon.subjects(token))
        return True

    def governs(self, token: Token, via: Token, kinds: dict, must: bool) -> bool:
        """A verb above the cue. False where its own negation is dealt with."""
        neutral = via.dep_ == "prep" and any(
            "abstention" in lexicon.kinds(c, via) for c in token.children if c.dep_ in PREDICATE
        )
        if neutral or "abstention" in kinds:  # "remains neutral on it", "abstained on it"
            self.abstained(token, not lexicon.negated(token))
            return False
        if lexicon.neither(token):
            self.abstained(token, True)
            return False
        feeling = next((kinds[k] for k in ("attitude", "call", "accuse", "praise") if k in kinds), None)
        if feeling and not must:
            sign = self.sign * lexicon.turned(token, feeling[1], self.words)
            if via.dep_ == "xcomp" and feeling[1] < 0 and lexicon.kinds_with_any(via).get("attitude", (0, 0))[1] < 0:
                sign = 0  # "refused to condemn it", "refused to rule it out"
            self.negated |= lexicon.negated(token, self.words)
            self.unsure &= "accuse" not in kinds  # whatever somebody is accused of, he is accused of doing it
            if "accuse" in kinds and lexicon.passive(token):
                return False  # "stands accused of": a charge, and nobody's view
            calls = bool({"call", "accuse", "praise"} & set(kinds))
            future = (lexicon.modal(token, "future") or lexicon.modal(token, "hedge")) and "would" not in {
                c.lower_ for c in token.children if c.dep_ == "aux"
            }
            self.license(
                "call" if "call" in kinds else "attitude",
                sign,
                token,
                holders=lexicon.subjects(token),
                target=_addressee(token, via, calls),
                demanded="call" in kinds or _embedded(via),
                future=future,
            )
            self.sign = sign
            return False
        if "merit" in kinds:
            self.license("evaluation", self.sign * lexicon.turned(token), token)
        elif "demand" in kinds and via.dep_ == "xcomp":
            self.license(
                "demand",
                self.sign * lexicon.turned(token),
                token,
                target=next(iter(lexicon.subjects(token)), None),
                demanded=True,
            )
        elif "demand" in kinds and token.lemma_ == "need" and via.dep_ == "dobj":
            self.license("evaluation", self.sign * lexicon.turned(token), token)
        elif token.lemma_ == "be" or ("light" in kinds and via.dep_ not in ("dobj",)):
            self.copula(token, via)
        elif feeling:
            self.sign *= feeling[1]
        elif "charge" in kinds and (culprit := self.culprit(token, via)) is not None:
            self.license("evaluation", self.sign * kinds["charge"][1], token, target=culprit)
        elif "action" in kinds:
            self.sign *= kinds["action"][1]
        elif "effect" in kinds:
            self.sign *= kinds["effect"][1]
        elif "light" not in kinds and "report" not in kinds:
            self.unsure = True
        return True

    def culprit(self, verb: Token, via: Token) -> Token | None:
        """Who does what the issue is against, as a speaker tells it of somebody else: "Moscow has launched a campaign of lies"."""
        doers = lexicon.subjects(verb)
        own = any(lexicon.is_a(doer, "pronoun", "own") for doer in doers)
        told = self.inside is not None and self.sign < 0 and via.dep_ == "dobj" and not lexicon.negated(verb)
        return doers[0] if doers and told and not own else None

    def copula(self, token: Token, via: Token) -> None:
        """ "Our goal is to ...", "It is vital to ..." """
        for word in (c for c in token.children if c != via and c.dep_ in PREDICATE + SUBJECT):
            kinds = lexicon.kinds(word)
            if "attitude" in kinds and word.pos_ in NOUNS and word.dep_ in SUBJECT:
                self.license(
                    "attitude",
                    self.sign * lexicon.turned(token, kinds["attitude"][1]),
                    word,
                    holders=_owner_or_speaker(word),
                )
            elif "evaluation" in kinds and via.dep_ not in PREDICATE:
                self.license("evaluation", self.sign * lexicon.turned(token, kinds["evaluation"][0]), word)

    def judged(self, token: Token, via: Token | None = None) -> bool:
        """The cue is what the clause speaks of: "the plan is wrong", "talks must go on", "expansion solves nothing"."""
        kinds, turn = lexicon.kinds(token), -1 if lexicon.negated(token, (*self.words, via)) else 1
        self.negated |= turn < 0
        must = lexicon.modal(token, "demand")
        need = lexicon.child(token, "xcomp") if "demand" in kinds else None
        for word in (c for c in token.children if c.dep_ in PREDICATE + (("dobj",) if "light" in kinds else ())):
            worth = lexicon.kinds(word) or next(
                (k for c in word.children if c.dep_ == "amod" and "evaluation" in (k := lexicon.kinds(c))), {}
            )
            nothing = -1 if lexicon.negated(word) else 1
            if "attitude" in worth and word.pos_ in NOUNS:
                met = "meets" in kinds  # "found support from Lee"
                holders = lexicon.whose(word, "from", "among", "by") if met else _owner_or_speaker(word)
                self.license("attitude", self.sign * worth["attitude"][1] * turn * nothing, word, holders=holders)
            elif "evaluation" in worth:
                sign = self.sign * worth["evaluation"][0]
                self.license(
                    "evaluation", 0 if turn < 0 and worth["evaluation"][0] < 0 else sign * turn * nothing, word
                )
        if need is not None:
            way = (
                lexicon.kinds(need).get("action", (0, 0))[1]
                if lexicon.passive(need)
                else lexicon.kinds(need).get("moves", (0, 0))[0]
            )
            self.license("demand", self.sign * way * turn, need, demanded=True)
        elif "effect" in kinds and not must:
            turn *= (
                -1
                if (what := lexicon.child(token, "dobj")) is not None
                and (what.lower_ == "nothing" or lexicon.negated(what))
                else 1
            )
            self.license("effect", self.sign * kinds["effect"][0] * turn, token)
        elif must and "moves" in kinds and lexicon.child(token, "dobj") is None:
            self.license("demand", self.sign * kinds["moves"][0] * turn, token, demanded=True)
        self.sign = 0 if not self.found else self.found[-1].sign
        return bool(self.found) and self.found[-1].rule in ("evaluation", "effect", "demand")


def _clauses_about(noun: Token) -> list[Token]:
    """Verbs of the relative clauses that speak of a noun: its own, one behind a comma at the end of its phrase, "most of which were ..."."""
    own = [t for t in noun.subtree if t.dep_ == "relcl" and (t.head == noun or _after_comma(t) or _of_doing(t, noun))]
    parts = [t.head.head for t in noun.doc[noun.i + 1 : noun.i + 10] if t.lower_ == "which" and t.head.lower_ == "of"]
    behind = [part.head for part in parts if part.dep_ == "nsubjpass"]
    return own + [verb for verb in behind if verb not in own and verb.sent == noun.sent]


def _after_comma(clause: Token) -> bool:
    return bool(clause.left_edge.i) and clause.left_edge.nbor(-1).lower_ in (",", "–", "—")


def _of_doing(clause: Token, noun: Token) -> bool:
    """Whether a relative clause hangs on the object of what a noun is about: "a policy of closing ports which the union has criticised"."""
    between = [t for t in clause.ancestors if t in noun.subtree and t != noun]
    return any(t.dep_ == "pcomp" and t.head.head == noun for t in between)


def _governed(clause: Token) -> bool:
    """An infinitive that belongs to the verb or noun above it: "urged them to stop", "the wish to stay"."""
    above = lexicon.kinds(clause.head)
    return any(c.dep_ == "aux" and c.lower_ == "to" for c in clause.children) and bool(
        {"call", "attitude", "evaluation"} & set(above)
    )


def _embedded(via: Token) -> bool:
    return via.dep_ in ("ccomp", "xcomp") and lexicon.child(via, "nsubj") is not None


def _parties(verb: Token) -> tuple[Token, ...]:
    """The subject beside a relative pronoun that the parser took for one; also where it joined that subject to a source: "which, according to X, A and B reject"."""
    found = [c for c in verb.children if c.dep_ == "nsubj" and c.tag_ not in ("WDT", "WP")]
    if found:
        return lexicon.joined(found[0])
    sources = [t for c in verb.children if c.dep_ == "prep" and c.i < verb.i for t in c.subtree if t.dep_ == "pobj"]
    beside = [c for source in sources for c in source.children if c.dep_ == "conj" and c.pos_ in NOUNS]
    split = [c for c in beside if any(t.dep_ == "punct" for t in c.head.children) and not lexicon.child(c.head, "cc")]
    return lexicon.joined(split[0]) if split else ()


def _owner_or_speaker(noun: Token) -> tuple[Token, ...] | None:
    owner = lexicon.child(noun, "poss")
    return lexicon.joined(owner) if owner is not None else None


def _addressee(verb: Token, via: Token, calls: bool) -> Token | None:
    """Whom a call or a wish is aimed at."""
    if _embedded(via):
        return lexicon.child(via, "nsubj")
    if lexicon.passive(verb):
        return lexicon.child(verb, "nsubjpass") if calls and via.dep_ != "nsubjpass" else None
    if not calls:
        return None
    whom = lexicon.child(verb, "dobj", "dative")
    if whom is not None and whom != via:
        return whom
    prep = next(
        (c for c in verb.children if c.dep_ == "prep" and c != via and c.lower_ in ("on", "upon", "to", "with")), None
    )
    return lexicon.child(prep, "pobj") if prep is not None else None


def _imperative(token: Token, inside) -> bool:
    plain = (
        inside is not None
        and token.tag_ == "VB"
        and token.dep_ == "ROOT"
        and lexicon.child(token, "nsubj", "nsubjpass", "csubj", "expl") is None
    )
    return plain and all(c.lower_ in ("do", "please", "let") for c in token.children if c.dep_ == "aux")
