"""Learn the coefficients of `onrecord.people` and write `data/reference/name_weights.csv`; or, with --held-out, say what they are worth.

    python -m benchmarks.learn_names FOLDER [--held-out]

FOLDER holds crossner_politics_train.jsonl, crossner_politics_dev.jsonl and gum_news_dev.jsonl: one JSON object a line with `id`, `text` and
`entities` (start, end, label) or `mentions` (start, end, min_start, min_end, type, kind). No text of them is written anywhere.
"""

import csv
import sys
from pathlib import Path

import numpy as np

from benchmarks import corpora
from benchmarks.people import named_in_crossner
from onrecord import article, data
from onrecord.bodies import known_organisations
from onrecord.people import features, spans, style_of

FILES = ("crossner_politics_train", "crossner_politics_dev", "gum_news_dev")
LEAST, PENALTY, STEPS, FOLDS = 3, 1.5, 600, 10


def examples(articles: list[dict]):
    """Article, features and whether it is a person's name, for each candidate; and how many names the article has."""
    for row in articles:
        gold = names(row)
        yield row["id"], None, len(gold)
        blocks = article.blocks(row["text"])
        for passage in article.passages(row["text"], blocks, article.repairs(row["text"], blocks)):
            known = {t.i for span in known_organisations(passage.doc) for t in span}
            for span, label in spans(passage.doc, known):
                right = verdict(row, gold, *passage.place(style_of(span)))
                if right is not None:
                    yield row["id"], features(span, label), right


def names(row: dict) -> set[tuple[int, int]]:
    """Places of the people's names in an article."""
    if "entities" in row:
        return set(named_in_crossner(row))
    return {(m["start"], m["end"]) for m in row["mentions"] if m["type"] == "person" and m["kind"] == "name"}


def verdict(row: dict, gold: set, start: int, end: int) -> bool | None:
    """Whether a candidate is a person's name; None where the corpus does not tell."""
    if "entities" in row:
        return (start, end) in gold
    people = [m for m in row["mentions"] if m["type"] == "person" and m["start"] < end and start < m["end"]]
    if not people:
        return False
    bare = [m for m in people if m["kind"] == "name" and m["min_start"] <= start and end <= m["min_end"]]
    titled = any(m["min_end"] == end and m["min_start"] < start for m in people if m["kind"] == "nominal")
    return True if titled or (bare and not row["text"][start:end].endswith("s")) else None


def learn(rows: list[tuple[list[str], bool]]) -> dict[str, float]:
    """Coefficients of a logistic regression with a quadratic penalty, by Adam over all rows at once."""
    counts: dict[str, int] = {}
    for found, _ in rows:
        for name in found:
            counts[name] = counts.get(name, 0) + 1
    kept = ["always", *sorted(name for name, count in counts.items() if count >= LEAST)]
    place = {name: i for i, name in enumerate(kept)}
    pairs = [(i, place[name]) for i, (found, _) in enumerate(rows) for name in ["always", *found] if name in place]
    row, column = np.array(pairs).T
    right = np.array([float(y) for _, y in rows])
    weights, mean, square = np.zeros(len(kept)), np.zeros(len(kept)), np.zeros(len(kept))
    for step in range(1, STEPS + 1):
        sure = 1 / (1 + np.exp(-np.bincount(row, weights[column], minlength=len(rows))))
        slope = np.bincount(column, (sure - right)[row], minlength=len(kept)) + PENALTY * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = 0.1 * min(1, 3 * (1 - step / (STEPS + 1)))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return dict(zip(kept, weights, strict=True))


def held_out(found: dict[str, list]) -> None:
    """Print precision, recall and F1 by file: each tenth of the articles judged by what the other nine teach."""
    fold = {key: i % FOLDS for i, key in enumerate(dict.fromkeys(row[0] for rows in found.values() for row in rows))}
    taught = [
        learn([row[1:] for rows in found.values() for row in rows if row[1] is not None and fold[row[0]] != k])
        for k in range(FOLDS)
    ]
    for name, rows in found.items():
        gold = sum(row[2] for row in rows if row[1] is None)
        judged = [
            (w["always"] + sum(w.get(f, 0) for f in row[1]), row[2])
            for row in rows
            if row[1] is not None
            for w in [taught[fold[row[0]]]]
        ]
        for bar in (0.35, 0.4, 0.45, 0.5):
            taken = [y for score, y in judged if score > np.log(bar / (1 - bar))]
            p, r = 100 * sum(taken) / len(taken), 100 * sum(taken) / gold
            print(f"{name:24} bar {bar:.2f}  P {p:.1f}  R {r:.1f}  F1 {2 * p * r / (p + r):.1f}")


def main() -> None:
    """Learn, and write or measure."""
    found = {name: list(examples(corpora.read(Path(sys.argv[1]) / f"{name}.jsonl"))) for name in FILES}
    if "--held-out" in sys.argv:
        return held_out(found)
    weights = learn([row[1:] for rows in found.values() for row in rows if row[1] is not None])
    with (data.folder() / "reference" / "name_weights.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "weight"])
        writer.writerows([name, f"{weight:.3f}"] for name, weight in weights.items() if abs(weight) >= 0.01)


if __name__ == "__main__":
    main()
