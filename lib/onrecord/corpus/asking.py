"""Questions to a corpus: its Parquet files as tables of an embedded database, so that one larger than the memory can be asked too."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from onrecord import data, dossier, prose
from onrecord.corpus import exporting, layout, questions
from onrecord.corpus.parts import file_name
from onrecord.data import InputError

# Nothing is fetched, and what does not fit into the memory goes to the system's folder for such files.
SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


class Corpus:
    """A corpus that `onrecord corpus` has made: `articles`, the eight tables of a dossier with `article_id` before them, and `corpus_actors`.

    Raises InputError for a folder that is no corpus, and for one whose run has not come to its end."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder).expanduser()
        try:
            about = json.loads((self.folder / layout.MARKER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise InputError(f"{folder}: is no corpus: make one with `onrecord corpus SOURCE -o {folder}`") from None
        if not about.get("complete"):
            raise InputError(f"{folder}: is not complete: run `onrecord corpus` again, it goes on where it stopped")
        self.about = about
        self._base = None

    @classmethod
    def shipped(cls) -> Corpus:
        """The corpus of the articles that come with the project: made when first asked for, then kept under `.cache/`."""
        folder = dossier.CACHE / f"corpus-{_fingerprint()}"
        if not (folder / layout.MARKER).exists():
            _make_shipped(folder)
        with contextlib.suppress(OSError):
            os.utime(folder)  # of what is kept, the oldest goes first
        return cls(folder)

    @property
    def state(self) -> str:
        """Whether the tables were reviewed, in words."""
        return "the machine’s draft, not reviewed"

    @property
    def source(self) -> str:
        """The source line of a figure: how many articles and outlets, from when to when, and that nobody reviewed them."""
        (row,) = self.ask(
            "select count(*) as articles, count(distinct outlet) as outlets, min(published) as first, max(published) as last from articles"
        ).itertuples()
        days = dict.fromkeys(map(prose.day_of, (row.first, row.last)))  # one where both are the same
        outlets = f" of {prose.many(row.outlets, 'outlet')}" if row.outlets else ""
        return f"{prose.many(row.articles, 'article')}{outlets}, {' to '.join(days)}; {self.state}"

    outlets = questions.outlets
    windows = questions.windows
    even_windows = questions.even_windows
    articles_by_window = questions.articles_by_window
    voice = questions.voice
    diversity = questions.diversity
    newcomers = questions.newcomers
    departed = questions.departed
    holders = questions.holders
    statements_compared = questions.statements_compared
    positions = questions.positions
    positions_by_outlet = questions.positions_by_outlet
    stated = questions.stated
    network = questions.network
    network_by_window = staticmethod(questions.network_by_window)
    nearest = questions.nearest
    articles_named = questions.about
    actors_beside = questions.actors_beside
    statements_beside = questions.statements_beside

    export = exporting.export

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that `ask` knows."""
        return (*layout.TABLES, "corpus_actors")

    def ask(self, query: str, **values: object) -> pd.DataFrame:
        """The answer to a query in DuckDB's SQL (https://duckdb.org/docs/stable/sql/introduction), in which `$name` stands for a value: never put
        words of an article into the query itself."""
        return self._open().execute(query, values or None).df()

    def _open(self):
        if self._base is None:
            import duckdb

            base = duckdb.connect(config=SETTINGS | {"temp_directory": tempfile.gettempdir()})
            for name in layout.TABLES:
                files = [str(self.folder / name / file_name(nth)) for nth in range(self.about["parts"])]
                if files:
                    base.execute(f"create view {name} as {_reading(files)}")
                else:
                    base.register(name, layout.arrow_schema(layout.TABLES[name]).empty_table())
            base.execute(f"create view corpus_actors as {_reading([str(self.folder / 'corpus_actors.parquet')])}")
            self._base = base
        return self._base

    def __repr__(self) -> str:
        return f"<Corpus {self.folder.name}: {self.about['rows'].get('articles', 0)} articles>"


def _fingerprint() -> str:
    """Hash of all on which the corpus of the shipped articles depends."""
    sources = [*Path(__file__).parent.glob("*.py"), *(data.folder() / "articles").glob("*/article.*")]
    return dossier.digest([dossier.fingerprint().encode(), *(path.read_bytes() for path in sorted(sources))])


def _make_shipped(folder: Path) -> None:
    """Make the corpus beside its place and move it there; whoever comes second uses what is there."""
    from onrecord.corpus import running

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=data.SCRATCH))
    except OSError as error:
        raise InputError(
            f"{folder.parent}: cannot be written ({error.strerror}): make a corpus elsewhere with `onrecord corpus data/articles -o FOLDER`"
        ) from None
    try:
        running.run(data.folder() / "articles", scratch, workers=1)
        scratch.rename(folder)
    except OSError:
        if not (folder / layout.MARKER).exists():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _reading(files: list[str]) -> str:
    # In brackets, or DuckDB takes a name for a pattern.
    plain = [re.sub(r"([*?\[])", r"[\1]", file).replace("'", "''") for file in files]
    named = ", ".join(f"'{file}'" for file in plain)
    return f"select * from read_parquet([{named}])"
