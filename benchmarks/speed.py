"""How fast: articles a second, how much longer an analysis takes than its parse alone, and a report than the least that any would take."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import onrecord
from onrecord import language

ARTICLES, RUNS = 20, 5
REPORTED, REPORTS = "nato-russia-2022", 3
BARE = f"""
import ipykernel.kernelapp
from onrecord import article, dossier
text = article.read(dossier.find({REPORTED!r})).text
blocks = article.blocks(text)
article.passages(text, blocks, article.repairs(text, blocks))
"""


def measure(texts: list[str]) -> dict:
    """Seconds are medians of `RUNS` runs over the first `ARTICLES` texts; parse and analysis take turns, so that a busy machine slows both."""
    texts = texts[:ARTICLES]
    parsed = _parsed(texts)
    analysis, parse = [], []
    for _ in range(RUNS):
        parse.append(_seconds(lambda: [list(language.parse(batch)) for batch in parsed]))
        analysis.append(_seconds(lambda: list(onrecord.analyse_many(texts))))
    return {
        "timed": len(texts),
        "articles a second": round(len(texts) / median(analysis), 1),
        "analysis to parse": round(median(a / p for a, p in zip(analysis, parse)), 2),
    }


def report() -> dict:
    """Seconds of a report whose analysis is kept, and their ratio to a kernel that is started and parses the article: medians of `REPORTS` turns."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        whole = [sys.executable, "-m", "onrecord", "report", REPORTED, "-o", f"{folder}/report"]
        turns = [tuple(map(_run, (whole, [sys.executable, "-c", BARE]))) for _ in range(1 + REPORTS)][1:]
    return {
        "seconds of a report": round(median(seconds for seconds, _ in turns), 1),
        "report to kernel and parse": round(median(seconds / bare for seconds, bare in turns), 2),
    }


def _run(command: list[str]) -> float:
    return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _parsed(texts: list[str]) -> list[list]:
    """What the analysis gives to the parser, call by call; the analysis that finds it out warms everything up."""
    calls, parse = [], language.parse

    def keep(given):
        calls.append(list(given))
        return parse(calls[-1])

    with patch.object(language, "parse", keep):
        list(onrecord.analyse_many(texts))
    return calls


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
