"""Figures of memberships: circles where circles can tell the truth, else a grid of combinations."""

import itertools
import warnings
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Circle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from matplotlib_venn import venn2, venn3
from matplotlib_venn._region import VennRegionException

from onrecord.figures.style import (
    BODY,
    DIM,
    HEAD,
    INK,
    PITCH,
    PLAIN,
    RULE,
    SMALL,
    WIDTH,
    Sheet,
    house,
    measure,
    nothing,
    titled,
    wrap,
)
from onrecord.prose import listed, many

NAMED = 9  # a region with at most so many states names them
ROWS = 20  # combinations drawn in a grid
TOLERANCE = 0.02  # of a region's count
TINTS = ("#f4efe4", "#e2d7bf", "#c4b48e")  # in one, two, three organisations
LINES = ("-", (0, (7, 2)), (0, (1.5, 1.5)))
WIDE, HIGH = 300.0, 270.0  # points for the circles
WAYS = [
    np.array((np.cos(a), np.sin(a))) for a in np.linspace(0, 2 * np.pi, 48, endpoint=False)
]  # directions all around


@house()
def venn(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Two or three organisations as circles whose regions have areas in proportion to their numbers of states.

    regions: as `memberships.regions` gives them (organisations, states, count). states: alpha-3 -> name. Where circles would be off by more than
    2 % of a region's count, or for another number of organisations, `membership_grid` is drawn instead and says why. Returns a Figure."""
    counts = _counts(regions)
    members = [o for o in _organisations(regions) if any(n and o in combination for combination, n in counts.items())]
    if not members:
        return nothing("None of these organisations has a member on that day.", source, alt)
    sheet = Sheet()
    drawn = _circles(sheet, members, counts) if len(members) in (2, 3) else None
    if drawn is None or max(drawn.errors.values()) > TOLERANCE:
        why = (
            "Circles cannot show these numbers truly"
            if len(members) in (2, 3)
            else "Circles show two or three organisations only"
        )
        given = (subtitle or "Number of states by combination of organisations").rstrip(". ")
        return membership_grid(
            regions,
            states,
            alt=alt,
            source=source,
            title=title,
            subtitle=f"{given}. {why}, so each row is a combination.",
        )
    sheet.areas = drawn.areas
    _label(sheet, members, counts, drawn)
    for row in regions.itertuples():
        if 0 < row.count <= NAMED:
            sheet.say(f"{_region(row.organisations, members)}: {row.count}", BODY, INK, gap=0, weight="bold")
            sheet.say(listed(_names(row.states, states)), BODY, gap=6)
    without = [o for o in _organisations(regions) if o not in members]
    combinations = [c for size in range(1, len(members) + 1) for c in itertools.combinations(members, size)]
    empty = [_region(c, members) for c in combinations if not counts.get(frozenset(c))]
    if empty:
        sheet.say(f"No state is in: {'; '.join(empty)}.", BODY, gap=6)
    if without:
        sheet.say(f"Without a member on that day: {listed(without)}.", BODY, gap=6)
    default = "Number of states by organisation; every area is in proportion to its number"
    return titled(sheet, title or "Who belongs where", subtitle or default, source, alt)


@house()
def membership_grid(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Any number of organisations as a grid: a row per combination that occurs, its organisations as dots, its states as a bar.

    regions, states: as for `venn`. Returns a Figure."""
    title, names = title or "Who belongs where", _organisations(regions)
    found = sorted(
        (row for row in regions.itertuples() if row.count),
        key=lambda row: (-row.count, -len(row.organisations), row.organisations),
    )
    if not found:
        return nothing("None of these organisations has a member on that day.", source, alt)
    sheet, drawn = Sheet(), found[:ROWS]
    cell = min(max(measure(word, SMALL) for name in names for word in name.split()) + 10, 340 / len(names))
    left = cell * len(names) + 14
    sheet.heads(names, 0, cell)
    for row in drawn:
        sheet.line((0, WIDTH), (sheet.y, sheet.y), RULE)
        y, inside = sheet.y + 13, [i for i, name in enumerate(names) if name in row.organisations]
        for i in range(len(names)):
            colour, size, above = (INK, 9, 4) if i in inside else (RULE, 5, 1)
            sheet.mark((i + 0.5) * cell, y, "o", colour, colour, size, above)
        sheet.line([(i + 0.5) * cell for i in inside], [y] * len(inside), INK, 2, zorder=2)
        wide = row.count / drawn[0].count * (WIDTH - left - 40)
        sheet.bar(left, y, wide, 13, PLAIN)
        sheet.write(left + wide + 7, y, f"{row.count}", middle=True)
        sheet.y += 25
        if row.count <= NAMED:
            sheet.y += (
                sheet.write(left, sheet.y - 2, listed(_names(row.states, states)), SMALL, WIDTH - left, color=DIM) + 3
            )
    rest = [row.count for row in found[ROWS:]]
    if rest:
        sheet.say(f"{many(len(rest), 'smaller combination')} with {many(sum(rest), 'state')} not drawn.")
    default = "Number of states by combination of organisations, filled dots; combinations without a state are left out"
    return titled(sheet, title, subtitle or default, source, alt)


def _organisations(regions) -> list[str]:
    return list(
        dict.fromkeys(name for names in sorted(regions["organisations"], key=len, reverse=True) for name in names)
    )


def _counts(regions) -> dict[frozenset, int]:
    return {frozenset(names): int(number) for names, number in zip(regions["organisations"], regions["count"])}


def _names(codes, states) -> list[str]:
    return sorted((states or {}).get(code, code) for code in codes)


def _region(inside, names) -> str:
    """`NATO and OSCE, not EU`, `NATO alone`."""
    within, outside = [n for n in names if n in inside], [n for n in names if n not in inside]
    if len(within) == 1:
        return f"{within[0]} alone"
    return f"{listed(within)}, not {listed(outside, last='or')}" if outside else f"{listed(within)} together"


class _Drawing(NamedTuple):
    """Circles around (0, 0) in points: the regions' patches and polygons, how to move the patches there, their areas, and how far off these are."""

    centres: np.ndarray
    radii: np.ndarray
    patches: dict
    polygons: dict
    move: Affine2D
    areas: dict
    errors: dict


def _circles(sheet, names, counts) -> _Drawing | None:
    """Lay the circles out and measure what came of it; None where the package has no layout for these numbers."""
    keys = [
        frozenset(n for i, n in enumerate(names) if k >> i & 1) for k in range(1, 1 << len(names))
    ]  # the package's own order
    sizes = [counts.get(key, 0) for key in keys]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a layout that the package calls bad is measured below
            diagram = (venn2 if len(names) == 2 else venn3)(sizes, None, ax=sheet.page)
    except VennRegionException:
        return None
    sheet.plain_axes()
    for text in filter(None, diagram.subset_labels):
        text.remove()
    centres, radii = np.array([(c.x, c.y) for c in diagram.centers]), np.array(diagram.radii)
    low, high = (centres - radii[:, None]).min(axis=0), (centres + radii[:, None]).max(axis=0)
    scale = min(np.array([WIDE, HIGH]) / (high - low))
    move = Affine2D().translate(*-(low + high) / 2).scale(scale, -scale)
    patches = {key: patch for key, patch in zip(keys, diagram.patches) if patch is not None}
    polygons = {key: patch.get_path().to_polygons(patch.get_patch_transform() + move) for key, patch in patches.items()}
    areas = {key: sum(map(_area, polygons.get(key, ()))) for key in keys}
    share = sum(areas.values()) / sum(sizes)
    # An empty region may cover no more than what would be within tolerance for one state.
    errors = {key: abs(areas[key] / share - n) / max(n, 1) for key, n in zip(keys, sizes)}
    return _Drawing(move.transform(centres), radii * scale, patches, polygons, move, areas, errors)


def _area(polygon) -> float:
    x, y = polygon.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def _pole(polygons) -> tuple[np.ndarray, float]:
    """The point inside that is farthest from any edge, and how far that is (Vladimir Agafonkin's pole of inaccessibility, on a grid)."""
    corners = np.concatenate(polygons)
    xs, ys = (np.linspace(a, b, 70) for a, b in zip(corners.min(axis=0), corners.max(axis=0)))
    points = np.array(list(itertools.product(xs, ys)))
    points = points[np.any([Path(polygon).contains_points(points) for polygon in polygons], axis=0)]
    if not len(points):
        return corners.mean(axis=0), 0.0
    starts, ends = (
        np.concatenate(part) for part in ([p for p in polygons], [np.roll(p, -1, axis=0) for p in polygons])
    )
    along = ends - starts
    where = ((points[:, None] - starts) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-12)
    nearest = starts + np.clip(where, 0, 1)[..., None] * along
    distance = np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)
    best = points[distance > 0.97 * distance.max()]
    return min(best, key=lambda point: np.hypot(*(point - best.mean(axis=0)))), float(distance.max())


def _label(sheet, names, counts, drawn):
    """Set all at the next row: the circles, numbers inside their regions or beside the circles where they don't fit, and the names beside them."""
    centres, radii, inside, beside = drawn.centres, drawn.radii, [], []
    for i, (centre, radius) in enumerate(zip(centres, radii)):
        around = [(centre + radius * way, way) for way in WAYS]
        depths = [
            np.minimum(np.linalg.norm(at - np.delete(centres, i, 0), axis=1) - np.delete(radii, i), 0).sum()
            for at, _ in around
        ]
        # A name prefers the part of its circle's edge that no other circle covers, away from the middle of the figure and to the side.
        wishes = [
            (3 * depth + way @ centre / radius - abs(way[1]) / 5, at, way) for depth, (at, way) in zip(depths, around)
        ]
        members = sum(n for key, n in counts.items() if names[i] in key)
        beside.append((wishes, wrap(names[i], 96, BODY, "bold", 3), many(members, "state")))
    for key, polygons in drawn.polygons.items():
        number, (at, room) = f"{counts.get(key, 0)}", _pole(polygons)
        size = next(
            (s for s in (HEAD + 3, HEAD, BODY) if np.hypot(measure(number, s, "bold"), 0.75 * s) / 2 + 2 <= room), None
        )
        if counts.get(key) and size:
            inside.append((at, number, size))
        elif counts.get(key):
            beside.append(([(way @ at / 100, at, way) for way in WAYS], [], f"{number}: {_region(key, names)}"))
    taken, labels = [(at[0] - 12, at[1] - 10, at[0] + 12, at[1] + 10) for at, *_ in inside], []
    for wishes, bold, plain in beside:
        box, at, end = _place(wishes, bold, plain, centres, radii, taken, [(at, end) for _, at, end, *_ in labels])
        labels.append((box, at, end, bold, plain))
        taken.append(box)
    left, down = WIDTH / 2, sheet.y + 8 - min([*(centres[:, 1] - radii), *(box[1] for box in taken)])
    for key, patch in drawn.patches.items():
        patch.set(
            facecolor=TINTS[len(key) - 1],
            alpha=1,
            zorder=1,
            transform=drawn.move + Affine2D().translate(left, down) + sheet.page.transData,
        )
    for (x, y), radius, line in zip(centres, radii, LINES):
        sheet.page.add_patch(
            Circle(
                (x + left, y + down), radius, facecolor="none", edgecolor=INK, linewidth=1.6, linestyle=line, zorder=2
            )
        )
    for (x, y), number, size in inside:
        sheet.write(x + left, y + down, number, size, ha="center", middle=True, weight="bold")
    for (x0, y0, x1, _), at, end, bold, plain in labels:
        sheet.line((at[0] + left, end[0] + left), (at[1] + down, end[1] + down), INK, zorder=3)
        sheet.mark(at[0] + left, at[1] + down, "o", INK, INK, 3)
        y, middle = y0 + down, (x0 + x1) / 2 + left
        if bold:
            y += sheet.write(middle, y, " ".join(bold), BODY, 96, 3, ha="center", weight="bold")
        sheet.write(middle, y, plain, SMALL, 96, ha="center", color=DIM)
    sheet.y = max([*(centres[:, 1] + radii), *(box[3] for box in taken)]) + down + 14


def _place(wishes, bold, plain, centres, radii, taken, lines):
    """Where a label stands: outside every circle, apart from other words and lines, as near as can be: its box and the two ends of its line."""
    rows = wrap(plain, 96, SMALL)
    half = np.array(
        (
            max([*(measure(w, BODY, "bold") for w in bold), *(measure(w, SMALL) for w in rows)]) / 2 + 2,
            PITCH * (BODY * len(bold) + SMALL * len(rows)) / 2,
        )
    )
    for gap in itertools.count(10, 8):
        free = []
        for wish, at, way in wishes:
            middle, end = at + way * (gap + min(half / np.maximum(abs(way), 1e-9))), at + way * (gap - 2)
            box = (*(middle - half), *(middle + half))
            clear = (np.linalg.norm(np.clip(centres, middle - half, middle + half) - centres, axis=1) > radii + 2).all()
            clear &= abs(middle[0]) + half[0] <= WIDTH / 2 and not any(
                _meet(box, other) or _crosses(at, end, other) for other in taken
            )
            if clear and not any(_crosses(*line, box) for line in lines):
                free.append((wish, len(free), box, at, end))
        if free:
            return max(free)[2:]


def _meet(a, b) -> bool:
    return a[0] < b[2] + 4 and b[0] < a[2] + 4 and a[1] < b[3] + 2 and b[1] < a[3] + 2


def _crosses(start, end, box) -> bool:
    """Whether a line between two points runs through a box."""
    points = start + np.linspace(0, 1, 25)[1:, None] * (end - start)
    return bool(((points > (box[0] - 2, box[1])) & (points < (box[2] + 2, box[3]))).all(axis=1).any())
