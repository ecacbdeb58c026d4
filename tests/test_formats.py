"""Files of every kind: the same story out of each, what is left out, and one line for what cannot be read."""

import io
import re
import socket
import zipfile

import docx
import pandas as pd
import pypdf
import pytest

import onrecord
from onrecord import article, cli, formats, pdf
from onrecord.data import InputError
from onrecord.pdf import Line

STORY = [
    "Council votes to close the old bridge",
    "The council of Ayr voted on Tuesday to close the old bridge to cars, a plan that traders called “a disaster”.",
    "“The bridge is not safe, and we cannot wait for another winter,” said Ann Leeming, the mayor of Ayr.",
    "Bob Raynor, who chairs the traders’ association, opposed the plan. “Nobody asked us,” he told reporters.",
    "The government would decide in a few well-known steps, and a long-term plan would follow in autumn.",
]
STATED = ("Council votes to close the old bridge", "The Ayr Courier", pd.Timestamp("2024-05-14"))
NOTHING = (STATED[0], None, None)


def plain(path):
    path.write_text("\n\n".join(STORY) + "\n", encoding="utf-8")


def markdown(path):
    marked = "\n\n".join(STORY[1:]).replace("Ann Leeming", "**Ann Leeming**")
    marked = marked.replace("Bob Raynor", "[Bob Raynor](https://news.example/bob)").replace(" to cars", "\nto *cars*")
    front = f"---\ntitle: {STORY[0]}\ndate: 2024-05-14\noutlet: The Ayr Courier\ntags: [bridge]\n---\n"
    aside = "\n\n![A bridge](b.jpg)\n\n| year | cars |\n| --- | --- |\n| 2023 | 900 |\n\n<!-- draft -->\n"
    path.write_text(f"{front}\n# {STORY[0]}\n\n{marked}{aside}", encoding="utf-8")


HEAD = """<title>{0} | The Ayr Courier</title><meta property="og:title" content="{0}"><meta property="og:site_name" content="The Ayr Courier">
<script src="https://cdn.example/t.js"></script>{1}"""
STATES = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-14T09:30:00+01:00"}</script>'
)
AROUND = """<div id="cookie-banner"><p>We and our partners use cookies on your device.</p><button>Accept all</button></div>
<nav><ul><li><a href="/home">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav><article><h1>{0}</h1>{1}</article>
<aside class="related"><h3>Related stories</h3><a href="/a">Ferry company fails</a><time datetime="2021-02-03">3 February 2021</time></aside>
<footer><p>© 2022 The Ayr Courier. All rights reserved.</p></footer>"""


def web(path, states=STATES, encoding="utf-8"):
    body = AROUND.format(STORY[0], "".join(f"<p>{line}</p>" for line in STORY[1:]).replace("disaster", "dis&shy;aster"))
    declared = f'<meta charset="{encoding}">'
    page = f"<html lang='en'><head>{declared}{HEAD.format(STORY[0], states)}</head><body>{body}</body></html>"
    path.write_bytes(page.encode(encoding.replace("iso-8859-1", "cp1252")))


def word(path):
    document = docx.Document()
    document.core_properties.title = "Draft 3"
    document.sections[0].header.paragraphs[0].text = "The Ayr Courier, page 1"
    document.add_paragraph(STORY[0], style="Title")
    for line in STORY[1:]:
        document.add_paragraph(line)
    document.add_table(1, 1).cell(0, 0).text = "In a table."
    document.save(path)


def printed(*pages):
    """A PDF of pages, each a list of (x, y, size, words): the least that a reader of PDFs takes."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        drawn = b""
        for x, y, size, words in page:
            shown = words.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            drawn += b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (size, x, y, shown)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + head + table + tail


def wrapped(text, width=46):
    """The lines of a text, words parted at a hyphen where they have one or where a list says so."""
    text = text.replace("association", "asso=ciation").replace("government", "govern=ment")
    lines = [""]
    for word in re.findall(r"[^\s=-]+(?:[-=]|\s|$)", text):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word
    ends = [line[:-1] + "-" if line.endswith("=") else line.strip() for line in lines]
    return [line.replace("=", "") for line in ends]


def pages(gap=0, indent=0, height=9):
    """The story on pages of so many lines, with heads and feet."""
    rows = [(40, 40, 18, STORY[0])]
    for line in STORY[1:]:
        rows += [(40 + indent * (nth == 0), 14 + gap * (nth == 0), 11, part) for nth, part in enumerate(wrapped(line))]
    made = []
    for nth, begin in enumerate(range(0, len(rows), height), 1):
        page, y = [(40, 570, 8, "The Ayr Courier"), (40, 20, 8, f"Page {nth} of 2")], 540
        for x, step, size, words in rows[begin : begin + height]:
            y -= step
            page.append((x, y, size, words))
        made.append(page)
    return made


KINDS = [
    ("story.txt", plain, NOTHING),
    ("story.md", markdown, STATED),
    ("story.html", web, STATED),
    ("story.docx", word, NOTHING),
    ("story.pdf", lambda path: path.write_bytes(printed(*pages(gap=7))), NOTHING),
    ("indented.pdf", lambda path: path.write_bytes(printed(*pages(indent=15))), NOTHING),
]


@pytest.mark.parametrize(("name", "write", "known"), KINDS, ids=[name for name, *_ in KINDS])
def test_the_same_story_out_of_every_kind(name, write, known, tmp_path, monkeypatch):
    def no_network(*_, **__):
        raise AssertionError("reading a file opens no connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    write(tmp_path / name)
    read = article.read(tmp_path / name)
    assert [line for line in read.text.split("\n") if line] == STORY
    assert (read.title, read.outlet, read.published) == known
    (tmp_path / name).with_suffix(".toml").write_text("published = 2020-01-01", encoding="utf-8")
    assert article.read(tmp_path / name).published == pd.Timestamp("2020-01-01")


def test_the_tables_are_the_same_too(tmp_path):
    made = []
    for name, write, _ in KINDS[2:5]:
        write(tmp_path / name)
        made.append(onrecord.load(tmp_path / name, published="2024-05-14"))
    for other in made[1:]:
        for name, table in made[0].tables.items():
            pd.testing.assert_frame_equal(table, other.tables[name])


PAGES = [  # what a page's head states, and the date that it gives
    (STATES, "2024-05-14"),
    ('<meta property="article:published_time" content="2024-05-14T23:30:00-07:00">', "2024-05-14"),
    ('<link rel="canonical" href="https://news.example/2024/05/14/bridge">', "2024-05-14"),
    ('<meta property="article:modified_time" content="2025-01-02">', None),
    ('<script type="application/ld+json">{"@type": "NewsArticle", "dateModified": "2025-01-02"}</script>', None),
    ("", None),  # neither the copyright's year nor the day of a related story
]


@pytest.mark.parametrize(("states", "day"), PAGES)
def test_the_date_of_a_page_is_stated_and_not_guessed(states, day, tmp_path):
    web(tmp_path / "page.html", states)
    found = article.read(tmp_path / "page.html").published
    assert found == (None if day is None else pd.Timestamp(day))


def test_a_page_in_the_encoding_that_it_declares(tmp_path):
    web(tmp_path / "page.html", encoding="iso-8859-1")
    assert article.read(tmp_path / "page.html").text.split("\n") == STORY


MARKDOWN = [
    ("A\nline\n\nand  \nanother", ["A line", "and", "another"]),
    (
        "> “Yes,” said **Ann** *Lee*.\n\n1. One [link](http://x.example 'title').\n2. `two`",
        ["“Yes,” said Ann Lee.", "One link.", "two"],
    ),
    ("    An indented paragraph of `2 < 3` &amp; snake_case.", ["An indented paragraph of 2 < 3 & snake_case."]),
    (
        "<div>Said <b>Ann</b>.<script>alert(1)</script></div>\n\nHe <br>left.\n\n```\ncode\n```",
        ["Said Ann.", "He left."],
    ),
    ("---\nNot front matter: [\n---\n\nYes.", ["Not front matter: [", "Yes."]),
    ("Headline\n========\n\nRain ﬁnally fell on Grif\u00adfith.", ["Headline", "Rain finally fell on Griffith."]),
]


@pytest.mark.parametrize(("source", "lines"), MARKDOWN)
def test_markdown_is_read_as_printed(source, lines, tmp_path):
    (tmp_path / "story.md").write_text(source, encoding="utf-8")
    assert formats.read(tmp_path / "story.md")[0].split("\n") == lines


def changed_word(path, body):
    """A Word file with this body, in WordprocessingML."""
    document = docx.Document()
    document.save(path)
    packed = zipfile.ZipFile(path)
    parts = {name: packed.read(name) for name in packed.namelist()}
    main = parts["word/document.xml"].decode()
    parts["word/document.xml"] = re.sub(r"<w:body>.*</w:body>", f"<w:body>{body}</w:body>", main, flags=re.S).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


WORDS = [
    ('<w:p><w:r><w:t>Ann </w:t></w:r><w:ins w:id="1"><w:r><w:t>Lee</w:t></w:r></w:ins></w:p>', "Ann Lee"),
    ('<w:p><w:r><w:t>Ann</w:t></w:r><w:del w:id="1"><w:r><w:delText> Lea</w:delText></w:r></w:del></w:p>', "Ann"),
    ("<w:p><w:moveFrom><w:r><w:t>Ann</w:t></w:r></w:moveFrom><w:r><w:t>Bob</w:t></w:r></w:p>", "Bob"),
    ("<w:sdt><w:sdtContent><w:p><w:r><w:t>Ann</w:t></w:r></w:p></w:sdtContent></w:sdt>", "Ann"),
    ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Bob</w:t></w:r><w:r><w:t>Ann</w:t></w:r></w:p>", "Ann"),
    ("<w:p><w:r><w:t>Ann</w:t><w:br/><w:t>Bob</w:t></w:r></w:p>", "Ann\nBob"),
    ("<w:p><w:r><w:t>Ann</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>", "Ann"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text"), WORDS)
def test_word_is_read_as_printed(body, text, tmp_path):
    changed_word(tmp_path / "story.docx", body)
    assert formats.read(tmp_path / "story.docx")[0] == text


def lines(*rows):
    """Printed lines of one column: (words, indent, gap to the line above)."""
    made, y = [], 700.0
    for words, indent, gap in rows:
        y -= gap
        made.append(Line(words, 0, 40.0 + indent, y, 11.0))
    return made


JOINED = [
    ([("The govern-", 0, 14), ("ment of Ayr met.", 0, 14)], ["The government of Ayr met."]),
    ([("A long-", 0, 14), ("term plan.", 0, 14)], ["A long-term plan."]),
    ([("The US-", 0, 14), ("Russia talks.", 0, 14)], ["The US-Russia talks."]),
    ([("Ann Leem-", 0, 14), ("ing met Bob Leeming.", 0, 14)], ["Ann Leeming met Bob Leeming."]),
    ([("A fjord-to-", 0, 14), ("fjord ride on the fjord-to-fjord line.", 0, 14)], ["A fjord-to-fjord ride on the fjord-to-fjord line."]),
    ([("The coun \u2010", 0, 14), ("cil and the may\u00ad", 0, 14), ("or.", 0, 14)], ["The council and the mayor."]),
    ([("In 2015-", 0, 14), ("16 it rained.", 0, 14)], ["In 2015-16 it rained."]),
    ([("One line of words, and", 0, 14), ("another. It goes on here", 0, 14), ("so.", 0, 14), ("Two lines of words, and", 0, 14)],
     ["One line of words, and another. It goes on here so.", "Two lines of words, and"]),
    ([("One line of words, and one", 0, 14), ("more of the words. It goes.", 0, 14), ("Two lines of words, and", 0, 22), ("the end of all of it, at last.", 0, 14)],
     ["One line of words, and one more of the words. It goes.", "Two lines of words, and the end of all of it, at last."]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "text"), JOINED)
def test_lines_are_joined_into_paragraphs(rows, text):
    assert pdf.joined(lines(*rows)) == text


def test_margins_are_left_out():
    rows = [Line(f"{nth} May, 22:48 Ayr", nth, 40.0, 580.0, 8.0) for nth in range(3)]
    rows += [Line(f"file:///story {nth + 1}/3", nth, 40.0, 20.0, 8.0) for nth in range(3)]
    body = [Line(f"In 199{nth} it rained.", nth, 40.0, 400.0 - 30 * nth, 11.0) for nth in range(3)]
    assert pdf.without_margins(rows + body) == body
    alone = [Line("11/24/26, 10:48 PM Ayr", 0, 40.0, 580.0, 8.0), body[0], Line("- 1 -", 0, 40.0, 20.0, 8.0)]
    assert pdf.without_margins(alone) == body[:1]


def locked():
    writer = pypdf.PdfWriter(io.BytesIO(printed(pages()[0])))
    writer.encrypt("secret", algorithm="RC4-128")
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def packed(**parts):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("_", "/") + ".xml", content)
    return kept.getvalue()


PDF = printed(pages()[0])
BAD = [
    ("scan.pdf", printed([]), "there is no text in it: it is a scan; run OCR first"),
    ("locked.pdf", locked(), "locked by a password"),
    ("cut.pdf", PDF[: len(PDF) // 3], "broken"),
    ("none.pdf", b"%PDF-1.7\n", "broken"),
    ("empty.pdf", b"", "this is no PDF"),
    ("word.pdf", packed(word_document="<a/>"), "this is no PDF"),
    ("pages.pdf", printed(*[[]] * (pdf.MOST_PAGES + 1)), "301 pages"),
    ("bomb.docx", packed(word_document=b" " * (formats.LARGEST_WORDS + 1)), "unpacked"),
    ("other.docx", packed(content="<a/>"), "no Word file"),
    ("cut.docx", packed(word_document="<a/>")[:50], "no Word file"),
    ("text.docx", b"Rain fell.", "no Word file"),
    ("old.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Word file or one with a password"),
    ("old.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "only plain text"),
    ("saved.mhtml", b"From: <Saved by a browser>", "only plain text"),
    ("rich.txt", rb"{\rtf1 Rain fell.}", "Rich Text"),
    ("packed.md", packed(word_document="<a/>"), "packed or Word file"),
    ("empty.md", b"---\ntitle: Rain\n---\n", "no words"),
    ("latin.md", "caf\xe9 \x93".encode("latin-1"), "iconv"),
    ("date.md", b"---\ndate: last Monday\n---\nRain fell.", "last Monday is not a date"),
    ("long.md", b"word " * 200_001, "1,000,000"),
    ("large.txt", b"word " * 10_000_001, "50 MB"),
    ("many.html", b"<p>x" * (formats.MOST_ELEMENTS + 1), "more than one article"),
    ("latin.html", "<p>caf\xe9 said".encode("latin-1"), "iconv"),
]


@pytest.mark.parametrize(("name", "content", "told"), BAD, ids=[name for name, *_ in BAD])
def test_what_cannot_be_read_is_told_in_one_line(name, content, told, tmp_path, capsys):
    (tmp_path / name).write_bytes(content)
    assert cli.main(["analyse", str(tmp_path / name), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.err.count("\n") == 1 and not said.out
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_word_file_of_too_many_pieces(tmp_path):
    changed_word(tmp_path / "many.docx", "<w:p/>" * (formats.MOST_ELEMENTS + 1))
    with pytest.raises(InputError, match="more than one article"):
        formats.read(tmp_path / "many.docx")


def test_an_entity_of_a_word_file_stays_unread(tmp_path):
    (tmp_path / "secret.txt").write_text("TOP SECRET", encoding="utf-8")
    changed_word(tmp_path / "story.docx", "<w:p><w:r><w:t>Ann &secret; Lee</w:t></w:r></w:p>")
    old = zipfile.ZipFile(tmp_path / "story.docx")
    parts = {name: old.read(name) for name in old.namelist()}
    entity = f'<!DOCTYPE d [<!ENTITY secret SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'.encode()
    main = parts["word/document.xml"]
    parts["word/document.xml"] = re.sub(rb"(<\?xml[^>]*\?>)?", lambda m: m[0] + entity, main, count=1)
    with zipfile.ZipFile(tmp_path / "story.docx", "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert "SECRET" not in formats.read(tmp_path / "story.docx")[0]


def test_an_error_in_a_notebook_is_its_message():
    assert InputError("story.pdf: no text")._render_traceback_() == ["story.pdf: no text"]
