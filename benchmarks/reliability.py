"""Whether a confidence can be believed: of the rows at 0.7, are seven in ten right?"""

import numpy as np

from benchmarks.intervals import bounds, ratio, resampled

BINS = 10


def sums(confidence: list[float], right: list[bool]) -> np.ndarray:
    """One document's rows by bin: how many, their confidences added, how many are right. Shape (BINS, 3)."""
    found = np.zeros((BINS, 3))
    for sure, good in zip(confidence, right, strict=True):
        found[min(int(sure * BINS), BINS - 1)] += 1, sure, good
    return found


def error(counted: np.ndarray) -> np.ndarray:
    """Expected calibration error: how far a bin's confidence lies from its share right, averaged over rows. (..., BINS, 3) to (...)."""
    rows = counted[..., 0]
    away = np.abs(counted[..., 1] - counted[..., 2])
    return ratio(away.sum(axis=-1), rows.sum(axis=-1))


def curve(documents: list[np.ndarray]) -> tuple[list[dict], dict]:
    """The bins that hold a row, and the error; shares from 0 to 1, each with its interval. One array of `sums` a document."""
    counts = np.array(documents)
    counts = counts[:, counts[..., 0].any(axis=0)]
    drawn, whole = resampled(counts), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):  # a bin may have no row in a draw: that draw says nothing of it
        lows, highs = bounds(drawn[..., 2] / drawn[..., 0])
    bins = [
        {
            "confidence": round(float(sure / rows), 3),
            "right": round(float(good / rows), 3),
            "low": round(float(low), 3),
            "high": round(float(high), 3),
            "n": int(rows),
        }
        for (rows, sure, good), low, high in zip(whole, lows, highs, strict=True)
    ]
    value, low, high = (round(float(number), 3) for number in (error(whole), *bounds(error(drawn))))
    return bins, {"value": value, "low": low, "high": high, "n": int(whole[:, 0].sum())}
