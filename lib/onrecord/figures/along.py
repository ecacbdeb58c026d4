"""Figures that follow the article from its first character to its last."""

import pandas as pd

from onrecord.figures.style import DIM, GROUND, NOBODY, SMALL, WIDTH, Sheet, cast, dark, house, known, nothing, titled
from onrecord.prose import many

# Marker, its size, its distance from the middle of the row, and what it stands for.
FORMS = {
    "name": ("o", 5.5, -6.0, "by name"),
    "nominal": ("d", 5.5, 0.0, "by description"),
    "pronoun": ("o", 3.6, 6.0, "by pronoun"),
}


class _Strip:
    """The article as a strip as wide as the page, with a gap wherever a paragraph ends."""

    def __init__(self, blocks: pd.DataFrame, rows: pd.DataFrame):
        last = max(blocks["end"].max() if len(blocks) else 0, rows["end"].max())
        self.scale = WIDTH / float(last)
        self.gaps = [int(end) * self.scale for end in blocks["end"].iloc[:-1]]

    def ground(self, sheet: Sheet, middle: float, height: float):
        sheet.page.broken_barh([(0, WIDTH)], (middle - height / 2, height), facecolor=GROUND, linewidth=0, zorder=0)
        sheet.page.vlines(self.gaps, middle - height / 2, middle + height / 2, color="white", linewidth=1, zorder=0.5)

    def spans(self, sheet: Sheet, middle: float, quote, height: float, colour: str, look: str):
        for start, end in quote.spans:
            sheet.bar(start * self.scale, middle, max((end - start) * self.scale, 2.5), height, colour, look)

    def ends(self, sheet: Sheet):
        for x, words, ha in ((0, "◂ first word of the article", "left"), (WIDTH, "last word ▸", "right")):
            sheet.write(x, sheet.y, words, SMALL, ha=ha, color=DIM)
        sheet.y += 18


@house()
def speakers_along(quotes, actors, blocks, *, alt, source, title=None, subtitle=None):
    """Who speaks where: a row per speaker in order of first words, the article from left to right, a bar per quoted span.

    quotes, actors, blocks: tables of a dossier; scare quotes are left out. Returns a Figure."""
    title = title or "Who speaks where in the article"
    quotes = quotes[quotes["kind"] != "scare"]
    if quotes.empty:
        return nothing("No quotation was found, so there is nobody to place in the article.", source, alt)
    people, strip, sheet = cast(actors), _Strip(blocks, quotes), Sheet()
    sheet.looks(quotes["kind"])
    sheet.y += 4
    strip.ends(sheet)
    for speaker, rows in quotes.assign(speaker_id=quotes["speaker_id"].fillna("")).groupby("speaker_id", sort=False):
        who = known(people, speaker, rows["speaker"].iloc[0])
        sheet.heading(who, many(rows["words"].sum(), "word"))
        for quote in rows.itertuples():
            strip.spans(sheet, sheet.y + 10, quote, 13, who.colour, quote.kind)
        strip.ground(sheet, sheet.y + 10, 13)
        sheet.y += 25
    default = "Each bar is a quoted passage, as long as its text; the gaps in the grey strip are the ends of paragraphs"
    return titled(sheet, title, subtitle or default, source, alt)


@house()
def mentions_along(mentions, actors, quotes, blocks, top=12, *, alt, source, title=None, subtitle=None):
    """Who is mentioned where: a row per actor, a mark per mention, those who are quoted apart from those who never are.

    mentions, actors, quotes, blocks: tables of a dossier. top: how many of the most mentioned actors to draw. Returns a Figure."""
    title = title or "Who is talked about where, and who is heard"
    if mentions.empty:
        return nothing("No mention of an actor was found.", source, alt)
    people, strip, sheet = cast(actors), _Strip(blocks, mentions), Sheet()
    heard = quotes[quotes["kind"] != "scare"]
    numbers = mentions["actor_id"].value_counts()
    chosen = sorted(numbers.index, key=lambda actor: (-numbers[actor], actor))[:top]
    used = [form for form in FORMS if (mentions["form"] == form).any()]
    sheet.key(
        [(lambda x, y, form=form: _mention(sheet, x, y, form, NOBODY.colour), FORMS[form][3]) for form in used]
        + [(lambda x, y: sheet.bar(x - 8, y, 16, 14, NOBODY.colour, "behind"), "speaks here")] * bool(len(heard))
    )
    sheet.y += 4
    strip.ends(sheet)
    speakers = set(heard["speaker_id"].dropna())
    groups = {
        "Heard: quoted at least once": [a for a in chosen if a in speakers],
        "Talked about, never heard": [a for a in chosen if a not in speakers],
    }
    for words, group in groups.items():
        if group:
            sheet.section(words)
        for actor in group:
            who = known(people, actor)
            sheet.heading(who, many(numbers[actor], "mention"))
            middle = sheet.y + 13
            strip.ground(sheet, middle, 24)
            for row in mentions[mentions["actor_id"] == actor].itertuples():
                _mention(
                    sheet, (row.start + row.end) / 2 * strip.scale, middle + FORMS[row.form][2], row.form, who.colour
                )
            for quote in heard[heard["speaker_id"] == actor].itertuples():
                strip.spans(sheet, middle, quote, 24, who.colour, "behind")
            sheet.y += 32
    drawn = (
        f"the {len(chosen)} most mentioned of {len(numbers)} actors"
        if len(chosen) < len(numbers)
        else many(len(chosen), "actor")
    )
    return titled(
        sheet, title, subtitle or f"Each mark is a mention in the article, from left to right; {drawn}", source, alt
    )


def _mention(sheet, x, y, form, colour):
    shape, size, *_ = FORMS[form]
    sheet.mark(x, y, shape, "white" if form == "pronoun" else colour, dark(colour), size)
