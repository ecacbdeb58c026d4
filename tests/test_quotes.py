"""Quotations: a table of sentences, each with the rows that a careful coder writes."""

import pandas as pd
import pytest

import onrecord

# text, rows: kind, speech, quoted words (spans joined by " … "), speaker, the speaker's printed words, cue, addressee
CASES = [
    (
        "“We will stay,” said Ann Lee, the mayor of Ayr. She added that the vote was over.",
        [
            ("direct", "speech", "We will stay,", "Ann Lee", "Ann Lee", "said", None),
            ("indirect", "speech", "the vote was over", "Ann Lee", "She", "added", None),
        ],
    ),
    (
        "“We will stay,” Ann Lee told reporters. “Nothing will change that.”",
        [("direct", "speech", "We will stay, … Nothing will change that.", "Ann Lee", "Ann Lee", "told", "reporters")],
    ),
    (
        "“We will stay,” said Ann Lee, “and we will win.”",
        [("direct", "speech", "We will stay, … and we will win.", "Ann Lee", "Ann Lee", "said", None)],
    ),
    (
        "Ann Lee told the council: “We will stay for another year.”",
        [("direct", "speech", "We will stay for another year.", "Ann Lee", "Ann Lee", "told", "the council")],
    ),
    (
        "Ann Lee said the situation had become “intolerable for Ayr”.",
        [("mixed", "speech", "the situation had become “intolerable for Ayr”", "Ann Lee", "Ann Lee", "said", None)],
    ),
    (
        "The taxes will rise, Ann Lee said.",
        [("indirect", "speech", "The taxes will rise", "Ann Lee", "Ann Lee", "said", None)],
    ),
    (
        "According to Ann Lee, the taxes will rise.",
        [("indirect", "speech", "the taxes will rise", "Ann Lee", "Ann Lee", "According to", None)],
    ),
    (
        "The taxes will rise next year, according to Ann Lee.",
        [("indirect", "speech", "The taxes will rise next year", "Ann Lee", "Ann Lee", "according to", None)],
    ),
    (
        "Ann Lee, a doctor from Ayr, said that the hospital was full.",
        [("indirect", "speech", "the hospital was full", "Ann Lee", "Ann Lee", "said", None)],
    ),
    (
        "Ann Lee accused the council of hiding the truth.",
        [("indirect", "act", "hiding the truth", "Ann Lee", "Ann Lee", "accused", None)],
    ),
    (
        "Ann Lee condemned the attack on the town hall.",
        [("indirect", "act", "the attack on the town hall", "Ann Lee", "Ann Lee", "condemned", None)],
    ),
    (  # signed, as readers' comments are
        "“We will stay here for as long as it takes.” ― Ann Lee",
        [("direct", "speech", "We will stay here for as long as it takes.", "Ann Lee", "Ann Lee", "―", None)],
    ),
    (  # a transcript in which nobody is named but by turns
        "ROE: Do you really see those two as equal?\n\nLEE: Well, I do think that the law is clear.\n\nROE: We have got limited time here.",
        [
            ("indirect", "speech", "Do you really see those two as equal?", "Roe", "ROE", ":", None),
            ("direct", "speech", "Well, I do think that the law is clear.", "Lee", "LEE", ":", None),
            ("direct", "speech", "We have got limited time here.", "Roe", "ROE", ":", None),
        ],
    ),
    (  # a poll's answers are thoughts, whatever the verb
        "A new poll suggests that most people in Ayr want a change.",
        [("indirect", "thought", "most people in Ayr want a change", None, "A new poll", "suggests", None)],
    ),
    (  # nobody is said to have asked
        "Asked whether the plan could still fail, Ann Lee replied: “Anything can fail in this town.”",
        [
            ("indirect", "act", "whether the plan could still fail", None, None, "Asked", None),
            ("direct", "speech", "Anything can fail in this town.", "Ann Lee", "Ann Lee", "replied", None),
        ],
    ),
    ("Ann Lee wants the council to leave Ayr.", []),  # a bare wish that nobody utters
    (  # what one cue attributes is one quotation
        "“Go home,” Ann Lee said; and, later, “The vote is over and we will not count it again.”",
        [
            (
                "direct",
                "speech",
                "Go home, … The vote is over and we will not count it again.",
                "Ann Lee",
                "Ann Lee",
                "said",
                None,
            )
        ],
    ),
    (  # nobody's words are reported
        "Ann Lee described the school as a prison for children.",
        [("indirect", "act", "the school as a prison for children", "Ann Lee", "Ann Lee", "described", None)],
    ),
    (  # where a report comes from is no part of it
        "LONDON, June 12 – Doctors in Ayr will walk out for five days next month, Ann Lee said.",
        [
            (
                "indirect",
                "speech",
                "Doctors in Ayr will walk out for five days next month",
                "Ann Lee",
                "Ann Lee",
                "said",
                None,
            )
        ],
    ),
    (  # who came in without a name
        "Ann Lee left.\n\nA spokesperson for the ministry of health warned that it was late. The vote was over, the spokesperson said.",
        [
            (
                "indirect",
                "speech",
                "it was late",
                "Spokesperson for the ministry of health",
                "A spokesperson for the ministry of health",
                "warned",
                None,
            ),
            (
                "indirect",
                "speech",
                "The vote was over",
                "Spokesperson for the ministry of health",
                "the spokesperson",
                "said",
                None,
            ),
        ],
    ),
    (  # a noun announces them
        "The suggestion from Ann Lee that the party would split was ignored.",
        [("indirect", "speech", "the party would split", "Ann Lee", "Ann Lee", "suggestion", None)],
    ),
    (
        "There was no response to the allegation by Bob Ray that Ann Lee had lied.",
        [("indirect", "act", "Ann Lee had lied", "Bob Ray", "Bob Ray", "allegation", None)],
    ),
    (
        "Ann Lee believes that the vote is over.",
        [("indirect", "thought", "the vote is over", "Ann Lee", "Ann Lee", "believes", None)],
    ),
    (
        "Some EU diplomats say they are being sidelined in the talks.",
        [
            (
                "indirect",
                "speech",
                "they are being sidelined in the talks",
                "EU diplomats",
                "Some EU diplomats",
                "say",
                None,
            )
        ],
    ),
    (
        "“We will stay,” said Ann Lee.\n\n“We will also win. Nobody doubts it.”",
        [
            (
                "direct",
                "speech",
                "We will stay, … We will also win. Nobody doubts it.",
                "Ann Lee",
                "Ann Lee",
                "said",
                None,
            )
        ],
    ),
    (
        "Ann Lee left. “We will stay and never go away, ‘ she told Ayr News.\n\nRain fell on the town.",
        [("direct", "speech", "We will stay and never go away,", "Ann Lee", "she", "told", "Ayr News")],
    ),
    (
        "Critics met in the so-called “city of peace” on Monday.",
        [("scare", None, "city of peace", None, None, None, None)],
    ),
    (
        "The Kremlin rejected the demand. Russia wants more.",
        [("indirect", "act", "the demand", "Government of Russia", "Kremlin", "rejected", None)],
    ),
    (
        "''We will stay for a year,'' said Ann Lee. ''Nobody doubts it.''",
        [
            ("direct", "speech", "We will stay for a year, … Nobody doubts it.", "Ann Lee", "Ann Lee", "said", None),
        ],
    ),
    (  # the attribution ends the paragraph before, behind another speaker's words
        "Bob Ray, a doctor, said: “It is late.” Ann Lee responded:\n\n“We will stay for another year in this town.”",
        [
            ("direct", "speech", "It is late.", "Bob Ray", "Bob Ray", "said", None),
            (
                "direct",
                "speech",
                "We will stay for another year in this town.",
                "Ann Lee",
                "Ann Lee",
                "responded",
                None,
            ),
        ],
    ),
    (
        "More from Ann Lee: “We will stay for another year in this town.”",
        [("direct", "speech", "We will stay for another year in this town.", "Ann Lee", "Ann Lee", ":", None)],
    ),
    (
        "Lee: We will stay in Ayr\n\nAnn Lee spoke in Ayr.",
        [("indirect", "speech", "We will stay in Ayr", "Ann Lee", "Lee", ":", None)],
    ),
    (
        "Ann Lee spoke for an hour.\n\nLEE: We will stay in Ayr for another year.\n\nBob Ray left.",
        [("direct", "speech", "We will stay in Ayr for another year.", "Ann Lee", "LEE", ":", None)],
    ),
    (  # a verb that is no cue word
        "“Go back to your seats,” Ann Lee barked.",
        [("direct", "speech", "Go back to your seats,", "Ann Lee", "Ann Lee", "barked", None)],
    ),
    (
        "Ann Lee called the plan “a disaster”.",
        [("mixed", "act", "the plan “a disaster”", "Ann Lee", "Ann Lee", "called", None)],
    ),
    (
        "Ann Lee described the vote as a farce.",
        [("indirect", "act", "the vote as a farce", "Ann Lee", "Ann Lee", "described", None)],
    ),
    (
        "Ann Lee said it was late but argued that the vote should go on.",
        [
            ("indirect", "speech", "it was late", "Ann Lee", "Ann Lee", "said", None),
            ("indirect", "speech", "the vote should go on", "Ann Lee", "Ann Lee", "argued", None),
        ],
    ),
    (
        "Ann Lee said the vote was over, adding that nobody had won.",
        [
            ("indirect", "speech", "the vote was over", "Ann Lee", "Ann Lee", "said", None),
            ("indirect", "speech", "nobody had won", "Ann Lee", "Ann Lee", "adding", None),
        ],
    ),
    (  # the attribution runs on for long before more words follow
        "Ann Lee spoke. “We will stay,” she said, smiling at the crowd that had gathered in front of the hall since morning. “Nobody doubts it.”",
        [("direct", "speech", "We will stay, … Nobody doubts it.", "Ann Lee", "she", "said", None)],
    ),
    (
        "Ann Lee began by saying, “We will stay for a year.”",
        [("direct", "speech", "We will stay for a year.", "Ann Lee", "Ann Lee", "saying", None)],
    ),
    (
        "As Ann Lee reported, the vote was over.",
        [("indirect", "speech", "the vote was over", "Ann Lee", "Ann Lee", "reported", None)],
    ),
    (
        "Former mayor Ann Lee pointed out that it was late.",
        [("indirect", "speech", "it was late", "Ann Lee", "Ann Lee", "pointed out", None)],
    ),
    (  # a programme's title is no speech
        "On “Ayr Tonight,” Ann Lee said the vote was over.",
        [
            ("scare", None, "Ayr Tonight,", None, None, None, None),
            ("indirect", "speech", "the vote was over", "Ann Lee", "Ann Lee", "said", None),
        ],
    ),
    ("The taxes will rise in Ayr. The boys' games went on.", []),
    ("Ann Lee was said to be ill.", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_quotes(text, expected):
    made = onrecord.analyse(text)
    rows = []
    for row in made.quotes.itertuples():
        words = None if pd.isna(row.speaker_start) else text[row.speaker_start : row.speaker_end]
        rows.append(
            tuple(
                None if pd.isna(v) else v
                for v in (row.kind, row.speech, row.text, row.speaker, words, row.cue, row.addressee)
            )
        )
    assert rows == expected


def test_an_open_mark_neither_swallows_nor_loses():
    text = "“We will stay for ever and ever\n\nRain fell on Ayr, and the river rose.\n\n“It was late,” said Bob Ray."
    quotes = onrecord.analyse(text).quotes
    assert list(quotes.text) == ["We will stay for ever and ever", "It was late,"]


def test_ids_survive_another_row():
    first = onrecord.analyse("“We will stay,” said Ann Lee.")
    both = onrecord.analyse("“We will stay,” said Ann Lee.\n\nBob Ray said the vote was over.")
    assert set(first.quotes.quote_id) < set(both.quotes.quote_id)


def test_cues_have_their_shades(nato):
    shades = dict(zip(nato.cues.cue, nato.cues["shade"], strict=True))
    assert (shades["said"], shades["bemoaned"], shades["condemned"]) == ("neutral", "feeling", "blame")


def test_the_machine_alone_on_the_first_article(nato, nato_draft):
    """The article on which the rules were made: not one of its quotations of plain speech may be lost again."""

    def told(d):
        return {(row.text, row.speaker_start, row.cue) for row in d.speech.itertuples()}

    assert len(nato.speech) == 25 and told(nato) == told(nato_draft)


def test_a_group_that_is_described_again_is_the_same():
    text = "The report’s authors say that the dam is weak.\n\nThe mayor was on holiday. The authors say that it must be rebuilt."
    rows = onrecord.analyse(text).quotes
    assert len(set(rows.speaker_id.dropna())) == 1


def test_groups_that_differ_are_not_made_one():
    text = "The report’s authors say that the dam is weak. The novel’s authors say that it is fine.\n\nThe authors say that it must be rebuilt."
    assert onrecord.analyse(text).quotes.speaker_id.nunique() > 1


def test_words_in_marks_that_somebody_wants_are_a_thought():
    text = "During the discussion, Pence pledged that Trump “really is” in favor of free trade, but wants “smarter and tougher” trade deals."
    found = onrecord.analyse(text).quotes
    assert set(found.speech.dropna()) <= {"speech", "act", "thought"} and found.text.str.contains("smarter").any()


WHO = [  # text, who is quoted
    ("Ann Lee, who has said that it was late, left with Bob Ray.", "Ann Lee"),
    ("“It was late,” said Ann Lee, 24, from Ayr, who said the plan was wrong.", "Ann Lee"),
    ("Bob Ray met 30 percent of voters who said that it was late.", None),
]


@pytest.mark.parametrize(("text", "speaker"), WHO)
def test_who_is_whom_its_clause_hangs_on(text, speaker):
    assert set(onrecord.analyse(text).quotes.speaker.dropna()) == ({speaker} if speaker else set())


UNSAID = [  # text, speech, speaker, words of its first quotation
    ("MPs were told they could claim for food. Ann Lee left.", "speech", None, "they could claim for food"),
    ("The refugees have been told that they will have to leave.", "speech", None, "they will have to leave"),
    ("Bob Ray did not say when the work would end.", "act", "Bob Ray", "when the work would end"),
    ("Asked whether she was late, Ann Lee told the BBC: “No.”", "act", None, "whether she was late"),
    ("Bob Ray was warned by Ann Lee that the plan would fail.", "speech", "Ann Lee", "the plan would fail"),
    ("Ann Lee has told Bob Ray that the plan would fail.", "speech", "Ann Lee", "the plan would fail"),
]


@pytest.mark.parametrize(("text", "speech", "speaker", "words"), UNSAID)
def test_who_is_told_or_asked_does_not_say_it(text, speech, speaker, words):
    row = onrecord.analyse(text).quotes.iloc[0]
    assert (row.speech, None if pd.isna(row.speaker) else row.speaker, row.text) == (speech, speaker, words)


SPEAKERS = [  # text, who alone speaks in it
    ("DUP (party) MP for Ayr, Bob Ray, said that it was late.", "Bob Ray"),
    ("The man was ill, a court has heard.", None),
    ("The NHS trust said that it was late.", "NHS trust"),
    ("A council spokesperson said it was late. “We will wait,” they added.", "Council spokesperson"),
    ("A Scottish government statement said: “We will pay.”", "Scottish Government"),
    ("In a statement BBC Wales said it was late. “It is so,” the statement said.", "BBC Wales"),
    ("It was made by the European Union, which said that it was late.", "European Union"),
    ("Naomi Lee, the Alliance leader, left. “It is late,” the SDLP leader said.", "SDLP leader"),
    ("Presidential candidates Ann Lee and Bob Ray said that it was late.", "Ann Lee"),
    ("Labour backbenchers rebelled on Monday. They said the cuts were cruel.", "Labour backbenchers"),
    ("Bob Ray came to Ayr. His advice to voters: “Stay at home.”", "Bob Ray"),
    ("Bob Ray came to Ayr. Ray's answer was short: “No.” Nobody clapped.", "Bob Ray"),
    ("Bob Ray’s office said the report was wrong.", "Bob Ray’s office"),
    ("“The vote is over, said Ann Lee. She left.", "Ann Lee"),
    ("Ann Lee has a stall in Ayr. She is angry.\n\n“I think that we need a new mayor here.”", "Ann Lee"),
    ("Ann Lee has a stall in Ayr. She feels disillusioned by it.\n\n“I think that we need a new mayor.”", "Ann Lee"),
    ("Trade was bad, said Bob Ray, who sells nets.\n\n“I think that we need a new mayor here.”", "Bob Ray"),
    ("Taxes rose in the spring.\n\n“I think that we need a new mayor here.”", None),
    ("ShareAction said that 24 big banks had given money.", "ShareAction"),
    ("US retail giant Walmart has warned that profits will fall.", "Walmart"),
    ("A health trust has warned that the winter will be long.", "Health trust"),
    ("“People have been lovely,” one paramedic told me.", "Paramedic"),
    ("Chief Medical Officer for Ayr, Dr Kate Lee, said that it was late.", "Kate Lee"),
    ("It was late, according to Ayr Water Board's head of infrastructure Ann Lee.", "Ann Lee"),
    ("Famed fight doctor Bob Ray once said: “He was born in Ayr. He was great.”", "Bob Ray"),
    ("“Thanks for all you do for us,” said master of ceremonies Asab Ray, a Syrian engineer.", "Asab Ray"),
    ("“He is back in that role,” said former Ohio Gov. and Ayr Party Committee Chairman Ed Ray.", "Ed Ray"),
    (
        "An aide of Democratic nominee Ann Lee said it was late.",
        "Aide of Democratic nominee Ann Lee",
    ),
    ("A letter from the American Legion warned that any further word was useless.", "American Legion"),
    ("Ann Lee spoke. Lee's response was: “We will never do this again.”", "Ann Lee"),
    ("According to a report in the New York Times, taxes rose in the spring.", "New York Times"),
    ("A Senate report said that taxes rose in the spring.", "US Senate"),
    ("A report on Ann Lee said that taxes rose in the spring.", None),
    ("A report in Ayr said that taxes rose in the spring.", None),
    ("Hundreds of students said that taxes rose in the spring.", "Students"),
    ("As The Hill pointed out, “He has so far declined to release any tax returns.”", "The Hill"),
    ("It was late, Right Wing Watch first reported.", "Right Wing Watch"),
    ("The U.S. Geological Survey said it saw an earthquake.", "U.S. Geological Survey"),
    ("Taxes rise with the wind, Bloomberg New Energy Finance said.", "Bloomberg New Energy Finance"),
    ("Mark Cuban is rich. Cuban said that the mayor was too principled.", "Mark Cuban"),
    ("Mark Cuban is rich. A Cuban in Ayr said that the mayor was late.", "Cuban in Ayr"),
    ("Most Americans - 63 percent in 2014 - believe that it was late.", "Americans"),
    ("One Republican said that it was late.", "Republican"),
    ("The Texan said that it was late.", None),
    ("Ann Lee, later alleging that the mayor admits 250,000 Syrians, said it was late.", "Ann Lee"),
    ("Promising that his books would take a closer look at the war, Ann Lee said that it was late.", "Ann Lee"),
    ("A lawyer for whistleblower Ann Lee said that it was late.", "Lawyer for whistleblower Ann Lee"),
    ("The mother of rapper Ann Lee said that it was late.", "Mother of rapper Ann Lee"),
    ("As Vox noted, the mayor was late.", "Vox"),
    ("It was late, Right Wing Watch pointed out.", "Right Wing Watch"),
    ("Another Democrat said that it was late.", "Democrat"),
    ("Five of the senators said that it was late.", "Senators"),
    ("Twitter acknowledged that the matter remained tricky.", "Twitter"),
    ("Viola Von Cramon-Taubadel met Bob Ray. “We must act,” von Cramon said.", "Viola Von Cramon-Taubadel"),
    ("Recep Erdogan spoke on Monday. “We will win,” Erdoğan said.", "Recep Erdogan"),
    ("Brussels has warned London that the deal will fail.", "European Union"),
    ("Unison said that the plan was a disgrace.", "Unison"),
    ("Manchester City said that the ban was wrong.", "Manchester City"),
    ("Uganda's Yoweri Museveni said that the vote was fair.", "Yoweri Museveni"),
    ("The EU delegation said that it was late.", "European Union"),
    ("Nigeria's lawmakers left Lagos. The Senate said that Nigeria needed the bill.", "Senate"),
    ("Congress said that it was late.", "US Congress"),
    (  # who speaks without a name goes on
        "Bob Ray left Ayr. A council spokesman said the plan was “good” for Ayr. “We will not stop,” he said.",
        "Council spokesman",
    ),
    ("A council spokesman left with Bob Ray. Ray was glad. “We will not stop,” he said.", "Bob Ray"),
    ("Dan Lee of Ayr agreed.\n\n“If he wanted to make Bob Ray defend it all – he did that well,” he wrote.", "Dan Lee"),
]


@pytest.mark.parametrize(("text", "speaker"), SPEAKERS)
def test_speakers(text, speaker):
    said = onrecord.analyse(text).quotes
    assert {None if pd.isna(who) else who for who in said.speaker} == {speaker}


APART = [  # paragraph, the next one without marks, who is quoted with all of it
    ("Ann Lee met Bob Ray. Lee added:", "It is so typical of the mayor. She knows nothing.", "Ann Lee"),
    (
        "Ann Lee met Bob Ray. In a speech in Ayr, she said:",
        "It is so typical of the mayor. She knows nothing.",
        "Ann Lee",
    ),
    ("Ann Lee met Bob Ray. Here is where they stand:", "It is so typical of the mayor. She knows nothing.", None),
    ("Ann Lee tweeted:", "pic.twitter.com/x1", None),
    ("Ann Lee tweeted:", "Bob Ray answered on Tuesday. “He is quite unfit for it,” he said.", None),
    ("Ann Lee said she wants these changes:", "It is so typical of the mayor. She knows nothing.", None),
]


@pytest.mark.parametrize(("before", "words", "speaker"), APART)
def test_a_quotation_set_apart_needs_no_marks(before, words, speaker):
    said = onrecord.analyse(f"{before}\n\n{words}").quotes
    assert list(said.speaker[said.text == words]) == [speaker] * (speaker is not None)


HEADLINES = [  # headline, who is quoted in it
    ("Kon Police: Bob Ray says officers lie to ministers", "Bob Ray"),
    ("Ann Lee: Hill Asking For A Vote ‘Reeks of Fear’ And Ends", "Ann Lee"),
    ("Elizabeth Warren Hammers Ayr Bank CEO: ‘You Should Go Now’", "Elizabeth Warren"),
    ("Donald Trump Praises Editor Matthew Boyle: ‘Very Good Reporter’", "Donald Trump"),
    ("Elizabeth Warren: “You should go now”", "Elizabeth Warren"),
    ("Elizabeth Warren scolds Bob Ray  : “You should go now”", "Elizabeth Warren"),
    (" \t: “You should go now”", None),
    ("Thousands march in Ayr: “We will stay”", None),
]


@pytest.mark.parametrize(("headline", "speaker"), HEADLINES)
def test_a_headline_quotes_whom_it_opens_with(headline, speaker):
    text = f"{headline}\n\nThey met bankers on Tuesday in Ayr. Many people came to see it, and it was long."
    assert list(onrecord.analyse(text).quotes.speaker.dropna()) == [speaker] * (speaker is not None)
