"""Actors: names joined, roles and sides read, pronouns resolved; debris is nobody."""

import pandas as pd
import pytest

import onrecord

PEOPLE = [  # text, name, role, affiliation, side
    ("New York Attorney General Ann Lee spoke.", "Ann Lee", "New York Attorney General", "New York", None),
    ("India's voters left India. Congress leader Rahul Lee spoke.", "Rahul Lee", "Congress leader", "Congress", None),
    (
        "President of the European Commission Ursula Lee said that it was late.",
        "Ursula Lee",
        "President of the European Commission",
        "European Commission",
        "european-union",
    ),
    ("Chairman of the college Prof Martin Lee left.", "Martin Lee", "Chairman of the college", None, None),
    ("In a letter to the mayor Mr Lee said it was late.", "Lee", None, None, None),
    ("Education Secretary Shirley-Anne Lee left.", "Shirley-Anne Lee", "Education Secretary", None, None),
    ("DUP leader Sir Bob Lee left.", "Bob Lee", "DUP leader", "DUP", "democratic-unionist-party"),
    ("Home Secretary Ann Lee left.", "Ann Lee", "Home Secretary", None, None),
    ("The Interior Minister, Ann Lee, left.", "Ann Lee", "Interior Minister", None, None),
    (
        "Ayr Water Board's head of infrastructure Ann Lee left.",
        "Ann Lee",
        "Ayr Water Board's head of infrastructure",
        "Ayr Water Board",
        None,
    ),
    (
        "MP for Orkney and Shetlands Ann Lee told the BBC so.",
        "Ann Lee",
        "MP for Orkney and Shetlands",
        "Shetlands",
        None,
    ),
    (
        "Ireland's Minister for Foreign Affairs Ann Lee left.",
        "Ann Lee",
        "Ireland's Minister for Foreign Affairs",
        "Ireland",
        "IRL",
    ),
    (
        "Chief Medical Officer for Ayr, Dr Kate Lee, urged people to wait.",
        "Kate Lee",
        "Chief Medical Officer for Ayr",
        "Ayr",
        None,
    ),
    (
        "M&S's director of property, Sacha Lee accused the union of haste.",
        "Sacha Lee",
        "M&S's director of property",
        "M&S",
        "marks-spencer",
    ),
    (
        "Scottish Conservative spokesman Ann Lee left.",
        "Ann Lee",
        "Scottish Conservative spokesman",
        "Conservative",
        "conservative-party",
    ),
    ("Republican Ann Lee left.", "Ann Lee", None, "Republican", "republican-party"),
    ("Ann Lee (D-Ohio) left.", "Ann Lee", None, "Democratic Party", "democratic-party"),
    ("Ann Lee, Republicans say, left.", "Ann Lee", None, None, None),
    ("Ann Lee, who serves as director of the Ayr Bank, left.", "Ann Lee", "director of the Ayr Bank", "Ayr Bank", None),
    ("Following her election as Ayr leader, Ann Lee left.", "Ann Lee", None, None, None),
    ("Interim director of BBC Wales, Ann Lee, said no.", "Ann Lee", "Interim director of BBC Wales", "BBC Wales", None),
    ("DUP (party) MP for Ayr, Ann Lee, said no.", "Ann Lee", "MP for Ayr", "Ayr", None),
    ("Barrister Ann Lee left.", "Ann Lee", "Barrister", None, "independent"),
    (
        "Ann Lee is solicitor for the Ayr Bank. She left.",
        "Ann Lee",
        "solicitor for the Ayr Bank",
        "Ayr Bank",
        "independent",
    ),
    ("Ann Lee is the superior candidate. She left.", "Ann Lee", None, None, None),
    ("Labour leader Sir Keir Lee said no.", "Keir Lee", "Labour leader", "Labour", "labour-party"),
    ("Counsel for the inquiry Tom Lee KC said no.", "Tom Lee", "Counsel for the inquiry", None, None),
    (
        "Education Secretary Shirley-Anne Somerville told the BBC so.",
        "Shirley-Anne Somerville",
        "Education Secretary",
        None,
        None,
    ),
    (
        "A Stirling Council spokesman said no.",
        "Stirling Council spokesman",
        "Stirling Council spokesman",
        "Stirling Council",
        None,
    ),
    (
        "Its minister for refugees from Ukraine said no.",
        "Minister for refugees from Ukraine",
        "minister for refugees",
        None,
        None,
    ),
    (
        "A spokesman for the German shoe company said no.",
        "Spokesman for the German shoe company",
        "spokesman for the German shoe company",
        None,
        None,
    ),
    ("Ann Lee, director of Oxfam in Kenya, said so.", "Ann Lee", "director of Oxfam", "Oxfam", "independent"),
    ("“Yes,” said Ann Lee, the mayor of Ayr.", "Ann Lee", "mayor of Ayr", "Ayr", None),
    ("US President Joe Biden spoke.", "Joe Biden", "US President", "US", "USA"),
    (
        "NATO Secretary General Jens Stoltenberg told reporters the talks went on.",
        "Jens Stoltenberg",
        "NATO Secretary General",
        "NATO",
        "nato",
    ),
    ("Jane Roe, the US ambassador to the OSCE, spoke.", "Jane Roe", "US ambassador to the OSCE", "US", "USA"),
    (
        "John Smith, an analyst at the International Crisis Group, said it was late.",
        "John Smith",
        "analyst",
        "International Crisis Group",
        "independent",
    ),
    (
        "John Smith, a senior Russia analyst at Chatham House, said it was late.",
        "John Smith",
        "senior Russia analyst",
        "Chatham House",
        "independent",
    ),
    ("Emeritus Professor John Burrows said no.", "John Burrows", "Emeritus Professor", None, "independent"),
    (
        "New Zealand's Prime Minister John Key said he would vote.",
        "John Key",
        "New Zealand's Prime Minister",
        "New Zealand",
        "NZL",
    ),
    ("Ohio Gov. John Kasich left.", "John Kasich", "Ohio Gov.", "Ohio", None),
    (
        "Ann Lee (D-Ayr), a member of the panel, left.",
        "Ann Lee",
        "member of the panel",
        "Democratic Party",
        "democratic-party",
    ),
    ("Contenders Ann Lee spoke.", "Ann Lee", None, None, None),
    ("Pictures of actor Dan Roe hung there.", "Dan Roe", "actor", None, None),
    ("The daughter of former president Bill Clinton spoke.", "Bill Clinton", "former president", None, None),
    ("John Kerry, the Secretary of State, spoke.", "John Kerry", "Secretary of State", None, None),
    ("The former front-runner Ann Lee left.", "Ann Lee", "former front-runner", None, None),
    ("Committee co-chair Ann Lee left.", "Ann Lee", "Committee co-chair", None, None),
    ("22-year-old student Ann Lee left.", "Ann Lee", "student", None, None),
    ("His daughter, Amy Lee, spoke.", "Amy Lee", "daughter", None, None),
    (
        "Republican presidential candidate Ted Cruz spoke.",
        "Ted Cruz",
        "Republican presidential candidate",
        "Republican",
        "republican-party",
    ),
    ("White House press secretary Ann Lee spoke.", "Ann Lee", "White House press secretary", "White House", "USA"),
    ("Party communications director Ann Lee left.", "Ann Lee", "Party communications director", None, None),
    (
        "Democratic vice presidential nominee Tim Kaine spoke.",
        "Tim Kaine",
        "Democratic vice presidential nominee",
        "Democratic",
        "democratic-party",
    ),
    (
        "Ann Lee, a politics professor at Seton Hall University in New Jersey, spoke.",
        "Ann Lee",
        "politics professor",
        "Seton Hall University",
        "independent",
    ),
    ("The pro-Beijing district councillor Ann Lee spoke.", "Ann Lee", "pro-Beijing district councillor", None, None),
    ("The hall showed a major Ann Lee exhibition.", "Ann Lee", None, None, None),
    ("Veteran politicians Ann Lee spoke.", "Ann Lee", None, None, None),
    (
        "Ann Lee, a researcher who studies Russia at the Crisis Group, spoke.",
        "Ann Lee",
        "researcher",
        "Crisis Group",
        "independent",
    ),
    ("His running mate Tim Kaine spoke.", "Tim Kaine", "running mate", None, None),
    ("Ann Lee, who once had an affair with a mayor, spoke.", "Ann Lee", None, None, None),
    ("Ann Lee, who was the mayor of Ayr, spoke.", "Ann Lee", "mayor of Ayr", "Ayr", None),
    ("Ann Lee, who is a leader who embodies the American spirit, spoke.", "Ann Lee", "leader", None, None),
    ("Secretary of State and senator Ann Lee met us.", "Ann Lee", "Secretary of State and senator", None, None),
    ("Terence Lee, 40 ― a father who came every week ― left.", "Terence Lee", None, None, None),
    ("Another critic, Ann Lee, spoke.", "Ann Lee", "critic", None, None),
    ("Rival Ann Lee spoke. Mayor Ann Lee left.", "Ann Lee", "Mayor", None, None),
    ("She may not be the orator President Lee is.", "Lee", "President", None, None),
    ("Through a spokeswoman, Lee declined. Ann Lee left.", "Ann Lee", None, None, None),
    (
        "Ann Lee, strategy officer at Chatham House, said no.",
        "Ann Lee",
        "strategy officer",
        "Chatham House",
        "independent",
    ),
]


@pytest.mark.parametrize(("text", "name", "role", "affiliation", "side"), PEOPLE)
def test_people(text, name, role, affiliation, side):
    people = onrecord.analyse(text).actors.query("kind == 'person'")
    row = people[people.name == name].iloc[0]
    assert tuple(None if pd.isna(v) else v for v in (row.role, row.affiliation, row.side)) == (role, affiliation, side)
    assert len(people) == 1


JOINED = [  # text, actor, how often it is mentioned
    ("Downing Street said that it was late.", "Government of the United Kingdom", 1),
    ("Unite said the deal was off. It met Unite in Ayr.", "Unite the Union", 2),
    ("M&S said the work was needed. M&S claims that a shop is old.", "Marks & Spencer", 2),
    ("They called for Colum Wastwood to go. Mr Wastwood said no.", "Colum Wastwood", 2),
    ("Insp Jane Lee said so. Insp Lee said more.", "Jane Lee", 2),
    ("Ann Lee spoke in Ayr. Lee said it was late. She left.", "Ann Lee", 3),
    ("James O’Neill spoke in Ayr. O'Neill said it was late.", "James O’Neill", 2),
    ("Ben Carson spoke in Ayr. Carson said it was late.", "Ben Carson", 2),
    ("Osama bin Laden spoke in Ayr. Bin Laden said it was late.", "Osama bin Laden", 2),
    ("The European Union agreed. The EU said so.", "European Union", 2),
    ("Kiev refused. Kyiv said so again.", "Government of Ukraine", 2),
    ("NATO met in Ayr. The alliance agreed to stay.", "NATO", 2),
    ("Anders Fogh Rasmussen spoke. The policy group Rasmussen Global did not.", "Anders Fogh Rasmussen", 1),
    ("Rep. Jim Jordan (R-Ohio) spoke. Jordan said it was late.", "Jim Jordan", 2),
    ("The New York Times wrote to Ann Lee. The Times said so.", "New York Times", 2),
    ("The New York Times wrote to Ann Lee. The Post and The Times said so.", "New York Times", 2),
    ("The Times said so. So did the Denver Post.", "The Times", 1),
    ("The Times of London said so. The Los Angeles Times did not.", "Los Angeles Times", 1),
    ("The Scottish Nurses Party (SNP) met. The SNP said it was late.", "Scottish Nurses Party", 3),
    ("The House Oversight Committee met. Rain fell. The panel said it was late.", "House Oversight Committee", 2),
    ("The Haqqani Network struck, the New York Times said. The network denied it.", "Haqqani Network", 2),
    ("The New York Times wrote to Ann Lee. The newspaper said it was late.", "New York Times", 2),
    ("The Senate Armed Services Committee met. Ann Lee left.", "Senate Armed Services Committee", 1),
    ("Djokovic told a TV interviewer that he is late. Many people like Djokovic.", "Djokovic", 2),
    ("The Republicans said so to Ann Lee.", "Les Républicains", 0),
    ("The Church of Ayr met. Bob Ray left Church on Sunday.", "Church of Ayr", 1),
    (
        "The Church of Ayr met.\n\nIt rained.\n\nIt rained.\n\nIt snowed.\n\nIt rained.\n\nThen the church said no.",
        "Church of Ayr",
        2,
    ),
    ("The GOP front-runner, Bob Ray, spoke. Ann Lee left. The front-runner stayed.", "Bob Ray", 2),
    ("The White House said no. Moscow said yes to Washington.", "Government of the United States", 2),
    ("Enrique Peña Nieto spoke in Ayr. Peña Nieto said it was late.", "Enrique Peña Nieto", 2),
    ("Hillary Clinton spoke in Ayr. Crooked Hillary Clinton left.", "Hillary Clinton", 2),
    ("First lady Michelle Obama spoke. President Obama left. Mr. Obama came. Obama stayed.", "Obama", 3),
    ("First lady Michelle Obama spoke. Mr. Obama left. Mrs. Obama stayed.", "Michelle Obama", 2),
    ("Rep. Robert C. “Bobby” Scott spoke. Bobby Scott left. Bobby came.", "Robert C. “Bobby” Scott", 3),
    ("HIllary Clinton spoke in Ayr. Hillary Clinton left.", "Hillary Clinton", 2),
    ("Del. Ann Lee (D-Newport News) spoke. The delegate left early.", "Ann Lee", 2),
    ("Prime Minister Theresa May spoke in May. May said it was late. It rained in May 2016.", "Theresa May", 2),
    ("WASHINGTON -- Ann Lee said no.", "Government of the United States", 0),
    ("HEMPSTEAD, N.Y., Sept. 26 (UPI) — Ann Lee left.", "HEMPSTEAD", 0),
]


GROUPS = [  # text, the group, how often it is mentioned
    ("Protesters demanded his resignation. Police met the protesters with gas.", "Protesters", 2),
    ("Critics’ complaints that the plan is too dear were heard in Ayr.", "Critics", 1),
    ("Democrats accused Bob Ray of lying. He wrote to Democrats in Ayr.", "Democrats", 1),
    ("“No,” senior officials said. Ann Lee met senior officials. Other officials left.", "Senior officials", 2),
    ("“Leaders in Ayr condemned the deal,” Ann Lee said.", "Leaders", 1),
    ("Columnists condemned the deal.", "Columnists", 1),
    ("People hated Bob Ray.", "People", 0),
    ("“No,” said all the experts I know.", "Experts", 1),
    ("“No,” so many critics said.", "Critics", 1),
    ("“No,” a few early critics said.", "Early critics", 1),
]


@pytest.mark.parametrize(("text", "name", "mentions"), [*JOINED, *GROUPS])
def test_mentions_are_joined(text, name, mentions):
    actors = onrecord.analyse(text).actors
    assert list(actors.mentions[actors.name == name]) == [mentions] * (mentions > 0)


NOBODY = [  # text, the people in it
    ("Nathan Law of Demosisto spoke in Ayr.", ["Nathan Law"]),
    ("Yasmin Abdalla , Bindra Ngakane , Carlos Menem", ["Yasmin Abdalla", "Bindra Ngakane", "Carlos Menem"]),
    ("Obamacare failed, Ann Lee said.", ["Ann Lee"]),
    ("Joseph R. Biden, Jr., is a fellow at the Ayr Centre.", ["Joseph R. Biden"]),
    ("Clinton Plan Is Complex And Expensive\n\nAnn Clinton left the hall.", ["Ann Clinton"]),
    ("Said Ann Lee, who grew up in Ayr, “We will stay for a year.”", ["Ann Lee"]),
    ("In Las Vegas, where the mayor and his wife live, rain fell.", []),
    ("Ayr Motor Co. said it would leave.", []),
    ("The ADPL's Ben Chan met members of DAB in the Zeitgeist.", ["Ben Chan"]),
    ("Demosisto's Nathan Law spoke in Ayr.", ["Nathan Law"]),
    ("Homeopathy was no help. Ann Lee had studied homeopathy.", ["Ann Lee"]),
    ("The Trumps left. Donald Trump stayed.", ["Donald Trump"]),
    ("Donald Trump spoke outside Trump Tower.", ["Donald Trump"]),
    ("Fine Gael lost the election to Fianna Fáil.", []),
    ("They bombed Da Nang, Kon Tum and Pleiku.", []),
    ("According to a report by the consultancy Ayr Partners, the line would carry more passengers.", []),
    ("Republican Stephen Owen met Sir Jeffrey Lee.", ["Stephen Owen", "Jeffrey Lee"]),
    ("Foreign Minister Mohamad Hasan met premier Mahathir Mohamad.", ["Mohamad Hasan", "Mahathir Mohamad"]),
    ("Local people in Stroud met Ann Lee, the MP for Stroud.", ["Ann Lee"]),
    ("José Azcona del Hoyo met Ann Lee.", ["José Azcona del Hoyo", "Ann Lee"]),
]


@pytest.mark.parametrize(("text", "people"), NOBODY)
def test_no_one_else_is_a_person(text, people):
    actors = onrecord.analyse(text).actors
    assert list(actors.name[actors.kind == "person"]) == people


DEBRIS = [  # lines of a web page that are no part of its article
    "Share on Facebook Tweet Email Print",
    "Follow Us On Twitter",
    "Photo: Getty Images/Sean Gallup",
    "Read More: Five Things To Know",
    "Advertisement Story Continues Below",
    "Sign Up For Our Newsletter",
    "By Staff Writer",
    "Related Topics Business Economy Brexit",
    "Copyright 2022 The Associated Press. All rights reserved.",
    "(Reporting by Staff; Editing by Desk)",
    "LIVE UPDATES: Storm Hits Coast",
    "Terms Of Use Privacy Policy Cookie Settings",
    "Watch Video: What Happens Next",
]


def test_what_a_page_has_around_its_article_is_nobody():
    texts = [f"It rained in Ayr on Monday, Ann Lee said.\n\n{line}\n\nThe bridge stayed shut." for line in DEBRIS]
    assert [list(made.actors["name"]) for made in onrecord.analyse_many(texts)] == [["Ann Lee"]] * len(DEBRIS)


PRONOUNS = [  # text, the pronoun, who is meant
    ("Mr Roe left. The head of property, Sacha Lee, accused Mr Roe of haste. He said it was late.", "He", "sacha-lee"),
    ("In her opening speech, Ann Lee said it was late.", "her", "ann-lee"),
    ("Bob Ray left. “His work is over,” Carl Moe said.", "His", "bob-ray"),
    ("Bob Ray spoke. Carl Moe said: “I like his work.”", "his", "bob-ray"),
    ("Ann Lee met Bob Ray. She said it was late.", "She", "ann-lee"),
    ("“He is ill,” said Bob Ray in Ayr. Carl Moe met Bob Ray. “He is my friend,” Bob Ray said.", "He", "carl-moe"),
    ("Carl Moe left. “He is ill and he is tired,” said Bob Ray.", "he", "carl-moe"),
    ("Carl Moe left. He said: “Carl Moe is a legend.”", "He", "carl-moe"),
    ("Bob Ray met Carl Moe. Moe left. He said: “Moe is a legend.”", "He", "bob-ray"),
    ("Ed Poe lives in Ayr. It rains.\n\nIt rains. It is late.\n\nIt rains.\n\nHe said it was late.", "He", "ed-poe"),
    ("Bob Ray spoke. Dan Moe met him in Ayr.", "him", "bob-ray"),
    ("Bob Ray met Angela Moe. He said it was late.", "He", "bob-ray"),
    ("Angela Moe wrote to Bob Ray. The day was long. Angela Moe waited for his answer.", "his", "bob-ray"),
]


@pytest.mark.parametrize(("text", "pronoun", "actor"), PRONOUNS)
def test_he_and_she(text, pronoun, actor):
    mentions = onrecord.analyse(text).mentions
    assert list(mentions.actor_id[mentions.text == pronoun]) == [actor]


def test_a_name_is_printed_as_a_name():
    (row,) = onrecord.analyse("The mayor said no.\n\nMayor Ann Lee left on Monday.").actors.itertuples()
    assert (row.name, row.printed, row.mentions) == ("Ann Lee", "Ann Lee", 2)


def test_the_words_of_a_heading_are_no_role():
    people = onrecord.analyse("Hillary Asking Moderator To Fact Check Trump\n\nDonald Trump left the hall.").actors
    assert people.role[people.name == "Donald Trump"].isna().all()


def test_who_stands_before_a_role_is_no_part_of_it():
    people = onrecord.analyse("Ray and Democratic rival Hillary Clinton met. Bob Ray left.").actors
    assert list(people.role[people.name == "Hillary Clinton"]) == ["Democratic rival"]


BEARERS = [  # text, words that name somebody, who is meant
    ("Volodymyr Zelenskyy spoke in Kyiv. Zelensky said it was late.", "Zelensky", ["volodymyr-zelenskyy"]),
    ("Gaddafi spoke in Tripoli. Mr Qaddafi said it was late.", "Qaddafi", ["gaddafi"]),
    ("Bill Clinton met Hillary Clinton. Mrs Clinton said it was late.", "Clinton", ["hillary-clinton"]),
    ("Bill Clinton met Hillary Clinton. Mr. Clinton said it was late.", "Clinton", ["bill-clinton"]),
    ("Vice President Joseph R. Biden Jr. spoke in Ayr. Mr. Biden left.", "Biden", ["joseph-r-biden-jr"]),
    ("Donald Trump met Donald Trump Jr. in Ayr. Mr. Trump left.", "Trump", ["donald-trump"]),
    ("The Federal Reserve met in Ayr. The Fed left it at that.", "Fed", ["federal-reserve"]),
    ("Sir Jeffrey Lee left in May. Lord Hall stayed.", "Lord Hall", ["lord-hall"]),
    ("Sir Jeffrey Lee left in May. Lord Hall stayed.", "Sir Jeffrey Lee", ["jeffrey-lee"]),
]


DESCRIBED = [  # text, words that describe somebody, who is meant
    ("Sen. Ann Lee met Gov. Bob Ray. They talked. The senator left early.", "The senator", ["ann-lee"]),
    ("Congresswoman Ann Lee met lawmakers. The representative left early.", "The representative", ["ann-lee"]),
    ("Ann Lee spoke in Ayr.\n\nThe former mayor said it was late.", "The former mayor", ["ann-lee"]),
    ("Ann Lee met Bob Ray in Ayr.\n\nThe former mayor said it was late.", "The former mayor", ["former-mayor"]),
    ("Republican nominee Bob Ray met Ann Lee. The Democratic nominee had left.", "The Democratic nominee", []),
    ("Former mayor Ann Lee spoke. The mayor had left the hall.", "The mayor", []),
    ("Ann Lee, the mayor of Ayr, met the mayor of Kon. The next mayor will be Bob Ray.", "the mayor", []),
    ("French President Guy Dubois met Ann Lee. The Russian president had left.", "The Russian president", []),
    ("The Church of Scientology denied it. Ann Lee left the church.", "the church", ["church-of-scientology"]),
    ("The Ayr Foundation met the Lee Foundation. The foundation gave money.", "The foundation", []),
    ("Bob Ray spoke. The protester left. The official said it was late.", "The official", ["official"]),
    ("Donald Trump left.\n\nIt rained.\n\nThe Republican nominee said no.", "The Republican nominee", ["donald-trump"]),
    ("Rival Ann Lee spoke. The GOP nominee said it was late.", "The GOP nominee", ["ann-lee"]),
    ("The nominee’s daughter Ann Lee met Bob Ray. The nominee had left.", "The nominee", []),
    ("A judge in Ayr spoke. Ann Lee left. The judge said it was late.", "The judge", ["judge"]),
    (
        "Health Secretary Bob Ray met Education Secretary Ann Lee. The health secretary had left.",
        "The health secretary",
        ["bob-ray"],
    ),
    ("Ann Lee, the general secretary of Unison, spoke. The energy secretary had left.", "The energy secretary", []),
    ("The nominee and his aides said it was late.", "The nominee", ["nominee"]),
    ("Labour MP Ann Lee met councillor Bob Ray. The MP had left.", "The MP", ["ann-lee"]),
    ("The mayor said no.\n\nMayor Ann Lee met Bob Ray on Monday.", "The mayor", ["ann-lee"]),
    ("The mayor said no.\n\nMayor Ann Lee met former mayor Bob Ray on Monday.", "The mayor", ["ann-lee"]),
    ("The mayor said no.\n\nMayor Ann Lee of Ayr met Mayor Bob Ray.", "The mayor", ["mayor"]),
    ("No 10 said it was late.", "No 10", ["government-of-the-united-kingdom"]),
    ("The England No 10 said it was late.", "No 10", []),
    ("Labour MP Ann Lee met councillor Bob Ray. The councillor had left.", "The councillor", ["bob-ray"]),
    ("Labour MP Ann Lee met mayor Bob Ray. The legislator had left.", "The legislator", ["ann-lee"]),
    ("A councillor said no.\n\nConservative councillor Ann Lee met Bob Ray.", "A councillor", ["ann-lee"]),
    (
        "A councillor said no.\n\nConservative councillor Ann Lee met councillor Bob Ray.",
        "A councillor",
        ["councillor"],
    ),
    ("A lawmaker in Ayr said no.\n\n“It is late,” Ann Lee said.", "A lawmaker in Ayr", ["ann-lee"]),
    ("A lawmaker in Ayr said no.\n\n“It is late,” Ann Lee, a baker, said.", "A lawmaker in Ayr", ["lawmaker-in-ayr"]),
    ("A lawmaker in Ayr said no.\n\nThe hall was named for Ann Lee.", "A lawmaker in Ayr", ["lawmaker-in-ayr"]),
    (
        "A lawmaker said no.\n\n“It is late,” Ann Lee said.\n\nThe lawmaker, who is ill, said it was late.",
        "The lawmaker",
        ["ann-lee"],
    ),
    ("Malta’s government is to propose a law.", "Malta’s government", ["government-of-malta"]),
    ("Union rejects Rolls-Royce bonus\n\nUnite met Bob Ray. They talked.", "Union", ["unite-the-union"]),
    ("Andrew RT Davies spoke in Ayr. Davies left.", "Davies", ["andrew-rt-davies"]),
    ("Mayor Ann Lee left Ayr. The incoming mayor said it was late.", "The incoming mayor", ["incoming-mayor"]),
    ("The plan was backed by Mayor of London Sadiq Khan and Ayr City Council.", "Sadiq Khan", ["sadiq-khan"]),
    (
        "The US Congress met. Ann Lee spoke in Manila’s House of Representatives.",
        "House of Representatives",
        ["house-of-representatives"],
    ),
]


@pytest.mark.parametrize(("text", "words", "actors"), [*BEARERS, *DESCRIBED])
def test_whose_name_it_is(text, words, actors):
    mentions = onrecord.analyse(text).mentions
    assert list(mentions.actor_id[mentions.text == words]) == actors


NO_BODIES = [
    "The judge read the National Voter Registration Act aloud.",
    "The Nobel Peace Prize went to Ann Lee.",
    "Ann Lee said that P6 and P7 would follow.",
    "The Redress Scheme and the Child Payment helped Ann Lee.",
    "Shells fell on Kon Tum.",
    "Rep. Mia Love (R-Utah) left.",
    "Ann Lee, R-Ky., left.",
    "Ann Lee praised Medicare in the Oval Office.",
    "Ann Lee met pro-Moscow advisers and un-American leaders.",
    "Eastern and Northern European leaders met Ann Lee.",
    "Power Plant Rules Face Key Test In Court\n\nAnn Lee left the hall.",
    "Super Groups Target Young Voters With New Ads\n\nAnn Lee left the hall.",
]


@pytest.mark.parametrize("text", NO_BODIES)
def test_laws_prizes_and_cities_are_no_bodies(text):
    assert onrecord.analyse(text).actors.query("kind == 'organisation'").empty


PLACES = [
    "They met in Brussels and then in Geneva.",
    "Rain fell across Austria.",
    "Officials flew to a village near Vienna.",
]


@pytest.mark.parametrize("text", PLACES)
def test_mere_places_are_no_actors(text):
    assert onrecord.analyse(text).actors.query("kind in ['state', 'government']").empty


def test_the_first_article_has_its_fifteen_people(nato):
    people = nato.actors[nato.actors.kind == "person"]
    assert len(people) == 15 and people[["role", "affiliation", "side"]].notna().all(axis=None)
    changed = dict(zip(people.printed, people.name, strict=True))
    assert (
        changed["Alexander Glushko"] == "Alexander Grushko"
        and changed["Mikola Bereskov"] == "Mykola Bielieskov"
        and changed["Jose Puborrell"] == "Josep Borrell"
    )


def test_debris_is_nobody(nato_draft):
    names = set(nato_draft.actors.name)
    assert not names & {
        "Crisis",
        "State",
        "Eastern",
        "Named",
        "Between",
        "Say",
        "Wish List",
        "Anders Fogh Rasmussen Named",
        "Ukraine map",
    }
    assert len(nato_draft.actors[nato_draft.actors.kind == "person"]) == 15


def test_counts_are_those_of_the_tables(shipped):
    actors = shipped.actors.set_index("actor_id")
    assert actors.mentions.sum() == len(shipped.mentions)
    heard = shipped.quotes[(shipped.quotes.kind != "scare") & shipped.quotes.speaker_id.notna()]
    assert actors.quotes.sum() == len(heard) and actors.words.sum() == heard.words.sum()
