"""Quotations: what is quoted, how, by whom, with which cue, to whom.

Cues come first: each verb, noun or phrase of `data/reference/cues.csv` that stands outside quotation marks may attribute words to a speaker.
Then the stretches in marks find their cue, or continue the quotation before them, or turn out to be scare quotes.
"""

import re
from dataclasses import dataclass, field

import pandas as pd
from spacy.tokens import Doc, Span, Token

from onrecord import cues, schema
from onrecord.actors import Cast, role_sort
from onrecord.article import count_words
from onrecord.language import Passage
from onrecord.marks import Marked, marked

CARRIED = 8  # words in marks without any attribution that are still taken for speech, not scare quotes
TELLING = frozenset(["tell", "inform", "remind", "assure", "notify", "warn", "ask", "urge", "advise", "brief"])
ENDS_CLAUSE = frozenset(
    ["while", "as", "after", "before", "when", "during", "following", "amid", "although", "though", "despite"]
)
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
    confidence: float
    kind: str = ""
    speaker_id: str | None = None
    speaker_at: tuple[int, int] | None = None
    speech: str | None = "speech"
    marks: list[Marked] = field(default_factory=list)


def draft(text: str, passages: list[Passage], cast: Cast) -> pd.DataFrame:
    """The machine's quotations (table `quotes`). Speakers whom no name names are added to the cast."""
    reader = _Reader(text, passages, cast)
    for i in range(len(passages)):
        reader.read(i)
    return schema.frame("quotes", reader.rows())


class _Reader:
    def __init__(self, text: str, passages: list[Passage], cast: Cast):
        self.text, self.passages, self.cast = text, passages, cast
        self.drafts: list[Draft] = []
        self.open_at_end: Draft | None = None  # the quotation with which the paragraph before ended

    # one paragraph

    def read(self, i: int) -> None:
        passage = self.passages[i]
        stretches = marked(passage.doc.text)
        found = _find_cues(passage.doc, stretches)
        mine: list[Draft] = []
        free = list(stretches)
        for cue in found:
            made = self._in_marks(i, cue, free) or self._clause(i, cue, free, mine)
            if made:
                mine.append(made)
                free = [s for s in free if s not in made.marks]
        for stretch in free:
            self._unattributed(i, stretch, stretches, mine)
        for made in sorted(mine, key=lambda m: m.cue.start if m.cue else 10**9):
            self._name_speaker(made, mine)
        self.drafts += mine
        self._remember_end(passage, stretches, mine)

    def _in_marks(self, i: int, cue: Cue, free: list[Marked]) -> Draft | None:
        """The stretches that stand right before or behind the attribution."""
        doc = self.passages[i].doc
        begin, stop = doc[cue.start].idx, doc[cue.end - 1].idx + len(doc[cue.end - 1])
        before = next(
            (
                s
                for s in reversed(free)
                if s.outer_end <= begin
                and re.fullmatch(r"[\s,.;:–—-]*(?:(?:and|but|as)\s+)?", doc.text[s.outer_end : begin])
            ),
            None,
        )
        lead = r"\s*[,:–—-]*\s*(?:that\s+)?" if "q" not in cue.takes or "o" in cue.takes else r"\s*[,:–—-]+\s*"
        behind = next(
            (s for s in free if s.outer_start >= stop and re.fullmatch(lead, doc.text[stop : s.outer_start])), None
        )
        if (
            before is not None
            and doc.text[before.end - 1 : before.end] not in tuple(",.!?…—–-")
            and not re.match(r"\s*,", doc.text[before.outer_end :])
            and behind is not None
        ):
            before = None
        if behind is not None and self._runs_on(doc, behind) and before is None:
            return None
        taken = [s for s in (before, behind) if s is not None]
        if not taken:
            return None
        made = self._draft(i, [(s.start, s.end) for s in taken], cue, "beside_marks", 0.93)
        made.marks = taken
        whole = any(_full_clause(doc, s) for s in taken)
        made.kind = "direct" if whole else "mixed"
        return made

    def _utters(self, i: int, cue: Cue, rule: str) -> bool:
        """Whether somebody says it: not an infinitive without a subject, not "estimates suggest", not "was told to"."""
        if rule in ("according_to", "noun_cue"):
            return True
        if cue.speaker is None:
            return cue.words[0].tag_ in ("VBD", "VBZ", "VBP") and rule == "reported_clause"
        head = cue.speaker.root
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
        rest = doc.text[stretch.outer_end :]
        return bool(
            re.match(r"\s+(?!and\b|but\b|while\b|as\b|after\b|before\b|in\b|on\b|at\b|when\b|during\b)[a-z]", rest)
        ) and not re.search(r"[.!?,]$", doc.text[stretch.start : stretch.end])

    def _clause(self, i: int, cue: Cue, free: list[Marked], mine: list[Draft]) -> Draft | None:
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
        tokens, rule, sure = found
        pieces = _pieces(doc, tokens, cue)
        inside = [s for s in free if any(a < s.outer_end and s.outer_start < b for a, b in pieces)]
        pieces = [_with_marks(piece, inside) for piece in pieces]
        pieces = [piece for piece in (_tidy(doc.text, *piece) for piece in pieces) if piece]
        if not pieces or (sum(count_words(doc.text[a:b]) for a, b in pieces) < 2 and not inside):
            return None
        made = self._draft(i, pieces, cue, rule, sure)
        made.marks = inside
        made.kind = "mixed" if inside else "indirect"
        if (
            inside
            and sum(s.end - s.start for s in inside) >= sum(b - a for a, b in pieces) - 4
            and any(_full_clause(doc, s) for s in inside)
        ):
            made.kind = "direct"
            made.spans = [self._at(i, s.start, s.end) for s in inside]
        return made

    def _unattributed(self, i: int, stretch: Marked, stretches: list[Marked], mine: list[Draft]) -> None:
        """Words in marks without a cue of their own: more of the quotation before, or of the last paragraph's, or scare quotes."""
        doc = self.passages[i].doc
        here = self._at(i, stretch.start, stretch.end)
        for made in mine:
            if made.kind != "scare" and any(a <= here[0] and here[1] <= b for a, b in made.spans):
                made.kind = "mixed" if made.kind == "indirect" else made.kind
                return  # already inside a reported clause
        before = max(
            (m for m in mine if m.kind != "scare" and m.spans[-1][1] <= here[0]),
            key=lambda m: m.spans[-1][1],
            default=None,
        )
        whole = _full_clause(doc, stretch)
        starts_block = not re.search(r"\w", doc.text[: stretch.outer_start])
        if (
            before is not None
            and whole
            and before.cue is not None
            and before.speech != "thought"
            and self._follows(doc, i, before, stretch)
        ):
            before.spans.append(here)
            before.marks.append(stretch)
            before.kind = (
                "mixed"
                if (before.kind in ("indirect", "mixed") and not all(_full_clause(doc, s) for s in before.marks))
                or before.kind == "indirect"
                else before.kind
            )
        elif starts_block and whole and self.open_at_end is not None:
            self.open_at_end.spans.append(here)
            mine_only = self.open_at_end
            if mine_only.kind == "indirect":
                mine_only.kind = "mixed"
        elif whole and count_words(doc.text[stretch.start : stretch.end]) >= CARRIED and not stretch.single:
            made = self._draft(i, [(stretch.start, stretch.end)], None, "carried", 0.45)
            made.kind = "direct"
            last = next((d for d in reversed([*self.drafts, *mine]) if d.speaker_id and i - d.passage <= 2), None)
            made.speaker_id = last.speaker_id if last else None
            mine.append(made)
        else:
            made = self._draft(i, [(stretch.start, stretch.end)], None, "scare", 0.6)
            made.kind, made.speech = "scare", None
            mine.append(made)

    def _follows(self, doc: Doc, i: int, before: Draft, stretch: Marked) -> bool:
        """Whether nothing but the attribution stands between a quotation and more words in marks."""
        passage = self.passages[i]
        last = max(before.spans[-1][1], passage.place(doc[before.cue.start : before.cue.end])[1]) - passage.start
        gap = doc.text[last : stretch.outer_start]
        return last <= stretch.outer_start and (
            (not re.search(r"[.!?]\s+\w", gap.rstrip(" “\"‘'")) and len(gap.split()) <= 12) or count_words(gap) <= 4
        )

    def _remember_end(self, passage: Passage, stretches: list[Marked], mine: list[Draft]) -> None:
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
        if cue is None or cue.speaker is None or made.speaker_id is not None:
            return
        words = cue.speaker
        head = words.root
        found = self.cast.who(made.passage, head) or self._inside(made.passage, words)
        if head.tag_ in ("PRP", "WP", "DT") or head.lower_ in ("who", "which", "it", "they", "we", "i"):
            made.speaker_at = self.passages[made.passage].place(head)
            if found:
                made.speaker_id = found[0]
            elif head.lower_ in ("it", "they"):
                made.speaker_id = self._last_speaker(made.passage, head, [*self.drafts, *mine])
                self._note_pronoun(made, head)
            return
        if found is None:
            found = self._by_role(made.passage, words) or self.cast.describe(made.passage, words)
        if found:
            made.speaker_id, mention = found
            inside = (
                words.start_char <= mention.span.start_char
                and mention.passage == made.passage
                and mention.span.end_char <= words.end_char
            )
            made.speaker_at = (
                (mention.start, mention.end) if inside else self.passages[made.passage].place(_core(words))
            )
        else:
            made.speaker_at = self.passages[made.passage].place(_core(words))

    def _inside(self, i: int, words: Span):
        """Who is named inside the speaker's words where their head names nobody: "Malaysia’s Prime Minister, Najib Razak"."""
        head = words.root
        if role_sort(head) in ("group",) or head.tag_ == "NNS":
            return None
        for child in head.children:
            if child.dep_ in ("appos", "compound", "nmod") and child.i >= words.start and child.i < words.end:
                found = self.cast.who(i, child)
                if found and (self.cast.actors[found[0]].kind == "person" or role_sort(head) == "body"):
                    return found
        return None

    def _by_role(self, i: int, words: Span):
        """The person whose role the words repeat: "the professor", "the foreign minister"; with this mention noted."""
        head = words.root
        if (
            head.tag_ != "NN"
            or role_sort(head) in (None, "group", "body", "document", "honorific")
            or not any(t.lower_ in ("the", "her", "his") for t in words)
        ):
            return None
        start = self.passages[i].place(head)[0]
        known = [
            a
            for a in self.cast.actors.values()
            if a.kind == "person" and a.role and head.lemma_.casefold() in a.role.casefold()
        ]
        seen = [(max((m.start for m in a.mentions if m.start < start), default=-1), a) for a in known]
        seen = [pair for pair in seen if pair[0] >= 0]
        if not seen:
            return None
        actor = max(seen, key=lambda pair: pair[0])[1]
        return actor.actor_id, self.cast.mention(actor, i, _core(words), "nominal", "role_repeated", 0.65)

    def _last_speaker(self, i: int, pronoun: Token, drafts: list[Draft]) -> str | None:
        """The body or group behind it or they: who was heard in this paragraph, else the last subject, else who was heard just before."""
        kinds = ("group",) if pronoun.lower_ == "they" else ("organisation", "government", "state", "media")
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

    def _note_pronoun(self, made: Draft, head: Token) -> None:
        if made.speaker_id:
            self.cast.mention(
                self.cast.actors[made.speaker_id],
                made.passage,
                head.doc[head.i : head.i + 1],
                "pronoun",
                "last_heard",
                0.6,
            )

    # rows

    def _at(self, i: int, start: int, end: int) -> tuple[int, int]:
        return self.passages[i].start + start, self.passages[i].start + end

    def _draft(self, i: int, pieces: list[tuple[int, int]], cue: Cue | None, rule: str, sure: float) -> Draft:
        return Draft(
            i, [self._at(i, *piece) for piece in pieces], cue, rule, sure, speech=cue.speech if cue else "speech"
        )

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
            cue = passage.place(d.cue.words) if d.cue else (None, None)
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
                    "addressee": None if told is None else self.text[slice(*passage.place(told))],
                    "words": count_words(said),
                    "rule": d.rule,
                    "confidence": round(d.confidence * (1 if d.speaker_id or d.kind == "scare" else 0.7), 2),
                    "source": "machine",
                    "reviewed": False,
                }
            )
        return rows


# --- cues ----------------------------------------------------------------------------------------------------------------------


def _find_cues(doc: Doc, stretches: list[Marked]) -> list[Cue]:
    """Cues outside marks, in order, each with its speaker's words."""
    outside = [not any(s.outer_start <= t.idx < s.outer_end for s in stretches) for t in doc]
    found = []
    for token in doc:
        if not outside[token.i]:
            continue
        if token.lower_ == "according" and token.i + 2 < len(doc) and doc[token.i + 1].lower_ == "to":
            found.append(_according(token, outside))
        elif token.pos_ in ("VERB", "AUX") or token.tag_ in ("VBD", "VBZ") or token.lower_ in ("said", "says"):
            known = cues.known("verb").get(token.lemma_.casefold())
            if known and token.dep_ != "amod":
                found.append(_verb_cue(token, *known, outside))
        elif token.pos_ == "NOUN" and (known := cues.known("noun").get(token.lemma_.casefold())):
            cue = _noun_cue(token, *known)
            if cue:
                found.append(cue)
    return [cue for cue in found if cue is not None]


def _verb_cue(token: Token, speech: str, takes: str, outside: list[bool]) -> Cue:
    doc = token.doc
    subject = _subject(token, outside)
    words = _phrase(subject, outside, token) if subject is not None else None
    if words is None and token.i + 1 < len(doc):  # "said Ann Lee" where the parse found no subject
        nxt = doc[token.i + 1]
        if nxt.ent_type_ == "PERSON" and outside[nxt.i]:
            entity = next((e for e in doc.ents if e.start <= nxt.i < e.end), None)
            words = entity
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


def _subject(token: Token, outside: list[bool], depth: int = 0) -> Token | None:
    """Who says: the verb's subject; behind "who" its antecedent; that of the verb it is joined to or hangs on; the agent of a passive."""
    if depth > 4:
        return None
    passive = any(c.dep_ in ("auxpass", "nsubjpass") for c in token.children)
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
        return _subject(token.head, outside, depth + 1)
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


def _core(words: Span) -> Span:
    """A noun phrase without what hangs on it behind a comma or as a clause."""
    for token in words:
        if token.i > words.root.i and (token.text in (",", "—", "–", "(", ";") or token.dep_ in ("relcl", "acl")):
            return words.doc[words.start : token.i]
    return words


def _addressee(token: Token, outside: list[bool]) -> Span | None:
    """To whom: the object of "told", or "to reporters" behind "said"."""
    for child in token.children:
        if child.i < token.i or not outside[child.i]:
            continue
        if child.dep_ in ("dobj", "dative") and token.lemma_ in TELLING and child.pos_ != "ADP":
            return _core(token.doc[child.left_edge.i : child.right_edge.i + 1])
        if child.dep_ in ("prep", "dative") and child.lower_ == "to":
            goal = next(
                (c for c in child.children if c.dep_ == "pobj" and (c.ent_type_ in ("PERSON", "ORG") or role_sort(c))),
                None,
            )
            if goal is not None:
                return _core(token.doc[goal.left_edge.i : goal.right_edge.i + 1])
    # a parse that took the addressee for something else
    if token.lemma_ == "tell" and token.i + 1 < len(token.doc) and outside[token.i + 1]:
        for entity in token.doc.ents:
            if entity.start == token.i + 1:
                return entity
    return None


def _noun_cue(token: Token, speech: str, takes: str) -> Cue | None:
    """ "accusations by Kiev that …", "Lee’s claim that …": a noun with a that-clause."""
    if not any(
        c.dep_ in ("acl", "ccomp", "relcl") and any(g.lower_ == "that" and g.dep_ == "mark" for g in c.children)
        for c in token.children
    ):
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
        _core(doc[max(source.left_edge.i, token.i + 2) : source.right_edge.i + 1]),
    )
    cue.start, cue.end = token.i, cue.speaker.end
    return cue


# --- reported clauses -----------------------------------------------------------------------------------------------------------


def _complement(cue: Cue) -> tuple[list[int], str, float] | None:
    """The tokens of what the cue reports, with the rule that found them and how sure it is."""
    token = cue.words[0]
    if token.lower_ == "according":
        return _beside_according(cue)
    if token.pos_ == "NOUN":
        clause = next(c for c in token.children if c.dep_ in ("acl", "ccomp", "relcl"))
        return [t.i for t in clause.subtree], "noun_cue", 0.55
    by = {
        c.dep_: c for c in token.children if c.dep_ in ("ccomp", "xcomp", "dobj", "prep", "pcomp", "advcl", "parataxis")
    }
    if "c" in cue.takes or "t" in cue.takes:
        clauses = [c for c in token.children if c.dep_ == "ccomp"]
        clause = next((c for c in clauses if c.i > token.i), None) or next(iter(clauses), None)
        if clause is not None and ("c" in cue.takes or clause.tag_ == "VB"):
            return _span_of(clause), "reported_clause", 0.82 if cue.speech == "speech" else 0.65
        if (
            token.dep_ in ("parataxis", "ccomp", "advcl")
            and cue.speech == "speech"
            and token.head.pos_ in ("VERB", "AUX")
            and cue.speaker is not None
            and _parenthetical(cue)
        ):
            return _sentence_without(cue), "parenthetical", 0.7
    if (
        "t" in cue.takes
        and "xcomp" in by
        and by["xcomp"].i > token.i
        and any(c.lower_ == "to" for c in by["xcomp"].children)
    ):
        return _span_of(by["xcomp"]), "to_clause", 0.6
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
            return _span_of(inner), "of_phrase", 0.65
    if "o" in cue.takes and "dobj" in by and by["dobj"].i > token.i and cue.speaker is not None:
        return _span_of(by["dobj"]), "object", 0.55
    return None


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
    before = cue.start and doc[cue.start - 1].text in (",", "—", "–")
    behind = cue.end >= len(doc) or doc[cue.end].text in (",", ".", "—", "–", ";")
    return bool(before and behind)


def _sentence_without(cue: Cue) -> list[int]:
    sentence = cue.words[0].sent
    return [t.i for t in sentence if not cue.start <= t.i < cue.end]


def _beside_according(cue: Cue) -> tuple[list[int], str, float] | None:
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
    return (tokens, "according_to", 0.85) if relayed is None else None


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
    """A reported clause without "that", without punctuation at its ends, without marks that enclose all of it."""
    changed = True
    while changed and start < end:
        changed = False
        m = re.match(
            r"\s*(?:[,;:.–—-]+|(?:that|and that|but that|but|and|if|so)\b(?=\s))\s*", text[start:end], re.IGNORECASE
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
    inside = doc.text[stretch.start : stretch.end]
    return (finite and len(words) > 3 and (inside[0].isupper() or inside[-1] in ",.!?" or len(words) > 7)) or (
        inside[0].isupper() and inside[-1] in ",.!?"
    )
