"""How the machine does on news that others marked: the shipped version's figures, as `make benchmark` measured them."""

import json

import pandas as pd

from onrecord import data


def benchmark() -> pd.DataFrame:
    """How the machine does on news that others marked by hand: the shipped version's figures, in percent, and those of tools that ran beside it.

    Columns corpus, split, articles, system, measure, value, low, high (95 % interval over documents), n (rows counted). See benchmarks/README.md."""
    return pd.DataFrame(_measured()["figures"])


def reliability() -> pd.DataFrame:
    """Whether a quotation's confidence can be believed, on the same news: a row a tenth of the scale that holds a row.

    Columns corpus, split, confidence (mean), right (share), low, high (its 95 % interval), n (rows); shares from 0 to 1."""
    return pd.DataFrame(
        [
            {"corpus": found["corpus"], "split": found["split"], **one}
            for found in _measured()["reliability"]
            for one in found["bins"]
        ]
    )


def _measured() -> dict:
    return json.loads((data.root() / "benchmarks" / "results.json").read_text(encoding="utf-8"))
