"""Every figure, drawn from a rich article, a small one, a single row and nothing: its words must stand inside the page, apart from each other."""

import inspect
import itertools
import math
import re

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure

from onrecord import atlas, data, figures, memberships, voice_by_region
from onrecord.figures import style
from onrecord.schema import frame

TEXT = (data.folder() / "articles" / "nato-russia-2022" / "article.txt").read_text(encoding="utf-8")
STATES = {"RUS": "Russia", "USA": "United States", "UKR": "Ukraine", "DEU": "Germany", "POL": "Poland"}
MADE = {"rule": "sample", "confidence": 0.9, "source": "machine", "reviewed": False}

# actor_id | name | kind | country | side | the printed words that mention the actor
ACTORS = """
jens-stoltenberg | Jens Stoltenberg | person | | nato | Stoltenberg
fabrice-pothier | Fabrice Pothier | person | | independent | Pothier
wendy-sherman | Wendy Sherman | person | USA | USA | Sherman
alexander-grushko | Alexander Grushko | person | RUS | RUS | Glushko
sergey-lavrov | Sergey Lavrov | person | RUS | RUS | Lavrov
oleg-ignatov | Oleg Ignatov | person | | independent | Ignatov
zbigniew-rau | Zbigniew Rau | person | POL | osce | Rau
michael-carpenter | Michael Carpenter | person | USA | USA | Carpenter
mykola-bielieskov | Mykola Bielieskov | person | UKR | UKR | Bereskov
ivana-stradner | Ivana Stradner | person | | independent | Stradner
josep-borrell | Josep Borrell | person | | eu | Puborrell
viola-von-cramon-taubadel | Viola von Cramon-Taubadel | person | DEU | eu | Cramon-Taubadel
joe-biden | Joe Biden | person | USA | USA | Biden
vladimir-putin | Vladimir Putin | person | RUS | RUS | Putin
anders-fogh-rasmussen | Anders Fogh Rasmussen | person | | | Rasmussen
moscow | Government of the Russian Federation | government | RUS | RUS | Moscow, Kremlin
russia | Russia | state | RUS | RUS | Russia
ukraine | Ukraine | state | UKR | UKR | Ukraine
nato | NATO | organisation | | nato | NATO, the alliance
eu | European Union | organisation | | eu | EU
osce | Organization for Security and Co-operation in Europe | organisation | | osce | OSCE
al-jazeera | Al Jazeera | media | | | Al Jazeera
"""

# speaker_id | kind | speech | cue | first words … last words
QUOTES = """
jens-stoltenberg | direct | speech | told | There are significant … on these issues.
jens-stoltenberg | direct | speech | told | Our differences … to bridge.
moscow | indirect | act | rejected | it planned an invasion
moscow | indirect | act | accused | undermining security in the region
 | scare | | | non-starters
fabrice-pothier | indirect | speech | said | negotiations with the Kremlin … alliance
fabrice-pothier | direct | speech | told | It is very difficult … the allies
fabrice-pothier | direct | speech | | NATO can compromise … the border.
fabrice-pothier | direct | speech | | But beyond that … never budge.
wendy-sherman | mixed | act | bemoaned | no commitment … de-escalation
wendy-sherman | indirect | speech | added | Russia may … to proceed
alexander-grushko | mixed | speech | said | Moscow had made it clear … intolerable for Russia
alexander-grushko | indirect | act | condemned | NATO’s expansion in … countries
alexander-grushko | direct | speech | said | The expansion doesn’t … security problem.
alexander-grushko | direct | speech | said | The expansion just … not removes them
sergey-lavrov | indirect | speech | saying | he has run out of patience
sergey-lavrov | indirect | speech | saying | NATO and the United States … within days
oleg-ignatov | indirect | speech | said | Washington and the West … proposal
oleg-ignatov | direct | speech | told | Russia doesn’t want … friendly country
oleg-ignatov | indirect | speech | adding | Ukraine was not … important issue
oleg-ignatov | direct | speech | added | It’s also about … in the world.
oleg-ignatov | direct | speech | added | So it’s a geopolitical … and vision
zbigniew-rau | indirect | speech | Say | The risk of war … 30 years
michael-carpenter | direct | speech | told | I don’t think … this week
michael-carpenter | direct | speech | | Our main goal … dialogue.
mykola-bielieskov | indirect | speech | said | NATO and Western … sovereignty
mykola-bielieskov | direct | speech | told | If we only think … stronger.
mykola-bielieskov | direct | speech | told | But with the support … recovery
ivana-stradner | indirect | speech | explained | while NATO expanded … different
ivana-stradner | direct | speech | told | Russia has been … across Europe
ivana-stradner | direct | speech | | NATO’s strength … grey area.
ivana-stradner | direct | speech | | Hybrid war … Eastern Europe.
 | indirect | speech | say | they are being … on Ukraine
josep-borrell | direct | speech | told | There is no security … security.
josep-borrell | direct | speech | told | It is clear … EU and Ukraine
viola-von-cramon-taubadel | indirect | speech | said | the weak presence … surprising
viola-von-cramon-taubadel | direct | speech | told | The problem with the EU … towards Russia.
viola-von-cramon-taubadel | direct | speech | told | Some EU countries … I regret
oleg-ignatov | indirect | speech | said | people in the front-line … risk
oleg-ignatov | direct | speech | told | People along the border … immediately
ivana-stradner | mixed | speech | added | while the EU, US … it doesn’t work now.
moscow | indirect | thought | believes | to scale back … Eastern Europe
"""

ISSUES = pd.DataFrame(
    {
        "issue": ["enlargement", "dialogue", "deterrence", "arms", "eu-role", "presence", "invasion"],
        "title": [
            "Ukraine may join NATO",
            "Dialogue with Russia",
            "Deterring Russia",
            "Transparency and arms control",
            "The EU takes part in the negotiations",
            "Allied troops and weapons in Eastern Europe",
            "Russia plans an invasion",
        ],
    }
)

# holder_id | issue | position
STATEMENTS = """
russia|enlargement|oppose
russia|presence|oppose
moscow|invasion|oppose
moscow|enlargement|oppose
moscow|dialogue|neutral
jens-stoltenberg|dialogue|support
jens-stoltenberg|enlargement|support
nato|dialogue|support
nato|arms|support
fabrice-pothier|arms|support
fabrice-pothier|enlargement|support
fabrice-pothier|deterrence|support
wendy-sherman|dialogue|support
wendy-sherman|deterrence|unclear
alexander-grushko|enlargement|oppose
alexander-grushko|presence|oppose
alexander-grushko|enlargement|oppose
sergey-lavrov|presence|oppose
sergey-lavrov|dialogue|oppose
michael-carpenter|dialogue|support
mykola-bielieskov|deterrence|support
mykola-bielieskov|enlargement|support
ivana-stradner|deterrence|support
ivana-stradner|presence|support
ivana-stradner|dialogue|oppose
josep-borrell|eu-role|support
viola-von-cramon-taubadel|eu-role|support
viola-von-cramon-taubadel|eu-role|oppose
viola-von-cramon-taubadel|deterrence|neutral
|enlargement|oppose
ukraine|invasion|support
"""

# kind | printed words | from | to | inferred | place | participants
EVENTS = """
meeting | talks Between US President Joe Biden and his Russian President Vladimir Putin | 2021-12-01 | 2021-12-31 | 1 | | joe-biden, vladimir-putin
meeting | NATO-Russia Council Meeting | 2022-01-12 | 2022-01-12 | 1 | Brussels | nato, russia
press_conference | At a news conference in Brussels | 2022-01-12 | 2022-01-12 | 1 | Brussels | alexander-grushko
statement | On Friday, Russian Foreign Minister Sergey Lavrov also took a tough tone | 2022-01-14 | 2022-01-14 | 1 | | sergey-lavrov
meeting | Crisis discussed on Monday | 2022-01-10 | 2022-01-10 | 1 | Geneva | moscow, wendy-sherman, nato, eu, osce, ukraine, russia
visit | a visit to the Ukrainian front in early January | 2022-01-01 | 2022-01-10 | 0 | Ukraine | josep-borrell
meeting | Thursday’s meeting in Austria | 2022-01-13 | 2022-01-13 | 1 | Austria | zbigniew-rau, osce
other | after the Cold War | | | 0 | |
meeting | Three high-stakes conferences known as geopolitically critical take place in European cities | | | 0 | |
"""


def rows(table):
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]


def find(words, after=0):
    first, _, last = (part.strip() for part in words.partition("…"))
    start = TEXT.index(first, after)
    return start, (TEXT.index(last, start + len(first)) + len(last) if last else start + len(first))


def place(prefix, start, end):
    """A row's place in the article, with an id in every key column that might want one."""
    keys = dict.fromkeys(("block_id", "quote_id", "mention_id", "statement_id", "event_id"), f"{prefix}-{start}-{end}")
    return {**keys, "start": start, "end": end, "text": TEXT[start:end], **MADE}


def dossier(actors=None, quotes=None, statements=None, events=None):
    """The sample article's tables, each cut to its first rows (None: all)."""
    blocks = [{**place("b", *m.span()), "kind": "paragraph"} for m in re.finditer(r"[^\n]+", TEXT)]
    said = []
    for speaker, kind, speech, cue, words in rows(QUOTES)[:quotes]:
        start, end = find(words)
        said.append(
            {
                **place("q", start, end),
                "kind": kind,
                "speech": speech or None,
                "spans": ((start, end),),
                "speaker_id": speaker or None,
                "cue": cue or None,
                "words": len(TEXT[start:end].split()),
            }
        )
    people, mentions = [], []
    for actor, name, kind, country, side, words in rows(ACTORS)[:actors]:
        own = [q for q in said if q["speaker_id"] == actor]
        at = [m for word in words.split(", ") for m in re.finditer(re.escape(word), TEXT)]
        he = [re.compile(r"\bs?he\b").search(TEXT, q["end"], q["end"] + 40) for q in own]
        here = [(m, "nominal" if m.group().islower() else "name") for m in at] + [(m, "pronoun") for m in he if m]
        mentions += [{**place("m", *m.span()), "actor_id": actor, "form": form} for m, form in here]
        people.append(
            {
                "actor_id": actor,
                "name": name,
                "printed": name,
                "kind": kind,
                "country": country or None,
                "side": side or None,
                "mentions": len(here),
                "quotes": len(own),
                "words": sum(q["words"] for q in own),
                **MADE,
            }
        )
    names = {a["actor_id"]: a["name"] for a in people}
    for quote in said:
        quote["speaker"] = names.get(quote["speaker_id"])
    held = [
        {
            **place("s", i, i + 1),
            "holder_id": holder or None,
            "holder": names.get(holder, holder or None),
            "issue": issue,
            "position": position,
            "basis": "direct",
        }
        for i, (holder, issue, position) in enumerate(rows(STATEMENTS)[:statements])
    ]
    happened = [
        {
            **place("e", i, i + 1),
            "kind": kind,
            "text": text,
            "date_from": first or None,
            "date_to": last or None,
            "inferred": inferred == "1",
            "place": where or None,
            "participants": [p for p in who.split(", ") if p],
        }
        for i, (kind, text, first, last, inferred, where, who) in enumerate(rows(EVENTS)[:events])
    ]
    tables = {
        "blocks": blocks,
        "actors": people,
        "mentions": mentions,
        "quotes": said,
        "statements": held,
        "events": happened,
    }
    return {
        **{name: frame(name, made) for name, made in tables.items()},
        "issues": ISSUES,
        "published": pd.Timestamp("2022-01-14"),
    }


def regions(**sizes):
    """`regions(A=3, A_B=5)` as `memberships.regions` gives it: every combination, the largest first."""
    names = sorted({name for key in sizes for name in key.split("_")}, key="".join(sizes).index)
    every = [c for size in range(len(names), 0, -1) for c in itertools.combinations(names, size)]
    numbers = {frozenset(key.split("_")): number for key, number in sizes.items()}
    made = [(c, tuple(f"S{i:02d}" for i in range(numbers.get(frozenset(c), 0)))) for c in every]
    return pd.DataFrame(
        {"organisations": [c for c, _ in made], "states": [s for _, s in made], "count": [len(s) for _, s in made]}
    )


ALLIANCES = regions(NATO_EU_OSCE=21, NATO_OSCE=9, EU_OSCE=6, OSCE=21, NATO_EU=0, NATO=0, EU=0)
MANY = regions(NATO_EU_OSCE_CoE=21, OSCE=9, CoE_OSCE=12, CSTO_CIS_OSCE=5, CIS_OSCE=2)
DAYS = {
    pd.Timestamp(day): regions(**{"NATO_EU_OSCE": 0, "NATO": 0, "EU": 0, "OSCE": 0, **sizes})
    for day, sizes in {
        "1949-12-31": {"NATO": 12},
        "1973-12-31": {"NATO_EU_OSCE": 8, "NATO_OSCE": 7, "EU_OSCE": 1, "OSCE": 19},
        "1999-12-31": {"NATO_EU_OSCE": 11, "NATO_OSCE": 8, "EU_OSCE": 4, "OSCE": 31},
        "2019-12-31": {"NATO_EU_OSCE": 22, "NATO_OSCE": 7, "EU_OSCE": 6, "OSCE": 22},
        "2022-01-14": {"NATO_EU_OSCE": 21, "NATO_OSCE": 9, "EU_OSCE": 6, "OSCE": 21},
    }.items()
}
GROUPS = pd.DataFrame(
    {
        "group": ["United States and its allies", "Russia", "Ukraine", "independent experts", "European Union"],
        "words": [45, 120, 60, 250, 1180],
        "quotes": [1, 7, 3, 12, 5],
        "mentions": [40, 61, 33, 0, 12],
    }
)
SCORES = pd.DataFrame(
    {
        "table": ["actors", "mentions", "quotes", "statements", "events"],
        "precision": [0.91, 0.88, 1.0, 0.5, None],
        "recall": [0.97, 0.88, 0.9, 0.05, 0.0],
        "n_draft": [24, 210, 38, 12, 0],
        "n_truth": [22, 204, 41, 30, 9],
    }
)
SURE = pd.DataFrame(
    [
        {
            "table": table,
            "confidence": 0.35 + (i * 7 % 60) / 100,
            "right": None if table == "events" else (i * 7 % 60) > 9,
        }
        for table, n in (("actors", 24), ("mentions", 210), ("quotes", 40), ("events", 9))
        for i in range(n)
    ]
)

BINS = pd.DataFrame(
    {
        "confidence": [0.05, 0.16, 0.29, 0.31, 0.49, 0.51, 0.69, 0.71, 0.88, 0.99],
        "right": [0.0, 0.3, 0.2, 0.4, 0.5, 0.5, 0.6, 0.9, 0.8, 1.0],
        "low": [0.0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.7, 1.0],
        "high": [0.4, 0.5, 0.4, 0.6, 0.7, 0.6, 0.7, 1.0, 0.9, 1.0],
        "n": [3, 14, 9, 120, 45, 99999, 88888, 77777, 1300, 2],
    }
)

PARTS = ["United States", "independent", "European Union", "Russia", "Democratic Party", "others", "side unknown"]
VOICES = pd.DataFrame(
    [
        {
            "group": outlet,
            "articles": 3 + 41 * i,
            "part": None if name in PARTS[5:] else name,
            "name": name,
            "rank": None if name in PARTS[5:] else j + 1,
            "words": 1 + (7 * i + 13 * j) % 29 * 37,
            "quotes": 2,
            "share": 0.1,
        }
        for i, outlet in enumerate(["The Ayr Courier", "Perth Post", None, "A paper with a longer name than that", "W"])
        for j, name in enumerate(PARTS)
        if (i + j) % 5
    ]
)
DIVERSE = pd.DataFrame(
    [
        ("The Ayr Courier", 132, 4.1, 3.5, 4.7, 21.3, 15.0, 44.1, 0.21, 0.1, 0.3),
        (None, 3, 12.0, None, None, None, None, None, 0.0, None, None),
        ("A paper with a longer name than that", 12000, 0.0, 0.0, 0.1, 1234.5, 812.0, 2000.0, 1.0, 0.9, 1.0),
    ],
    columns=[
        *("group", "articles", "speakers", "speakers_low", "speakers_high", "effective", "effective_low"),
        *("effective_high", "unnamed", "unnamed_low", "unnamed_high"),
    ],
)
STOOD = pd.DataFrame(
    {
        "window": range(5),
        "label": ["Nov 2015", "3 May – 9 Jun 2016", "Jan–Mar 2017", "2018", "2019"],
        "support": [1, 12, 0, 1500, 0],
        "oppose": [1, 0, 7, 900, 0],
        "neutral": [2, 0, 0, 0, 0],
        "unclear": [120, 0, 1, 0, 0],
    }
)
TIMES = pd.DataFrame(
    {
        "window": range(4),
        "label": ["10 Nov 2015 – 3 Feb 2016", "7 Feb – 23 Apr 2016", "May 2016", "2017"],
        "articles": [1, 20, 1200, 19],
    }
)


def positions_in_windows(holders, windows=4):
    """Positions of so many holders on three questions, as `Corpus.network` gives them."""
    signs = ("support", "oppose", "neutral", "support")
    made = [
        (w, f"h{h:02}", f"Holder {h} of the Bundesverfassungsgericht" * (1 + (h == 3)), str(q), signs[(w + h * q) % 4])
        for w in range(windows)
        for h in range(holders)
        for q in range(3)
        if (w + h + q) % 3
    ]
    return pd.DataFrame(made, columns=["window", "holder_id", "holder", "issue", "position"])


DAY = "2022-01-14"
THREE = ["NATO", "EU", "OSCE"]


def map_of(focus, border=None, places=None, on=DAY, organisations=THREE, **more):
    """A map of memberships on a day, without a title of its own."""
    members = memberships.members("CSTO", on=on).iso3
    known = memberships.regions(organisations, on=on)
    return figures.membership_map(known, focus, on, None, places, border, ("CSTO", members), **{**WORDS, **more})


ACTORS_OF_REGIONS = [
    MADE | {"actor_id": name, "name": name, "printed": name, "kind": kind, "country": country, "mentions": 2, "quotes": said, "words": said}
    for name, kind, country, said in [("Ann Lee", "person", "FRA", 3), ("Ireland", "state", "IRL", 0)]
]  # fmt: skip
SIZES = {
    "rich": {},
    "small": {"actors": 5, "quotes": 7, "statements": 4, "events": 3},
    **{name: dict.fromkeys(("actors", "quotes", "statements", "events"), n) for name, n in (("one", 1), ("none", 0))},
}
ROWS = {"rich": None, "small": 3, "one": 1, "none": 0}
DRAW = {
    "speakers_along": lambda d, n: (d["quotes"], d["actors"], d["blocks"]),
    "mentions_along": lambda d, n: (d["mentions"], d["actors"], d["quotes"], d["blocks"]),
    "timeline": lambda d, n: (d["events"], d["actors"], d["published"]),
    "heard_and_mentioned": lambda d, n: (d["actors"],),
    "voice": lambda d, n: (d["quotes"], d["actors"]),
    "quote_kinds": lambda d, n: (d["quotes"], d["actors"]),
    "cues": lambda d, n: (d["quotes"],),
    "voice_by_group": lambda d, n: (GROUPS[:n],),
    "voice_by_region": lambda d, n: (voice_by_region(d["actors"], ["NATO", "EU", "OSCE"], d["published"]),),
    "affiliation": lambda d, n: (d["statements"], d["issues"], d["actors"]),
    "congruence": lambda d, n: (d["statements"], d["actors"]),
    "conflict": lambda d, n: (d["statements"], d["actors"]),
    "voice_by_outlet": lambda d, n: (VOICES[:n],),
    "diversity": lambda d, n: (DIVERSE[:n],),
    "positions_over_time": lambda d, n: (STOOD[:n],),
    "congruence_over_time": lambda d, n: (positions_in_windows({None: 12, 3: 3, 1: 1, 0: 0}[n]), TIMES[: n or 4]),
    "machine_against_review": lambda d, n: (SCORES[:n],),
    "confidence_strip": lambda d, n: (SURE[:n],),
    "reliability": lambda d, n: (BINS[:n],),
    "venn": lambda d, n: (
        {None: ALLIANCES, 3: regions(NATO_EU=21, NATO=9, EU=6), 1: regions(NATO=2), 0: regions(NATO=0, EU=0)}[n],
        STATES,
    ),
    "membership_map": lambda d, n: (
        memberships.regions(THREE, on=DAY),
        {None: ("UKR", "RUS"), 3: ("FIN", "RUS"), 1: ("MLT",), 0: ()}[n],
        DAY,
        STATES,
        atlas.places_of(d["events"]),
        {None: ("UKR", "RUS")}.get(n),
        ("CSTO", memberships.members("CSTO", on=DAY).iso3),
    ),
    "memberships_over_time": lambda d, n: (
        dict(list(DAYS.items())[:n]) if n != 0 else {pd.Timestamp("1940-12-31"): regions(NATO=0, EU=0)},
    ),
    "membership_grid": lambda d, n: ({None: MANY, 3: ALLIANCES, 1: regions(NATO=2), 0: regions(NATO=0)}[n], STATES),
}
WORDS = {"alt": "What the figure shows, in words.", "source": "a sample of the article, coded for the tests"}


def parts_of(fig, kind):
    """The parts of a figure of a kind, without those of an axis that is switched off: to look at these makes them, which takes long."""
    found, left = [], [fig]
    while left:
        part = left.pop()
        found += [part] * isinstance(part, kind)
        if not (isinstance(part, matplotlib.axis.Axis) and not part.axes.axison):
            left += reversed(part.get_children())
    return found


def words_apart(fig):
    """The words of a figure that leave the page or touch each other, measured as they are drawn."""
    fig.draw_without_rendering()
    renderer = fig.canvas.get_renderer()
    found = [text for text in parts_of(fig, matplotlib.text.Text) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in found]
    wide, high = fig.canvas.get_width_height()
    faults = [
        f"{words!r} leaves the page"
        for words, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > wide or box.y1 > high
    ]
    for (words, a), (other, b) in itertools.combinations(boxes, 2):
        if a.x0 < b.x1 - 0.5 and b.x0 < a.x1 - 0.5 and a.y0 < b.y1 - 0.5 and b.y0 < a.y1 - 0.5:
            faults.append(f"{words!r} on {other!r}")
    return faults


def signs_on_words(fig):
    """The words on which a marker stands."""
    texts = [
        (text.get_text(), text.get_window_extent()) for text in parts_of(fig, matplotlib.text.Text) if text.get_text()
    ]
    marks = [line for line in parts_of(fig, matplotlib.lines.Line2D) if line.get_marker() != "None"]
    places = [fig.page.transData.transform(point) for line in marks for point in line.get_xydata()]
    return [words for words, box in texts for x, y in places if box.x0 < x < box.x1 and box.y0 < y < box.y1]


def draw(name, size, **more):
    return getattr(figures, name)(*DRAW[name](dossier(**SIZES[size]), ROWS[size]), **WORDS, **more)


def words_of(fig):
    return " ".join(text.get_text() for text in parts_of(fig, matplotlib.text.Text))


def test_every_figure_is_tried():
    about = {name: inspect.signature(getattr(figures, name)) for name in figures.__all__}
    drawn = {name for name, one in about.items() if "alt" in one.parameters and one.return_annotation is not None}
    assert drawn == set(DRAW)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DRAW)
def test_words_stand_apart_on_the_page(name, size):
    fig = draw(name, size)
    assert isinstance(fig, Figure) and fig.alt == WORDS["alt"] and fig.get_figwidth() == 7.2
    assert words_apart(fig) == []
    assert "Source: a sample" in words_of(fig)
    if size == "none":
        assert fig.get_figheight() < 1.5
        assert "A finding" not in words_of(draw(name, size, title="A finding"))


def test_a_side_is_named_though_no_actor_is_that_side():
    people = dossier()["actors"].head(3).assign(side=["POL", "european-union", "independent"], actor_id=["a", "b", "c"])
    assert [who.side for who in style.cast(people).values()] == ["Poland", "European Union", "independent"]


def held(*rows):
    """Statements as `holder issue position` each."""
    made = [
        {
            **place("s", i, i + 1),
            **dict.fromkeys(("hedged", "negated", "hypothetical", "demanded"), False),
            "holder_id": who,
            "holder": f"Holder {who}" + " of the Bundesverfassungsgerichtspräsidentschaft" * (len(who) > 2),
            "issue": issue,
            "position": position,
            "basis": "direct",
        }
        for i, (who, issue, position) in enumerate(row.split() for row in rows)
    ]
    return frame("statements", made)


def sides_taken(holders):
    """Every holder on some of seven issues, one way or the other, the first ones most often."""
    signs = ("support", "oppose", "neutral", "support")
    return held(
        *(f"h{n:02d} {n * k % 7} {signs[n * k % 4]}" for n in range(holders) for k in range(1, 2 + (n < 9) * 4))
    )


@pytest.mark.parametrize("holders", [1, 2, 15, 40])
@pytest.mark.parametrize("name", ["affiliation", "congruence", "conflict"])
def test_networks_of_any_size_can_be_read(name, holders):
    made = dossier()
    more = {"issues": made["issues"]} if name == "affiliation" else {}
    fig = getattr(figures, name)(sides_taken(holders), actors=made["actors"], **more, **WORDS)
    assert words_apart(fig) == [] and signs_on_words(fig) == []
    assert words_of(fig).count("Holder h") <= 15
    assert holders <= 15 or "not drawn" in words_of(fig)


def test_nobody_is_drawn_whose_only_line_leads_to_somebody_left_out():
    rows = [f"{who} {issue} support" for who, issue in ("a1", "b1", "a2", "b2", "a3", "b3", "c4", "d4", "e5")]
    words = words_of(figures.congruence(held(*rows), most=3, **WORDS))
    assert "Holder a" in words and "Holder b" in words and "Holder c" not in words
    assert "not drawn: 1 holder with none and 2 less active holders" in words.replace("\n", " ")


STANDS = [  # statements, signs that affiliation draws with the width of their lines, numbers of lines among holders
    (("a talks support", "b talks support"), {("^", 1.25)}, 1, 0),
    (("a talks support", "a talks support", "b talks oppose"), {("^", 2.5), ("v", 1.25)}, 0, 1),
    (("a talks neutral", "b talks unclear"), {("o", 1.25)}, 0, 0),
]


@pytest.mark.parametrize("rows, signs, agree, clash", STANDS, ids=["agree", "dispute", "neither"])
def test_lines_tell_positions_by_colour_and_sign(rows, signs, agree, clash):
    made, looks = held(*rows), {shape: colour for colour, shape in style.STANCES.values()}
    fig = figures.affiliation(made, ISSUES, dossier()["actors"], **WORDS)
    lines = {
        (matplotlib.colors.to_hex(patch.get_edgecolor()).upper(), patch.get_linewidth(), patch.get_linestyle())
        for patch in parts_of(fig, matplotlib.patches.PathPatch)
    }
    assert {(colour, width) for colour, width, _ in lines} == {(looks[shape], width) for shape, width in signs}
    assert len({dash for *_, dash in lines}) == len(signs)
    assert {shape for shape, _ in signs} <= {line.get_marker() for line in parts_of(fig, matplotlib.lines.Line2D)}
    for name, number in (("congruence", agree), ("conflict", clash)):
        found = getattr(figures, name)(made, **WORDS).findobj(matplotlib.patches.PathPatch)
        assert len(found) == number
        assert not {matplotlib.colors.to_hex(patch.get_edgecolor()).upper() for patch in found} & set(looks.values())


def test_parts_of_a_bar_have_the_words_colours_and_looks_of_the_key():
    """A part's colour is that of its rank in the corpus, also where others are missing; the others are hatched and who is unknown is white."""
    two = VOICES[
        VOICES["name"].isin(["independent", "Russia", "others", "side unknown"]) & (VOICES["group"] == "Perth Post")
    ]
    fig = figures.voice_by_outlet(two, **WORDS)
    bars = [patch for patch in fig.page.patches if isinstance(patch, matplotlib.patches.Rectangle)]
    looks = [(matplotlib.colors.to_hex(bar.get_facecolor()).upper(), bar.get_hatch()) for bar in bars]
    palette, half = list(style.SIDES), len(looks) // 2
    assert looks[:half] == [(palette[1], None), (palette[3], None), ("#FFFFFF", "//////"), ("#FFFFFF", None)]
    assert looks[half:] == looks[:half]  # the key's, then the bar's
    wide = [bar.get_width() for bar in bars[half:]]
    assert [one / sum(wide) for one in wide] == pytest.approx(list(two["words"] / two["words"].sum()))
    assert "Perth Post: " in figures.said_of(two)


@pytest.mark.parametrize("holders", [2, 3, 12, 20])
def test_the_network_in_windows_can_be_read(holders):
    rows = positions_in_windows(holders)
    fig = figures.congruence_over_time(rows, TIMES, **WORDS)
    assert words_apart(fig) == [] and signs_on_words(fig) == []
    xs = {round(line.get_xdata()[0]) for line in parts_of(fig, matplotlib.lines.Line2D) if line.get_marker() == "o"}
    heights = {
        round(line.get_ydata()[0])
        for line in parts_of(fig, matplotlib.lines.Line2D)
        if line.get_marker() == "o" and line.get_markersize() in (6, 4.5)
    }
    assert len(heights) <= holders + 1 and len(xs) <= len(TIMES) + 2  # each has one place in all windows; and the key


def test_arcs_to_the_right_agree_and_to_the_left_clash():
    rows = pd.DataFrame(
        [(0, "a", "A", "x", "support"), (0, "b", "B", "x", "support"), (0, "c", "C", "x", "oppose")],
        columns=["window", "holder_id", "holder", "issue", "position"],
    )
    fig = figures.congruence_over_time(rows, TIMES.head(1), **WORDS)
    arcs = [patch for patch in fig.page.patches if isinstance(patch, matplotlib.patches.PathPatch)][2:]
    ways = [(arc.get_path().vertices[1, 0] > arc.get_path().vertices[0, 0], arc.get_linestyle() == "-") for arc in arcs]
    assert sorted(ways) == [(False, False), (False, False), (True, True)]


def test_positions_for_stand_right_and_against_left():
    fig = figures.positions_over_time(STOOD.head(1), **WORDS)
    (left, _), (right, _) = [
        (patch.get_x() + patch.get_width() / 2, patch)
        for patch in fig.page.patches
        if isinstance(patch, matplotlib.patches.Rectangle)
    ]
    assert left < right and "122" in words_of(fig)


@pytest.mark.parametrize("words, quotes, said", [(12, 2, "12 · 2"), (0, 0, "none")])
def test_a_group_without_a_voice(words, quotes, said):
    table = pd.DataFrame({"group": ["A"], "words": [words], "quotes": [quotes], "mentions": [3]})
    assert said in words_of(figures.voice_by_group(table, **WORDS))


def test_regions_without_a_voice_stand_apart():
    voices = voice_by_region(frame("actors", ACTORS_OF_REGIONS), ["NATO", "EU"], "2022-01-14")
    words = words_of(figures.voice_by_region(voices, **WORDS))
    heard, apart = words.split("Without a voice")
    assert "NATO + EU" in heard and "Ann Lee" in heard and "EU alone" in apart and "Ireland" in apart
    assert "Nobody of theirs appears: NATO alone." in words


def test_sides_begin_with_a_capital():
    made = dossier()
    words = words_of(figures.voice(made["quotes"], made["actors"], by="side", **WORDS))
    assert "Independent" in words and "independent" not in words


@pytest.mark.parametrize("name", DRAW)
def test_long_names_and_titles_are_wrapped(name):
    long = {
        "title": "A finding that takes rather more words than fit into a single line " * 2,
        "subtitle": "quoted words " * 12,
    }
    tables = dossier()
    for table, column in (
        ("actors", "name"),
        ("statements", "holder"),
        ("issues", "title"),
        ("quotes", "cue"),
        ("events", "place"),
    ):
        longer = tables[table][column] + " of the Bundesverfassungsgerichtspräsidentschaft $x_1$"
        tables[table] = tables[table].assign(**{column: longer.astype("string[python]")})
    assert words_apart(getattr(figures, name)(*DRAW[name](tables, None), **WORDS, **long)) == []


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("missing", ["alt", "source"])
def test_alt_and_source_are_required(name, missing):
    tables = DRAW[name](dossier(**SIZES["small"]), 3)
    with pytest.raises(TypeError, match=missing):
        getattr(figures, name)(*tables, **{key: words for key, words in WORDS.items() if key != missing})
    with pytest.raises(ValueError, match=missing):
        getattr(figures, name)(*tables, **{**WORDS, missing: " "})


@pytest.mark.parametrize("by", ["speaker", "side", "kind"])
@pytest.mark.parametrize("size", SIZES)
def test_voice_by(by, size):
    assert words_apart(draw("voice", size, by=by)) == []


def test_voice_refuses_another_by():
    with pytest.raises(ValueError, match="speaker, side or kind"):
        draw("voice", "small", by="country")


CIRCLES = [
    ({"NATO_EU_OSCE": 21, "NATO_OSCE": 9, "EU_OSCE": 6, "OSCE": 21}, True),
    ({"NATO_EU_OSCE": 8, "NATO_OSCE": 7, "EU_OSCE": 1, "OSCE": 19}, True),
    ({"NATO_EU_CoE": 21, "NATO_CoE": 7, "EU_CoE": 6, "NATO": 2, "CoE": 13}, True),
    ({"A": 9, "B": 6, "A_B": 21}, True),
    ({"A": 6, "A_B": 21, "B": 0}, True),  # one inside another
    ({"A": 6, "B": 6}, True),  # apart
    ({"A": 100, "B": 1}, True),
    ({"A_B": 6}, True),  # equal
    ({"A": 30, "B": 1, "A_B": 1}, True),
    ({"UN": 191, "UN_Tiny": 2}, True),
    ({"A": 5, "B": 5, "C": 5}, True),
    ({"A_B_C": 5}, True),
    ({"A_B": 4, "A_B_C": 5}, True),  # two equal ones around a third
    ({"A": 4, "A_B": 3, "A_B_C": 2}, True),  # nested
    ({"A": 150, "A_B": 20, "A_C": 3, "A_B_C": 1}, True),
    ({"A": 10, "A_B": 5, "A_C": 5}, True),  # two that just have room in a third
    ({"A": 10, "B": 10, "C": 10, "A_B": 2, "B_C": 2}, True),  # a chain
    ({"A": 30, "B": 1, "A_B": 20, "A_B_C": 1}, True),
    ({"A": 19, "B": 13, "C": 14, "A_B": 5, "A_C": 5, "B_C": 11, "A_B_C": 12}, True),  # all seven
    ({"A": 10, "B": 10, "C": 10, "A_B": 6, "B_C": 6, "A_C": 6, "A_B_C": 8}, False),
    ({"A": 1, "B": 1, "C": 1, "A_B_C": 40}, False),
    ({"A": 10, "B": 10, "C": 10, "A_B_C": 1}, False),
    ({"A": 5, "B": 5, "C": 5, "A_B": 5, "B_C": 5, "A_C": 5}, False),
    ({"NATO_OSCE": 30, "CSTO_OSCE": 6, "OSCE": 21}, False),  # two that have no room beside each other
    ({"A": 4, "B": 3, "C": 2, "D": 1}, False),
    ({"A": 4}, True),
    ({"A": 4, "B": 3, "C": 0}, True),
]


def drawn_regions(fig):
    """Regions as drawn: the outline of each patch and its area in square points, holes left out, measured on its own polygons."""
    patches = [patch for patch in fig.page.get_children() if patch.get_gid() == "region"]
    paths = [patch.get_transform().transform_path(patch.get_path()) for patch in patches]
    rings = [[part.T for part in path.to_polygons()] for path in paths]
    areas = [
        abs(sum((x * pd.Series(y).shift(-1) - pd.Series(x).shift(-1) * y).sum() for x, y in one)) / 2 for one in rings
    ]
    return list(zip(paths, [area / (style.DPI / 72) ** 2 for area in areas]))


def holds(path, box):
    """Whether a region has all corners of a box inside, none of them in a hole."""
    inside = [matplotlib.path.Path(part).contains_points(box.corners()) for part in path.to_polygons()]
    return (sum(one.astype(int) for one in inside) % 2 == 1).all()


def drawn_circles(fig):
    """Middle and radius of every circle line, in pixels."""
    found = [patch for patch in fig.page.get_children() if isinstance(patch, matplotlib.patches.Circle)]
    return [(fig.page.transData.transform(one.center), one.radius * style.DPI / 72) for one in found]


def words_on_lines(fig):
    """Words that a circle's line runs through."""
    faults = []
    for text in parts_of(fig, matplotlib.text.Text):
        box = text.get_window_extent()
        for (x, y), radius in drawn_circles(fig) if text.get_text() else ():
            across = [max(abs(box.x0 - x), abs(box.x1 - x)), max(abs(box.y0 - y), abs(box.y1 - y))]
            near = [max(box.x0 - x, x - box.x1, 0), max(box.y0 - y, y - box.y1, 0)]
            if math.hypot(*near) < radius < math.hypot(*across):
                faults.append(text.get_text())
    return faults


@pytest.mark.parametrize("sizes, true", CIRCLES, ids=str)
def test_circles_tell_the_truth_or_are_not_drawn(sizes, true):
    table = regions(**sizes)
    fig = figures.venn(table, **WORDS)
    fig.draw_without_rendering()
    found = drawn_regions(fig)
    assert words_apart(fig) == [] and words_on_lines(fig) == []
    assert bool(found) == true
    assert true or "each row is a combination" in words_of(fig).replace("\n", " ")
    if not true:
        return
    counts = {frozenset(row.organisations): row.count for row in table.itertuples() if row.count}
    assert set(fig.areas) == set(counts) and len(found) == len(counts)  # what is empty has no outline at all
    scale = sum(counts.values()) / sum(area for _, area in found)
    assert sorted(area * scale for _, area in found) == pytest.approx(sorted(counts.values()), rel=0.02)
    assert {key: area * scale for key, area in fig.areas.items()} == pytest.approx(counts, rel=0.02)
    members = [sum(n for key, n in counts.items() if name in key) for name in set().union(*counts)]
    circles = [math.pi * (radius / style.DPI * 72) ** 2 * scale for _, radius in drawn_circles(fig)]
    assert sorted(circles) == pytest.approx(sorted(members), rel=0.02)
    texts = [(text.get_text(), text.get_window_extent()) for text in parts_of(fig, matplotlib.text.Text)]
    for path, area in found:
        here = [words for words, box in texts if holds(path, box)]
        number = f"{round(area * scale)}"
        assert number in here or any(words.startswith(f"{number}: ") for words, _ in texts), (number, here)


NAMES_INSIDE = [  # sizes, names that stand in a region, names that don't
    ({"NATO_EU_OSCE": 21, "NATO_OSCE": 9, "EU_OSCE": 6, "OSCE": 21}, 15),
    ({"A": 6, "B": 9}, 15),
    ({"A": 10, "B": 12}, 0),  # large ones are counted
    ({"UN": 191, "UN_Tiny": 2}, 0),  # no room
]


@pytest.mark.parametrize("sizes, inside", NAMES_INSIDE, ids=str)
def test_small_regions_name_their_states_and_all_are_listed(sizes, inside):
    table, at = regions(**sizes), itertools.count(10)
    table["states"] = [tuple(f"Q{next(at)}" for _ in states) for states in table["states"]]
    fig = figures.venn(table, **WORDS)
    fig.draw_without_rendering()
    texts = [(text.get_text(), text.get_window_extent()) for text in parts_of(fig, matplotlib.text.Text)]
    within = [words for words, box in texts for path, _ in drawn_regions(fig) if holds(path, box)]
    assert len(re.findall(r"Q\d+", " ".join(within))) == inside
    below = " ".join(words for words, _ in texts if words not in within)
    assert set(re.findall(r"Q\d+", below)) == {
        code for states in table["states"] if len(states) <= 60 for code in states
    }


def test_a_state_has_the_same_area_on_every_day():
    fig = draw("memberships_over_time", "rich")
    fig.draw_without_rendering()
    assert words_on_lines(fig) == []
    counts = sorted(count for table in DAYS.values() for count in table["count"] if count)
    areas = sorted(area for _, area in drawn_regions(fig))
    scale = sum(areas) / sum(counts)
    assert areas == pytest.approx([count * scale for count in counts], rel=0.02)
    words = words_of(fig)
    for said in (
        "31 December 1949",
        "NATO 12 · no EU yet · no OSCE yet",
        "NATO 30 · EU 27 · OSCE 57",
        "1 in EU and OSCE",
    ):
        assert said in words


def test_a_day_that_circles_cannot_show_has_rows():
    true, untrue = regions(NATO_OSCE=19, CSTO_OSCE=6, OSCE=29), regions(NATO_OSCE=30, CSTO_OSCE=6, OSCE=21)
    days = {pd.Timestamp("2022-01-14"): untrue, pd.Timestamp("1999-12-31"): true}
    fig = figures.memberships_over_time(days, note={"2022-01-14": "the article’s day"}, **WORDS)
    assert words_apart(fig) == [] and len(drawn_regions(fig)) == 3
    words = words_of(fig)
    assert (
        words.index("31 December 1999")
        < words.index("14 January 2022 · the article’s day")
        < words.index("Circles cannot")
    )
    assert "NATO and OSCE, not CSTO" in words
    assert fig.panels[pd.Timestamp("2022-01-14")] is None and len(fig.panels[pd.Timestamp("1999-12-31")]) == 3


def test_the_slider_moves_the_picture(monkeypatch):
    import IPython.display
    from ipywidgets.widgets import widget as made

    seen = []
    monkeypatch.setattr(IPython.display, "display", lambda *about, **more: seen.append((about, more)))
    assert figures.membership_slider(["NATO", "EU"], "2022-01-14", alt="Members.", source="a table") is None
    (((bundle,), more),) = seen
    first = "Members. On 14 January 2022: NATO + EU 21, NATO 9 and EU 6."
    assert bundle["text/plain"] == more["metadata"]["image/png"]["alt"] == first
    box = made._instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]]
    slider, picture = box.children
    assert first in picture.value and bundle["image/png"] in picture.value
    days = [day for _, day in slider.options]
    assert slider.value == pd.Timestamp("2022-01-14") and days == sorted(
        {*memberships.days_of_change(["NATO", "EU"]), slider.value}
    )
    slider.value = pd.Timestamp("2020-02-01")
    assert "On 1 February 2020: NATO + EU 21, NATO 8 and EU 6." in picture.value
    assert bundle["image/png"] not in picture.value
    box.close_all()


@pytest.mark.parametrize("missing", ["alt", "source"])
def test_the_slider_needs_alt_and_source(missing):
    with pytest.raises(TypeError, match=missing):
        figures.membership_slider("EU", "2022-01-14", **{key: words for key, words in WORDS.items() if key != missing})


def test_empty_regions_are_named_not_drawn():
    words = words_of(draw("venn", "rich"))
    assert "No state is in: NATO alone; EU alone; NATO and EU, not OSCE." in words
    assert words.split().count("0") == 0


def test_sides_keep_their_colour():
    actors = dossier()["actors"]
    colours = figures.side_colours(actors)
    assert colours == figures.side_colours(actors.sample(frac=1, random_state=1))
    assert next(iter(colours)) == "independent" and not {"#0072B2", "#D55E00", "#767676"} & set(colours.values())
    many = frame(
        "actors",
        [
            {**MADE, "actor_id": f"a{i}", "name": "A", "kind": "person", "side": f"s{i:02d}", "words": 99 - i}
            for i in range(9)
        ],
    )
    assert (
        list(figures.side_colours(many).values())[6:] == ["#7d2456", "#9a9a9a", "#9a9a9a"]
        and len(set(style.SIDES)) == 7
    )


@pytest.mark.parametrize("colour", [*style.SIDES, style.OTHER])
def test_shades_for_text_can_be_read(colour):
    linear = [
        v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4
        for v in matplotlib.colors.to_rgb(style.dark(colour))
    ]
    light = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear))
    assert 1.05 / (light + 0.05) >= 4.5


def test_a_figure_is_the_same_picture_under_any_settings(monkeypatch):
    first = figures.png(draw("voice", "small"))
    monkeypatch.setitem(matplotlib.rcParams, "axes.facecolor", "black")
    monkeypatch.setitem(matplotlib.rcParams, "savefig.bbox", "tight")
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 30)
    assert figures.png(draw("voice", "small")) == first and b"Software" not in first


def test_show_gives_the_picture_its_text_alternative(monkeypatch):
    import IPython.display

    seen = []
    monkeypatch.setattr(IPython.display, "display", lambda *about, **more: seen.append((about, more)))
    assert figures.show(draw("voice", "one")) is None
    (((bundle,), more),) = seen
    assert bundle["image/png"].startswith("iVBOR") and bundle["text/plain"] == WORDS["alt"]
    assert more == {"raw": True, "metadata": {"image/png": {"alt": WORDS["alt"], "width": 691}}}


@pytest.mark.parametrize(
    ("focus", "border", "on", "organisations"),
    [
        (("XKX", "SRB"), ("XKX", "SRB"), DAY, THREE),
        (("LUX",), None, "2024-05-14", ["NATO", "EU", "CoE", "EFTA"]),
        (("RUS",), None, "2024-05-14", THREE),
        (("VAT",), None, DAY, ["OSCE", "EU"]),
    ],
)
def test_maps_of_other_places_keep_their_words_apart(focus, border, on, organisations):
    fig = map_of(focus, border, on=on, organisations=organisations)
    assert words_apart(fig) == [] and fig.get_figheight() > 6
    assert data.state_name(focus[0]) in words_of(fig)


@pytest.fixture(scope="module")
def ukraine():
    return map_of(("UKR", "RUS"), ("UKR", "RUS"), atlas.places_of(dossier()["events"]))


def test_a_map_says_without_colour_what_a_state_belongs_to(ukraine):
    fig = ukraine
    texts = {text.get_text(): text for text in parts_of(fig, matplotlib.text.Text)}
    for words in (
        "Poland",
        "NATO, EU",
        "Ukraine",
        "neither",
        "Russia",
        "CSTO",
        "Geneva",
        "10 Jan",
        "Brussels",
        "12 Jan",
        "Kyiv",
        "Crimea",
        "200 km",
    ):
        assert words in texts, words
    said = words_of(fig)
    assert "Crimea is drawn in Ukraine" in said and "the border of which" in said and "SVK: Slovakia (NATO, EU)" in said
    hatches = {patch.get_hatch() for patch in fig.page.patches}
    assert {"...", "////"} <= hatches
    assert STANCE_COLOURS.isdisjoint(colours_of(fig))
    # A mark stands right below its state's name.
    x, y = texts["Ukraine"].get_position()
    below = [text.get_position() for text in parts_of(fig, matplotlib.text.Text) if text.get_text() == "neither"]
    assert any(left == x and 0 < top - y < 2 * style.PITCH * style.BODY for left, top in below)


STANCE_COLOURS = {colour.lower() for colour, _ in style.STANCES.values()}


def colours_of(fig):
    """Every colour of a figure's patches, lines and words."""
    found = {matplotlib.colors.to_hex(patch.get_facecolor()) for patch in parts_of(fig, matplotlib.patches.Patch)}
    found |= {matplotlib.colors.to_hex(patch.get_edgecolor()) for patch in parts_of(fig, matplotlib.patches.Patch)}
    found |= {matplotlib.colors.to_hex(line.get_color()) for line in parts_of(fig, matplotlib.lines.Line2D)}
    return found | {matplotlib.colors.to_hex(text.get_color()) for text in parts_of(fig, matplotlib.text.Text)}


def test_a_name_stands_in_its_state(ukraine):
    from onrecord.figures import map as drawn

    rings = drawn._rings(drawn._main_panel("UKR", 0.0))
    for code in ("POL", "UKR", "ROU", "BLR", "RUS", "HUN"):
        (text,) = [text for text in parts_of(ukraine, matplotlib.text.Text) if text.get_text() == data.state_name(code)]
        assert any(matplotlib.path.Path(ring).contains_point(text.get_position()) for ring in rings[code]), code


@pytest.mark.parametrize(
    ("focus", "on", "why"),
    [
        (("NZL",), DAY, "No map: New Zealand belongs to none of NATO, EU or OSCE."),
        (("KOR", "PRK"), DAY, "No map: South Korea and North Korea belong to none of"),
        (("DEU",), "1985-01-14", "No map: its boundaries hold since 3 June 2006"),
        ((), DAY, "No map: no state is in focus."),
    ],
)
def test_where_there_is_no_map_the_figure_says_why(focus, on, why):
    fig = map_of(focus, on=on, title="A finding")
    assert why in words_of(fig) and "A finding" not in words_of(fig) and fig.get_figheight() < 1.5


def test_a_place_beyond_the_map_is_told():
    places = pd.DataFrame(
        {
            "place": ["New York", "Geneva"],
            "iso3": ["USA", "CHE"],
            "latitude": [40.7, 46.2],
            "longitude": [-74.0, 6.15],
            "date_from": [pd.NaT, pd.Timestamp("2021-12-30")],
            "date_to": [pd.NaT, pd.Timestamp("2022-01-02")],
        }
    )
    said = words_of(map_of(("UKR",), None, places))
    assert "Too far to be drawn: New York." in said and "30 Dec – 2 Jan" in said
