"""The corpora as files: one JSON object a line, one file a split, named `<corpus>_<split>.jsonl`."""

import json
from dataclasses import dataclass
from pathlib import Path

CORPORA = ("polnear", "wikinews", "gum_news", "crossner_politics", "newsmtsc_rw", "newsmtsc_mt")
# The network was learned from it, so a figure on it would flatter.
LEARNED_FROM = {("polnear", "train")}
CODINGS = Path(__file__).with_name("wikinews_codings.json")
STATEMENT_CODINGS = Path(__file__).with_name("statement_codings.json")
STATED = {"polnear": "polnear_statements", "gum_news": "wikinews_statements"}  # corpora whose articles they code


@dataclass(frozen=True)
class Split:
    """One part of a corpus. `documents` are the objects of its file: id, text, and what was marked by hand."""

    corpus: str
    name: str
    documents: list[dict]


def find(folder: Path) -> list[Split]:
    """Every split in a folder, corpus by corpus; and articles of GUM and PolNeAR as our own coders coded their quotations and statements."""
    splits = [
        Split(corpus, name, read(path))
        for corpus in CORPORA
        for path in sorted(folder.glob(f"{corpus}_*.jsonl"))
        if (corpus, name := path.stem.removeprefix(f"{corpus}_")) not in LEARNED_FROM
    ]
    quoted = [made for split in splits if split.corpus == "gum_news" for made in coded(split.documents)]
    return splits + quoted + [made for split in splits if split.corpus in STATED for made in stated(split)]


def coded(documents: list[dict]) -> list[Split]:
    """Plain speech in those documents that `wikinews_codings.json` codes, a split a coder; none where it codes none of them."""
    codings = json.loads(CODINGS.read_text(encoding="utf-8"))
    found = []
    for coder in ("coder A", "coder B"):
        known = [document for document in documents if document["id"] in codings[coder]]
        rows = [[q for q in codings[coder][document["id"]] if q["speech"] == "speech"] for document in known]
        made = [{"id": d["id"], "text": d["text"], "quotes": quotes} for d, quotes in zip(known, rows, strict=True)]
        found += [Split("wikinews", coder, made)] if made else []
    return found


def stated(split: Split) -> list[Split]:
    """The documents of a split whose statements `statement_codings.json` codes, a split a coder; none where it codes none of them."""
    codings = json.loads(STATEMENT_CODINGS.read_text(encoding="utf-8"))
    found = []
    for coder in ("coder A", "coder B"):
        known = [document for document in split.documents if document["id"] in codings[coder]]
        made = [{"id": d["id"], "text": d["text"], "statements": codings[coder][d["id"]]} for d in known]
        found += [Split(STATED[split.corpus], coder, made)] if made else []
    return found


def read(path: Path) -> list[dict]:
    """The objects of a file, blank lines left out. Raises json.JSONDecodeError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
