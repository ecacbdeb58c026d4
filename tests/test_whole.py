"""Whole or not at all: whenever the process is killed, what stood there is the old or the new, and the next run leaves nothing behind."""

import os
import shutil
import signal
import sys
import time
from types import SimpleNamespace

import pytest

from onrecord import article, data, dossier
from onrecord.data import InputError
from onrecord.exports import files

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that kills itself is forked")
OLD = {"onrecord.json": b"old", "pages/a.html": b"one", "b.html": b"two"}
NEW = {"onrecord.json": b"new", "pages/a.html": b"three", "c.html": b"four"}
STEPS = ("open", "os.", "shutil.", "tempfile.", "ctypes.")  # what is announced before it is done (sys.addaudithook)


def killed_at(step, work):
    """Do the work in a process of its own that SIGKILL ends at its n-th step with files. True where it was killed, False where it came to its end."""
    child = os.fork()
    if not child:  # pragma: no cover
        left = step

        def count(event, _):
            nonlocal left
            if event.startswith(STEPS):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL
    return status != 0


def moments(work, start):
    """Kill the work at each of its steps in turn, each time after `start`."""
    step = 0
    while True:
        start()
        step += 1
        if not killed_at(step, work):
            assert step > 3  # it was killed at some moments
            return
        yield step


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(folder, what):
    return files.replace_folder(folder, what, lambda _: {*OLD, *NEW}, what="a report")


@pytest.mark.parametrize("swaps", [True, False], ids=["swapped", "moved"])
def test_a_folder_is_the_old_or_the_new_one(swaps, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "STALE", -60)
    if not swaps:
        monkeypatch.setattr(files, "_swapped", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("only Linux swaps")
    folder, seen = tmp_path / "report", []
    for step in moments(lambda: put(folder, NEW), lambda: put(folder, OLD)):
        there = contents(folder) if folder.exists() else None
        assert there in ([OLD, NEW] if swaps else [OLD, NEW, None]), step
        seen.append(there)
        if there is None:
            with pytest.raises(TypeError):
                put(folder, {"onrecord.json": "no bytes"})
            assert contents(folder) == OLD, step
        put(folder, OLD)
        assert [path.name for path in tmp_path.iterdir()] == ["report"] and contents(folder) == OLD, step
    assert OLD in seen and NEW in seen and (None in seen) is not swaps


def test_a_first_folder_is_whole_or_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "STALE", -60)
    folder = tmp_path / "report"

    def away():
        shutil.rmtree(folder, ignore_errors=True)

    assert all(not folder.exists() or contents(folder) == NEW for _ in moments(lambda: put(folder, NEW), away))


def test_a_file_is_the_old_or_the_new_one(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "STALE", -60)
    path = tmp_path / "story.xlsx"

    def write(content):
        return files.replace_file(path, content, lambda _: True, "an export")

    seen = set()
    for step in moments(lambda: write(b"new" * 9999), lambda: write(b"old")):
        seen.add(path.read_bytes())
        assert seen <= {b"old", b"new" * 9999}, step
        write(b"old")
        assert [one.name for one in tmp_path.iterdir()] == ["story.xlsx"]
    assert b"old" in seen


def test_a_kept_dossier_is_whole_or_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "STALE", -60)
    monkeypatch.setattr(dossier, "KEPT", 1)
    small = SimpleNamespace(tables={"blocks": article.blocks("Rain fell.\n\nIt was late.")})
    one, other = tmp_path / "one", tmp_path / "other"

    def start():
        shutil.rmtree(other, ignore_errors=True)
        dossier._keep(one, small, "politics")

    for step in moments(lambda: dossier._keep(other, small, "politics"), start):
        there = [contents(folder) for folder in (one, other) if folder.exists()]
        assert there and all(set(files) == {"codebook", "blocks.csv"} for files in there), step
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_what_somebody_works_on_and_what_is_not_ours_stays(tmp_path):
    before = time.time() - data.STALE - 9
    for name, old in [(".onrecord-abcd1234", False), (".onrecord-abcd5678", True), (".onrecord-My notes", True)]:
        (tmp_path / name).write_text("x")
        if old:
            os.utime(tmp_path / name, (before, before))
    put(tmp_path / "report", NEW)
    assert {one.name for one in tmp_path.iterdir()} == {"report", ".onrecord-abcd1234", ".onrecord-My notes"}


def test_what_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match=r"^\S*report: cannot be written \(.+\): name another folder$"):
        put(tmp_path / "file" / "report", NEW)
