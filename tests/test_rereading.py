"""The second reading of clauses: who is read again, what of, that it needs the extra `embeddings`, that the same words give the same."""

import numpy as np
import pytest

import onrecord
from onrecord import data, dossier, embeddings, rereading, stances
from onrecord.rereading import MARKS, POOLED
from tests.test_stances import scene_of

HARSH = "Bob Ray spoke. “This minister is a liar, and his plan is a shameful disaster,” Senator Ann Lee said on Monday."


def marked(text, window):
    """For each mark the words of the text whose pieces bear it."""
    numbers, places = embeddings.parted(text, embeddings.LARGE)
    assert (numbers == window.numbers).all()
    return {
        name: " ".join(text[a:b] for (a, b), on in zip(places, window.marks[:, column], strict=True) if on)
        for column, name in enumerate(MARKS)
    }


# --- with and without the extra ----------------------------------------------------------------------------------------------------


def test_without_the_extra_the_networks_stand_alone(monkeypatch):
    monkeypatch.setenv(embeddings.SWITCH, "on")
    monkeypatch.setattr(embeddings, "NEEDED", ("no_such_package",))
    monkeypatch.setattr(rereading, "_transformer", lambda: pytest.fail("asked the transformer"))
    heres, scene = scene_of(HARSH)
    assert rereading.reader() == "network"
    for one, other in zip(rereading.judged(heres, scene.actors), stances.judged(heres, scene.actors), strict=True):
        assert [(c, list(shares)) for c, _, shares in one] == [(c, list(shares)) for c, _, shares in other]


def test_the_switch_leaves_it_unused(monkeypatch):
    monkeypatch.setattr(embeddings, "installed", lambda: True)
    found = {}
    for switch in ("on", "off"):
        monkeypatch.setenv(embeddings.SWITCH, switch)
        found[switch] = (rereading.reader(), dossier.fingerprint(), dossier.maker())
    assert found["on"][0] == "embeddings" and found["off"][0] == "network"
    assert found["on"][1] != found["off"][1]  # an analysis that was kept is not taken for the other's
    assert found["on"][2] == f"{found['off'][2]} + embeddings"  # and who reads the tables can tell


def test_without_its_file_the_networks_stand_alone(monkeypatch, tmp_path):
    monkeypatch.setenv(embeddings.SWITCH, "on")
    monkeypatch.setattr(embeddings, "installed", lambda: True)
    monkeypatch.setattr(rereading, "model_file", lambda: tmp_path / "none.npz")
    assert rereading.reader() == "network"


# --- its numbers -------------------------------------------------------------------------------------------------------------------


def test_the_file_is_small_and_plain():
    numbers = data.arrays(rereading.model_file())  # read without pickle
    assert rereading.model_file().stat().st_size < 3_000_000
    assert all(array.dtype.kind in "fiU" for array in numbers.values())
    assert all(np.isfinite(array).all() for array in numbers.values() if array.dtype.kind != "U")
    assert numbers["out"].shape[0] == len(stances.LABELS) and numbers["mark"].shape == (
        embeddings.LARGE.width,
        len(MARKS),
    )
    assert numbers["inner"].shape[1] == (1 + len(POOLED)) * embeddings.LARGE.width + len(numbers["features"])


def test_both_readers_were_measured():
    table = data.table("stance_scores")
    assert sorted(table.found_by) == ["embeddings", "network"] and (table.measured_on.astype(int) > 1000).all()


@pytest.mark.parametrize("reader", ["network", "embeddings"])
def test_confidence_is_no_higher_than_the_likelihood_was_worth(monkeypatch, reader):
    monkeypatch.setattr(rereading, "reader", lambda: reader)
    likely = [0.4, 0.5, 0.7, 0.9, 1.0]
    sure = [rereading.confidence(one) for one in likely]
    assert sure == sorted(sure) and all(a < b for a, b in zip(sure[2:], likely[2:])) and sure[-1] < 1


def test_who_is_read_again():
    shares = np.array([[0.9, 0.05, 0.05], [0.75, 0.25, 0], [0.7, 0.1, 0.2], [0, 0.5, 0.5]])
    assert list(rereading.doubtful(shares)) == [1, 2, 3]


def test_pieces_are_pooled_by_their_marks():
    upper = object.__new__(rereading.Upper)
    hidden = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 8.0]], dtype=np.float32)
    upper._w = {"look": np.zeros((1, 2), dtype=np.float32)}
    marks = np.zeros((3, len(MARKS)), dtype=np.float32)
    marks[:2, MARKS.index("clause")] = marks[1, MARKS.index("head")] = marks[2, MARKS.index("holder")] = 1
    clause, *means = np.split(upper._pooled(hidden, marks), 1 + len(POOLED))
    expected = {"head": (3, 0), "clause": (2, 0), "about": (0, 0), "holder": (0, 8)}
    assert tuple(clause) == (2, 0) and {n: tuple(m) for n, m in zip(POOLED, means, strict=True)} == expected


# --- with the extra ----------------------------------------------------------------------------------------------------------------


def test_what_is_read(extra):
    ((here,), _) = scene_of(HARSH)
    placed = [(one, here) for one in stances.candidates(here)]
    said = next(w for w, (one, _) in zip(rereading.windows(placed), placed) if one.kind == "said")
    found = marked(HARSH, said)
    assert found["clause"] == "This minister is a liar and" and found["head"] == "is"
    assert found["cue"] == "said" and found["before"] == "Bob Ray spoke ."


def test_a_long_sentence_is_cut_around_the_clause(extra):
    text = "“" + "We walked on and on, " * 60 + "and this minister is a shameful liar,” Ann Lee said in Ayr."
    heres, _ = scene_of(text)
    placed = [(one, here) for here in heres for one in stances.candidates(here)]
    for window in rereading.windows(placed):
        assert len(window.numbers) == len(window.marks) <= rereading.MOST
        assert window.marks[:, MARKS.index("head")].any() and window.marks[:, MARKS.index("clause")].any()


@pytest.mark.parametrize(
    "text", ["", "?", "“No.”", "“A” said", "😀 said “yes”", "\x00“a b c” said Ann Lee", "“Yes, yes.” " * 50, HARSH]
)
def test_odd_texts(extra, text):
    heres, scene = scene_of(text)
    for some in rereading.judged(heres, scene.actors):
        for _, _, shares in some:
            assert np.isclose(shares.sum(), 1, atol=1e-5) and (shares >= 0).all()


def test_the_second_reading_counts_as_much_as_the_first(extra):
    heres, scene = scene_of(HARSH)
    before = [shares for some in stances.judged(heres, scene.actors) for *_, shares in some]
    behind = [shares for some in rereading.judged(heres, scene.actors) for *_, shares in some]
    moved = [not np.allclose(a, b, atol=1e-4) for a, b in zip(before, behind, strict=True)]
    assert moved == [1 - shares[0] >= rereading.DOUBTFUL for shares in before] and any(moved)


def test_the_same_words_give_the_same(extra):
    one, other = onrecord.analyse(HARSH).statements, onrecord.analyse(HARSH).statements
    assert len(one) and one.equals(other) and set(one.position) == {"oppose"}
