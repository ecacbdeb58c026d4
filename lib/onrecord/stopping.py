"""Who is asked when a command is to stop: signals that something else than the usual handler answers for a while."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def answered(by: Callable[..., None], *signals: signal.Signals) -> Iterator[None]:
    """Let `by` answer some signals meanwhile. Outside the main thread, where Python lets nobody do so, nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, by) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
