"""With and without the extra `embeddings`, in this process and those that it starts: what an installation without it does is measured whatever is here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from onrecord import embeddings


@contextmanager
def switched(on: bool) -> Iterator[None]:
    """Inside, the extra is used where it is installed, or it is not."""
    with mock.patch.dict(os.environ, {embeddings.SWITCH: "on" if on else "off"}):
        yield
