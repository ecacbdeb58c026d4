"""Questions to a corpus: its Parquet files as tables of an embedded database, so that one larger than the memory can be asked too."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd

from onrecord.corpus import layout
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
                base.execute(f"create view {name} as {_reading(files) if files else _empty(layout.TABLES[name])}")
            base.execute(f"create view corpus_actors as {_reading([str(self.folder / 'corpus_actors.parquet')])}")
            self._base = base
        return self._base

    def __repr__(self) -> str:
        return f"<Corpus {self.folder.name}: {self.about['rows'].get('articles', 0)} articles>"


def _reading(files: list[str]) -> str:
    named = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"select * from read_parquet([{named}])"


_SQL = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "spans": "bigint[][]",
    "list": "varchar[]",
}


def _empty(fields) -> str:
    columns = ", ".join(f'null::{_SQL[field.type]} as "{field.name}"' for field in fields)
    return f"select {columns} where false"
