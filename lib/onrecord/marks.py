"""Quotation marks: which stretches of a block stand in marks, however badly the marks are set."""

import re
from typing import NamedTuple

_OPEN, _CLOSE, _STRAIGHT = "“„«‟", "”»", '"'
_CONTRACTED = re.compile(r"(?:s|t|re|ve|ll|d|m|em|til|cause)\b", re.IGNORECASE)


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

    A mark that never closes ends at a single mark that can close it, before the next opening mark, or at the block's end."""
    found, opened = [], None
    for m in re.finditer(r'[“”„«»‟"]', text):
        mark, at = m.group(), m.start()
        if mark == _STRAIGHT and opened is None and re.search(r"\d$", text[:at]):
            continue  # inches
        opens = mark in _OPEN or (mark == _STRAIGHT and opened is None)
        if opens:
            if opened is not None:
                found.append(_unclosed(text, opened, at))
            opened = at
        elif opened is not None:
            found.append(Marked(opened + 1, at, opened, at + 1))
            opened = None
        elif mark in _CLOSE and not found and re.match(r"\s*$", text[:at]):
            opened = at  # a closing mark that stands where only an opening one can
    if opened is not None:
        found.append(_unclosed(text, opened, len(text)))
    found = [
        stretch
        for stretch in map(lambda s: _trimmed(text, s), found)
        if re.search(r"\w", text[stretch.start : stretch.end])
    ]
    return sorted([*found, *_singles(text, found)])


def _unclosed(text: str, opened: int, limit: int) -> Marked:
    """End what was never closed: at a single mark with a space or end behind it that is no apostrophe, else at the limit."""
    inside = text[opened + 1 : limit]
    for m in re.finditer(r"(?:(?<=[,.!?])\s*|(?<=\w))[‘'’](?=\s+(?:\w+\s+){0,3}\w+|\s*$)", inside):
        quote = m.start() + len(m.group()) - 1
        if re.search(r"[,.!?]\s*$", inside[:quote]):
            return Marked(opened + 1, opened + 1 + quote, opened, opened + 2 + quote, closed=False)
    end = opened + 1 + len(inside.rstrip())
    return Marked(opened + 1, end, opened, end, closed=False)


def _trimmed(text: str, s: Marked) -> Marked:
    inside = text[s.start : s.end]
    return s._replace(
        start=s.start + len(inside) - len(inside.lstrip()), end=s.end - len(inside) + len(inside.rstrip())
    )


def _singles(text: str, doubles: list[Marked]) -> list[Marked]:
    """Stretches in single marks that stand outside double ones: ‘quasi-state of war’, 'We will stay,'."""
    found, position = [], 0
    openers = [m.start() for m in re.finditer(r"(?<![^\s(\[—–-])[‘'](?=\w)", text)]
    for at in openers:
        if (
            at < position
            or any(d.outer_start <= at < d.outer_end for d in doubles)
            or (_CONTRACTED.match(text, at + 1) and text[at] != "‘")
        ):
            continue
        for m in re.finditer(r"(?<=[\w,.!?…])[’'](?![^\s.,;:!?)\]—–-])", text[at + 1 :]):
            end = at + 1 + m.start()
            inside = text[at + 1 : end]
            if (
                inside[-1] == "s"
                and re.search(r"^[’']\s+\w", text[end:])
                and re.search(r"(?<=[\w,.!?…])[’'](?![^\s.,;:!?)\]—–-])", text[end + 1 :])
            ):
                continue  # the allies’ view: an apostrophe, and a mark that closes comes later
            if not any(d.outer_start < end and at < d.outer_end for d in doubles) and 2 < len(inside) < 1500:
                found.append(Marked(at + 1, end, at, end + 1, single=True))
                position = end + 1
            break
    return found
