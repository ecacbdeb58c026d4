"""Quotation marks: what stands in them, however badly they are set."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.marks import marked

CASES = [
    ("“We will stay,” said Ann. “Yes.”", ["We will stay,", "Yes."]),
    ('"We will stay," said Ann.', ["We will stay,"]),
    ('He said "a" and "b', ["a", "b"]),
    ("“One. Some left, which I regret, ‘ she told us.", ["One. Some left, which I regret,"]),
    ("“Open and never closed", ["Open and never closed"]),
    ("“A first. “A second,” he said", ["A first.", "A second,"]),
    ("“The vote is over, said Ann Lee. “We lost.”", ["The vote is over,", "We lost."]),
    ("“The vote is over, said the mayor of Ayr.", ["The vote is over,"]),
    ("“The vote is over, she told the BBC. She left.", ["The vote is over,"]),
    ("“Is the vote over? Ann Lee asked.", ["Is the vote over?"]),
    ("“The vote is over, the mayor of Ayr said. She left.", ["The vote is over,"]),
    ("“I left. She said Bob Ray was ill. I stayed.", ["I left. She said Bob Ray was ill. I stayed."]),
    ('for schools," For example, x". End', ["For example, x"]),
    ("”wrong” she said", ["wrong"]),
    ("A general in 'quasi-state of war' spoke", ["quasi-state of war"]),
    ("‘I don’t think the allies’ view matters,’ he said.", ["I don’t think the allies’ view matters,"]),
    ("'We will stay,' said Ann. 'tis true. It's late", ["We will stay,"]),
    ("“Western ‘Talking to All’ has never worked.”", ["Western ‘Talking to All’ has never worked."]),
    ("The allies' view and the boys' games.", []),
    ("rock 'n' roll", []),
    ('a 6" pipe', []),
    ("“ ” “”", []),
    ("«Oui», he said. „Ja“", ["Oui", "Ja"]),
    ("''We will stay,'' said Ann. ''It's late.''", ["We will stay,", "It's late."]),
    ("''Only the 'old way,''' said Ann. ''Yes.''", ["Only the 'old way,'", "Yes."]),
    ("``We will stay,'' said Ann.", ["We will stay,"]),
    ("‘‘We will stay,’’ said Ann.", ["We will stay,"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_marked(text, expected):
    assert [text[s.start : s.end] for s in marked(text)] == expected


def test_unclosed_is_told():
    assert [s.closed for s in marked("“A,” he said. “B")] == [True, False]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab ,.!“”\"'‘’«»\n„", max_size=60))
def test_any_text(text):
    found = marked(text)
    assert all(0 <= s.outer_start <= s.start < s.end <= s.outer_end <= len(text) for s in found)
    assert all(a.outer_end <= b.outer_start for a, b in itertools.pairwise(found))
