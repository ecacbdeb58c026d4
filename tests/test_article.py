"""Reading a file, its blocks, sentences and damaged spots."""

import pandas as pd
import pytest

from onrecord import article
from onrecord.data import InputError

BLOCKS = [
    (
        "Mayor to stay in office\n\nAnn Lee will stay.\n\nAyr map\n\nBob Ray left.",
        ["headline", "paragraph", "caption", "paragraph"],
    ),
    (
        "Vote over | Ayr News\n\nBy Ann Lee\n\nMonday, May 18, 2015\n\nThe vote is over.",
        ["headline", "boilerplate", "dateline", "paragraph"],
    ),
    (
        "A vote\n\nThe vote is over.\n\nWhat comes next\n\nNobody knows.",
        ["headline", "paragraph", "subheading", "paragraph"],
    ),
    (
        "A vote\n\nThe vote is over.\n\nAdvertisement\n\nRead more: Ann Lee\n\nIt was late.",
        ["headline", "paragraph", "boilerplate", "boilerplate", "paragraph"],
    ),
    (
        "A vote\n\nInteractive - Who voted how\n\nVoters wait in Ayr [Jo Do/Reuters]\n\nIt was late.",
        ["headline", "caption", "caption", "paragraph"],
    ),
    (
        "A vote\n\nThe vote is over.\n\nFollow Ayr News on Facebook, on X and on Instagram.  Send the desk your own stories: to news@ayr.co.uk",
        ["headline", "paragraph", "boilerplate"],
    ),
    (
        "A vote\n\nThe vote is over.\n\nWhy not find Ayr News on TikTok? The desk reads all that you send to it, day and night.",
        ["headline", "paragraph", "boilerplate"],
    ),
    ("A vote\n\nFew follow the news on paper.\n\nIt was late.", ["headline", "paragraph", "paragraph"]),
    ("Rain fell.", ["paragraph"]),
    ("“We will stay,” said Ann Lee.\n\nBob Ray left.", ["paragraph", "paragraph"]),
    ("Will they stay?\r\n\r\nThey will.", ["headline", "paragraph"]),
    ("Lee Hammers Banks: ‘You Should Go.’\n\nThey will stay in Ayr.", ["headline", "paragraph"]),
    ("Ann Lee met Bob Ray in Ayr.\n\nThey will stay in Ayr.", ["paragraph", "paragraph"]),
    ("", []),
    (" \n\t\n", []),
]


@pytest.mark.parametrize(("text", "kinds"), BLOCKS)
def test_blocks(text, kinds):
    table = article.blocks(text)
    assert list(table.kind) == kinds
    assert all(text[row.start : row.end] == row.text and row.text.strip() == row.text for row in table.itertuples())


REPAIRS = [
    ("They planned an invasion.The army denied it.", "joined_words", "invasion.The", "invasion. The"),
    ("The council MeetingAt a hall in Ayr was long.", "joined_words", "MeetingAt", "Meeting At"),
    ("They met for talks Between US envoys and others.", "stray_capital", "Between", "between"),
    ("A crisis came. The officials Crisis discussed it at length.", "stray_capital", "Crisis", "crisis"),
    ("“We are late, which I regret, ‘ she said.", "broken_mark", "‘", "”"),
    ("She went there in early January .", "garbled", " .", "."),
    ("It has never worked. , it will not work now.", "garbled", ". ,", None),
    ("Critics at the Untied Nations spoke.", "misspelt_name", "Untied Nations", "United Nations"),
    (
        "Jens Stoltenberg spoke. Stoltenberg said no. Then Stoltenburg left with Ann Petersen. Bob Peterson stayed. Peterson said so.",
        "misspelt_name",
        "Stoltenburg",
        "Stoltenberg",
    ),
    (
        "Jens Stoltenberg spoke. Stoltenberg said no. Stoltenburg’s friends left with Ann Petersen. Bob Peterson stayed. Peterson said so.",
        "misspelt_name",
        "Stoltenburg",
        "Stoltenberg",
    ),
]


@pytest.mark.parametrize(("text", "kind", "printed", "reading"), REPAIRS)
def test_repairs(text, kind, printed, reading):
    table = article.repairs(text, article.blocks(text))
    assert [(row.kind, row.printed, None if pd.isna(row.reading) else row.reading) for row in table.itertuples()] == [
        (kind, printed, reading)
    ]


SOUND = [
    "She posted it on LinkedIn, YouTube and in The Guardian.",
    "The U.S. envoy Dr. Ann Lee of McDonald's left on Jan. 6.",
    "See www.example.org or write to Ann.Lee@example.org today.",
    "The Organization for Security and Cooperation in Europe met. The United Nations did not.",
    "‘Yes,’ said Ann Lee. “No,” said Bob Ray.",
]


@pytest.mark.parametrize("text", SOUND)
def test_no_repairs_of_what_is_sound(text):
    assert article.repairs(text, article.blocks(text)).empty


def test_sentences_stay_inside_their_blocks(nato):
    blocks = nato.blocks.set_index("block_id")
    assert all(
        blocks.start[row.block_id] <= row.start < row.end <= blocks.end[row.block_id]
        for row in nato.sentences.itertuples()
    )
    assert not nato.sentences.block_id.isin(
        nato.blocks.block_id[nato.blocks.kind.isin(["caption", "boilerplate", "dateline"])]
    ).any()


def test_a_joined_full_stop_ends_a_sentence(nato):
    assert any(text.startswith("The Kremlin has instead accused") for text in nato.sentences.text)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        article.read(tmp_path / "nowhere.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_newlines(tmp_path, encoding):
    text = "“Yes,” said Ann.\r\nShe left.\n"
    (tmp_path / "story.txt").write_bytes(text.encode(encoding))
    assert article.read(tmp_path / "story.txt").text == text


def test_what_a_file_beside_says(tmp_path):
    (tmp_path / "story.txt").write_text("Rain fell.", encoding="utf-8")
    assert article.read(tmp_path / "story.txt").published is None
    (tmp_path / "story.toml").write_text('title = "Rain"\npublished = 2024-05-01\n', encoding="utf-8")
    read = article.read(tmp_path / "story.txt")
    assert (read.slug, read.title, read.published) == ("story", "Rain", pd.Timestamp("2024-05-01"))
    assert article.read(tmp_path / "story.txt", published="2024-06-02").published == pd.Timestamp("2024-06-02")
    (tmp_path / "story.toml").write_text("titel = 1", encoding="utf-8")
    with pytest.raises(InputError, match=r"story\.toml.*titel"):
        article.read(tmp_path / "story.txt")


def test_a_saved_page(tmp_path):
    page = (
        "<html><head><title>T</title></head><body><article><h1>Mayor stays</h1>"
        + "<p>“We will stay,” said Ann Lee, the mayor of Ayr, on Monday after a long vote.</p>" * 3
        + "</article><script>alert(1)</script></body></html>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    text = article.read(tmp_path / "page.html").text
    assert "We will stay" in text and "alert" not in text


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The minister said that the meeting would be held in Paris on Monday.", True),
        ("Le ministre a déclaré que la réunion aurait lieu demain à Paris.", False),
        ("Rain fell.", True),
    ],
)
def test_looks_english(text, english):
    assert article.looks_english(text) is english


PROSE = "The council of Ayr met on Monday, and the mayor said that the bridge would close. "
TOLD = [  # what will not work, and a text with which it will not
    ("language", "Le ministre a déclaré que la réunion aurait lieu demain à Paris. " * 6, ["does not look like English"]),
    ("few words", "Rain fell.", ["too few words in it (2)"]),
    ("nothing", "", ["too few words in it (no words)"]),
    ("headlines", "Mayor of Ayr to close the old bridge before winter\nTraders go to court over the plan\nFerry company fails\n"
     "Five things that you should know about the bridge\nRain expected in Ayr and Perth\nMinister says the state will not pay\n"
     "What the people of the eastern quarter think", ["list of headlines"]),
    ("transcript", "ANN LEE: The bridge is not safe, and we cannot wait for another winter.\nBOB RAY (on the phone): Nobody asked us about it.\n"
     "ANN LEE: You were there when we asked.\nBOB RAY: That is not what I remember of it at all.\nANN LEE: It was in May.", ["transcript"]),
    ("questions", "Ann Lee is the mayor of Ayr. We met her at the bridge, which is to close.\n"
     + "Q: Is the bridge safe?\nA: No, it is not safe, and we cannot wait for another winter, as everybody knows.\n" * 3, ["transcript"]),
    ("wrapped", "The council of Ayr met on Monday,\nand the mayor said that the bridge\nwould close before the winter. The\ntraders said that they would go to\n"
     "court. It was not clear who would\npay for a new one. The minister of\ntransport said nothing.", ["break inside sentences"]),
    ("news", "Bridge to close\nBy Ann Lee\nMonday, May 18, 2015\n" + (PROSE + "\n") * 5 + "What comes next: a vote\n" + PROSE, []),
    ("a list in the news", (PROSE + "\n") * 5 + "Ayr: 1,812.\nPerth: 900.\nElgin: 80.\nOban: 12.\nLargs: 7.\nAyr: 12.", []),
    ("speech in marks", "“It is not safe,” said Ann Lee, who was there.\n“It was safe to me,” said Bob Ray.\n" * 6, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_will_not_work_is_told(text, told):
    found = article.cautions(text)
    assert len(found) == len(told) and all(words in sentence for words, sentence in zip(told, found))


def test_shipped_articles_need_no_caution(shipped):
    assert shipped.cautions == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Wendy Sherman", "wendy-sherman"),
        ("Kim Jong-un", "kim-jong-un"),
        ("People’s Army", "peoples-army"),
        ("…", "unnamed"),
        ("Élysée", "élysée"),
    ],
)
def test_slugify(name, slug):
    assert article.slugify(name) == slug
