"""How far to believe what a model thinks likely: the rows of the tables of scores in `data/reference`, which `onrecord.data.believed` reads."""

import csv
from pathlib import Path

import numpy as np

from onrecord import data


def fitted(likelihood: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Intercept and slope of the log odds of being right over those of what was thought so likely (logistic regression, Newton's steps), and of how many."""
    likelihood = np.minimum(likelihood, 0.999)
    x = np.stack([np.ones(len(likelihood)), np.log(likelihood / (1 - likelihood))], axis=1)
    weights = np.array([0.0, 1.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        weights += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2), x.T @ (right - p))
    return {"intercept": round(weights[0], 3), "slope": round(weights[1], 3), "measured_on": len(likelihood)}


def write(path: Path, found: dict[str, dict]) -> None:
    """Write a table of scores like the one of this name; its rows of whatever was not learned stay."""
    known = data.table(path.stem)
    key = known.columns[0]
    kept = {row[key]: row for row in known.to_dict("records")}
    kept |= {whose: {key: whose} | row for whose, row in found.items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, known.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in sorted(kept.items()))
