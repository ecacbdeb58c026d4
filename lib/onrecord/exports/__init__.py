"""A dossier as files for other programs: a folder of CSV, or one file in a format that another program opens.

`write_csv` writes the folder, `write` a file in one of FORMATS: `dna` for Discourse Network Analyzer, `graphml` and `gexf` for Gephi and other graph
programs, `csv` and `xlsx` for spreadsheets and statistics. The module of a format says what stands where in it.
"""

import importlib
from pathlib import Path

from onrecord.data import InputError
from onrecord.dossier import Dossier
from onrecord.exports import debate
from onrecord.exports.debate import Debate
from onrecord.exports.files import refuse_file, refuse_folder, replace_file, replace_folder, zipped
from onrecord.exports.folder import PACKAGE, csv_files, package, write_csv

_MODULES = {"dna": "dna", "graphml": "graphs", "gexf": "graphs", "csv": "flat", "xlsx": "workbook"}
FORMATS = tuple(_MODULES)
NO_WORKBOOK = "xlsx: a corpus has no workbook: choose dna, graphml, gexf or csv, or run `onrecord corpus` with --csv for all tables"

__all__ = [
    "FORMATS",
    "PACKAGE",
    "content",
    "csv_files",
    "package",
    "refuse",
    "refuse_file",
    "refuse_folder",
    "replace_file",
    "replace_folder",
    "write",
    "write_csv",
    "zipped",
]


def content(source: Dossier | Debate, format: str) -> bytes:
    """The file's bytes. The same dossier gives the same bytes. Raises InputError for a format that is none of FORMATS; a debate has no `xlsx`."""
    module = _module(format)
    if format == "xlsx" and not isinstance(source, Dossier):
        raise InputError(NO_WORKBOOK)
    given = debate.of(source) if isinstance(source, Dossier) and format != "xlsx" else source
    return getattr(module, f"to_{format}")(given)


def write(source: Dossier | Debate, format: str, path: str | Path) -> Path:
    """Write a file in one of FORMATS, whole or not at all. Raises InputError as `content` and `refuse` do."""
    refuse(format, path)
    made = content(source, format)
    return replace_file(
        Path(path), made, getattr(_module(format), f"is_{format}"), what=f"a {format} export of On Record"
    )


def refuse(format: str, path: str | Path) -> None:
    """A file that is there already is replaced only if it is an earlier export in that format: raises InputError for anything else that stands there,
    and for a folder that is missing."""
    refuse_file(Path(path), getattr(_module(format), f"is_{format}"), f"a {format} export of On Record")


def _module(format: str):
    """The module of a format, loaded when somebody asks for it: the command line's help starts without the graph and spreadsheet libraries."""
    if format not in _MODULES:
        raise InputError(f"{format}: no such format: choose one of {', '.join(FORMATS)}")
    return importlib.import_module(f"onrecord.exports.{_MODULES[format]}")
