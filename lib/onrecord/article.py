"""An article as received: reading a file, its blocks and sentences, and the damaged spots of its text."""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rapidfuzz.distance import OSA

from onrecord import data, language, schema
from onrecord.data import InputError, day
from onrecord.language import Passage

LONGEST = 1_000_000  # characters
SUFFIXES = (".txt", ".text", ".md", ".html", ".htm")
MARKS = '"“”„‟«»'  # double marks of quotation
RUNNING = ("headline", "paragraph", "subheading")  # blocks whose words are read as sentences


@dataclass(frozen=True)
class Article:
    """The text as received and what is known of it. `published` is a Timestamp without a zone, or None; so are the other fields where nothing is known."""

    text: str
    slug: str = "article"
    title: str = ""
    outlet: str | None = None
    published: pd.Timestamp | None = None
    rights: str | None = None
    credit: str | None = None
    url: str | None = None

    @property
    def words(self) -> int:
        """Number of words in the text."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """Number of words: runs of letters and digits, an apostrophe or hyphen inside a word being part of it."""
    return len(re.findall(r"\w+(?:[’'-]\w+)*", text))


def slugify(name: str) -> str:
    """A name in small letters, digits and hyphens: `Wendy Sherman` gives `wendy-sherman`."""
    return re.sub(r"[\W_]+", "-", name.casefold().replace("’", "").replace("'", "")).strip("-") or "unnamed"


# --- reading -----------------------------------------------------------------------------------------------------------------


def read(path: Path, published: str | None = None) -> Article:
    """Read a text or saved web page, with the TOML file of the same name beside it where there is one. Raises InputError."""
    path = Path(path)
    text = _decode(path)
    found = {}
    if path.suffix.casefold() in (".html", ".htm"):
        text, found = _extract(text, path)
    if len(text) > LONGEST:
        raise InputError(
            f"{path.name}: {len(text):,} characters are more than the {LONGEST:,} of one article: split it"
        )
    if not re.search(r"\w", text):
        raise InputError(f"{path.name}: there are no words in it: save the article's text into it")
    beside = path.with_name("article.toml") if path.name == "article.txt" else path.with_suffix(".toml")
    found |= _metadata(beside)
    found["published"] = day(published or found.get("published"), "date of publication")
    slug = path.parent.name if path.name == "article.txt" else path.stem
    return Article(text=text, slug=slugify(slug), **({"title": headline(text)} | found))


def _decode(path: Path) -> str:
    if not path.exists():
        raise InputError(f"{path}: there is no such file: check the path, or name a shipped article (`onrecord list`)")
    if not path.is_file():
        raise InputError(f"{path}: this is not a file: name the text file of one article")
    if path.suffix.casefold() not in SUFFIXES:
        raise InputError(f"{path.name}: only {', '.join(SUFFIXES)} are read: save the article's text as a .txt file")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}): check who may read it") from None
    if raw.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            f"{path.name}: this is a PDF, Word or packed file, not text: save the article as plain text (UTF-8)"
        )
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(
            f"{path.name}: neither UTF-8 nor marked UTF-16: save it as UTF-8, or try `iconv -f WINDOWS-1252 -t UTF-8`"
        ) from None
    if sum(c < " " and c not in "\t\n\r\f" for c in text) > 0.05 * len(text):
        raise InputError(f"{path.name}: this is binary, not text: save the article as plain text (UTF-8)")
    return text


def _extract(page: str, path: Path) -> tuple[str, dict]:
    """Text and metadata of a saved web page. Nothing that the page points to is loaded."""
    import trafilatura  # only a web page needs it

    document = trafilatura.bare_extraction(page, include_comments=False, include_tables=False, with_metadata=True)
    if document is None or not (document.text or "").strip():
        raise InputError(f"{path.name}: no article was found in this web page: save its text as a .txt file")
    known = {"title": document.title, "outlet": document.sitename, "published": document.date, "url": document.url}
    return document.text, {name: value for name, value in known.items() if value}


def _metadata(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: not valid TOML ({error}): mend the line that it names") from None
    known = {"title", "outlet", "published", "rights", "credit", "url"}
    if set(found) - known:
        raise InputError(
            f"{path.name}: unknown field {sorted(set(found) - known)[0]!r}: known are {', '.join(sorted(known))}"
        )
    return found


def looks_english(text: str) -> bool:
    """Whether the common little words of English make up the share that they do in English text (short texts pass)."""
    words = re.findall(r"[^\W\d_]+", text.casefold())[:2000]
    return len(words) < 8 or sum(word in language.little_words() for word in words) >= 0.18 * len(words)


# --- blocks and sentences ----------------------------------------------------------------------------------------------------


@functools.cache
def _block_patterns() -> list[tuple[str, re.Pattern]]:
    return [(row.kind, re.compile(row.pattern, re.IGNORECASE)) for row in data.table("blocks").itertuples()]


def blocks(text: str) -> pd.DataFrame:
    """Each line that is not blank is a block (table `blocks`)."""
    lines = [m for m in re.finditer(r"[^\s](?:[^\r\n\u2028\u2029\x0b\x0c\x85]*[^\s])?", text)]
    rows = []
    for i, line in enumerate(lines):
        rows.append(
            {
                "block_id": schema.row_id("b", line.start(), line.end()),
                "start": line.start(),
                "end": line.end(),
                "text": line.group(),
                "kind": _block_kind(line.group(), first=i == 0, last=i == len(lines) - 1),
            }
        )
    return schema.frame("blocks", rows)


def _block_kind(line: str, first: bool, last: bool) -> str:
    short = len(line.split()) <= (25 if first else 12)
    ended = re.search(r"[.!?:;,…][\"“”'’‘)\]]*$", line)
    if short and not (first and last):
        for kind, pattern in _block_patterns():
            if pattern.fullmatch(line):
                return kind
        if first and (not ended or " | " in line or not re.search(r"\w\.[\"”’']?$", line)):
            return "headline"
        if (
            not ended
            and not last
            and not line.startswith(tuple(MARKS))
            and not line[:1].islower()
            and re.search(r"[^\W\d_]{2}", line)
        ):
            return "subheading"
    return "paragraph"


def headline(text: str) -> str:
    """The article's headline without the site's name behind a bar, else its first words."""
    table = blocks(text)
    heads = table.text[table.kind == "headline"]
    return _without_site(heads.iloc[0]) if len(heads) else " ".join(text.split()[:10])


def _without_site(line: str) -> str:
    return re.sub(r"\s+\|\s[^|]*$", "", line)


def passages(text: str, table: pd.DataFrame, repaired: pd.DataFrame) -> list[Passage]:
    """Each block of running text, parsed by itself: a sentence never runs across a caption or into the next paragraph."""
    return next(iter(parsed([(text, table, repaired)])))


def parsed(articles: Iterable[tuple[str, pd.DataFrame, pd.DataFrame]]) -> Iterator[list[Passage]]:
    """The passages of several articles, each with its blocks and repairs: the parser is quicker with many blocks at a time."""
    given = [_running(*one) for one in articles]
    docs = language.parse(words for rows in given for _, *words in rows)
    for rows in given:
        yield [Passage(row.block_id, row.kind, int(row.start), next(docs)) for row, *_ in rows]


def _running(text: str, table: pd.DataFrame, repaired: pd.DataFrame) -> list[tuple]:
    """The blocks of running text, each with its words and the places where two joined ones are to be parted."""
    joined = repaired[repaired.kind == "joined_words"]
    cuts = [s + len(_first_part(r)) for s, r in zip(joined.start, joined.reading, strict=True)]
    view, found = _lowered(text, repaired), []
    for row in table.itertuples():
        if row.kind in RUNNING:
            end = row.start + len(_without_site(row.text)) if row.kind == "headline" else row.end
            found.append((row, view[row.start : end], [cut - row.start for cut in cuts if row.start < cut < end]))
    return found


def sentences(text: str, read: list[Passage]) -> pd.DataFrame:
    """The sentences of the running text (table `sentences`)."""
    rows = []
    for passage in read:
        for sentence in passage.doc.sents:
            start, end = passage.place(sentence)
            printed = text[start:end]
            start, end = start + len(printed) - len(printed.lstrip()), end - len(printed) + len(printed.rstrip())
            if end > start:
                rows.append(
                    {
                        "sentence_id": schema.row_id("s", start, end),
                        "block_id": passage.block_id,
                        "start": start,
                        "end": end,
                        "text": text[start:end],
                    }
                )
    return schema.frame("sentences", rows)


# --- repairs -----------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")


def repairs(text: str, table: pd.DataFrame) -> pd.DataFrame:
    """Damaged spots of the running text, each with a reading where one can be given (table `repairs`). The text itself stays as it is."""
    rows = []
    usual = set(re.findall(r"\b[a-z]{3,}\b", text))  # words that this article prints in small letters
    twice = _other_spellings(text, usual)
    for block in table[table.kind.isin(["paragraph", "subheading"])].itertuples():
        for start, end, kind, reading, reason, sure in _damage(block.text, usual, twice):
            start, end = int(block.start) + start, int(block.start) + end
            rows.append(
                {
                    "repair_id": schema.row_id("r", start, end, kind),
                    "kind": kind,
                    "start": start,
                    "end": end,
                    "printed": text[start:end],
                    "reading": reading,
                    "reason": reason,
                    "rule": kind,
                    "confidence": sure,
                    "source": "machine",
                    "reviewed": False,
                }
            )
    return schema.frame("repairs", rows)


def _damage(line: str, usual: set[str], twice: dict[str, str]):
    yield from _joined(line)
    yield from _spacing(line)
    yield from _stray_capitals(line, usual)
    yield from _misspelt(line)
    for m in _WORD.finditer(line) if twice else ():
        if m.group() in twice:
            yield *m.span(), "misspelt_name", twice[m.group()], "one letter away from a name in this article", 0.6


def _joined(line: str):
    for m in re.finditer(r"\b[^\W\d_]{2,}[.!?][”\"’]?(?=[A-Z][a-z]*\b)[A-Z][a-z]*\b(?![.@])", line):
        cut = re.search(r"[.!?][”\"’]?", m.group()).end()
        if language.known_word(m.group()[: cut - 1].strip(".!?")) and not re.search(
            r"(?:www\.|@|/)\S*$", line[: m.start()]
        ):
            yield (
                *m.span(),
                "joined_words",
                f"{m.group()[:cut]} {m.group()[cut:]}",
                "no space after the end of a sentence",
                0.95,
            )
    for m in re.finditer(r"\b([A-Z]?[a-z]{2,})([A-Z][a-z]+)\b", line):
        first, second = m.groups()
        if (
            second.casefold() in language.little_words()
            and language.known_word(first)
            and not language.known_word(m.group())
        ):
            yield *m.span(), "joined_words", f"{first} {second}", "two words without a space between them", 0.9


def _spacing(line: str):
    for m in re.finditer(r"[^\W\d_]+( +[.,;:!?])(?=\s|$)", line):
        yield m.start(1), m.end(1), "garbled", m.group(1).strip(), "a space before the mark", 0.8
    for m in re.finditer(r"[.!?]\s*,\s", line):
        if " " in m.group()[:-1]:
            yield m.start(), m.end() - 1, "garbled", None, "a comma after the end of a sentence: words may be lost", 0.7
    depth = None
    for m in re.finditer(r"[“”]|(?<=,\s)[‘'’](?=\s)", line):
        if m.group() == "“":
            depth = m
        elif m.group() == "”":
            depth = None
        elif depth:
            yield *m.span(), "broken_mark", "”", "a single mark closes what a double mark opened", 0.9
            depth = None


def _stray_capitals(line: str, usual: set[str]):
    words = list(_WORD.finditer(line))
    for before, word, after in zip(words, words[1:], words[2:] + [None], strict=False):
        printed, small = word.group(), word.group().casefold()
        if not re.fullmatch(r"[A-Z][a-z]*", printed) or printed == "I" or line[before.end() : word.start()] != " ":
            continue
        follows = after is not None and line[word.end() : after.start()] == " "
        plain = before.group().islower() or before.group() in _calendar()
        little = small in language.little_words() and small not in ("us", "may", "will", "mine", "can")
        if (
            little
            and follows
            and plain
            and (after.group().islower() or small in ("between", "among", "with", "during"))
        ):
            yield *word.span(), "stray_capital", small, "a little word with a capital inside a sentence", 0.85
        elif (
            not little
            and follows
            and before.group().islower()
            and before.group() not in language.little_words()
            and after.group().islower()
            and small in usual
        ):
            yield *word.span(), "stray_capital", small, "printed in small letters elsewhere in this article", 0.6


@functools.cache
def _calendar() -> frozenset[str]:
    return frozenset(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])


@functools.cache
def _known_names() -> dict[str, dict[int, list[tuple[str, str]]]]:
    """Names of two words or more, as printed and in small letters, by their first letter and number of words."""
    rows = data.table("organisations")
    found: dict[str, dict[int, list[tuple[str, str]]]] = {}
    for name in {
        alias
        for row in rows.itertuples()
        for alias in [row.name, *row.aliases.split("|")]
        if len(alias) > 12 and " " in alias
    }:
        found.setdefault(name[0], {}).setdefault(len(name.split()), []).append((name, name.casefold()))
    return found


def _misspelt(line: str):
    words = list(re.finditer(r"\w+(?:[-.]\w+)*", line))
    for i, first in enumerate(words):
        if not first.group()[0].isupper():
            continue
        for size, known in _known_names().get(first.group()[0], {}).items():
            if i + size <= len(words):
                start, end = first.start(), words[i + size - 1].end()
                near = _one_letter_off(line[start:end].casefold(), known)
                if near is not None:
                    yield start, end, "misspelt_name", near, "one letter away from a known name", 0.85


def _one_letter_off(printed: str, known: list[tuple[str, str]]) -> str | None:
    """The known name from which the printed one, in small letters, differs by a letter; None where it is itself known."""
    likely = [(name, small) for name, small in known if abs(len(small) - len(printed)) <= 1]
    near = [(name, small) for name, small in likely if OSA.distance(small, printed, score_cutoff=1) <= 1]
    return near[0][0] if near and all(small != printed for _, small in near) else None


def _other_spellings(text: str, usual: set[str]) -> dict[str, str]:
    """Names that the article prints once, each with the name one letter away that it prints oftener: Stoltenburg, Stoltenberg.

    Endings are left alone (Russia, Russian), and so is a name behind another first name than the oftener one has."""
    found: dict[str, list[str]] = {}
    for m in re.finditer(r"(?:([^\W\d_]+)\s)?\b([A-Z][a-z]{5,})\b", text):
        first = m.group(1) or ""
        found.setdefault(m.group(2), []).append("" if first.casefold() in language.little_words() else first)
    oftener = [name for name, before in found.items() if len(before) > 1]
    spellings = {}
    for name, (first, *more) in found.items():
        if more or name.casefold() in usual:
            continue
        for other in oftener:
            near = other[0] == name[0] and other[-1] == name[-1] and OSA.distance(name, other, score_cutoff=1) == 1
            if near and (not first[:1].isupper() or first in found[other]):
                spellings[name] = other
    return spellings


def _first_part(reading: str) -> str:
    return reading.split(" ", 1)[0]


def _lowered(text: str, repaired: pd.DataFrame) -> str:
    """The text with stray capitals made small for the parser: the same length, so that offsets stay."""
    letters = list(text)
    for start in repaired.start[repaired.kind == "stray_capital"]:
        if len(letters[start].casefold()) == 1:
            letters[start] = letters[start].casefold()
    return "".join(letters)
