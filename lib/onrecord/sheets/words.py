"""From places of a text to the words that a decision quotes, and from words that somebody typed to their place."""

import re

from onrecord.review.decisions import find, occurrences

JOINT = " … "  # between the pieces of a quotation in several spans
MARKS = {"“": "”", '"': '"', "‘": "’", "'": "'", "«": "»", "„": "“"}
ALIKE = ('“”„"', "‘’'`", "-–—")
WHICH = re.compile(r"\s*\[(\d+)\]$")

Spans = tuple[tuple[int, int], ...]


def quoted(text: str, spans: Spans) -> dict:
    """`words` and, where it is not the first place, `occurrence` of a decision about these spans. Empty where words can't say which place is meant."""
    pieces, times, begin = [], [], 0
    for start, end in spans:
        there = occurrences(text, text[start:end], begin)
        if start not in there:
            return {}
        pieces.append(text[start:end])
        times.append(there.index(start) + 1)
        begin = end
    many = len(pieces) > 1
    says = {"words": pieces if many else pieces[0]}
    if any(time > 1 for time in times):
        says["occurrence"] = times if any(time > 1 for time in times[1:]) else times[0]
    return says


def located(text: str, typed: str, begin: int = 0, end: int | None = None) -> Spans:
    """Where words stand that somebody typed or pasted: in pieces where ` … ` parts them, with ` [2]` behind them in their second place.

    Spaces, dashes and the form of quotation marks may differ, and quotation marks around the whole are left out; the case of letters may not.
    Raises ValueError with the reason where they stand nowhere, or in several places without a number."""
    which = WHICH.search(typed)
    nth = int(which[1]) if which else 0
    typed = WHICH.sub("", typed)
    if MARKS.get(typed[:1], "") == typed[-1:] and len(typed) > 2:
        typed = typed[1:-1]
    if not typed:
        raise ValueError("no words are given: copy them from the article")
    area = text if end is None else text[:end]
    pieces = (
        [typed] if _places(area, typed, begin) else [piece for piece in typed.split(JOINT.strip()) if piece.strip()]
    )
    spans = []
    for piece in pieces:
        there = _places(area, piece.strip(), spans[-1][1] if spans else begin)
        if not there:
            raise ValueError(f"the article does not hold the words “{piece.strip()[:60]}”: copy them from it")
        if not spans and nth > len(there):
            raise ValueError(f"the words “{piece.strip()[:60]}” stand there {len(there)} times, not {nth}")
        if not spans and not nth and len(there) > 1 and len(pieces) == 1:
            raise ValueError(
                f"the words “{piece.strip()[:60]}” stand there {len(there)} times: write [1] or another number behind them"
            )
        spans.append(there[max(nth, 1) - 1] if not spans else there[0])
    return tuple(spans)


def _places(text: str, words: str, begin: int) -> list[tuple[int, int]]:
    if find(text, words, 1, begin) >= 0:
        return [(start, start + len(words)) for start in occurrences(text, words, begin)]
    form = "".join(_form(part) for part in re.split(r"(\s+)", words))
    return [m.span() for m in re.finditer(rf"(?<!\w){form}(?!\w)", text) if m.start() >= begin]


def _form(part: str) -> str:
    """A pattern for typed words: any space for a space, any of its like for a mark or dash."""
    if part.isspace():
        return r"\s+"
    return "".join(next((f"[{re.escape(like)}]" for like in ALIKE if c in like), re.escape(c)) for c in part)


def context(text: str, block: tuple[int, int], spans: Spans, before: int = 110, after: int = 110) -> str:
    """The spans, each between » and «, with what stands around them in their block, cut at a word where that is long."""
    first, last = max(block[0], spans[0][0] - before), min(max(block[1], spans[-1][1]), spans[-1][1] + after)
    left, right = text[first : spans[0][0]], text[spans[-1][1] : last]
    if first > block[0]:
        left = "… " + re.sub(r"^\S*\s+", "", left)
    if last < block[1]:
        right = re.sub(r"\s+\S*$", "", right) + " …"
    inside = ""
    for nth, (start, end) in enumerate(spans):
        between = text[spans[nth - 1][1] : start] if nth else ""
        inside += f"{between}»{text[start:end]}«"
    return f"{left}{inside}{right}".strip()
