"""Figures of memberships: circles where circles can tell the truth, else a grid of combinations."""

import itertools

import numpy as np
from matplotlib.patches import Circle, PathPatch
from matplotlib.transforms import Affine2D

from onrecord import data
from onrecord.figures.circles import Circles, arrange, chord, pole, ways
from onrecord.figures.style import (
    BODY,
    DIM,
    HEAD,
    INK,
    PITCH,
    PLAIN,
    RULE,
    SMALL,
    WIDTH,
    Sheet,
    house,
    measure,
    nothing,
    titled,
    wrap,
)
from onrecord.prose import day_of, listed, many

NAMED = 9  # a region with at most so many states has their names in it, if they fit
LISTED = 60  # a longer list of states is left to a table
ROWS = 20  # combinations drawn in a grid
TINTS = ("#f4efe4", "#e2d7bf", "#c4b48e")  # in one, two, three organisations
CIRCLES = 3  # at most
LINES = ("-", (0, (7, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)))
SIDES = (
    372.0,
    420.0,
    476.0,
)  # points for the circles, each way: the first in which all names fit that should, or else the first
NAMES = (SMALL, 10)  # sizes of names in a region, in points
PAD = 3.0  # points between words and a line
COLUMN = 110.0  # points: names in a region, at most so wide
FAR = 200.0  # points from a circle: a label that finds no place nearer may be crossed by a line
STEP = 8.0  # points from a line of them to the next, sideways
PANEL, GAP = 168.0, 16.0  # points for the circles of a small multiple; between two of them


@house()
def venn(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Up to three organisations as circles whose regions have areas in proportion to their numbers of states.

    regions: as `memberships.regions` gives them (organisations, states, count). states: alpha-3 -> name. Small regions have the names of their
    states in them where these fit; below the circles the states of all regions are listed. Where circles would be off by more than 2 % of a
    region's count, or for more organisations, `membership_grid` is drawn instead and says why. Returns a Figure; its `areas` are square points by
    region (frozenset of names), as drawn."""
    counts = _counts(regions)
    members = _with_members(regions, counts)
    if not members:
        return nothing("None of these organisations has a member on that day.", source, alt)
    circles = arrange(members, counts) if len(members) <= CIRCLES else None
    if circles is None:
        why = (
            "Circles cannot show these numbers truly"
            if len(members) <= CIRCLES
            else "Circles show three organisations at most"
        )
        given = (subtitle or "Number of states by combination of organisations").rstrip(". ")
        return membership_grid(
            regions,
            states,
            alt=alt,
            source=source,
            title=title,
            subtitle=f"{given}. {why}, so each row is a combination.",
        )
    sheet = Sheet()
    named = {frozenset(row.organisations): _names(row.states, states) for row in regions.itertuples()}
    small = {key: names for key, names in named.items() if key in circles.outlines and len(names) <= NAMED}
    sizes = [circles.scaled(min(side / circles.size)) for side in SIDES]
    tried = ((one, {key: _flow(one, key, names) for key, names in small.items()}) for one in sizes)
    first = next(tried)
    circles, flowed = next((one for one in itertools.chain([first], tried) if all(one[1].values())), first)
    sheet.areas = {key: circles.area(key) for key in circles.outlines}
    _label(sheet, counts, flowed, circles, [_organisations(regions).index(name) for name in members])
    for row in regions.itertuples():
        if row.count:
            sheet.say(f"{_region(row.organisations, members)}: {row.count}", BODY, INK, gap=0, weight="bold")
            sheet.say(_listed(_names(row.states, states)), gap=5)
    without = [o for o in _organisations(regions) if o not in members]
    combinations = [c for size in range(1, len(members) + 1) for c in itertools.combinations(members, size)]
    empty = [_region(c, members) for c in combinations if not counts.get(frozenset(c))]
    if empty:
        sheet.say(f"No state is in: {'; '.join(empty)}.", BODY, gap=6)
    if without:
        sheet.say(f"Without a member on that day: {listed(without)}.", BODY, gap=6)
    default = "Number of states by organisation; every area is in proportion to its number"
    return titled(sheet, title or "Who belongs where", subtitle or default, source, alt)


@house()
def memberships_over_time(days, *, alt, source, title=None, subtitle=None, note=None):
    """Small multiples: the circles of up to three organisations on several days, a state having the same area on all of them.

    days: day (a Timestamp, a date or text) -> regions as `memberships.regions` gives them, of the same organisations. note: day -> what to say behind its date. A day
    whose numbers circles cannot show truly has a row for each combination instead. Returns a Figure; its `panels` are, by day, square points
    by region, as drawn, or None where rows stand."""
    days = dict(sorted((data.day(on), regions) for on, regions in days.items()))
    note = {data.day(on): words for on, words in (note or {}).items()}
    counts = {day: _counts(regions) for day, regions in days.items()}
    members = {day: _with_members(regions, counts[day]) for day, regions in days.items()}
    order = list(dict.fromkeys(name for regions in days.values() for name in _organisations(regions)))
    if not any(members.values()):
        return nothing("None of these organisations has a member on these days.", source, alt)
    circles = {
        day: arrange(names, counts[day]) if 0 < len(names) <= CIRCLES else None for day, names in members.items()
    }
    scale = min((PANEL / c.size.max() for c in circles.values() if c), default=1.0)
    sheet, wide = Sheet(), (WIDTH - GAP) / 2
    sheet.panels = {day: None for day in days}
    every = list(days)
    for pair in (every[k : k + 2] for k in range(0, len(every), 2)):
        top = bottom = sheet.y
        for left, day in zip((0, wide + GAP), pair):
            sheet.y = top
            head = " · ".join(filter(None, (day_of(day), note.get(day))))
            sheet.y += sheet.write(left, sheet.y, head, BODY, wide, weight="bold")
            sizes = [f"{name} {_size(counts[day], name)}" for name in order if name in members[day]]
            missing = [name for name in order if name not in members[day]]
            said = " · ".join(
                sizes + [f"no {name} yet" if _later(days, day, name) else f"no {name}" for name in missing]
            )
            sheet.y += sheet.write(left, sheet.y, said, SMALL, wide, color=DIM) + 6
            if circles[day]:
                drawn = circles[day].scaled(scale)
                sheet.panels[day] = {key: drawn.area(key) for key in drawn.outlines}
                _panel(sheet, left, wide, counts[day], drawn, [order.index(name) for name in members[day]])
            elif members[day]:
                _rows(sheet, left, wide, counts[day], order)
            bottom = max(bottom, sheet.y)
        sheet.y = bottom + 12
    default = "Number of states on each day; a state has the same area on all of them"
    return titled(sheet, title or "Who belonged where, and when", subtitle or default, source, alt)


@house()
def membership_grid(regions, states=None, *, alt, source, title=None, subtitle=None):
    """Any number of organisations as a grid: a row per combination that occurs, its organisations as dots, its states as a bar.

    regions, states: as for `venn`. Returns a Figure."""
    title, names = title or "Who belongs where", _organisations(regions)
    found = sorted(
        (row for row in regions.itertuples() if row.count),
        key=lambda row: (-row.count, -len(row.organisations), row.organisations),
    )
    if not found:
        return nothing("None of these organisations has a member on that day.", source, alt)
    sheet, drawn = Sheet(), found[:ROWS]
    cell = min(max(measure(word, SMALL) for name in names for word in name.split()) + 10, 340 / len(names))
    left = cell * len(names) + 14
    sheet.heads(names, 0, cell)
    for row in drawn:
        sheet.line((0, WIDTH), (sheet.y, sheet.y), RULE)
        y, inside = sheet.y + 13, [i for i, name in enumerate(names) if name in row.organisations]
        for i in range(len(names)):
            colour, size, above = (INK, 9, 4) if i in inside else (RULE, 5, 1)
            sheet.mark((i + 0.5) * cell, y, "o", colour, colour, size, above)
        sheet.line([(i + 0.5) * cell for i in inside], [y] * len(inside), INK, 2, zorder=2)
        wide = row.count / drawn[0].count * (WIDTH - left - 40)
        sheet.bar(left, y, wide, 13, PLAIN)
        sheet.write(left + wide + 7, y, f"{row.count}", middle=True)
        sheet.y += 25
        named = _listed(_names(row.states, states))
        sheet.y += sheet.write(left, sheet.y - 2, named, SMALL, WIDTH - left, color=DIM) + 3
    rest = [row.count for row in found[ROWS:]]
    if rest:
        sheet.say(f"{many(len(rest), 'smaller combination')} with {many(sum(rest), 'state')} not drawn.")
    default = "Number of states by combination of organisations, filled dots; combinations without a state are left out"
    return titled(sheet, title, subtitle or default, source, alt)


def _organisations(regions) -> list[str]:
    return list(
        dict.fromkeys(name for names in sorted(regions["organisations"], key=len, reverse=True) for name in names)
    )


def _counts(regions) -> dict[frozenset, int]:
    return {frozenset(names): int(number) for names, number in zip(regions["organisations"], regions["count"])}


def _names(codes, states) -> list[str]:
    return sorted((states or {}).get(code, code) for code in codes)


def _region(inside, names) -> str:
    """`NATO and OSCE, not EU`, `NATO alone`."""
    within, outside = [n for n in names if n in inside], [n for n in names if n not in inside]
    if len(within) == 1:
        return f"{within[0]} alone"
    return f"{listed(within)}, not {listed(outside, last='or')}" if outside else f"{listed(within)} together"


def _with_members(regions, counts) -> list[str]:
    return [o for o in _organisations(regions) if _size(counts, o)]


def _size(counts, name) -> int:
    return sum(n for key, n in counts.items() if name in key)


def _later(days, day, name) -> bool:
    """Whether an organisation has its first member after a day."""
    having = [on for on, regions in days.items() if _size(_counts(regions), name)]
    return bool(having) and day < min(having)


def _listed(names) -> str:
    return listed(names) if len(names) <= LISTED else f"{many(len(names), 'state')}, too many to name here"


def _outline(sheet, circles: Circles, left, down, lines):
    """The circles around (left, down): regions tinted by the number of organisations, each circle with its own line."""
    place = Affine2D().translate(left, down) + sheet.page.transData
    for key in circles.outlines:
        sheet.page.add_artist(
            PathPatch(
                circles.path(key),
                facecolor=TINTS[len(key) - 1],
                edgecolor="none",
                zorder=1,
                transform=place,
                gid="region",
            )
        )
    for (x, y), radius, line in zip(circles.centres, circles.radii, lines):
        sheet.page.add_artist(
            Circle(
                (x + left, y + down),
                radius,
                facecolor="none",
                edgecolor=INK,
                linewidth=1.6,
                linestyle=LINES[line % len(LINES)],
                zorder=2,
            )
        )


def _number(circles: Circles, key, number, sizes) -> tuple[np.ndarray, str, int] | None:
    """Where in its region a number stands, and how large; None where it doesn't fit."""
    at, room = pole(circles, key)
    for size in sizes:
        if np.hypot(measure(number, size, "bold"), 0.9 * size) / 2 + PAD - 1 <= room:
            return at, number, size
    return None


def _flow(circles: Circles, key, names) -> list[tuple[float, float, str, int, str]] | None:
    """A region's number and below it its names, line by line: x (middle), y (top), words, size, weight; None where they don't fit."""
    at, _ = pole(circles, key)
    words = " ".join(f"{name}," for name in names)[:-1].split(" ")
    low, high = (edge(y for part in circles.outlines[key] for y in part[:, 1]) for edge in (min, max))
    for size in NAMES:
        chords = [chord(circles, key, y, y + 0.7 * PITCH * size, at[0], PAD) for y in np.arange(low, high, 4)]
        widest = min(max((b - a for a, b in filter(None, chords)), default=0), COLUMN)
        if max(measure(word, size) for word in words) > widest:
            continue
        for count in range(int(measure(" ".join(words), size) / widest) + 1, len(words) + 1):
            tall = PITCH * (BODY + count * size)
            for top in sorted(np.arange(low, high - tall, 4), key=lambda y: abs(y + tall / 2 - at[1])):
                rows = _set(circles, key, at[0], top, f"{len(names)}", words, count, size)
                if rows:
                    return rows
    return None


def _set(circles: Circles, key, near, top, number, words, count, small):
    """The number and exactly `count` lines of words from a height downwards, each as near to x = `near` as can be, or None."""
    left, rows, y = list(words), [], top
    for k in range(count + 1):
        size, weight = (small, "normal") if k else (BODY, "bold")
        pitch, row = PITCH * size, "" if k else number
        free = chord(circles, key, y + 0.15 * pitch, y + 0.85 * pitch, near, PAD)
        room = min(free[1] - free[0], COLUMN) if free else 0
        while k and left and measure(f"{row} {left[0]}".strip(), size) <= room:
            row = f"{row} {left.pop(0)}".strip()
        half = measure(row, size, weight) / 2
        x = min(max(near, free[0] + half), free[1] - half) if free else near
        if not row or 2 * half > room or (rows and abs(x - rows[-1][0]) > STEP):
            return None
        rows.append((x, y, row, size, weight))
        y += pitch
    return None if left else rows


def _label(sheet, counts, flowed, circles: Circles, lines):
    """Set all at the next row: the circles, numbers and names inside their regions, what doesn't fit beside the circles, and the circles' names."""
    centres, radii, texts, beside = circles.centres, circles.radii, [], []
    for i, name in enumerate(circles.names):
        beside.append((_wishes(circles, i), wrap(name, 96, BODY, "bold", 3), many(_size(counts, name), "state")))
    for key in circles.outlines:
        number = f"{counts[key]}"
        rows = flowed.get(key)
        alone = None if rows else _number(circles, key, number, (HEAD + 3, HEAD, BODY))
        if alone:
            at, _, size = alone
            rows = [(at[0], at[1] - PITCH * size / 2, number, size, "bold")]
        if rows:
            texts += rows
        else:
            at, _ = pole(circles, key)
            beside.append(
                ([(way @ at / 100, at, way) for way in ways()], [], f"{number}: {_region(key, circles.names)}")
            )
    taken, labels = [_box(*row) for row in texts], []
    for wishes, bold, plain in beside:
        box, at, end = _place(wishes, bold, plain, centres, radii, taken, [(at, end) for _, at, end, *_ in labels])
        labels.append((box, at, end, bold, plain))
        taken.append(box)
    left, down = WIDTH / 2, sheet.y + 8 - min([*(centres[:, 1] - radii), *(box[1] for box in taken)])
    _outline(sheet, circles, left, down, lines)
    for x, y, words, size, weight in texts:
        sheet.write(x + left, y + down, words, size, ha="center", weight=weight)
    for (x0, y0, x1, _), at, end, bold, plain in labels:
        sheet.line((at[0] + left, end[0] + left), (at[1] + down, end[1] + down), INK, zorder=3)
        sheet.mark(at[0] + left, at[1] + down, "o", INK, INK, 3)
        y, middle = y0 + down, (x0 + x1) / 2 + left
        if bold:
            y += sheet.write(middle, y, " ".join(bold), BODY, 96, 3, ha="center", weight="bold")
        sheet.write(middle, y, plain, SMALL, 96, ha="center", color=DIM)
    sheet.y = max([*(centres[:, 1] + radii), *(box[3] for box in taken)]) + down + 14


def _box(x, y, words, size, weight) -> tuple[float, float, float, float]:
    half = measure(words, size, weight) / 2
    return (x - half, y, x + half, y + PITCH * size)


def _wishes(circles: Circles, i) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """How well each point of a circle's edge would hold its name: best where no other circle covers it, away from the middle and to the side."""
    centre, radius, found = circles.centres[i], circles.radii[i], []
    others = np.delete(circles.centres, i, 0), np.delete(circles.radii, i)
    for way in ways():
        at = centre + radius * way
        depth = np.minimum(np.linalg.norm(at - others[0], axis=1) - others[1], 0).sum()
        found.append((3 * depth + way @ centre / radius - abs(way[1]) / 5, at, way))
    return found


def _panel(sheet, left, wide, counts, circles: Circles, lines):
    """A small diagram at the next row: numbers where they fit, each circle's name beside it, and in words below what found no room."""
    texts, rest = [], []
    for key in circles.outlines:
        found = _number(circles, key, f"{counts[key]}", (BODY, SMALL))
        (texts if found else rest).append(found or f"{counts[key]} in {_region(key, circles.names)}")
    taken, labels = [(at[0] - 9, at[1] - 8, at[0] + 9, at[1] + 8) for at, *_ in texts], []
    for i, name in enumerate(circles.names):
        bold, lined = wrap(name, 60, SMALL, "bold", 2), [(at, end) for _, _, at, end in labels]
        found = _place(_wishes(circles, i), bold, "", circles.centres, circles.radii, taken, lined, wide / 2, SMALL)
        labels.append((bold, *found))
        taken.append(found[0])
    high = [*(circles.centres[:, 1] - circles.radii), *(box[1] for box in taken)]
    across, down = left + wide / 2, sheet.y + 2 - min(high)
    _outline(sheet, circles, across, down, lines)
    for (x, y), number, size in texts:
        sheet.write(x + across, y + down, number, size, ha="center", middle=True, weight="bold")
    for bold, (x0, y0, x1, _), at, end in labels:
        sheet.write((x0 + x1) / 2 + across, y0 + down, " ".join(bold), SMALL, 60, 2, ha="center", weight="bold")
        sheet.line((at[0] + across, end[0] + across), (at[1] + down, end[1] + down), INK, zorder=3)
        sheet.mark(at[0] + across, at[1] + down, "o", INK, INK, 2)
    sheet.y = max([*(circles.centres[:, 1] + circles.radii), *(box[3] for box in taken)]) + down + 6
    for words in rest:
        sheet.y += sheet.write(left, sheet.y, words, SMALL, wide, color=DIM)


def _rows(sheet, left, wide, counts, order):
    """Where circles cannot be true: a row with a number for each combination that occurs."""
    several = sum(1 for name in order if _size(counts, name)) > CIRCLES
    why = "Circles show three organisations at most." if several else "Circles cannot show these numbers truly."
    sheet.y += sheet.write(left, sheet.y, why, SMALL, wide, color=DIM) + 3
    for key, number in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]))):
        if number:
            sheet.write(left + 22, sheet.y, f"{number}", SMALL, ha="right", weight="bold")
            sheet.y += sheet.write(left + 30, sheet.y, _region(key, order), SMALL, wide - 30) + 2


def _place(wishes, bold, plain, centres, radii, taken, lines, limit=WIDTH / 2, size=BODY):
    """Where a label stands: outside every circle, apart from other words and lines, as near as can be: its box and the two ends of its line."""
    rows = wrap(plain, 96, SMALL) if plain else []
    half = np.array(
        (
            max([*(measure(w, size, "bold") for w in bold), *(measure(w, SMALL) for w in rows)]) / 2 + 2,
            PITCH * (size * len(bold) + SMALL * len(rows)) / 2,
        )
    )
    for gap in itertools.count(10, 8):
        free, far = [], gap > FAR
        for wish, at, way in wishes:
            middle, end = at + way * (gap + min(half / np.maximum(abs(way), 1e-9))), at + way * (gap - 2)
            box = (*(middle - half), *(middle + half))
            clear = (np.linalg.norm(np.clip(centres, middle - half, middle + half) - centres, axis=1) > radii + 5).all()
            clear &= abs(middle[0]) + half[0] <= limit and not any(_meet(box, other) for other in taken)
            clear &= far or not any(_crosses(at, end, other) for other in taken)
            if clear and (far or not any(_crosses(*line, box) for line in lines)):
                free.append((wish, len(free), box, at, end))
        if free:
            return max(free)[2:]


def _meet(a, b) -> bool:
    return a[0] < b[2] + 4 and b[0] < a[2] + 4 and a[1] < b[3] + 2 and b[1] < a[3] + 2


def _crosses(start, end, box) -> bool:
    """Whether a line between two points runs through a box."""
    points = start + np.linspace(0, 1, 25)[1:, None] * (end - start)
    return bool(((points > (box[0] - 2, box[1])) & (points < (box[2] + 2, box[3]))).all(axis=1).any())
