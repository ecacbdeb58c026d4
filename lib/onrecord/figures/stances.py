"""Figures of stances: who holds what on which issue, and who agrees with whom."""

import itertools
import math

import pandas as pd

from onrecord.figures.style import (
    BODY,
    DIM,
    GROUND,
    INK,
    RULE,
    SMALL,
    STANCES,
    WIDTH,
    Sheet,
    cast,
    column_for,
    house,
    known,
    measure,
    nothing,
    titled,
)
from onrecord.prose import many

PANEL = 5  # issues side by side; more go into panels below
ALIKE, APART = ("o", INK, "white"), ("D", "white", INK)  # shape, fill, number


def _held(statements: pd.DataFrame) -> pd.DataFrame:
    return statements.assign(
        holder_id=statements["holder_id"].fillna(""),
        holder=statements["holder"].fillna("Nobody named"),
        stance=statements["position"].where(statements["position"].isin(("support", "oppose")), "neither"),
    )


def _stance(sheet, x, y, stance, number=1):
    colour, shape = STANCES[stance]
    sheet.mark(x - (5 if number > 1 else 0), y, shape, colour, colour, 8.5)
    if number > 1:
        sheet.write(x + 2, y, f"{number}", SMALL, middle=True)


@house()
def stance_matrix(statements, issues, actors=None, *, alt, source, title=None, subtitle=None):
    """Who stands where: a row per holder, a column per issue, a mark per position with its number of statements.

    statements, actors: tables of a dossier; with actors the holders are grouped by side. issues: DataFrame with columns issue and title; its order
    is the columns' order. Returns a Figure."""
    title = title or "Who stands where"
    if statements.empty:
        return nothing("No statement on an issue of the codebook was found.", source, alt)
    rows, sheet = _held(statements), Sheet()
    titles = dict(zip(issues["issue"], issues["title"].fillna(issues["issue"])))
    order = [i for i in titles if (rows["issue"] == i).any()] + sorted(set(rows["issue"]) - set(titles))
    people = cast(actors) if actors is not None else {}
    words = {"support": "supports", "oppose": "opposes", "neither": "neither, or unclear"}
    sheet.key([(lambda x, y, s=s: _stance(sheet, x, y, s), words[s]) for s in STANCES if (rows["stance"] == s).any()])
    panels = math.ceil(len(order) / PANEL)
    size = math.ceil(len(order) / panels)
    sides = [known(people, holder).side for holder in rows["holder_id"] if people]
    column = column_for([*rows["holder"], *sides], 26 if people else 12, most=166)
    for first in range(0, len(order), size):
        _panel(
            sheet,
            rows,
            order[first : first + size],
            titles,
            people,
            column,
            min((WIDTH - column) / min(size, len(order)), 130),
        )
    return titled(
        sheet,
        title,
        subtitle or "Positions on the issues of the codebook; a number stands where a mark is more than one statement",
        source,
        alt,
    )


def _panel(sheet, rows, issues, titles, people, column, cell):
    """Some issues side by side, with the holders who speak to them."""
    rows = rows[rows["issue"].isin(issues)]
    sheet.y += 8
    sheet.heads([titles.get(issue, issue) for issue in issues], column, cell)
    top, counts = sheet.y, rows.groupby(["holder_id", "issue", "stance"]).size()
    holders = rows.groupby("holder_id").agg(name=("holder", "first"), n=("holder", "size"))
    groups = {holder: known(people, holder)[1:] if people and holder else ("", None) for holder in holders.index}
    weight = holders["n"].groupby([groups[h][0] for h in holders.index]).sum()
    ranked = sorted(
        holders.index,
        key=lambda h: (h == "", -weight[groups[h][0]], groups[h][0], -holders["n"][h], holders["name"][h]),
    )
    for (side, colour), group in itertools.groupby(ranked, key=groups.get):
        sheet.line((0, column + cell * len(issues)), (sheet.y, sheet.y), DIM)
        if side:
            sheet.side(6, sheet.y + 12, colour)
            sheet.y += 4 + sheet.write(16, sheet.y + 5, side, SMALL, column - 24, 2, color=DIM)
        for holder in group:
            y = sheet.name(holders["name"][holder], column, indent=16 if side else 0)
            for i, issue in enumerate(issues):
                found = [(s, counts[holder, issue, s]) for s in STANCES if (holder, issue, s) in counts.index]
                for k, (stance, number) in enumerate(found):
                    _stance(
                        sheet,
                        column + (i + 0.5) * cell + (k - (len(found) - 1) / 2) * min(24, cell / len(found)),
                        y,
                        stance,
                        number,
                    )
    for i in range(len(issues)):
        sheet.page.broken_barh(
            [(column + i * cell + 2, cell - 4)], (top, sheet.y - top), facecolor=GROUND, linewidth=0, zorder=0
        )
    sheet.line((0, column + cell * len(issues)), (sheet.y, sheet.y), DIM)
    sheet.y += 8


@house()
def congruence(statements, top=10, *, alt, source, title=None, subtitle=None):
    """Who agrees with whom: for each pair of holders the number of issues on which they agree and on which they are in conflict.

    statements: table of a dossier; only support and oppose count, and an issue on which a holder takes both is left out for that holder.
    top: how many holders to draw, those with most shared issues first. Returns a Figure."""
    title, rows = title or "Who agrees with whom", _held(statements)
    rows = rows[(rows["stance"] != "neither") & (rows["holder_id"] != "")]
    sets = rows.groupby(["holder_id", "issue"])["stance"].agg(set)
    clear = {h: {i: next(iter(s)) for (_, i), s in part.items() if len(s) == 1} for h, part in sets.groupby(level=0)}
    pairs = {}
    for a, b in itertools.combinations(sorted(clear), 2):
        shared = clear[a].keys() & clear[b].keys()
        if shared:
            alike = sum(clear[a][i] == clear[b][i] for i in shared)
            pairs[frozenset((a, b))] = (alike, len(shared) - alike)
    if not pairs:
        return nothing(
            "No two holders take a clear position on the same issue, so nobody can be compared.", source, alt
        )
    names = dict(zip(rows["holder_id"], rows["holder"]))
    weight = {h: sum(sum(n) for pair, n in pairs.items() if h in pair) for pair in pairs for h in pair}
    chosen = sorted(weight, key=lambda h: (-weight[h], names[h]))[:top]
    chosen = [h for h in chosen if any(frozenset((h, other)) in pairs for other in chosen)]  # no row without a mark
    sheet = Sheet()
    sheet.key(
        [
            (lambda x, y: _number(sheet, x, y, 2, ALIKE), "issues on which the two agree"),
            (lambda x, y: _number(sheet, x, y, 1, APART), "issues on which they are in conflict"),
        ]
    )
    sheet.say("Read along a name’s row to the left, and down its column.", gap=6)
    widest = min(max(measure(names[h]) for h in chosen) + 4, 170)
    cell = min((WIDTH - widest) / max(len(chosen) - 1, 1), 44)
    high = 46 if any(a and b for a, b in pairs.values()) else 28
    for row, holder in enumerate(chosen):
        y = sheet.y + high / 2
        for column, other in enumerate(chosen[:row]):
            sheet.page.broken_barh(
                [(column * cell + 1, cell - 2)], (sheet.y + 1, high - 2), facecolor=GROUND, linewidth=0, zorder=0
            )
            numbers = [(n, look) for n, look in zip(pairs.get(frozenset((holder, other)), ()), (ALIKE, APART)) if n]
            for i, (number, look) in enumerate(numbers):
                _number(sheet, (column + 0.5) * cell, y + (i - (len(numbers) - 1) / 2) * 20, number, look)
        sheet.write(row * cell + 5, y, names[holder], BODY, WIDTH - row * cell - 5, 2, middle=True)
        sheet.line((row * cell, row * cell + 4 + widest), (sheet.y + high, sheet.y + high), RULE)
        sheet.y += high
    sheet.y += 4
    left = len(clear) - len(chosen)
    more = f"; {many(left, 'holder')} with fewer or no shared issues not drawn" if left else ""
    return titled(
        sheet, title, subtitle or f"Number of issues on which two holders both take a clear position{more}", source, alt
    )


def _number(sheet, x, y, number, look):
    shape, fill, ink = look
    sheet.mark(x, y, shape, fill, INK, 15 if shape == "o" else 12.5)
    sheet.write(x, y, f"{number}", SMALL, ha="center", middle=True, color=ink)
