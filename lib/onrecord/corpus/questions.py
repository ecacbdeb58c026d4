"""Questions to a corpus, each a function that takes the Corpus and gives a DataFrame; `Corpus` has them as methods.

DuckDB does the counting, over files that need not fit into the memory: what comes back is as large as the answer. Articles' words stand in values,
never in the text of a query. Every answer has an order, so that the same corpus gives the same rows. What has no outlet has a missing one; what has no
day of publication is left out of everything that asks when. Speech is plain speech, as `Dossier.speech` has it. Nothing here was reviewed.
"""

from __future__ import annotations

import contextlib
import datetime
import math
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from onrecord import codebook, data, networks, topics
from onrecord.data import InputError

if TYPE_CHECKING:
    from onrecord.corpus.asking import Corpus

FEWEST = 5  # articles, below which an interval is not told
VAGUE = 0.5  # standard error of a chance, as a share of it, above which it is not told
PARTS = 5  # sides or speakers that are told apart
ROWS = 12  # outlets, windows or actors, at most
COMMON = 200  # articles: an actor in more of them tells nobody which two articles go together
CANDIDATES = 200  # pairs of articles that are compared as a whole
OTHERS, UNKNOWN = "others", {"side": "side unknown", "speaker": "not named"}

# The rows that most questions begin with. A side comes from the article; where it tells none, from the first one that does.
_HEARD = """
heard as (
    select q.article_id, q.quote_id, q.words, q.text, r.outlet, r.published, a.name, a.kind, a.corpus_actor_id, a.link,
        coalesce(a.side, k.side) as side
    from quotes q
    join articles r using (article_id)
    left join actors a on a.article_id = q.article_id and a.actor_id = q.speaker_id
    left join corpus_actors k on k.corpus_actor_id = a.corpus_actor_id
    where q.speech = 'speech' and q.kind <> 'scare'
)"""
_WINDOWS = """
spans as (select unnest($begins::date[]) as first_day, unnest($ends::date[]) as last_day, unnest(range(len($begins))) as nth)"""
# An issue of a field's codebook is one question wherever it comes up. The general codebook's are kinds of questions: together with whom they are
# aimed at they make one, and without that none. What is proposed from one article's words is no question that another article answers.
_HELD = """
held as (
    select s.*, r.outlet, r.published, r.title as article, h.corpus_actor_id as holder_actor, h.name as holder_name,
        coalesce(h.side, k.side) as side, t.corpus_actor_id as target_actor, coalesce(g.name, t.name) as target,
        case
            when starts_with(s.issue, $proposed) or s.basis = 'reported' then null
            when not list_contains($general::varchar[], r.codebook) then s.issue
            when t.link <> 'apart' then s.issue || '/' || t.corpus_actor_id
        end as question
    from statements s
    join articles r using (article_id)
    left join actors h on h.article_id = s.article_id and h.actor_id = s.holder_id
    left join corpus_actors k on k.corpus_actor_id = h.corpus_actor_id
    left join actors t on t.article_id = s.article_id and t.actor_id = s.target_id
    left join corpus_actors g on g.corpus_actor_id = t.corpus_actor_id
)"""


# --- what there is -------------------------------------------------------------------------------------------------------------


def outlets(corpus: Corpus, most: int = ROWS) -> pd.DataFrame:
    """The outlets with most articles: a row an outlet.

    Columns: outlet; articles, words (of their texts), quoting (articles with plain speech), undated, foreign (articles that do not look like English);
    first, last (days of publication)."""
    return _whole(
        corpus.ask(
            f"""with {_HEARD}
            select outlet, count(*) as articles, sum(words)::bigint as words,
                count(*) filter (article_id in (select article_id from heard)) as quoting, count(*) filter (published is null) as undated,
                count(*) filter (not english) as foreign, min(published) as first, max(published) as last
            from articles group by outlet order by articles desc, outlet nulls last limit $most""",
            most=most,
        ),
        ("articles", "words", "quoting", "undated", "foreign"),
    )


def windows(corpus: Corpus, most: int = ROWS) -> pd.DataFrame:
    """The time that the corpus covers, cut into windows: months, or quarters or years where there would be more than `most` months; where all
    articles are of one month, up to four windows with about as many articles each.

    Columns: window (0, 1 …), label, begin, end (days, both inside), articles. A window without an article is left out; a corpus without days of
    publication has no window."""
    first, last = corpus.ask("select min(published), max(published) from articles").iloc[0]
    if pd.isna(first):
        return even_windows(corpus)
    by_unit = {unit: pd.period_range(first, last, freq=unit) for unit in ("M", "Q", "Y")}
    if len(by_unit["M"]) == 1:
        return even_windows(corpus)
    unit = next((unit for unit in by_unit if len(by_unit[unit]) <= most), "Y")
    periods = by_unit[unit]
    step = -(-len(periods) // most)  # years, where even they are too many
    edges = [(some[0], some[-1]) for some in (periods[i : i + step] for i in range(0, len(periods), step))]
    cut = [(a.start_time.normalize(), b.end_time.normalize()) for a, b in edges]
    labels = [_label_of(a, unit) if a == b else f"{_label_of(a, unit)}–{_label_of(b, unit)}" for a, b in edges]
    return _counted(corpus, cut, labels)


def even_windows(corpus: Corpus, number: int = 4) -> pd.DataFrame:
    """As `windows`: so many windows with about as many articles each, fewer where they would have less than five articles each. A network of many
    articles has more lines than one of few, whatever the debate: such windows can be compared."""
    days = corpus.ask(
        "select published, count(*) as n from articles where published is not null group by published order by published"
    )
    number, done, groups = max(min(number, len(days), int(days.n.sum()) // FEWEST), 1), 0, []
    for nth, row in enumerate(days.itertuples()):
        left = len(days) - nth
        full = groups and done * number >= days.n.sum() * len(groups)
        if not groups or (len(groups) < number and (full or left <= number - len(groups))):
            groups.append([])
        groups[-1].append(row.published)
        done += row.n
    cut = [(pd.Timestamp(days_[0]), pd.Timestamp(days_[-1])) for days_ in groups]
    return _counted(corpus, cut, [_span(*one) for one in cut])


def _label_of(period: pd.Period, unit: str) -> str:
    """`Mar 2024`, `Jan–Mar 2024`, `2024`."""
    begin, end = period.start_time, period.end_time
    return {"M": f"{end:%b %Y}", "Q": f"{begin:%b}–{end:%b %Y}", "Y": f"{end:%Y}"}[unit]


def _span(begin: pd.Timestamp, end: pd.Timestamp) -> str:
    """`3 May 2015`, `3 – 9 May 2015`, `3 May – 9 Jun 2015`, `3 May 2015 – 9 Jun 2016`."""
    last = f"{end.day} {end:%b %Y}"
    if begin == end:
        return last
    if begin.year != end.year:
        return f"{begin.day} {begin:%b %Y} – {last}"
    return f"{begin.day}{'' if begin.month == end.month else f' {begin:%b}'} – {last}"


def _counted(corpus: Corpus, cut: list[tuple[pd.Timestamp, pd.Timestamp]], labels: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"label": labels, "begin": [a for a, _ in cut], "end": [b for _, b in cut]})
    numbers = corpus.ask(
        f"with {_WINDOWS} select nth, count(*) as n from spans join articles on published between first_day and last_day group by nth",
        **_spans(table),
    )
    table["articles"] = table.index.map(dict(zip(numbers.nth, numbers.n))).fillna(0).astype("int64")
    table = table[table.articles > 0].reset_index(drop=True)
    table.insert(0, "window", range(len(table)))
    return table.astype({"label": "str", "begin": "datetime64[ns]", "end": "datetime64[ns]", "articles": "int64"})


def _spans(table: pd.DataFrame) -> dict[str, list[datetime.date]]:
    return {"begins": [day.date() for day in table.begin], "ends": [day.date() for day in table.end]}


def articles_by_window(corpus: Corpus, cut: pd.DataFrame, most: int = ROWS) -> pd.DataFrame:
    """Numbers of articles: a row for each of the outlets with most articles, a column `outlet` and one for each window's label."""
    found = corpus.ask(
        f"""with {_WINDOWS}, main as (select outlet, count(*) as n from articles group by outlet order by n desc, outlet nulls last limit $most)
        select main.outlet, nth, count(*) as n from spans join articles r on published between first_day and last_day
        join main on main.outlet is not distinct from r.outlet group by main.outlet, main.n, nth order by main.n desc, main.outlet nulls last, nth""",
        most=most,
        **_spans(cut),
    )
    rows: dict = {}
    for row in found.itertuples():
        name = None if pd.isna(row.outlet) else row.outlet
        rows.setdefault(name, dict.fromkeys(cut.label, 0))[cut.label[row.nth]] = row.n
    return pd.DataFrame([{"outlet": name} | numbers for name, numbers in rows.items()], columns=["outlet", *cut.label])


# --- voice ---------------------------------------------------------------------------------------------------------------------


def voice(
    corpus: Corpus,
    by: str = "side",
    parts: int = PARTS,
    most: int = ROWS,
    articles: tuple[str, ...] | None = None,
    cut: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Share of voice: words of plain speech by outlet and `side` or `speaker`; a row for each of them in each of the outlets with most articles. With
    `articles`, a tuple of ids, by article, for these alone, in their order; with windows (`cut`) by window, in the order of time.

    Columns: group (outlet, article_id or the window's label), articles (that have plain speech), part (a side, or a corpus_actor_id; missing for the two last), name (in
    words), rank (of the part by its words in the whole corpus), words, quotes, share (of the group's words). So many of the commonest parts come in the
    same order in every group, then the `others` together, then those of whom the side is unknown, or the name: of a group such as officials too. What it
    hides: one long speech weighs as much as many short ones, and an article that quotes much more than one that quotes little. Raises ValueError for
    another `by`."""
    if by not in ("side", "speaker"):
        raise ValueError(f"by={by!r}: say side or speaker")
    group = "nth" if cut is not None else "outlet" if articles is None else "article_id"
    within = "" if cut is None else "join spans on published between first_day and last_day"
    part = "side" if by == "side" else "case when kind <> 'group' then corpus_actor_id end"
    found = _whole(
        corpus.ask(
            f"""with {_HEARD},{f"{_WINDOWS}," if within else ""}
            parted as (select {group} as here, {part} as part, * from heard {within}),
            chosen as (select * from parted where $articles is null or list_contains($articles::varchar[], article_id)),
            main as (select here, count(distinct article_id) as n from chosen group by here order by n desc, here nulls last limit $most),
            ranked as (select part, row_number() over (order by sum(words) desc, part) as rank from parted where part is not null group by part),
            told as (select part, rank from ranked where part in (select part from chosen) order by rank limit $parts)
            select main.here as "group", main.n as articles, told.part, rank,
                case when told.part is not null then 0 when chosen.part is not null then 1 else 2 end as place, sum(words)::bigint as words, count(*) as quotes
            from chosen join main on main.here is not distinct from chosen.here left join told on told.part = chosen.part
            group by all order by articles desc, "group" nulls last, place, rank""",
            articles=None if articles is None else list(articles),
            most=most if cut is None else len(cut),
            parts=parts,
            **({} if cut is None else _spans(cut)),
        ),
        ("articles", "rank", "place", "words", "quotes"),
    )
    if articles is not None:
        found = found.sort_values("group", key=lambda here: here.map(articles.index), kind="stable", ignore_index=True)
    if cut is not None:
        found = found.sort_values("group", kind="stable", ignore_index=True)
        found["group"] = found.group.map(cut.label)
    told = [part for part in found.part.unique() if pd.notna(part)]
    names = _side_names(corpus, told) if by == "side" else _names(corpus, told)
    rest = {1: OTHERS, 2: UNKNOWN[by]}
    found["name"] = [rest.get(row.place) or names[row.part] for row in found.itertuples()]
    found["share"] = found.words / found.groupby("group", dropna=False).words.transform("sum").clip(lower=1)
    return found[["group", "articles", "part", "name", "rank", "words", "quotes", "share"]]


def _names(corpus: Corpus, actors: list[str]) -> dict[str, str]:
    found = corpus.ask(
        """select corpus_actor_id, name from corpus_actors where list_contains($actors::varchar[], corpus_actor_id)
        union all select corpus_actor_id, min(name) from actors where link = 'apart' and list_contains($actors::varchar[], corpus_actor_id) group by 1""",
        actors=actors,
    )
    return dict(zip(found.corpus_actor_id, found.name))


def _side_names(corpus: Corpus, sides: list[str]) -> dict[str, str]:
    """Each side in words: a state's or an organisation's name, as the reference tables or else the corpus have it."""
    names, told = _names(corpus, sides), {side: data.side_name(side) for side in sides}
    return {side: name if name != side or side not in names else names[side] for side, name in told.items()}


# --- diversity -----------------------------------------------------------------------------------------------------------------


def diversity(corpus: Corpus, cut: pd.DataFrame | None = None, most: int = ROWS) -> pd.DataFrame:
    """How diverse the sources of plain speech are: a row for each of the outlets with most articles, or, where windows are given, for each window.

    Columns: group (outlet or the window's label); articles (that have plain speech: the others count nowhere here); speakers (how many an article
    names, the mean); effective (number of sources, see below); unnamed (share of an article's quotations whose speaker is not named, or only as one
    of a group, such as officials; the mean), persons (share whose speaker is a person, the mean); of the first three `_low` and `_high`: the ends of the
    95 % interval.

    The effective number of sources is the Hill number of order 2 (Hill, “Diversity and evenness”, Ecology 54, 1973), which is the inverse of Simpson's
    index (“Measurement of diversity”, Nature 163, 1949): 10 means as diverse as 10 sources with equal shares. Simpson's index is estimated without bias as
    the chance that a quotation of one article and a quotation of another article have the same source, over all pairs of different articles; each article
    weighs the same. So an outlet with many articles has no larger a number for being large, as it has with the number of different names. It is
    missing below five articles, and where so few of them share a source that the chance is known to within a half of itself at best. Intervals come from
    the spread between articles (Student's t; for the effective number the jackknife, on a logarithmic scale); below five articles there are none.

    What it hides: which sources they are and what they say; that articles on one event share sources; that longer articles name more of them (compare the
    words of an article). Whoever cannot be told across articles counts as somebody else in each, and so does a person under two names: the effective
    number is rather too high."""
    if cut is None:
        unit = f"""main as (select outlet, row_number() over (order by count(*) desc, outlet nulls last) as nth from articles group by outlet
            order by nth limit {int(most)}),
        unit as (select r.article_id, main.nth, main.outlet as label from articles r join main on main.outlet is not distinct from r.outlet)"""
    else:
        unit = f"{_WINDOWS}, unit as (select article_id, nth, null::varchar as label from articles join spans on published between first_day and last_day)"
    found = corpus.ask(
        f"""with {_HEARD}, {unit},
        said as (select unit.nth, unit.label, heard.*, corpus_actor_id is not null and kind <> 'group' as named from heard join unit using (article_id)),
        each as (
            select nth, any_value(label) as label, article_id, count(distinct corpus_actor_id) filter (named) as speakers,
                count(*) filter (not named) / count(*) as unnamed, count(*) filter (named and kind = 'person') / count(*) as persons
            from said group by nth, article_id),
        means as (
            select nth, any_value(label) as label, count(*) as articles, avg(speakers) as speakers, stddev_samp(speakers) as speakers_sd,
                avg(unnamed) as unnamed, stddev_samp(unnamed) as unnamed_sd, avg(persons) as persons
            from each group by nth),
        parts as (
            select nth, article_id, corpus_actor_id, count(*) / sum(count(*)) over (partition by nth, article_id) as p
            from said where named group by nth, article_id, corpus_actor_id),
        totals as (select nth, corpus_actor_id, sum(p) as total from parts group by nth, corpus_actor_id),
        own as (
            select nth, article_id, sum(p * p) as pp, sum(p * total) as pt
            from parts join totals using (nth, corpus_actor_id) group by nth, article_id),
        sums as (select nth, count(*) as n, sum(pt) as tt, sum(pp) as q from own group by nth),
        left_out as (
            select nth, any_value(n) as n, any_value((tt - q) / (n * (n - 1))) as same,
                var_pop((tt - 2 * pt + 2 * pp - q) / ((n - 1) * (n - 2))) * any_value(n - 1) as variance
            from own join sums using (nth) where n > 2 group by nth)
        select means.*, left_out.n, left_out.same, left_out.variance from means left join left_out using (nth) order by nth""",
        **({} if cut is None else _spans(cut)),
    )
    rows = []
    for row in found.itertuples():
        label = row.label if cut is None else cut.label[row.nth]
        one = {"group": None if pd.isna(label) else label, "articles": row.articles}
        t = _student(row.articles - 1) / math.sqrt(row.articles) if row.articles >= FEWEST else math.nan
        for name, lowest, highest in (("speakers", 0.0, math.inf), ("unnamed", 0.0, 1.0)):
            mean, half = getattr(row, name), t * getattr(row, f"{name}_sd")
            one |= {name: mean, f"{name}_low": max(mean - half, lowest), f"{name}_high": min(mean + half, highest)}
            if math.isnan(half):
                one |= dict.fromkeys((f"{name}_low", f"{name}_high"))
        one["persons"] = row.persons
        rows.append(one | _effective(row))
    numbers = [f"{name}{end}" for name in ("speakers", "effective", "unnamed") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["group", "articles", *numbers, "persons"]).astype(
        dict.fromkeys([*numbers, "persons"], "Float64")
    )


def _effective(row) -> dict[str, float | None]:
    """The effective number with its interval: the inverse of the chance that two articles have the same source."""
    if pd.isna(row.same) or row.same < 1e-9 or row.n < FEWEST or row.variance > (VAGUE * row.same) ** 2:
        return dict.fromkeys(("effective", "effective_low", "effective_high"))
    factor = math.exp(_student(row.n - 1) * math.sqrt(max(row.variance, 0)) / row.same)
    return {
        "effective": 1 / row.same,
        "effective_low": max(1 / row.same / factor, 1.0),
        "effective_high": factor / row.same,
    }


def _student(degrees: int) -> float:
    """The 97.5 % point of Student's t, by the expansion around the normal (Abramowitz and Stegun 26.7.5); to within 0.01 from four degrees on."""
    z = 1.959964
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )


# --- who comes and who goes ----------------------------------------------------------------------------------------------------


def newcomers(corpus: Corpus, cut: pd.DataFrame, most: int = ROWS) -> pd.DataFrame:
    """Who is heard for the first time after the first window, those in most articles first; whoever is heard in one article alone is left out.

    Columns: corpus_actor_id, name, articles (with a day, in which the actor speaks), outlets, window (label of the first window), first (day), last,
    silent (articles of the corpus before that day), chance: that of the actor's articles none would be among these, had they been drawn from all
    articles at random. Where many actors are looked at, some have a small chance by chance."""
    return _edge(corpus, cut, most, new=True)


def departed(corpus: Corpus, cut: pd.DataFrame, most: int = ROWS) -> pd.DataFrame:
    """Who is heard for the last time before the last window: as `newcomers`, with the last window, and the articles after the last day as `silent`."""
    return _edge(corpus, cut, most, new=False)


def _edge(corpus: Corpus, cut: pd.DataFrame, most: int, new: bool) -> pd.DataFrame:
    columns = ["corpus_actor_id", "name", "articles", "outlets", "window", "first", "last", "silent", "chance"]
    if len(cut) < 2:
        return pd.DataFrame(columns=columns)
    wanted = "first >= $border" if new else "last <= $border"
    found = corpus.ask(
        f"""with {_HEARD},
        per as (
            select corpus_actor_id, count(distinct article_id) as articles, count(distinct outlet) as outlets, min(published) as first, max(published) as last
            from heard where published is not null and corpus_actor_id is not null and link <> 'apart' group by corpus_actor_id),
        chosen as (select * from per where articles > 1 and {wanted} order by articles desc, corpus_actor_id limit $most),
        days as (select published, count(*) as n from articles where published is not null group by published)
        select corpus_actor_id, k.name, chosen.articles, outlets, chosen.first, chosen.last,
            (select coalesce(sum(n), 0) from days where published < chosen.first)::bigint as before,
            (select coalesce(sum(n), 0) from days where published > chosen.last)::bigint as after, (select sum(n) from days)::bigint as whole
        from chosen join corpus_actors k using (corpus_actor_id) order by chosen.articles desc, corpus_actor_id""",
        most=most,
        border=(cut.begin.iloc[1] if new else cut.end.iloc[-2]).date(),
    )
    found["silent"] = found.before if new else found.after
    found["chance"] = [_missed(row.whole, row.silent, row.articles) for row in found.itertuples()]
    found["window"] = [_label(cut, day) for day in (found["first"] if new else found["last"])]
    return found[columns]


def _missed(whole: int, silent: int, drawn: int) -> float:
    """The chance that none of so many articles, drawn from the whole, is among the silent ones."""
    if drawn > whole - silent:
        return 0.0
    ways = [math.lgamma(n + 1) for n in (whole - silent, whole - silent - drawn, whole, whole - drawn)]
    return math.exp(ways[0] - ways[1] - ways[2] + ways[3])


def _label(cut: pd.DataFrame, day: pd.Timestamp) -> str | None:
    here = cut[(cut.begin <= day) & (day <= cut.end)]
    return here.label.iloc[0] if len(here) else None


# --- stances -------------------------------------------------------------------------------------------------------------------


def codebooks(corpus: Corpus) -> dict[str, codebook.Codebook]:
    """The codebooks of the articles by their ids; one that is not at hand any more is left out, and its issues go by their ids."""
    found = {}
    for name in corpus.ask("select distinct codebook from articles order by codebook").codebook:
        own = corpus.about.get("codebook") and _is_own(corpus, name)
        with contextlib.suppress(ValueError):
            found[name] = codebook.load(corpus.about["codebook"] if own else name)
    return found


def _codes(corpus: Corpus) -> tuple[dict[str, str], dict[str, object]]:
    """The titles of issues, and the values for which the query of statements asks."""
    books = codebooks(corpus)
    titles = {issue: title for book in books.values() for issue, title in zip(book.issues.issue, book.issues.title)}
    return titles, {"general": [name for name, book in books.items() if book.default], "proposed": topics.PROPOSED}


def _is_own(corpus: Corpus, name: str) -> bool:
    """Whether the corpus was coded by a codebook of the user's own, which goes by its path."""
    return corpus.about["codebook"] != name


def _titled(found: pd.DataFrame, titles: dict[str, str]) -> pd.Series:
    """Each question in words: the issue's title and, where that makes the question, at whom it is aimed."""
    return pd.Series(
        [
            titles.get(row.issue, row.issue)
            + (f": {row.target}" if "/" in row.question and pd.notna(row.target) else "")
            for row in found.itertuples()
        ],
        index=found.index,
        dtype="str",
    )


def holders(corpus: Corpus, actor: str | None = None, question: str | None = None, most: int = ROWS) -> pd.DataFrame:
    """Who takes positions on what: a row an actor and question, those in most articles first. `actor` and `question` keep one alone, the actor by
    corpus_actor_id or name.

    Columns: corpus_actor_id, name, question (id), title; support, oppose, neutral, unclear (numbers of statements), articles. A question is an issue of a
    field's codebook, or an issue of the general codebook together with the actor at whom it is aimed (the id has a `/` then): the general issues are
    kinds of questions, such as a person in office, and without a target two articles need not speak of the same one. Such statements are left out,
    and so are views that another speaker reports, proposed issues and holders who cannot be told across articles; `statements_compared` counts them."""
    titles, values = _codes(corpus)
    found = _whole(
        corpus.ask(
            f"""with {_HELD}
            select holder_actor as corpus_actor_id, any_value(k.name) as name, question, any_value(held.issue) as issue, min(target) as target,
                {_POSITIONS}, count(distinct article_id) as articles
            from held join corpus_actors k on k.corpus_actor_id = holder_actor
            where question is not null and ($actor is null or holder_actor = $actor or k.name = $actor) and ($question is null or question = $question)
            group by holder_actor, question having support + oppose + neutral > 0
            order by articles desc, support + oppose desc, holder_actor, question limit $most""",
            actor=actor or None,
            question=question or None,
            most=most,
            **values,
        ),
        (*POSITIONS, "articles"),
    )
    found["title"] = _titled(found, titles)
    return found[["corpus_actor_id", "name", "question", "title", *POSITIONS, "articles"]]


POSITIONS = ("support", "oppose", "neutral", "unclear")
_POSITIONS = ", ".join(f"count(*) filter (position = '{name}') as {name}" for name in POSITIONS)


def statements_compared(corpus: Corpus) -> pd.DataFrame:
    """How many statements can be compared across articles: one row with `statements`, `reported` (of somebody's view by another speaker: it is nobody's
    own word), of the others `proposed` (on an issue proposed from the article's words), `untargeted` (on a general issue, aimed at nobody who can be told
    across articles), `unheld` (of nobody who can be told), `compared` (the rest)."""
    _, values = _codes(corpus)
    return _whole(
        corpus.ask(
            f"""with {_HELD}, sorted as (
                select basis = 'reported' as is_reported, basis <> 'reported' and starts_with(issue, $proposed) as is_proposed, question,
                    k.corpus_actor_id as who
                from held left join corpus_actors k on k.corpus_actor_id = holder_actor)
            select count(*) as statements, count(*) filter (is_reported) as reported, count(*) filter (is_proposed) as proposed,
                count(*) filter (not is_reported and not is_proposed and question is null) as untargeted,
                count(*) filter (question is not null and who is null) as unheld, count(*) filter (question is not null and who is not null) as compared
            from sorted""",
            **values,
        ),
        ("statements", "reported", "proposed", "untargeted", "unheld", "compared"),
    )


def positions(corpus: Corpus, actor: str, question: str, cut: pd.DataFrame) -> pd.DataFrame:
    """An actor's positions on a question by window: a row a window. actor: a corpus_actor_id.

    Columns: window, label; support, oppose, neutral, unclear (numbers of statements), articles (with such a statement)."""
    _, values = _codes(corpus)
    found = corpus.ask(
        f"""with {_HELD}, {_WINDOWS}
        select nth as "window", {_POSITIONS}, count(distinct article_id) as articles
        from held join spans on published between first_day and last_day where holder_actor = $actor and question = $question group by nth""",
        actor=actor,
        question=question,
        **values,
        **_spans(cut),
    )
    counts = found.set_index("window").reindex(range(len(cut)), fill_value=0).astype("int64")
    return pd.concat([cut[["window", "label"]], counts.reset_index(drop=True)], axis=1)


def positions_by_outlet(corpus: Corpus, question: str, most: int = ROWS) -> pd.DataFrame:
    """Which positions on a question each outlet prints, whoever takes them: a row for each of the outlets with most articles that have one.

    Columns: outlet; support, oppose, neutral, unclear (numbers of statements), holders (who takes them), articles. An outlet that prints a position does
    not share it."""
    _, values = _codes(corpus)
    return _whole(
        corpus.ask(
            f"""with {_HELD}
            select outlet, {_POSITIONS}, count(distinct coalesce(holder_actor, article_id || holder_id)) as holders, count(distinct article_id) as articles
            from held where question = $question group by outlet order by articles desc, outlet nulls last limit $most""",
            question=question,
            most=most,
            **values,
        ),
        (*POSITIONS, "holders", "articles"),
    )


def stated(corpus: Corpus, actor: str, question: str, most: int = 20) -> pd.DataFrame:
    """The statements behind `positions`, with their words, in the order of time: at most so many, spread evenly over all.

    Columns: published, outlet, holder, position, text, basis, confidence, article (title), article_id, statement_id."""
    _, values = _codes(corpus)
    return corpus.ask(
        f"""with {_HELD}, own as (
            select *, row_number() over (order by published nulls last, article_id, start) as nth, count(*) over () as number
            from held where holder_actor = $actor and question = $question)
        select published, outlet, holder_name as holder, position, text, basis, confidence, article, article_id, statement_id from own
        where number <= $most or (nth - 1) * $most // number > (nth - 2) * $most // number or nth = 1 order by nth""",
        actor=actor,
        question=question,
        most=most,
        **values,
    )


# --- networks ------------------------------------------------------------------------------------------------------------------


def network(corpus: Corpus, cut: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """The positions of the most active holders in each window, in the form that `onrecord.congruence` and `conflict` take: a row a holder, question,
    window and position. The same holders in all windows: those with positions in most articles on questions on which somebody else has one too; of
    their questions those on which at least two of them have a position, in whatever window.

    Columns: window, holder_id (a corpus_actor_id), holder, side, issue (the question's id), title, position (support, oppose or neutral), statements
    (their number)."""
    titles, values = _codes(corpus)
    found = _whole(
        corpus.ask(
            f"""with {_HELD}, {_WINDOWS},
            clear as (
                select held.*, nth, k.name from held join spans on published between first_day and last_day
                join corpus_actors k on k.corpus_actor_id = holder_actor where question is not null and position in ('support', 'oppose', 'neutral')),
            shared as (select question from clear where position <> 'neutral' group by question having count(distinct holder_actor) > 1),
            main as (
                select holder_actor, count(distinct article_id) as n from clear semi join shared using (question) where position <> 'neutral'
                group by holder_actor order by n desc, holder_actor limit $most),
            theirs as (
                select question from clear semi join main using (holder_actor) where position <> 'neutral'
                group by question having count(distinct holder_actor) > 1)
            select nth as "window", holder_actor as holder_id, any_value(name) as holder, min(side) as side, question, any_value(issue) as issue,
                min(target) as target, position, count(*) as statements
            from clear semi join main using (holder_actor) semi join theirs using (question)
            group by nth, holder_actor, question, position order by nth, holder_actor, question, position""",
            most=most,
            **values,
            **_spans(cut),
        ),
        ("window", "statements"),
    )
    found["title"] = _titled(found, titles)
    found["issue"] = found.question
    return found[["window", "holder_id", "holder", "side", "issue", "title", "position", "statements"]]


def network_by_window(rows: pd.DataFrame, cut: pd.DataFrame) -> pd.DataFrame:
    """How dense and how polarised the network is in each window. rows: the answer of `network`.

    Columns: window, label, articles; holders (with a position), agree, clash (pairs of them), density (share of all pairs that agree), polarisation (over
    all questions, `onrecord.polarisation`). Density and polarisation are missing where fewer than three holders have a position."""
    made = []
    for window, label, articles in zip(cut.window, cut.label, cut.articles):
        here = rows[rows.window == window]
        agree, clash = networks.congruence(here), networks.conflict(here)
        one = {"window": window, "label": label, "articles": articles, "holders": len(agree)}
        one |= {
            "agree": agree.number_of_edges(),
            "clash": clash.number_of_edges(),
            "density": None,
            "polarisation": None,
        }
        if len(agree) >= networks.FEWEST:
            one |= {"density": nx.density(agree), "polarisation": networks.polarisation(here).polarisation.iloc[-1]}
        made.append(one)
    columns = ["window", "label", "articles", "holders", "agree", "clash", "density", "polarisation"]
    return pd.DataFrame(made, columns=columns).astype({"density": "Float64", "polarisation": "Float64"})


# --- two articles --------------------------------------------------------------------------------------------------------------


def nearest(corpus: Corpus, days: int | None = 3, most: int = 5) -> pd.DataFrame:
    """Pairs of articles that may tell of one event, the nearest first: of different outlets, both with plain speech, at most so many days apart, with
    at least two actors in common, neither of them in more than 200 articles. With `days` None any two articles that share an actor.

    Columns: first, second (article_ids, the older one first), apart (days; missing where one has no day), shared (number of actors), near (0 to 1): the
    weight of the actors in both, divided by that of the actors in either. An actor weighs the more the fewer articles have it (the logarithm of how
    many articles there are to one of the actor's), so that a name of every day joins nothing. The 200 pairs that are nearest
    by the actors of up to 200 articles are compared in full. Who cannot be told across articles counts as nobody."""
    return _whole(
        corpus.ask(
            f"""with {_HEARD},
            much as (select count(*) + 1 as n from articles),
            whole as (select distinct article_id, corpus_actor_id, ln(n / k.articles) as weight from actors join corpus_actors k using (corpus_actor_id), much
                where link <> 'apart'),
            sums as (select article_id, sum(weight) as weight from whole group by article_id),
            rare as (
                select article_id, corpus_actor_id, ln(n / k.articles) as weight, outlet, published
                from actors join corpus_actors k using (corpus_actor_id) join articles using (article_id), much
                where link <> 'apart' and k.articles between 2 and {COMMON}
                    and ($days is null or article_id in (select article_id from heard))),
            rough as (
                select a.article_id as one, b.article_id as other, sum(a.weight) as weight
                from rare a join rare b using (corpus_actor_id)
                where a.article_id < b.article_id and ($days is null or (a.outlet <> b.outlet and abs(a.published - b.published) <= $days))
                group by one, other having $days is null or count(*) > 1),
            pairs as (
                select one, other from rough join sums a on a.article_id = one join sums b on b.article_id = other
                order by rough.weight / (a.weight + b.weight - rough.weight) desc, one, other limit {CANDIDATES}),
            common as (
                select one, other, count(*) as shared, sum(a.weight) as weight from pairs join whole a on a.article_id = one
                join whole b on b.article_id = other and b.corpus_actor_id = a.corpus_actor_id group by one, other),
            told as (
                select one, other, shared, common.weight / (a.weight + b.weight - common.weight) as near, x.published as day, y.published as other_day
                from common join sums a on a.article_id = one join sums b on b.article_id = other
                join articles x on x.article_id = one join articles y on y.article_id = other)
            select case when other_day < day then other else one end as first, case when other_day < day then one else other end as second,
                abs(day - other_day) as apart, shared, near
            from told order by near desc, apart, first, second limit $most""",
            days=days,
            most=most,
        ),
        ("apart", "shared"),
    )


def about(corpus: Corpus, articles: tuple[str, ...]) -> pd.DataFrame:
    """What is known of some articles, in the order in which they are named: article_id, title, outlet, published, url, words.

    Raises InputError for an id that the corpus does not have."""
    found = corpus.ask(
        "select article_id, title, outlet, published, url, words from articles where list_contains($articles::varchar[], article_id)",
        articles=list(articles),
    ).set_index("article_id")
    for one in articles:
        if one not in found.index:
            raise InputError(f"{one}: is no article of the corpus: take an article_id of its table `articles`")
    return found.loc[list(articles)].reset_index()


def actors_beside(corpus: Corpus, first: str, second: str) -> pd.DataFrame:
    """The actors of two articles side by side: a row an actor, the most quoted first.

    Columns: corpus_actor_id, name, kind, side; apart (who cannot be told across articles: may well be somebody else's other name); mentions_first, mentions_second, words_first, words_second (words of plain speech)."""
    numbers = ("mentions_first", "mentions_second", "words_first", "words_second")
    return _whole(
        corpus.ask(
            f"""with {_HEARD},
            said as (select article_id, corpus_actor_id, sum(words) as words from heard where article_id in ($first, $second) group by all),
            here as (
                select article_id = $first as is_first, a.corpus_actor_id, a.name, a.kind, a.side, a.link = 'apart' as apart, a.mentions, coalesce(said.words, 0) as words
                from actors a left join said using (article_id, corpus_actor_id) where article_id in ($first, $second))
            select corpus_actor_id, any_value(name) as name, any_value(kind) as kind, any_value(side) as side, bool_or(apart) as apart,
                coalesce(sum(mentions) filter (is_first), 0)::bigint as mentions_first, coalesce(sum(mentions) filter (not is_first), 0)::bigint as mentions_second,
                coalesce(sum(words) filter (is_first), 0)::bigint as words_first, coalesce(sum(words) filter (not is_first), 0)::bigint as words_second
            from here group by corpus_actor_id
            order by words_first + words_second desc, mentions_first + mentions_second desc, corpus_actor_id""",
            first=first,
            second=second,
        ),
        numbers,
    )


def statements_beside(corpus: Corpus, first: str, second: str) -> pd.DataFrame:
    """The statements of two articles side by side, each with its words, those first on which the articles differ.

    Columns: holder (missing where nobody is named), title (the issue and, where it is aimed at somebody, at whom), position, text, article_id, found: `one
    article` (the other one has no position of this holder on it), `both`, or `differently` (the other one has another position)."""
    titles, values = _codes(corpus)
    found = corpus.ask(
        f"""with {_HELD} select article_id, statement_id, start, issue, coalesce(question, issue) as question, target, position, text, holder_name as holder,
            coalesce(holder_actor, article_id || statement_id) as who
        from held where article_id in ($first, $second) order by article_id <> $first, start, statement_id""",
        first=first,
        second=second,
        **values,
    )
    found["title"] = [
        titles.get(row.issue, row.issue.removeprefix(topics.PROPOSED).replace("-", " "))
        + (f": {row.target}" if pd.notna(row.target) else "")
        for row in found.itertuples()
    ]
    where: dict = {}
    for row in found.itertuples():
        where.setdefault((row.who, row.question), {}).setdefault(row.article_id, set()).add(row.position)
    told = []
    for row in found.itertuples():
        taken = where[row.who, row.question]
        others = next((some for article, some in taken.items() if article != row.article_id), None)
        told.append("one article" if others is None else "both" if row.position in others else "differently")
    found["found"] = told
    order = found.found.map({"differently": 0, "both": 1, "one article": 2})
    found = found.assign(order=order).sort_values("order", kind="stable", ignore_index=True)
    return found[["holder", "title", "position", "text", "article_id", "found"]]


def _whole(found: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The answer with whole numbers as such, where some are missing too."""
    return found.astype(dict.fromkeys(names, "Int64"))
