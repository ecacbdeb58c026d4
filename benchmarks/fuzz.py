"""`python -m benchmarks.fuzz FOLDER`: mangle thousands of excerpts of real articles, read them, and see that nothing breaks.

Excerpt and damage follow from the seed and the excerpt's number alone, so that each can be made again: `--only NUMBER`."""

import argparse
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from random import Random

from tqdm import tqdm

from benchmarks import corpora, mangling

RESULTS = Path(__file__).with_name("fuzz.json")
SEED = 20_220_114
NUMBER = 20_000
TOGETHER = 16  # excerpts that are read in one call
SHORTEST, LONGEST = 300, 900  # characters of an excerpt
AGAIN = 10  # of so many calls, one is read a second time

_articles: list[str] = []  # of each process


def main(given: list[str] | None = None) -> int:
    """Exit status: 0; 1 where something broke; 2 where the folder holds no corpus."""
    parser = argparse.ArgumentParser(
        prog="make fuzz DATA=FOLDER", description="Read mangled articles and look for what breaks."
    )
    parser.add_argument("folder", type=Path, help="holds files such as polnear_dev.jsonl: see benchmarks/README.md")
    parser.add_argument(
        "--number", type=int, default=NUMBER, help=f"how many excerpts; only the whole {NUMBER:,} are kept"
    )
    parser.add_argument("--processes", type=int, default=2, help="how many at a time")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="print this excerpt and what is wrong with it")
    asked = parser.parse_args(given)
    texts = articles(asked.folder)
    if not texts:
        print(
            f"{asked.folder}: none of the corpora is there: name a folder that holds polnear_*.jsonl", file=sys.stderr
        )
        return 2
    if asked.only is not None:
        return _only(asked.only, texts)
    results = run(asked.folder, asked.number, asked.processes) | {"articles": len(texts)}
    if asked.number == NUMBER:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(
        f"{results['excerpts']:,} excerpts of {len(texts):,} articles in {results['seconds']:,} s, {len(results['failures'])} failures"
    )
    return 1 if results["failures"] else 0


def articles(folder: Path) -> list[str]:
    """The texts of a folder's corpora that are long enough to take an excerpt from."""
    paths = [path for corpus in corpora.CORPORA for path in sorted(folder.glob(f"{corpus}_*.jsonl"))]
    return [document["text"] for path in paths for document in corpora.read(path) if len(document["text"]) >= SHORTEST]


def excerpt(number: int, texts: list[str]) -> tuple[str, list[str]]:
    """Excerpt `number`, mangled, and the kinds of damage."""
    random = Random(f"{SEED}-{number}")
    text = random.choice(texts)
    length = random.randint(SHORTEST, min(LONGEST, len(text)))
    start = random.randrange(len(text) - length + 1)
    return mangling.mangled(text[start : start + length], random)


def run(folder: Path, number: int, processes: int) -> dict:
    """Read the excerpts, and say of each that fails its number, its damage and what is wrong."""
    started, failures = time.perf_counter(), []
    spawn = multiprocessing.get_context("spawn")
    for library in ("OPENBLAS", "OMP"):  # a thread a process: several would wait for each other
        os.environ[f"{library}_NUM_THREADS"] = "1"
    with (
        ProcessPoolExecutor(processes, mp_context=spawn, initializer=_begin, initargs=(folder,)) as pool,
        tqdm(total=number, unit="excerpt", disable=None) as bar,
    ):
        work = [pool.submit(_batch, range(at, min(at + TOGETHER, number))) for at in range(0, number, TOGETHER)]
        for done in as_completed(work):
            read, found = done.result()
            for one in found:
                tqdm.write(f"seed {SEED}, --only {one['number']}: {'; '.join(one['wrong'])}")
            failures += found
            bar.update(read)
    return {
        "seed": SEED,
        "excerpts": number,
        "damage": list(mangling.DAMAGE),
        "failures": sorted(failures, key=lambda one: one["number"]),
        "seconds": round(time.perf_counter() - started),
    }


def _begin(folder: Path) -> None:
    _articles.extend(articles(folder))


def _batch(numbers: range) -> tuple[int, list[dict]]:
    made = [excerpt(number, _articles) for number in numbers]
    wrong = mangling.examined([text for text, _ in made], again=numbers[0] // TOGETHER % AGAIN == 0)
    found = [
        {"number": number, "damage": damage, "wrong": said}
        for number, (_, damage), said in zip(numbers, made, wrong, strict=True)
        if said
    ]
    return len(numbers), found


def _only(number: int, texts: list[str]) -> int:
    text, damage = excerpt(number, texts)
    (wrong,) = mangling.examined([text], again=True)
    print(ascii(text), *damage, *(wrong or ["nothing is wrong with it"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
