"""The tone toward a named target against what was marked by hand: macro-F1 over positive, neutral and negative."""

import numpy as np

from onrecord import embeddings
from onrecord.sentiment import TONES

SUREST = 0.6  # the share of passages of which a second figure tells
MEASURES = ("tone macro-F1", "tone macro-F1, surest 60 %")


def passages(documents: list[dict]) -> list[tuple[str, int, int]]:
    """What is asked of each row of the corpus."""
    return [(row["text"], row["start"], row["end"]) for row in documents]


def readers() -> list[str]:
    """Who can be measured here: the networks over words, and with the extra `embeddings` the transformer beside them."""
    return ["words", "embeddings"] if embeddings.installed() else ["words"]


def tallies(documents: list[dict], answers: list[tuple[str, float]]) -> dict[str, list[np.ndarray]]:
    """Per measure the tallies of `intervals`, one a text and tone: (texts, 3, 4). Texts with several targets are resampled together."""
    sure = surest([confidence for _, confidence in answers])
    everything = range(len(documents))
    return {measure: _counted(documents, answers, rows) for measure, rows in zip(MEASURES, (everything, sure))}


def surest(confidences: list[float]) -> list[int]:
    """The places of the surest 60 %; of equals the first."""
    order = sorted(range(len(confidences)), key=lambda nth: -confidences[nth])
    return order[: round(SUREST * len(order))]


def _counted(documents: list[dict], answers: list[tuple[str, float]], rows) -> list[np.ndarray]:
    found = {row["text"]: np.zeros((len(TONES), 4), dtype=np.int64) for row in documents}
    for nth in rows:
        here = found[documents[nth]["text"]]
        marked, given = TONES.index(documents[nth]["label"]), TONES.index(answers[nth][0])
        here[given, 1] += 1
        here[marked, 3] += 1
        if marked == given:
            here[given, [0, 2]] += 1
    return list(found.values())
