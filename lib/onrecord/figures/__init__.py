"""The figures: one function each. They take a dossier's tables and return a matplotlib Figure; `show` puts it into a notebook.

Every function requires `alt=` (what the figure shows, in words) and `source=`; `title=` says the finding and `subtitle=` the measure and its unit,
and both have plain defaults.
"""

import base64
import io

from onrecord.figures.along import mentions_along, speakers_along
from onrecord.figures.memberships import membership_grid, venn
from onrecord.figures.stances import affiliation, conflict, congruence
from onrecord.figures.style import house, side_colours
from onrecord.figures.sureness import confidence_strip, machine_against_review, reliability
from onrecord.figures.timeline import timeline
from onrecord.figures.voices import cues, heard_and_mentioned, quote_kinds, voice, voice_by_group, voice_by_region

__all__ = [
    "affiliation",
    "confidence_strip",
    "conflict",
    "congruence",
    "cues",
    "heard_and_mentioned",
    "machine_against_review",
    "membership_grid",
    "mentions_along",
    "png",
    "quote_kinds",
    "reliability",
    "show",
    "side_colours",
    "speakers_along",
    "timeline",
    "venn",
    "voice",
    "voice_by_group",
    "voice_by_region",
]


def png(fig) -> bytes:
    """The figure as PNG at 144 dots per inch, without date or version: the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with house():
        fig.savefig(buffer, format="png", dpi=fig.dpi, metadata={"Software": None})
    return buffer.getvalue()


def show(fig) -> None:
    """Display the figure in a notebook as a PNG with its text alternative. Returns nothing, so that a cell ends clean."""
    from IPython.display import display

    bundle = {"image/png": base64.b64encode(png(fig)).decode("ascii"), "text/plain": fig.alt}
    display(bundle, raw=True, metadata={"image/png": {"alt": fig.alt, "width": round(fig.get_figwidth() * 96)}})
