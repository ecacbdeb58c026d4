"""The discourse network of an article, or of many, as one graph, in the formats of Gephi and other graph programs (GraphML, GEXF 1.2).

Nodes are actors (of an article all, of a corpus those with a part in a statement) and the issues on which there is a statement; an actor's node is
its actor_id, an issue's `issue:` and its id. An issue that is about actors is one for each of them (`person/ann-lee`), see `Debate`. The attribute
`relation` tells the edges apart: `position` from a holder to an issue; `congruence`, `conflict` or `congruence and conflict` between two holders
(see `networks`). Two nodes have one edge at most, and what would be parallel edges are attributes of it: of a position, the numbers of statements
`support`, `oppose`, `neutral` and `unclear`, each with its `statements_support` and so on, the statements' ids with semicolons between (among many articles `article/statement`); of two
holders, the numbers of issues `congruence` and `conflict`, each with its `issues_congruence` or `issues_conflict`. `weight` is the sum of the numbers.

For that is what Gephi reads in both formats. It keeps parallel edges apart only by a type of edge, which GEXF has (`kind`, from 1.3 on) and its
reader of GraphML does not know; others it merges on import, adding up weights and keeping the attributes of one
(https://github.com/gephi/gephi, ImporterGEXF, ImporterGraphML, ImportContainerImpl). Edges have no direction, since agreement has none and Gephi's
statistics want one kind of graph: a position's edge is written from the holder to the issue all the same.
"""

import io

import networkx as nx
import pandas as pd
from lxml import etree

from onrecord import __version__, networks
from onrecord.exports.debate import Debate
from onrecord.exports.files import printable

CREATOR = "On Record"
ACTOR = ("role", "affiliation", "affiliation_id", "country", "side", "mentions", "quotes", "words")
POSITIONS = ("support", "oppose", "neutral", "unclear")
RELATIONS = {"congruence": networks.congruence, "conflict": networks.conflict}
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
GEXF = "{http://www.gexf.net/1.2draft}"


def graph(debate: Debate) -> nx.Graph:
    """The graph that both formats hold. Nodes: actors in the order of the table, then issues by their ids. What is not known is no attribute.

    An actor has `label`, `kind` ("actor"), `actor_kind`, `statements` (number of those whose holder it is) and the columns ACTOR; an issue has
    `label`, `kind` ("issue"), `issue` (its id in the codebook), `definition`, `statements`, and the numbers of statements on it that have no edge:
    `unattributed`, for which nobody is named, `reported`, of a view that another speaker tells of, and `open`, where at whom it is aimed isn't told."""
    rows = debate.statements
    if len(debate.documents) > 1:  # a statement's id is one of its article
        rows = rows.assign(statement_id=rows.article + "/" + rows.statement_id)
    made = nx.Graph()
    _add_actors(made, debate)
    _add_issues(made, debate)
    answers = rows.assign(issue=rows.question)
    _add_positions(made, answers, debate.actors)
    _add_pairs(made, answers)
    return made


def to_graphml(debate: Debate) -> bytes:
    """The graph as GraphML. Keys are named after their attributes, for Gephi takes the usual `d3` and `d7` for labels, whatever they are."""
    out = io.BytesIO()
    nx.write_graphml(graph(debate), out, named_key_ids=True)
    root = etree.fromstring(out.getvalue())
    about = etree.Element(f"{GRAPHML}desc")
    about.text = f"{CREATOR} {__version__}: {printable(debate.about)}"
    root.insert(0, about)
    return _xml(root)


def to_gexf(debate: Debate) -> bytes:
    """The graph as GEXF 1.2, without the date of writing, so that the same tables give the same bytes."""
    out = io.BytesIO()
    nx.write_gexf(graph(debate), out)
    root = etree.fromstring(out.getvalue())
    meta = root.find(f"{GEXF}meta")
    meta.attrib.clear()
    meta.find(f"{GEXF}creator").text = f"{CREATOR} {__version__}"
    etree.SubElement(meta, f"{GEXF}description").text = printable(debate.about)
    return _xml(root)


def is_graphml(content: bytes) -> bool:
    """Whether this is what `to_graphml` makes. A graph program that writes the file again leaves our description out."""
    return f"<desc>{CREATOR} ".encode() in content[:1000]


def is_gexf(content: bytes) -> bool:
    """Whether this is what `to_gexf` makes: it names us as its creator, and a graph program that writes it again itself."""
    return f"<creator>{CREATOR} ".encode() in content[:1000]


def _xml(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8") + b"\n"


# --- nodes and edges -----------------------------------------------------------------------------------------------------------


def _known(values: dict) -> dict:
    """The attributes that have a value, as plain types that both formats can hold."""
    return {
        name: printable(value) if isinstance(value, str) else int(value)
        for name, value in values.items()
        if not pd.isna(value) and value != ""
    }


def _add_actors(made: nx.Graph, debate: Debate) -> None:
    held = debate.statements.holder_id.value_counts()
    for row in debate.actors.to_dict("records"):
        about = {"label": row["name"], "kind": "actor", "actor_kind": row["kind"]}
        about |= {name: row[name] for name in ACTOR} | {"statements": held.get(row["actor_id"], 0)}
        made.add_node(row["actor_id"], **_known(about))


def _add_issues(made: nx.Graph, debate: Debate) -> None:
    issues = debate.issues.set_index("issue")
    rows = debate.statements
    for question, some in rows.groupby(rows.question.fillna(rows.issue)):
        issue, titles = some.issue.iloc[0], some.question_title.fillna(some.issue_title).fillna(question)
        about = {"label": titles.iloc[0], "kind": "issue", "issue": issue, "statements": len(some)}
        about |= {"definition": issues.definition[issue] if issue in issues.index else ""}
        about |= {"unattributed": some.holder_id.isna().sum(), "reported": some.basis.eq("reported").sum()}
        about |= {"open": some.question.isna().sum()}
        made.add_node(networks.ISSUE + question, **_known(about))


def _add_positions(made: nx.Graph, answers: pd.DataFrame, actors: pd.DataFrame) -> None:
    for position in POSITIONS:
        some = answers[answers.position == position]
        for holder, issue, about in networks.affiliation(some, actors).edges(data=True):
            if not made.has_edge(holder, issue):
                made.add_edge(holder, issue, relation="position", weight=0, **dict.fromkeys(POSITIONS, 0))
            edge = made.edges[holder, issue]
            edge |= {position: about["weight"], f"statements_{position}": ";".join(about["statements"])}
            edge["weight"] += about["weight"]


def _add_pairs(made: nx.Graph, answers: pd.DataFrame) -> None:
    for relation, network in RELATIONS.items():
        for one, other, about in network(answers).edges(data=True):
            if not made.has_edge(one, other):
                made.add_edge(one, other, relation="", weight=0, **dict.fromkeys(RELATIONS, 0))
            edge = made.edges[one, other]
            edge |= {relation: about["weight"], f"issues_{relation}": ";".join(about["issues"])}
            edge["relation"] = " and ".join(filter(None, [edge["relation"], relation]))
            edge["weight"] += about["weight"]
