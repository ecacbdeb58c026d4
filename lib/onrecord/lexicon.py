"""The words that show a stance, and the grammar around them: what a word says of its object, who does it, whether it is denied.

The words and their signs are data: `data/reference/stance_words.csv`, and `tone_words.csv` for words that merely sound well or ill.
"""

import functools

from spacy.tokens import Doc, Token

from onrecord import cues, data, language

SUBJECT, PREDICATE = ("nsubj", "nsubjpass", "csubj", "csubjpass"), ("acomp", "attr", "oprd")
SPOKEN = frozenset(["attitude", "accuse", "call", "praise"])  # kinds of words that show the position of their subject
NOUNS = ("NOUN", "PROPN", "PRON", "NUM")
STEPS = {  # how far each relation leads away from what a clause is about
    "acl": 1,
    "acomp": 1,
    "attr": 2,
    "ccomp": 1,
    "conj": 0.5,
    "dobj": 1,
    "nsubj": 2,
    "nsubjpass": 1,
    "pcomp": 0.5,
    "pobj": 0.5,
    "prep": 1,
    "xcomp": 1,
}
FAR = 4  # how indirectly a clause can still be about something
AWAY = 3  # any other: circumstances, owners, parts of names
FORMS = {"VERB": "verb", "AUX": "verb", "ADJ": "adj", "NOUN": "noun", "PROPN": "noun", "ADP": "prep", "SCONJ": "prep"}


@functools.cache
def known() -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    found: dict = {}
    for row in data.table("stance_words").itertuples():
        found.setdefault((row.word, row.form), {})[row.kind] = (int(row.subject or 0), int(row.object or 0))
    return found


@functools.cache
def _first() -> frozenset[str]:
    """The words with which an entry begins."""
    return frozenset(word.split(" ")[0] for word, _ in known())


def listed(doc: Doc) -> list[bool]:
    """For each token whether `kinds` or `tone` can say anything of it."""
    if "listed" not in doc.user_data:
        rows = doc.to_array(["LEMMA", "LOWER"]).tolist()
        doc.user_data["listed"] = [_listed(lemma) or _listed(lower) for lemma, lower in rows]
    return doc.user_data["listed"]


@functools.lru_cache(10_000)
def _listed(number: int) -> bool:
    word = language.model().vocab.strings[number].casefold()
    return word in _first() or word in _toned()


def is_a(token: Token, form: str, kind: str) -> bool:
    table = known()
    return kind in table.get((token.lower_, form), ()) or kind in table.get((token.lemma_.casefold(), form), ())


def kinds(token: Token, via: Token | None = None) -> dict[str, tuple[int, int]]:
    """What the table says of a word, with the particle or preposition beside it where the table knows the two together."""
    lemma = token.lemma_.casefold()
    if lemma not in _first() and token.lower_ not in _first():
        return {}  # nearly every word
    form = FORMS.get(token.pos_, "")
    tries = [*_with_others(token, lemma, via), lemma, token.lower_] if lemma in _leading() else [lemma, token.lower_]
    forms = {"verb": ("verb", "adj"), "adj": ("adj",)}.get(form, (form,)) if token.tag_ in ("VBN", "VBG") else (form,)
    return next((known()[t, f] for t in tries for f in forms if (t, f) in known()), {})


def _with_others(token: Token, lemma: str, via: Token | None) -> list[str]:
    """A word with those beside it with which an entry can begin: particles, objects, the preposition that leads on."""
    near = (
        c
        for c in token.children
        if c.dep_ in ("prt", "dobj", *PREDICATE) or (c.dep_ == "advmod" and c.i - token.i in (1, 2))
    )
    beside = [c.lower_ for c in near]
    steps = [via.lower_] if via is not None and via.dep_ in ("prep", "agent") else []
    if via is not None and via.dep_ == "xcomp":
        steps += [c.lower_ for c in token.children if c.dep_ == "prep"]
    if via is not None and via.dep_ == "ccomp" and any(t.tag_ in language.FINITE for t in (via, *via.children)):
        steps.append("that")  # printed or not
    return [f"{lemma} {b} {s}" for b in beside for s in steps] + [f"{lemma} {w}" for w in beside + steps]


def kinds_with_any(token: Token) -> dict[str, tuple[int, int]]:
    """What the table says of a word with one of the prepositions behind it ("rail against"), else of the word alone."""
    lemma = token.lemma_.casefold()
    if lemma not in _first() and token.lower_ not in _first():
        return {}
    alone = kinds(token)
    if lemma not in _leading():
        return alone
    behind = (kinds(token, c) for c in token.children if c.dep_ in ("prep", "agent"))
    return next((found for found in behind if found != alone), alone)


@functools.cache
def _leading() -> frozenset[str]:
    """The words with which an entry of several words begins."""
    return frozenset(word.split(" ")[0] for word in _phrasal())


@functools.cache
def _toned() -> dict[str, dict[str, int]]:
    """The sign of each form of a word that sounds well or ill."""
    found: dict = {}
    for row in data.table("tone_words").itertuples():
        found.setdefault(row.word, {})[row.form] = int(row.sign)
    return found


def tone(token: Token) -> int:
    """Whether a word sounds well (1) or ill (-1), the other way round where it is denied; 0 for most words."""
    signs = _toned().get(token.lemma_.casefold()) or _toned().get(token.lower_)
    if signs is None or token.pos_ == "PROPN":
        return 0  # nearly every word
    form = "adverb" if token.pos_ == "ADV" else FORMS.get(token.pos_, "")
    other = {"verb": "adj", "adj": "verb"}.get(form, form) if token.tag_ in ("VBN", "VBG", "JJ") else form
    sign = signs.get(form) or signs.get(other) or _toned().get(token.lower_, {}).get(other, 0)
    if not sign:
        return 0
    denied = negated(token) or (token.dep_ in (*PREDICATE, "dobj", "xcomp") and negated(token.head))
    return -sign if denied else sign


def leads_on(token: Token, prep: Token) -> bool:
    """Whether a preposition leads to what the word above it is about ("the wish for talks"), not to its circumstances ("at the talks")."""
    if token.pos_ in NOUNS and not is_a(prep, "prep", "loose") and not kinds(token, prep):
        return False
    return is_a(prep, "prep", "complement") or any(
        f"{token.lemma_.casefold()}{middle} {prep.lower_}" in _phrasal()
        for middle in ["", *(f" {c.lower_}" for c in token.children)]
    )


@functools.cache
def _phrasal() -> frozenset[str]:
    return frozenset(word for word, _ in known() if " " in word)


def child(token: Token, *deps: str) -> Token | None:
    return next((c for c in token.children if c.dep_ in deps), None)


def _negates(token: Token) -> bool:
    no_longer = token.lower_ == "longer" and token.i > 0 and token.nbor(-1).lower_ == "no"
    return is_a(token, "adverb", "negation") or token.lower_ == "no" or no_longer


def _contrasted(no: Token, words: tuple[Token, ...]) -> bool:
    """Whether the denial doesn't reach the words: "not this but that", "not only"."""
    after = no.doc[no.i + 1 : words[0].i] if words and words[0].i > no.i else ()
    return (no.i + 1 < len(no.doc) and no.nbor().lower_ in ("only", "just", "merely")) or any(
        t.lower_ == "but" for t in after
    )


def negated(token: Token, but: tuple[Token, ...] = ()) -> bool:
    """Whether a word is denied: "no talks", "did not agree", "nobody wants". What stands in `but` doesn't count."""
    if token.pos_ in NOUNS:
        return any(c.dep_ in ("det", "neg", "preconj", "cc") and _negates(c) for c in token.children if c not in but)
    children = [(c, c.dep_) for c in token.children if c not in but]
    return any(
        dep in ("neg", "advmod", "preconj") and _negates(c) and not _contrasted(c, but) for c, dep in children
    ) or any(dep in SUBJECT and c.pos_ in NOUNS and (_negates(c) or negated(c, but)) for c, dep in children)


def neither(verb: Token) -> bool:
    """Whether somebody takes neither of two sides: "neither supports nor opposes it"."""
    pair = [verb, *(c for c in verb.children if c.dep_ == "conj"), *([verb.head] if verb.dep_ == "conj" else [])]
    if not any(c.lower_ == "neither" for one in pair for c in one.children):
        return False  # nearly every verb
    return {1, -1} <= {kinds(one).get("attitude", (0, 0))[1] for one in pair}


def turned(token: Token, worth: int = 1, but: tuple[Token, ...] = ()) -> int:
    """What a denial makes of a worth: "not good" is bad, but "not bad" is unclear."""
    return worth if not negated(token, but) else -worth if worth > 0 else 0


def modal(token: Token, kind: str) -> bool:
    return any(c.dep_ == "aux" and is_a(c, "modal", kind) for c in token.children)


def conditional(clause: Token) -> bool:
    return any(c.dep_ in ("mark", "advmod") and is_a(c, "mark", "condition") for c in clause.children)


def passive(verb: Token) -> bool:
    return child(verb, "auxpass") is not None or (verb.tag_ == "VBN" and verb.dep_ == "acl")


def joined(token: Token | None) -> tuple[Token, ...]:
    """A noun and those that are joined to it, the next names of a list too, which the parse takes for appositions."""
    found, waiting = [], [token] if token is not None else []
    while waiting:
        found.append(waiting.pop())
        waiting += [c for c in found[-1].children if c.pos_ in NOUNS and _is_joined(c)][::-1]
    return tuple(found)


def _is_joined(token: Token) -> bool:
    return token.dep_ == "conj" or (token.dep_ == "appos" and token.ent_type_ == token.head.ent_type_ == "PERSON")


def beside(token: Token) -> tuple[Token, ...]:
    """All nouns of the list to which one belongs."""
    while token.dep_ == "conj" and token.head.pos_ in NOUNS:
        token = token.head
    return joined(token)


def subjects(verb: Token) -> tuple[Token, ...]:
    """Who does it: found through passives, joined verbs, infinitives and relative clauses; () where nobody is named."""
    for _ in range(6):
        if passive(verb):
            by = child(verb, "agent")
            agent = child(by, "pobj") if by is not None else None
            return joined(child(verb, "nsubjpass") if felt(verb) else agent)
        found = child(verb, "nsubj", "expl")
        if found is not None:
            return joined(verb.head if verb.dep_ == "relcl" and found.lower_ in ("who", "which", "that") else found)
        if verb.dep_ == "xcomp" and (other := child(verb.head, "dobj")) is not None and other.pos_ in NOUNS:
            return joined(other)
        if (undergoer := _undergoer(verb)) is not None:
            return joined(undergoer)
        leads = verb.dep_ == "advcl" and verb.tag_ == "VBG"  # "praising the deal, Lee left"
        if not leads and verb.dep_ not in ("conj", "xcomp", "pcomp", "prep", *PREDICATE):
            return ()
        verb = verb.head
    return ()


def _undergoer(clause: Token) -> Token | None:
    """Who does what he is accused of or praised for: the object of the verb above, "accused Lee of opposing it"."""
    prep = clause.head
    if clause.dep_ != "pcomp" or prep.dep_ != "prep" or prep.lower_ not in ("of", "for"):
        return None
    if {"accuse", "praise", "attitude"}.isdisjoint(kinds_with_any(prep.head)):
        return None
    return child(prep.head, "nsubjpass") if passive(prep.head) else child(prep.head, "dobj")


def felt(verb: Token) -> bool:
    """Whether a passive says how its own subject feels: "were incensed by the plan", not "was opposed by Lee"."""
    return is_a(verb, "adj", "attitude") and not is_a(verb, "verb", "attitude")


def owners(noun: Token) -> tuple[Token, ...] | None:
    """Whose goal or wish it is: "our goal", "the goal of the party", "the party's goal is"; None where it is the speaker's."""
    owner = child(noun, "poss")
    if owner is not None:
        return joined(owner)
    verb = noun.head.head if noun.dep_ == "pobj" else noun.head
    if verb.pos_ not in ("VERB", "AUX") or is_a(verb, "verb", "meets"):
        return ()  # whoever "found support" or "faced criticism" did not give it
    return (
        subjects(verb)
        if noun.dep_ in ("dobj", "pobj", "attr") and ("light" in kinds(verb) or verb.lemma_ == "be")
        else None
    )


def distance(word: Token, head: Token) -> float:
    """How directly a clause is about one of its words: what lies between the word and the clause's head, 1 for a direct object; infinite where the word
    does not hang on the head."""
    far = 0.0
    while word != head:
        if word.head == word:
            return float("inf")
        far += _step(word)
        word = word.head
    return far


def _step(word: Token) -> float:
    above = word.head
    if word.dep_ == "nsubj" and child(above, "attr", "acomp") is not None:
        return 1  # "the plan is a disaster"
    if word.dep_ == "dobj" and child(above, "xcomp") is not None:
        return STEPS["dobj"] + STEPS["xcomp"]  # who is asked to do something
    if word.dep_ == "prep" and (not leads_on(above, word) or word.lower_ == "as" or _harms(above)):
        return AWAY  # "act with speed", "hailed it as a step", "a danger to allies"
    return STEPS.get(word.dep_, AWAY)


def _harms(noun: Token) -> bool:
    """Whether a noun judges something for what it does to others: danger, threat."""
    return noun.pos_ == "NOUN" and kinds(noun).get("evaluation", (0, 0))[1] < 0


def authors(noun: Token) -> tuple[Token, ...]:
    """Who stands behind words that speak themselves: "Lee’s letter", "a letter from Lee", "a Times article", "a report in the Times"."""
    if noun.pos_ != "NOUN" or noun.lemma_.casefold() not in cues.known("writing"):
        return ()
    found = whose(noun, "from", "by") or tuple(t for t in whose(noun, "in") if t.ent_type_ == "ORG")
    return found or tuple(c for c in noun.children if c.dep_ in ("compound", "nmod") and c.ent_type_ != "PERSON")


def whose(noun: Token, *prepositions: str) -> tuple[Token, ...]:
    """Whose a noun is, as its owner or behind a preposition: "Kiev's accusations", "accusations by Kiev"."""
    of = next((c for c in noun.children if c.dep_ in ("prep", "agent") and c.lower_ in prepositions), None)
    return joined(child(noun, "poss") or (child(of, "pobj") if of is not None else None))
