"""What a corpus costs, in time and memory, against its size.

`python -m benchmarks.scaling FOLDER make 10000 FILE` writes articles to measure with, `measure` runs `onrecord corpus` on 10, 100, 1,000 and 10,000
of them and writes scaling.json, `draw` makes docs/cost-against-size.png of it. FOLDER holds polnear_train.jsonl and polnear_dev.jsonl (README.md here
says where they come from). An article is made of paragraphs of one outlet, drawn by chance: it reads like news, has the length of a short story, and
there are as many as anybody asks for.
"""

import argparse
import contextlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import psutil

from benchmarks import corpora
from onrecord import data, figures
from onrecord.figures.style import DIM, INK, PLAIN, SMALL, WIDTH, Sheet, dark, house, titled
from onrecord.prose import many

FILES = ("polnear_train", "polnear_dev")
ENOUGH = 210  # words in paragraphs: the last one goes beyond it, so that an article has about 250
HEAD = 15  # words of a headline at most
PARAGRAPH = range(8, 121)  # words of a paragraph
FIRST, DAYS = date(2015, 7, 1), 500
SEED = 20220114
SIZES = (10, 100, 1_000, 10_000)
EVERY = 0.25  # seconds between two looks at the memory
RESULTS = Path(__file__).with_name("scaling.json")
PICTURE = data.root() / "docs" / "cost-against-size.png"


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


# --- measuring -------------------------------------------------------------------------------------------------------------------


def corpus(source: Path, output: Path, workers: int) -> list[str]:
    """The command that reads a corpus."""
    return [sys.executable, "-m", "onrecord", "corpus", str(source), "-o", str(output), "--workers", str(workers)]


def cost(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds that a command takes, the most megabytes that it and its descendants hold together, and the seconds of a processor that it has used
    itself, without its descendants. Raises CalledProcessError where it fails."""
    start, most, own = time.perf_counter(), 0, 0.0
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=said, stderr=said, env=_env()) as process:
        while process.poll() is None:
            most = max(most, _held(process.pid))
            with contextlib.suppress(psutil.Error):
                own = sum(psutil.Process(process.pid).cpu_times()[:2])
            time.sleep(EVERY)
        seconds = time.perf_counter() - start
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, said.read())
    return seconds, most / 2**20, own


def _held(pid: int) -> int:
    """Bytes of memory of a process and its descendants; what they share counts once where the system tells (Linux)."""
    total = 0
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in tree:
        try:
            memory = process.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
        except psutil.Error:  # it has just ended
            continue
    return total


def measure(folder: Path, sizes: Iterable[int] = SIZES, workers: int = 2) -> Iterator[dict]:
    """A row a size: articles, workers, cores (of this machine), seconds, megabytes, own_seconds (of a processor, of the process that reads the source,
    joins the actors and writes), disk_megabytes. Every run begins without anything kept."""
    for number in sizes:
        with tempfile.TemporaryDirectory(prefix="onrecord-") as scratch:
            source = Path(scratch) / "articles.jsonl"
            make(folder, number, source)
            seconds, megabytes, own = cost(corpus(source, Path(scratch) / "read", workers))
            disk = sum(path.stat().st_size for path in (Path(scratch) / "read").rglob("*") if path.is_file())
        used = {"articles": number, "workers": workers, "cores": os.cpu_count() or 1}
        yield used | {
            "seconds": round(seconds, 1),
            "megabytes": round(megabytes),
            "own_seconds": round(own, 1),
            "disk_megabytes": round(disk / 1e6, 2),
        }


TURNS = 3


def gain(folder: Path, few: int = 200, number: int = 1_000) -> dict[str, float]:
    """How many times longer one worker takes for so many articles than two: in all, and for those beyond the first `few`, by when all have started. Beside
    it the same of processes that only parse, which no program can beat on this machine. Medians of `TURNS` turns, each of which runs all of it.
    Empty where the folder does not hold the corpora."""
    if not has_corpora(folder):
        return {}
    turns = [_gain(folder, few, number) for _ in range(TURNS)]
    return {name: round(median(turn[name] for turn in turns), 2) for name in turns[0]}


def _gain(folder: Path, few: int, number: int) -> dict[str, float]:
    one, two = ([row["seconds"] for row in measure(folder, (few, number), workers)] for workers in (1, 2))
    parse = [_parsing(folder, few, processes) for processes in (1, 2)]
    return {
        "one worker to two": one[1] / two[1],
        "one worker to two, under way": (one[1] - one[0]) / (two[1] - two[0]),
        "bare parse, one process to two": parse[0] / parse[1],
    }


PARSE = """
import json, sys, time
from onrecord import language
file, nth, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
texts = [json.loads(line)["text"] for line in open(file, encoding="utf-8")][nth::processes]
language.model()
start = time.perf_counter()
for text in texts:
    list(language.parse((paragraph, ()) for paragraph in text.split("\\n\\n")))
print(time.perf_counter() - start)
"""


def _parsing(folder: Path, number: int, processes: int) -> float:
    """Seconds in which so many processes, started at once, parse so many articles, each its share; loading is not counted."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as scratch:
        make(folder, number, file := Path(scratch) / "articles.jsonl")
        started = [
            subprocess.Popen(
                [sys.executable, "-c", PARSE, str(file), str(nth), str(processes)], stdout=subprocess.PIPE, env=_env()
            )
            for nth in range(processes)
        ]
        return max(float(process.communicate()[0]) for process in started)


def _env() -> dict[str, str]:
    """The environment of what is measured: numpy has one thread a process, as in Dask's workers."""
    return os.environ | {"OPENBLAS_NUM_THREADS": "1"}


def has_corpora(folder: Path) -> bool:
    """Whether the articles can be made."""
    return all((folder / f"{name}.jsonl").exists() for name in FILES)


# --- the picture -----------------------------------------------------------------------------------------------------------------


@house()
def drawn(rows: list[dict]) -> Sheet:
    """Time and memory against the number of articles. Of these and of the time every step of the scale is ten times as much."""
    sheet = Sheet()
    articles = [math.log10(row["articles"]) for row in rows]
    sheet.section("Time")
    ends = _tens(row["seconds"] for row in rows)
    ticks = {power: f"{10**power:,} s" for power in range(ends[0], ends[1] + 1)}
    _panel(sheet, articles, [(math.log10(row["seconds"]), f"{row['seconds']:,.0f} s") for row in rows], ticks)
    sheet.section("Most memory held at a time")
    step = 10 ** (len(str(max(row["megabytes"] for row in rows))) - 1)
    most = math.ceil(max(row["megabytes"] for row in rows) / step) * step
    ticks = {value: f"{value:,} MB" for value in (0, most // 2, most)}
    _panel(sheet, articles, [(row["megabytes"], f"{row['megabytes']:,} MB") for row in rows], ticks)
    last = rows[-1]
    alt = "; ".join(f"{row['articles']:,} articles: {row['seconds']:,} s, {row['megabytes']:,} MB" for row in rows)
    return titled(
        sheet,
        f"{last['articles']:,} articles: {last['seconds'] / last['articles']:.2f} seconds each, {last['megabytes']:,} MB",
        f"“onrecord corpus” with {many(last['workers'], 'worker')} on {many(last['cores'], 'core')}; articles of about 250 words",
        "benchmarks/scaling.json",
        f"Two charts. {alt}.",
    )


def _tens(values: Iterable[float]) -> tuple[int, int]:
    """The powers of ten between which values lie."""
    powers = [math.log10(value) for value in values]
    low = math.floor(min(powers))
    return low, max(math.ceil(max(powers)), low + 1)


def _panel(
    sheet: Sheet, across: list[float], up: list[tuple[float, str]], ticks: dict[float, str], tall: float = 120.0
) -> None:
    """A line through points, each with its words; `across` are powers of ten."""
    left, right, top = 66.0, WIDTH - 66, sheet.y + 14
    low, high = math.floor(min(across)), max(math.ceil(max(across)), math.floor(min(across)) + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        share = (y - min(ticks)) / (max(ticks) - min(ticks))
        return left + (x - low) / (high - low) * (right - left), top + tall * (1 - share)

    for y, words in ticks.items():
        sheet.line((left, right), (at(low, y)[1],) * 2)
        sheet.write(left - 8, at(low, y)[1], words, SMALL, middle=True, ha="right", color=DIM)
    for power in range(low, high + 1):
        sheet.write(at(power, 0)[0], top + tall + 6, f"{10**power:,}", SMALL, ha="center", color=DIM)
    places = [at(x, y) for x, (y, _) in zip(across, up, strict=True)]
    sheet.line(*zip(*places), dark(PLAIN), 2, zorder=3)
    for (x, y), (_, words) in zip(places, up, strict=True):
        sheet.mark(x, y, "o", PLAIN, dark(PLAIN))
        beside_the_scale = "left" if x == left else "center"
        sheet.write(x, y - 14, words, SMALL, middle=True, ha=beside_the_scale, color=INK)
    sheet.y = top + tall + 22
    sheet.y += sheet.write((left + right) / 2, sheet.y, "articles", SMALL, ha="center", color=DIM) + 6


def main(given: list[str] | None = None) -> int:
    """Exit status: 0, or 2 where the folder does not hold the corpora."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description="What a corpus costs.")
    parser.add_argument("folder", type=Path, help="holds polnear_train.jsonl and polnear_dev.jsonl")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    add = commands.add_parser("make", help="write articles to measure with, as JSON Lines")
    add.add_argument("number", type=int)
    add.add_argument("file", type=Path)
    add = commands.add_parser("measure", help="run the corpus command on more and more articles; write scaling.json")
    add.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    add.add_argument("--workers", type=int, default=2)
    commands.add_parser("draw", help="draw docs/cost-against-size.png from scaling.json")
    options = parser.parse_args(given)
    if not has_corpora(options.folder):
        print(
            f"{options.folder}: does not hold both polnear_train.jsonl and polnear_dev.jsonl (benchmarks/README.md)",
            file=sys.stderr,
        )
        return 2
    if options.command == "make":
        make(options.folder, options.number, options.file)
    elif options.command == "measure":
        rows = []
        for row in measure(options.folder, options.sizes, options.workers):
            rows.append(row)
            print(row, flush=True)
        RESULTS.write_text("[\n" + ",\n".join(f" {json.dumps(row)}" for row in rows) + "\n]\n", encoding="utf-8")
    else:
        PICTURE.write_bytes(figures.png(drawn(json.loads(RESULTS.read_text(encoding="utf-8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
