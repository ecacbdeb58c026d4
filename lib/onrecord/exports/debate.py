"""What other programs get of an article, or of many: the texts, the statements with all that is known of each, the actors and the issues."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from onrecord import schema, topics
from onrecord.article import Article
from onrecord.dossier import Dossier

ABOUT = ("kind", "role", "affiliation", "country", "side")  # what is told of who holds, is aimed at, or reports
QUOTED = ("kind", "speech", "speaker", "cue")
COLUMNS = (
    *("article", "title", "outlet", "published", "codebook", "statement_id"),
    *("holder_id", "holder", *(f"holder_{name}" for name in ABOUT)),
    *(
        "issue",
        "issue_title",
        "question",
        "question_title",
        "position",
        "target_id",
        "target",
        *(f"target_{name}" for name in ABOUT),
    ),
    *("basis", "reported_by", "reporter", *(f"reporter_{name}" for name in ABOUT)),
    *("quote_id", *(f"quote_{name}" for name in QUOTED)),
    *("block_id", "block_kind", "start", "end", "text", *schema.FLAGS),
    *(field.name for field in schema.PROVENANCE),
)
PARTS = {"holder": "holder_id", "target": "target_id", "reporter": "reported_by"}  # which columns have whose id


@dataclass(frozen=True)
class Document:
    """An article's text and what is known of it. `state`: whether its statements were reviewed, in words; `codebook`: its title."""

    article: Article
    state: str
    codebook: str


@dataclass(frozen=True)
class Debate:
    """`about`: what all of it is, in words. `statements` has the columns COLUMNS, `article` being the slug of a document; `actors` has those of a
    dossier's table, `issues` those of a codebook. `question` is what statements on the same can agree or differ on: the issue, of one that is about
    actors with the one at whom it is aimed, or missing where that can't be told. `documents` are in their order, `reviewer` is who reviewed them."""

    about: str
    documents: list[Document]
    statements: pd.DataFrame
    actors: pd.DataFrame
    issues: pd.DataFrame
    reviewer: str | None = None


def of(dossier: Dossier) -> Debate:
    """What an article's dossier gives."""
    article = dossier.article
    return Debate(
        about=f"{article.title} ({dossier.source}). {article.credit or ''}".strip(),
        documents=[Document(article, dossier.state, dossier.codebook.title)],
        statements=_statements(dossier),
        actors=dossier.actors,
        issues=dossier.codebook.issues,
        reviewer=dossier.review.by if dossier.review is not None else None,
    )


def _statements(dossier: Dossier) -> pd.DataFrame:
    """A row a statement, in the order of the table. What is not known is missing."""
    article, found = dossier.article, dossier.statements
    about = {"article": article.slug, "title": article.title, "outlet": article.outlet, "published": article.published}
    columns = {name: [value] * len(found) for name, value in (about | {"codebook": dossier.codebook.id}).items()}
    for part, key in PARTS.items():
        known = _looked_up(dossier.actors, "actor_id", found[key])
        columns |= {part: known["name"]} | {f"{part}_{name}": known[name] for name in ABOUT}
    quoted = _looked_up(dossier.quotes, "quote_id", found.quote_id)
    blocks = dossier.blocks.iloc[dossier.blocks.start.searchsorted(found.start, side="right") - 1]  # in which each lies
    columns |= {f"quote_{name}": quoted[name] for name in QUOTED}
    columns |= {"question": topics.questions(found, dossier.codebook)}
    columns |= {"question_title": columns["question"].map(dossier.questions.set_index("issue").title)}
    columns |= {"issue_title": found.issue.map(dossier.codebook.issues.set_index("issue").title)}
    columns |= {"block_id": blocks.block_id, "block_kind": blocks.kind}
    columns |= {field.name: found[field.name] for field in schema.TABLES["statements"]}
    return pd.DataFrame({name: list(columns[name]) for name in COLUMNS}, columns=list(COLUMNS), dtype="object")


def _looked_up(table: pd.DataFrame, key: str, ids: pd.Series) -> pd.DataFrame:
    """The table's row for each id, in their order; a row of missing values where the id is missing."""
    return table.set_index(key).reindex(ids)
