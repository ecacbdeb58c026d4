"""How fast: articles a second, how much longer an analysis takes than its parse alone (and how much textacy adds to it), and a report than the least
that any would take."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import onrecord
from benchmarks import extra, peers
from onrecord import embeddings, language

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
    """Seconds are medians of `RUNS` runs over the first `ARTICLES` texts; all take turns, so that a busy machine slows each. `textacy to parse`, where
    textacy is installed: the same batches parsed, and its quotations found in them. `analysis` is that of an installation without the extra
    `embeddings`; where it is installed, that with it stands beside it."""
    texts = texts[:ARTICLES]
    parsed = _parsed(texts)
    works = {
        "parse": lambda: [list(language.parse(batch)) for batch in parsed],
        "analysis": lambda: _analysed(texts, with_extra=False),
    }
    if embeddings.installed():
        works["analysis with embeddings"] = lambda: _analysed(texts, with_extra=True)
    if peers.has_textacy():
        works["textacy"] = lambda: [
            [peers.textacy_found(doc) for doc in list(language.parse(batch))] for batch in parsed
        ]
    seconds = {name: [] for name in works}
    for _ in range(RUNS):
        for name, work in works.items():
            seconds[name].append(_seconds(work))
    return {"timed": len(texts), "articles a second": round(len(texts) / median(seconds["analysis"]), 1)} | {
        f"{name} to parse": round(median(a / p for a, p in zip(some, seconds["parse"])), 2)
        for name, some in seconds.items()
        if name != "parse"
    }


def _analysed(texts: list[str], with_extra: bool) -> list:
    with extra.switched(with_extra):
        return list(onrecord.analyse_many(texts))


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
