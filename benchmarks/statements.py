"""Statements against two independent codings: is somebody found to support or oppose something, at the right place?

A statement is right when its holder, its position and its place are: its evidence shares at least half of the shorter one's characters and a fifth of
all, and the holder is named where the coder says, bears the same name, or both leave it open. Rows are paired one to one, those of the same position
first. Issue and basis do not count for that; of the rows that are paired it is told apart how many have them right. A stance that fits no issue of the
codebook was coded as `other`, which a proposed issue agrees with.
"""

from onrecord import topics
from onrecord.article import slugify

HALF, FIFTH = 0.5, 0.2
MEASURES = ("statement", "statement, any position")
LABELS = ("issue", "basis")
OTHER = "other"


def tallies(coded: list[dict], dossier) -> dict[str, tuple[int, int, int, int]]:
    """Per measure the tally of one article: (right, predicted, found, marked). Per label: how many are right of those that are paired, twice."""
    given = dossier.statements.to_dict("records")
    pairs = _paired(coded, given, _Names(dossier))
    same = sum(coded[i]["position"] == given[j]["position"] for i, j in pairs)
    found = {
        measure: (right, len(given), right, len(coded))
        for measure, right in zip(MEASURES, (same, len(pairs)), strict=True)
    }
    for label in LABELS:
        right = sum(_label(coded[i][label]) == _label(given[j][label]) for i, j in pairs)
        found[label] = (right, len(pairs), right, len(pairs))
    return found


def _label(label: str) -> str:
    return OTHER if topics.is_proposed(label) else label


class _Names:
    """Who is named where in a dossier."""

    def __init__(self, dossier):
        self.mentions = dossier.mentions[dossier.mentions.form != "pronoun"]
        self.names = {
            row.actor_id: {slugify(row.name), slugify(row.printed)}
            for row in dossier.actors[["actor_id", "name", "printed"]].itertuples(index=False)
        }

    def same(self, actor, coded: dict) -> bool:
        """Whether an actor of the dossier is the holder that was coded."""
        if actor not in self.names or coded["holder"] is None:
            return actor not in self.names and coded["holder"] is None
        if slugify(coded["holder"]) in self.names[actor]:
            return True
        if coded["named"] is None:
            return False
        start, end = coded["named"]
        mine = self.mentions[self.mentions.actor_id == actor]
        return bool(((mine.start < end) & (mine.end > start)).any())


def _paired(coded: list[dict], given: list[dict], names: _Names) -> list[tuple[int, int]]:
    """Pairs of a coded and a given row that are about the same words and holder."""
    close = [
        (one["position"] != other["position"], -share, i, j)
        for i, one in enumerate(coded)
        for j, other in enumerate(given)
        if (share := _place(one, other)) and names.same(other["holder_id"], one)
    ]
    pairs, seen, used = [], set(), set()
    for _, _, i, j in sorted(close):
        if i not in seen and j not in used:
            pairs.append((i, j))
            seen.add(i)
            used.add(j)
    return pairs


def _place(one: dict, other: dict) -> float:
    """How much two pieces of evidence share, of the longer stretch; 0 where it is too little."""
    both = min(one["end"], other["end"]) - max(one["start"], other["start"])
    if both <= 0:
        return 0.0
    shorter = min(one["end"] - one["start"], other["end"] - other["start"])
    share = both / (max(one["end"], other["end"]) - min(one["start"], other["start"]))
    return share if both >= HALF * shorter and share >= FIFTH else 0.0
