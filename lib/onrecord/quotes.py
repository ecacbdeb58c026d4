"""Quotations: what is quoted, how, by whom, with which cue, to whom.

Two readers propose attributions: the rules, for which each verb, noun or phrase of `data/reference/cues.csv` that stands outside quotation marks may
attribute words to a speaker, and the learned network of `onrecord.attributions`. Where they differ the network decides who speaks, and the rules where
words begin and end in what they know best. Then the stretches in marks that are left continue the quotation before them, or turn out to be scare quotes.
"""

import functools
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

import pandas as pd
from spacy.tokens import Doc, Span, Token

from onrecord import attributions, cues, data, language, lexicon, schema, signatures
from onrecord.actors import Cast, Mention, role_sort
from onrecord.article import count_words
from onrecord.attributions import Attribution
from onrecord.descriptions import core_of, is_group
from onrecord.language import FINITE, Passage, entity_at, text_of
from onrecord.marks import Marked, outside_marks, stretches_of
from onrecord.names import role_noun, roles
from onrecord.signatures import Signed

_BEFORE_MARKS = re.compile(r"([^:]+):\s*(?=[“‘\"'])")
_TURN = re.compile(r"\W{0,3}((?:[A-Z][\w.’'-]*\s){0,4}[A-Z][\w.’'-]+):\s*(?=\S)")
_LOOSE = re.compile(
    r"(?:\s+(?:and|or|but|while|as|that|which|who|on|in|at|of|with|for|from|by|to|the|an?))+$", re.IGNORECASE
)
CARRIED = 8  # words in marks without any attribution that are still taken for speech, not scare quotes
TELLING = frozenset(["tell", "inform", "remind", "assure", "notify", "warn", "ask", "urge", "advise", "brief"])
ENDS_CLAUSE = frozenset(
    ["while", "as", "after", "before", "when", "during", "following", "amid", "although", "though", "despite"]
)
BOUNDED = frozenset(
    ["reported_clause", "parenthetical", "introduced", "beside_marks", "according_to", "of_phrase"]
)  # rules that know where words end
DATELINE = re.compile(r"[A-Z]{3,}[^.\"“]{0,40}?\s(?:[–—-]|--)\s+")  # "LONDON, June 12 – "
THAT = {
    "acl": ("mark", "dobj"),
    "ccomp": ("mark",),
    "relcl": ("mark",),
}  # what "that" is in the clause that a noun announces
ALONE = frozenset(["beside_marks", "reported_clause", "introduced", "noun_cue", "object", "naming", "according_to"])
IT = ("organisation", "government", "state", "media")  # kinds of actors that the pronouns can mean
THEY, WHO = ("group", "organisation", "media"), ("person", "group")
ARMS = frozenset(
    ["administration", "campaign", "delegation", "government", "leadership", "mission", "team"]
)  # of a body, through which it speaks
SAYING = frozenset(
    ["say", "tell", "add", "state", "claim", "argue", "insist", "warn", "announce"]
)  # verbs that only speakers have as subjects


@dataclass
class Cue:
    """Words that attribute a quotation: the cue itself, its speaker's and addressee's words, and the extent of the whole attribution."""

    words: Span
    speech: str
    takes: str
    speaker: Span | None = None
    addressee: Span | None = None
    start: int = 0  # tokens of the attribution: speaker, cue and addressee
    end: int = 0


@dataclass
class Draft:
    """A quotation in the making; spans are offsets in the article."""

    passage: int
    spans: list[tuple[int, int]]
    cue: Cue | None
    rule: str
    kind: str = ""
    speaker_id: str | None = None
    speaker_at: tuple[int, int] | None = None
    speech: str | None = "speech"
    marks: list[Marked] = field(default_factory=list)
    cue_passage: int | None = None  # where the cue stands, if not in the same paragraph
    score: float | None = None  # the network's

    @property
    def confidence(self) -> float:
        """How sure the rule or the network is."""
        return confidence(self.rule, self.speech, self.score, attributions.learned())


@functools.cache
def _measured() -> dict[tuple[str, str], float]:
    return {(row.rule, row.speech): float(row.confidence) for row in data.table("quote_rules").itertuples()}


def confidence(rule: str, speech: str | None, score: float | None = None, learned: bool = False) -> float:
    """How often such rows were right, words and speaker, where it was measured.

    Where the network has a `score` for the row, or is there and has none (`learned`): by `data/reference/quote_scores.csv`. For what no network
    can see (words in marks that are signed, carried on or said in turn, scare quotes) and without the network: by `data/reference/quote_rules.csv`."""
    if score is None and not (learned and rule in (*ALONE, "carried")):
        return _measured().get((rule, speech or ""), 0.5)
    if score is None:
        found_by = "carried" if rule == "carried" else "rule"
    else:
        found_by = "network" if rule == "network" else "both"
    intercept, slope = data.scores("quote_scores")[found_by]
    odds = intercept + (0 if score is None else slope * math.log(score / max(1 - score, 1e-3)))
    return round(1 / (1 + math.exp(-odds)), 3)


def draft(text: str, passages: list[Passage], cast: Cast) -> pd.DataFrame:
    """The machine's quotations (table `quotes`). Speakers whom no name names are added to the cast."""
    reader = _Reader(text, passages, cast)
    for i in range(len(passages)):
        reader.read(i)
    reader.unsay()
    return schema.frame("quotes", reader.rows())


class _Reader:
    def __init__(self, text: str, passages: list[Passage], cast: Cast):
        self.text, self.passages, self.cast = text, passages, cast
        self.drafts: list[Draft] = []
        self.open_at_end: Draft | None = None  # the quotation with which the paragraph before ended
        self.learned = attributions.find(passages)
        self.turns = Counter(m.group(1) for p in passages if (m := _TURN.match(text_of(p.doc))))
        self.signed = {i: one for one in signatures.find(passages) for i in one.passages}
        self.signing = {one.by.at for one in self.signed.values() if one.by.at not in one.passages}

    # one paragraph

    def read(self, i: int) -> None:
        signed = self.signed.get(i)
        if i in self.signing or (signed is not None and self._is_signers(signed)):
            if signed is not None and i == signed.passages[0]:
                self.drafts += self._signed(signed)
            self.open_at_end = None
            return
        passage = self.passages[i]
        stretches = stretches_of(passage.doc)
        mine = self._turn(i, stretches)
        if not mine:
            mine = self._attributed(i, stretches)
            mine = self._set_apart(i, stretches, mine) or mine
            taken = {stretch for made in mine for stretch in made.marks}
            for stretch in stretches:
                if stretch not in taken:
                    self._unattributed(i, stretch, mine)
        for made in mine:
            if made.cue is not None and _is_poll(made.cue.speaker):
                made.speech = "thought"
        for made in sorted(mine, key=lambda m: m.cue.start if m.cue else 10**9):
            self._name_speaker(made, mine)
        self.drafts += mine
        self._remember_end(stretches, mine)

    def _turn(self, i: int, stretches: list[Marked]) -> list[Draft]:
        """A paragraph that a name and a colon give to a speaker: a turn of a transcript, a headline such as "Lee: We will stay" or "Lee hammers Ray: “Go”"."""
        passage = self.passages[i]
        text = text_of(passage.doc)
        told = _BEFORE_MARKS.match(text) if passage.kind == "headline" else None
        words = self._opening(i, told.end(1)) if told else None
        opens = words is not None
        named = told if opens else _TURN.match(text)
        if named and not opens:
            words = passage.doc.char_span(*named.span(1), alignment_mode="expand")
        actor = self._of_name(i, words) if words is not None else None
        if actor is None:
            return []
        begin, end = named.end(), len(text.rstrip())
        inside = [s for s in stretches if s.end > begin]
        if inside and inside[0].outer_start <= begin and inside[0].start >= begin:
            pieces, kind = [(s.start, s.end) for s in inside], "direct"
        elif opens:
            return []
        else:
            if inside and inside[0].start <= begin:  # the marks enclose the name too
                end = inside[0].end
            kind = "indirect" if passage.kind == "headline" else "direct"
            if kind == "indirect" and inside:
                kind = "mixed"
            finite = any(t.tag_ in FINITE for t in passage.doc[words.end :])
            if (
                not finite
                or (passage.kind == "headline" and _has_sayer(passage.doc[words.end :]))
                or self.cast.actors[actor].kind not in ("person", "media")
                or count_words(text[begin:end]) < 3
            ):
                return []
            pieces = [(begin, end)]
        colon = passage.doc.char_span(named.end(1), named.end(1) + 1, alignment_mode="expand")
        cue = Cue(colon, "speech", "c", words, start=words.start, end=colon.end)
        made = self._draft(i, pieces, cue, "turn")
        made.kind, made.marks = kind, inside
        made.speaker_id, made.speaker_at = actor, passage.place(words)
        return [made]

    def _set_apart(self, i: int, stretches: list[Marked], mine: list[Draft]) -> list[Draft]:
        """A paragraph without marks around it behind one that ends with "Lee added:", as web pages set a long quotation apart.

        Where others speak in it, or marks hold a clause, it is the narrator's."""
        passage, text = self.passages[i], text_of(self.passages[i].doc)
        found = self._introduced(i, 0) if passage.kind == "paragraph" and text.lstrip()[:1].isalnum() else None
        if found is None or count_words(text) < 3 or not any(t.tag_ in FINITE for t in passage.doc):
            return []
        told_in, cue = found
        known, last = cues.of_verb(cue.words[0]), text_of(self.passages[told_in].doc).rstrip()
        if known is None or known[0] != "speech" or cue.words.end_char != len(last) - 1:
            return []
        speakers = [m.cue.speaker.root for m in mine if m.speech == "speech" and m.cue.speaker is not None]
        own = all(who.lower_ in ("i", "we", "you") for who in speakers)
        if not own or any(_full_clause(passage.doc, stretch) for stretch in stretches):
            return []
        made = self._draft(i, [(len(text) - len(text.lstrip()), len(text.rstrip()))], cue, "introduced")
        made.kind, made.cue_passage, made.marks = "direct", told_in, stretches
        return [made]

    def _opening(self, i: int, colon: int) -> Span | None:
        """The name with which a headline opens that has more before its colon, but for a verb that itself says who speaks."""
        doc = self.passages[i].doc
        lead, found = text_of(doc)[:colon].rstrip(), self.cast.who(i, doc[0])
        if not lead or found is None or self.cast.actors[found[0]].kind == "state":
            return None
        last, named = doc.char_span(len(lead) - 1, len(lead), alignment_mode="expand")[-1], found[1].span
        return named if named.end <= last.i and last.tag_ not in FINITE else None

    def _of_name(self, i: int, words: Span) -> str | None:
        """The actor whom these words name; SMITH is the Smith of whom the article speaks."""
        found = self.cast.who(i, words)
        if found:
            return found[0]
        surname = words.text.split()[-1].casefold()
        people = (a for a in self.cast.actors.values() if a.kind == "person")
        named = next((a for a in people if a.name.casefold().split()[-1] == surname), None)
        transcript = self.turns.total() > 2
        if named is None and words.text.isupper() and transcript:  # SMITH, whom nothing but turns name
            return self._new(i, words, words.text.title(), "turn")[0]
        return named.actor_id if named else None

    def _new(self, i: int, words: Span, name: str, rule: str) -> tuple[str, Mention]:
        """A person whom these words name and nothing else in the article."""
        person = self.cast.actor(name, "person", rule=rule, confidence=0.6)
        return person.actor_id, self.cast.mention(person, i, words, "name", rule, 0.6)

    def _attributed(self, i: int, stretches: list[Marked]) -> list[Draft]:
        """What the network attributes, with the rules' bounds where they know them, and what the rules alone see."""
        ruled = self._by_rules(i, stretches)
        if not attributions.learned():
            return ruled
        by_place, taken = _Places(ruled), _Places()
        asides = {m.cue.words.start: m for m in ruled if m.rule == "according_to"}
        by_cue: dict[int, Draft] = {}
        for one in self.learned[i]:
            made = self._learned(i, one, stretches)
            if made is None or taken.sharing(made):
                continue
            partner = max(by_place.sharing(made), key=lambda other: _alike(made, other), default=None)
            if partner is not None and _alike(made, partner) < 0.5:
                partner = None
            self._agree(made, asides.get(made.cue.words.start, partner))
            taken.add(made)
            by_cue.setdefault(made.cue.words.start, made)
        mine = list(by_cue.values())
        for made in ruled:
            if made.rule not in ALONE or taken.sharing(made):
                continue
            same = by_cue.get(made.cue.words.start)
            if same is None:
                mine.append(made)
                taken.add(made)
                by_cue[made.cue.words.start] = made
            else:  # what one cue attributes is one quotation
                same.spans = sorted(same.spans + made.spans)
                same.marks = sorted(same.marks + made.marks)
                same.kind = same.kind if same.kind == made.kind else "mixed"
        return mine

    @staticmethod
    def _agree(made: Draft, partner: Draft | None) -> None:
        """What a rule that saw the same words adds to the network's row: their bounds, and a cue that is known."""
        if partner is None:
            return
        if partner.rule in BOUNDED:
            made.spans, made.kind, made.marks = partner.spans, partner.kind, partner.marks
        if cues.of_verb(made.cue.words[0]) is None and partner.cue is not None:
            partner.cue.speaker, made.cue, made.speech = made.cue.speaker, partner.cue, partner.speech
        made.rule = f"network, {partner.rule}"

    def _learned(self, i: int, found: Attribution, stretches: list[Marked]) -> Draft | None:
        """An attribution of the network as a quotation: marks whole, ends tidy, the cue known by its word."""
        passage = self.passages[i]
        doc, text, outside = passage.doc, text_of(passage.doc), outside_marks(passage.doc)
        pieces, touched = [], []
        for begin, end in found.content:
            piece = doc[begin].idx, doc[end - 1].idx + len(doc[end - 1])
            for stretch in _touching(stretches, *piece):
                within = min(piece[1], stretch.end) - max(piece[0], stretch.start)
                if within * 2 >= stretch.end - stretch.start:
                    piece = min(piece[0], stretch.outer_start), max(piece[1], stretch.outer_end)
                    touched.append(stretch)
            clause = _tidy(text, piece[0], _without_loose_end(text, *piece))
            pieces += _between_marks(text, piece, stretches) or [clause or piece]
        pieces = [(a, b) for a, b in schema.joined(pieces) if re.search(r"\w", text[a:b])]
        if not pieces:
            return None
        cue = _cue_of(doc[found.cue], outside)
        if cue.speech == "wish" or not outside[found.cue]:
            return None  # what nobody utters; what somebody quoted says of others' words
        if passage.kind == "headline" and cue.words.text == ":" and _has_sayer(doc[cue.words.end :]):
            return None
        cue.speaker = None if found.speaker is None else doc[slice(*found.speaker)]
        told = _is_told(cue)
        if told:
            cue.addressee, cue.speaker = cue.speaker, None
            subject = lexicon.child(cue.words[0], "nsubjpass")  # "The refugees have been told that they must go"
            end = doc[subject.right_edge.i].idx if subject is not None else 0
            pieces = [piece for piece in pieces if piece[0] > end] or pieces
        made = self._draft(i, pieces, cue, "network")
        made.score, made.marks = found.score, touched
        quoted = sum(min(b, s.outer_end) - max(a, s.outer_start) for a, b in pieces for s in _touching(stretches, a, b))
        if quoted >= sum(b - a for a, b in pieces):
            made.kind = "direct" if any(_full_clause(doc, s) for s in touched) else "mixed"
        else:
            made.kind = "mixed" if quoted else "indirect"
        if made.kind == "direct" and made.speech == "act" and not cue.takes:
            made.speech = "speech"  # any verb can carry words in marks: “Go back,” she barked
        if made.kind == "indirect" and made.speech == "speech":
            if _nobody_says(cue) and not (told and any(t.tag_ in FINITE for a, b in found.content for t in doc[a:b])):
                return None
            passive = lexicon.child(cue.words[0], "auxpass") is not None
            asked = not passive and cue.speaker is None and cue.words[0].tag_ == "VBN"  # "Asked whether …, she said"
            made.speech = "act" if asked or _is_unsaid(cue) or _is_act(cue, doc, found) else "speech"
        return made

    def _by_rules(self, i: int, stretches: list[Marked]) -> list[Draft]:
        """What each known cue attributes by rule."""
        mine: list[Draft] = []
        taken: set[Marked] = set()
        for cue in _find_cues(self.passages[i].doc, stretches):
            made = self._in_marks(i, cue, stretches, taken) or self._clause(i, cue, stretches, taken, mine)
            if made:
                mine.append(made)
                taken.update(made.marks)
        return mine

    def _in_marks(self, i: int, cue: Cue, stretches: list[Marked], taken: set[Marked]) -> Draft | None:
        """The stretches that stand right before or behind the attribution."""
        doc = self.passages[i].doc
        begin, stop = doc[cue.start].idx, doc[cue.end - 1].idx + len(doc[cue.end - 1])
        nth = bisect_right(stretches, begin, key=lambda s: s.outer_end) - 1
        before = stretches[nth] if nth >= 0 and stretches[nth] not in taken else None
        if before and not re.fullmatch(r"[\s,.;:–—-]*(?:(?:and|but|as)\s+)?", text_of(doc)[before.outer_end : begin]):
            before = None
        lead = r"\s*[,:–—-]*\s*(?:that\s+)?" if "q" not in cue.takes or "o" in cue.takes else r"\s*[,:–—-]+\s*"
        nth = bisect_left(stretches, stop, key=lambda s: s.outer_start)
        behind = stretches[nth] if nth < len(stretches) and stretches[nth] not in taken else None
        if behind and not re.fullmatch(lead, text_of(doc)[stop : behind.outer_start]):
            behind = None
        if before and behind and not _ends_like_speech(text_of(doc), before):
            before = None
        if behind and self._runs_on(doc, behind) and before is None:
            return None
        if before and re.search(r"[\w’']\s*$", text_of(doc)[max(before.outer_start - 3, 0) : before.outer_start]):
            title = not _full_clause(doc, before) or count_words(text_of(doc)[before.start : before.end]) < 4
            if title or (behind is None and cue.words[0].dep_ in ("parataxis", "ccomp", "ROOT")):
                clause = None if title else self._clause(i, cue, stretches, taken, [])
                if title or clause:
                    return clause
        made_of = [s for s in (before, behind) if s is not None]
        if not made_of:
            return None
        made = self._draft(i, [(s.start, s.end) for s in made_of], cue, "beside_marks")
        made.marks = made_of
        made.kind = "direct" if any(_full_clause(doc, s) for s in made_of) else "mixed"
        return made

    def _utters(self, i: int, cue: Cue, rule: str) -> bool:
        """Whether somebody says it: not an infinitive without a subject, not "estimates suggest", not "was told to"."""
        if rule in ("according_to", "noun_cue"):
            return True
        if cue.speaker is None:
            return cue.words[0].tag_ in ("VBD", "VBZ", "VBP") and rule == "reported_clause"
        head = cue.speaker.root
        if cue.speech == "thought" and head.lower_ in ("i", "you", "it"):
            return False  # the writer, anybody, nobody
        able = (
            head.tag_ in ("PRP", "WP", "DT")
            or role_sort(head) is not None
            or self.cast.who(i, cue.speaker) is not None
            or head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP")
        )
        return able or (cue.words[0].lemma_ in SAYING and rule == "reported_clause")

    @staticmethod
    def _runs_on(doc: Doc, stretch: Marked) -> bool:
        """Whether the sentence goes on behind the closing mark, so that the marks hold only part of what is said."""
        rest = text_of(doc)[stretch.outer_end : stretch.outer_end + 40]
        return bool(
            re.match(r"\s+(?!and\b|but\b|while\b|as\b|after\b|before\b|in\b|on\b|at\b|when\b|during\b)[a-z]", rest)
        ) and not re.search(r"[.!?,]$", text_of(doc)[stretch.start : stretch.end])

    def _clause(self, i: int, cue: Cue, stretches: list[Marked], taken: set[Marked], mine: list[Draft]) -> Draft | None:
        """The reported clause that hangs on the cue; with the stretches in marks inside it."""
        passage = self.passages[i]
        doc = passage.doc
        noun = cue.words.root.pos_ == "NOUN"
        if any(
            a <= passage.place(cue.words)[0] < b
            for made in mine
            for a, b in made.spans
            if not (noun and made.rule == "object")
        ):
            return None
        found = _complement(cue)
        if found is None or not self._utters(i, cue, found[1]):
            return None
        tokens, rule = found
        pieces = _pieces(doc, tokens, cue)
        inside = [s for a, b in pieces for s in _touching(stretches, a, b) if s not in taken]
        pieces = [_with_marks(piece, inside) for piece in pieces]
        pieces = [piece for piece in (_tidy(text_of(doc), *piece) for piece in pieces) if piece]
        if not pieces or (sum(count_words(text_of(doc)[a:b]) for a, b in pieces) < 2 and not inside):
            return None
        made = self._draft(i, pieces, cue, rule)
        made.marks = inside
        made.kind = "mixed" if inside else "indirect"
        if not inside and (rule == "naming" or (made.speech == "speech" and _is_unsaid(cue))):
            made.speech = "act"  # nobody's words are printed
        if (
            inside
            and sum(s.end - s.start for s in inside) >= sum(b - a for a, b in pieces) - 4
            and any(_full_clause(doc, s) for s in inside)
        ):
            made.kind = "direct"
            made.spans = [self._at(i, s.start, s.end) for s in inside]
        return made

    def _unattributed(self, i: int, stretch: Marked, mine: list[Draft]) -> None:
        """Words in marks without a cue beside them: introduced by a colon, more of the quotation before, governed by a verb, or scare quotes."""
        doc = self.passages[i].doc
        here = self._at(i, stretch.start, stretch.end)
        around = next(
            (m for m in mine if m.kind != "scare" and any(a <= here[0] and here[1] <= b for a, b in m.spans)), None
        )
        if around:
            around.kind = "mixed" if around.kind == "indirect" else around.kind
            return
        whole = _full_clause(doc, stretch)
        starts_block = not re.search(r"\w", text_of(doc)[: stretch.outer_start])
        before = max(
            (m for m in mine if m.kind != "scare" and m.spans[-1][1] <= here[0]),
            key=lambda m: m.spans[-1][1],
            default=None,
        )
        introduced = self._introduced(i, 0 if starts_block else stretch.outer_start)
        if introduced:
            made = self._draft(i, [(stretch.start, stretch.end)], introduced[1], "introduced")
            made.kind, made.marks, made.cue_passage = "direct" if whole else "mixed", [stretch], introduced[0]
            mine.append(made)
        elif whole and before is not None and self._follows(doc, i, before, stretch):
            before.spans.append(here)
            before.marks.append(stretch)
            if before.kind == "indirect" or not all(_full_clause(doc, s) for s in before.marks):
                before.kind = "mixed"
        elif whole and starts_block and self.open_at_end is not None:
            self.open_at_end.spans.append(here)
            if self.open_at_end.kind == "indirect":
                self.open_at_end.kind = "mixed"
        else:
            mine.append(self._governed(i, stretch, whole) or self._left_over(i, stretch, whole, starts_block))

    def _is_signers(self, one: Signed) -> bool:
        """Whether words in marks belong to the name below: those that go on with a quotation do not belong to one without a dash."""
        return one.whole or one.by.dash is not None or self.open_at_end is None

    def _signed(self, one: Signed) -> list[Draft]:
        """The words above or before a signature: a letter or a post whole, else what stands in marks."""
        spans = []
        for i in one.passages:
            doc = self.passages[i].doc
            text = text_of(doc)[: one.by.start if one.by.at == i else None]
            if not one.whole:
                spans += [self._at(i, s.start, s.end) for s in stretches_of(doc) if s.start < len(text)]
            elif text.strip():
                spans.append(self._at(i, len(text) - len(text.lstrip()), len(text.rstrip())))
        if not spans:
            return []
        by, place = one.by, self.passages[one.by.at].place(one.by.words)
        cue = by.dash and Cue(by.dash, "speech", "", by.words, start=by.dash.start, end=by.words.end)
        made = Draft(one.passages[0], spans, cue, "signed", "direct", speaker_at=place, cue_passage=by.at)
        found = self.cast.who(by.at, by.words)
        part = found and len(found[1].span) < len(by.words) and self.cast.actors[found[0]].kind != "person"
        if (found is None or part) and (one.whole or " " in by.who):
            found = self._new(by.at, by.words, by.who.title() if by.who.isupper() else by.who, "signed")
        made.speaker_id = found and found[0]
        return [made]

    def _introduced(self, i: int, start: int) -> tuple[int, Cue] | None:
        """The attribution that a colon ends right before words, or for those that begin the paragraph at the end of the one before; with its passage."""
        if not start:
            i -= 1
        if i < 0:
            return None
        doc = self.passages[i].doc
        lead = (text_of(doc)[:start] if start else text_of(doc)).rstrip()
        if not lead.endswith(":"):
            return None
        colon = doc.char_span(len(lead) - 1, len(lead), alignment_mode="expand")
        cue = _introduction(colon[-1])
        return (i, cue) if cue is not None else None

    def _governed(self, i: int, stretch: Marked, whole: bool) -> Draft | None:
        """Words in marks inside the clause of a cue: "she referred to it as “the worst day of all”"."""
        doc = self.passages[i].doc
        words = doc.char_span(stretch.start, stretch.end, alignment_mode="contract")
        if words is None or len(words) < 3:
            return None
        outside = [t.idx < stretch.outer_start or t.idx >= stretch.outer_end for t in words.sent]
        verb = next((t for t in words.root.ancestors if t.i < words.start and outside[t.i - words.sent.start]), None)
        known = cues.known("verb").get(verb.lemma_.casefold()) if verb is not None else None
        if all(t.text[:1].isupper() or not t.is_alpha or t.is_stop for t in words):
            return None  # the title of a work
        if known is None or known[0] in ("thought", "wish") or words.start - verb.i > 12:
            return None
        cue = _verb_cue(verb, *known, outside_marks(doc))
        if cue.speaker is None:
            return None
        made = self._draft(i, [(stretch.start, stretch.end)], cue, "governed")
        made.kind, made.marks = "direct" if whole else "mixed", [stretch]
        return made

    def _left_over(self, i: int, stretch: Marked, whole: bool, starts_block: bool) -> Draft:
        """Speech whose speaker nobody names, or scare quotes."""
        text = text_of(self.passages[i].doc)[stretch.start : stretch.end]
        if whole and count_words(text) >= CARRIED and not stretch.single:
            made = self._draft(i, [(stretch.start, stretch.end)], None, "carried")
            made.kind = "direct"
            if starts_block:
                self._take_over(made)
        else:
            made = self._draft(i, [(stretch.start, stretch.end)], None, "scare")
            made.kind, made.speech = "scare", None
        return made

    def _follows(self, doc: Doc, i: int, before: Draft, stretch: Marked) -> bool:
        """Whether nothing but the attribution stands between a quotation and more words in marks."""
        if before.cue is None or before.speech == "thought":
            return False
        passage = self.passages[i]
        last = before.spans[-1][1] - passage.start
        if before.cue_passage in (None, i):
            last = max(last, passage.place(doc[before.cue.start : before.cue.end])[1] - passage.start)
        gap = text_of(doc)[last : stretch.outer_start]
        if last > stretch.outer_start:
            return False
        one_sentence = not re.search(r"[.!?]\s+\w", gap.rstrip(" “\"‘'"))
        ends = re.search(r"[.!?]\s*$", gap)
        return (one_sentence and len(gap.split()) <= (40 if ends else 12)) or count_words(gap) <= 4

    def _remember_end(self, stretches: list[Marked], mine: list[Draft]) -> None:
        """The quotation that a next paragraph in marks, without an attribution, goes on with."""
        ends = [m for m in mine if m.kind in ("direct", "mixed") and m.speech != "thought"]
        if mine and not ends and self.open_at_end is not None and not stretches:
            self.open_at_end = None
        if ends:
            self.open_at_end = max(ends, key=lambda m: m.spans[-1][1])
        elif not stretches or mine:
            self.open_at_end = None

    # speakers

    def _name_speaker(self, made: Draft, mine: list[Draft]) -> None:
        cue = made.cue
        if cue is None or made.speaker_id is not None:
            return
        i = made.passage if made.cue_passage is None else made.cue_passage
        if cue.speaker is None:
            if made.speech != "thought":  # "Lee seems to be late" is nobody's thought, least of all Lee's
                self._take_subject(i, made)
            return
        words = _asked_for(cue.speaker)
        head = words.root
        found = self.cast.titled_in(i, words) or self.cast.who(i, head) or self._inside(i, words)
        author = None if found else next(filter(None, (self.cast.who(i, t) for t in lexicon.authors(head))), None)
        if author is not None:
            made.speaker_id, made.speaker_at = author[0], self.passages[i].place(core_of(words))
            return
        if head.tag_ in ("PRP", "WP", "DT") or head.lower_ in ("who", "which", "it", "they", "we", "i"):
            made.speaker_at = self.passages[i].place(head)
            if (unnamed := self._unnamed_before(i, head, found, mine)) is not None:
                made.speaker_id = unnamed
            elif found:
                made.speaker_id = found[0]
            elif head.lower_ in ("it", "they"):
                made.speaker_id = self._last_speaker(i, head, [*self.drafts, *mine]) or self._group_before(i, head)
                self._note_pronoun(i, made, head)
            elif head.lower_ == "who":
                made.speaker_id = self._antecedent(i, head)
            elif head.lower_ == "which":
                made.speaker_id = self._body_before(i, head)
            return
        if found is None and head.dep_ == "dobj" and self._take_subject(i, made):
            return
        if found is None and (again := self._same_words(i, words, mine)) is not None:
            made.speaker_id, made.speaker_at = again, self.passages[i].place(core_of(words))
            return
        if found is None:
            found = self._described(i, words) or self.cast.describe(i, words)
        if found is None and signatures.HANDLE.fullmatch(head.text):
            found = self._new(i, head.doc[head.i : head.i + 1], head.text, "handle")
        if found:
            made.speaker_id, mention = found
            a, b = words, mention.span
            nested = (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)
            inside = mention.passage == i and nested
            made.speaker_at = (mention.start, mention.end) if inside else self.passages[i].place(core_of(words))
        else:
            made.speaker_at = self.passages[i].place(core_of(words))
            self._take_subject(i, made)

    def _unnamed_before(self, i: int, head: Token, found: tuple[str, Mention] | None, mine: list[Draft]) -> str | None:
        """Who speaks right before without a name, where he or she rather means that person than who was named earlier: "A spokesman said … he added"."""
        here = self.passages[i].place(head)[0]
        gender = {"he": "male", "she": "female", "they": "anybody"}.get(head.lower_)
        if gender is None:
            return None
        told = [m for m in self._near(i, mine) if m.speaker_at[1] <= here and m.speech == "speech"]
        last = max(told, key=lambda m: m.speaker_at, default=None)
        actor = self.cast.actors.get(last.speaker_id) if last is not None else None
        if actor is None or actor.kind != "person" or actor.rule != "description":
            return None
        if last.cue is None or last.cue.speaker is None or last.cue.speaker[0].lower_ == "the":
            return None  # "the former first lady" is rather one whom the article names
        role = role_noun(last.cue.speaker.root)
        if gender == "anybody" and not (role or "").endswith("person"):
            return None  # they are several, but for a spokesperson
        noun = roles().get(role, ("", ""))
        between = [
            m
            for m in (self.cast.actors[found[0]].mentions if found else ())
            if last.speaker_at[1] <= m.start < here
            and m.form == "name"
            and not any(a <= m.start < b for a, b in last.spans)
        ]
        return actor.actor_id if noun[1] in ("", gender) and not between else None

    def _near(self, i: int, mine: list[Draft]) -> list[Draft]:
        """The quotations of a paragraph and the one before it of which words name the speaker."""
        before = takewhile(lambda m: m.passage >= i - 1, reversed(self.drafts))
        return [m for m in (*mine, *before) if m.speaker_at]

    def _take_subject(self, i: int, made: Draft) -> bool:
        """Let the subject that the parse gives the cue be the speaker, where the network took no words for the speaker's or some that name nobody; whether it names somebody."""
        subject = _subject(made.cue.words[0], outside_marks(self.passages[i].doc))
        found = self.cast.who(i, subject) if subject is not None else None
        words = made.cue.speaker
        if found is None or (words is not None and words.start <= subject.i < words.end):
            return False
        made.speaker_id, made.speaker_at = found[0], (found[1].start, found[1].end)
        return True

    def _take_over(self, made: Draft) -> None:
        """Let who is the subject of the sentence before be the speaker of words that begin a paragraph: "Ann Lee was angry." and then her words."""
        before = self.passages[made.passage - 1] if made.passage else None
        if before is None or before.kind != "paragraph" or not len(before.doc):
            return
        root = before.doc[-1].sent.root
        felt = (lexicon.child(verb, "nsubj", "nsubjpass") for verb in (root, lexicon.child(root, "auxpass")) if verb)
        subject = next(filter(None, felt), None) or _subject(root, outside_marks(before.doc))  # "She feels appalled."
        found = self.cast.who(made.passage - 1, subject) if subject is not None else None
        if found is not None and self.cast.actors[found[0]].kind == "person":
            made.speaker_id, made.speaker_at = found[0], (found[1].start, found[1].end)

    def _inside(self, i: int, words: Span):
        """Who is named inside the speaker's words where their head names nobody: "Malaysia’s Prime Minister, Najib Razak"; at their end, "fight doctor Ferdie Pacheco"."""
        head = words.root
        if role_sort(head) in ("group",) or head.tag_ == "NNS":
            return None
        if (last := self._at_the_end(i, core_of(words))) is not None:
            return last
        for child in head.children:
            if child.dep_ in ("appos", "compound", "nmod") and child.i >= words.start and child.i < words.end:
                found = self.cast.who(i, child)
                own = child.dep_ == "appos" or child.i > head.i or head.lower_ in ARMS  # the NHS trust is not the NHS
                if found and (self.cast.actors[found[0]].kind == "person" or (role_sort(head) == "body" and own)):
                    return found
        return None

    def _at_the_end(self, i: int, core: Span):
        """The person with whose full name a phrase ends behind the words for what he is, whatever the parse took for its head."""
        found = self.cast.who(i, core[-1])
        if found is None or self.cast.actors[found[0]].kind != "person":
            return None
        name = found[1].span
        before = core.doc[core.start : name.start]
        named = len(name) > 1 and name.end == core.end and name.start > core.start
        if not named or before[-1].pos_ not in ("NOUN", "PROPN"):
            return None
        if before[-1].tag_ != "NNS" and any(t.pos_ == "ADP" for t in before):
            return None  # "an aide of Mayor Ann Lee", but "master of ceremonies Ann Lee"
        his = any(role_sort(t) not in (None, "document", "group", "body") for t in before)
        return found if his else None

    def _described(self, i: int, words: Span):
        """The one group that was described before by the same noun: "the authors" after "the report's authors"; with this mention noted."""
        core = core_of(words)
        if len(core) != 2 or core[0].lower_ != "the" or core[1].tag_ != "NNS":
            return None
        start = self.passages[i].place(core)[0]
        groups = (a for a in self.cast.actors.values() if a.rule == "description" and a.kind == "group")
        known = [a for a in groups if a.mentions and min(m.start for m in a.mentions) < start]
        known = [a for a in known if re.search(rf"\b{re.escape(core[1].lower_)}$", a.name.casefold())]
        if len(known) != 1:
            return None
        return known[0].actor_id, self.cast.mention(known[0], i, core, "nominal", "role_repeated", 0.6)

    def _same_words(self, i: int, words: Span, mine: list[Draft]) -> str | None:
        """Who spoke right before in what speaks now: "In a statement the council said … the statement continued"."""
        head = words.root
        if head.lemma_.casefold() not in cues.known("writing") or words[0].lower_ != "the":
            return None
        here = self.passages[i].place(head)[0]
        told = [m for m in self._near(i, mine) if m.speaker_id and m.cue and m.speaker_at[0] < here]
        told = [m for m in told if any(t.lemma_ == head.lemma_ for t in m.cue.words.sent)]
        return max(told, key=lambda m: m.speaker_at).speaker_id if told else None

    def _last_speaker(self, i: int, pronoun: Token, drafts: list[Draft]) -> str | None:
        """The body or group behind it or they: who was heard in this paragraph, else the last subject, else who was heard just before."""
        kinds = THEY if pronoun.lower_ == "they" else IT
        heard = [
            d for d in drafts if d.speaker_id and i - d.passage <= 1 and self.cast.actors[d.speaker_id].kind in kinds
        ]
        here = self.passages[i].place(pronoun)[0]
        if heard and heard[-1].passage == i and heard[-1].spans[0][0] < here:
            return heard[-1].speaker_id
        subjects = [
            (m.passage, m.span.root.head.dep_ == "ROOT", m.start, a.actor_id)
            for a in self.cast.actors.values()
            if a.kind in kinds
            for m in a.mentions
            if i - 1 <= m.passage <= i and m.start < here and m.span.root.dep_ in ("nsubj", "nsubjpass")
        ]
        return max(subjects)[-1] if subjects else heard[-1].speaker_id if heard else None

    def _group_before(self, i: int, pronoun: Token) -> str | None:
        """The group that is the subject of the sentence before "they" and that nothing else names: "Backbenchers rebelled. They said no." """
        if pronoun.lower_ != "they" or not pronoun.sent.start:
            return None
        doc = pronoun.doc
        subject = _subject(doc[pronoun.sent.start - 1].sent.root, outside_marks(doc))
        if subject is None or not is_group(subject):
            return None
        found = self.cast.describe(i, doc[subject.left_edge.i : subject.i + 1])
        return found and found[0]

    def _antecedent(self, i: int, pronoun: Token) -> str | None:
        """Whom a relative "who" means: the noun on which the parse hangs its clause, if that is somebody, else the person named last in the sentence."""
        noun = _noun_of(pronoun)
        found = noun is not None and (
            self.cast.who(i, noun) or self.cast.describe(i, noun.doc[noun.left_edge.i : noun.i + 1])
        )
        if found and self.cast.actors[found[0]].kind in WHO:
            return found[0]
        before = [
            a.actor_id
            for a, m in self.cast.mentions_in(i)
            if a.kind == "person" and pronoun.sent.start <= m.span.start and m.span.end < pronoun.i
        ]
        named = noun is None or noun.pos_ in ("PROPN", "NUM")
        return before[-1] if before and named else None  # NUM: the parse hangs "who" on 24 in "Lee, 24, who"

    def _body_before(self, i: int, pronoun: Token) -> str | None:
        """The body on which the parse hangs a clause with "which": "the European Union, which says"."""
        noun = _noun_of(pronoun)
        found = self.cast.who(i, noun) if noun is not None else None
        return found[0] if found and self.cast.actors[found[0]].kind in IT else None

    def _note_pronoun(self, i: int, made: Draft, head: Token) -> None:
        if made.speaker_id:
            self.cast.mention(
                self.cast.actors[made.speaker_id],
                i,
                head.doc[head.i : head.i + 1],
                "pronoun",
                "last_heard",
                0.6,
            )

    def unsay(self) -> None:
        """Let nobody mean himself by a he or she in his own words; who is named in them is not the he or she that speaks them."""
        for d in self.drafts:
            speaker = self.cast.actors.get(d.speaker_id)
            if speaker is None or speaker.kind != "person" or d.kind not in ("direct", "mixed"):
                continue
            start = self.passages[d.passage].start
            spans = d.spans if d.kind == "direct" else [(start + s.start, start + s.end) for s in d.marks]
            if d.speaker_at is not None and self.cast.named_in(speaker, spans):
                changed = self.cast.unsay(speaker, [d.speaker_at], only_to_others=True)
                d.speaker_id = changed[0].actor_id if changed else d.speaker_id
            else:
                self.cast.unsay(speaker, spans)

    # rows

    def _at(self, i: int, start: int, end: int) -> tuple[int, int]:
        return self.passages[i].start + start, self.passages[i].start + end

    def _draft(self, i: int, pieces: list[tuple[int, int]], cue: Cue | None, rule: str) -> Draft:
        return Draft(i, [self._at(i, *piece) for piece in pieces], cue, rule, speech=cue.speech if cue else "speech")

    def rows(self) -> list[dict]:
        """The drafts as rows of the table."""
        rows, seen = [], set()
        for d in sorted(self.drafts, key=lambda d: (d.spans[0], -d.confidence)):
            spans = tuple(sorted(d.spans))
            identifier = schema.row_id("q", spans, d.kind)
            if identifier in seen:
                continue
            seen.add(identifier)
            passage = self.passages[d.passage]
            said = " … ".join(self.text[a:b] for a, b in spans)
            told_in = passage if d.cue_passage is None else self.passages[d.cue_passage]
            cue = told_in.place(d.cue.words) if d.cue else (None, None)
            actor = self.cast.actors.get(d.speaker_id)
            speaker_at = d.speaker_at or (None, None)
            told = d.cue.addressee if d.cue else None
            rows.append(
                {
                    "quote_id": identifier,
                    "block_id": passage.block_id,
                    "kind": d.kind,
                    "speech": d.speech,
                    "start": spans[0][0],
                    "end": spans[-1][1],
                    "spans": spans,
                    "text": said,
                    "speaker_id": d.speaker_id,
                    "speaker": actor.name if actor else None,
                    "speaker_start": speaker_at[0],
                    "speaker_end": speaker_at[1],
                    "cue": self.text[cue[0] : cue[1]] if d.cue else None,
                    "cue_start": cue[0],
                    "cue_end": cue[1],
                    "addressee": None if told is None else self.text[slice(*told_in.place(told))],
                    "words": count_words(said),
                    "rule": d.rule,
                    "confidence": d.confidence,
                    "source": "machine",
                    "reviewed": False,
                }
            )
        return rows


def _noun_of(pronoun: Token) -> Token | None:
    """The noun on which the parse hangs the clause of a relative pronoun."""
    return next((t.head for t in pronoun.ancestors if t.dep_ == "relcl"), None)


def _is_poll(speaker: Span | None) -> bool:
    """Whether answers speak: a poll, a survey."""
    return speaker is not None and speaker.root.lemma_.casefold() in cues.known("source")


def _without_loose_end(text: str, start: int, end: int) -> int:
    """Where words end without a conjunction, preposition or article whose phrase goes on behind them."""
    loose = _LOOSE.search(text, start, end) if re.match(r"\s+\w", text[end : end + 9]) else None
    return loose.start() if loose else end


def _nobody_says(cue: Cue) -> bool:
    """Whether the cue is a passive without an agent: "was said to be ill", "were told to leave"."""
    return cue.speaker is None and any(c.dep_ in ("auxpass", "nsubjpass") for c in cue.words[0].children)


def _is_unsaid(cue: Cue) -> bool:
    """Whether it is told that somebody doesn't say it: "did not say when the work would end"."""
    verb = cue.words[0]
    denied = (c.dep_ in ("neg", "advmod") and lexicon.is_a(c, "adverb", "negation") for c in verb.children)
    return verb.pos_ in ("VERB", "AUX") and any(denied)


def _is_told(cue: Cue) -> bool:
    """Whether the speaker's words name to whom it is said: "Lee was told that", "Asked whether she would, Lee said"."""
    verb, words = cue.words[0], cue.speaker
    if words is not None and verb.lemma_ == "hear" and verb.pos_ == "VERB" and words.root.dep_ == "nsubj":
        return True
    if words is None or verb.lemma_ not in TELLING or verb.tag_ != "VBN" or words.root.dep_ == "pobj":
        return False
    active = any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
    return lexicon.child(verb, "auxpass") is not None or (not active and verb.dep_ in ("advcl", "acl", "ROOT", "ccomp"))


def _is_act(cue: Cue, doc: Doc, found: Attribution) -> bool:
    """Whether no words are reported but that something was said: "described it as a retreat", "pointed out the door"."""
    tags = {t.tag_ for begin, end in found.content for t in doc[begin:end]}
    return "n" in cue.takes or (not tags & {*FINITE, "TO"} and "o" not in cue.takes and cue.takes != "")


class _Places:
    """Drafts by the stretches of the text that they touch, so that those that share words are found without looking at all."""

    WIDE = 64  # characters

    def __init__(self, drafts: Iterable[Draft] = ()):
        self._at: dict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            self.add(draft)

    def _cells(self, draft: Draft) -> list[int]:
        return sorted({cell for a, b in draft.spans for cell in range(a // self.WIDE, b // self.WIDE + 1)})

    def add(self, draft: Draft) -> None:
        for cell in self._cells(draft):
            self._at[cell].append(draft)

    def sharing(self, draft: Draft) -> list[Draft]:
        """Those that share words with a draft."""
        near = {id(other): other for cell in self._cells(draft) for other in self._at.get(cell, ())}
        return [other for other in near.values() if _shared(draft, other)]


def _shared(one: Draft, other: Draft) -> bool:
    """Whether two quotations share words."""
    return any(a < d and c < b for a, b in one.spans for c, d in other.spans)


def _alike(one: Draft, other: Draft) -> float:
    """The share of their characters that two quotations have in common (Jaccard index)."""
    common = sum(max(min(b, d) - max(a, c), 0) for a, b in one.spans for c, d in other.spans)
    return common / (sum(b - a for draft in (one, other) for a, b in draft.spans) - common)


def _between_marks(text: str, piece: tuple[int, int], stretches: list[Marked]) -> list[tuple[int, int]]:
    """A piece's words between marks, where none of it stands outside them; else nothing."""
    inner = [(max(piece[0], s.start), min(piece[1], s.end)) for s in _touching(stretches, *piece)]
    edges = [piece[0], *(edge for pair in inner for edge in pair), piece[1]]
    bare = not any(re.search(r"\w", text[a:b]) for a, b in zip(edges[::2], edges[1::2]))
    return [(a, b) for a, b in inner if a < b] if bare else []


# --- cues ----------------------------------------------------------------------------------------------------------------------


def _find_cues(doc: Doc, stretches: list[Marked]) -> list[Cue]:
    """Cues outside marks, in order, each with its speaker's words."""
    outside = outside_marks(doc)
    found = []
    for i in _cue_words(doc):
        if not outside[i]:
            continue
        token = doc[i]
        if token.lower_ == "according":
            if i + 2 < len(doc) and doc[i + 1].lower_ == "to":
                found.append(_according(token, outside))
        elif token.pos_ == "NOUN":
            if known := cues.known("noun").get(token.lemma_.casefold()):
                found.append(_noun_cue(token, *known))
        else:
            known = cues.of_verb(token)
            if known and known[1] and token.dep_ != "amod":
                found.append(_verb_cue(token, *known, outside))
            elif token.tag_ in ("VBD", "VBZ"):
                found.append(_beside_comma(token, stretches, outside))
    return [cue for cue in found if cue is not None]


@functools.cache
def _cue_codes() -> tuple[frozenset[int], ...]:
    strings = language.model().vocab.strings
    parts, tags, words = ("VERB", "AUX", "NOUN"), ("VBD", "VBZ"), ("said", "says", "according")
    return tuple(frozenset(strings.add(name) for name in names) for names in (parts, tags, words))


def _has_sayer(words: Span) -> bool:
    """Whether somebody speaks in some words by a verb, so that a name and a colon before them only tell the topic: "Lee: Critics say it is late"."""
    verbs = (t for t in words if t.tag_ in FINITE and lexicon.child(t, "nsubj") is not None)
    return any((cues.of_verb(verb) or ("",))[0] == "speech" for verb in verbs)


def _cue_words(doc: Doc) -> list[int]:
    """Where a cue can stand: verbs, nouns, said, says, according."""
    parts, tags, words = _cue_codes()
    codes = doc.to_array(["POS", "TAG", "LOWER"]).tolist()
    return [i for i, (part, tag, word) in enumerate(codes) if part in parts or tag in tags or word in words]


def _cue_of(token: Token, outside: list[bool]) -> Cue:
    """The cue that the network saw in a token. A word that the reference table does not know reports an act."""
    if token.lower_ == "according" or token.text == ":" or token.pos_ not in ("VERB", "AUX", "NOUN"):
        speech = "speech" if token.lower_ == "according" or token.text == ":" else "thought"
        words = token.doc[token.i : token.i + 1 + (token.lower_ == "according" and token.i + 1 < len(token.doc))]
        return Cue(words, speech, "", start=words.start, end=words.end)
    if token.pos_ == "NOUN":
        speech, takes = cues.known("noun").get(token.lemma_.casefold(), ("act", ""))
        return Cue(token.doc[token.i : token.i + 1], speech, takes, start=token.i, end=token.i + 1)
    return _verb_cue(token, *(cues.of_verb(token) or ("act", "")), outside)


def _beside_comma(token: Token, stretches: list[Marked], outside: list[bool]) -> Cue | None:
    """Any verb that somebody's name or a pronoun joins to words in marks which end with a comma: “Go back,” Lee barked."""
    nth = bisect_right(stretches, token.idx, key=lambda s: s.outer_end) - 1
    text = text_of(token.doc)
    if nth < 0 or token.idx - stretches[nth].outer_end > 100 or text[stretches[nth].end - 1] not in ",":
        return None
    cue = _verb_cue(token, "speech", "q", outside)
    if cue.speaker is None or text[stretches[nth].outer_end : token.doc[cue.start].idx].strip():
        return None
    head = cue.speaker.root
    speaks = head.ent_type_ == "PERSON" or head.lower_ in ("he", "she", "they") or role_sort(head) is not None
    return cue if speaks else None


def _introduction(colon: Token) -> Cue | None:
    """The attribution that a colon ends: its last verb that somebody is the subject of, else the last name or noun: "From the report:"."""
    doc = colon.doc
    start = max([colon.sent.start, *(t.i + 1 for t in colon.sent if t.i < colon.i and t.text in ("-", "–", "—"))])
    words, outside = doc[start : colon.i], outside_marks(doc)
    if not len(words):
        return None
    named, head = entity_at(doc, colon.i - 1), words.root
    verbs = (t for t in words if t.pos_ == "VERB" and outside[t.i])
    known = [_verb_cue(t, *verb, outside) for t in verbs if (verb := cues.of_verb(t))]
    for cue in reversed(known):
        if cue.speaker is not None:
            cue.speech = "speech" if cue.speech == "wish" else cue.speech  # what a colon brings is uttered
            return cue
    if head.pos_ == "NOUN" and outside[head.i] and lexicon.authors(head):  # "His advice to voters:"
        speaker = doc[max(head.left_edge.i, start) : head.i + 1]
        return Cue(doc[colon.i : colon.i + 1], "speech", "c", speaker, start=speaker.start, end=colon.i + 1)
    if named is not None and named.label_ in ("PERSON", "ORG") and outside[named.start]:
        return Cue(doc[colon.i : colon.i + 1], "speech", "c", named, start=named.start, end=colon.i + 1)
    for verb in sorted(
        (t for t in words if t.pos_ in ("VERB", "AUX") and outside[t.i]), key=lambda t: t.dep_ != "ROOT"
    ):
        cue = _verb_cue(verb, "speech", "q", outside)
        if cue.speaker is not None and (_can_speak(cue.speaker.root) or lexicon.authors(cue.speaker.root)):
            return cue
    last = words[-1]
    if last.pos_ not in ("PROPN", "NOUN") or not outside[last.i] or not _can_speak(last):
        return None
    speaker = doc[max(last.left_edge.i, start) : last.i + 1]
    return Cue(doc[colon.i : colon.i + 1], "speech", "c", speaker, start=speaker.start, end=colon.i + 1)


def _can_speak(head: Token) -> bool:
    """Whether a noun or pronoun is one for somebody who can speak, or a paper that can say."""
    return (
        head.ent_type_ in ("PERSON", "ORG")
        or head.lower_ in ("he", "she", "they")
        or role_sort(head) not in (None, "honorific")
    )


def _ends_like_speech(text: str, stretch: Marked) -> bool:
    """Whether words in marks end as speech before its attribution does: with a comma or full stop, inside the marks or behind them."""
    return text[stretch.end - 1] in ",.!?…—–-" or text[stretch.outer_end :].lstrip()[:1] == ","


def _touching(stretches: list[Marked], start: int, end: int) -> list[Marked]:
    """The stretches that share characters with start:end."""
    first = bisect_right(stretches, start, key=lambda s: s.outer_end)
    last = bisect_left(stretches, end, key=lambda s: s.outer_start)
    return stretches[first:last]


def _verb_cue(token: Token, speech: str, takes: str, outside: list[bool]) -> Cue:
    doc = token.doc
    subject = _subject(token, outside)
    words = _phrase(subject, outside, token) if subject is not None else None
    if words is None:
        words = _neighbour(token, outside)
    particle = token.i + 1 < len(doc) and (
        doc[token.i + 1].dep_ == "prt" or (token.lemma_ == "call" and doc[token.i + 1].lower_ in ("on", "for"))
    )
    cue = Cue(doc[token.i : token.i + 1 + particle], speech, takes, words)
    cue.addressee = _addressee(token, outside)
    spans = [
        cue.words,
        *([words] if words is not None else []),
        *([cue.addressee] if cue.addressee is not None else []),
    ]
    near = [s for s in spans if s is cue.words or all(outside[min(s.start, token.i) : max(s.end, token.i)])]
    cue.start, cue.end = min(s.start for s in near), max(s.end for s in near)
    # "said in a statement", "told reporters on Monday": what hangs on the cue belongs to the attribution
    for child in token.children:
        if child.dep_ in ("prep", "npadvmod", "advmod", "aux", "neg", "prt") and all(
            outside[t.i] for t in child.subtree
        ):
            if "f" in takes and child.lower_ in ("of", "for"):
                continue  # what somebody is accused of is what is said
            edge = child.right_edge.i + 1
            if child.i > token.i and cue.end <= child.left_edge.i <= cue.end + 1 and edge - cue.end <= 12:
                cue.end = edge
            elif child.i < token.i and child.dep_ in ("advmod", "aux", "neg") and child.i == cue.start - 1:
                cue.start = child.i
    return cue


def _neighbour(token: Token, outside: list[bool]) -> Span | None:
    """The name beside a verb whose subject the parse does not see: "said Ann Lee", "Ann Lee, the mayor, said"."""
    doc = token.doc
    if token.tag_ not in ("VBD", "VBZ", "VBP"):
        return None
    behind = entity_at(doc, token.i + 1)
    if behind is not None and behind.label_ == "PERSON" and outside[behind.start]:
        return behind
    before = token.i - 1
    if before > 0 and doc[before].text == "," and not doc[before - 1].is_punct:
        commas = [i for i in range(max(token.sent.start, before - 25), before) if doc[i].text == ","]
        before = next((i - 1 for i in commas if entity_at(doc, i - 1) is not None), 0)
        if any(t.tag_ in FINITE and t.dep_ != "relcl" for t in doc[before + 1 : token.i]):
            return None
    named = entity_at(doc, before) if before > 0 else None
    return named if named is not None and named.label_ in ("PERSON", "ORG") and outside[named.start] else None


def _subject(token: Token, outside: list[bool], depth: int = 0) -> Token | None:
    """Who says: the verb's subject; behind "who" its antecedent; that of the verb it is joined to or hangs on; the agent of a passive."""
    if depth > 4:
        return None
    passive = any(c.dep_ in ("auxpass", "nsubjpass") for c in token.children) or (
        token.tag_ in ("VBD", "VBN") and token.i > 0 and token.nbor(-1).lower_ in ("when", "if", "once", "as", "than")
    )
    if passive or (
        token.tag_ == "VBN"
        and not any(c.dep_ in ("aux", "nsubj") for c in token.children)
        and token.dep_ in ("acl", "advcl")
    ):
        agent = next((c for c in token.children if c.dep_ == "agent"), None)
        return next((c for c in agent.children if c.dep_ == "pobj"), None) if agent is not None else None
    for child in token.children:
        if child.dep_ == "nsubj" and outside[child.i]:
            if child.tag_ in ("WP", "WDT") and token.dep_ == "relcl":
                return token.head
            return child
    if (
        token.dep_ in ("conj", "advcl", "xcomp", "ROOT", "ccomp")
        and token.head != token
        and token.head.pos_ in ("VERB", "AUX")
    ):
        clause = token.head
        while clause.dep_ == "conj":
            clause = clause.head
        if clause.dep_ == "ccomp" and _second_cue(token, clause.head):
            return _subject(clause.head, outside, depth + 1)
        if token.dep_ == "xcomp" and token.tag_ == "VB":  # who is moved to say it says it
            moved = next((c for c in token.head.children if c.dep_ == "nsubjpass" and outside[c.i]), None)
            if moved is not None:
                return moved
        return _subject(token.head, outside, depth + 1)
    if (
        token.dep_ == "pcomp"
        and token.head.dep_ == "prep"
        and token.head.lower_ in ("by", "without", "in", "before", "after")
    ):
        return _subject(token.head.head, outside, depth + 1)
    if token.dep_ == "acl" and token.tag_ == "VBG":
        return token.head
    return None


def _phrase(head: Token, outside: list[bool], cue: Token) -> Span:
    """The words around a subject: its subtree, without the cue's own words and without what stands in marks."""
    left, right = head.left_edge.i, head.right_edge.i
    while left < head.i and not outside[left]:
        left += 1
    if left <= cue.i <= right:
        left, right = (max(left, cue.i + 1), right) if head.i > cue.i else (left, cue.i - 1)
    for i in range(head.i, right + 1):
        if not outside[i] or (head.doc[i].is_sent_start and i > head.i):
            right = i - 1
            break
    return head.doc[left : max(right, head.i) + 1]


def _asked_for(words: Span) -> Span:
    """Who says in words that begin with "which" or "what": she in "which she", the advocates in "what advocates"."""
    who = next((t for t in words if t.dep_ == "nsubj" and t != words.root), None)
    return words if who is None or words.root.tag_ not in ("WDT", "WP") else words.doc[who.i : who.i + 1]


def _addressee(token: Token, outside: list[bool]) -> Span | None:
    """To whom: the object of "told", or "to reporters" behind "said"."""
    for child in token.children:
        if child.i < token.i or not outside[child.i]:
            continue
        if child.dep_ in ("dobj", "dative") and token.lemma_ in TELLING and child.pos_ != "ADP":
            return core_of(token.doc[child.left_edge.i : child.right_edge.i + 1])
        if child.dep_ in ("prep", "dative") and child.lower_ == "to":
            goal = next(
                (c for c in child.children if c.dep_ == "pobj" and (c.ent_type_ in ("PERSON", "ORG") or role_sort(c))),
                None,
            )
            if goal is not None:
                return core_of(token.doc[goal.left_edge.i : goal.right_edge.i + 1])
    # a parse that took the addressee for something else
    if token.lemma_ == "tell" and token.i + 1 < len(token.doc) and outside[token.i + 1]:
        for entity in token.doc.ents:
            if entity.start == token.i + 1:
                return entity
    return None


def _noun_cue(token: Token, speech: str, takes: str) -> Cue | None:
    """ "accusations by Kiev that …", "Lee’s claim that …": a noun with a that-clause."""
    if _announced(token) is None:
        return None
    owner = next((c for c in token.children if c.dep_ == "poss"), None)
    if owner is None:
        by = next((c for c in token.children if c.lower_ in ("by", "from", "of") and c.dep_ in ("prep", "agent")), None)
        owner = next((c for c in by.children if c.dep_ == "pobj"), None) if by is not None else None
    if owner is None:
        return None
    cue = Cue(token.doc[token.i : token.i + 1], speech, takes, token.doc[owner.left_edge.i : owner.i + 1])
    cue.start, cue.end = min(token.i, cue.speaker.start), max(token.i + 1, cue.speaker.end)
    return cue


def _announced(noun: Token) -> Token | None:
    """The verb of a noun's that-clause. In a clause by itself (`acl`) the parse often takes this "that" for an object: "the claim by Lee that Ray had lied";
    in a relative clause (`relcl`) an object "that" stands for the noun, and nothing is announced."""
    return next(
        (c for c in noun.children if any(g.lower_ == "that" and g.dep_ in THAT.get(c.dep_, ()) for g in c.children)),
        None,
    )


def _according(token: Token, outside: list[bool]) -> Cue | None:
    doc = token.doc
    prep = doc[token.i + 1]
    source = next((c for c in prep.children if c.dep_ == "pobj"), None)
    if source is None:
        source = next((t for t in doc[token.i + 2 : token.i + 9] if t.pos_ in ("PROPN", "NOUN")), None)
    if source is None or not outside[source.i]:
        return None
    cue = Cue(
        doc[token.i : token.i + 2],
        "speech",
        "c",
        core_of(doc[max(source.left_edge.i, token.i + 2) : source.right_edge.i + 1]),
    )
    cue.start, cue.end = token.i, cue.speaker.end
    return cue


# --- reported clauses -----------------------------------------------------------------------------------------------------------


def _complement(cue: Cue) -> tuple[list[int], str] | None:
    """The tokens of what the cue reports, with the rule that found them."""
    token = cue.words[0]
    if token.lower_ == "according":
        return _beside_according(cue)
    if token.pos_ == "NOUN":
        clause = _announced(token)
        return [t.i for t in clause.subtree], "noun_cue"
    by = {
        c.dep_: c for c in token.children if c.dep_ in ("ccomp", "xcomp", "dobj", "prep", "pcomp", "advcl", "parataxis")
    }
    if "c" in cue.takes or "t" in cue.takes:
        clauses = [c for c in token.children if c.dep_ == "ccomp"]
        clause = next((c for c in clauses if c.i > token.i), None) or next(iter(clauses), None)
        if clause is not None and ("c" in cue.takes or clause.tag_ == "VB") and _is_clause(clause):
            return _cut(_span_of(clause), clause, cue), "reported_clause"
        if clause is None and "c" in cue.takes and cue.speaker is not None and (tokens := _that_clause(token)):
            return _cut(tokens, token, cue), "that_clause"
        if (
            token.dep_ in ("parataxis", "ccomp", "advcl")
            and cue.speech == "speech"
            and token.head.pos_ in ("VERB", "AUX")
            and cue.speaker is not None
            and _parenthetical(cue)
        ):
            return _sentence_without(cue), "parenthetical"
    if (
        "t" in cue.takes
        and "xcomp" in by
        and by["xcomp"].i > token.i
        and any(c.lower_ == "to" for c in by["xcomp"].children)
    ):
        return _span_of(by["xcomp"]), "to_clause"
    if "n" in cue.takes and cue.speaker is not None and (parts := _naming(token)):
        return parts, "naming"
    if "f" in cue.takes:
        of = next(
            (
                c
                for c in token.subtree
                if c.lower_ in ("of", "for")
                and c.dep_ == "prep"
                and c.i > token.i
                and (c.head == token or c.head.head == token)
            ),
            None,
        )
        if of is not None and (inner := next(iter(of.children), None)) is not None:
            return _span_of(inner), "of_phrase"
    if "o" in cue.takes and "dobj" in by and by["dobj"].i > token.i and cue.speaker is not None:
        return _span_of(by["dobj"]), "object"
    return None


def _that_clause(token: Token) -> list[int]:
    """The clause behind a "that" which the parse did not hang on the cue: "told a hearing on Monday that it was late"."""
    doc, sentence = token.doc, token.sent
    for that in doc[token.i + 1 : min(token.i + 16, sentence.end)]:
        if that.tag_ in FINITE or that.text in (":", ";"):
            return []
        marks = sum(t.is_quote for t in doc[token.i + 1 : that.i])
        if that.lower_ == "that" and that.tag_ == "IN" and marks % 2 == 0:
            head = that.head
            end = head.right_edge.i + 1 if head.i > that.i else sentence.end
            return list(range(that.i + 1, min(end, sentence.end)))
    return []


def _cut(tokens: list[int], clause: Token, cue: Cue) -> list[int]:
    """What is reported, up to where the next attribution begins: ", adding that …", ", according to …", "but argued that …"."""
    doc = clause.doc
    for i in tokens:
        if i <= max(clause.i, cue.words[0].i):
            continue
        token = doc[i]
        aside = doc[i - 1].text == "," and (token.lower_ == "according" or (token.tag_ == "VBG" and _speaks(token)))
        if aside or _second_cue(token, cue.words[0]):
            end = i - 1
            while end > clause.i and (doc[end].pos_ in ("CCONJ", "ADV") or doc[end].text == ","):
                end -= 1
            return [j for j in tokens if j <= end]
    return tokens


def _speaks(token: Token) -> bool:
    known = cues.of_verb(token)
    return known is not None and known[0] == "speech" and "c" in known[1]


def _second_cue(token: Token, first: Token) -> bool:
    """Whether a verb inside a reported clause is rather the speaker's next one: "said it was late but argued that …"."""
    return (
        token.dep_ == "conj"
        and token.tag_ == first.tag_
        and _speaks(token)
        and not any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass") for c in token.children)
        and any(c.dep_ == "ccomp" for c in token.children)
    )


def _is_clause(head: Token) -> bool:
    """Whether a clause has a subject, a conjunction or a question word of its own, and is not a mere "right before it left"."""
    return any(
        c.dep_ in ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl", "mark", "aux") or c.tag_ in ("WRB", "WP", "WDT")
        for c in head.children
    )


def _naming(token: Token) -> list[int]:
    """What "called the plan a disaster" and "described it as useless" say: the object with what it is called; empty where one is missing."""
    behind = [c for c in token.children if c.i > token.i]
    clause = next((c for c in behind if c.dep_ == "ccomp" and any(g.dep_ == "nsubj" for g in c.children)), None)
    thing = next((c for c in behind if c.dep_ == "dobj" or (c.dep_ == "prep" and c.lower_ == "to")), None)
    name = next(
        (c for c in behind if c.dep_ in ("oprd", "attr", "acomp") or (c.dep_ == "prep" and c.lower_ == "as")), None
    )
    first, last = (clause, clause) if clause is not None else (thing, name)
    if first is None or last is None:
        return []
    start = first.left_edge.i + (first.dep_ == "prep")
    return list(range(start, max(first.right_edge.i, last.right_edge.i) + 1))


def _span_of(head: Token) -> list[int]:
    """The subtree of a head as a run of tokens, up to the next punctuation where the parse broke off before it."""
    doc, end = head.doc, head.right_edge.i + 1
    while (
        end < len(doc)
        and not doc[end].is_sent_start
        and not doc[end].is_punct
        and doc[end].dep_ != "cc"
        and doc[end].lower_ not in ENDS_CLAUSE
    ):
        end += 1
    return list(range(head.left_edge.i, end))


def _parenthetical(cue: Cue) -> bool:
    """Whether the attribution stands between commas, or behind one at the sentence's end: "taxes will rise, he said"."""
    doc = cue.words.doc
    led = cue.start > 0 and doc[cue.start - 1].lower_ == "as"  # "As Lee reported, …"
    cue.start -= led
    at_start = led and cue.start == cue.words.sent.start
    before = at_start or (cue.start > 0 and doc[cue.start - 1].text in (",", "—", "–"))
    behind = cue.end >= len(doc) or doc[cue.end].text in (",", ".", "—", "–", ";")
    return bool(before and behind)


def _sentence_without(cue: Cue) -> list[int]:
    sentence = cue.words[0].sent
    return [t.i for t in sentence if not cue.start <= t.i < cue.end]


def _beside_according(cue: Cue) -> tuple[list[int], str] | None:
    """The clause to which "according to" belongs: behind its comma where it leads the sentence or a relative clause, else the rest of the sentence."""
    doc, sentence = cue.words.doc, cue.words[0].sent
    comma = next((i for i in range(cue.end, sentence.end) if doc[i].text == ","), None)
    leads = cue.start - sentence.start <= 2 or doc[max(cue.start - 2, 0)].tag_ in ("WDT", "WP")
    if leads and comma is not None and comma < sentence.end - 2:
        aside = next((i for i in range(comma + 1, min(comma + 25, sentence.end)) if doc[i].text == ","), None)
        if aside and doc[comma + 1].lower_ in ("quoting", "citing"):  # whom the source quotes is the one who speaks
            cue.speaker = doc[comma + 2 : aside]
        if aside and (
            doc[comma + 1].tag_ in ("VBG", "VBN", "WP", "WDT")
            or (doc[comma + 1].tag_ == "DT" and aside - comma < 8 and doc[aside - 1].pos_ in ("NOUN", "PROPN"))
        ):
            comma = aside
        cue.end = comma
        tokens = list(range(comma + 1, sentence.end))
    else:
        tokens = [t.i for t in sentence if not cue.start <= t.i < cue.end]
    heads = [doc[i] for i in tokens if doc[i].dep_ == "ROOT" or doc[i].head.i == cue.words[0].i]
    relayed = next(
        (
            h
            for h in heads
            if h.lemma_ in cues.known("verb")
            and cues.known("verb")[h.lemma_][0] == "speech"
            and any(c.dep_ == "ccomp" for c in h.children)
        ),
        None,
    )
    return (tokens, "according_to") if relayed is None else None


def _pieces(doc: Doc, tokens: list[int], cue: Cue) -> list[tuple[int, int]]:
    """Runs of tokens as character spans; the attribution's own words cut them."""
    kept = [i for i in sorted(tokens) if not (cue.start <= i < cue.end)]
    runs: list[list[int]] = []
    for i in kept:
        if runs and i == runs[-1][-1] + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return [
        (doc[run[0]].idx, doc[run[-1]].idx + len(doc[run[-1]])) for run in runs if any(doc[i].is_alpha for i in run)
    ]


def _with_marks(piece: tuple[int, int], stretches: list[Marked]) -> tuple[int, int]:
    """The piece with every stretch in marks that it touches, whole."""
    start, end = piece
    for s in stretches:
        if start < s.outer_end and s.outer_start < end:
            start, end = min(start, s.outer_start), max(end, s.outer_end)
    return start, end


def _tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A reported clause without "that", without punctuation at its ends, without marks that enclose all of it, and without the place before a report."""
    if start == 0 and (dateline := DATELINE.match(text)):
        start = dateline.end()
    changed = True
    while changed and start < end:
        changed = False
        m = re.match(
            r"\s*(?:[,;:.–—-]+|(?:that|and that|but that|but|and|if|so)\b(?=[\s,]))\s*", text[start:end], re.IGNORECASE
        )
        if m and m.end() and not re.match(r"if\b", m.group().strip(), re.IGNORECASE):
            start, changed = start + m.end(), True
        m = re.search(r"[\s,;:.–—-]+$", text[start:end])
        if m:
            end, changed = start + m.start(), True
        inner = text[start:end]
        if len(inner) > 2 and inner[0] in '"“„«‘' and inner[-1] in '"”»’' and not re.search(r"[\"“”„«»]", inner[1:-1]):
            start, end, changed = start + 1, end - 1, True
    return (start, end) if re.search(r"\w", text[start:end]) else None


def _full_clause(doc: Doc, stretch: Marked) -> bool:
    """Whether the words in marks are a clause of their own: a capital or full stop, a finite verb, or many words."""
    words = doc.char_span(stretch.start, stretch.end, alignment_mode="contract")
    if words is None or not len(words):
        return False
    finite = any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in words)
    inside = text_of(doc)[stretch.start : stretch.end]
    return (finite and len(words) > 3 and (inside[0].isupper() or inside[-1] in ",.!?" or len(words) > 7)) or (
        inside[0].isupper() and inside[-1] in ",.!?"
    )
