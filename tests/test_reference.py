"""The table of memberships on trial: the shipped one is sound, each kind of fault is told in one line, and an organisation is added in one file."""

import csv
import io
import json
import re
import shutil

import pandas as pd
import pytest
from test_data import faults

from onrecord import cli, data, memberships, reference

HEADER = reference.shipped().read_text(encoding="utf-8").splitlines()[0]
GOOD = f"""{HEADER}
Rope Union,FRA,France,member,Strand,1950-01-01,,day,,its yearbook,a newspaper,two_sources,,Rope Union|RU,1950-01-01,2020-01-01
Rope Union,ITA,Italy,member,Strand,1950-01-01,1960-05-31,day,,its yearbook,,one_source,,,,
Rope Union,ITA,Italy,outside,,1960-06-01,1969-12-31,day,,its yearbook,,one_source,Left over hemp,,,
Rope Union,ITA,Italy,member,Strand,1970-01-01,,day,,its yearbook,,one_source,,,,
Rope Union,CSK,Czechoslovakia,member,Strand,1980-01-01,1992-12-31,day,,its yearbook,,one_source,Dissolved,,,
Rope Union,NOR,Norway,observer,,1990,1999,year,,its yearbook,,one_source,,,,
Rope Union,NOR,Norway,member,Strand,2000-01-01,2010-02-28,day,,its yearbook,,one_source,Voted to leave,,,
"""

# what is changed, into what, the line of the file that is told, some of what is said of it
FAULTS = [
    ("FRA,France,member", "FRX,France,member", 2, "'FRX' is not the code of a state"),
    ("Rope Union,ITA,Italy,outside", "Rope Onion,ITA,Italy,outside", 4, "organisation 'Rope Onion' is not known"),
    ("member,Strand,1970", "guest,Strand,1970", 5, "status 'guest' is not known: write one of member"),
    ("2000-01-01,2010-02-28,day", "2000-01-01,2010-02-28,month", 8, "date_precision 'month' is not known"),
    ("newspaper,two_sources", "newspaper,three_sources", 2, "provenance 'three_sources' is not known"),
    ("a newspaper,two_sources", ",two_sources", 2, "without source_2"),
    ("1980-01-01,1992-12-31,day,,its yearbook", "1980-01-01,1992-12-31,day,,", 6, "no source_1: say where"),
    ("2000-01-01,2010-02-28", "2000-01-01,1999-02-28", 8, "before it starts on 2000-01-01"),
    ("2000-01-01,2010-02-28", "2000-01-01,2010-02-29", 8, "'2010-02-29' is no day of the calendar"),
    ("2000-01-01,2010-02-28", "1 March 2000,2010-02-28", 8, "'1 March 2000' is no day"),
    ("2000-01-01,2010-02-28", ",2010-02-28", 8, "no start_date"),
    ("2000-01-01,2010-02-28,day", "2000,2010-02-28,day", 8, "a year alone with date_precision `day`"),
    ("2000-01-01,2010-02-28,day", "2000-01-01,2010-02-28,year", 8, "a member's dates are known by the year alone"),
    ("1960-06-01,1969-12-31", "1960-05-31,1969-12-31", 4, "overlaps line 3, which ends 1960-05-31"),
    ("1960-06-01,1969-12-31", "1960-06-01,", 5, "overlaps line 4, which ends never"),
    ("observer,,1990,1999", "observer,,1990,2001", 8, "overlaps line 7"),
    ("1960-06-01,1969-12-31", "1960-06-02,1969-12-31", 4, "a gap from 1960-06-01 to 1960-06-01 (after line 3)"),
    ("1960-06-01,1969-12-31", "1960-06-01,1969-11-30", 5, "a gap from 1969-12-01 to 1969-12-31"),
    ("observer,,1990,1999", "observer,,1990,1998", 8, "a gap from 1999-01-01 to 1999-12-31"),
    ("Voted to leave", "", 8, "nothing follows: say why in the note"),
    ("Rope Union,ITA,Italy,member,Strand,1970-01-01,,day,,its yearbook,,one_source,,,,\n", "", 3, "`outside` before its first or after its last"),
    ("CSK,Czechoslovakia,member,Strand,1980-01-01,1992-12-31", "CSK,Czechoslovakia,member,Strand,1980-01-01,", 6, "the state was gone after 1992-12-31"),
    ("CSK,Czechoslovakia", "CZE,Czech Republic", 6, "but the state began 1993-01-01"),
    ("Rope Union,ITA,Italy,member,Strand,1970-01-01", "Rope Union,ITA,Italy,member,Strand,1950-01-01", 5, "stands in line 3 already"),
    ("1950-01-01,2020-01-01", "1950-01-01,2005-01-01", 8, "end_date 2010-02-28 lies after checked_until 2005-01-01"),
    ("1950-01-01,2020-01-01", "1950-01-01,", 2, "checked_until '' of Rope Union is no day"),
    ("1950-01-01,2020-01-01", "1949-01-01,2020-01-01", 2, "before its first member on 1950-01-01"),
    ("1950-01-01,2020-01-01", "2021-01-01,2020-01-01", 2, "before it is complete from 2021-01-01"),
    ("Left over hemp,,,", "Left over hemp,,1950-01-01,2020-01-01", 4, "twice (line 2)"),
    ("Rope Union|RU", "Rope Union|nato", 2, "the name 'nato' belongs to NATO too"),
    ("member,Strand,1970", "member,Thread,1970", 5, "status_label 'Thread', but 'Strand' in line 2"),
    ("member,Strand,1970", "member,,1970", 5, "no status_label"),
    ("Left over hemp", " Left over hemp", 4, "spaces too many"),
    (",Dissolved,,,", ",Dissolved, as agreed,,,", 6, "17 cells, not 16"),
]  # fmt: skip


@pytest.fixture
def told(tmp_path):
    def make(content):
        path = tmp_path / "rope.csv"
        path.write_text(content, encoding="utf-8")
        return reference.complaints(path)

    return make


def test_the_shipped_table_is_sound():
    assert reference.complaints() == []


def test_nothing_to_say(told):
    assert told(GOOD) == []


@pytest.mark.parametrize(("old", "new", "line", "said"), FAULTS, ids=[said for *_, said in FAULTS])
def test_one_fault(told, old, new, line, said):
    assert GOOD.count(old) == 1
    found = told(GOOD.replace(old, new))
    assert [one for one in found if one.startswith(f"rope.csv:{line}: ") and said in one], found
    assert all(re.fullmatch(r"rope\.csv:\d+: [^\n]+: [^\n]+", one) for one in found)


def test_lines_are_those_of_the_file(told):
    """A cell in several lines moves what follows."""
    content = GOOD.replace("a newspaper", '"a news\n\npaper"').replace("Voted to leave", "")
    assert [one for one in told(content) if one.startswith("rope.csv:10: ") and "nothing follows" in one]


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_day_too_early_or_late_is_seen_in_the_shipped_table(tmp_path, shift):
    """Every spell that has another one after it: its end moved by a day is told, as an overlap or a gap."""
    rows = list(csv.DictReader(io.StringIO(reference.shipped().read_text(encoding="utf-8"))))
    states = {}
    for row in rows:
        states.setdefault((row["organisation"], row["iso3"]), []).append(row)
    inner = [
        row
        for same in states.values()
        for row in sorted(same, key=lambda r: r["start_date"])[:-1]
        if row["date_precision"] == "day"
    ]
    for row in inner:
        row["end_date"] = str((pd.Timestamp(row["end_date"]) + pd.Timedelta(days=shift)).date())
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "moved.csv").write_text(out.getvalue(), encoding="utf-8")
    word = " overlaps line " if shift > 0 else " has a gap from "
    assert len(inner) > 10 and len([one for one in reference.complaints(tmp_path / "moved.csv") if word in one]) == len(
        inner
    )


def test_the_command(tmp_path, capsys):
    path = tmp_path / "rope.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert cli.main(["check-reference", str(path)]) == 0
    assert capsys.readouterr().out == "rope.csv: 7 spells in 1 organisation; nothing to mend\n"
    path.write_text(GOOD.replace("Voted to leave", ""), encoding="utf-8")
    assert cli.main(["check-reference", str(path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("rope.csv:8: ") and last == "rope.csv: 1 to mend"
    assert cli.main(["check-reference"]) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "its first line must be organisation,iso3"),
        (b"a,b\n1,2\n", "its first line must be organisation,iso3"),
        (HEADER.encode() + b"\n", "holds no row"),
        (GOOD.replace("Italy", "Itali\u00e9").encode("latin-1"), "is not UTF-8"),
        (GOOD.replace("Left over hemp", '"Left over hemp').encode(), "is no CSV"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, capsys, content, said):
    path = tmp_path / "rope.csv"
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["check-reference", str(path)]) == 2
    told = capsys.readouterr().err.strip()
    assert said in told and "rope.csv" in told and "\n" not in told


# --- an organisation in one file -------------------------------------------------------------------------------------------------


@pytest.fixture
def other_data(tmp_path, monkeypatch):
    """A copy of the reference tables in which the library looks instead; what it has read is forgotten, before and after."""
    kept = [
        data.table,
        memberships._spells,
        memberships._about,
        memberships._shorts,
        memberships._known_days,
        reference._states,
        reference._fields,
    ]
    package = json.loads((data.folder() / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] in ("memberships", "states")]
    shutil.copytree(data.folder() / "reference", tmp_path / "data" / "reference")
    (tmp_path / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    monkeypatch.setattr(data, "folder", lambda: tmp_path / "data")
    for function in kept:
        function.cache_clear()
    yield tmp_path / "data"
    for function in kept:
        function.cache_clear()


def test_an_organisation_is_added_in_one_file(other_data):
    with (other_data / "reference" / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write(GOOD.split("\n", 1)[1])
    assert reference.complaints() == []
    assert faults(other_data / "datapackage.json") == []
    known = memberships.organisations().iloc[-1]
    assert (known["organisation"], known["name"], known["member"]) == ("Rope Union", "Rope Union", "Strand")
    assert list(memberships.members("ru", "2005-01-01")["iso3"]) == ["FRA", "ITA", "NOR"]
    assert list(memberships.regions(["Rope Union", "NATO"], "2005-01-01")["count"]) == [3, 0, 23]
    assert memberships.of("ITA", "1965-01-01", ["EU", "RU"]) == ("EU",)


def test_days_on_which_a_table_is_incomplete_are_refused(other_data):
    """Before the first spell there is nobody; from then on to `complete_from` nobody can tell; after `checked_until` there is a warning."""
    rows = GOOD.split("\n", 1)[1].replace("1950-01-01,2020-01-01", "1955-01-01,2020-01-01")
    with (other_data / "reference" / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write(rows)
    assert reference.complaints() == []
    assert memberships.members("RU", "1949-12-31").empty
    for ask in (
        lambda day: memberships.members("RU", day),
        lambda day: memberships.regions(["NATO", "RU"], day),
        lambda day: memberships.of("FRA", day, ["RU"]),
    ):
        with pytest.raises(data.InputError, match="Rope Union on 1954-12-31 are not all known: ask for 1955-01-01 or"):
            ask("1954-12-31")
        assert len(ask("1955-01-01"))
    assert len(memberships.members("RU", "2020-01-01")) == 2 and memberships.caveats(["RU"], "2020-01-01") == []
    with pytest.warns(memberships.UncheckedWarning, match="Rope Union were last checked for 2020-01-01"):
        assert len(memberships.members("RU", "2020-01-02")) == 2
    assert len(memberships.caveats("RU", "2020-01-02")) == 1
