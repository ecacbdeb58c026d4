"""A codebook on trial: its form, and what the machine makes of its examples and counter-examples, said in plain words."""

from pathlib import Path

import pandas as pd

from onrecord import codebook, dossier
from onrecord.article import slugify
from onrecord.codebook import Codebook, Words
from onrecord.dossier import Dossier

FEWEST = 2  # examples and counter-examples of an issue
# Fields of an example, each with its column of the statements.
ACTORS = {"holder": "holder_id", "target": "target_id", "reported_by": "reported_by"}


def complaints(path: str | Path) -> list[str]:
    """What is wrong with a codebook, a line each; an empty list where all is well. Raises ValueError where the file is no TOML.

    The examples are run only when the form is right."""
    if wrong := codebook.problems(path):
        return wrong
    book = codebook.load(path)
    said = _missing(book) + _shared(book)
    read = dossier.analyse_many(book.examples.sentence.tolist(), codebook=str(path))
    for row, made in zip(book.examples.itertuples(), read, strict=True):
        said += _counter_example(row, made) if pd.isna(row.position) else _example(row, made, book)
    return said


def _missing(book: Codebook) -> list[str]:
    """Issues that do not say what is none of them, or have too few examples to learn from, for people as for the tests."""
    said = [
        f"issue {issue!r} has no `excludes`: say what does not count, or belongs to another issue"
        for issue in book.issues.issue[book.issues.excludes == ""]
    ]
    for issue in book.issues.issue:
        rows = book.examples[book.examples.issue == issue]
        for count, name in (
            (rows.position.notna().sum(), "examples"),
            (rows.position.isna().sum(), "counter_examples"),
        ):
            if count < FEWEST:
                said.append(f"issue {issue!r} has {count} `{name}`: give at least {FEWEST}")
        for position in ("support", "oppose"):
            if not (rows.position == position).any():
                said.append(f"issue {issue!r} has no example for {position!r}: add one")
    return said


def _shared(book: Codebook) -> list[str]:
    """Cues that stand under two issues: a sentence would be coded to both."""
    homes: dict[tuple, set[str]] = {}
    for cue in book.cues:
        homes.setdefault((cue.core, cue.near, cue.around), set()).add(cue.issue)
    return [
        f"issues {' and '.join(repr(issue) for issue in sorted(issues))} share a cue that begins with {cue.first[0]!r}: a sentence would be coded to both"
        for cue in book.cues
        if len(issues := homes.pop((cue.core, cue.near, cue.around), set())) > 1
    ]


def _example(row, made: Dossier, book: Codebook) -> list[str]:
    place = f"issue {row.issue!r}, example {row.sentence!r}"
    found = made.statements[made.statements.issue == row.issue]
    if found.empty:
        words = Words.plain(row.sentence)
        met = any(cue.issue == row.issue and codebook.meets(cue, words, words.line) for cue in book.candidates(words))
        why = "a cue is met, but the machine sees no stance on it" if met else "no cue of the issue is met"
        return [f"{place}: no statement is found: {why}"]
    for field, column in ACTORS.items():
        wanted = getattr(row, field)
        if pd.isna(wanted):
            continue
        fitting = found[[_names(made, actor, wanted) for actor in found[column]]]
        if fitting.empty:
            names = made.actors.set_index("actor_id")["name"]
            others = ", ".join(sorted({str(names.get(actor, "nobody named")) for actor in found[column]}))
            return [f"{place}: `{field}` should be {wanted!r}; found is {others}"]
        found = fitting
    if row.position not in set(found.position):
        return [f"{place}: the position should be {row.position!r}; found is {found.position.iloc[0]!r}"]
    return []


def _names(made: Dossier, actor, name: str) -> bool:
    """Whether a name in an example is that of an actor that the machine found: the canonical or printed one, or as a mention prints it."""
    if pd.isna(actor):
        return False
    row = made.actors[made.actors.actor_id == actor]
    printed = {*row["name"], *row.printed, *made.mentions.text[made.mentions.actor_id == actor]}
    return slugify(name) in {slugify(one) for one in printed}


def _counter_example(row, made: Dossier) -> list[str]:
    found = made.statements[made.statements.issue == row.issue]
    return [
        f"issue {row.issue!r}, counter-example {row.sentence!r}: should give no statement; found is {one.position} by {one.holder if not pd.isna(one.holder) else 'nobody named'}: {one.text!r}"
        for one in found.head(1).itertuples()
    ]
