"""The corpora as files: one JSON object a line, one file a split, named `<corpus>_<split>.jsonl`."""

import json
from dataclasses import dataclass
from pathlib import Path

CORPORA = ("polnear", "wikinews", "gum_news", "crossner_politics")
# The confidences of the quotation rules were counted on it, so a figure on it would flatter.
LEARNED_FROM = {("polnear", "train")}


@dataclass(frozen=True)
class Split:
    """One part of a corpus. `documents` are the objects of its file: id, text, and what was marked by hand."""

    corpus: str
    name: str
    documents: list[dict]


def find(folder: Path) -> list[Split]:
    """Every split in a folder, corpus by corpus."""
    return [
        Split(corpus, name, read(path))
        for corpus in CORPORA
        for path in sorted(folder.glob(f"{corpus}_*.jsonl"))
        if (corpus, name := path.stem.removeprefix(f"{corpus}_")) not in LEARNED_FROM
    ]


def read(path: Path) -> list[dict]:
    """The objects of a file, blank lines left out. Raises json.JSONDecodeError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
