"""Where states and places lie, and what a map of an article is about. The sentences are made up."""

import numpy as np
import pandas as pd
import pytest

import onrecord
from benchmarks import make_map
from onrecord import atlas, data
from onrecord.schema import frame


def area(code):
    """Square kilometres of a state as the map draws it."""
    centre = atlas.middle(code)
    rings = [[atlas.projected(ring, centre) for ring in part] for part in atlas.shapes()[code]]
    return sum(atlas.ring_area(part[0]) - sum(map(atlas.ring_area, part[1:])) for part in rings)


# Square kilometres, inland waters included, as the states' statistical offices give them.
@pytest.mark.parametrize(
    ("code", "true"),
    [
        ("UKR", 603_500),  # with Crimea
        ("POL", 312_700),
        ("HUN", 93_000),
        ("DEU", 357_600),
        ("MDA", 33_850),
        ("FIN", 338_400),
        ("NZL", 268_000),
        ("MNG", 1_564_100),
        ("RUS", 17_098_000),  # on both sides of 180°
    ],
)
def test_areas_are_true(code, true):
    assert area(code) == pytest.approx(true, rel=0.03)
    assert atlas.size(code) == pytest.approx(area(code), rel=0.02)


def test_the_projection_goes_both_ways():
    points = np.array([(30.5, 50.5), (4.3, 50.8), (-170.0, 65.0), (179.0, -40.0), (31.0, 48.0)])
    there = atlas.projected(points, (31.0, 48.0))
    assert atlas.unprojected(there, (31.0, 48.0)) == pytest.approx(points)
    assert there[-1] == pytest.approx((0, 0))
    # Kyiv to Brussels is 1,836 km along the earth; the projection shortens radial distances a little.
    kyiv_brussels = np.linalg.norm(np.diff(atlas.projected([(4.35, 50.85), (30.52, 50.45)], (30.52, 50.45)), axis=0))
    assert kyiv_brussels == pytest.approx(1836, rel=0.01)


@pytest.mark.parametrize(
    ("code", "others"),
    [
        ("UKR", "BLR HUN MDA POL ROU RUS SVK"),
        ("KOR", "PRK"),
        ("PRT", "ESP"),
        ("CYP", ""),  # both parts of the island are one shape
        ("FIN", "NOR RUS SWE"),  # Åland is a part of it
        ("NZL", ""),
        ("VAT", ""),  # no shape
    ],
)
def test_neighbours(code, others):
    assert atlas.neighbours(code) == tuple(others.split())


def test_every_state_of_today_has_a_seat_and_all_but_the_smallest_a_shape():
    gone = {"CSK", "DDR", "EAZ", "SCG", "SUN", "YMD", "YUG"}
    states = set(data.table("states")["iso3"])
    assert set(atlas.seats()) == states - gone
    assert states - gone - set(atlas.shapes()) == {"VAT"}
    assert atlas.middle("VAT") == pytest.approx((12.45, 41.9), abs=0.1)


def test_disputed_areas_lie_where_their_notes_say():
    from matplotlib.path import Path

    for row in data.table("disputed").itertuples():
        point = (float(row.longitude), float(row.latitude))
        inside = [
            code for code, parts in atlas.shapes().items() for part in parts if Path(part[0]).contains_point(point)
        ]
        assert inside == [row.drawn_in], row.area


@pytest.mark.parametrize(
    ("name", "code", "latitude"),
    [
        ("Brussels", "BEL", 50.85),
        ("Geneva", "CHE", 46.20),
        ("geneva, Switzerland", "CHE", 46.20),
        ("Vienna", "AUT", 48.21),
        ("Kiev", "UKR", 50.45),
        ("Zurich", "CHE", 47.37),
        ("The Hague", "NLD", 52.08),
        ("Washington", "USA", 38.90),
        ("New York", "USA", 40.71),
        ("Christchurch", "NZL", -43.53),
        ("Davos", "CHE", 46.80),
        ("New Delhi", "IND", 28.64),
    ],
)
def test_places(name, code, latitude):
    row = atlas.place(name)
    assert row["iso3"] == code and float(row["latitude"]) == pytest.approx(latitude, abs=0.05)


@pytest.mark.parametrize("name", ["Austria", "the Ukrainian front", "European cities", ""])
def test_what_is_no_town_has_no_place(name):
    assert atlas.place(name) is None


def events(*rows):
    """Events as `place first-day last-day`; a dash for what is missing."""
    made = [
        {
            "event_id": f"e-{i}",
            "kind": "meeting",
            "start": i,
            "end": i + 1,
            "text": "x",
            "date_from": None if first == "-" else f"2022-01-{first}",
            "date_to": None if last == "-" else f"2022-01-{last}",
            "inferred": False,
            "place": None if place == "-" else place,
            "participants": (),
            "rule": "sample",
            "confidence": 1.0,
            "source": "machine",
            "reviewed": False,
        }
        for i, (place, first, last) in enumerate(rows)
    ]
    return frame("events", made)


def test_the_places_of_events():
    told = events(
        ("Brussels", "12", "12"),
        ("Austria", "13", "13"),
        ("Geneva", "10", "10"),
        ("-", "09", "09"),
        ("Brussels", "14", "14"),
    )
    found = onrecord.places_of(told)
    assert found["place"].tolist() == ["Geneva", "Brussels", "Austria"]
    assert found["events"].tolist() == [1, 2, 1]
    assert found["iso3"].tolist()[:2] == ["CHE", "BEL"] and found["latitude"].isna().tolist() == [False, False, True]
    assert [f"{day:%d}" for day in found["date_to"]] == ["10", "14", "13"]
    assert onrecord.places_of(events()).empty


@pytest.mark.parametrize(
    ("text", "border", "focus"),
    [
        (
            "Troops stood on the Polish-Belarusian border. Poland and Germany held talks.",
            ("BLR", "POL"),
            ("BLR", "POL"),
        ),
        ("Seoul said that shots were heard along the frontier with North Korea.", ("KOR", "PRK"), ("KOR", "PRK")),
        ("France and Poland agreed on border checks, said France.", None, ("FRA",)),  # they share none
        ("Spain and Portugal signed a treaty. Portugal hailed it.", None, ("PRT",)),  # none is spoken of
        ("Voters praised the mayor.", None, ()),
    ],
)
def test_the_border_of_which_an_article_speaks(text, border, focus):
    d = onrecord.analyse(text, published="2022-01-14")
    assert onrecord.border_of(d) == border
    assert onrecord.focus_of(d) == focus


def test_the_states_around():
    assert onrecord.around(("UKR", "RUS")) == ("UKR", "RUS", "BLR", "HUN", "MDA", "POL", "ROU", "SVK")
    assert onrecord.around(("MAR",)) == ("MAR", "DZA")  # Western Sahara is no row of states.csv
    assert onrecord.around(()) == ()


def test_the_map_as_a_table():
    found = onrecord.surroundings(("UKR", "RUS"), "2022-01-14", ["NATO", "EU", "CSTO"])
    assert found.columns.tolist() == ["iso3", "state", "NATO", "EU", "CSTO"]
    assert found["state"].tolist() == [
        "Ukraine",
        "Russia",
        "Belarus",
        "Hungary",
        "Moldova",
        "Poland",
        "Romania",
        "Slovakia",
    ]
    assert found.loc[found["NATO"], "iso3"].tolist() == ["HUN", "POL", "ROU", "SVK"]
    assert found.loc[found["CSTO"], "iso3"].tolist() == ["RUS", "BLR"]
    assert onrecord.surroundings((), "2022-01-14", ["NATO"]).empty
    with pytest.raises(onrecord.InputError):
        onrecord.surroundings(("UKR",), "2022-01-14", ["Hansa"])


def square(a3, *lines):
    return {"type": "Polygon", "arcs": [list(lines)], "properties": {"a3": a3}}


def test_simplified_boundaries_still_fit():
    """Two squares side by side with a crooked line between them: it is straightened once for both, and they keep their areas."""
    world = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [
            [
                [10, 50],
                [0.05, 0.05],
                [-0.05, 0.05],
                [0, 1.9],
            ],  # the border, north, with a bend of twenty square kilometres
            [[10, 52], [-2, 0], [0, -2], [2, 0]],
            [[10, 50], [2, 0], [0, 2], [-2, 0]],
        ],
        "objects": {"countries": {"geometries": [square("AAA", 0, 1), square("BBB", ~0, 2)]}},
    }
    made = make_map.boundaries(world)
    assert made["arcs"][0] == [[1000, 5000], [0, 200]]
    assert made["objects"]["AAA"]["arcs"] == [[[0, 1]]] and made["objects"]["BBB"]["arcs"] == [[[-1, 2]]]
    assert made["objects"]["AAA"]["properties"]["km2"] == pytest.approx(
        made["objects"]["BBB"]["properties"]["km2"], rel=0.02
    )
    assert make_map.boundaries(world) == made


def test_the_first_day_is_a_day():
    assert atlas.since() == pd.Timestamp("2006-06-03")
