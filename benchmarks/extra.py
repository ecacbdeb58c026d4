"""With and without the extra `embeddings`, in this process and those that it starts: what an installation without it does is measured whatever is here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from onrecord import embeddings


@contextmanager
def read_by(reader: str) -> Iterator[None]:
    """Inside, `embeddings` is used (a reader of that name) or it is not (any other)."""
    with mock.patch.dict(os.environ, {embeddings.SWITCH: "on" if reader == "embeddings" else "off"}):
        yield
