"""Figures of how sure one can be: the machine against the review, and its own confidence against the truth."""

import pandas as pd
from matplotlib.patheffects import withStroke

from onrecord.figures.style import (
    DIM,
    GROUND,
    INK,
    PLAIN,
    RULE,
    SMALL,
    WIDTH,
    Sheet,
    column_for,
    dark,
    house,
    nothing,
    titled,
)
from onrecord.prose import many

HALO = [withStroke(linewidth=3, foreground="white")]  # keeps a hairline out of a number


def _scale(sheet, left, right, top, ticks):
    """A scale from 0 to 1, its numbers at `top`, its hairlines down to the next row."""
    for tick in ticks:
        x = left + tick * (right - left)
        sheet.write(x, top, f"{tick:g}", SMALL, ha="center", color=DIM)
        sheet.line((x, x), (top + 17, sheet.y), RULE)


@house()
def machine_against_review(scores, *, alt, source, title=None, subtitle=None):
    """Precision and recall of the machine's draft against the review, as a dumbbell per table.

    scores: DataFrame with columns table, precision, recall (0 to 1, may be missing), n_draft, n_truth. Returns a Figure."""
    title = title or "The machine’s draft against the review"
    if scores.empty:
        return nothing("Nothing was reviewed, so there is nothing to compare.", source, alt)
    sheet = Sheet()
    names = [str(table).capitalize() for table in scores["table"]]
    notes = [f"{m} drafted, {r} in the review" for m, r in zip(scores["n_draft"], scores["n_truth"])]
    column = column_for([*names, *notes], 14)
    left, right = column + 42, WIDTH - 42
    sheet.key(
        [
            (lambda x, y: _end(sheet, x, y, "o", INK), "precision: of the drafted rows, how many are right"),
            (lambda x, y: _end(sheet, x, y, "D", "white"), "recall: of the right rows, how many were drafted"),
        ]
    )
    top = sheet.y + 6
    sheet.y = top + 17
    for name, note, precision, recall in zip(names, notes, scores["precision"], scores["recall"]):
        y = sheet.name(name, column, note=note, least=34)
        marks = sorted(
            (left + float(value) * (right - left), shape, fill, f"{value:.2f}")
            for value, shape, fill in ((precision, "o", INK), (recall, "D", "white"))
            if pd.notna(value)
        )
        if not marks:
            sheet.write(left, y, "no rows to compare", SMALL, middle=True, color=DIM)
            continue
        (low, *_, lowest), (high, *_, highest) = marks[0], marks[-1]
        sheet.line((low, high), (y, y), INK, 2)
        for x, shape, fill, _ in marks:
            _end(sheet, x, y, shape, fill)
        if lowest != highest:
            sheet.write(low - 9, y, lowest, middle=True, ha="right", path_effects=HALO)
        sheet.write(high + 9, y, highest, middle=True, path_effects=HALO)
    _scale(sheet, left, right, top, (0, 0.5, 1))
    return titled(sheet, title, subtitle or "Share of rows, from 0 to 1, by table", source, alt)


def _end(sheet, x, y, shape, fill):
    """An end of a dumbbell; where both meet, the dot shows inside the diamond."""
    sheet.mark(x, y, shape, fill, INK, 6 if shape == "o" else 9.5, zorder=5 if shape == "o" else 4)


@house()
def confidence_strip(rows, *, alt, source, title=None, subtitle=None):
    """The machine's confidence, row by row: filled where it was right, a cross where wrong, open where nobody has looked.

    rows: DataFrame with columns table, confidence (0 to 1), right (boolean, may be missing). Returns a Figure."""
    title, rows = title or "How sure the machine was, and whether it was right", rows.dropna(subset=["confidence"])
    if rows.empty:
        return nothing("No row has a confidence to show.", source, alt)
    sheet = Sheet()
    tables = list(dict.fromkeys(rows["table"]))
    seen = {t: rows.loc[rows["table"] == t, "right"].dropna().astype(bool) for t in tables}
    sizes = rows["table"].value_counts()
    notes = {
        t: f"{seen[t].sum()} of {len(seen[t])} right" if len(seen[t]) else f"{many(sizes[t], 'row')}, not reviewed"
        for t in tables
    }
    column = column_for([*map(str, tables), *notes.values()], 16)
    left, right = column + 8, WIDTH - 8
    kinds = {True: ("o", PLAIN, "right"), False: ("x", INK, "wrong"), None: ("o", "white", "not reviewed")}
    used = [k for k in kinds if any(_truth(v) is k for v in rows["right"])]
    sheet.key([(lambda x, y, k=k: _dot(sheet, x, y, kinds[k]), kinds[k][2]) for k in used])
    sheet.y += 6
    top = sheet.y + sheet.write(left - 6, sheet.y, "confidence", SMALL, color=DIM)
    sheet.y = top + 17
    for table in tables:
        swarm, before = _swarm(rows[rows["table"] == table], left, right), sheet.y
        y = sheet.name(
            str(table).capitalize(), column, note=notes[table], least=2 * max(abs(dy) for _, dy, _ in swarm) + 24
        )
        sheet.page.broken_barh(
            [(left - 6, right - left + 12)], (before + 3, sheet.y - before - 6), facecolor=GROUND, linewidth=0, zorder=0
        )
        for x, dy, truth in swarm:
            _dot(sheet, x, y + dy, kinds[truth])
    _scale(sheet, left, right, top, (0, 0.25, 0.5, 0.75, 1))
    return titled(
        sheet,
        title,
        subtitle or "One mark per row of the draft, by the confidence that the machine gave it",
        source,
        alt,
    )


@house()
def reliability(bins, *, alt, source, title=None, subtitle=None):
    """How often rows were right by how sure the machine was of them; on the dashed line both are the same.

    bins: DataFrame with columns confidence (mean of a bin), right (share), low, high (its interval; all 0 to 1), n (rows), one row a tenth
    of the scale. Returns a Figure."""
    title = title or "Can the machine’s confidence be believed?"
    if bins.empty:
        return nothing("No row was checked, so nothing says how sure is sure.", source, alt)
    bins, sheet, tall = bins.sort_values("confidence"), Sheet(), 240.0
    sheet.key(
        [
            (lambda x, y: sheet.mark(x, y, "o", PLAIN, dark(PLAIN)), "share right, with its 95 % interval"),
            (lambda x, y: sheet.line((x - 8, x + 8), (y, y), DIM, style="--"), "as sure as right"),
        ]
    )
    top = sheet.y + 10 + sheet.write(0, sheet.y + 4, "share right", SMALL, color=DIM)
    left, right, bottom = 66.0, WIDTH - 24, top + tall

    def at(sure, share):
        return left + float(sure) * (right - left), bottom - float(share) * tall

    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = at(tick, tick)
        sheet.write(left - 8, y, f"{tick:g}", SMALL, middle=True, ha="right", color=DIM)
        sheet.write(x, bottom + 6, f"{tick:g}", SMALL, ha="center", color=DIM)
        sheet.line((left, right), (y, y))
    sheet.line((left, right), (bottom, top), DIM, style="--")
    points = [at(row.confidence, row.right) for row in bins.itertuples()]
    sheet.line(*zip(*points), dark(PLAIN), 2, zorder=3)
    for (x, y), row in zip(points, bins.itertuples()):
        sheet.line((x, x), (at(0, row.low)[1], at(0, row.high)[1]), dark(PLAIN), 1.2, zorder=3)
        sheet.mark(x, y, "o", PLAIN, dark(PLAIN))
    sheet.y = bottom + 22
    sheet.y += sheet.write((left + right) / 2, sheet.y, "confidence", SMALL, ha="center", color=DIM) + 6
    for place, row in zip(_tenths(bins, left, right), bins.itertuples()):
        sheet.write(place, sheet.y, f"{row.n}", SMALL, ha="center")
    sheet.y += sheet.write(0, sheet.y, "rows", SMALL, color=DIM)
    return titled(sheet, title, subtitle or "Share of rows that were right, by the machine’s confidence", source, alt)


def _tenths(bins, left, right) -> list[float]:
    """The middle of each bin's tenth of the scale: there its number of rows has room."""
    return [left + (min(int(sure * 10), 9) + 0.5) / 10 * (right - left) for sure in bins["confidence"]]


def _truth(value):
    return None if pd.isna(value) else bool(value)


def _dot(sheet, x, y, kind):
    shape, fill, _ = kind
    edge, size, above = (INK, 5.5, 5) if shape == "x" else (INK if fill == "white" else dark(PLAIN), 5, 4)
    sheet.mark(x, y, shape, fill, edge, size, above)


def _swarm(rows, left, right, step=7.0, half=28.0) -> list[tuple[float, float, bool | None]]:
    """(x, distance from the middle, truth) of each mark: equal confidences stand on top of each other, closer where there are many."""
    columns, marks = {}, []
    for confidence, value in zip(rows["confidence"], rows["right"]):
        x = left + float(confidence) * (right - left)
        columns.setdefault(round(x / 6), []).append((x, _truth(value)))
    for column in columns.values():
        gap = min(step, 2 * half / max(len(column) - 1, 1))
        for i, (x, truth) in enumerate(sorted(column, key=lambda c: (c[1] is None, not c[1]))):
            marks.append((x, (i - (len(column) - 1) / 2) * gap, truth))
    return marks
