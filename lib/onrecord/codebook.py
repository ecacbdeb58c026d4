"""Codebooks: the issues that statements are about, how to recognise them, and which codebook suits an article.

A codebook is a TOML file in `data/codebooks/`. A cue is words in their dictionary form: `|` parts alternatives, `*` ends a beginning of a word,
`{name}` stands for a group of the file. ` & ` adds words that must stand near in the same sentence, ` ~ ` words that must stand in the same
paragraph or the one before. The words before them, the core, are what a stance is taken on.
`of` names kinds of actors: a stance on such an actor that meets no cue is about this issue.
"""

from __future__ import annotations

import functools
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from onrecord import data
from onrecord.data import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc

COLUMNS = ["issue", "title", "definition", "supports", "opposes", "excludes"]
CUES = {"cues": (1, False), "contrary": (-1, False), "shows_support": (1, True), "shows_opposition": (-1, True)}
KNOWN = {*COLUMNS, *CUES, "id", "of", "examples", "counter_examples"} - {"issue"}  # fields of an issue in the file
FIELDS = {"id", "title", "about", "default", "setting", "groups", "issue"}  # of the file
EXAMPLE = ["sentence", "holder", "position", "target", "reported_by"]
ACTORS = ("person", "organisation", "government", "state", "media", "group")
POSITIONS = ("support", "oppose", "neutral", "unclear")
NEAR = 10  # words between a cue's core and the words that must stand near
FEWEST_ISSUES, FEWEST_HITS = (
    3,
    6.0,
)  # issues met, and hits in 1000 words, from which a codebook of one field suits an article


@dataclass(frozen=True)
class Cue:
    """What recognises an issue, as patterns of regular expressions. `pole`: 1 where the words name the thing itself, -1 its contrary; `shows`: the words are a stance already."""

    issue: str
    pole: int
    shows: bool
    core: str
    near: tuple[str, ...]
    around: tuple[str, ...]
    first: tuple[str, ...] = ()  # the word with which each alternative of the core begins


@dataclass(frozen=True)
class Codebook:
    """`issues` has a row an issue (COLUMNS); `examples` the columns issue and EXAMPLE (no position: must not be coded to it)."""

    id: str
    title: str
    issues: pd.DataFrame
    examples: pd.DataFrame
    default: bool = False
    cues: tuple[Cue, ...] = field(default=(), repr=False)
    setting: tuple[Cue, ...] = field(default=(), repr=False)
    of: tuple[tuple[str, str], ...] = ()  # kinds of actors, each with the issue that a stance on such an actor is about

    @functools.cached_property
    def _by_first(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """The cues' numbers by the first word of their cores: those of whole words, those of beginnings of words."""
        whole, begun = {}, {}
        for nth, cue in enumerate(self.cues):
            for word in cue.first:
                (begun if word.endswith("*") else whole).setdefault(word.rstrip("*"), []).append(nth)
        return whole, begun

    def candidates(self, words: Words) -> list[Cue]:
        """The cues that the words may meet: the first word of the core is among them. A search for each of the others would be in vain."""
        whole, begun = self._by_first
        sizes = {len(word) for word in begun}
        found = {nth for word in words.known for nth in whole.get(word, ())}
        found |= {nth for word in words.known for size in sizes for nth in begun.get(word[:size], ())}
        return [self.cues[nth] for nth in sorted(found)]

    def fits(self, words: Words) -> bool:
        """Whether the words meet each term of the codebook's setting."""
        likely = all(any(map(words.may_hold, term.first)) for term in self.setting)  # cheaper than a search in vain
        return likely and all(_compiled(term.core).search(words.line) for term in self.setting)


class Words:
    """A text's words in one line, each printed word with its dictionary form, so that a cue is one search."""

    def __init__(self, words: list[tuple[str, str, int]]):
        pieces = [f"{printed}|{lemma}" for printed, lemma, _ in words]
        self.line = " " + " ".join(pieces) + " "
        self.known = {form for printed, lemma, _ in words for form in (printed, lemma)}
        self.places = [index for *_, index in words]

    @classmethod
    def of(cls, doc: Doc) -> Words:
        """The words of a parse; a hyphenated word counts as its parts, an apostrophe with s as nothing."""
        strings = doc.vocab.strings
        possessive, tokens = strings["POS"], doc.to_array(["TAG", "LOWER", "LEMMA"]).tolist()
        return cls(
            [
                (part, form, i)
                for i, (tag, lower, lemma) in enumerate(tokens)
                if tag != possessive
                for part, form in _parts(strings[lower], strings[lemma].casefold())
            ]
        )

    @classmethod
    def plain(cls, text: str) -> Words:
        """The words of a text that nobody has parsed, their ending cut off as a rough dictionary form."""
        found = re.findall(r"\w+", text.casefold())
        return cls([(word, _without_ending(word), i) for i, word in enumerate(found)])

    def may_hold(self, first: str) -> bool:
        """Whether the first word of a term is among the words."""
        if first.endswith("*"):
            return any(word.startswith(first[:-1]) for word in self.known)
        return first in self.known

    def find(self, pattern: str) -> list[tuple[int, int]]:
        """First and last token of each place where the pattern's words stand."""
        found, first, counted = [], -1, 0
        for m in _compiled(pattern).finditer(self.line):
            first += self.line.count(" ", counted, m.start())  # a space stands before each word
            counted = m.start()
            found.append((self.places[first], self.places[first + m.group().count(" ")]))
        return found


@functools.lru_cache(10_000)
def _without_ending(word: str) -> str:
    """The word without the ending of a plural or a verb's form, where three letters at least stay."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            return word[: -len(ending)]
    return word


@functools.lru_cache(10_000)
def _parts(printed: str, lemma: str) -> list[tuple[str, str]]:
    if printed.isalnum() and lemma.isalnum():  # nearly every word
        return [(printed, lemma)]
    parts = re.findall(r"\w+(?:[’']\w+)*", printed)
    return (
        [(parts[0], lemma)] if len(parts) == 1 and re.fullmatch(r"[\w’']+", lemma) else [(part, part) for part in parts]
    )


def meets(cue: Cue, words: Words, around: str, sentence_of=lambda token: 0) -> list[tuple[int, int]]:
    """First and last token of each place where the cue's core stands with what it needs beside it."""
    cores = [(first, last) for first, last in words.find(cue.core) if sentence_of(first) == sentence_of(last)]
    if not cores or not all(_compiled(pattern).search(around) for pattern in cue.around):
        return []
    near = [words.find(pattern) for pattern in cue.near]
    return [core for core in cores if all(_beside(core, others, sentence_of) for others in near)]


def _beside(core: tuple[int, int], others: list[tuple[int, int]], sentence_of) -> bool:
    """Whether one of the other places, which are in order, lies near in the same sentence."""
    for nth in range(bisect_left(others, core[0] - NEAR, key=lambda other: other[1]), len(others)):
        other = others[nth]
        if other[0] > core[1] + NEAR:
            return False
        if other != core and sentence_of(other[0]) == sentence_of(core[0]):
            return True
    return False


def choose(text: str) -> Codebook:
    """The codebook of one field that the text meets most densely, else the general one."""
    words = Words.plain(text)
    size = len(words.places)
    best, density = None, FEWEST_HITS
    for book in available():
        if book.default:
            best = best or book
            continue
        cues = book.candidates(words)
        if len({cue.issue for cue in cues}) >= FEWEST_ISSUES and book.fits(words):
            hits = [cue.issue for cue in cues for _ in meets(cue, words, words.line)]
            if len(set(hits)) >= FEWEST_ISSUES and 1000 * len(hits) / max(size, 1) >= density:
                best, density = book, 1000 * len(hits) / size
    return best


def available() -> list[Codebook]:
    """The codebooks of `data/codebooks`, the general one first."""
    return sorted(
        (load(path.stem) for path in (data.folder() / "codebooks").glob("*.toml")),
        key=lambda book: (not book.default, book.id),
    )


def load(name: str | Path) -> Codebook:
    """A codebook by its id or its file's path. Raises InputError with one plain line where it is missing or broken."""
    path = Path(name)
    if path.suffix != ".toml":
        path = data.folder() / "codebooks" / f"{name}.toml"
    if not path.is_file():
        raise InputError(
            f"{name}: there is no such codebook: name a file in data/codebooks, or a path that ends in .toml"
        )
    return _read(path, path.stat().st_mtime_ns)


@functools.cache
def _read(path: Path, _changed: int) -> Codebook:
    found = _parsed(path)
    if problem := next(_problems(found), None):
        raise InputError(f"{path.name}: {problem}")
    return _build(found)


def problems(path: str | Path) -> list[str]:
    """All that is wrong with a codebook's form, a plain line each. Raises InputError where the file can't be read as TOML."""
    return list(_problems(_parsed(Path(path))))


def _parsed(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path.name}: not valid TOML ({error}): mend the line that it names") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): name a codebook's TOML file") from None


def _problems(found: dict) -> Iterator[str]:
    yield from (f"`{key}` is missing: add it" for key in ("id", "title", "issue") if not found.get(key))
    if not isinstance(found.get("issue", []), list) or not all(isinstance(one, dict) for one in found.get("issue", [])):
        yield "`issue` is not a list of tables: write [[issue]] before each"
        return
    if odd := list(_odd(found)):
        yield from odd  # what is of another kind cannot be looked into
        return
    groups, seen = found.get("groups", {}), set()
    yield from _cue_problems("setting", found.get("setting", []), groups)
    for issue in found.get("issue") or ():
        name = issue.get("id", "without-id")
        if name in seen:
            yield f"issue {name!r} stands twice: give one of them another id"
        seen.add(name)
        if name != _plain(name):
            yield f"issue {name!r} has an id that is not plain: write it in small letters, digits and hyphens, as {_plain(name)!r}"
        for key in sorted(set(issue) - KNOWN):
            yield f"issue {name!r} has an unknown field {key!r}: known are {', '.join(sorted(KNOWN))}"
        for key in ("id", "title", "definition", "supports", "opposes", "cues"):
            if not issue.get(key):
                yield f"issue {name!r} has no `{key}`: add it"
        for kind in CUES:
            yield from _cue_problems(name, issue.get(kind, []), groups)
        for kind in issue.get("of", []):
            if kind not in ACTORS:
                yield f"issue {name!r} is `of` an unknown kind of actor {kind!r}: known are {', '.join(ACTORS)}"
        for row in issue.get("examples", []):
            if "sentence" not in row or row.get("position") not in POSITIONS:
                yield f"issue {name!r} has an example without a sentence or with an unknown position: {row!r}"
            yield from _unlike(f"issue {name!r}, an example: ", row, texts=EXAMPLE)
            for key in sorted(set(row) - set(EXAMPLE)):
                yield f"issue {name!r} has an example with an unknown field {key!r}: known are {', '.join(sorted(EXAMPLE))}"


def _plain(name: str) -> str:
    """An id as it may be written."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "issue"


def _odd(found: dict) -> Iterator[str]:
    """What has another kind of value than it must have, and what the file has too much."""
    for key in sorted(set(found) - FIELDS):
        yield f"the file has an unknown field {key!r}: known are {', '.join(sorted(FIELDS))}"
    yield from _unlike("", found, texts=("id", "title", "about"), lists=("setting",))
    if not isinstance(groups := found.get("groups", {}), dict):
        yield "`groups` is no table: write [groups] in a line of its own, and a list of texts behind each name"
    else:
        yield from _unlike("group ", groups, lists=groups)
    for issue in found.get("issue") or ():
        where = f"issue {issue.get('id', 'without id')!r}: "
        yield from _unlike(where, issue, texts=("id", *COLUMNS[1:]), lists=(*CUES, "of", "counter_examples"))
        rows = issue.get("examples", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield f'{where}`examples` is no list of examples: write [{{ sentence = "…", holder = "…", position = "support" }}]'


def _unlike(where: str, table: dict, texts: Iterable[str] = (), lists: Iterable[str] = ()) -> Iterator[str]:
    """The fields that are there and are no text, or no list of texts."""
    for key in texts:
        if not isinstance(table.get(key, ""), str):
            yield f"{where}`{key}` is no text: write it in quotation marks"
    for key in lists:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield f"{where}`{key}` is no list of texts: write it in square brackets, each text in quotation marks"


def _cue_problems(name: str, cues: list[str], groups: dict) -> Iterator[str]:
    for words in cues:
        try:
            _cue(name, 1, False, words, groups)
        except ValueError as error:
            yield str(error)


def _build(found: dict) -> Codebook:
    issues, examples, cues = [], [], []
    groups = found.get("groups", {})
    for issue in found["issue"]:
        name = issue["id"]
        issues.append({"issue": name} | {key: issue.get(key, "") for key in COLUMNS[1:]})
        cues += [_cue(name, *CUES[kind], words, groups) for kind in CUES for words in issue.get(kind, [])]
        told = [*issue.get("examples", []), *({"sentence": sentence} for sentence in issue.get("counter_examples", []))]
        examples += [{"issue": name} | row for row in told]
    table = pd.DataFrame(examples, columns=["issue", *EXAMPLE], dtype="string[python]")
    setting = tuple(_cue(found["id"], 0, False, term, groups) for term in found.get("setting", []))
    issues = pd.DataFrame(issues, columns=COLUMNS, dtype="string[python]")
    of = tuple((kind, issue["id"]) for issue in found["issue"] for kind in issue.get("of", ()))
    return Codebook(found["id"], found["title"], issues, table, bool(found.get("default")), tuple(cues), setting, of)


def _cue(issue: str, pole: int, shows: bool, words: str, groups: dict) -> Cue:
    core, *rest = re.split(r"\s+(?=[&~]\s)", words)
    parts = {"&": [], "~": []}
    for part in rest:
        parts[part[0]].append(_words(part[1:], groups, issue))
    first = tuple(phrase[0] for phrase in _phrases(core, groups, issue))
    return Cue(issue, pole, shows, _words(core, groups, issue), tuple(parts["&"]), tuple(parts["~"]), first)


@functools.cache
def _compiled(pattern: str) -> re.Pattern:
    """A cue's pattern, compiled when it is first searched for: most never are."""
    return re.compile(pattern)


def _words(term: str, groups: dict, where: str) -> str:
    """The pattern of one term in a line of Words."""
    spelt = [" ".join(map(_word, phrase)) for phrase in _phrases(term, groups, where)]
    return f"(?<= )(?:{'|'.join(spelt)})(?= )"


def _phrases(term: str, groups: dict, where: str) -> list[list[str]]:
    """The words of each alternative of a term."""

    def members(m: re.Match) -> str:
        if m.group(1) not in groups:
            raise InputError(
                f"{where!r} uses a group {{{m.group(1)}}} that the file does not have: add it under [groups]"
            )
        return "|".join(groups[m.group(1)])

    term = re.sub(r"\{([\w-]+)\}", members, term.strip())
    if not term:
        raise InputError(f"{where!r} has an empty cue: fill it or take it out")
    return [re.split(r"[\s-]+", phrase.strip().casefold()) for phrase in term.split("|")]


def _word(word: str) -> str:
    body = re.escape(word.rstrip("*")) + (r"[^ |]*" if word.endswith("*") else "")
    return rf"(?:{body}\|[^ |]*|[^ |]*\|{body})"
