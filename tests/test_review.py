"""A reviewer's decisions: they point at words, survive another draft, and complain in one line."""

import pandas as pd
import pytest

import onrecord
from onrecord import dossier, review, schema
from onrecord.data import InputError

TEXT = "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the vote was over.\n\nBob Ray disagreed with the “wise” mayor."
HEAD = '[review]\nby = "coder A"\non = 2026-01-02\n'


@pytest.fixture
def reviewed(tmp_path):
    def make(decisions, head=HEAD):
        (tmp_path / "story.txt").write_text(TEXT, encoding="utf-8")
        (tmp_path / "story.review.toml").write_text(head + decisions, encoding="utf-8")
        return onrecord.load(tmp_path / "story.txt")

    return make


def test_confirm(reviewed):
    row = reviewed('[[quotes]]\nwords = "We will stay,"\n').quotes.iloc[0]
    assert row.source == "machine" and row.reviewed and row.rule != "review"


def test_correct_a_speaker(reviewed):
    made = reviewed('[[quotes]]\nwords = "the vote was over"\nspeaker = "Bob Ray"\nspeaker_words = "She"\n')
    row = made.quotes[made.quotes.text == "the vote was over"].iloc[0]
    assert (row.speaker, row.source, row.rule, row.cue) == ("Bob Ray", "review", "review", "added")
    assert made.actors.set_index("name").quotes["Bob Ray"] == (made.quotes.speaker == "Bob Ray").sum()


def test_correct_a_span(reviewed):
    made = reviewed(
        '[[quotes]]\nwords = "vote was over"\nkind = "indirect"\nspeaker = "Ann Lee"\nspeaker_words = "She"\ncue = "added"\n'
    )
    assert "vote was over" in set(made.quotes.text) and "the vote was over" not in set(made.quotes.text)


def test_strike_and_add(reviewed):
    made = reviewed(
        '[[quotes]]\nwords = "wise"\nright = false\n\n[[quotes]]\nwords = "disagreed with the"\nkind = "indirect"\nspeech = "act"\nspeaker = "Bob Ray"\n'
    )
    assert "wise" not in set(made.quotes.text)
    assert made.quotes.set_index("text").speaker["disagreed with the"] == "Bob Ray"


def test_rename_an_actor(reviewed):
    made = reviewed('[[actors]]\nwords = "Bob Ray"\nname = "Robert Ray"\nkind = "person"\nwhy = "short form"\n')
    row = made.actors.set_index("actor_id").loc["robert-ray"]
    assert (row["name"], row.printed, row.source) == ("Robert Ray", "Bob Ray", "review")
    assert "bob-ray" not in set(made.mentions.actor_id) and (made.mentions.actor_id == "robert-ray").any()


def test_complete_leaves_only_what_was_decided(reviewed):
    made = reviewed(
        '[[quotes]]\nwords = "We will stay,"\nkind = "direct"\nspeech = "speech"\nspeaker = "Ann Lee"\nspeaker_words = "Ann Lee"\ncue = "said"\n',
        HEAD + 'complete = ["quotes"]\n',
    )
    assert list(made.quotes.text) == ["We will stay,"] and made.quotes.reviewed.all()


def test_statements_follow_their_quotations(reviewed):
    made = reviewed(
        '[[quotes]]\nwords = "the vote was over"\nright = false\n\n[[quotes]]\nwords = "We will stay"\nkind = "mixed"\n'
    )
    assert set(made.statements.quote_id.dropna()) <= set(made.quotes.quote_id)


def test_twice_is_once(nato):
    again = review.apply(nato.review, nato.tables, nato.article.text)
    for name, table in nato.tables.items():
        if name == "actors":
            continue  # its counts are filled in afterwards
        pd.testing.assert_frame_equal(again[name].reset_index(drop=True), table)


def test_a_review_fits_another_draft(nato):
    """With nothing drafted at all, a complete review gives the same quotations, statements, events and repairs."""
    empty = {
        name: schema.frame(name) if name not in ("blocks", "sentences") else table
        for name, table in nato.tables.items()
    }
    made = review.apply(nato.review, empty, nato.article.text)
    for name in ("quotes", "statements", "events", "repairs"):
        key = schema.key(name)
        assert set(made[name][key]) == set(getattr(nato, name)[key])


WRONG = [
    (
        '[[quotes]]\nwords = "never printed"\n',
        r"story\.review\.toml, quotes 1: the article does not hold the words 'never printed'.*quote them",
    ),
    ('[[quotes]]\nkind = "direct"\n', "does not say which `words`"),
    ('[[quotes]]\nwords = "We will stay,"\nkind = "indirekt"\n', "indirekt.*write one of direct"),
    ('[[quotes]]\nwords = "We will stay,"\nspeeker = "Ann"\n', "unknown field 'speeker'"),
    ('[[quotes]]\nwords = "We will stay,"\nspeaker = "Nobody"\n', "'Nobody' is no actor"),
    ('[[quotes]]\nwords = "We will stay,"\nspeaker_words = "Carol"\n', "'Carol' do not stand outside"),
    ("[[quotations]]\n", "no table is called 'quotations'"),
    ("[[quotes]\n", "not valid TOML"),
    ("x = " + "[" * 5_000, "not valid TOML"),
    ("[[quotes]]\nwords = 3\n", "`words` is '3': write it in quotation marks"),
    ('[[quotes]]\nwords = ["We will stay,", 3]\n', "`words` is"),
    ('[[quotes]]\nwords = "We will stay,"\nspeaker = ["Ann Lee"]\n', "`speaker` is .*write it in quotation marks"),
    ('[[quotes]]\nwords = "We will stay,"\noccurrence = "second"\n', "`occurrence` is 'second': write a whole number"),
    ('[[quotes]]\nwords = "We will stay,"\nright = "no"\n', "`right` is 'no': write true or false"),
    ('[[statements]]\nwords = "We will stay,"\nhedged = 1\n', "`hedged` is '1': write true or false"),
    ('[[events]]\nwords = "We will stay,"\nparticipants = "Ann Lee"\n', "`participants` is .*square brackets"),
    ('[[events]]\nwords = "We will stay,"\ndate_from = 3\n', "`date_from` is '3': write a day"),
]


@pytest.mark.parametrize(("decisions", "told"), WRONG)
def test_wrong_decisions(reviewed, decisions, told):
    with pytest.raises(InputError, match=told) as error:
        reviewed(decisions)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("review = 3\n", r"\[review\]: is no table"),
        ('quotes = 3\n[review]\nby = "coder A"\non = 2024-05-01\n', "`quotes` is no list of decisions"),
        ('quotes = [3]\n[review]\nby = "coder A"\non = 2024-05-01\n', "quotes 1: is no table"),
        ("[review]\nby = 3\non = 2024-05-01\n", "`by` is '3'"),
        ('[review]\nby = "coder A"\non = 3\n', "`on` is '3': write a day"),
        ('[review]\nby = "coder A"\non = 2024-05-01\ncomplete = "quotes"\n', "`complete` is 'quotes': write texts"),
        ('[review]\nby = "coder A"\non = 2024-05-01\ncodebook = "nowhere"\n', "there is no such codebook"),
    ],
)
def test_wrong_heads(reviewed, head, told):
    with pytest.raises(InputError, match=told) as error:
        reviewed("", head=head)
    assert "\n" not in str(error.value)


def test_who_and_when_must_be_said(reviewed):
    with pytest.raises(InputError, match="who decided, and when"):
        reviewed("", head='[review]\nby = "coder A"\n')


def test_scores(nato, nato_draft):
    scores = review.scores(nato_draft, nato).set_index("table")
    assert scores.recall["quotes"] > 0.85 and scores.precision["quotes"] > 0.9
    itself = review.scores(nato, nato)
    assert (itself.precision == 1).all() and (itself.recall == 1).all()
    missed, invented = review.missed("quotes", nato_draft, nato)
    assert (
        len(missed) == len(nato.quotes) - scores.matched["quotes"]
        and len(invented) == len(nato_draft.quotes) - scores.matched["quotes"]
    )


def test_no_review_no_reviewed_rows(nato_draft):
    assert nato_draft.review is None and not any(
        nato_draft.tables[name].reviewed.any()
        for name in ("actors", "mentions", "quotes", "statements", "events", "repairs")
    )
    assert "not reviewed" in nato_draft.source


def test_the_shipped_review_is_read(nato):
    assert set(nato.review.complete) == set(review.FIELDS)
    assert all(d.on and d.by for d in nato.review.decisions)
    assert dossier.find("nato-russia-2022").with_name("review.toml") == review.beside(dossier.find("nato-russia-2022"))
