"""Statements: who supports or opposes what, read from the words that show it.

Each cue of the codebook is followed up the parse to what licenses a statement on it (`onrecord.licences`).
"""

import math
from itertools import accumulate, takewhile

import pandas as pd
from spacy.tokens import Doc, Span, Token

from onrecord import lexicon, rereading, schema, stances, topics
from onrecord.article import Article
from onrecord.codebook import Codebook, Cue, Words, meets
from onrecord.language import Passage
from onrecord.lexicon import PREDICATE
from onrecord.licences import Licence, Way
from onrecord.scene import Here, Scene

SURE = {
    "abstention": 0.8,
    "accusation": 0.7,
    "attitude": 0.8,
    "call": 0.8,
    "demand": 0.75,
    "evaluation": 0.7,
    "effect": 0.65,
    "commitment": 0.65,
    "shown": 0.6,
}
POSITIONS = {1: "support", -1: "oppose", 0: "unclear"}
LEAST = 0.38  # how likely a position must be that no rule finds
SIDES = ("state", "government", "organisation")


def draft(
    article: Article,
    passages: list[Passage],
    quotes: pd.DataFrame,
    mentions: pd.DataFrame,
    actors: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """The statements that the words of an article show (table `statements`), as the machine drafts them."""
    scene = Scene(article.text, quotes, mentions, actors)
    nouns = topics.Nouns(passage.doc for passage in passages)
    reader = _Reader(scene, codebook, nouns)
    heres = [Here(passage, scene) for passage in passages]
    rows, before = [], ""
    for here, seen in zip(heres, rereading.judged(heres, scene.actors), strict=True):
        doc = here.passage.doc
        words = Words.of(doc)
        cues = codebook.candidates(words)
        sentence_of = _sentence_numbers(doc) if cues else None
        places = [
            (cue, first, last) for cue in cues for first, last in meets(cue, words, before + words.line, sentence_of)
        ]
        inner = _within({(first, last) for _, first, last in places})
        places = [place for place in places if place[1:] not in inner]  # "war" within "hybrid war" is no cue of its own
        by_rule = [row for cue, first, last in places for row in reader.read(here, cue, doc[first : last + 1])]
        rows += by_rule + reader.learned(here, seen, places, by_rule)
        before = words.line
    return schema.frame("statements", _settled(_with_topics(rows, nouns)))


def _within(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The places that lie within a longer one."""
    found, reach = set(), -1
    for first, last in sorted(places, key=lambda place: (place[0], -place[1])):
        if last <= reach:
            found.add((first, last))
        reach = max(reach, last)
    return found


def _sentence_numbers(doc: Doc):
    """For each token the number of its sentence."""
    starts = doc.to_array("SENT_START").tolist()  # 1 at a start, else 0 or -1
    return list(accumulate(start == 1 for start in starts)).__getitem__


class _Reader:
    """One article's speakers and actors, asked for the statements that a cue's place gives."""

    def __init__(self, scene: Scene, codebook: Codebook, nouns: topics.Nouns):
        self.text, self.actors, self.codebook, self.nouns = scene.text, scene.actors, codebook, nouns

    def read(self, here: Here, cue: Cue, words: Span) -> list[dict]:
        passage, root = here.passage, words.root
        sentence = root.sent
        if root.dep_ == "compound" and root.pos_ == "PROPN" and root.head not in words:
            return []  # a part of a name
        if here.asked(sentence):
            return []
        quote = here.quotes.get(root.i)
        inside = None if quote is None else here.tokens(quote["spans"])
        cued = quote is not None and quote["cue_start"] is not None
        verb = here.tokens(((quote["cue_start"], quote["cue_end"]),)) if cued else frozenset()
        verb |= {c.i for i in verb for c in passage.doc[i].children if c.dep_ in PREDICATE}  # "are eager to ..."
        act = quote is not None and quote["speech"] == "act" and quote["kind"] == "indirect"
        if any(stances.undone(passage.doc[i]) for i in verb):
            return []  # "refused to condemn it"
        if act and quote["speaker_id"] is not None:
            verb |= self.between(root, inside, verb)
        piece = None if quote is None else next(s for s, e in quote["spans"] if passage.place(root)[0] < e)
        made = []
        denied = any(
            {"stop"} & set(kinds := lexicon.kinds(t)) or kinds.get("attitude", (0, 0))[1] < 0
            for t in (passage.doc[i] for i in verb)
        )
        for licence in Way(cue.pole, inside, verb).climb(words, cue.shows):
            if denied and licence.at.i not in verb and licence.rule != "accusation":
                continue  # what somebody rejects or denies he doesn't say
            evidence = _evidence(licence, words, None if act and licence.at.i in verb else inside)
            start, end = self.trim(*passage.place(evidence))
            target = here.who(licence.target)
            for holder in self.holders(here, licence, quote, verb):
                others = [
                    one
                    for one in (target, *self.meant(here, cue.issue, evidence))
                    if one not in (None, holder["holder_id"])
                ]
                made.append(
                    {
                        "issue": cue.issue,
                        "target_id": next(iter(others), None),
                        "start": start,
                        "end": end,
                        "position": "neutral" if licence.rule == "abstention" else POSITIONS[licence.sign],
                        "at": (passage.place(sentence), piece),
                        "rule": licence.rule,
                        "basis": self.basis(here, start, end, quote),
                        "quote_id": quote["quote_id"] if quote else None,
                        **{flag: getattr(licence, flag) for flag in schema.FLAGS},
                    }
                    | holder
                )
        outermost = {(row["holder_id"], row["reported_by"]): row for row in made}
        for row in outermost.values():
            row["text"] = self.text[row["start"] : row["end"]]
            doubt = 0.15 * (row["position"] == "unclear") + 0.1 * row["hedged"] + 0.1 * (row["basis"] == "reported")
            row["confidence"] = round(SURE[row["rule"]] - doubt, 2)
        return list(outermost.values())

    def between(self, root: Token, inside: frozenset[int], cue: frozenset[int]) -> frozenset[int]:
        """The nouns and prepositions that lead from a quotation's words up to its cue: "joined a protest against the bill"."""
        above = [t for t in root.ancestors if t.i not in inside]
        found = list(takewhile(lambda t: t.pos_ in ("NOUN", "ADP"), above))
        return frozenset(t.i for t in found) if above[len(found) :] and above[len(found)].i in cue else frozenset()

    def learned(self, here: Here, seen: list, places: list[tuple[Cue, int, int]], known: list[dict]) -> list[dict]:
        """The stances of a passage that the network sees and no rule does, the likeliest first, none over another of the same holder."""
        made: list[dict] = []
        likely = [one for one in stances.positions(seen, here, self.actors) if one[2] >= LEAST]
        for candidate, sign, sure in sorted(likely, key=lambda one: -one[2]):
            if stances.is_none(candidate, here, sure):
                continue
            start, end = self.evidence(here, candidate)
            over = [row for row in known + made if row["start"] < end and start < row["end"]]
            if any(candidate.holder in (row["holder_id"], row["reported_by"]) for row in over):
                continue  # said already, or a view that the speaker only reports
            core = stances.core(candidate, here.passage.doc)
            around = self.nouns_around(here, candidate, core)
            targets = self.targets(here, candidate, core, around)
            issue, pole, about = self.issue(here, candidate, places, targets)
            if issue is None and not (around and (around.paragraph or around.vague)):
                continue  # nothing that it could be about
            position = (pole or 1) * (stances.on_end(candidate, here, about) or sign)
            if issue is not None and pole is None and position > 0 and stances.asks(candidate, here, targets[0]):
                position = 0
            row = self.learned_row(here, candidate, issue, position, sure, (start, end), targets)
            toward = {} if issue is not None or around is None else self.toward(here, candidate, around, sign)
            made.append(row | {"around": around, "toward": toward})
        return made

    def toward(self, here: Here, candidate, around: topics.Around, sign: int) -> dict[str, str]:
        """The position of a clause on each of its nouns."""
        return {
            noun: POSITIONS[stances.on_end(candidate, here, one.token) or sign] for noun, one in around.clause.items()
        }

    def learned_row(
        self, here: Here, candidate, issue: str | None, sign: int, sure: float, place, targets: list[str]
    ) -> dict:
        doc, quote, (start, end) = here.passage.doc, candidate.quote, place
        shown = stances.shown(candidate, doc)
        reported = candidate.kind == "reported"
        softened = any(doc[i].dep_ == "advmod" and lexicon.is_a(doc[i], "adverb", "hedge") for i in candidate.tokens)
        inside = quote if candidate.kind != "told" else None
        return {
            **self.holder(candidate.holder, quote["speaker_id"] if reported else None),
            "issue": issue,
            "target_id": next(iter(targets), None),
            "start": start,
            "end": end,
            "text": self.text[start:end],
            "position": POSITIONS[sign],
            "at": (start, end),
            "rule": "learned",
            "basis": "reported" if reported else self.basis(here, start, end, inside),
            "quote_id": inside["quote_id"] if inside is not None else None,
            "hedged": softened or "modal hedge" in shown,
            "negated": lexicon.negated(doc[candidate.head]) or "neg" in shown,
            "hypothetical": "condition" in shown,
            "demanded": "modal demand" in shown or "call" in lexicon.kinds(doc[candidate.head]),
            "confidence": round(rereading.confidence(sure), 2),
        }

    def evidence(self, here: Here, candidate) -> tuple[int, int]:
        """Where a clause stands, without the "and" that joins it to another; with what a passive is about: "the plan was backed by Lee"."""
        doc = here.passage.doc
        words = [i for i in sorted(candidate.tokens) if doc[i].dep_ != "cc" or i == candidate.head]
        if candidate.kind != "said" and (undergoer := lexicon.child(doc[candidate.head], "nsubjpass")) is not None:
            words.insert(0, min(undergoer.left_edge.i, words[0]))
        return self.trim(here.starts[words[0]], here.ends[words[-1]])

    def targets(self, here: Here, candidate, core: Token, around: topics.Around | None) -> list[str]:
        """Other actors of whom the clause is, the one whom it is most directly about first; not those whom it only mentions while it is about something."""
        doc = here.passage.doc
        own = {here.who(by) for by in lexicon.beside(doc[candidate.by])} if candidate.by is not None else ()
        others = ((i, who) for i, who in stances.others(candidate, here) if who not in own)
        far = [(lexicon.distance(doc[i], core), i, who) for i, who in others]
        nearest = next((noun.far for noun in around.clause.values()), math.inf) if around is not None else math.inf
        return list(dict.fromkeys(who for distance, _, who in sorted(far) if distance <= max(lexicon.FAR, nearest)))

    def meant(self, here: Here, issue: str, words: Span) -> list[str]:
        """Actors of whom some words speak, each once, subjects and objects first, where the issue is about such actors: "Bob Ray is unfit for office"."""
        kinds = {kind for kind, about in self.codebook.of if about == issue}
        if not kinds:
            return []
        named = [(word, m["actor_id"]) for word in words for m in here.mentions.get(word.i, ())]
        known = [(word, actor) for word, actor in named if self.actors.get(actor, {}).get("kind") in kinds]
        ordered = sorted((word.dep_ not in ("nsubj", "nsubjpass", "dobj"), word.i, actor) for word, actor in known)
        return list(dict.fromkeys(actor for _, _, actor in ordered))

    def issue(self, here: Here, candidate, places, targets: list[str]) -> tuple[str | None, int | None, Token | None]:
        """What a clause's stance is about, the cue's pole and the word for it: the issue of a cue in the clause, else of whom it is aimed at, without a
        pole; None where the codebook has none."""
        doc, of = here.passage.doc, dict(self.codebook.of)
        for cue, first, last in places:
            if {first, last} <= candidate.tokens:
                return cue.issue, cue.pole, doc[first : last + 1].root
        for actor in targets:
            if (kind := self.actors.get(actor, {}).get("kind")) in of:
                named = (doc[i] for i, who in stances.others(candidate, here) if who == actor)
                return of[kind], None, min(named, key=lambda word: lexicon.distance(word, doc[candidate.head]))
        return None, None, None

    def nouns_around(self, here: Here, candidate, core: Token) -> topics.Around | None:
        """The nouns of which an issue may be proposed; None where the codebook is of one field, whose issues are all that is asked for."""
        if not self.codebook.default:
            return None
        names = {i for i, over in here.mentions.items() if any(m["form"] == "name" for m in over)}
        return self.nouns.around(core, candidate.tokens, names)

    def holders(self, here: Here, licence: Licence, quote: dict | None, verb: frozenset[int]) -> list[dict]:
        """Whose statement it is: nobody's where the words leave that open."""
        speaker = None if quote is None else quote["speaker_id"]
        if licence.holders is None or (quote is not None and licence.at.i in verb):
            if quote is None or licence.rule == "commitment":
                return []
            named = [here.who(token) for token in licence.holders or ()]
            return [self.holder(actor) for actor in (named if speaker in named and None not in named else [speaker])]
        if not licence.holders:
            return (
                [self.holder(None)]
                if quote is None and licence.rule == "attitude" and lexicon.passive(licence.at)
                else []
            )
        found = []
        for token in licence.holders:
            actor = (
                speaker
                if token.pos_ == "PRON" and lexicon.is_a(token, "pronoun", "own") and quote is not None
                else here.who(token)
            )
            if (
                actor is None
                and quote is not None
                and quote["kind"] != "direct"
                and token.tag_ == "PRP"
                and self.fits(speaker, token)
            ):
                actor = speaker  # "the ministry said it would ..."
            if actor is not None and (quote is None or self.speaks_for(speaker, actor)):
                if quote is not None or (
                    not licence.future and not licence.hypothetical and licence.rule != "commitment"
                ):
                    found.append(self.holder(speaker if quote is not None else actor))
            elif actor is not None and quote["speech"] == "act" and licence.rule == "accusation":
                found.append(self.holder(actor))  # "Moscow rejected accusations by Kiev": the narrator speaks of both
            elif actor is not None and not licence.future and licence.rule != "commitment":
                found.append(self.holder(actor, speaker) | {"basis": "reported"})
        return [h for i, h in enumerate(found) if h not in found[:i]]

    def fits(self, actor: str | None, pronoun: Token) -> bool:
        return pronoun.dep_ != "expl" and (pronoun.lower_ in ("he", "she")) == (
            self.actors.get(actor, {}).get("kind") == "person"
        )

    def holder(self, actor: str | None, reporter: str | None = None) -> dict:
        return {
            "holder_id": actor,
            "holder": self.actors[actor]["name"] if actor in self.actors else None,
            "reported_by": reporter,
        }

    def speaks_for(self, speaker: str | None, actor: str) -> bool:
        """Whether what the actor wants is the speaker's own view: himself, his employer, his state."""
        if speaker is None or actor == speaker:
            return actor == speaker
        one, other = self.actors.get(speaker, {}), self.actors.get(actor, {})
        side, employer = one.get("side"), one.get("affiliation_id")
        if employer == actor:
            return True
        if employer is not None and self.actors.get(employer, {}).get("kind") not in ("state", "government"):
            return False  # a scholar of a state's academy doesn't speak for the state
        return (
            other.get("kind") in SIDES
            and side is not None
            and side != "independent"
            and side in (actor, other.get("side"))
        )

    def basis(self, here: Here, start: int, end: int, quote: dict | None) -> str:
        if quote is None:
            return "narrator"
        if here.in_marks(start, end):
            return "direct"
        return "narrator" if quote["speech"] == "act" else "indirect"

    def trim(self, start: int, end: int) -> tuple[int, int]:
        while end - 1 > start and not (self.text[end - 1].isalnum() or self.text[end - 1] in "%)"):
            end -= 1
        while start < end - 1 and not (self.text[start].isalnum() or self.text[start] in "$€£("):
            start += 1
        return start, end


def _evidence(licence: Licence, cue: Span, inside: frozenset[int] | None) -> Span:
    """The clause that shows it, with the cue in it; within a quotation only its words."""
    head = licence.at
    if licence.rule == "accusation" or head.dep_ == "appos":
        return head.doc[head.left_edge.i : head.right_edge.i + 1]
    while head.pos_ not in ("VERB", "AUX") and head.head != head:
        head = head.head
    later = {t.i for c in head.children if c.dep_ in ("conj", "cc", "parataxis") and c.i > cue[-1].i for t in c.subtree}
    wanted = {t.i for t in head.subtree if not t.is_punct} - later | set(range(cue.start, cue.end))
    if inside is not None and (kept := {i for i in wanted if i in inside}):
        here = [cue.root.i]  # one unbroken stretch around the cue
        while here[0] - 1 in inside and here[0] > min(kept):
            here.insert(0, here[0] - 1)
        while here[-1] + 1 in inside and here[-1] < max(kept):
            here.append(here[-1] + 1)
        wanted = set(here)
    return cue.doc[min(wanted) : max(wanted) + 1]


def _with_topics(rows: list[dict], nouns: topics.Nouns) -> list[dict]:
    """The rows, with proposed issues for those that meet none of the codebook."""
    unmet = [row for row in rows if row["issue"] is None]
    chosen = nouns.topics([row["around"] for row in unmet])
    about = {one: [row["around"] for row, noun in zip(unmet, chosen, strict=True) if noun == one] for one in chosen}
    for row, noun in zip(unmet, chosen, strict=True):
        row["issue"] = topics.propose(nouns.phrase(noun, about[noun]))
        row["position"] = row["toward"].get(noun, row["position"])
    return rows


def _settled(rows: list[dict]) -> list[dict]:
    """One row for each holder, issue and sentence; `unclear` where two of them disagree."""
    groups: dict = {}
    for row in rows:
        groups.setdefault((row["at"], row["quote_id"], row["holder_id"], row["reported_by"], row["issue"]), []).append(
            row
        )
    kept = []
    for same in groups.values():
        best = max(same, key=lambda row: (row["position"] != "unclear", row["confidence"]))
        if {"support", "oppose"} <= {row["position"] for row in same}:
            best = best | {"position": "unclear", "confidence": 0.4}
        about = (best["start"], best["end"], best["holder_id"], best["issue"], best["reported_by"])
        kept.append(best | {"statement_id": schema.row_id("t", *about), "source": "machine", "reviewed": False})
    return list({row["statement_id"]: row for row in kept}.values())
