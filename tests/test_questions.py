"""Questions to a corpus: small ones made by hand, whose answers can be reckoned, and one without days and outlets through the notebook."""

import itertools
import json
import math
import random

import pandas as pd
import pyarrow.parquet as pq
import pytest
from cells import shown_by

import onrecord
from onrecord import data
from onrecord.corpus import layout, questions, running
from onrecord.corpus.parts import file_name

MADE = {"rule": "sample", "confidence": 0.9, "source": "machine", "reviewed": False, "start": 0, "end": 1}

# article | outlet | published | codebook
ARTICLES = """
a1 | Courier | 2024-03-04 | politics
a2 | Courier | 2024-03-12 | politics
a3 | Post | 2024-03-13 | field
a4 | Post | 2024-04-09 | field
a5 | Post | 2024-04-20 | politics
a6 | | | politics
"""
# article | speaker | kind | side | number of words
SPEECH = """
a1 | Ann Lee | person | GBR | 6
a1 | Ann Lee | person | GBR | 4
a1 | Bob Ray | person | | 10
a1 | Officials | group | | 5
a2 | Bob Ray | person | | 10
a2 | Ann Lee | person | | 5
a3 | Ann Lee | person | GBR | 4
a3 | Carl Odh | person | independent | 6
a4 | Dora Finch | person | independent | 12
a5 | Dora Finch | person | independent | 4
a5 | Ayr Council | organisation | | 3
a6 | | | | 7
"""
# article | holder | issue | target | position | words | basis, where it is not direct
STATEMENTS = """
a1 | Ann Lee | person | Bob Ray | oppose | He must go
a1 | Ann Lee | person | | oppose | They must go
a1 | Officials | person | Bob Ray | oppose | He should go
a2 | Ann Lee | person | Bob Ray | oppose | He has to go
a2 | Bob Ray | proposed-bridge | | support | The bridge is good
a3 | Ann Lee | bridge | | support | Keep it
a3 | Carl Odh | bridge | | oppose | Take it down
a4 | Dora Finch | bridge | | support | It shall stand
a4 | Ann Lee | bridge | Bob Ray | oppose | It shall fall
a5 | Ann Lee | person | Bob Ray | support | He did well
a5 | Bob Ray | person | Bob Ray | support | I did well
a4 | Bob Ray | bridge | | oppose | Ray is said to be against it | reported
"""


def rows(table):
    return [[cell.strip() or None for cell in line.split("|")] for line in table.strip("\n").splitlines()]


def built(folder, articles, speech, statements=()):
    """A corpus of rows made by hand; groups are apart in each article."""
    tables = {name: [] for name in layout.TABLES}
    for name, outlet, day, book in articles:
        about = {
            "article_id": name,
            "origin": name,
            "title": f"Of {name}",
            "outlet": outlet,
            "codebook": book,
            "text": "x",
        }
        day = None if day is None else pd.Timestamp(day).date()
        tables["articles"].append(about | {"published": day, "english": True, "characters": 1, "words": 100})
    actors = {}
    for name, who, kind, side, words in speech:
        actors.setdefault((name, who), {"kind": kind, "side": side, "words": 0, "quotes": 0})
        actors[name, who]["words"] += int(words)
    for name, holder, _, target, *_ in statements:
        for who in filter(None, (holder, target)):
            group = next((kind for _, other, kind, *_ in speech if other == who), None) == "group"
            kind = "group" if group else "person"
            actors.setdefault((name, who), {"kind": kind, "side": None, "words": 0, "quotes": 0})
    known = {}
    for (name, who), about in actors.items():
        if who is None:
            continue
        slug, apart = who.lower().replace(" ", "-"), about["kind"] == "group"
        across = f"{slug}--{name}" if apart else slug
        row = {"article_id": name, "actor_id": slug, "name": who, "printed": who, "mentions": 1} | about | MADE
        tables["actors"].append(row | {"corpus_actor_id": across, "link": "apart" if apart else "name"})
        if not apart:
            one = known.setdefault(across, dict.fromkeys(("articles", "mentions", "quotes", "words"), 0))
            one["articles"] += 1
            one |= {"corpus_actor_id": across, "name": who, "kind": about["kind"], "certain": True}
            one["side"] = one.get("side") or about["side"]
    for nth, (name, who, _, _, words) in enumerate(speech):
        slug = who and who.lower().replace(" ", "-")
        row = {
            "article_id": name,
            "quote_id": f"q{nth}",
            "kind": "direct",
            "speech": "speech",
            "spans": [[0, 1]],
            "text": "x",
        }
        tables["quotes"].append(
            row | {"speaker_id": slug, "speaker": who, "words": int(words), "block_id": "b1"} | MADE
        )
    scare = {
        "article_id": "a1",
        "quote_id": "s",
        "kind": "scare",
        "spans": [[0, 1]],
        "text": "x",
        "words": 99,
        "block_id": "b1",
    }
    tables["quotes"].append(scare | MADE)
    for nth, (name, holder, issue, target, position, words, *basis) in enumerate(statements):
        slugs = [who and who.lower().replace(" ", "-") for who in (holder, target)]
        row = {
            "article_id": name,
            "statement_id": f"t{nth}",
            "holder_id": slugs[0],
            "holder": holder,
            "target_id": slugs[1],
        }
        row |= {"issue": issue, "position": position, "basis": (*basis, "direct")[0], "text": words} | MADE
        row["block_id"] = "b1"
        tables["statements"].append(row | dict.fromkeys(("hedged", "negated", "hypothetical", "demanded"), False))
    for name, some in tables.items():
        (folder / name).mkdir(parents=True)
        pq.write_table(layout.from_rows(layout.TABLES[name], some), folder / name / file_name(0))
    pq.write_table(layout.from_rows(layout.ACTORS, list(known.values())), folder / "corpus_actors.parquet")
    numbers = {name: len(some) for name, some in tables.items()}
    about = {"complete": True, "parts": 1, "rows": numbers, "codebook": None, "failed": 0, "duplicates": 0}
    (folder / layout.MARKER).write_text(json.dumps(about), encoding="utf-8")
    return onrecord.Corpus(folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return built(tmp_path_factory.mktemp("small") / "corpus", rows(ARTICLES), rows(SPEECH), rows(STATEMENTS))


def asked(answer, *columns):
    """The rows of an answer as plain tuples, what is missing as None."""
    answer = answer[list(columns)] if columns else answer
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in answer.itertuples(index=False, name=None)]


def test_outlets_and_what_has_no_day(small):
    assert asked(small.outlets(), "outlet", "articles", "words", "quoting", "undated", "foreign") == [
        ("Post", 3, 300, 3, 0, 0),
        ("Courier", 2, 200, 2, 0, 0),
        (None, 1, 100, 1, 1, 0),
    ]
    assert len(small.outlets(most=1)) == 1
    assert small.source == "6 articles of 2 outlets, 4 March 2024 to 20 April 2024; the machine’s draft, not reviewed"


WINDOWS = [  # days of publication, windows at most, labels
    (["2024-03-04", "2024-03-31", "2024-04-01"], 12, ["Mar 2024", "Apr 2024"]),
    (["2024-03-04", "2024-06-01"], 2, ["Jan–Mar 2024", "Apr–Jun 2024"]),
    (["2015-03-04", "2022-06-01"], 12, ["2015", "2022"]),
    (["1900-03-04", "1911-05-01", "2022-06-01"], 12, ["1900–1910", "1911–1921", "2021–2022"]),
    (["2024-03-04", "2024-03-05"], 12, ["4 – 5 Mar 2024"]),
    ([f"2024-03-{day:02}" for day in range(1, 11)], 12, ["1 – 5 Mar 2024", "6 – 10 Mar 2024"]),
    ([None, None], 12, []),
]


@pytest.mark.parametrize(("days", "most", "labels"), WINDOWS)
def test_windows_of_time(days, most, labels, tmp_path):
    made = [(f"a{n}", None, day, "politics") for n, day in enumerate(days)]
    found = built(tmp_path / "c", made, []).windows(most)
    assert found.label.tolist() == labels and found.window.tolist() == list(range(len(labels)))
    assert found.articles.sum() == sum(day is not None for day in days)
    assert (found.begin <= found.end).all() and (found.begin.iloc[1:].values > found.end.iloc[:-1].values).all()


def test_even_windows_have_about_as_many_articles(tmp_path):
    days = [f"2024-0{1 + n // 25}-{1 + n % 25:02}" for n in range(50)] + ["2024-01-01"] * 30
    made = built(tmp_path / "c", [(f"a{n}", None, day, "politics") for n, day in enumerate(days)], [])
    found = made.even_windows(4)
    assert found.articles.sum() == 80 and len(found) == 4 and found.articles.max() == 31
    assert found.label.tolist()[0] in ("1 Jan 2024", "1 – 2 Jan 2024")


def test_articles_by_outlet_and_month(small):
    assert asked(small.articles_by_window(small.windows())) == [("Post", 1, 2), ("Courier", 2, 0)]


def test_voice_by_side(small):
    """Ann Lee's side is known from one article and holds in the other; nobody else without a side gets one; scare quotes are nobody's words."""
    assert asked(small.voice(parts=1), "group", "articles", "name", "rank", "words", "quotes") == [
        ("Post", 3, "independent", 1, 22, 3),
        ("Post", 3, "others", None, 4, 1),
        ("Post", 3, "side unknown", None, 3, 1),
        ("Courier", 2, "others", None, 15, 3),
        ("Courier", 2, "side unknown", None, 25, 3),
        (None, 1, "side unknown", None, 7, 1),
    ]
    shares = small.voice().groupby("group", dropna=False).share.sum()
    assert shares.tolist() == pytest.approx([1, 1, 1])


def test_voice_over_time(small):
    assert asked(small.voice(parts=1, cut=small.windows()), "group", "articles", "name", "rank", "words", "quotes") == [
        ("Mar 2024", 3, "independent", 1, 6, 1),
        ("Mar 2024", 3, "others", None, 19, 4),
        ("Mar 2024", 3, "side unknown", None, 25, 3),
        ("Apr 2024", 2, "independent", 1, 16, 2),
        ("Apr 2024", 2, "side unknown", None, 3, 1),
    ]


def test_voice_by_speaker_and_of_two_articles(small):
    found = small.voice("speaker", articles=("a3", "a1"))
    assert asked(found, "group", "name", "words") == [
        ("a3", "Ann Lee", 4),
        ("a3", "Carl Odh", 6),
        ("a1", "Bob Ray", 10),
        ("a1", "Ann Lee", 10),
        ("a1", "not named", 5),
    ]
    with pytest.raises(ValueError, match="side or speaker"):
        small.voice("kind")


def test_a_speaker_who_is_left_apart_has_a_name(tmp_path):
    texts = ["“We will stay,” said Theresa.", "“We will go,” said Ann Lee."]
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    running.run(source, tmp_path / "out", workers=1)
    found = onrecord.Corpus(tmp_path / "out").voice(by="speaker")
    assert set(found.name) == {"Theresa", "Ann Lee"}


def test_means_of_diversity(small):
    found = small.diversity()
    assert asked(found, "group", "articles", "speakers", "unnamed", "persons") == [
        ("Post", 3, pytest.approx(5 / 3), 0.0, pytest.approx((1 + 1 + 0.5) / 3)),
        ("Courier", 2, 2.0, pytest.approx(1 / 8), pytest.approx((3 / 4 + 1) / 2)),
        (None, 1, 0.0, 1.0, 0.0),
    ]
    assert found.effective.isna().all() and found.speakers_low.isna().all()  # fewer than five articles
    assert asked(small.diversity(small.windows()), "group", "articles") == [("Mar 2024", 3), ("Apr 2024", 2)]


def simpson(articles):
    """The chance that quotations of two different articles have the same speaker, pair by pair."""
    same = [
        sum(a.count(who) / len(a) * b.count(who) / len(b) for who in set(a))
        for a, b in itertools.permutations(articles, 2)
    ]
    return sum(same) / len(same)


def test_the_effective_number_is_that_of_all_pairs_of_articles(tmp_path):
    drawn = random.Random(1)
    articles = [[drawn.choice("AAABBCDEFG") for _ in range(drawn.randint(1, 6))] for _ in range(25)]
    speech = [(f"a{n}", who, "person", None, 3) for n, some in enumerate(articles) for who in some]
    made = built(tmp_path / "c", [(f"a{n}", "Post", "2024-03-04", "politics") for n in range(25)], speech)
    (found,) = made.diversity().itertuples()
    whole, left_out = simpson(articles), [simpson(articles[:n] + articles[n + 1 :]) for n in range(25)]
    mean = sum(left_out) / 25
    error = math.sqrt(24 / 25 * sum((one - mean) ** 2 for one in left_out))
    assert found.effective == pytest.approx(1 / whole)
    assert found.effective_high / found.effective == pytest.approx(math.exp(2.0639 * error / whole), rel=1e-3)
    assert found.effective_low <= found.effective <= found.effective_high
    numbers = pd.Series([len(set(some)) for some in articles])
    assert found.speakers_high - found.speakers == pytest.approx(2.0639 * numbers.std() / 5, rel=1e-3)


@pytest.mark.parametrize(("degrees", "point"), [(4, 2.7764), (9, 2.2622), (30, 2.0423), (10**6, 1.95997)])
def test_student(degrees, point):
    assert questions._student(degrees) == pytest.approx(point, abs=0.01)


def test_who_comes_and_who_goes(small):
    """Of five articles with a day three come before Dora Finch's first, and two after Bob Ray's last."""
    windows = small.windows()
    columns = ("name", "articles", "outlets", "window", "silent", "chance")
    assert asked(small.newcomers(windows), *columns) == [("Dora Finch", 2, 1, "Apr 2024", 3, pytest.approx(1 / 10))]
    assert asked(small.departed(windows), *columns) == [
        ("Ann Lee", 3, 2, "Mar 2024", 2, pytest.approx(1 / 10)),
        ("Bob Ray", 2, 1, "Mar 2024", 3, pytest.approx(1 / 10)),
    ]
    assert small.newcomers(windows.head(1)).empty


def test_a_question_is_an_issue_of_a_field_or_a_general_one_with_its_target(small):
    columns = ("name", "question", "support", "oppose", "articles")
    assert asked(small.holders(), *columns) == [
        ("Ann Lee", "person/bob-ray", 1, 2, 3),
        ("Ann Lee", "bridge", 1, 1, 2),
        ("Bob Ray", "person/bob-ray", 1, 0, 1),
        ("Carl Odh", "bridge", 0, 1, 1),
        ("Dora Finch", "bridge", 1, 0, 1),
    ]
    assert small.holders().title[0] == "A person in or for an office: Bob Ray"
    assert asked(small.holders("Ann Lee", "bridge"), *columns) == [("Ann Lee", "bridge", 1, 1, 2)]
    assert asked(small.statements_compared()) == [(12, 1, 1, 1, 1, 8)]


def test_positions_by_outlet(small):
    """Whoever takes them: Ann Lee and the officials in the Courier, Ann Lee and Bob Ray himself in the Post."""
    columns = ("outlet", "support", "oppose", "holders", "articles")
    assert asked(small.positions_by_outlet("person/bob-ray"), *columns) == [
        ("Courier", 0, 3, 2, 2),
        ("Post", 2, 0, 2, 1),
    ]
    assert small.positions_by_outlet("nothing").empty


def test_positions_over_time_and_their_words(small):
    found = small.positions("ann-lee", "person/bob-ray", small.windows())
    assert asked(found, "label", "support", "oppose", "articles") == [("Mar 2024", 0, 2, 2), ("Apr 2024", 1, 0, 1)]
    words = small.stated("ann-lee", "person/bob-ray")
    assert words.text.tolist() == ["He must go", "He has to go", "He did well"]
    assert words.outlet.tolist() == ["Courier", "Courier", "Post"]
    assert small.stated("ann-lee", "person/bob-ray", most=2).text.tolist()[0] == "He must go"
    assert len(small.stated("ann-lee", "person/bob-ray", most=2)) == 2


def test_the_network_in_windows(small):
    windows = small.windows()
    found = small.network(windows)
    assert set(found.holder_id) == {"ann-lee", "bob-ray", "carl-odh", "dora-finch"}
    columns = ("label", "holders", "agree", "clash")
    assert asked(small.network_by_window(found, windows), *columns) == [("Mar 2024", 2, 0, 1), ("Apr 2024", 3, 1, 1)]
    last = small.network_by_window(found, windows).iloc[-1]
    assert last.density == pytest.approx(1 / 3) and pd.isna(last.polarisation)
    assert set(small.network(windows, most=2).holder_id) == {"ann-lee", "bob-ray"}


def test_two_articles_near_each_other(small):
    """a2 and a3 lie a day apart in two outlets, yet share one actor alone; without bounds a1 and a2 share most."""
    assert small.nearest().empty
    assert asked(small.nearest(None), "first", "second", "apart", "shared")[0] == ("a1", "a2", 8, 2)


def test_the_nearest_share_rare_actors(tmp_path):
    articles = [(f"a{n}", "Courier" if n % 2 else "Post", f"2024-03-{4 + n % 2:02}", "politics") for n in range(8)]
    speech = [(f"a{n}", "Everybody", "person", None, 3) for n in range(8)]
    speech += [(name, who, "person", None, 3) for name in ("a2", "a5") for who in ("Rare One", "Rare Two")]
    made = built(tmp_path / "c", articles, speech)
    first = asked(made.nearest(), "first", "second", "apart", "shared", "near")[0]
    assert first == ("a2", "a5", 1, 3, pytest.approx(1.0))
    assert made.nearest(0).empty


def test_two_articles_side_by_side(small):
    columns = ("name", "apart", "mentions_first", "mentions_second", "words_first", "words_second")
    assert asked(small.actors_beside("a1", "a2"), *columns) == [
        ("Bob Ray", False, 1, 1, 10, 10),
        ("Ann Lee", False, 1, 1, 10, 5),
        ("Officials", True, 1, 0, 5, 0),
    ]
    found = small.statements_beside("a2", "a5")
    assert asked(found, "holder", "position", "text", "article_id", "found") == [
        ("Ann Lee", "oppose", "He has to go", "a2", "differently"),
        ("Ann Lee", "support", "He did well", "a5", "differently"),
        ("Bob Ray", "support", "The bridge is good", "a2", "one article"),
        ("Bob Ray", "support", "I did well", "a5", "one article"),
    ]
    assert "both" in set(small.statements_beside("a1", "a2").found)
    with pytest.raises(onrecord.InputError, match="a9: is no article of the corpus"):
        small.articles_named(("a1", "a9"))


def test_a_corpus_without_an_article(tmp_path):
    empty = built(tmp_path / "c", [], [])
    windows = empty.windows()
    for made in (
        empty.outlets(),
        windows,
        empty.voice(),
        empty.voice(cut=windows),
        empty.positions_by_outlet("bridge"),
        empty.diversity(),
        empty.diversity(windows),
        empty.holders(),
        empty.network(windows),
        empty.nearest(None),
    ):
        assert made.empty
    assert "0 articles" in repr(empty)


NOTEBOOK = data.root() / "notebooks" / "09-many-articles.ipynb"


def test_the_notebook_runs_without_days_and_outlets(tmp_path):
    made = [(f"a{n}", None, None, "politics") for n in range(1, 6)]
    built(tmp_path / "c", made, [row for row in rows(SPEECH) if row[0] != "a6"], rows(STATEMENTS))
    said = shown_by(NOTEBOOK, CORPUS=str(tmp_path / "c"))
    assert said.count("nothing can be said about change") >= 4 and "outlet unknown" in said
    assert "need not tell of one event" in said


def test_the_notebook_runs_on_one_article_and_on_named_ones(tmp_path, small):
    built(tmp_path / "c", rows(ARTICLES)[:1], [], [])
    said = shown_by(NOTEBOOK, CORPUS=str(tmp_path / "c"))
    assert "nobody is quoted" in said and "No two articles share an actor" in said
    assert "named in the first cell" in shown_by(NOTEBOOK, CORPUS=str(small.folder), FIRST="a3", SECOND="a5")


def test_the_corpus_of_the_shipped_articles_is_made_once(monkeypatch, tmp_path):
    from onrecord.corpus import asking, running

    made = []

    def run(source, folder, workers):
        made.append(folder)
        built(folder / "c", rows(ARTICLES), rows(SPEECH))
        for path in (folder / "c").iterdir():
            path.rename(folder / path.name)
        (folder / "c").rmdir()
        if len(made) == 1:  # meanwhile another process is faster
            assert len(onrecord.Corpus.shipped().outlets()) == 3

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr(asking.dossier, "CACHE", tmp_path / "cache")
    assert len(onrecord.Corpus.shipped().outlets()) == 3 and len(made) == 2
    assert len(onrecord.Corpus.shipped().outlets()) == 3 and len(made) == 2
    assert len(list((tmp_path / "cache").iterdir())) == 1
