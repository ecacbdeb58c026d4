"""The matrix of holders by issue and its evidence: what stands in them, and that their links lead to each other."""

import lxml.html
import pandas as pd
import pytest

import onrecord
from onrecord import linked
from onrecord.schema import frame

MADE = {"rule": "hand", "confidence": 0.9, "source": "machine", "reviewed": False}
FLAGS = dict.fromkeys(("hedged", "negated", "hypothetical", "demanded"), False)
ISSUES = pd.DataFrame({"issue": ["talks", "law"], "title": ["Talks & <i>trade</i>", "The law"]})
PEOPLE = frame("actors", [MADE | {"actor_id": "bob", "name": "Bob", "printed": "Bob", "kind": "person"}])


def statements(*rows, **more):
    """`statements("ann talks support")`; `-` is a missing holder."""
    made = []
    for number, (holder, issue, position) in enumerate(row.split() for row in rows):
        place = {"statement_id": f"s-{number}", "start": number, "end": number + 1, "text": f"<b>words</b> {number}"}
        who = {"holder_id": None, "holder": None} if holder == "-" else {"holder_id": holder, "holder": holder.title()}
        made.append(MADE | FLAGS | place | who | {"issue": issue, "position": position, "basis": "direct"} | more)
    return frame("statements", made)


def read(made):
    return lxml.html.fragment_fromstring(made._repr_html_(), create_parent="div")


def cells(made):
    return [[" ".join(cell.text_content().split()) for cell in row] for row in read(made).findall(".//tr")]


HELD = ("ann law support", "- law oppose", "bob talks oppose", "bob talks support", "bob talks oppose", "eve law neutral", "eve law unclear")  # fmt: skip


def test_the_matrix():
    assert cells(linked.matrix(statements(*HELD), ISSUES)) == [
        ["Holder", "Statements", "The law", "Talks & <i>trade</i>"],
        ["Bob", "3", "", "1 ▲ 2 ▼▼"],
        ["Eve", "2", "1 ● 1 ?", ""],
        ["Ann", "1", "1 ▲", ""],
        ["Nobody named", "1", "1 ▼", ""],
    ]


def test_what_another_speaker_reports_has_a_hollow_sign():
    held = statements("ann law support", "ann law oppose", basis="reported", reported_by="bob")
    assert cells(linked.matrix(held, ISSUES))[1] == ["Ann", "2", "1 △ 1 ▽"]
    links = read(linked.matrix(held, ISSUES)).findall(".//a")
    assert [", as another speaker reports:" in link.get("aria-label") for link in links] == [True, True]


def test_plain_letters_say_the_same():
    text = repr(linked.matrix(statements(*HELD), ISSUES, "A caption"))
    assert text.startswith("A caption\n") and "1 ▲ 2 ▼" in text and "Nobody named" in text
    assert "▼ against" in repr(linked.evidence(statements(*HELD), ISSUES, PEOPLE))


def test_the_two_lead_to_each_other():
    held = statements(*HELD)
    matrix, evidence = read(linked.matrix(held, ISSUES)), read(linked.evidence(held, ISSUES, PEOPLE))
    rows = {f"#{name}" for name in matrix.xpath(".//tr/@id")}, {f"#{name}" for name in evidence.xpath(".//tr/@id")}
    assert sorted(matrix.xpath(".//a/@href")) == sorted(rows[1]) and len(rows[1]) == len(held)
    assert set(evidence.xpath(".//a/@href")) == rows[0] | rows[1]
    assert all(linked.ANCHOR.fullmatch(name[1:]) for name in rows[0] | rows[1])


def test_a_sign_is_told_in_words():
    (link,) = read(linked.matrix(statements("ann talks oppose"), ISSUES)).findall(".//a")
    assert link.get("aria-label") == "Ann, against: Talks & <i>trade</i>. “<b>words</b> 0”" == link.get("title")


def test_the_evidence_says_in_whose_words():
    held = statements("ann talks oppose", basis="reported", reported_by="bob", demanded=True, target_id="bob")
    assert cells(linked.evidence(held, ISSUES, PEOPLE)) == [
        ["issue", "holder", "position", "aimed at", "in whose words", "words", "sure"],
        ["Talks & <i>trade</i>", "Ann", "▼ against", "Bob", "reported by Bob, demanded", "<b>words</b> 0", "0.90"],
    ]


def test_an_issue_that_the_codebook_lacks_goes_by_its_id():
    assert cells(linked.matrix(statements("ann sea support"), ISSUES))[0][-1] == "sea"


@pytest.mark.parametrize("make", ["matrix", "evidence"])
def test_nothing_is_a_sentence(make):
    more = [PEOPLE] if make == "evidence" else []
    made = getattr(onrecord, make)(statements(), ISSUES, *more, "Holders <by> issue")
    assert repr(made) == "Holders <by> issue: none." and made._repr_html_() == "<p>Holders &lt;by&gt; issue: none.</p>"


def test_each_statement_of_a_shipped_article_has_its_sign(shipped):
    page = read(linked.matrix(shipped.statements, shipped.codebook.issues))
    found = [name.removeprefix("#row-") for name in page.xpath(".//a/@href")]
    assert sorted(found) == sorted(shipped.statements.statement_id)
