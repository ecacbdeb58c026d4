"""What is known of the words of an article when its statements are read: who speaks there, who is named there, what stands in marks."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from operator import itemgetter

import pandas as pd
from spacy.tokens import Span, Token

from onrecord import lexicon, schema
from onrecord.language import Passage, text_of
from onrecord.marks import stretches_of

OF_QUOTES = (
    "quote_id",
    "kind",
    "speech",
    "start",
    "end",
    "spans",
    "speaker_id",
    "speaker_start",
    "speaker_end",
    "cue_start",
    "cue_end",
)
OF_ACTORS = ("actor_id", "name", "kind", "affiliation_id", "side")


class Scene:
    """One article's quotations, scare quotes apart, its mentions and its actors."""

    def __init__(self, text: str, quotes: pd.DataFrame, mentions: pd.DataFrame, actors: pd.DataFrame):
        self.text = text
        said = [row for row in schema.records(quotes, *OF_QUOTES) if row["kind"] != "scare"]
        said = sorted(reversed(said), key=lambda q: q["start"] - q["end"])
        named = sorted(
            schema.records(mentions, "actor_id", "form", "start", "end"), key=lambda m: m["end"] - m["start"]
        )
        # each with its rank: of two quotations in a place the shortest counts, of two mentions the first
        self.spans = sorted(((n, s, e, q) for n, q in enumerate(said) for s, e in q["spans"]), key=itemgetter(1))
        self.mentions = sorted(((n, m["start"], m["end"], m) for n, m in enumerate(named)), key=itemgetter(1))
        self.actors = {row["actor_id"]: row for row in schema.records(actors, *OF_ACTORS)}

    @staticmethod
    def within(passage: Passage, ranked: list[tuple]) -> list[tuple]:
        """Those that begin in the passage."""
        end = passage.start + len(text_of(passage.doc))
        return ranked[
            bisect_left(ranked, passage.start, key=itemgetter(1)) : bisect_left(ranked, end, key=itemgetter(1))
        ]


class Here:
    """A passage of running text, and what is known of each of its tokens."""

    def __init__(self, passage: Passage, scene: Scene):
        self.passage = passage
        tokens = passage.doc.to_array(["IDX", "LENGTH"]).tolist()
        self.starts = [passage.start + begin for begin, _ in tokens]
        self.ends = [passage.start + begin + length for begin, length in tokens]
        self.marked = [m for m in stretches_of(passage.doc) if not m.single]
        self.quotes: dict[int, dict] = {}  # by token, the shortest
        for _, start, end, quote in sorted(scene.within(passage, scene.spans), key=itemgetter(0)):  # the longest first
            self.quotes |= dict.fromkeys(range(bisect_left(self.starts, start), bisect_right(self.ends, end)), quote)
        self.mentions: dict[int, list[dict]] = defaultdict(list)  # by token, the shortest first
        for _, start, end, mention in sorted(scene.within(passage, scene.mentions), key=itemgetter(0)):
            for i in range(bisect_left(self.starts, start), bisect_right(self.ends, end)):
                self.mentions[i].append(mention)
        self._asked: dict[int, bool] = {}
        self._roots: dict[tuple[int, int], int | None] = {}
        self._tokens: dict[tuple[tuple[int, int], ...], frozenset[int]] = {}

    def tokens(self, spans: tuple[tuple[int, int], ...]) -> frozenset[int]:
        """The tokens that begin in the spans."""
        if spans not in self._tokens:
            edges = [(bisect_left(self.starts, s), bisect_left(self.starts, e)) for s, e in spans]
            self._tokens[spans] = frozenset(i for first, end in edges for i in range(first, end))
        return self._tokens[spans]

    def quotations(self) -> list[dict]:
        """The quotations that stand in this passage, each once, in the order of the text."""
        return list({quote["quote_id"]: quote for quote in self.quotes.values()}.values())

    def cue(self, quote: dict) -> frozenset[int]:
        """The tokens of a quotation's cue, as far as they stand in this passage."""
        return self.tokens(((quote["cue_start"], quote["cue_end"]),)) if quote["cue_start"] is not None else frozenset()

    def speakers(self, quote: dict) -> list[str | None]:
        """The speaker of a quotation, and those who are joined to him in the attribution: "Lee and Ray said"."""
        found = [quote["speaker_id"]]
        if quote["speaker_start"] is not None:
            words = self.tokens(((quote["speaker_start"], quote["speaker_end"]),))
            if words:
                root = self.passage.doc[min(words) : max(words) + 1].root
                found += [actor for token in lexicon.joined(root) if (actor := self.who(token)) is not None]
        return list(dict.fromkeys(found))

    def asked(self, sentence: Span) -> bool:
        """Whether the sentence is a question."""
        if sentence.start not in self._asked:
            words = text_of(self.passage.doc)[sentence.start_char : sentence.end_char]
            self._asked[sentence.start] = words.rstrip("\"”’' ").endswith("?")
        return self._asked[sentence.start]

    def in_marks(self, start: int, end: int) -> bool:
        """Whether double marks hold some of the words."""
        nth = bisect_right(self.marked, start - self.passage.start, key=lambda m: m.end)
        return nth < len(self.marked) and self.marked[nth].start < end - self.passage.start

    def who(self, token: Token | None) -> str | None:
        """The actor whom a word names."""
        if token is None:
            return None
        over = self.mentions.get(token.i, [])
        head = next((m for m in over if self._root(m["start"], m["end"]) == token.i), None)
        return (head or next(iter(over), {"actor_id": None}))["actor_id"]

    def _root(self, start: int, end: int) -> int | None:
        """The token on which the words of a mention hang."""
        if (start, end) not in self._roots:
            span = self.passage.tokens(start, end)
            self._roots[start, end] = None if span is None else span.root.i
        return self._roots[start, end]
