"""Exports, each read back by a reader that is not ours: what comes back are the tables."""

import csv
import hashlib
import io
import itertools
import re
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import networkx as nx
import openpyxl
import pandas as pd
import pytest
from conftest import SLUGS, loaded
from frictionless import Package
from test_data import faults

import onrecord
from onrecord import article, codebook, exports, schema
from onrecord.data import InputError
from onrecord.dossier import Dossier
from onrecord.exports import dna

MADE = {"rule": "sample", "confidence": 0.5, "source": "machine", "reviewed": False}
FLAGS = dict.fromkeys(["hedged", "negated", "hypothetical", "demanded"], False)
# Lines that end as on Windows and as on old Macs, characters beyond U+FFFF, and what no XML can hold.
ODD = "Ayr 😀 votes\r\n“=We stay,” said the 🏴‍☠️ crew.\rRain \x00 fell; \ud800 “+no,” @she said. _x0041_ \t-over\n"
NAMES = {  # actor_id, kind -> name
    ("cmd", "person"): "=cmd|' /C calc'!A0",
    ("script", "organisation"): "<script>alert(\"1\") & 'x'</script>",
    ("emoji", "person"): "+😀 “Ann”, O'Lee",
    ("nul", "group"): "@NUL\x00\x07 \ud800 \ufffe",
    ("first", "person"): "'Tis Bob",
    ("second", "person"): "'Tis Bob",
    ("long", "state"): "-" + "very " * 60 + "long",
    ("comma", "media"): "\ta,b;c\nd",
}


def odd() -> Dossier:
    """An invented article, each of whose words has a statement, in turn by every actor and by nobody, with every position and issue."""
    actors = [
        {"actor_id": key, "kind": kind, "name": name, "printed": name, "role": f"={name}", "affiliation": "The -Crew"}
        | {"mentions": 0, "quotes": 0, "words": 0, **MADE}
        for (key, kind), name in NAMES.items()
    ]
    book = codebook.load("politics")
    bases = ("direct", "reported", "indirect", "narrator", "direct")
    turns = [itertools.cycle(some) for some in ([*NAMES, (None, None)], book.issues.issue[:4], bases)]
    positions = itertools.cycle(["support", "oppose", "unclear", "support", "neutral"])
    statements = []
    for nth, word in enumerate(re.finditer(r"\S+", ODD)):
        (holder, _), issue, basis = (next(turn) for turn in turns)
        statements.append(
            {"statement_id": f"st-{nth:02}", "holder_id": holder, "holder": holder and NAMES[holder, _], "issue": issue}
            | {"start": word.start(), "end": word.end(), "text": word.group(), "target_id": "cmd" if nth % 3 else None}
            | {"position": next(positions), "basis": basis, "reported_by": "script" if basis == "reported" else None}
            | {**FLAGS, **MADE}
        )
    blocks = article.blocks(ODD)
    made = Dossier(
        article=article.Article(text=ODD, title="=1+1 \x00 “😀”\r\nend", slug="odd", outlet="-The <Odd> Courier"),
        blocks=blocks,
        actors=schema.frame("actors", actors),
        statements=schema.frame("statements", statements),
        codebook=book,
        **{name: schema.frame(name) for name in ("sentences", "repairs", "mentions", "quotes", "events")},
    )
    schema.check(made.tables, ODD)
    return made


def silent() -> Dossier:
    made = onrecord.analyse("It rained in the valley.", published="2024-05-01", title="Rain")
    assert made.statements.empty
    return made


CASES = {
    "reviewed": lambda: loaded("nato-russia-2022"),
    "draft": lambda: loaded("new-zealand-flag-2015"),
    "without statements": silent,
    "odd": odd,
}


@pytest.fixture(params=CASES)
def dossier(request):
    return CASES[request.param]()


def seen(text):
    """What every export holds of a text: � for what XML cannot hold."""
    if text is None or text is pd.NA:
        return ""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "�" for c in text
    )


def newlines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- the folder ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_exported_package_holds(tmp_path, slug):
    dossier = loaded(slug)
    folder = exports.write_csv(dossier, tmp_path / slug)
    assert faults(folder / exports.PACKAGE) == []
    package = Package(str(folder / exports.PACKAGE))
    assert package.resource_names == list(schema.TABLES)
    for resource in package.resources:
        assert len(resource.read_rows()) == len(dossier.tables[resource.name])


# --- csv -----------------------------------------------------------------------------------------------------------------------


ABOUT = ("kind", "role", "affiliation", "country", "side")


def unguarded(cell):
    return cell[1:] if cell.startswith("'") else cell


def flat_rows(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_comes_back(dossier):
    rows = flat_rows(exports.content(dossier, "csv"))
    assert len(rows) == len(dossier.statements)
    actors = {row["actor_id"]: row for row in schema.records(dossier.actors)}
    quotes = {row["quote_id"]: row for row in schema.records(dossier.quotes)}
    titles = dict(zip(dossier.codebook.issues.issue, dossier.codebook.issues.title))
    about = dossier.article
    for number, (row, wanted) in enumerate(zip(rows, schema.records(dossier.statements), strict=True)):
        row = {name: unguarded(cell) for name, cell in row.items()}
        quote = quotes.get(wanted["quote_id"], {})
        (block,) = [b for b in schema.records(dossier.blocks) if b["start"] <= wanted["start"] < b["end"]]
        wanted |= {"article": about.slug, "title": about.title, "outlet": about.outlet}
        wanted |= {"published": about.published and str(about.published.date()), "codebook": dossier.codebook.id}
        for part, key in (("holder", "holder_id"), ("target", "target_id"), ("reporter", "reported_by")):
            known = actors.get(wanted[key], {})
            wanted |= {part: known.get("name"), **{f"{part}_{name}": known.get(name) for name in ABOUT}}
        wanted |= {f"quote_{name}": quote.get(name) for name in ("kind", "speech", "speaker", "cue")}
        asked = schema.records(answers(dossier))[number]["issue"]
        wanted |= {"question": asked, "question_title": asked and titles[wanted["issue"]]}
        if asked and "/" in asked:
            wanted["question_title"] += f": {actors[wanted['target_id']]['name']}"
        wanted |= {"issue_title": titles[wanted["issue"]], "block_id": block["block_id"], "block_kind": block["kind"]}
        assert set(row) == set(wanted)
        for name, value in wanted.items():
            text = (
                str(value).lower()
                if isinstance(value, bool)
                else value
                if isinstance(value, str | None)
                else str(value)
            )
            assert row[name] == seen(text), name


def test_pandas_reads_the_csv_as_well(dossier):
    content = exports.content(dossier, "csv")
    read = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert read.to_dict("records") == flat_rows(content)


def test_no_cell_runs_as_a_formula():
    """What a spreadsheet takes for a formula begins with one of these; nothing else is changed, so that it reads back."""
    cells = [cell for row in flat_rows(exports.content(odd(), "csv")) for cell in row.values()]
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    ]
    assert {"'=cmd|' /C calc'!A0", "''Tis Bob", "'\ta,b;c\nd", "0.5"} <= set(cells)


# --- graphs --------------------------------------------------------------------------------------------------------------------


def graph(content, form):
    return getattr(nx, f"read_{form}")(io.BytesIO(content))


def whole(values):
    """Attributes without what is not known, numbers as whole numbers, and without the number that GEXF gives an edge."""
    return {
        name: value if isinstance(value, str) else int(value)
        for name, value in values.items()
        if name != "id" and value not in ("", None) and value is not pd.NA
    }


def question(row, book):
    """What a statement answers; None where that cannot be told."""
    if row.issue not in {issue for _, issue in book.of}:
        return row.issue
    return None if pd.isna(row.target_id) else f"{row.issue}/{row.target_id}"


def answers(dossier):
    """The statements with the question of each as its issue."""
    asked = [question(row, dossier.codebook) for row in dossier.statements.itertuples()]
    return dossier.statements.assign(issue=pd.array(asked, dtype="string[python]"))


def agreements(statements):
    """Pairs of holders -> relation -> issues, told from the statements alone."""
    stands = defaultdict(set)
    for row in statements.dropna(subset=["holder_id", "issue"]).itertuples():
        if row.position in ("support", "oppose"):
            stands[row.holder_id, row.issue].add(row.position)
    clear = {key: next(iter(positions)) for key, positions in stands.items() if len(positions) == 1}
    found = defaultdict(lambda: defaultdict(set))
    for (one, issue), (other, again) in itertools.permutations(clear, 2):
        if issue == again and one != other:
            relation = "congruence" if clear[one, issue] == clear[other, issue] else "conflict"
            found[frozenset([one, other])][relation].add(issue)
    return found


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_graphs_come_back(dossier, form):
    made = graph(exports.content(dossier, form), form)
    statements = dossier.statements
    actors, issues = schema.records(dossier.actors), dossier.codebook.issues.set_index("issue")
    held = Counter(statements.holder_id.dropna())
    asked = answers(dossier).issue.fillna(statements.issue)
    assert set(made) == {row["actor_id"] for row in actors} | {f"issue:{issue}" for issue in asked}
    names = {row["actor_id"]: row["name"] for row in actors}
    for row in actors:
        wanted = {name: row[name] for name in ("role", "affiliation", "affiliation_id", "country", "side")}
        wanted |= {"label": row["name"], "actor_kind": row["kind"], "kind": "actor"}
        wanted = {name: seen(text) for name, text in wanted.items()}
        wanted |= {name: row[name] for name in ("mentions", "quotes", "words")} | {"statements": held[row["actor_id"]]}
        assert same_text(whole(made.nodes[row["actor_id"]]), whole(wanted))
    for node, rows in statements.groupby(asked):
        issue, _, target = node.partition("/")
        title = issues.title[issue] + (f": {names[target]}" if target else "")
        wanted = {"label": seen(title), "definition": issues.definition[issue], "kind": "issue", "issue": issue}
        wanted |= {"statements": len(rows), "unattributed": int(rows.holder_id.isna().sum())}
        wanted["reported"] = int((rows.basis == "reported").sum())
        wanted["open"] = int(answers(dossier).issue[rows.index].isna().sum())
        assert same_text(whole(made.nodes[f"issue:{node}"]), wanted)
    own = answers(dossier)[statements.basis != "reported"]
    ids, pairs = defaultdict(list), agreements(own)
    for row in own.dropna(subset=["holder_id", "issue"]).itertuples():
        ids[row.holder_id, row.issue, row.position].append(row.statement_id)
    found, numbers = {}, Counter()
    for one, other, edge in made.edges(data=True):
        if edge["relation"] == "position":
            for position in ("support", "oppose", "neutral", "unclear"):
                named = [one for one in edge.get(f"statements_{position}", "").split(";") if one]
                assert edge[position] == len(named)
                found |= {(one, other.removeprefix("issue:"), position): named} if named else {}
            assert edge["weight"] == sum(edge[p] for p in ("support", "oppose", "neutral", "unclear"))
        else:
            wanted = pairs[frozenset([one, other])]
            assert edge["relation"] == " and ".join(sorted(wanted))
            for relation in ("congruence", "conflict"):
                assert edge.get(f"issues_{relation}", "") == ";".join(sorted(wanted[relation]))
                assert edge[relation] == len(wanted[relation])
            assert edge["weight"] == sum(map(len, wanted.values()))
            numbers[frozenset([one, other])] += 1
    assert found == {key: sorted(named) for key, named in ids.items()}
    assert numbers == Counter(list(pairs))


def same_text(read, wanted):
    """An XML reader may give another newline than was written (https://www.w3.org/TR/xml/#sec-line-ends); all else is the same."""
    return {k: newlines(v) if isinstance(v, str) else v for k, v in read.items()} == {
        k: newlines(v) if isinstance(v, str) else v for k, v in wanted.items()
    }


def test_gephi_finds_what_it_reads(nato):
    """Gephi knows labels and weights by their names; a key d3 or d7 it takes for a label, and two keys of one id for one."""
    root = ET.fromstring(exports.content(nato, "graphml"))
    keys = [key.attrib for key in root.iter("{http://graphml.graphdrawing.org/xmlns}key")]
    names = [key["id"] for key in keys]
    assert (
        len(set(names)) == len(names) and not {"d3", "d7"} & set(names) and all(k["id"] == k["attr.name"] for k in keys)
    )
    assert {("label", "node"), ("weight", "edge")} <= {(key["id"], key["for"]) for key in keys}
    edges = [(e.get("source"), e.get("target")) for e in root.iter("{http://graphml.graphdrawing.org/xmlns}edge")]
    assert len({frozenset(edge) for edge in edges}) == len(edges), "Gephi would merge parallel edges"
    assert not [edge for edge in edges if edge[0].startswith("issue:")]


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_one_edge_tells_of_agreement_and_of_difference(form):
    made = odd()
    rows = schema.records(made.statements)[:7]
    stands = [("cmd", 0, "support"), ("script", 0, "support"), ("cmd", 1, "support"), ("script", 1, "oppose")]
    stands += [("nul", 1, "oppose"), ("nul", 0, "oppose"), ("nul", 0, "neutral")]
    issues = sorted({*made.codebook.issues.issue} - {issue for _, issue in made.codebook.of})
    for row, (holder, issue, position) in zip(rows, stands, strict=True):
        row |= {
            "holder_id": holder,
            "issue": issues[issue],
            "position": position,
            "basis": "direct",
            "reported_by": None,
        }
    read = graph(exports.content(replace(made, statements=schema.frame("statements", rows)), form), form)
    edges = {frozenset(pair): read.edges[pair] for pair in read.edges if read.edges[pair]["relation"] != "position"}
    both = edges[frozenset(["cmd", "script"])]
    assert (both["relation"], both["weight"]) == ("congruence and conflict", 2)
    assert (both["issues_congruence"], both["issues_conflict"]) == (issues[0], issues[1])
    assert edges[frozenset(["cmd", "nul"])]["relation"] == "conflict"
    position = read.edges["nul", f"issue:{issues[0]}"]
    assert (position["oppose"], position["neutral"], position["support"], position["weight"]) == (1, 1, 0, 2)


# --- dna -----------------------------------------------------------------------------------------------------------------------


def opened(content, path):
    path.write_bytes(content)
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = ON")
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert not database.execute("PRAGMA foreign_key_check").fetchall()
    return database


VALUES = """SELECT S.ID, Variable, COALESCE(E.Value, B.Value) AS Value, E.ID AS Entity FROM STATEMENTS AS S
    JOIN VARIABLES AS V ON V.StatementTypeId = S.StatementTypeId
    LEFT JOIN DATASHORTTEXT AS T ON T.StatementId = S.ID AND T.VariableId = V.ID LEFT JOIN ENTITIES AS E ON E.ID = T.Entity
    LEFT JOIN DATABOOLEAN AS B ON B.StatementId = S.ID AND B.VariableId = V.ID"""


def test_dna_comes_back(dossier, tmp_path):
    database = opened(exports.content(dossier, "dna"), tmp_path / "one.dna")
    values = defaultdict(dict)
    for number, variable, value, _ in database.execute(VALUES):
        values[number][variable] = value
    actors = {row["actor_id"]: row for row in schema.records(dossier.actors)}
    titles = dict(zip(dossier.codebook.issues.issue, dossier.codebook.issues.title))
    aimed = {issue for _, issue in dossier.codebook.of}
    kinds = dict(database.execute("SELECT ID, Label FROM STATEMENTTYPES").fetchall())
    assert list(kinds.values()) == ["DNA Statement", "On Record: no position", "On Record: reported view"]
    (document,) = database.execute("SELECT * FROM DOCUMENTS").fetchall()
    assert document["Text"] == newlines(seen(dossier.article.text)) and document["Title"] == seen(dossier.article.title)
    day = dossier.article.published
    assert document["Date"] == (0 if day is None else day.timestamp())
    assert ("The date is not known" in document["Notes"]) == (day is None)
    editor = document["Text"].encode("utf-16-le")  # two bytes a unit, as Java counts
    coders = dict(database.execute("SELECT ID, Name FROM CODERS").fetchall())
    rows = database.execute("SELECT * FROM STATEMENTS ORDER BY ID").fetchall()
    for row, wanted in zip(rows, schema.records(dossier.statements), strict=True):
        assert editor[2 * row["Start"] : 2 * row["Stop"]].decode("utf-16-le") == seen(wanted["text"])
        agreement = {"support": 1, "oppose": 0}.get(wanted["position"])
        told = wanted["basis"] == "reported" and agreement is not None
        sort = "no position" if agreement is None else "reported view"
        assert kinds[row["StatementTypeId"]] == (f"On Record: {sort}" if told or agreement is None else "DNA Statement")
        assert ("reporter" in values[row["ID"]]) == told
        assert not told or values[row["ID"]]["reporter"] == seen(actors[wanted["reported_by"]]["name"])
        assert values[row["ID"]].get("agreement") == agreement
        asked = titles[wanted["issue"]] + (
            f": {actors[wanted['target_id']]['name']}" if wanted["target_id"] and wanted["issue"] in aimed else ""
        )
        assert re.sub(r" \(\d\)$", "", values[row["ID"]]["concept"]) == (
            seen(asked) if len(asked) < 191 else seen(asked)[:189] + "…"
        )
        assert ("reviewed" in coders[row["Coder"]]) == (wanted["source"] == "review")
        holder = actors.get(wanted["holder_id"], {"name": None, "kind": "group"})
        person, other = ("person", "organization") if holder["kind"] == "person" else ("organization", "person")
        same = re.sub(r" \(\d\)$", "", values[row["ID"]][person])
        name = seen(holder["name"])
        assert same == (name if len(name) < 191 else name[:189] + "…")
        assert other == "organization" or values[row["ID"]][other] == ""


def test_dna_keeps_who_belongs_where(nato, tmp_path):
    database = opened(exports.content(nato, "dna"), tmp_path / "nato.dna")
    asked = """SELECT P.Value, O.Value FROM DATASHORTTEXT AS A JOIN ENTITIES AS P ON P.ID = A.Entity
        JOIN DATASHORTTEXT AS B ON A.StatementId = B.StatementId JOIN ENTITIES AS O ON O.ID = B.Entity
        JOIN VARIABLES AS V ON V.ID = A.VariableId JOIN VARIABLES AS W ON W.ID = B.VariableId
        WHERE V.Variable = 'person' AND W.Variable = 'organization'"""
    found = set(map(tuple, database.execute(asked)))
    assert {("Wendy Sherman", "United States"), ("Ivana Stradner", "American Enterprise Institute")} <= found
    assert {("", "NATO"), ("", "")} <= found  # no person; nobody at all


def test_dna_has_every_attribute_of_every_entity(dossier, tmp_path):
    """DNA asks for each attribute of each entity and shows nothing where a row is missing."""
    database = opened(exports.content(dossier, "dna"), tmp_path / "one.dna")
    asked = "SELECT COUNT(*) FROM ENTITIES AS E JOIN ATTRIBUTEVARIABLES AS A ON A.VariableId = E.VariableId"
    (wanted,), (there,) = (
        database.execute(asked).fetchone(),
        database.execute("SELECT COUNT(*) FROM ATTRIBUTEVALUES").fetchone(),
    )
    assert wanted == there > 0
    empty = database.execute("SELECT COUNT(*) FROM ENTITIES WHERE Value = ''").fetchone()[0]
    assert empty == database.execute("SELECT COUNT(*) FROM VARIABLES WHERE DataType = 'short text'").fetchone()[0]
    asked = """SELECT E.Value, A.AttributeVariable, V.AttributeValue FROM ATTRIBUTEVALUES AS V JOIN ENTITIES AS E ON E.ID = V.EntityId
        JOIN ATTRIBUTEVARIABLES AS A ON A.ID = V.AttributeVariableId AND A.VariableId = E.VariableId WHERE E.VariableId IN (1, 2)"""
    found = defaultdict(dict)
    for value, attribute, known in database.execute(asked):
        found[value][attribute] = known
    known = {about["On Record id"]: about for about in found.values()}
    for row in schema.records(dossier.actors):
        about = known[row["actor_id"]]
        assert (about["Type"], about["Country"], about["Side"]) == (
            row["kind"],
            row["country"] or "",
            row["side"] or "",
        )
        assert about["Role"][:189] == seen(row["role"])[:189]


def test_actors_of_one_name_stay_two(tmp_path):
    database = opened(exports.content(odd(), "dna"), tmp_path / "odd.dna")
    names = [value for (value,) in database.execute("SELECT Value FROM ENTITIES WHERE VariableId = 1")]
    assert {"'Tis Bob", "'Tis Bob (2)"} <= set(names)


def test_dna_accepts_the_password(tmp_path):
    """The first hash was made by Jasypt 1.9.3 itself, the library with which DNA checks."""
    made = "etIVgj/VP7d0X8gb3MfRNXYz4jDkMWCS4PR4msgYNYR8tTZrQKC9y0e/+sszdcL1"
    salt = dna.base64.b64decode(made)[:16]
    assert dna.hashed("onrecord é", salt) == made
    for (kept,) in opened(exports.content(silent(), "dna"), tmp_path / "x.dna").execute("SELECT Password FROM CODERS"):
        assert dna.hashed(dna.PASSWORD, dna.base64.b64decode(kept)[:16]) == kept


def test_dna_sees_all_coders(nato, tmp_path):
    """DNA looks up the relation of its coder to that of each statement and stops where there is none."""
    database = opened(exports.content(nato, "dna"), tmp_path / "nato.dna")
    coders = [number for (number,) in database.execute("SELECT ID FROM CODERS")]
    related = set(map(tuple, database.execute("SELECT Coder, OtherCoder FROM CODERRELATIONS WHERE viewStatements = 1")))
    assert len(coders) == 3 and related == set(itertools.permutations(coders, 2))


def test_dna_may_delete_a_document(nato, tmp_path):
    """What belongs to a document goes with it, as DNA relies on."""
    database = opened(exports.content(nato, "dna"), tmp_path / "nato.dna")
    database.execute("DELETE FROM DOCUMENTS")
    for table in ("STATEMENTS", "DATASHORTTEXT", "DATABOOLEAN"):
        assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] == 0
    assert database.execute("SELECT COUNT(*) FROM ENTITIES").fetchone()[0] > 100


# --- xlsx ----------------------------------------------------------------------------------------------------------------------


def cell_of(field, value):
    """What a cell should hold of a table's value."""
    if value is None or value == ():
        return None
    if field.type == "spans":
        return ";".join(f"{a}-{b}" for a, b in value)
    if field.type == "list":
        return ";".join(value)
    if isinstance(value, str):
        return newlines(seen(value)).replace("_x0041_", "_x005F_x0041_") or None
    return value.to_pydatetime() if isinstance(value, datetime) else value


def test_xlsx_comes_back(dossier):
    book = openpyxl.load_workbook(io.BytesIO(exports.content(dossier, "xlsx")))
    assert book.sheetnames == ["About", *schema.TABLES, "issues"]
    for name, table in dossier.tables.items():
        header, *rows = book[name].iter_rows(values_only=True)
        fields = schema.TABLES[name]
        assert list(header) == [field.name for field in fields]
        for row, wanted in zip(rows, schema.records(table), strict=True):
            assert list(row) == [cell_of(field, wanted[field.name]) for field in fields]
            assert [type(value) for value in row if isinstance(value, bool)] == [
                bool for field in fields if field.type == "boolean"
            ]
        assert book[name].freeze_panes == "B2" and book[name].auto_filter.ref.startswith("A1:")
    issues = [row[0] for row in book["issues"].iter_rows(min_row=2, values_only=True)]
    assert issues == dossier.codebook.issues.issue.tolist()


def test_xlsx_says_what_it_is(nato):
    about = openpyxl.load_workbook(io.BytesIO(exports.content(nato, "xlsx")))["About"]
    facts = {row[0]: row[1] for row in about.iter_rows(max_row=14, values_only=True)}
    assert nato.state in facts["What it is"] and facts["Published"] == datetime(2022, 1, 14)
    assert (facts["Article"], facts["Credit"], facts["Rights"]) == (
        nato.article.title,
        nato.article.credit,
        nato.article.rights,
    )
    assert "European security" in facts["Codebook"] and onrecord.__version__ in facts["Made by"]
    assert facts["Address"] == "not known"
    described = {(row[0], row[1]) for row in about.iter_rows(min_row=15, values_only=True)}
    assert {(table, field.name) for table, fields in schema.TABLES.items() for field in fields} <= described


def test_text_is_no_formula_in_xlsx():
    book = openpyxl.load_workbook(io.BytesIO(exports.content(odd(), "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type in ("f", "e")]
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
    assert len(risky) > 10 and all(cell.quotePrefix for cell in risky)


def test_what_is_too_long_for_a_cell_is_cut_and_says_so():
    made = silent()
    actors = schema.frame("actors", [schema.records(odd().actors)[0] | {"name": "a" * 40_000}])
    book = openpyxl.load_workbook(io.BytesIO(exports.content(replace(made, actors=actors), "xlsx")))
    assert book["actors"]["B2"].value == "a" * 32_766 + "…"


# --- files ---------------------------------------------------------------------------------------------------------------------

AGAIN = """
import hashlib, onrecord
from onrecord import exports
d = onrecord.load("nato-russia-2022")
print(*[hashlib.sha256(exports.content(d, form)).hexdigest() for form in exports.FORMATS])
"""


def test_the_same_tables_give_the_same_bytes(nato):
    done = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == [hashlib.sha256(exports.content(nato, form)).hexdigest() for form in exports.FORMATS]


def test_no_export_tells_when_it_was_written(nato):
    assert b"lastmodified" not in exports.content(nato, "gexf")
    with zipfile.ZipFile(io.BytesIO(exports.content(nato, "xlsx"))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


@pytest.mark.parametrize("form", exports.FORMATS)
def test_an_export_is_written_over_its_like_alone(form, tmp_path):
    path = tmp_path / "one"
    assert exports.write(silent(), form, path) == path
    assert exports.write(odd(), form, path).read_bytes() == exports.content(odd(), form)
    for other in {*exports.FORMATS} - {form}:
        with pytest.raises(InputError, match=f"is not a {other} export"):
            exports.write(silent(), other, path)
    for mine in (b"", b"my notes", b"\xff\xfe\x00"):
        path.write_bytes(mine)
        with pytest.raises(InputError, match="name a new file"):
            exports.write(silent(), form, path)
        assert path.read_bytes() == mine
    assert list(tmp_path.iterdir()) == [path]


def test_the_work_of_others_is_not_written_over(tmp_path):
    """Who codes in DNA, or saves a workbook, works in the very file that was exported."""
    coded, edited = tmp_path / "coded.dna", tmp_path / "edited.xlsx"
    with opened(exports.content(silent(), "dna"), coded) as database:
        database.execute("UPDATE DOCUMENTS SET Author = 'me'")
    database.close()
    book = openpyxl.load_workbook(exports.write(silent(), "xlsx", edited))
    book.save(edited)
    for form, path in (("dna", coded), ("xlsx", edited)):
        with pytest.raises(InputError, match="was changed since"):
            exports.write(silent(), form, path)


def test_where_no_file_can_be(tmp_path):
    for path, told in (
        (tmp_path, "a folder"),
        (tmp_path / "none" / "x", "no folder"),
        (tmp_path / ("x" * 300), "cannot"),
    ):
        with pytest.raises(InputError, match=told):
            exports.write(silent(), "csv", path)
    with pytest.raises(InputError, match="pdf: no such format: choose one of dna, graphml"):
        exports.write(silent(), "pdf", tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = exports.write(silent(), "csv", tmp_path / "one.csv")
    before = path.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        exports.write(odd(), "csv", path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
