"""Tables whose cells lead to the words: the matrix of holders by issue, and the statements that are its evidence.

The two lead to each other by anchors, in a notebook as in any page that holds both. A report leads on: there a link to a statement's row opens the
statement's words in the annotated article, from where links lead back to the holder's row in the matrix.
"""

import html
import re

import pandas as pd

from onrecord.prose import LEFT, legal, printed, shortened, sure, table
from onrecord.schema import FLAGS

SIGNS = {"support": "▲", "oppose": "▼", "neutral": "●", "unclear": "?"}
REPORTED = {"support": "△", "oppose": "▽", "neutral": "○", "unclear": "?"}  # of a position that another speaker reports
POSITIONS = {"support": "for", "oppose": "against", "neutral": "neutral", "unclear": "unclear"}
NOBODY, NO_HOLDER = "Nobody named", "no-holder"
ANCHOR = re.compile(r"(?:row|holder)-\S+|no-holder")  # the only ids that a report keeps of what a notebook shows
# For a notebook alone: a report has its own style and takes this away.
STYLE = """<style>
.matrix td { white-space: nowrap; }
.matrix thead th { vertical-align: bottom !important; }
.matrix td, .matrix th { padding: .4em .3em; }
.matrix th:first-child { min-width: 8em; }
.evidence td:nth-child(6) { min-width: 16em; }
.matrix thead span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 13em; }
.matrix a { display: inline-block; min-width: 1.7em; text-align: center; text-decoration: none !important; }
.support, .matrix .support a { color: #0072b2; } .oppose, .matrix .oppose a { color: #d55e00; }
.neutral, .matrix .neutral a, .unclear, .matrix .unclear a { color: #767676; }
tr:target { outline: 2px solid #767676; }
</style>
"""


def holder_anchor(holder_id: object) -> str:
    """Anchor of a holder's row in the matrix; statements whose holder is missing share a row."""
    return NO_HOLDER if pd.isna(holder_id) else f"holder-{holder_id}"


def statement_anchor(statement_id: str) -> str:
    """Anchor of a statement's row in a table of evidence."""
    return f"row-{statement_id}"


class _Linked:
    """HTML for a page, and the same table in plain letters, for a terminal and for comparing."""

    def __init__(self, page: str, plain: str):
        self.page, self.plain = printed(page), legal(plain)

    def _repr_html_(self) -> str:
        return self.page

    def __repr__(self) -> str:
        return self.plain


def matrix(statements: pd.DataFrame, issues: pd.DataFrame, caption: str = "Holders by issue") -> _Linked:
    """The holders (rows) by the issues to which they speak (columns), both with most statements first, statements of nobody named last.

    A cell has for each position the number of statements and then a sign for each of them: ▲ for, ▼ against, ● neutral, ? unclear, hollow where
    another speaker reports it. A sign is a link to its statement's row in `evidence`. issues: DataFrame with columns issue and title."""
    rows = _rows(statements, issues)
    columns, holders = _ranked(rows.issue, rows.title), _ranked(rows.anchor, rows.name)
    holders.sort(key=lambda holder: holder[0] == NO_HOLDER)
    cells = {where: cell.sort_values("start") for where, cell in rows.groupby(["anchor", "issue"])}
    numbers = rows.anchor.value_counts()
    tall = [
        _th(title, "col", f"<span>{html.escape(title)}</span>") for title in ("Statements", *dict(columns).values())
    ]
    body, plain = [], []
    for anchor, name in holders:
        own = [cells.get((anchor, issue)) for issue, _ in columns]
        filled = _cells([numbers[anchor], *("" if cell is None else _signs(cell) for cell in own)])
        body.append(f'<tr id="{html.escape(anchor)}">{_th(name, "row")}{filled}</tr>')
        plain.append([name, numbers[anchor], *("" if cell is None else _plain(cell) for cell in own)])
    frame = pd.DataFrame(plain, columns=["holder", "statements", *dict(columns).values()])
    return _made("matrix", caption, [_th("Holder", "col"), *tall], body, frame)


def evidence(
    statements: pd.DataFrame, issues: pd.DataFrame, actors: pd.DataFrame, caption: str = "The evidence"
) -> _Linked:
    """The statements by issue, each in a row of its own to which the matrix leads, with the words that show it. A row's holder leads back.

    issues: DataFrame with columns issue and title. actors: table of a dossier, for the names of those at whom a statement is aimed and of those
    who report it."""
    names = dict(zip(actors.actor_id, actors.name))
    rows = _rows(statements, issues).sort_values(["title", "position", "start"], kind="stable")
    frame = pd.DataFrame(
        {
            "issue": rows.title,
            "holder": rows.name,
            "position": [f"{SIGNS[position]} {POSITIONS[position]}" for position in rows.position],
            "aimed at": rows.target_id.map(names),
            "in whose words": [_whose(row, names) for row in rows.itertuples()],
            "words": rows.text,
            "sure": rows.confidence.map(sure),
        }
    )
    body = []
    for row, cells in zip(rows.itertuples(), frame.itertuples(index=False)):
        shown = ["–" if pd.isna(cell) else html.escape(str(cell)) for cell in cells]
        shown[1] = f'<a href="#{html.escape(row.anchor)}">{shown[1]}</a>'
        shown[2] = (
            f'<span class="{row.position}" aria-hidden="true">{SIGNS[row.position]}</span>&nbsp;{POSITIONS[row.position]}'
        )
        anchor = html.escape(statement_anchor(row.statement_id))
        shown[5] = f'<a href="#{anchor}">{shown[5]}</a>'
        body.append(f'<tr id="{anchor}">{_cells(shown)}</tr>')
    return _made("evidence", caption, [_th(name, "col") for name in frame], body, frame)


def _whose(row, names: dict[str, str]) -> str:
    """`direct`, `reported by Ann Lee, demanded`."""
    reporter = names.get(row.reported_by)
    basis = "the article’s" if row.basis == "narrator" else row.basis
    return ", ".join([f"{basis} by {reporter}" if reporter else basis, *(flag for flag in FLAGS if getattr(row, flag))])


def _rows(statements: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """The statements with `title` of the issue (its id where the codebook has none), `name` of the holder and `anchor` of the holder's row."""
    titles = dict(zip(issues.issue, issues.title))
    title = [titles.get(issue, issue) for issue in statements.issue]
    anchor = [holder_anchor(holder) for holder in statements.holder_id]
    return statements.assign(title=title, name=statements.holder.fillna(NOBODY), anchor=anchor)


def _ranked(keys: pd.Series, names: pd.Series) -> list[tuple[str, str]]:
    """Each key with its name, the commonest first, then by name."""
    counts, named = keys.value_counts(), dict(zip(keys, names))
    return sorted(named.items(), key=lambda pair: (-counts[pair[0]], pair[1], pair[0]))


def _th(text: str, scope: str, inner: str = "") -> str:
    return f'<th scope="{scope}" {LEFT}>{inner or html.escape(str(text))}</th>'


def _cells(shown: list) -> str:
    return "".join(f"<td {LEFT}>{cell}</td>" for cell in shown)


def _made(css: str, caption: str, heads: list[str], body: list[str], frame: pd.DataFrame) -> _Linked:
    """The table; where it would have no rows, a sentence that says so."""
    if not body:
        return _Linked(f"<p>{html.escape(caption)}: none.</p>", f"{caption}: none.")
    head, rows, said = "".join(heads), "\n".join(body), html.escape(caption)
    page = f'<table class="{css}"><caption style="text-align: left"><span>{said}</span></caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    return _Linked(STYLE + page, repr(table(frame, caption)))


def _signs(cell: pd.DataFrame) -> str:
    """The statements of one holder on one issue: for each position their number and a link each."""
    made = []
    for position in SIGNS:
        links = []
        for row in cell[cell.position == position].itertuples():
            told = ", as another speaker reports" if row.basis == "reported" else ""
            about = html.escape(f"{row.name}, {POSITIONS[position]}{told}: {row.title}. “{shortened(row.text, 60)}”")
            href = html.escape(statement_anchor(row.statement_id))
            links.append(f'<a href="#{href}" title="{about}" aria-label="{about}">{sign_of(row)}</a>')
        if links:
            made.append(f'{len(links)}&nbsp;<span class="{position}">{"".join(links)}</span>')
    return " ".join(made)


def sign_of(statement) -> str:
    """The sign of a statement's position in the matrix."""
    return (REPORTED if statement.basis == "reported" else SIGNS)[statement.position]


def _plain(cell: pd.DataFrame) -> str:
    counts = cell.position.value_counts()
    return " ".join(f"{counts[position]} {sign}" for position, sign in SIGNS.items() if position in counts)
