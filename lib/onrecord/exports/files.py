"""Files that are written whole or not at all, and text that every format can hold."""

import contextlib
import ctypes
import datetime
import hashlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from onrecord import data
from onrecord.data import InputError
from onrecord.prose import listed

# In the place of the time of writing, which would change the bytes: the first time that a zip file can hold.
STAMP = datetime.datetime(1980, 1, 1)
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
UNKNOWN = "\ufffd"  # Unicode's sign for a character that cannot be shown
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with U+FFFD, �, in the place of each character that XML, and so Excel and Gephi, cannot hold: control characters but tab and newlines,
    lone surrogates, U+FFFE and U+FFFF (https://www.w3.org/TR/xml/#charsets). One for one, so that places in the text stay."""
    return _UNPRINTABLE.sub(UNKNOWN, text)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP file without the time of writing: the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def shortened(text: str, longest: int) -> str:
    """The text, cut to `longest` characters, the last of them …, where it is longer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def replace_file(path: Path, content: bytes, is_export: Callable[[bytes], bool], what: str) -> Path:
    """Put the content at the path in one move, in the place of what an earlier run wrote there.

    Raises as `refuse_file` does, and InputError where nothing can be written."""
    refuse_file(path, is_export, what)
    _tidy(path.parent)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=data.SCRATCH)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}): name another file") from None
    scratch = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        scratch.chmod(0o644)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror}): name another file") from None
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return path


def refuse_file(path: Path, is_export: Callable[[bytes], bool], what: str) -> None:
    """Raises InputError for a folder, for a file of which `is_export` does not say that it is `what`, and where no folder is to hold it."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder: name a file in it")
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {path.parent}: make it, or name another file")
        if path.exists() and not (path.is_file() and is_export(path.read_bytes())):
            raise InputError(f"{path}: is not {what}, or was changed since: name a new file")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): name another file") from None


def refuse_folder(folder: Path, ours: Callable[[Path], Iterable[str]], what: str) -> None:
    """Raises InputError for a file, and for a folder in which anything stands whose name is not among those that `ours` tells of the folder: what an
    earlier run wrote there. What a system puts into every folder counts as nothing."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: this is a file: name a folder for {what}")
        there = {one.name for one in folder.iterdir()} - LITTER if folder.exists() else set()
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror}): name another folder") from None
    if others := sorted(there - {name.split("/")[0] for name in ours(folder)}) if there else []:
        raise InputError(
            f"{folder}: holds something that is not {what} of On Record ({listed(others, 3)}): name another folder, or empty it"
        )


def replace_folder(folder: Path, files: dict[str, bytes], ours: Callable[[Path], Iterable[str]], what: str) -> Path:
    """Put the files into the folder in one move, in the place of what an earlier run wrote there. A folder with anything else is refused, see `refuse_folder`.

    Whoever ends the process at whatever moment, the folder is the old or the new one. Where the system cannot swap two folders there is a moment
    with neither in place: the next call puts the old one back first. Raises InputError."""
    given, folder = folder, Path(folder).resolve()
    try:
        _put_back(folder)
        refuse_folder(folder, ours, what)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _tidy(folder.parent)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=data.SCRATCH))
    except OSError as error:
        raise InputError(f"{given}: cannot be written ({error.strerror}): name another folder") from None
    try:
        scratch.chmod(0o755)
        for name, content in files.items():
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(content)
        if not folder.exists():
            scratch.rename(folder)
        elif not _swapped(scratch, folder):
            folder.rename(_aside(folder))
            scratch.rename(folder)
    except OSError as error:
        raise InputError(f"{given}: cannot be written ({error.strerror}): name another folder") from None
    finally:  # the old folder, or what was begun
        _put_back(folder)
        shutil.rmtree(scratch, ignore_errors=True)
    return Path(given)


def _swapped(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot. Only Linux can: renameat2 with RENAME_EXCHANGE."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # no Linux, or an old one
        return False
    here = ctypes.c_int(-100)  # AT_FDCWD; the places are absolute
    return swap(here, os.fsencode(one), here, os.fsencode(other), ctypes.c_uint(2)) == 0


def _aside(folder: Path) -> Path:
    """Where an old folder waits until the new one is in its place."""
    return folder.with_name(f"{data.SCRATCH}{hashlib.sha1(os.fsencode(folder.name)).hexdigest()[:12]}.old")


def _put_back(folder: Path) -> None:
    """Put an old folder back in its place, or take it away where the new one is there."""
    aside = _aside(folder)
    if aside.exists():
        if folder.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(folder)


def _tidy(folder: Path) -> None:
    """Take away what runs that were killed left in a folder."""
    with contextlib.suppress(OSError):
        for path in data.leftovers(folder):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
