"""`python -m benchmarks.endurance FOLDER`: a corpus of 10,000 articles, killed twice on the way; what it holds in the end, and in memory until then.

The articles are those of `benchmarks.scaling`. SIGKILL goes to the command and all its processes, when a third and when two thirds of the articles are
in its tables. Afterwards the command is run once more: nothing may change. The results go to endurance.json."""

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import scaling

RESULTS = Path(__file__).with_name("endurance.json")
NUMBER = 10_000
EVERY = 3.0  # seconds between two looks


def endure(folder: Path, number: int, workers: int, scratch: Path) -> dict:
    """What `RESULTS` holds: see its keys. Raises RuntimeError where a run ends before it is killed, or fails."""
    source, out = scratch / "articles.jsonl", scratch / "read"
    scaling.make(folder, number, source)
    command, memory, kills = scaling.corpus(source, out, workers), {}, []
    for share in (1 / 3, 2 / 3, None):
        status = _until(command, out, None if share is None else share * number, memory)
        if (status == 0) != (share is None):
            raise RuntimeError(f"the run ended with {status} before its time")
        kills += [] if share is None else [_articles(out)]
    first = _digest(out)
    if _until(command, out, None, {}):
        raise RuntimeError("the run that had nothing to do failed")
    about = json.loads((out / "corpus.json").read_text(encoding="utf-8"))
    return {
        "given": number,
        "workers": workers,
        "killed_at": kills,
        "complete": about["complete"],
        "articles": about["rows"]["articles"],
        "duplicates": about["duplicates"],
        "failed": about["failed"],
        "same_bytes_when_run_again": _digest(out) == first,
        "megabytes": memory,
        "bytes_on_disk": sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
        "bytes_of_index": (out / "index.sqlite").stat().st_size,
    }


def _until(command: list[str], out: Path, enough: float | None, memory: dict[int, int]) -> int:
    """Run the command, and kill it once so many articles are in the tables; its status. `memory` learns the most megabytes held per 1,000 articles."""
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            done = _articles(out)
            memory[done] = max(memory.get(done, 0), round(scaling._held(process.pid) / 2**20))
            if enough is not None and done >= enough:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(EVERY)
    return process.returncode


def _articles(out: Path) -> int:
    """Articles that are in the tables."""
    try:
        return json.loads((out / "corpus.json").read_text(encoding="utf-8"))["rows"].get("articles", 0)
    except (OSError, KeyError):
        return 0


def _digest(out: Path) -> str:
    """One hash of every file's name and bytes."""
    found = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(out).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def main(given: list[str] | None = None) -> int:
    """Exit status: 0, or 2 where the folder does not hold the corpora."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.endurance", description="A corpus, killed twice on the way."
    )
    parser.add_argument("folder", type=Path, help="holds polnear_train.jsonl and polnear_dev.jsonl")
    parser.add_argument(
        "--number", type=int, default=NUMBER, help=f"articles; only {NUMBER:,} are kept in endurance.json"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="a new folder for the corpus, in the place of one that is thrown away"
    )
    asked = parser.parse_args(given)
    if not scaling.has_corpora(asked.folder):
        print(
            f"{asked.folder}: does not hold both polnear_train.jsonl and polnear_dev.jsonl (benchmarks/README.md)",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="onrecord-") as scratch:
        if asked.keep:
            asked.keep.mkdir(parents=True)
        results = endure(asked.folder, asked.number, asked.workers, asked.keep or Path(scratch))
    text = json.dumps(results, indent=1) + "\n"
    print(text, end="")
    if asked.number == NUMBER:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
