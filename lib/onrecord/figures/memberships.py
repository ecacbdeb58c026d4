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

from onrecord.figures.style import BODY, DIM, HEAD, INK, PITCH, PLAIN, RULE, SMALL, WIDTH, Sheet, count, house, listed, measure, nothing, titled, wrap

NAMED = 9  # a region with at most so many states names them
ROWS = 20  # combinations drawn in a grid
TOLERANCE = 0.02  # of a region's count
TINTS = ("#f4efe4", "#e2d7bf", "#c4b48e")  # in one, two, three organisations
LINES = ("-", (0, (7, 2)), (0, (1.5, 1.5)))
WIDE, HIGH = 300.0, 270.0  # points for the circles


@house()
def venn(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Two or three organisations as circles whose regions have areas in proportion to their numbers of states.

    regions: as `memberships.regions` gives them (organisations, states, count). states: alpha-3 -> name. Where circles would be off by more than
    2 % of a region's count, or for another number of organisations, `membership_grid` is drawn instead and says why. Returns a Figure."""
    counts = _counts(regions)
    members = [o for o in _organisations(regions) if any(n and o in combination for combination, n in counts.items())]
    fallback = title or "Who belongs where"
    if not members:
        return nothing("None of these organisations has a member on that day.", fallback, source, alt)
    sheet = Sheet()
    drawn = _circles(sheet, members, counts) if len(members) in (2, 3) else None
    if drawn is None or max(drawn.errors.values()) > TOLERANCE:
        why = "Circles cannot show these numbers truly" if len(members) in (2, 3) else "Circles show two or three organisations only"
        given = (subtitle or "Number of states by the organisations to which they belong").rstrip(". ")
        return membership_grid(regions, states, alt=alt, source=source, title=title, subtitle=f"{given}. {why}, so each row is a combination.")
    sheet.areas = drawn.areas
    _label(sheet, members, counts, drawn)
    for row in regions.itertuples():
        if 0 < row.count <= NAMED:
            sheet.say(f"{_region(row.organisations, members)}: {row.count}", BODY, INK, gap=0, weight="bold")
            sheet.say(listed(_names(row.states, states)), BODY, gap=6)
    without = [o for o in _organisations(regions) if o not in members]
    empty = [_region(c, members) for size in range(1, len(members) + 1) for c in itertools.combinations(members, size) if not counts.get(frozenset(c))]
    if empty:
        sheet.say(f"No state is in: {'; '.join(empty)}.", BODY, gap=6)
    if without:
        sheet.say(f"Without a member on that day: {listed(without)}.", BODY, gap=6)
    return titled(sheet, fallback, subtitle or "Number of states by organisation; every area is in proportion to its number", source, alt)


@house()
def membership_grid(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Any number of organisations as a grid: a row per combination that occurs, its organisations as dots, its states as a bar.

    regions, states: as for `venn`. Returns a Figure."""
    title, names = title or "Who belongs where", _organisations(regions)
    found = sorted((row for row in regions.itertuples() if row.count), key=lambda row: (-row.count, -len(row.organisations), row.organisations))
    if not found:
        return nothing("None of these organisations has a member on that day.", title, source, alt)
    sheet, drawn = Sheet(), found[:ROWS]
    cell = min(max(measure(word, SMALL, "bold") for name in names for word in name.split()) + 10, 340 / len(names))
    heads = [wrap(name, cell - 6, SMALL, "bold", 4) for name in names]
    high, left = max(map(len, heads)) * SMALL * PITCH, cell * len(names) + 14
    for i, head in enumerate(heads):
        sheet.write((i + 0.5) * cell, sheet.y + high - len(head) * SMALL * PITCH, " ".join(head), SMALL, cell - 6, 4, ha="center", weight="bold")
    sheet.y += high + 4
    for row in drawn:
        sheet.line((0, WIDTH), (sheet.y, sheet.y), RULE)
        y, inside = sheet.y + 13, [i for i, name in enumerate(names) if name in row.organisations]
        for i in range(len(names)):
            sheet.mark((i + 0.5) * cell, y, "o", INK if i in inside else RULE, INK if i in inside else RULE, 9 if i in inside else 5, zorder=4 if i in inside else 1)
        sheet.line([(i + 0.5) * cell for i in inside], [y] * len(inside), INK, 2, zorder=2)
        wide = row.count / drawn[0].count * (WIDTH - left - 40)
        sheet.bar(left, y, wide, 13, PLAIN)
        sheet.write(left + wide + 7, y, f"{row.count}", middle=True)
        sheet.y += 25
        if row.count <= NAMED:
            sheet.y += sheet.write(left, sheet.y - 2, listed(_names(row.states, states)), SMALL, WIDTH - left, color=DIM) + 3
    rest = [row.count for row in found[ROWS:]]
    if rest:
        sheet.say(f"{count(len(rest), 'smaller combination')} with {count(sum(rest), 'state')} not drawn.")
    return titled(sheet, title, subtitle or "Number of states by combination of organisations; a filled dot: in it; combinations without a state are left out", source, alt)


def _organisations(regions) -> list[str]:
    return list(dict.fromkeys(name for names in sorted(regions["organisations"], key=len, reverse=True) for name in names))


def _counts(regions) -> dict[frozenset, int]:
    return {frozenset(names): int(number) for names, number in zip(regions["organisations"], regions["count"])}


def _names(codes, states) -> list[str]:
    return sorted((states or {}).get(code, code) for code in codes)


def _region(inside, names) -> str:
    """`NATO and OSCE, not EU`, `NATO alone`."""
    within, outside = [n for n in names if n in inside], [n for n in names if n not in inside]
    if len(within) == 1:
        return f"{within[0]} alone"
    return f"{listed(within)}, not {listed(outside, 'or')}" if outside else f"{listed(within)} together"


class _Drawing(NamedTuple):
    """Circles around (0, 0) in points: the regions' patches and polygons, how to move the patches there, their areas, and how far off these are."""

    centres: np.ndarray
    radii: np.ndarray
    patches: dict
    polygons: dict
    place: Affine2D
    areas: dict
    errors: dict


def _circles(sheet, names, counts) -> _Drawing | None:
    """Lay the circles out and measure what came of it; None where the package has no layout for these numbers."""
    keys = [frozenset(n for i, n in enumerate(names) if k >> i & 1) for k in range(1, 1 << len(names))]  # the package's own order
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
    place = Affine2D().translate(*-(low + high) / 2).scale(scale, -scale)
    patches = {key: patch for key, patch in zip(keys, diagram.patches) if patch is not None}
    polygons = {key: patch.get_path().to_polygons(patch.get_patch_transform() + place) for key, patch in patches.items()}
    areas = {key: sum(map(_area, polygons.get(key, ()))) for key in keys}
    share = sum(areas.values()) / sum(sizes)
    # An empty region may cover no more than what would be within tolerance for one state.
    errors = {key: abs(areas[key] / share - n) / max(n, 1) for key, n in zip(keys, sizes)}
    return _Drawing(place.transform(centres), radii * scale, patches, polygons, place, areas, errors)


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
    starts, ends = (np.concatenate(part) for part in ([p for p in polygons], [np.roll(p, -1, axis=0) for p in polygons]))
    along = ends - starts
    where = ((points[:, None] - starts) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-12)
    nearest = starts + np.clip(where, 0, 1)[..., None] * along
    distance = np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)
    best = points[distance > 0.97 * distance.max()]
    return min(best, key=lambda point: np.hypot(*(point - best.mean(axis=0)))), float(distance.max())


def _label(sheet, names, counts, drawn):
    """Numbers inside their regions, or beside the circles where they don't fit; names beside the circles; then shift all to where the page goes on."""
    centres, radii, inside, outside = drawn.centres, drawn.radii, [], []
    for i, (centre, radius) in enumerate(zip(centres, radii)):
        around = [(centre + radius * way, way, np.linalg.norm(centre + radius * way - centres, axis=1) - radii) for way in _ways()]
        # A name prefers the part of its circle's edge that no other circle covers, away from the middle of the figure.
        wishes = [(np.minimum(np.delete(depth, i), 0).sum() * 3 + way @ centre / max(radius, 1) - abs(way[1]) * 0.2, at, way) for at, way, depth in around]
        number = sum(n for key, n in counts.items() if names[i] in key)
        outside.append((wishes, wrap(names[i], 96, BODY, "bold", 3), count(number, "state")))
    for key, polygon in drawn.polygons.items():
        at, room = _pole(polygon)
        number = f"{counts.get(key, 0)}"
        size = next((s for s in (HEAD + 3, HEAD, BODY) if np.hypot(measure(number, s, "bold"), 0.75 * s) / 2 + 2 <= room), None)
        if size and counts.get(key):
            inside.append((at, number, size))
        elif counts.get(key):
            outside.append(([(way @ at / 100, at, way) for way in _ways()], [], f"{number}: {_region(key, names)}"))
    boxes = []
    for wishes, bold, plain in outside:
        boxes.append((*_beside(wishes, bold, plain, centres, radii, boxes), bold, plain))
    left, shift = WIDTH / 2, sheet.y + 8 - min([*(centres[:, 1] - radii), *(box[0][1] for box in boxes)])
    for key, patch in drawn.patches.items():
        patch.set(facecolor=TINTS[len(key) - 1], alpha=1, zorder=1, transform=drawn.place + Affine2D().translate(left, shift) + sheet.page.transData)
    for (x, y), radius, style in zip(centres, radii, LINES):
        sheet.page.add_patch(Circle((x + left, y + shift), radius, facecolor="none", edgecolor=INK, linewidth=1.6, linestyle=style, zorder=2))
    for at, number, size in inside:
        sheet.write(at[0] + left, at[1] + shift, number, size, ha="center", middle=True, weight="bold")
    for (x0, y0, x1, y1), at, near, bold, plain in boxes:
        sheet.line((at[0] + left, near[0] + left), (at[1] + shift, near[1] + shift), INK, zorder=3)
        sheet.mark(at[0] + left, at[1] + shift, "o", INK, INK, 3)
        y = y0 + shift
        for line in bold:
            y += sheet.write((x0 + x1) / 2 + left, y, line, BODY, ha="center", weight="bold")
        for line in wrap(plain, 96, SMALL):
            y += sheet.write((x0 + x1) / 2 + left, y, line, SMALL, ha="center", color=DIM)
    sheet.y = max([*(centres[:, 1] + radii), *(box[0][3] for box in boxes)]) + shift + 14


def _ways():
    """Directions all around."""
    return [np.array((np.cos(a), np.sin(a))) for a in np.linspace(0, 2 * np.pi, 48, endpoint=False)]


def _beside(wishes, bold, plain, centres, radii, boxes):
    """The box of a label outside every circle and every other label, as near as can be, with the two ends of its line."""
    rows = wrap(plain, 96, SMALL)
    wide = max([*(measure(w, BODY, "bold") for w in bold), *(measure(w, SMALL) for w in rows)]) + 4
    high = PITCH * (BODY * len(bold) + SMALL * len(rows))
    for gap in range(10, 400, 12):
        best = None
        for wish, at, way in wishes:
            middle = at + way * (gap + min(wide / 2 / max(abs(way[0]), 1e-9), high / 2 / max(abs(way[1]), 1e-9)))
            box = (middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2)
            off = np.hypot(*(np.clip(centres, box[:2], box[2:]) - centres).T) - radii
            free = off.min() > 2 and max(-box[0], box[2]) <= WIDTH / 2 and not any(_meet(box, other[0]) for other in boxes)
            if free and (best is None or wish > best[0]):
                best = (wish, box, at, at + way * (gap - 2))
        if best:
            return best[1:]
    raise AssertionError("a label has no place")


def _meet(a, b) -> bool:
    return a[0] < b[2] + 4 and b[0] < a[2] + 4 and a[1] < b[3] + 2 and b[1] < a[3] + 2
