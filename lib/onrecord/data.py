"""Where the data lie, found from this module's own place; the reference tables; the error for input that cannot be used; and what killed runs left."""

import datetime
import functools
import math
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd

SCRATCH = ".onrecord-"  # begins the names of files and folders that are not whole yet, or no longer wanted
STALE = 600  # seconds after which nobody works on one of them any more
# pandas' usual text, as Python's own objects: where pyarrow is installed pandas takes that, whose patterns know letters of English alone.
WORDS = pd.StringDtype("python", na_value=np.nan)


class InputError(ValueError):
    """Input that cannot be used: the message says what is wrong with what, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the message, without the way through the library (IPython's own hook)."""
        return [str(self)]


def root() -> Path:
    """The repository's folder."""
    return Path(__file__).resolve().parents[2]


def folder() -> Path:
    """The folder `data/`."""
    return root() / "data"


def leftovers(folder: Path) -> list[Path]:
    """What runs that were killed left in a folder: scratch files and folders that are older than `STALE`."""
    before = time.time() - STALE
    there = [path for path in folder.iterdir() if re.fullmatch(re.escape(SCRATCH) + "[a-z0-9_]+", path.name)]
    return [path for path in there if path.lstat().st_mtime < before]


@functools.cache
def table(name: str) -> pd.DataFrame:
    """The reference table `data/reference/<name>.csv`: every column text, an empty cell an empty string."""
    return pd.read_csv(folder() / "reference" / f"{name}.csv", dtype=WORDS, keep_default_na=False, encoding="utf-8")


@functools.cache
def scores(name: str) -> dict[str, tuple[float, float]]:
    """Whose likelihoods a table of scores is about, each with intercept and slope."""
    return {row[0]: (float(row.intercept), float(row.slope)) for row in table(name).itertuples(index=False)}


def believed(name: str, whose: str, likelihood: float) -> float:
    """How often what was thought so likely was right: the logistic function of intercept + slope × the log odds, by a row of a table such as `tone_scores`."""
    intercept, slope = scores(name)[whose]
    likelihood = min(likelihood, 0.999)
    return round(1 / (1 + math.exp(-intercept - slope * math.log(likelihood / (1 - likelihood)))), 3)


def arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file of learned numbers, floats as float32."""
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    return {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in found.items()}


def state_name(code: str) -> str:
    """English short name of a state, as newspapers print it, by its alpha-3 code; the code itself where the table has none."""
    states = table("states")
    return next(iter(states.name[states.iso3 == code]), code)


TAKES_ARTICLE = re.compile(
    r"^(United|European|World|International|Council|Commonwealth|Collective|(EU|UN|UK|US|OSCE|WTO|WHO|IMF|IAEA|CIS|CSTO)$)|\bRepublic\b"
    r"|\b(Nations|Union|States|Islands|Netherlands|Philippines|Maldives|Bahamas|Gambia|Comoros|Seychelles|Holy See|Council|Court)$"
)


def with_article(name: str) -> str:
    """A state's or an organisation's name as it stands in a sentence: `the United States`, `Russia`."""
    return f"the {name}" if TAKES_ARTICLE.search(name) else name


def side_name(side: str) -> str:
    """Name of a side: a state's for an alpha-3 code, an organisation's for its actor_id, else the side itself."""
    known = table("organisations")
    return next(iter(known.name[known.actor_id == side]), None) or state_name(side)


def day(value: object, what: str = "date") -> pd.Timestamp | None:
    """A day from a date, a Timestamp or text such as 2024-05-01; None, "" and NaT give None. Raises InputError for anything else,
    and for a year before 1700 or after 2200."""
    if value is None or value is pd.NaT or value == "":
        return None
    try:
        if not isinstance(value, datetime.date) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        found = pd.Timestamp(value).tz_localize(None).normalize()
        if not 1700 <= found.year <= 2200:  # databases say so that they know none; pandas ends soon after
            raise ValueError
        return found
    except (ValueError, TypeError):
        raise InputError(f"{str(value).strip() or 'an empty text'} is not a {what}: write it as 2024-05-01") from None
