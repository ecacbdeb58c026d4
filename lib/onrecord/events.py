"""Meetings, visits, press conferences, statements and other dated happenings, and the dates that a text gives.

A date keeps the precision of its words: "early January" is a range. `dates` reads text alone; `draft` also the parse and the mentions.
The words that trigger an event stand in data/reference/events.csv, the words of dates in data/reference/dates.csv.
"""

import calendar
import datetime as dt
import functools
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd
from spacy.symbols import VERB
from spacy.tokens import Span, Token

from onrecord import data, schema
from onrecord.language import Passage, text_of

DAY, WEEK = dt.timedelta(1), dt.timedelta(7)


# --- Dates -----------------------------------------------------------------------------------------------------------------------------


class When(NamedTuple):
    """First and last day, missing where unknown; whether they were reckoned; what they repeat by where the year or week is left open."""

    first: dt.date | None = None
    last: dt.date | None = None
    inferred: bool = True
    period: str = ""


UNKNOWN = When()


@functools.cache
def _date_words(role: str) -> dict[str, str]:
    words = data.table("dates")
    chosen = words[words["role"] == role]
    return dict(zip(chosen["word"], chosen["value"], strict=True))


def _any(role: str) -> str:
    """A pattern of all words of a role, longest first; a final point may stand before anything, a letter must be the last."""
    words = sorted(_date_words(role), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(w).replace("\\ ", " ") + ("" if w.endswith(".") else r"\b") for w in words) + ")"


def _value(role: str, word: str) -> int:
    words = _date_words(role)
    value = words.get(word) or words.get(" ".join(word.lower().split()))
    if value is None:  # a foreign letter that only looks like one of the word's: "laſt"
        raise ValueError(word)
    return int(value)


def _third(first: dt.date, last: dt.date, part: int) -> tuple[dt.date, dt.date]:
    """Early, middle or late: a third of a year (four months), of a month (10 days) or of a week."""
    if (last - first).days > 300:
        return dt.date(first.year, 4 * part + 1, 1), _month(first.year, 4 * part + 4)[1]
    size = 10 if (last - first).days > 20 else 2
    return first + size * part * DAY, last if part == 2 else first + (size * (part + 1) - 1) * DAY


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _unit(day: dt.date, unit: str, step: int) -> tuple[dt.date, dt.date]:
    """The week (from Monday), weekend, month or year that lies `step` away from the one that holds the day."""
    if unit == "year":
        return dt.date(day.year + step, 1, 1), dt.date(day.year + step, 12, 31)
    if unit == "month":
        return _month(day.year, day.month + step)
    if unit == "day":
        return day + step * DAY, day + step * DAY
    monday = day - day.weekday() * DAY + step * WEEK
    return monday + (5 * DAY if unit == "weekend" else 0 * DAY), monday + 6 * DAY


def _nearest(
    spans: Iterable[tuple[dt.date, dt.date]], published: dt.date, tense: str
) -> tuple[dt.date, dt.date] | None:
    """The span nearest to publication among those that the tense allows: begun by then, not over by then, or any."""
    allowed = [
        s for s in spans if not ((tense == "past" and s[0] > published) or (tense == "future" and s[1] < published))
    ]
    return min(allowed, key=lambda s: max((s[0] - published).days, (published - s[1]).days, 0), default=None)


def _iso(m, published, tense):
    day = dt.date(*(int(m[g]) for g in ("year", "month", "day")))
    return When(day, day, False)


def _calendar(m, published, tense):
    """A month with or without part, days and year."""
    found = m.groupdict()
    month = _value("month", found["month"])

    def span(year):
        first, last = _month(year, month)
        if found.get("day"):
            days = [int(re.match(r"\d+", found[g])[0]) for g in ("day", "day2") if found.get(g)]
            return dt.date(year, month, days[0]), dt.date(year, month, days[-1])
        return (
            _third(first, last, _value("part", found["part"].replace("-", ""))) if found.get("part") else (first, last)
        )

    if found.get("year"):
        return When(*span(int(found["year"])), False)
    if published is None:
        return UNKNOWN
    step = _value("step", found["step"]) if found.get("step") else 0
    tense = {-1: "past", 1: "future"}.get(step, tense)
    valid = []
    for year in range(published.year - 8, published.year + 9):  # a 29 February lies up to eight years off
        try:
            valid.append(span(year))
        except ValueError:
            continue
    if step:  # last May, said in May, is the one before
        valid = [s for s in valid if not s[0] <= published <= s[1]]
    if not valid:
        raise ValueError
    best = _nearest(valid, published, tense)
    return When(*best, True, "year") if best else UNKNOWN


def _weekday(m, published, tense):
    if published is None:
        return UNKNOWN
    day = _value("weekday", m["weekday"])
    if m["week"]:
        monday = _unit(published, "week", _value("step", m["week"]))[0]
        return When(monday + day * DAY, monday + day * DAY)
    step = _value("step", m["step"]) if m["step"] else 0
    back = (published.weekday() - day) % 7
    if step > 0 or (tense == "future" and step == 0):
        ahead = (day - published.weekday()) % 7
        found = published + (ahead or (7 if step else 0)) * DAY
    else:
        found = published - (back or (7 if step else 0)) * DAY
    return When(found, found, True, "week")


def _near_day(m, published, tense):
    if published is None:
        return UNKNOWN
    day = published + _value("day", m["word"]) * DAY
    return When(day, day)


def _stretch(m, published, tense):
    """Last week, late this year, later this month, the weekend."""
    if published is None:
        return UNKNOWN
    if m["step"]:
        step = _value("step", m["step"])
    else:  # the weekend: the one just past, or coming
        step = -1 if tense != "future" and published.weekday() < 5 else 0
    first, last = _unit(published, m["unit"].lower(), step)
    side = (m["side"] or "").lower()
    if side == "earlier":
        last = min(last, published) if step == 0 else last
    elif side == "later":
        first = min(max(first, published), last)
    elif side:
        first, last = _third(first, last, _value("part", side))
    return When(first, last)


def _count(word: str | None) -> int:
    return 1 if not word else int(word) if word.isdigit() else _value("number", word)


def _rolling(m, published, tense):
    """The past two weeks: that many days up to publication."""
    if published is None:
        return UNKNOWN
    number, unit = _count(m["number"]), m["unit"].lower()
    sign = 1 if m["way"].lower() in ("next", "coming") else -1
    if unit in ("day", "week"):
        far = published + sign * (number * (7 if unit == "week" else 1) - 1) * DAY
    else:
        first, _last = _unit(published, unit, sign * number)
        far = first.replace(
            day=min(
                published.day, calendar.monthrange(first.year, published.month if unit == "year" else first.month)[1]
            ),
            month=published.month if unit == "year" else first.month,
        )
    return When(*sorted((far, published)))


def _ago(m, published, tense):
    return When(*_unit(published, m["unit"].lower(), -_count(m["number"]))) if published else UNKNOWN


def _year(m, published, tense):
    first, last = (
        _unit(dt.date(int(m[g]), 1, 1), "year", 0) for g in ("year", "year2" if "year2" in m.groupdict() else "year")
    )
    part = m.groupdict().get("part")
    return When(*(_third(*first, _value("part", part)) if part else (first[0], last[1])), False)


YEAR = re.compile(r"(?:1[89]|20)\d\d")
UNITS = ("day", "days", "week", "weeks", "weekend", "month", "months", "year", "years")


@functools.cache
def _needs(role: str) -> frozenset[str]:
    """Words of which one must stand in a text that has a date of this kind; `YEAR` for the number of a year."""
    if role == "unit":
        return frozenset(UNITS)
    if role in ("ago", "YEAR"):
        return frozenset([role])
    return frozenset(re.match(r"\w+", word.casefold())[0] for word in _date_words(role))


def _met(text: str) -> set[str]:
    return {"YEAR" if YEAR.fullmatch(word) else word for word in re.findall(r"\w+", text.casefold())}


@functools.cache
def _grammar() -> list[tuple[re.Pattern, Callable, frozenset[str]]]:
    """Patterns, the most telling first: what one has taken is closed to the next. The group `d` is the expression.

    With each its rule, and words without one of which no search is worth its time."""
    weekdays, months = (rf"\b{_any(role)}" for role in ("weekday", "month"))
    day = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\w|[%:]|[.,]\d)"
    days = rf"(?P<day>{day})(?:(?: ?[-–—] ?| to | through | until )(?P<day2>{day}))?"
    anno = r"(?:1[89]|20)\d\d(?!\w|%|[.,]\d)"
    year, month = rf"(?P<year>{anno})", rf"(?P<month>{months})"
    lead = rf"(?:{weekdays},? )?"
    part, step, word = (
        rf"(?P<{name}>\b(?i:{_any(role)}))" for name, role in (("part", "part"), ("step", "step"), ("word", "day"))
    )
    number = rf"(?P<number>\b\d{{1,3}}\b|\b(?i:{_any('number')}))"
    never = "".join(rf"(?<!\b{re.escape(w)} )" for w in _date_words("not_before_weekday"))
    paper = "(?! (?:" + "|".join(map(re.escape, _date_words("not_after_weekday"))) + r")\b)"
    rules = [
        (r"(?<![\w-])(?P<d>(?P<year>(?:1[89]|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d))(?![\w-])", _iso, "YEAR"),
        (rf"(?P<d>{lead}(?<![\d.,:])\b{days}(?: of)? {month}(?:,? {year})?)", _calendar, "month"),
        (rf"(?P<d>{lead}{month} {days}(?:,? {year})?)", _calendar, "month"),
        (rf"(?P<d>(?:{part}(?: |-))?{month}(?:,| of)? {year})", _calendar, "month"),
        (rf"(?P<d>{part}(?: |-){month})", _calendar, "month"),
        (rf"(?P<d>{step} {month})", _calendar, "month"),
        (rf"\b(?i:in|since|during|until|throughout|from|between) (?P<d>{month})", _calendar, "month"),
        (rf"\b(?i:from|between) {months}(?: {anno})? (?:to|and|until|through) (?P<d>{month})", _calendar, "month"),
        (rf"(?P<d>{month})(?=['’]s )", _calendar, "month"),
        (rf"\bthe (?P<d>{month}) (?=[a-z]{{4}})", _calendar, "month"),
        (
            rf"{never}(?P<d>(?:{step} )?(?P<weekday>{weekdays}){paper}"
            r"(?: (?:morning|afternoon|evening|night)\b)?(?:,? (?:of )?(?P<week>last|this|next) week\b)?)",
            _weekday,
            "weekday",
        ),
        (rf"(?P<d>{word})", _near_day, "day"),
        (
            rf"(?P<d>\b(?i:the|this) (?P<way>(?i:past|last|next|coming)) {number} (?P<unit>(?i:day|week|month|year))s?\b)",
            _rolling,
            "unit",
        ),
        (
            r"(?P<d>\b(?i:the|this) (?P<way>(?i:past|last))(?P<number>) (?P<unit>(?i:week|month|year))\b(?! (?:of|in)\b))",
            _rolling,
            "unit",
        ),
        (
            rf"(?P<d>(?:\b(?P<side>(?i:early|mid|late|earlier|later))(?: |-))?{step} (?P<unit>(?i:weekend|week|month|year))\b)",
            _stretch,
            "unit",
        ),
        (r"(?i:\b(?:over|at|during|on|through) )(?P<d>(?P<side>)(?P<step>)the (?P<unit>weekend))\b", _stretch, "unit"),
        (
            rf"(?<!than )(?<!over )(?<!nearly )(?<!almost )(?P<d>{number} (?P<unit>day|week|month|year)s? ago\b)",
            _ago,
            "ago",
        ),
        (rf"\b(?i:from|between) (?P<d>{year} (?:to|and|until|through) (?P<year2>{anno}))", _year, "YEAR"),
        (rf"(?P<d>{part}(?: |-){year})", _year, "YEAR"),
        (
            rf"\b(?:(?i:in|during|since|until|by|year|before|after) |(?i:the) (?=\d{{4}} [A-Za-z]))(?P<d>{year})",
            _year,
            "YEAR",
        ),
    ]
    return [(re.compile(pattern.replace(" ", r"[^\S\r\n]")), rule, _needs(needed)) for pattern, rule, needed in rules]


@functools.cache
def _tenses() -> re.Pattern:
    ahead = rf"(?<!\w){_any('future')}(?: (?:not|also|then|be|have|been))*(?: \w+)?"
    back = rf"\b(?:{_any('past')}|[a-z]+(?<!e)ed\b)"
    return re.compile(rf"(?P<future>{ahead})|(?P<past>{back})|(?P<stop>[.!?;]\s|\n)")


class _Clauses:
    """Tells the tense of the words around a place: of the verb before it, unless a comma parts them, else of the one after it."""

    def __init__(self, text: str):
        self.text = text

    @functools.cached_property
    def marks(self) -> list[re.Match]:
        return list(_tenses().finditer(self.text))

    @functools.cached_property
    def starts(self) -> list[int]:
        return [m.start() for m in self.marks]

    def tense(self, place: int) -> str:
        i = bisect_right(self.starts, place)
        for near, gap in ((i - 1, lambda m: self.text[m.end() : place]), (i, lambda m: "")):
            if (
                0 <= near < len(self.marks)
                and self.marks[near].lastgroup != "stop"
                and "," not in gap(self.marks[near])
            ):
                return self.marks[near].lastgroup
        return ""


class _Found(NamedTuple):
    start: int
    end: int
    when: When
    match: re.Match
    rule: Callable


RANGE = re.compile(r"\s*(?:to|until|till|through)\s+(?:the\s+)?|\s?[-–—]\s?")
PERIODS = {
    "week": lambda day, n: day + n * WEEK,
    "year": lambda day, n: day.replace(year=day.year + n, day=28 if (day.month, day.day) == (2, 29) else day.day),
}


def _joined(text: str, a: _Found, b: _Found, published: dt.date | None) -> _Found | None:
    """Two dates as one range, where the text says from one to the other; the end of the range may give its start a year."""
    between = text[a.end : b.start]
    to = RANGE.fullmatch(between) and (between.strip().isalpha() or a.rule is b.rule)
    if not (to or (between.strip() == "and" and text[max(a.start - 8, 0) : a.start].lower() == "between ")):
        return None
    first, last = a.when, b.when
    if not last.inferred and first.period != "week" and first.inferred and a.rule is _calendar:
        first = a.rule(a.match, last.first, "past")._replace(inferred=False, period="")
    if first.first is None or last.last is None:
        return _Found(a.start, b.end, UNKNOWN, a.match, a.rule)
    start, end = first.first, last.last
    if start > end and first.period and first.period == last.period and published:
        shift = PERIODS[first.period]
        start, end = min(
            ((shift(start, -1), end), (start, shift(end, 1))),
            key=lambda s: max((s[0] - published).days, (published - s[1]).days, 0),
        )
    return (
        _Found(a.start, b.end, When(start, end, first.inferred or last.inferred), a.match, a.rule)
        if start <= end
        else None
    )


def _expressions(text: str, published: pd.Timestamp | None) -> list[_Found]:
    day = None if published is None or pd.isna(published) else pd.Timestamp(published).date()
    taken, clauses, found = bytearray(len(text)), _Clauses(text), []
    words = _met(text)
    for pattern, rule, needed in _grammar():
        if needed.isdisjoint(words):
            continue
        for m in pattern.finditer(text):
            start, end = m.span("d")
            if any(taken[start:end]):
                continue
            try:
                when = rule(m, day, clauses.tense(start))
                if when.first and when.first.year < 1700:  # before what a table's dates can hold
                    continue
            except (ValueError, OverflowError):  # no such day
                continue
            taken[start:end] = b"\1" * (end - start)
            found.append(_Found(start, end, when, m, rule))
    merged: list[_Found] = []
    for one in sorted(found, key=lambda f: f.start):
        both = _joined(text, merged[-1], one, day) if merged else None
        merged[-1:] = [both] if both else [*merged[-1:], one]
    return merged


def dates(
    text: str, published: pd.Timestamp | None
) -> list[tuple[int, int, pd.Timestamp | None, pd.Timestamp | None, bool]]:
    """Every date expression of the text: start, end, first day, last day, and whether the days were reckoned.

    The days are None where the words are relative and `published` is missing. A weekday is the nearest on or before publication, or on or
    after it where the clause looks ahead. A day or month without a year falls as near to publication as the tense allows. Early, mid and
    late are thirds; weeks begin on Monday; "the past week" is the seven days that end with publication.
    """
    return [(f.start, f.end, *_stamps(f.when), f.when.inferred) for f in _expressions(text, published)]


def _stamps(when: When) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    return tuple(None if d is None else pd.Timestamp(d) for d in when[:2])


# --- Events ----------------------------------------------------------------------------------------------------------------------------

PLACES = {"GPE", "LOC", "FAC"}
WAYS = defaultdict(lambda: ("in", "at", "near"), visit=("in", "at", "near", "to"))
AGENTS = {"PERSON", "NORP", "ORG", "GPE"}
NOMINAL = {"NOUN", "PROPN", "ADJ", "NUM", "PART"}
JOINED = re.compile(r"[A-Z]?[a-z]{3,}(?=[A-Z][a-z]*$)")  # a missing blank: MeetingAt
REACH = 12  # steps up the parse: no real clause is deeper, and a wrong parse must not cost time


@functools.cache
def _words(role: str) -> dict[str, str]:
    words = data.table("events")
    chosen = words[words["role"] == role]
    return dict(zip(chosen["word"], chosen["kind"], strict=True))


@functools.cache
def _named() -> frozenset[str]:
    """The last words of the nouns that name an event."""
    return frozenset(word.split()[-1] for word in _words("noun"))


@functools.lru_cache(10_000)
def _may_name(text: str, lemma: str) -> bool:
    """Whether a word's form, or its dictionary form, ends the name of an event."""
    return not _named().isdisjoint((_unjoined(text).lower(), lemma.lower()))


def _printed(token: Token) -> str:
    return _unjoined(token.text)


def _unjoined(text: str) -> str:
    found = None if text.islower() else JOINED.match(text)
    return found[0] if found else text


def _is(token: Token, role: str) -> bool:
    return token.lemma_.lower() in _words(role) or token.lower_ in _words(role)


def _up(token: Token) -> list[Token]:
    """The token and those above it, nearest first."""
    chain = [token]
    while len(chain) < REACH and chain[-1].head.i != chain[-1].i:
        chain.append(chain[-1].head)
    return chain


def _verb(token: Token) -> Token | None:
    return next((t for t in _up(token)[1:] if t.pos_ in ("VERB", "AUX")), None)


def _planned(verb: Token) -> bool:
    """Whether it hangs on another verb by `to`."""
    return verb.dep_ in ("xcomp", "advcl") and any(t.tag_ == "TO" for t in verb.children)


def _trigger(token: Token) -> str | None:
    """The kind of event that a noun names."""
    printed, nouns = _printed(token), _words("noun")
    forms = (printed.lower(), token.lemma_.lower())
    if _named().isdisjoint(forms) or token.dep_ in ("compound", "nmod"):
        return None
    if token.pos_ not in ("NOUN", "PROPN") and printed == token.text:
        return None
    before = token.nbor(-1).lower_ if token.i else ""
    for form in forms:
        kind = nouns.get(f"{before} {form}", nouns.get(form))
        if kind:
            return kind
    return None


class _Reader:
    """Reads the events of one passage."""

    def __init__(self, passage: Passage, mentions: list[tuple[int, int, str]], published: pd.Timestamp | None):
        self.passage, self.doc = passage, passage.doc
        self.over: dict[int, list[tuple[int, str]]] = defaultdict(list)  # mentions, their length first, by token
        for start, end, actor in mentions:
            words = passage.tokens(start, end)
            for i in range(words.start, words.end) if words is not None else ():
                self.over[i].append((end - start, actor))
        self.at: dict[int, list[_Found]] = {}  # dates, by the noun or verb that they hang on
        self.dated: set[int] = set()
        self.asked: dict[int, bool] = {}  # whether a sentence is a question, by its first token
        self.found = _expressions(text_of(self.doc), published)
        spans = [self.doc.char_span(f.start, f.end, alignment_mode="expand") for f in self.found]
        self.dated.update(i for s in spans for i in range(s.start, s.end))
        self.spans = list(zip(self.found, spans, strict=True))
        self.ends = [span.end for span in spans]
        self.starts = [found.start for found in self.found]
        for found, span in self.spans:
            anchor = self._anchor(span.root)
            if anchor is not None:
                self.at.setdefault(anchor.i, []).append(found)

    def _anchor(self, date: Token) -> Token | None:
        for token in _up(date)[1:]:
            if token.dep_ == "prep" or token.pos_ in ("ADP", "SCONJ"):
                if _is(token, "not_date_prep"):
                    return None
            elif token.i not in self.dated and (token.pos_ in ("VERB", "AUX") or _trigger(token)):
                return token
        return None

    def rows(self) -> list[dict]:
        nouns = [row for i in self._namers() if (row := self._noun(self.doc[i]))]
        claimed = {(row["date_from"], row["clause"]) for row in nouns if row["date_from"]}
        verbs = [
            row
            for i in self._tellers()
            if (row := self._clause(self.doc[i])) and (row["date_from"], row["clause"]) not in claimed
        ]
        return nouns + verbs

    def _namers(self) -> list[int]:
        """The tokens that may name an event: all others are passed over unseen."""
        strings, doc = self.doc.vocab.strings, self.doc
        forms = doc.to_array(["ORTH", "LEMMA"]).tolist()
        return [i for i, (text, lemma) in enumerate(forms) if _may_name(strings[text], strings[lemma])]

    def _tellers(self) -> list[int]:
        """The verbs that a date hangs on, or whose word is an event's."""
        strings, told = self.doc.vocab.strings, _words("verb")
        verbs = self.doc.to_array(["POS", "LEMMA"]).tolist()
        return [
            i
            for i, (pos, lemma) in enumerate(verbs)
            if pos == VERB and (i in self.at or strings[lemma].lower() in told)
        ]

    def _row(
        self, start: int, end: int, kind: str, when: When, place, who, rule: str, confidence: float, clause: int
    ) -> dict:
        first, last = _stamps(when)
        start, end = self.passage.start + start, self.passage.start + end
        return {
            "kind": kind,
            "start": start,
            "end": end,
            "date_from": first,
            "date_to": last,
            "inferred": first is not None and when.inferred,
            "place": place,
            "participants": tuple(dict.fromkeys(who)),
            "rule": rule,
            "confidence": round(min(confidence, 0.95), 2),
            "clause": clause,
        }

    # Who and where

    def _actors(self, head: Token) -> list[str]:
        """Actors that a noun phrase names: by its head, its apposition or, failing these, its modifiers; and those joined to it by `and`."""
        heads = [head, *(t for t in head.children if t.dep_ == "appos")]
        who = [a for t in heads for a in self._covering(t)] or [
            a for t in head.children if t.dep_ in ("compound", "nmod", "amod", "poss") for a in self._covering(t)
        ]
        return who + [a for t in head.children if t.dep_ == "conj" for a in self._actors(t)]

    def _covering(self, token: Token) -> list[str]:
        over = self.over.get(token.i)
        return [min(over)[1]] if over else []

    def _agent(self, token: Token) -> bool:
        return token.ent_type_ in AGENTS or _is(token, "person") or bool(self._covering(token))

    def _subject(self, verb: Token | None) -> Token | None:
        for token in _up(verb) if verb is not None else ():
            subject = next((t for t in token.children if t.dep_ in ("nsubj", "nsubjpass")), None)
            if subject is not None or (
                token.dep_ not in ("advcl", "xcomp", "conj", "pcomp", "aux") and token.pos_ in ("VERB", "AUX")
            ):
                return subject
        return None

    def _place(self, head: Token, prepositions: tuple[str, ...]) -> Token | None:
        for prep in head.children:
            if prep.dep_ == "prep" and prep.lower_ in prepositions:
                for goal in prep.children:
                    where = goal.ent_type_ in PLACES or _is(goal, "place_noun")
                    if where and goal.dep_ == "pobj" and goal.i not in self.dated and not _trigger(goal):
                        return goal
        return None

    def _phrase(self, head: Token) -> tuple[int, int]:
        """A noun with what stands before it, in tokens."""
        start = head.i
        while head.pos_ != "PRON" and start > head.sent.start:
            token = self.doc[start - 1]
            opens = token.pos_ == "DET" or token.tag_ == "PRP$"
            if not (
                opens
                or token.pos_ in NOMINAL
                or token.text in "-‑–"
                or (token.tag_ in ("VBN", "VBG") and token.head == head)
            ):
                break
            start -= 1
            if opens:
                break
        if not any(
            t.tag_ == "POS" for t in self.doc[start : head.i]
        ):  # "Wednesday Council meeting" drops its day, "Wednesday's" keeps it
            while start in self.dated and start < head.i:
                start += 1
        while start < head.i and (self.doc[start].is_punct or self.doc[start].tag_ == "POS"):
            start += 1
        return start, head.i + 1

    def _text(self, goal: Token | None) -> str | None:
        if goal is None:
            return None
        start, end = self._phrase(goal)
        return self.doc[start:end].text

    # What is told as real

    def _real(self, verb: Token | None, dated: bool) -> bool:
        """Whether a verb tells what happened or is planned for a day: not denied, not conditional, not merely wished."""
        if verb is None:
            return True
        kids = list(verb.children)
        if any(
            t.dep_ == "neg"
            or (t.dep_ == "mark" and t.lower_ in ("if", "unless", "whether"))
            or t.lower_ in ("never", "if")
            for t in kids
        ):
            return False
        modals = {t.lower_ for t in kids if t.tag_ == "MD"}
        if modals:
            return dated and modals <= {"will", "shall", "'ll", "’ll", "would", "wo"}
        if verb.tag_ in ("VB", "VBP") and any(t.tag_ == "TO" for t in kids):
            return _planned(verb) and _is(verb.head, "plan") and dated and self._real(verb.head, dated)
        return True

    def _asked(self, token: Token) -> bool:
        sentence = token.sent
        if sentence.start not in self.asked:
            self.asked[sentence.start] = sentence.text.rstrip().endswith("?")
        return self.asked[sentence.start]

    # Nouns

    def _noun(self, noun: Token) -> dict | None:
        kind = _trigger(noun)
        if not kind or noun.i in self.dated or self._asked(noun):
            return None
        start, end = self._phrase(noun)
        words = self.doc[start : end - 1]
        if any(_is(t, "not_det") or _is(t, "unreal_adj") for t in words if t.dep_ in ("det", "amod", "neg")):
            return None
        prep = noun.head if noun.dep_ == "pobj" else None
        apart = (prep is not None and _is(prep, "apart")) or (start > 0 and _is(self.doc[start - 1], "apart"))
        if prep is not None and prep.lower_ == "of" and _is(prep.head, "measure"):
            start, prep = self._phrase(prep.head)[0], None
        verb = self._telling(noun)
        governs = (verb is not None and self._told_by(verb, noun)) or (prep is not None and prep.head == verb)
        light = governs and verb is not None and _is(verb, "light")
        when, near = self._when(noun, start, verb, apart)
        dated = when.first is not None
        if governs and not apart and not self._real(verb, dated):
            return None
        if (
            prep is not None
            and prep.lower_ in ("for", "against", "about", "without")
            and (not dated or _is(prep.head, "unreal"))
        ):
            return None
        if noun.dep_ == "dobj" and verb is not None and _is(verb, "unreal"):
            return None
        goal = self._place(noun, WAYS[kind])
        if goal is None and light:
            goal = self._place(verb, WAYS[kind])
        inside = self._inside(noun, kind, words)
        if not self._particular(
            noun, kind, words, dated and not near, dated or goal is not None or bool(inside), goal, prep, verb, light
        ):
            return None
        taking = (prep is not None and prep.lower_ in ("at", "in", "during")) or (
            kind in ("visit", "press_conference") and apart
        )
        if taking or (noun.dep_ == "dobj" and (light or (governs and _is(verb, "issue")))):
            subject = self._subject(verb)
            inside += self._actors(subject) if subject is not None else []
        if goal is not None and goal.head.head == noun and goal.i < noun.i + 7:
            end = goal.i + 1
        tail = self.doc[end - 1]
        span = self.doc[start].idx, tail.idx + (len(_printed(tail)) if tail == noun else len(tail))
        confidence = 0.6 + 0.1 * dated + 0.1 * (goal is not None) + 0.1 * bool(inside) - 0.2 * near
        return self._row(
            *span, kind, when, self._text(goal), inside, "event-noun", confidence, verb.i if verb is not None else -1
        )

    def _inside(self, noun: Token, kind: str, words: Span) -> list[str]:
        """Actors whom the phrase itself names: talks between them, somebody's visit, a council's meeting."""
        who = []
        for prep in noun.children if kind != "statement" else ():
            if prep.dep_ == "prep" and prep.lower_ in ("between", "with", "among", "by", "involving", "of"):
                who += [a for t in prep.children if t.dep_ == "pobj" for a in self._actors(t)]
        for token in words:
            if token.dep_ == "poss" or (
                kind == "meeting" and token.pos_ == "PROPN" and token.ent_type_ in ("ORG", "NORP")
            ):
                who += self._covering(token)
        return who

    def _telling(self, noun: Token) -> Token | None:
        """The verb that tells of a noun: `held` of "is to be held" and of "the first, set to be held"."""
        verb = next((t for t in noun.children if t.dep_ == "acl" and _is(t, "plan")), None) or _verb(noun)
        while (
            verb is not None
            and _is(verb, "plan")
            and (inner := next((t for t in verb.children if _planned(t)), None)) is not None
        ):
            verb = inner
        return verb

    def _told_by(self, verb: Token, noun: Token) -> bool:
        """Whether the noun is the subject or the object of the verb, or of the one that plans it."""
        above = [verb, *(t for t in _up(verb)[1:3] if _is(t, "plan"))]
        return (noun.dep_ in ("nsubj", "nsubjpass", "dobj") and noun.head in above) or above[-1].head == noun

    def _when(self, noun: Token, start: int, verb: Token | None, apart: bool) -> tuple[When, bool]:
        """The date of an event noun, and whether it only stands near."""
        first, last = self.doc[start].idx, noun.idx
        own = self.found[bisect_left(self.starts, first) : bisect_left(self.starts, last)] + self.at.get(noun.i, [])
        if own:
            return own[-1].when, False
        if apart or noun.dep_ in ("conj", "appos"):
            return UNKNOWN, False
        if verb is not None and self.at.get(verb.i):
            return self._closest(verb), False
        if (
            verb is not None
            and verb.dep_ == "advcl"
            and any(t.dep_ == "mark" and t.lower_ == "as" for t in verb.children)
        ):
            above = self.at.get(verb.head.i, [])
            return (above[0].when, True) if above else (UNKNOWN, False)
        begins = noun.sent.start
        for nth in range(bisect_right(self.ends, noun.i) - 1, -1, -1):  # before it, without a verb between
            found, span = self.spans[nth]
            if span.start < begins:
                break
            between = self.doc[span.end : max(noun.i, span.end)]
            if not any(t.pos_ in ("VERB", "AUX", "SCONJ") for t in between):
                return found.when, True
        return UNKNOWN, False

    def _closest(self, verb: Token) -> When:
        hanging = [f for f in self.at.get(verb.i, []) if f.when.first is not None]
        return min(hanging, key=lambda f: abs(f.start - verb.idx)).when if hanging else UNKNOWN

    def _particular(self, noun, kind, words, sure, known, goal, prep, verb, light) -> bool:
        """A happening of its own and not the idea of one: a day (`sure`), place or people are told (`known`), or somebody acts at it."""
        plural = noun.tag_ in ("NNS", "NNPS")
        if kind == "other":
            return (sure and not plural) or (
                noun.lemma_ == "event" and goal is not None and goal.head.head == noun and bool(words)
            )
        at = prep is not None and prep.lower_ in ("at", "in", "during", "after", "following") and prep.head == verb
        speaks = verb is not None and any(_is(t, "speech") for t in _up(verb)[:2])
        if kind == "statement":
            issued = noun.dep_ == "dobj" and verb is not None and _is(verb, "issue")
            return (
                bool(words)
                and not plural
                and (issued or (speaks and prep is not None and prep.lower_ == "in") or (light and sure))
            )
        counted = light and any(t.dep_ == "nummod" for t in words)
        if plural and not (goal is not None or counted or sure or (known and (at or light))):
            return False
        return (
            known
            or counted
            or (
                bool(words)
                and ((at and (speaks or any(t.pos_ == "PROPN" for t in words))) or (light and noun.dep_ == "dobj"))
            )
        )

    # Verbs

    def _clause(self, verb: Token) -> dict | None:
        if verb.pos_ != "VERB" or verb.tag_ == "VBG":
            return None
        kind = _words("verb").get(verb.lemma_.lower())
        if (not kind and verb.i not in self.at) or self._asked(verb):
            return None
        when = self._closest(verb)
        near = False
        if kind and when is UNKNOWN:
            when, near = self._when(verb, verb.i, verb, False)
        dated = when.first is not None
        subject = self._subject(verb)
        if subject is None or not self._real(verb, dated) or (subject.dep_ == "nsubjpass" and kind):
            return None
        objects = [t for t in verb.children if t.dep_ in ("dobj", "dative")]
        others = [
            p for t in verb.children if t.dep_ == "prep" and t.lower_ == "with" for p in t.children if p.dep_ == "pobj"
        ]
        goal = next(
            (g for t in (verb, *(objects + others if kind else ())) if (g := self._place(t, WAYS[kind])) is not None),
            None,
        )
        if kind == "visit" and verb.lemma_ in ("visit", "tour") and objects:
            goal = objects[0] if objects[0].ent_type_ in PLACES or _is(objects[0], "place_noun") else goal
        if kind == "meeting":
            partners = objects + others
            if (partners and not all(self._agent(t) for t in partners)) or not self._agent(subject):
                kind = None
            elif not partners and not dated and (goal is None or verb.tag_ != "VBD"):
                return None
        elif kind == "visit" and (goal is None or not self._agent(subject)):
            kind = None
        rule, confidence = "event-verb", 0.6
        if not kind:
            past = verb.tag_ == "VBD" or (
                verb.tag_ == "VBN" and any(t.dep_ in ("aux", "auxpass") for t in verb.children)
            )
            planned = any(t.tag_ in ("MD", "TO") for t in verb.children)
            if (
                not dated
                or near
                or _is(verb, "stative")
                or not (past or planned)
                or (when.last - when.first).days > (0 if planned else 31)
            ):
                return None
            said = [verb, *(t for t in verb.children if t.dep_ in ("advcl", "xcomp") and t.tag_ == "VBG")]
            spoken = any(_is(t, "speech") for t in said)
            if spoken and (when.first != when.last or planned or not self._agent(subject)):
                return None
            kind = "statement" if spoken else "other"
            rule, confidence = "dated-clause", 0.5
        span = self._span(verb, subject, objects + others if rule == "event-verb" else objects)
        if span is None:
            return None
        who = self._actors(subject) + [
            a for t in objects + others if kind != "statement" and self._agent(t) for a in self._actors(t)
        ]
        confidence += 0.1 * dated + 0.1 * bool(who) + 0.1 * (goal is not None) - 0.2 * near
        return self._row(*span, kind, when, self._text(goal), who, rule, confidence, verb.i)

    def _span(self, verb: Token, subject: Token, after: list[Token]) -> tuple[int, int] | None:
        """The verb and its object; without one, the verb and its subject where this is a noun beside it."""
        follows = [t.i for t in after if verb.i < t.i <= verb.i + 10]
        start, end = (verb.i, max(follows) + 1) if follows else (self._phrase(subject)[0], verb.i + 1)
        if subject.tag_ in ("WP", "WDT") and verb.dep_ == "relcl" and not follows:  # the accident, which happened
            start, end = self._phrase(verb.head)
        elif not follows and subject.i > verb.i:
            start, end = verb.i, subject.i + 1
        words = self.doc[start:end]
        bare = subject.pos_ == "PRON" and not (subject.tag_ in ("WP", "WDT") and verb.dep_ == "relcl")
        if len(words) > REACH or (not follows and (bare or any(t.is_punct and t.text not in "-–." for t in words))):
            return None
        return words.start_char, words.end_char


def _same(text: str) -> str:
    """The phrase without articles and weekdays."""
    return " ".join(
        w
        for w in re.findall(r"\w+", text.lower())
        if w not in ("a", "an", "the") and w.title() not in _date_words("weekday")
    )


def draft(article, passages: Iterable[Passage], mentions: pd.DataFrame) -> pd.DataFrame:
    """The events that an article tells, a table `events`.

    `article` gives `text` and `published` (without it, relative dates stay missing); `passages` are its parsed blocks; `mentions` its table
    of mentions, for the participants. Nouns (a summit, a visit) need a day, a place, people or somebody who acts at them; verbs need agents;
    any other clause needs a day. What is denied, wished, asked or merely possible is left out. A phrase told again is one row, unless its
    day, place or people differ.
    """
    known = sorted(zip(*(mentions[c].array.tolist() for c in ("start", "end", "actor_id")), strict=True))
    kept: list[dict] = []
    told: dict[tuple, list[dict]] = defaultdict(list)  # rows by their kind, and their place or words
    for passage in passages:
        ends = (passage.start,), (passage.start + len(text_of(passage.doc)),)
        here = known[bisect_left(known, ends[0]) : bisect_left(known, ends[1])]
        for row in _Reader(passage, here, article.published).rows():
            row["text"] = article.text[row["start"] : row["end"]]
            place, words = (row["kind"], row["start"], row["end"]), (row["kind"], _same(row["text"]))
            if place in told or any(_repeats(row, old) for old in told[words]):
                continue
            told[place].append(row)
            told[words].append(row)
            row |= {
                "event_id": schema.row_id("e", row["kind"], row["start"], row["end"]),
                "source": "machine",
                "reviewed": False,
            }
            kept.append(row)
    return schema.frame("events", kept)


def _repeats(row: dict, old: dict) -> bool:
    """Whether two rows of the same words tell the same event."""
    named = any(w[:1].isupper() for w in row["text"].split()[1:])
    both = [(row[k], old[k]) for k in (("date_from", "place") if named else ("date_from", "place", "participants"))]
    return all(a == b or (named and not (a and b)) for a, b in both)
