"""The tables of a dossier as a folder of CSV, described as a data package."""

import json
from pathlib import Path

from onrecord import __version__, schema
from onrecord.dossier import Dossier
from onrecord.exports.files import replace_folder

PACKAGE = "datapackage.json"
TITLE = "On Record: "  # before an article's own


def package(dossier: Dossier) -> dict:
    """Description of the tables as a data package (https://specs.frictionlessdata.io/data-package/)."""
    article = dossier.article
    about = {
        "name": article.slug,
        "title": f"{TITLE}{article.title}",
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


def csv_files(dossier: Dossier) -> dict[str, bytes]:
    """A CSV file a table and their datapackage.json, by file name."""
    files = {f"{name}.csv": schema.to_csv(name, table) for name, table in dossier.tables.items()}
    files[PACKAGE] = json.dumps(package(dossier), ensure_ascii=False, indent=2) + "\n"
    return {name: content.encode("utf-8", "replace") for name, content in files.items()}


def write_csv(dossier: Dossier, folder: Path) -> Path:
    """Write `csv_files` into a folder that is new, empty or holds such tables and nothing else. All or nothing. Raises InputError."""
    return replace_folder(Path(folder), csv_files(dossier), _ours, what="tables")


def _ours(folder: Path) -> set[str]:
    """The files of a folder that `write_csv` wrote; none where its package is somebody else's."""
    try:
        found = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        ours = found["title"].startswith(TITLE) and [one["name"] for one in found["resources"]] == list(schema.TABLES)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return set()
    return {PACKAGE, *(f"{name}.csv" for name in schema.TABLES)} if ours else set()
