"""Agreement of two codings: rows, labels, words; coefficients against published examples."""

import functools

import krippendorff
import numpy as np
import pandas as pd
import pytest

import onrecord
from onrecord import data, review
from onrecord.review import agreement

TEXT = "“We will stay,” said Ann Lee. She rejected the bridge law. Bob Ray praised the tax reform, but Ann Lee opposed the tax reform.\n\nBob Ray said the bridge law was a mistake."
HEAD = '[review]\nby = "coder {0}"\non = 2026-01-02\ncodebook = "politics"\ncomplete = ["actors", "statements"]\n'
ACTORS = "".join(f'[[actors]]\nwords = "{name}"\nname = "{name}"\nkind = "person"\n' for name in ("Ann Lee", "Bob Ray"))


def statement(words, holder, position="oppose", issue="measure"):
    return f'[[statements]]\nwords = "{words}"\nholder = "{holder}"\nissue = "{issue}"\nposition = "{position}"\nbasis = "narrator"\n'


ONE = [
    statement("rejected the bridge law", "Ann Lee"),
    statement("praised the tax reform", "Bob Ray", "support", "economy"),
    statement("the bridge law was a mistake", "Bob Ray"),
]
OTHER = [
    statement("She rejected the bridge law", "Ann Lee"),
    statement("praised the tax reform", "Bob Ray", "neutral"),
    statement("opposed the tax reform", "Ann Lee", "oppose", "economy"),
]


@pytest.fixture
def two(tmp_path):
    (tmp_path / "story.txt").write_text(TEXT, encoding="utf-8")
    for name, rows in (("a", ONE), ("b", OTHER)):
        path = tmp_path / f"story.coding-{name}.toml"
        path.write_text(HEAD.format(name) + ACTORS + "".join(rows), encoding="utf-8")
    return onrecord.codings(tmp_path / "story.txt")


def test_codings_are_read(two):
    assert list(two) == ["a", "b"] and two["a"].review.by == "coder a"
    assert list(two["a"].statements.text) == [
        "rejected the bridge law",
        "praised the tax reform",
        "the bridge law was a mistake",
    ]
    assert set(two["b"].statements.source) <= {"review", "machine"} and two["b"].statements.reviewed.all()


def test_no_codings(tmp_path):
    (tmp_path / "story.txt").write_text(TEXT, encoding="utf-8")
    assert onrecord.codings(tmp_path / "story.txt") == {}


def test_scores(two):
    scores = review.scores(two["a"], two["b"]).set_index("table")
    assert list(scores.index) == ["actors", "statements", "stances"]
    assert list(scores.matched) == [2, 2, 1]
    assert scores.precision["stances"] == pytest.approx(1 / 3) and scores.recall["statements"] == pytest.approx(2 / 3)


def test_labels(two):
    labels = review.labels(two["a"], two["b"]).set_index(["table", "label"])
    assert tuple(labels.loc[("statements", "position"), ["compared", "same"]]) == (2, 1)
    assert tuple(labels.loc[("statements", "issue"), ["compared", "same"]]) == (2, 1)
    assert {label for table, label in labels.index if table == "statements"} >= {"target_id", "reported_by", "hedged"}
    assert labels.kappa.isna()["actors", "kind"], "one value alone: chance cannot be told from agreement"


def test_labels_across_pairs(two):
    frame = pd.concat([review.labels(two[a], two[b]).assign(pair=f"{a}, {b}") for a, b in (("a", "b"), ("b", "b"))])
    kappa, alpha = review.across(frame, "kappa", counts=True), review.across(frame, "alpha")
    assert list(kappa.columns) == ["table", "label", "a, b", "b, b"] and kappa.label.iloc[0] == "name"
    row = kappa.set_index("label").loc["issue"]
    assert row["a, b"].startswith("1 of 2: ") and row["b, b"] == "3 of 3: 1.00"  # no interval in one block
    assert (
        alpha.set_index("label").loc["kind", "a, b"] == "–" and kappa.set_index("label").loc["kind", "a, b"] == "2 of 2"
    )


def test_words(two):
    row = review.intervals(review.words(two["a"], two["b"])).set_index("table").loc["statements"]
    assert (row.compared, row.draft, row.truth, row.both) == (33, 14, 13, 8)
    assert row["kappa from"] == f"{row.kappa_low:.2f} to {row.kappa_high:.2f}"
    assert row.kappa_low <= row.kappa <= row.kappa_high and row.alpha_low <= row.alpha <= row.alpha_high
    itself = review.words(two["a"], two["a"]).iloc[0]
    assert itself.kappa == itself.alpha == 1


def test_confusion(two):
    table = review.confusion(two["a"], two["b"], "statements", "position")
    assert table.loc["oppose", "oppose"] == 1 and table.loc["support", "neutral"] == 1
    assert table.loc["oppose", "–"] == 1 and table.loc["–", "oppose"] == 1 and table.to_numpy().sum() == 4


def test_disputed(two):
    rows = review.disputed(two["a"], two["b"], "statements")
    assert [(row.what, row.draft, row.truth) for row in rows.itertuples()] == [
        ("issue", "economy", "measure"),
        ("position", "support", "neutral"),
        ("row", "–", "Ann Lee, economy, oppose"),
        ("row", "Bob Ray, measure, oppose", "–"),
    ]


@functools.cache
def shown():
    """The table of agreement on the first article, as README and model card have it."""
    coded, draft = onrecord.codings("nato-russia-2022"), onrecord.load("nato-russia-2022", review=False)
    pairs = {"coder A and B": (coded["a"], coded["b"]), "machine and A": (draft, coded["a"]), "machine and B": (draft, coded["b"])}  # fmt: skip
    columns = {}
    for name, pair in pairs.items():
        words = review.words(*pair).set_index("table").loc["statements"]
        labels = review.labels(*pair).query("table == 'statements'").set_index("label")
        alphas = [labels.loc[label] for label in ("issue", "position", "basis", "target_id")]
        columns[name] = [f"{one.kappa:.2f}, {one.alpha:.2f}" for one in (words, *alphas)]
        columns[name].insert(1, str(labels.compared.iloc[0]))
    rows = ["words in a statement or not", "statements that both have (n)", *(f"{label} of these" for label in ("issue", "position", "basis", "target"))]  # fmt: skip
    head = [f"| kappa, alpha | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    lines = (f"| {row} | {' | '.join(cells)} |" for row, *cells in zip(rows, *columns.values(), strict=True))
    return "\n".join([*head, *lines])


@pytest.mark.parametrize("file", ["README.md", "data/models/README.md"])
def test_what_is_told_of_agreement_is_so(file):
    assert shown() in (data.root() / file).read_text(encoding="utf-8")


def test_nothing_is_disputed_with_itself(nato):
    for table in review.FIELDS:
        assert review.disputed(nato, nato, table).empty
    assert (review.labels(nato, nato).query("kappa.notna()").kappa.round(9) == 1).all()


def counts(one, other):
    values = sorted({*one, *other})
    table = np.zeros((len(values), len(values)))
    np.add.at(table, ([values.index(x) for x in one], [values.index(x) for x in other]), 1)
    return table


@pytest.mark.parametrize(
    ("one", "other", "alpha"),
    [  # the examples of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections A and B
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbccceddd", 0.692),
    ],
)
def test_alpha_of_published_examples(one, other, alpha):
    assert agreement._alpha(counts(one, other)) == pytest.approx(alpha, abs=0.0006)


@pytest.mark.parametrize("values", [2, 3, 6])
def test_alpha_is_that_of_the_package(values):
    table = np.random.default_rng(values).integers(0, 9, (values, values))
    units = [np.bincount(pair, minlength=values) for pair in np.argwhere(table) for _ in range(table[tuple(pair)])]
    theirs = krippendorff.alpha(value_counts=np.array(units), level_of_measurement="nominal")
    assert agreement._alpha(table) == pytest.approx(theirs, abs=1e-12)


def test_kappa_of_a_published_example():
    """Cohen (1960), table 1: three categories, 200 units."""
    table = np.array([[88, 10, 2], [14, 40, 6], [18, 10, 12]])
    assert agreement._kappa(table) == pytest.approx(0.492, abs=0.0006)
