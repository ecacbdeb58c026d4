"""Which clauses take a stance, as a small network learned it: the places where somebody may, and how likely he supports or opposes something there.

A candidate is a clause and the one whose stance it would be: a clause of a quotation with its speaker (`said`), a verb, adjective or noun of the narrator
with its subject or owner (`told`), the same inside a quotation about somebody else than its speaker (`reported`).
The network is a few tables of numbers in `data/models/stances.npz`, learned by `benchmarks/learn_stances.py`; `data/models/README.md` is its model card.
Without that file, or with another language model, nothing is found here and the codebook's cues stand alone.
"""

import functools
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np
from spacy import symbols
from spacy.tokens import Doc, Token

from onrecord import attributions, data, embeddings, language, lexicon
from onrecord.lexicon import PREDICATE, SPOKEN, SUBJECT
from onrecord.scene import Here

CLAUSES = ("VERB", "AUX")
_VERBS, _ADJECTIVES_AND_NOUNS = {symbols.VERB, symbols.AUX}, {symbols.ADJ, symbols.NOUN}
OWN_CLAUSE = ("conj", "parataxis")  # a verb with a subject of its own that is a clause of its own
FEWEST = 2  # words of a clause
FORESEEN = 0.5  # how likely a stance must be that is told as a prediction
BEARING = frozenset(["attitude", "reversal", "evaluation", "bearer", "stop"])  # nouns that may have an owner's stance
STRONG = frozenset(["attitude", "accuse", "call"])  # words that show a stance even where nobody is named
SIGNED = (
    "accuse",
    "action",
    "attitude",
    "bearer",
    "call",
    "charge",
    "demand",
    "effect",
    "evaluation",
    "light",
    "merit",
    "moves",
    "named",
    "praise",
    "report",
    "reversal",
    "stop",
    "tone",
)
NUMBERS = ("DATE", "TIME", "MONEY", "PERCENT", "CARDINAL", "QUANTITY")
TOLD = (  # relations, tags and entities that `_features_of` tells
    ("neg", "aux", "mark", "advmod"),
    ("PRP", "PRP$", "JJR", "JJS", "RBR", "RBS", "RB"),
    NUMBERS,
)
BEFORE = ("neg", "aux", "auxpass", "advmod", "det", "amod", "poss")  # what belongs to a word and stands before it
GRAMMAR = ("nsubj", "nsubjpass", "dobj", "pobj", "poss")
ARGUMENTS = (
    "acomp",
    "advcl",
    "agent",
    "attr",
    "auxpass",
    "ccomp",
    "dative",
    "dobj",
    "neg",
    "oprd",
    "prt",
    "xcomp",
)


HOLDING = ("be", "become", "lead", "replace", "run", "serve", "stand", "succeed", "win")  # an office
ONWARD = ("to", "into", "through", "with", "for")  # prepositions with which going is no leaving
OVER = ("about", "into", "on", "over")  # prepositions behind which stands what is only looked at
PURPOSE = (("mark", "for"), ("aux", "to"))  # what begins a clause that says what for
DEMANDED = ("xcomp", "ccomp", "pcomp", "prep", "dobj", "pobj", "acl")  # relations of what a word demands


@dataclass(frozen=True)
class Candidate:
    """`head`: the token on which the clause hangs; `tokens`: the clause; `holder`: an actor_id or None; `by`: the token that names him."""

    kind: str
    head: int
    tokens: frozenset[int]
    holder: str | None
    by: int | None = None
    quote: dict | None = None


# --- candidates ----------------------------------------------------------------------------------------------------------------


def candidates(here: Here, rare: bool = False) -> list[Candidate]:
    """The candidates of a passage, in the order of its quotations and words. `rare`: with those, too, that are hardly ever a stance, to learn from."""
    doc, quotes = here.passage.doc, here.quotations()
    found = [c for quote in quotes for c in _said(here, quote)]
    cues = {i: quote for quote in quotes for i in here.cue(quote)}
    for i in _bearing(doc):
        token, quote = doc[i], here.quotes.get(i)
        if quote is not None and not rare and not any(name.rstrip("+-") in SPOKEN for name in _signed(token)):
            continue  # what else a speaker tells of others is hardly ever a stance of theirs
        holders = _holders(here, token)
        if not holders or len(clause := _phrase(token)) < FEWEST:
            continue
        for actor, by in holders:
            own = quote is not None and (actor == quote["speaker_id"] or lexicon.is_a(by, "pronoun", "own"))
            if own or (quote is not None and actor is None and not _is_others(here, token, quote["speaker_id"])):
                continue  # the speaker's own clause is one of `said`
            if quote is None and token.i in cues and cues[token.i]["speech"] == "speech":
                continue  # "said" itself is no stance
            found.append(
                Candidate(
                    "told" if quote is None else "reported", token.i, clause, actor, by.i, quote or cues.get(token.i)
                )
            )
    return found


def _bearing(doc: Doc) -> list[int]:
    """The tokens that can have a holder (see `_holders`): verbs, and the adjectives and nouns of which the table of stance words knows something."""
    each = enumerate(zip(doc.to_array("POS").tolist(), lexicon.listed(doc)))
    return [i for i, (pos, known) in each if pos in _VERBS or (known and pos in _ADJECTIVES_AND_NOUNS)]


def _said(here: Here, quote: dict) -> Iterator[Candidate]:
    """The clauses of a quotation, each with each of its speakers."""
    doc, pieces = here.passage.doc, defaultdict(set)
    starts = [sentence.start for sentence in doc.sents]
    for i in here.tokens(quote["spans"]):
        pieces[bisect_right(starts, i)].add(i)
    for _, piece in sorted(pieces.items()):
        for head, clause in _clauses(doc, piece):
            if _is_others(here, doc[head], quote["speaker_id"]):
                continue  # "has been condemned": not by the speaker
            for speaker in here.speakers(quote):
                yield Candidate("said", head, clause, speaker, None, quote)


def _is_others(here: Here, verb: Token, speaker: str | None) -> bool:
    """Whether a speaker only tells with a verb what others think: a passive that shows the stance of somebody else ("has been condemned"), and neither
    how its subject feels ("we are appalled") nor what ought to be."""
    if not lexicon.passive(verb) or lexicon.felt(verb) or lexicon.modal(verb, "demand"):
        return False
    own = any(
        lexicon.is_a(by, "pronoun", "own") or (speaker is not None and here.who(by) == speaker)
        for by in lexicon.subjects(verb)
    )
    return not own and bool(STRONG & set(lexicon.kinds(verb)))


def _clauses(doc: Doc, piece: set[int]) -> list[tuple[int, frozenset[int]]]:
    """The clauses of some tokens of one sentence; fragments belong to the longest."""
    heads: list[int] = []

    def grow(i: int) -> None:
        heads.append(i)
        for c in doc[i].children:
            if c.i not in piece or c.pos_ not in CLAUSES:
                continue
            own = c.dep_ in OWN_CLAUSE and lexicon.child(c, "nsubj", "nsubjpass", "expl") is not None
            if own or (c.dep_ == "ccomp" and c.i < i):
                grow(c.i)

    for i in sorted(piece):
        if (doc[i].head.i == i or doc[i].head.i not in piece) and not doc[i].is_punct:
            grow(i)
    own = {}
    for head in heads:
        words = {t.i for t in doc[head].subtree} & piece
        for other in heads:
            if other != head and other in words:
                words -= {t.i for t in doc[other].subtree}
        own[head] = {i for i in words if not (doc[i].is_punct or doc[i].is_space)}
    if not own:
        return []
    longest = max(heads, key=lambda head: len(own[head]))
    for head in heads:
        if head != longest and (len(own[head]) < FEWEST + 1 or doc[head].pos_ not in CLAUSES):
            own[longest] |= own.pop(head)
    return [(head, frozenset(words)) for head, words in own.items() if len(words) >= FEWEST]


def _holders(here: Here, token: Token) -> list[tuple[str | None, Token]]:
    """Who acts, wants or judges by a word, with the tokens that name them; (None, the word) where a strong word names nobody."""
    named: tuple[Token, ...] = ()
    if token.pos_ in CLAUSES and token.dep_ not in ("aux", "auxpass"):
        named = lexicon.subjects(token)
    elif token.pos_ == "ADJ" and "attitude" in lexicon.kinds(token):
        named = lexicon.subjects(token.head) if token.head.pos_ in CLAUSES else (token.head,) * (token.dep_ == "acl")
    elif token.pos_ == "NOUN" and BEARING & set(lexicon.kinds(token)):
        named = lexicon.whose(token, "by", "from", "among", "of")
    else:
        return []
    found: dict[str, Token] = {}
    for by in (who for word in named for who in (word, *lexicon.authors(word))):
        if (actor := here.who(by)) is not None:
            found.setdefault(actor, by)
    if found or named:
        return list(found.items())
    strong = STRONG & set(lexicon.kinds(token)) and (token.pos_ == "NOUN" or lexicon.passive(token))
    return [(None, token)] if strong else []


def _phrase(token: Token) -> frozenset[int]:
    """The word with what depends on it, without its subject and without clauses of their own."""
    words = {t.i for t in token.subtree}
    for c in token.children:
        apart = c.pos_ in CLAUSES and (c.dep_ in OWN_CLAUSE or (c.dep_ == "advcl" and c.i < token.i))
        if apart or (c.dep_ in SUBJECT and c.i < token.i):
            words -= {t.i for t in c.subtree}
    before = {c.i for c in token.children if c.dep_ in BEFORE}
    doc = token.doc
    return frozenset(i for i in words if (i >= token.i or i in before) and not (doc[i].is_punct or doc[i].is_space))


# --- what is seen of a candidate -------------------------------------------------------------------------------------------------


def features(
    candidate: Candidate, here: Here, actors: dict[str, dict], about: list[tuple[int, str]]
) -> dict[str, float]:
    """Named features of a candidate: words that show a stance and their grammar, who holds it, how it is quoted. about: its `others`."""
    doc, head = here.passage.doc, here.passage.doc[candidate.head]
    words = _words(doc)
    found: dict[str, float] = Counter(name for i in candidate.tokens for name in words[i])
    _head(head, found)
    found["length"] = math.log(len(candidate.tokens))
    quote = candidate.quote
    if quote is not None:
        found[f"quote={quote['kind']}"] = found[f"speech={quote['speech']}"] = 1
    if candidate.kind == "said":
        for i in here.cue(quote):
            found.update(dict.fromkeys((f"cue {name}" for name in _signed(doc[i])), 1))
    else:
        found[f"named by {doc[candidate.by].pos_}"] = 1
    named = {(actor, doc[i].dep_) for i, actor in about}
    for actor, dep in named:
        found[f"about {actors.get(actor, {}).get('kind')}"] = 1
        if dep in GRAMMAR:
            found[f"about {dep}"] = 1
    found["others"] = min(len({actor for actor, _ in named}), 3)
    found[f"holder={actors.get(candidate.holder, {}).get('kind')}"] = 1
    found[f"block={here.passage.kind}"] = 1
    found["asked"] = here.asked(head.sent)
    return {name: min(float(value), 3.0) for name, value in found.items() if value}


def others(candidate: Candidate, here: Here) -> list[tuple[int, str]]:
    """The tokens of a clause that mean somebody else than its holder, each with the actor_id, in the order of the text."""
    return [
        (i, m["actor_id"])
        for i in sorted(here.mentions.keys() & candidate.tokens)
        if i != candidate.by
        for m in here.mentions[i]
        if m["actor_id"] != candidate.holder
    ]


def shown(candidate: Candidate, doc: Doc) -> set[str]:
    """What the words of a clause show: names of features, such as `modal demand`, `neg`, `condition`."""
    words = _words(doc)
    return {name for i in candidate.tokens for name in words[i]}


def _signed(token: Token) -> tuple[str, ...]:
    """What the table of stance words says of a word, with the sign that denial leaves it."""
    known = token.doc.user_data
    if "signed" not in known:
        known["signed"] = _of_some(token.doc, lexicon.listed(token.doc), _sign)
    return known["signed"][token.i]


def _words(doc: Doc) -> list[tuple[str, ...]]:
    """The features of each word, as one of a clause."""
    if "stance words" not in doc.user_data:
        deps, tags, entities = map(_hashes, TOLD)
        each = zip(lexicon.listed(doc), doc.to_array(["DEP", "TAG", "ENT_TYPE"]).tolist())
        some = [known or dep in deps or tag in tags or entity in entities for known, (dep, tag, entity) in each]
        doc.user_data["stance words"] = _of_some(doc, some, lambda token: tuple(_features_of(token)))
    return doc.user_data["stance words"]


def _of_some(doc: Doc, some: list[bool], of: Callable[[Token], tuple[str, ...]]) -> list[tuple[str, ...]]:
    """For each token what `of` gives, and nothing for those, which are most, that are not among `some`."""
    return [of(doc[i]) if told else () for i, told in enumerate(some)]


@functools.cache
def _hashes(names: tuple[str, ...]) -> frozenset[int]:
    return frozenset(language.model().vocab.strings.add(name) for name in names)


def _sign(token: Token) -> tuple[str, ...]:
    tone = {1: ("tone+",), -1: ("tone-",)}.get(lexicon.tone(token), ())
    kinds = [(kind, signs) for kind, signs in lexicon.kinds_with_any(token).items() if kind in SIGNED]
    if not kinds:
        return tone
    denied = lexicon.negated(token) or (token.dep_ in PREDICATE and lexicon.negated(token.head))
    turn = -1 if denied else 1
    told = (kind + {1: "+", -1: "-"}.get((about or subject) * turn, "") for kind, (subject, about) in kinds)
    return (*told, *tone)


def _features_of(token: Token) -> Iterator[str]:
    yield from _signed(token)
    dep, tag = token.dep_, token.tag_
    if dep == "neg":
        yield "neg"
    elif dep == "aux":
        yield from (f"modal {kind}" for kind in ("demand", "future", "hedge") if lexicon.is_a(token, "modal", kind))
    elif dep in ("mark", "advmod") and lexicon.is_a(token, "mark", "condition"):
        yield "condition"
    if tag in ("PRP", "PRP$"):
        if lexicon.is_a(token, "pronoun", "own"):
            yield "own"
        elif token.lower_ in ("you", "your"):
            yield "you"
    elif tag in ("JJR", "JJS", "RBR", "RBS"):
        yield "degree"
    elif tag == "RB":
        yield "adverb"
    if token.ent_type_ in NUMBERS:
        yield "number"


def _head(head: Token, found: dict[str, float]) -> None:
    found[f"tag={head.tag_}"] = found[f"dep={head.dep_}"] = 1
    denied = "not " if lexicon.negated(head) else ""
    found.update(dict.fromkeys((f"head {denied}{name}" for name in _signed(head)), 1))
    for c in head.children:
        if c.dep_ in ARGUMENTS:
            found[f"has {c.dep_}"] = 1
        if c.dep_ in ("acomp", "attr", "dobj", "xcomp"):
            found.update(dict.fromkeys((f"{c.dep_} {name}" for name in _signed(c)), 1))
        if c.dep_ == "prep":
            found[f"prep={c.lower_}"] = 1
        if c.dep_ in SUBJECT:
            found[f"subject={c.lower_ if c.pos_ == 'PRON' else c.pos_}"] = 1
    for kind in ("demand", "future"):
        found[f"head {kind}"] = lexicon.modal(head, kind)
    found["imperative"] = head.tag_ == "VB" and head.dep_ == "ROOT" and lexicon.child(head, *SUBJECT) is None


# --- the network ---------------------------------------------------------------------------------------------------------------

LABELS = ("none", "support", "oppose")
AT_ONCE = 10_000  # tokens that are read together
POOLED = 50_000  # tokens of the candidates' sentences that are summed together, each as often as it is asked about
WORD = (
    *(f"{kind}{sign}" for kind in SIGNED for sign in ("", "+", "-")),
    "neg",
    "modal demand",
    "modal future",
    "modal hedge",
    "condition",
    "own",
)
FLAGS = ("quoted", "cue", "mention", "entity")


@dataclass
class Tokens:
    """The tokens of a passage as the network reads them: arrays with a row a token."""

    word: np.ndarray  # row of the static word vectors, -1 for none
    vector: np.ndarray  # float32, the language model's reading of the token in its context
    shows: np.ndarray  # float32, a column each of WORD and FLAGS
    tag: np.ndarray
    dep: np.ndarray
    head: np.ndarray
    sentence: np.ndarray  # number


@dataclass(frozen=True)
class Asked:
    """A candidate as the network is asked about it: tokens by their places in the passage, and the named features."""

    head: int
    clause: np.ndarray
    about: np.ndarray  # tokens of the clause that mean somebody else
    features: dict[str, float]


KINDS = ("said", "told", "reported")
AROUND = (  # columns of `around`
    "always",
    "support",
    "oppose",
    "holder takes stances",
    "holder supports",
    "holder's clauses",
    "same target, takes stances",
    "same target, supports",
    "same target, clauses",
    "others on the target, take stances",
    "others on the target, support",
    "before",
    "before, stance",
    "before, support",
    "behind",
    "behind, stance",
    "behind, support",
    "article takes stances",
    "word shows it",
)


def around(placed: list[tuple[Candidate, Here]], shares: np.ndarray) -> np.ndarray:
    """What an article's other clauses tell of each candidate: a row a candidate, a column each of AROUND.

    placed: all candidates of an article with their passages; shares: what the network says of each, a row a candidate, a column each of LABELS.
    Beside the candidate's own likelihoods, as log odds against none, it holds means over the other clauses of the same holder, over those of them
    that speak of the same actors, over other holders' clauses on these actors, over the clauses before and behind in the quotation."""
    seen = np.stack([1 - shares[:, 0], shares[:, 1] - shares[:, 2], np.ones(len(shares))], axis=1)
    targets = [sorted({actor for _, actor in others(candidate, here)}) for candidate, here in placed]
    sums: dict = defaultdict(lambda: np.zeros(3))
    pieces: dict = defaultdict(list)
    for nth, (candidate, here) in enumerate(placed):
        sums[candidate.holder] += seen[nth]
        for actor in targets[nth]:
            sums[candidate.holder, actor] += seen[nth]
            sums[None, None, actor] += seen[nth]
        if candidate.kind == "said":
            place = (here.starts[candidate.head], nth)
            pieces[candidate.quote["quote_id"], candidate.holder].append(place)
    beside: dict[int, list[int | None]] = {}
    for places in pieces.values():
        order = [None, *(nth for _, nth in sorted(places)), None]
        beside |= {order[at]: [order[at - 1], order[at + 1]] for at in range(1, len(order) - 1)}
    odds = np.log(np.maximum(shares, 1e-3))
    made = np.zeros((len(placed), len(AROUND)))
    made[:, 0], made[:, 1:3] = 1, odds[:, 1:] - odds[:, :1]
    made[:, 17] = (seen[:, 0].sum() - seen[:, 0]) / max(len(placed) - 1, 1)
    for nth, (candidate, here) in enumerate(placed):
        holder, row = candidate.holder, made[nth]
        mine = sums[holder] - seen[nth] if holder is not None else np.zeros(3)
        row[3:6] = (mine[0] + 0.2) / (mine[2] + 1), mine[1] / (mine[2] + 1), math.log1p(mine[2])
        if targets[nth]:
            same = sum(sums[holder, actor] - seen[nth] for actor in targets[nth])
            row[6:9] = same[0] / (same[2] + 1), same[1] / (same[2] + 1), math.log1p(same[2])
            rest = sum(sums[None, None, actor] - sums[holder, actor] for actor in targets[nth])
            row[9:11] = rest[0] / (rest[2] + 1), rest[1] / (rest[2] + 1)
        for first, other in zip((11, 14), beside.get(nth, (None, None)), strict=True):
            if other is not None:
                row[first : first + 3] = 1, *seen[other, :2]
        row[18] = spoken(candidate, here.passage.doc)
    return made


def read(heres: list[Here]) -> Tokens:
    """The tokens of some passages, one passage after the other."""
    docs = [here.passage.doc for here in heres]
    total = sum(map(len, docs))
    rows = np.concatenate([doc.to_array(["ORTH", "TAG", "DEP", "HEAD", "SENT_START", "ENT_TYPE"]) for doc in docs])
    shows = np.zeros((total, len(WORD) + len(FLAGS)), dtype=np.float32)
    first, at = len(WORD), 0
    head, starts = np.arange(total) + rows[:, 3].astype(np.int64), rows[:, 4] == 1
    for here, doc in zip(heres, docs, strict=True):
        for i, names in enumerate(_words(doc)):
            if names:
                shows[at + i, _columns(names)] = 1
        shows[[at + i for i in here.quotes], first] = 1
        for quote in here.quotations():
            shows[[at + i for i in here.cue(quote)], first + 1] = 1
        shows[[at + i for i, over in here.mentions.items() if over], first + 2] = 1
        starts[at : at + 1] = True
        at += len(doc)
    shows[:, first + 3] = rows[:, 5] != 0
    return Tokens(
        word=np.asarray(language.model().vocab.vectors.find(keys=rows[:, 0])),
        vector=np.concatenate([np.asarray(doc.tensor, dtype=np.float32) for doc in docs]),
        shows=shows,
        tag=attributions.places_of(attributions.TAGS).of(rows[:, 1]),
        dep=attributions.places_of(attributions.DEPS).of(rows[:, 2]),
        head=head,
        sentence=np.cumsum(starts),
    )


@functools.lru_cache(10_000)
def _columns(names: tuple[str, ...]) -> list[int]:
    return [WORD.index(name) for name in names if name in WORD]


def ask(candidate: Candidate, here: Here, actors: dict[str, dict], at: int = 0) -> Asked:
    """What the network is asked about a candidate. `at`: where the passage's first token stands among those that are read."""
    about = others(candidate, here)
    named = features(candidate, here, actors, about)
    both = named | {_of_kind(candidate.kind, name): value for name, value in named.items()} | {candidate.kind: 1.0}
    clause, meant = sorted(candidate.tokens), sorted({i for i, _ in about})
    return Asked(at + candidate.head, at + np.array(clause), at + np.array(meant, dtype=np.int64), both)


@functools.lru_cache(10_000)
def _of_kind(kind: str, feature: str) -> str:
    return f"{kind} {feature}"


def model_file() -> Path:
    """Where the learned numbers lie."""
    return data.folder() / "models" / "stances.npz"


@functools.cache
def network() -> "Network | None":
    """The network; None where its file is not there, or another language model than the one on which it was taught."""
    path = model_file()
    taught = language.model().meta["name"] == attributions.TAUGHT_ON
    return Network(path) if path.exists() and taught else None


class Network:
    """The learned numbers and what is computed with them, in float32. Several members are asked at once: the first axis of each table."""

    def __init__(self, path: Path):
        self._w = data.arrays(path)
        self._features = {name: nth for nth, name in enumerate(self._w.pop("features").tolist())}

    def probability(self, tokens: Tokens, asked: list[Asked]) -> np.ndarray:
        """How likely each candidate shows none of LABELS' stances, support, or opposition: a row a candidate, sums of 1; the mean of the members."""
        hidden, lengths = self._encode(tokens), np.bincount(tokens.sentence)
        parts = language.portions(asked, lambda one: int(lengths[tokens.sentence[one.head]]), POOLED)
        look = np.split(self._w["look"], 2, axis=2)  # of a token, and of the head for which it matters
        looks = [_through(hidden, half) for half in look]
        return np.concatenate([self._answer(tokens, hidden, looks, part) for part in parts])

    def _answer(self, tokens: Tokens, hidden: np.ndarray, looks: list[np.ndarray], asked: list[Asked]) -> np.ndarray:
        """`probability` of some candidates; hidden: what `_encode` made of the tokens, looks: how much it speaks for each of them."""
        w, (of_token, of_head) = self._w, looks
        named = np.zeros((len(asked), len(self._features)), dtype=np.float32)
        for nth, one in enumerate(asked):
            for name, value in one.features.items():
                if (place := self._features.get(name)) is not None:
                    named[nth, place] = value
        head = np.array([one.head for one in asked])
        clause = _Runs([one.clause for one in asked])
        pooled = [hidden[:, head]]
        for turn, runs in enumerate((clause, _Runs(_sentences(tokens.sentence, head)))):
            scores = of_token[:, runs.tokens, turn] + of_head[:, head[runs.which], turn]
            weights = np.exp(scores - runs.most(scores)[:, runs.which])
            summed = runs.sum(weights[..., None] * hidden[:, runs.tokens])
            pooled.append(summed / runs.sum(weights)[..., None])
        pooled.append(clause.most(hidden[:, clause.tokens]))
        meant, some = np.zeros_like(pooled[0]), [nth for nth, one in enumerate(asked) if len(one.about)]
        if some:
            about = _Runs([asked[nth].about for nth in some])
            meant[:, some] = about.sum(hidden[:, about.tokens]) / about.lengths[:, None]
        features = np.broadcast_to(named, (len(hidden), *named.shape))
        seen = np.concatenate([*pooled, meant, features], axis=2)
        state = np.maximum(_through(seen, w["state"]) + w["state_bias"][:, None], 0)
        return embeddings.softmax(_through(state, w["out"]) + w["out_bias"][:, None]).mean(axis=0)

    def settled(self, placed: list[tuple[Candidate, Here]], shares: np.ndarray) -> np.ndarray:
        """The likelihoods of an article's candidates (see `around`) with what its other clauses tell: a row a candidate, a column each of LABELS."""
        again = self._w["again"][[KINDS.index(candidate.kind) for candidate, _ in placed]]
        return embeddings.softmax(np.einsum("nf,nfl->nl", around(placed, shares), again))

    def _encode(self, tokens: Tokens) -> np.ndarray:
        """What the network makes of each token, with its neighbours in the sentence and its head in the tree: (members, tokens, width)."""
        w, static, known = self._w, language.model().vocab.vectors.data, tokens.word >= 0
        words = np.zeros((len(tokens.word), static.shape[1]), dtype=np.float32)
        vectors = static[tokens.word[known]]
        words[known] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        given = np.concatenate([words, tokens.vector / w["scale"], tokens.shows], axis=1)
        labels = w["dep"][:, tokens.dep] + w["tag"][:, tokens.tag]
        hidden = np.maximum(_through(given, self._given) + w["bias"][:, None] + labels, 0)
        before, behind = np.zeros_like(hidden), np.zeros_like(hidden)
        same = tokens.sentence[1:] == tokens.sentence[:-1]
        before[:, 1:][:, same], behind[:, :-1][:, same] = hidden[:, :-1][:, same], hidden[:, 1:][:, same]
        around = _through(np.concatenate([hidden[:, tokens.head], before, behind], axis=2), self._around)
        return hidden + np.maximum(around + w["around_bias"][:, None], 0)

    @functools.cached_property
    def _given(self) -> np.ndarray:
        return np.concatenate([self._w["word"], self._w["vector"], self._w["shows"]], axis=2)

    @functools.cached_property
    def _around(self) -> np.ndarray:
        return np.concatenate([self._w["up"], self._w["left"], self._w["right"]], axis=2)


class _Runs:
    """Runs of tokens, at least one run and none empty, one behind the other, so that all are summed at once. `which`: of each token the number of its run."""

    def __init__(self, runs: list[np.ndarray]):
        self.lengths = np.array([len(run) for run in runs], dtype=np.int64)
        self.tokens = np.concatenate(runs)
        self.which = np.repeat(np.arange(len(runs)), self.lengths)
        self._first = np.cumsum(self.lengths) - self.lengths

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Sums over each run of values whose second axis are the tokens."""
        return np.add.reduceat(values, self._first, axis=1)

    def most(self, values: np.ndarray) -> np.ndarray:
        """As `sum`, the highest values."""
        return np.maximum.reduceat(values, self._first, axis=1)


def _sentences(numbers: np.ndarray, tokens: np.ndarray) -> list[np.ndarray]:
    """The tokens of each token's sentence; numbers: of each token its sentence's."""
    first, end = (np.searchsorted(numbers, numbers[tokens], side=side) for side in ("left", "right"))
    return list(map(np.arange, first, end))


def _through(rows: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Rows through each member's table."""
    return np.matmul(rows, tables.transpose(0, 2, 1))


def judged(heres: list[Here], actors: dict[str, dict]) -> list[list[tuple[Candidate, Doc, np.ndarray]]]:
    """For each passage of an article its candidates with their probabilities in the order of LABELS; none without the learned file."""
    taught = network()
    found = [candidates(here) if taught is not None else [] for here in heres]
    shares: list[np.ndarray] = []
    for part in language.portions(
        [(here, some) for here, some in zip(heres, found, strict=True) if some],
        lambda one: len(one[0].passage.doc),
        AT_ONCE,
    ):
        asked, at = [], 0
        for here, some in part:
            asked += [ask(candidate, here, actors, at) for candidate in some]
            at += len(here.passage.doc)
        shares += list(taught.probability(read([here for here, _ in part]), asked))
    placed = [(candidate, here) for here, some in zip(heres, found, strict=True) for candidate in some]
    given = iter(taught.settled(placed, np.array(shares)) if placed else ())
    return [[(one, here.passage.doc, next(given)) for one in some] for here, some in zip(heres, found, strict=True)]


def is_none(candidate: Candidate, here: Here, likelihood: float) -> bool:
    """Whether a clause is no stance although the network finds one so likely: what somebody denies, or only fails or refuses to do; what a stance is
    taken on; and a prediction of what others will do, unless the network is sure of it (then it is right as often as elsewhere)."""
    doc = here.passage.doc
    head = doc[candidate.head]
    if likelihood < FORESEEN and lexicon.modal(head, "future") and not _is_own(head):
        return True
    if lexicon.neither(head) or _leaves_open(head) or _withdraws(head):
        return True
    if candidate.kind != "said":
        above = [head.head] if head.dep_ in ("ccomp", "xcomp", "acl", "dobj", "nsubjpass") else []
        denied = any(t.pos_ == "VERB" and "stop" in lexicon.kinds(t) for t in (head, *above))
        accused = any(  # "rejected accusations", but not "backed a congestion charge"
            c.dep_ == "dobj" and "accuse" in lexicon.kinds(c) and not lexicon.child(c, "compound")
            for c in head.children
        )
        return (
            denied
            or accused
            or _suffers(head)
            or _silent(head)
            or _twice(head)
            or undone(head)
            or _object_of_a_stance(head)
        )
    cue, inside = here.cue(candidate.quote), here.tokens(candidate.quote["spans"])
    denying = [doc[i] for i in cue]
    above = takewhile(lambda t: t.i in cue or t.i not in inside, head.ancestors)
    turned = (
        any(map(undone, [*denying, *above]))
        or any(map(_withdraws, denying))
        or any(map(lexicon.neither, denying))
        or any("stop" in lexicon.kinds(t) for t in denying)
    )
    return turned or (head.dep_ == "xcomp" and any(t == head.head and _twice(t) for t in denying))


def _silent(verb: Token) -> bool:
    """Whether somebody only doesn't answer: "declined to comment on the toll", "refused to say", "declined to take sides"."""
    undone = (c for c in verb.children if c.dep_ == "xcomp")
    return _turns(verb, "attitude") and any(
        c.lemma_ == "say" or not {"stop", "abstention"}.isdisjoint(lexicon.kinds(t))
        for c in undone
        for t in (c, *(o for o in c.children if o.dep_ == "dobj"))
    )


def _twice(verb: Token) -> bool:
    """Whether somebody doesn't take a stand against something, which is none for it: "refused to rule out new taxes", "avoids condemning it"."""
    return _turns(verb, "attitude", "action") and any(
        c.dep_ == "xcomp" and _turns(c, "attitude") for c in verb.children
    )


def _leaves_open(verb: Token) -> bool:
    """Whether a verb leaves open which way it goes: "has not decided whether to back it", but for "doubts whether"."""
    clauses = (c for c in verb.children if c.dep_ in ("ccomp", "xcomp", "advcl"))
    return not _turns(verb, "attitude") and any(m.lower_ == "whether" for c in clauses for m in c.children)


def _suffers(verb: Token) -> bool:
    """Whether the subject of a verb only meets with what others think: "faced criticism", "drew praise"."""
    return lexicon.is_a(verb, "verb", "meets") and any(
        c.dep_ == "dobj" and "attitude" in lexicon.kinds(c) for c in verb.children
    )


def _withdraws(verb: Token) -> bool:
    """Whether somebody is only against himself: "ruled himself out of the race"."""
    if verb.lemma_ != "rule" or not any(c.lower_ == "out" for c in verb.children):
        return False
    return any(c.dep_ == "dobj" and c.lower_.endswith(("self", "selves")) for c in verb.children)


def _object_of_a_stance(noun: Token) -> bool:
    """Whether a noun is only what somebody takes a stance on: "rejected their demands"."""
    taken = noun.pos_ == "NOUN" and noun.dep_ in ("dobj", "nsubjpass")
    return taken and "attitude" in lexicon.kinds_with_any(noun.head)


def undone(word: Token) -> bool:
    """Whether somebody only fails, refuses or is unable to do it: "unable to praise her", "stopped short of calling it a crime"."""
    if any(_turns(t, "reversal") for t in (word, *(c for c in word.children if c.dep_ in PREDICATE))):
        return True
    for _ in range(4):
        joined = word.dep_ == "conj"
        if not joined and word.dep_ not in ("xcomp", "pcomp", "prep"):
            return False
        word = word.head
        if not joined and _turns(word, "attitude", "action", "reversal"):
            return True
    return False


def _turns(word: Token, *names: str) -> bool:
    """Whether a verb or adjective is against its object, as what the names say."""
    kinds = lexicon.kinds_with_any(word) if word.pos_ in (*CLAUSES, "ADJ") else {}
    return any(kinds[name][1] < 0 for name in names if name in kinds)


def position(seen: tuple[Candidate, Doc, np.ndarray]) -> tuple[Candidate, int, float]:
    """Which position a candidate most likely shows (1 or -1), and how likely: as its own word says where that shows one ("condemned"), else as the network does."""
    candidate, doc, (none, support, oppose) = seen
    head = doc[candidate.head]
    if _is_too(head):
        return candidate, -1, float(1 - none)
    sign = _shown_by(head)
    if sign and (candidate.kind != "said" or _is_own(head)):
        return candidate, sign, float(1 - none)
    return candidate, (1 if support > oppose else -1), float(max(support, oppose))


def positions(seen: list[tuple[Candidate, Doc, np.ndarray]], here: Here, actors: dict[str, dict]) -> list:
    """`position` of each candidate of a passage; where a speaker says of somebody else that he takes a stance ("Ray backs the toll"), it is not the
    speaker's own, and the other's is at least as likely."""
    found = [position(one) for one in seen]
    told = {c.head: sure for c, _, sure in found if c.kind == "said" and _tells_of(c, here, actors)}
    return [
        (c, sign, max(sure, told.get(c.head, 0.0)) if c.kind == "reported" else sure)
        for c, sign, sure in found
        if c.kind != "said" or c.head not in told
    ]


def _tells_of(candidate: Candidate, here: Here, actors: dict[str, dict]) -> bool:
    """Whether what is said is that a person or group other than the speaker takes a stance."""
    head = here.passage.doc[candidate.head]
    if (
        not _shown_by(head)
        or lexicon.modal(head, "demand")
        or lexicon.modal(head, "hedge")
        or lexicon.conditional(head)
    ):
        return False
    holders = [(by, here.who(by)) for by in lexicon.subjects(head)]
    if any(lexicon.is_a(by, "pronoun", "own") or who == candidate.holder for by, who in holders):
        return False
    return any(actors.get(who, {}).get("kind") in ("person", "group") for _, who in holders)


def spoken(candidate: Candidate, doc: Doc) -> int:
    """The position that the candidate's own word shows, 1 or -1; 0 where it shows none, and within what somebody says."""
    return 0 if candidate.kind == "said" else _shown_by(doc[candidate.head])


def on_end(candidate: Candidate, here: Here, about: Token | None = None) -> int:
    """The position of a clause that wants something to go or end, -1 ("urged Ray to resign", "Ofwat should be abolished", "backed a campaign to end the
    war"), or to stay, 1 ("refused to halt the work"); 0 where it is about no end, or not of `about`, a word of what the position is on."""
    doc = here.passage.doc
    head = doc[candidate.head]
    above = [doc[i] for i in here.cue(candidate.quote)] if candidate.kind == "said" else []
    for verb in (head, *_joined(head, candidate.tokens)):
        if _ends(verb) and _is_of(verb, about, lexicon.child(head, *SUBJECT)):
            if lexicon.modal(verb, "demand") or any(map(_demands, above)):
                return -1
            if any(_turns(t, "attitude") for t in above):
                return 1
    if about is not None and about.dep_ == "nsubjpass" and _is_wanted(about.head):
        return 1
    against = _turns(head, "attitude")
    if not against and not _demands(head) and not lexicon.modal(head, "demand"):
        return 0
    ends = any(_is_of(word, about) for word in _endings(head, candidate.tokens))
    return int(ends) if against else -int(ends)


def _is_wanted(verb: Token) -> bool:
    """Whether the subject of a passive is what is demanded, not who is to do something: "an inquiry is required"."""
    return _demands(verb) and lexicon.child(verb, "xcomp") is None and not lexicon.negated(verb)


def _joined(verb: Token, clause: frozenset[int]) -> list[Token]:
    """The verbs joined to another that have its subject."""
    some = (c for c in verb.children if c.dep_ == "conj" and c.i in clause and c.pos_ in CLAUSES)
    return [c for c in some if lexicon.child(c, *SUBJECT) is None]


def _endings(head: Token, clause: frozenset[int]) -> Iterator[Token]:
    """The words below one that demands or rejects something that say that something ends: "called for the law to be scrapped", "backed a campaign to end it"."""
    waiting = [c for c in head.children if c.i in clause and _is_demanded(c)]
    while waiting:
        word = waiting.pop()
        if _ends(word):
            yield word
        elif word.pos_ not in CLAUSES and word.lower_ not in OVER:
            waiting += [c for c in word.children if c.i in clause and c.dep_ in DEMANDED]


def _is_of(verb: Token, about: Token | None, subject: Token | None = None) -> bool:
    """Whether what ends is, or holds, the word that counts; who goes may be named above ("urged Ray to resign", "called on Ray to quit")."""
    if about is None or (about.i < verb.i and about.dep_ in ("dobj", "pobj", "nsubjpass") and _goes(verb)):
        return True
    does = lexicon.child(verb, "nsubj") if lexicon.child(verb, "dobj") is not None else None
    if does is not None and (does == about or does.is_ancestor(about)):
        return False  # "the bill would ruin farmers"
    return any(above is not None and above.is_ancestor(about) for above in (verb, subject)) or subject == about


def core(candidate: Candidate, doc: Doc) -> Token:
    """The word of a clause that shows the stance: its head, or where that shows none the nearest other that does: "struck a tone, skewering Ray"."""
    head = doc[candidate.head]
    if not SPOKEN.isdisjoint(lexicon.kinds_with_any(head)) or lexicon.modal(head, "demand"):
        return head
    shown = (doc[i] for i in sorted(candidate.tokens) if any(name[:-1] in SPOKEN for name in _signed(doc[i])))
    near = [(lexicon.distance(word, head), word.i) for word in shown if word.pos_ in CLAUSES]
    return doc[min(near)[1]] if near else head


def asks(candidate: Candidate, here: Here, actor: str) -> bool:
    """Whether the clause only asks an actor to do something, which is neither for nor against him ("urged the ministry to act", "Ray should explain"),
    unless what he is to do is to stay, run or win."""
    head = here.passage.doc[candidate.head]
    named = {i for i, who in others(candidate, here) if who == actor}
    done = [c for c in head.children if c.dep_ in ("xcomp", "ccomp") or (c.dep_ == "advcl" and _is_demanded(c))]
    if lexicon.modal(head, "demand") or ("demand" in lexicon.kinds(head) and done):
        asked, done = lexicon.subjects(head), done if "demand" in lexicon.kinds(head) else [head]
    elif _demands(head) and done:
        prep = [c for c in head.children if c.dep_ == "prep"]
        near = [c for above in (head, *prep, *done) for c in above.children]
        asked = tuple(c for c in near if c.dep_ in ("dobj", "pobj", "nsubj") and c.head.i >= head.i and c.i > head.i)
    else:
        return False
    favours = any(t.lemma_ in HOLDING or lexicon.kinds(t).get("moves", (0, 0))[0] > 0 for t in done)
    return not favours and any(t.i in named for t in asked)


def _is_demanded(word: Token) -> bool:
    """Whether a word below one that demands says what: no circumstance ("since he suspended his campaign")."""
    return word.dep_ in DEMANDED or (word.dep_ == "advcl" and any((c.dep_, c.lower_) in PURPOSE for c in word.children))


def _demands(verb: Token) -> bool:
    """Whether a word asks for what its object says: urged, wants, called for."""
    marks = [m for c in verb.children if c.dep_ in ("advcl", "ccomp") for m in c.children if m.dep_ == "mark"]
    marked = (lexicon.known().get((f"{verb.lemma_} {mark.lower_}", "verb"), {}) for mark in marks)  # "for it to end"
    known = next(filter(None, marked), None) or lexicon.kinds_with_any(verb)
    return not {"call", "attitude", "demand"}.isdisjoint(known) and all(sign >= 0 for _, sign in known.values())


def _ends(word: Token) -> bool:
    """Whether a verb says that its subject or object goes or ends, or a noun that something does."""
    known, beside = lexicon.kinds_with_any(word), {c.dep_ for c in word.children}
    if lexicon.negated(word):
        return False
    if word.pos_ in CLAUSES:
        bare = word.tag_ == "VBN" and "nsubj" in beside and "aux" not in beside  # "want the rules scrapped"
        led = known != lexicon.kinds(word)  # "deal with"
        done = known.get("action", (0, 0))[1] < 0 and (lexicon.passive(word) or "dobj" in beside or bare or led)
        return done or _goes(word)
    return word.pos_ == "NOUN" and known.get("reversal", (0, 0))[1] < 0 and "prep" in beside


def _goes(verb: Token) -> bool:
    """Whether a verb says that its subject goes: "resign", but not "go to court"."""
    beside = {c.dep_ for c in verb.children}
    on = any(c.dep_ == "prep" and c.lower_ in ONWARD for c in verb.children)
    ends = lexicon.kinds_with_any(verb).get("moves", (0, 0))[0] < 0
    return ends and beside.isdisjoint(["dobj", "xcomp", "ccomp"]) and not on


def _is_own(verb: Token) -> bool:
    """Whether who speaks is the subject of a verb: "I support the plan"."""
    return any(lexicon.is_a(by, "pronoun", "own") for by in lexicon.subjects(verb))


def _is_too(verb: Token) -> bool:
    """Whether something is said to be too much of what is not good: "the bill is too wide", but not "too important"."""
    said = lexicon.child(verb, "acomp")
    too = said is not None and any(c.lower_ == "too" and c.dep_ == "advmod" for c in said.children)
    return too and lexicon.tone(said) <= 0 and not lexicon.negated(verb)


def _shown_by(word: Token) -> int:
    """The position that a word by itself shows, 1 or -1; 0 where it shows none."""
    names = (name for name in _signed(word) if name.rstrip("+-") in SPOKEN and name[-1] in "+-")
    return next((1 if name.endswith("+") else -1 for name in names), 0)
