"""Memberships on the days around every change, and whether the reference tables of states and organisations are sound."""

import datetime
import itertools
import re

import pandas as pd
import pytest

from onrecord import data, memberships
from onrecord.data import InputError

# Every day on which the number or the set of members changed: members since that day, who came, who went.
TIMELINES = {
    "NATO": """
1949-08-24 12 BEL CAN DNK FRA GBR ISL ITA LUX NLD NOR PRT USA |
1952-02-18 14 GRC TUR |
1955-05-06 15 DEU |
1982-05-30 16 ESP |
1999-03-12 19 CZE HUN POL |
2004-03-29 26 BGR EST LTU LVA ROU SVK SVN |
2009-04-01 28 ALB HRV |
2017-06-05 29 MNE |
2020-03-27 30 MKD |
2023-04-04 31 FIN |
2024-03-07 32 SWE |
""",
    "EU": """
1958-01-01 6 BEL DEU FRA ITA LUX NLD |
1973-01-01 9 DNK GBR IRL |
1981-01-01 10 GRC |
1986-01-01 12 ESP PRT |
1995-01-01 15 AUT FIN SWE |
2004-05-01 25 CYP CZE EST HUN LTU LVA MLT POL SVK SVN |
2007-01-01 27 BGR ROU |
2013-07-01 28 HRV |
2020-02-01 27 | GBR
""",
    "OSCE": """
1973-06-25 35 AUT BEL BGR CAN CHE CSK CYP DDR DEU DNK ESP FIN FRA GBR GRC HUN IRL ISL ITA \
LIE LUX MCO MLT NLD NOR POL PRT ROU SMR SUN SWE TUR USA VAT YUG |
1990-10-03 34 | DDR
1991-06-19 35 ALB |
1991-09-10 38 EST LTU LVA |
1991-12-26 38 RUS | SUN
1992-01-30 48 ARM AZE BLR KAZ KGZ MDA TJK TKM UKR UZB |
1992-03-24 51 GEO HRV SVN |
1992-04-30 52 BIH |
1992-07-08 51 | YUG
1993-01-01 52 CZE SVK | CSK
1995-10-12 53 MKD |
1996-04-25 54 AND |
2000-11-10 55 YUG |
2003-02-04 55 SCG | YUG
2006-06-03 55 SRB | SCG
2006-06-22 56 MNE |
2012-11-21 57 MNG |
""",
    "Schengen": """
1995-03-26 7 BEL DEU ESP FRA LUX NLD PRT |
1997-10-26 8 ITA |
1997-12-01 9 AUT |
2000-01-01 10 GRC |
2001-03-25 15 DNK FIN ISL NOR SWE |
2007-12-21 24 CZE EST HUN LTU LVA MLT POL SVK SVN |
2008-12-12 25 CHE |
2011-12-19 26 LIE |
2023-01-01 27 HRV |
2024-03-31 29 BGR ROU |
""",
    "euro area": """
1999-01-01 11 AUT BEL DEU ESP FIN FRA IRL ITA LUX NLD PRT |
2001-01-01 12 GRC |
2007-01-01 13 SVN |
2008-01-01 15 CYP MLT |
2009-01-01 16 SVK |
2011-01-01 17 EST |
2014-01-01 18 LVA |
2015-01-01 19 LTU |
2023-01-01 20 HRV |
2026-01-01 21 BGR |
""",
}
# Days on which the UN changed otherwise than by an admission, and the days about its founding.
UN = """
1945-10-24 29 ARG BLR BRA CHL CHN CSK CUB DNK DOM EGY FRA GBR HTI IRN LBN LUX NIC NZL PHL POL PRY SAU SLV SUN SYR TUR UKR USA YUG |
1945-12-27 51 BEL |
1958-02-22 81 | SYR
1961-10-13 101 SYR |
1963-12-16 113 EAZ KEN |
1964-04-26 112 | EAZ
1965-03-01 114 | IDN
1966-09-28 119 IDN |
1967-12-14 123 YMD |
1990-05-22 159 | YMD
1990-10-03 159 | DDR
1991-12-24 166 RUS | SUN
1993-01-01 178 | CSK
1993-01-19 180 CZE SVK |
2003-02-04 191 SCG | YUG
2006-06-03 191 SRB | SCG
2006-06-28 192 MNE |
2011-07-14 193 SSD |
"""
# Members at the end of the year, as the UN publishes them.
UN_TOTALS = {1945: 51, 1946: 55, 1947: 57, 1948: 58, 1949: 59, 1950: 60, 1955: 76, 1958: 82, 1960: 99, 1961: 104, 1963: 113, 1964: 115, 1965: 117, 1966: 122,
             1970: 127, 1973: 135, 1975: 144, 1980: 154, 1984: 159, 1989: 159, 1990: 159, 1991: 166, 1992: 179, 1993: 184, 1994: 185, 1998: 185, 1999: 188,
             2000: 189, 2002: 191, 2005: 191, 2006: 192, 2010: 192, 2011: 193, 2024: 193}  # fmt: skip
CHANGES = [
    (name, *line.split(" ", 2))
    for name, lines in [*TIMELINES.items(), ("UN", UN)]
    for line in lines.strip().splitlines()
]


def codes(organisation, on):
    return set(memberships.members(organisation, on)["iso3"])


@pytest.mark.parametrize("organisation, day, count, changed", CHANGES, ids=[f"{o}-{d}" for o, d, *_ in CHANGES])
def test_day_of_a_change_and_the_day_before(organisation, day, count, changed):
    came, gone = (set(part.split()) for part in changed.split("|"))
    before, after = codes(organisation, pd.Timestamp(day) - pd.Timedelta(days=1)), codes(organisation, day)
    assert (after - before, before - after, len(after)) == (came, gone, int(count))


@pytest.mark.parametrize("organisation", TIMELINES)
def test_nothing_changes_on_other_days(organisation):
    days = [day for name, day, *_ in CHANGES if name == organisation]
    known = memberships.organisations().set_index("organisation")
    for begin, end in itertools.pairwise([*days, known.checked_until[organisation] + pd.Timedelta(days=1)]):
        last = pd.Timestamp(end) - pd.Timedelta(days=1)
        spells = memberships._spells().query("organisation == @organisation")
        edges = [*spells["since"], *(spells["until"].dropna() + pd.Timedelta(days=1))]
        assert not [e for e in edges if pd.Timestamp(begin) < e <= last]
        assert codes(organisation, begin) == codes(organisation, last)


@pytest.mark.parametrize("year, count", UN_TOTALS.items())
def test_members_of_the_un_by_year(year, count):
    assert len(codes("UN", f"{year}-12-31")) == count


def test_the_un_of_today():
    """All states of the table but its two observers, those that are no members, and those that are gone."""
    assert codes("UN", "2025-12-01") == set(STATES["iso3"]) - WITHDRAWN - {"VAT", "PSE", "XKX", "TWN", "HKG"}


def test_nobody_is_in_the_euro_area_and_not_in_the_eu():
    for _, day, *_ in [
        change for change in CHANGES if change[0] in ("EU", "euro area") and "1999" <= change[1] < "2026"
    ]:
        assert codes("euro area", day) <= codes("EU", day)


@pytest.mark.parametrize(
    "organisations, first, last, rows",
    [
        (["NATO", "EU"], "2019-12-31", "2022-01-14", [("NATO", 29, 30, "MKD", ""), ("EU", 28, 27, "", "GBR")]),
        (["OSCE"], "1990-10-02", "1990-10-03", [("OSCE", 35, 34, "", "DDR")]),
        (["OSCE"], "1991-12-25", "1991-12-26", [("OSCE", 38, 38, "RUS", "SUN")]),
        (["OSCE"], "1992-07-07", "1992-07-08", [("OSCE", 52, 51, "", "YUG")]),
        (["OSCE"], "1992-12-31", "1993-01-01", [("OSCE", 51, 52, "CZE SVK", "CSK")]),
        (
            ["OSCE"],
            "2003-02-03",
            "2006-06-22",
            [("OSCE", 55, 56, "MNE SRB", "YUG")],
        ),  # Serbia and Montenegro came and went
        (["CoE"], "2022-03-15", "2022-03-16", [("CoE", 47, 46, "", "RUS")]),
        (["EU", "NATO"], "1949-08-23", "1949-08-24", [("NATO", 0, 12, TIMELINES["NATO"].split("\n")[1][14:-2], "")]),
        (["NATO", "EU"], "2021-01-01", "2022-01-14", []),
    ],
)
def test_what_changed_between_two_days(organisations, first, last, rows):
    made = memberships.changes(organisations, [last, first, last])
    cells = [(r[2], r[3], r[4], " ".join(r[5]), " ".join(r[6])) for r in made.itertuples(index=False, name=None)]
    assert cells == rows
    assert set(made["from"]) <= {pd.Timestamp(first)} and set(made["to"]) <= {pd.Timestamp(last)}
    same = memberships.changes(["NATO"], ["2019-12-31", "2022-01-14"])
    assert list(made.dtypes) == list(same.dtypes) and list(made.columns) == list(same.columns)


def test_changes_add_up():
    days = ["1949-12-31", "1973-12-31", "1990-12-31", "1999-12-31", "2004-12-31", "2019-12-31", "2024-12-31"]
    made = memberships.changes(TIMELINES, days)
    assert (made["after"] - made["before"] == made["joined"].map(len) - made["left"].map(len)).all()
    for name, rows in made.groupby("organisation"):
        inside = codes(name, days[0]).union(*rows["joined"])
        assert inside - {state for left in rows["left"] for state in left} == codes(name, days[-1])
    assert {"SUN", "CSK", "DDR", "YUG", "SCG"} <= {state for left in made["left"] for state in left} | {"YUG"}
    assert len(memberships.changes(["EU"], [])) == 0 == len(memberships.changes(["EU"], days[:1]))


@pytest.mark.parametrize("names", [["NATO"], ["EU"], ["OSCE"], ["NATO", "EU", "OSCE"]])
def test_days_of_change(names):
    assert memberships.days_of_change(names) == sorted(
        {pd.Timestamp(day) for name, day, *_ in CHANGES if name in names}
    )


@pytest.mark.parametrize(
    "organisation, on, count",
    [
        ("NATO", "2022-01-14", 30), ("EU", "2022-01-14", 27), ("OSCE", "2022-01-14", 57), ("CoE", "2022-01-14", 47), ("CoE", "2022-03-16", 46),
        ("CSTO", "2022-01-14", 6), ("CIS", "2022-01-14", 9), ("EFTA", "2022-01-14", 4), ("NRC", "2022-01-14", 31), ("EAPC", "2022-01-14", 50),
        ("EU", "1957-12-31", 0), ("NATO", "1949-08-23", 0), ("OSCE", "1973-06-24", 0), ("EFTA", "1960-05-03", 7), ("CoE", "1949-05-05", 10),
        ("UN", "2022-01-14", 193), ("Schengen area", "2022-01-14", 26), ("Eurozone", "2022-01-14", 19), ("UN", "1945-10-23", 0), ("United Nations", "1950-01-01", 59),
    ],
)  # fmt: skip
def test_counts(organisation, on, count):
    assert len(memberships.members(organisation, on)) == count


@pytest.mark.parametrize(
    "organisations, on, counts",
    [
        (["NATO", "EU", "OSCE"], "2022-01-14", [21, 0, 9, 6, 0, 0, 21]),
        (["OSCE", "EU", "NATO"], "2022-01-14", [21, 6, 9, 0, 21, 0, 0]),
        (["NATO", "EU", "OSCE"], "2020-01-31", [22, 0, 7, 6, 0, 0, 22]),
        (["NATO", "EU", "OSCE"], "2020-02-01", [21, 0, 8, 6, 0, 0, 22]),
        (["NATO", "EU", "OSCE"], "2019-12-31", [22, 0, 7, 6, 0, 0, 22]),
        (["NATO", "EU", "OSCE"], "2024-03-07", [23, 0, 9, 4, 0, 0, 21]),
        (["NATO", "EU", "OSCE"], "1960-01-01", [0, 6, 0, 0, 9, 0, 0]),
        (["NATO", "EU", "OSCE"], "1940-01-01", [0, 0, 0, 0, 0, 0, 0]),
        (["NATO", "EU"], "2022-01-14", [21, 9, 6]),
        (["EU"], "2022-01-14", [27]),
    ],
)
def test_regions(organisations, on, counts):
    found = memberships.regions(organisations, on=on)
    size = len(organisations)
    combinations = [c for n in range(size, 0, -1) for c in itertools.combinations(organisations, n)]
    assert list(found["organisations"]) == combinations
    assert list(found["count"]) == counts and found["count"].dtype == "Int64"
    assert [len(s) for s in found["states"]] == counts and all(list(s) == sorted(set(s)) for s in found["states"])


@pytest.mark.parametrize("on", ["1975-08-01", "1990-10-03", "1992-12-31", "2001-01-01", "2022-01-14"])
def test_regions_divide_the_members(on):
    names = list(memberships.organisations()["organisation"])
    found = memberships.regions(names, on)
    assert len(found) == 2 ** len(names) - 1
    for name in names:
        inside = [state for row in found.itertuples() if name in row.organisations for state in row.states]
        assert sorted(inside) == sorted(codes(name, on))


def test_regions_name_each_organisation_once():
    found = memberships.regions(["nato", "European Union", "NATO", "North Atlantic Treaty Organization"], "2022-01-14")
    assert list(found["organisations"]) == [("NATO", "EU"), ("NATO",), ("EU",)]
    assert list(memberships.regions("EU", "2022-01-14")["organisations"]) == [("EU",)]


@pytest.mark.parametrize(
    "organisation, iso3, on, inside",
    [
        ("EU", "GBR", "2020-01-31", True), ("EU", "GBR", "2020-02-01", False), ("EU", "GBR", "2020-12-31", False),  # the transition is no membership
        ("OSCE", "DDR", "1990-10-02", True), ("OSCE", "DDR", "1990-10-03", False), ("OSCE", "DEU", "1990-10-02", True),
        ("NATO", "DDR", "1989-01-01", False),
        ("OSCE", "CSK", "1992-12-31", True), ("OSCE", "CSK", "1993-01-01", False), ("OSCE", "CZE", "1992-12-31", False),
        ("OSCE", "SVK", "1993-01-01", True),
        ("OSCE", "YUG", "1992-07-07", True), ("OSCE", "YUG", "1995-01-01", False), ("OSCE", "YUG", "2000-09-10", False),  # suspended, then new
        ("OSCE", "YUG", "2000-11-10", True), ("OSCE", "YUG", "2003-02-04", False), ("OSCE", "SCG", "2003-02-04", True),
        ("OSCE", "SRB", "2006-06-02", False),
        ("OSCE", "SUN", "1991-12-25", True), ("OSCE", "SUN", "1991-12-26", False), ("OSCE", "RUS", "1991-12-25", False),
        ("OSCE", "RUS", "1991-12-26", True),
        ("EU", "TUR", "2022-01-14", False), ("EU", "HRV", "2013-06-30", False),  # candidates
        ("OSCE", "JPN", "2022-01-14", False), ("OSCE", "MNG", "2010-01-01", False), ("CoE", "USA", "2022-01-14", False),  # partners, observers
        ("CIS", "UKR", "2010-01-01", False), ("CIS", "TKM", "2010-01-01", False), ("CIS", "GEO", "2009-08-17", True),
        ("CIS", "GEO", "2009-08-18", False),
        ("CoE", "RUS", "2022-03-15", True), ("CoE", "RUS", "2022-03-16", False), ("CoE", "GRC", "1969-12-13", False),
        ("CoE", "GRC", "1974-11-28", True),
        ("NATO", "FRA", "1980-01-01", True), ("NATO", "MKD", "2020-03-26", False), ("EU", "CYP", "2022-01-14", True),
        ("NATO", "CYP", "2022-01-14", False),
        ("Schengen", "IRL", "2024-03-01", False), ("Schengen", "CYP", "2024-03-01", False), ("Schengen", "GBR", "2019-01-01", False), ("Schengen", "CHE", "2022-01-14", True),
        ("euro area", "DNK", "2022-01-14", False), ("euro area", "MNE", "2022-01-14", False), ("UN", "CHN", "1950-01-01", True), ("UN", "TWN", "1950-01-01", False),
        ("UN", "UKR", "1950-01-01", True), ("UN", "YUG", "1995-01-01", True), ("UN", "YUG", "2000-12-01", True), ("UN", "EGY", "1960-01-01", True),
        ("UN", "YEM", "1990-05-22", True), ("UN", "DEU", "1973-09-17", False), ("UN", "CHE", "2002-09-09", False), ("UN", "VAT", "2022-01-14", False),
        ("NATO", "UKR", "2022-01-14", False), ("NATO", "XKX", "2022-01-14", False), ("OSCE", "XKX", "2022-01-14", False),
        ("OSCE", "VAT", "2022-01-14", True),
    ],
)  # fmt: skip
def test_traps(organisation, iso3, on, inside):
    assert (iso3 in codes(organisation, on)) is inside
    assert (organisation in memberships.of(iso3, on)) is inside


def test_since_is_that_of_the_present_spell():
    def since(organisation, iso3, on):
        found = memberships.members(organisation, on).set_index("iso3")
        return str(found.loc[iso3, "since"].date())

    assert since("CoE", "GRC", "1960-01-01") == "1949-08-09" and since("CoE", "GRC", "2022-01-14") == "1974-11-28"
    assert since("OSCE", "YUG", "1980-01-01") == "1973-06-25" and since("OSCE", "YUG", "2001-01-01") == "2000-11-10"
    assert since("CSTO", "UZB", "2010-01-01") == "2006-08-16"


def test_shape():
    found = memberships.members("NATO", on="2022-01-14")
    assert {c: str(t) for c, t in found.dtypes.items()} == {
        "iso3": "string",
        "state": "string",
        "status": "string",
        "since": "datetime64[ns]",
    }
    assert set(found["status"]) == {"member"} and list(found["state"]) == sorted(found["state"])
    assert {"Turkey", "Czech Republic"} <= set(found["state"])
    assert {c: str(t) for c, t in memberships.members("EU", "1940-01-01").dtypes.items()} == {
        c: str(t) for c, t in found.dtypes.items()
    }
    known = memberships.organisations().set_index("organisation")
    assert {"NATO", "EU", "OSCE"} <= set(known.index) and known.loc["OSCE", "member"] == "participating State"
    assert str(known.loc["EU", "complete_from"].date()) == "1958-01-01"
    assert memberships.of("UKR", "2022-01-14") == ("OSCE", "EAPC", "CoE", "UN")
    assert list(memberships.organisations()["organisation"][:3]) == [
        "NATO",
        "EU",
        "OSCE",
    ]  # the notebooks show the first that are named
    assert (
        str(known.loc["UN", "checked_until"].date()) == "2025-12-01"
        and (known["complete_from"] < known["checked_until"]).all()
    )


@pytest.mark.parametrize(
    "on",
    [
        "2022-01-14",
        datetime.date(2022, 1, 14),
        datetime.datetime(2022, 1, 14, 23, 59),
        pd.Timestamp("2022-01-14 12:00", tz="UTC"),
    ],
)
def test_a_day_in_any_form(on):
    assert len(memberships.members("NATO", on)) == 30


@pytest.mark.parametrize(
    "on",
    [
        "2022-13-45",
        "2022-02-30",
        "14 January 2022",
        "2022-1-4",
        "20220114",
        "2022-01-14T00:00",
        " 2022-01-14",
        "٢٠٢٢-٠١-١٤",
        2022,
    ],
)
def test_bad_date(on):
    for ask in (
        lambda: memberships.members("NATO", on),
        lambda: memberships.regions(["NATO"], on),
        lambda: memberships.of("FRA", on),
    ):
        with pytest.raises(ValueError, match=re.escape(f"{str(on).strip()} is not a date: write it as")):
            ask()


@pytest.mark.parametrize("on", [None, pd.NaT])
def test_no_date(on):
    with pytest.raises(ValueError, match="no date"):
        memberships.members("NATO", on)


@pytest.mark.parametrize("name", ["Narnia League", "", "PfP", "Al Jazeera", None])
def test_unknown_organisation(name):
    with pytest.raises(InputError, match="NATO, EU, OSCE"):
        memberships.members(name, "2022-01-14")


def test_other_bad_requests():
    for ask in (memberships.regions, memberships.changes):
        with pytest.raises(ValueError, match="no organisation"):
            ask([], ["2022-01-14"])
    with pytest.raises(ValueError, match="2022-02-30 is not a date"):
        memberships.changes(["EU"], ["2022-01-14", "2022-02-30"])
    with pytest.raises(ValueError, match="not the code of a state"):
        memberships.of("Ukraine", "2022-01-14")


# --- the reference tables ------------------------------------------------------------------------------------------------------

STATES, ORGANISATIONS, SPELLS = (data.table(name) for name in ("states", "organisations", "memberships"))
LISTS = {"states": ["aliases", "demonyms", "capital", "seats"], "organisations": ["aliases", "adjective"]}
STATUSES = {
    "member",
    "suspended",
    "observer",
    "partner",
    "candidate",
    "potential_candidate",
    "associate",
    "participant",
    "outside",
}
WITHDRAWN = {"CSK", "DDR", "EAZ", "SCG", "SUN", "YMD", "YUG"}


def names(row, columns):
    return [name for column in columns for name in row[column].split("|") if name]


@pytest.mark.parametrize("table", ["states", "organisations", "memberships"])
def test_cells_are_clean(table):
    for row in data.table(table).to_dict("records"):
        for column, cell in row.items():
            parts = cell.split("|") if column in LISTS.get(table, ()) and cell else [cell]
            assert all(part == part.strip() and "\n" not in part and "  " not in part for part in parts), (row, column)
            assert len(set(parts)) == len(parts) and (parts == [""] or all(parts)), (row, column)


def test_states_are_sound():
    assert list(STATES.columns) == ["iso3", "name", "aliases", "demonyms", "capital", "seats"]
    assert STATES["iso3"].is_unique and STATES["name"].is_unique and STATES["iso3"].str.fullmatch("[A-Z]{3}").all()
    assert len(STATES) == 193 + 2 + len({"XKX", "TWN", "HKG"}) + len(WITHDRAWN)
    assert set(STATES.loc[STATES["capital"] == "", "iso3"]) <= WITHDRAWN | {"HKG"}
    assert set(SPELLS["iso3"]) <= set(STATES["iso3"]) and set(ORGANISATIONS["country"]) <= {"", *STATES["iso3"]}


def test_organisations_are_sound():
    assert list(ORGANISATIONS.columns) == [
        "organisation",
        "actor_id",
        "name",
        "aliases",
        "kind",
        "parent",
        "country",
        "adjective",
        "member",
        "speaks_for",
        "seat",
    ]
    assert ORGANISATIONS["organisation"].is_unique and ORGANISATIONS["actor_id"].is_unique
    assert ORGANISATIONS["actor_id"].str.fullmatch(r"[^\W_]+(?:-[^\W_]+)*").all()
    assert set(ORGANISATIONS["kind"]) <= {"organisation", "government", "media"} and set(ORGANISATIONS["parent"]) <= {
        "",
        *ORGANISATIONS["actor_id"],
    }
    assert set(ORGANISATIONS["speaks_for"]) <= {"independent", *ORGANISATIONS["organisation"], *STATES["iso3"]}
    assert (ORGANISATIONS["country"] != "")[ORGANISATIONS["kind"] == "government"].all()
    calls = memberships.organisations().merge(ORGANISATIONS, on="organisation")
    assert len(calls) > 5 and list(calls["member_x"]) == list(calls["member_y"])


def test_ids_are_slugs_of_names():
    from onrecord.article import slugify

    assert [slugify(name) for name in ORGANISATIONS["name"]] == list(ORGANISATIONS["actor_id"])


def test_every_name_points_to_one_row():
    """Across both tables, in any case: a name looks up one state or one organisation, and none is a code or the side `independent`."""
    claims = {}
    for row in STATES.to_dict("records"):
        for name in [row["iso3"], *names(row, ["name", *LISTS["states"]])]:
            claims.setdefault(re.sub("^the ", "", name.casefold()), set()).add(row["iso3"])
    for row in ORGANISATIONS.to_dict("records"):
        for name in names(row, ["organisation", "name", *LISTS["organisations"]]):
            claims.setdefault(name.casefold(), set()).add(row["actor_id"])
    assert {name: rows for name, rows in claims.items() if len(rows) > 1} == {}
    assert "independent" not in claims


@pytest.mark.parametrize(
    "iso3, column, name",
    [
        ("RUS", "seats", "Kremlin"), ("UKR", "capital", "Kiev"), ("UKR", "capital", "Kyiv"), ("GBR", "aliases", "Britain"),
        ("USA", "aliases", "U.S."),
        ("USA", "seats", "White House"), ("GBR", "seats", "Downing Street"), ("NAM", "name", "Namibia"), ("DEU", "demonyms", "Germans"),
        ("PRK", "aliases", "DPRK"), ("KOR", "name", "South Korea"),
    ],
)  # fmt: skip
def test_names_in_the_news(iso3, column, name):
    assert name in STATES.set_index("iso3").loc[iso3, column].split("|")


def test_spells_are_sound():
    assert (
        set(SPELLS["status"]) <= STATUSES
        and set(SPELLS["date_precision"]) == {"day", "year"}
        and (SPELLS["source_1"] != "").all()
    )
    day = SPELLS["date_precision"] == "day"
    for edge in ("start_date", "end_date"):
        assert SPELLS.loc[day, edge].str.fullmatch(r"(\d{4}-\d\d-\d\d)?").all()
        assert SPELLS.loc[~day, edge].str.fullmatch(r"(\d{4}(-\d\d-\d\d)?)?").all()
    assert day[SPELLS["status"] == "member"].all()
    spells = memberships._spells().sort_values(["organisation", "iso3", "since"])
    assert not (spells["until"] < spells["since"]).any()
    for _, same in spells.groupby(["organisation", "iso3"]):
        assert all(a < b for a, b in zip(same["until"], same["since"].iloc[1:], strict=False)), same


def test_no_path_of_a_machine():
    for table in ("states", "organisations", "memberships"):
        text = data.table(table).to_csv()
        assert not re.search(r"(?:^|[\s,\"'(])(?:/(?:home|root|tmp|work|mnt|Users)/|[A-Z]:\\)", text, re.MULTILINE)
