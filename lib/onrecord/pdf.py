"""A PDF's pages to paragraphs: printed lines joined, hyphens at their ends mended, what every page repeats left out.

A PDF knows where letters stand, and nothing of lines, words' ends or paragraphs. They are read off the places: a wider gap, an indented line,
another size of letters or a short last line begins a paragraph.
"""

import functools
import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from onrecord import data, language
from onrecord.data import InputError

MOST_PAGES = 300
LONGEST_PAGE = 10_000_000  # bytes of a page's drawing: a page of print has some thousands
MOST_STEPS = 500_000  # of drawing, in a file: a page of print has some thousands, a map a hundred thousand; a form may be drawn again and again
TAIL = 60  # characters at a line's end in which a word may be parted
SHORT = 0.75  # of the usual length of a line: so short a line, with its sentence ended, is a paragraph's last


@dataclass(frozen=True)
class Line:
    """One printed line. `x` and `y` are points from the lower left corner of the page to where it begins, `size` is that of its letters."""

    text: str
    page: int
    x: float
    y: float
    size: float
    fonts: frozenset[str] = frozenset()


def paragraphs(raw: bytes, name: str, longest: int) -> list[str]:
    """The paragraphs of a PDF's text, its reading stopped beyond `longest` characters. Raises InputError, with the file's name in it."""
    lines: list[Line] = []
    length = 0
    for page in _pages(raw, name):
        lines += page
        length += sum(len(line.text) for line in page)
        if length > longest:
            break
    if not lines:
        raise InputError(
            f"{name}: there is no text in it: it is a scan; run OCR first, or save the text as a .txt file"
        )
    return joined(without_margins(lines))


def _pages(raw: bytes, name: str) -> Iterator[list[Line]]:
    """The lines of each page, in the order in which the file draws them."""
    import pypdf  # only a PDF needs it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in a file concerns nobody
    locked = (
        f"{name}: this PDF is locked by a password: print it into a PDF without one, or save its text as a .txt file"
    )
    steps = 0

    def count(*_) -> None:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise InputError(
                f"{name}: it is drawn in more than {MOST_STEPS:,} steps: save the article's text as a .txt file"
            )

    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(locked)
        if len(reader.pages) > MOST_PAGES:
            raise InputError(
                f"{name}: {len(reader.pages)} pages are more than one article: keep the article's own pages"
            )
        for number, page in enumerate(reader.pages):
            contents = page.get_contents()
            if contents is not None and len(contents.get_data()) > LONGEST_PAGE:
                raise InputError(f"{name}: page {number + 1} is a drawing: save the article's text as a .txt file")
            yield _lines(page, number, count)
    except InputError:
        raise
    except (pypdf.errors.DependencyError, pypdf.errors.FileNotDecryptedError):
        raise InputError(locked) from None
    except Exception as error:  # a broken file may break its reader anywhere
        raise InputError(
            f"{name}: this PDF is broken ({type(error).__name__}): open it and print it into a new PDF, or save its text as a .txt file"
        ) from None


def _lines(page, number: int, count: Callable[..., None]) -> list[Line]:
    found: list[Line] = []
    open_line = False

    def see(text: str, matrix: list, text_matrix: list, font: dict | None, size: float) -> None:
        nonlocal open_line
        a, b, c, d, e, f = matrix
        x, y = (text_matrix[4] * a + text_matrix[5] * c + e, text_matrix[4] * b + text_matrix[5] * d + f)
        size = abs(size * (text_matrix[3] or text_matrix[1] or 1) * (d or b or 1))
        fonts = frozenset([str((font or {}).get("/BaseFont"))])
        for nth, part in enumerate(text.split("\n")):
            open_line &= nth == 0
            if open_line:
                seen = found[-1].fonts | (fonts if part.strip() else frozenset())
                found[-1] = replace(found[-1], text=found[-1].text + part, fonts=seen)
            elif part.strip():
                found.append(Line(part, number, x, y, size, fonts))
                open_line = True

    page.extract_text(visitor_operand_before=count, visitor_text=see)
    return _one_a_row([replace(line, text=" ".join(line.text.split())) for line in found])


def _one_a_row(lines: list[Line]) -> list[Line]:
    """Neighbours at one height are one line: a raised figure, a word set apart."""
    made: list[Line] = []
    for line in lines:
        if made and abs(made[-1].y - line.y) < 0.3 * line.size and line.x > made[-1].x:
            made[-1] = replace(made[-1], text=f"{made[-1].text} {line.text}")
        else:
            made.append(line)
    return made


# --- what every page repeats ---------------------------------------------------------------------------------------------------

_PAGE_NUMBER = re.compile(
    r"(?:\w+://\S+\s+)?(?:[-–—]\s*)?(?:page\s+)?\d+(?:\s*(?:/|of)\s*\d+)?(?:\s*[-–—])?", re.IGNORECASE
)
_PRINTED_ON = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? \d{1,2}[:.]\d{2}\b.*")  # a browser's head of a page


def without_margins(lines: list[Line]) -> list[Line]:
    """The lines without heads and feet: what stands at one place of half of the pages, numbers aside, and page numbers."""
    pages = 1 + max(line.page for line in lines)
    seen = Counter({_in_margin(line): 0 for line in lines})
    seen.update(key for key, _ in {(_in_margin(line), line.page) for line in lines})
    ends = set()
    for page in range(pages):
        heights = [line.y for line in lines if line.page == page]
        ends |= {(page, y) for y in (min(heights, default=0), max(heights, default=0))}

    def margin(line: Line) -> bool:
        at_end = (line.page, line.y) in ends
        return seen[_in_margin(line)] >= max(2, pages // 2) or (
            at_end and bool(_PAGE_NUMBER.fullmatch(line.text) or _PRINTED_ON.fullmatch(line.text))
        )

    return [line for line in lines if not margin(line)]


def _in_margin(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.y / 3)


# --- lines to paragraphs -------------------------------------------------------------------------------------------------------

_ENDED = re.compile(r"[.!?:…][\"”’'»)\]]*$")
_PARTED = re.compile(
    r"(?<=[^\W\d_])(?:\u00ad| ?\u2010)$"
)  # marks that only a program sets: a browser, a word processor


def joined(lines: list[Line]) -> list[str]:
    """The paragraphs that lines make up, each one line of text."""
    if not lines:
        return []
    usual = sorted(len(line.text) for line in lines)[int(0.8 * (len(lines) - 1))]
    leading = _leading(lines)
    printed = "\n".join(line.text for line in lines)
    made = [lines[0].text]
    for above, line in pairwise(lines):
        if _begins(above, line, leading, usual):
            made.append(line.text)
        else:
            made[-1] = _with_line(made[-1], line.text, printed)
    return made


def _leading(lines: list[Line]) -> dict[int, float]:
    """The usual distance from line to line for each size of letters, in points."""
    gaps: dict[int, Counter] = {}
    for above, line in pairwise(lines):
        gap = above.y - line.y
        if above.page == line.page and 0 < gap < 3 * line.size:
            gaps.setdefault(round(line.size), Counter())[round(2 * gap) / 2] += 1
    # Of equally common distances the smaller: a text of short paragraphs has as many gaps between them as inside.
    return {size: min(seen, key=lambda gap: (-seen[gap], gap)) for size, seen in gaps.items()}


def _begins(above: Line, line: Line, leading: dict[int, float], usual: int) -> bool:
    """Whether the line below begins a paragraph."""
    if abs(above.size - line.size) > 0.08 * max(above.size, line.size):
        return True
    ended, short = bool(_ENDED.search(above.text)), len(above.text) < SHORT * usual
    gap = above.y - line.y
    if above.page != line.page or gap <= 0:  # the next page or column
        return ended or short
    usual_gap = leading.get(round(line.size), 1.2 * line.size)
    indented = line.x - above.x > 0.8 * line.size
    heading = short and not (ended or above.fonts & line.fonts)
    return gap > 1.25 * usual_gap or (indented and (ended or short)) or (ended and short) or heading


def _with_line(text: str, line: str, printed: str) -> str:
    """A paragraph with its next line. `printed` is the whole text: it may hold the word in one piece."""
    end = text[-TAIL:]
    if parted := _PARTED.search(end):
        return text[: parted.start() - len(end)] + line
    broken, rest = re.search(r"([^\W\d_]+)-$", end), re.match(r"[^\W\d_]+", line[:TAIL])
    if broken and rest and _one_word(broken[1], rest[0], printed):
        return text[:-1] + line
    return text + line if re.search(r"\w[-/]$", end) else f"{text} {line}"


def _one_word(first: str, rest: str, printed: str) -> bool:
    """Whether a hyphen at a line's end parts one word (`govern-ment`) and is no hyphen of its own (`long-term`)."""
    if rest[0].isupper():
        return False
    for word, whole in ((f"{first}-{rest}", False), (first + rest, True)):
        if re.search(rf"\b{re.escape(word)}\b", printed, re.IGNORECASE):
            return whole
    return first.casefold() not in _compounds() and language.known_word(first + rest)


@functools.cache
def _compounds() -> frozenset[str]:
    return frozenset(data.table("compounds")["first"])
