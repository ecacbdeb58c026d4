"""Statements: the codebooks' own examples, and the rules one by one."""

import functools
import re

import pandas as pd
import pytest

from onrecord import codebook, language, schema, statements
from onrecord.article import Article, slugify
from onrecord.language import Passage
from onrecord.marks import marked

MADE = {"rule": "test", "confidence": 1.0, "source": "machine", "reviewed": False}


@functools.cache
def parsed(text):
    return next(language.parse([(text, ())]))


def named(text):
    """Where names stand, as the parser sees them."""
    doc = parsed(text)
    found = {}
    for entity in doc.ents:
        if entity.label_ in ("PERSON", "ORG", "GPE", "NORP") and entity.root.pos_ in ("PROPN", "NOUN"):
            name = re.sub(r"^the ", "", entity.text, flags=re.IGNORECASE)
            found[entity.end_char - len(name), entity.end_char] = name
    return found


def mention(text, name, start, end, form):
    about = {
        "mention_id": f"m-{start}",
        "actor_id": slugify(name),
        "block_id": "b-1",
        "start": start,
        "end": end,
        "text": text[start:end],
    }
    return about | {"form": form} | MADE


def dossier(text):
    """One paragraph's passages, quotations, mentions and actors, made by a few simple rules instead of the real modules."""
    doc = parsed(text)
    where = named(text)
    for m in re.finditer(r"(?<=” )([A-Z]\w+ [A-Z]\w+)(?= \w+)|^([A-Z]\w+ [A-Z]\w+)(?= (?:said|deplored))", text):
        where[m.span()] = m.group()
    actors = [
        {
            "actor_id": slugify(n),
            "name": n,
            "printed": n,
            "kind": "person" if n.startswith(("Anna", "Ivan")) else "state",
            "mentions": 1,
            "quotes": 0,
            "words": 0,
        }
        | MADE
        for n in dict.fromkeys(where.values())
    ]
    mentions = [mention(text, n, s, e, "name") for (s, e), n in where.items()]
    quotes = []
    said = re.search(r"([A-Z]\w+(?: [A-Z]\w+)?) (said)\b", text)
    if said:
        spans, kind = [(m.start, m.end) for m in marked(text)], "direct"
        if not spans:
            rest = re.match(r"(?: that)? ", text[said.end() :])
            spans, kind = [(said.end() + (rest.end() if rest else 0), len(text) - 1)], "indirect"
        quotes.append(
            {
                "quote_id": "q-1",
                "block_id": "b-1",
                "kind": kind,
                "speech": "speech",
                "start": spans[0][0],
                "end": spans[-1][1],
                "spans": tuple(spans),
                "text": " … ".join(text[s:e] for s, e in spans),
                "speaker_id": slugify(said.group(1)),
                "speaker": said.group(1),
                "cue": "said",
                "cue_start": said.start(2),
                "cue_end": said.end(2),
                "words": 1,
            }
            | MADE
        )
        mentions += [mention(text, said.group(1), *m.span(), "pronoun") for m in re.finditer(r"\b(?:he|she)\b", text)]
    frames = schema.frame("quotes", quotes), schema.frame("mentions", mentions), schema.frame("actors", actors)
    return Article(text), [Passage("b-1", "paragraph", 0, doc)], *frames


def drafted(text, book):
    return statements.draft(*dossier(text), book)


def examples():
    for name in ("european-security", "politics"):
        for row in codebook.load(name).examples.itertuples():
            yield pytest.param(name, row, id=f"{row.issue}: {row.sentence[:60]}")


@pytest.mark.parametrize(("name", "example"), list(examples()))
def test_examples_of_the_codebooks(name, example):
    found = drafted(example.sentence, codebook.load(name))
    found = found[found.issue == example.issue]
    if pd.isna(example.position):
        assert found.empty
    else:
        assert set(found.position) == {example.position}
        assert example.holder in set(found.holder) if pd.notna(example.holder) else found.holder.isna().all()


def only(text):
    found = drafted(text, codebook.load("european-security"))
    assert len(found) == 1, found[["holder", "issue", "position", "rule", "text"]]
    return found.iloc[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Russia wants the alliance to bar Moldova from joining NATO.",
            {"basis": "narrator", "demanded": True, "holder": "Russia"},
        ),
        (
            "“NATO must keep its door open to Georgia,” Anna Berg said.",
            {"basis": "direct", "demanded": True, "text": "NATO must keep its door open to Georgia", "quote_id": "q-1"},
        ),
        (
            "Anna Berg said that NATO should keep its door open to Georgia.",
            {"basis": "indirect", "holder": "Anna Berg"},
        ),
        (
            "Moscow rejected accusations by Kiev that it planned an invasion of Ukraine.",
            {"holder": "Kiev", "position": "support", "issue": "de-escalation", "rule": "accusation"},
        ),
        (
            "Hungary has pursued a policy of talks with Russia.",
            {"holder": "Hungary", "position": "support", "issue": "dialogue", "basis": "narrator"},
        ),
        (
            "“Moscow has launched a disinformation campaign across Europe,” Anna Berg said.",
            {"holder": "Anna Berg", "position": "support", "issue": "hybrid-threats", "target_id": "moscow"},
        ),
        (
            "Ivan Petrov said that Russia wanted the neutrality of Ukraine.",
            {"basis": "reported", "holder": "Russia", "reported_by": "ivan-petrov"},
        ),
        ("“NATO enlargement might be a mistake,” Anna Berg said.", {"hedged": True, "position": "oppose"}),
        ("“Moscow must not get a veto over NATO,” Anna Berg said.", {"negated": True, "position": "support"}),
        (
            "“If Russia attacks, we will back the enlargement of NATO,” Anna Berg said.",
            {"hypothetical": True, "position": "support"},
        ),
        (
            "“Russia does not want dialogue,” Anna Berg said.",
            {"holder": "Russia", "position": "oppose", "negated": True, "basis": "reported"},
        ),
        ("The Kremlin's demands were slammed by NATO as absurd.", {"holder": "NATO", "position": "oppose"}),
        ("“Russia did not reject talks,” Anna Berg said.", {"holder": "Russia", "position": "unclear"}),
        ("Norway takes no position on the enlargement of NATO.", {"holder": "Norway", "position": "neutral"}),
        ("Norway is neutral on the enlargement of NATO.", {"holder": "Norway", "position": "neutral"}),
        (
            "“We are neutral on the enlargement of NATO,” Anna Berg said.",
            {"holder": "Anna Berg", "position": "neutral", "rule": "abstention"},
        ),
        (
            "Anna Berg said that Norway was undecided about the enlargement of NATO.",
            {"holder": "Norway", "position": "neutral", "reported_by": "anna-berg"},
        ),
        ("Norway abstained on the enlargement of NATO.", {"holder": "Norway", "position": "neutral"}),
        (
            "Norway neither supports nor opposes the enlargement of NATO.",
            {"holder": "Norway", "position": "neutral", "rule": "abstention"},
        ),
        ("Norway no longer supports the enlargement of NATO.", {"holder": "Norway", "position": "oppose"}),
        ("Norway, an opponent of NATO enlargement, met Russia.", {"holder": "Norway", "position": "oppose"}),
        ("Norway refused to condemn the enlargement of NATO.", {"holder": "Norway", "position": "unclear"}),
        ("“We will remain neutral on the enlargement of NATO,” Anna Berg said.", {"position": "neutral"}),
        ("“We must remain neutral on the enlargement of NATO,” Anna Berg said.", {"position": "neutral"}),
        ("“We want no dialogue but arms control,” Anna Berg said.", None),
    ],
)
def test_basis_and_flags(text, expected):
    if expected is None:
        found = drafted(text, codebook.load("european-security"))
        assert set(zip(found.issue, found.position, strict=True)) <= {
            ("dialogue", "oppose"),
            ("dialogue", "unclear"),
            ("arms-control", "support"),
        }
        return
    row = only(text)
    assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("text", "holders"),
    [
        ("Canada has a policy of turning away boats of migrants which Norway has condemned.", {"Norway"}),
        (
            "Canada kept a policy of turning away boats of migrants which, according to Reuters, Sweden and Norway have both criticised.",
            {"Sweden", "Norway"},
        ),
        ("Canada has a policy of turning away boats of migrants which Norway has described.", set()),
    ],
)
def test_a_relative_clause_about_what_somebody_does(text, holders):
    found = drafted(text, codebook.load("politics"))
    assert set(found.holder[(found.issue == "aid") & (found.rule == "attitude")]) - {"Canada"} == holders
    assert set(found.position[found.holder.isin(holders)]) <= {"support"}


@pytest.mark.parametrize(
    "text",
    [
        "Will NATO accept Russia's demands?",  # a question
        "“Russia will refuse dialogue,” Anna Berg said.",  # a prediction about somebody else
        "Russia and NATO attended talks in Vienna.",
        "“If Russia refused talks, nobody would be surprised,” Anna Berg said.",
        "Russia denied that it wanted the neutrality of Ukraine.",
        "“The talks were long,” Anna Berg said.",
        "NATO enlargement is a mistake.",  # the narrator's own judgement
        "Norway is not neutral on the enlargement of NATO.",  # which side it is on isn't said
        "Norway has a position on the enlargement of NATO.",
    ],
)
def test_silent(text):
    assert drafted(text, codebook.load("european-security")).empty


def test_an_envoys_view_of_his_own_side_is_his_own():
    text = "“Russia wants dialogue,” Ivan Petrov said."
    article, passages, quotes, mentions, actors = dossier(text)
    actors.loc[actors.actor_id == "ivan-petrov", "affiliation_id"] = "russia"
    found = statements.draft(article, passages, quotes, mentions, actors, codebook.load("european-security"))
    assert list(found.holder) == ["Ivan Petrov"] and list(found.basis) == ["direct"]


def test_the_table_keeps_its_contract():
    text = "“We must counter disinformation and refuse Russia's demands,” Anna Berg said."
    article, passages, quotes, mentions, actors = dossier(text)
    found = statements.draft(article, passages, quotes, mentions, actors, codebook.load("european-security"))
    assert list(found.columns) == [field.name for field in schema.TABLES["statements"]]
    assert found.statement_id.is_unique and (found.issue.value_counts() == 1).all()
    assert all(text[row.start : row.end] == row.text for row in found.itertuples())
    assert found.equals(
        statements.draft(article, passages, quotes, mentions, actors, codebook.load("european-security"))
    )


def test_nothing_to_read():
    empty = [schema.frame(table) for table in ("quotes", "mentions", "actors")]
    assert statements.draft(Article(""), [], *empty, codebook.load("politics")).empty
