"""Every figure, drawn from a rich article, a small one, a single row and nothing: its words must stand inside the page, apart from each other."""

import inspect
import itertools
import re

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure

from onrecord import data, figures, voice_by_region
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
    "machine_against_review": lambda d, n: (SCORES[:n],),
    "confidence_strip": lambda d, n: (SURE[:n],),
    "reliability": lambda d, n: (BINS[:n],),
    "venn": lambda d, n: (
        {None: ALLIANCES, 3: regions(NATO_EU=21, NATO=9, EU=6), 1: regions(NATO=2), 0: regions(NATO=0, EU=0)}[n],
        STATES,
    ),
    "membership_grid": lambda d, n: ({None: MANY, 3: ALLIANCES, 1: regions(NATO=2), 0: regions(NATO=0)}[n], STATES),
}
WORDS = {"alt": "What the figure shows, in words.", "source": "a sample of the article, coded for the tests"}


def words_apart(fig):
    """The words of a figure that leave the page or touch each other, measured as they are drawn."""
    fig.draw_without_rendering()
    renderer = fig.canvas.get_renderer()
    found = fig.findobj(
        lambda artist: isinstance(artist, matplotlib.text.Text) and artist.get_visible() and artist.get_text().strip()
    )
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
        (text.get_text(), text.get_window_extent()) for text in fig.findobj(matplotlib.text.Text) if text.get_text()
    ]
    marks = [line for line in fig.findobj(matplotlib.lines.Line2D) if line.get_marker() != "None"]
    places = [fig.page.transData.transform(point) for line in marks for point in line.get_xydata()]
    return [words for words, box in texts for x, y in places if box.x0 < x < box.x1 and box.y0 < y < box.y1]


def draw(name, size, **more):
    return getattr(figures, name)(*DRAW[name](dossier(**SIZES[size]), ROWS[size]), **WORDS, **more)


def words_of(fig):
    return " ".join(text.get_text() for text in fig.findobj(matplotlib.text.Text))


def test_every_figure_is_tried():
    drawn = {name for name in figures.__all__ if "alt" in inspect.signature(getattr(figures, name)).parameters}
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
        for patch in fig.findobj(matplotlib.patches.PathPatch)
    }
    assert {(colour, width) for colour, width, _ in lines} == {(looks[shape], width) for shape, width in signs}
    assert len({dash for *_, dash in lines}) == len(signs)
    assert {shape for shape, _ in signs} <= {line.get_marker() for line in fig.findobj(matplotlib.lines.Line2D)}
    for name, number in (("congruence", agree), ("conflict", clash)):
        found = getattr(figures, name)(made, **WORDS).findobj(matplotlib.patches.PathPatch)
        assert len(found) == number
        assert not {matplotlib.colors.to_hex(patch.get_edgecolor()).upper() for patch in found} & set(looks.values())


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
        tables[table] = tables[table].assign(**{column: longer.astype("string")})
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
    ({"A": 9, "B": 6, "A_B": 21}, True),
    ({"A": 6, "A_B": 21, "B": 0}, True),
    ({"A": 6, "B": 6}, True),
    ({"A_B": 6}, True),
    ({"A": 30, "B": 1, "A_B": 1}, True),
    ({"A": 5, "B": 5, "C": 5}, True),
    ({"A_B_C": 5}, True),
    ({"A": 4, "A_B": 3, "A_B_C": 2}, True),
    ({"A": 30, "B": 1, "A_B": 20, "A_B_C": 1}, True),
    ({"A": 1, "B": 1, "C": 1, "A_B_C": 40}, False),
    ({"A": 10, "B": 10, "C": 10, "A_B_C": 1}, False),
    ({"A": 5, "B": 5, "C": 5, "A_B": 5, "B_C": 5, "A_C": 5}, False),
    ({"A": 4, "B": 3, "C": 2, "D": 1}, False),
    ({"A": 4}, False),
    ({"A": 4, "B": 3, "C": 0}, True),
]


@pytest.mark.parametrize("sizes, true", CIRCLES, ids=str)
def test_circles_tell_the_truth_or_are_not_drawn(sizes, true):
    table = regions(**sizes)
    fig = figures.venn(table, **WORDS)
    areas = getattr(fig, "areas", {})
    assert words_apart(fig) == []
    assert bool(areas) == true
    assert true or "each row is a combination" in words_of(fig).replace("\n", " ")
    if true:
        total = table["count"].sum() / sum(areas.values())
        for row in table.itertuples():
            assert areas.get(frozenset(row.organisations), 0) * total == pytest.approx(row.count, rel=0.02, abs=0.02)


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
