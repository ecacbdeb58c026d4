"""Articles mangled at random, and what must hold of the tables of any text whatever. Every kind of damage is a row of `DAMAGE`."""

import itertools
import re
from collections.abc import Callable
from random import Random

import pandas as pd

import onrecord
from onrecord import schema
from onrecord.dossier import Dossier

MARKS = "“”‘’\"'«»„‟‚‛`´"
ODD = (  # characters that a text should not have, or that change what stands beside them
    "\x00", "\x1b", "\x07", "\x7f", "\x85", "\t", "\v", "\f", "\r", "\u2028", "\u2029",  # control characters and line ends
    "\ud83d", "\udc00", "\ufffe", "\uffff", "\ufffd", "\ufeff", "\xad", "\u200b", "\u2060", "\xa0", "\u3000",  # halves, marks, spaces
    "\u202e", "\u202a", "\u202c", "\u2067", "\u2069", "\u200f", "שלום", "مرحبا", "ﷺ",  # right to left
    "👩‍👩‍👧", "🏴‍☠️", "🇬🇧", "👍🏽", "\u200d", "\ufe0f", "😀",  # emoji and their joiners
    "e\u0301", "\u0301" * 9, "Z͑ͫ̓ͪa̤lgo", "İ", "ß", "ŉ", "ﬃ", "Ǆ", "ΐ", "½", "²", "٣", "Ⅳ", "𝔄",  # letters that grow when they change case
    "…", "—", "−", "=", "{{x}}", "<b>", "&amp;", "$$", "\\", "%s", "0" * 40, "新闻", "ह", "ก็",
)  # fmt: skip


def _slice(text: str, random: Random, longest: int = 200) -> tuple[int, int]:
    start = random.randrange(len(text) + 1)
    return start, min(len(text), start + random.randint(1, longest))


def _changed(change: Callable[[str, Random], str], longest: int = 200) -> Callable[[str, Random], str]:
    """The damage that changes a slice of the text and leaves all else."""

    def damage(text: str, random: Random) -> str:
        start, end = _slice(text, random, longest)
        return text[:start] + change(text[start:end], random) + text[end:]

    return damage


def _put(choose: Callable[[Random], str]) -> Callable[[str, Random], str]:
    """The damage that puts something at up to eight places."""

    def damage(text: str, random: Random) -> str:
        for _ in range(random.randint(1, 8)):
            place = random.randrange(len(text) + 1)
            text = text[:place] + choose(random) + text[place:]
        return text

    return damage


def _swapped(text: str, random: Random) -> str:
    (a, b), (c, d) = sorted(_slice(text, random) for _ in range(2))
    c = max(b, c)
    return text[:a] + text[c : max(c, d)] + text[b:c] + text[a:b] + text[max(c, d) :]


def _other_marks(text: str, random: Random) -> str:
    return re.sub(f"[{MARKS}]", lambda _: random.choice(MARKS), text)


def _missing_marks(text: str, random: Random) -> str:
    return re.sub(f"[{MARKS}]", lambda m: m.group() if random.random() < 0.5 else "", text)


def _shuffled(text: str, random: Random) -> str:
    words = text.split(" ")
    random.shuffle(words)
    return " ".join(words)


DAMAGE: dict[str, Callable[[str, Random], str]] = {
    "a slice taken out": _changed(lambda words, _: ""),
    "a slice twice": _changed(lambda words, _: words * 2),
    "a slice many times": _changed(lambda words, random: words * random.randint(3, 20), 30),
    "two slices swapped": _swapped,
    "words shuffled": _changed(_shuffled),
    "letters reversed": _changed(lambda words, _: words[::-1]),
    "other quotation marks": _other_marks,
    "quotation marks missing": _missing_marks,
    "more quotation marks": _put(lambda random: random.choice(MARKS)),
    "odd characters": _put(lambda random: random.choice(ODD)),
    "one odd character many times": _put(lambda random: random.choice(ODD) * random.randint(2, 60)),
    "a character that Unicode may not have": _put(lambda random: chr(random.randrange(0x110000))),
    "capitals": _changed(lambda words, _: words.upper()),
    "small letters": _changed(lambda words, _: words.lower()),
    "titles": _changed(lambda words, _: words.title()),
    "lines joined": lambda text, _: re.sub(r"\n+", " ", text),
    "lines broken": _changed(lambda words, _: words.replace(" ", "\n")),
    "lines as on Windows": lambda text, _: text.replace("\n", "\r\n"),
    "spaces missing": _changed(lambda words, _: words.replace(" ", "")),
    "spaces doubled": _changed(lambda words, _: words.replace(" ", "  ")),
    "full stops missing": _changed(lambda words, _: words.replace(".", "")),
    "a wrong encoding": _changed(lambda words, _: words.encode("utf-8", "replace").decode("cp1252", "replace")),
    "commas for spaces": _changed(lambda words, _: words.replace(" ", ", "), 60),
}  # fmt: skip


def mangled(text: str, random: Random, most: int = 4) -> tuple[str, list[str]]:
    """The text with one to `most` kinds of damage, and their names."""
    names = random.choices(list(DAMAGE), k=random.randint(1, most))
    for name in names:
        text = DAMAGE[name](text, random)
    return text, names


# --- what must hold --------------------------------------------------------------------------------------------------------------


def faults(text: str, made: Dossier) -> list[str]:
    """What is wrong with the tables of a text, a line each; none: an empty list. That slices are the words, ids unique, values known
    and spans in order has been checked when the tables were made (`schema.check`); here rows lie in their blocks and in their order."""
    said = [] if made.article.text == text else ["the text was changed"]
    blocks = {row["block_id"]: (row["start"], row["end"]) for row in schema.records(made.blocks)}
    lines = sorted(blocks.values())
    if any(end > start for (_, end), (start, _) in itertools.pairwise(lines)):
        said.append("blocks overlap")
    for name, table in made.tables.items():
        if "start" not in table:
            continue
        rows = schema.records(table)
        places = [(row["start"], row["end"]) for row in rows]
        if places != sorted(places):
            said.append(f"{name}: rows are out of order")
        for row in rows:
            spans = row.get("spans") or [(row["start"], row["end"])]
            within = [blocks[row["block_id"]]] if "block_id" in row and name != "quotes" else lines
            for a, b in spans:
                if not any(start <= a < b <= end for start, end in within):
                    said.append(f"{name}, row {row[schema.key(name)]}: {a}-{b} lies in no block of its own")
            if name == "quotes" and not blocks[row["block_id"]][0] <= spans[0][0] < blocks[row["block_id"]][1]:
                said.append(f"quotes, row {row['quote_id']}: is not in its block")
    return said


def differences(one: Dossier, other: Dossier) -> list[str]:
    """The tables in which two readings of one text differ."""
    changed = [name for name, table in one.tables.items() if not table.equals(other.tables[name])]
    return [f"{name}: read again it is another table" for name in changed]


def unkept(made: Dossier) -> list[str]:
    """The tables that do not come back from their CSV."""
    said = []
    for name, table in made.tables.items():
        try:
            pd.testing.assert_frame_equal(schema.from_csv(name, schema.to_csv(name, table)), table)
        except Exception as error:  # whatever it is, it is the finding
            said.append(f"{name}: does not come back from its CSV ({type(error).__name__})")
    return said


def examined(texts: list[str], again: bool = False) -> list[list[str]]:
    """The faults of each text, read together. again: read each once more by itself, and from its CSV: the tables must be the same."""
    try:
        made = list(onrecord.analyse_many(texts))
    except Exception:  # one of them broke it: which one shows by itself
        made = [None] * len(texts)
    return [_examined(text, one, again) for text, one in zip(texts, made, strict=True)]


def _examined(text: str, made: Dossier | None, again: bool) -> list[str]:
    try:
        made = made or onrecord.analyse(text)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    said = faults(text, made)
    return said + differences(made, onrecord.analyse(text)) + unkept(made) if again else said
