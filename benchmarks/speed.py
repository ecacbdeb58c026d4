"""How fast: articles a second, and how much longer an analysis takes than its parse alone."""

import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import onrecord
from onrecord import language

ARTICLES, RUNS = 20, 5


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
