"""The article as HTML: every quotation, statement, actor and damaged spot marked in place, with tables that lead to the words and back.

Here too is what every page of the report shares: escaping, counting in grammatical English, the templates, and the sides with their colours.
"""

import functools
import html
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import jinja2
import pandas as pd
from markupsafe import Markup

from onrecord import schema
from onrecord.data import with_article
from onrecord.figures import side_colours
from onrecord.figures.style import SIDES
from onrecord.linked import FLAGS, NOBODY, POSITIONS, holder_anchor, statement_anchor
from onrecord.prose import day_of, legal, many, shortened, sure

TEMPLATES = Path(__file__).resolve().parent / "templates"
UNSURE = 0.7  # below this a row is marked as worth a look
KINDS = {
    "direct": "direct speech",
    "mixed": "mixed: partly in marks",
    "indirect": "indirect speech",
    "scare": "words in marks, said by nobody",
}
SPEECH = {"act": "a reported act of speech", "thought": "a thought"}
LEFT_OUT = "[…]"


# --- words -------------------------------------------------------------------------------------------------------------------


def shown(text: object) -> Markup:
    """The text for a page, with markup escaped."""
    return Markup(html.escape(legal(str(text))))


def holder_of(statement) -> str:
    """The name of whoever holds the position."""
    return NOBODY if pd.isna(statement.holder) else statement.holder


def made_by(row) -> str:
    """Who wrote the row, and whether anybody looked at it."""
    if row.source == "review":
        return "reviewer"
    return "machine, confirmed by the reviewer" if row.reviewed else "machine"


def citation(quote, article) -> str:
    """A quotation with its source, to be copied: words, speaker, and where they are printed. Only what stands in marks is given as anybody's words."""
    speaker = "speaker unknown" if pd.isna(quote.speaker) else quote.speaker
    words = re.sub(r"\s+", " ", quote.text).strip("“”\"‘’' ,")
    said = f"“{words}” ({speaker})" if quote.kind == "direct" else f"{speaker}, as the article reports it: “{words}”"
    places = ", ".join(f"{start}–{end}" for start, end in quote.spans)
    source = [f"“{article.title}”" if article.title else "", article.outlet or "", day_of(article.published)]
    return f"{said}. {', '.join(filter(None, source))}, characters {places}."


def size(count: int) -> str:
    """A number of bytes for people: `40 kB`."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count // 1000, 1)} kB"


@functools.cache
def environment() -> jinja2.Environment:
    """The templates. Everything that they show is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    made.tests["na"] = pd.isna
    made.globals |= {"many": many, "shortened": shortened, "sure": sure, "made_by": made_by, "UNSURE": UNSURE}
    made.globals |= {"FLAGS": FLAGS, "POSITIONS": POSITIONS, "holder_of": holder_of}
    made.globals |= {"holder_anchor": holder_anchor, "statement_anchor": statement_anchor}
    made.globals |= {"actor_anchor": actor_anchor, "citation": citation, "day_of": day_of, "size": size}
    return made


# --- sides -------------------------------------------------------------------------------------------------------------------


class Side(NamedTuple):
    """For whom somebody speaks: `key` as in the actors table (empty where unknown), `css` its class in report.css, `words` of plain speech."""

    key: str
    name: str
    css: str
    words: int

    @property
    def plural(self) -> bool:
        """Whether a sentence speaks of it as of several."""
        return self.key in ("", "independent")

    @property
    def subject(self) -> str:
        """The side in a sentence: `the United States`, `independent voices`."""
        if self.plural:
            return "independent voices" if self.key else "speakers whose side is unknown"
        return with_article(self.name)


def sides(dossier) -> dict[str, Side]:
    """Every side of the article by its key, the one with most words of plain speech first; last, under "", the unknown one. The figures' colours."""
    actors, spoken = dossier.actors, dossier.speech
    of = dict(zip(actors.actor_id, actors.side.fillna("")))
    words = spoken.groupby(spoken.speaker_id.map(of).fillna("")).words.sum().astype(int).to_dict()
    css = dict(zip(side_colours(actors), [f"s{number}" for number in range(1, len(SIDES) + 1)]))
    names = dossier.sides | {"": "side unknown"}
    keys = sorted(dossier.sides, key=lambda key: (-words.get(key, 0), key))
    return {key: Side(key, names[key], css.get(key, "s0"), words.get(key, 0)) for key in [*keys, ""]}


class SideOf(dict):
    """An actor's side by actor_id; the unknown side for everybody else, a missing id too."""

    def __init__(self, known: dict[str, Side], actors: pd.DataFrame):
        super().__init__((who, known[side]) for who, side in zip(actors.actor_id, actors.side.fillna("")))
        self.unknown = known[""]

    def __getitem__(self, who):
        return self.unknown if pd.isna(who) else self.get(who, self.unknown)


# --- marks in the text -------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """A stretch of text to mark. Marks of a lower layer enclose those of a higher one. `first` opens it, `more` opens it again where another mark
    cut it; `last` closes it, `close` closes a piece before the last. `speaks` is what the margin says of it: name, class, anchor, kind."""

    layer: int
    start: int
    end: int
    first: str
    more: str
    close: str
    last: str
    speaks: tuple[str, str, str, str] | None = None


def nested(text: str, start: int, end: int, marks: list[Mark]) -> str:
    """HTML of text[start:end] with its marks properly nested: the text is cut wherever a mark begins or ends."""
    marks = sorted((m for m in marks if m.start < end and m.end > start), key=lambda m: (m.layer, m.start, -m.end))
    cuts = sorted({start, end, *(cut for m in marks for cut in (m.start, m.end) if start < cut < end)})
    begins: dict[int, list[int]] = {}
    for number, mark in enumerate(marks):
        begins.setdefault(max(mark.start, start), []).append(number)
    out, opened, met = [], [], set()

    def close(keep, at):
        out.extend(marks[n].last if marks[n].end <= at else marks[n].close for n in reversed(opened[keep:]))

    for a, b in pairwise(cuts):
        active = sorted([n for n in opened if marks[n].end > a] + begins.get(a, []))
        keep = next(
            (i for i, (old, new) in enumerate(zip(opened, active)) if old != new), min(len(opened), len(active))
        )
        close(keep, a)
        out += [marks[n].more if n in met or marks[n].start < start else marks[n].first for n in active[keep:]]
        met.update(active)
        opened = active
        out.append(shown(text[a:b]))
    close(0, end)
    return "".join(out)


def _element(tag: str, css: str, **attributes: str) -> str:
    given = "".join(f' {name.rstrip("_").replace("_", "-")}="{shown(value)}"' for name, value in attributes.items())
    return f'<{tag} class="{shown(css)}"{given}>'


def actor_anchor(actor_id: str) -> str:
    """Anchor of an actor's row in the table below the text."""
    return f"actor-{actor_id}"


def _quote_marks(quote, side: Side, stances: Collection[str]) -> list[Mark]:
    """A mark a span, each with a card; the first has the quotation's id. stances: what the statements in it hold."""
    css, template, marks = f"q {quote.kind} {side.css}", environment().get_template("card.html.j2"), []
    for number, (start, end) in enumerate(quote.spans, 1):
        name = quote.quote_id if number == 1 else f"{quote.quote_id}-{number}"
        speaker = "speaker unknown" if pd.isna(quote.speaker) else quote.speaker
        speaks = None if quote.kind == "scare" else (speaker, side.css, name, quote.kind)
        kind, speech = KINDS[quote.kind], SPEECH.get(quote.speech)
        card = template.render(q=quote, side=side, id=f"card-{name}", kind=kind, speech=speech, stances=stances)
        opening = _element(
            "mark", f"{css} first" if number == 1 else css, id=name, tabindex="0", aria_describedby=f"card-{name}"
        )
        marks.append(Mark(0, start, end, opening, _element("mark", css), "</mark>", f"{card}</mark>", speaks))
    return marks


def _statement_mark(statement, issue: str, reported: str | None, row: str | None) -> Mark:
    """A mark with a pin at its end, whose card leads to the statement's row below and to its holder's in the matrix. Every further piece of a
    mark that others cut says by `data-of` whose it is."""
    name = statement.statement_id
    about = f"Statement. {holder_of(statement)} on “{issue}”: {POSITIONS[statement.position]}"
    pin = _element(
        "span",
        f"pin {statement.position}",
        tabindex="0",
        role="img",
        aria_label=about,
        aria_describedby=f"card-{name}",
    )
    card = environment().get_template("statement.html.j2").render(s=statement, issue=issue, reported=reported, row=row)
    opening, more = _element("span", "st", id=name), _element("span", "st", data_of=name)
    return Mark(1, statement.start, statement.end, opening, more, "</span>", f"{pin}</span>{card}</span>")


def _repair_mark(repair) -> Mark:
    reading = f"probably “{repair.reading}”" if pd.notna(repair.reading) else "nobody can tell what it should read"
    opening = _element("span", "repair", id=repair.repair_id, title=f"{repair.kind.replace('_', ' ')}: {reading}")
    return Mark(3, repair.start, repair.end, opening, _element("span", "repair"), "</span>", "</span>")


def _mention_marks(mentions, actors, of: SideOf) -> list[Mark]:
    """Links to the actors' rows, which say on hover and focus who it is. A mention inside another is no link: links cannot hold links."""
    known, marks, taken = {row.actor_id: row for row in actors.itertuples()}, [], 0
    for row in mentions.itertuples():
        actor, css = known[row.actor_id], f"actor {row.form} {of[row.actor_id].css}"
        who = actor.name if pd.isna(actor.role) else f"{actor.name}, {actor.role}"
        tag, where = ("a", {"href": f"#{actor_anchor(row.actor_id)}"}) if row.start >= taken else ("span", {})
        opening = _element(tag, css, id=row.mention_id, data_who=who, **where)
        more = _element(tag, css, data_who=who, **where)
        marks.append(Mark(2, row.start, row.end, opening, more, f"</{tag}>", f"</{tag}>"))
        taken = max(taken, row.end)
    return marks


def _event_mark(event) -> Mark:
    opening = _element("span", "event", id=event.event_id)
    return Mark(-1, event.start, event.end, opening, _element("span", "event"), "</span>", "</span>")


def _marks(dossier, of: SideOf, issues: dict[str, str], names: dict[str, str], matrix: Mapping[str, str]) -> list[Mark]:
    stances: dict[str, list[str]] = {}
    for row in dossier.statements.itertuples():
        if pd.notna(row.quote_id):
            stances.setdefault(row.quote_id, []).append(
                f"{POSITIONS[row.position]}: {issues.get(row.issue, row.issue)}"
            )
    marks = [
        mark
        for quote in dossier.quotes.itertuples()
        for mark in _quote_marks(quote, of[quote.speaker_id], list(dict.fromkeys(stances.get(quote.quote_id, ()))))
    ]
    for row in dossier.statements.itertuples():
        where = matrix.get(holder_anchor(row.holder_id))
        marks.append(_statement_mark(row, issues.get(row.issue, row.issue), names.get(row.reported_by), where))
    marks += _mention_marks(dossier.mentions, dossier.actors, of)
    marks += [_repair_mark(row) for row in dossier.repairs.itertuples()]
    return marks + [_event_mark(row) for row in dossier.events.itertuples()]


def _speakers(marks: list[Mark]) -> list[dict]:
    """Who speaks in a block, in order of appearance, each with links to what he or she says there."""
    notes: list[dict] = []
    for name, css, anchor, kind in (mark.speaks for mark in sorted(marks, key=lambda m: m.start) if mark.speaks):
        if not notes or notes[-1]["name"] != name:
            notes.append({"name": name, "css": css, "links": []})
        notes[-1]["links"].append((anchor, kind))
    return notes


def evidence(dossier) -> list[tuple[int, int]]:
    """The spans of the text that are evidence: headline, quotations, statements, events and damage, joined where they overlap; in order."""
    headlines = dossier.blocks[dossier.blocks.kind == "headline"]
    spans = [span for spans in dossier.quotes.spans for span in spans]
    for table in (headlines, dossier.statements, dossier.events, dossier.repairs):
        spans += list(zip(table.start.astype(int), table.end.astype(int)))
    return schema.joined(spans)


def _excerpts(text: str, start: int, end: int, marks: list[Mark], kept: list[tuple[int, int]]) -> str:
    """As `nested`, with a sign in the place of what is not kept."""
    parts, at = [], start
    for a, b in ((max(a, start), min(b, end)) for a, b in kept if a < end and b > start):
        parts += [LEFT_OUT] if text[at:a].strip() else []
        parts.append(nested(text, a, b, marks))
        at = b
    return " ".join([*parts, *([LEFT_OUT] if text[at:end].strip() else [])])


def _blocks(dossier, marks: list[Mark], kept: list[tuple[int, int]] | None) -> list[dict]:
    """The blocks, each with its words marked and its speakers for the margin. Words that no block holds stand in paragraphs of their own.

    kept: the spans that may be shown, where not all may; several blocks without any become one."""
    text, stretches, at = dossier.article.text, [], 0
    blocks = dossier.blocks[["start", "end", "kind"]].itertuples(index=False)
    for start, end, kind in [*blocks, (len(text), len(text), "")]:
        stretches += [(at, start, "paragraph")] if text[at:start].strip() else []
        stretches += [(start, end, kind)] if end > start else []
        at = max(at, end)
    within: list[list[Mark]] = [[] for _ in stretches]
    ends = [end for _, end, _ in stretches]
    for mark in marks:
        number = bisect_right(ends, mark.start)
        while number < len(stretches) and stretches[number][0] < mark.end:
            within[number].append(mark)
            number += 1
    made: list[dict] = []
    for (start, end, kind), inside in zip(stretches, within):
        words = nested(text, start, end, inside) if kept is None else _excerpts(text, start, end, inside, kept)
        if words == LEFT_OUT:
            kind = "paragraph"
            if made and made[-1]["html"] == LEFT_OUT:
                continue
        speakers = _speakers([m for m in inside if m.start >= start])
        made.append({"kind": kind, "html": Markup(words), "speakers": speakers})
    return made


def annotate(dossier, matrix: Mapping[str, str] | None = None, excerpts: bool = False) -> Markup:
    """HTML of the article with everything that was found marked in its words, a key above and tables below (a fragment, for report.css).

    matrix: anchor of a holder's row in the matrix of holders by issue -> link to it, where there is one. excerpts: of the text only what is
    evidence (`evidence`) is shown."""
    known, matrix = sides(dossier), matrix or {}
    of = SideOf(known, dossier.actors)
    issues = dict(zip(dossier.codebook.issues.issue, dossier.codebook.issues.title))
    names = dict(zip(dossier.actors.actor_id, dossier.actors.name))
    kept = evidence(dossier) if excerpts else None
    places: dict[str, list[str]] = {}
    for row in dossier.mentions.itertuples():
        if kept is None or any(a <= row.start < b for a, b in kept):
            places.setdefault(row.actor_id, []).append(row.mention_id)
    shared = {"of": of, "issues": issues, "names": names, "key": _key(dossier, known, of), "matrix": matrix}
    shared |= {"places": places, "article": dossier.article}
    rows = {name: list(getattr(dossier, name).itertuples()) for name in ("quotes", "statements", "events", "repairs")}
    rows["actors"] = list(dossier.actors.sort_values("mentions", ascending=False, kind="stable").itertuples())
    blocks = _blocks(dossier, _marks(dossier, of, issues, names, matrix), kept)
    return Markup(environment().get_template("annotated.html.j2").render(blocks=blocks, **shared, **rows))


def joined(annotated: str) -> Markup:
    """Style for the annotated article that shows all pieces of a statement which other marks cut as one, when a link leads to it or a pin is used."""
    rules = []
    for name in dict.fromkeys(re.findall(r'data-of="([^"]+)"', annotated)):
        whole = f':is([id="{name}"], [data-of="{name}"])'
        rules.append(
            f'body:has([id="{name}"]:target) {whole} {{ outline: 3px solid var(--link); outline-offset: 1px; }}'
        )
        rules.append(f"body:has({whole} > .pin:is(:hover, :focus)) {whole} {{ outline: 2px solid var(--dim); }}")
    return Markup("".join(f"{rule}\n" for rule in rules))


def _key(dossier, known: dict[str, Side], of: SideOf) -> list[Side]:
    """The sides that the key explains: those with colours of their own that are marked somewhere."""
    seen = {of[who].key for who in [*dossier.quotes.speaker_id, *dossier.mentions.actor_id]}
    return [side for key, side in known.items() if key in seen and side.css != "s0"]
