"""Decisions into the file of a review: what stands there stays as it is, comments and order too; new decisions stand at its end."""

import datetime
from dataclasses import dataclass

import tomlkit

from onrecord.review import Decision


@dataclass(frozen=True)
class Entry:
    """One decision to write: its fields as in the file; `instead` is the decision of the file in whose place it comes, None for a new one."""

    table: str
    says: dict
    instead: Decision | None = None


def number(decision: Decision) -> int:
    """A decision's number among those of its table in the file."""
    return int(decision.place.rsplit(" ", 1)[1])


def written(content: str, entries: list[Entry]) -> str:
    """The file's content with the entries in it."""
    document = tomlkit.parse(content)
    for entry in entries:
        if entry.instead is not None:
            _rewrite(document[entry.table][number(entry.instead) - 1], entry.says)
    added = [rendered(entry.table, entry.says) for entry in entries if entry.instead is None]
    return "\n".join([tomlkit.dumps(document).rstrip("\n") + "\n", *added]) if added else tomlkit.dumps(document)


def _rewrite(table, says: dict) -> None:
    """Make a table say this; comments and blank lines after its last field stay after it."""
    body, tail = table.value.body, []
    while body and body[-1][0] is None:
        tail.append(body.pop()[1])
    for name in [name for name in table if name not in says]:
        del table[name]
    for name, value in says.items():
        if table.get(name) != value:
            table[name] = value
    for item in reversed(tail):
        table.add(item)


def rendered(table: str, says: dict) -> str:
    """A decision as TOML."""
    document, rows = tomlkit.document(), tomlkit.aot()
    rows.append(tomlkit.item(says))
    document.append(table, rows)
    return tomlkit.dumps(document)


def head(by: str, on: datetime.date, comment: str, **more: object) -> str:
    """The beginning of a new file."""
    document = tomlkit.document()
    document.add(tomlkit.comment(comment))
    document.add(tomlkit.nl())
    document.add("review", tomlkit.item({"by": by, "on": on} | {name: value for name, value in more.items() if value}))
    return tomlkit.dumps(document)
