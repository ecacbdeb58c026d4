"""Codebooks: reading, errors, cues, and the choice for an article."""

import pytest

from onrecord import codebook, data
from onrecord.codebook import Words

HEAD = 'id = "x"\ntitle = "X"\n'
ISSUE = '[[issue]]\nid = "a"\ntitle = "A"\ndefinition = "d"\nsupports = "s"\nopposes = "o"\n'


@pytest.mark.parametrize("name", ["european-security", "politics"])
def test_shipped(name):
    book = codebook.load(name)
    assert book.id == name and list(book.issues.columns) == codebook.COLUMNS
    assert 8 <= len(book.issues) <= 12 and not book.issues.drop(columns="excludes").isna().any().any()
    told = book.examples.position.isna().groupby(book.examples.issue).agg(["sum", "count"])
    assert set(told.index) == set(book.issues.issue)
    assert (told["sum"] >= 2).all() and (told["count"] - told["sum"] >= 2).all(), (
        "every issue has two examples and two counter-examples"
    )
    assert {"support", "oppose"} <= set(book.examples.position.dropna())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id = ", "not valid TOML"),
        ("id = " + "[" * 5_000, "not valid TOML"),
        ("\ufeff" + HEAD, "`issue` is missing"),  # Notepad's mark
        ('title = "X"', "`id` is missing"),
        (HEAD, "`issue` is missing"),
        (HEAD + ISSUE, "issue 'a' has no `cues`"),
        (HEAD + ISSUE + 'cues = ["talk"]\ncolour = "red"', "unknown field 'colour'"),
        (HEAD + ISSUE + 'cues = ["{who}"]', "group {who}"),
        (HEAD + ISSUE.replace('"a"', '"Gun law"') + 'cues = ["gun"]', "as 'gun-law'"),
        (HEAD + ISSUE + 'cues = [" "]', "empty cue"),
        (HEAD + ISSUE + 'cues = ["talk"]\nexamples = [{ sentence = "s", position = "for" }]', "unknown position"),
        (HEAD + (ISSUE + 'cues = ["talk"]\n') * 2, "'a' stands twice"),
    ],
)
def test_errors_are_one_plain_line(tmp_path, content, message):
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(data.InputError) as error:
        codebook.load(path)
    assert message in str(error.value) and str(error.value).startswith("mine.toml: ") and "\n" not in str(error.value)


def test_missing():
    with pytest.raises(ValueError, match="no such codebook"):
        codebook.load("astrology")


@pytest.mark.parametrize(
    ("cue", "text", "met"),
    [
        ("build up & troop", "the build-up of troops", True),
        ("build up & troop", "a builder of troops", False),
        ("resettle*", "they were resettled there", True),
        ("talk|dialogue", "no dialogue", True),
        ("expansion ~ {nato}", "the expansion of the city", False),
        ("expansion ~ {nato}", "expansion, says NATO", True),
        ("join & {nato}", "join " + "word " * 20 + "nato", False),
    ],
)
def test_cues(cue, text, met):
    words = Words.plain(text)
    assert bool(codebook.meets(codebook._cue("a", 1, False, cue, {"nato": ["nato"]}), words, words.line)) is met


@pytest.mark.parametrize(
    ("slug", "chosen"),
    [
        ("nato-russia-2022", "european-security"),
        ("asylum-seekers-indonesia-2015", "politics"),
        ("new-zealand-flag-2015", "politics"),
        ("north-korea-alert-2015", "politics"),
    ],
)
def test_choice(slug, chosen):
    assert codebook.choose((data.folder() / "articles" / slug / "article.txt").read_text(encoding="utf-8")).id == chosen


@pytest.mark.parametrize("text", ["", "   ", "Hello."])
def test_choice_for_nearly_nothing(text):
    assert codebook.choose(text).id == "politics"
