"""The report: what is executed, what is written, and that nothing in it runs, loads or breaks."""

import base64
import html
import io
import itertools
import json
import re
import shutil
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import lxml.html
import nbformat
import openpyxl
import pandas as pd
import pytest
from conftest import loaded
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from onrecord import annotate, data, linked, prose, report, schema
from onrecord.article import Article, blocks
from onrecord.dossier import Dossier
from onrecord.figures.style import OTHER, SIDES
from onrecord.report import NotebookError, executing, notebook_pages, overview, printing, writing
from onrecord.review import Review

MADE = {"rule": "hand", "confidence": 0.9, "source": "machine", "reviewed": False}
ISSUES = pd.DataFrame(
    [["talks", "Talks & <i>trade</i>", "", "", "", ""]],
    columns=["issue", "title", "definition", "supports", "opposes", "excludes"],
)
TEXT = (
    "Talks go on <script>alert(1)</script>\n\n“We will stay,” said Ann <b>Lee</b>, the mayor of Ayr. She added that the vote was over.\n\n"
    "“That is $x$ and *y*,” Bob Ray said. “Talks, yes.”\n\nRain fell.\n"
)
LEE, RAY = "Ann <b>Lee</b>", "Bob Ray"


def span(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


def quote(kind, speaker, *parts, text=TEXT, **more):
    spans = [span(words, text) for words in parts]
    found = {
        "quote_id": schema.row_id("q", spans),
        "block_id": "b",
        "kind": kind,
        "speech": None if kind == "scare" else "speech",
        "spans": spans,
        "start": spans[0][0],
        "end": spans[-1][1],
        "text": " … ".join(parts),
        "speaker": speaker,
        "cue": "said",
        "words": len(" ".join(parts).split()),
    }
    return MADE | found | {"speaker_id": speaker and schema.row_id("a", speaker)} | more


def actor(name, side, kind="person", **more):
    found = {
        "actor_id": schema.row_id("a", name),
        "name": name,
        "printed": name,
        "kind": kind,
        "side": side,
        "mentions": 1,
        "quotes": 1,
        "words": 1,
    }
    return MADE | found | more


def dossier(text=TEXT, actors=(), quotes=(), review=None, title="Talks <go> on", **tables):
    made = {
        name: schema.frame(name, tables.get(name, ()))
        for name in schema.TABLES
        if name not in ("blocks", "actors", "quotes")
    }
    return Dossier(
        article=Article(text=text, slug="talks", title=title),
        blocks=blocks(text),
        actors=schema.frame("actors", actors),
        quotes=schema.frame("quotes", quotes),
        codebook=SimpleNamespace(id="made", title="Made up", issues=ISSUES, of=()),
        review=review,
        **made,
    )


def full():
    """Marks of every sort: a quotation in two spans, a statement across a quotation's edge, a name and a damaged spot inside both."""

    def at(words, after=0):
        start, end = span(words)
        return {"start": start + after, "end": end, "text": words[after:]}

    flags = dict.fromkeys(("hedged", "negated", "hypothetical", "demanded"), False)
    return dossier(
        actors=[
            actor(LEE, "independent"),
            actor(RAY, "AYR", country="AYR"),
            actor("Ayr", "AYR", "state", country="AYR"),
        ],
        quotes=[
            quote("direct", LEE, "We will stay,"),
            quote("indirect", LEE, "the vote was over", confidence=0.5),
            quote("direct", RAY, "That is $x$ and *y*,", "Talks, yes."),
        ],
        statements=[
            MADE
            | flags
            | at("Bob Ray said. “Talks")
            | {"statement_id": "s-1", "holder": RAY, "issue": "talks", "position": "support", "basis": "direct"}
        ],
        mentions=[
            MADE | at(LEE) | {"mention_id": "m-1", "actor_id": schema.row_id("a", LEE), "block_id": "b", "form": "name"}
        ],
        repairs=[
            MADE | at("Talks, yes", 2) | {"repair_id": "r-1", "kind": "garbled", "printed": "lks, yes", "reason": "<u>"}
        ],
    )


def notebook(*sources, title="# A question?", metadata=None):
    cells = [
        new_markdown_cell(title),
        new_code_cell('ARTICLE = "nato-russia-2022"  # any\nPUBLISHED = None', metadata={"tags": ["parameters"]}),
    ]
    cells += [source if not isinstance(source, str) else new_code_cell(source) for source in sources]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells, metadata=metadata or {})


def shown(data, **metadata):
    """A code cell with one output, as if executed."""
    return new_code_cell("1", outputs=[new_output("display_data", data=data, metadata=metadata)])


class Read(HTMLParser):
    """What a browser would make of a page: the tags, ids, links, and the text without cards."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.ids, self.links, self.open, self.text = [], [], [], [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if tag == "a" and "href" in attrs else []
        if tag not in ("meta", "link", "img", "br", "hr", "input", "col"):
            self.open.append((tag, attrs.get("class") or ""))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if not any(css == "card" or tag == "style" for tag, css in self.open):
            self.text.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A report of two notebooks with all that may come their way."""
    folder = tmp_path_factory.mktemp("made")
    table = pd.DataFrame({"name": [LEE, None], "n": [1, 22]}).to_html(border=1)
    png = {
        "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    }
    links = "[second](02-second.ipynb#A%20Part?) [gone](../README.md) [words](article.html#s-1) [lost](02-second.ipynb#nowhere)"
    printed = [
        new_output("stream", name="stderr", text="a warning"),
        new_output("stream", name="stdout", text="<b>\x07"),
    ]
    first = notebook(
        shown({"text/markdown": "<script>alert(1)</script> **3** of " + prose.plain("$x$ <b>*y*_z_ [a](b) 1. `c`")}),
        new_markdown_cell("## Who & what?\n\nText."),
        shown({"text/html": f"<div><style scoped>td {{color: red}}</style><script>alert(2)</script>{table}</div>"}),
        shown(png, **{"image/png": {"alt": "A dot, as red as can be"}}),
        new_markdown_cell(f"{links} <img src='https://example.org/x.png' alt='away'>"),
        new_code_cell("print()", outputs=printed),
        new_markdown_cell("# Twice"),
    )
    paths = [folder / "01-first.ipynb", folder / "02-second.ipynb"]
    nbformat.write(first, paths[0])
    nbformat.write(
        notebook(new_markdown_cell("## A Part?\n\nx"), new_markdown_cell("## A Part?"), title="No heading"), paths[1]
    )
    report.write(full(), paths, folder / "report")
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "report").glob("*.html"))}


# --- annotating ----------------------------------------------------------------------------------------------------------------


def test_annotated_text_is_the_printed_text():
    made = full()
    page = Read(annotate.annotate(made))
    assert not page.open
    assert len(page.ids) == len(set(page.ids))
    marked = re.search(r'<div class="text">(.*?)<h2', annotate.annotate(made), re.DOTALL)[1]
    words = html.unescape(re.sub(r'<span class="card".*?</span>|<[^>]*>', "", marked, flags=re.DOTALL))
    assert all(block in words for block in made.blocks.text)


def test_each_mark_is_linked_both_ways():
    made = full()
    page = Read(annotate.annotate(made))
    for anchor in [*made.quotes.quote_id, *made.statements.statement_id]:
        assert {anchor, f"row-{anchor}"} <= set(page.ids)
        assert {f"#{anchor}", f"#row-{anchor}"} <= set(page.links)
    marks = [attrs for attrs in page.named("mark") if attrs.get("tabindex") == "0"]
    assert len(marks) == sum(map(len, made.quotes.spans))
    assert {attrs["aria-describedby"] for attrs in marks} <= set(page.ids)
    pins = [attrs for attrs in page.named("span") if attrs.get("tabindex") == "0"]
    assert [attrs["aria-label"] for attrs in pins] == [f"Statement. {RAY} on “Talks & <i>trade</i>”: for"]
    assert {attrs["aria-describedby"] for attrs in pins} <= set(page.ids)
    cards = [attrs["role"] for attrs in page.named("span") if attrs["class"] == "card"]
    assert cards == ["note"] * (len(marks) + len(pins))


def test_actors_and_events_are_linked_both_ways(shipped):
    page = lxml.html.fragment_fromstring(annotate.annotate(shipped), create_parent="div")
    for row in shipped.mentions.itertuples():
        (mark,) = page.xpath(f".//*[@id='{row.mention_id}']")
        assert mark.get("data-who").startswith(dict(zip(shipped.actors.actor_id, shipped.actors.name))[row.actor_id])
        (actor,) = page.xpath(f".//tr[@id='{annotate.actor_anchor(row.actor_id)}']")
        assert f"#{row.mention_id}" in actor.xpath(".//a/@href")
    for row in shipped.events.itertuples():
        (words,) = page.xpath(f".//span[@id='{row.event_id}']")
        assert words.text_content()[:9] == row.text[:9]
        assert f"#{row.event_id}" in page.xpath(f".//tr[@id='row-{row.event_id}']//a/@href")
    assert not page.xpath(".//a//a")


def test_a_mention_inside_another_is_no_link():
    rows = [
        {"mention_id": "m-1", "actor_id": "a", "block_id": "b", "start": 0, "end": 13, "text": "", "form": "nominal"},
        {"mention_id": "m-2", "actor_id": "a", "block_id": "b", "start": 5, "end": 7, "text": "", "form": "name"},
    ]
    mentions = schema.frame("mentions", [MADE | row for row in rows])
    actors = schema.frame("actors", [actor("a", None) | {"actor_id": "a"}])
    of = annotate.SideOf({"": annotate.Side("", "", "s0", 0)}, actors)
    made = annotate.nested("some EU diplomats", 0, 17, annotate._mention_marks(mentions, actors, of))
    assert re.sub(r' (class|data-who)="[^"]*"', "", made) == (
        '<a id="m-1" href="#actor-a">some <span id="m-2">EU</span> diplo</a>mats'
    )


@pytest.mark.parametrize(
    "kind, speaker, cited",
    [
        ("direct", LEE, "“We will stay” (Ann <b>Lee</b>). “Talks <go> on”, no date, characters 40–53."),
        ("indirect", LEE, "Ann <b>Lee</b>, as the article reports it: “We will stay”. “Talks <go> on”, no date, characters 40–53."),
        ("mixed", None, "speaker unknown, as the article reports it: “We will stay”. “Talks <go> on”, no date, characters 40–53."),
    ],
)  # fmt: skip
def test_a_citation_gives_as_spoken_only_what_stands_in_marks(kind, speaker, cited):
    made = dossier(quotes=[quote(kind, speaker, "We will stay,")])
    assert annotate.citation(next(made.quotes.itertuples()), made.article) == cited
    assert cited in " ".join(Read(annotate.annotate(made)).text)


def test_excerpts_hold_what_is_evidence_and_no_more(shipped):
    text, kept = shipped.article.text, annotate.evidence(shipped)
    assert all(a < b for a, b in kept) and all(b < c for (_, b), (c, _) in itertools.pairwise(kept))
    page = annotate.annotate(shipped, excerpts=True)
    found = Read(page)
    assert not found.open and len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links} <= set(found.ids)
    shown = html.unescape(re.sub(r'<span class="card".*?</span>|<div class="margin">.*?</div>|<[^>]*>', "", page[page.index('<div class="text">') : page.index('<h2 id="quotations"')]))  # fmt: skip
    assert "".join(shown.replace(annotate.LEFT_OUT, "").split()) == "".join("".join(text[a:b] for a, b in kept).split())
    assert sum(b - a for a, b in kept) < len(text)


@pytest.mark.parametrize(
    "marks, made",
    [
        ([], "abcdef"),
        ([(0, 1, 3)], "a[0bc]def"),
        ([(0, 0, 6), (1, 1, 2)], "[0a[1b]cdef]"),
        ([(1, 0, 4), (0, 2, 6)], "[1ab][0[1cd]ef]"),
        ([(0, 0, 4), (0, 2, 6)], "[0ab[0cd]][0ef]"),
        ([(0, -3, 2), (1, 5, 9)], "[0ab]cde[1f]"),
    ],
)
def test_marks_are_nested(marks, made):
    marks = [annotate.Mark(layer, start, end, f"[{layer}", f"[{layer}", "]", "]") for layer, start, end in marks]
    assert annotate.nested("abcdef", 0, 6, marks) == made


@pytest.mark.parametrize(
    "text, made", [("a & <b>", "a &amp; &lt;b&gt;"), ("\x00\ud800\x1f", "\ufffd\ufffd\ufffd"), ("“ä”\n", "“ä”\n")]
)
def test_text_is_escaped(text, made):
    assert annotate.shown(text) == made


MARKUP = [
    "$x$ <b>*y*_z_ [a](b)",
    "1. one",
    "- a",
    "# a",
    "`c` \\* ~~s~~ |t|",
    "https://a.b www.a.b a@b.c",
    "&amp; &#36;",
    "***",
    "a\n\n# b",
    "| a |\n|---|",
]


@pytest.mark.parametrize("text", MARKUP)
def test_plain_words_stay_words_in_markdown(text):
    page = Read(notebook_pages.sentence(prose.plain(text)))
    assert {tag for tag, _ in page.tags} <= {"p"}
    assert "".join(page.text).strip() == " ".join(text.split())


def test_a_table_has_words_to_the_left_and_numbers_to_the_right():
    frame = pd.DataFrame({"name": [LEE, None], "n": [1, 22], "sure": [0.5, None], "on": [True, False]})
    made = lxml.html.fragment_fromstring(prose.table(frame, "A & b")._repr_html_())
    sides = [re.search(r"text-align: (\w+)", cell.get("style"))[1] for cell in made.xpath(".//th | .//td")]
    assert sides == ["left", "right", "right", "left"] * 3
    assert made.findtext("caption") == "A & b" and made.xpath(".//td")[0].text == LEE


@pytest.mark.parametrize("number, made", [(0, "no quotations"), (1, "1 quotation"), (2100, "2,100 quotations")])
def test_numbers_are_grammatical(number, made):
    assert prose.many(number, "quotation") == made


@pytest.mark.parametrize(
    "names, made", [("", "none"), ("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C"), ("ABCDE", "A, B and 3 more")]
)
def test_names_are_listed(names, made):
    assert prose.listed(list(names), 3) == made


def test_sides_have_the_colours_of_the_figures():
    style = (annotate.TEMPLATES / "report.css").read_text(encoding="utf-8").casefold()
    for number, colour in enumerate([OTHER, *SIDES]):
        assert f"--s{number}-f: {colour.casefold()};" in style


def test_a_statement_leads_to_the_matrix_where_there_is_one():
    links = Read(annotate.annotate(full(), {"no-holder": "04.html#no-holder"})).links
    assert links.count("04.html#no-holder") == 2  # from the card and from the row of the table
    assert "04.html" not in "".join(Read(annotate.annotate(full())).links)


def test_a_statement_that_a_quotation_cuts_is_marked_whole():
    made = full()
    page = lxml.html.fragment_fromstring(annotate.annotate(made), create_parent="div")
    assert len(page.xpath(".//*[@data-of='s-1']")) and words_marked(page, "s-1") == "Bob Ray said. “Talks"
    assert '[id="s-1"]:target) :is([id="s-1"], [data-of="s-1"])' in annotate.joined(annotate.annotate(made))
    assert annotate.joined("nothing cut") == ""


# --- the overview --------------------------------------------------------------------------------------------------------------


STAY = ("direct", LEE, "We will stay,")
FINDINGS = [
    ([], [], "Nobody is quoted.", "The article holds no words that somebody is reported to say or write."),
    (
        [],
        [("direct", None, "We will stay,")],
        "For whom the speakers speak is unknown.",
        "Speakers whose side is unknown supply all 3 quoted words.",
    ),
    (
        [actor(LEE, None)],
        [STAY],
        "For whom the speaker speaks is unknown.",
        f"{LEE} supplies all 3 quoted words.",
    ),
    (
        [actor(LEE, None), actor("Iceland", "ISL", "state", country="ISL")],
        [STAY, ("direct", "Iceland", "the vote was over")],
        "One side has more than half of the quoted words.",
        "Iceland supplies 4 of the 7 quoted words; nobody known to be independent is heard.",
    ),
    (
        [actor(LEE, "independent")],
        [STAY],
        "Only independent voices speak.",
        f"Independent voices supply all 3 quoted words, all of them by {LEE}.",
    ),
    (
        [actor("United States", "USA", "state", country="USA")],
        [("direct", "United States", "Talks")],
        "One side speaks.",
        "The United States supplies the one quoted word; nobody independent is heard.",
    ),
    (
        [actor("Iceland", "ISL", "state", country="ISL"), actor(LEE, "ISL"), actor(RAY, "independent")],
        [STAY, ("direct", "Iceland", "Talks"), ("direct", RAY, "was over")],
        "One side has more than half of the quoted words.",
        f"Iceland supplies 4 of the 6 quoted words, 3 of them by {LEE}; then come independent voices (2).",
    ),
]


@pytest.mark.parametrize("actors, quotes, lead, sentence", FINDINGS)
def test_finding(actors, quotes, lead, sentence):
    assert overview._finding(overview._heard(dossier(actors=actors, quotes=[quote(*about) for about in quotes]))) == (
        lead,
        sentence,
    )


LONG = TEXT + "\n“" + "word " * 60 + "end.” said Ann.\n"
TILES = [  # who speaks in which words: the tiles of speakers and of words
    (
        [actor(LEE, None)],
        [STAY],
        ("1", "speaker, none known to be independent"),
        ("0 of 3", "quoted words for a known side"),
    ),
    (
        [actor(LEE, "ISL")],
        [STAY, ("direct", RAY, "That is")],
        ("2", "speakers, none known to be independent"),
        ("3 of 5", "quoted words for Iceland"),
    ),
    (
        [actor(LEE, "independent")],
        [("direct", LEE, "word " * 60 + "end.")],
        ("1", "speaker, 1 independent"),
        ("100\u00a0%", "of quoted words by independent voices"),
    ),
    (
        [actor(LEE, "DOM")],
        [("direct", LEE, "word " * 60 + "end.")],
        ("1", "speaker, none independent"),
        ("100\u00a0%", "of quoted words for the Dominican Republic"),
    ),
]


@pytest.mark.parametrize("actors, quotes, speakers, words", TILES)
def test_tiles(actors, quotes, speakers, words):
    heard = overview._heard(dossier(LONG, actors=actors, quotes=[quote(*about, text=LONG) for about in quotes]))
    assert overview._tiles(heard)[1:3] == [speakers, words]
    assert ("%" in overview._bars(heard)[0]["value"]) == (heard.total >= overview.FEW)


@pytest.mark.parametrize(
    "confidences, said",
    [
        ((0.5,), "below 0.70 for the one quotation"),
        ((0.9,), "0.70 or more for the one quotation"),
        ((0.9, 0.9), "0.70 or more for each of the 2 quotations"),
        ((0.5, 0.5), "below 0.70 for each of the 2 quotations"),
        ((0.5, 0.9), "below 0.70 for 1 of the 2 quotations"),
    ],
)
def test_confidence_is_told(tmp_path, confidences, said):
    words = ("We will stay,", "That is $x$")
    quotes = [quote("direct", LEE, part, confidence=value) for part, value in zip(words, confidences)]
    page = report.write(dossier(actors=[actor(LEE, "ISL")], quotes=quotes), [], tmp_path / "made").read_text(
        encoding="utf-8"
    )
    assert said in page


def test_thoughts_acts_and_scare_quotes_are_no_plain_speech():
    quotes = [
        quote(*STAY, speech="thought"),
        quote("scare", None, "Talks"),
        quote("indirect", None, "was over", speech="act"),
    ]
    assert overview._finding(overview._heard(dossier(quotes=quotes)))[0] == "Nobody is quoted."


def test_somebody_spoken_for_is_not_silent():
    club = actor("Club", None, "organisation", actor_id="club")
    actors = [
        actor("Ayr", "AYR", "state", country="AYR"),
        actor(LEE, "AYR", affiliation_id="club"),
        club,
        actor(RAY, "AYR"),
    ]
    assert overview._heard(dossier(actors=actors, quotes=[quote("direct", LEE, "We will stay,")])).never == [RAY]


@pytest.mark.parametrize(
    "review, said",
    [
        (None, "read by the machine, not yet reviewed"),
        (
            Review(by="the <reviewer>", on="2026-11-20"),
            "partly reviewed by the &lt;reviewer&gt; on 20 November 2026 (none of 1 quotation)",
        ),
        (
            Review(by="the <reviewer>", on="2026-11-20"),
            "the &lt;reviewer&gt; looked at none of 1 quotation.",
        ),
    ],
)
def test_review_is_told(tmp_path, review, said):
    report.write(dossier(quotes=[quote("direct", None, "We will stay,")], review=review), [], tmp_path / "made")
    assert said in (tmp_path / "made" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["Rain fell.", "<b>", "\x00\ud800 a"])
def test_an_article_with_nothing_in_it(tmp_path, text):
    index = report.write(dossier(text=text, title=""), [], tmp_path / "made").read_text(encoding="utf-8")
    assert all(words in index for words in ("Untitled article", "no date", "Nobody is quoted.", "Nothing: no actor"))


# --- pages -----------------------------------------------------------------------------------------------------------------------


def test_every_page_is_whole(pages):
    assert list(pages) == ["01-first.html", "02-second.html", "article.html", "index.html"]
    for name, source in pages.items():
        page = Read(source)
        assert not page.open
        assert [attrs["lang"] for attrs in page.named("html")] == ["en"]
        assert len(page.named("h1")) == 1
        assert len(page.ids) == len(set(page.ids))
        assert [attrs["href"] for attrs in page.named("a") if attrs.get("aria-current") == "page"] == [name]
        assert page.links[0] == "#main"
        assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "form", "base"}


def test_links_and_anchors_lead_somewhere(pages):
    read = {name: Read(source) for name, source in pages.items()}
    for name, page in read.items():
        for target, _, anchor in (link.partition("#") for link in page.links):
            if target in ("tables.xlsx", "tables.zip"):
                continue
            assert (target or name) in read
            assert not anchor or anchor in read[target or name].ids
    assert {"02-second.html#a-part", "02-second.html", "article.html#s-1"} <= set(read["01-first.html"].links)
    assert "gone" in "".join(read["01-first.html"].text)


def test_nothing_is_loaded_and_nothing_runs(pages):
    for source in pages.values():
        page = Read(source)
        assert all(not re.match(r"(https?:)?//", attrs.get("src") or "") for _, attrs in page.tags)
        assert all(attrs["href"].startswith("data:") for attrs in page.named("link"))
        assert not re.search(r"url\(|@import", source)
        assert not any(
            key.startswith("on") or (key == "style" and "url" in value)
            for _, attrs in page.tags
            for key, value in attrs.items()
        )


def test_markup_comes_out_as_text(pages):
    words = {name: "".join(Read(source).text) for name, source in pages.items()}
    assert "<script>alert(1)</script> 3 of $x$ <b>*y*_z_ [a](b) 1. `c`" in words["01-first.html"]
    assert LEE in words["01-first.html"] and LEE in words["index.html"]
    assert "Talks go on <script>alert(1)</script>" in words["article.html"]
    assert "Talks & <i>trade</i>" in words["article.html"]
    assert "<b>\ufffd" in words["01-first.html"]
    assert not any("color: red" in text or "alert(2)" in text for text in words.values())


def test_tables_and_pictures(pages):
    page = Read(pages["01-first.html"])
    regions = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "region"]
    assert regions == ["Table 1: Who & what?", "Picture 1: Who & what?"]
    assert not any({"border", "style"} & set(attrs) for _, attrs in page.tags)
    assert [attrs.get("scope") for attrs in page.named("th")] == ["col", "col"]
    assert [attrs.get("class") for attrs in page.named("td")] == [None, "n", "none", "n"]
    assert [attrs["alt"] for attrs in page.named("img")] == ["A dot, as red as can be"]


TABLE = pd.DataFrame({"name": ["Ann", "Bob"], "kind": ["x", "y"], "n": [1, 22]})
HEADS = [
    (TABLE.to_html(), [["name", "kind", "n"]], ["Ann", "x", "1"]),
    (TABLE.set_index("name").to_html(), [["name", "kind", "n"]], ["Ann", "x", "1"]),
    (TABLE.set_index(["name", "kind"]).style.set_caption("C").to_html(), [["name", "kind", "n"]], ["Ann", "x", "1"]),
    (TABLE.groupby("kind").agg({"n": ["sum", "max"]}).to_html(), [["", "n"], ["kind", "sum", "max"]], ["x", "1", "1"]),
    (TABLE[["n"]].set_index(pd.Index([0, 7])).to_html(), [["", "n"]], ["0", "1"]),
    (TABLE.head(0).to_html(), [["", "name", "kind", "n"]], None),
]


@pytest.mark.parametrize(
    "table, stacked",
    [
        (TABLE, False),
        (TABLE.assign(words="many words that no phone shows beside others"), True),
    ],
)
def test_a_table_too_wide_for_a_phone_becomes_cards(table, stacked):
    body = lxml.html.fragment_fromstring(prose.table(table, "C")._repr_html_(), create_parent="div")
    made = body.find(".//table")
    notebook_pages._tidy(made, 1)
    assert (made.get("class") == "stack") == stacked
    labels = [cell.get("data-label") for cell in made.iterfind("tbody/tr[1]/td")]
    assert labels == ([None, "kind", "n", "words"] if stacked else [None] * len(table.columns))


@pytest.mark.parametrize(
    "text, first",
    [
        ("Will it rain? (The Herald, no date) has 3 words. More.", "Will it rain? (The Herald, no date) has 3 words."),
        ("The U.S. said so. 4 more did.", "The U.S. said so."),
        ("It is 3.5 high.", "It is 3.5 high."),
        ("no end", "no end"),
    ],
)
def test_the_answer_is_the_first_sentence(text, first):
    body = lxml.html.fragment_fromstring(f'<p class="computed"></p><div class="computed"><p>{text}</p></div>', "div")
    assert notebook_pages._first_sentence(body) == first


def test_an_empty_table_is_a_sentence():
    body = lxml.html.fragment_fromstring(prose.table(TABLE.head(0), "A & B")._repr_html_(), create_parent="div")
    notebook_pages._tidy(body.find(".//table"), 1)
    assert [(element.tag, element.text) for element in body.iter("table", "p")] == [("p", "A & B: none.")]


@pytest.mark.parametrize(
    "credit, rights, said",
    [
        ("Wikinews, CC BY 2.5", "CC BY 2.5", "The article: Wikinews, CC BY 2.5."),
        ("A copy.", "Kept for study.", "The article: A copy. Terms: Kept for study."),
        (None, None, "The article: source unknown. Terms: not stated; its rights stay with whoever holds them."),
    ],
)
def test_credit_is_told_once(tmp_path, credit, rights, said):
    made = dossier()
    made = replace(made, article=replace(made.article, credit=credit, rights=rights))
    page = report.write(made, [], tmp_path / "made").read_text(encoding="utf-8")
    assert f"<p>{said}</p>" in page


@pytest.mark.parametrize("source, head, first", HEADS)
def test_tables_of_pandas_are_read_alike(source, head, first):
    body = notebook_pages.CLEAN.clean_html(lxml.html.fragment_fromstring(source, create_parent="div"))
    table = body.find(".//table")
    notebook_pages._tidy(table, 1)
    texts = [[notebook_pages.words_of(cell) for cell in row] for row in table.iter("tr")]
    assert texts[: len(head)] == head
    assert texts[len(head) :][:1] == ([first] if first else [])


def test_code_is_folded_and_messages_are_hidden(pages):
    page = Read(pages["01-first.html"])
    assert {"code", "messages"} == {attrs["class"] for attrs in page.named("details")}
    assert not any("open" in attrs for attrs in page.named("details"))
    assert "messages" not in {attrs["class"] for attrs in Read(pages["02-second.html"]).named("details")}


# --- from the matrix to the words and back ----------------------------------------------------------------------------------------


def words_marked(article, statement):
    """The words that a statement's marks hold in the annotated article, without cards."""
    pieces = article.xpath(f".//*[@id='{statement}' or @data-of='{statement}']")
    words = [text for piece in pieces for text in piece.xpath(".//text()[not(ancestor::*[@class='card'])]")]
    return " ".join("".join(words).split())


@pytest.fixture(scope="module", params=["nato-russia-2022", "new-zealand-flag-2015"])
def stands(request, tmp_path_factory):
    """The dossier of a shipped article, the page of its matrix, as executed for it, and its annotated article."""
    folder, name = tmp_path_factory.mktemp("stands"), "04-who-stands-where"
    (folder / "books").mkdir()
    books = [Path(shutil.copy(data.root() / "notebooks" / f"{name}.ipynb", folder / "books"))]
    if request.param != "nato-russia-2022":  # of which the committed outputs are
        books = report.execute(request.param, None, folder / "x", source=folder / "books")
    made = loaded(request.param)
    report.write(made, books, folder / "report")
    page, article = (lxml.html.parse(folder / "report" / f"{n}.html").getroot() for n in (name, "article"))
    return made, page, article


def test_every_cell_of_the_matrix_leads_to_the_words(stands):
    made, page, article = stands
    statements, met = made.statements.set_index("statement_id"), []
    titles = dict(zip(made.codebook.issues.issue, made.codebook.issues.title))
    (table,) = page.findall(".//table[@class='matrix']")
    heads = [" ".join(head.text_content().split()) for head in table.findall("thead/tr/th")]
    for row in table.findall("tbody/tr"):
        for title, cell in zip(heads, row):
            for link in cell.findall(".//a"):
                file, _, anchor = link.get("href").partition("#")
                about = statements.loc[anchor]
                assert file == "article.html" and len(article.xpath(f"//*[@id='{anchor}']")) == 1
                assert words_marked(article, anchor) == " ".join(about.text.split())
                assert row.get("id") == linked.holder_anchor(about.holder_id) and title == titles[about.issue]
                assert link.text == linked.sign_of(about) and link.getparent().get("class") == about.position
                assert linked.POSITIONS[about.position] in link.get("aria-label") and title in link.get("aria-label")
                met.append(anchor)
        assert int(row[1].text) == sum(len(cell.findall(".//a")) for cell in row)
    assert sorted(met) == sorted(statements.index)


def test_the_words_lead_back_to_the_matrix(stands):
    made, page, article = stands
    for row in made.statements.itertuples():
        back = f"04-who-stands-where.html#{linked.holder_anchor(row.holder_id)}"
        for place in (f"card-{row.statement_id}", f"row-{row.statement_id}"):
            assert back in article.xpath(f"//*[@id='{place}']//a/@href")
        assert len(page.xpath(f"//tr[@id='{linked.holder_anchor(row.holder_id)}']")) == 1
        (evidence,) = page.xpath(f"//tr[@id='row-{row.statement_id}']")
        holder, words = evidence.xpath(".//a/@href")
        assert holder == f"#{linked.holder_anchor(row.holder_id)}" and words == f"article.html#{row.statement_id}"


def test_the_matrix_is_a_table_for_everybody(stands):
    _, page, _ = stands
    (table,) = page.findall(".//table[@class='matrix']")
    region = table.getparent()
    assert region.get("role") == "region" and region.get("tabindex") == "0" and table.find("caption") is not None
    assert {head.get("scope") for head in table.findall("thead/tr/th")} == {"col"}
    assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in table.findall("tbody/tr"))
    assert not page.findall(".//body//style")


def test_ids_of_other_tables_are_taken_away():
    body = lxml.html.fragment_fromstring("<p id='main'>a</p><p id='row-1'>b</p><p id='row-1'>c</p>", "div")
    page = notebook_pages.Page("a.html", "a", "a")
    notebook_pages._keep_anchors(body, page)
    assert body.xpath(".//@id") == page.rows == ["row-1"]


# --- rows of the notebooks' tables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table, links",
    [
        ([["name", "n"], [RAY, "2"]], [f"article.html#actor-{schema.row_id('a', RAY)}"]),
        ([["side", "n"], [RAY, "2"]], []),  # means whoever speaks for it
        ([["speaker", "words"], [RAY, "We will stay,"]], ["article.html#{q}"]),
        ([["words", "n"], ["We will …", "2"]], []),  # too short to tell
        ([["words"], ["the vote was …"]], ["article.html#{i}"]),
        ([["kind"], ["direct"]], []),
        ([["printed"], ["lks, yes"]], ["article.html#r-1"]),
        (
            [["printed", "name"], ["lks, yes", RAY]],
            [f"article.html#actor-{schema.row_id('a', RAY)}"],
        ),  # a misspelt name
    ],
)
def test_rows_lead_to_the_words(table, links):
    made = full()
    ids = {"q": made.quotes.quote_id[0], "i": made.quotes[made.quotes.kind == "indirect"].quote_id.iloc[0]}
    frame = pd.DataFrame(table[1:], columns=table[0])
    book = notebook_pages.Page("01.html", "1", "1", body=frame.to_html(index=False))
    article = notebook_pages.Page("article.html", "a", "a", body=annotate.annotate(made))
    notebook_pages.lead_to_words([book], made, article)
    assert Read(book.body).links == [link.format(**ids) for link in links]


# --- writing ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    folder = tmp_path_factory.mktemp("single")
    for name in ("01-first", "02-second"):
        nbformat.write(
            notebook(new_markdown_cell("## A Part?\n\n[on](02-second.ipynb#A-Part?)")), folder / f"{name}.ipynb"
        )
    report.write(full(), sorted(folder.glob("*.ipynb")), folder / "one.html", form="html")
    return folder / "one.html"


def test_one_file_holds_the_report(single):
    page = Read(single.read_text(encoding="utf-8"))
    assert not page.open and len(page.ids) == len(set(page.ids))
    assert len(page.named("main")) == 1 and [attrs["id"] for attrs in page.named("section") if "main" in attrs.get("class", "")] == ["index", "article", "01-first", "02-second"]  # fmt: skip
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert {"article", "02-second-a-part", *full().quotes.quote_id} <= inside
    loaded = [attrs for attrs in page.named("a") if not attrs["href"].startswith("#")]
    assert [attrs["download"] for attrs in loaded] == ["tables.xlsx", "tables.zip"]
    workbook = base64.b64decode(loaded[0]["href"].partition(",")[2])
    assert openpyxl.load_workbook(io.BytesIO(workbook)).sheetnames[:2] == ["About", "blocks"]
    assert {attrs["aria-describedby"] for _, attrs in page.tags if "aria-describedby" in attrs} <= set(page.ids)


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_another_file_is_refused(tmp_path, single, form):
    report.refuse_others(single, "html")  # ours
    mine = tmp_path / "thesis.html"
    mine.write_text("work of years")
    with pytest.raises(data.InputError, match="is not a report of On Record"):
        report.write(full(), [], mine, form=form)
    with pytest.raises(data.InputError, match="there is no folder"):
        report.write(full(), [], tmp_path / "gone" / "one.html", form=form)
    assert mine.read_text() == "work of years"


def test_no_pdf_without_a_browser(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(printing, "PLACES", ())
    with pytest.raises(data.InputError, match="no Chromium or Chrome is installed"):
        report.write(full(), [], tmp_path / "one.pdf", form="pdf")
    assert not (tmp_path / "one.pdf").exists()


def test_excerpts_leave_the_text_out_of_pages_and_tables(tmp_path, nato):
    report.write(nato, [], tmp_path / "made", excerpts=True)
    hidden = "The Western-led diplomatic effort picked up pace"
    assert hidden in nato.article.text
    for path in (tmp_path / "made").glob("*.html"):
        assert hidden not in path.read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "made" / "tables.zip") as archive:
        tables = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(tables) == {*(f"{name}.csv" for name in schema.TABLES), "datapackage.json"}
    assert not [name for name, table in tables.items() if hidden in table]
    book = openpyxl.load_workbook(tmp_path / "made" / "tables.xlsx")
    assert not [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if hidden in str(cell.value)]


def test_another_folder_is_refused(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("work of years")
    with pytest.raises(ValueError, match=r"not a report of On Record \(thesis.txt\)"):
        report.write(full(), [], folder)
    with pytest.raises(ValueError, match="this is a file"):
        report.write(full(), [], folder / "thesis.txt")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.txt"]


def test_a_report_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "deep" / "report"
    book = tmp_path / "01-a.ipynb"
    nbformat.write(notebook(), book)
    report.write(full(), [book], folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    report.write(full(), [book], folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    monkeypatch.setattr(writing, "annotate", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        report.write(full(), [], folder)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    report.write(full(), [], folder)
    left = ["article.html", "index.html", "onrecord.json", "tables.xlsx", "tables.zip"]
    assert sorted(path.name for path in folder.iterdir()) == left
    assert json.loads((folder / "onrecord.json").read_text())["article"] == "talks"
    assert [path.name for path in folder.parent.iterdir()] == ["report"]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="notes.txt"):
        report.write(full(), [], folder)


# --- executing -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source, values, made",
    [
        ('ARTICLE = "nato-russia-2022"', {"ARTICLE": 'a\\b "c"'}, "ARTICLE = 'a\\\\b \"c\"'"),
        ("PUBLISHED = None  # a date", {"PUBLISHED": "2024-05-01"}, "PUBLISHED = '2024-05-01'  # a date"),
        (
            "OTHER = 'x'\nARTICLE='it\\'s'\nREVIEW = True",
            {"ARTICLE": "y", "REVIEW": False},
            "OTHER = 'x'\nARTICLE='y'\nREVIEW = False",
        ),
        ("print()", {"PUBLISHED": None}, "print()"),
    ],
)
def test_parameters_are_replaced(source, values, made):
    cells = [new_code_cell(source, metadata={"tags": ["parameters"]}), new_code_cell(source)]
    assert [cell.source for cell in report.with_parameters(new_notebook(cells=cells), values).cells] == [made, source]


@pytest.mark.parametrize("source", ["print(ARTICLE)", "ARTICLE = name", "MY_ARTICLE = 'x'"])
def test_a_parameter_that_finds_no_place_is_told(tmp_path, source):
    nbformat.write(
        new_notebook(cells=[new_code_cell(source, metadata={"tags": ["parameters"]})]), tmp_path / "01-a.ipynb"
    )
    with pytest.raises(NotebookError, match="^01-a.ipynb: no cell tagged `parameters` assigns .* ARTICLE$"):
        report.execute("rain", None, tmp_path / "made", source=tmp_path)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Two notebooks executed on a file, two more that are no part of a report, and what was told meanwhile."""
    folder, told = tmp_path_factory.mktemp("books"), []
    nbformat.write(
        notebook("import os, sys; print(ARTICLE, PUBLISHED)", "print(os.getcwd())", "sys.executable"),
        folder / "01-one.ipynb",
    )
    nbformat.write(notebook("PUBLISHED"), folder / "02-two.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), folder / "00-start.ipynb")
    nbformat.write(notebook("1 / 0", metadata={"onrecord": {"report": False}}), folder / "08-own.ipynb")
    (folder / "story.txt").write_text("Rain fell.")
    paths = report.execute(
        str(folder / "story.txt"), "2024-05-01", folder / "scratch", lambda *now: told.append(now), source=folder
    )
    return folder, paths, told


def test_notebooks_are_executed_with_their_values(executed):
    folder, paths, told = executed
    assert [path.name for path in paths] == ["01-one.ipynb", "02-two.ipynb"]
    book = nbformat.read(paths[0], 4)
    outputs = [cell.outputs[0] for cell in book.cells if cell.get("outputs")]
    assert outputs[0].text == f"{folder / 'story.txt'} 2024-05-01\n"
    assert outputs[1].text == f"{folder}\n"
    assert outputs[2].data["text/plain"] == repr(sys.executable)
    assert book.cells[1].source == "ARTICLE = 'story.txt'  # any\nPUBLISHED = '2024-05-01'"
    assert {name for name, _, _ in told} == {"01-one", "02-two"}
    assert told[-1][1:] == (2, 2)
    assert 'ARTICLE = "nato-russia-2022"' in nbformat.read(folder / "01-one.ipynb", 4).cells[1].source


SLIDER = """from IPython.display import display
from ipywidgets import IntSlider
view = {"version_major": 2, "version_minor": 0, "model_id": IntSlider().model_id}
display({"application/vnd.jupyter.widget-view+json": view, "text/plain": "a slider"}, raw=True)"""


def test_notebooks_are_executed_in_place(tmp_path):
    paths = [tmp_path / "01-one.ipynb", tmp_path / "02-same.ipynb"]
    metadata = {"language_info": {"name": "python", "version": "3.0.1"}}
    sources = "import sys\nprint(1); print('w', file=sys.stderr); print(2)", "ARTICLE", SLIDER
    book = notebook(*sources, metadata=metadata)
    book.cells[2].metadata["execution"] = {"iopub.execute_input": "2020-01-01"}
    for path in paths:
        nbformat.write(book, path)
    report.execute_in_place(paths)
    made = nbformat.read(paths[0], 4)
    assert [cell.execution_count for cell in made.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    assert made.cells[4].outputs[0].data == {"text/plain": "a slider"}  # and nothing of the widget
    assert made.cells[3].outputs[0].data["text/plain"] == "'nato-russia-2022'"
    assert made.cells[2].metadata == {}
    assert [output.text for output in made.cells[2].outputs] == ["1\n2\n", "w\n"]
    assert made.metadata == executing.METADATA
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths


def test_a_failing_notebook_is_named(tmp_path):
    path = tmp_path / "03-bad.ipynb"
    nbformat.write(notebook("1", "raise ValueError('first\\nlast words')"), path)
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=r"^03-bad.ipynb, code cell 3: ValueError: last words$"):
        report.execute_in_place([path])
    assert path.read_bytes() == before
