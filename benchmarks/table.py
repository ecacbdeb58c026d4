"""The one table: our figures with their intervals, the peers that ran beside us, and those measured elsewhere."""

import pandas as pd

from benchmarks.run import OURS

HEAD = ("measure", "n", "On Record (95 %)", "in this run", "measured elsewhere, on the TEST part")


def text(results: dict, elsewhere: pd.DataFrame) -> str:
    """The table in plain letters, a heading a split."""
    lines = [f"On Record {results['onrecord']}, {results['model']}. F1, precision and recall in percent."]
    lines += [
        "The last column was measured on the TEST part of each corpus, whatever the split above it, and not by this run."
    ]
    rows = [HEAD]
    figures = results["figures"]
    for corpus, split, articles in dict.fromkeys((f["corpus"], f["split"], f["articles"]) for f in figures):
        here = [f for f in figures if (f["corpus"], f["split"]) == (corpus, split)]
        rows.append((f"{corpus} {split}: {articles} documents", "", "", "", ""))
        rows += [_row(f, here, elsewhere) for f in here if f["system"] == OURS]
        rows += _confidence_and_speed(results, corpus, split, elsewhere)
    widths = [max(len(row[i]) for row in rows) for i in range(1, len(HEAD) - 1)]
    first = max(len(row[0]) for row in rows if any(row[1:]))
    for row in rows:
        cells = [row[0].ljust(first), *(cell.ljust(wide) for cell, wide in zip(row[1:], widths)), row[-1]]
        lines.append("  ".join(cells).rstrip())
        if row is HEAD:
            lines.append("-" * len(lines[-1]))
    for part in ("report", "many articles"):
        lines += [f"{measure}: {value}" for measure, value in results.get(part, {}).items()]
    return "\n".join(lines)


def _row(ours: dict, here: list[dict], elsewhere: pd.DataFrame) -> tuple[str, ...]:
    beside = [f for f in here if f["measure"] == ours["measure"] and f["system"] != OURS]
    return (
        f"  {ours['measure']}",
        str(ours["n"]),
        f"{ours['value']:.1f} ({ours['low']:.1f}-{ours['high']:.1f})",
        ", ".join(f"{f['system']} {f['value']:.1f}" for f in beside),
        _elsewhere(elsewhere, ours["corpus"], ours["measure"]),
    )


def _elsewhere(figures: pd.DataFrame, corpus: str, measure: str) -> str:
    """The figures of a corpus and measure, the best first."""
    found = figures[(figures.corpus == corpus) & (figures.measure == measure)].sort_values("value", ascending=False)
    return ", ".join(f"{row.system} {row.value:g}" for row in found.itertuples())


def _confidence_and_speed(results: dict, corpus: str, split: str, elsewhere: pd.DataFrame) -> list[tuple[str, ...]]:
    rows = []
    for found in results["reliability"]:
        if (found["corpus"], found["split"]) == (corpus, split):
            error = found["error"]
            around = f"{error['value']:.3f} ({error['low']:.3f}-{error['high']:.3f})"
            rows.append(("  calibration error", str(error["n"]), around, "", ""))
            rows += [_bin(one) for one in found["bins"]]
    for found in results["speed"]:
        if (found["corpus"], found["split"]) == (corpus, split):
            rate = f"{found['articles a second']:.1f}"
            rows.append(
                (
                    "  articles a second",
                    str(found["timed"]),
                    rate,
                    "",
                    _elsewhere(elsewhere, corpus, "articles a second"),
                )
            )
            others = ("textacy", "analysis with embeddings")
            beside = ", ".join(
                f"{name} {found[f'{name} to parse']:.2f}" for name in others if f"{name} to parse" in found
            )
            ratio, known = f"{found['analysis to parse']:.2f}", _elsewhere(elsewhere, corpus, "analysis to parse")
            rows.append(("  analysis to parse", str(found["timed"]), ratio, beside, known))
    return rows


def _bin(one: dict) -> tuple[str, ...]:
    return (
        f"  share right at {one['confidence']:.2f}",
        str(one["n"]),
        f"{one['right']:.2f} ({one['low']:.2f}-{one['high']:.2f})",
        "",
        "",
    )
