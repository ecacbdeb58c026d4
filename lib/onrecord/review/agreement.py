"""How far two codings of one article agree: the machine's draft with a review or a coder, one coder with another.

Two rows are the same row when they are about the same words. On these, labels are compared; which words are coded at all is compared word by word.
Chance is taken off by Cohen's kappa (Cohen 1960) and by Krippendorff's alpha for nominal data (Krippendorff, *Content Analysis*, 4th edition, 2019,
chapter 12; the package `krippendorff` checks it in the tests). Intervals come from drawing the article's blocks anew, with replacement.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd

from onrecord.review.decisions import FIELDS, MATCH, shared, spans_of
from onrecord.schema import FLAGS

LABELS = {
    "actors": ("name", "kind", "role", "affiliation", "side"),
    "quotes": ("speaker_id", "kind", "speech", "cue"),
    "statements": ("issue", "position", "basis", "target_id", "reported_by", *FLAGS),
    "events": ("date_from", "place"),
    "repairs": ("kind",),
}
DRAWS, SEED = 500, 0
COEFFICIENTS = ["kappa", "kappa_low", "kappa_high", "alpha", "alpha_low", "alpha_high"]
NONE = "–"  # a word that a coding leaves out, a label that it leaves open


def matches(table: str, draft: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Which rows of two codings are about the same words: columns draft, truth (positions, one to one) and shared (0 to 1).

    Actors are matched by their printed name, mentions by actor and place, all others by place. A statement's place is its
    evidence: some of the same words, and the same holder; of several, the one on the same issue comes first."""
    pairs = []
    drafted, true = draft.to_dict("records"), truth.to_dict("records")
    for i, a in enumerate(drafted):
        for j, b in enumerate(true):
            if table == "actors":
                share = float(a["actor_id"] == b["actor_id"] or a["printed"] == b["printed"])
            else:
                share = shared(spans_of(a), spans_of(b)) if a["start"] < b["end"] and b["start"] < a["end"] else 0.0
            if table == "statements":
                share = (1 + share + (a["issue"] == b["issue"])) / 3 if share and _equal(a, b, "holder_id") else 0.0
                share = MATCH + share / 2 if share else 0.0
            if table == "mentions" and a["actor_id"] != b["actor_id"]:
                share = 0.0
            if share >= MATCH:
                pairs.append((min(share, 1.0), i, j))
    used_a, used_b, chosen = set(), set(), []
    for share, i, j in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            chosen.append({"draft": i, "truth": j, "shared": share})
    return pd.DataFrame(chosen, columns=["draft", "truth", "shared"])


def compared(a, b) -> list[str]:
    """The tables that both dossiers code whole: a draft codes all, a coding those that it calls complete."""
    whole = [set(d.review.complete) if d.review is not None and d.review.complete else set(FIELDS) for d in (a, b)]
    return [table for table in FIELDS if table in whole[0] & whole[1]]


def aligned(draft, truth) -> dict[str, pd.DataFrame]:
    """The draft's tables with the other's ids and names for actors that are the same, so that one misspelt name counts once and not in every row."""
    pairs = matches("actors", draft.actors, truth.actors)
    same = dict(zip(draft.actors.actor_id.iloc[pairs.draft], truth.actors.actor_id.iloc[pairs.truth]))
    places = {(m.start, m.end): m.actor_id for m in truth.mentions.itertuples()}
    together = Counter((m.actor_id, places.get((m.start, m.end))) for m in draft.mentions.itertuples())
    for (one, other), _ in sorted(together.items(), key=lambda item: (-item[1], str(item[0]))):
        if other is not None and one not in same and other not in same.values():
            same[one] = other
    tables = {name: table.copy() for name, table in draft.tables.items()}
    for name, columns in (
        ("mentions", ["actor_id"]),
        ("quotes", ["speaker_id"]),
        ("statements", ["holder_id", "target_id", "reported_by"]),
    ):
        for column in columns:
            tables[name][column] = tables[name][column].replace(same)
    names = truth.actors.set_index("actor_id")["name"]
    statements = tables["statements"]
    statements["holder"] = statements.holder_id.map(names).astype("string[python]").fillna(statements.holder)
    return tables


def scores(draft, truth) -> pd.DataFrame:
    """One coding against another, a row a table: n_draft, n_truth, matched, precision, recall, f1 (0 to 1; missing where there is nothing to divide by).

    draft, truth: two dossiers of one article. The row `stances` counts statements that agree in holder, place and position."""
    rows, tables = [], aligned(draft, truth)
    for table in compared(draft, truth):
        a, b = tables[table], getattr(truth, table)
        pairs = matches(table, a, b)
        rows.append(_score(table, len(a), len(b), len(pairs)))
        if table == "statements":
            same = a.position.iloc[pairs.draft].to_numpy() == b.position.iloc[pairs.truth].to_numpy()
            rows.append(_score("stances", len(a), len(b), int(same.sum())))
    columns = ["table", "n_draft", "n_truth", "matched", "precision", "recall", "f1"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[4:], "Float64"))


def _score(table: str, n_draft: int, n_truth: int, matched: int) -> dict:
    return {
        "table": table,
        "n_draft": n_draft,
        "n_truth": n_truth,
        "matched": matched,
        "precision": matched / n_draft if n_draft else None,
        "recall": matched / n_truth if n_truth else None,
        "f1": 2 * matched / (n_draft + n_truth) if n_draft + n_truth else None,
    }


def labels(draft, truth) -> pd.DataFrame:
    """Labels on the rows that both dossiers have, a row a table and label.

    Columns table, label, compared, same, kappa and alpha with the ends of their 95 % intervals (missing where all labels are one)."""
    rows, tables = [], aligned(draft, truth)
    for table in compared(draft, truth):
        a, b = tables[table], getattr(truth, table)
        pairs = matches(table, a, b)
        blocks = _blocks(truth, b.start.iloc[pairs.truth]) if "start" in b else np.arange(len(pairs))
        for label in LABELS.get(table, ()):
            left, right = _told(a[label].iloc[pairs.draft]), _told(b[label].iloc[pairs.truth])
            rows.append(
                {"table": table, "label": label, "compared": len(pairs), "same": int((left == right).sum())}
                | _coefficients(left, right, blocks)
            )
    return _table(rows, ["table", "label", "compared", "same"])


def words(draft, truth) -> pd.DataFrame:
    """Agreement on what is coded at all, word by word: which words stand in a quotation, in a statement's evidence.

    Columns table, compared (words of the running text), draft, truth, both (words coded), kappa and alpha with the ends of their 95 % intervals."""
    text, rows = truth.article.text, []
    running = truth.blocks[truth.blocks.kind.isin(["headline", "subheading", "paragraph"])]
    places = [
        (block.start + m.start(), block.start + m.end())
        for block in running.itertuples()
        for m in re.finditer(r"\w+", text[block.start : block.end])
    ]
    blocks = _blocks(truth, [start for start, _ in places])
    for table in (t for t in ("quotes", "statements") if t in compared(draft, truth)):
        left, right = (_coded(getattr(d, table), places) for d in (draft, truth))
        rows.append(
            {"table": table, "compared": len(places), "draft": int(left.sum()), "truth": int(right.sum())}
            | {"both": int((left & right).sum())}
            | _coefficients(left.astype(str), right.astype(str), blocks)
        )
    return _table(rows, ["table", "compared", "draft", "truth", "both"])


def intervals(frame: pd.DataFrame) -> pd.DataFrame:
    """What `labels` or `words` gave with its 95 % intervals as words for a table: more columns, `kappa from` and `alpha from`, such as "0.63 to 0.85"."""

    def told(name: str) -> list[str | None]:
        ends = zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        return [None if pd.isna(low) else f"{low:.2f} to {high:.2f}" for low, high in ends]

    return frame.assign(**{f"{name} from": told(name) for name in ("kappa", "alpha")})


def across(frame: pd.DataFrame, name: str, counts: bool = False) -> pd.DataFrame:
    """What `labels` gave of several pairs of codings (column `pair`), side by side: a row a table and label, a column a pair, each cell a coefficient
    (`name`: kappa or alpha) with its 95 % interval, such as "0.90 (0.69–1.00)"; with `counts` how many labels are the same before it."""

    def told(row) -> str:
        value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
        around = "" if pd.isna(low) else f" ({low:.2f}–{high:.2f})"
        same = f"{row.same} of {row.compared}"
        if pd.isna(value):
            return same if counts else NONE
        return f"{same}: {value:.2f}{around}" if counts else f"{value:.2f}{around}"

    cells = [
        {"table": row.table, "label": row.label, "pair": row.pair, "told": told(row)} for row in frame.itertuples()
    ]
    wide = pd.DataFrame(cells, columns=["table", "label", "pair", "told"]).pivot(
        index=["table", "label"], columns="pair", values="told"
    )
    order = frame[["table", "label"]].drop_duplicates()
    return (
        wide.loc[list(order.itertuples(index=False, name=None)), list(dict.fromkeys(frame.pair))]
        .rename_axis(columns=None)
        .reset_index()
    )


def confusion(draft, truth, table: str, label: str) -> pd.DataFrame:
    """Counts of a label's values on all rows of a table: the draft's down, the other's across; `–` where only one has the row, or leaves the label open."""
    a, b = aligned(draft, truth)[table], getattr(truth, table)
    pairs = matches(table, a, b)
    left, right = _told(a[label]), _told(b[label])
    counts = Counter(zip(left[pairs.draft], right[pairs.truth]))
    counts.update((value, NONE) for value in np.delete(left, pairs.draft))
    counts.update((NONE, value) for value in np.delete(right, pairs.truth))
    values = sorted({value for pair in counts for value in pair}, key=lambda value: (value == NONE, value))
    return pd.DataFrame([[counts[row, column] for column in values] for row in values], index=values, columns=values)


def disputed(draft, truth, table: str) -> pd.DataFrame:
    """The rows of a table on which two codings differ, in the order of the text: start, text, what (`row` or the label), draft, truth."""
    a, b = aligned(draft, truth)[table], getattr(truth, table)
    pairs, rows = matches(table, a, b), []
    name = {"statements": "holder", "quotes": "speaker", "actors": "name"}.get(table)
    for side, lone in (("draft", a.drop(a.index[pairs.draft])), ("truth", b.drop(b.index[pairs.truth]))):
        for row in lone.to_dict("records"):
            about = [row.get(column) for column in (name, "issue", "position", "kind") if column in row]
            rows.append(_dispute(row, "row", **{side: ", ".join(str(x) for x in about if not pd.isna(x)) or "yes"}))
    for i, j in zip(pairs.draft, pairs.truth):
        one, other = a.iloc[i].to_dict(), b.iloc[j].to_dict()
        for label in LABELS.get(table, ()):
            left, right = (_told([row[label]])[0] for row in (one, other))
            if left != right:
                rows.append(_dispute(other, label, left, right))
    found = pd.DataFrame(rows, columns=["start", "text", "what", "draft", "truth"])
    return found.sort_values(["start", "text", "what"], kind="stable", ignore_index=True)


def _dispute(row: dict, what: str, draft: str = NONE, truth: str = NONE) -> dict:
    text = row.get("text", row.get("printed"))
    return {"start": row.get("start", 0), "text": text, "what": what, "draft": draft, "truth": truth}


def missed(table: str, draft, truth) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of a table that the second dossier has and the first has not, and the other way round."""
    a, b = aligned(draft, truth)[table], getattr(truth, table)
    pairs = matches(table, a, b)
    return b.drop(b.index[pairs.truth]), a.drop(a.index[pairs.draft])


def found(draft, truth) -> pd.DataFrame:
    """Every row of the draft's quotations, statements and events: table, confidence, and right: whether the review has it (missing where there is no review)."""
    parts, tables = [], aligned(draft, truth)
    for table in ("quotes", "statements", "events"):
        rows = tables[table]
        pairs = set(matches(table, rows, getattr(truth, table)).draft)
        right = pd.array([i in pairs if truth.review else pd.NA for i in range(len(rows))], dtype="boolean")
        parts.append(pd.DataFrame({"table": table, "confidence": rows.confidence.to_numpy(), "right": right}))
    return pd.concat(parts, ignore_index=True)


# --- coefficients --------------------------------------------------------------------------------------------------------------


def _equal(a: dict, b: dict, column: str) -> bool:
    return (pd.isna(a[column]) and pd.isna(b[column])) or (not pd.isna(a[column]) and a[column] == b[column])


def _told(values) -> np.ndarray:
    """Labels as text, an open one as a value of its own."""
    return np.array([NONE if pd.isna(value) else str(value) for value in values], dtype=object)


def _blocks(dossier, starts) -> np.ndarray:
    """The number of the block in which each place stands."""
    return np.searchsorted(dossier.blocks.start.to_numpy(dtype=int), np.asarray(starts, dtype=int), side="right")


def _coded(rows: pd.DataFrame, places: list[tuple[int, int]]) -> np.ndarray:
    """For each word whether a row of the table, a scare quote apart, holds it."""
    if "kind" in rows:
        rows = rows[rows.kind != "scare"]
    spans = [span for row in rows.to_dict("records") for span in spans_of(row)]
    return np.array([any(s <= start and end <= e for s, e in spans) for start, end in places], dtype=bool)


def _coefficients(left: np.ndarray, right: np.ndarray, blocks: np.ndarray) -> dict:
    """Kappa and alpha of two rows of labels, with the interval in which 95 % of the draws of blocks put them."""
    values, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    if len(values) < 2:
        return dict.fromkeys(COEFFICIENTS)
    pair, k = codes.reshape(2, -1), len(values)
    units, at = np.unique(blocks, return_inverse=True)
    tables = np.zeros((len(units), k, k))  # a table of counts a block
    np.add.at(tables, (at, pair[0], pair[1]), 1)
    drawn = np.random.default_rng(SEED).multinomial(len(units), np.full(len(units), 1 / len(units)), size=DRAWS)
    draws = np.tensordot(drawn, tables, axes=1)
    told = {}
    for name, coefficient in (("kappa", _kappa), ("alpha", _alpha)):
        around = [x for x in map(coefficient, draws) if x is not None]
        low, high = np.quantile(around, [0.025, 0.975]) if len(units) > 1 and around else (None, None)
        told |= {name: coefficient(tables.sum(axis=0)), f"{name}_low": low, f"{name}_high": high}
    return told


def _kappa(counts: np.ndarray) -> float | None:
    """Cohen's kappa of a square table of counts; None where chance alone would agree always."""
    shares = counts / counts.sum()
    chance = float(shares.sum(axis=0) @ shares.sum(axis=1))
    return None if chance >= 1 else (float(np.trace(shares)) - chance) / (1 - chance)


def _alpha(counts: np.ndarray) -> float | None:
    """Krippendorff's alpha for nominal data of a square table of counts; None where there is one value alone."""
    pairs = counts + counts.T  # each unit's two labels, in both orders
    each, n = pairs.sum(axis=0), pairs.sum()
    unlike = n * n - float(each @ each)
    return None if unlike <= 0 else float(1 - (n - 1) * (n - np.trace(pairs)) / unlike)


def _table(rows: list[dict], about: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=about + COEFFICIENTS).astype(dict.fromkeys(COEFFICIENTS, "Float64"))
