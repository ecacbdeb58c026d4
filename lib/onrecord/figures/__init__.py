"""The figures: one function each. They take a dossier's tables and return a matplotlib Figure; `show` puts it into a notebook.

Every function requires `alt=` (what the figure shows, in words) and `source=`; `title=` says the finding and `subtitle=` the measure and its unit,
and both have plain defaults.
"""

from onrecord.figures.along import mentions_along, speakers_along
from onrecord.figures.map import membership_map
from onrecord.figures.memberships import membership_grid, memberships_over_time, venn
from onrecord.figures.outlets import congruence_over_time, diversity, positions_over_time, said_of, voice_by_outlet
from onrecord.figures.picture import png, show
from onrecord.figures.slider import membership_slider
from onrecord.figures.stances import affiliation, conflict, congruence
from onrecord.figures.style import side_colours
from onrecord.figures.sureness import confidence_strip, machine_against_review, reliability
from onrecord.figures.timeline import timeline
from onrecord.figures.voices import cues, heard_and_mentioned, quote_kinds, voice, voice_by_group, voice_by_region

__all__ = [
    "affiliation",
    "confidence_strip",
    "conflict",
    "congruence",
    "congruence_over_time",
    "cues",
    "diversity",
    "heard_and_mentioned",
    "machine_against_review",
    "membership_grid",
    "membership_map",
    "membership_slider",
    "memberships_over_time",
    "mentions_along",
    "png",
    "positions_over_time",
    "quote_kinds",
    "reliability",
    "said_of",
    "show",
    "side_colours",
    "speakers_along",
    "timeline",
    "venn",
    "voice",
    "voice_by_group",
    "voice_by_outlet",
    "voice_by_region",
]
