"""All measures on all splits: a list of figures, the reliability of the confidences, the speed."""

import functools
from collections.abc import Callable, Iterable, Iterator
from unittest import mock

from tqdm import tqdm

import onrecord
from benchmarks import (
    extra,
    intervals,
    learn_names,
    peers,
    people,
    predictions,
    quotations,
    reliability,
    speed,
    statements,
    tone,
)
from benchmarks.corpora import Split
from onrecord import embeddings, sentiment
from onrecord import people as people_read

OURS = "On Record"
EXTRA = f"{OURS} + embeddings"
READERS = {"words": OURS, "embeddings": EXTRA}  # of tone
# Measure of `quotations.tallies` -> the shares that are reported of it.
SHARES = {"F1": intervals.f1, "precision": intervals.precision, "recall": intervals.recall}
BY_PART = [
    f"{kind}{measure}"
    for kind in ("", *(f"{k} " for k in quotations.KINDS))
    for measure in ("exact", "overlap", "joint")
]
QUOTED = [(measure, "F1") for measure in BY_PART] + [("joint", "precision"), ("joint", "recall")]


def everything(splits: list[Split]) -> dict:
    """`figures`: a row a corpus, split, system and measure, in percent. `reliability` and `speed`: a row a split of PolNeAR."""
    found: dict[str, list[dict]] = {"figures": [], "reliability": [], "speed": []}
    taught = _names_taught_elsewhere(splits)
    for split in splits:
        where = {"corpus": split.corpus, "split": split.name, "articles": len(split.documents)}
        if split.corpus in TONED:
            found["figures"] += [where | row for row in _toned(split)]
            continue
        with mock.patch.object(people_read, "weights", taught.get((split.corpus, split.name), people_read.weights)):
            dossiers = _dossiers(split, OURS)
        found["figures"] += [where | row for row in MEASURES[split.corpus](split, dossiers)]
        if split.corpus == "polnear":
            found["reliability"].append(where | _reliability(split, dossiers))
            found["speed"].append(where | speed.measure(_texts(split)))
    return found


def _dossiers(split: Split, system: str) -> list:
    """The machine's dossiers: with the extra `embeddings` for the system EXTRA, else without it, whatever is installed."""
    with extra.switched(system == EXTRA):
        return list(onrecord.analyse_many(_watched(_texts(split), split, system)))


def _names_taught_elsewhere(splits: list[Split]) -> dict[tuple[str, str], Callable]:
    """For each split from which people's names were learned, coefficients learned without it, from the others that are there."""
    parts = {(s.corpus, s.name): s.documents for s in splits if f"{s.corpus}_{s.name}" in learn_names.FILES}
    rows = {
        part: [row[1:] for row in learn_names.examples(documents) if row[1] is not None]
        for part, documents in parts.items()
        if len(parts) > 1
    }
    return {
        part: functools.cache(
            functools.partial(learn_names.learn, [row for other in rows if other != part for row in rows[other]])
        )
        for part in rows
    }


def _texts(split: Split) -> list[str]:
    return [document["text"] for document in split.documents]


def _watched(things: Iterable, split: Split, system: str) -> Iterator:
    return tqdm(things, desc=f"{split.corpus} {split.name}, {system}", disable=None, leave=False)


# --- quotations ------------------------------------------------------------------------------------------------------------------


def _polnear(split: Split, dossiers: list) -> Iterator[dict]:
    yield from _quoted(split, dossiers, plain=False)
    documents = []
    for document, dossier in zip(split.documents, dossiers, strict=True):
        given = [predictions.with_that(document["text"], row) for row in predictions.quotations(dossier, plain=False)]
        documents.append(quotations.tallies(document["text"], document["quotes"], given)["exact"])
    yield {"system": OURS, "measure": "exact F1, “that” included"} | intervals.figure(documents, intervals.f1)


def _wikinews(split: Split, dossiers: list) -> Iterator[dict]:
    yield from _quoted(split, dossiers, plain=True)


def _quoted(split: Split, dossiers: list, plain: bool) -> Iterator[dict]:
    yield from _scored(split, OURS, [predictions.quotations(dossier, plain) for dossier in dossiers])
    if peers.has_textacy():
        given = [peers.textacy_quotations(text) for text in _watched(_texts(split), split, "textacy")]
        yield from _scored(split, "textacy", [[row for rows in paragraphs for row in rows] for paragraphs in given])
        yield from _scored(split, "textacy + merge", [peers.merged(paragraphs) for paragraphs in given])


def _scored(split: Split, system: str, given: list[list[dict]]) -> Iterator[dict]:
    documents = [
        quotations.tallies(d["text"], d["quotes"], rows) for d, rows in zip(split.documents, given, strict=True)
    ]
    for measure, share in QUOTED:
        figure = intervals.figure([document[measure] for document in documents], SHARES[share])
        yield {"system": system, "measure": f"{measure} {share}"} | figure


def _reliability(split: Split, dossiers: list) -> dict:
    documents = []
    for document, dossier in zip(split.documents, dossiers, strict=True):
        rows = predictions.quotations(dossier, plain=False)
        right = quotations.right(document["text"], document["quotes"], rows)
        documents.append(reliability.sums([row["confidence"] for row in rows], right))
    bins, error = reliability.curve(documents)
    return {"error": error, "bins": bins}


# --- people ----------------------------------------------------------------------------------------------------------------------


def _crossner(split: Split, dossiers: list) -> Iterator[dict]:
    gold = [people.named_in_crossner(document) for document in split.documents]
    yield from _named(split, dossiers, gold, people.exact, "people exact F1")


def _gum(split: Split, dossiers: list) -> Iterator[dict]:
    for part, measure in (("head_", "people head F1"), ("", "people overlap F1")):
        gold = [people.named_in_gum(document, part) for document in split.documents]
        yield from _named(split, dossiers, gold, people.touching, measure)
    tallies = [
        people.links(d, predictions.actors(dossier)) for d, dossier in zip(split.documents, dossiers, strict=True)
    ]
    yield {"system": OURS, "measure": "he and she linked"} | intervals.figure(tallies, intervals.recall)


def _named(split: Split, dossiers: list, gold: list, score: Callable, measure: str) -> Iterator[dict]:
    given = {
        OURS: [predictions.people(dossier) for dossier in dossiers],
        "spaCy": [peers.spacy_people(text) for text in _watched(_texts(split), split, "spaCy")],
    }
    for system, names in given.items():
        figure = intervals.figure([score(*pair) for pair in zip(gold, names, strict=True)])
        yield {"system": system, "measure": measure} | figure


# --- statements -----------------------------------------------------------------------------------------------------------------


def _stated(split: Split, dossiers: list) -> Iterator[dict]:
    yield from _judged(split, OURS, dossiers)
    if embeddings.installed():
        yield from _judged(split, EXTRA, _dossiers(split, EXTRA))


def _judged(split: Split, system: str, dossiers: list) -> Iterator[dict]:
    pairs = zip(split.documents, dossiers, strict=True)
    documents = [statements.tallies(document["statements"], dossier) for document, dossier in pairs]
    for measure in statements.MEASURES:
        for share, of in SHARES.items():
            figure = intervals.figure([document[measure] for document in documents], of)
            yield {"system": system, "measure": f"{measure} {share}"} | figure
    for label in statements.LABELS:
        figure = intervals.figure([document[label] for document in documents], intervals.precision)
        yield {"system": system, "measure": f"{label} right, of statements found"} | figure


# --- tone ------------------------------------------------------------------------------------------------------------------------

TONED = ("newsmtsc_rw", "newsmtsc_mt")  # single sentences: there is no dossier to make of them


def _toned(split: Split) -> Iterator[dict]:
    for reader in tone.readers():
        given = sentiment.answers(_watched(tone.passages(split.documents), split, READERS[reader]), reader)
        for measure, tallies in tone.tallies(split.documents, given).items():
            yield {"system": READERS[reader], "measure": measure} | intervals.figure(tallies, intervals.macro_f1)


MEASURES = {
    "polnear": _polnear,
    "wikinews": _wikinews,
    "gum_news": _gum,
    "crossner_politics": _crossner,
    "polnear_statements": _stated,
    "wikinews_statements": _stated,
}
