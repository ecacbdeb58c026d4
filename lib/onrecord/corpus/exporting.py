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


def export(corpus: Corpus, format: str, path: str | Path) -> Path:
    """Write a corpus into one file, as `onrecord.exports.write` does an article; there is no `xlsx` of it. It must fit into the memory.

    Ids of actors are those of `corpus_actors`; who can't be told across articles is an actor of one article alone. Only actors with a part in a
    statement are there, and whom they belong to. Raises InputError as `exports.write` does."""
    exports.refuse(format, path)
    if format == "xlsx":
        raise InputError(exports.NO_WORKBOOK)
    return exports.write(of(corpus), format, path)


def of(corpus: Corpus) -> Debate:
    """What a corpus gives to other programs."""
    books = questions.codebooks(corpus)
    statements = _statements(corpus)
    issues = _issues(books, statements.issue)
    statements["issue_title"] = statements.issue.map(issues.set_index("issue").title)
    _ask(statements, {name for name, book in books.items() if book.default})
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
    for row in _plain(rows, missing=None).to_dict("records"):
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


def _ask(statements: pd.DataFrame, general: set[str]) -> None:
    """Give the statements their questions. An issue of a field's codebook is one wherever it comes up. The general codebook's are kinds of questions:
    with whom they are aimed at they make one; what isn't aimed at anybody, and what is proposed from an article's words, is a question of its article alone."""
    questions, titles = [], []
    for row in statements.itertuples():
        proposed = topics.is_proposed(row.issue)
        question, title = row.issue, row.issue_title
        if not proposed and row.codebook in general and pd.notna(row.target_id):
            question, title = f"{question}/{row.target_id}", f"{title}: {row.target}"
        elif proposed or row.codebook in general:
            question, title = f"{question}/{row.article}", f"{title}, in “{row.title}”"
        questions.append(question)
        titles.append(title)
    statements["question"], statements["question_title"] = questions, titles


def _actors(corpus: Corpus, statements: pd.DataFrame) -> pd.DataFrame:
    """The actors who have a part in a statement, and those to whom they belong: as `corpus_actors` has them, who is apart as its article does; the
    affiliation is of one article that tells it, of several the first by its id."""
    some = sorted({actor for key in PARTS.values() for actor in statements[key].dropna()})
    rows = corpus.ask(
        """with homes as (
                select a.corpus_actor_id, first(a.affiliation order by a.article_id) as affiliation, first(o.corpus_actor_id order by a.article_id) as affiliation_id
                from actors a
                left join actors o on o.article_id = a.article_id and o.actor_id = a.affiliation_id
                where a.affiliation is not null group by a.corpus_actor_id),
            asked as (select unnest($some::varchar[]) as corpus_actor_id),
            wanted as (select corpus_actor_id from asked union select affiliation_id from homes semi join asked using (corpus_actor_id)),
            printed as (
                select a.corpus_actor_id, first(a.name order by a.article_id) as name, first(a.printed order by a.article_id) as printed, first(a.kind order by a.article_id) as kind,
                    first(a.role order by a.article_id) as role, first(a.country order by a.article_id) as country, first(a.side order by a.article_id) as side,
                    sum(a.mentions)::bigint as mentions, sum(a.quotes)::bigint as quotes, sum(a.words)::bigint as words
                from actors a semi join wanted using (corpus_actor_id) group by a.corpus_actor_id)
        select p.corpus_actor_id as actor_id, coalesce(k.name, p.name) as name, p.printed, p.kind,
            case when k.name is null then p.role else k.role end as role, h.affiliation, h.affiliation_id,
            case when k.name is null then p.country else k.country end as country, case when k.name is null then p.side else k.side end as side,
            p.mentions, p.quotes, p.words
        from printed p
        left join corpus_actors k using (corpus_actor_id)
        left join homes h using (corpus_actor_id)
        order by actor_id""",
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


def _plain(rows: pd.DataFrame, missing: object = pd.NA) -> pd.DataFrame:
    """The rows with plain values, and the same one for all that is missing."""
    return rows.astype("object").where(rows.notna(), missing)
