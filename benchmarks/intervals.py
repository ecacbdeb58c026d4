"""From counts to figures, each with the interval in which 95 % of resampled collections of documents put it.

A tally is four counts of one document: predicted rows that are right, predicted rows, marked rows that were found, marked rows.
The first and third differ only where rows are counted by kind and the two sides call a row differently.
"""

import numpy as np

RESAMPLES, SEED = 1000, 0


def resampled(counts: np.ndarray) -> np.ndarray:
    """Sums over `RESAMPLES` draws of documents with replacement. counts: (documents, ...); gives (RESAMPLES, ...)."""
    documents = len(counts)
    drawn = np.random.default_rng(SEED).multinomial(documents, np.full(documents, 1 / documents), size=RESAMPLES)
    return np.tensordot(drawn, counts, axes=1)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) > 0)


def precision(sums: np.ndarray) -> np.ndarray:
    """Of the predicted rows, the share that is right. sums: (..., 4)."""
    return ratio(sums[..., 0], sums[..., 1])


def recall(sums: np.ndarray) -> np.ndarray:
    """Of the marked rows, the share that was found. sums: (..., 4)."""
    return ratio(sums[..., 2], sums[..., 3])


def f1(sums: np.ndarray) -> np.ndarray:
    """Harmonic mean of precision and recall. sums: (..., 4)."""
    p, r = precision(sums), recall(sums)
    return ratio(2 * p * r, p + r)


def macro_f1(sums: np.ndarray) -> np.ndarray:
    """The mean of the F1 of several kinds of rows. sums: (..., kinds, 4)."""
    return f1(sums).mean(axis=-1)


def bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval that holds 95 % of the values along the first axis; missing ones are passed over."""
    low, high = np.nanpercentile(values, [2.5, 97.5], axis=0)
    return low, high


def figure(tallies: list[tuple[int, int, int, int]], share=f1) -> dict:
    """value, low and high in percent, and n: the rows counted (marked ones; predicted ones for precision). One tally a document, or one a kind and document."""
    counts = np.array(tallies)
    low, high = bounds(share(resampled(counts)))
    sums = counts.sum(axis=0)
    percent = [round(100 * float(number), 1) for number in (share(sums), low, high)]
    return dict(zip(("value", "low", "high"), percent)) | {"n": int(sums[..., 1 if share is precision else 3].sum())}
