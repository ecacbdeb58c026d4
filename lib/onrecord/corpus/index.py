"""What a corpus knows beside its tables, in one SQLite file: which items were seen, which texts, who the actors are, and analyses not yet in a part.

One process writes; another one is refused. All that belongs to a part is changed in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from onrecord import data
from onrecord.corpus.linking import Known
from onrecord.data import InputError

NAME = "index.sqlite"
_TABLES = """
create table if not exists {base}about (name text primary key, value text not null) without rowid;
create table if not exists {base}items (
    origin text primary key, position integer not null, article_id text, status text not null, reason text, told text
) without rowid;
create table if not exists {base}texts (article_id text primary key, origin text not null) without rowid;
create table if not exists {base}failures (article_id text primary key) without rowid;
create table if not exists {base}actors (
    corpus_actor_id text primary key, key text not null, nth integer not null, name text not null, kind text not null, country text, side text,
    role text, bodies text not null, sorts text not null, articles integer not null, mentions integer not null, quotes integer not null, words integer not null,
    first text, last text, certain integer not null
) without rowid;
create unique index if not exists {base}by_key on actors (key, nth);
create table if not exists {base}pending (unit text, name text, content blob not null, primary key (unit, name)) without rowid;
"""
_ACTOR = (
    *("corpus_actor_id", "key", "name", "kind", "country", "side", "role", "bodies", "sorts", "articles", "mentions"),
    *("quotes", "words", "first", "last", "certain"),
)


def _statements(base: str = "") -> list[str]:
    return list(filter(str.strip, _TABLES.format(base=base).split(";")))


class Index:
    """The file, open for one process alone. Raises InputError where another run has it, or where it is no such file."""

    def __init__(self, folder: Path):
        self.path = folder / NAME
        try:
            self._base = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise _unwritable(folder, error) from None
        try:
            # A killed process loses nothing; after a power cut the file is whole, and the last units are analysed again.
            for setting in ("locking_mode = exclusive", "journal_mode = wal", "synchronous = normal"):
                self._base.execute(f"pragma {setting}")
            with self.all_or_nothing():
                for statement in _statements():
                    self._base.execute(statement)
        except sqlite3.Error as error:
            self._base.close()
            if not isinstance(error, sqlite3.OperationalError):
                raise InputError(f"{self.path}: is broken ({error}): name a new folder") from None
            if "locked" in str(error):
                raise InputError(f"{folder}: another run writes there: wait for it, or name a new folder") from None
            raise _unwritable(folder, error) from None

    def close(self) -> None:
        """Write the file anew, row after row, so that the same corpus gives the same bytes, and leave it."""
        scratch = self.path.with_name(data.SCRATCH + NAME)
        scratch.unlink(missing_ok=True)
        self._base.execute("attach ? as fresh", [str(scratch)])
        with self.all_or_nothing():
            for statement in _statements("fresh."):
                self._base.execute(statement)
            for name in ("about", "items", "texts", "failures", "actors"):
                self._base.execute(f"insert into fresh.{name} select * from main.{name}")
        self._base.close()
        scratch.replace(self.path)

    def leave(self) -> None:
        """Leave the file as it is: another run will go on."""
        self._base.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What is changed inside is kept whole, or not at all."""
        self._base.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._base.execute("rollback")
            raise
        self._base.execute("commit")

    # --- about --------------------------------------------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        """A noted value."""
        return self._one("select value from about where name = ?", name)

    def put(self, name: str, value: object) -> None:
        """Note a value."""
        self._base.execute("insert or replace into about values (?, ?)", [name, str(value)])

    # --- items --------------------------------------------------------------------------------------------------------------

    def seen(self, origin: str) -> tuple[str | None, str, str | None] | None:
        """Article's id, status (read, duplicate, failed) and what is told of it (see `units.told`) of an item; None of one that is new."""
        return self._base.execute("select article_id, status, told from items where origin = ?", [origin]).fetchone()

    def has_text(self, article_id: str) -> bool:
        """Whether an item with this very text was read."""
        return self._one("select 1 from texts where article_id = ?", article_id) is not None

    def has_failed(self, article_id: str) -> bool:
        """Whether this very text could not be analysed."""
        return self._one("select 1 from failures where article_id = ?", article_id) is not None

    def add_failures(self, articles: Iterable[str]) -> None:
        """Keep texts that could not be analysed."""
        self._base.executemany("insert or ignore into failures values (?)", [(one,) for one in articles])

    def forget_failed(self, all_of_them: bool) -> None:
        """Forget items that could not be read, to be tried again; with `all_of_them` also those whose analysis broke off, which a run that only goes on
        does not try again, or its parts would not be those of an unbroken one."""
        self._base.execute(
            f"delete from items where status = 'failed'{'' if all_of_them else ' and article_id is null'}"
        )
        if all_of_them:
            self._base.execute("delete from failures")

    def add_items(self, rows: Iterable[tuple]) -> None:
        """Keep items: origin, position, article_id, status, reason, told."""
        self._base.executemany("insert or replace into items values (?, ?, ?, ?, ?, ?)", rows)

    def add_texts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Keep texts that are in the tables: article_id, origin of the item."""
        self._base.executemany("insert or ignore into texts values (?, ?)", rows)

    def settle(self) -> None:
        """A duplicate of an item that failed has failed too."""
        self._base.execute(
            "update items set status = 'failed', reason = (select min(other.reason) from items other where other.article_id = items.article_id"
            " and other.status = 'failed') where status = 'duplicate' and article_id not in (select article_id from texts)"
        )

    def failed(self) -> Iterator[tuple[str, str]]:
        """Origin and reason of what failed, in the source's order."""
        return self._base.execute("select origin, reason from items where status = 'failed' order by position, origin")

    def duplicates(self) -> Iterator[tuple[str, str, str]]:
        """Origin, article_id and the origin of the first one of each duplicate, in the source's order."""
        return self._base.execute(
            "select items.origin, items.article_id, texts.origin from items join texts using (article_id)"
            " where status = 'duplicate' order by position, items.origin"
        )

    def count(self, status: str) -> int:
        """Number of items with a status."""
        return self._one("select count(*) from items where status = ?", status)

    # --- actors -------------------------------------------------------------------------------------------------------------

    def with_key(self, key: str) -> list[Known]:
        """The actors of a key, in the order in which they came."""
        rows = self._base.execute(f"select {', '.join(_ACTOR)} from actors where key = ? order by nth", [key])
        return [_known(row) for row in rows]

    def keep(self, known: Known) -> None:
        """Keep an actor as it is now known."""
        values = {name: getattr(known, name) for name in _ACTOR}
        values |= {name: " ".join(sorted(values[name])) for name in ("bodies", "sorts")} | {
            "certain": int(known.certain)
        }
        nth = "coalesce((select nth from actors where corpus_actor_id = :corpus_actor_id), (select count(*) from actors where key = :key))"
        self._base.execute(
            f"insert or replace into actors (nth, {', '.join(_ACTOR)}) values ({nth}, {', '.join(f':{name}' for name in _ACTOR)})",
            values,
        )

    def has_actor(self, corpus_actor_id: str) -> bool:
        """Whether the id is taken."""
        return self._one("select 1 from actors where corpus_actor_id = ?", corpus_actor_id) is not None

    def actors(self) -> Iterator[Known]:
        """All actors by their ids."""
        rows = self._base.execute(f"select {', '.join(_ACTOR)} from actors order by corpus_actor_id")
        return map(_known, rows)

    # --- analyses that are in no part yet -----------------------------------------------------------------------------------

    def pend(self, unit: str, made: dict[str, bytes]) -> None:
        """Keep a unit's analysis until its part is written."""
        with self.all_or_nothing():
            self._base.executemany(
                "insert or replace into pending values (?, ?, ?)",
                [(unit, name, content) for name, content in made.items()],
            )

    def is_pending(self, unit: str) -> bool:
        """Whether the unit was analysed already."""
        return self._one("select 1 from pending where unit = ? limit 1", unit) is not None

    def pending(self, unit: str) -> dict[str, bytes]:
        """A unit's analysis."""
        return dict(self._base.execute("select name, content from pending where unit = ?", [unit]))

    def failed_in(self, unit: str) -> dict[str, str]:
        """Of a unit's analysis only what could not be analysed, and why."""
        return json.loads(self._one("select content from pending where unit = ? and name = 'failed'", unit))

    def drop_pending(self, units: Iterable[str] | None = None) -> None:
        """Forget analyses that are in a part now; all of them where none are named."""
        if units is None:
            self._base.execute("delete from pending")
        else:
            self._base.executemany("delete from pending where unit = ?", [(unit,) for unit in units])

    def _one(self, query: str, *values):
        row = self._base.execute(query, values).fetchone()
        return None if row is None else row[0]


def _unwritable(folder: Path, error: sqlite3.Error) -> InputError:
    return InputError(f"{folder}: cannot be written ({error}): mend that, then run the same command again")


def _known(row: tuple) -> Known:
    values = dict(zip(_ACTOR, row))
    sets = {name: frozenset(values[name].split()) for name in ("bodies", "sorts")}
    return Known(**values | sets | {"certain": bool(values["certain"])})
