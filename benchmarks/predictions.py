"""What a dossier says, in the form in which the corpora are marked."""

import pandas as pd

from benchmarks.quotations import WORD
from onrecord import Dossier


def quotations(dossier: Dossier, plain: bool) -> list[dict]:
    """Rows {quote, type, speaker, confidence}, a row a paragraph, as the corpora count them.

    Scare quotes are left out, with `plain` acts and thoughts too. A quotation over several paragraphs has its speaker in the first row."""
    table = dossier.speech if plain else dossier.quotes[dossier.quotes.kind != "scare"]
    rows = []
    for quote in table.itertuples():
        speaker = None if pd.isna(quote.speaker_start) else [int(quote.speaker_start), int(quote.speaker_end)]
        for piece in by_paragraph(dossier.article.text, quote.spans):
            rows.append({"quote": piece, "type": quote.kind, "speaker": speaker, "confidence": float(quote.confidence)})
            speaker = None
    return [row for row in rows if any(WORD.search(dossier.article.text[a:b]) for a, b in row["quote"])]


def with_that(text: str, row: dict) -> dict:
    """The row with the “that” before a reported clause, which PolNeAR marks and our tables leave out."""
    (start, end), *rest = row["quote"]
    if row["type"] != "direct" and text[max(start - 5, 0) : start].lower() == "that ":
        start -= 5
    return row | {"quote": [[start, end], *rest]}


def by_paragraph(text: str, spans: tuple) -> list[list[list[int]]]:
    """A quotation's spans, those of one paragraph together."""
    pieces: list[list[list[int]]] = []
    for start, end in spans:
        if pieces and "\n" not in text[pieces[-1][-1][1] : start]:
            pieces[-1].append([start, end])
        else:
            pieces.append([[start, end]])
    return pieces


def people(dossier: Dossier) -> list[tuple[int, int]]:
    """Places where a person is named."""
    table = dossier.mentions
    persons = dossier.actors.actor_id[dossier.actors.kind == "person"]
    named = table[(table.form == "name") & table.actor_id.isin(persons)]
    return [(int(start), int(end)) for start, end in zip(named.start, named.end)]


def actors(dossier: Dossier) -> list[tuple[int, int, str, str]]:
    """Every mention: start, end, actor_id, form."""
    table = dossier.mentions
    return [(int(a), int(b), who, form) for a, b, who, form in zip(table.start, table.end, table.actor_id, table.form)]
