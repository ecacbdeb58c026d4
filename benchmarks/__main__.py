"""`python -m benchmarks FOLDER`: measure on the corpora in a folder, write `results.json`, print one table."""

import argparse
import json
import sys
from pathlib import Path

import spacy

import onrecord
from benchmarks import corpora, extra, intervals, peers, run, scaling, speed, table
from onrecord import language

RESULTS = Path(__file__).with_name("results.json")


def main(given: list[str] | None = None) -> int:
    """Exit status: 0, or 2 where the folder holds no corpus."""
    parser = argparse.ArgumentParser(prog="make benchmark DATA=FOLDER", description="Measure on hand-marked news.")
    parser.add_argument("folder", type=Path, help="holds files such as polnear_dev.jsonl: see benchmarks/README.md")
    folder = parser.parse_args(given).folder
    splits = corpora.find(folder)
    if not splits:
        names = ", ".join(f"{corpus}_*.jsonl" for corpus in corpora.CORPORA)
        print(f"{folder}: none of the corpora is there: name a folder that holds {names}", file=sys.stderr)
        return 2
    with extra.switched(False):
        found = run.everything(splits) | {"report": speed.report(), "many articles": scaling.gain(folder)}
    results = versions() | found
    RESULTS.write_text(written(results), encoding="utf-8")
    print(table.text(results, peers.measured_elsewhere()))
    if not peers.has_textacy():
        print(peers.INSTALL)
    if not results["many articles"]:
        print(f"many articles: not measured, which needs {' and '.join(f'{name}.jsonl' for name in scaling.FILES)}")
    return 0


def versions() -> dict:
    """What was measured, and how the intervals were drawn."""
    meta = language.model().meta
    return {
        "onrecord": onrecord.__version__,
        "model": f"{meta['lang']}_{meta['name']} {meta['version']}",
        "spacy": spacy.__version__,
        "resamples": intervals.RESAMPLES,
        "seed": intervals.SEED,
    }


def written(results: dict) -> str:
    """The results as JSON, a row a line, so that a difference shows."""
    lines = []
    for key, value in results.items():
        if isinstance(value, list):
            rows = ",\n".join(f"  {json.dumps(row)}" for row in value)
            value = f"[\n{rows}\n ]" if value else "[]"
        else:
            value = json.dumps(value)
        lines.append(f" {json.dumps(key)}: {value}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
