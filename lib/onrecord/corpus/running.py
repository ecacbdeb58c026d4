"""A source of many articles to a corpus's folder: in one go, or in several where a run is stopped or killed.

Articles are cut into units, units are analysed by whoever is free (`engine`) and kept in the index as they come back; a part of the tables is written
when all its units are there, in the source's order. So a run that goes on ends with the same bytes, and memory holds some units, never the corpus.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from onrecord import codebook, data, dossier
from onrecord.corpus import engine, layout, linking, parts, sources, units
from onrecord.corpus.index import Index
from onrecord.corpus.sources import Item
from onrecord.corpus.units import Given
from onrecord.data import InputError

GROUP, PART = 10, 50  # units in a row group, and in a part: 200 and 1,000 articles
LOOSE = 1_000  # items without an analysis of their own (failed, duplicates) that are noted together


@dataclass(frozen=True)
class Outcome:
    """What a corpus holds after a run: numbers of articles, duplicates, and items that failed; of the articles those that this run analysed; of its
    items those with a date that cannot be read, and with a text that Excel has cut."""

    folder: Path
    articles: int
    analysed: int
    duplicates: int
    failed: int
    undated: int
    cut: int


def run(
    source: Path,
    folder: Path,
    columns: dict[str, str] | None = None,
    chosen: str | None = None,
    csv: bool = False,
    scheduler: str | None = None,
    workers: int | None = None,
    on_progress: Callable[[float, int], None] = lambda at, articles: None,
) -> Outcome:
    """Analyse every article of the source that the folder's corpus does not have yet. `on_progress` hears how far the source is read (0 to 1) and how
    many articles were analysed. Raises InputError for a source that cannot be read, a folder that holds something else, or that another version made."""
    if chosen:
        codebook.load(chosen)
    found = sources.items(source, columns)
    made_by = dossier.fingerprint(chosen)
    new = not Path(folder).exists()
    index = _begun(Path(folder), made_by, chosen)
    writing = _Run(Path(folder), index, made_by, on_progress)
    try:
        writing.go(found, lambda many: engine.opened(scheduler, workers if many else 1, chosen, made_by))
        writing.finish(csv or (Path(folder) / "csv").is_dir())
        index.close()
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"{folder}: the run broke off ({error}): mend that, then run the same command again, it goes on where it stopped"
        ) from None
    except InputError:
        if new and not writing.analysed:  # no scheduler answers: as if nothing had been begun
            index.leave()
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        index.leave()
    return writing.outcome()


def _begun(folder: Path, made_by: str, chosen: str | None) -> Index:
    """The folder's index; of a new folder an empty one."""
    if _is_other(folder):
        raise InputError(f"{folder}: holds something else than a corpus of an earlier run: name a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / layout.MARKER).exists():
            parts.write_about(folder, {"complete": False})
        index = Index(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}): name another folder") from None
    before = index.get("made_by"), index.get("codebook")
    if before == (None, None):
        with index.all_or_nothing():
            index.put("made_by", made_by)
            index.put("codebook", chosen or "")
    elif before[1] != (chosen or ""):
        index.leave()
        raise InputError(
            f"{folder}: was begun with {f'--codebook {before[1]}' if before[1] else 'no --codebook'}: say the same, or name a new folder"
        )
    elif before[0] != made_by:
        index.leave()
        raise InputError(
            f"{folder}: was begun by another version of On Record, its data, its codebook or its extras: name a new folder"
        )
    return index


def _is_other(folder: Path) -> bool:
    """Whether the folder is somebody else's: neither new, nor empty, nor one that a run has begun."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        return True
    try:
        return "complete" not in json.loads((folder / layout.MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return any(not path.name.startswith(data.SCRATCH) for path in folder.iterdir())
    except (ValueError, TypeError):
        return True


def _is_complete(folder: Path) -> bool:
    """Whether the run before came to its end."""
    return json.loads((folder / layout.MARKER).read_text(encoding="utf-8"))["complete"]


class _Run:
    """One run: what is waiting, and what was done."""

    def __init__(self, folder: Path, index: Index, made_by: str, on_progress: Callable[[float, int], None]):
        self.folder, self.index, self.made_by, self.on_progress = folder, index, made_by, on_progress
        self.plan: deque[tuple[str, list[Given], float]] = deque()  # units that are in no part yet, in order
        self.waiting: dict[str, int] = {}  # the articles in them, to their items' positions
        self.here: set[str] = set()  # units of the plan whose analysis is in the index
        self.loose: list[tuple] = []
        self.notes: Counter[str] = Counter()
        self.analysed = 0

    def go(self, found: Iterator[Item], opened: Callable) -> None:
        """Analyse all that is new."""
        with self.index.all_or_nothing():
            self.index.forget_failed(all_of_them=_is_complete(self.folder))
        cut = self._units(found)
        first = list(itertools.islice(cut, 2))
        if not first:
            return
        with opened(len(first) > 1) as workers:
            for unit, at in itertools.chain(first, cut):
                name = units.name_of(unit)
                self.plan.append((name, unit, at))
                if self.index.is_pending(name):
                    self.here.add(name)
                else:
                    workers.submit(name, unit)
                self._receive(workers.done(workers.ahead))
                # However slow one unit is, the others do not run ahead by more than two parts.
                self._receive(workers.done(0) if len(self.plan) > 2 * PART else ())
            self._receive(workers.done(0))
        self._write_parts(least=1)

    def _receive(self, results: Iterator[tuple[str, dict[str, bytes]]]) -> None:
        for name, made in results:
            self.index.pend(name, made)
            self.here.add(name)
            unit, at = next((unit, at) for other, unit, at in self.plan if other == name)
            self.analysed += len(unit)
            self.on_progress(at, self.analysed)
            self._write_parts(least=PART)

    def _units(self, found: Iterator[Item]) -> Iterator[tuple[list[Given], float]]:
        """The new articles, cut into units; each unit with how far the source is read."""
        unit: list[Given] = []
        characters, at = 0, 0.0
        for position, item in enumerate(found):
            at = item.at
            if item.note:
                self.notes[item.note] += 1
            given = self._new(position, item)
            if given is None:
                if position % LOOSE == 0:
                    self.on_progress(at, self.analysed)
                continue
            unit.append(given)
            characters += len(given.text)
            if len(unit) == units.ARTICLES or characters >= units.CHARACTERS:
                yield unit, at
                unit, characters = [], 0
        if unit:
            yield unit, at

    def _new(self, position: int, item: Item) -> Given | None:
        """The item as an article to be analysed; None where it is known, a copy of another one, or cannot be read."""
        if item.reason is not None:
            self._note(item.origin, position, None, "failed", item.reason, None)
            return None
        name, day = units.article_id(item.text), item.published
        published = None if day is None else f"{day:%Y-%m-%d}"
        given = Given(name, item.origin, item.text, item.title, item.outlet, published, item.key, item.url)
        told = units.told(given)
        before = self.index.seen(item.origin)
        if before and before[0] is not None and (before[1] != "failed" or before[0] == name):
            if before[0] != name or before[2] != told:
                raise InputError(
                    f"{item.origin}: has another {'text' if before[0] != name else 'title, outlet, date or address'} than in the run before: "
                    "give the corpus of the changed source a new folder"
                )
            if before[1] == "read" or self.index.has_text(name) or self.index.has_failed(name):
                return None
        if name in self.waiting or self.index.has_text(name) or self.index.has_failed(name):
            self._note(item.origin, position, name, "duplicate", None, told)
            return None
        self.waiting[name] = position
        return given

    def _note(self, *row) -> None:
        """Keep an item that has no analysis of its own."""
        self.loose.append(row)
        if len(self.loose) >= LOOSE:
            self._keep_loose()

    def _keep_loose(self) -> None:
        with self.index.all_or_nothing():
            self.index.add_items(self.loose)
        self.loose = []

    def _write_parts(self, least: int) -> None:
        """Write parts for as long as enough units at the head of the plan are there."""
        while self.plan and all(name in self.here for name, *_ in itertools.islice(self.plan, PART)):
            some = list(itertools.islice(self.plan, PART))
            if len(some) < least:
                return
            with self.index.all_or_nothing():
                self._write_part([(name, unit) for name, unit, _ in some])
            for name, unit, _ in some:
                self.plan.popleft()
                self.here.discard(name)
                for given in unit:
                    del self.waiting[given.article_id]
            self._about(complete=False)

    def _write_part(self, some: list[tuple[str, list[Given]]]) -> None:
        number, failed, rows = int(self.index.get("parts") or 0), {}, Counter()
        for name, _ in some:
            failed |= self.index.failed_in(name)
        given = [one for _, unit in some for one in unit]
        read = [one for one in given if one.article_id not in failed]
        part = parts.Part(self.folder, number) if read else None
        for begin in range(0, len(some) if part else 0, GROUP):
            made = [self.index.pending(name) for name, _ in some[begin : begin + GROUP]]
            tables = {name: pa.concat_tables([units.unpacked(one[name]) for one in made]) for name in layout.TABLES}
            tables["actors"] = self._linked(tables["actors"], tables["articles"])
            part.write(tables)
            rows.update({name: table.num_rows for name, table in tables.items()})
        if part:
            part.close()
            self.index.put("parts", number + 1)
        self.index.add_texts((one.article_id, one.origin) for one in read)
        self.index.add_failures(failed)
        self.index.add_items(
            (
                one.origin,
                self.waiting[one.article_id],
                one.article_id,
                "failed" if reason else "read",
                reason,
                units.told(one),
            )
            for one in given
            for reason in [failed.get(one.article_id)]
        )
        self.index.drop_pending(name for name, _ in some)
        before = Counter(json.loads(self.index.get("rows") or "{}"))
        self.index.put("rows", json.dumps(dict(before + rows)))

    def _linked(self, actors: pa.Table, articles: pa.Table) -> pa.Table:
        """The actors' rows with whom each is across the articles; the index learns what they tell."""
        published = dict(zip(articles["article_id"].to_pylist(), articles["published"].to_pylist()))
        found = []
        for one, rows in itertools.groupby(actors.to_pylist(), key=lambda row: row["article_id"]):
            day = published[one] and published[one].isoformat()
            for identifier, link, known in linking.of_article(
                rows, one, day, self.index.with_key, self.index.has_actor
            ):
                found.append((identifier, link))
                if known is not None:
                    self.index.keep(known)
        for nth, field in enumerate(layout.LINKED):
            actors = actors.append_column(
                pa.field(field.name, pa.string(), nullable=False), pa.array([row[nth] for row in found], pa.string())
            )
        return actors

    def finish(self, csv: bool) -> None:
        """Write what tells of the whole corpus, once every article is in a part."""
        self._keep_loose()
        with self.index.all_or_nothing():
            self.index.drop_pending()
            self.index.settle()
        number = int(self.index.get("parts") or 0)
        parts.sweep(self.folder, number)
        parts.write_actors(self.folder, self.index.actors())
        parts.write_list(self.folder / "failed.csv", ["origin", "reason"], self.index.failed())
        parts.write_list(self.folder / "duplicates.csv", ["origin", "article_id", "same_as"], self.index.duplicates())
        if csv:
            parts.write_csv(self.folder, number)
        self._about(complete=True)

    def _about(self, complete: bool) -> None:
        rows = json.loads(self.index.get("rows") or "{}")
        about = {
            "made_by": dossier.maker(),
            "machine": self.made_by,
            "codebook": self.index.get("codebook") or None,
            "complete": complete,
            "parts": int(self.index.get("parts") or 0),
            "rows": rows,
        }
        if complete:
            about |= {
                name: self.index.count(status) for name, status in (("duplicates", "duplicate"), ("failed", "failed"))
            }
        parts.write_about(self.folder, about)

    def outcome(self) -> Outcome:
        """What there is now."""
        about = json.loads((self.folder / layout.MARKER).read_text(encoding="utf-8"))
        return Outcome(
            self.folder,
            about["rows"].get("articles", 0),
            self.analysed,
            about["duplicates"],
            about["failed"],
            self.notes["date"],
            self.notes["cut"],
        )
