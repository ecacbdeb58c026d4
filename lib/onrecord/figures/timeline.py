"""The events of an article in time."""

import pandas as pd

from onrecord.figures.style import DIM, GROUND, INK, PLAIN, SMALL, WIDTH, Sheet, dark, house, nothing, titled
from onrecord.prose import listed, many

DATES, SPINE, WORDS = 122.0, 134.0, 150.0


@house()
def timeline(events, actors, published, *, alt, source, title=None, subtitle=None):
    """Events in order of date, the day of publication among them, longer gaps in words; events without a date below.

    events, actors: tables of a dossier. published: Timestamp, date as text, or None. Returns a Figure."""
    title = title or "What happened when"
    if events.empty:
        return nothing("No event was found.", source, alt)
    names, sheet = dict(zip(actors["actor_id"], actors["name"])), Sheet()
    rows = [
        (a if pd.notna(a) else b, b if pd.notna(b) else a, row)
        for row in events.itertuples()
        for a, b in [(row.date_from, row.date_to)]
    ]
    dated = sorted((r for r in rows if pd.notna(r[0])), key=lambda r: (r[0], r[1], r[2].start))
    published = pd.Timestamp(published).normalize() if published is not None and pd.notna(published) else None
    if published is not None:
        dated = (
            [r for r in dated if r[0] <= published]
            + [(published, published, None)]
            + [r for r in dated if r[0] > published]
        )
    if any(row is not None for *_, row in dated):
        _key(sheet, [row for *_, row in dated if row is not None])
    before = None
    for first, last, row in dated:
        top, same = sheet.y, before is not None and before[:2] == (first, last) and row is not None
        if before is not None:
            _gap(sheet, (first - before[1]).days)
        tall = (
            0
            if same
            else sheet.write(
                DATES, sheet.y, _day(first, last), ha="right", width=DATES, color=DIM if row is not None else INK
            )
        )
        middle = sheet.y + 8
        if row is None:
            sheet.mark(SPINE, middle, "s", INK, INK)
            sheet.write(WORDS, sheet.y, "The article appears", weight="bold")
        else:
            sheet.mark(
                SPINE, middle, "D" if last > first else "o", "white" if row.inferred else dark(PLAIN), dark(PLAIN)
            )
            tall = max(tall, _event(sheet, WORDS, row, names))
        if before is not None:
            sheet.line(
                (SPINE, SPINE),
                (before[2] + 6, middle - 6),
                PLAIN,
                1.2,
                (0, (2, 2)) if (first - before[1]).days >= 7 else "-",
            )
        before = (first, last, middle)
        sheet.y = max(sheet.y + tall, top + 16) + 9
    undated = [row for first, _, row in rows if pd.isna(first)]
    if undated:
        sheet.section("Without a date")
        for row in undated:
            sheet.y += _event(sheet, 0, row, names) + 8
    order = "Events in order of date; the distances are not to scale"
    return titled(sheet, title, subtitle or (order if len(dated) > 1 else many(len(events), "event")), source, alt)


def _event(sheet, x, row, names) -> float:
    """Kind and place, the printed words, who took part; the height."""
    head = row.kind.replace("_", " ").capitalize() if row.kind != "other" else "Event"
    high = sheet.write(
        x, sheet.y, head + (f", {row.place}" if pd.notna(row.place) else ""), width=WIDTH - x, lines=2, weight="bold"
    )
    high += sheet.write(x, sheet.y + high, f"“{row.text}”", SMALL, WIDTH - x, 2, color=DIM)
    there = [names.get(actor, actor) for actor in row.participants]
    if there:
        there = [*there[:4], f"{len(there) - 4} more"] if len(there) > 5 else there
        high += sheet.write(x, sheet.y + high, f"with {listed(there)}", SMALL, WIDTH - x, 2)
    return high


def _gap(sheet, days):
    if days >= 7:
        words = (
            f"{days} days later"
            if days < 60
            else f"{round(days / 30.44)} months later"
            if days < 730
            else f"{days // 365} years later"
        )
        sheet.write(DATES, sheet.y - 2, words, SMALL, ha="right", color=DIM)
        sheet.y += 18


def _key(sheet, rows):
    edge = dark(PLAIN)
    printed, ranges = {not row.inferred for row in rows}, any(row.date_from < row.date_to for row in rows)
    marks = [
        (True in printed, "o", edge, "a date as printed"),
        (False in printed, "o", "white", "reckoned from words such as a weekday"),
        (ranges, "D", GROUND, "some time within these days"),
    ]
    sheet.key(
        [
            (lambda x, y, shape=shape, fill=fill: sheet.mark(x, y, shape, fill, edge), words)
            for used, shape, fill, words in marks
            if used
        ]
    )
    sheet.y += 6


def _day(first, last) -> str:
    """`Wed 12 Jan 2022`, `1–10 Jan 2022`, `Dec 2021`, `2021`."""
    if first == last:
        return f"{first:%a} {first.day} {first:%b %Y}"
    whole = first.day == 1 and last == last + pd.offsets.MonthEnd(0)
    if whole and (first.month, last.month) == (1, 12):
        return f"{first:%Y}" if first.year == last.year else f"{first:%Y}–{last:%Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%b %Y}" if whole else f"{first.day}–{last.day} {last:%b %Y}"
    year = "" if first.year == last.year else f" {first:%Y}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b %Y}"
