"""The tables of a dossier as files for other programs."""

import json
import shutil
import tempfile
from pathlib import Path

from onrecord import __version__, schema
from onrecord.data import InputError
from onrecord.dossier import Dossier

PACKAGE = "datapackage.json"


def package(dossier: Dossier) -> dict:
    """Description of the tables as a data package (https://specs.frictionlessdata.io/data-package/)."""
    article = dossier.article
    about = {
        "name": article.slug,
        "title": f"On Record: {article.title}",
        "profile": "tabular-data-package",
        "description": "Tables that On Record made of one news article. "
        + ("Reviewed." if dossier.review else "The machine’s draft, not reviewed."),
        "version": __version__,
        "sources": [
            {"title": article.credit or article.outlet or article.title}
            | ({"path": article.url} if article.url else {})
        ],
        "codebook": {"id": dossier.codebook.id, "title": dossier.codebook.title},
        "resources": [schema.descriptor(name) for name in dossier.tables],
    }
    if article.published is not None:
        about["published"] = f"{article.published:%Y-%m-%d}"
    if article.rights:
        about["rights"] = article.rights
    return about


def write_csv(dossier: Dossier, folder: Path) -> Path:
    """Write a CSV file a table and their datapackage.json into a folder that is new, empty or holds such tables. All or nothing. Raises InputError."""
    folder = Path(folder)
    files = {f"{name}.csv": schema.to_csv(name, table) for name, table in dossier.tables.items()}
    files[PACKAGE] = json.dumps(package(dossier), ensure_ascii=False, indent=2) + "\n"
    files = {name: content.encode("utf-8", "replace") for name, content in files.items()}
    return replace_folder(folder, files, marker=PACKAGE, what="tables")


def replace_folder(folder: Path, files: dict[str, bytes], marker: str, what: str) -> Path:
    """Put the files into the folder in one move, in the place of what an earlier run wrote there. A folder with anything else is refused."""
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / marker).exists())):
        raise InputError(f"{folder}: holds something else than {what} of an earlier run: name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}): name another folder") from None
    try:
        scratch.chmod(0o755)
        for name, content in files.items():
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(content)
        old = scratch.with_name(scratch.name + ".old")
        if folder.exists():
            folder.rename(old)
        scratch.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return folder
