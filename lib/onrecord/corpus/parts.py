"""The tables of a corpus on the disk: numbered Parquet parts, the actors across the articles, CSV, and what the folder says of itself.

Every file is written beside its place and moved there whole. The same articles give the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord import __version__, data, schema
from onrecord.corpus import layout
from onrecord.corpus.linking import Known
from onrecord.exports.files import printable
from onrecord.exports.flat import MARK, guarded

_PART = re.compile(r"part-(\d{5,})\.(?:parquet|csv)")
AT_A_TIME = 50_000  # rows of the actors across the articles


class Part:
    """One part of every table, written a group of articles at a time; `close` puts its files into their places."""

    def __init__(self, folder: Path, number: int):
        self.places = {name: folder / name / file_name(number) for name in layout.TABLES}
        self._writers = {}
        for name, place in self.places.items():
            place.parent.mkdir(exist_ok=True)
            self._writers[name] = pq.ParquetWriter(
                _scratch(place), layout.arrow_schema(layout.TABLES[name]), compression="zstd"
            )

    def write(self, tables: dict[str, pa.Table]) -> None:
        """One row group of each table."""
        for name, table in tables.items():
            self._writers[name].write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """End the files and move them into their places."""
        for name, writer in self._writers.items():
            writer.close()
            _settle(self.places[name])


def file_name(number: int) -> str:
    """Name of a part's file."""
    return f"part-{number:05}.parquet"


def write_actors(folder: Path, actors: Iterator[Known]) -> None:
    """`corpus_actors.parquet`, by their ids."""
    place = folder / "corpus_actors.parquet"
    with pq.ParquetWriter(_scratch(place), layout.arrow_schema(layout.ACTORS), compression="zstd") as writer:
        while some := list(islice(actors, AT_A_TIME)):
            writer.write_table(layout.from_rows(layout.ACTORS, list(map(_actor_row, some))))
    _settle(place)


def _actor_row(known: Known) -> dict:
    days = {
        name: day and datetime.date.fromisoformat(day) for name, day in (("first", known.first), ("last", known.last))
    }
    return {field.name: getattr(known, field.name) for field in layout.ACTORS} | days


def write_list(place: Path, names: list[str], rows: Iterable[tuple]) -> None:
    """A small CSV file for people: as `exports.flat` writes them, with formulas guarded."""
    with _scratch(place).open("w", encoding="utf-8", newline="") as file:
        file.write(MARK)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([guarded(printable(str(cell))) for cell in row] for row in rows)
    _settle(place)


def write_about(folder: Path, about: dict) -> None:
    """`corpus.json`, by which the folder is known to hold a corpus."""
    write_text(folder / layout.MARKER, json.dumps(about, ensure_ascii=False, indent=2) + "\n")


def write_text(place: Path, text: str) -> None:
    """A file of text, whole or not at all."""
    _scratch(place).write_text(text, encoding="utf-8", newline="")
    _settle(place)


def write_csv(folder: Path, parts: int) -> None:
    """The tables as CSV beside the Parquet files, a file a part, in `csv/`, with a `datapackage.json`. What is there already stays."""
    tables = {name: (fields, [f"part-{n:05}.csv" for n in range(parts)]) for name, fields in layout.TABLES.items()}
    for name, (fields, files) in tables.items():
        (folder / "csv" / name).mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(files):
            place = folder / "csv" / name / file
            if not place.exists():
                _to_csv(folder / name / file_name(number), place, fields)
    _to_csv(folder / "corpus_actors.parquet", folder / "csv" / "corpus_actors.csv", layout.ACTORS)
    resources = [
        schema.resource(name, fields, [f"{name}/{file}" for file in files]) for name, (fields, files) in tables.items()
    ]
    for one in resources:
        if one["name"] != "articles":
            one["schema"]["primaryKey"] = ["article_id", schema.key(one["name"])]
    package = {
        "name": "corpus",
        "title": "On Record: tables of many articles",
        "profile": "tabular-data-package",
        "description": "Tables that On Record made of news articles. The machine’s draft, not reviewed.",
        "version": __version__,
        "resources": [*resources, schema.resource("corpus_actors", layout.ACTORS, "corpus_actors.csv")],
    }
    write_text(folder / "csv" / "datapackage.json", json.dumps(package, ensure_ascii=False, indent=2) + "\n")


def _to_csv(parquet: Path, place: Path, fields: tuple[schema.Field, ...]) -> None:
    with pq.ParquetFile(parquet) as file, _scratch(place).open("wb") as out:
        out.write(layout.to_csv(fields, file.schema_arrow.empty_table(), head=True))
        for nth in range(file.num_row_groups):
            out.write(layout.to_csv(fields, file.read_row_group(nth), head=False))
    _settle(place)


def sweep(folder: Path, parts: int) -> None:
    """Take away what a killed run has left: files that are not whole, and parts that were not entered into the index."""
    for path in (*folder.glob("*/*"), *folder.glob("*"), *folder.glob("csv/*/*")):
        part = _PART.fullmatch(path.name)
        stray = part is not None and int(part[1]) >= parts
        if path.name.startswith(data.SCRATCH) or stray:
            path.unlink()


def _scratch(place: Path) -> Path:
    return place.with_name(data.SCRATCH + place.name)


def _settle(place: Path) -> None:
    os.replace(_scratch(place), place)
