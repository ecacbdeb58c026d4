"""Who agrees with whom: discourse networks, made of the tables of statements and actors.

A holder's position on an issue is `support` or `oppose`: what the holder's statements on it say, neutral and unclear ones aside. Whoever is found
on both sides of an issue has no position there and is left out of every comparison on it, for a majority of two statements to one would be a guess.
Statements whose holder is missing belong to nobody and are left out of everything here. So are those that another speaker reports (basis `reported`):
what somebody says of another's view makes nobody an ally or opponent.

Every function gives the same result for the same rows in any order. The terms are those of Leifeld, “Discourse network analysis: policy debates as
dynamic networks”, in: Victor, Montgomery and Lubell (eds.), The Oxford Handbook of Political Networks, 2017.
"""

import itertools
from collections import Counter
from collections.abc import Mapping

import networkx as nx
import pandas as pd

FEWEST = 3  # holders on an issue, below whom polarisation is not told: two who differ are no camps
LEVELS = {"support": "support", "oppose": "oppose"}  # every other position counts as `other`
CAMPS = ["support", "oppose", "neutral", "both"]
ISSUE = "issue:"  # before an issue's id in a graph: an actor could have the same one


def affiliation(
    statements: pd.DataFrame, actors: pd.DataFrame, titles: Mapping[str, str] | pd.Series | None = None
) -> nx.Graph:
    """Holders and the issues to which they speak, as a graph of two modes. Holders come first, then issues, each in the order of their ids.

    A holder's node is the actor_id and has `label`, `kind` ("actor"), `actor_kind`, `side` and `country`; an issue's node is "issue:" and the
    issue's id and has `label` and `kind` ("issue"). What is not known is an empty text. An edge has the numbers of statements `support`, `oppose`
    and `other` (neutral or unclear), their sum `weight`, and `statements`, the tuple of their ids. titles: issue -> label."""
    held, people = _held(statements), actors.set_index("actor_id")
    titles = {} if titles is None else dict(titles)
    graph = nx.Graph()
    for holder, name in _names(held).items():
        about = people.loc[holder].fillna("") if holder in people.index else {}
        known = {
            "actor_kind": about.get("kind", ""),
            "side": about.get("side", ""),
            "country": about.get("country", ""),
        }
        graph.add_node(holder, label=about.get("name", "") or name, kind="actor", **known)
    for issue in sorted(held.issue.unique()):
        graph.add_node(ISSUE + issue, label=titles.get(issue, issue), kind="issue")
    for (holder, issue), rows in held.groupby(["holder_id", "issue"]):
        counts = Counter(LEVELS.get(position, "other") for position in rows.position)
        counts = {level: counts[level] for level in ("support", "oppose", "other")}
        ids = tuple(sorted(rows.statement_id))
        graph.add_edge(holder, ISSUE + issue, **counts, weight=len(rows), statements=ids)
    return graph


def congruence(statements: pd.DataFrame, normalised: bool = False) -> nx.Graph:
    """Who shares positions: holders with a position, and an edge between two who take the same one on at least one issue.

    A node is an actor_id with its `label`; it may stand alone. An edge has `issues`, the tuple of the issues' ids, and `weight`, their number. With
    `normalised` the weight is divided by the mean number of issues on which the two have positions (“average activity”, Leifeld 2017), so that
    those who speak to much do not seem to agree with everybody; it lies between 0 and 1 then."""
    return _pairs(statements, alike=True, normalised=normalised)


def conflict(statements: pd.DataFrame, normalised: bool = False) -> nx.Graph:
    """Who contradicts whom: as `congruence`, with an edge between two of whom one supports what the other opposes."""
    return _pairs(statements, alike=False, normalised=normalised)


def camps(statements: pd.DataFrame) -> pd.DataFrame:
    """Who stands where on each issue: a row an issue, in the order of their ids.

    Columns: issue; support, oppose; neutral (neutral statements alone); both (on both sides): tuples of holders' names in the order of their ids.
    Whoever has only unclear statements on an issue is in none of them."""
    rows = [{"issue": issue, **_stands(held)} for issue, held in _held(statements).groupby("issue")]
    return pd.DataFrame(rows, columns=["issue", *CAMPS]).astype({"issue": "string[python]"})


def polarisation(statements: pd.DataFrame) -> pd.DataFrame:
    """How polarised the debate is: a row an issue, the most polarised first; in the last row, whose issue is missing, the debate as a whole.

    Columns: issue; support, oppose, neutral, both (numbers of holders, as in `camps`); holders (the first three together: whoever is found on both
    sides is left out); polarisation (0 to 1, Float64).

    Polarisation is that of Esteban and Ray, “On the measurement of polarization”, Econometrica 62 (1994), with their alpha = 1, scaled so that two
    halves that face each other give 1: 4 × the sum, over ordered pairs of positions, of p² q d. p and q are the shares of holders, d is 1 between
    support and opposition and a half between neutral and either. Without neutral holders it is 4pq: 1 for five against five, 0.64 for eight
    against two, 0 where all agree. It is missing below three holders. The whole is the mean over the issues that have a figure, weighted by
    holders: how divided are they on an issue to which they speak? Whether the same ones always stand together it does not ask; the congruence network shows that.

    What it hides: how strongly a position is held, how often it is said, and who was never asked. With few holders one of them moves it far: one
    against two is 0.89, one against three 0.75. The modularity of a network was not taken, for so few nodes have a high one by chance."""
    found = camps(statements)
    counts = found[CAMPS].map(len).assign(holders=lambda t: t.support + t.oppose + t.neutral).astype("Int64")
    told = [_esteban_ray(row) if row.holders >= FEWEST else pd.NA for row in counts.itertuples()]
    table = pd.concat([found.issue, counts], axis=1).assign(polarisation=pd.array(told, dtype="Float64"))
    order = ["polarisation", "holders", "issue"]
    table = table.sort_values(order, ascending=[False, False, True], ignore_index=True)
    told = table[table.polarisation.notna()]
    whole = table.drop(columns=["issue", "polarisation"]).sum().to_dict()
    mean = (told.polarisation * told.holders).sum() / told.holders.sum() if len(told) else pd.NA
    last = pd.DataFrame([{"issue": pd.NA, **whole, "polarisation": mean}]).astype(table.dtypes)
    return pd.concat([table, last], ignore_index=True)


def standing(statements: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """How each holder stands among the others: a row a holder, those with most statements first, then by name.

    Columns: holder_id, holder, side; statements, issues (numbers); allies, opponents (numbers of others with whom at least one position is shared,
    of whom at least one holds an opposite one; somebody can be both); alone (has a position and shares none with anybody); bridges (the number of
    pairs of others between whom the holder stands: the holder shares a position with each of the two, while they contradict each other and share
    none). From allies on, all is missing for a holder without a position."""
    held, agree, clash = _held(statements), congruence(statements), conflict(statements)
    sides = dict(zip(actors.actor_id, actors.side))
    apart = [(a, b) for a, b in clash.edges if not agree.has_edge(a, b)]
    between = Counter(who for a, b in apart for who in nx.common_neighbors(agree, a, b))
    rows = []
    for holder, name in _names(held).items():
        own, known = held[held.holder_id == holder], holder in agree
        row = {"holder_id": holder, "holder": name, "side": sides.get(holder, pd.NA)}
        row |= {"statements": len(own), "issues": own.issue.nunique()}
        if known:
            row |= {"allies": agree.degree(holder), "opponents": clash.degree(holder)}
            row |= {"alone": not agree.degree(holder), "bridges": between[holder]}
        rows.append(row)
    numbers = dict.fromkeys(["statements", "issues", "allies", "opponents"], "Int64")
    columns = (
        dict.fromkeys(["holder_id", "holder", "side"], "string[python]")
        | numbers
        | {"alone": "boolean", "bridges": "Int64"}
    )
    table = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    return table.sort_values(["statements", "holder", "holder_id"], ascending=[False, True, True], ignore_index=True)


# --- positions ---------------------------------------------------------------------------------------------------------------


def _held(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements that are somebody's own, on an issue."""
    held = statements[statements.holder_id.notna() & statements.issue.notna()]
    return held[held.basis.ne("reported")] if "basis" in held else held  # what `Corpus.network` gives is their own


def _names(held: pd.DataFrame) -> dict[str, str]:
    """The holders' names, in the order of their ids."""
    names = dict(zip(held.holder_id, held.holder.fillna(held.holder_id)))
    return {holder: names[holder] for holder in sorted(names)}


def _positions(statements: pd.DataFrame) -> dict[str, dict[str, str]]:
    """holder -> issue -> `support` or `oppose`; issues on which a holder does both are left out, holders without any position too."""
    held = _held(statements)
    found: dict[str, dict[str, str]] = {}
    for (holder, issue), positions in held.groupby(["holder_id", "issue"]).position:
        clear = {position for position in positions if position in LEVELS}
        if len(clear) == 1:
            found.setdefault(holder, {})[issue] = clear.pop()
    return found


def _pairs(statements: pd.DataFrame, alike: bool, normalised: bool) -> nx.Graph:
    positions, names = _positions(statements), _names(_held(statements))
    graph = nx.Graph()
    graph.add_nodes_from((holder, {"label": names[holder]}) for holder in sorted(positions))
    for a, b in itertools.combinations(sorted(positions), 2):
        one, other = positions[a], positions[b]
        issues = tuple(sorted(issue for issue in one.keys() & other.keys() if (one[issue] == other[issue]) == alike))
        if issues:
            activity = (len(one) + len(other)) / 2 if normalised else 1
            graph.add_edge(a, b, weight=len(issues) / activity if normalised else len(issues), issues=issues)
    return graph


def _stands(held: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The names of the holders of one issue by where they stand."""
    found, names = {camp: [] for camp in CAMPS}, _names(held)
    for holder, positions in held.groupby("holder_id").position:
        clear = {position for position in positions if position in LEVELS}
        if len(clear) == 2:
            found["both"].append(names[holder])
        elif clear or (positions == "neutral").any():
            found[clear.pop() if clear else "neutral"].append(names[holder])
    return {camp: tuple(who) for camp, who in found.items()}


def _esteban_ray(row) -> float:
    """4 × the sum of p² q d over ordered pairs of positions, d being 1 between support and oppose and a half otherwise."""
    where = {"support": 1.0, "neutral": 0.5, "oppose": 0.0}
    shares = {level: getattr(row, level) / row.holders for level in where}
    return 4 * sum(shares[a] ** 2 * shares[b] * abs(where[a] - where[b]) for a, b in itertools.permutations(where, 2))
