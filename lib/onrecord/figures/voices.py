"""Figures of voice: who is heard, how much, in which kind of quotation, by which cues."""

from typing import NamedTuple

import pandas as pd

from onrecord.belonging import voiceless
from onrecord.figures.style import (
    DIM,
    KINDS,
    NOBODY,
    OTHER,
    PLAIN,
    SMALL,
    WIDTH,
    Sheet,
    cast,
    column_for,
    house,
    known,
    measure,
    nothing,
    side_colours,
    titled,
)
from onrecord.prose import listed, many

SPEECH = {"speech": "Speech", "act": "Acts of speech", "thought": "Thought", "": "No kind of speech"}
NO_CUE = "no cue printed"


class _Row(NamedTuple):
    """A bar: its name, its parts as (value, look), the words behind it, its colour, and whether the colour is a side's."""

    name: str
    parts: tuple[tuple[float, str], ...]
    label: str
    colour: str = PLAIN
    sided: bool = False
    note: str = ""


def _bars(sheet: Sheet, rows: list[_Row], column: float, most: float | None = None):
    """Rows of bars, each with its words behind it; `most` is the value of the longest bar."""
    middles = [sheet.name(row.name, column, row.colour if row.sided else None, row.note) for row in rows]
    _draw_bars(
        sheet,
        column,
        WIDTH - column,
        middles,
        [row.parts for row in rows],
        [row.label for row in rows],
        [row.colour for row in rows],
        most,
    )


def _draw_bars(sheet, left, width, middles, parts, labels, colours, most=None):
    """Bars that begin at `left` and share `width` points with their labels."""
    most = most or max(sum(float(value) for value, _ in part) for part in parts) or 1
    room = max(width - max(map(measure, labels)) - 10, 10)
    for y, part, label, colour in zip(middles, parts, labels, colours):
        x = left
        for value, look in part:
            if value:
                sheet.bar(x, y, float(value) / most * room, 13, colour, look)
            x += float(value) / most * room
        sheet.line((left, left), (y - 9, y + 9), DIM)
        sheet.write(x + 7, y, label, middle=True)


def _column(rows: list[_Row]) -> float:
    return column_for(
        [text for row in rows for text in (row.name, row.note) if text], 26 if any(row.sided for row in rows) else 12
    )


def _chart(rows: list[_Row], title, subtitle, source, alt, looks=()) -> Sheet:
    sheet = Sheet()
    if looks:
        sheet.looks(looks)
    sheet.y += 4
    _bars(sheet, rows, _column(rows))
    return titled(sheet, title, subtitle, source, alt)


def _spoken(quotes: pd.DataFrame) -> pd.DataFrame:
    """The quotations that somebody speaks: no scare quotes, a missing speaker as the empty text."""
    spoken = quotes[quotes["kind"] != "scare"]
    return spoken.assign(speaker_id=spoken["speaker_id"].fillna(""), words=spoken["words"].fillna(0).astype(int))


@house()
def heard_and_mentioned(actors, top=15, *, alt, source, title=None, subtitle=None):
    """How often actors are mentioned and whether they are heard: solid bars for the quoted, outlined ones for the never heard.

    actors: table of a dossier. top: how many of the most mentioned to draw. Returns a Figure."""
    title = title or "Talked about and heard"
    chosen = actors[actors["mentions"] > 0].sort_values(["mentions", "name"], ascending=[False, True]).head(top)
    if chosen.empty:
        return nothing("No actor was found.", source, alt)
    people = cast(actors)
    rows = [
        _Row(
            who.name,
            ((row.mentions, "direct" if row.quotes else "indirect"),),
            f"{many(row.mentions, 'mention')}, {many(row.quotes, 'quotation') if row.quotes else 'never heard'}",
            who.colour,
            True,
            who.note,
        )
        for row in chosen.itertuples()
        for who in [people[row.actor_id]]
    ]
    drawn = (
        f"the {len(chosen)} most mentioned of {len(actors)} actors"
        if len(chosen) < len(actors)
        else many(len(chosen), "actor")
    )
    default = (
        f"Mentions in the article: names, descriptions and pronouns; {drawn}. Solid: quoted. Outlined: never quoted"
    )
    return _chart(rows, title, subtitle or default, source, alt)


@house()
def voice(quotes, actors, by="speaker", *, alt, source, title=None, subtitle=None):
    """Share of voice: quoted words as bars, by `speaker`, by `side` or by `kind` of actor.

    quotes, actors: tables of a dossier; scare quotes are left out. Raises ValueError for another `by`. Returns a Figure."""
    if by not in ("speaker", "side", "kind"):
        raise ValueError(f"by={by!r}: say speaker, side or kind")
    title, spoken = title or f"Who is heard, by {by}", _spoken(quotes)
    if spoken.empty:
        return nothing("No quotation was found, so nobody is heard.", source, alt)
    people, kinds = cast(actors), dict(zip(actors["actor_id"], actors["kind"]))
    sides, colours = dict(zip(actors["actor_id"], actors["side"].fillna(""))), side_colours(actors)
    key = {"speaker": lambda s: s, "side": lambda s: sides.get(s, ""), "kind": lambda s: kinds.get(s, "")}[by]
    rows = []
    for value, group in spoken.groupby(spoken["speaker_id"].map(key)):
        who = known(people, group["speaker_id"].iloc[0], group["speaker"].iloc[0])
        name = {
            "speaker": who.name,
            "side": who.side[:1].upper() + who.side[1:],
            "kind": str(value).capitalize() or NOBODY.name,
        }[by]
        colour = PLAIN if by == "kind" else who.colour if by == "speaker" else colours.get(value, OTHER)
        words = group["words"].sum()
        label = f"{many(words, 'word')} · {many(len(group), 'quotation')}"
        rows.append(
            (
                -words,
                name,
                _Row(name, ((words, "direct"),), label, colour, by != "kind", who.note if by == "speaker" else ""),
            )
        )
    rows = [row for *_, row in sorted(rows, key=lambda r: r[:2])]
    return _chart(
        rows, title, subtitle or "Words in quotation and number of quotations; scare quotes left out", source, alt
    )


@house()
def quote_kinds(quotes, actors, *, alt, source, title=None, subtitle=None):
    """How speakers are quoted: words in direct, mixed and indirect quotation, one stacked bar per speaker.

    quotes, actors: tables of a dossier; scare quotes are left out. Returns a Figure."""
    title, spoken = title or "In whose words", _spoken(quotes)
    if spoken.empty:
        return nothing("No quotation was found.", source, alt)
    people, names, looks = (
        cast(actors),
        dict(zip(spoken["speaker_id"], spoken["speaker"])),
        [k for k in KINDS if (spoken["kind"] == k).any()],
    )
    table = spoken.pivot_table(index="speaker_id", columns="kind", values="words", aggfunc="sum", fill_value=0)
    rows = []
    for speaker, words in table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index].iterrows():
        who, parts = known(people, speaker, names[speaker]), tuple((int(words[look]), look) for look in looks)
        said = [f"{number} {look}" for number, look in parts if number]
        rows.append(_Row(who.name, parts, ", ".join(said) or "0 words", who.colour, True, who.note))
    return _chart(rows, title, subtitle or "Words in quotation by kind; scare quotes left out", source, alt, looks)


@house()
def cues(quotes, top=12, *, alt, source, title=None, subtitle=None):
    """The words that attribute quotations, as printed, counted and grouped by speech, act and thought.

    quotes: table of a dossier; scare quotes are left out. top: how many cues of each group to draw. Returns a Figure."""
    title, spoken = title or "The words that attribute", _spoken(quotes)
    if spoken.empty:
        return nothing("No quotation was found, so no words attribute one.", source, alt)
    spoken = spoken.assign(cue=spoken["cue"].str.casefold().fillna(NO_CUE), speech=spoken["speech"].fillna(""))
    groups, rest = {}, 0
    for speech in SPEECH:
        numbers = spoken.loc[spoken["speech"] == speech, "cue"].value_counts()
        ranked = sorted(numbers.index, key=lambda cue: (cue == NO_CUE, -numbers[cue], cue))
        groups[speech] = [
            _Row(cue, ((int(numbers[cue]), "indirect" if cue == NO_CUE else "direct"),), f"{numbers[cue]}")
            for cue in ranked[:top]
        ]
        rest += len(ranked[top:])
    sheet, drawn = Sheet(), [row for rows in groups.values() for row in rows]
    for speech, rows in groups.items():
        if rows:
            sheet.section(SPEECH[speech])
            _bars(sheet, rows, _column(drawn), max(row.parts[0][0] for row in drawn))
            sheet.y += 2
    more = f"; {many(rest, 'rarer cue')} not drawn" if rest else ""
    return titled(sheet, title, subtitle or f"Number of quotations by cue, as printed{more}", source, alt)


@house()
def voice_by_group(table, *, alt, source, title=None, subtitle=None):
    """Talked about versus heard: for each group a bar of mentions and a bar of quoted words, each on its own scale.

    table: DataFrame with columns group, words, quotes, mentions. Returns a Figure."""
    title = title or "Talked about, and heard"
    if table.empty:
        return nothing("There is no group to compare.", source, alt)
    sheet, table = Sheet(), table.sort_values(["words", "mentions", "group"], ascending=[False, False, True])
    column = column_for(table["group"].astype(str), 12, most=150)
    half = (WIDTH - column) / 2
    top = sheet.y + 6
    sheet.y = top + 36
    middles = [sheet.name(group, column) for group in table["group"].astype(str)]
    heard = [f"{words:,} · {quotes:,}" if quotes else "none" for words, quotes in zip(table["words"], table["quotes"])]
    for x, head, unit, values, labels, look in (
        (column, "Talked about", "mentions", table["mentions"], [f"{n:,}" for n in table["mentions"]], "indirect"),
        (column + half, "Heard", "quoted words · quotations", table["words"], heard, "direct"),
    ):
        sheet.write(x, top, head, weight="bold")
        sheet.write(x, top + 16, unit, SMALL, color=DIM)
        _draw_bars(sheet, x, half - 12, middles, [((value, look),) for value in values], labels, [PLAIN] * len(values))
    return titled(
        sheet, title, subtitle or "Mentions and quoted words by group; each half has its own scale", source, alt
    )


@house()
def voice_by_region(voices, *, alt, source, title=None, subtitle=None):
    """Talked about and heard, by region of membership: mentions (outlined) and quoted words (solid), each on its own scale, and who speaks.

    voices: DataFrame of `onrecord.voice_by_region`. Regions that are talked about without a voice stand apart, those that do not occur are
    named in a line below. Returns a Figure."""
    title = title or "Who speaks, by membership"
    default = "Mentions and quoted words of actors by what their country belonged to; below them who is quoted, or else who is meant"
    seen = voices[(voices["mentions"] > 0) | (voices["quotes"] > 0)]
    if seen.empty:
        return nothing("No actor was found, so no region is heard.", source, alt)
    sheet = Sheet()
    column = column_for(seen["group"].astype(str), 12, most=150)
    half = (WIDTH - column) / 2
    for x, head, unit in (
        (column, "Talked about", "mentions"),
        (column + half, "Heard", "quoted words · quotations"),
    ):
        sheet.write(x, 6, head, weight="bold")
        sheet.write(x, 22, unit, SMALL, color=DIM)
    sheet.y, middles, ordered = 42, [], []
    silent = voiceless(seen)
    for heading, rows in (("", seen[~seen["group"].isin(silent["group"])]), ("Without a voice", silent)):
        if heading and len(rows):
            sheet.section(heading)
        for row in rows.itertuples():
            note = None if pd.isna(row.states) else many(row.states, "state")
            middles.append(sheet.name(row.group, column, note=note))
            ordered.append(row)
            under, who = middles[-1] + 9, listed(row.heard or row.silent, 6)
            under += sheet.write(column, under, who, SMALL, WIDTH - column, 3, color=DIM) + 6
            sheet.y = max(sheet.y, under)
    heard = [f"{row.words:,} · {row.quotes:,}" if row.quotes else "none" for row in ordered]
    for x, look, values, labels in (
        (column, "indirect", [row.mentions for row in ordered], [f"{row.mentions:,}" for row in ordered]),
        (column + half, "direct", [row.words for row in ordered], heard),
    ):
        _draw_bars(sheet, x, half - 12, middles, [((value, look),) for value in values], labels, [PLAIN] * len(values))
    absent = voices.loc[~voices["group"].isin(seen["group"]) & voices["states"].notna(), "group"]
    if len(absent):
        sheet.y += 6
        sheet.say(f"Nobody of theirs appears: {listed(absent)}.", SMALL)
    return titled(sheet, title, subtitle or default, source, alt)
