"""Figures of stances: who speaks to which issue and how, who agrees with whom, who contradicts whom.

The layouts are made here and not by networkx: its own know nothing of the width of names, and ours stand beside every node without touching.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import networkx as nx
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from onrecord import networks
from onrecord.figures.style import (
    BODY,
    INK,
    NOBODY,
    PITCH,
    STANCES,
    WIDTH,
    Sheet,
    Who,
    cast,
    column_for,
    house,
    known,
    nothing,
    titled,
    wrap,
)
from onrecord.prose import listed, many

MOST = 15  # holders that one page can show
PORT = 11.0  # points between two lines where they end
LINES = {"support": "-", "oppose": (0, (5, 1.6)), "neither": (0, (1, 1.4))}
WORDS = {"support": "supports", "oppose": "opposes", "neither": "neither, or unclear"}
LEAST, MORE, THICKEST = 1.25, 1.25, 5  # points: a line for one, for each further one, and at most
RADIUS = 96.0  # points from a ring's middle to its sides


class _Tie(NamedTuple):
    """A line between a holder and an issue: how many statements take which stance."""

    holder: str
    issue: str
    stance: str
    number: int


def _thick(number: float) -> float:
    return min(LEAST + MORE * (number - 1), THICKEST)


@house()
def affiliation(statements, issues, actors, most=MOST, *, alt, source, title=None, subtitle=None):
    """Who speaks to which issue: holders at the left, issues at the right, and a line for each stance, thicker the more statements it has.

    statements, actors: tables of a dossier. issues: DataFrame with columns issue and title. most: how many holders to draw, those with most
    statements. Statements of nobody named are left out. Returns a Figure."""
    title = title or "Who speaks to which issue"
    order = list(networks.standing(statements, actors).holder_id)
    if not order:
        return nothing("No holder of a position on an issue of the codebook was found.", source, alt)
    graph = networks.affiliation(
        statements, actors, dict(zip(issues["issue"], issues["title"].fillna(issues["issue"])))
    )
    ties = _ties(graph.subgraph([*order[:most], *(node for node in graph if node not in order)]))
    holders, subjects = _facing(list(dict.fromkeys(tie.holder for tie in ties)), ties)
    people, sheet = cast(actors), Sheet()
    sheet.key(
        [(lambda x, y, s=s: _sample(sheet, x, y, s), WORDS[s]) for s in STANCES if any(tie.stance == s for tie in ties)]
    )
    _sides(sheet, [known(people, holder, graph.nodes[holder]["label"]) for holder in holders])
    sheet.y += 6
    _columns(sheet, graph, people, holders, subjects, ties)
    more = f"; {many(len(order) - most, 'less active holder')} not drawn" if len(order) > most else ""
    default = f"Positions by holder and issue; the thicker a line, the more statements{more}"
    return titled(sheet, title, subtitle or default, source, alt)


def _sides(sheet: Sheet, shown: list[Who]) -> None:
    """The key to the sides of those who are drawn; sides that share a mark share an entry."""
    sides: dict[str, list[str]] = {}
    for who in shown:
        if who.side not in sides.setdefault(who.colour, []):
            sides[who.colour].append(who.side)
    if any(who.side != NOBODY.side for who in shown):
        sheet.key([(lambda x, y, c=colour: sheet.side(x, y, c), listed(names)) for colour, names in sides.items()])


def _ties(graph: nx.Graph) -> list[_Tie]:
    made = []
    for one, other, about in graph.edges(data=True):
        holder, issue = (one, other) if graph.nodes[one]["kind"] == "actor" else (other, one)
        numbers = {"support": about["support"], "oppose": about["oppose"], "neither": about["other"]}
        made += [_Tie(holder, issue, stance, number) for stance, number in numbers.items() if number]
    return sorted(made, key=lambda tie: (tie.holder, tie.issue, list(STANCES).index(tie.stance)))


def _facing(holders: list[str], ties: list[_Tie]) -> tuple[list[str], list[str]]:
    """Both columns in an order in which few lines cross: each in turn is sorted by the mean place of those to which its nodes are tied, and
    of the orders met on the way that with fewest crossings is taken (Sugiyama, Tagawa and Toda 1981)."""
    number = {holder: sum(tie.number for tie in ties if tie.holder == holder) for holder in holders}
    holders = sorted(holders, key=lambda holder: (-number[holder], holder))
    issues, tried = sorted({tie.issue for tie in ties}), []
    for _ in range(12):
        issues = _by_neighbours(issues, holders, [(tie.issue, tie.holder) for tie in ties])
        tried.append((_crossings(holders, issues, ties), len(tried), holders, issues))
        holders = _by_neighbours(holders, issues, [(tie.holder, tie.issue) for tie in ties])
        tried.append((_crossings(holders, issues, ties), len(tried), holders, issues))
    return min(tried)[2:]


def _by_neighbours(nodes: list[str], others: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    place = {other: i for i, other in enumerate(others)}
    near = {node: [place[other] for one, other in pairs if one == node] for node in nodes}
    return sorted(nodes, key=lambda node: (sum(near[node]) / len(near[node]), nodes.index(node)))


def _crossings(holders: list[str], issues: list[str], ties: list[_Tie]) -> int:
    places = [(holders.index(tie.holder), issues.index(tie.issue)) for tie in ties]
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(places, 2))


def _columns(sheet, graph, people, holders, subjects, ties):
    """The two columns of names with the lines between them."""
    labels = {node: graph.nodes[node]["label"] for node in [*holders, *subjects]}
    left = column_for([labels[node] for node in holders], 37, most=184)
    right = WIDTH - column_for([labels[node] for node in subjects], 14, most=178)
    rows = {
        node: max(
            len(wrap(labels[node], left - 35 if node in holders else WIDTH - right - 10, lines=3)) * BODY * PITCH + 7,
            PORT * sum(node in (tie.holder, tie.issue) for tie in ties) + 6,
        )
        for node in labels
    }
    high = max(sum(rows[node] for node in column) for column in (holders, subjects))
    middles = _spread(holders, rows, sheet.y, high) | _spread(subjects, rows, sheet.y, high)
    for node in holders:
        sheet.side(left - 24, middles[node], known(people, node, labels[node]).colour)
        sheet.write(left - 34, middles[node], labels[node], width=left - 35, lines=3, ha="right", middle=True)
    for node in subjects:
        sheet.write(right + 10, middles[node], labels[node], width=WIDTH - right - 10, lines=3, middle=True)
    starts = _ports(ties, lambda tie: tie.holder, lambda tie: middles[tie.issue], middles)
    ends = _ports(ties, lambda tie: tie.issue, lambda tie: middles[tie.holder], middles)
    for tie in ties:
        _ribbon(sheet, left - 8, starts[tie], right, ends[tie], tie)
    for node in labels:
        ports = [(starts if node in holders else ends)[tie] for tie in ties if node in (tie.holder, tie.issue)]
        x = left - 14 if node in holders else right + 4
        sheet.line((x, x), (min(ports) - 5, max(ports) + 5), INK, 1.6)
    sheet.y += high + 6


def _spread(nodes: Sequence[str], rows: Mapping[str, float], top: float, high: float) -> dict[str, float]:
    """The middle of each row of a column that is `high` points tall; what its rows leave free is shared among them."""
    free, middles = (high - sum(rows[node] for node in nodes)) / len(nodes), {}
    for node in nodes:
        middles[node] = top + (rows[node] + free) / 2
        top += rows[node] + free
    return middles


def _ports(ties: list[_Tie], own: Callable, other: Callable, middles: Mapping[str, float]) -> dict[_Tie, float]:
    """Where each line ends at its node: one below the other, in the order of the nodes at the other ends."""
    found = {}
    for node in {own(tie) for tie in ties}:
        ordered = sorted((tie for tie in ties if own(tie) == node), key=other)
        for i, tie in enumerate(ordered):
            found[tie] = middles[node] + (i - (len(ordered) - 1) / 2) * PORT
    return found


def _ribbon(sheet, x, y, to_x, to_y, tie: _Tie):
    """A curved line with the sign of its stance at both ends."""
    colour, shape = STANCES[tie.stance]
    bend = (to_x - x) * 0.45
    path = Path([(x, y), (x + bend, y), (to_x - bend, to_y), (to_x, to_y)], [Path.MOVETO, *[Path.CURVE4] * 3])
    style = {"linewidth": _thick(tie.number), "linestyle": LINES[tie.stance], "capstyle": "butt", "zorder": 2}
    sheet.page.add_patch(PathPatch(path, fill=False, edgecolor=colour, **style))
    for at, height in ((x, y), (to_x - 2, to_y)):
        sheet.mark(at, height, shape, colour, "white", 8)


def _sample(sheet, x, y, stance):
    colour, shape = STANCES[stance]
    sheet.line((x - 8, x + 10), (y, y), colour, 1.8, LINES[stance])
    sheet.mark(x - 4, y, shape, colour, "white", 8.5)


# --- holders among themselves ------------------------------------------------------------------------------------------------


@house()
def congruence(statements, actors=None, most=MOST, *, alt, source, title=None, subtitle=None):
    """Who shares positions with whom, as a ring of holders: a line where two take the same position on an issue, thicker the more issues.

    statements, actors: tables of a dossier. most: how many holders to draw, those with most such issues. Who has none is told, not drawn.
    Returns a Figure."""
    graph, words = networks.congruence(statements), "on which two holders take the same position"
    empty = "No two holders take the same position on an issue."
    return _ring(graph, actors, most, "-", title or "Who agrees with whom", words, empty, alt, source, subtitle)


@house()
def conflict(statements, actors=None, most=MOST, *, alt, source, title=None, subtitle=None):
    """Who contradicts whom: as `congruence`, with a broken line where one supports what the other opposes. Returns a Figure."""
    graph, words = networks.conflict(statements), "on which one supports what the other opposes"
    empty = "No holder opposes what another supports."
    return _ring(
        graph, actors, most, (0, (4, 1.6)), title or "Who contradicts whom", words, empty, alt, source, subtitle
    )


def _ring(graph: nx.Graph, actors, most, line, title, words, empty, alt, source, subtitle) -> Sheet:
    weight = dict(graph.degree(weight="weight"))
    tied = sorted((node for node in graph if weight[node]), key=lambda node: (-weight[node], node))
    if not tied:
        return nothing(empty, source, alt)
    drawn = graph.subgraph(tied[:most])
    chosen = [
        node for node in tied[:most] if drawn.degree(node)
    ]  # nobody whose only line would lead to somebody left out
    people, sheet = {} if actors is None else cast(actors), Sheet()
    numbers = sorted({about["weight"] for *_, about in drawn.edges(data=True)})
    if len(numbers) > 1:
        sheet.key([(lambda x, y, n=n: _stroke(sheet, x, y, n, line), many(n, "issue")) for n in numbers])
    _sides(sheet, [known(people, node, graph.nodes[node]["label"]) for node in chosen])
    sheet.y += 8
    places = _around(sheet, _in_ring(chosen, drawn), graph, people)
    for a, b, number in drawn.edges(data="weight"):
        _bow(sheet, places[a], places[b], number, line)
    apart, rest = len(graph) - len(tied), len(tied) - len(chosen)
    missing = [f"{many(apart, 'holder')} with none"] if apart else []
    missing += [f"{many(rest, 'less active holder')}"] if rest else []
    more = f"; not drawn: {listed(missing)}" if missing else ""
    return titled(sheet, title, subtitle or f"Number of issues {words}{more}", source, alt)


def _bow(sheet, start, end, number, line):
    """A line that bends toward the ring's middle, the more the longer it is, so that neighbours on one side do not hide each other's lines."""
    half, span = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), math.dist(start, end)
    inward = WIDTH / 2 - half[0]
    bend = math.copysign(min(abs(inward), 0.7 * span), inward)
    path = Path([start, (half[0] + bend, half[1]), end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    style = {"linewidth": _thick(number), "linestyle": line, "capstyle": "butt", "zorder": 2}
    sheet.page.add_patch(PathPatch(path, fill=False, edgecolor=INK, **style))


def _stroke(sheet, x, y, number, line):
    sheet.line((x - 8, x + 9), (y, y), INK, _thick(number), line)


def _in_ring(nodes: list[str], graph: nx.Graph) -> list[str]:
    """The nodes in an order in which those that are tied stand near each other: two change places for as long as that shortens the lines."""
    order, many_ = list(nodes), len(nodes)

    def length():
        place = {node: i for i, node in enumerate(order)}
        steps = ((abs(place[a] - place[b]), n) for a, b, n in graph.edges(data="weight") if a in place and b in place)
        return sum(n * min(step, many_ - step) for step, n in steps)

    best, better = length(), True
    while better:
        better = False
        for i, j in itertools.combinations(range(many_), 2):
            order[i], order[j] = order[j], order[i]
            now = length()
            if now < best:
                best, better = now, True
            else:
                order[i], order[j] = order[j], order[i]
    return order


def _around(sheet, order: list[str], graph: nx.Graph, people) -> dict[str, tuple[float, float]]:
    """Set the nodes around an ellipse with their names outside it, in rows, the first half down the right side and the others up the left. Gives
    the nodes' places."""
    right, left = order[: math.ceil(len(order) / 2)], order[math.ceil(len(order) / 2) :][::-1]
    room = WIDTH / 2 - RADIUS - 14
    shown = {node: known(people, node, graph.nodes[node]["label"]) for node in order}
    rows = {node: max(len(wrap(shown[node].name, room, lines=3)) * BODY * PITCH + 8, 26.0) for node in order}
    high = max(sum(rows[node] for node in half) for half in (right, left))
    middle, tall = sheet.y + high / 2, high / 2 + 4
    places = {}
    for half, way in ((right, 1), (left, -1)):
        for node, y in _spread(half, rows, sheet.y, high).items() if half else ():
            x = WIDTH / 2 + way * RADIUS * math.sqrt(1 - ((y - middle) / tall) ** 2)
            places[node] = (x, y)
            sheet.side(x, y, shown[node].colour)
            ha = "left" if way > 0 else "right"
            sheet.write(x + way * 10, y, shown[node].name, width=room, lines=3, ha=ha, middle=True)
    sheet.y += high + 6
    return places
