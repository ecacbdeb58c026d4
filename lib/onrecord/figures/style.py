"""The house style: colours, letters, and a figure laid out in points.

A figure here is one page measured in points, x from 0 at the left to `WIDTH`, y downwards. Words are measured before they are set,
so nothing overlaps and nothing is cut off; the height follows from the rows. `titled` adds head and foot and closes the page.
"""

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import matplotlib.style
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle

from onrecord.data import side_name

DPI = 144
MARGIN = 3.0
WIDTH = 7.2 * 72 - 2 * MARGIN
HEAD, BODY, SMALL = 15, 12, 11  # points; a column of 690 px shows BODY at 16 px, a phone at half of that
PITCH = 1.32  # from baseline to baseline, in font sizes
FONT = "DejaVu Sans"
INK, DIM, RULE, GROUND = "#1b1b1b", "#5b5b5b", "#dcd7cc", "#f1eee7"
PLAIN = "#b5a98f"  # bars that belong to no side

KINDS = {"direct": "direct: in marks", "mixed": "mixed: partly in marks", "indirect": "indirect: reported"}
STANCES = {"support": ("#0072B2", "^"), "oppose": ("#D55E00", "v"), "neither": ("#767676", "o")}
OTHER = "#9a9a9a"
# Sides: the rest of Okabe-Ito, then its green and purple darkened; each with its shade for text and edges and with a marker of its own.
SIDES = {
    "#009E73": ("#00694a", "s"),
    "#CC79A7": ("#9c2f6b", "D"),
    "#E69F00": ("#8a5a00", "p"),
    "#56B4E9": ("#2f6f8f", "P"),
    "#F0E442": ("#756d0c", "X"),
    "#005a40": ("#003b2a", "*"),
    "#7d2456": ("#54163a", "h"),
}
_SHADES = {**SIDES, OTHER: (DIM, "o"), PLAIN: ("#6f6650", "s")}


class Who(NamedTuple):
    """How an actor is shown: the name, the side in words, the side's colour."""

    name: str
    side: str
    colour: str

    @property
    def note(self) -> str:
        """The side, unless the name says it already."""
        return "" if self.side == self.name else self.side


NOBODY = Who("Speaker not named", "side unknown", OTHER)


@contextlib.contextmanager
def house():
    """Matplotlib's defaults while a figure is made or written, whatever the user's own settings; theirs come back afterwards."""
    with matplotlib.style.context(["default", {"font.family": FONT, "hatch.linewidth": 1.0}]):
        yield


def dark(colour: str) -> str:
    """The shade of a side's colour for text and edges: at least 4.5 to 1 against white."""
    return _SHADES[colour][0]


def marker(colour: str) -> str:
    """The marker that goes with a side's colour."""
    return _SHADES[colour][1]


def side_colours(actors: pd.DataFrame) -> dict[str, str]:
    """Colour of each side, the same on every page: by quoted words, then by name; from the eighth on `OTHER`, as where the side is missing."""
    words = actors.dropna(subset=["side"]).groupby("side")["words"].sum()
    order = sorted(words.index, key=lambda side: (-words[side], side))
    return dict(zip(order, [*SIDES, *[OTHER] * len(order)]))


def cast(actors: pd.DataFrame) -> dict[str, Who]:
    """actor_id -> how to show it. A side is named by the actor that is it, else as its state or organisation is."""
    colours, names = side_colours(actors), dict(zip(actors["actor_id"], actors["name"]))
    said = {side: names.get(side) or side_name(side) for side in actors["side"].dropna().unique()} | {"": NOBODY.side}
    return {
        actor: Who(names[actor], said[side], colours.get(side, OTHER))
        for actor, side in zip(actors["actor_id"], actors["side"].fillna(""))
    }


def known(people: Mapping[str, Who], actor: str, name: str | None = None) -> Who:
    """How to show an actor; one who is missing from the table goes by the name that the row has, or by its id."""
    return people.get(actor) or (
        Who(actor if name is None or pd.isna(name) else name, NOBODY.side, OTHER) if actor else NOBODY
    )


def _clean(words: str) -> str:
    """One line that the font can set."""
    glyphs = get_font(findfont(FONT))
    return "".join(
        c if glyphs.get_char_index(ord(c)) else "\N{WHITE SQUARE}"
        for c in " ".join(str(words).split())
        if c.isprintable()
    )


@functools.cache
def _renderer():
    return FigureCanvasAgg(Figure(dpi=DPI)).get_renderer()


@functools.lru_cache(maxsize=1 << 15)
def measure(words: str, size: float = BODY, weight: str = "normal") -> float:
    """Width of one line in points."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    return _renderer().get_text_width_height_descent(words, font, False)[0] * 72 / DPI


def wrap(words: str, width: float, size: float = BODY, weight: str = "normal", lines: int | None = None) -> list[str]:
    """Lines no wider than `width` points; a longer word is broken; after `lines` the rest becomes an ellipsis."""
    done, line = [], ""
    for word in _clean(words).split(" "):
        if line and measure(f"{line} {word}", size, weight) > width:
            done.append(line)
            line = ""
        while len(word) > 1 and measure(word, size, weight) > width:
            fits = [i for i in range(1, len(word)) if measure(word[:i] + "-", size, weight) <= width]
            cut = max(fits, default=1)
            cut = len(word) - 3 if cut > len(word) - 3 > 1 else cut  # no lonely letter on the next line
            done.append(word[:cut] + "-")
            word = word[cut:]
        line = f"{line} {word}".strip()
    done.append(line)
    if lines and len(done) > lines:
        last = done[lines - 1]
        while last and measure(last + "…", size, weight) > width:
            last = last[:-1]
        done = [*done[: lines - 1], last.rstrip(" ,.;:-") + "…"]
    return done


class Sheet(Figure):
    """A figure laid out in points. `y` is where the next row begins; `alt` says in words what is drawn."""

    def __init__(self):
        super().__init__(figsize=(7.2, 1), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self)
        self.page = self.add_axes((0, 0, 1, 1))
        self.plain_axes()
        self.y, self.alt = 0.0, ""

    def plain_axes(self):
        """Points from left to right, and nothing of an axis."""
        self.page.set_axis_off()
        self.page.set_aspect("auto")
        self.page.set_xlim(-MARGIN, WIDTH + MARGIN)

    def write(
        self,
        x,
        y,
        words,
        size=BODY,
        width=None,
        lines=None,
        ha="left",
        middle=False,
        weight="normal",
        color=INK,
        **style,
    ) -> float:
        """Set words with their top (or with `middle` their middle) at y, wrapped to `width`; the height in points."""
        rows = wrap(words, width, size, weight, lines) if width else [_clean(words)]
        pitch = PITCH * size
        top = y - len(rows) * pitch / 2 if middle else y
        for i, row in enumerate(rows):
            # Half of a capital's height below the middle of its line stands the baseline.
            self.page.text(
                x,
                top + (i + 0.5) * pitch + 0.365 * size,
                row,
                fontsize=size,
                family=FONT,
                weight=weight,
                color=color,
                ha=ha,
                va="baseline",
                parse_math=False,
                zorder=5,
                **style,
            )
        return len(rows) * pitch

    def say(self, words, size=SMALL, color=DIM, gap=4.0, **style):
        """Words over the whole width, then a gap; the next row follows."""
        self.y += self.write(0, self.y, words, size, width=WIDTH, color=color, **style) + gap

    def section(self, words):
        """A small heading above the rows that follow."""
        self.y += 8
        self.say(words, SMALL, INK, weight="bold")

    def line(self, xs, ys, color=RULE, width=0.8, style="-", zorder=1):
        """A line through points."""
        self.page.plot(xs, ys, color=color, linewidth=width, linestyle=style, zorder=zorder, solid_capstyle="butt")

    def mark(self, x, y, shape, fill, edge, size=7.0, zorder=4):
        """One marker; `size` in points."""
        self.page.plot(
            [x],
            [y],
            marker=shape,
            markerfacecolor=fill,
            markeredgecolor=edge,
            markersize=size,
            markeredgewidth=1.1,
            zorder=zorder,
        )

    def side(self, x, y, colour):
        """The marker of a side."""
        self.mark(
            x,
            y,
            marker(colour),
            "white" if colour == OTHER else colour,
            dark(colour),
            10 if marker(colour) == "*" else 7.5,
        )

    def bar(self, x, y, width, height, colour, look="direct"):
        """A bar from x around the middle y: `direct` solid, `mixed` hatched, `indirect` outlined, `behind` a tint for marks to stand on."""
        fill = {"direct": colour, "behind": to_rgba(colour, 0.3)}.get(look, "white")
        style = (
            {"linewidth": 0.6, "zorder": 1}
            if look == "behind"
            else {"linewidth": 1, "zorder": 3, "hatch": "//////" if look == "mixed" else None}
        )
        self.page.add_patch(
            Rectangle((x, y - height / 2), width, height, facecolor=fill, edgecolor=dark(colour), **style)
        )

    def key(self, entries: Iterable[tuple[Callable[[float, float], None], str]]):
        """What the marks mean, in a line that flows: each entry draws itself around (x, y), 16 points wide, and has its words."""
        x, y = 0.0, self.y + 8
        for draw, words in entries:
            words = wrap(words, WIDTH - 40, SMALL, lines=1)[0]
            wide = 22 + measure(words, SMALL)
            if x and x + wide > WIDTH:
                x, y = 0.0, y + 18
            draw(x + 8, y)
            self.write(x + 21, y, words, SMALL, middle=True, color=DIM)
            x += wide + 16
        self.y = y + 16

    def looks(self, used: Iterable[str]):
        """The key to the kinds of quotation that are drawn."""
        self.key(
            [
                (lambda x, y, look=look: self.bar(x - 8, y, 16, 11, PLAIN, look), words)
                for look, words in KINDS.items()
                if look in set(used)
            ]
        )

    def heads(self, words, left, cell):
        """Headings of columns that are `cell` points wide, standing on the next row."""
        high = max(len(wrap(head, cell - 6, SMALL, lines=5)) for head in words) * SMALL * PITCH
        for i, head in enumerate(words):
            lines = len(wrap(head, cell - 6, SMALL, lines=5))
            self.write(
                left + (i + 0.5) * cell, self.y + high - lines * SMALL * PITCH, head, SMALL, cell - 6, 5, ha="center"
            )
        self.y += high + 5

    def name(self, words, column, colour=None, note=None, least=22.0, indent=0.0) -> float:
        """A row's name at the left, wrapped into `column` points, with its side's marker and a second, dim line; the row's middle."""
        x = 16 if colour else indent
        room = column - x - 8
        tall = len(wrap(words, room, lines=3)) * BODY * PITCH
        under = len(wrap(note, room, SMALL, lines=2)) * SMALL * PITCH if note else 0
        high = max(least, tall + under + 7)
        top, middle = self.y + (high - tall - under) / 2, self.y + high / 2
        self.write(x, top, words, width=room, lines=3)
        if note:
            self.write(x, top + tall, note, SMALL, room, 2, color=DIM)
        if colour:
            self.side(6, top + BODY * PITCH / 2, colour)
        self.y += high
        return middle

    def heading(self, who: Who, detail):
        """A row's name over the whole width with its side's marker; side and detail dim behind it or, where that is too long, below it."""
        self.side(6, self.y + BODY * PITCH / 2, who.colour)
        detail = f"{who.note} · {detail}" if who.note else detail
        rows = wrap(who.name, WIDTH - 16, lines=2)
        high = self.write(16, self.y, who.name, width=WIDTH - 16, lines=2)
        x = 16 + measure(rows[-1]) + 8
        if x + measure(detail) <= WIDTH:
            self.write(x, self.y + high - BODY * PITCH, detail, color=DIM)
        else:
            high += self.write(16, self.y + high, detail, width=WIDTH - 16, lines=2, color=DIM)
        self.y += high


def column_for(names: Iterable[str], extra: float = 24.0, least: float = 60.0, most: float = 178.0) -> float:
    """How wide a column of names should be: as wide as the widest, within bounds."""
    return min(max([least, *(measure(_clean(n)) + extra for n in names)]), most)


def titled(fig: Sheet, title: str, subtitle: str, source: str, alt: str) -> Sheet:
    """Set head and foot, left-aligned to the figure, give the page its height and attach the alt text.

    Raises ValueError where alt or source is blank."""
    if not alt.strip() or not source.strip():
        raise ValueError("A figure needs a text alternative (alt=) and a source (source=) that say something.")
    foot = fig.y + 8
    foot += fig.write(0, foot, f"Source: {source}", SMALL, WIDTH, color=DIM)
    high = PITCH * HEAD * len(wrap(title, WIDTH, HEAD, "bold"))
    top = -12 - high - (PITCH * BODY * len(wrap(subtitle, WIDTH)) if subtitle else 0)
    fig.write(0, top, title, HEAD, WIDTH, weight="bold")
    fig.write(0, top + high + 2, subtitle, BODY, WIDTH, color=DIM)
    fig.page.set_ylim(foot + MARGIN, top - MARGIN)
    fig.set_size_inches(7.2, (foot - top + 2 * MARGIN) / 72)
    fig.alt = alt
    return fig


def nothing(words: str, source: str, alt: str) -> Sheet:
    """An honest figure for an empty table: that there is nothing to draw is what it finds, whatever title was meant for it."""
    return titled(Sheet(), words, "", source, alt)
