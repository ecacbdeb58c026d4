"""What holds of the tables of any text whatever: generated ones, mangled articles, and those that once broke something. `make fuzz` tries thousands more."""

from random import Random

import pandas as pd
import pytest
from conftest import SLUGS, loaded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onrecord
from benchmarks import fuzz, mangling
from onrecord import dossier, schema

QUIET = settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = st.sampled_from(
    ["\n", "\n\n", " ", ".", ",", ":", "Ann Lee", "NATO", "said", "told reporters", "according to", "he", "accused", "of", "that", "on Monday", "the"]
    + ["=1+1", "1 May 2016", "Moscow", "é", *mangling.MARKS, *mangling.ODD]
)  # fmt: skip


@settings(QUIET, max_examples=25)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=80))
def test_any_text(text):
    assert mangling.examined([text], again=True) == [[]]


@settings(QUIET, max_examples=8)
@given(
    st.sampled_from(SLUGS),
    st.lists(st.sampled_from(list(mangling.DAMAGE)), min_size=1, max_size=4),
    st.integers(0, 10**9),
)
def test_mangled_articles(slug, damage, seed):
    text, random = loaded(slug).article.text, Random(seed)
    start = random.randrange(len(text) - 400)
    text = text[start : start + 400]
    for name in damage:
        text = mangling.DAMAGE[name](text, random)
    assert mangling.examined([text], again=True) == [[]]


BROKE = {  # what once was wrong, and a text with which it was
    "a cell ended at NUL": "“We are sle\x00eping,” said Ann Lee, the mayor of Ayr.",
    "a verb of wishing before marks": "Ann Lee wants “to take it all backward.”",
    "a verb of wishing before a colon": "Ann Lee intends: “We take it all backward.”",
    "half of a surrogate pair stayed unread": "“We are sle\ud83deping,” said Ann Lee, the mayor of Ayr.",
}


@pytest.mark.parametrize("text", BROKE.values(), ids=BROKE)
def test_what_once_broke(text):
    assert mangling.examined([text], again=True) == [[]]


def test_ids_stay_when_a_paragraph_is_added(nato_draft):
    text = nato_draft.article.text
    longer = onrecord.analyse(text + "\n\nIt rained in the valley.")
    for name in ("blocks", "sentences", "repairs"):
        key = schema.key(name)
        assert set(nato_draft.tables[name][key]) <= set(longer.tables[name][key]), name


@pytest.mark.parametrize("name", mangling.DAMAGE)
def test_every_damage_changes_a_text(name):
    text = "“We’ll stay,” said Ann Lee.\n\nIt rained. " * 20
    made = [mangling.DAMAGE[name](text, Random(seed)) for seed in range(5)]
    assert any(one != text for one in made) and made == [mangling.DAMAGE[name](text, Random(seed)) for seed in range(5)]


TEXT = "“We will stay,” said Ann Lee.\n\nShe added that it rained."
WRONG = [
    ("sentences", lambda table: table[::-1], "sentences: rows are out of order"),
    ("sentences", lambda table: table.assign(block_id=table.block_id.iloc[0]), "lies in no block of its own"),
    ("quotes", lambda table: table.assign(block_id=table.block_id.iloc[::-1].array), "is not in its block"),
    ("repairs", lambda _: schema.frame("repairs", [{"repair_id": "r-1", "start": 27, "end": 32}]), "27-32 lies in no block"),
    ("blocks", lambda table: table.assign(end=table.end + 5), "blocks overlap"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "told"), WRONG, ids=[told for *_, told in WRONG])
def test_a_fault_is_seen(name, change, told):
    made = onrecord.analyse(TEXT)
    assert mangling.faults(TEXT, made) == []
    broken = dossier.replace(made, **{name: change(made.tables[name])})
    assert any(told in line for line in mangling.faults(TEXT, broken))
    assert f"{name}: read again it is another table" in mangling.differences(made, broken)


def test_what_raises_is_told_and_the_others_are_read(monkeypatch):
    check = schema.check

    def strict(tables, text):
        if "Lee" in text:
            raise schema.SchemaError("no Lee")
        check(tables, text)

    monkeypatch.setattr(schema, "check", strict)
    assert mangling.examined(["Rain fell.", TEXT]) == [[], ["SchemaError: no Lee"]]


def test_an_excerpt_is_made_again_from_its_number(tmp_path, capsys):
    text = loaded(SLUGS[0]).article.text
    assert (
        fuzz.excerpt(7, [text, TEXT * 30]) == fuzz.excerpt(7, [text, TEXT * 30]) != fuzz.excerpt(8, [text, TEXT * 30])
    )
    assert fuzz.main([str(tmp_path)]) == 2 and "none of the corpora is there" in capsys.readouterr().err
    (tmp_path / "polnear_dev.jsonl").write_text(pd.Series([{"text": text}]).to_json(orient="records", lines=True))
    assert fuzz.main([str(tmp_path), "--only", "7"]) == 0
    said = capsys.readouterr().out
    assert ascii(fuzz.excerpt(7, [text])[0]) in said and "nothing is wrong with it" in said
