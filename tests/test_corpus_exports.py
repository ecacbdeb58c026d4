"""A corpus in other programs' formats, read back by other readers: actors are one across the articles, and every statement has its words."""

import csv
import io
import json
import sqlite3

import networkx as nx
import pytest

from onrecord import Corpus, cli, exports
from onrecord.corpus import exporting, layout
from onrecord.data import InputError


@pytest.fixture(scope="module")
def corpus():
    return Corpus.shipped()


@pytest.fixture(scope="module")
def wanted(corpus):
    """Each statement with what must be read back of it."""
    found = corpus.ask(
        """select s.article_id as article, s.statement_id, s.issue, s.position, s.basis, s.text, h.corpus_actor_id as holder
        from statements s left join actors h on h.article_id = s.article_id and h.actor_id = s.holder_id
        order by s.article_id, s.start, s."end", s.statement_id"""
    )
    return found.astype("object").where(found.notna(), None).to_dict("records")


def test_csv_comes_back(corpus, wanted, tmp_path):
    content = corpus.export("csv", tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert len(rows) == len(wanted) > 20
    texts = dict(corpus.ask("select article_id, text from articles").itertuples(index=False))
    for row, one in zip(rows, wanted, strict=True):
        assert [row[name] for name in ("article", "statement_id", "issue", "position")] == [*one.values()][:4]
        assert row["holder_id"] == (one["holder"] or "") and bool(row["holder"]) == bool(row["holder_id"])
        assert texts[row["article"]][int(row["start"]) : int(row["end"])] == row["text"] == one["text"]
        assert row["block_id"] and row["issue_title"] != row["issue"]
    assert {row["published"] for row in rows} == {str(day.date()) for day in corpus.ask("select distinct published as d from articles").d}  # fmt: skip


def test_dna_comes_back(corpus, wanted, tmp_path):
    database = sqlite3.connect(corpus.export("dna", tmp_path / "all.dna"))
    documents = database.execute("select Section, Title, Text from DOCUMENTS order by ID").fetchall()
    assert documents == list(corpus.ask("select article_id, title, text from articles order by article_id").itertuples(index=False, name=None))  # fmt: skip
    asked = """select D.Section, substr(D.Text, S.Start + 1, S.Stop - S.Start) from STATEMENTS S join DOCUMENTS D on D.ID = S.DocumentId order by S.ID"""
    assert database.execute(asked).fetchall() == [(one["article"], one["text"]) for one in wanted]
    ids = database.execute(
        """select V.AttributeValue from ATTRIBUTEVALUES V join ATTRIBUTEVARIABLES A on A.ID = V.AttributeVariableId
        where A.AttributeVariable = 'On Record id' and A.VariableId in (1, 2) and V.AttributeValue <> ''"""
    ).fetchall()
    assert {one["holder"] for one in wanted if one["holder"]} <= {value for (value,) in ids}
    (notes,) = database.execute("select Notes from DOCUMENTS limit 1").fetchone()
    assert "not reviewed" in notes


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_graphs_come_back(corpus, wanted, form, tmp_path):
    file = corpus.export(form, tmp_path / f"all.{form}")
    graph = nx.read_graphml(file) if form == "graphml" else nx.read_gexf(file)
    own = [one for one in wanted if one["holder"] and one["basis"] != "reported"]
    held = {
        place
        for _, _, edge in graph.edges(data=True)
        if edge["relation"] == "position"
        for position in ("support", "oppose", "neutral", "unclear")
        for place in filter(None, edge.get(f"statements_{position}", "").split(";"))
    }
    assert held == {f"{one['article']}/{one['statement_id']}" for one in own}
    assert {one["holder"] for one in own} <= set(graph)


def test_the_same_corpus_gives_the_same_bytes(corpus, tmp_path):
    for form in sorted({*exports.FORMATS} - {"xlsx"}):
        first = corpus.export(form, tmp_path / f"all.{form}").read_bytes()
        assert corpus.export(form, tmp_path / f"all.{form}").read_bytes() == first


SAID = [  # whom each of two people condemns: another one, the same one, nobody who is named
    "“Bob Ray is unfit to be president,” Ann Lee said in Ayr. The toll is a disgrace, she said.",
    "“Carl Odh is unfit to be president,” Dora Finch said in Oban. The toll is a disgrace, she said.",
    "“Bob Ray is unfit to be president,” Eve Hall, an engineer at the University of Ayrmouth, said in Ayr.",
]


def test_who_condemns_another_person_agrees_with_nobody(tmp_path):
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in SAID), encoding="utf-8")
    assert cli.main(["corpus", str(source), "-o", str(tmp_path / "read"), "--workers", "1"]) == 0
    corpus = Corpus(tmp_path / "read")
    graph = nx.read_graphml(corpus.export("graphml", tmp_path / "all.graphml"))
    pairs = {frozenset(pair) for pair in graph.edges if graph.edges[pair]["relation"] != "position"}
    assert pairs == {frozenset({"ann-lee", "eve-hall"})}
    assert "issue:person/bob-ray" in graph and graph.nodes["issue:person/bob-ray"]["statements"] == 2
    database = sqlite3.connect(corpus.export("dna", tmp_path / "all.dna"))
    concepts = {value for (value,) in database.execute("select E.Value from DATASHORTTEXT D join ENTITIES E on E.ID = D.Entity join VARIABLES V on V.ID = D.VariableId where V.Variable = 'concept'")}  # fmt: skip
    assert {"A person in or for an office: Bob Ray", "A person in or for an office: Carl Odh"} <= concepts
    actors = exporting.of(corpus).actors.set_index("actor_id")
    assert actors.affiliation_id["eve-hall"] in actors.index  # whom somebody belongs to is there too


def test_the_command(corpus, tmp_path, capsys):
    out = tmp_path / "all.csv"
    assert cli.main(["export", str(corpus.folder), "--format", "csv", "-o", str(out)]) == 0
    assert "4 articles of 2 outlets" in capsys.readouterr().out
    assert out.read_bytes() == exports.content(exporting.of(corpus), "csv")
    for more, told in ((["--format", "xlsx"], "a corpus has no workbook"), (["--format", "csv", "--published", "2024-05-01"], "have their own dates")):  # fmt: skip
        assert cli.main(["export", str(corpus.folder), *more, "-o", str(tmp_path / "x")]) == 2
        said = capsys.readouterr().err
        assert told in said and said.count("\n") == 1


def test_the_command_knows_a_corpus_by_its_marker():
    assert cli.CORPUS == layout.MARKER


def test_a_corpus_that_is_not_complete(tmp_path):
    (tmp_path / "corpus.json").write_text(json.dumps({"complete": False}))
    assert cli.main(["export", str(tmp_path), "--format", "csv", "-o", str(tmp_path / "x.csv")]) == 2


def test_a_workbook_is_refused(corpus, tmp_path):
    with pytest.raises(InputError, match="no workbook"):
        corpus.export("xlsx", tmp_path / "all.xlsx")
