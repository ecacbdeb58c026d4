"""What the title before a person's name and the apposition behind it tell: role, affiliation, country and side."""

import re
from typing import Protocol

from spacy.tokens import Doc, Span, Token

from onrecord import data, language
from onrecord.article import slugify
from onrecord.bodies import bare, body_here, known_organisations, named_body, part_of_role, speaks_for, trim_body
from onrecord.names import (
    ENDED,
    country_of,
    generic_words,
    is_known,
    is_office,
    organisation,
    party,
    role_noun,
    role_sort,
    roles,
    roles_in,
)

INSIDE_TITLES = ("of", "for", "and", "the", "’s", "'s", "-")
WITHIN = ("compound", "amod", "nmod", "advmod", "npadvmod")  # relations of words within a title
BEFORE_TITLES = ("but", "on", "after", "when", "as")
NO_APPOSITION = (
    "WRB",
    "WP$",
    "WDT",
    "IN",
    "TO",
    "CC",
    "VB",
    "VBD",
    "VBZ",
    "VBP",
    "VBG",
)  # how a phrase that names a role never begins
ENDS_APPOSITION = (",", ".", ";", ":", "“", "”", '"', "(", "—", "–", "―", "--")
NO_ROLES = (None, "honorific", "group", "body", "document")  # sorts of nouns that are no role of one person
PREFIXED = re.compile(r"(?:anti|non|pro)-")
LONGEST_BRACKET, LONGEST_PREDICATE = 8, 25  # tokens
BUSINESSES = frozenset(
    ["airline", "bank", "brand", "charity", "club", "company", "firm", "giant", "group", "maker", "retailer", "union"]
)
LETTERS = {"D": "Democratic", "R": "Republican"}  # as American papers mark whom a party sent
PARTY_LETTER = re.compile(r"(?: \(|, )([DR])-[A-Z]")
PORTFOLIOS = ("secretary", "undersecretary", "minister")  # offices that are for something: Secretary of State


class Bearer(Protocol):
    """Of whom something is told."""

    gender: str
    role: str | None
    affiliation: str | None
    affiliation_id: str | None
    country: str | None
    side: str | None


def learn_role(person: Bearer, title: Span | None, behind: Span | None) -> None:
    """Take role, affiliation, country and side from the title before a name and the apposition behind it."""
    for words in (title, behind):
        if words is None or (words is title and words.root.tag_ in ("NNS", "NNPS")):
            continue  # "athletes Ann Lee and Bob Ray"
        sorts = [(t, role_sort(t)) for t in words]
        for token, sort in sorts:
            if sort is not None and not person.gender:
                person.gender = roles().get(token.lower_, ("", ""))[1]
        nouns = [t for t, _ in sorts if (_is_role(t) or is_office(t.lower_)) and not _is_first_half(t)]
        if not nouns:
            continue
        words = _without_address(words)
        whole, words = words, _without_relative(words, nouns[0])
        if person.role is None or (tells_little(person.role) and any(_is_weighty(t) for t in nouns)):
            person.role = _role_text(words)
        if person.affiliation is None:
            _affiliate(person, words, nouns)
        if person.affiliation is None and role_sort(nouns[0]) == "expert":
            _affiliate(person, whole, nouns)  # "a researcher who studies Russia at the Ayr Institute"


def learn_party(person: Bearer, span: Span) -> None:
    """Take the party that stands beside a name: "Republican Ann Lee", "Ann Lee (D-Ohio)", "Ann Lee, R-Ky."; nothing where a body is told already."""
    if person.affiliation is not None:
        return
    before = span.doc[span.start - 1].text if span.start else ""
    letter = PARTY_LETTER.match(language.text_of(span.doc), span.end_char)
    row = party(LETTERS[letter[1]] if letter else before) if letter or before[:1].isupper() else None
    if row is not None:
        person.affiliation, person.affiliation_id = row["name"] if letter else before, slugify(row["name"])
        person.country = person.country or row.country or None
        person.side = person.side or speaks_for(row)


def tells_little(role: str) -> bool:
    """Whether a printed role is only what somebody is to others: "rival", "wife and critic"."""
    return all(roles()[noun][0] == "civil" for noun in roles_in(role.casefold().split()))


def _is_first_half(noun: Token) -> bool:
    """Whether a noun only begins a role of two words: attorney in "attorney general"."""
    behind = [t for t in noun.doc[noun.i + 1 : noun.i + 3] if t.text != "-"][:1]
    return any((role_noun(t) or "").startswith((f"{noun.lower_} ", f"{noun.lower_}-")) for t in behind)


def _is_weighty(noun: Token) -> bool:
    return is_office(noun.lower_) or role_sort(noun) in ("office", "business", "expert")


def _without_address(words: Span) -> Span:
    """The words without a form of address behind the role: "party leader" of "party leader Sir"."""
    end = words.end
    while role_sort(words.doc[end - 1]) == "honorific" and any(map(_is_role, words.doc[words.start : end - 1])):
        end -= 1  # but "Ohio Sen."
    return words.doc[words.start : end]


def _without_relative(words: Span, noun: Token) -> Span:
    """The words up to a relative clause behind the noun that names the role."""
    for token in words.doc[noun.i + 1 : words.end]:
        if token.tag_ in ("WP", "WDT"):
            return words.doc[words.start : token.i]
    return words


def title_before(span: Span) -> Span | None:
    """The words of a title right before the name: "U.S. Deputy Secretary of State"."""
    described = _description(span)
    if described is not None:
        return described
    doc, start = span.doc, span.start
    if start > 1 and doc[start - 1].text == "," and role_sort(doc[start - 2]) and doc[start - 2].head.lower_ != "as":
        named = len(span) > 1 or doc[start - 2].left_edge.is_sent_start
        start -= named  # "the prime minister, Ann Lee", but "through a spokeswoman, Lee declined"
    while start > 0 and _continues_title(doc, start, span.start):
        start -= 1
    while start < span.start and doc[start].lower_ in (*INSIDE_TITLES, *BEFORE_TITLES):
        start += 1
    end = span.start
    while end > start and doc[end - 1].is_punct:
        end -= 1
    words = _from_role(doc[start:end])
    if not any(role_sort(t) for t in words):
        return None
    behind = span.root.dep_ == "nsubj" and any(t.dep_ == "pobj" and role_sort(t) and t.head.i < start for t in words)
    return None if behind else words  # "in a letter to the mayor Mr Lee said"


def _description(span: Span) -> Span | None:
    """A role to which the name is an apposition: "the mayor of Ayr, Ann Lee"; the parse often takes both for the subject of one verb."""
    doc, start = span.doc, span.start
    while start and role_sort(doc[start - 1]) == "honorific":
        start -= 1
    if not start or doc[start - 1].text != ",":
        return None
    named = span.root.head
    if span.root.dep_ in ("nsubj", "nsubjpass"):
        same = (c for c in named.children if c.dep_ == span.root.dep_ and start - 2 <= c.right_edge.i < start)
        named = next(same, named)
    elif span.root.dep_ != "appos":
        return None
    if named.i >= start or not _is_role(named):
        named = _office_of(doc[start - 2]) if span.root.dep_ == "appos" else None
    if named is None:
        return None
    first = named.left_edge.i
    body = language.entity_at(doc, first)
    first = body.start if body is not None and body.label_ == "ORG" else first  # "Union of Students' vice president"
    first = next(
        (t.i + 1 for t in reversed(doc[first : named.i]) if t.text in ("(", ")", ",")), first
    )  # "(DUP) MP for Ayr, Ann Lee"
    words = doc[first : start - 1]
    return words[1:] if words[0].lower_ in ("the", "a", "an", "but", "and") else words


def _office_of(last: Token) -> Token | None:
    """The role whose phrase ends with a word, such as "director of BBC Scotland": the parse may hang the name behind it on that word."""
    for _ in range(2):
        if last.dep_ != "pobj" or last.ent_type_ == "PERSON":
            return None
        last = last.head.head
        if _is_role(last):
            return last
    return None


def _continues_title(doc: Doc, start: int, name: int) -> bool:
    """Whether the token before `start` belongs to a title that goes on to the name which begins at `name`."""
    token, first = doc[start - 1], start == name
    if doc[start].text == "-":
        return True  # the word before a hyphen that was taken for a word's
    if token.text == "-" and not first:
        return start > 1 and not token.whitespace_ and not doc[start - 2].whitespace_
    if (role_noun(doc[start]) or "").startswith(f"{token.lower_} "):
        return True  # "running mate"
    if token.lower_ in INSIDE_TITLES and not first and start > 1:
        of = token.lower_ == "the" and start > 2 and doc[start - 2].lower_ in ("of", "for")
        before = doc[start - 3 if of else start - 2]  # "president of the Ayr Bank Ann Lee"
        if token.lower_ == "and" and not any(
            role_sort(t) or party(t.text) is not None for t in doc[max(start - 6, 0) : start - 1]
        ):
            return False  # "Lee and rival Bob Ray"
        return before.text[:1].isupper() or role_sort(before) is not None
    if not first and token.pos_ in ("NOUN", "ADJ") and token.dep_ in WITHIN and start <= token.head.i < name:
        return True  # "press secretary", "communications director"
    if all(role_sort(t) == "honorific" for t in doc[start:name]) and _is_charge(token):
        return True
    if any(_is_role(t) for t in doc[start:name]) and (token.tag_ == "NNS" or _is_whole_role(token, doc[start])):
        return False  # "refugees President Lee", "his running mate candidate Lee": what stands before is no part of it
    if role_sort(token) or token.ent_type_ in ("ORG", "NORP", "GPE") or (token.is_title and country_of(token.text)):
        return True
    if token.ent_type_ == "PERSON" or not _like_title(token):
        return False
    return not token.is_sent_start or (not first and token.pos_ in ("PROPN", "ADJ", "NOUN"))


def _is_charge(token: Token) -> bool:
    """Whether a common noun tells of what somebody is in charge: "head of infrastructure", "director of digital news"."""
    outer = token.head if token.dep_ == "conj" else token  # "director of nursing and governance"
    of = outer.head if outer.dep_ == "pobj" else outer.head.head
    if token.pos_ != "NOUN" or role_sort(token) not in (None, "body"):
        return False
    if not 0 < of.i < token.i or of.lower_ not in ("of", "for"):
        return False
    office = token.doc[of.i - 1]
    return token.i - of.i <= 4 and _is_role(office) and role_sort(office) in ("office", "business")


def _is_whole_role(token: Token, behind: Token) -> bool:
    """Whether a role ends before the next words of a title: "orator" before "President", "running mate" before any."""
    return token.is_lower and _is_role(token) and (behind.is_title or " " in role_noun(token))


def _like_title(token: Token) -> bool:
    """Whether a word has the looks of a part of a title: a capital, a point in it (U.S.), or an adjective's place."""
    return (token.text[:1].isupper() and (token.is_alpha or "." in token.text)) or token.pos_ == "ADJ"


def _from_role(words: Span) -> Span:
    """The part of a title that is the name's own: "actor" of "pictures of actor Ann Lee", "president" of "daughter of president Ann Lee",
    "Mrs." of "an aide to Mrs. Lee"."""
    for token in reversed(words):
        behind = words.doc[token.i + 1 : words.end]
        joined = any(t.lower_ == "and" for t in behind)  # "secretary of state and former senator"
        if token.lower_ in ("of", "for", "to") and any(_is_role(t) for t in behind) and not joined:
            return behind
        if token.lower_ in INSIDE_TITLES and len(behind) and all(role_sort(t) == "honorific" for t in behind):
            return behind
    return words


def _is_role(token: Token) -> bool:
    """Whether a noun names what one person does, not a group, a body or a form of address."""
    return token.pos_ != "ADJ" and token.tag_ not in ("NNS", "NNPS") and role_sort(token) not in NO_ROLES


def apposition(span: Span) -> Span | None:
    """The phrase between commas behind the name: ", the US ambassador to the OSCE,"."""
    doc, end = span.doc, _behind_brackets(span.doc, span.end)
    if end + 1 >= len(doc) or doc[end].text != ",":
        return None
    start = end + 1
    if start < len(doc) and doc[start].lower_ == "who":
        start += 1
        while start < len(doc) and doc[start].pos_ == "ADV":
            start += 1
        if start + 2 < len(doc) and doc[start].lemma_ in ("serve", "work", "act") and doc[start + 1].lower_ == "as":
            start += 2
        elif start + 1 >= len(doc) or doc[start].lemma_ != "be" or doc[start + 1].dep_ in ("neg", "aux"):
            return None  # "Ann Lee, who once met the mayor"
    while start < len(doc) and doc[start].lower_ in ("the", "a", "an", "is", "was", "now"):
        start += 1
    if start < len(doc) and (doc[start].tag_ in NO_APPOSITION or doc[start].dep_ in ("acl", "advcl")):
        return None
    stop = start
    while (
        stop < len(doc)
        and doc[stop].text not in ENDS_APPOSITION
        and (doc[stop].tag_ not in ("VBD", "VBZ", "VBP", "MD") or doc[stop].dep_ == "relcl")
        and stop - start < 25
    ):
        stop += 1
    words = doc[start:stop]
    nouns = [t for t in words if _is_role(t)]
    if nouns and any(t.i + 1 < stop and doc[t.i + 1].ent_type_ == "PERSON" for t in nouns):
        return None  # "Ann Lee, the player Bob Ray and …": a list, and the role is the next one's
    if not nouns or nouns[0].i - start > 8 or any(t.ent_type_ == "PERSON" for t in doc[start : nouns[0].i]):
        return None
    return words


def predicate(span: Span) -> Span | None:
    """What the sentence says that somebody is: "Lee is solicitor for the group"."""
    verb, name = span.root.head, span.root
    if name.dep_ != "nsubj" or verb.lemma_ != "be" or verb.tag_ not in ("VBZ", "VBP"):
        return None
    if any(c.dep_ in ("aux", "neg") for c in verb.children) or verb.dep_ not in ("ROOT", "conj", "ccomp"):
        return None
    noun = next((c for c in verb.children if c.dep_ == "attr" and c.i > verb.i), None)
    if noun is None or noun.tag_ in ("NNS", "NNPS") or not _is_weighty(noun) or verb.sent[-1].text == "?":
        return None
    if noun.left_edge.lower_ == "the" and any(c.dep_ == "amod" and not _belongs_to_role(c) for c in noun.children):
        return None  # "is the superior candidate", "is the only senator who"
    start = noun.left_edge.i + (noun.left_edge.lower_ in ("the", "a", "an"))
    clause = next(
        (c.left_edge.i for c in noun.children if c.dep_ in ("relcl", "acl", "conj", "cc", "punct") and c.i > noun.i),
        None,
    )
    return span.doc[start : min(clause or noun.right_edge.i + 1, start + LONGEST_PREDICATE)]


def _belongs_to_role(word: Token) -> bool:
    """Whether an adjective is part of what an office is called: foreign, former, British."""
    return (
        word.lower_ in generic_words()
        or word.lower_ in ENDED
        or country_of(word.text) is not None
        or party(word.text) is not None
    )


def _behind_brackets(doc: Doc, end: int) -> int:
    """The token behind a short bracket that begins here: "Ann Lee (D-Ohio), the"."""
    if end < len(doc) and doc[end].text == "(":
        return next((t.i + 1 for t in doc[end : end + LONGEST_BRACKET] if t.text == ")"), end)
    return end


def _role_text(words: Span) -> str:
    """A role as printed, up to the "at", "in" or relative clause behind it."""
    for token in words:
        if token.i > words.start and (
            token.text in ("at", "in", "with", "who", "that", "which", "from", ",")  # but "In Care Survivors"
        ):
            words = words.doc[words.start : token.i]
            break
    return re.sub(
        r"^(?:(?:the|a|an|another|one|that|this|his|her|its|their|my|our|\d+-year-old)\s+)+",
        "",
        words.text,
        flags=re.IGNORECASE,
    )


def _capitals(doc: Doc, start: int, end: int) -> Span | None:
    """The words with capitals that begin at a token, an article before them left out."""
    while start < end and doc[start].lower_ in ("the", "a", "an"):
        start += 1
    stop = start
    while stop < end and (
        doc[stop].text[:1].isupper()
        or (
            doc[stop].lower_ in ("of", "and", "for")
            and stop > start
            and stop + 1 < end
            and doc[stop + 1].text[:1].isupper()
        )
    ):
        stop += 1
    return doc[start:stop] if stop > start and role_sort(doc[start]) is None else None


def _affiliate(person: Bearer, words: Span, nouns: list[Token]) -> None:
    sort = "office" if is_office(nouns[0].lower_) else role_sort(nouns[0])
    known_names = known_organisations(words.doc)
    entities = [e for e in words.doc.ents if not any(e.start < k.end and k.start < e.end for k in known_names)]
    bodies = [
        e
        for e in map(trim_body, sorted([*entities, *known_names], key=lambda e: e.start))
        if e is not None and e.start >= words.start and e.end <= words.end
    ]
    bodies = [
        e
        for e in bodies
        if _is_home(e)
        and not part_of_role(e)
        and not _is_department(e)
        and (e.root.ent_type_ in ("ORG", "GPE") or is_known(bare(e.text)) or named_body(e))
    ]
    bodies += [
        one
        for t in words
        for one in [words.doc[t.i : t.i + 1]]
        if (country_of(t.text) or (t.i < nouns[0].i and _names_body(t)))
        and _is_home(one)
        and not any(e.start <= t.i < e.end for e in bodies)
    ]
    bodies = [e for e in bodies if not comes_from(e.root, nouns) and not _is_business_home(e.root)]
    organisations = [e for e in bodies if country_of(bare(e.text)) is None]
    chosen = next((e for e in bodies if e.start <= nouns[0].i), None) or next(iter([*organisations, *bodies]), None)
    if sort != "office":
        # "a senior Russia analyst at the Crisis Group in Ayr": neither a topic nor a place is an affiliation
        bodies_first = [e for e in organisations if e.root.ent_type_ != "GPE"] or organisations
        chosen = bodies_first[-1] if bodies_first else None
    if chosen is None and sort != "civil":  # "daughter of Bob Ray"
        chosen = next(
            (
                found
                for t in words
                if t.lower_ in ("of", "at", "for", "with") and t.i > nouns[0].i
                for found in [_capitals(words.doc, t.i + 1, words.end)]
                if found is None or not (_is_portfolio(found) or _is_business_home(found.root))
            ),
            None,
        )
    if chosen is None:
        person.side = person.side or ("independent" if sort == "expert" else None)
        return
    person.affiliation = bare(chosen.text)
    known, code = body_here(words, person.affiliation), country_of(person.affiliation)
    if known is None and code is None:  # "the Democratic candidate"
        known = party(person.affiliation)
    home = (known.country or None) if known is not None else code
    name = known["name"] if known is not None else data.state_name(code) if code else person.affiliation
    person.affiliation_id = slugify(name)
    countries = [c for e in bodies for c in [country_of(bare(e.text))] if c] if sort == "office" else []
    person.country = person.country or home or next(iter(countries), None)
    if sort == "office":
        person.side = speaks_for(known) if known is not None else home
    elif sort == "expert":
        person.side = (
            speaks_for(known)
            if known is not None
            and len(known.speaks_for) == 3
            and known.speaks_for.isupper()
            and known.speaks_for == known.country
            else "independent"
        )


def comes_from(token: Token, nouns: list[Token]) -> bool:
    """Whether a name says from where others come, for whom an office is: "minister for refugees from Ukraine", but "senator from Ohio"."""
    return token.head.lower_ == "from" and token.head.head not in nouns


def _names_body(token: Token) -> bool:
    """Whether a word before a role names the body: "Labour leader", "Scottish Conservative spokesman"."""
    return organisation(token.text) is not None or (token.text[0].isupper() and party(token.text) is not None)


def _is_business_home(token: Token) -> bool:
    """Whether a country only says where a firm or club is at home: "spokesman for the German sportswear company"."""
    return token.dep_ in ("amod", "compound") and token.head.lower_ in BUSINESSES and country_of(token.text) is not None


def _is_home(span: Span) -> bool:
    """Whether a name can be that of somebody's body or state: with a capital, and not what he is for or against ("pro-Beijing")."""
    before = span.doc[max(span.start - 2, 0) : span.start].text
    return not span.text.islower() and not PREFIXED.match(span.text) and not PREFIXED.match(before)


def _is_department(span: Span) -> bool:
    """Whether a word before an office only says for what it is one: "the Home Secretary", "the Interior Minister"."""
    behind = span.doc[span.end].lemma_.casefold() if span.end < len(span.doc) else ""
    return len(span) == 1 and behind in PORTFOLIOS and not is_known(span.text)


def _is_portfolio(span: Span) -> bool:
    """Whether a word says for what a minister or secretary is one: State in "Secretary of State"."""
    office = span.root.head.head.lemma_.casefold() if span.root.head.lower_ in ("of", "for") else ""
    return len(span) == 1 and office in PORTFOLIOS
