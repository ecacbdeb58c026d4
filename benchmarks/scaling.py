"""What a corpus costs: `python -m benchmarks.scaling FOLDER make 10000 FILE` writes articles to measure with.

FOLDER holds polnear_train.jsonl and polnear_dev.jsonl (README.md here says where they come from). An article is made of paragraphs of one outlet,
drawn by chance: it reads like news, has the length of a short story, and there are as many as anybody asks for.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks import corpora

FILES = ("polnear_train", "polnear_dev")
ENOUGH = 210  # words in paragraphs: the last one goes beyond it, so that an article has about 250
HEAD = 15  # words of a headline at most
PARAGRAPH = range(8, 121)  # words of a paragraph
FIRST, DAYS = date(2015, 7, 1), 500
SEED = 20220114


def texts(folder: Path, number: int, seed: int = SEED) -> Iterator[dict]:
    """Articles of about 250 words: id, title, outlet, date (ISO) and text, the title its first line. More of them begin with the same ones.

    Raises FileNotFoundError where a corpus is not in the folder."""
    chance = random.Random(seed)
    heads, paragraphs = _parts(folder)
    outlets = sorted(heads)
    for nth in range(1, number + 1):
        outlet = chance.choice(outlets)
        title, body, words = chance.choice(heads[outlet]), [], 0
        while words < ENOUGH:
            body.append(chance.choice(paragraphs[outlet]))
            words += len(body[-1].split())
        yield {
            "id": f"made-{nth:05d}",
            "title": title,
            "outlet": outlet,
            "date": (FIRST + timedelta(chance.randrange(DAYS))).isoformat(),
            "text": "\n\n".join([title, *body]),
        }


def _parts(folder: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The headlines and the paragraphs of each outlet."""
    heads: dict[str, list[str]] = {}
    paragraphs: dict[str, list[str]] = {}
    for document in (row for name in FILES for row in corpora.read(Path(folder) / f"{name}.jsonl")):
        outlet = document["publisher"]
        first, *rest = (line.strip() for line in document["text"].strip().splitlines())
        heads.setdefault(outlet, []).extend([first] if len(first.split()) <= HEAD else [])
        paragraphs.setdefault(outlet, []).extend(line for line in rest if len(line.split()) in PARAGRAPH)
    return heads, paragraphs


def make(folder: Path, number: int, file: Path) -> None:
    """Write so many articles as JSON Lines."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in texts(folder, number))
    file.write_text("".join(lines), encoding="utf-8")


def main(given: list[str] | None = None) -> int:
    """Exit status: 0, or 2 where the folder does not hold the corpora."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description="What a corpus costs.")
    parser.add_argument("folder", type=Path, help="holds polnear_train.jsonl and polnear_dev.jsonl")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add = commands.add_parser("make", help="write articles to measure with, as JSON Lines")
    add.add_argument("number", type=int)
    add.add_argument("file", type=Path)
    options = parser.parse_args(given)
    missing = [name for name in FILES if not (options.folder / f"{name}.jsonl").exists()]
    if missing:
        print(f"{options.folder}: no {missing[0]}.jsonl in it (benchmarks/README.md)", file=sys.stderr)
        return 2
    make(options.folder, options.number, options.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
