"""Where actors belong, and which regions are heard: small tables whose answer can be seen."""

import pandas as pd
import pytest

import onrecord
from onrecord import belonging
from onrecord.data import InputError
from onrecord.schema import frame

ASKED, DAY = ["NATO", "EU", "OSCE"], "2022-01-14"
MADE = {"rule": "hand", "confidence": 0.9, "source": "machine", "reviewed": False}

# actor_id | kind | country | side | affiliation_id | mentions | quotes | words | region | organisation | group
ACTORS = """
ann-lee | person | FRA | FRA | france | 2 | 1 | 9 | NATO EU OSCE | | NATO + EU + OSCE
bob-ray | person | POL | osce | poland | 1 | 1 | 20 | ? | OSCE | the organisations themselves
nato | organisation | | | | 7 | 0 | 0 | ? | NATO | the organisations themselves
commission | organisation | | european-union | | 1 | 0 | 0 | ? | EU | the organisations themselves
diplomats | group | | | european-parliament | 1 | 0 | 0 | ? | EU | the organisations themselves
former-chief | person | | independent | nato | 1 | 1 | 4 | ? | | not placed
envoy | person | KOR | united-nations | united-nations | 1 | 1 | 6 | ? | | not placed
cyd | person | UKR | independent | | 3 | 2 | 30 | OSCE | | OSCE alone
russia | state | RUS | RUS | | 5 | 0 | 0 | OSCE | | OSCE alone
austria | state | AUT | AUT | | 4 | 0 | 0 | EU OSCE | | EU + OSCE
kenya | state | KEN | KEN | | 6 | 0 | 0 | - | | none of them
kosovo | state | XKX | XKX | | 1 | 0 | 0 | - | | none of them
soviets | state | SUN | SUN | | 1 | 0 | 0 | ? | | not placed
nowhere | state | ZZZ | | | 1 | 0 | 0 | ? | | not placed
""".strip().splitlines()
CELLS = [[cell.strip() for cell in line.split("|")] for line in ACTORS]


def actors(rows=CELLS):
    names = ("actor_id", "kind", "country", "side", "affiliation_id")
    made = [
        MADE
        | {name: cell or None for name, cell in zip(names, row)}
        | {"name": row[0].title(), "printed": row[0], "mentions": int(row[5]), "quotes": int(row[6]), "words": int(row[7])}
        for row in rows
    ]  # fmt: skip
    return frame("actors", made)


def test_each_actor_has_its_place():
    table = onrecord.membership_of_actors(actors(), ASKED, DAY)
    assert list(table["actor_id"]) == [row[0] for row in CELLS]
    regions = [None if row[8] == "?" else tuple(row[8].replace("-", "").split()) for row in CELLS]
    assert list(table["region"]) == regions
    assert list(table["organisation"].fillna("")) == [row[9] for row in CELLS]
    assert list(table["group"]) == [row[10] for row in CELLS]
    assert list(table["words"]) == [int(row[7]) for row in CELLS]


@pytest.mark.parametrize(
    "code, on, region",
    [
        ("SUN", "1991-12-25", ("OSCE",)), ("SUN", "1991-12-26", None), ("CSK", "1992-12-31", ("OSCE",)), ("CSK", "1993-01-01", None),
        ("GBR", "2020-01-31", ("NATO", "EU", "OSCE")), ("GBR", "2020-02-01", ("NATO", "OSCE")), ("YUG", "1995-01-01", ()),
    ],
)  # fmt: skip
def test_the_day_decides(code, on, region):
    row = [code.casefold(), "state", code, code, "", 1, 0, 0]
    assert onrecord.membership_of_actors(actors([row]), ASKED, on)["region"].iloc[0] == region


def test_voices():
    voices = onrecord.voice_by_region(actors(), ASKED, DAY).set_index("group")
    assert list(voices.index) == [
        "OSCE alone", "the organisations themselves", "NATO + EU + OSCE", "none of them", "EU + OSCE", "NATO + OSCE", "not placed",
    ]  # fmt: skip
    assert voices["states"].dropna().to_dict() == {
        "NATO + EU + OSCE": 21,
        "NATO + OSCE": 9,
        "EU + OSCE": 6,
        "OSCE alone": 21,
    }
    assert voices.loc["OSCE alone", ["actors", "speakers", "words", "quotes", "mentions"]].tolist() == [2, 1, 30, 2, 8]
    assert voices.loc["OSCE alone", "heard"] == ("Cyd",) and voices.loc["OSCE alone", "silent"] == ("Russia",)
    assert voices.loc["none of them", "silent"] == ("Kenya", "Kosovo")
    everyone = actors()
    assert (voices["actors"].sum(), voices["words"].sum()) == (len(everyone), everyone["words"].sum())


def test_who_has_no_voice():
    silent = onrecord.voiceless(onrecord.voice_by_region(actors(), ASKED, DAY))
    assert list(silent["group"]) == ["none of them", "EU + OSCE"]  # not who does not appear, nor who is not placed


def test_without_a_day_nobodys_country_is_placed():
    table = onrecord.membership_of_actors(actors(), ASKED, None)
    assert table["region"].isna().all() and list(table["organisation"].dropna()) == ["OSCE", "NATO", "EU", "EU"]
    assert list(onrecord.voice_by_region(actors(), ASKED, None)["group"]) == [belonging.BODIES, belonging.UNPLACED]


def test_shapes_of_an_empty_table():
    nobody = actors([])
    assert len(onrecord.membership_of_actors(nobody, ASKED, DAY)) == 0
    voices = onrecord.voice_by_region(nobody, ASKED, DAY)
    assert voices["actors"].sum() == 0 and len(voices) == 7 and onrecord.voiceless(voices).empty
    assert len(onrecord.voice_by_region(nobody, ASKED, None)) == 0
    assert {str(voices[name].dtype) for name in ("states", "actors", "speakers", "words", "quotes", "mentions")} == {
        "Int64"
    }


def test_bad_requests():
    for ask in (onrecord.membership_of_actors, onrecord.voice_by_region):
        with pytest.raises(InputError, match="NATO, EU, OSCE"):
            ask(actors(), ["Narnia League"], DAY)
        with pytest.raises(InputError, match="not a date"):
            ask(actors(), ASKED, "2022-13-01")


def test_the_reviewed_article(nato):
    table = onrecord.membership_of_actors(nato.actors, ASKED, nato.article.published).set_index("name")
    assert table.loc["Jens Stoltenberg", "organisation"] == "NATO" and table.loc["Jens Stoltenberg", "region"] is None
    assert table.loc["Wendy Sherman", "region"] == ("NATO", "OSCE") and table.loc["Sergey Lavrov", "region"] == (
        "OSCE",
    )
    assert pd.isna(table.loc["Ivana Stradner", "region"])
