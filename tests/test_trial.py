"""Codebooks on trial: what is told of one that somebody wrote for a topic of their own."""

import pytest

from onrecord import cli, trial

GOOD = """
id = "bridges"
title = "Bridges"
[[issue]]
id = "toll"
title = "The bridge toll"
definition = "Whether crossing the bridge is to cost money."
supports = "A toll is wanted or defended."
opposes = "A toll is rejected."
excludes = "Whether the bridge is built."
cues = ["bridge toll", "toll & bridge"]
examples = [
  { sentence = "Canada welcomed the bridge toll.", holder = "Canada", position = "support" },
  { sentence = "Norway rejected the bridge toll.", holder = "Norway", position = "oppose" },
]
counter_examples = ["The bridge toll is four dollars.", "Ministers discussed the bridge toll on Monday."]
"""


@pytest.fixture
def told(tmp_path):
    def make(content):
        path = tmp_path / "bridges.toml"
        path.write_text(content, encoding="utf-8")
        return trial.complaints(path)

    return make


def test_nothing_to_say(told):
    assert told(GOOD) == []


@pytest.mark.parametrize("name", ["european-security", "politics"])
def test_the_shipped_codebooks_read_their_examples(name):
    from onrecord import data

    assert trial.complaints(data.folder() / "codebooks" / f"{name}.toml") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("welcomed the bridge toll", "saw the bridge toll", "a cue is met, but the machine sees no stance on it"),
        ("Canada welcomed the bridge toll", "Canada welcomed the tunnel", "no cue of the issue is met"),
        ('"Canada", position', '"Ottawa", position', "`holder` should be 'Ottawa'; found is Canada"),
        ('"Canada", position', '"Canada", target = "Norway", position', "`target` should be 'Norway'; found is nobody"),
        ('"Canada", position', '"Canada", reported_by = "Norway", position', "`reported_by` should be 'Norway'; found"),
        ('holder = "Canada"', "holder = 3", "an example: `holder` is no text"),
        ('"Norway", position = "oppose"', '"Norway", position = "support"', "the position should be 'support'"),
        (
            "The bridge toll is four",
            "Norway opposes the bridge toll of four",
            "should give no statement; found is oppose",
        ),
        ('"The bridge toll is four dollars.", ', "", "has 1 `counter_examples`: give at least 2"),
        ('position = "oppose"', 'position = "neutral"', "has no example for 'oppose'"),
        ('title = "The bridge toll"', "", "issue 'toll' has no `title`"),
        ('excludes = "Whether the bridge is built."', "", "issue 'toll' has no `excludes`: say what does not count"),
        ('cues = ["bridge toll"', 'cues = ["{crossing}"', "group {crossing}"),
        ("[[issue]]", "[issue]", "write [[issue]] before each"),
        (
            'cues = ["bridge toll", "toll & bridge"]',
            'cues = "toll"',
            "issue 'toll': `cues` is no list of texts: write it in square",
        ),
        ('cues = ["bridge toll", "toll & bridge"]', "cues = 3", "issue 'toll': `cues` is no list of texts"),
        ('cues = ["bridge toll", "toll & bridge"]', "cues = [3]", "issue 'toll': `cues` is no list of texts"),
        ('title = "The bridge toll"', "title = 3", "issue 'toll': `title` is no text: write it in quotation marks"),
        ('title = "Bridges"', 'title = "Bridges"\nseting = ["toll"]', "the file has an unknown field 'seting'"),
        ('title = "Bridges"', 'title = "Bridges"\ngroups = { nato = "nato" }', "group `nato` is no list of texts"),
        ('title = "Bridges"', 'title = "Bridges"\ngroups = 3', "`groups` is no table"),
        ('holder = "Canada"', 'holders = "Canada"', "has an example with an unknown field 'holders'"),
        ("counter_examples = [", "counter_examples = [3, ", "`counter_examples` is no list of texts"),
    ],
)
def test_one_complaint(told, old, new, said):
    assert old in GOOD
    assert any(said in line for line in told(GOOD.replace(old, new)))


def test_all_faults_of_form_at_once(told):
    assert (
        len(told(GOOD.replace('title = "The bridge toll"', "colour = 1").replace('"bridge toll", ', '"{who}", '))) == 3
    )


def test_a_cue_of_two_issues(told):
    twice = GOOD + GOOD[GOOD.index("[[issue]]") :].replace('"toll"', '"fee"')
    assert any("issues 'fee' and 'toll' share a cue" in line for line in told(twice))


def test_the_command(tmp_path, capsys):
    path = tmp_path / "bridges.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert cli.main(["codebook", str(path)]) == 0
    assert "1 issues; all 4 examples" in capsys.readouterr().out
    path.write_text(GOOD.replace("welcomed", "saw"), encoding="utf-8")
    assert cli.main(["codebook", str(path)]) == 1
    assert "1 to mend" in capsys.readouterr().out
    path.write_text("id = ", encoding="utf-8")
    assert cli.main(["codebook", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
