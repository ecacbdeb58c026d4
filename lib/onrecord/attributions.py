"""Who says what by which word, as a small network learned it: for each cue the words that it attributes and the words that name the speaker.

The network reads what the language model already made of a passage: its vectors, tags and tree. It is a few tables of numbers in
`data/models/attributions.npz`, learned by `benchmarks/learn_attributions.py`; `data/models/README.md` is its model card. Without that file there are no
attributions, and the rules of `onrecord.quotes` stand alone.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onrecord import cues, data, language
from onrecord.language import Passage
from onrecord.marks import stretches_of
from onrecord.names import roles

if TYPE_CHECKING:
    from spacy.tokens import Doc

TAUGHT_ON = "core_web_md"  # the language model whose vectors the network reads
READ = ["ORTH", "LEMMA", "TAG", "DEP", "ENT_TYPE", "HEAD", "SENT_START", "IS_TITLE", "IS_UPPER"]  # of each token
WINDOW = 160  # tokens on either side of a cue that it may attribute
RISE = 5  # how many steps up the tree from the cue are told apart
NEAR = 4  # stretches in marks, sentences and other cues on either side of a cue that are told apart

_TAGS = """
$ '' , -LRB- -RRB- . : ADD AFX CC CD DT EX FW HYPH IN JJ JJR JJS LS MD NFP NN NNP NNPS NNS PDT POS PRP PRP$ RB
RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ WDT WP WP$ WRB XX _SP ``
"""
_DEPS = """
ROOT acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound conj csubj csubjpass
dative dep det dobj expl intj mark meta neg nmod npadvmod nsubj nsubjpass nummod oprd parataxis pcomp pobj
poss preconj predet prep prt punct quantmod relcl xcomp
"""
_ENTITIES = """
CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PERSON PRODUCT QUANTITY TIME
WORK_OF_ART
"""
TAGS, DEPS, ENTITIES = tuple(_TAGS.split()), tuple(_DEPS.split()), tuple(_ENTITIES.split())
SUBJECTS, CLAUSES = ("nsubj", "nsubjpass", "csubj"), ("ccomp", "xcomp", "parataxis")
FLAGS = 17
FEATURES = ("relation", "inner", "edges", "distance", "marks", "between", "sentences")  # of a pair of tokens


@dataclass
class Tokens:
    """The tokens of passages, one passage after the other with one empty place before each and at the end: what the network reads.

    Every array has a row a token. `head`, `subject` and `clause` are places in the same arrays, a token's own where it has none."""

    vectors: np.ndarray  # float32, the language model's reading of the token in its context
    word: np.ndarray  # row of the static word vectors, -1 for none
    lemma: np.ndarray  # hash
    tag: np.ndarray
    dep: np.ndarray
    entity: np.ndarray
    flags: np.ndarray  # float32
    head: np.ndarray
    subject: np.ndarray
    clause: np.ndarray
    left: np.ndarray  # edges of the subtree
    right: np.ndarray
    sentence: np.ndarray
    stretch: np.ndarray  # 2k outside marks behind k stretches, 2k + 1 inside the next
    cues: np.ndarray  # how many known cues stand before the token
    passage: np.ndarray  # -1 in the empty places
    first: list[int]  # where each passage's first token stands


class _Places:
    """Where each of some hashes stands in a list, for whole arrays at once: 0 for what is not in it, else 1 and more."""

    def __init__(self, names: Iterable[str]):
        hashes = np.array([language.model().vocab.strings.add(name) for name in names], dtype=np.uint64)
        self._order = np.argsort(hashes)
        self._sorted = hashes[self._order]

    def of(self, hashes: np.ndarray) -> np.ndarray:
        at = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
        return np.where(self._sorted[at] == hashes, self._order[at] + 1, 0)


@functools.cache
def places_of(names: tuple[str, ...]) -> _Places:
    return _Places(names)


@functools.cache
def _lexicon() -> tuple[_Places, np.ndarray]:
    """What the reference tables say of a lemma: cue of speech, act or thought; verb or noun; takes a clause; role, group or body."""
    found: dict[str, np.ndarray] = {}
    for form in ("verb", "noun"):
        for word, (speech, takes) in cues.known(form).items():
            if not takes:
                continue
            row = found.setdefault(word, np.zeros(8, dtype=np.float32))
            row[("speech", "act", "thought").index(speech)] = 1
            row[3 if form == "verb" else 4] = 1
            row[5] = "c" in takes
    for word, (sort, _) in roles().items():
        row = found.setdefault(word, np.zeros(8, dtype=np.float32))
        row[7 if sort in ("group", "body", "document") else 6] = sort != "honorific"
    return _Places(found), np.stack([np.zeros(8, dtype=np.float32), *found.values()])


def read(passages: Iterable[Passage]) -> Tokens:
    """The tokens of some passages as the network reads them."""
    passages = list(passages)
    docs = [p.doc for p in passages]
    width = docs[0].tensor.shape[1] if docs else 0
    total = sum(len(doc) + 1 for doc in docs) + 1
    rows = np.zeros((total, 7), dtype=np.uint64)
    vectors, flags = np.zeros((total, width), dtype=np.float32), np.zeros((total, FLAGS), dtype=np.float32)
    head, passage_of = np.arange(total), np.full(total, -1)
    stretch, first, at = np.zeros(total, dtype=np.int64), [], 1
    starts = np.zeros(total, dtype=bool)
    for n, (passage, doc) in enumerate(zip(passages, docs)):
        end = at + len(doc)
        first.append(at)
        attributes = doc.to_array(READ)
        rows[at:end] = attributes[:, :7]
        vectors[at:end] = doc.tensor
        head[at:end] += attributes[:, 5].astype(np.int64)
        passage_of[at:end] = n
        starts[at:end] = attributes[:, 6] == 1
        starts[at : at + 1] = True
        stretch[at:end] = _stretches(doc)
        flags[at:end, 0] = attributes[:, 7]
        flags[at:end, 1] = attributes[:, 8]
        flags[at:end, 2] = passage.kind == "headline"
        flags[at, 3] = flags[end - 1, 4] = 1
        at = end + 1
    places, said = _lexicon()
    flags[:, 9:17] = said[places.of(rows[:, 1])]
    inside = stretch % 2
    flags[:, 5], flags[:, 6] = inside, starts
    flags[1:, 7], flags[:-1, 8] = stretch[1:] != stretch[:-1], stretch[1:] != stretch[:-1]
    dep = places_of(DEPS).of(rows[:, 3])
    left, right = _edges(head)
    return Tokens(
        vectors=vectors,
        word=np.asarray(language.model().vocab.vectors.find(keys=rows[:, 0])),
        lemma=rows[:, 1],
        tag=places_of(TAGS).of(rows[:, 2]),
        dep=dep,
        entity=places_of(ENTITIES).of(rows[:, 4]),
        flags=flags,
        head=head,
        subject=_child(head, dep, SUBJECTS),
        clause=_child(head, dep, CLAUSES),
        left=left,
        right=right,
        sentence=np.cumsum(starts),
        stretch=stretch,
        cues=np.cumsum((flags[:, 12] == 1) & (flags[:, 9] == 1) & (inside == 0)),
        passage=passage_of,
        first=first,
    )


def _stretches(doc: Doc) -> np.ndarray:
    """For each token 2k behind k stretches in marks, 2k + 1 inside the next."""
    found = stretches_of(doc)
    if not found:
        return np.zeros(len(doc), dtype=np.int64)
    edges = np.array([edge for s in found for edge in (s.outer_start, s.outer_end)])
    return np.searchsorted(edges, doc.to_array("IDX").astype(np.int64), side="right")


def _child(head: np.ndarray, dep: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    found = np.arange(len(head))
    children = np.flatnonzero(np.isin(dep, [DEPS.index(name) + 1 for name in names]))
    found[head[children]] = children
    return found


def _edges(head: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.arange(len(head)), np.arange(len(head))
    for _ in range(60):
        before = left.sum() - right.sum()
        np.minimum.at(left, head, left)
        np.maximum.at(right, head, right)
        if left.sum() - right.sum() == before:
            break
    return left, right


# --- pairs of a cue and a token ----------------------------------------------------------------------------------------------------


@dataclass
class Pairs:
    """Each candidate with each token of its window: `cue` and `token` are places in `Tokens`, `which` the candidate's number."""

    which: np.ndarray
    cue: np.ndarray
    token: np.ndarray
    features: np.ndarray  # int32, a column each of FEATURES


def sizes() -> dict[str, int]:
    """How many values each feature of a pair has."""
    labels = len(DEPS) + 1
    return {
        "relation": (RISE + 1) * (labels + 1) + 4 * NEAR,
        "inner": labels * 4,
        "edges": 12,
        "distance": 20,
        "marks": 4 * (4 * NEAR + 3),
        "between": 2 * NEAR + 1,
        "sentences": 2 * NEAR + 1,
    }


def pairs(tokens: Tokens, candidates: np.ndarray) -> Pairs:
    """The candidates with the tokens of their windows."""
    bounds = np.append(tokens.first, len(tokens.head))
    passage = tokens.passage[candidates]
    low = np.maximum(bounds[passage], candidates - WINDOW)
    high = np.minimum(bounds[passage + 1] - 1, candidates + WINDOW + 1)
    counts = high - low
    which = np.repeat(np.arange(len(candidates)), counts)
    token = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
    cue = candidates[which]
    return Pairs(which, cue, token, _features(tokens, cue, token))


def _features(tokens: Tokens, cue: np.ndarray, token: np.ndarray) -> np.ndarray:
    labels = len(DEPS) + 1
    delta = tokens.sentence[token] - tokens.sentence[cue]
    same = delta == 0
    # the lowest of the cue and those above it that is above the token too
    rise, above = np.full(len(cue), RISE), cue.copy()
    reached, climb = np.zeros(len(cue), dtype=bool), cue.copy()
    for step in range(RISE):
        now = ~reached & (tokens.left[climb] <= token) & (token <= tokens.right[climb])
        rise[now], above[now] = step, climb[now]
        reached |= now
        climb = tokens.head[climb]
    above[~reached] = -1
    # the branch under it that holds the token, and the branch under that one
    branch, inner, depth = token.copy(), token.copy(), np.zeros(len(cue), dtype=np.int64)
    going = np.flatnonzero(reached & (token != above))
    for _ in range(40):
        parent = tokens.head[branch[going]]
        more = (parent != above[going]) & (parent != branch[going])
        going, parent = going[more], parent[more]
        if not len(going):
            break
        inner[going] = branch[going]
        branch[going] = parent
        depth[going] += 1
    relation = np.where(
        same,
        rise * (labels + 1) + np.where(token == above, labels, tokens.dep[branch]),
        (RISE + 1) * (labels + 1) + np.where(delta < 0, 0, 2 * NEAR) + np.minimum(np.abs(delta), 2 * NEAR) - 1,
    )
    inner_label = np.where(depth == 0, 0, tokens.dep[inner])
    edges = np.where(
        same,
        (token == tokens.left[branch]) + 2 * (token == tokens.right[branch]) + 4 * np.minimum(depth, 2),
        0,
    )
    distance = token - cue
    bucket = np.minimum(np.log2(np.abs(distance) + 0.5).astype(np.int64) + 1, 9)
    apart = np.clip(tokens.stretch[token] - tokens.stretch[cue], -2 * NEAR - 1, 2 * NEAR + 1) + 2 * NEAR + 1
    between = np.clip(tokens.cues[token] - tokens.cues[cue], -NEAR, NEAR) + NEAR
    return np.stack(
        [
            relation,
            inner_label * 4 + 2 * (token < branch) + (branch < cue),
            edges,
            np.where(distance < 0, 10 + bucket, bucket) * (distance != 0),
            apart * 4 + 2 * (tokens.stretch[cue] % 2) + tokens.stretch[token] % 2,
            between,
            np.clip(delta, -NEAR, NEAR) + NEAR,
        ],
        axis=1,
    ).astype(np.int32)


# --- the network -------------------------------------------------------------------------------------------------------------------

LIKELY = 0.4  # what a cue, and an attribution, must at least be worth
AT_ONCE = 512  # candidates that are asked together, so that a very long text needs no more memory
TOKENS_AT_ONCE = 20_000  # of passages that are read together
NOTHING, BEGIN, INSIDE, SPEAKER = range(4)  # what a token can be for a cue


@dataclass(frozen=True)
class Attribution:
    """A cue with what it attributes, in tokens of one passage; `content` and `speaker` are half-open runs. `score` is between 0 and 1."""

    cue: int
    content: tuple[tuple[int, int], ...]
    speaker: tuple[int, int] | None
    score: float


def find(passages: list[Passage]) -> list[list[Attribution]]:
    """The attributions of each passage, the likeliest first, none sharing content with another; empty lists without the learned file."""
    network = _network()
    if network is None:
        return [[] for _ in passages]
    portions = language.portions(passages, lambda one: len(one.doc), TOKENS_AT_ONCE)
    return [_apart(made) for some in portions for made in _likely(some, network)]


def _likely(passages: list[Passage], network: Network) -> list[list[Attribution]]:
    """The attributions of each passage that are likely enough."""
    found: list[list[Attribution]] = [[] for _ in passages]
    tokens = read(passages)
    hidden = network.encode(tokens)
    sure = network.cue_probability(hidden)
    candidates = np.flatnonzero((sure > LIKELY) & (tokens.passage >= 0))
    for begin in range(0, len(candidates), AT_ONCE):
        some = candidates[begin : begin + AT_ONCE]
        asked = pairs(tokens, some)
        logits = network.labels(hidden, asked)
        for made, passage in _decoded(tokens, some, sure[some], asked, logits, network.transitions):
            if made.score >= LIKELY:
                found[passage].append(made)
    return found


@functools.cache
def _network() -> Network | None:
    """The network; None where its file is not there, or another language model than the one on which it was taught."""
    path = model_file()
    return Network(path) if path.exists() and language.model().meta["name"] == TAUGHT_ON else None


def learned() -> bool:
    """Whether the learned numbers are there and can be used."""
    return _network() is not None


def model_file() -> Path:
    """Where the learned numbers lie."""
    return data.folder() / "models" / "attributions.npz"


class Network:
    """The learned numbers and what is computed with them: float32 throughout, a row a token or pair."""

    def __init__(self, path: Path):
        self._w = data.arrays(path)
        self._lemmas = _Places(self._w.pop("lemmas").tolist())
        self.transitions = self._w["transitions"]

    def encode(self, tokens: Tokens) -> np.ndarray:
        """What the network makes of each token, with its neighbours in the line and in the tree."""
        w = self._w
        static = language.model().vocab.vectors.data
        known = tokens.word >= 0
        words = np.zeros((len(tokens.word), w["static"].shape[0]), dtype=np.float32)
        words[known] = static[tokens.word[known]] @ w["static"].T
        given = [
            tokens.vectors,
            words,
            w["lemma"][self._lemmas.of(tokens.lemma)],
            w["tag"][tokens.tag],
            w["dep"][tokens.dep],
            w["entity"][tokens.entity],
            tokens.flags,
        ]
        hidden = self._normal(_relu(np.concatenate(given, axis=1) @ w["input"].T + w["input_bias"]), "input")
        related = (tokens.head, tokens.subject, tokens.clause)
        for layer, step in (("line1", 1), ("tree1", 0), ("line2", 1), ("tree2", 0), ("line3", 2)):
            around = _beside(hidden, step) if step else [hidden, *(hidden[place] for place in related)]
            added = _relu(np.concatenate(around, axis=1) @ w[layer].T + w[layer + "_bias"])
            hidden = self._normal(hidden + added, layer)
        return hidden

    def _normal(self, hidden: np.ndarray, layer: str) -> np.ndarray:
        hidden = hidden - hidden.mean(axis=1, keepdims=True)
        hidden /= np.sqrt((hidden * hidden).mean(axis=1, keepdims=True) + 1e-5)
        return hidden * self._w[layer + "_scale"] + self._w[layer + "_shift"]

    def cue_probability(self, hidden: np.ndarray) -> np.ndarray:
        """How likely each token is a cue."""
        w = self._w
        logit = _relu(hidden @ w["cue"].T + w["cue_bias"]) @ w["is_cue"].T + w["is_cue_bias"]
        return 1 / (1 + np.exp(-logit[:, 0]))

    def labels(self, hidden: np.ndarray, asked: Pairs) -> np.ndarray:
        """For each pair how much speaks for each label, in logits."""
        w = self._w
        token, cue = hidden @ w["token"].T + w["token_bias"], hidden @ w["by"].T
        state = token[asked.token] + cue[asked.cue]
        for nth, feature in enumerate(FEATURES):
            state += w[feature][asked.features[:, nth]]
        state = _relu(state)
        parted = np.flatnonzero(np.diff(asked.which)) + 1  # where the next candidate's pairs begin
        for layer in ("pair1", "pair2"):
            before, behind = np.zeros_like(state), np.zeros_like(state)
            before[1:], behind[:-1] = state[:-1], state[1:]
            before[parted] = 0
            behind[parted - 1] = 0
            state = state + _relu(np.concatenate([before, state, behind], axis=1) @ w[layer].T + w[layer + "_bias"])
        return state @ w["label"].T + w["label_bias"]


def _relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0, out=values)


def _beside(hidden: np.ndarray, step: int) -> list[np.ndarray]:
    before, behind = np.zeros_like(hidden), np.zeros_like(hidden)
    before[step:], behind[:-step] = hidden[:-step], hidden[step:]
    return [before, hidden, behind]


# --- from logits to attributions ---------------------------------------------------------------------------------------------------


def _decoded(tokens, candidates, sure, asked, logits, transitions):
    """Each candidate's likeliest labels as an attribution, with its passage."""
    labels, share = _likeliest(asked.which, logits, transitions)
    for nth, cue in enumerate(candidates):
        begin, end = np.searchsorted(asked.which, [nth, nth + 1])
        mine, here = labels[begin:end], asked.token[begin:end]
        content = _runs(here, (mine == BEGIN) | (mine == INSIDE), mine == BEGIN)
        if not content:
            continue
        within = (mine == BEGIN) | (mine == INSIDE)
        speakers = _runs(here, mine == SPEAKER, np.zeros(len(mine), dtype=bool))
        mass = share[begin:end, SPEAKER]
        speaker = max(speakers, key=lambda run: mass[run[0] - here[0] : run[1] - here[0]].sum(), default=None)
        passage = tokens.passage[cue]
        first = tokens.first[passage]
        yield (
            Attribution(
                cue=int(cue - first),
                content=tuple((a - first, b - first) for a, b in content),
                speaker=None if speaker is None else (speaker[0] - first, speaker[1] - first),
                score=float(sure[nth] * (share[begin:end, BEGIN] + share[begin:end, INSIDE])[within].mean()),
            ),
            passage,
        )


def _likeliest(which: np.ndarray, logits: np.ndarray, transitions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best sequence of labels of every candidate (Viterbi), all candidates at once, and each label's own share."""
    counts = np.bincount(which)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first = np.cumsum(counts) - counts
    place, row = np.arange(len(which)) - first[which], rank[which]
    steps = np.zeros((counts.max(), len(counts), 4), dtype=np.float32)
    steps[place, row] = logits
    allowed = transitions.copy()
    allowed[[NOTHING, SPEAKER], INSIDE] = -1e4
    best = steps[0].copy()
    best[:, INSIDE] = -1e4
    back = np.zeros(steps.shape, dtype=np.int8)
    last = np.zeros(len(counts), dtype=np.int64)
    going = (counts[order][None] > np.arange(len(steps))[:, None]).sum(axis=1)
    for at in range(1, len(steps)):
        n = going[at]
        last[n : len(best)] = best[n:].argmax(axis=1)
        moved = best[:n, :, None] + allowed
        back[at, :n] = moved.argmax(axis=1)
        best = moved.max(axis=1) + steps[at, :n]
    last[: len(best)] = best.argmax(axis=1)
    found = np.zeros(steps.shape[:2], dtype=np.int8)
    rows = np.arange(len(counts))
    label = last
    for at in range(len(steps) - 1, -1, -1):
        n = going[at]
        found[at, :n] = label[:n]
        if at:
            label[:n] = back[at, rows[:n], label[:n]]
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    return found[place, row], share / share.sum(axis=1, keepdims=True)


def _runs(places: np.ndarray, chosen: np.ndarray, begins: np.ndarray) -> list[tuple[int, int]]:
    """Half-open runs of chosen places; a place that begins one starts it anew."""
    runs: list[list[int]] = []
    for at, start in zip(places[chosen].tolist(), begins[chosen].tolist()):
        if runs and runs[-1][1] == at and not start:
            runs[-1][1] = at + 1
        else:
            runs.append([at, at + 1])
    return [(a, b) for a, b in runs]


def _apart(made: list[Attribution]) -> list[Attribution]:
    """The likeliest first; words that a likelier one attributes are taken from the others, which go where little is left of them."""
    kept, taken = [], set()
    for one in sorted(made, key=lambda a: -a.score):
        words = [i for a, b in one.content for i in range(a, b)]
        left = [i for i in words if i not in taken]
        if len(left) < 0.7 * len(words):
            continue
        taken.update(left)
        content = tuple(_runs(np.array(left), np.ones(len(left), dtype=bool), np.zeros(len(left), dtype=bool)))
        kept.append(one if len(left) == len(words) else Attribution(one.cue, content, one.speaker, one.score))
    return kept
