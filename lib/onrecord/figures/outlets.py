"""Figures of many articles: whose words each outlet prints, how many sources it has, how positions and alliances change with time."""

from collections.abc import Sequence

import networkx as nx
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from onrecord import networks
from onrecord.figures.style import (
    BODY,
    DIM,
    INK,
    OTHER,
    PITCH,
    PLAIN,
    RULE,
    SIDES,
    SMALL,
    STANCES,
    WIDTH,
    Sheet,
    column_for,
    dark,
    house,
    measure,
    nothing,
    titled,
    wrap,
)
from onrecord.prose import listed, many, percent

NO_OUTLET = "outlet unknown"
KEPT = 5  # sides that have the same colour in every figure of a corpus
LEAST = 5  # statements that fill half of a row at the least: one of them shall not look like a campaign
CLASH = (0, (3, 1.4))


def _named(group: object) -> str:
    return NO_OUTLET if pd.isna(group) else str(group)


# --- whose words ---------------------------------------------------------------------------------------------------------------


@house()
def voice_by_outlet(voices, *, alt, source, title=None, subtitle=None):
    """Whose words each outlet prints: a bar for each outlet, parted by side or speaker, each part with its share where there is room.

    voices: DataFrame of `Corpus.voice`. The parts come in the same order in every bar and in the key; the others are hatched, and whoever is unknown is
    white. Returns a Figure."""
    title = title or "Whose words each outlet prints"
    if voices.empty or not voices["words"].sum():
        return nothing("No plain speech was found, so nobody is heard.", source, alt)
    told = voices.dropna(subset=["part"]).drop_duplicates("part").sort_values("rank")
    colours = _colours(dict(zip(told["part"], map(int, told["rank"]))))
    looks = {row.name: (colours[row.part], "direct") for row in told.itertuples(index=False)}
    rest = voices[voices["part"].isna()]["name"].unique()
    looks |= {
        name: (PLAIN, "mixed") if name == "others" else (OTHER, "indirect")
        for name in sorted(rest, key=lambda name: name != "others")
    }
    shown = list(looks)
    sheet = Sheet()
    sheet.key([(lambda x, y, name=name: sheet.bar(x - 8, y, 16, 11, *looks[name]), name) for name in shown])
    sheet.y += 4
    groups = list(voices.groupby("group", sort=False, dropna=False))
    notes = [
        f"{many(int(rows['articles'].iloc[0]), 'article')}, {many(int(rows['words'].sum()), 'word')}"
        for _, rows in groups
    ]
    column = column_for([*map(_named, [group for group, _ in groups]), *notes], 12)
    for (group, rows), note in zip(groups, notes):
        middle = sheet.name(_named(group), column, note=note, least=34.0)
        x, room, words = column, WIDTH - column - 1, rows["words"].sum()
        for name in shown:
            value = rows.loc[rows["name"] == name, "words"].sum()
            wide = float(value) / float(words) * room
            if value:
                colour, look = looks[name]
                sheet.bar(x, middle, wide, 20, colour, look)
                label = percent(float(value), float(words))
                if measure(label, SMALL) + 6 <= wide:
                    _label(sheet, x + wide / 2, middle, label, colour, look)
            x += wide
    default = "Shares of the words of plain speech; below each name how many articles quote, and how many words"
    return titled(sheet, title, subtitle or default, source, alt)


def _colours(ranks: dict[str, int]) -> dict[str, str]:
    """The colour of each side: that of its rank in the corpus, so that two figures of one corpus have the same, and what is left over for the rest."""
    palette = list(SIDES)
    fixed = {side: palette[rank - 1] for side, rank in ranks.items() if rank <= KEPT}
    free = [colour for colour in palette if colour not in fixed.values()]
    others = [side for side in ranks if side not in fixed]
    return fixed | dict(zip(others, [*free, *[OTHER] * len(others)]))


def _label(sheet: Sheet, x: float, y: float, words: str, colour: str, look: str):
    """A share on its part of a bar, on a white ground where the part is not plain white."""
    wide = measure(words, SMALL) + 4
    if look != "indirect":
        sheet.page.add_patch(
            PathPatch(
                Path([(x - wide / 2, y - 7), (x + wide / 2, y - 7), (x + wide / 2, y + 7), (x - wide / 2, y + 7)]),
                facecolor="white",
                edgecolor="none",
                alpha=0.88,
                zorder=4,
            )
        )
    sheet.write(x, y, words, SMALL, ha="center", middle=True, color=dark(colour) if look == "direct" else INK)


# --- how many sources ----------------------------------------------------------------------------------------------------------

MEASURES = {
    "effective": ("Effective number of sources", "{:.1f}", 1),
    "speakers": ("Speakers named in an article", "{:.1f}", 1),
    "unnamed": ("Quotations without a name", "{:.0f} %", 100),
}


@house()
def diversity(table, *, alt, source, title=None, subtitle=None):
    """How diverse the sources are: for each outlet or window a dot a measure with its 95 % interval, each measure on its own scale from nought.

    table: DataFrame of `Corpus.diversity`. A dash stands where there is no number, a dot alone where there is no interval. Returns a Figure."""
    title = title or "How many sources"
    if table.empty:
        return nothing("No plain speech was found, so there are no sources to count.", source, alt)
    sheet = Sheet()
    notes = [many(int(number), "article") for number in table["articles"]]
    names = [_named(group) for group in table["group"]]
    column = column_for([*names, *notes], 12, most=128)
    cell = (WIDTH - column) / len(MEASURES)
    sheet.heads([head for head, *_ in MEASURES.values()], column, cell)
    top = sheet.y
    middles = [sheet.name(name, column, note=note, least=34.0) for name, note in zip(names, notes)]
    for nth, (measure_, (_, form, factor)) in enumerate(MEASURES.items()):
        left = column + nth * cell + 8
        labels = ["–" if pd.isna(value) else form.format(factor * value) for value in table[measure_]]
        ends = table[[measure_, f"{measure_}_high"]].max().max()
        room = cell - 22 - max(measure(label, SMALL) for label in labels)
        scale = room / float(ends) if pd.notna(ends) and ends else 0.0
        sheet.line((left, left), (top, sheet.y), RULE, 1.0)
        for row, middle, label in zip(table.to_dict("records"), middles, labels):
            value, low, high = (row[f"{measure_}{end}"] for end in ("", "_low", "_high"))
            right = left
            if pd.notna(value):
                right = left + float(value) * scale
                if pd.notna(low) and pd.notna(high):
                    sheet.line((left + float(low) * scale, left + float(high) * scale), (middle, middle), INK, 1.6)
                    right = left + float(high) * scale
                sheet.mark(left + float(value) * scale, middle, "o", PLAIN, dark(PLAIN), 7.5)
            sheet.write(right + 7, middle, label, SMALL, middle=True)
    default = "Dot: the estimate. Line: where it lies with 95 % certainty if the articles are a sample; each column has its own scale from nought"
    return titled(sheet, title, subtitle or default, source, alt)


# --- positions over time -------------------------------------------------------------------------------------------------------


@house()
def positions_over_time(table, *, alt, source, title=None, subtitle=None):
    """An actor's positions on a question by window: bars to the left for statements against, to the right for those in favour, in the middle how many
    are neither.

    table: DataFrame of `Corpus.positions`. Returns a Figure."""
    title = title or "Positions over time"
    table = table.assign(neither=table["neutral"] + table["unclear"])
    if table.empty or not table[["support", "oppose", "neither"]].to_numpy().sum():
        return nothing("No position in a window of time was found.", source, alt)
    sheet = Sheet()
    (blue, up), (orange, down), (grey, dot) = (STANCES[name] for name in ("support", "oppose", "neither"))
    sheet.key(
        [
            (lambda x, y: sheet.mark(x, y, down, orange, "white", 9), "against, to the left"),
            (lambda x, y: sheet.mark(x, y, dot, grey, "white", 9), "neutral or unclear, in the middle"),
            (lambda x, y: sheet.mark(x, y, up, blue, "white", 9), "in favour, to the right"),
        ]
    )
    sheet.y += 4
    column = column_for(table["label"], 12)
    middle_x, gap = column + (WIDTH - column) / 2, 20.0
    most = max(int(table[["support", "oppose"]].to_numpy().max()), LEAST)
    room = (WIDTH - column) / 2 - gap - 12 - measure(str(most))
    for row in table.itertuples():
        y = sheet.name(row.label, column, least=24.0)
        for value, way, colour, shape in ((row.oppose, -1, orange, down), (row.support, 1, blue, up)):
            start, wide = middle_x + way * gap, value / most * room
            if value:
                sheet.page.barh([y], [way * wide], left=[start], height=13, color=colour, zorder=3)
                sheet.mark(start + way * 6 if wide > 14 else start + way * wide / 2, y, shape, "white", colour, 7)
                sheet.write(start + way * (wide + 6), y, str(value), ha="left" if way > 0 else "right", middle=True)
        if row.neither:
            sheet.mark(middle_x - 7, y, dot, grey, "white", 8)
            sheet.write(middle_x + 1, y, str(row.neither), SMALL, middle=True, color=DIM)
        sheet.line((column, WIDTH), (sheet.y, sheet.y), RULE, 0.5)
    return titled(sheet, title, subtitle or "Number of statements by window of time", source, alt)


# --- who stands with whom, window by window --------------------------------------------------------------------------------------


@house()
def congruence_over_time(rows, windows, *, alt, source, title=None, subtitle=None):
    """Who agrees with whom and who contradicts whom, window by window: the holders stand once, each on a line of its own, and every window is a column
    of them. An arc to the right joins two that share a position in the window, a broken one to the left two that contradict each other; the thicker,
    the more questions.

    rows: DataFrame of `Corpus.network`, windows: those for which it was asked. A filled dot has a position in the window, an empty one has none.
    Returns a Figure."""
    title = title or "Who stands with whom"
    nets = {
        window: (networks.congruence(here), networks.conflict(here))
        for window in windows["window"]
        for here in [rows[rows["window"] == window]]
    }
    holders = _in_line(nets)
    if not holders:
        return nothing("No holder of a position that another one answers was found.", source, alt)
    names = dict(zip(rows["holder_id"], rows["holder"]))
    sheet = Sheet()
    sheet.key(
        [
            (lambda x, y: _arc(sheet, x - 6, y - 6, y + 6, 14, 1, "-"), "share a position"),
            (lambda x, y: _arc(sheet, x + 6, y - 6, y + 6, -14, 1, CLASH), "contradict each other"),
            (lambda x, y: sheet.mark(x, y, "o", INK, INK, 6), "has a position"),
            (lambda x, y: sheet.mark(x, y, "o", "white", OTHER, 6), "has none"),
        ]
    )
    sheet.y += 6
    column = column_for(names.values(), 8, most=150)
    cell = (WIDTH - column) / max(len(windows), 1)
    heights = [0.0]
    for nth, (label, number) in enumerate(zip(windows["label"], windows["articles"])):
        x, y, (begin, dash, end) = column + (nth + 0.5) * cell, sheet.y, label.partition(" – ")
        for words in filter(None, (begin + dash[:2], end)):
            y += sheet.write(x, y, words, SMALL, cell - 6, 3, ha="center")
        y += sheet.write(x, y, many(int(number), "article"), SMALL, cell - 6, 2, ha="center", color=DIM)
        heights.append(y)
    sheet.y = max(heights) + 5
    places = {}
    for holder in holders:
        high = max(len(wrap(names[holder], column - 8, lines=3)) * BODY * PITCH + 6, 24.0)
        places[holder] = sheet.y + high / 2
        sheet.write(0, places[holder], names[holder], width=column - 8, lines=3, middle=True)
        sheet.y += high
    for nth, window in enumerate(windows["window"]):
        x, (agree, clash) = column + (nth + 0.5) * cell, nets[window]
        sheet.line((x, x), (min(places.values()), max(places.values())), RULE)
        for graph, way, style in ((agree, 1, "-"), (clash, -1, CLASH)):
            for a, b, number in graph.edges(data="weight"):
                reach = abs(places[a] - places[b]) / max(places[holders[-1]] - places[holders[0]], 1)
                _arc(sheet, x, places[a], places[b], way * (cell / 2 - 6) * (0.25 + 0.75 * reach), number, style)
        for holder, y in places.items():
            here = holder in agree
            sheet.mark(x, y, "o", INK if here else "white", INK if here else OTHER, 6 if here else 4.5)
    default = f"Positions of {many(len(holders), 'holder')} by window of time; the thicker an arc, the more questions"
    return titled(sheet, title, subtitle or default, source, alt)


def _in_line(nets: dict[int, tuple[nx.Graph, nx.Graph]]) -> list[str]:
    """The holders in an order in which those that agree stand near each other, and those that contradict each other far apart: by the second
    eigenvector of their ties, each window's counted."""
    nodes = sorted({node for agree, _ in nets.values() for node in agree})
    if len(nodes) < 3:
        return nodes
    import numpy as np

    place = {node: i for i, node in enumerate(nodes)}
    ties = np.zeros((len(nodes), len(nodes)))
    for agree, clash in nets.values():
        for graph, sign in ((agree, 1.0), (clash, -1.0)):
            for a, b, number in graph.edges(data="weight"):
                ties[place[a], place[b]] += sign * number
                ties[place[b], place[a]] += sign * number
    _, vectors = np.linalg.eigh(np.diag(np.abs(ties).sum(axis=1)) - ties)
    first = vectors[:, 0] if np.ptp(vectors[:, 0]) > 1e-6 else vectors[:, 1]
    first = np.round(first * np.sign(first[np.argmax(np.abs(first))] or 1), 6)
    return sorted(nodes, key=lambda node: (-first[place[node]], node))


def _arc(sheet: Sheet, x: float, y: float, to_y: float, bulge: float, number: int, line: str | Sequence):
    """Half an oval from one height to another."""
    width = min(1.0 + 0.9 * (number - 1), 4.0)
    path = Path(
        [(x, y), (x + bulge * 4 / 3, y), (x + bulge * 4 / 3, to_y), (x, to_y)], [Path.MOVETO, *[Path.CURVE4] * 3]
    )
    sheet.page.add_patch(
        PathPatch(path, fill=False, edgecolor=INK, linewidth=width, linestyle=line, capstyle="butt", zorder=2)
    )


def said_of(voices: pd.DataFrame, most: int = 3) -> str:
    """The shares of `voice_by_outlet` in words: for each outlet its largest sides."""
    parts = []
    for group, rows in voices.groupby("group", sort=False, dropna=False):
        largest = rows.sort_values(["share", "name"], ascending=[False, True]).head(most)
        parts.append(
            f"{_named(group)}: {listed(f'{row.name} {percent(row.share, 1)}' for row in largest.itertuples(index=False))}"
        )
    return "; ".join(parts)
