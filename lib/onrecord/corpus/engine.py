"""Who analyses the units: this very process, or Dask's workers, on this machine or behind a scheduler.

A unit's result comes back as bytes; only this process writes, so that workers need no disk in common. A worker that dies loses nothing: its units are
given to others. A unit that was with two workers which died is done article by article; who is suspected then, because others wait at a worker too, is
tried with nothing else going on, and left out where that kills a worker again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from onrecord.corpus import units
from onrecord.corpus.units import Given
from onrecord.data import InputError
from onrecord.stopping import answered

MEMORY = 1_500_000_000  # bytes that a worker is reckoned to need
PATIENCE = 10  # seconds in which a scheduler and a first worker must answer
# How many threads a process takes for arithmetic.
THREADS = frozenset(f"{library}_NUM_THREADS" for library in ("OMP", "MKL", "OPENBLAS"))
AHEAD = 3  # units that are given out for each worker, so that none waits
DIED = "the process that analysed it died, each time: it may need more memory than there is"
# Results and articles are small: a worker never writes any to the disk, and a unit that kills two workers is looked at article by article. No pages
# are served; with `security` below the processes of this machine talk over TLS with a key of this run's, so that no other user can give them code.
SETTINGS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.scheduler.allowed-failures": 1,
    "distributed.deploy.lost-worker-timeout": "1 hour",  # a process that died is started again, however long that takes on a busy machine
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.profile.enabled": False,  # it keeps what every second was spent on: megabytes for each
    # By default every process looks at itself many times a second, which takes a tenth of a core from those who work.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "1s",
    # Processes branch off one that has loaded everything (`ready`): a worker starts at once, also in place of one that died.
    "distributed.worker.multiprocessing-method": "forkserver",
    # By default Dask also has memory given back at once (MALLOC_TRIM_THRESHOLD_): then every array of the parser is a call to the system.
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, 1),
}


class Here:
    """This very process, a unit at a time."""

    ahead = 0

    def __init__(self, codebook: str | None):
        self._codebook, self._waiting = codebook, []

    def submit(self, name: str, unit: list[Given]) -> None:
        """Take a unit."""
        self._waiting.append((name, unit))

    def done(self, most: int) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Results, until no more than `most` units are waiting."""
        while len(self._waiting) > most:
            name, unit = self._waiting.pop(0)
            yield name, units.analysed(unit, self._codebook)


class Workers:
    """Dask's workers, by a client."""

    def __init__(self, client, codebook: str | None, made_by: str):
        self._client, self._codebook, self._made_by = client, codebook, made_by
        self._futures: dict = {}  # to the name of the unit and its articles
        self._split: dict[str, dict[str, dict[str, bytes] | None]] = {}  # units that are done article by article
        self._suspects: list[tuple[str, list[Given]]] = []  # articles that waited at workers which died
        self._alone = False  # whether one of them is tried, and nothing else

    @property
    def ahead(self) -> int:
        """How many units may wait."""
        return AHEAD * max(sum(self._client.nthreads().values()), 1)

    def submit(self, name: str, unit: list[Given]) -> None:
        """Give a unit to whoever is free."""
        future = self._client.submit(units.analysed, unit, self._codebook, pure=False)
        self._futures[future] = name, unit

    def done(self, most: int) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Results, until no more than `most` units are waiting. Raises InputError where the scheduler is gone or a worker has another library."""
        from distributed import CancelledError, wait

        while len(self._futures) + len(self._suspects) > most:
            self._alone = not self._futures
            if self._alone:
                self.submit(*self._suspects.pop(0))
            try:
                finished = wait(list(self._futures), return_when="FIRST_COMPLETED").done
                results = {future: self._result(future) for future in finished}
            except (CancelledError, TimeoutError, OSError):
                raise InputError(
                    "the scheduler is gone: start it and run the same command again, it goes on where it stopped"
                ) from None
            for future, made in results.items():
                name, unit = self._futures.pop(future)
                future.release()
                yield from self._taken(name, unit, made)

    def _result(self, future) -> dict[str, bytes] | None:
        """What a worker made of a unit; None where the workers died of it."""
        from distributed.scheduler import KilledWorker

        if future.status == "error":
            error = future.exception()
            if isinstance(error, KilledWorker):
                return None
            raise InputError(
                f"a worker cannot analyse ({type(error).__name__}: {' '.join(str(error).split())[:150]}): install this version of On Record on it"
            )
        made = future.result()
        if made["made_by"].decode() != self._made_by:
            raise InputError(
                "a worker has another version of On Record, other data, or not the same extras: install on it what is here"
            )
        return made

    def _taken(self, name: str, unit: list[Given], made: dict | None) -> Iterator[tuple[str, dict[str, bytes]]]:
        if made is None and len(unit) > 1:
            self._split[name] = {given.article_id: None for given in unit}
            for given in unit:
                self.submit(name, [given])
            return
        if made is None and not self._alone:
            self._suspects.append((name, unit))
            return
        if made is None:
            made = units.failing(unit, DIED, self._made_by)
        if name in self._split:
            pieces = self._split[name]
            pieces[unit[0].article_id] = made
            if None in pieces.values():
                return
            made = units.together(list(self._split.pop(name).values()))
        yield name, made


@contextmanager
def opened(scheduler: str | None, workers: int | None, codebook: str | None, made_by: str) -> Iterator[Here | Workers]:
    """Whoever is to analyse: the workers of a scheduler (`tcp://host:port`); else so many processes of this machine, by default one a core as far as
    the memory goes; this process itself where one is enough. Raises InputError where a scheduler cannot be reached or has no worker."""
    number = workers or most_workers()
    if scheduler is None and number == 1:
        yield Here(codebook)
        return
    if scheduler is None:
        _prepare()
    import dask
    from distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory(prefix="onrecord-") as scratch, dask.config.set(SETTINGS):
        if scheduler is None:
            with _undisturbed():
                cluster = LocalCluster(
                    n_workers=number,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    security=True,
                    dashboard_address="127.0.0.1:0",
                    local_directory=scratch,
                    silence_logs=logging.CRITICAL,
                )
            with cluster, Client(cluster) as client:
                yield Workers(client, codebook, made_by)
            return
        try:
            client = Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"{scheduler}: no scheduler answers ({type(error).__name__}): start one with `dask scheduler`, and name it as tcp://host:8786"
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise InputError(
                    f"{scheduler}: has no worker: start some with `dask worker {scheduler} --nthreads 1`"
                ) from None
            yield Workers(client, codebook, made_by)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back for the seconds in which workers start: half a cluster cannot be ended."""
    asked: list[int] = []
    with answered(lambda *_: asked.append(1), signal.SIGINT, signal.SIGTERM):
        yield
    if asked:
        raise KeyboardInterrupt


def _prepare() -> None:
    """Start the process from which workers branch off; it loads everything while this one still imports Dask. In it numpy has one thread, as each worker shall have."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(["distributed", f"{__package__}.ready"])
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        forkserver.ensure_running()
    finally:
        for name in THREADS - before.keys():
            del os.environ[name]
        os.environ.update(before)


def most_workers() -> int:
    """Processes that this machine can run at once: its cores, as far as its memory goes."""
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT

    return max(1, min(CPU_COUNT, MEMORY_LIMIT // MEMORY))
