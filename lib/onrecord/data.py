"""Where the data lie, found from this module's own place, and the reference tables."""

import functools
from pathlib import Path

import pandas as pd


def root() -> Path:
    """The repository's folder."""
    return Path(__file__).resolve().parents[2]


def folder() -> Path:
    """The folder `data/`."""
    return root() / "data"


@functools.cache
def table(name: str) -> pd.DataFrame:
    """The reference table `data/reference/<name>.csv`: every column text, an empty cell an empty string."""
    return pd.read_csv(folder() / "reference" / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
