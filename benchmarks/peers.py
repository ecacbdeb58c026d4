"""Other tools on the same texts: textacy where it is installed, spaCy's own names, and figures measured elsewhere (`peers.csv`)."""

import importlib.util
import re
from pathlib import Path

import pandas as pd
from spacy.tokens import Doc

from onrecord import language

INSTALL = 'textacy is not installed, so it was not run: .venv/bin/python -m pip install --editable ".[benchmark]"'


def measured_elsewhere() -> pd.DataFrame:
    """Columns corpus, split, system, measure, value (in percent; articles a second, and ratios, as they are), source."""
    return pd.read_csv(Path(__file__).with_name("peers.csv"))


def has_textacy() -> bool:
    """Whether textacy can be run."""
    return importlib.util.find_spec("textacy") is not None


def textacy_quotations(text: str) -> list[list[dict]]:
    """textacy's direct quotations {quote, type, speaker}, a list a paragraph. A paragraph with an odd number of marks, which it refuses, has none."""
    lines = re.finditer(r"[^\n]+", text)
    return [
        [_row(quotation, line.start()) for quotation in textacy_found(language.model()(line.group()))] for line in lines
    ]


def textacy_found(doc: Doc) -> list:
    """What textacy finds in the parse of a paragraph."""
    from textacy.extract import direct_quotations

    try:
        return list(direct_quotations(doc))
    except ValueError:
        return []


def _row(quotation, offset: int) -> dict:
    content, speaker = quotation.content, quotation.speaker
    return {
        "quote": [[offset + content.start_char, offset + content.end_char]],
        "type": "direct",
        "speaker": [offset + speaker[0].idx, offset + speaker[-1].idx + len(speaker[-1])],
    }


def merged(paragraphs: list[list[dict]]) -> list[dict]:
    """The direct speech of each paragraph as one row with several spans, as PolNeAR counts it; the speaker is the first row's."""
    return [rows[0] | {"quote": [span for row in rows for span in row["quote"]]} for rows in paragraphs if rows]


def spacy_people(text: str) -> list[tuple[int, int]]:
    """The persons that the language model names by itself."""
    return [(name.start_char, name.end_char) for name in language.model()(text).ents if name.label_ == "PERSON"]
