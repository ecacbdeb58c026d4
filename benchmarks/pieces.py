"""What a transformer makes of a clause and the one whose stance it would be: a teacher of the networks of `onrecord.stances`, used only to learn.

It reads the clause's sentence and the one before it, told which pieces are the clause's, its head's, the holder's, the cue's and those of whoever else is
named. The transformer is that of the extra `embeddings`, its upper layers changed.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from onrecord import embeddings
from onrecord.language import text_of
from onrecord.scene import Here
from onrecord.stances import Candidate, others

BEFORE = 250  # characters before the sentence that are read, if they belong to the sentence before
MOST = 112  # pieces of a passage that are read, the first and last mark included
MARKS = ("clause", "head", "about", "holder", "cue", "before")
POOLED = ("head", "clause", "about", "holder")  # of which the means are taken
AT_ONCE = 256  # clauses whose states lie in memory


@dataclass(frozen=True)
class Window:
    """What is read about a candidate: the text's pieces as numbers, and for each piece a row of MARKS."""

    numbers: np.ndarray
    marks: np.ndarray


def windows(here: Here, some: list[Candidate]) -> list[Window]:
    """What is read of a passage's candidates."""
    doc, found = here.passage.doc, []
    known: dict[tuple[int, int], tuple[np.ndarray, list[tuple[int, int]]]] = {}
    for one in some:
        sentence = doc[one.head].sent
        before = doc[sentence.start - 1].sent.start_char if sentence.start else sentence.start_char
        begin = max(before, sentence.start_char - BEFORE)
        if (begin, sentence.end_char) not in known:
            known[begin, sentence.end_char] = embeddings.parted(text_of(doc)[begin : sentence.end_char])
        numbers, places = known[begin, sentence.end_char]
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


class Upper:
    """The transformer with its upper layers changed, and what it says of clauses' stances. `numbers`: what was learned."""

    def __init__(self, numbers: dict[str, np.ndarray]):
        self._w = numbers
        self._features = {name: nth for nth, name in enumerate(numbers["features"].tolist())}
        self._first = int(numbers["first"])  # the lowest layer that is changed: pieces are marked below it
        self._transformer = embeddings.Transformer(numbers)

    def logits(self, read: list[Window], features: list[dict[str, float]]) -> np.ndarray:
        """Logarithms of likelihoods, in the order of `stances.LABELS`: a row a window."""
        parts = range(0, len(read), AT_ONCE)
        return np.concatenate([self._logits(read[at : at + AT_ONCE], features[at : at + AT_ONCE]) for at in parts])

    def _logits(self, read: list[Window], features: list[dict[str, float]]) -> np.ndarray:
        texts: dict[bytes, int] = {}  # clauses of one sentence share what lies below the marks
        of = [texts.setdefault(window.numbers.tobytes(), len(texts)) for window in read]
        first = {text: window.numbers for text, window in zip(reversed(of), reversed(read), strict=True)}
        below = self._transformer.states([first[n] for n in range(len(texts))], range(self._first))
        w = self._w
        marked = [below[n] + window.marks @ w["mark"].T for n, window in zip(of, read, strict=True)]
        states = self._transformer.states(
            [window.numbers for window in read], range(self._first, embeddings.LAYERS), marked
        )
        seen = np.stack([self._seen(hidden, window.marks) for hidden, window in zip(states, read, strict=True)])
        named = np.zeros((len(read), len(self._features)), dtype=np.float32)
        for row, one in zip(named, features, strict=True):
            for name, value in one.items():
                if name in self._features:
                    row[self._features[name]] = value
        made = embeddings.gelu(np.concatenate([seen, named], axis=1) @ w["inner"].T + w["inner_bias"])
        scores = made @ w["out"].T + w["out_bias"]
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def _seen(self, hidden: np.ndarray, marks: np.ndarray) -> np.ndarray:
        """Means over the marked pieces, and the clause's pieces as far as each speaks for it."""
        clause = marks[:, 0] > 0
        score = hidden[clause] @ self._w["look"]
        share = np.exp(score - score.max())
        counts = np.maximum(marks.sum(axis=0), 1)
        means = {name: marks[:, nth] @ hidden / counts[nth] for nth, name in enumerate(MARKS) if name in POOLED}
        return np.concatenate([share @ hidden[clause] / share.sum(), *(means[name] for name in POOLED)])
