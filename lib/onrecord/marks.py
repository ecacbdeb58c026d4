"""Quotation marks: which stretches of a block stand in marks, however badly the marks are set."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from onrecord.language import text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

_OPEN, _CLOSE = ("“", "„", "«", "‟", "‘‘", "``"), ("”", "»", "’’")  # the others, " and '', open and close
_DOUBLE = re.compile(r"[“”„«»‟\"]|‘‘(?!‘)|’’(?!’)|``|''(?!')")
_SINGLE_OPENS = re.compile(r"(?<![^\s(\[—–-])[‘'](?=\w)")
_SINGLE_CLOSES = re.compile(r"(?<=[\w,.!?…])[’'](?![^\s.,;:!?)\]—–-])")
_ENDS_UNCLOSED = re.compile(r"(?:(?<=[,.!?])\s*|(?<=\w))[‘'’](?=\s+(?:\w+\s+){0,3}\w+|\s*$)")
_SAID = r"(?:said|says|added|adds|argued|asked|explained|insisted|warned|wrote)"
_NAME = r"[A-Z][\w’'.-]*"
_BEHIND = rf"{_SAID}\s+(?:the\s|an?\s|{_NAME})"
_BEFORE = rf"(?:the\s+(?:[\w’'-]+\s+){{1,5}}|(?:{_NAME}\s+){{1,4}}|(?:he|she|they)\s+){_SAID}\s*(?:[.,:]|$)"
_TOLD = r"(?:he|she|they)\s+told\s"
_ATTRIBUTED = re.compile(  # "..., said Ann Lee", "..., Ann Lee said.", "..., she told" in words whose mark never closes
    rf"[,!?](?=\s+(?:{_BEHIND}|{_BEFORE}|{_TOLD}))"
)
_CONTRACTED = re.compile(r"(?:s|t|re|ve|ll|d|m|em|til|cause)\b", re.IGNORECASE)
_LONGEST_SINGLE = 1500  # characters between single marks; beyond it they are apostrophes


class Marked(NamedTuple):
    """A stretch in marks, in a block's own offsets: `start` and `end` of the words between them, `outer_start` and `outer_end` with them.

    `closed` is False where the closing mark is missing; `single` is True for ‘…’ outside double marks."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    closed: bool = True
    single: bool = False


def marked(text: str) -> list[Marked]:
    """Stretches in marks of one block, in order, never nested and never empty.

    A mark that never closes ends at a single mark that can close it, before words that say who speaks, before the next opening mark, or at the block's end."""
    found = [_trimmed(text, stretch) for stretch in _doubles(text)]
    found = [stretch for stretch in found if re.search(r"\w", text[stretch.start : stretch.end])]
    return sorted([*found, *_singles(text, found)])


def inside(stretches: list[Marked], positions: Iterable[int]) -> list[bool]:
    """For each of the rising positions, whether it lies in one of the stretches, marks included."""
    found, nth = [], 0
    for at in positions:
        while nth < len(stretches) and stretches[nth].outer_end <= at:
            nth += 1
        found.append(nth < len(stretches) and stretches[nth].outer_start <= at)
    return found


def stretches_of(doc: Doc) -> list[Marked]:
    """The stretches in marks of a parsed text, found once."""
    if "stretches" not in doc.user_data:
        doc.user_data["stretches"] = marked(text_of(doc))
    return doc.user_data["stretches"]


def outside_marks(doc: Doc) -> list[bool]:
    """For each token, whether it stands outside marks; found once."""
    if "outside" not in doc.user_data:
        doc.user_data["outside"] = [not within for within in inside(stretches_of(doc), doc.to_array("IDX").tolist())]
    return doc.user_data["outside"]


def _doubles(text: str) -> list[Marked]:
    """Stretches in double marks, two apostrophes among them."""
    found, opened = [], None  # what is open: where its mark begins and where the words behind it do
    for m in _DOUBLE.finditer(text):
        mark, at = m.group(), m.start()
        if mark == '"' and opened is None and text[max(at - 1, 0) : at].isdigit():
            continue  # inches
        if mark in _OPEN or (mark not in _CLOSE and opened is None):
            if opened is not None:
                found.append(_unclosed(text, *opened, at))
            opened = m.span()
        elif opened is not None:
            found.append(Marked(opened[1], at, opened[0], m.end()))
            opened = None
        elif not found and not text[:at].strip():
            opened = m.span()  # a closing mark that stands where only an opening one can
    if opened is not None:
        found.append(_unclosed(text, *opened, len(text)))
    return found


def _unclosed(text: str, outer: int, start: int, limit: int) -> Marked:
    """End what was never closed: at a single mark with a space or end behind it that is no apostrophe, else before the attribution, else at the limit."""
    for m in _ENDS_UNCLOSED.finditer(text[start:limit]):
        mark = start + m.end() - 1
        if text[max(mark - 9, start) : mark].rstrip()[-1:] in tuple(",.!?"):
            return Marked(start, mark, outer, mark + 1, closed=False)
    told = _ATTRIBUTED.search(text, start, limit)
    end = start + len(text[start : told.end() if told else limit].rstrip())
    return Marked(start, end, outer, end, closed=False)


def _trimmed(text: str, s: Marked) -> Marked:
    inside = text[s.start : s.end]
    return s._replace(
        start=s.start + len(inside) - len(inside.lstrip()), end=s.end - len(inside) + len(inside.rstrip())
    )


def _singles(text: str, doubles: list[Marked]) -> list[Marked]:
    """Stretches in single marks that stand outside double ones: ‘quasi-state of war’, 'We will stay,'."""
    starts = [d.outer_start for d in doubles]
    found, position = [], 0
    for opener in _SINGLE_OPENS.finditer(text):
        at = opener.start()
        before = bisect_right(starts, at) - 1
        in_double = before >= 0 and at < doubles[before].outer_end
        if at < position or in_double or (_CONTRACTED.match(text, at + 1) and text[at] != "‘"):
            continue
        limit = starts[before + 1] if before + 1 < len(starts) else len(text)
        end = _single_end(text, at + 1, min(limit, at + _LONGEST_SINGLE))
        if end is not None:
            found.append(Marked(at + 1, end, at, end + 1, single=True))
            position = end + 1
    return found


def _single_end(text: str, start: int, limit: int) -> int | None:
    """Where a single mark closes what begins at `start`; an apostrophe behind a plural does not, where a mark that closes comes later."""
    closes = [m.start() for m in _SINGLE_CLOSES.finditer(text, start, limit)]
    for nth, end in enumerate(closes):
        plural = text[end - 1] == "s" and re.match(r"\s+\w", text[end + 1 : end + 9]) and nth + 1 < len(closes)
        if not plural:
            return end if end - start > 2 else None
    return None
