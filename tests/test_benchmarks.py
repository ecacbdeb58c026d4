"""The benchmarks' scorers on a made-up article, and that what is written down of their results holds. None of the corpora is needed."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest

import onrecord
from benchmarks import __main__ as command
from benchmarks import (
    corpora,
    intervals,
    mangling,
    peers,
    people,
    predictions,
    quotations,
    reliability,
    run,
    speed,
    statements,
    table,
    tone,
)
from onrecord import codebook, data, review, stances

TEXT = (
    "“We won the vote,” said Ann Lee, the mayor. Bob Ray said that taxes would “rise fast” soon.\n"
    "Ann Lee thinks that it will rain. She left."
)
RESULTS = json.loads((data.root() / "benchmarks" / "results.json").read_text(encoding="utf-8"))


def at(words, nth=0):
    start = [place.start() for place in re.finditer(re.escape(words), TEXT)][nth]
    return [start, start + len(words)]


def row(quote, speaker=None, kind=None):
    return {"quote": quote, "speaker": speaker, "type": kind}


GOLD = [
    row(at("“We won the vote,”"), at("Ann Lee, the mayor"), "direct"),
    row(at("taxes would “rise fast” soon"), at("Bob Ray"), "mixed"),
    row(at("it will rain"), at("Ann Lee", 1), "indirect"),
]

# predicted rows | exact, overlap, joint: rows that are right
SCORED = [
    (GOLD, 3, 3, 3),
    ([], 0, 0, 0),
    ([row([])], 0, 0, 0),  # a row without a word is no row
    ([row(at("We won the vote"), at("Lee"))], 1, 1, 1),  # marks do not matter
    ([row(at("We won the vote"), at("the mayor"))], 1, 1, 1),
    ([row(at("We won the vote"), at("Ann", 1))], 1, 1, 0),  # the same name at another place
    ([row(at("We won the vote"))], 1, 1, 0),
    ([row(at("would “rise fast” soon"), at("Bob"))], 0, 1, 1),
    ([row(at("taxes"), at("Bob"))], 0, 0, 0),  # one word of five
    ([row(at("We won the vote"), at("Lee")), row(at("We won the"), at("Lee"))], 1, 1, 1),  # one to one
    ([row([at("won the vote"), at("We")], at("Lee"))], 1, 1, 1),  # in pieces, in any order
]


@pytest.mark.parametrize("given, exact, overlap, joint", SCORED)
def test_quotations_are_scored(given, exact, overlap, joint):
    found = quotations.tallies(TEXT, GOLD, given)
    rows = sum(bool(one["quote"]) for one in given)
    for measure, right in (("exact", exact), ("overlap", overlap), ("joint", joint)):
        assert found[measure] == (right, rows, right, 3), measure
    assert sum(quotations.right(TEXT, GOLD, given)) == joint


def test_quotations_are_scored_by_kind():
    given = [row(at("We won the vote"), at("Lee")), row(at("it will rain"), at("Ann", 1), "mixed")]
    found = quotations.tallies(TEXT, GOLD, given)
    assert found["direct joint"] == (1, 1, 1, 1)
    assert found["mixed joint"] == (1, 1, 0, 1) and found["indirect joint"] == (0, 0, 1, 1)


@pytest.mark.parametrize("one", GOLD, ids=lambda one: one["type"])
def test_a_kind_is_read_off_the_marks(one):
    words = quotations.Words(TEXT)
    assert words.kind(words.inside([one["quote"]])) == one["type"]


def test_unknown_speakers_agree():
    words = quotations.Words(TEXT)
    nobody, lee, article = frozenset(), words.inside([at("Lee")]), words.inside([at("the mayor")])
    assert quotations.same_speaker(words, nobody, nobody)
    assert not quotations.same_speaker(words, nobody, lee) and not quotations.same_speaker(words, lee, article)


def test_figures_and_their_intervals():
    found = intervals.figure([(1, 2, 1, 1), (0, 0, 0, 1)])
    assert found["value"] == 50.0 and found["low"] == 0.0 and found["high"] == 66.7 and found["n"] == 2
    assert intervals.figure([(1, 2, 1, 1)], intervals.precision) == {"value": 50.0, "low": 50.0, "high": 50.0, "n": 2}
    assert intervals.figure([(0, 0, 0, 0)])["value"] == 0


def test_reliability():
    documents = [reliability.sums([0.5, 0.95, 1.0], [True, False, True]), reliability.sums([0.55], [False])]
    bins, error = reliability.curve(documents)
    assert [(one["confidence"], one["right"], one["n"]) for one in bins] == [(0.525, 0.5, 2), (0.975, 0.5, 2)]
    assert error["value"] == 0.25 and error["n"] == 4
    assert reliability.error(np.array([[[4, 2, 2]]])) == 0


def test_people_are_scored():
    gold, given = [(0, 7), (10, 13)], [(0, 7), (9, 12), (20, 24)]
    assert people.exact(gold, given) == (1, 3, 1, 2)
    assert people.touching(gold, given) == (2, 3, 2, 2)
    assert people.touching([(0, 3), (4, 7)], [(0, 7)]) == (1, 1, 1, 2)


def test_pronouns_are_linked():
    place = dict(zip(("start", "end"), at("Ann Lee")))
    she = dict(zip(("start", "end"), at("She")))
    document = {
        "mentions": [
            {"cluster": "1", "type": "person", "kind": "name", "text": "Ann Lee", **place},
            {"cluster": "1", "type": "person", "kind": "pronoun", "text": "She", **she},
        ]
    }
    name, pronoun = (*at("Lee"), "a", "name"), (*at("She"), "a", "pronoun")
    assert people.links(document, [name, pronoun]) == (1, 1, 1, 1)
    assert people.links(document, [(*at("Bob"), "a", "name"), pronoun]) == (0, 1, 0, 1)
    assert people.links(document, [name]) == (0, 1, 0, 1)


def test_a_dossier_becomes_rows():
    dossier = onrecord.analyse(TEXT)
    every, plain = predictions.quotations(dossier, plain=False), predictions.quotations(dossier, plain=True)
    assert len(every) == len(plain) + 1  # what she thinks is no speech
    assert quotations.tallies(TEXT, GOLD, every)["joint"] == (3, 3, 3, 3)
    assert set(predictions.people(dossier)) >= {tuple(at("Ann Lee")), tuple(at("Bob Ray")), tuple(at("Ann Lee", 1))}
    assert any(form == "pronoun" for *_, form in predictions.actors(dossier))


def test_a_quotation_is_cut_at_paragraph_ends():
    first, second, third = at("We won"), at("the vote"), at("it will rain")
    assert predictions.by_paragraph(TEXT, (first, second, third)) == [[first, second], [third]]


def test_peers_rows():
    first, second = row([at("We won")], at("Lee"), "direct"), row([at("the vote")], at("Lee"), "direct")
    assert peers.merged([[first, second], []]) == [first | {"quote": [at("We won"), at("the vote")]}]
    assert tuple(at("Ann Lee")) in peers.spacy_people(TEXT)


def test_textacy_finds_direct_speech():
    pytest.importorskip("textacy")
    (found,) = peers.merged(peers.textacy_quotations(TEXT))
    assert found["quote"][0] == at("“We won the vote,”")


def test_files_are_found(tmp_path):
    for name in ("polnear_dev", "polnear_train", "gum_news_test", "other_dev"):
        (tmp_path / f"{name}.jsonl").write_text('{"id": "a", "text": ""}\n\n', encoding="utf-8")
    found = corpora.find(tmp_path)
    assert [(split.corpus, split.name, len(split.documents)) for split in found] == [
        ("polnear", "dev", 1),
        ("gum_news", "test", 1),
    ]


def test_an_empty_folder_is_refused(tmp_path, capsys):
    assert command.main([str(tmp_path)]) == 2
    assert "polnear_*.jsonl" in capsys.readouterr().err


def test_a_whole_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(speed, "_run", lambda command: 6.0 if "report" in command else 2.0)
    document = {"id": "a", "text": TEXT, "quotes": GOLD}
    for name in ("polnear_dev", "wikinews_test"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(document), encoding="utf-8")
    assert command.main([str(tmp_path)]) == 0
    printed, results = capsys.readouterr().out, json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert results["report"] == {"seconds of a report": 6.0, "report to kernel and parse": 3.0}
    assert "report to kernel and parse: 3.0" in printed
    assert "polnear dev" in printed and "wikinews test" in printed and "BBC Citron 50.3" in printed
    ours = {(f["corpus"], f["measure"]): f["value"] for f in results["figures"] if f["system"] == "On Record"}
    assert ours["polnear", "joint F1"] == 100 and ours["wikinews", "joint F1"] == 80


def test_tone_is_measured():
    text = "Voters praised Ann Lee for her courage."
    row = {"text": text, "start": 15, "end": 22, "label": "positive"}
    found = run.everything([corpora.Split("newsmtsc_rw", "dev", [row])])
    ours = {f["measure"]: f for f in found["figures"] if f["system"] == "On Record"}
    assert set(ours) == set(tone.MEASURES) and not found["reliability"]
    assert ours["tone macro-F1"]["value"] == 33.3 and ours["tone macro-F1"]["n"] == 1  # two tones of three never occur


# --- what is written down ----------------------------------------------------------------------------------------------------


def test_results_are_of_this_version():
    assert RESULTS["onrecord"] == onrecord.__version__
    assert command.written(RESULTS) == (data.root() / "benchmarks" / "results.json").read_text(encoding="utf-8")
    assert "joint F1" in table.text(RESULTS, peers.measured_elsewhere())


def test_peers_name_measures_that_exist():
    figures = peers.measured_elsewhere()
    ours = {(f["corpus"], f["measure"]) for f in RESULTS["figures"]} | {
        ("polnear", "articles a second"),
        ("polnear", "analysis to parse"),
    }
    quoted = {measure for corpus, measure in ours if corpus == "polnear"}
    ours |= {("wikinews", measure) for measure in quoted}
    ours |= {(corpus, measure) for corpus in run.TONED for measure in tone.MEASURES}
    assert set(zip(figures.corpus, figures.measure)) <= ours
    assert set(figures.split) == {"test"} and figures.notna().all(axis=None)


def test_the_library_reads_the_results():
    bench, bins = review.benchmark(), review.reliability()
    assert {"corpus", "split", "articles", "system", "measure", "value", "low", "high", "n"} == set(bench.columns)
    assert ((bench.low <= bench.value) & (bench.value <= bench.high)).all()
    assert bins.n.sum() == sum(found["error"]["n"] for found in RESULTS["reliability"])


def test_the_front_page_tells_what_was_withstood():
    front = (data.root() / "README.md").read_text(encoding="utf-8")
    fuzz, endurance = (
        json.loads((data.root() / "benchmarks" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("fuzz", "endurance")
    )
    assert f"{fuzz['excerpts']:,} excerpts of {fuzz['articles']:,} real articles" in front and not fuzz["failures"]
    assert f"up to four of {len(fuzz['damage'])} ways" in front and fuzz["damage"] == list(mangling.DAMAGE)
    assert endurance["complete"] and endurance["same_bytes_when_run_again"]
    assert (
        len(endurance["killed_at"]) == 2
        and endurance["articles"] == endurance["given"] == 10_000
        and endurance["failed"] == 0
    )
    held = [value for at, value in endurance["megabytes"].items() if int(at) < endurance["given"]]
    assert f"{min(held):,} to {max(held):,} MB" in front


def test_the_plan_for_ten_million_agrees_with_what_was_measured():
    root = data.root()
    rows = json.loads((root / "benchmarks" / "scaling.json").read_text(encoding="utf-8"))
    plan, front = ((root / name).read_text(encoding="utf-8") for name in ("docs/many-articles.md", "README.md"))
    few, many = ({row["articles"]: row for row in rows}[number] for number in (1_000, 10_000))
    own = (many["own_seconds"] - few["own_seconds"]) / 9
    cores = many["workers"] * (many["seconds"] - few["seconds"]) / 9 - own
    assert f"| analysis, seconds of a core | {cores:.0f} | {cores * 10_000 / 3600:.0f} hours of cores |" in plan
    assert f"reads, joins actors and writes, seconds | {own:.1f} | {own * 10_000 / 3600:.0f} hours |" in plan
    assert f"by {100 * (many['megabytes'] / few['megabytes'] - 1):.0f} % from 1,000 articles to 10,000" in plan
    assert f"{many['megabytes']:,} MB in one run of all 10,000" in front


def test_the_front_page_agrees_with_the_results():
    """Every row of the table under "How good the machine is", to the digit."""
    readme = (data.root() / "README.md").read_text(encoding="utf-8")
    section = readme.split("## How good the machine is")[1].split("\n## ")[0]
    figures = {(f["corpus"], f["split"], f["system"], f["measure"]): f for f in RESULTS["figures"]}
    rows = re.findall(r"^\| (\w+) (dev|train|coder \w) \| ([^|]+) \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) >= 20
    for corpus, split, measure, rest in rows:
        ours, n, *others = rest.split(" | ")
        f = figures[corpus, split, "On Record", measure]
        assert (ours, n) == (f"{f['value']:.1f} ({f['low']:.1f}–{f['high']:.1f})", str(f["n"])), measure
        for system, value in re.findall(r"(\D+?) (\d[\d.]*)(?:, |$)", ", ".join(others)):
            assert float(value) == figures[corpus, split, system, measure]["value"], (measure, system)


@pytest.mark.parametrize(
    ("coded", "right"),
    [
        ({}, (1, 1)),
        ({"position": "oppose"}, (0, 1)),
        ({"holder": "Bob Ray", "named": [52, 59]}, (0, 0)),
        ({"holder": "The mayor", "named": [21, 28]}, (1, 1)),  # another name for whom the text names there
        ({"holder": None, "named": None}, (0, 0)),
        ({"start": 4, "end": 13}, (1, 1)),
        ({"start": 8, "end": 9}, (0, 0)),
    ],
)
def test_statements_are_paired_by_holder_place_and_position(coded, right):
    text = "“We back the reform,” Ann Lee said on Monday. Later Bob Ray left the room."
    made = onrecord.analyse(text)
    row = {
        "statement_id": "t-1",
        "holder_id": "ann-lee",
        "holder": "Ann Lee",
        "issue": "measure",
        "basis": "direct",
        "position": "support",
        "start": 1,
        "end": 19,
    }
    dossier = dataclasses.replace(made, statements=pd.DataFrame([row]))
    marked = {"start": 1, "end": 19, "holder": "Ann Lee", "named": [22, 29], "position": "support"} | coded
    marked |= {"issue": "measure", "basis": "indirect"}
    tallies = statements.tallies([marked], dossier)
    assert tuple(tallies[measure][0] for measure in statements.MEASURES) == right
    assert {tallies[measure][1::2] for measure in statements.MEASURES} == {(1, 1)}
    assert tallies["issue"] == (right[1],) * 4 and tallies["basis"] == (0, right[1], 0, right[1])


def test_codings_of_statements_point_into_their_texts():
    codings = json.loads(corpora.STATEMENT_CODINGS.read_text(encoding="utf-8"))
    assert set(codings["coder A"]) == set(codings["coder B"]) and len(codings["coder A"]) == 20
    for coder in ("coder A", "coder B"):
        for rows in codings[coder].values():
            assert all(row["start"] < row["end"] and row["position"] in codebook.POSITIONS for row in rows)


def test_labels_of_stances_are_well_formed():
    rows = pd.read_csv(data.root() / "benchmarks" / "stance_labels.csv", keep_default_na=False)
    assert list(rows.columns) == ["article", "kind", "head", "holder", "label", "weight"]
    assert set(rows.label) == set(stances.LABELS) and set(rows.kind) == {"said", "told", "reported"}
    assert not rows.duplicated(["article", "kind", "head", "holder"]).any()
    assert set(rows.weight[rows.article.str.startswith("masakhanews")]) == {0}  # from these nothing is learned
