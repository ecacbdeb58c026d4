"""A second reading of the clauses that may take a stance, where the extra `embeddings` is installed: a transformer reads those again of which the
networks of `onrecord.stances` are not sure that they take none, and what counts is the mean of both.

It reads the clause's sentence and the one before it, told which pieces are the clause's, its head's, the holder's, the cue's and those of whoever else is
named. Its numbers lie in `data/models/stance_embeddings.npz`, were learned by `benchmarks/learn_stances.py`, and have a card in `data/models/README.md`.
"""

import functools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from onrecord import data, embeddings, stances
from onrecord.language import text_of
from onrecord.scene import Here
from onrecord.stances import Candidate, others

DOUBTFUL = 0.25  # how likely a stance must be in the networks' eyes for a clause to be read again
BEFORE = 250  # characters before the sentence that are read, if they belong to the sentence before
MOST = 112  # pieces of a passage that are read, the first and last mark included
MARKS = ("clause", "head", "about", "holder", "cue", "before")
POOLED = ("head", "clause", "about", "holder")  # of which the means are taken
TOGETHER = 256  # clauses that are read together: their states take 45 MB


@dataclass(frozen=True)
class Window:
    """What is read about a candidate: the text's pieces as numbers, and for each piece a row of MARKS."""

    numbers: np.ndarray
    marks: np.ndarray


def windows(placed: list[tuple[Candidate, Here]]) -> list[Window]:
    """What is read of each candidate in its passage."""
    found: list[Window] = []
    known: dict[tuple[int, int], tuple[np.ndarray, list[tuple[int, int]]]] = {}
    for one, here in placed:
        doc = here.passage.doc
        sentence = doc[one.head].sent
        before = doc[sentence.start - 1].sent.start_char if sentence.start else sentence.start_char
        begin = max(before, sentence.start_char - BEFORE)
        stretch = (here.passage.start + begin, here.passage.start + sentence.end_char)
        if stretch not in known:
            known[stretch] = embeddings.parted(text_of(doc)[begin : sentence.end_char], embeddings.LARGE)
        numbers, places = known[stretch]
        marks = np.zeros((len(numbers), len(MARKS)), dtype=np.float32)
        cue = here.cue(one.quote) if one.quote is not None else ()
        told = (one.tokens, [one.head], {i for i, _ in others(one, here)}, [one.by] if one.by is not None else [], cue)
        for column, tokens in enumerate(told):
            for i in tokens:
                start = doc[i].idx - begin
                for nth in _touched(places, start, start + len(doc[i])):
                    marks[nth, column] = 1
        marks[:, -1] = [a < b and a < sentence.start_char - begin for a, b in places]
        found.append(_cut(numbers, marks))
    return found


def _touched(places: list[tuple[int, int]], start: int, end: int) -> Iterable[int]:
    """The pieces that share a character with start:end; the first and last are marks of the text's ends."""
    nth = bisect_right(places, start, lo=1, hi=len(places) - 1, key=lambda place: place[1])
    while nth < len(places) - 1 and places[nth][0] < end:
        yield nth
        nth += 1


def _cut(numbers: np.ndarray, marks: np.ndarray) -> Window:
    """At most MOST pieces, around the clause's head; where no piece is the clause's or its head's, the mark at the text's head stands for it."""
    if len(numbers) > MOST:
        low = max(1, min(int(marks[:, 1].argmax()) - MOST // 2, len(numbers) - MOST + 1))
        kept = np.r_[0, low : min(low + MOST - 2, len(numbers) - 1), len(numbers) - 1]
        numbers, marks = numbers[kept], marks[kept]
    for column in (0, 1):
        marks[0, column] = marks[0, column] or not marks[:, column].any()
    return Window(numbers, marks)


# --- the transformer ---------------------------------------------------------------------------------------------------------------


def model_file() -> Path:
    """Where its learned numbers lie."""
    return data.folder() / "models" / "stance_embeddings.npz"


def reader() -> str:
    """Who judges a clause here: `embeddings` (the transformer and the networks) where the extra is installed, else `network` (the networks alone)."""
    return "embeddings" if embeddings.used() and model_file().exists() else "network"


@functools.cache
def _transformer() -> "Upper":
    return Upper(data.arrays(model_file()))


class Upper:
    """The transformer of `onrecord.embeddings` with its upper layers changed, and what they say of a stance."""

    def __init__(self, numbers: dict[str, np.ndarray]):
        self._w = numbers
        self._features = numbers["features"].tolist()
        self._first = int(numbers["first"])  # the lowest layer that is changed: the pieces are marked below it
        self._transformer = embeddings.Transformer(embeddings.LARGE, numbers)

    def probability(self, some: list[Window], features: list[dict[str, float]]) -> np.ndarray:
        """How likely each clause shows none of the stances, support, or opposition: a row a clause, a column each of `stances.LABELS`."""
        portions = [slice(first, first + TOGETHER) for first in range(0, len(some), TOGETHER)]
        return np.concatenate([self._read(some[portion], features[portion]) for portion in portions])

    def settled(self, shares: np.ndarray, some: list[Window], features: list[dict[str, float]]) -> np.ndarray:
        """What the networks say of an article's clauses (see `doubtful`) with the second reading, which counts as much; some, features: the doubtful ones'."""
        both = shares.copy()
        if some:
            both[doubtful(shares)] += self.probability(some, features)
            both[doubtful(shares)] /= 2
        return both

    def _read(self, some: list[Window], features: list[dict[str, float]]) -> np.ndarray:
        w, numbers = self._w, [window.numbers for window in some]
        given = [below + window.marks @ w["mark"].T for below, window in zip(self._below(numbers), some, strict=True)]
        states = self._transformer.states(numbers, range(self._first, embeddings.LARGE.layers), given)
        named = np.array([[of.get(name, 0.0) for name in self._features] for of in features], dtype=np.float32)
        seen = np.stack([self._pooled(hidden, window.marks) for hidden, window in zip(states, some, strict=True)])
        inner = embeddings.gelu(np.concatenate([seen, named], axis=1) @ w["inner"].T + w["inner_bias"])
        return embeddings.softmax(inner @ w["out"].T + w["out_bias"])

    def _below(self, numbers: list[np.ndarray]) -> list[np.ndarray]:
        """What the layers that stay make of each row of pieces; clauses of one sentence mostly share theirs."""
        known = {some.tobytes(): some for some in numbers}
        made = dict(zip(known, self._transformer.states(list(known.values()), range(self._first)), strict=True))
        return [made[some.tobytes()] for some in numbers]

    def _pooled(self, hidden: np.ndarray, marks: np.ndarray) -> np.ndarray:
        """The clause's pieces, each as far as it matters, and the means of POOLED; zeros where no piece is of that kind."""
        share = embeddings.softmax(np.where(marks[:, 0] > 0, (hidden @ self._w["look"].T)[:, 0], np.float32(-1e4)))
        columns = marks[:, [MARKS.index(name) for name in POOLED]]
        means = columns.T @ hidden / np.maximum(columns.sum(axis=0), 1)[:, None]
        return np.concatenate([share @ hidden, *means])


def doubtful(shares: np.ndarray) -> np.ndarray:
    """The rows that are read again; shares: how likely the networks think each of `stances.LABELS`, a row a clause."""
    return np.flatnonzero(1 - shares[:, 0] >= DOUBTFUL)


def judged(heres: list[Here], actors: dict[str, dict]) -> list[list[tuple[Candidate, Doc, np.ndarray]]]:
    """What `stances.judged` gives, after the second reading where there is one."""
    seen = stances.judged(heres, actors)
    placed = [(candidate, here) for here, some in zip(heres, seen, strict=True) for candidate, *_ in some]
    if reader() == "network" or not placed:
        return seen
    shares = np.array([said for some in seen for *_, said in some])
    again = [placed[nth] for nth in doubtful(shares)]
    named = [stances.ask(candidate, here, actors).features for candidate, here in again]
    given = iter(_transformer().settled(shares, windows(again), named))
    return [[(candidate, doc, next(given)) for candidate, doc, _ in some] for some in seen]


def confidence(likelihood: float) -> float:
    """How often what was thought so likely was right: `data/reference/stance_scores.csv`."""
    return data.believed("stance_scores", reader(), likelihood)
