"""Circles whose regions have areas in proportion to their counts: where they lie, what was drawn, measured, and where in it words fit.

matplotlib-venn lays every pair out. Circles of three sets follow from their three distances; where a distance is free (one circle inside another,
or two apart) it is chosen so that no lines run along each other. The package draws no circle inside another that it doesn't touch, so regions are
traced here, along the arcs between crossings.
"""

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.path import Path

TOLERANCE = 0.02  # of a region's count
STEPS = 360  # points around a circle
NEAR = 1e-7  # radii are about 1 to 10
TRIES = 31  # values of a distance that is free
AIR = 0.25  # of the room that a circle has inside another: what lies between them at the narrowest
APART = 0.2  # of the smaller radius: what lies between two that share nothing

Key = frozenset


class Circles(NamedTuple):
    """Circles around (0, 0), y downwards: names, centres (n x 2), radii, and the regions' outlines: closed polygons (k x 2), holes the other way
    round. `arrange` gives them in a unit in which one state has an area of 1."""

    names: Sequence[str]
    centres: np.ndarray
    radii: np.ndarray
    outlines: Mapping[Key, list[np.ndarray]]

    def scaled(self, factor: float) -> "Circles":
        outlines = {key: [part * factor for part in parts] for key, parts in self.outlines.items()}
        return Circles(self.names, self.centres * factor, self.radii * factor, outlines)

    @property
    def size(self) -> np.ndarray:
        """Width and height."""
        return (self.centres + self.radii[:, None]).max(axis=0) - (self.centres - self.radii[:, None]).min(axis=0)

    def area(self, key: Key) -> float:
        """Of a region, by its outline."""
        return sum(_signed(part) for part in self.outlines.get(key, ()))

    def path(self, key: Key) -> Path:
        return Path.make_compound_path(*(Path(part, closed=True) for part in self.outlines[key]))

    def inside(self, key: Key) -> np.ndarray:
        """Which circles a region lies inside: a flag each."""
        return np.array([name in key for name in self.names])


def arrange(names: Sequence[str], counts: Mapping[Key, int]) -> Circles | None:
    """One to three organisations as circles, one state an area of 1. None where circles cannot lie so that each region is within 2 % of its count.

    names: those that have members. counts: number of states by combination; what is missing is 0. An empty region must have no outline."""
    sizes = np.array([sum(n for key, n in counts.items() if name in key) for name in names], dtype=float)
    radii = np.sqrt(sizes / np.pi)
    common = {
        (i, j): sum(n for key, n in counts.items() if names[i] in key and names[j] in key)
        for i, j in itertools.combinations(range(len(names)), 2)
    }
    centres = _centres(sizes, radii, common)
    if centres is None:
        return None
    middle = ((centres + radii[:, None]).max(axis=0) + (centres - radii[:, None]).min(axis=0)) / 2
    made = Circles(names, centres - middle, radii, _outlines(names, centres - middle, radii))
    every = {key for key, n in counts.items() if n} | set(made.outlines)
    true = all(abs(made.area(key) - counts.get(key, 0)) <= TOLERANCE * counts.get(key, 0) for key in every)
    return made if true else None


# --- where the circles lie -----------------------------------------------------------------------------------------------------


def _centres(sizes, radii, common) -> np.ndarray | None:
    """The centres, y downwards; None where three distances don't make a triangle."""
    if len(radii) == 1:
        return np.zeros((1, 2))
    choices = {pair: _distances(sizes[list(pair)], radii[list(pair)], both) for pair, both in common.items()}
    if len(radii) == 2:
        wished = max(zip(*choices[0, 1]), key=lambda choice: choice[1])[0]
        return np.array([(0, 0), (wished, 0)])
    ab, ac, bc = np.meshgrid(*(choices[pair][0] for pair in ((0, 1), (0, 2), (1, 2))), indexing="ij")
    wishes = np.array(np.meshgrid(*(choices[pair][1] for pair in ((0, 1), (0, 2), (1, 2))), indexing="ij"))
    fits = (ab <= ac + bc + NEAR) & (ac <= ab + bc + NEAR) & (bc <= ab + ac + NEAR)
    if not fits.any():
        return None
    # The worst of the three counts most; the rest decides among equals.
    best = np.argmax(np.where(fits, wishes.min(axis=0) + wishes.sum(axis=0) / 100, -np.inf))
    chosen = {(0, 1): ab.flat[best], (0, 2): ac.flat[best], (1, 2): bc.flat[best]}
    # The pair that overlaps, or else stands apart, lies level, and the third below it.
    i, j = min(common, key=lambda pair: 2 * (common[pair] >= min(sizes[list(pair)])) + (common[pair] == 0))
    k = 3 - i - j
    level, left, right = (chosen[tuple(sorted(pair))] for pair in ((i, j), (i, k), (j, k)))
    x = (left**2 - right**2 + level**2) / (2 * level) if level > NEAR else left
    centres = np.zeros((3, 2))
    centres[j], centres[k] = (level, 0), (x, np.sqrt(max(left**2 - x**2, 0)))
    return centres


def _distances(sizes, radii, both) -> tuple[np.ndarray, np.ndarray]:
    """Distances that two circles may have, and how well each looks: 1 at best, 0 where lines touch."""
    (small, large), rest = sorted(radii), max(sizes) - min(sizes)
    if 0 < both < min(sizes):
        # Imported here: it brings a second of scipy, which most figures do without.
        from matplotlib_venn.layout.venn2 import DefaultLayoutAlgorithm

        laid = DefaultLayoutAlgorithm()((sizes[0] - both, sizes[1] - both, both))
        apart = np.hypot(laid.centers[1].x - laid.centers[0].x, laid.centers[1].y - laid.centers[0].y)
        return np.array([apart * radii[0] / laid.radii[0]]), np.ones(1)
    if both and not rest:
        return np.zeros(1), np.ones(1)
    if both:
        room = np.linspace(0, large - small, TRIES)
        return large - small - room, _liking(room, AIR * (large - small))
    gap = np.concatenate(
        (np.linspace(0, APART * small, TRIES), np.linspace(APART * small, 2 * large + small, TRIES // 3))
    )
    return large + small + gap, _liking(gap, APART * small)


def _liking(room, wish):
    """From 0 where there is no room to 1 where it is as wished; more than that is a little worse."""
    return np.where(room < wish, room / wish, 1 - (room - wish) / (room - wish + 100 * wish))


# --- the regions that they make ------------------------------------------------------------------------------------------------


def _outlines(names, centres, radii) -> dict[Key, list[np.ndarray]]:
    """Outlines of all regions that the circles make: each arc between two crossings parts the region inside its circle from the one outside."""
    alike = [
        next(j for j in range(i + 1) if np.hypot(*(centres[i] - centres[j])) + abs(radii[i] - radii[j]) < NEAR)
        for i in range(len(radii))
    ]  # equal circles are one
    groups = {i: [name for name, first in zip(names, alike) if first == i] for i in sorted(set(alike))}
    sides: dict[Key, list[np.ndarray]] = {}
    for i, own in groups.items():
        others = [j for j in groups if j != i]
        for arc in _arcs(i, others, centres, radii):
            probes = arc[[len(arc) // 5, len(arc) // 2, 4 * len(arc) // 5]]  # one of them may touch another circle
            around = [j for j in others if np.median(np.linalg.norm(probes - centres[j], axis=1)) < radii[j]]
            outside = Key(name for j in around for name in groups[j])
            sides.setdefault(outside | Key(own), []).append(arc)
            if outside:
                sides.setdefault(outside, []).append(arc[::-1])
    return {key: _loops(arcs) for key, arcs in sides.items()}


def _arcs(i, others, centres, radii) -> list[np.ndarray]:
    """A circle, cut where others cross it."""
    cuts = []
    for j in others:
        to = centres[j] - centres[i]
        apart = np.hypot(*to)
        if abs(radii[i] - radii[j]) + NEAR < apart < radii[i] + radii[j] - NEAR:
            half = np.arccos((apart**2 + radii[i] ** 2 - radii[j] ** 2) / (2 * apart * radii[i]))
            cuts += [(np.arctan2(to[1], to[0]) + turn) % (2 * np.pi) for turn in (-half, half)]
    cuts = sorted(cuts) or [0.0]
    arcs = []
    for begin, end in zip(cuts, [*cuts[1:], cuts[0] + 2 * np.pi]):
        angles = np.linspace(begin, end, max(int(STEPS * (end - begin) / (2 * np.pi)), 2) + 1)
        arcs.append(centres[i] + radii[i] * np.column_stack((np.cos(angles), np.sin(angles))))
    return arcs


def _loops(arcs) -> list[np.ndarray]:
    """Arcs joined end to end into closed outlines."""
    left, loops = list(arcs), []
    while left:
        loop = [left.pop()]
        while np.hypot(*(loop[-1][-1] - loop[0][0])) > 1e-5:
            nearest = min(range(len(left)), key=lambda k: np.hypot(*(left[k][0] - loop[-1][-1])))
            loop.append(left.pop(nearest))
        loops.append(np.concatenate([arc[:-1] for arc in loop] + [loop[0][:1]]))
    return loops


def _signed(part) -> float:
    x, y = part.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


# --- where words fit -----------------------------------------------------------------------------------------------------------


def clearance(circles: Circles, key: Key, points: np.ndarray) -> np.ndarray:
    """How far each point (n x 2) inside a region is from the nearest edge; negative outside the region."""
    within = circles.radii - np.linalg.norm(points[:, None] - circles.centres, axis=-1)
    return np.where(circles.inside(key), within, -within).min(axis=1)


def pole(circles: Circles, key: Key) -> tuple[np.ndarray, float]:
    """The point of a region that is farthest from any edge, and how far (Vladimir Agafonkin's pole of inaccessibility, on a grid made finer twice)."""
    corners = np.concatenate(circles.outlines[key])
    low, high = corners.min(axis=0), corners.max(axis=0)
    for _ in range(3):
        xs, ys = (np.linspace(a, b, 40) for a, b in zip(low, high))
        points = np.array(list(itertools.product(xs, ys)))
        far = clearance(circles, key, points)
        good = points[far >= far.max() - 0.02 * abs(far.max())]
        best = good[np.argmin(np.linalg.norm(good - good.mean(axis=0), axis=1))]  # of a ring's many the middle one
        low, high = best - (high - low) / 20, best + (high - low) / 20
    return best, float(clearance(circles, key, best[None])[0])


def chord(circles: Circles, key: Key, top: float, bottom: float, near: float, pad: float) -> tuple[float, float] | None:
    """From where to where a line of words between two heights may reach inside a region, `pad` away from its edges; of several places the one
    nearest to x = `near`, or None."""
    free, inside = [(-np.inf, np.inf)], circles.inside(key)
    for (x, y), radius, within in zip(circles.centres, circles.radii, inside):
        if within:
            far = max(abs(top - y), abs(bottom - y))
            half = (radius - pad) ** 2 - far**2
            if half <= 0 or radius <= pad:
                return None
            free = [(max(a, x - half**0.5), min(b, x + half**0.5)) for a, b in free]
        else:
            close = max(top - y, y - bottom, 0)
            half = (radius + pad) ** 2 - close**2
            if half > 0:
                free = [part for a, b in free for part in ((a, min(b, x - half**0.5)), (max(a, x + half**0.5), b))]
    free = [(a, b) for a, b in free if b > a]
    return min(free, key=lambda part: max(part[0] - near, near - part[1], 0), default=None)


@functools.cache
def ways(number: int = 48) -> tuple[np.ndarray, ...]:
    """Directions all around."""
    return tuple(np.array((np.cos(a), np.sin(a))) for a in np.linspace(0, 2 * np.pi, number, endpoint=False))
