"""Hostile input: what comes of it, in how many seconds of a processor and megabytes. What takes longer stands in tests/slow."""

import contextlib
import io
import json
import zipfile
import zlib

import docx
import openpyxl
import pytest
from limits import within

import onrecord
from onrecord import article, cli, data, dossier, exports, formats
from onrecord.corpus import sources
from onrecord.data import InputError

SECONDS, MEGABYTES = 10, 500  # at most, for each

GROWS = '<!DOCTYPE d [<!ENTITY a0 "Rain fell.">' + "".join(
    f'<!ENTITY a{nth} "{f"&a{nth - 1};" * 10}">' for nth in range(1, 10)
) + "]>"  # fmt: skip
ALIASES = "".join(f"a{nth}: &a{nth} [{', '.join([f'*a{nth - 1}'] * 10)}]\n" for nth in range(1, 9))
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
STORY = "<p>“We will stay,” said Ann Lee, the mayor of Ayr, on Monday after a long vote.</p>"


def word(body, head="", **parts):
    """A Word file with this body and further parts."""
    made = io.BytesIO()
    docx.Document().save(made)
    packed = zipfile.ZipFile(made)
    files = {name: packed.read(name) for name in packed.namelist()}
    files |= {
        "word/document.xml": (head + WORD.format(body)).encode(),
        **{f"word/{n}": part for n, part in parts.items()},
    }
    return exports.zipped(files)


def drawn(content, kids=b"3 0 R", form=b""):
    """A PDF of a page that draws this, with a form X to draw."""
    streams = [(b"", content), (b"/Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /F 5 0 R >> >>", form)]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 1 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 6 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 7 0 R >> >> >>",
        b"null",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for about, some in streams:
        some = zlib.compress(some)
        objects.append(b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (about, len(some), some))
    made, places = b"%PDF-1.4\n", []
    for nth, one in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (nth, one)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(places))
    return made + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(made))


RAIN = b"BT /F 12 Tf 50 700 Td (Rain) Tj ET\n"
FILES = {  # name of the file -> what is in it, and what is told; None where it is read
    "empty.txt": (b"", "no words"),
    "blank.txt": (b"\n \t\r\n\xc2\xa0\xe2\x80\xa8", "no words"),
    "binary.txt": (b"\x00\x01\x02\x03" * 100, "binary"),
    "bytes.txt": (bytes(range(256)) * 400, "iconv"),
    "cp1252.txt": ("Le pr\xe9sident a dit \x93oui\x94.".encode("latin-1"), "iconv"),
    "utf-16.txt": ("“Yes,” said Ann Lee.".encode("utf-16"), None),
    "utf-16-without-mark.txt": ("Yes, said Ann Lee.".encode("utf-16-le"), "binary"),
    "nul.txt": (b"Rain\x00 fell, said Ann Lee.", None),
    "pdf.txt": (b"%PDF-1.7\n", "PDF"),
    "paper.odt": (b"PK\x03\x04", "only plain text"),
    "passwd": (b"root: a name", "only plain text"),
    "long.txt": (b"word " * 200_001, "1,000,000"),
    "ten-megabytes.txt": (b"word " * 2_000_000, "1,000,000"),
    "ten-megabytes.md": (b"word " * 2_000_000, "1,000,000"),
    "ten-megabytes.html": (b"<p>" + b"word " * 2_000_000, "no article"),
    "ten-megabytes.docx": (word("<w:p><w:r><w:t>" + "word " * 2_000_000 + "</w:t></w:r></w:p>"), "1,000,000"),
    "drawn.pdf": (drawn(RAIN), None),
    "zeros.pdf": (drawn(b" " * 100_000_000), "broken"),
    "its-own-page.pdf": (drawn(RAIN, b"2 0 R"), "broken"),
    "lines.pdf": (drawn(RAIN * 5_000), None),
    "again-and-again.pdf": (drawn(b"/X Do " * 20_000, form=RAIN * 20), "steps"),
    "page.html": (b"<html><body></body></html>", "no article"),
    "deep.html": (b"<div>" * 20_000 + b"Rain fell.", "no article"),
    "many.html": (b"<p>x" * (formats.MOST_ELEMENTS + 1), "more than one article"),
    "attributes.html": (b"<p " + b"a=b " * 200_000 + b">Rain", "no article"),
    "comments.html": (b"<!--" * 100_000, "no article"),
    "grows.html": (f"{GROWS}<html><body><article><p>&a9;</p></article></body></html>".encode(), "no article"),
    "grows.docx": (word("<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", GROWS), "no Word file"),
    "deep.docx": (word("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000), "no Word file"),
    "bomb.docx": (word("<w:p/>", **{"large.xml": b" " * (formats.LARGEST_WORDS + 1)}), "unpacked"),
    "pictures.docx": (word("<w:p/>", **{"media/large.png": b"\0" * (formats.LARGEST_PICTURES + 1)}), "unpacked"),
    "parts.docx": (word("<w:p/>", **{f"{nth}.bin": b"" for nth in range(5_000)}), "no words"),
    "climbs.docx": (word("<w:p><w:r><w:t>Rain fell.</w:t></w:r></w:p>", **{"../../../climbed.txt": b"x"}), None),
    "grows.md": (f"---\na0: &a0 [x, x]\n{ALIASES}title: *a8\n---\nRain fell.".encode(), None),
    "deep.md": (f"---\ntitle: {'[' * 5_000}\n---\nRain fell.".encode(), None),
    "brackets.md": (b"[" * 3_000 + b" Rain", None),
    "quoted.md": (b">" * 20_000 + b" Rain", "no words"),
    "a\nline.txt": (b"", "a line.txt: there are no words"),
    "=cmd|'x'!A0.txt": (b"", "no words"),
    "..\\..\\x.txt": (b"", "no words"),
    "<script>.txt": (b"Rain fell.", None),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def loaded_once():
    onrecord.analyse("“Yes,” said Ann Lee.")


@pytest.mark.parametrize("name", FILES)
def test_a_file(name, tmp_path):
    content, told = FILES[name]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(content)

    def work():
        with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(io.StringIO()):
            status = cli.main(["analyse", str(folder / name), "-o", str(tmp_path / "out")])
        return f"{status}\n{said.getvalue()}"

    status, said = within(SECONDS, MEGABYTES, work).split("\n", 1)
    if told:
        assert status == "2" and told in said and said.count("\n") == 1
    else:
        assert status == "0"
    assert {path.name for path in tmp_path.iterdir()} == ({"in"} if told else {"in", "out"})
    assert [path.name for path in folder.iterdir()] == [name]


def test_files_that_cannot_be_read_raise(tmp_path):
    for name in ("empty.txt", "cp1252.txt", "binary.txt"):
        (tmp_path / name).write_bytes(FILES[name][0])
        with pytest.raises(InputError, match=name):
            article.read(tmp_path / name)


BESIDE = [
    ("title = 1", "title is no text"),
    ('titel = "x"', "unknown field 'titel'"),
    ("title = " + "[" * 5_000, "not valid TOML"),
    ("\x00", "not valid TOML"),
    ('published = "tomorrow"', "tomorrow is not a date"),
    ("published = 0001-01-01", "0001-01-01 is not a date"),
    ("published = 9999-01-01", "9999-01-01 is not a date"),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "told"), BESIDE, ids=[told for _, told in BESIDE])
def test_a_file_beside(toml, told, tmp_path):
    (tmp_path / "story.txt").write_text("Rain fell.")
    (tmp_path / "story.toml").write_text(toml)
    with pytest.raises(InputError, match=told):
        article.read(tmp_path / "story.txt")


# --- sources of many articles ----------------------------------------------------------------------------------------------------


def packed(said_size=None, **files):
    """A ZIP file; `said_size`: what its last entry says of its size, whatever it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    raw = made.getvalue()
    if said_size is None:
        return raw
    at = raw.rindex(b"PK\x01\x02") + 24
    return raw[:at] + said_size.to_bytes(4, "little") + raw[at + 4 :]


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{size}"/><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="{row}"><c r="{cell}{row}" t="s"><v>{string}</v></c></row>{more}</sheetData></worksheet>'
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>text</t></si><si><t>{words}</t></si>{more}</sst>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(head="", said_size=None, size="A1:A2", row=2, cell="A", string=1, rows="", words="Rain fell.", strings=""):
    """An Excel file with a column `text` and one article in it, but for what is asked for."""
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    old = zipfile.ZipFile(made)
    files = {name: old.read(name) for name in old.namelist() if "sheet1" not in name}
    more = f'<Relationship Id="rId99" Type="{RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    part = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    for name, end, new in (
        ("xl/_rels/workbook.xml.rels", "</Relationships>", more),
        ("[Content_Types].xml", "</Types>", part),
    ):
        files[name] = files[name].replace(end.encode(), new.encode())
    files["xl/sharedStrings.xml"] = head + STRINGS.format(words=words, more=strings)
    files["xl/worksheets/sheet1.xml"] = SHEET.format(size=size, row=row, cell=cell, string=string, more=rows)
    return packed(said_size, **files)


BROKEN = "this is no Excel file, or a broken one"
SOURCES = {  # name -> what is in it, and what is told of its articles: the number of characters, or why it is none
    "whole.xlsx": (lambda: workbook(), [10]),
    "says-wide.xlsx": (lambda: workbook(size="A1:XFD1048576"), [10]),
    "says-wide-and-is-long.xlsx": (lambda: workbook(size="A1:XFD1048576", row=40_000), [10]),
    "says-short.xlsx": (lambda: workbook(size="A1:A1", row=4), [10]),
    "far.xlsx": (lambda: workbook(row=99_999_999_999), ["no sheet has more than 50,000 rows"]),
    "column.xlsx": (lambda: workbook(cell="ZZZZZZ"), ["the sheet is broken from here on"]),
    "number.xlsx": (lambda: workbook(string=99), ["the sheet is broken from here on"]),
    "cut.xlsx": (lambda: workbook(rows="<row>"), [10, "the sheet is broken from here on"]),
    "grows.xlsx": (lambda: workbook(GROWS, words="&a9;"), [BROKEN]),
    "says-small.xlsx": (lambda: workbook(said_size=300, rows="<row/>" * 1_000), [BROKEN]),
    "says-large.xlsx": (lambda: workbook(said_size=600_000_000), ["600 MB unpacked are too much"]),
    "bomb.xlsx": (lambda: workbook(strings="<si><t>x</t></si>" * 1_000_000), ["MB unpacked are too much"]),
    "bomb.zip": (lambda: packed(**{"a.txt": b"a " * 30_000_000, "b.txt": b"Rain."}), ["60 MB are more than one", 5]),
    "says-small.zip": (lambda: packed(50, **{"a.txt": b"Rain.", "b.txt": b"a " * 10_000_000}), [5, "cannot be unpacked"]),
    "inside.zip": (lambda: packed(**{"a.zip": packed(**{"a.txt": b"Rain."})}), ["holds no article"]),
    "climbs.zip": (lambda: packed(**{"../../x.txt": b"Rain.", "/etc/x.txt": b"It fell.", "C:\\x.txt": b"So."}), [5, 8, 3]),
    "many.zip": (lambda: packed(**{f"{nth}.txt": b"Rain." for nth in range(5_000)}), [5] * 500),
    "quote.csv": (lambda: b'text\n"' + b"word\n" * 1_700_000, ["field larger than field limit"]),
    "commas.csv": (lambda: b"text\n" + b"," * 7_000_000 + b"\nRain fell.\n", [10]),
    "columns.csv": (lambda: b"text" + b",a" * 3_000_000 + b"\nRain fell.\n", ["3,000,001 columns are no table"]),
    "line.csv": (lambda: b"text\n" + b"a" * 20_000_000 + b"\nRain fell.\n", ["a line of it is longer", 10]),
    "formula.csv": (lambda: b"text,title\n=1+1 is rain.,=1+1\n", [13]),
    "long.jsonl": (lambda: b'{"text":"' + b"a " * 10_000_000 + b'"}\n{"text":"Rain."}\n', ["is longer than 8,000,000", 5]),
    "deep.jsonl": (lambda: b'{"text":' + b"[" * 3_000_000 + b'\n{"text":"Rain."}\n', ["no JSON object", 5]),
    "digits.jsonl": (lambda: b'{"text":' + b"9" * 3_000_000 + b'}\n{"text":"Rain."}\n', ["no JSON object", 5]),
    "blank.jsonl": (lambda: b"\n" * 3_000_000 + b'{"text":"Rain."}\n', [5]),
    "escapes.jsonl": (lambda: b'{"text":"' + b"\\u0041" * 1_100_000 + b'"}\n', ["more than the 1,000,000 characters"]),
}  # fmt: skip


ENDLESS = ("many.zip", "quote.csv")  # of which only the first items are looked at


@pytest.mark.parametrize("name", SOURCES)
def test_a_source(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_ROWS", 50_000)  # a million empty ones take a second or two
    write, expected = SOURCES[name]
    (tmp_path / name).write_bytes(write())

    def work():
        try:
            return json.dumps(
                [item.reason or len(item.text) for item in sources.items(tmp_path / name)][: len(expected) + 1]
            )
        except InputError as error:
            return json.dumps([str(error)])  # the whole source

    found = json.loads(within(SECONDS, MEGABYTES, work))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert len(found) == len(expected) + (name in ENDLESS)
    for told, wanted in zip(found, expected):
        assert told == wanted if isinstance(wanted, int) else wanted in str(told)


SHEETS = {  # a filled sheet that is none, and what is told of it
    "bomb.xlsx": (lambda: workbook(strings="<si><t>x</t></si>" * 1_000_000), "MB unpacked are too much"),
    "grows.xlsx": (lambda: workbook(GROWS, words="&a9;"), "not readable as an Excel workbook"),
    "says-small.xlsx": (lambda: workbook(said_size=300, rows="<row/>" * 1_000), "not readable as an Excel workbook"),
    "cut.xlsx": (lambda: workbook(rows="<row>"), "not readable as an Excel workbook"),
    "number.xlsx": (lambda: workbook(string=99), "not readable as an Excel workbook"),
    "far.xlsx": (lambda: workbook(row=1_048_576, cell="XFD"), "a cell far from all others"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_is_filled_in(name, tmp_path):
    write, expected = SHEETS[name]
    (tmp_path / name).write_bytes(write())
    (tmp_path / "story.txt").write_text("“We will stay,” said Ann Lee, the mayor of Ayr.", encoding="utf-8")

    def work():
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = cli.main(["review", str(tmp_path / "story.txt"), "--apply", str(tmp_path / name)])
        return f"{status}\n{said.getvalue()}"

    status, said = within(SECONDS, MEGABYTES, work).split("\n", 1)
    assert status == "2" and expected in said and said.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {name, "story.txt"}


NAMES = ["a\0b", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "~nobody-of-this-name/x.txt", ".", "", "x" * 5_000, "x" * 5_000 + ".txt", "nato-russia-2022/../../x"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name[:20]) for name in NAMES])
def test_a_name_that_leads_elsewhere(name):
    with pytest.raises(InputError) as error:
        onrecord.load(name)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("name", "slug"),
    [("../../x", "x"), ("..\\x", "x"), ("<b>", "b"), ("a\0b", "a-b"), ("=1+1", "1-1"), ("…", "unnamed")],
)
def test_a_slug_leads_nowhere(name, slug):
    assert article.slugify(name) == slug


MANY = 3_000
TEXTS = {  # what nobody prints, as one line
    "no words": " " * MANY,
    "one word": "a" * 20 * MANY,
    "capitals": "A" * 20 * MANY,
    "marks that open": "“" * MANY,
    "straight marks": '"' * MANY,
    "short quotations": "“a” " * (MANY // 4),
    "single marks": "‘a’ " * (MANY // 4),
    "brackets": "(" * MANY,
    "signatures": "Yes.\n— A. B (@ab) 2024\n" * (MANY // 25),
    "dashes": " — - ―A" * (MANY // 7),
    "full stops": ". " * (MANY // 2),
    "NUL": "a\0" * (MANY // 2),
    "halves of pairs": "\ud83d" * MANY,
    "joiners": "\u200d" * MANY,
    "marks on one letter": "e" + "\u0301" * MANY,
    "right to left": "“שלום,” said \u202eAnn Lee\u202c. " * (MANY // 28),
    "emoji": "👩‍👩‍👧 said “🏴‍☠️ yes.” " * (MANY // 20),
    "cues": "said " * (MANY // 5),
    "lines": "a\n" * (MANY // 10),
    "French": "Le ministre a déclaré que la réunion aurait lieu demain à Paris. " * (MANY // 65),
    "Russian": "Министр заявил, что встреча состоится завтра в Париже. " * (MANY // 54),
    "Chinese": "部长说，会议将于明天在巴黎举行。" * (MANY // 16),
    "Arabic": "قال الوزير إن الاجتماع سيعقد غدا في باريس. " * (MANY // 42),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text(name):
    text = TEXTS[name]
    said = within(SECONDS + 10, MEGABYTES, lambda: f"{len(onrecord.analyse(text).blocks)} {article.cautions(text)}")
    assert said.split()[0] == str(sum(bool(line.strip()) for line in text.split("\n")))


def test_a_long_line_is_cut_where_sentences_end():
    text = "“We will stay,” said Ann Lee, the mayor of Ayr. She added that it rained. " * 280

    def work():
        made = onrecord.analyse(text)
        return f"{len(made.blocks)} {len(made.quotes)} {set(made.quotes.speaker)}"

    assert within(SECONDS + 10, MEGABYTES, work) == "1 560 {'Ann Lee'}"
    pieces = list(article._pieces(text, 0, len(text.rstrip())))
    assert len(text) > article.LONGEST_BLOCK and len(pieces) > 4
    assert all(
        text[a:b].startswith(("“", "She")) and text[a:b].endswith(".") and b - a <= article.PIECE for a, b in pieces
    )


PIECES = [  # a block, and its pieces
    ("a" * 20_000, [20_000]),
    ("a" * 20_001, [4_000] * 5 + [1]),
    ("word " * 5_000 + "end", [3_999] * 6 + [1_003]),
    ("It rained all day." + " " * 25_000 + "It was late.", [18, 12]),
]


@pytest.mark.parametrize(("text", "lengths"), PIECES)
def test_pieces_of_a_block(text, lengths):
    pieces = list(article._pieces(text, 0, len(text)))
    assert [b - a for a, b in pieces] == lengths
    assert "".join(text[a:b] for a, b in pieces).replace(" ", "") == text.replace(" ", "")


def test_a_cached_analysis_has_no_name_of_the_article(tmp_path, monkeypatch):
    monkeypatch.setattr(dossier, "CACHE", tmp_path / "cache")
    (tmp_path / "..x.txt").write_text("Rain fell.")
    onrecord.load(tmp_path / "..x.txt")
    assert [len(path.name) for path in (tmp_path / "cache").iterdir()] == [24]
    assert not list(data.root().glob("..x*"))
