"""Kernels forked from one process: that they run, that they end with it, and what happens where nothing can be forked."""

import sys
import time

import pytest

from onrecord import kernels
from onrecord.kernels import Kernels

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@pytest.fixture
def forge():
    with Kernels() as made:
        yield made


def over(process):
    """Whether the process has ended, or does within some seconds."""
    until = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    return process.poll() is not None


def test_a_kernel_ends_when_it_is_killed_and_with_those_who_made_it(forge, tmp_path):
    for name in ("killed", "left"):
        (tmp_path / name).mkdir()
    killed, left = (
        forge.fork(["-f", str(tmp_path / name / "kernel.json")], {"IPYTHONDIR": str(tmp_path / name)}, str(tmp_path))
        for name in ("killed", "left")
    )
    killed.kill()
    assert over(killed) and killed.wait() == 0
    killed.terminate()  # as often as one likes
    until = time.monotonic() + 20
    while not (tmp_path / "left" / "kernel.json").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert (tmp_path / "left" / "kernel.json").exists() and left.poll() is None
    forge.__exit__()
    assert over(left)


def test_nothing_is_forked_elsewhere(monkeypatch):
    monkeypatch.setattr(kernels.sys, "platform", "darwin")
    with Kernels() as none:
        assert none.fork([], {}, ".") is None


def test_nothing_is_forked_by_the_dead(forge):
    forge._mother.kill()
    forge._mother.wait()
    assert forge.fork([], {}, ".") is None
