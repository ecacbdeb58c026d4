"""Stances that the network sees: its candidates, that it needs its file, that it computes what it was taught, what a stance is about."""

import numpy as np
import pytest

import onrecord
from onrecord import dossier, language, lexicon, stances, topics
from onrecord.article import Article
from onrecord.scene import Here, Scene


def scene_of(text):
    """Each passage of a text with what is known of it, and the actors."""
    made = onrecord.analyse(text)
    read = dossier.article.blocks(text), dossier.article.repairs(text, dossier.article.blocks(text))
    (passages,) = dossier.article.parsed([(text, *read)])
    scene = Scene(Article(text).text, made.quotes, made.mentions, made.actors)
    return [Here(passage, scene) for passage in passages], scene


def found(text):
    heres, scene = scene_of(text)
    return [
        (c.kind, here.passage.doc[c.head].text, scene.actors.get(c.holder, {}).get("name"))
        for here in heres
        for c in stances.candidates(here)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The plan is wrong and we will stop it,” Ann Lee said in Ayr.", [("said", "is", "Ann Lee")]),
        (
            "“The plan is wrong. It must go,” Ann Lee said in Ayr.",
            [("said", "is", "Ann Lee"), ("said", "go", "Ann Lee")],
        ),
        ("Ann Lee condemned the new plan on Monday.", [("told", "condemned", "Ann Lee")]),
        ("The plan has been criticised widely.", [("told", "criticised", None)]),
        ("Ann Lee left, slamming the new plan.", [("told", "slamming", "Ann Lee")]),
        ("Ann Lee wrote. Lee’s letter condemned the new plan.", [("told", "condemned", "Ann Lee")]),
        ("A New York Times article condemned the new plan.", [("told", "condemned", "New York Times")]),
        ("Republicans were incensed that the plan was kept.", [("told", "incensed", "Republicans")]),
        (
            "Ann Lee said that Bob Ray opposed the plan.",
            [("said", "opposed", "Ann Lee"), ("reported", "opposed", "Bob Ray")],
        ),
        ("“The toll was rejected as a disgrace,” Ann Lee said in Ayr.", [("reported", "rejected", None)]),
        ("“The toll should be rejected,” Ann Lee said in Ayr.", [("said", "rejected", "Ann Lee")]),
        ("“The toll was rejected by us as a disgrace,” Ann Lee said in Ayr.", [("said", "rejected", "Ann Lee")]),
        ("“We are appalled by the toll,” Ann Lee said in Ayr.", [("said", "appalled", "Ann Lee")]),
    ],
)
def test_candidates(text, expected):
    assert [one for one in expected if one not in found(text)] == []


def test_the_speakers_own_clause_is_no_report():
    assert not [c for c in found("“I reject the plan,” Ann Lee said in Ayr.") if c[0] == "reported"]


def test_what_others_think_is_not_the_speakers_clause():
    assert not [c for c in found("“The toll was rejected as a disgrace,” Ann Lee said in Ayr.") if c[2] == "Ann Lee"]


def test_without_its_file_it_finds_nothing(monkeypatch):
    monkeypatch.setattr(stances, "network", lambda: None)
    heres, scene = scene_of("“The plan is a disgrace,” Ann Lee said in Ayr.")
    assert all(some == [] for some in stances.judged(heres, scene.actors))


def test_another_language_model_has_no_network(monkeypatch):
    stances.network.cache_clear()
    monkeypatch.setitem(language.model().meta, "name", "another")
    assert stances.network() is None
    monkeypatch.undo()
    stances.network.cache_clear()


@pytest.mark.parametrize(
    "text", ["", "?", "“”", "“No.”", "“A” said", "😀 said “yes”", "\x00“a b c” said Ann Lee", "“Yes, yes.” " * 50]
)
def test_odd_texts(text):
    heres, scene = scene_of(text)
    for some in stances.judged(heres, scene.actors):
        for _, _, shares in some:
            assert np.isclose(shares.sum(), 1, atol=1e-5) and (shares >= 0).all()


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("“This minister is a liar, and his plan is a shameful disaster,” Senator Ann Lee said on Monday.", "oppose"),
        (
            "“Bob Ray has shown wonderful courage, and we are proud to stand with him,” Senator Ann Lee said on Monday.",
            "support",
        ),
    ],
)
def test_plain_cases(text, position):
    rows = onrecord.analyse(text).statements
    assert set(rows.position[rows.holder == "Ann Lee"]) == {position}


def test_evidence_ends_before_the_word_that_joins_it_to_more():
    text = (
        "“This toll is a shameful disgrace, and it will hurt the families of the town,” Senator Ann Lee said on Monday."
    )
    rows = onrecord.analyse(text).statements
    assert len(rows) and not any(words.endswith((" and", ",")) or words.startswith("and ") for words in rows.text)


def test_a_speakers_view_of_others_is_no_view_of_theirs_without_a_word_that_shows_one():
    text = "“Bob Ray has walked to the market with his dog,” Ann Lee said in Ayr."
    heres, _ = scene_of(text)
    assert not [c for here in heres for c in stances.candidates(here) if c.kind == "reported"]
    assert [c for here in heres for c in stances.candidates(here, rare=True) if c.kind == "reported"]


def test_facts_are_no_stances():
    text = "“The train left at nine with forty passengers,” Ann Lee said on Monday. “It was on its way to Perth.”"
    assert onrecord.analyse(text).statements.empty


@pytest.mark.parametrize(
    ("sentence", "word", "expected"),
    [
        ("She gave a brilliant speech.", "brilliant", 1),
        ("The speech was not brilliant.", "brilliant", -1),
        ("He is a liar.", "liar", -1),
        ("The train left at nine.", "train", 0),
        ("He does not have the temperament.", "temperament", -1),
    ],
)
def test_tone_of_words(sentence, word, expected):
    (doc,) = language.parse([(sentence, ())])
    assert lexicon.tone(next(t for t in doc if t.text == word)) == expected


def test_a_preposition_makes_a_word_a_stance():
    (doc,) = language.parse([("Ann Lee railed against the toll.", ())])
    assert "attitude-" in stances._signed(doc[2])


def test_other_clauses_of_the_holder_count():
    text = "“The toll is a disgrace. It is a shameful plan. The bridge is long,” Ann Lee said in Ayr. Bob Ray said the bridge was long."
    heres, _ = scene_of(text)
    placed = [(c, here) for here in heres for c in stances.candidates(here)]
    shares = np.array([[0.1, 0.1, 0.8] if c.holder == "ann-lee" else [0.8, 0.1, 0.1] for c, _ in placed])
    rows = stances.around(placed, shares)
    assert rows.shape == (len(placed), len(stances.AROUND))
    supports = rows[:, stances.AROUND.index("holder supports")]
    mine = np.array([c.holder == "ann-lee" for c, _ in placed])
    assert mine.any() and not mine.all() and (supports[mine] < -0.3).all() and (supports[~mine] > -0.1).all()
    first = next(nth for nth, (c, _) in enumerate(placed) if c.kind == "said" and mine[nth])
    assert list(rows[first, [stances.AROUND.index("before"), stances.AROUND.index("behind")]]) == [0, 1]


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("Bob Ray was unable to praise the toll.", "Bob Ray"),
        ("Bob Ray stopped short of condemning the toll.", "Bob Ray"),
        ("Bob Ray declined to comment on the toll.", "Bob Ray"),
        ("Bob Ray refused to rule out a higher toll.", "Bob Ray"),
        ("Bob Ray avoids condemning the toll.", "Bob Ray"),
        ("Bob Ray has faced sharp criticism for the toll.", "Bob Ray"),
        ("Bob Ray has ruled himself out of the race.", "Bob Ray"),
        ("More than ten changes have been proposed to the bill.", None),
        ("Bob Ray has not yet decided whether to back the toll.", "Bob Ray"),
        ("Bob Ray neither loves nor hates the toll.", "Bob Ray"),
        ("Bob Ray neither backed nor criticised the minister.", "Bob Ray"),
        ("Bob Ray refused to say whether the toll would stay.", "Bob Ray"),
        ("Bob Ray declined to speculate about the toll.", "Bob Ray"),
        ("Bob Ray has declined to take sides on the toll.", "Bob Ray"),
        ("Bob Ray attended a meeting on the toll in Perth on Monday.", "Bob Ray"),
        ("“The toll will bring forty million crowns a year,” Bob Ray said.", "Bob Ray"),
        ("“Rain is going to fall in the north,” Bob Ray said on Monday.", "Bob Ray"),
        ("The toll was introduced in March.", None),
    ],
)
def test_no_stance(text, nobody):
    rows = onrecord.analyse(text).statements
    assert rows.empty or nobody not in set(rows.holder)


def test_what_nobody_is_said_to_think_has_no_holder():
    rows = onrecord.analyse("Ann Lee came to Ayr on Monday. The toll has been condemned as a disgrace.").statements
    assert rows.holder.isna().all()


def test_a_view_that_another_reports_is_marked_as_reported():
    rows = onrecord.analyse("“Bob Ray condemned the toll as a disgrace,” Ann Lee said in Ayr.").statements
    others = rows[rows.holder == "Bob Ray"]
    assert (others.basis == "reported").all() and (others.reported_by == "ann-lee").all()


@pytest.mark.parametrize(
    ("text", "clauses", "expected"),
    [
        ("The minimum wage rose. Ann Lee praised the minimum wage of the town.", ["praised"], ["minimum wage"]),
        ("Ann Lee praised the wage. A wage is paid. The new wage is low.", ["praised"], ["wage"]),
        ("The roll call began. He praised the roll call.", ["praised"], ["roll call"]),
        (
            "A bridge stands. He praised the bridge and its old stones. He hated the bridge and its new lamps.",
            ["praised", "hated"],
            ["bridge", "bridge"],
        ),
        (
            "The ferry stays. He praised the ferry. She hated the toll. The toll is high.",
            ["praised", "hated"],
            ["ferry", "toll"],
        ),
        ("He praised the people and the gates in a year.", ["praised"], ["gate"]),
        ("He praised the senator and the treaty.", ["praised"], ["treaty"]),
        ("He praised the tax law and the officials.", ["praised"], ["tax law"]),
        ("He praised people.", ["praised"], ["people"]),
        ("Zero hours contracts are old. He hates zero hours contracts.", ["hates"], ["zero hours contract"]),
        ("The ferry came late. He opposed the use of the ferry on a day of strikes.", ["opposed"], ["ferry"]),
        ("A charge came. He backed a campaign for the charge amid a row about roads.", ["backed"], ["charge"]),
        ("He urged ministers to fund ferries at the port.", ["urged"], ["ferry"]),
        ("He rejected criticism of the toll.", ["rejected"], ["toll"]),
        ("My party met. A party came. The party left. He hates the street party.", ["hates"], ["street party"]),
        ("He hates the toll. She met the toll. She hates it in winter rain.", ["hates"], ["toll"]),
        ("A toll is made. He condemned the toll as a danger to ferries.", ["condemned"], ["toll"]),
        ("He praised Ann Lee.", ["praised"], [None]),
    ],
)
def test_key_phrases(text, clauses, expected):
    doc = next(language.parse([(text, ())]))
    nouns = topics.Nouns([doc])
    verbs = [next(token for token in doc if token.text == word) for word in clauses]
    around = [nouns.around(verb, frozenset(t.i for t in verb.subtree), set()) for verb in verbs]
    some = [one for one in around if one.clause or one.vague]
    about = iter(nouns.topics(some))
    assert [nouns.phrase(next(about), [one]) if one in some else None for one in around] == expected


def test_nouns_that_clauses_share_are_proposed_first():
    things = ["bridge", "ferry", "harbour", "tunnel", "library", "museum", "theatre", "stadium"]
    text = " ".join(f"The {thing} is old. He hated the {thing}." for thing in things)
    doc = next(language.parse([(text, ())]))
    nouns = topics.Nouns([doc])
    sentences = [frozenset(range(sent.start, sent.end)) for sent in doc.sents]
    chosen = nouns.topics([nouns.around(doc[min(one) : max(one) + 1].root, one, set()) for one in sentences])
    assert set(chosen) == set(things)  # each is all that its sentence speaks of
    joined = [frozenset(range(2 * i)) for i in range(1, 9)]
    assert len(set(nouns.topics([nouns.around(doc[0], one, set()) for one in joined]))) == 1


def test_proposed_issues_are_marked():
    from onrecord import codebook

    book = topics.with_proposed(codebook.load("politics"), ["measure", "proposed-minimum-wage"])
    row = book.issues.iloc[-1]
    assert (row.issue, row.title) == ("proposed-minimum-wage", "Minimum wage (proposed)") and "nobody" in row.definition
    assert topics.is_proposed(row.issue) and len(book.issues) == len(codebook.load("politics").issues) + 1


def test_a_review_takes_proposed_issues_along(tmp_path):
    """What was kept reads as what was made."""
    (tmp_path / "toll.txt").write_text(
        "Senator Ann Lee condemned the bridge toll as a disgrace on Monday.", encoding="utf-8"
    )
    drafted = onrecord.load(tmp_path / "toll.txt")
    assert drafted.codebook.issues.issue.map(topics.is_proposed).any()
    head = '[review]\nby = "coder A"\non = 2026-01-02\ncomplete = ["statements"]\n'
    (tmp_path / "toll.review.toml").write_text(head, encoding="utf-8")
    made, kept = onrecord.load(tmp_path / "toll.txt"), onrecord.load(tmp_path / "toll.txt")
    assert made.statements.empty and not made.codebook.issues.issue.map(topics.is_proposed).any()
    assert made.codebook.issues.equals(kept.codebook.issues)


def test_every_issue_of_a_dossier_is_in_its_codebook(shipped):
    assert set(shipped.statements.issue) <= set(shipped.codebook.issues.issue)


TO_END = [  # what is demanded; whether something is to go or end
    ("Ann Lee urged Bob Ray to drop out of the race.", True),
    ("Ann Lee demanded that Bob Ray resign.", True),
    ("Ann Lee called for an end to arms sales.", True),
    ("Ann Lee called on the minister to quit.", True),
    ("Ann Lee called for the ban to be lifted.", True),
    ("“The minister should go,” said Ann Lee.", True),
    ("“The agency should be abolished,” said Ann Lee.", True),
    ("“The minister should go to court,” said Ann Lee.", False),
    ("“The minister should not resign,” said Ann Lee.", False),
    ("Ann Lee urged Bob Ray to stay in the race.", False),
    ("Ann Lee opposed an end to arms sales.", False),
    ("Ann Lee refused to halt the work on the toll.", False),
    ("Ann Lee wants the rules scrapped.", True),
    ("“We need this government to go,” said Ann Lee.", True),
    ("Ann Lee’s pledge to scrap the tax was heard in Ayr.", True),
    ("Ann Lee has campaigned for Bob Ray since she suspended her own campaign.", False),
    ("Ann Lee backed a campaign to end the use of cages.", True),
    ("“Cages are cruel and should be banned,” said Ann Lee.", True),
    ("Ann Lee demanded a report on the closure of the ferry.", False),
]
POSITIONS = [  # what is said; the position on what it is about
    ("Ann Lee has called for the legislation to be scrapped.", "oppose"),
    ("Ann Lee backed an attempt to overturn the ban on tolls.", "oppose"),
    ("Ann Lee backed Bob Ray to succeed the mayor.", "support"),
    ("Ann Lee protested that the gun bill would ruin farmers.", "oppose"),
    ("Ann Lee started a campaign to support the congestion charge.", "support"),
    ("“The bill is too long,” said Ann Lee.", "oppose"),
    ("“We must do more to lower the toll rate,” said Ann Lee.", "oppose"),
    ("“We need a leader to deal with the cost crisis,” said Ann Lee.", "oppose"),
    ("Ministers must act with speed to tackle poverty, said Ann Lee.", "oppose"),
    ("“This legislation is too important to lose,” said Ann Lee.", "support"),
]


@pytest.mark.parametrize(("text", "position"), POSITIONS)
def test_the_position_is_one_on_what_the_statement_is_about(text, position):
    made = onrecord.analyse(f"{text} She spoke in Leeds on Monday.").statements
    assert list(made.position) == [position]


@pytest.mark.parametrize(("text", "ends"), TO_END)
def test_who_wants_something_to_end_opposes_it(text, ends):
    heres, _ = scene_of(text)
    assert any(stances.on_end(c, here) < 0 for here in heres for c in stances.candidates(here)) == ends


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("Ann Lee agreed that the gun bill would raise prices on the coast.", []),
        ("Ann Lee agreed that the gun bill was a disgrace.", ["oppose"]),
        ("Ann Lee protested that the gun bill would ruin farmers.", ["oppose"]),
        ("Ann Lee insisted that the gun bill be repealed.", ["oppose"]),
    ],
)
def test_what_somebody_agrees_or_insists_is_so(text, positions):
    assert list(onrecord.analyse(f"{text} She spoke in Leeds on Monday.").statements.position) == positions


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("Ann Lee urged the Home Office to use other hotels and to pay for them.", "unclear"),
        ("“Donald Trump should apologise to the victims,” said Ann Lee.", "unclear"),
        ("Ann Lee urged Donald Trump to run for president.", "support"),
        ("Ann Lee has campaigned for Donald Trump since he suspended his own campaign.", "support"),
    ],
)
def test_who_asks_somebody_to_act_is_not_for_him(text, position):
    rows = onrecord.analyse(f"{text} She spoke in Leeds on Monday.").statements
    assert list(rows.position[rows.holder == "Ann Lee"]) == [position]


def test_who_refuses_to_end_something_supports_it():
    rows = onrecord.analyse("Ann Lee refused to halt the work on the toll. She spoke in Leeds on Monday.").statements
    assert list(rows.position) == ["support"] and list(rows.holder) == ["Ann Lee"]


def test_what_somebody_is_accused_of_is_his_own_stance_as_the_accuser_reports_it():
    rows = onrecord.analyse("Ann Lee accused Bob Ray of opposing the gun bill. They met in Leeds on Monday.").statements
    told = rows[rows.holder == "Bob Ray"]
    assert list(zip(told.position, told.basis, told.reported_by)) == [("oppose", "reported", "ann-lee")]


@pytest.mark.parametrize(
    ("text", "issue", "position"),
    [
        ("Ann Lee signed a petition for higher taxes on the rich.", "economy", "support"),  # whose lemma is not "taxis"
        ("Ann Lee has abandoned her campaign for higher taxes on the rich.", "economy", "unclear"),
        ("Ann Lee has called off her campaign for higher taxes on the rich.", "economy", "unclear"),
        ("Ann Lee joined a protest against the gun bill.", "measure", "oppose"),
    ],
)
def test_what_somebody_campaigns_for(text, issue, position):
    (row,) = onrecord.analyse(f"{text} The crowd met in Leeds on Monday.").statements.itertuples()
    assert (row.issue, row.position, row.holder) == (issue, position, "Ann Lee")


@pytest.mark.parametrize(
    ("text", "holders"),
    [
        ("Ann Lee said Bob Ray and Tom Hill are backing an attempt to scrap the gun bill.", ["Bob Ray", "Tom Hill"]),
        ("Ann Lee said she was backing an attempt to scrap the gun bill.", ["Ann Lee"]),
        ("The gun bill was backed by Bob Ray.", ["Bob Ray"]),
        ("“My gun bill has found support from Bob Ray,” said Ann Lee.", ["Bob Ray"]),
        ("“My gun bill has met opposition,” said Ann Lee.", []),
    ],
)
def test_what_a_speaker_tells_of_others_is_theirs(text, holders):
    made = onrecord.analyse(f"{text} They met in Leeds on Monday.").statements
    assert list(made.holder) == holders


def test_what_a_statement_is_aimed_at_is_no_joint_holder():
    made = onrecord.analyse("The plan was backed by Ann Lee and Westminster City Council on Monday.").statements
    assert made.target_id.isna().all() and made.text.str.startswith("The plan").all() and len(made) == 2


def test_a_call_to_resign_is_no_support():
    (row,) = onrecord.analyse(
        "Senator Ann Lee urged Donald Trump to drop out of the race on Monday."
    ).statements.itertuples()
    assert (row.holder, row.target_id, row.position, row.demanded) == ("Ann Lee", "donald-trump", "oppose", True)


@pytest.mark.parametrize(
    ("text", "about", "position"),
    [
        ("Bob Ray was urged by Ann Lee to resign.", "Ray", -1),
        ("Ann Lee said an inquiry was required.", "inquiry", 1),
        ("Ann Lee urged ministers to end the toll.", "toll", -1),
        ("Ann Lee urged ministers to end the toll.", "ministers", 0),
    ],
)
def test_what_is_to_end_is_told_word_by_word(text, about, position):
    heres, _ = scene_of(text)
    (here,) = heres
    word = next(token for token in here.passage.doc if token.text == about)
    assert {stances.on_end(c, here, word) for c in stances.candidates(here)} - {0} == {position} - {0}
