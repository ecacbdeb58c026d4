"""A database that Discourse Network Analyzer opens (DNA 3.0, Philip Leifeld, https://github.com/leifeld/dna; tables as version 3.0.11 makes them).

Documents: the articles. Statement type "DNA Statement": support and opposition, as the variables person, organization and concept with agreement yes or
no. DNA's agreement knows nothing between, so neutral and unclear positions are of a type of their own, "On Record: no position", which has no
agreement. A view that another speaker reports is of a third, "On Record: reported view", with that speaker as `reporter`: nobody's own word joins a network
unasked. A holder who is a person is the person, with the affiliation as organization; any other holder is the organization; a missing holder leaves
both empty. The concept is the issue; one that is about actors is a concept for each of them ("A person in or for an office: Ann Lee"), for agreement on
different people is none. All actors (of a corpus those with a part in a statement) and all issues of the codebook are there to go on coding with,
with their attributes.

Who wrote a statement is its coder: "On Record" for the machine, the reviewer for the review. "Admin" is DNA's first coder, who may do everything.

DNA counts places in a text as its editor does: in UTF-16 units, with each line's end as one character. So the text here ends its lines with one
newline, and `Start` and `Stop` differ from the tables' `start` and `end` where the article has others, or characters beyond U+FFFF such as emoji.
(The words in DNA's list of statements are cut out by SQLite, which counts an emoji as one: behind one, these words are shifted. The marks in
the text are right, as they are for statements that were coded in DNA itself.) Short texts have 190 characters at most and are cut with "…".
"""

import base64
import hashlib
import itertools
import sqlite3
from array import array

import pandas as pd

from onrecord import __version__
from onrecord.exports.debate import Debate, Document
from onrecord.exports.files import printable, shortened

VERSION, DATE = "3.0.11.5", "2025-02-05"  # of the DNA whose tables these are; it opens what begins with 3.0
PASSWORD = "onrecord"  # of every coder
ROUNDS = 100_000
LONGEST = 190  # characters of a short text
EPOCH = pd.Timestamp("1970-01-01")
APPLICATION = 0x4F6E5265  # "OnRe", where SQLite keeps whose file it is
# Places of four bytes each in SQLite's header (https://www.sqlite.org/fileformat.html).
CHANGES, OWNER, VALID_FOR, LIBRARY = (slice(at, at + 4) for at in (24, 68, 92, 96))
FIRST = (1).to_bytes(4, "big")  # change of the file

AGREED, OPEN, REPORTED = 1, 2, 3  # statement types
LABELS = {AGREED: "DNA Statement", OPEN: "On Record: no position", REPORTED: "On Record: reported view"}
COLOURS = {AGREED: (239, 208, 51), OPEN: (190, 190, 190), REPORTED: (204, 121, 167)}
TEXTS, AGREEMENT, REPORTER = ("person", "organization", "concept"), "agreement", "reporter"
VARIABLES = {AGREED: (*TEXTS, AGREEMENT), OPEN: TEXTS, REPORTED: (*TEXTS, AGREEMENT, REPORTER)}
AGREES = {"support": 1, "oppose": 0}
ATTRIBUTES = (
    "Type",
    "Alias",
    "Notes",
    "Role",
    "Affiliation",
    "Country",
    "Side",
    "On Record id",
)  # DNA's own three first


def to_dna(debate: Debate) -> bytes:
    """The database. IDs of statements are their places in the table, from 1 on; the Notes of a document say what it is and where it comes from.

    DNA must have a date: without one a document is of 1 January 1970, and its Notes say so. A text's characters that other programs cannot hold
    are �, see `files.printable`. Entities of one name are told apart by a number."""
    database = sqlite3.connect(":memory:")
    try:
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        for table, columns in _tables().items():
            database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        _fill(database, debate)
        database.commit()
        content = bytearray(database.serialize())
    finally:
        database.close()
    content[CHANGES] = content[VALID_FOR] = FIRST
    content[LIBRARY] = bytes(4)  # which version of SQLite wrote it says nothing of the content
    return bytes(content)


def is_dna(content: bytes) -> bool:
    """Whether this is what `to_dna` makes, and nobody has coded in it since: SQLite counts the changes of a file."""
    ours = content.startswith(b"SQLite format 3\0") and content[OWNER] == APPLICATION.to_bytes(4, "big")
    return ours and content[CHANGES] == FIRST


def hashed(password: str, salt: bytes) -> str:
    """The password as DNA keeps it (Jasypt's StrongPasswordEncryptor): Base64 of 16 bytes of salt and of SHA-256, 100,000 times, over salt and password."""
    digest = salt + password.encode()
    for _ in range(ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return base64.b64encode(salt + digest).decode()


def text_and_places(text: str) -> tuple[str, array]:
    """An article's text as DNA holds it, and for each place between its characters, from 0 to its length, the place there as DNA's editor counts."""
    widths = [
        0 if (before, one) == ("\r", "\n") else 2 if one > "\uffff" else 1
        for before, one in itertools.pairwise(itertools.chain([""], text))
    ]
    plain = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    return plain, array("I", itertools.accumulate(widths, initial=0))


# --- tables --------------------------------------------------------------------------------------------------------------------

_PERMISSIONS = [
    *(f"{what}Documents" for what in ("Add", "Edit", "Delete", "Import")),
    *(f"{what}Statements" for what in ("Add", "Edit", "Delete")),
    *("EditAttributes", "EditRegex", "EditStatementTypes", "EditCoders", "EditCoderRelations"),
    *(f"{what}Others{of}" for of in ("Documents", "Statements") for what in ("View", "Edit")),
]


def _tables() -> dict[str, list[str]]:
    """Each table of DNA with its columns, in SQL. What depends on a row goes with it, as DNA relies on when it deletes one."""
    key = "ID INTEGER NOT NULL PRIMARY KEY"
    colour = [_number(name, 0, 255) for name in ("Red", "Green", "Blue")]
    value = [_refers("StatementId", "STATEMENTS"), _refers("VariableId", "VARIABLES")]
    once = "UNIQUE (StatementId, VariableId)"
    looks = [_number("Refresh", 0, 9999), _number("FontSize", 1, 99, 14), _number("PopupWidth", 100, 9999, 300)]
    flags = [_number("ColorByCoder"), _number("PopupDecoration"), _number("PopupAutoComplete", default=1)]
    may = [_number(f"Permission{name}", default=1) for name in _PERMISSIONS]
    related = [
        _number(name, default=1) for name in ("viewStatements", "editStatements", "viewDocuments", "editDocuments")
    ]
    about = [_short(name) for name in ("Author", "Source", "Section", "Type")]
    return {
        "SETTINGS": ["Property TEXT PRIMARY KEY", "Value TEXT NOT NULL"],
        "CODERS": [key, _short("Name"), *colour, _short("Password"), *looks, *flags, *may],
        "CODERRELATIONS": [key, _refers("Coder", "CODERS"), _refers("OtherCoder", "CODERS"), *related],
        "DOCUMENTS": [key, _short("Title"), "Text TEXT NOT NULL", _refers("Coder", "CODERS"), *about]
        + ["Notes TEXT NOT NULL DEFAULT ''", "Date INTEGER NOT NULL"],
        "STATEMENTTYPES": [key, _short("Label"), *colour],
        "VARIABLES": [key, _short("Variable"), "DataType TEXT NOT NULL", _refers("StatementTypeId", "STATEMENTTYPES")]
        + ["UNIQUE (Variable, StatementTypeId)"],
        "VARIABLELINKS": [key, _refers("SourceVariableId", "VARIABLES"), _refers("TargetVariableId", "VARIABLES")],
        "REGEXES": ["Label TEXT PRIMARY KEY", *colour],
        "STATEMENTS": [key, _refers("StatementTypeId", "STATEMENTTYPES"), _refers("DocumentId", "DOCUMENTS")]
        + ["Start INTEGER NOT NULL", "Stop INTEGER NOT NULL", _refers("Coder", "CODERS")]
        + ["CHECK (0 <= Start AND Start < Stop)"],
        "ENTITIES": [key, _refers("VariableId", "VARIABLES"), _short("Value"), *colour]
        + ["ChildOf INTEGER REFERENCES ENTITIES(ID) ON DELETE CASCADE", "UNIQUE (VariableId, Value)"],
        "DATABOOLEAN": [key, *value, _number("Value", default=1), once],
        "DATAINTEGER": [key, *value, "Value INTEGER NOT NULL DEFAULT 0", once],
        "DATASHORTTEXT": [key, *value, _refers("Entity", "ENTITIES"), once],
        "DATALONGTEXT": [key, *value, "Value TEXT DEFAULT ''", once],
        "ATTRIBUTEVARIABLES": [key, _refers("VariableId", "VARIABLES"), _short("AttributeVariable")]
        + ["UNIQUE (VariableId, AttributeVariable)"],
        "ATTRIBUTEVALUES": [key, _refers("EntityId", "ENTITIES"), _refers("AttributeVariableId", "ATTRIBUTEVARIABLES")]
        + [_short("AttributeValue"), "UNIQUE (EntityId, AttributeVariableId)"],
    }


def _short(name: str) -> str:
    return f"{name} TEXT NOT NULL DEFAULT '' CHECK (LENGTH({name}) <= {LONGEST})"


def _number(name: str, least: int = 0, most: int = 1, default: int = 0) -> str:
    return f"{name} INTEGER NOT NULL DEFAULT {default} CHECK ({name} BETWEEN {least} AND {most})"


def _refers(name: str, table: str) -> str:
    return f"{name} INTEGER NOT NULL REFERENCES {table}(ID) ON DELETE CASCADE"


# --- rows ----------------------------------------------------------------------------------------------------------------------


def _add(database: sqlite3.Connection, table: str, **values: object) -> int:
    """Add a row; its ID is returned."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    return database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*values.values()]).lastrowid


def _text(value: object) -> str:
    """A short text as DNA can hold it; an empty one for what is missing."""
    return "" if pd.isna(value) else shortened(printable(value), LONGEST)


def _fill(database: sqlite3.Connection, debate: Debate) -> None:
    for name, value in (("version", VERSION), ("date", DATE)):
        _add(database, "SETTINGS", Property=name, Value=value)
    coders = _add_coders(database, debate.reviewer)
    documents, places = {}, {}
    for document in debate.documents:
        slug = document.article.slug
        text, places[slug] = text_and_places(document.article.text)
        documents[slug] = _add(database, "DOCUMENTS", Text=text, Coder=coders["machine"], **_about(document))
    variables = _add_types(database)
    holders, concepts = _holders(debate.actors), _concepts(debate)
    entities = _add_entities(database, variables, _described(debate, holders, concepts))
    for row in debate.statements.itertuples():
        kind = OPEN if row.position not in AGREES else REPORTED if row.basis == "reported" else AGREED
        start, stop = places[row.article][row.start], places[row.article][row.end]
        place = {"DocumentId": documents[row.article], "Start": start, "Stop": stop, "Coder": coders[row.source]}
        statement = _add(database, "STATEMENTS", StatementTypeId=kind, **place)
        person, organization = ("", "") if pd.isna(row.holder_id) else holders[row.holder_id]
        reporter = "" if pd.isna(row.reported_by) else next(filter(None, holders[row.reported_by]))
        told = dict(
            zip(
                (*TEXTS, REPORTER),
                (person, organization, concepts[row.issue if pd.isna(row.question) else row.question], reporter),
            )
        )
        for name in VARIABLES[kind]:
            if name != AGREEMENT:
                variable = variables[kind, name]
                entity = entities[variable, told[name]]
                _add(database, "DATASHORTTEXT", StatementId=statement, VariableId=variable, Entity=entity)
        if AGREEMENT in VARIABLES[kind]:
            variable = variables[kind, AGREEMENT]
            _add(database, "DATABOOLEAN", StatementId=statement, VariableId=variable, Value=AGREES[row.position])


def _add_coders(database: sqlite3.Connection, reviewer: str | None) -> dict[str, int]:
    """The coders, each of whom sees the others' work; the IDs of those who wrote statements, by `source`."""
    names = {"admin": ("Admin", (255, 255, 0)), "machine": ("On Record", (86, 180, 233))}
    if reviewer is not None:
        names["review"] = (f"On Record, reviewed by {reviewer}", (0, 158, 115))
    ids = {}
    for who, (name, (red, green, blue)) in names.items():
        password = hashed(PASSWORD, hashlib.sha256(who.encode()).digest()[:16])  # a fixed salt: same bytes each time
        known = {"Name": _text(name), "Red": red, "Green": green, "Blue": blue, "Password": password}
        ids[who] = _add(database, "CODERS", **known)
    for one, other in itertools.permutations(ids.values(), 2):
        _add(database, "CODERRELATIONS", Coder=one, OtherCoder=other)
    return ids


def _about(document: Document) -> dict[str, object]:
    """What DNA keeps of a document beside its text."""
    article, day = document.article, document.article.published
    notes = [
        f"Made by On Record {__version__}; {document.state}; codebook: {document.codebook}.",
        *(f"{name}: {value}" for name in ("credit", "rights", "url") if (value := getattr(article, name))),
        *(["The date is not known: DNA shows 1 January 1970."] if day is None else []),
    ]
    texts = {"Title": article.title, "Source": article.outlet, "Section": article.slug, "Type": "news article"}
    date = 0 if day is None else (day - EPOCH) // pd.Timedelta(seconds=1)
    return {name: _text(value) for name, value in texts.items()} | {"Notes": printable("\n".join(notes)), "Date": date}


def _add_types(database: sqlite3.Connection) -> dict[tuple[int, str], int]:
    """The statement types with their variables and these' attributes; the IDs of the variables by type and name."""
    ids = {}
    for kind, label in LABELS.items():
        red, green, blue = COLOURS[kind]
        _add(database, "STATEMENTTYPES", ID=kind, Label=label, Red=red, Green=green, Blue=blue)
        for name in VARIABLES[kind]:
            known = {"Variable": name, "DataType": "boolean" if name == AGREEMENT else "short text"}
            ids[kind, name] = _add(database, "VARIABLES", **known, StatementTypeId=kind)
    for (_, name), variable in ids.items():
        for attribute in ATTRIBUTES if name != AGREEMENT else ():
            _add(database, "ATTRIBUTEVARIABLES", VariableId=variable, AttributeVariable=attribute)
    return ids


def _add_entities(database: sqlite3.Connection, variables: dict, described: dict) -> dict[tuple[int, str], int]:
    """The entities of every text variable with all their attributes; their IDs by variable and value."""
    ids = {}
    for (_, name), variable in variables.items():
        for value, about in described.get(name, {}).items():
            ids[variable, value] = entity = _add(database, "ENTITIES", VariableId=variable, Value=value)
            wanted = "SELECT ID, AttributeVariable FROM ATTRIBUTEVARIABLES WHERE VariableId = ? ORDER BY ID"
            for attribute, label in database.execute(wanted, [variable]).fetchall():
                known = {"AttributeVariableId": attribute, "AttributeValue": _text(about.get(label, ""))}
                _add(database, "ATTRIBUTEVALUES", EntityId=entity, **known)
    return ids


# --- entities ------------------------------------------------------------------------------------------------------------------


def _holders(actors: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Person and organization for each actor, as `to_dna` has them for a holder. No two actors have the same of both."""
    labels = _apart(dict(zip(actors.actor_id, actors["name"])))
    bodies = {row.actor_id: labels[row.actor_id] for row in actors.itertuples() if row.kind != "person"}
    found = {}
    for row in actors.itertuples():
        belongs = bodies.get(row.affiliation_id) or _text(row.affiliation)
        found[row.actor_id] = (labels[row.actor_id], belongs) if row.kind == "person" else ("", bodies[row.actor_id])
    return found


def _concepts(debate: Debate) -> dict[str, str]:
    """The concept for each issue of the codebook, and for each question of a statement: see `Debate`."""
    rows = debate.statements
    titles = rows.question_title.fillna(rows.issue_title).fillna(rows.issue)
    asked = dict(zip(rows.question.fillna(rows.issue), titles))
    return _apart(asked | dict(zip(debate.issues.issue, debate.issues.title)))


def _apart(names: dict[str, str]) -> dict[str, str]:
    """The names as short texts, no two of them the same: the second of one name has (2) behind it."""
    found: dict[str, str] = {}
    taken: dict[str, int] = {}  # each with the last number behind it
    for key, name in names.items():
        one, name = _text(name), shortened(_text(name), LONGEST - 8)
        while one in taken:
            taken[name] = taken.get(name, 1) + 1
            one = f"{name} ({taken[name]})"
        taken[one] = taken.get(one, 1)
        found[key] = one
    return found


def _described(debate: Debate, holders: dict, concepts: dict) -> dict[str, dict[str, dict]]:
    """The attributes of every entity: variable -> value -> attribute -> text. The empty value is there for what is missing."""
    found: dict[str, dict[str, dict]] = {name: {"": {}} for name in (*TEXTS, REPORTER)}
    reporters = set(debate.statements.reported_by.dropna())
    for row in debate.actors.itertuples():
        person, organization = holders[row.actor_id]
        found["organization"].setdefault(organization, {"On Record id": row.affiliation_id} if person else {})
        about = {"Type": row.kind, "Alias": row.printed, "Role": row.role, "Affiliation": row.affiliation}
        about |= {"Country": row.country, "Side": row.side, "On Record id": row.actor_id}
        found["person" if person else "organization"][person or organization] = about
        if row.actor_id in reporters:
            found[REPORTER][person or organization] = about
    definitions = dict(zip(debate.issues.issue, debate.issues.definition))
    issue_of = dict(zip(debate.statements.question, debate.statements.issue))
    for question, concept in concepts.items():
        found["concept"][concept] = {
            "Notes": definitions.get(issue_of.get(question, question), ""),
            "On Record id": question,
        }
    return found
