"""Processes for notebooks, forked from one that has imported what every notebook imports: that takes seconds, so it is done once and not for each.

On Linux alone. Elsewhere a library may not outlive a fork; `Kernels.fork` then gives None, and a kernel is started the usual way.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

# What is imported before the fork. Not what asks, when it is imported, in which notebook it is: ipywidgets, matplotlib's inline backend.
IMPORTED = [
    "ipykernel.kernelapp",
    *("pandas", "onrecord.dossier", "onrecord.figures", "onrecord.memberships", "onrecord.networks"),
    *("onrecord.belonging", "onrecord.claims", "onrecord.linked", "onrecord.atlas", "onrecord.toned"),
]
ENV = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # of every kernel


class Kernels:
    """Forks kernels, from as many threads as one likes. A context: with it end the kernels that still run."""

    def __init__(self):
        self._lock, self._mother = threading.Lock(), None
        if sys.platform == "linux":
            self._mother = subprocess.Popen(
                [sys.executable, "-m", "onrecord.kernels"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | ENV,
                start_new_session=True,  # a Ctrl-C on the terminal is for whoever started this
            )

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_) -> None:
        if self._mother:
            self._mother.terminate()  # a kernel whose mother is gone ends itself
            self._mother.communicate()

    def fork(self, arguments: list[str], env: dict[str, str], folder: str) -> Forked | None:
        """A kernel with the arguments of `ipykernel`, working in a folder. None where nothing can be forked."""
        if not self._mother:
            return None
        with self._lock:
            try:
                print(json.dumps([arguments, env, folder]), file=self._mother.stdin, flush=True)
            except OSError:
                return None
            number = self._mother.stdout.readline()
        return Forked(int(number)) if number else None


class Forked:
    """A process that is another's child, with what jupyter_client asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs, then 0: how it ended, its mother alone knows."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.02)
        return 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve() -> None:
    """For each line of the input, [arguments, env, folder] as JSON, fork a kernel and print its number. The end of the input is the end of all."""
    for name in IMPORTED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    while line := sys.stdin.readline():
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # numpy's threads, which wait for work, do not come along
            pid = os.fork()
        if not pid:
            _be_kernel(*json.loads(line))
        print(pid, flush=True)


def _be_kernel(arguments: list[str], env: dict[str, str], folder: str) -> None:
    from ipykernel import kernelapp

    try:
        mother = os.getppid()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)  # the output is the mother's, for numbers
        os.environ.update(env)
        os.chdir(folder)
        kernelapp.launch_new_instance([*arguments, f"--IPKernelApp.parent_handle={mother}"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    if Path(sys.path[0]) == Path.cwd():  # what lies in the current folder is no module of ours
        del sys.path[0]
    serve()
