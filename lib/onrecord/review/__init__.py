"""Decisions of a reviewer laid over the machine's draft, how far codings of an article agree, and how the machine does on others' codings."""

from onrecord.review.agreement import (
    across,
    confusion,
    disputed,
    found,
    intervals,
    labels,
    matches,
    missed,
    scores,
    words,
)
from onrecord.review.decisions import COMMON, FIELDS, Decision, Review, apply, beside, codings, read
from onrecord.review.measured import benchmark, reliability

__all__ = [
    "COMMON",
    "FIELDS",
    "Decision",
    "Review",
    "across",
    "apply",
    "benchmark",
    "beside",
    "codings",
    "confusion",
    "disputed",
    "found",
    "intervals",
    "labels",
    "matches",
    "missed",
    "read",
    "reliability",
    "scores",
    "words",
]
