"""What the teacher of the networks of `onrecord.stances` reads of a clause and the one whose stance it would be; used only to learn.

It reads the clause's sentence and the one before it, told which pieces are the clause's, its head's, the holder's, the cue's and those of whoever else is
named.
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
