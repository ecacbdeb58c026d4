"""Sentences and tables that a notebook computes: counting in grammatical English, and text from articles that comes out as text."""

import html
import itertools
import re
from collections.abc import Iterable

import pandas as pd

# How a table's cell is set. JupyterLab drops the style sheets of a notebook that was not run, and keeps this.
LEFT, RIGHT = (f'style="text-align: {side}; vertical-align: top"' for side in ("left", "right"))

# JupyterLab sets as mathematics what stands in any output between dollars or after a backslash, however the mark is written in Markdown or HTML; of
# these classes (of MathJax 3 and 2) it keeps off. pandas puts them on the tables that it shows itself.
_PRINTED = "mathjax_ignore tex2jax_ignore"
pd.options.display.html.use_mathjax = False
pd.options.styler.html.mathjax = False
pd.options.styler.format.escape = "html"  # a styled table takes cells for markup unless it is told


def many(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `many(0, "quotation")` gives `no quotations`; then `1 quotation`, `2,100 quotations`."""
    return f"{f'{number:,}' if number else 'no'} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Iterable[str], most: int | None = None, last: str = "and") -> str:
    """Words as a phrase: `A`, `A and B`, `A, B and C`; those beyond `most` as `3 more`. Nothing gives `none`."""
    words = [str(word) for word in words]
    if most is not None and len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0] if words else "none"


def shortened(text: str, most: int = 90) -> str:
    """The text, cut at a word after at most `most` characters."""
    return text if len(text) <= most else re.sub(r"\W+\w*$", "", text[:most]) + " …"


def sure(value: float) -> str:
    """A confidence as `0.93`; a dash where there is none."""
    return "–" if pd.isna(value) else f"{value:.2f}"


def percent(part: float, whole: float) -> str:
    """A share as `41 %`; `0 %` of nothing."""
    return f"{round(100 * part / whole)} %" if whole else "0 %"


def day_of(day: pd.Timestamp | None) -> str:
    """A day as `14 January 2022`; `no date` where there is none."""
    return "no date" if pd.isna(day) else f"{day.day} {day:%B %Y}"


def legal(text: str) -> str:
    """The text with what a page and a terminal cannot show (control characters, halves of characters) as `�`, one for one."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def plain(text: object) -> str:
    """Text for a sentence in Markdown: whatever Markdown, mathematics or HTML would take for markup comes out as printed.

    `plain("a_b <b>")` gives `a&#95;b &#60;b&#62;`; dollars and backslashes stand in elements that mathematics keeps off, see `bare`."""
    marks = r"[\\`*_{}\[\]<>()#|~$&@^]|://|(?<=www)\.|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]"
    line = re.sub(r"\s+", " ", legal(str(text))).strip()
    line = re.sub(marks, lambda m: "".join(f"&#{ord(mark)};" for mark in m.group()), line)
    return re.sub(r"(?:&#(?:36|92);)+", rf'<span class="{_PRINTED}">\g<0></span>', line)


def bare(markdown: str) -> str:
    """A sentence's Markdown without the elements that `plain` puts around dollars and backslashes: for a page that sets no mathematics."""
    return re.sub(rf'<span class="{_PRINTED}">((?:&#(?:36|92);)+)</span>', r"\1", markdown)


def printed(page: str) -> str:
    """A table's HTML as a notebook shows it: dollars and backslashes are no mathematics. Without any it stays as it is."""
    page = legal(page)
    return f'<div class="{_PRINTED}">{page}</div>' if re.search(r"[$\\]", page) else page


class Sentence:
    """A computed sentence, shown as Markdown in a notebook."""

    def __init__(self, markdown: str):
        self.markdown = markdown

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return html.unescape(bare(self.markdown)).replace("**", "")


def say(template: str, *values: object) -> Sentence:
    """A sentence for people: each `{}` of the template stands for a value, whose markup is escaped. The template itself may hold Markdown.

    It begins with a capital, whatever its first value is."""
    sentence = template.format(*(plain(value) for value in values))
    return Sentence(re.sub(r"(?:\A|(?<=\A- )|(?<=\n- ))[a-z]", lambda m: m.group().upper(), sentence))


class Table:
    """A table for people: a caption, no index, a dash where a value is missing."""

    def __init__(self, frame: pd.DataFrame, caption: str):
        self.frame, self.caption = frame.rename_axis(columns=None), caption

    def _repr_html_(self) -> str:
        cells = self.frame.map(_cell)
        with pd.option_context("display.html.use_mathjax", True):  # `printed` says below what is none
            page = cells.to_html(index=False, border=0, escape=True, justify="left", max_rows=None)
        # JupyterLab sets all to the right. Styles of elements stay in a notebook that it does not trust yet; a report takes them away.
        for tag in ("td", "th") if self.frame.columns.nlevels == 1 else ("td",):
            styles = itertools.cycle(map(_aligned, self.frame.dtypes))
            page = re.sub(f"<{tag}>", lambda _, tag=tag, styles=styles: f"<{tag} {next(styles)}>", page)
        caption = f'<caption style="text-align: left">{html.escape(self.caption)}</caption>'
        return printed(page.replace('class="dataframe">', f'class="dataframe">\n  {caption}', 1))

    def __repr__(self) -> str:
        with pd.option_context(
            "display.max_colwidth", None, "display.width", None, "display.max_rows", None, "display.max_columns", None
        ):
            return legal(f"{self.caption}\n{self.frame.map(_cell).to_string(index=False)}")


def table(frame: pd.DataFrame, caption: str) -> Table:
    """Show a DataFrame as a table with a caption. Dates lose their clock, tuples become lists of words, missing values a dash."""
    return Table(frame, caption)


def _aligned(kind) -> str:
    """Numbers to the right, all else to the left."""
    number = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
    return RIGHT if number else LEFT


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    if pd.isna(value):
        return "–"
    if isinstance(value, pd.Timestamp):
        return day_of(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
