"""Where states and places lie, which states share a border, and which of them an article is about: what a map of it needs.

Boundaries are those of today, from `data/reference/boundaries.json` (TopoJSON: a line between two states is stored once and belongs to both), places
those of `data/reference/places.csv`. Terms, conventions and what is disputed stand in `data/reference/README.md`.
"""

import functools
import itertools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from onrecord import data, memberships, names

if TYPE_CHECKING:
    from onrecord.dossier import Dossier

RADIUS = 6371.007  # kilometres: of the sphere that has the earth's surface
ACTORS = ("state", "government")  # whose mentions are mentions of a country
OUT_OF_SIGHT = 90.0  # degrees from the middle of a map: what lies farther away is not drawn
SAME_PART = 1 / 6  # of a state's largest part: smaller ones (Alaska, Guiana, Kaliningrad) don't count for where it lies


class Line(NamedTuple):
    """A coast (one owner) or a border (two): alpha-3 codes, and n x 2 longitudes and latitudes in degrees."""

    owners: frozenset
    points: np.ndarray


class Topology(NamedTuple):
    """The file: its lines as longitudes and latitudes, its shapes by code, and since when they hold."""

    lines: list[np.ndarray]
    objects: dict[str, dict]
    since: str


@functools.cache
def _topology() -> Topology:
    file = json.loads((data.folder() / "reference" / "boundaries.json").read_text(encoding="utf-8"))
    scale = np.array(file["transform"]["scale"])
    return Topology([np.cumsum(np.array(arc), axis=0) * scale for arc in file["arcs"]], file["objects"], file["since"])


@functools.cache
def shapes() -> dict[str, list[list[np.ndarray]]]:
    """alpha-3 -> polygons, each a list of rings (n x 2 longitudes and latitudes in degrees), the outer one first. Territories have rows of their own."""
    drawn, objects, _ = _topology()

    def ring(numbers):
        return np.concatenate([(drawn[n] if n >= 0 else drawn[~n][::-1])[:-1] for n in numbers])

    return {code: [[ring(numbers) for numbers in part] for part in one["arcs"]] for code, one in objects.items()}


@functools.cache
def size(code: str) -> float:
    """Square kilometres of a state's shape in the atlas, inland waters included; 0 for one too small to have a shape."""
    shape = _topology().objects.get(code)
    return float(shape["properties"]["km2"]) if shape else 0.0


def since() -> pd.Timestamp:
    """The first day on which the boundaries were as they are drawn."""
    return pd.Timestamp(_topology().since)


@functools.cache
def lines() -> tuple[Line, ...]:
    """Every coast and border. A line that both sides belong to one state is none."""
    drawn, objects, _ = _topology()
    uses = [
        (n if n >= 0 else ~n, code)
        for code, one in objects.items()
        for part in one["arcs"]
        for ring in part
        for n in ring
    ]
    owners, times = {}, Counter(n for n, _ in uses)
    for n, code in uses:
        owners.setdefault(n, set()).add(code)
    return tuple(Line(frozenset(owners[n]), drawn[n]) for n in sorted(owners) if times[n] == len(owners[n]))


def neighbours(code: str) -> tuple[str, ...]:
    """The states and territories with which one shares a border on land, in the order of their codes."""
    pairs = {line.owners for line in lines() if code in line.owners and len(line.owners) == 2}
    return tuple(sorted(other for pair in pairs for other in pair - {code}))


def around(focus: tuple[str, ...]) -> tuple[str, ...]:
    """The states of a map: those in focus, then the neighbours of the first of them. Territories that are no states are left out."""
    known = set(data.table("states")["iso3"])
    others = [code for code in (neighbours(focus[0]) if focus else ()) if code in known]
    return tuple(dict.fromkeys([*focus, *others]))


def surroundings(focus: tuple[str, ...], on: memberships.Day, organisations: list[str]) -> pd.DataFrame:
    """The map as a table: iso3, state, and for each organisation, in the order asked for, whether the state is a member on the day. A row a state of `around`.

    Raises as `memberships.members` does."""
    codes = around(focus)
    members = {organisation: set(memberships.members(organisation, on)["iso3"]) for organisation in organisations}
    named = pd.DataFrame({"iso3": codes, "state": [data.state_name(code) for code in codes]}, dtype="string[python]")
    inside = {short: pd.array([code in found for code in codes], dtype="boolean") for short, found in members.items()}
    return named.assign(**inside)


@functools.cache
def seats() -> dict[str, pd.Series]:
    """alpha-3 -> the capital's row of `places.csv`: every state of today has one."""
    table = data.table("places")
    return {row["iso3"]: row for _, row in table[table["capital"] == "yes"].iterrows()}


@functools.cache
def _named() -> dict[str, pd.Series]:
    """Every name of a place to its row. Of places with one name the first row wins: capitals first, then the largest."""
    found, capitals = {}, seats()
    for state in data.table("states").itertuples():
        for name in filter(None, state.capital.split("|")):
            if state.iso3 in capitals:
                found.setdefault(name.casefold(), capitals[state.iso3])
    for _, row in data.table("places").iterrows():
        for name in filter(None, [row["name"], *row["aliases"].split("|")]):
            found.setdefault(name.casefold(), row)
            found.setdefault(_bare(name), row)
    return found


def _bare(name: str) -> str:
    """A name in small letters without its accents."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def place(name: str) -> pd.Series | None:
    """Row of `places.csv` that a printed name points to: the whole, or what stands before its first comma ("Geneva, Switzerland")."""
    found = _named()
    for words in (name, name.partition(",")[0]):
        row = found.get(words.strip().casefold(), found.get(_bare(words.strip())))
        if row is not None:
            return row
    return None


def places_of(events: pd.DataFrame) -> pd.DataFrame:
    """Where the events of an article took place: place (as printed), iso3, latitude, longitude (degrees), date_from, date_to, events (their number).

    A row a town, in the order of its first date, then of its first event; what is no town of the table (a state, a front) follows with no degrees."""
    told = events[events["place"].notna()].sort_values("start", kind="stable")
    rows = {}
    for event in told.itertuples():
        town = place(event.place)
        key = event.place.casefold() if town is None else town["geonameid"]
        rows.setdefault(key, (event.place, town, []))[2].append(event)
    made = [
        {
            "place": name,
            "iso3": pd.NA if town is None else town["iso3"],
            "latitude": pd.NA if town is None else float(town["latitude"]),
            "longitude": pd.NA if town is None else float(town["longitude"]),
            "date_from": min((e.date_from for e in there if pd.notna(e.date_from)), default=pd.NaT),
            "date_to": max((e.date_to for e in there if pd.notna(e.date_to)), default=pd.NaT),
            "events": len(there),
        }
        for name, town, there in rows.values()
    ]
    columns = {
        "place": "string[python]",
        "iso3": "string[python]",
        "latitude": "Float64",
        "longitude": "Float64",
        "date_from": "datetime64[ns]",
        "date_to": "datetime64[ns]",
        "events": "Int64",
    }
    table = pd.DataFrame(made, columns=list(columns)).astype(columns)
    order = table.assign(nowhere=table["latitude"].isna())
    return order.sort_values(["nowhere", "date_from"], kind="stable", ignore_index=True)[list(columns)]


def border_of(d: "Dossier") -> tuple[str, str] | None:
    """The border of which an article speaks: codes of its two states, the smaller first. None where it speaks of none.

    In every sentence with a word for a border (rows `border_noun` of `events.csv`) each two of the states named there that share a border on land
    have a vote; the most votes win, then the most mentions of the two. A state is named by its name, its people, its capital or its seats."""
    nouns = data.table("events").query("role == 'border_noun'")["word"]
    border = re.compile(rf"(?i)\b(?:{'|'.join(re.escape(word) for word in nouns)})s?\b")
    votes = Counter()
    for sentence in d.sentences.itertuples():
        if border.search(sentence.text):
            votes.update(pair for pair in itertools.combinations(sorted(_states_in(sentence.text)), 2))
    told = _mentioned(d.actors)
    real = [pair for pair in votes if pair[1] in neighbours(pair[0])]
    best = max(real, key=lambda pair: (votes[pair], told[pair[0]] + told[pair[1]], pair), default=None)
    return best and tuple(sorted(best, key=size))


def focus_of(d: "Dossier") -> tuple[str, ...]:
    """The states that an article is about, by their codes: the two of the border it speaks of, the smaller first; else the one whose state and government are
    mentioned most; else none."""
    told, border = _mentioned(d.actors), border_of(d)
    if border:
        return border
    return (max(sorted(told), key=told.__getitem__),) if told else ()


def _mentioned(actors: pd.DataFrame) -> Counter:
    """How often each state of today is mentioned, its government included."""
    rows = actors[actors["kind"].isin(ACTORS) & actors["country"].isin(list(seats()))]
    return Counter(rows.groupby("country")["mentions"].sum().to_dict())


def _states_in(text: str) -> set[str]:
    """States of today that a text names with capitals, in any of the ways in which newspapers do."""
    words = list(re.finditer(r"[^\W\d_][\w.’']*", text))
    found = set()
    for first, last in ((i, j) for i in range(len(words)) for j in range(i, min(i + 4, len(words)))):
        phrase = text[words[first].start() : words[last].end()]
        if phrase[0].isupper():
            found.add(names.country_of(phrase.rstrip(".")))
    return {code for code in found if code in seats() and code in shapes()}


def projected(points: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """Lambert's azimuthal equal-area projection on the sphere (Snyder, Map Projections: A Working Manual, 1987, equations 22-4, 24-2, 24-4).

    points: n x 2 longitudes and latitudes, centre: one such pair, in degrees. Returns n x 2 kilometres east and north of the centre; areas are true,
    the antipode has no place."""
    lon, lat = np.radians(np.asarray(points, dtype=float).reshape(-1, 2)).T
    lon0, lat0 = np.radians(centre)
    east = np.cos(lat) * np.sin(lon - lon0)
    north = np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon - lon0)
    toward = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(lon - lon0)
    k = RADIUS * np.sqrt(2 / np.maximum(1 + toward, 1e-9))
    return np.column_stack((k * east, k * north))


def unprojected(points: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """The other way round (Snyder 1987, equations 20-14, 20-15, 24-16): n x 2 kilometres to n x 2 longitudes and latitudes in degrees."""
    east, north = np.asarray(points, dtype=float).reshape(-1, 2).T
    lon0, lat0 = np.radians(centre)
    far = np.hypot(east, north)
    c = 2 * np.arcsin(np.clip(far / (2 * RADIUS), 0, 1))
    part = np.where(far > 0, north / np.maximum(far, 1e-9), 0)
    lat = np.arcsin(np.cos(c) * np.sin(lat0) + part * np.sin(c) * np.cos(lat0))
    lon = lon0 + np.arctan2(east * np.sin(c), far * np.cos(lat0) * np.cos(c) - north * np.sin(lat0) * np.sin(c))
    return np.column_stack(((np.degrees(lon) + 180) % 360 - 180, np.degrees(lat)))


def in_sight(points: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """Which of the points (degrees) lie within a quarter of the globe around a centre. No polygon of the atlas reaches from there to the antipode."""
    far = RADIUS * np.sqrt(2 * (1 - np.cos(np.radians(OUT_OF_SIGHT))))
    return np.linalg.norm(projected(points, centre), axis=1) < far


def middle(code: str) -> tuple[float, float]:
    """Longitude and latitude of the middle of a state's main parts: the middle of their extent around the capital, so that 180° parts nothing."""
    seat = seats()[code]
    start = (float(seat["longitude"]), float(seat["latitude"]))
    parts = main_parts(code)
    if not parts:
        return start
    x, y = (np.concatenate(parts) - start).T
    x = (x + 180) % 360 - 180
    lon, lat = start[0] + (x.min() + x.max()) / 2, start[1] + (y.min() + y.max()) / 2
    return float((lon + 180) % 360 - 180), float(lat)


def main_parts(code: str) -> list[np.ndarray]:
    """The outer rings of a state's main parts, in degrees; none for a state too small for the atlas."""
    rings = [part[0] for part in shapes().get(code, [])]
    areas = [ring_area(projected(ring, tuple(ring.mean(axis=0)))) for ring in rings]
    return [ring for ring, area in zip(rings, areas) if area >= SAME_PART * max(areas)]


def ring_area(ring: np.ndarray) -> float:
    """Area inside a ring, in the square of its unit."""
    x, y = ring.T
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)
