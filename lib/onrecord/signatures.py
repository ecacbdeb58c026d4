"""Signatures: whose words stand above a line, or before a paragraph's last dash, as under pull quotes, posts and readers' letters.

    “We will stay.”             We will stay.                        LETTERS
    — Ann Lee, baker            — Ann Lee (@annlee) May 3, 2024      The mayor should go. I will not vote for her again.
                                                                     Ann Lee, Ayr
A reporter's name under an article looks the same. So only words in marks belong to a name behind a dash; others need a handle, or a
heading over them that announces letters (`data/reference/letter_headings.csv`)."""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Span

from onrecord import data
from onrecord.language import FINITE, Passage, text_of
from onrecord.marks import stretches_of

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_PART = rf"{_CAPITAL}(?:[\w.’'-]*\w)?\.?"
_NAME = rf"{_PART}(?:\s(?:[a-z]{{1,3}}\s){{0,2}}{_PART}){{0,5}}"  # "Viola von Cramon", "Edwin G. Monroy"
HANDLE = re.compile(r"@\w{2,30}")
_WHEN = r"[\s,]*[^.!?]{0,40}"
_LINE = re.compile(
    rf"(?P<dash>[―—–]|--|-)?\s*(?:(?P<handle>{HANDLE.pattern})\W*|(?P<name>{_NAME})(?:\s*\((?P<posts>{HANDLE.pattern})\){_WHEN}|\s*[,;(].*)?\W*)",
    re.DOTALL,
)
_DASH = re.compile(r"(?<=[\s.!?…,”\"’'])(?:[―—–]|--|-(?=\s))\s*(?=[\w@])")
LONGEST, LENGTH = 14, 200  # words and characters of a signature, with what it says of who signs
SHORT = 4  # words of a heading in capitals, or of a place


class Signature(NamedTuple):
    """Words that sign: `words` name `who`, in passage `at`, behind `dash` if there is one; `start`: where they begin. `post`: they give a handle."""

    at: int
    start: int
    who: str
    words: Span
    dash: Span | None
    post: bool


class Signed(NamedTuple):
    """Passages and who signed them; `whole`: all their words are his, in marks or not."""

    passages: tuple[int, ...]
    by: Signature
    whole: bool


def find(passages: list[Passage]) -> list[Signed]:
    """What is signed in an article, in its order."""
    lines = {i: line for i, passage in enumerate(passages) if (line := read(i, passage.doc, 0))}
    handles = sum(line.who.startswith("@") for line in lines.values())
    found = list(_letters(passages, lines))
    taken = {i for one in found for i in (*one.passages, one.by.at)}
    for i, passage in enumerate(passages):
        if i in taken or passage.kind != "paragraph":
            continue
        line, text = lines.get(i + 1), text_of(passage.doc)
        dashes = [dash.start() for dash in _DASH.finditer(text, max(len(text) - LENGTH, 0))]
        if i not in lines and dashes and (own := read(i, passage.doc, dashes[-1])):
            if own.post or _in_marks(passage.doc, own.start):
                found.append(Signed((i,), own, own.post))
        elif line and i not in lines and _in_marks(passage.doc, len(text)):
            if line.dash or line.post or line.words.end < len(line.words.doc) - 1:
                found.append(Signed((i,), line, line.post))
        elif line and line.post and not stretches_of(passage.doc) and (line.dash or handles > 1):
            found.append(Signed((i,), line, True))
    return sorted(found, key=lambda one: one.passages)


def read(at: int, doc: Doc, start: int) -> Signature | None:
    """The signature that a passage is from some character on; None where it is none."""
    text = text_of(doc)
    if len(text) - start > LENGTH:
        return None
    line = _LINE.fullmatch(text, len(text) - len(text[start:].lstrip()), len(text.rstrip()))
    if line is None or len(line.group().split()) > LONGEST:
        return None
    words = doc.char_span(*line.span("name" if line["name"] else "handle"), alignment_mode="expand")
    if any(token.tag_ in FINITE for token in doc[words.end :]):
        return None  # “We will stay” — Ann Lee said nothing more
    dash = doc.char_span(*line.span("dash"), alignment_mode="expand") if line["dash"] else None
    who = line["handle"] or line["name"].rstrip(".")
    return Signature(at, line.start(), who, words, dash, bool(line["posts"] or line["handle"]))


def _letters(passages: list[Passage], lines: dict[int, Signature]) -> Iterator[Signed]:
    """The letters below headings that announce them: all paragraphs above a signature, of posts the last one."""
    inside, above = False, []
    for i, passage in enumerate(passages):
        told = text_of(passage.doc).strip(" .:")
        if told.casefold().replace("’", "'").split(":")[0] in _headings() and len(told.split()) <= LONGEST:
            inside, above = True, []
        elif inside and above and i in lines and (lines[i].post or _signs_letter(lines[i], passages)):
            yield Signed(tuple(above[-1:] if lines[i].post else above), lines[i], True)
            above = []
        elif told.isupper() and len(told.split()) <= SHORT:
            inside, above = False, []
        elif passage.kind == "subheading":
            above = []
        elif inside and passage.kind == "paragraph" and (above or len(told.split()) > SHORT or _tells(passage.doc)):
            above.append(i)  # else a place under a name


def _signs_letter(line: Signature, passages: list[Passage]) -> bool:
    """Whether a name, and a place at most, stands under a letter: not a heading over what is told of somebody of that name."""
    rest = line.words.doc[line.words.end :].text
    names = line.who.split()
    behind = (passages[i].doc for i in range(line.at + 1, len(passages)))
    told = next((text_of(doc) for doc in behind if _tells(doc)), "")
    return len(names) > 1 and not re.search(r"\b[a-z]{4,}", rest) and names[-1] not in told


@functools.cache
def _headings() -> frozenset[str]:
    return frozenset(data.table("letter_headings").heading)


def _tells(doc: Doc) -> bool:
    return any(token.tag_ in FINITE for token in doc)


def _in_marks(doc: Doc, end: int) -> bool:
    """Whether all words up to a character stand in marks."""
    stretches, at, text = [s for s in stretches_of(doc) if s.start < end], 0, text_of(doc)
    for stretch in stretches:
        if re.search(r"\w", text[at : stretch.outer_start]):
            return False
        at = stretch.outer_end
    return bool(stretches) and not re.search(r"\w", text[at:end])
