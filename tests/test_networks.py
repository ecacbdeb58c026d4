"""Discourse networks, from tables of a few rows whose answer can be seen."""

import networkx as nx
import pandas as pd
import pytest

import onrecord
from onrecord import networks
from onrecord.schema import frame

MADE = {"rule": "hand", "confidence": 0.9, "source": "machine", "reviewed": False}
FLAGS = dict.fromkeys(("hedged", "negated", "hypothetical", "demanded"), False)
SIGNS = {"+": "support", "-": "oppose", "0": "neutral", "?": "unclear"}


def statements(*rows):
    """`statements("ann:talks+ arms-", ":talks+")`: a holder's signs on issues; nobody before the colon is a missing holder."""
    made = []
    for row in rows:
        holder, _, held = row.partition(":")
        for one in held.split():
            number = len(made)
            place = {"statement_id": f"s-{number:02d}", "start": number, "end": number + 1, "text": "x"}
            about = {"holder_id": holder or None, "holder": holder.title() or None, "issue": one[:-1]}
            made.append(MADE | FLAGS | place | about | {"position": SIGNS[one[-1]], "basis": "direct"})
    return frame("statements", made)


def actors(*rows):
    columns = ("actor_id", "name", "kind", "side", "country")
    made = [dict(zip(columns, [cell or None for cell in row.split("|")])) for row in rows]
    return frame("actors", [MADE | row | {"printed": row["name"], "mentions": 1} for row in made])


PEOPLE = actors("ann|Ann Lee|person|ayr|", "bob|Bob Ray|person||GBR", "cyd|Cyd|organisation|independent|")
NONE = statements()


def edges(graph, *names):
    return {(a, b, *(about[name] for name in names)) for a, b, about in graph.edges(data=True)}


def test_what_another_speaker_reports_is_nobodys_own_position():
    held = statements("ann:talks+ arms-", "bob:talks- arms-")
    held.loc[held.holder_id == "bob", "basis"] = "reported"
    assert list(networks.congruence(held)) == list(networks.conflict(held)) == ["ann"]
    assert list(networks.standing(held, PEOPLE).holder_id) == ["ann"]
    assert list(networks.camps(held).oppose) == [("Ann",), ()]
    assert "bob" not in networks.affiliation(held, PEOPLE)


def test_affiliation_has_actors_and_issues():
    graph = networks.affiliation(
        statements("ann:talks+ talks+ arms0", "bob:talks- talks+ talks?", "eve:arms-", ":talks-"),
        PEOPLE,
        {"talks": "Talks"},
    )
    assert nx.is_bipartite(graph) and list(graph) == ["ann", "bob", "eve", "issue:arms", "issue:talks"]
    assert graph.nodes["ann"] == {
        "label": "Ann Lee",
        "kind": "actor",
        "actor_kind": "person",
        "side": "ayr",
        "country": "",
    }
    assert graph.nodes["bob"]["side"] == "" and graph.nodes["bob"]["country"] == "GBR"
    assert graph.nodes["eve"] == {"label": "Eve", "kind": "actor", "actor_kind": "", "side": "", "country": ""}
    assert graph.nodes["issue:talks"] == {"label": "Talks", "kind": "issue"}
    assert graph.nodes["issue:arms"]["label"] == "arms"
    assert edges(graph, "support", "oppose", "other", "weight") == {
        ("ann", "issue:talks", 2, 0, 0, 2),
        ("ann", "issue:arms", 0, 0, 1, 1),
        ("bob", "issue:talks", 1, 1, 1, 3),
        ("eve", "issue:arms", 0, 1, 0, 1),
    }
    assert graph.edges["bob", "issue:talks"]["statements"] == ("s-03", "s-04", "s-05")


def test_an_actor_and_an_issue_may_have_one_name():
    graph = networks.affiliation(statements("nato:nato+"), PEOPLE)
    assert list(graph.edges) == [("nato", "issue:nato")]


PAIRS = [  # statements, who agrees on what, who contradicts whom on what
    (("ann:talks+", "bob:talks+"), {("ann", "bob", ("talks",))}, set()),
    (("ann:talks-", "bob:talks-"), {("ann", "bob", ("talks",))}, set()),
    (("ann:talks+", "bob:talks-"), set(), {("ann", "bob", ("talks",))}),
    (
        ("ann:talks+ arms- law+", "bob:talks+ arms+ law+"),
        {("ann", "bob", ("law", "talks"))},
        {("ann", "bob", ("arms",))},
    ),
    (("ann:talks+ talks-", "bob:talks-"), set(), set()),  # on both sides
    (("ann:talks+ talks+ talks-", "bob:talks-"), set(), set()),  # no majority is guessed
    (("ann:talks0", "bob:talks0"), set(), set()),  # neutral shares nothing
    (("ann:talks0 talks? talks+", "bob:talks+"), {("ann", "bob", ("talks",))}, set()),
    (("ann:talks+", ":talks+"), set(), set()),  # nobody named
    (("ann:talks+", "bob:arms+"), set(), set()),
]


@pytest.mark.parametrize("rows, agree, clash", PAIRS, ids=str)
def test_pairs(rows, agree, clash):
    made = statements(*rows)
    assert edges(networks.congruence(made), "issues") == agree
    assert edges(networks.conflict(made), "issues") == clash
    assert all(about["weight"] == len(about["issues"]) for *_, about in networks.congruence(made).edges(data=True))


def test_holders_without_a_tie_are_nodes_and_those_without_a_position_are_none():
    graph = networks.congruence(statements("ann:talks+", "bob:talks0", "cyd:arms+ arms-", ":law+"))
    assert dict(graph.nodes(data="label")) == {"ann": "Ann"}


def test_weights_are_divided_by_average_activity():
    made = statements("ann:talks+ arms+ law+", "bob:talks+")
    assert networks.congruence(made, normalised=True).edges["ann", "bob"]["weight"] == 1 / 2
    assert networks.conflict(statements("ann:talks+", "bob:talks-"), normalised=True).edges["ann", "bob"]["weight"] == 1


def test_camps():
    made = statements("ann:talks+ arms0 law?", "bob:talks- arms0 arms+", "cyd:talks+ talks+ arms+ arms-", ":talks-")
    assert networks.camps(made).to_dict("records") == [
        {"issue": "arms", "support": ("Bob",), "oppose": (), "neutral": ("Ann",), "both": ("Cyd",)},
        {"issue": "law", "support": (), "oppose": (), "neutral": (), "both": ()},
        {"issue": "talks", "support": ("Ann", "Cyd"), "oppose": ("Bob",), "neutral": (), "both": ()},
    ]


CAMPS = [  # supporters, neutral, opponents, how polarised
    (0, 0, 2, None),
    (1, 0, 1, None),
    (3, 0, 0, 0),
    (0, 3, 0, 0),
    (5, 0, 5, 1),
    (15, 0, 15, 1),
    (8, 0, 2, 0.64),
    (1, 0, 2, 8 / 9),
    (1, 1, 1, 16 / 27),
    (2, 2, 0, 0.5),
    (2, 6, 2, 4 * (2 * 0.008 + 2 * 0.5 * (0.04 * 0.6 + 0.36 * 0.2))),
]


def camps(support, neutral, oppose):
    signs = ["+"] * support + ["0"] * neutral + ["-"] * oppose
    return statements(*(f"h{number:02d}:talks{sign}" for number, sign in enumerate(signs)))


@pytest.mark.parametrize("support, neutral, oppose, value", CAMPS)
def test_polarisation_of_an_issue(support, neutral, oppose, value):
    first, whole = networks.polarisation(camps(support, neutral, oppose)).itertuples()
    assert (first.issue, first.support, first.neutral, first.oppose, first.both) == (
        "talks",
        support,
        neutral,
        oppose,
        0,
    )
    assert pd.isna(first.polarisation) if value is None else first.polarisation == pytest.approx(value)
    assert pd.isna(whole.issue) and (pd.isna(whole.polarisation) or whole.polarisation == pytest.approx(value))


def test_polarisation_as_a_whole():
    made = statements(
        "ann:talks+ arms+ law+",
        "bob:talks- arms+ law-",
        "cyd:talks+ arms+",
        "dot:talks- arms-",
        "eve:talks? arms+ arms-",
    )
    table = networks.polarisation(made)
    assert table.issue.tolist()[:3] == ["talks", "arms", "law"] and pd.isna(table.issue.iloc[3])
    assert table.polarisation.tolist()[:2] == [1, 0.75] and pd.isna(table.polarisation[2])
    assert table.both.tolist() == [0, 1, 0, 1] and table.holders.tolist() == [4, 4, 2, 10]
    assert table.polarisation[3] == (4 * 1 + 4 * 0.75) / 8


def test_how_a_holder_stands():
    made = statements(  # ann and bob contradict each other; cyd agrees with both
        "ann:talks+ arms+", "bob:talks- law+", "cyd:arms+ law+ law+", "dot:talks-", "eve:sea+", "fay:talks0", ":talks+"
    )
    table = networks.standing(made, PEOPLE).set_index("holder_id")
    assert table.index.tolist() == ["cyd", "ann", "bob", "dot", "eve", "fay"]
    assert table.loc["cyd", ["side", "statements", "issues", "allies", "opponents", "alone", "bridges"]].tolist() == [
        "independent", 3, 2, 2, 0, False, 1,
    ]  # fmt: skip
    assert table.opponents.loc[["ann", "bob", "dot"]].tolist() == [2, 1, 1]
    assert table.alone.loc[["eve", "bob"]].tolist() == [True, False]
    assert pd.isna(table.alone["fay"]) and pd.isna(table.bridges["fay"]) and pd.isna(table.side["eve"])


def test_no_statement_gives_tables_and_graphs_without_rows():
    assert len(networks.standing(NONE, PEOPLE)) == len(networks.camps(NONE)) == 0
    assert (
        len(networks.affiliation(NONE, PEOPLE)) == len(networks.congruence(NONE)) == len(networks.conflict(NONE)) == 0
    )
    (whole,) = networks.polarisation(NONE).itertuples()
    assert whole.holders == 0 and pd.isna(whole.polarisation)


def test_the_order_of_rows_changes_nothing(nato):
    mixed = nato.statements.sample(frac=1, random_state=3)
    for make in (networks.congruence, networks.conflict):
        assert list(make(mixed).edges(data=True)) == list(make(nato.statements).edges(data=True))
        assert list(make(mixed)) == list(make(nato.statements))
    first, second = (networks.affiliation(rows, nato.actors) for rows in (mixed, nato.statements))
    assert list(first.nodes(data=True)) == list(second.nodes(data=True)) and list(first.edges) == list(second.edges)
    pd.testing.assert_frame_equal(networks.polarisation(mixed), networks.polarisation(nato.statements))
    pd.testing.assert_frame_equal(
        networks.standing(mixed, nato.actors), networks.standing(nato.statements, nato.actors)
    )


def test_every_statement_of_a_shipped_article_is_in_the_network(shipped):
    graph = networks.affiliation(shipped.statements, shipped.actors)
    held = shipped.statements[shipped.statements.holder_id.notna() & (shipped.statements.basis != "reported")]
    assert {one for *_, ids in graph.edges(data="statements") for one in ids} == set(held.statement_id)
    assert sum(weight for *_, weight in graph.edges(data="weight")) == len(held)


def test_notebooks_reach_them_through_the_package():
    for name in ("affiliation", "camps", "conflict", "congruence", "polarisation", "standing"):
        assert getattr(onrecord, name) is getattr(networks, name)
