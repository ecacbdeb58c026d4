"""Mentions joined to actors: names, roles, affiliations, countries and sides; surnames, acronyms and pronouns resolved.

Names, titles, seats of government and demonyms are rows in `data/reference/`; this module only joins them to the text.
"""

import functools
import itertools
import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd
from spacy.tokens import Doc, Span, Token

from onrecord import cues, data, descriptions, language, lexicon, schema
from onrecord.article import slugify
from onrecord.bodies import (
    GOVERNMENTS,
    LONGEST,
    bare,
    body_here,
    countries_of,
    country_before,
    known_organisations,
    named_body,
    owns_person,
    part_of_role,
    speaks_for,
    trim_body,
)
from onrecord.descriptions import Description
from onrecord.language import Passage, text_of
from onrecord.marks import outside_marks
from onrecord.names import (
    PARTICLES,
    body_seat,
    country_of,
    gender_of,
    is_city,
    is_given,
    is_no_actor,
    organisation,
    people_of,
    role_noun,
    role_sort,
    roles,
    seat,
    spelt,
    state,
    without_accents,
)
from onrecord.people import NUMERALS, certainty, features, is_month, spans, style_of
from onrecord.titles import apposition, comes_from, learn_party, learn_role, predicate, tells_little, title_before

BODIES = frozenset(["ORG", "GPE", "NORP", "LOC", "FAC", "PRODUCT", "EVENT", "PERSON"])
SUBJECTS = ("nsubj", "nsubjpass", "agent")
PLACE_PREPOSITIONS = frozenset(
    [
        "in",
        "at",
        "near",
        "across",
        "around",
        "into",
        "off",
        "over",
        "through",
        "outside",
        "inside",
        "throughout",
        "within",
        "along",
    ]
)
BAR = 0.45  # how sure a name must be a person's: the best F1 on names held out
UNBROKEN = re.compile(r"[^@#|/<>=_\\]*[A-Z\u00c0-\u024f\u0370-\u052f][^@#|/<>=_\\]*")  # a name, no debris
NICKNAMED = re.compile(r"[\"“”]")
COMPOUNDED = re.compile(r"-(?:like|style|era|led|backed|based|type|esque|supporting|inspired)?$", re.IGNORECASE)
PREFIXED = re.compile(r"(?:anti|ex|non|post|pre|pro|un)-", re.IGNORECASE)
PARTY_AND_HOME = re.compile(r"[A-Z]-[A-Z][\w.]*(?:\s[A-Z][\w.]*)*")  # "R-Utah", behind a name
DATELINE = re.compile(r"(?:[^.]|\b[A-Z]\w{0,4}\.){0,50}\s(?:[–—-]|--)\s")
FIRMS = re.compile(r"\b(?:corp|co|inc|ltd|llc|plc|pac|gmbh)\.?$", re.IGNORECASE)
MEDIA = re.compile(
    r"\b(?:bbc|news|times|post|herald|tribune|television|tv|radio|press|gazette|journal|guardian|telegraph|magazine)\b",
    re.IGNORECASE,
)
NO_NAME = re.compile(  # what a description of somebody begins with
    r"^(?:(?:all|so|too|very|the|a few|a|an|another|some|many|several|two|three|four|other|most|this|that|these|those|one|my|our|your|its|his|her|their)\s+)+",
    re.IGNORECASE,
)
SURNAME_PREFIX = re.compile(r"(?:Ma?c|Fitz|[DL]e|La|Di|Du|Van)[A-Z]")  # of a surname with a capital within: McCain
NUMBERED = frozenset(numeral.casefold() for numeral in NUMERALS)
FIRST_NAMES = ("ben", "al")  # particles that rather are a first name where a name begins with them: Ben Carson
LONG_HALF = 4  # letters of half a double surname that can stand alone: Cramon
MANY = 0.85  # of a heading's longer words
LEAD = 2  # passages with which an article begins, after the first
NEAR = 3  # passages back in which somebody is still in view
SEATED = ("MP", "MPs", "MSP", "MSPs", "MS", "MEP", "TD")  # whom a place sends
IN_VIEW = 40  # mentions of a paragraph among which a pronoun looks
QUOTING = frozenset(["say", "tell", "add", "ask", "explain", "write", "note", "argue", "insist", "state", "warn"])
HE, SHE = frozenset(["he", "him", "his", "himself"]), frozenset(["she", "her", "hers", "herself"])

PRONOUNS = re.compile(rf"\b(?:{'|'.join(sorted(HE | SHE))})\b", re.IGNORECASE)


@dataclass
class Mention:
    """Words that name an actor: its span of tokens, and the words' place in the article."""

    passage: int
    span: Span
    start: int
    end: int
    form: str
    rule: str
    confidence: float


@dataclass
class Actor:
    """What the article tells of one actor."""

    name: str
    kind: str
    role: str | None = None
    affiliation: str | None = None
    affiliation_id: str | None = None
    country: str | None = None
    side: str | None = None
    gender: str = ""
    confidence: float = 0.8
    rule: str = "name"
    mentions: list[Mention] = field(default_factory=list)

    @functools.cached_property
    def actor_id(self) -> str:
        """Slug of the canonical name."""
        return slugify(self.name)


Place = tuple[int, int, Actor]  # where an actor is named: character, passage
Found = tuple[Actor, str, float]  # an actor, the rule that found him, and how sure it is


# --- the cast ------------------------------------------------------------------------------------------------------------------


class Cast:
    """All actors of an article, and who is meant by which words."""

    def __init__(self, passages: list[Passage]):
        self.passages = passages
        self.actors: dict[str, Actor] = {}
        self._at: dict[tuple[int, int], tuple[str, Mention]] = {}  # passage and token: who is named there
        self._in_passage: dict[int, list[tuple[Actor, Mention]]] = defaultdict(list)
        self._acronyms: dict[str, str] = {}
        self._named: frozenset[str] = frozenset()  # full names of people
        self._bearers: dict[str, list[Actor]] = {}  # people who can be meant by a single name
        self._titles: set[tuple[int, int]] = set()  # passage and token: words of a title before a name
        self._titled: dict[tuple[int, int], tuple[str, Mention]] = {}  # words of the title of one person: who bears it
        self._index = [p.doc.to_array("IDX").tolist() for p in passages]  # where each token begins
        self._quoted = [[not out for out in outside_marks(p.doc)] for p in passages]
        self._begins = [_sentence_starts(p.doc, quoted) for p, quoted in zip(passages, self._quoted, strict=True)]
        self._known = [known_organisations(p.doc) for p in passages]
        countries = set().union(*(countries_of(p.doc) for p in passages))
        for p in passages if countries else ():
            p.doc.user_data["countries"] = countries
        capitals = {i for i, p in enumerate(passages) if _all_capitals(p.doc)}
        self._capitals = capitals if len(capitals) < len(passages) else set()  # headings in which each word has one
        self._firsts: dict[str, list[Place]] = {}  # by the noun of a role
        self._by_role: dict[str, list[Place]] = {}  # where people are named, by the nouns of their roles
        self._by_head: dict[str, list[Place]] = {}  # where bodies are, by the heads of their names
        self._newcomers: dict[str, Actor] = {}  # who is only described, by the noun with which they come in
        for step in (self._people, self._bodies, self._nominals, self._descriptions, self._groups, self._pronouns):
            step()

    # finding

    def who(self, passage: int, words: Span | Token) -> tuple[str, Mention] | None:
        """The actor named by these words and the mention, the head of the words first; None where nobody is."""
        tokens = [words] if isinstance(words, Token) else [words.root, *words]
        return next((self._at[passage, t.i] for t in tokens if (passage, t.i) in self._at), None)

    def actor(self, name: str, kind: str, **known) -> Actor:
        """The actor of this name, made where there is none yet."""
        made = Actor(name, kind, **known)
        return self.actors.setdefault(made.actor_id, made)

    def mention(self, actor: Actor, passage: int, span: Span, form: str, rule: str, confidence: float) -> Mention:
        """Note that these words name the actor."""
        start, end = self.passages[passage].place(span)
        made = Mention(passage, span, start, end, form, rule, confidence)
        actor.mentions.append(made)
        insort(self._in_passage[passage], (actor, made), key=lambda pair: pair[1].start)
        for i in range(span.start, span.end):
            self._at.setdefault((passage, i), (actor.actor_id, made))
        return made

    def titled_in(self, passage: int, words: Span) -> tuple[str, Mention] | None:
        """The person with whose name some words end and whose title they begin with: "DUP MP for Ayr, Ann Lee"."""
        last = next((t for t in reversed(words) if not t.is_punct), words[-1])
        found = self._at.get((passage, last.i))
        own = (
            found is not None
            and words.doc[found[1].span.start - 1].text == ","
            and any(
                self._titled.get((passage, t.i), (None,))[0] == found[0] for t in words if t.i < found[1].span.start
            )
        )
        return found if own else None

    def mentions_in(self, passage: int) -> list[tuple[Actor, Mention]]:
        """The actors and their mentions in a passage, in the order of the text."""
        return self._in_passage[passage]

    # people

    def _people(self) -> None:
        found = self._person_names()
        full = [(i, span) for i, span, _ in found if len(_parts(span.text)) > 1]
        canonical = _longest_forms({bare(span.text) for _, span in full})
        self._named = frozenset(canonical.values())
        sure = {(i, span.start): mean for i, span, mean in found}
        for i, span in full:
            name = canonical.get(bare(span.text)) or self._bearer(i, span) or bare(style_of(span).text)
            self._person(i, span, name, "full_name", sure.get((i, span.start), 0.85))
        single = self._surnames(found, full)
        for _, span in single:
            self._namesake(span)
        alone: dict[str, str] = {}  # by how they are spelt: Zelensky beside Zelenskyy
        for i, span in single:
            printed = bare(style_of(span).text)
            name = self._bearer(i, span) or alone.setdefault(spelt(printed), printed)
            self._person(i, span, name, "surname", sure.get((i, span.start), 0.85))
        for person in self.actors.values():
            person.gender = person.gender or (gender_of(person.name.split()[0]) if " " in person.name else "")
            person.mentions.sort(key=lambda m: m.start)

    def _person(self, passage: int, span: Span, name: str, rule: str, sure: float) -> None:
        """Note a person's name and what stands around it."""
        person = self.actor(name, "person", rule="name", confidence=sure)
        made = self.mention(person, passage, style_of(span), "name", rule, sure)
        title = title_before(span)
        self._titles |= {(passage, t.i) for t in title or ()}
        # In a heading words without end look like a title.
        if title is not None and passage in self._capitals and len(title) > 2:
            return
        learn_role(person, title, apposition(span) or predicate(span))
        learn_party(person, span)
        if title is not None and title.root.tag_ not in ("NNS", "NNPS"):
            self._titled |= {(passage, t.i): (person.actor_id, made) for t in title}

    def _namesake(self, span: Span) -> None:
        """Make somebody of this surname alone, where it is addressed as nobody can be whose full name is told: Mr. Obama beside first lady Michelle Obama."""
        gender, bearers = _addressed(span), self._of_surname(span.text)
        if gender and bearers and all(a.gender not in ("", gender) for a in bearers):
            bearers.append(self.actor(bare(span.text), "person", rule="name", gender=gender))

    def _person_names(self) -> list[tuple[int, Span, float]]:
        """Passage, span and certainty of each name that is a person's. All places where one name stands decide together."""
        found: dict[str, list[tuple[int, Span, float]]] = defaultdict(list)
        for i, passage in enumerate(self.passages):
            for span, label in spans(passage.doc, {t for s in self._known[i] for t in range(s.start, s.end)}):
                name = bare(span.text)
                if not _is_persons_name(span) or named_body(span):
                    continue
                if len(span) == 1 and (_never_person(name) or owns_person(span) or self._is_common(span)):
                    continue
                sure = certainty(features(span, label))
                if sure < BAR and (_bears_role(span, label) or _is_titled(span, label) or self._is_addressed(span)):
                    sure = max(sure, 0.6)
                found[name].append((i, span, sure))
        kept = []
        for places in found.values():
            mean = sum(sure for *_, sure in places) / len(places)
            words = places[0][1]
            if len(words) > 1 and not is_given(words[0].text) and {i for i, *_ in places} <= self._capitals:
                continue  # "Clinton Plan" of a heading
            if len(words) == 1 and all(_says_where(span) for _, span, _ in places):
                continue
            if mean >= BAR:
                kept += [(i, span, round(mean, 2)) for i, span, _ in places]
        return sorted(_without_bynames(kept), key=lambda place: (place[0], place[1].start))

    def _is_addressed(self, span: Span) -> bool:
        """Whether the article calls somebody Mr. or Ms. by the last of several words of a name."""
        parts = _parts(span.text)
        return len(parts) > 1 and parts[-1] in self._behind_address

    @functools.cached_property
    def _behind_address(self) -> set[str]:
        """The words in small letters that stand behind a form of address."""
        texts = [text_of(p.doc) for p in self.passages]
        return {m.group(1).casefold() for text in texts for m in _forms_of_address().finditer(text)}

    def _is_common(self, span: Span) -> bool:
        """Whether a word has its capital from beginning a sentence: the article has it in small letters too."""
        if not span[0].is_sent_start:
            return False
        word = re.compile(rf"\b{re.escape(span.text.lower())}\b")
        return any(word.search(text_of(p.doc)) for p in self.passages)

    def _surnames(self, found: list, full: list) -> list[tuple[int, Span]]:
        """Single names: those that are people's by themselves, and any word that is a known person's surname."""
        surnames = {_surname(_parts(name)) for name in self._named}
        surnames |= {half for name in self._named for half in _halves(name)}
        given = {_parts(span.text)[0] for _, span in full}
        single = [(i, span) for i, span, _ in found if len(_parts(span.text)) == 1]
        taken = {(i, t) for i, span, _ in found for t in range(span.start, span.end)}
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(surnames)))})\b", re.IGNORECASE)
        for i, passage in enumerate(self.passages) if surnames else ():
            doc = passage.doc
            for m in pattern.finditer(without_accents(text_of(doc))):
                span = doc.char_span(*m.span()) if m.group()[0].isupper() else None
                if (
                    span is not None
                    and len(span) == 1
                    and (i, span.start) not in taken
                    and span[0].pos_ in ("PROPN", "NOUN")
                    and (span[0].dep_ in (*SUBJECTS, "poss") or not is_month(span[0]))
                    and not self._inside_longer(i, span[0])
                    and not _has_other_name(span[0], given)
                ):
                    single.append((i, span))
        kept = [pair for pair in single if not _elsewhere(pair[1], surnames)]
        return sorted(kept, key=lambda pair: (pair[0], pair[1].start))

    def _inside_longer(self, passage: int, token: Token) -> bool:
        """Whether a word belongs to a body's longer name: Lee in "Lee Foundation"."""
        if any(s.start <= token.i < s.end for s in self._known[passage]):
            return True
        return bool(token.ent_type) and any(
            e.start <= token.i < e.end and len(e) > 1 and (e.label_ == "ORG" or named_body(e)) for e in token.doc.ents
        )

    def _of_surname(self, surname: str) -> list[Actor]:
        """The people who can be meant by a surname."""
        if surname not in self._bearers:
            bearers = [a for a in self.actors.values() if a.name in self._named and _same_person(surname, a.name)]
            fathers = [a for a in bearers if _parts(a.name)[-1] not in NUMBERED]
            bearers = fathers or bearers  # "Mr. Trump" is not Donald Trump Jr., where both are told of
            last, halves = spelt(_parts(surname)[-1]), {a.name: _surname(_parts(a.name)) for a in bearers}
            bearers = [
                a for a in bearers if last in map(spelt, (halves[a.name], *halves[a.name].split("-")))
            ] or bearers
            self._bearers[surname] = bearers
        return self._bearers[surname]

    def _bearer(self, passage: int, span: Span) -> str | None:
        """The person of this surname: the one named last in this paragraph, else the one named most, where there are several."""
        bearers = self._of_surname(span.text)
        if len(bearers) > 1:
            gender, title = _addressed(span), title_before(span)
            if gender:
                bearers = [a for a in bearers if (a.gender or gender_of(a.name.split()[0])) in ("", gender)] or bearers
            offices = {role_noun(t) for t in title or () if role_sort(t) == "office"}
            bearers = (
                [a for a in bearers if offices & descriptions.offices(a.role or "")[0]]
                or [a for a in bearers if not offices or a.role is None]
                or bearers
            )
        if len(bearers) < 2:
            return bearers[0].name if bearers else None
        here = self.passages[passage].place(span)[0]

        def view(actor: Actor) -> tuple[int, int]:
            near = [m.start for m in actor.mentions if m.passage == passage and m.start < here]
            return max(near, default=-1), len(actor.mentions)

        return max(bearers, key=view).name

    # organisations, states and governments

    def _bodies(self) -> None:
        self._define_acronyms()
        waiting: dict[str, list] = {}
        for i, passage in enumerate(self.passages):
            entities = [e for e in passage.doc.ents if e.label_ in BODIES]
            for span, label in [
                *((s, "KNOWN") for s in self._known[i]),
                *((trim_body(e), e.label_) for e in entities),
            ]:
                if span is None or any(
                    (i, t) in self._at or (i, t) in self._titles for t in range(span.start, span.end)
                ):
                    continue
                made = self._body(span, label)
                if made is not None:
                    acting, place = made.pop("acting"), made.pop("place")
                    waiting.setdefault(slugify(made["name"]), []).append((i, span, made, acting, place))
                    if label == "KNOWN":
                        self._titles |= {
                            (i, t) for t in range(span.start, span.end)
                        }  # nothing shorter inside a known name
        for short, whole in _shortened(waiting).items():
            waiting[whole] += [
                (i, span, waiting[whole][0][2], acting, place) for i, span, _, acting, place in waiting.pop(short)
            ]
        for found in waiting.values():
            word = all(len(span) == 1 and span.text.istitle() for _, span, *_ in found)
            unsure = found[0][2]["rule"] == "organisation" or (found[0][2]["rule"] == "known_organisation" and word)
            if unsure and {i for i, *_ in found} <= self._capitals:
                continue  # "Face Key Test In", "Groups Target Voters" of a heading
            if any(acting for *_, acting, _ in found):
                for i, span, made, _, place in found:
                    if not place and not any((i, t) in self._at for t in range(span.start, span.end)):
                        self.mention(self.actor(**made), i, span, "name", made["rule"], made.get("confidence", 0.8))

    def _body(self, span: Span, label: str) -> dict | None:
        """What kind of actor a name is, whether it acts here, and whether it is only a place here."""
        name = bare(span.text)
        printed = span.text if label == "KNOWN" else name  # The Hill, which is no hill
        known = body_here(span, self._acronyms.get(name, printed))
        if known is None and label == "KNOWN":
            label = "ORG"  # of another country than the one that the table knows
        if known is not None:
            return {
                "name": known["name"],
                "kind": known.kind or "organisation",
                "country": known.country or None,
                "rule": "known_organisation",
                "confidence": 0.95,
                "acting": True,
                "place": False,
                "side": speaks_for(known),
            }
        government = _government(span)
        if government is not None:
            return {
                "name": _government_name(government),
                "kind": "government",
                "country": government.iso3,
                "side": government.iso3,
                "rule": "government",
                "acting": True,
                "place": False,
            }
        row = state(name)
        if row is not None:
            return {
                "name": row["name"],
                "kind": "state",
                "country": row.iso3,
                "side": row.iso3,
                "rule": "state",
                "acting": _acts(span),
                "place": _is_place(span),
            }
        body = body_seat(name)
        if body is not None and _acts(span) and not _is_place(span):
            return {
                "name": body["name"],
                "kind": body.kind,
                "rule": "seat",
                "confidence": 0.75,
                "acting": True,
                "place": False,
                "side": speaks_for(body),
            }
        row = seat(name)
        if row is not None:
            acting, place = _acts(span), _is_place(span)
            metonym = name.casefold() in [s.casefold() for s in row.seats.split("|")]
            return {
                "name": _government_name(row),
                "kind": "government",
                "country": row.iso3,
                "side": row.iso3,
                "rule": "seat",
                "confidence": 0.75,
                "acting": acting or metonym,
                "place": place or not (acting or metonym),
            }
        acronym = len(span) == 1 and name.isupper() and 1 < len(name) <= 5
        if (
            (label == "ORG" or (label == "PERSON" and (acronym or named_body(span) or owns_person(span))))
            and _is_name(span)
            and not part_of_role(span)
            and not is_city(name)
            and not is_no_actor(name)
            and not (name.isupper() and _dateline(span))
        ):
            full = next((long for short, long in self._acronyms.items() if short == name), name)
            medium, place = MEDIA.search(full), len(span) == 1 and span.text.istitle() and _says_where(span)
            return {
                "name": full,
                "kind": "media" if medium else "organisation",
                "country": country_of(span[0].text) or country_before(span),
                "rule": "organisation",
                "confidence": 0.65,
                "acting": not place and (role_sort(span[-1]) != "document" or medium is not None or _is_source(span)),
                "place": place,
            }
        return None

    def _define_acronyms(self) -> None:
        """Names that the article itself shortens in brackets: "Flag Consideration Project (FCP)"."""
        for text in (text_of(p.doc) for p in self.passages):
            for m in re.finditer(
                r"((?:[A-Z][\w’'-]{1,99}+\s(?:(?:of|for|and|the|on|in|de)\s)*){2,8})\(([A-Z][A-Za-z]{1,7})\)",
                text,
            ):
                words = re.sub(r"^The ", "", m.group(1).strip())
                if (
                    re.sub(r"[^A-Z]", "", words)[-len(m.group(2)) :].casefold()[:1] == m.group(2)[0].casefold()
                    or organisation(words) is not None
                ):
                    self._acronyms[m.group(2)] = words

    # nominals and pronouns

    def _nominals(self) -> None:
        """Descriptions that stand for one organisation ("the alliance"), where the article names it."""
        for row in data.table("nominals").itertuples():
            known = organisation(row.organisation)
            actor = known is not None and self.actors.get(slugify(known["name"]))
            if not actor:
                continue
            for i, passage in enumerate(self.passages):
                for m in re.finditer(rf"\b{re.escape(row.nominal)}\b", text_of(passage.doc), re.IGNORECASE):
                    span = passage.doc.char_span(*m.span())
                    if (
                        span is not None
                        and not any((i, t.i) in self._at for t in span)
                        and span.root.dep_ != "compound"
                    ):
                        self.mention(actor, i, span, "nominal", "known_description", 0.75)

    def _descriptions(self) -> None:
        """Definite descriptions of somebody named before: of a person by role ("the senator"), of a body by the noun in its name ("the church")."""
        people, bodies = self._places_by_noun()
        self._by_role, self._by_head = people, bodies
        for i, passage in enumerate(self.passages):
            for description in descriptions.definite(passage.doc):
                noun, span = description.noun, description.span
                taken = (i, noun.i) in self._at or (i, noun.i) in self._titles
                if taken or (i, noun.i + 1) in self._at:
                    continue
                if description.sort == "body":
                    here = passage.place(noun)[0]
                    same = [noun.lower_] if bodies.get(noun.lower_) else description.nouns
                    found = _body_described(i, _before(here, same, bodies))
                else:
                    found = self._person_described(i, description, people)
                if found is not None:
                    self.mention(found[0], i, span, "nominal", *found[1:])

    def _places_by_noun(self) -> tuple[dict[str, list[Place]], dict[str, list[Place]]]:
        """Where people are named, by the nouns of their roles, and bodies, by the head of their names: in the order of the text."""
        people, bodies = defaultdict(list), defaultdict(list)
        for actor in self.actors.values():
            if actor.kind == "person":
                homes = [people[noun] for noun in descriptions.offices(actor.role)[0]] if actor.role else []
            else:
                head = descriptions.head_of(actor.name)
                homes = [bodies[head]] if head is not None else []
                homes += [bodies["medium"]] if actor.kind == "media" else []
            for home in homes:
                home += [(m.start, m.passage, actor) for m in actor.mentions if m.form == "name"]
        for home in (*people.values(), *bodies.values()):
            home.sort(key=lambda place: place[0])
        return people, bodies

    def _person_described(self, passage: int, description: Description, people: dict[str, list[Place]]) -> Found | None:
        """The person named before whose role fits, the one named last where there are several; else, for a subject, the only one in view, or
        the only one of the party that is told, of whom no role is told."""
        here, told = self.passages[passage].place(description.noun)[0], descriptions.countries(description)
        seen = []
        for start, where, actor in _before(here, description.nouns, people):
            known = actor.country in told if actor.country else passage - where <= NEAR
            gender = description.gender in ("", actor.gender) or not actor.gender
            if gender and (known or not told) and descriptions.fits(description, actor.role):
                words = actor.role.casefold().split()
                seen.append((sum(word.casefold() in words for word in description.before), start, actor))
        if seen:
            alone = len({actor.actor_id for *_, actor in seen}) == 1
            return max(seen, key=lambda one: one[:2])[2], "role_repeated", 0.75 if alone else 0.65
        if (ahead := self._named_later(passage, description, people)) is not None:
            return ahead, "role_ahead", 0.65
        if told or not description.is_subject or not descriptions.tells_of_one(description):
            return None
        others = (actor for noun in description.nouns for *_, actor in people.get(noun, ()))
        if self._quoted[passage][description.noun.i] or any(descriptions.fits(description, a.role) for a in others):
            return None
        near = [(a, m) for a, m in self._recent(passage, description.noun) if a.kind == "person"]
        last = max((m.passage for _, m in near if m.passage < passage), default=passage)
        people_near = {a.actor_id: a for a, m in near if m.passage >= last}
        homes = {slugify(name) for name in descriptions.parties(description)}
        of_party = [a for a in people_near.values() if a.affiliation_id in homes]
        found = next(iter(of_party or people_near.values()), None) if 1 in (len(of_party), len(people_near)) else None
        if found is None or description.gender not in ("", found.gender):
            return None
        if found.role and not (tells_little(found.role) and descriptions.fits(description, found.role)):
            return None
        if self._introduced(passage, description.noun):
            return None  # "A spokesperson for Ayr warned ... the spokesperson said"
        return found, "alone_in_view", 0.55

    def _named_later(self, passage: int, description: Description, people: dict[str, list[Place]]) -> Actor | None:
        """The one person of the article whose role fits, where the name comes soon: "The health secretary said so", and then "Ann Lee, the health
        secretary"."""
        if not descriptions.tells_of_one(description) or self._quoted[passage][description.noun.i]:
            return None
        here, told = self.passages[passage].place(description.noun)[0], descriptions.countries(description)
        bearers = {
            place[2].actor_id: place for noun in description.nouns for place in self._first_bearers(noun, people)
        }
        found = {one: place for one, place in bearers.items() if descriptions.fits(description, place[2].role)}
        if len(found) != 1 or self._introduced(passage, description.noun):
            return None
        start, where, actor = next(iter(found.values()))
        near = start > here and where - passage <= NEAR
        country = not told or actor.country in (None, *told)
        gender = not description.gender or actor.gender in ("", description.gender)
        return actor if near and country and gender else None

    def _first_bearers(self, noun: str, people: dict[str, list[Place]]) -> list[Place]:
        """Each person whose role is called by a noun, with the first place where he is named."""
        if noun not in self._firsts:
            self._firsts[noun] = list({place[2].actor_id: place for place in reversed(people.get(noun, []))}.values())
        return self._firsts[noun]

    def _introduced(self, passage: int, noun: Token) -> bool:
        """Whether somebody else of the same sort, without a name, comes in before a noun."""
        first = self._introductions.get(noun.lower_)
        return first is not None and first < (passage, noun.i)

    @functools.cached_property
    def _introductions(self) -> dict[str, tuple[int, int]]:
        """Where each noun first stands behind "a" or the like: passage and token."""
        found: dict[str, tuple[int, int]] = {}
        for i, passage in enumerate(self.passages):
            for token in passage.doc:
                if token.dep_ == "det" and token.lower_ in descriptions.NEW:
                    word, place = token.head.lower_, (i, token.head.i)
                    found[word] = min(found.get(word, place), place)
        return found

    def _pronouns(self) -> None:
        """Each he and she to the person most in view: the latest sentence first, and in it the subject."""
        for i, passage in enumerate(self.passages):
            for m in PRONOUNS.finditer(text_of(passage.doc)):
                token = passage.doc[bisect_left(self._index[i], m.start())] if m.start() <= self._index[i][-1] else None
                gender = "male" if m.group().casefold() in HE else "female"
                if token is None or token.lower_ != m.group().casefold() or (i, token.i) in self._at:
                    continue
                found = self._in_view(i, token, gender)
                if found:
                    found.gender = found.gender or gender
                    self.mention(found, i, passage.doc[token.i : token.i + 1], "pronoun", "person_in_view", 0.7)

    def _in_view(self, passage: int, token: Token, gender: str, speaker: str | None = None) -> Actor | None:
        """Whom he or she means; not the one who is known to speak here."""
        ahead = self._ahead(passage, token, gender)
        if ahead is not None and ahead.actor_id != speaker:
            return ahead
        ranked, other = [], self._other_party(passage, token)
        for actor, m in self._recent(passage, token):
            if actor.actor_id in (other, speaker):
                continue
            distance = self._sentences_between(m, passage, token)
            if actor.kind == "person" and actor.gender in ("", gender) and distance is not None and distance <= 4:
                score = -distance + self._prominence(m, passage, token) + 0.8 * (actor.gender == gender)
                ranked.append((score, m.start, actor))
        return max(ranked, key=lambda r: r[:2])[2] if ranked else self._only(passage, token, gender, {other, speaker})

    def _only(self, passage: int, token: Token, gender: str, others: set[str | None]) -> Actor | None:
        """The only person named before who can be meant, where nobody is in view: a speaker many paragraphs later."""
        here = self.passages[passage].place(token)[0]
        before = itertools.takewhile(lambda a: a.mentions[0].start < here, self._in_order)
        fitting = (a for a in before if a.gender in ("", gender) and a.actor_id not in others)
        found = list(itertools.islice(fitting, 2))
        return found[0] if len(found) == 1 and found[0].gender == gender else None

    @functools.cached_property
    def _in_order(self) -> list[Actor]:
        """The people first named, in that order."""
        people = [a for a in self.actors.values() if a.kind == "person" and a.mentions]
        return sorted(people, key=lambda a: a.mentions[0].start)[:IN_VIEW]

    def _other_party(self, passage: int, token: Token) -> str | None:
        """Who is the subject of the verb whose object is "him" or "her", which can be nobody but another: "Lee met him" (principle B of binding)."""
        above = token.head.head if token.dep_ == "pobj" else token.head
        if token.tag_ != "PRP" or token.dep_ not in ("dobj", "dative", "pobj") or above.pos_ not in ("VERB", "AUX"):
            return None
        subject = next((c for c in above.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is not None and subject.lower_ in ("who", "that") and above.dep_ == "relcl":
            subject = above.head.head if above.head.dep_ == "appos" else above.head
        found = self._at.get((passage, subject.i)) if subject is not None else None
        return found and found[0]

    def _recent(self, passage: int, token: Token) -> list[tuple[Actor, Mention]]:
        """Mentions before a token, in its paragraph and the two before it; in a very long paragraph the last ones."""
        here = self.passages[passage].place(token)[0]
        found = [pair for i in range(max(passage - 2, 0), passage) for pair in self.mentions_in(i)[-IN_VIEW:]]
        names = self.mentions_in(passage)
        nth = bisect_left(names, here, key=lambda pair: pair[1].start)
        return found + names[max(nth - IN_VIEW, 0) : nth]

    def named_in(self, actor: Actor, spans: list[tuple[int, int]]) -> bool:
        """Whether some stretches of the article tell of the actor by name what he is or does, as hardly anybody speaks of himself."""
        return any(m.form == "name" and m.span.root.dep_ in SUBJECTS for m in self._within(actor, spans))

    def _within(self, actor: Actor, spans: list[tuple[int, int]]) -> list[Mention]:
        """An actor's mentions within some stretches of the article."""
        found = []
        for begin, end in spans:
            passage = bisect_right(self.passages, begin, key=lambda one: one.start) - 1
            names = self.mentions_in(passage)
            first, last = (bisect_left(names, edge, key=lambda pair: pair[1].start) for edge in (begin, end))
            found += [m for one, m in names[first:last] if one is actor]
        return found

    def unsay(self, actor: Actor, spans: list[tuple[int, int]], only_to_others: bool = False) -> list[Actor]:
        """Give each he and she of an actor within some stretches, such as his own words, to somebody else; to whom, where there is somebody. Where
        there is nobody it is nobody's, or with `only_to_others` stays."""
        given = []
        for mention in [m for m in self._within(actor, spans) if m.form == "pronoun"]:
            passage, token = mention.passage, mention.span[0]
            if token.lower_ not in HE | SHE:
                continue
            found = self._in_view(passage, token, "male" if token.lower_ in HE else "female", actor.actor_id)
            if found is None and only_to_others:
                continue
            actor.mentions.remove(mention)
            self._in_passage[passage].remove((actor, mention))
            del self._at[passage, token.i]
            if found is not None:
                given.append(found)
                self.mention(found, passage, mention.span, "pronoun", "person_in_view", 0.6)
        return given

    def _ahead(self, passage: int, token: Token, gender: str) -> Actor | None:
        """The sentence's subject, where his or her stands in what leads up to it: "In her speech, Ann Lee said"."""
        root = token.sent.root
        subject = next((c for c in root.children if c.dep_ == "nsubj"), None)
        leads = next((a for a in token.ancestors if a.head == root and a != root), None)
        if token.tag_ != "PRP$" or subject is None or subject.i < token.i or leads is None:
            return None
        if leads.dep_ not in ("prep", "advcl") or token.nbor(-1 if token.i else 0).dep_ == "nsubj":
            return None
        found = self._at.get((passage, subject.i)) or next(
            (self._at[passage, c.i] for c in subject.children if c.dep_ == "appos" and (passage, c.i) in self._at), None
        )
        actor = self.actors[found[0]] if found else None
        return actor if actor is not None and actor.kind == "person" and actor.gender in ("", gender) else None

    def _prominence(self, m: Mention, passage: int, token: Token) -> float:
        """How far in view a mention puts its actor for a pronoun: subjects most; who is quoted least inside the quotation."""
        root = m.span.root
        subject = (
            root.dep_ in SUBJECTS
            or (root.dep_ in ("appos", "compound") and root.head.dep_ in ("nsubj", "ROOT"))
            or m.span.start == 0
        )
        within, quoted = self._quoted[m.passage][m.span.start], self._quoted[passage][token.i]
        speaks = (
            quoted and not within and m.passage == passage and root.dep_ in SUBJECTS and root.head.lemma_ in QUOTING
        )
        return 0.9 * subject - 0.3 * (root.dep_ == "poss") - 2 * (within and not quoted) - 3 * speaks

    def _sentences_between(self, mention: Mention, passage: int, token: Token) -> float | None:
        """How many sentences lie between a mention and a later token, those in marks left out; a new paragraph counts half a sentence more."""
        if (
            mention.passage > passage
            or passage - mention.passage > 2
            or (mention.passage == passage and mention.span.start >= token.i)
        ):
            return None
        if mention.passage == passage:
            return self._starts(passage, mention.span.end, token.i + 1)
        return (
            1.5 * (passage - mention.passage)
            + self._starts(mention.passage, mention.span.end, None)
            + self._starts(passage, 1, token.i + 1)
        )

    def _starts(self, passage: int, begin: int, end: int | None) -> int:
        """How many sentences begin outside marks among the tokens begin:end."""
        begins = self._begins[passage]
        return begins[len(begins) - 1 if end is None else end] - begins[min(begin, len(begins) - 1)]

    # speakers that no name names

    def describe(self, passage: int, words: Span) -> tuple[str, Mention] | None:
        """Whom a speaker's words mean where no mention is at their head: somebody who is only described ("some EU diplomats", "a spokesman for the
        ministry"), of whom many are told, or whose name nothing else took for one; None for what cannot speak."""
        words = descriptions.counted(words)
        head = words.root
        if (passage, head.i) in self._at:  # "many of the Lees"
            return self._at[passage, head.i]
        if (passage, head.i) in self._titled:  # "the director of news, Ann Lee"
            return self._titled[passage, head.i]
        if head.dep_ == "appos" and (passage, head.head.i) in self._at:  # "Ann Lee, now the leader, who says"
            return self._at[passage, head.head.i]
        sort = role_sort(head)
        if sort is None and head.ent_type_ == "NORP":
            sort = descriptions.of_a_people(head)
        if sort is None:
            return self._unseen(passage, head)
        if sort in ("honorific", "document"):
            return None
        named = self._at.get((passage, head.i + 1))
        if named is not None and head.tag_ == "NNS" and self.actors[named[0]].kind == "person":
            return named  # "presidential candidates Ann Lee and Bob Ray"
        plural = head.tag_ in ("NNS", "NNPS") or sort == "group" or head.lower_ != head.lemma_.casefold() in roles()
        words = words if plural else descriptions.alone(words)
        core = descriptions.core_of(words)
        name = NO_NAME.sub("", core.text)
        government = _government(words.doc[words.start : head.i + 1])
        if government is not None:
            actor = self.actor(
                _government_name(government),
                "government",
                country=government.iso3,
                side=government.iso3,
                rule="government",
                confidence=0.8,
            )
            return actor.actor_id, self.mention(actor, passage, core, "name", "government", 0.8)
        body = "government" if head.lower_ in GOVERNMENTS else "organisation"
        kind = "group" if plural else body if sort == "body" else "person"
        if kind == "person" and core.text.casefold() == f"the {head.lower_}" and head.lower_ in self._newcomers:
            actor = self._newcomers[head.lower_]  # who was "a spokesperson for Ayr" before
            return actor.actor_id, self.mention(actor, passage, core, "nominal", "described_again", 0.6)
        if kind == "person" and (ahead := self._announced(passage, words, head, sort)) is not None:
            self._newcomers[head.lower_] = ahead
            return ahead.actor_id, self.mention(ahead, passage, core, "nominal", "role_ahead", 0.6)
        lead = passage <= LEAD or head.lower_ in GOVERNMENTS
        if sort == "body" and name.casefold() == head.lower_ and not plural and lead:
            bearers = {actor.actor_id: actor for *_, actor in self._by_head.get(head.lower_, ())}
            if len(bearers) == 1:  # "Union rejects offer" above an article on Unite the Union
                body = bearers.popitem()[1]
                return body.actor_id, self.mention(body, passage, core, "nominal", "noun_of_the_name", 0.6)
        actor = self.actor(name[:1].upper() + name[1:], kind, rule="description", confidence=0.6)
        if kind == "person":
            learn_role(actor, words, None)
        actor.country = actor.country or _country_told(words, head)
        actor.side = actor.side or (actor.country if sort in ("office", "group", "body") else None)
        if kind == "person" and words[0].lower_ in descriptions.NEW:
            self._newcomers[head.lower_] = actor
        return actor.actor_id, self.mention(actor, passage, core, "nominal", "described_speaker", 0.6)

    def _announced(self, passage: int, words: Span, head: Token, sort: str) -> Actor | None:
        """Who is named soon after an article begins with his role alone: "A lawmaker wants a toll. ... Rep. Ann Lee said so"."""
        if passage > LEAD or words[0].lower_ not in ("a", "an"):
            return None
        before = tuple(t.text for t in words.doc[words.start + 1 : head.i])
        described = Description(words.doc[words.start : head.i + 1], head, sort, before)
        actor, country = self._named_later(passage, described, self._by_role), _country_told(words, head)
        if actor is not None:
            return actor if country is None or actor.country in (None, country) else None
        actor = self._next_speaker(passage) if descriptions.tells_of_one(described) else None
        if actor is None or actor.role is not None or described.gender not in ("", actor.gender):
            return None
        learn_role(actor, words, None)
        return actor

    def _next_speaker(self, passage: int) -> Actor | None:
        """The first person who is named for the first time in the passages after one, if he speaks there."""
        later = (a for a in self._in_order if a.mentions[0].passage > passage)
        first = next(later, None)
        if first is None or first.mentions[0].passage > passage + 2:
            return None
        span = first.mentions[0].span
        told = any(c.dep_ in ("appos", "relcl") for c in span.root.children)  # "Ann Lee, a baker, said"
        return first if _is_source(span) and not told else None

    def _unseen(self, passage: int, head: Token) -> tuple[str, Mention] | None:
        """An actor for a name that nothing else took for one, where it is the subject of a verb of saying or the source behind "according to"."""
        span = descriptions.name_at(head)
        if span is None or not _is_name(span) or self._is_common(span) or not _is_source(span):
            return None
        if people_of(span.text) is not None or any((passage, t) in self._at for t in range(span.start, span.end)):
            return None
        known = self._body(span, "")  # a seat of government, say, that the model takes for nothing
        if known is not None:
            del known["acting"], known["place"]
            actor = self.actor(**known)
            return actor.actor_id, self.mention(actor, passage, span, "name", actor.rule, actor.confidence)
        sure = certainty(features(span, head.ent_type_))
        # Whoever was surely a person has been found already: the bar is half of that.
        persons = (sure > BAR / 2 and not is_city(span.text)) and (
            not descriptions.INNER_CAPITAL.search(span.text) or SURNAME_PREFIX.match(span.text)
        )
        kind = "media" if MEDIA.search(span.text) else "person" if persons else "organisation"
        actor = self.actor(bare(span.text), kind, rule="speaks", confidence=0.5)
        return actor.actor_id, self.mention(actor, passage, span, "name", "speaks", 0.5)

    def _groups(self) -> None:
        """Groups that take a stance ("protesters demanded"), and governments that act: "Malta’s government is to propose a law"."""
        governments = set(map(language.model().vocab.strings.__getitem__, GOVERNMENTS))
        for i, passage in enumerate(self.passages):
            for nth in (n for n, word in enumerate(passage.doc.to_array("LOWER").tolist()) if word in governments):
                words = passage.doc[passage.doc[nth].left_edge.i : nth + 1]
                if passage.doc[nth].dep_ in SUBJECTS and (i, nth) not in self._at and _government(words) is not None:
                    self.describe(i, words)
            for token in (passage.doc[nth] for nth, known in enumerate(lexicon.listed(passage.doc)) if known):
                if token.pos_ not in ("VERB", "AUX") or lexicon.SPOKEN.isdisjoint(lexicon.kinds_with_any(token)):
                    continue
                for who in lexicon.subjects(token):
                    if (i, who.i) not in self._at and descriptions.is_group(who):
                        self.describe(i, passage.doc[who.left_edge.i : who.i + 1])

    def _groups_again(self) -> None:
        """The other places where a group that is described stands in the same words."""
        groups = {a.name.casefold(): a for a in self.actors.values() if a.kind == "group" and a.rule == "description"}
        strings = self.passages[0].doc.vocab.strings if groups else {}
        heads = {strings[words.rsplit(" ", 1)[-1]] for words in groups}
        for i, passage in enumerate(self.passages) if groups else ():
            small = passage.doc.to_array("LOWER").tolist()
            for token in (passage.doc[nth] for nth, word in enumerate(small) if word in heads):
                if token.tag_ in ("NNS", "NNPS") and (i, token.i) not in self._at:
                    phrase = descriptions.plain(token)
                    actor = groups.get(phrase.text.casefold()) if phrase is not None else None
                    if actor is not None:
                        self.mention(actor, i, phrase, "nominal", "described_again", 0.6)

    def _names_again(self) -> None:
        """The other places of names that are known only from what their bearers say."""
        said = {actor.name: actor for actor in self.actors.values() if actor.rule == "speaks"}
        names = "|".join(map(re.escape, sorted(said, key=len, reverse=True)))
        pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)")
        for i, passage in enumerate(self.passages) if said else ():
            for m in pattern.finditer(text_of(passage.doc)):
                span = passage.doc.char_span(*m.span())
                if span is None or any((i, t.i) in self._at or t.pos_ != "PROPN" for t in span):
                    continue
                if not self._inside_longer(i, span.root):
                    self.mention(said[m.group()], i, span, "name", "named_again", 0.5)

    def tables(self, text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The tables `actors` (its quotes and words still 0) and `mentions` of the article's text."""
        self._groups_again()
        self._names_again()
        rows, named = [], []
        for actor in self.actors.values():
            if not actor.mentions:
                continue
            actor.mentions.sort(key=lambda m: (m.start, m.end))
            first = next((m for m in actor.mentions if m.form != "pronoun"), actor.mentions[0])
            shown = next((m for m in actor.mentions if m.form == "name"), first)
            rows.append(
                {
                    "actor_id": actor.actor_id,
                    "name": actor.name,
                    "printed": text[shown.start : shown.end],
                    "kind": actor.kind,
                    "role": actor.role,
                    "affiliation": actor.affiliation,
                    "affiliation_id": actor.affiliation_id,
                    "country": actor.country,
                    "side": actor.side,
                    "mentions": len(actor.mentions),
                    "quotes": 0,
                    "words": 0,
                    "rule": actor.rule,
                    "confidence": actor.confidence,
                    "source": "machine",
                    "reviewed": False,
                    "first": first.start,
                }
            )
            for m in actor.mentions:
                named.append(
                    {
                        "mention_id": schema.row_id("m", m.start, m.end),
                        "actor_id": actor.actor_id,
                        "block_id": self.passages[m.passage].block_id,
                        "start": m.start,
                        "end": m.end,
                        "text": text[m.start : m.end],
                        "form": m.form,
                        "rule": m.rule,
                        "confidence": m.confidence,
                        "source": "machine",
                        "reviewed": False,
                    }
                )
        rows.sort(key=lambda row: row["first"])
        return schema.frame("actors", rows), schema.frame("mentions", named)


def _before(here: int, nouns: Iterable[str], places: dict[str, list[Place]]) -> Iterable[Place]:
    """The last places before a character where one of the nouns' bearers is named."""
    for noun in nouns:
        found = places.get(noun, [])
        nth = bisect_left(found, here, key=lambda place: place[0])
        yield from found[max(nth - IN_VIEW, 0) : nth]


def _body_described(passage: int, named: Iterable[Place]) -> Found | None:
    """The one body named before, or the one named shortly before, of those whose names have a noun as their head."""
    known = list(named)
    near = {actor.actor_id: actor for _, where, actor in known if passage - where <= NEAR}
    found = near or {actor.actor_id: actor for *_, actor in known}
    return (found.popitem()[1], "noun_of_the_name", 0.7 if near else 0.6) if len(found) == 1 else None


def _sentence_starts(doc: Doc, quoted: list[bool]) -> list[int]:
    """For each token, how many sentences begin before it outside marks; and one more entry, for the whole text."""
    starts = doc.to_array("SENT_START").tolist()  # 1 at a start, else 0 or -1
    return [0, *itertools.accumulate(s == 1 and not within for s, within in zip(starts, quoted, strict=True))]


def _all_capitals(doc: Doc) -> bool:
    """Whether nearly all longer words begin with a capital, as those of a heading do in many papers."""
    long = [token.text[0].isupper() for token in doc if token.is_alpha and len(token) > 3]
    return len(long) > 2 and sum(long) >= MANY * len(long)


# --- names ---------------------------------------------------------------------------------------------------------------------


@functools.lru_cache(10_000)
def _parts(name: str) -> list[str]:
    """The parts of a person's name in small letters, without particles: `von Cramon-Taubadel` gives cramon-taubadel."""
    small = NICKNAMED.sub("", without_accents(bare(name)).casefold())  # O’Neill is O'Neill
    parts = [p for p in small.split() if p not in roles() or roles()[p][0] != "honorific"]
    kept = [p for nth, p in enumerate(parts) if p not in PARTICLES or (nth == 0 and p in FIRST_NAMES)]
    return kept or parts or [name.casefold()]


def _surname(parts: list[str]) -> str:
    """The part of a name by which somebody is called alone: biden of joseph biden jr."""
    return parts[-2] if parts[-1] in NUMBERED and len(parts) > 1 else parts[-1]


def _halves(name: str) -> list[str]:
    """The halves of a double surname, in small letters: of Cramon-Taubadel, but not of Kwok-hing, which is a first name."""
    halves = name.rsplit(" ", 1)[-1].split("-")
    double = len(halves) == 2 and all(half[:1].isupper() and len(half) >= LONG_HALF for half in halves)
    return [_parts(half)[-1] for half in halves] if double else []


def _same_person(short: str, long: str) -> bool:
    """Whether a shorter name can be the longer one: `Cramon` or `Viola` for `Viola von Cramon-Taubadel`."""
    a, b = _parts(short), _parts(long)
    if a[0] in b[1:-1] and a[1:] in ([], b[-1:]) and NICKNAMED.search(long):
        return True  # `Bobby` and `Bobby Scott` for `Robert C. "Bobby" Scott`
    if len(a) == 1 and spelt(a[0]) == spelt(_surname(b)):
        return True
    same_last = spelt(a[-1]) == spelt(b[-1])
    if len(a) == 1:
        return a[0] in b[-1].split("-") or (len(b) > 1 and a[0] == b[0])
    if a == b[-len(a) :] and not is_given(a[0]):
        return True  # `Peña Nieto` for `Enrique Peña Nieto`
    return same_last and (spelt(a[0]) == spelt(b[0]) or a[0].rstrip(".") == b[0][:1] or b[0].rstrip(".") == a[0][:1])


def _longest_forms(names: set[str]) -> dict[str, str]:
    """Each full name with the longest of the names that can be the same person's."""
    found: dict[str, str] = {}
    by_surname: dict[str, list[str]] = defaultdict(list)
    for name in names:
        plain = name.partition(" ")[2]
        if plain in names and is_given(plain.split()[0]) and not is_given(name.split()[0]):
            found[name] = plain  # "Crooked Ann Lee" beside Ann Lee
    for name in sorted(names - found.keys(), key=lambda name: (-len(name), not name.istitle(), name)):  # not "HIllary"
        same = by_surname[spelt(_parts(name)[-1])]
        longer = next((other for other in same if _same_person(name, other)), None)
        found[name] = longer or name
        if longer is None:
            same.append(name)
    return {name: found.get(other, other) for name, other in found.items()}


def _shortened(bodies: dict[str, list[tuple]]) -> dict[str, str]:
    """Names of one word, each with the one longer name of which it is the head: "the Church" beside "Church of Scientology"; "The Times" behind "New York Times"."""
    longer, short = defaultdict(list), {}
    for key, found in bodies.items():
        name, rule = found[0][2]["name"].casefold(), found[0][2]["rule"]
        printed = {bare(span.text).casefold() for _, span, *_ in found}
        if rule == "organisation" and " " not in name:
            short[key] = name
        elif len(printed) == 1 and MEDIA.fullmatch(min(printed)):
            short[key] = min(printed)
        else:
            longer[descriptions.head_of(name)].append(key)

    def before(one: str, other: str) -> bool:
        return min((i, span.start) for i, span, *_ in bodies[one]) < min(
            (i, span.start) for i, span, *_ in bodies[other]
        )

    whole = {key: longer[noun][0] for key, noun in short.items() if len(longer.get(noun, [])) == 1}
    return {key: one for key, one in whole.items() if bodies[key][0][2]["rule"] == "organisation" or before(one, key)}


def _is_name(span: Span) -> bool:
    """Whether the words look like a name: capitals, no lone common word, nothing that belongs to a state or a page's debris."""
    text = span.text
    if len(span) > LONGEST or text.islower() or not UNBROKEN.fullmatch(text):
        return False
    if COMPOUNDED.search(text) or PREFIXED.match(text):
        return False
    if PARTY_AND_HOME.fullmatch(text) and span.start and span.doc[span.start - 1].text in ("(", ","):
        return False
    if len(span) == 1:
        token = span[0]
        if _outer(token).dep_ == "amod":
            return False  # "Eastern and Northern leaders"
        # M&S and ShareAction are tagged as common nouns.
        odd = "&" in text or descriptions.INNER_CAPITAL.search(text)
        proper = token.pos_ == "PROPN" or (odd and token.dep_ in SUBJECTS)
        code = re.fullmatch(r"[A-Z]\d{1,2}", text)  # of a class, a road, a vitamin
        return proper and not code and len(token) > 1 and role_sort(token) is None and not token.is_stop
    return True


def _is_persons_name(span: Span) -> bool:
    """Whether a name can be a person's: no firm, no family (the Lees), no lone acronym (DAB), nothing with an article (the Hajj)."""
    lone, text = len(span) == 1, span.text
    if lone and text in NUMERALS:
        return False
    if FIRMS.search(text) or is_city(text) or is_no_actor(text) or (lone and span[0].tag_ == "NNPS"):
        return False
    sort = None if lone else role_sort(span[-1])
    if sort == "body" or (sort is not None and not is_given(span[0].text)):  # "Emeritus Professor", but Julie Bishop
        return False
    acronym = lone and text.isupper() and 1 < len(text) <= 5
    article = lone and span.start > 0 and span.doc[span.start - 1].lower_ in ("the", "a", "an")
    return _is_name(span) and not acronym and not article


def _without_bynames(found: list[tuple[int, Span, float]]) -> list[tuple[int, Span, float]]:
    """The names without those that only begin with somebody's surname: "Trump Tower" beside Donald Trump."""
    full = [_parts(span.text) for _, span, _ in found]
    surnames = {parts[-1] for parts in full if len(parts) > 1 and is_given(parts[0])}
    return [
        place
        for place, parts in zip(found, full, strict=True)
        if len(parts) != 2
        or parts[0] not in surnames
        or is_given(parts[0])
        or parts[-1] in surnames
        or title_before(place[1]) is not None
    ]


def _bears_role(span: Span, label: str) -> bool:
    """Whether a name of which the model is unsure bears a role: "Viola Cramon, a member of parliament"."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    place = label in ("GPE", "LOC", "FAC") and (before in PLACE_PREPOSITIONS or before in ("from", "of", "to"))
    return (
        not place
        and 1 < len(_parts(span.text)) <= 4
        and all(t.text[0].isupper() or t.text == "-" or t.lower_ in PARTICLES for t in span)
        and (span.start == 0 or span.doc[span.start - 1].pos_ != "PROPN")
        and apposition(span) is not None
    )


def _is_titled(span: Span, label: str) -> bool:
    """Whether the title of an office stands before a name of several words that the model takes for a person's: "Mayor of London Sadiq Khan"."""
    title = title_before(span) if label == "PERSON" and len(span) > 1 else None
    return title is not None and any(role_sort(token) == "office" for token in title)


def _addressed(span: Span) -> str:
    """Gender that the form of address before a name tells: Mr, Mrs."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    sort, gender = roles().get(before, ("", ""))
    return gender if sort == "honorific" else ""


@functools.cache
def _forms_of_address() -> re.Pattern:
    """A form of address that tells a gender, and the word with a capital behind it."""
    forms = sorted(noun for noun, (sort, gender) in roles().items() if sort == "honorific" and gender)
    return re.compile(rf"\b(?i:{'|'.join(map(re.escape, forms))})\s+([A-Z][\w’'-]+)")


def _has_other_name(token: Token, given: set[str]) -> bool:
    """Whether a stranger's first name stands before a known surname: the article's Chan is not Raymond Chan's brother Ben Chan."""
    if not token.i:
        return False
    first = token.nbor(-1)
    return (
        first.ent_type_ == "PERSON" and first.text.isalpha() and first.is_title and first.text.casefold() not in given
    )


def _elsewhere(span: Span, surnames: set[str]) -> bool:
    """Whether a single name is rather a state, a place or an organisation: but the Jordan of an article about Jim Jordan can be he."""
    name = bare(span.text)
    if name.casefold() in surnames and (span.root.ent_type_ == "PERSON" or _stands_as_name(span.root)):
        return False
    return _never_person(name) or (seat(name) is not None and name.casefold() not in surnames)


def _stands_as_name(token: Token) -> bool:
    """Whether an adjective of origin stands as a name does, without an article and not beside a noun: "Cuban said", but "a Cuban", "Cuban music"."""
    alone = token.tag_ == "NNP" and token.dep_ in ("nsubj", "nsubjpass", "poss")
    lone = alone and not any(c.dep_ in ("det", "amod", "nummod") for c in token.children)
    return lone and people_of(token.text) is not None and state(token.text) is None and organisation(token.text) is None


@functools.lru_cache(10_000)
def _never_person(name: str) -> bool:
    """Whether a single word is a state's, a people's or a known organisation's name."""
    return organisation(name) is not None or state(name) is not None or people_of(name) is not None


def _country_told(words: Span, head: Token) -> str | None:
    """Code of the first state to which words that describe somebody point: "US officials", "the president of Chile", but not "experts on Russia"."""
    told = (t for t in words if t.i <= head.i or (t.head.lower_ in ("of", "from") and not comes_from(t, [head])))
    named = ((t, language.entity_at(t.doc, t.i)) for t in told)
    # Northern Ireland is not Ireland.
    names = (bare(e.text) if e is not None and e.label_ in ("GPE", "ORG") else t.text for t, e in named)
    return next((code for name in names for code in [country_of(name)] if code), None)


def _is_source(span: Span) -> bool:
    """Whether a name is the subject of a verb of saying: the Geological Survey is a body, a survey none."""
    root = _outer(span.root)
    if root.dep_ == "pobj":
        return root.head.lower_ == "to" and root.head.i > 0 and root.head.nbor(-1).lower_ == "according"
    verb = cues.of_verb(root.head)
    return root.dep_ == "nsubj" and verb is not None and verb[0] == "speech"


def _acts(span: Span) -> bool:
    """Whether a state's or city's name stands where actors stand: subject, owner, agent, party to something."""
    root = _outer(span.root)
    if root.dep_ in SUBJECTS or root.dep_ == "poss":
        return True
    if root.dep_ == "pobj":
        return root.head.lower_ in (
            "by",
            "with",
            "between",
            "among",
            "against",
            "toward",
            "towards",
            "to",
            "for",
        ) and not _is_place(span)
    return root.dep_ in ("dobj", "dative") and root.head.pos_ == "VERB"


def _is_place(span: Span) -> bool:
    """Whether the name says where something is: after in, at, near; behind another place's comma."""
    root = _outer(span.root)
    return (
        (root.dep_ == "pobj" and root.head.lower_ in PLACE_PREPOSITIONS)
        or root.dep_ in ("npadvmod", "appos")
        or _dateline(span)
    )


def _says_where(span: Span) -> bool:
    """Whether a name stands behind in, at, near, or as a constituency: "the MP for Stroud", "Foyle MP Ann Lee"."""
    of, doc = span.root.head, span.doc
    if span.end + 1 < len(doc) and doc[span.end].text in SEATED and doc[span.end + 1].ent_type_ == "PERSON":
        return True
    return span.root.dep_ == "pobj" and (
        of.lower_ in PLACE_PREPOSITIONS or (of.lower_ == "for" and of.head.text == "MP")
    )


def _dateline(span: Span) -> bool:
    return span.start <= 3 and DATELINE.match(span.doc[span.start : span.start + 12].text) is not None


def _outer(token: Token) -> Token:
    """The first of coordinated words: what holds for it holds for them all."""
    while token.dep_ == "conj" and token.head.i < token.i:
        token = token.head
    return token


def _government_name(row: pd.Series) -> str:
    return f"Government of {data.with_article(row['name'])}"


def _government(span: Span) -> pd.Series | None:
    """The state whose government, administration or regime a name is."""
    if len(span) > 1 and span[-1].lower_ in GOVERNMENTS:
        code = country_of(bare(span[:-1].text)) or next((c for t in span[:-1] for c in [country_of(t.text)] if c), None)
        if code:
            return state(data.state_name(code))
    return None
