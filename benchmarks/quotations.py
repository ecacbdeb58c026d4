r"""Quotations and their speakers against what was marked by hand.

The measures follow the definitions that were used for the figures in `peers.csv`:
- A span counts as the set of its words (`\w+(?:['’]\w+)*`), so marks, commas and spaces never matter; a row without a word is dropped.
- exact: the same words. overlap: words shared / words in either, at least one half. Rows are paired one to one inside a document, the
  greatest overlap first.
- joint: paired by overlap, and the speakers share a word at the same place that is no article, possessive or title; both missing is
  right, one missing is wrong.
- By kind, recall is over the marked rows of that kind and precision over the predicted rows of that kind. A row without a kind gets
  it from the double marks around its words: nine tenths inside is direct, none is indirect, else mixed.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

WORD = re.compile(r"\w+(?:['’]\w+)*")
LITTLE = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "or",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "your",
        "this",
        "that",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sen",
        "rep",
        "gov",
    ]
)
KINDS = ("direct", "indirect", "mixed")
HALF = 0.5


class Words:
    """The words of a text by their number."""

    def __init__(self, text: str):
        self.text = text
        found = list(WORD.finditer(text))
        self.starts, self.ends = [word.start() for word in found], [word.end() for word in found]
        self.small = [word.group().lower() for word in found]

    def inside(self, spans: list[tuple[int, int]]) -> frozenset[int]:
        """Numbers of the words that the spans touch."""
        return frozenset(
            number
            for start, end in spans
            for number in range(bisect_right(self.ends, start), bisect_left(self.starts, end))
        )

    def kind(self, words: frozenset[int]) -> str:
        """The kind of a quotation of these words, from the double marks around them."""
        marked = _between_marks(self.text)
        share = sum(all(marked[self.starts[n] : self.ends[n]]) for n in words) / len(words)
        return "direct" if share >= 0.9 else "mixed" if share else "indirect"


def _between_marks(text: str) -> list[bool]:
    """Of each character, whether it stands between double marks of its line (the marks too)."""
    found = []
    for line in text.split("\n"):
        open_ = False
        for letter in line:
            if letter in '"“”„‟':
                open_ = letter == "“" or (letter != "”" and not open_)
            found.append(open_ or letter in '"“”„‟')
        found.append(False)
    return found


@dataclass(frozen=True)
class Quotation:
    """Numbers of its words and of its speaker's, and its kind."""

    words: frozenset[int]
    speaker: frozenset[int]
    kind: str


def read(words: Words, rows: list[dict]) -> list[Quotation]:
    """Rows {quote, speaker, type} as quotations. A place is [start, end], a list of these, or None; `speaker_spans` goes before `speaker`."""
    found = []
    for row in rows:
        inside = words.inside(_spans(row["quote"]))
        if inside:
            speaker = words.inside(_spans(row.get("speaker_spans") or row.get("speaker")))
            found.append(Quotation(inside, speaker, row.get("type") or words.kind(inside)))
    return found


def _spans(place) -> list:
    if not place:
        return []
    return [place] if isinstance(place[0], int) else place


def pairs(predicted: list[Quotation], gold: list[Quotation], least: float) -> list[tuple[int, int]]:
    """Places in both lists of the rows that are paired: an overlap of at least `least`, the greatest first."""
    near = sorted(
        (-overlap, j, i)
        for i, one in enumerate(predicted)
        for j, other in enumerate(gold)
        if (overlap := len(one.words & other.words) / len(one.words | other.words)) >= least
    )
    taken: tuple[set, set] = set(), set()
    found = []
    for _, j, i in near:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append((i, j))
    return found


def same_speaker(words: Words, one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two speakers share a word that says who it is."""
    if not one or not other:
        return one == other
    return bool(_telling(words, one) & _telling(words, other))


def _telling(words: Words, numbers: frozenset[int]) -> frozenset[int]:
    return frozenset(n for n in numbers if words.small[n] not in LITTLE) or numbers


def tallies(text: str, gold: list[dict], predicted: list[dict]) -> dict[str, tuple[int, int, int, int]]:
    """One document's tallies (see `intervals`): exact, overlap and joint, over all rows and by kind (`direct joint`)."""
    words = Words(text)
    marked, given = read(words, gold), read(words, predicted)
    matched = {"exact": pairs(given, marked, 1.0), "overlap": pairs(given, marked, HALF)}
    matched["joint"] = _with_speaker(words, given, marked, matched["overlap"])
    found = {}
    for measure, couples in matched.items():
        found[measure] = (len(couples), len(given), len(couples), len(marked))
        for kind in KINDS:
            found[f"{kind} {measure}"] = (
                sum(given[i].kind == kind for i, _ in couples),
                sum(one.kind == kind for one in given),
                sum(marked[j].kind == kind for _, j in couples),
                sum(one.kind == kind for one in marked),
            )
    return found


def right(text: str, gold: list[dict], predicted: list[dict]) -> list[bool]:
    """Of each predicted row, whether it is right in the sense of `joint`. Rows must have a word."""
    words = Words(text)
    marked, given = read(words, gold), read(words, predicted)
    good = {i for i, _ in _with_speaker(words, given, marked, pairs(given, marked, HALF))}
    return [i in good for i in range(len(given))]


def _with_speaker(words: Words, given: list, marked: list, couples: list) -> list[tuple[int, int]]:
    return [(i, j) for i, j in couples if same_speaker(words, given[i].speaker, marked[j].speaker)]
