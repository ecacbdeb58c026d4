"""A corpus for other programs: its texts, statements and actors as one file, an actor being the same one in every article."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from onrecord import exports, schema, topics
from onrecord.article import Article
from onrecord.codebook import COLUMNS, Codebook
from onrecord.corpus import questions
from onrecord.data import InputError
from onrecord.exports import debate
from onrecord.exports.debate import ABOUT, PARTS, QUOTED, Debate, Document

if TYPE_CHECKING:
    from onrecord.corpus.asking import Corpus

FORMATS = tuple(name for name in exports.FORMATS if name != "xlsx")


def export(corpus: Corpus, format: str, path: str | Path) -> Path:
    """Write a corpus into a file in one of FORMATS, as `onrecord.exports.write` does an article. It must fit into the memory.

    Ids of actors are those of `corpus_actors`; who can't be told across articles is an actor of one article alone. Only actors with a part in a
    statement are there. Raises InputError for `xlsx` and other formats, and as `exports.write` does."""
    if format == "xlsx":
        raise InputError(
            "xlsx: a corpus has no workbook: choose dna, graphml, gexf or csv, or run `onrecord corpus` with --csv for all tables"
        )
    return exports.write(of(corpus), format, path)


def of(corpus: Corpus) -> Debate:
    """What a corpus gives to other programs."""
    books = questions.codebooks(corpus)
    statements = _statements(corpus)
    issues = _issues(books, statements.issue)
    statements["issue_title"] = statements.issue.map(issues.set_index("issue").title)
    titles = {name: book.title for name, book in books.items()}
    return Debate(
        about=f"{corpus.folder.name} ({corpus.source}).",
        documents=_documents(corpus, titles),
        statements=statements[list(debate.COLUMNS)],
        actors=_actors(corpus, statements),
        issues=issues,
    )


def _documents(corpus: Corpus, titles: dict[str, str]) -> list[Document]:
    rows = corpus.ask(
        "select article_id, title, outlet, published, url, codebook, text from articles order by article_id"
    )
    found = []
    for row in rows.astype("object").where(rows.notna(), None).to_dict("records"):
        about = {name: row[name] for name in ("text", "title", "outlet", "published", "url")}
        codebook = titles.get(row["codebook"], row["codebook"])
        found.append(Document(Article(slug=row["article_id"], **about), corpus.state, codebook))
    return found


def _statements(corpus: Corpus) -> pd.DataFrame:
    """The columns of `debate.COLUMNS` but `issue_title`, by article and place."""
    told = [f"q.{name} as quote_{name}" for name in QUOTED]
    joins = []
    for part, key in PARTS.items():
        one = f"{part}_in"
        told += [f"{one}.corpus_actor_id as {key}", f"coalesce({part}_of.name, {one}.name) as {part}"]
        told += [f"{one}.{name} as {part}_{name}" for name in ABOUT]
        joins += [f"left join actors {one} on {one}.article_id = s.article_id and {one}.actor_id = s.{key}"]
        joins += [f"left join corpus_actors {part}_of on {part}_of.corpus_actor_id = {one}.corpus_actor_id"]
    known = {*PARTS, *PARTS.values()}
    own = [f"s.{field.name}" for field in schema.TABLES["statements"] if field.name not in known]
    rows = corpus.ask(
        f"""select s.article_id as article, r.title, r.outlet, r.published, r.codebook, b.block_id, b.kind as block_kind,
            {", ".join([*told, *own])}
        from statements s
        join articles r using (article_id)
        left join quotes q on q.article_id = s.article_id and q.quote_id = s.quote_id
        left join blocks b on b.article_id = s.article_id and b.start <= s.start and s.start < b."end"
        {" ".join(joins)}
        order by s.article_id, s.start, s."end", s.statement_id"""
    )
    return _plain(rows)


def _actors(corpus: Corpus, statements: pd.DataFrame) -> pd.DataFrame:
    """The actors who have a part in a statement, as the first article has them, with their numbers in the whole corpus."""
    some = sorted({actor for key in PARTS.values() for actor in statements[key].dropna()})
    rows = corpus.ask(
        """select corpus_actor_id as actor_id, coalesce(any_value(k.name), first(a.name order by article_id)) as name,
            first(a.printed order by article_id) as printed, first(a.kind order by article_id) as kind,
            any_value(a.role order by article_id) as role, any_value(a.affiliation order by article_id) as affiliation,
            any_value(o.corpus_actor_id order by article_id) as affiliation_id,
            any_value(a.country order by article_id) as country, any_value(a.side order by article_id) as side,
            sum(a.mentions)::bigint as mentions, sum(a.quotes)::bigint as quotes, sum(a.words)::bigint as words
        from actors a
        left join corpus_actors k using (corpus_actor_id)
        left join (select article_id as there, actor_id, corpus_actor_id from actors) o on o.there = a.article_id and o.actor_id = a.affiliation_id
        where list_contains($some::varchar[], a.corpus_actor_id)
        group by a.corpus_actor_id order by a.corpus_actor_id""",
        some=some,
    )
    return _plain(rows)


def _issues(books: dict[str, Codebook], stated: pd.Series) -> pd.DataFrame:
    """The issues of the codebooks, each once, then those of statements that no codebook has, the proposed ones as such."""
    tables = [book.issues for book in books.values()] or [pd.DataFrame(columns=COLUMNS, dtype="string[python]")]
    known = pd.concat(tables).drop_duplicates("issue", ignore_index=True)
    others = sorted({*stated.dropna()} - {*known.issue})
    rows = [{"issue": issue, "title": issue} for issue in others if not topics.is_proposed(issue)]
    return pd.concat([known, topics.proposed(others), pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with plain values, and `pd.NA` for what is missing."""
    return rows.astype("object").where(rows.notna(), pd.NA)
