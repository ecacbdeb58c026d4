"""The tone of a passage toward somebody: clear cases, offsets, odd texts, how sure, with and without the extra `embeddings`."""

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onrecord
from benchmarks import intervals
from benchmarks import tone as bench
from onrecord import data, dossier, embeddings, language, sentiment

READERS = ["words", pytest.param("embeddings", marks=pytest.mark.skipif(not embeddings.installed(), reason="no extra"))]


@pytest.fixture(params=READERS)
def reader(request, monkeypatch):
    """Each reader in turn is the one who is asked."""
    monkeypatch.setattr(sentiment, "reader", lambda: request.param)
    return request.param


# text with the target in brackets | tone
CLEAR = [
    ("Voters praised [Dana Holt] for her courage and her honest work on the budget.", "positive"),
    ("[Dana Holt] is a brilliant and compassionate leader, colleagues said.", "positive"),
    ("The committee honoured [Marsh] with its highest award for decades of outstanding service.", "positive"),
    ("She thanked [him] warmly and called the rescue heroic.", "positive"),
    ("[Priya Nair] won wide acclaim for saving the hospital.", "positive"),
    ("Critics accused [Dana Holt] of lying to voters and of taking bribes.", "negative"),
    ("[Marsh] was convicted of fraud after a disgraceful cover-up.", "negative"),
    ("The report condemned [Governor Wells] as reckless, cruel and incompetent.", "negative"),
    ("He blasted [her] as a corrupt hypocrite who betrayed the town.", "negative"),
    ("[Wells] failed miserably, and his scandal shamed the party.", "negative"),
    ("[Dana Holt] will meet the council on Tuesday.", "neutral"),
    ("[Ann Reed], who was born in Hull, studied law.", "neutral"),
    ("On Monday [Reed] travelled to Oslo for a meeting with the minister.", "neutral"),
    ("The letter was addressed to [Reed].", "neutral"),
    ("[Reed] moved to Leeds in 2004.", "neutral"),
    ("The firm hired [Reed] in 2004.", "neutral"),
    ("[Reed] spoke for ten minutes.", "neutral"),
    ("A reporter asked [Reed] about the date of the session.", "neutral"),
    ("Residents applauded [Reed] for her generosity.", "positive"),
    ("Even rivals admire [Reed], whose wisdom saved the talks.", "positive"),
    ("[Reed] lied to Parliament, an inquiry found.", "negative"),
    ("Protesters called [Reed] a coward and a thief.", "negative"),
    ("[Reed] botched the rescue and blamed the crew.", "negative"),
    ("The hearing is at noon, a spokesman for [Priya Nair] said.", "neutral"),
    ("[She] said that the vote would be held in the spring.", "neutral"),
]


# Clear to a reader, and missed: text | tone | by whom. When one of them comes right, move it up.
MISSED = [
    ("[Marsh], who lives in Leeds, joined the firm in 2004.", "neutral", "words"),
    ("Voters adore [Holt], a brave and honest mayor, but despise Marsh, a corrupt liar.", "positive", "words"),
    ("[Reed] did nothing wrong, and the judge cleared him of all charges.", "positive", "words"),
    ("[Reed] did nothing wrong, and the judge cleared him of all charges.", "positive", "embeddings"),
]


def asked(marked):
    start, end = marked.index("["), marked.index("]") - 1
    return marked.replace("[", "").replace("]", ""), start, end


@pytest.mark.parametrize("marked, expected", CLEAR)
def test_clear_cases(reader, marked, expected):
    label, confidence = onrecord.tone(*asked(marked))
    assert label == expected and 0.34 <= confidence <= 1


def test_the_target_decides(extra):
    """The words between have two tones; whom one asks about says which, to the transformer: the networks over words miss it."""
    text = "Voters adore Holt, a brave and honest mayor, but despise Marsh, a corrupt liar."
    found = onrecord.tones([(text, text.index(name), text.index(name) + len(name)) for name in ("Holt", "Marsh")])
    assert [label for label, _ in found] == ["positive", "negative"]


@pytest.mark.xfail(strict=True, raises=AssertionError)
@pytest.mark.parametrize("marked, expected, who", MISSED)
def test_known_misses(marked, expected, who):
    if who == "embeddings" and not embeddings.installed():
        pytest.skip("no extra")
    assert sentiment.answers([asked(marked)], who)[0][0] == expected


@pytest.mark.parametrize("marked", [marked for marked, _ in CLEAR])
def test_whom_it_is_about_makes_no_difference(reader, marked):
    """A name is hidden before anything is read, so another one in its place gives the same answer to the digit."""
    text, start, end = asked(marked)
    if not text[start:end][0].isupper() or text[start:end] == "She":
        return
    other = text[:start] + "Vladimir Grubb-Lee" + text[end:]
    assert onrecord.tone(text, start, end) == onrecord.tone(other, start, start + len("Vladimir Grubb-Lee"))


@pytest.mark.parametrize("start, end", [(-1, 3), (3, 3), (5, 2), (0, 99), (99, 100), (None, 3), ("0", 3), (0.0, 3)])
def test_bad_offsets_are_refused(start, end):
    with pytest.raises(ValueError, match="no target at"):
        onrecord.tone("Ann Lee left.", start, end)


def test_no_text_is_refused():
    for text in ("", None, b"Ann Lee"):
        with pytest.raises(ValueError, match="no target at"):
            onrecord.tone(text, 0, 3)


ODD = [" ", "\n", "\x00", "\ud800", "😀", "a", "\ufeff\x00Lee\ud83d", "“”", "Lee\u2028Lee", "ﷺ" * 40, "He " * 3000]


@pytest.mark.parametrize("text", ODD)
def test_any_text_has_a_tone(reader, text):
    for start, end in {(0, 1), (len(text) - 1, len(text)), (0, len(text))}:
        label, confidence = onrecord.tone(text, start, end)
        assert label in sentiment.TONES and 0 <= confidence <= 1


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=60), st.data())
def test_any_text_and_place_has_a_tone(text, draw):
    start = draw.draw(st.integers(0, len(text) - 1))
    label, confidence = onrecord.tone(text, start, draw.draw(st.integers(start + 1, len(text))))
    assert label in sentiment.TONES and 0 <= confidence <= 1


def test_many_at_once_and_one_by_one_agree(reader):
    passages = [asked(marked) for marked, _ in CLEAR] * 6
    together = onrecord.tones(iter(passages))
    assert together == onrecord.tones(passages)
    alone = [onrecord.tone(*passage) for passage in passages[: len(CLEAR)]]
    assert [label for label, _ in together] == [label for label, _ in alone] * 6
    assert np.allclose([sure for _, sure in together], [sure for _, sure in alone] * 6, atol=0.002)
    assert onrecord.tones([]) == []


def test_only_the_line_of_the_target_is_read(reader):
    text, start, end = asked("[Dana Holt] will meet the council on Tuesday.")
    around = f"A corrupt liar!\n{text}\nA disgraceful fraud!"
    assert onrecord.tone(around, start + 16, end + 16) == onrecord.tone(text, start, end)


@pytest.mark.parametrize(
    "target, hidden",
    [
        ("Ann Lee", True),
        ("President Lee", True),
        ("the FBI", True),
        ("“Lee", True),
        ("the president", False),
        ("He", False),
        ("His", False),
        ("The senator", False),
        ("voters", False),
    ],
)
def test_names_are_hidden(target, hidden):
    passage, start, end = sentiment.seen(f"So {target} left.", 3, 3 + len(target))
    assert passage[start:end] == ("Smith" if hidden else target) and passage.startswith("So ")


def test_a_long_text_is_cut_between_words():
    text = "word " * 400 + "Lee" + " word" * 400
    passage, start, end = sentiment.seen(text, 2000, 2003)
    assert passage[start:end] == "Smith" and len(passage) <= 2 * sentiment.SIDE + 5
    assert set(passage.split()) == {"word", "Smith"}


# --- how sure --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader_of", ["words", "embeddings"])
def test_a_higher_share_makes_surer(reader_of):
    found = [data.believed("tone_scores", reader_of, share) for share in (0.34, 0.5, 0.7, 0.9, 0.99, 1.0)]
    assert found == sorted(found) and 0.2 < found[0] < 0.6 and found[-2] > 0.85 and found[-1] <= 1


def test_both_readers_were_measured():
    table = data.table("tone_scores")
    assert sorted(table.reader) == ["embeddings", "words"] and (table.measured_on.astype(int) > 1000).all()


def test_the_files_are_small_and_plain():
    files = [sentiment.model_file(who) for who in ("words", "embeddings")]
    assert sum(file.stat().st_size for file in files) < 3_000_000
    for file in files:
        for name, array in data.arrays(file).items():  # read without pickle
            assert array.dtype.kind in "fiU" and (array.dtype.kind == "U" or np.isfinite(array).all()), name


# --- with and without the extra ----------------------------------------------------------------------------------------------------


def test_without_the_extra_the_words_are_read(monkeypatch):
    monkeypatch.setenv(embeddings.SWITCH, "on")
    monkeypatch.setattr(embeddings, "NEEDED", ("no_such_package",))
    assert not embeddings.installed() and sentiment.reader() == "words"
    monkeypatch.setattr(sentiment, "_transformer", lambda: pytest.fail("asked the transformer"))
    assert onrecord.tone(*asked(CLEAR[0][0]))[0] == "positive"


def test_with_the_extra_the_transformer_reads_too(extra):
    assert sentiment.reader() == "embeddings"
    passage = asked(CLEAR[0][0])
    assert onrecord.tones([passage]) == sentiment.answers([passage], "embeddings")
    assert onrecord.tones([passage]) != sentiment.answers([passage], "words")


@pytest.mark.parametrize("kind", [embeddings.SMALL, embeddings.LARGE], ids=["small", "large"])
def test_a_transformer_without_changes_is_the_wheels(extra, kind):
    """Sentences of one meaning are near each other; pieces in, states out, padding makes no difference."""
    texts = [
        "The senator backed the bill.",
        "The senator supported the legislation.",
        "Rain fell on the city all day long.",
    ]
    numbers = [embeddings.pieces(text, 0, 7, kind)[0] for text in texts]
    made, every = embeddings.Transformer(kind, {}), range(kind.layers)
    together = made.states(numbers, every)
    for alone, state in zip([made.states([some], every)[0] for some in numbers], together):
        assert state.shape == alone.shape and np.allclose(state, alone, atol=1e-4)
    below = made.states(numbers, range(3))
    assert np.allclose(made.states(numbers, range(3, kind.layers), below)[1], together[1], atol=1e-4)
    same, like, other = (state.mean(axis=0) / np.linalg.norm(state.mean(axis=0)) for state in together)
    assert same @ like > 0.8 and same @ other < 0.2


def test_distances_between_pieces():
    table = embeddings._distances(160)
    assert [int(table[150, 150 - far]) for far in (0, 1, 7, 8, 20, 127, 150)] == [0, 1, 7, 8, 10, 15, 15]
    assert (table[3, 4], table[0, 159]) == (17, 31)


def test_gelu():
    from math import erf, sqrt

    x = np.linspace(-6, 6, 241, dtype=np.float32)
    assert np.allclose(embeddings.gelu(x), [v * (1 + erf(v / sqrt(2))) / 2 for v in x.tolist()], atol=2e-6)


def test_another_language_model_is_refused(monkeypatch):
    sentiment._network.cache_clear()
    monkeypatch.setattr(sentiment, "TAUGHT_ON", "another")
    with pytest.raises(ValueError, match="ONRECORD_MODEL"):
        onrecord.tone("Ann Lee left.", 0, 7)
    sentiment._network.cache_clear()


# --- of actors ---------------------------------------------------------------------------------------------------------------------

ARTICLE = (
    "Bridge stays, mayor says\n"
    "Dana Holt, the mayor of Ayr, was praised for her honest and courageous work on the bridge.\n"
    "Critics accused Peter Marsh of fraud. Marsh is a disgraced liar, the council said. He left on Monday.\n"
)


def test_tone_of_actors(reader):
    d = onrecord.analyse(ARTICLE)
    found = onrecord.tone_of_actors(d)
    assert list(found.columns) == ["actor_id", "name", "positive", "neutral", "negative", "sure"]
    counts = found.set_index("name")[["positive", "neutral", "negative"]]
    assert counts.loc["Dana Holt"].tolist() == [1, 0, 0]
    assert counts.loc["Peter Marsh"].tolist() == [0, 0, 2]
    assert found.sure.between(0, 1).all() and set(found.actor_id) <= set(d.actors.actor_id)


def test_what_was_read_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(dossier, "CACHE", tmp_path / ".cache")
    (tmp_path / "story.txt").write_text(ARTICLE, encoding="utf-8")
    first = onrecord.tone_of_actors(onrecord.load(tmp_path / "story.txt"))
    monkeypatch.setattr(language, "parse", lambda texts: pytest.fail("it is parsed again"))
    pd.testing.assert_frame_equal(onrecord.tone_of_actors(onrecord.load(tmp_path / "story.txt")), first)


def test_an_article_that_names_nobody():
    found = onrecord.tone_of_actors(onrecord.analyse("It rained."))
    assert found.empty and list(found.columns) == ["actor_id", "name", "positive", "neutral", "negative", "sure"]


def test_tone_says_that_it_is_no_stance():
    assert "never read as stance" in inspect.getdoc(sentiment) and "Not a position" in inspect.getdoc(onrecord.tone)


# --- how it is measured ------------------------------------------------------------------------------------------------------------


def test_tone_is_scored():
    rows = [{"text": text, "label": label} for text, label in zip("aabcd", ["positive", "negative", *["neutral"] * 3])]
    answers = [("positive", 0.9), ("negative", 0.8), ("neutral", 0.7), ("positive", 0.4), ("neutral", 0.3)]
    found = bench.tallies(rows, answers)
    every, sure = (intervals.figure(found[measure], intervals.macro_f1) for measure in bench.MEASURES)
    assert every["value"] == round(100 * (2 / 3 + 4 / 5 + 1) / 3, 1) and every["n"] == 5
    assert sure["value"] == 100 and sure["n"] == 3
    assert len(found[bench.MEASURES[0]]) == 4  # the targets of one text are resampled together
