"""The tone of a passage toward somebody whom it names: positive, neutral or negative, as small networks learned it from news.

Tone is how the words sound, not a position: who is scolded for weak action on a law may well support it, and who is praised may oppose it. It stands
beside stance (`onrecord.statements`) and is never read as stance.

Whom a passage is about is hidden from the networks: a name is replaced by a stand-in before anything is read, so that the same words give the same tone
whoever is named. The numbers lie in `data/models/tone.npz` and `tone_embeddings.npz` (the second is read where the extra `embeddings` is installed),
were learned by `benchmarks/learn_tone.py`, and have a card in `data/models/README.md`.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onrecord import data, embeddings, language
from onrecord.attributions import DEPS, TAGS, TAUGHT_ON
from onrecord.data import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc

TONES = ("positive", "neutral", "negative")
SIDE = 300  # characters on either side of the target that are read, within its line
MOST = 120  # tokens of a passage that are read
LONGEST = 100  # characters of a target that are read
STAND_IN = "Smith"  # for every target that has a name in it
STEPS = 7  # steps in the tree that are told apart, the last being more
NEAR = 6  # powers of two of the distance in tokens that are told apart
AT_ONCE = 64  # passages that are read together

# Grammar's own closed lists: words that are no name, however they begin.
_PRONOUNS = """
i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself it its itself
they them their theirs themselves who whom whose this that these those
"""
_BEFORE_NOUNS = "the a an his her their its our my this that these those some all"
PRONOUNS, BEFORE_NOUNS = frozenset(_PRONOUNS.split()), frozenset(_BEFORE_NOUNS.split())


# --- the public face ---------------------------------------------------------------------------------------------------------------


def tone(text: str, start: int, end: int) -> tuple[str, float]:
    """How a passage speaks of `text[start:end]`: ("positive" | "neutral" | "negative", confidence). Not a position on anything: see the module.

    Reads the target's line, up to 300 characters on either side. The confidence is how often such answers were right on sentences from which nothing
    was learned: of those at 0.8 about 80 in a hundred. Raises InputError (a ValueError) for offsets that name no characters of the text."""
    return tones([(text, start, end)])[0]


def tones(passages: Iterable[tuple[str, int, int]]) -> list[tuple[str, float]]:
    """The tone toward the target of each (text, start, end), as `tone` gives it: much faster for many than one by one."""
    return answers(passages, reader())


def answers(passages: Iterable[tuple[str, int, int]], who: str) -> list[tuple[str, float]]:
    """The tones of passages by one reader: `words` or `embeddings`."""
    stream = (seen(*passage) for passage in passages)
    found = []
    while some := list(islice(stream, AT_ONCE)):
        found += [
            (TONES[row.argmax()], data.believed("tone_scores", who, float(row.max()))) for row in _shares(some, who)
        ]
    return found


# --- what is read of a passage -----------------------------------------------------------------------------------------------------


def seen(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a text that is read, with a stand-in for the target, and the target's place in it. Raises InputError for bad offsets."""
    start, end = _checked(text, start, end)
    first = max(text.rfind("\n", 0, start) + 1, start - SIDE)
    last = min(len(text) if (line := text.find("\n", end)) < 0 else line, end + SIDE)
    before, after = text[first:start], text[end:last]
    if start - first == SIDE and (cut := re.search(r"\s", before)):
        before = before[cut.end() :]
    if last - end == SIDE and (cut := after.rfind(" ")) >= 0:
        after = after[:cut]
    target = STAND_IN if _has_name(text[start:end]) else text[start:end][:LONGEST]
    return language.readable(before + target + after), len(before), len(before) + len(target)


def _checked(text: str, start: int, end: int) -> tuple[int, int]:
    try:
        start, end = operator.index(start), operator.index(end)
        right = isinstance(text, str) and 0 <= start < end <= len(text)
    except TypeError:
        right = False
    if not right:
        raise InputError(
            f"no target at {start!r} to {end!r}: give a text and two whole numbers, 0 <= start < end <= {len(text) if isinstance(text, str) else 'its length'}"
        )
    return start, end


def _has_name(target: str) -> bool:
    """Whether some word of the target, a leading article or pronoun apart, begins with a capital."""
    if target.lower() in PRONOUNS:
        return False
    words = target.split()
    if words and words[0].lower() in BEFORE_NOUNS:
        words = words[1:]
    return any(word.lstrip("“\"'([")[:1].isupper() for word in words)


@dataclass(frozen=True)
class Words:
    """A passage's tokens as the network reads them: arrays with an entry a token. `target` is the place of the target's head."""

    row: np.ndarray  # of the static word vectors, -1 for none
    vectors: np.ndarray  # float32, the language model's reading of the token in its context
    tag: np.ndarray
    dep: np.ndarray
    lemma: list[str]
    up: np.ndarray  # steps from the target up to the lowest token above both, 7 where there is none
    down: np.ndarray  # and from there down to this token
    distance: np.ndarray  # from the target, in powers of two, 0 to 12
    flags: np.ndarray  # float32: part of the target, part of a name
    target: int


def read(passages: list[tuple[str, int, int]]) -> Iterator[Words]:
    """Passages as `seen` gives them, parsed and read."""
    for (_, start, end), doc in zip(passages, language.parse((text, ()) for text, *_ in passages)):
        yield _words(doc, start, end)


_TAG = {name: nth + 1 for nth, name in enumerate(TAGS)}
_DEP = {name: nth + 1 for nth, name in enumerate(DEPS)}


def _words(doc: Doc, start: int, end: int) -> Words:
    tokens = list(doc)
    inside = [token.i for token in tokens if token.idx < end and start < token.idx + len(token)] or [0]
    top = next((i for i in reversed(inside) if doc[i].head.i not in inside or doc[i].head.i == i), inside[-1])
    first = max(0, min(top - MOST // 2, len(tokens) - MOST))
    tokens = tokens[first : first + MOST]
    up, down = _steps([token.head.i for token in doc], top)
    distance = np.arange(first, first + len(tokens)) - top
    bucket = np.minimum(np.log2(np.abs(distance) + 0.5) + 1, NEAR).astype(int)
    chosen = set(inside)
    return Words(
        row=np.asarray(language.model().vocab.vectors.find(keys=[token.orth for token in tokens])),
        vectors=doc.tensor[first : first + len(tokens)].astype(np.float32),
        tag=np.array([_TAG.get(token.tag_, 0) for token in tokens]),
        dep=np.array([_DEP.get(token.dep_, 0) for token in tokens]),
        lemma=[token.lemma_.lower() for token in tokens],
        up=up[first : first + len(tokens)],
        down=down[first : first + len(tokens)],
        distance=np.where(distance == 0, 0, np.sign(distance) * bucket) + NEAR,
        flags=np.array([[token.i in chosen, token.ent_type != 0] for token in tokens], dtype=np.float32),
        target=top - first,
    )


def _steps(head: list[int], target: int) -> tuple[np.ndarray, np.ndarray]:
    """For each token the steps from the target up to the lowest token above both, and from there down: at most 6, 7 for another tree."""
    above, at = {target: 0}, target
    while head[at] != at:
        at = head[at]
        above[at] = len(above)
    up, down = np.full(len(head), STEPS), np.full(len(head), STEPS)
    for token in range(len(head)):
        at, steps = token, 0
        while at not in above and head[at] != at:
            at, steps = head[at], steps + 1
        if at in above:
            up[token], down[token] = min(above[at], STEPS - 1), min(steps, STEPS - 1)
    return up, down


# --- the networks ------------------------------------------------------------------------------------------------------------------


def model_file(who: str) -> Path:
    """Where the learned numbers of a reader (`words` or `embeddings`) lie."""
    return data.folder() / "models" / {"words": "tone.npz", "embeddings": "tone_embeddings.npz"}[who]


def reader() -> str:
    """Who reads a passage here: `embeddings` (the transformer and the networks) where the extra is installed, else `words` (the networks alone)."""
    return "embeddings" if embeddings.used() and model_file("embeddings").exists() else "words"


def _shares(passages: list[tuple[str, int, int]], who: str) -> np.ndarray:
    """The likelihood of each tone for each passage, as `seen` gives it: (passages, 3)."""
    logits = _network().logits(list(read(passages)))
    if who == "embeddings":
        upper = _transformer()
        logits = upper.weight * upper.logits(passages) + (1 - upper.weight) * logits
    return embeddings.softmax(logits)


@functools.cache
def _network() -> Network:
    if language.model().meta["name"] != TAUGHT_ON:
        raise InputError(
            f"tone reads the language model {language.DEFAULT_MODEL}: unset the environment variable ONRECORD_MODEL"
        )
    return Network(data.arrays(model_file("words")))


@functools.cache
def _transformer() -> Upper:
    return Upper(data.arrays(model_file("embeddings")))


class Network:
    """Several networks of one form, taught from different beginnings: word by word in both directions (GRU, Cho and others 2014), then attention
    from the target. `numbers` holds each array with the networks one behind the other along its first axis."""

    def __init__(self, numbers: dict[str, np.ndarray]):
        self._lemmas = {lemma: nth + 1 for nth, lemma in enumerate(numbers["lemmas"].tolist())}
        arrays = {name: array for name, array in numbers.items() if name != "lemmas"}
        self._members = [{name: array[nth] for name, array in arrays.items()} for nth in range(len(arrays["input"]))]

    def logits(self, passages: list[Words]) -> np.ndarray:
        """Logarithms of the mean likelihoods: (passages, 3)."""
        real, given = self._given(passages)
        shares = np.mean([embeddings.softmax(_asked(w, given, real, passages)) for w in self._members], axis=0)
        return np.log(shares)

    def _given(self, passages: list[Words]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The passages side by side, padded to the longest; `real` says which places are no padding."""
        longest = max(len(words.tag) for words in passages)
        real = np.array([[n < len(words.tag) for n in range(longest)] for words in passages])

        def side_by_side(arrays: list[np.ndarray]) -> np.ndarray:
            made = np.zeros((len(arrays), longest, *np.shape(arrays[0])[1:]), dtype=np.asarray(arrays[0]).dtype)
            for row, array in zip(made, arrays):
                row[: len(array)] = array
            return made

        given = {
            name: side_by_side([getattr(words, name) for words in passages])
            for name in ("vectors", "tag", "dep", "up", "down", "distance", "flags")
        }
        given["lemma"] = side_by_side(
            [np.array([self._lemmas.get(lemma, 0) for lemma in words.lemma]) for words in passages]
        )
        given["static"] = side_by_side([static(words.row) for words in passages])
        return real, given


def static(rows: np.ndarray) -> np.ndarray:
    """The language model's word vectors by their rows, all of length 4, zeros for -1: (rows, 300)."""
    vectors = language.model().vocab.vectors.data[rows] * (rows >= 0)[:, None]
    return (4 * vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)).astype(np.float32)


EMBEDDED = ("tag", "dep", "lemma", "up", "down", "distance")  # features of a token that have a row of numbers a value


def _asked(w: dict[str, np.ndarray], given: dict[str, np.ndarray], real: np.ndarray, passages: list[Words]):
    """The logits of one network."""
    parts = [given["static"] @ w["static"].T, given["vectors"] / 2]
    parts += [w[name][given[name]] for name in EMBEDDED] + [given["flags"]]
    hidden = np.maximum(np.concatenate(parts, axis=2) @ w["input"].T + w["input_bias"], 0)
    hidden = embeddings.normal(hidden, w["norm"], w["norm_bias"], 1e-5)
    hidden = hidden + np.concatenate([_along(w, hidden, real, way) for way in ("forward", "backward")], axis=2)
    target = hidden[np.arange(len(hidden)), [words.target for words in passages]]
    looked = np.tanh(hidden @ w["key"].T + w["key_bias"] + (target @ w["query"].T + w["query_bias"])[:, None])
    score = np.where(real[..., None], looked @ w["score"].T + w["score_bias"], -1e4)
    weight = embeddings.softmax(score, axis=1)
    heads = (hidden @ w["value"].T + w["value_bias"]).reshape(*score.shape, -1)
    pooled = (weight[..., None] * heads).sum(axis=1).reshape(target.shape)
    most = np.where(real[..., None], hidden, -1e4).max(axis=1)
    mean = (hidden * real[..., None]).sum(axis=1) / real.sum(axis=1, keepdims=True)
    made = np.concatenate([target, pooled, most, mean], axis=1) @ w["inner"].T + w["inner_bias"]
    return np.maximum(made, 0) @ w["tone"].T + w["tone_bias"]


def _along(w: dict[str, np.ndarray], hidden: np.ndarray, real: np.ndarray, way: str) -> np.ndarray:
    """The gated states word by word, forward or backward: (passages, tokens, width)."""
    given = hidden @ w[f"{way}_given"].T + w[f"{way}_given_bias"]
    width = given.shape[2] // 3
    state = np.zeros((len(hidden), width), dtype=np.float32)
    states = np.zeros((*hidden.shape[:2], width), dtype=np.float32)
    places = range(hidden.shape[1])
    for at in places if way == "forward" else reversed(places):
        now, before = given[:, at], state @ w[f"{way}_state"].T + w[f"{way}_state_bias"]
        reset, kept = np.split(_sigmoid(now[:, : 2 * width] + before[:, : 2 * width]), 2, axis=1)
        new = np.tanh(now[:, 2 * width :] + reset * before[:, 2 * width :])
        state = np.where(real[:, at, None], kept * state + (1 - kept) * new, state)
        states[:, at] = state
    return states * real[..., None]


class Upper:
    """The transformer of `onrecord.embeddings` with its upper layers changed, and what the target's pieces and all pieces say of the tone."""

    def __init__(self, numbers: dict[str, np.ndarray]):
        self._w = numbers
        self.first = int(numbers["first"])  # the lowest layer that is changed: the target is marked below it
        self.weight = float(numbers["weight"])  # of this against the networks over words
        self._transformer = embeddings.Transformer(embeddings.SMALL, numbers)

    def logits(self, passages: list[tuple[str, int, int]]) -> np.ndarray:
        """Logarithms of likelihoods: (passages, 3)."""
        w, cut = self._w, [embeddings.pieces(*passage, embeddings.SMALL) for passage in passages]
        numbers, targets = [some for some, _ in cut], [target for _, target in cut]
        below = self._transformer.states(numbers, range(self.first))
        below = [hidden + target[:, None] * w["target"] for hidden, target in zip(below, targets)]
        states = self._transformer.states(numbers, range(self.first, embeddings.SMALL.layers), below)
        pooled = [np.r_[hidden[target].mean(axis=0), hidden.mean(axis=0)] for hidden, target in zip(states, targets)]
        made = embeddings.gelu(np.stack(pooled) @ w["inner"].T + w["inner_bias"]) @ w["tone"].T + w["tone_bias"]
        return np.log(embeddings.softmax(made))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
