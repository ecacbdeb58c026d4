"""The same actor in many articles: who an article's actor is among those that earlier articles brought.

States and what the reference tables name are known. Others are the same by kind and name as long as nothing speaks against it: a person's first and
last word, other first names or initials fitting, the country, the role; a body of a name that many bear (Supreme Court) by its country alone. Whom
nobody can tell across articles is left apart: groups, people of one name, namesakes in different offices, a common body's name without a country.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from onrecord import article, data, names

MOST = 40  # words that are kept of an actor's affiliations


@dataclass(frozen=True)
class Known:
    """An actor of the corpus, with what its articles have told of it so far."""

    corpus_actor_id: str
    key: str
    name: str
    kind: str
    country: str | None = None
    side: str | None = None
    role: str | None = None
    bodies: frozenset[str] = frozenset()  # the words of its affiliations
    sorts: frozenset[str] = frozenset()  # of its roles: office, expert, business …
    articles: int = 0
    mentions: int = 0
    quotes: int = 0
    words: int = 0
    first: str | None = None
    last: str | None = None
    certain: bool = True


Look = Callable[[str], list[Known]]
CLEARLY = 10  # articles, or times as many as a namesake has: then a bare name means this one


def joined(
    actor: dict, article_id: str, published: str | None, with_key: Look, is_taken: Callable[[str], bool]
) -> tuple[str, str, Known | None]:
    """Whom a row of `actors` is: the corpus's id, what joins it (see `layout.LINKED`), and the actor as it is known from now on, None where it is
    left apart. `with_key` gives the actors of a key in the order in which they came; `published` is an ISO date."""
    key = key_of(actor)
    if key is None:
        return apart(actor, article_id)
    there, known = [one for one in with_key(key) if _same_name(actor, one)], is_known(actor)
    fitting = [one for one in there if _fits(actor, one)]
    if fitting:
        found = _meant(actor, fitting)
        if found is None:
            return apart(actor, article_id)
        same_country = actor["country"] is not None and actor["country"] == found.country
        link = "known" if known else "name and country" if same_country else "name"
    elif any(not actor["country"] or not one.country or actor["country"] == one.country for one in there):
        return apart(actor, article_id)  # another office, and nothing that tells whether it is another person
    else:
        slug = actor["actor_id"] if known else article.slugify(actor["name"])
        free = (
            one for one in itertools.chain([slug], (f"{slug}-{n}" for n in itertools.count(2))) if not is_taken(one)
        )
        found, link = Known(next(free), key, actor["name"], actor["kind"]), "new"
    return found.corpus_actor_id, link, _with(found, actor, published, link != "name")


def _meant(actor: dict, fitting: list[Known]) -> Known | None:
    """Which of several namesakes is meant; None where nobody can tell."""
    for narrower in (
        lambda one: actor["country"] and one.country == actor["country"],
        lambda one: bodies_of(actor) & one.bodies,
    ):
        fitting = list(filter(narrower, fitting)) or fitting if len(fitting) > 1 else fitting
    first, *others = sorted(fitting, key=lambda one: -one.articles)
    return first if not others or first.articles >= CLEARLY * others[0].articles else None


def apart(actor: dict, article_id: str) -> tuple[str, str, None]:
    """An actor that is nobody of another article."""
    return f"{actor['actor_id']}--{article_id}", "apart", None


def key_of(actor: dict) -> str | None:
    """What all names of one actor share; None for an actor that no name can tell across articles."""
    kind = actor["kind"]
    if kind == "group":
        return None
    if kind == "person":
        words = _name_words(actor["name"])
        return (
            f"person {names.spelt(words[0])} {names.spelt(words[-1])}"
            if len(words) > 1 and _is_name(actor["name"])
            else None
        )
    if is_known(actor):
        return f"{kind} {actor['actor_id']}"
    name = " ".join(_plain(actor["name"]).split())
    if names.is_common(actor["name"]):
        return f"{kind} {name} {actor['country']}" if actor["country"] else None
    return f"{kind} {name}" if re.search(r"\w", name) else None


def _is_name(words: str) -> bool:
    """Whether the words are a name: Bashar al-Assad and Ursula von der Leyen, but not Former chairman and Spokesman for Mr Lee."""
    return all(not word[0].islower() or "-" in word or word in names.PARTICLES for word in words.split())


def is_known(actor: dict) -> bool:
    """Whether a reference table has the actor: a state, or an organisation, party, ministry or medium of `organisations.csv`."""
    if actor["kind"] == "person":
        return False
    return actor["kind"] == "state" or actor["actor_id"] in _organisations()


@functools.cache
def _organisations() -> frozenset[str]:
    return frozenset(data.table("organisations").actor_id)


@functools.lru_cache(10_000)
def _plain(name: str) -> str:
    """The name in small letters without accents."""
    return "".join(c for c in names.without_accents(name).casefold() if not unicodedata.combining(c))


SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])


@functools.lru_cache(10_000)
def _name_words(name: str) -> tuple[str, ...]:
    """The words of a person's name, without what tells father from son."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", _plain(name))
    return tuple(word for word in words if word not in SUFFIXES)


def _suffix(name: str) -> str:
    return next((word for word in re.findall(r"\w+", _plain(name)) if word in SUFFIXES), "")


def _same_name(actor: dict, known: Known) -> bool:
    """Whether two people of one first and last word can bear the same name: their other words fit, and father is not son."""
    if actor["kind"] != "person":
        return True
    one, other = _suffix(actor["name"]), _suffix(known.name)
    return _same_middle(_name_words(actor["name"])[1:-1], _name_words(known.name)[1:-1]) and (
        not one or not other or one == other
    )


def _fits(actor: dict, known: Known) -> bool:
    """Whether nothing speaks against the two being one: no other country, and no other office, which is one of another sort in another place.

    Who is in as many articles as CLEARLY says is known by now: a strange office is rather a slip than a namesake."""
    if actor["country"] and known.country:
        return actor["country"] == known.country
    if actor["kind"] != "person" or known.articles >= CLEARLY:
        return True
    here, there = bodies_of(actor), known.bodies
    return not here or not there or bool(here & there) or bool(sorts_of(actor) & known.sorts)


def _same_middle(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether the words between first and last fit: none on one side, or each the other or its initial."""
    return not some or not others or all(a == b or a[0] == b or b[0] == a for a, b in zip(some, others))


def bodies_of(actor: dict) -> frozenset[str]:
    """The words of an affiliation as printed, in small letters."""
    return frozenset(re.findall(r"[^\W\d_]{3,}", (actor["affiliation"] or "").casefold())) - {"the", "and", "for"}


def sorts_of(actor: dict) -> frozenset[str]:
    """What sort of role an actor has, or sorts; nothing where no noun of `roles.csv` tells."""
    words = re.findall(r"[^\W\d_]+", (actor["role"] or "").casefold())
    return frozenset(names.roles()[word][0] for word in words if word in names.roles()) & SORTS


SORTS = frozenset(
    ["office", "expert", "business", "media"]
)  # not `civil`: a wife, a supporter, a resident can be anybody


def _with(known: Known, actor: dict, published: str | None, certain: bool) -> Known:
    """The actor with what one more article tells of it."""
    days = [day for day in (known.first, known.last, published) if day]
    bodies = known.bodies
    if len(bodies) < MOST:
        bodies = frozenset(sorted(bodies | bodies_of(actor))[:MOST])
    return replace(
        known,
        country=known.country or actor["country"],
        side=known.side or actor["side"],
        role=known.role or actor["role"],
        bodies=bodies,
        sorts=known.sorts | sorts_of(actor),
        articles=known.articles + 1,
        mentions=known.mentions + actor["mentions"],
        quotes=known.quotes + actor["quotes"],
        words=known.words + actor["words"],
        first=min(days, default=None),
        last=max(days, default=None),
        certain=known.certain and certain,
    )


def of_article(
    actors: Iterable[dict], article_id: str, published: str | None, with_key: Look, is_taken: Callable[[str], bool]
) -> Iterator[tuple[str, str, Known | None]]:
    """`joined` for the actors of one article, in their order. No two of them become one: the article has told them from each other."""
    seen: set[str] = set()
    for actor in actors:
        found = joined(actor, article_id, published, with_key, is_taken)
        if found[0] in seen:
            found = apart(actor, article_id)
        seen.add(found[0])
        yield found
