"""The overview, the first page of a report: computed from the tables, so that it is true of any article."""

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import pandas as pd

from onrecord import __version__
from onrecord.annotate import UNSURE, Side, SideOf, sides
from onrecord.dossier import Dossier
from onrecord.language import DEFAULT_MODEL
from onrecord.linked import POSITIONS
from onrecord.prose import listed, many, shortened, sure
from onrecord.report.notebook_pages import Page

MOST_BARS = 5  # sides that the overview names; the rest are "others"
FEW = 50  # quoted words; below it no percentages


def _date(day: pd.Timestamp | None) -> str:
    return "no date" if pd.isna(day) else f"{day:%A} {day.day} {day:%B %Y}"


def _reviewed(dossier: Dossier) -> str:
    if dossier.review is None:
        return "read by the machine, not yet reviewed"
    return dossier.state


def about(dossier: Dossier) -> dict:
    article, by = dossier.article, dossier.review and listed(dossier.review.people)
    url = article.url if str(article.url).startswith(("http:", "https:")) else None
    return {
        "title": article.title or "Untitled article",
        "outlet": article.outlet or "outlet unknown",
        "date": _date(article.published),
        "url": url,
        "words": article.words,
        "rights": (article.rights or "").rstrip("."),
        "credit": (article.credit or article.outlet or "source unknown").rstrip("."),
        "review": _reviewed(dossier),
        "by": by,
        "looked_at": dossier.looked_at,
        "partly": dossier.partly,
        "cautions": dossier.cautions,
        "version": __version__,
    }


@dataclass(frozen=True)
class _Heard:
    """Who is heard in plain speech, and who is not."""

    quotes: pd.DataFrame
    total: int  # words
    sides: list[Side]  # known and with a word, most words first
    unknown: Side
    speakers: pd.Series  # words by speaker_id, most first
    names: dict[str, str]
    of: SideOf
    never: list[str]  # names of actors talked about for whom nobody speaks, most mentioned first

    @property
    def independent(self) -> int:
        """Number of independent speakers."""
        return sum(self.of[who].key == "independent" for who in self.speakers.index)


def _heard(dossier: Dossier) -> _Heard:
    actors, quotes, known = dossier.actors, dossier.speech, sides(dossier)
    speakers = quotes.groupby("speaker_id").words.sum().sort_values(ascending=False, kind="stable")
    spoken = actors[actors.actor_id.isin(speakers.index)]
    served = {*spoken.side.dropna(), *spoken.affiliation_id.dropna()}
    silent = actors[(actors.mentions > 0) & ~actors.actor_id.isin(speakers.index) & (actors.kind != "media")]
    spoken_for = silent.actor_id.isin(served) | silent.country.isin(served) & silent.kind.isin(["state", "government"])
    never = silent[(silent.kind == "person") | ~spoken_for].sort_values("mentions", ascending=False, kind="stable")
    return _Heard(
        quotes,
        int(quotes.words.sum()),
        [side for side in known.values() if side.key and side.words],
        known[""],
        speakers,
        dict(zip(actors.actor_id, actors.name)),
        SideOf(known, actors),
        list(never.name),
    )


def _finding(heard: _Heard) -> tuple[str, str]:
    """Who speaks, how much, for which side: a headline and a sentence."""
    if not heard.total:
        return "Nobody is quoted.", "The article holds no words that somebody is reported to say or write."
    first, *rest = heard.sides or [heard.unknown]
    amount = f"{first.words:,} of the {heard.total:,} quoted words{_share(first.words, heard.total, ' ({})')}"
    if first.words == heard.total:
        amount = f"all {heard.total:,} quoted words" if heard.total > 1 else "the one quoted word"
    own = heard.speakers[[heard.of[who].key == first.key for who in heard.speakers.index]]
    names, subject, plural = [heard.names[who] for who in own.index], first.subject, first.plural
    speaks = ""
    if not first.key and len(names) == 1 and own.iloc[0] == first.words:
        subject, plural = names[0], False
    elif names and names != [first.name]:
        how = "in its own name" if names[0] == first.name else f"by {names[0]}"
        speaks = f", {'all' if own.iloc[0] == first.words else f'{own.iloc[0]:,}'} of them {how}"
    others = listed([f"{side.subject} ({side.words:,})" for side in rest], 4)
    others = f"; then {'comes' if len(rest) == 1 and not rest[0].plural else 'come'} {others}" if rest else ""
    nobody = f"; nobody {_known(heard)}independent is heard" if heard.sides and not heard.independent else ""
    sentence = f"{subject} {'supply' if plural else 'supplies'} {amount}{speaks}{others}{nobody}."
    return _headline(first.key, first.words / heard.total, plural), sentence[:1].upper() + sentence[1:]


def _headline(side: str, share: float, plural: bool) -> str:
    if not side:
        return f"For whom the {'speakers speak' if plural else 'speaker speaks'} is unknown."
    free = side == "independent"
    who = "Independent voices" if free else "One side"
    if share == 1:
        return "Only independent voices speak." if free else "One side speaks."
    if share >= 0.75:
        return f"{who} {'do' if free else 'does'} most of the talking."
    if share > 0.5:
        return f"{who} {'have' if free else 'has'} more than half of the quoted words."
    return "No side has more than half of the quoted words."


def _known(heard: _Heard) -> str:
    """Some may be independent among those whose side is unknown."""
    return "known to be " if heard.unknown.words else ""


def _share(part: int, whole: int, form: str = "{}") -> str:
    """A percentage, set into `form`; nothing where the numbers are too small for one."""
    return form.format(f"{100 * part / whole:.0f}\N{NO-BREAK SPACE}%") if whole >= FEW else ""


def _bars(heard: _Heard) -> list[dict]:
    """The sides by their words of plain speech: name, class, width in percent of the longest, and what stands behind the bar."""
    bars = [(side.name[:1].upper() + side.name[1:], side.css, side.words) for side in heard.sides[:MOST_BARS]]
    bars.append(("Others", "s0", sum(side.words for side in heard.sides[MOST_BARS:])))
    bars.append(("Side unknown", "s0", heard.unknown.words))
    most = max(words for _, _, words in bars)
    value = {words: many(words, "word") + _share(words, heard.total, " · {}") for *_, words in bars}
    return [
        {"name": name, "css": css, "percent": round(100 * words / most, 1), "value": value[words]}
        for name, css, words in bars
        if words
    ]


def _tiles(heard: _Heard) -> list[tuple[str, str]]:
    """Numbers with what they count."""
    first, machine = (heard.sides or [None])[0], heard.quotes[heard.quotes.source == "machine"].confidence
    whose = "for a known side"
    if first:
        whose = f"by {first.subject}" if first.key == "independent" else f"for {first.subject}"
    words, unit = f"{first.words if first else 0:,} of {heard.total:,}", "quoted words"
    if heard.total >= FEW:
        words, unit = _share(first.words if first else 0, heard.total), "of quoted words"
    free = f"{heard.independent} independent" if heard.independent else f"none {_known(heard)}independent"
    return [
        (f"{len(heard.quotes):,}", f"quotation{_s(heard.quotes)} of plain speech"),
        (f"{len(heard.speakers):,}", f"speaker{_s(heard.speakers)}, {free}"),
        (words, f"{unit} {whose}"),
        (f"{len(heard.never):,}", f"actor{_s(heard.never)} talked about, never heard"),
        (sure(machine.median()), "how sure the machine is, from 0 to 1, at the median"),
    ]


def _s(counted) -> str:
    return "" if len(counted) == 1 else "s"


def _found(dossier: Dossier, heard: _Heard, pages: list[Page]) -> list[dict]:
    """Short lines, each with the page that tells more: the first whose file name has one of the words, else a place in the annotated article."""
    lines, actors, quotes, statements = [], dossier.actors, heard.quotes, dossier.statements

    def line(sentence: str, words: str = "", anchor: str = "text") -> None:
        page = next((page for page in pages[2:] if words and re.search(words, page.file)), None)
        href, link = (page.file, page.label) if page else (f"article.html#{anchor}", "In the article")
        lines.append({"sentence": sentence, "href": href, "link": link})

    if len(actors):
        most = actors.sort_values("mentions", ascending=False, kind="stable").iloc[0]
        often = {1: "once", 2: "twice"}.get(int(most.mentions), f"{most.mentions:,} times")
        who = f"1 actor appears: {most['name']}, mentioned {often}."
        if len(actors) > 1:
            who = f"{len(actors):,} actors appear; {most['name']} is mentioned most, {often}."
        line(who, "actor|appear")
    if len(quotes):
        kinds = quotes.kind.value_counts().reindex(["direct", "mixed", "indirect"]).dropna().astype(int)
        sorts = listed([f"{number} {'is' if number == 1 else 'are'} {kind}" for kind, number in kinds.items()])
        how = f"Of {len(quotes):,} quotations of plain speech {sorts}."
        if len(quotes) == 1:
            how = f"The one quotation of plain speech is {quotes.kind.iloc[0]}."
        line(how, "quot|speak", "quotations")
    for speaker, words in heard.speakers.head(1).items():
        own, only = quotes[quotes.speaker_id == speaker], len(heard.speakers) == 1
        said = f"{many(words, 'word')} in {many(len(own), 'quotation')}"
        line(f"{own.speaker.iloc[0]} {'alone speaks' if only else 'speaks most'}: {said}.", anchor=own.quote_id.iloc[0])
    nameless = quotes[quotes.speaker_id.isna()]
    if len(nameless):
        has = "has" if len(nameless) == 1 else "have"
        line(f"{many(len(nameless), 'quotation')} {has} no known speaker.", anchor=nameless.quote_id.iloc[0])
    if heard.never:
        line(f"Talked about, but never heard: {listed(heard.never, 5)}.", "actor|appear")
    if len(statements):
        counts = statements.position.value_counts().reindex(list(POSITIONS)).dropna().astype(int)
        said = listed([f"{number} {POSITIONS[position]}" for position, number in counts.items()])
        about = f"{many(len(statements), 'statement')} on {many(statements.issue.nunique(), 'issue')}"
        line(f"{about}: {said}.", "stance|statement|stand", "statements")
    for title, pro, contra in _disputed(dossier):
        line(f"Disputed: {title} ({pro} for, {contra} against).", "stance|statement|stand", "statements")
    doubtful = quotes[(quotes.confidence < UNSURE) & ~quotes.reviewed].sort_values("confidence", kind="stable")
    for least in doubtful.head(1).itertuples():
        words = f"“{shortened(least.text, 50)}” ({sure(least.confidence)})"
        line(f"The machine is least sure of {words}.", anchor=least.quote_id)
    if len(dossier.events):
        line(f"The article tells of {many(len(dossier.events), 'event')}.", r"event|when|happen|^\d*-?article\.")
    if len(dossier.repairs):
        line(f"The print is damaged in {many(len(dossier.repairs), 'place')}.", anchor="damage")
    if not lines:
        line("Nothing: no actor, no quotation, no statement.")
    return lines


def _disputed(dossier: Dossier) -> list[tuple[str, int, int]]:
    """Of the questions with statements for and against the one with most of them: its title and both numbers."""
    counts = pd.crosstab(dossier.answers.issue, dossier.statements.position)
    counts = counts.reindex(columns=["support", "oppose"], fill_value=0)
    counts = counts[counts.min(axis=1) > 0]
    titles = dict(dossier.questions.itertuples(index=False))
    most = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index[:1]]
    return [(titles[row.Index], row.support, row.oppose) for row in most.itertuples()]


def _versions() -> list[tuple[str, str]]:
    model = os.environ.get("ONRECORD_MODEL", DEFAULT_MODEL)

    def installed(package):
        try:
            return version(package)
        except PackageNotFoundError:
            return "unknown"

    packages = {"spaCy": "spacy", f"language model {model}": model, "pandas": "pandas", "matplotlib": "matplotlib"}
    return [
        ("On Record", __version__),
        *((name, installed(package)) for name, package in packages.items()),
        ("Python", platform.python_version()),
    ]


TITLES = ("Read this first", "What was found", "The pages", "To take away", "How it was made", "Credit and terms")


def computed(dossier: Dossier, pages: list[Page]) -> dict:
    """What the first page shows, by the names that its template has for it. pages: all of the report's, this one first."""
    heard = _heard(dossier)
    return {
        "finding": _finding(heard),
        "tiles": _tiles(heard),
        "bars": _bars(heard) if heard.total else [],
        "heard": heard,
        "doubtful": int((heard.quotes.confidence < UNSURE).sum()),
        "found": _found(dossier, heard, pages),
        "versions": _versions(),
    }
