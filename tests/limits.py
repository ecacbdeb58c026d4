"""Work in a process of its own that may use only so many seconds of a processor and so many megabytes more than it had."""

import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

MEGABYTE = 1 << 20


def within(seconds, megabytes, work):
    """What `work` gives (text), done in a fork of this process: what is loaded here it need not load. Fails where a limit is passed or work raises."""
    if not sys.platform.startswith("linux"):
        pytest.skip("limits are set as on Linux")
    import resource

    sys.stdout.flush()
    here, there = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        with contextlib.suppress(BaseException):
            had = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (had + megabytes * MEGABYTE,) * 2)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            try:
                said, status = work(), 0
            except BaseException as error:
                said = f"{type(error).__name__}: {error}"
            os.write(there, said.encode("utf-8", "replace")[:4000])
        os._exit(status)
    os.close(there)
    with open(here, "rb") as pipe:
        said = pipe.read().decode("utf-8")
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        pytest.fail(f"ended by signal {os.WTERMSIG(status)}: {seconds} s of a processor were not enough")
    assert status == 0, said
    return said
