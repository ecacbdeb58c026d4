"""The diagram of memberships with a slider for the day: it moves in a live notebook, and is a picture everywhere else."""

import functools
import html
from collections.abc import Iterable

import pandas as pd

from onrecord import data, memberships
from onrecord.figures.memberships import venn
from onrecord.figures.picture import encoded, show, width
from onrecord.prose import day_of, listed

VIEW = "application/vnd.jupyter.widget-view+json"


def membership_slider(organisations: Iterable[str], on: memberships.Day, *, alt, source) -> None:
    """Display the diagram of some organisations' members on a day, in a live notebook with a slider over the days on which something changed for them.

    organisations, on: as for `memberships.regions`, which says what it raises. alt: what the picture shows; the day and its counts are added,
    for each day. One output holds the slider and the picture of `on`: a page or a program without widgets shows the picture, and so does a notebook
    that `make notebooks` or `onrecord report` has executed. Returns nothing."""
    from ipywidgets import HTML, Layout, SelectionSlider, VBox

    asked = list(memberships.regions(organisations, on)["organisations"][0])  # the first row has them all
    start = data.day(on)
    days = sorted({*memberships.days_of_change(asked), start})

    first = drawn(asked, start, alt=alt, source=source)

    @functools.cache
    def page(day: pd.Timestamp) -> str:
        fig = first if day == start else drawn(asked, day, alt=alt, source=source)
        words = html.escape(fig.alt)
        return f'<img alt="{words}" width="{width(fig)}" src="data:image/png;base64,{encoded(fig)}">'

    slider = SelectionSlider(
        options=[(day_of(day), day) for day in days],
        value=start,
        description="Day",
        continuous_update=False,  # a picture takes a moment to draw
        layout=Layout(width="690px", max_width="100%"),
    )
    picture = HTML(page(start))
    slider.observe(lambda change: picture.set_trait("value", page(change["new"])), "value")
    view = {"version_major": 2, "version_minor": 0, "model_id": VBox([slider, picture]).model_id}
    show(first, **{VIEW: view})


def drawn(organisations: list[str], day: pd.Timestamp, *, alt: str, source: str):
    """The diagram of one day as a Figure, whose text alternative ends with the day and its counts."""
    regions = memberships.regions(organisations, day)
    names = memberships.states({code for states in regions["states"] for code in states})
    full = regions[regions["count"] > 0]
    counts = [f"{' + '.join(inside)} {count}" for inside, count in zip(full["organisations"], full["count"])]
    title = f"{listed(organisations)} on {day_of(day)}"
    return venn(regions, names, alt=f"{alt.rstrip()} On {day_of(day)}: {listed(counts)}.", source=source, title=title)
