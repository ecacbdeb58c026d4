"""Signatures: a table of texts with the words that a careful coder gives to whoever signed them, and those that a name below does not make somebody's words."""

import pandas as pd
import pytest

import onrecord

TOLD = "The council met on Monday to debate the bypass. Residents filled the hall."

# text; rows: quoted words (spans joined by " … "), speaker, cue
SIGNED = [
    (f"{TOLD}\n\n“We will lose the wood.”\n\n— Ann Lee", [("We will lose the wood.", "Ann Lee", "—")]),
    (
        f"{TOLD}\n\n“We will lose the wood.”\n— Ann Lee, resident of Ayr\n\n{TOLD}",
        [("We will lose the wood.", "Ann Lee", "—")],
    ),
    (
        f'{TOLD}\n\n"We will lose the wood."\n\n-Ann Lee, tweeting after the vote.',
        [("We will lose the wood.", "Ann Lee", "-")],
    ),
    (f"{TOLD}\n\n“We will lose the wood.”― Viola von Cramon", [("We will lose the wood.", "Viola von Cramon", "―")]),
    (f'{TOLD}\n\n"We will lose the wood." - Ann Lee MP', [("We will lose the wood.", "Ann Lee", "-")]),
    (
        f"{TOLD}\n\n“We will lose the wood.”\n\nAnn Lee, Ayr Chamber of Commerce\n\n{TOLD}",
        [("We will lose the wood.", "Ann Lee", None)],
    ),
    (  # a post, without marks; the handle says who
        f"{TOLD}\n\nThis is a shameful attack on the poor.\n\n— Ann Lee (@annlee) May 3, 2024\n\n{TOLD}",
        [("This is a shameful attack on the poor.", "Ann Lee", "—")],
    ),
    (
        f"{TOLD}\n\nThis is a shameful attack on the poor. — Ann Lee (@annlee) May 3, 2024\n\n{TOLD}",
        [("This is a shameful attack on the poor.", "Ann Lee", "—")],
    ),
    (  # posts below one another
        f"{TOLD}\n\nThe vote is on Friday.\n\nGive her a break.\n\n@fred_9\n\nNot in my town.\n\n@may.\n",
        [("Give her a break.", "@fred_9", None), ("Not in my town.", "@may", None)],
    ),
    (  # letters: all paragraphs above a name, the place below it left out
        "LETTERS\n\nThe bypass is a disgrace. I will not vote for it.\n\nOur wood should stay.\n\nAnn Lee\n\nAyr, Scotland.\n\n"
        "I welcome the bypass.\n\nJo Ray, Upper Weston\n",
        [
            ("The bypass is a disgrace. I will not vote for it. … Our wood should stay.", "Ann Lee", None),
            ("I welcome the bypass.", "Jo Ray", None),
        ],
    ),
    (
        'Fans were glad. "Finally somebody does the right thing," wrote @taxwatcher.',
        [("Finally somebody does the right thing,", "@taxwatcher", "wrote")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), SIGNED)
def test_words_belong_to_who_signed_them(text, expected):
    quotes = onrecord.analyse(text).quotes
    rows = [(row.text, row.speaker, None if pd.isna(row.cue) else row.cue) for row in quotes.itertuples()]
    assert [row for row in rows if row[0] != "the bypass"] == expected


UNSIGNED = [
    f"{TOLD}\n\n— Ann Lee",  # the reporter
    f"{TOLD} - Reuters",
    f"{TOLD}\n\n“We will lose the wood,” Jo Ray said. “It is a pity.”\n\n“Nobody has asked us.”\n\nAnn Lee, Ayr",
    f"{TOLD}\n\n@potus\n\n{TOLD}",  # one handle alone is a heading
    "People on board\n\nFacebook.\n\nThese were their names:\n\nAnn Lee\n\nLee was a doctor in Ayr.\n\nJo Ray\n\nRay had two children.",  # over what is told of them
    "LETTERS\n\nThe council met on Monday in the old hall of Ayr.\n\nSPORT\n\nThe match ended in a draw in the last minute.\n\nAnn Lee",
]


@pytest.mark.parametrize("text", UNSIGNED)
def test_a_name_below_is_not_always_a_signature(text):
    assert "signed" not in set(onrecord.analyse(text).quotes.rule)
