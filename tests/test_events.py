"""Dates against a table, events against sentences that hold one and sentences that hold none."""

from types import SimpleNamespace

import pandas as pd
import pytest

from onrecord import data, events, language, schema

FRIDAY = "2022-01-14"
DATES = [  # text, published, first day, last day, reckoned
    ("on Friday", FRIDAY, "2022-01-14", "2022-01-14", True),
    ("on Saturday", FRIDAY, "2022-01-08", "2022-01-08", True),
    ("Thursday’s meeting", FRIDAY, "2022-01-13", "2022-01-13", True),
    ("They will meet on Monday", FRIDAY, "2022-01-17", "2022-01-17", True),
    ("They are expected to be received on Monday", FRIDAY, "2022-01-17", "2022-01-17", True),
    ("He said on Monday that they will vote", FRIDAY, "2022-01-10", "2022-01-10", True),
    ("On Monday, the mayor will speak", FRIDAY, "2022-01-17", "2022-01-17", True),
    ("last Friday", FRIDAY, "2022-01-07", "2022-01-07", True),
    ("next Friday", FRIDAY, "2022-01-21", "2022-01-21", True),
    ("Wednesday last week", FRIDAY, "2022-01-05", "2022-01-05", True),
    ("from Monday to Thursday", FRIDAY, "2022-01-10", "2022-01-13", True),
    ("from Friday to Monday", "2022-01-12", "2022-01-07", "2022-01-10", True),
    ("yesterday", "2022-01-01", "2021-12-31", "2021-12-31", True),
    ("tonight", FRIDAY, "2022-01-14", "2022-01-14", True),
    ("tomorrow", "2021-12-31", "2022-01-01", "2022-01-01", True),
    ("the day before yesterday", FRIDAY, "2022-01-12", "2022-01-12", True),
    ("last week", FRIDAY, "2022-01-03", "2022-01-09", True),
    ("this week", FRIDAY, "2022-01-10", "2022-01-16", True),
    ("next week", FRIDAY, "2022-01-17", "2022-01-23", True),
    ("over the past week", FRIDAY, "2022-01-08", "2022-01-14", True),
    ("the past three days", FRIDAY, "2022-01-12", "2022-01-14", True),
    ("over the weekend", FRIDAY, "2022-01-08", "2022-01-09", True),
    ("last month’s talks", FRIDAY, "2021-12-01", "2021-12-31", True),
    ("next month", "2021-12-31", "2022-01-01", "2022-01-31", True),
    ("earlier this month", FRIDAY, "2022-01-01", "2022-01-14", True),
    ("later this month", FRIDAY, "2022-01-14", "2022-01-31", True),
    ("last year", FRIDAY, "2021-01-01", "2021-12-31", True),
    ("late last year", FRIDAY, "2021-09-01", "2021-12-31", True),
    ("early next year", FRIDAY, "2023-01-01", "2023-04-30", True),
    ("two days ago", FRIDAY, "2022-01-12", "2022-01-12", True),
    ("three months ago", FRIDAY, "2021-10-01", "2021-10-31", True),
    ("early January", FRIDAY, "2022-01-01", "2022-01-10", True),
    ("mid-December", FRIDAY, "2021-12-11", "2021-12-20", True),
    ("in late February", FRIDAY, "2022-02-21", "2022-02-28", True),
    ("was signed in late February", FRIDAY, "2021-02-21", "2021-02-28", True),
    ("the end of December", FRIDAY, "2021-12-21", "2021-12-31", True),
    ("it opened in March", FRIDAY, "2021-03-01", "2021-03-31", True),
    ("it will open in March", FRIDAY, "2022-03-01", "2022-03-31", True),
    ("last January", FRIDAY, "2021-01-01", "2021-01-31", True),
    ("it is set to begin on May 16", "2015-05-07", "2015-05-16", "2015-05-16", True),
    ("it began on August 10", "2015-08-21", "2015-08-10", "2015-08-10", True),
    ("it ended on Dec. 30", FRIDAY, "2021-12-30", "2021-12-30", True),
    ("the May 16 rally", "2015-05-07", "2015-05-16", "2015-05-16", True),
    ("it is to be held from November 20 to December 11", "2015-05-07", "2015-11-20", "2015-12-11", True),
    ("it ran from December 20 to January 10", "2022-02-01", "2021-12-20", "2022-01-10", True),
    ("born on February 29", FRIDAY, "2020-02-29", "2020-02-29", True),
    ("May 7, 2015", FRIDAY, "2015-05-07", "2015-05-07", False),
    ("Thursday, May 7, 2015", None, "2015-05-07", "2015-05-07", False),
    ("11 January 2022", None, "2022-01-11", "2022-01-11", False),
    ("the 3rd of June 2019", None, "2019-06-03", "2019-06-03", False),
    ("2022-01-11", None, "2022-01-11", "2022-01-11", False),
    ("January 10-14, 2022", None, "2022-01-10", "2022-01-14", False),
    ("10 to 14 January 2022", None, "2022-01-10", "2022-01-14", False),
    ("December 20 to January 10, 2016", None, "2015-12-20", "2016-01-10", False),
    ("between July 2003 and December 2004", None, "2003-07-01", "2004-12-31", False),
    ("from 2003 to 2005", None, "2003-01-01", "2005-12-31", False),
    ("early in 2016", "2015-05-07", "2016-01-01", "2016-04-30", False),
    ("in 2007", None, "2007-01-01", "2007-12-31", False),
    ("on Monday", None, None, None, True),
    ("early January", None, None, None, True),
    ("two weeks ago", None, None, None, True),
]
NO_DATES = [
    "Super Tuesday",
    "the Sunday Times",
    "every Monday",
    "Mondays",
    "he may march",
    "May said so",
    "Feb. 30, 2021",
    "2,000 people",
    "some 100,000 troops",
    "more than two years later",
    "the next day",
    "within days",
    "",
    "🙂",
]


def stamp(day):
    return None if day is None else pd.Timestamp(day)


@pytest.mark.parametrize(("text", "published", "first", "last", "reckoned"), DATES)
def test_date(text, published, first, last, reckoned):
    found = events.dates(text, stamp(published))
    assert [row[2:] for row in found] == [(stamp(first), stamp(last), reckoned)]


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date(text):
    assert events.dates(text, stamp(FRIDAY)) == []


def test_each_clause_has_its_own_tense():
    text = "On Friday, she said they met Monday, while others will vote on Tuesday"
    assert [row[2] for row in events.dates(text, stamp("2022-01-12"))] == [
        stamp("2022-01-07"),
        stamp("2022-01-10"),
        stamp("2022-01-18"),
    ]


def test_a_published_time_with_zone_is_its_day():
    assert events.dates("today", pd.Timestamp("2022-01-14T23:30+01:00"))[0][2] == stamp(FRIDAY)


def draft(text, published=FRIDAY, names=()):
    """The events of a text of one paragraph; the names in it are mentions of actors of that name."""
    passages = [language.Passage("b-1", "paragraph", 0, language.model()(text))] if text else []
    rows = [
        {
            "mention_id": f"m-{name}",
            "actor_id": name.lower(),
            "start": text.index(name),
            "end": text.index(name) + len(name),
        }
        for name in names
    ]
    return events.draft(
        SimpleNamespace(text=text, published=stamp(published)), passages, schema.frame("mentions", rows)
    )


EVENTS = [  # text, names, words, kind, first day, place, participants
    (
        "Anna Lind met Pavel Novak in Prague on Tuesday.",
        ("Lind", "Novak"),
        "met Pavel Novak",
        "meeting",
        "2022-01-11",
        "Prague",
        ("lind", "novak"),
    ),
    ("The ministers will meet in Oslo on Monday.", (), "The ministers will meet", "meeting", "2022-01-17", "Oslo", ()),
    (
        "Delegates gathered for Wednesday's summit in Madrid.",
        (),
        "Wednesday's summit in Madrid",
        "meeting",
        "2022-01-12",
        "Madrid",
        (),
    ),
    (
        "After last month's talks between Lind and Novak, prices fell.",
        ("Lind", "Novak"),
        "last month's talks",
        "meeting",
        "2021-12-01",
        None,
        ("lind", "novak"),
    ),
    (
        "A week of meetings in Geneva began on Monday.",
        (),
        "A week of meetings in Geneva",
        "meeting",
        "2022-01-10",
        "Geneva",
        (),
    ),
    (
        "At a news conference in Brussels, Novak condemned the plan.",
        ("Novak",),
        "a news conference in Brussels",
        "press_conference",
        None,
        "Brussels",
        ("novak",),
    ),
    (
        "Lind spoke to reporters at a press conference on Thursday.",
        ("Lind",),
        "a press conference",
        "press_conference",
        "2022-01-13",
        None,
        ("lind",),
    ),
    (
        "Lind told reporters so after a visit to the northern border in early January.",
        ("Lind",),
        "a visit to the northern border",
        "visit",
        "2022-01-01",
        "the northern border",
        ("lind",),
    ),
    (
        "Novak visited Tirana on 3 January 2022.",
        ("Novak",),
        "visited Tirana",
        "visit",
        "2022-01-03",
        "Tirana",
        ("novak",),
    ),
    (
        "In a written statement, Novak denied the charge.",
        ("Novak",),
        "a written statement",
        "statement",
        None,
        None,
        ("novak",),
    ),
    (
        "The ministry issued a statement on Tuesday.",
        ("ministry",),
        "a statement",
        "statement",
        "2022-01-11",
        None,
        ("ministry",),
    ),
    (
        "On Friday, Lind announced a new budget.",
        ("Lind",),
        "announced a new budget",
        "statement",
        "2022-01-14",
        None,
        ("lind",),
    ),
    ("The referendum was held on January 9.", (), "The referendum", "other", "2022-01-09", None, ()),
    ("Fishermen rescued 40 sailors on Sunday.", (), "rescued 40 sailors", "other", "2022-01-09", None, ()),
    ("The accident, which happened yesterday, closed the bridge.", (), "The accident", "other", "2022-01-13", None, ()),
]
NO_EVENTS = [
    "Will the alliance meet the city's demands?",
    "The firm is meeting the demands of its customers.",
    "Meetings are dull.",
    "They hold regular meetings.",
    "He refused to meet the mayor.",
    "She called for a summit in Paris.",
    "She called for a summit on Monday.",
    "There was no meeting in Paris on Monday.",
    "They did not meet in Paris on Monday.",
    "If they meet in Oslo, talks may follow.",
    "They might meet in Oslo on Monday.",
    "The plan was met with criticism.",
    "The cancelled visit to Rome cost a million.",
    "The weak presence in the negotiations was a surprise.",
    "This delayed our wish to issue a statement.",
    "Lind has been waiting since Monday.",
    "Novak is the mayor.",
    "She lost the farm vote.",
    "The meeting point was a mystery.",
    "The statement is false.",
]


@pytest.mark.parametrize(("text", "names", "words", "kind", "first", "place", "who"), EVENTS)
def test_event(text, names, words, kind, first, place, who):
    table = draft(text, names=names)
    assert words in table["text"].tolist()
    row = table[table["text"] == words].iloc[0]
    assert row["kind"] == kind
    assert row["date_from"] == stamp(first) if first else pd.isna(row["date_from"])
    assert row["place"] == place if place else pd.isna(row["place"])
    assert row["participants"] == who


@pytest.mark.parametrize("text", NO_EVENTS)
def test_no_event(text):
    assert draft(text)["text"].tolist() == []


def test_without_a_publication_date_relative_days_are_missing():
    row = draft("Lind met Novak in Prague on Tuesday.", published=None).iloc[0]
    assert pd.isna(row["date_from"]) and pd.isna(row["date_to"]) and not row["inferred"]


def test_a_phrase_told_again_is_one_row():
    table = draft(
        "On Wednesday the NATO-Russia Council meeting took place. After the NATO-Russia Council meeting, she left."
    )
    assert table["text"].tolist() == ["the NATO-Russia Council meeting"]


def test_joined_words_do_not_hide_a_meeting():
    row = draft("On Wednesday the Port Council MeetingAt a session in Oslo, officials spoke.").iloc[0]
    assert (row["text"], row["date_from"]) == ("the Port Council Meeting", stamp("2022-01-12"))


ODD = [
    "",
    " ",
    "🙂🙂 met 🙂 on Monday 🙂",
    "on Monday " * 2_000,
    "meeting " * 500,
    "\u200b\u0301 Monday’s",
    "“" * 50 + " talks on Friday",
    "May 16 to " * 300,
    "A\tB\u2028met on Monday",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_never_raises_and_spans_slice(text):
    for start, end, first, last, _ in events.dates(text, stamp(FRIDAY)):
        assert text[start:end].strip() == text[start:end] != ""
        assert first is None or first <= last
    for row in draft(text).itertuples():
        assert text[row.start : row.end] == row.text != ""
        assert pd.isna(row.date_from) or row.date_from <= row.date_to


def test_word_tables_are_clean():
    for name in ("dates", "events"):
        table = data.table(name)
        assert not table.duplicated(["word", "role"]).any()
    kinds = set(data.table("events")["kind"]) - {""}
    assert kinds == {"meeting", "visit", "press_conference", "statement", "other"}
