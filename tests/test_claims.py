"""What articles say of memberships: sentences made up for it, each with what must be found in it and whether the table agrees."""

import pandas as pd
import pytest

import onrecord
from onrecord import claims, data
from onrecord.data import InputError
from onrecord.schema import frame

DAY = "2022-01-14"
HOLDS = {"yes": True, "no": False, "?": None}

# sentence | claims, each: states, organisation (- for none), claim, number where there is one, whether it holds on 14 January 2022
STATED = """
NATO ally Turkey has shot down a jet. | TUR NATO member yes
Talks between NATO member Turkey and Russia failed. | TUR NATO member yes
If NATO member Turkey leaves, others may follow. | TUR NATO member yes
NATO members Poland and Lithuania border Belarus. | POL,LTU NATO member yes
NATO’s easternmost members, particularly Poland and the Baltic states, asked for troops. | POL,EST,LVA,LTU NATO member yes
EU countries such as Austria, Ireland and Norway agreed. | AUT,IRL EU member yes; NOR EU member no
Germany, France and other NATO allies objected. | DEU,FRA NATO member yes
North Macedonia, NATO’s newest member, sent troops. | MKD NATO member yes
Hungary, an EU and NATO member, objected. | HUN EU member yes; HUN NATO member yes
Poland, a member of both NATO and the EU, objected. | POL NATO member yes; POL EU member yes
Finland, a long-standing NATO member, objected. | FIN NATO member no
Estonia and Latvia, both EU members, objected. | EST,LVA EU member yes
Denmark, Norway and Iceland are NATO members. | DNK,NOR,ISL NATO member yes
Poland borders Russia and Ukraine is a NATO member. | UKR NATO member no
Ukraine is a member of the OSCE and the Council of Europe. | UKR OSCE member yes; UKR CoE member yes
The troops of the CSTO, of which Kazakhstan is a member, came. | KAZ CSTO member yes
NATO said Ukraine is part of the alliance. | UKR NATO member no
Britain was a member of the EU. | GBR EU member ?
ASEAN member Myanmar refused. | MMR ASEAN member ?
Finland, which shares a 1,340-km border with Russia, is a NATO member. | FIN NATO member no
Ukraine, which borders NATO members Poland, Slovakia and Romania, has no vote. | POL,SVK,ROU NATO member yes
Slovenia, Croatia and Serbia, founding members of NATO, objected. | SVN,HRV NATO member yes; SRB NATO member no
The EU’s newest member, Croatia, objected. | HRV EU member yes
Armenia, a member of the Russian-led CSTO, asked for help. | ARM CSTO member yes
Yugoslavia is a member of the OSCE. | YUG OSCE member ?
Sweden, which is not a member of NATO, applied on Tuesday. | SWE NATO not_a_member yes
Non-NATO Finland shares a long border with Russia. | FIN NATO not_a_member yes
Major non-NATO ally Pakistan objected. | PAK NATO not_a_member yes
Non-EU countries such as Norway and Poland pay. | NOR EU not_a_member yes; POL EU not_a_member no
Neither Ukraine nor Georgia is a member of NATO. | UKR,GEO NATO not_a_member yes
Ukraine, not yet a NATO member, asked for arms. | UKR NATO not_a_member yes
Norway isn’t in the EU but pays. | NOR EU not_a_member yes
Countries outside NATO, such as Austria, agreed. | AUT NATO not_a_member yes
Poland was not a NATO member. | POL NATO not_a_member ?
Serbia, an EU candidate country, refused. | SRB EU candidate yes
EU candidate Croatia refused. | HRV EU candidate no
EU candidate Norway refused. | NOR EU candidate ?
Neutral Austria hosted the talks. | AUT - neutral yes
Traditionally neutral Norway hosted the talks. | NOR - neutral no
Ireland, which is militarily neutral, agreed. | IRL - neutral yes
Austria, which is neutral, agreed. | AUT - neutral yes
Neutral countries agreed. | - - neutral ?
The former Soviet republic of Moldova applied. | MDA - former_Soviet yes
Former Soviet republics such as Estonia and Poland applied. | EST - former_Soviet yes; POL - former_Soviet no
In Moldova, a former Soviet republic wedged between Ukraine and EU member Romania, prices rose. | MDA - former_Soviet yes; ROU EU member yes
Russia and other former Soviet states signed. | RUS - former_Soviet yes
It should bar Ukraine and former Soviet states. | - - former_Soviet ?
NATO’s 28 members agreed. | - NATO count 28 no
NATO met on Monday. The 30-nation military alliance agreed. | - NATO count 30 yes
The EU met on Monday. Twelve of the bloc’s 27 member states objected. | - EU count 27 yes
The OSCE met on Monday. All 57 participating states agreed. | - OSCE count 57 yes
At least 20 of the 30 NATO allies pay too little. | - NATO count 30 yes
ASEAN’s ten members met. | - ASEAN count 10 ?
The Baltic states joined the EU and NATO in 2004. | EST,LVA,LTU EU joined 2004 yes; EST,LVA,LTU NATO joined 2004 yes
Poland, Hungary and Romania joined NATO on March 12, 1999. | POL,HUN NATO joined 1999 yes; ROU NATO joined 1999 no
Turkey, a NATO member since 1952, objected. | TUR NATO joined 1952 yes
Until Croatia became the EU’s 28th member in 2013, there were 27. | HRV EU joined 2013 yes
Denmark, which joined NATO in 1949, objected. | DNK NATO joined 1949 yes
Sweden has been a member of the EU since 1994. | SWE EU joined 1994 no
Russia left the G8 in 2014. | RUS G8 left 2014 ?
Britain, which left the European Union in January 2020, objected. | GBR EU left 2020 yes
Norway left the EU in 1994. | NOR EU left 1994 no
"""

UNSAID = """
Ukraine must never join NATO, the Kremlin says.
Russia demands that Ukraine is not a NATO member.
If Ukraine is a member of NATO, it will be safe.
Ukraine wants to become a member of the EU.
Ukraine could be a NATO member by 2030.
Sweden will have been a member of the EU for long by then.
Is Ukraine a NATO member?
Why is it that Ukraine is not a NATO member?
He denied that Ukraine is a NATO member.
Georgia and Ukraine will become members of NATO, leaders agreed.
Would-be NATO member Ukraine asked for help.
Former EU member Britain objected.
NATO membership for Ukraine is off the table.
Turkey is in NATO talks.
Mike Ray of Georgia is a member of the EU delegation.
Jordan, a member of the European Parliament, said no.
Northern Ireland is not a member of the EU.
New Mexico is not a NATO member.
Five NATO members refused, and 12 EU members signed.
The 12 EU members that signed the letter met.
The EU’s 27 leaders agreed.
The EU’s former member, Britain, objected.
Ukraine is set to become a NATO member.
The 34-nation alliance was announced in Riyadh.
NATO looked on while the Arab League met. The 22-nation alliance agreed.
Switzerland remained neutral in the vote.
Some EU countries have chosen to remain neutral towards Russia.
A group called Independent and Neutral Switzerland objected.
A Swiss and neutral US observer came.
The former Soviet Union fell apart under former Soviet leader Gorbachev.
Germany joined NATO allies in the condemnation.
The U.S. ambassador to the OSCE met EU diplomats in Turkey.
"""


def found(text, on=DAY, quotes=()):
    ends = [at + 1 for at, sign in enumerate(text) if sign in ".?" and text[at + 1 : at + 2] in ("", " ")]
    places = [(begin + (begin > 0), end) for begin, end in zip([0, *ends], ends) if end > begin]
    sentences = pd.DataFrame([(s, e, text[s:e]) for s, e in places], columns=["start", "end", "text"])
    return onrecord.membership_claims(text, sentences, frame("quotes", quotes), on, ["NATO", "EU", "OSCE"])


def rows(cell):
    """`TUR,GRC NATO joined 1952 yes; …` as tuples."""
    for part in cell.split("; "):
        states, organisation, claim, *number, holds = part.split()
        for state in states.split(","):
            missing = [None if word == "-" else word for word in (state, organisation)]
            yield (*missing, claim.replace("_", " "), int(number[0]) if number else None, HOLDS[holds])


def told(table):
    cells = table[["state", "organisation", "claim", "number", "holds"]].astype(object)
    return {tuple(None if pd.isna(value) else value for value in row.values()) for row in cells.to_dict("records")}


@pytest.mark.parametrize("line", STATED.strip().splitlines())
def test_what_is_stated(line):
    text, cell = line.split(" | ")
    table = found(text)
    assert told(table) == set(rows(cell)) and len(table) == len(told(table)) and table["stated"].all()
    assert all(text[row.start : row.end] == row.text and row.why for row in table.itertuples())
    assert set(table["claim"]) <= set(claims.CLAIMS) and set(table["by"]) == {"narrator"}


@pytest.mark.parametrize("text", UNSAID.strip().splitlines())
def test_what_is_no_claim(text):
    assert told(found(text)) == set()


@pytest.mark.parametrize(
    "text", ["Moscow wants to see Ukraine as a neutral country.", "A neutral Ukraine is what it wants."]
)
def test_a_wish_is_shown_and_not_checked(text):
    (row,) = found(text).to_dict("records")
    assert (row["state"], row["claim"], row["stated"]) == ("UKR", "neutral", False) and pd.isna(row["holds"])
    assert "neither NATO nor the CSTO" in row["why"]


PATTERNS = data.table("claims").query("kind != 'slot'")


@pytest.mark.parametrize("row", list(PATTERNS.itertuples()), ids=range(len(PATTERNS)))
def test_every_pattern_finds_its_example(row):
    pattern = next(p for p in claims._patterns() if p.words.pattern == claims._compiled(row.pattern).pattern)
    table = found(row.example)
    assert row.kind in set(table["claim"]) and row.kind in claims.CLAIMS
    marked = [
        claims._marked(part, "EU" if "EU" in row.example else "OSCE" if "OSCE" in row.example else "NATO").text
        for part in row.example.split(". ")
    ]
    assert any(pattern.words.search(part) for part in marked)


@pytest.mark.parametrize(
    "text, on, why",
    [
        ("Austria is a NATO member.", DAY, "Austria was not in NATO on that day, but in the EU and the OSCE"),
        ("NATO has 29 members.", DAY, "NATO had 30 members on that day"),
        ("Finland joined NATO in 2020.", DAY, "Finland’s first day in NATO was 4 April 2023"),
        ("Estonia is a former Soviet republic.", DAY, "Estonia came out of the Soviet Union; on that day it was in NATO"),
        ("Austria is a neutral country.", "1980-05-01", "other alliances of that day are not in the table"),
        ("Kenya is a NATO member.", None, "The article has no date"),
        ("France joined the EU in 1993.", DAY, "another date that is told"),
        ("ASEAN member Myanmar refused.", DAY, "The members of ASEAN are not known here"),
    ],
)  # fmt: skip
def test_why(text, on, why):
    assert why in found(text, on)["why"].iloc[0]


def test_the_day_decides():
    assert [found("Finland is a NATO member.", on)["holds"].iloc[0] for on in ("2023-04-03", "2023-04-04")] == [
        False,
        True,
    ]
    assert found("The EU has 28 members.", "2020-01-31")["holds"].iloc[0]
    assert not found("The EU has 28 members.", "2020-02-01")["holds"].iloc[0]


def test_without_a_day_only_what_needs_none_is_checked():
    table = found("Poland joined NATO in 1999. Georgia is a former Soviet republic. Poland is a NATO member.", None)
    assert table["holds"].tolist() == [True, True, pd.NA]


def test_who_says_so():
    text = "“Ukraine is a NATO member,” said Ann Lee. “Poland is a NATO member,” it said. Latvia is a NATO member."
    made = {
        "kind": "direct",
        "speech": "speech",
        "rule": "hand",
        "confidence": 1.0,
        "source": "review",
        "reviewed": True,
    }
    places = [(1, 25, "Ann Lee"), (43, 66, None)]
    quotes = [
        made | {"quote_id": f"q-{s}", "block_id": "b", "start": s, "end": e, "spans": ((s, e),), "text": text[s:e], "speaker": who, "words": 5}
        for s, e, who in places
    ]  # fmt: skip
    assert found(text, DAY, quotes)["by"].tolist() == ["Ann Lee", pd.NA, "narrator"]


def test_bad_requests():
    with pytest.raises(InputError, match="not a date"):
        found("NATO has 30 members.", "2022-13-01")
    nothing = found("Nothing.")
    assert nothing.empty and {c: str(t) for c, t in nothing.dtypes.items()} == {
        c: str(t) for c, t in found("NATO has 30 members.").dtypes.items()
    }


def test_the_shipped_articles(shipped):
    table = onrecord.membership_claims(
        shipped.article.text, shipped.sentences, shipped.quotes, shipped.article.published
    )
    seen = [(row.text, row.by, row.stated) for row in table.itertuples()]
    assert seen == (
        [("former Soviet states", "narrator", True), ("Ukraine as a neutral country", "Oleg Ignatov", False)]
        if "NATO" in shipped.article.text
        else []
    )


def test_groups_are_sound():
    groups = data.table("groups").set_index("group")
    codes = {code for cell in groups["states"] for code in cell.split("|") if code}
    assert codes <= set(data.table("states")["iso3"]) and len(groups.loc["former Soviet", "states"].split("|")) == 15
    assert set(groups.loc["military alliance", "organisations"].split("|")) <= set(
        data.table("memberships")["organisation"]
    )


def test_a_day_on_which_members_are_not_all_known_leaves_the_claim_open(monkeypatch):
    def refused(claim, day, asked):
        raise InputError("the members of NATO on 1950-01-01 are not all known")

    monkeypatch.setattr(claims, "_check", refused)
    made = onrecord.analyse("NATO ally Turkey has shot down a jet.", published=DAY)
    found = onrecord.membership_claims(made.article.text, made.sentences, made.quotes, DAY)
    assert list(found.holds.isna()) == [True] and found.why[0].endswith("are not all known")
