"""An article as received: reading a file, its blocks and sentences, and the damaged spots of its text."""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import pandas as pd
from rapidfuzz.distance import OSA

from onrecord import data, formats, language, schema
from onrecord.data import InputError, day
from onrecord.language import Passage

MARKS = '"“”„‟«»'  # double marks of quotation
LONGEST_BLOCK, PIECE = 20_000, 4_000  # characters of a block that is parsed as one; else of a piece of it
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
    """Read a text, Markdown, saved web page, Word file or PDF, with the TOML file of the same name beside it where there is one. Raises InputError."""
    path = Path(path)
    text, found = formats.read(path)
    said = beside(path)
    return made(text, found, path, said.read_bytes() if said.exists() else None, published)


def beside(path: PurePath) -> PurePath:
    """Where the TOML file of an article's file would be."""
    return path.with_name("article.toml") if path.name == "article.txt" else path.with_suffix(".toml")


def made(text: str, found: dict, path: PurePath, said: bytes | None = None, published: str | None = None) -> Article:
    """The article of a file's text and of what the file says of it; what `said`, the TOML file beside it, holds goes before. Raises InputError."""
    if not re.search(r"\w", text):
        raise InputError(f"{path.name}: there are no words in it: save the article's text into it")
    found = found | ({} if said is None else _metadata(said, beside(path).name))
    found["published"] = day(published or found.get("published"), "date of publication")
    slug = path.parent.name if path.name == "article.txt" else path.stem
    return Article(text=text, slug=slugify(slug), **({"title": headline(text)} | found))


def _metadata(raw: bytes, name: str) -> dict:
    try:
        found = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not valid TOML ({error}): mend the line that it names") from None
    unknown = sorted(set(found) - set(formats.FIELDS))
    if unknown:
        raise InputError(f"{name}: unknown field {unknown[0]!r}: known are {', '.join(sorted(formats.FIELDS))}")
    for field in found:
        if field != "published" and not isinstance(found[field], str):
            raise InputError(f"{name}: {field} is no text: write it between quotation marks")
    return found


def looks_english(text: str) -> bool:
    """Whether the common little words of English make up the share that they do in English text (short texts pass)."""
    words = re.findall(r"[^\W\d_]+", text.casefold())[:2000]
    return len(words) < 8 or sum(word in language.little_words() for word in words) >= 0.18 * len(words)


# --- what will not work ------------------------------------------------------------------------------------------------------

FEW_WORDS = 40
_TURN = re.compile(
    r"(?:(Q|A|[A-Z][A-Z.’' -]+|(?:[A-Z][\w.’'-]++ ?){1,4})(?: \([^()\n]{1,60}\))?:|(Q|A)\.)\s+(?=[^\W\d_]|[“\"‘])"
)
_ENDED = re.compile(r"[.!?:…][\"”’')\]]*$")


def cautions(text: str) -> list[str]:
    """What will not work with a text, a sentence each: another language, few words, headlines, a transcript, wrapped lines. Mostly none."""
    lines = [line.group() for line, _ in _lines(text)]
    number = count_words(text)
    said = {
        "this does not look like English; the tables will hold little that is right": not looks_english(text),
        f"there are too few words in it ({number or 'no words'}): counts and shares say next to nothing": number
        < FEW_WORDS,
        "this looks like a list of headlines, not like an article: headlines name people and quote nobody": _headlines(
            lines
        ),
        "this looks like a transcript: who speaks stands before a colon there, and most speakers will be missing or wrong": _turns(
            lines
        ),
        "lines seem to break inside sentences: put each paragraph on a line of its own, else sentences fall apart": _wrapped(
            lines
        ),
    }
    return [sentence for sentence, true in said.items() if true]


def _headlines(lines: list[str]) -> bool:
    """Whether nearly all lines are short and end without a mark, as in a list of headlines."""
    short = [line for line in lines if len(line.split()) <= 18 and not _ENDED.search(line)]
    return len(lines) >= 5 and len(short) >= 0.8 * len(lines) and not _wrapped(lines)


def _turns(lines: list[str]) -> bool:
    """Whether lines begin with who speaks: four turns or more, in every third line at least, of two who take turns."""
    heads = [m[1] or m[2] for m in map(_TURN.match, lines) if m]
    often = [head for head in set(heads) if heads.count(head) > 1]
    return len(heads) >= max(4, len(lines) / 3) and len(set(heads)) > 1 and bool(often)


def _wrapped(lines: list[str]) -> bool:
    """Whether lines are often broken inside a sentence: no mark at the end, and the next line goes on in small letters."""
    broken = sum(not _ENDED.search(a) and b[0].islower() for a, b in itertools.pairwise(lines))
    return broken >= 3 and broken >= 0.3 * (len(lines) - 1)


# --- blocks and sentences ----------------------------------------------------------------------------------------------------


_LINE = re.compile(r"[^\s](?:[^\r\n\u2028\u2029\x0b\x0c\x85]*[^\s])?")


@functools.cache
def _block_patterns() -> list[tuple[str, int, re.Pattern]]:
    """Per kind of line: the kind, how many words such a line has at most, and what it looks like."""
    rows = data.table("blocks").itertuples()
    return [(row.kind, int(row.words), re.compile(row.pattern, re.IGNORECASE)) for row in rows]


def blocks(text: str) -> pd.DataFrame:
    """Each line that is not blank is a block (table `blocks`)."""
    rows = [
        {
            "block_id": schema.row_id("b", line.start(), line.end()),
            "start": line.start(),
            "end": line.end(),
            "text": line.group(),
            "kind": kind,
        }
        for line, kind in _lines(text)
    ]
    return schema.frame("blocks", rows)


def _lines(text: str) -> Iterator[tuple[re.Match, str]]:
    """Each line that is not blank, and what kind of block it is."""
    lines = list(_LINE.finditer(text))
    for i, line in enumerate(lines):
        yield line, _block_kind(line.group(), first=i == 0, last=i == len(lines) - 1)


def _block_kind(line: str, first: bool, last: bool) -> str:
    if first and last:
        return "paragraph"
    words, most = len(line.split()), 25 if first else 12
    ended = re.search(r"[.!?:;,…][\"“”'’‘)\]]*$", line)
    for kind, longest, pattern in _block_patterns():
        if words <= max(longest, most) and pattern.fullmatch(line):
            return kind
    if words <= most:
        if first and (not ended or " | " in line or _in_capitals(line) or not re.search(r"\w\.[\"”’']?$", line)):
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


def _in_capitals(line: str) -> bool:
    """Whether nearly all long words of a line begin with a capital, as in a headline that ends with a full stop all the same."""
    long = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return len(long) >= 3 and sum(word[0].isupper() for word in long) >= 0.9 * len(long)


def headline(text: str) -> str:
    """The article's headline without the site's name behind a bar, else its first words."""
    head = next((line.group() for line, kind in _lines(text) if kind == "headline"), None)
    return " ".join(text.split()[:10]) if head is None else _without_site(head)


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
        yield [Passage(row["block_id"], row["kind"], row["start"], next(docs)) for row, *_ in rows]


def _running(text: str, table: pd.DataFrame, repaired: pd.DataFrame) -> list[tuple]:
    """The blocks of running text, each with its words and the places where two joined ones are to be parted."""
    damaged = schema.records(repaired, "kind", "start", "reading")
    cuts = [d["start"] + len(_first_part(d["reading"])) for d in damaged if d["kind"] == "joined_words"]
    view, found = _lowered(text, [d["start"] for d in damaged if d["kind"] == "stray_capital"]), []
    for row in schema.records(table):
        start, end = row["start"], row["end"]
        if row["kind"] in RUNNING:
            end = start + len(_without_site(row["text"])) if row["kind"] == "headline" else end
            for a, b in _pieces(view, start, end):
                found.append((row | {"start": a}, view[a:b], [cut - a for cut in cuts if a < cut < b]))
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places that are parsed apart: a block, or, where it is so long that its parse would fill the memory, pieces of it, cut behind a sentence,
    else at a space, else anywhere."""
    if end - start > LONGEST_BLOCK:
        while end - start > PIECE:
            window = text[start : start + PIECE]
            sentence = max((m.end() for m in _SENTENCE_SEEMS_TO_END.finditer(window)), default=0)
            cut = sentence or max((m.end() for m in _SPACES.finditer(window)), default=PIECE)
            if words := window[:cut].rstrip():
                yield start, start + len(words)
            start = _MORE_SPACES.match(text, start + cut, end).end()
    yield start, end


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
_SMALL = re.compile(r"\b[a-z]{3,}\b")
_SENTENCES_JOINED = re.compile(r"\b[^\W\d_]{2,}[.!?][”\"’]?(?=[A-Z][a-z]*\b)[A-Z][a-z]*\b(?![.@])")
_SENTENCE_SEEMS_TO_END = re.compile(r"[^\W\d_]{2}[.!?][”’\"')\]]*\s+(?=[“‘\"'(\[]*[A-Z])")
_SPACES = re.compile(r"\s+")
_MORE_SPACES = re.compile(r"\s*")
_SENTENCE_END = re.compile(r"[.!?][”\"’]?")
_ADDRESS = re.compile(r"(?:www\.|@|/)\S*$")
_WORDS_JOINED = re.compile(r"\b([A-Z]?[a-z]{2,})([A-Z][a-z]+)\b")
_SPACE_BEFORE_MARK = re.compile(r"(?<=[^\W\d_]) +[.,;:!?](?=\s|$)")
_COMMA_AFTER_END = re.compile(r"[.!?]\s*,\s")
_MARK_IN_DOUBLES = re.compile(r"[“”]|(?<=,\s)[‘'’](?=\s)")
_CAPITAL_INSIDE = re.compile(r"(?<=[^\W\d_] )[A-Z][a-z]*(?= [^\W\d_])")  # between two words, a space on either side
_PRINTED = re.compile(r"\w+(?:[-.]\w+)*")
_LONG_NAME = re.compile(r"\b[A-Z][a-z]{5,}\b")


def repairs(text: str, table: pd.DataFrame) -> pd.DataFrame:
    """Damaged spots of the running text, each with a reading where one can be given (table `repairs`). The text itself stays as it is."""
    rows = []
    usual = set(_SMALL.findall(text))  # words that this article prints in small letters
    twice = _other_spellings(text, usual)
    for begin, line, block_kind in zip(*(table[name].array.tolist() for name in ("start", "text", "kind"))):
        found = _damage(line, usual, twice) if block_kind in ("paragraph", "subheading") else ()
        for start, end, kind, reading, reason, sure in found:
            start, end = begin + start, begin + end
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
    for m in _LONG_NAME.finditer(line) if twice else ():
        if m.group() in twice:
            yield *m.span(), "misspelt_name", twice[m.group()], "one letter away from a name in this article", 0.6


def _joined(line: str):
    for m in _SENTENCES_JOINED.finditer(line):
        cut = _SENTENCE_END.search(m.group()).end()
        if language.known_word(m.group()[: cut - 1].strip(".!?")) and not _ADDRESS.search(line[: m.start()]):
            yield (
                *m.span(),
                "joined_words",
                f"{m.group()[:cut]} {m.group()[cut:]}",
                "no space after the end of a sentence",
                0.95,
            )
    for m in _WORDS_JOINED.finditer(line):
        first, second = m.groups()
        if (
            second.casefold() in language.little_words()
            and language.known_word(first)
            and not language.known_word(m.group())
        ):
            yield *m.span(), "joined_words", f"{first} {second}", "two words without a space between them", 0.9


def _spacing(line: str):
    for m in _SPACE_BEFORE_MARK.finditer(line):
        yield *m.span(), "garbled", m.group().strip(), "a space before the mark", 0.8
    for m in _COMMA_AFTER_END.finditer(line):
        if " " in m.group()[:-1]:
            yield m.start(), m.end() - 1, "garbled", None, "a comma after the end of a sentence: words may be lost", 0.7
    depth = None
    for m in _MARK_IN_DOUBLES.finditer(line) if "“" in line else ():
        if m.group() == "“":
            depth = m
        elif m.group() == "”":
            depth = None
        elif depth:
            yield *m.span(), "broken_mark", "”", "a single mark closes what a double mark opened", 0.9
            depth = None


def _stray_capitals(line: str, usual: set[str]):
    for word in _CAPITAL_INSIDE.finditer(line):
        small = word.group().casefold()
        little = small in language.little_words() and small not in ("us", "may", "will", "mine", "can")
        if word.group() == "I" or not (little or small in usual):
            continue
        before, after = _word_before(line, word.start() - 1), _WORD.match(line, word.end() + 1).group()
        if little:
            plain = before.islower() or before in _calendar()
            if plain and (after.islower() or small in ("between", "among", "with", "during")):
                yield *word.span(), "stray_capital", small, "a little word with a capital inside a sentence", 0.85
        elif before.islower() and before not in language.little_words() and after.islower():
            yield *word.span(), "stray_capital", small, "printed in small letters elsewhere in this article", 0.6


def _word_before(line: str, end: int) -> str:
    """The word that ends at a place."""
    start = end
    while start and (
        _is_letter(line[start - 1])
        or (line[start - 1] in "’'" and start > 1 and _is_letter(line[start - 2]) and start < end)
    ):
        start -= 1
    return line[start:end]


def _is_letter(character: str) -> bool:
    return character.isalnum() and not character.isdecimal()


@functools.cache
def _calendar() -> frozenset[str]:
    return frozenset(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])


@functools.cache
def _known_names() -> dict[str, dict[int, dict[int, list[tuple[str, str]]]]]:
    """Names of two words or more, as printed and in small letters, by their first letter, number of words, and length."""
    rows = data.table("organisations")
    found: dict = {}
    for name in {
        alias
        for row in rows.itertuples()
        for alias in [row.name, *row.aliases.split("|")]
        if len(alias) > 12 and " " in alias
    }:
        sizes, small = found.setdefault(name[0], {}), name.casefold()
        sizes.setdefault(len(name.split()), {}).setdefault(len(small), []).append((name, small))
    return found


def _misspelt(line: str):
    words = list(_PRINTED.finditer(line))
    for i, first in enumerate(words):
        if not line[first.start()].isupper():
            continue
        for size, known in _known_names().get(line[first.start()], {}).items():
            if i + size <= len(words):
                start, end = first.start(), words[i + size - 1].end()
                near = _one_letter_off(line[start:end].casefold(), known)
                if near is not None:
                    yield start, end, "misspelt_name", near, "one letter away from a known name", 0.85


def _one_letter_off(printed: str, known: dict[int, list[tuple[str, str]]]) -> str | None:
    """The known name, by its length, from which the printed one differs by a letter; None where it is itself known. Both in small letters."""
    size = len(printed)
    likely = [pair for length in (size - 1, size, size + 1) for pair in known.get(length, ())]
    near = [(name, small) for name, small in likely if OSA.distance(small, printed, score_cutoff=1) <= 1]
    return near[0][0] if near and all(small != printed for _, small in near) else None


def _other_spellings(text: str, usual: set[str]) -> dict[str, str]:
    """Names that the article prints once, each with the name one letter away that it prints oftener: Stoltenburg, Stoltenberg.

    Endings are left alone (Russia, Russian), and so is a name behind another first name than the oftener one has."""
    found: dict[str, list[str]] = {}
    for first, name in _behind_words(text):
        found.setdefault(name, []).append("" if first.casefold() in language.little_words() else first)
    oftener: dict[str, list[str]] = {}
    for name, before in found.items():
        if len(before) > 1:
            oftener.setdefault(name[0] + name[-1], []).append(name)
    spellings = {}
    for name, (first, *more) in found.items():
        if more or name.casefold() in usual:
            continue
        for other in oftener.get(name[0] + name[-1], ()):
            near = OSA.distance(name, other, score_cutoff=1) == 1
            if near and (not first[:1].isupper() or first in found[other]):
                spellings[name] = other
    return spellings


def _behind_words(text: str) -> Iterator[tuple[str, str]]:
    """Each longer word with a capital, behind the word before it; a pair of them is one name and its first name."""
    free = 0  # where the words begin that no name has taken
    names = list(_LONG_NAME.finditer(text))
    for name, following in itertools.zip_longest(names, names[1:]):
        start = name.start()
        if start < free:
            continue
        before = _letters_before(text, start - 1, free) if start > free and text[start - 1].isspace() else ""
        pair = following is not None and following.start() == name.end() + 1 and text[name.end()].isspace()
        if not before and pair:
            before, name = name.group(), following
        free = name.end()
        yield before, name.group()


def _letters_before(text: str, end: int, least: int) -> str:
    start = end
    while start > least and _is_letter(text[start - 1]):
        start -= 1
    return text[start:end]


def _first_part(reading: str) -> str:
    return reading.split(" ", 1)[0]


def _lowered(text: str, capitals: list[int]) -> str:
    """The text with stray capitals made small for the parser: the same length, so that offsets stay."""
    letters = list(text)
    for start in capitals:
        if len(letters[start].casefold()) == 1:
            letters[start] = letters[start].casefold()
    return "".join(letters)
