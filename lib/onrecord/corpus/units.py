"""A unit: some articles that are analysed together, by one worker. What goes in and comes out are plain values, so that any process can do it."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import NamedTuple

import pyarrow as pa

from onrecord import article, data, dossier, language, schema
from onrecord.article import Article
from onrecord.corpus import layout

ARTICLES, CHARACTERS = 20, 200_000  # of a unit: full with so many of either


class Given(NamedTuple):
    """An article that is to be analysed; `published` is an ISO date."""

    article_id: str
    origin: str
    text: str
    title: str | None = None
    outlet: str | None = None
    published: str | None = None
    key: str | None = None
    url: str | None = None


def article_id(text: str) -> str:
    """Identifier of an article in a corpus: the same text, the same id. 64 bits: among ten million texts no two share one, with odds of 370,000 to 1."""
    return f"a-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def told(given: Given) -> str:
    """What is told of an article beside its text, as a short digest."""
    return hashlib.sha256(repr(given[3:]).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def name_of(unit: list[Given]) -> str:
    """Identifier of a unit: the same articles from the same places, the same name."""
    return hashlib.sha256(repr(unit).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def analysed(unit: list[Given], codebook: str | None = None) -> dict[str, bytes]:
    """The unit's tables, each an Arrow stream, by name; `failed`, what could not be analysed and why, and `made_by`, the machine's fingerprint.

    An article that fails costs the others nothing: the unit is then done one by one."""
    failed: dict[str, str] = {}
    with language.forgetting():
        made = _drafts(unit, codebook, failed)
    read = [(given, one) for given, one in zip(unit, made, strict=True) if one is not None]
    tables = {"articles": layout.from_rows(layout.ARTICLES, [_about(given, one) for given, one in read])}
    for name in schema.TABLES:
        some = [layout.from_frame(name, one.tables[name], given.article_id) for given, one in read]
        tables[name] = pa.concat_tables(some or [layout.empty(name)])
    return _result(tables, failed, _made_by(codebook))


def _drafts(unit: list[Given], codebook: str | None, failed: dict[str, str]) -> list[dossier.Dossier | None]:
    """A dossier for each article, None for one that cannot be analysed; `failed` learns why."""
    try:
        return list(dossier.drafts(map(_article, unit), codebook))
    except Exception:  # whatever it is, it is one article's: find out whose
        made: list[dossier.Dossier | None] = []
    for given in unit:
        try:
            made.append(next(dossier.drafts([_article(given)], codebook)))
        except Exception as error:
            made.append(None)
            failed[given.article_id] = (
                f"the analysis broke off ({type(error).__name__}: {_line(error)}): please report it"
            )
    return made


@functools.cache
def _made_by(codebook: str | None) -> str:
    return dossier.fingerprint(codebook)


def failing(unit: list[Given], reason: str, made_by: str) -> dict[str, bytes]:
    """What `analysed` would give of articles that cannot be analysed at all."""
    tables = {name: layout.empty(name) for name in layout.TABLES}
    return _result(tables, {given.article_id: reason for given in unit}, made_by)


def together(parts: list[dict[str, bytes]]) -> dict[str, bytes]:
    """The parts of a unit as one."""
    tables = {name: pa.concat_tables([unpacked(part[name]) for part in parts]) for name in layout.TABLES}
    failed = {one: reason for part in parts for one, reason in json.loads(part["failed"]).items()}
    return _result(tables, failed, parts[0]["made_by"].decode())


def _result(tables: dict[str, pa.Table], failed: dict[str, str], made_by: str) -> dict[str, bytes]:
    found = {name: packed(table) for name, table in tables.items()}
    return found | {"failed": json.dumps(failed).encode(), "made_by": made_by.encode()}


def packed(table: pa.Table) -> bytes:
    """The table as an Arrow stream. Not compressed: its many small buffers would be a tenth smaller, and take some fifty times as long."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue().to_pybytes()


def unpacked(stream: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(stream).read_all()


def _article(given: Given) -> Article:
    return Article(
        text=given.text,
        slug=given.article_id,
        title=given.title or article.headline(given.text),
        outlet=given.outlet,
        published=data.day(given.published),
        url=given.url,
    )


def _about(given: Given, made: dossier.Dossier) -> dict:
    day = made.article.published
    return {
        "article_id": given.article_id,
        "origin": layout.whole(given.origin),
        "key": layout.whole(given.key),
        "title": layout.whole(made.article.title),
        "outlet": layout.whole(given.outlet),
        "published": None if day is None else day.date(),
        "url": layout.whole(given.url),
        "codebook": made.codebook.id,
        "english": article.looks_english(given.text),
        "characters": len(given.text),
        "words": made.article.words,
        "text": layout.whole(given.text),
    }


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
