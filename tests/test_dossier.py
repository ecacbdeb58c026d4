"""A dossier as a whole: its contract, and its keeping."""

import pandas as pd
import pytest

import onrecord
from onrecord import dossier, schema
from onrecord.data import InputError

TEXT = "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the vote was over."


def test_worked_example():
    made = onrecord.analyse(TEXT)
    first, second = made.quotes.to_dict("records")
    assert (
        first["kind"],
        first["speech"],
        first["spans"],
        first["speaker_id"],
        first["speaker_start"],
        first["cue"],
    ) == ("direct", "speech", ((1, 14),), "ann-lee", 21, "said")
    assert (second["kind"], second["spans"], second["speaker"], second["speaker_start"], second["speaker_end"]) == (
        "indirect",
        ((63, 80),),
        "Ann Lee",
        48,
        51,
    )
    actor = made.actors.iloc[0]
    assert (actor.actor_id, actor.role, actor.affiliation, actor.mentions, actor.quotes) == (
        "ann-lee",
        "mayor of Ayr",
        "Ayr",
        2,
        2,
    )


def test_tables_keep_their_contract(shipped):
    schema.check(shipped.tables, shipped.article.text)
    for name, table in shipped.tables.items():
        assert [str(table[f.name].dtype) for f in schema.TABLES[name]] == [
            schema.DTYPES[f.type] for f in schema.TABLES[name]
        ]
        if "start" in table:
            assert table.sort_values(["start", "end"], kind="stable").index.is_monotonic_increasing


BROKEN = [
    ("quotes", "kind", "indirekt", r"quotes, row q-\w+: kind is 'indirekt': none of direct, indirect, mixed, scare"),
    ("quotes", "text", "We left,", r"quotes, row q-\w+: text is 'We left,', but the article has 'We will stay,' there"),
    ("quotes", "speaker_id", "bob-ray", r"quotes, row q-\w+: speaker_id is 'bob-ray', which is not in actors"),
    ("quotes", "confidence", 1.5, r"confidence is 1\.5: not between 0 and 1"),
    ("actors", "name", pd.NA, r"actors, row ann-lee: name is missing"),
    ("quotes", "start", 2, r"quotes, row q-\w+: start and end are not those of its spans"),
    ("mentions", "end", 900, r"mentions, row m-\w+: spans \(\(21, 900\),\) do not lie in order inside the text"),
]


@pytest.mark.parametrize(("table", "column", "value", "told"), BROKEN)
def test_a_broken_row_is_told_in_plain_words(table, column, value, told):
    tables = dict(onrecord.analyse(TEXT).tables)
    tables[table] = tables[table].copy()
    tables[table].loc[0, column] = value
    with pytest.raises(schema.SchemaError, match=told):
        schema.check(tables, TEXT)


def test_a_broken_table_is_told_in_plain_words():
    tables = onrecord.analyse(TEXT).tables
    twice = pd.array(["m-1"] * len(tables["mentions"]), dtype="string[python]")
    for broken, told in [
        (
            tables["mentions"].assign(mention_id=twice),
            "mentions, row m-1: mention_id is 'm-1', which another row has too",
        ),
        (tables["mentions"].drop(columns="form"), "mentions: form: is missing"),
        (tables["mentions"].assign(mood="glad"), "mentions: mood: is no column of it"),
        (tables["mentions"].astype({"start": "float"}), "mentions: start: is of type float64, not Int64"),
    ]:
        with pytest.raises(schema.SchemaError, match=told):
            schema.check(tables | {"mentions": broken}, TEXT)


def test_a_kept_dossier_is_the_same(tmp_path, monkeypatch, nato):
    monkeypatch.setattr(dossier, "CACHE", tmp_path / ".cache")
    (tmp_path / "story.txt").write_text(TEXT + " NA said “null”.\n\nNamibia met NATO on Monday.", encoding="utf-8")
    made = onrecord.load(tmp_path / "story.txt", published="2024-05-01")
    kept = onrecord.load(tmp_path / "story.txt", published="2024-05-01")
    assert made is not kept and list((tmp_path / ".cache").iterdir())
    for name in schema.TABLES:
        pd.testing.assert_frame_equal(getattr(made, name), getattr(kept, name))
        back = schema.from_csv(name, schema.to_csv(name, getattr(nato, name)))
        pd.testing.assert_frame_equal(back, getattr(nato, name))


def test_a_stream_keeps_its_order():
    texts = ["One. “Yes,” said Ann Lee.", "", "Three. Nobody spoke."]
    assert [made.article.text for made in onrecord.analyse_many(iter(texts))] == texts


def test_a_text_reads_the_same_alone_and_in_a_stream():
    texts = [TEXT, "Bob Ray met Ann Lee in Ayr on 3 May 2016.\n\n“No,” he said.", "“Late,” said NATO."] * 8
    alone_of = {text: onrecord.analyse(text) for text in set(texts)}
    for text, made in zip(texts, onrecord.analyse_many(texts)):
        alone = alone_of[text]
        for name in schema.TABLES:
            pd.testing.assert_frame_equal(getattr(made, name), getattr(alone, name))


def test_no_date_stays_no_date():
    made = onrecord.analyse("Ann Lee met Bob Ray on Monday.")
    assert made.article.published is None and made.events.date_from.isna().all() and "no date" in made.source


def test_an_unknown_slug():
    with pytest.raises(InputError, match="neither a shipped article nor a file"):
        onrecord.load("no-such-slug")
