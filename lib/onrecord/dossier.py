"""One article's tables, made by the machine, corrected by a review, checked against their contract, and kept for the next reader."""

import hashlib
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from onrecord import __version__, article, codebook, cues, data, embeddings, language, prose, review, schema, topics
from onrecord.article import Article
from onrecord.codebook import Codebook
from onrecord.data import InputError
from onrecord.review import Review

CACHE = data.root() / ".cache"
KEPT = 100  # analyses in it
BATCH, BATCH_LENGTH = 16, 200_000  # articles that are parsed together, and characters in them that are enough


@dataclass(frozen=True)
class Dossier:
    """What one article says, as tables (see the README for their columns). `review` is None where no review was laid over the draft."""

    article: Article
    blocks: pd.DataFrame = field(repr=False)
    sentences: pd.DataFrame = field(repr=False)
    repairs: pd.DataFrame = field(repr=False)
    actors: pd.DataFrame = field(repr=False)
    mentions: pd.DataFrame = field(repr=False)
    quotes: pd.DataFrame = field(repr=False)
    statements: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    codebook: Codebook = field(repr=False)
    review: Review | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: getattr(self, name) for name in schema.TABLES}

    @property
    def speech(self) -> pd.DataFrame:
        """The quotations that are plain speech: neither acts nor thoughts, and no scare quotes."""
        return self.quotes[(self.quotes.speech == "speech").fillna(False) & (self.quotes.kind != "scare")]

    @property
    def cues(self) -> pd.DataFrame:
        """The cues as printed, the commonest first: cue, speech, shade (what the word insinuates) and quotes (how many it attributes)."""
        return cues.counted(self.quotes)

    @property
    def answers(self) -> pd.DataFrame:
        """The statements as who agrees with whom is told of them: `issue` is the question, see `topics.questions`, and missing where none can be told."""
        return self.statements.assign(issue=topics.questions(self.statements, self.codebook))

    @property
    def questions(self) -> pd.DataFrame:
        """The questions of `answers` with their titles: columns issue and title, a row each, in the codebook's order."""
        found, asked = self.statements, self.answers.issue
        titles = dict(zip(self.codebook.issues.issue, self.codebook.issues.title))
        names = dict(zip(self.actors.actor_id, self.actors["name"]))
        rows = {
            question: (list(titles).index(issue), titles[issue] + (f": {names[target]}" if question != issue else ""))
            for question, issue, target in zip(asked, found.issue, found.target_id)
            if pd.notna(question)
        }
        ordered = sorted(rows, key=lambda question: (rows[question], question))
        columns = {"issue": ordered, "title": [rows[question][1] for question in ordered]}
        return pd.DataFrame(columns, dtype="string[python]")

    @property
    def sides(self) -> dict[str, str]:
        """Name of each side of the article: a state's or organisation's name for its code or actor_id; `independent` for itself."""
        names = dict(zip(self.actors.actor_id, self.actors["name"]))
        return {side: names.get(side) or data.side_name(side) for side in sorted(self.actors.side.dropna().unique())}

    @property
    def reviewed(self) -> pd.DataFrame:
        """How much was reviewed, a row a table that a review can decide on: table, rows, reviewed (rows at which a reviewer has looked)."""
        seen = [(name, len(self.tables[name]), int(self.tables[name].reviewed.sum())) for name in review.FIELDS]
        return pd.DataFrame(seen, columns=["table", "rows", "reviewed"])

    @property
    def partly(self) -> bool:
        """Whether there is a review, and rows at which it has not looked."""
        return self.review is not None and bool((self.reviewed.reviewed < self.reviewed.rows).any())

    @property
    def looked_at(self) -> str:
        """How much of what people read first was reviewed: `12 of 32 quotations, 3 of 15 actors and none of 9 statements`."""
        counts = self.reviewed.set_index("table")
        nouns = {"quotes": "quotation", "actors": "actor", "statements": "statement"}
        return prose.listed(
            f"{counts.reviewed[table] or 'none'} of {prose.many(int(counts.rows[table]), noun)}"
            for table, noun in nouns.items()
            if counts.rows[table]
        )

    @property
    def state(self) -> str:
        """Whether and by whom the tables were reviewed, in words; of a partial review how much it looked at."""
        if self.review is None:
            return "the machine’s draft, not reviewed"
        day = pd.Timestamp(self.review.latest)
        by = f"reviewed by {prose.listed(self.review.people)} on {prose.day_of(day)}"
        if not self.partly:
            return by
        main = self.reviewed[self.reviewed.table.isin(["quotes", "actors", "statements"])]
        whole = (main.reviewed == main.rows).all()
        return f"{by} (quotations, actors and statements alone)" if whole else f"partly {by} ({self.looked_at})"

    @property
    def cautions(self) -> list[str]:
        """What will not work with this text, a sentence each (another language, a transcript …); mostly none."""
        return article.cautions(self.article.text)

    @property
    def source(self) -> str:
        """The source line of a figure: outlet and date of the article, and whether its tables were reviewed."""
        day = self.article.published
        when = prose.day_of(day)
        how = self.state if self.review is None else "partly reviewed" if self.partly else "reviewed"
        return f"{self.article.outlet or self.article.title}, {when}; {how}"


def analyse(
    text: str,
    published: str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    codebook: str | None = None,
) -> Dossier:
    """Read any English news text. `published` is an ISO date; without it, dates that hang on it stay missing. Never raises on any `str`."""
    return next(analyse_many([text], published=published, title=title, outlet=outlet, codebook=codebook))


def analyse_many(
    texts: Iterable[str],
    published: str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    codebook: str | None = None,
) -> Iterator[Dossier]:
    """Read a stream of texts, one dossier each, in their order. Up to 16 texts are taken from the stream at a time."""
    day = data.day(published, "date of publication")
    about = (Article(text=t, title=title or article.headline(t), outlet=outlet, published=day) for t in texts)
    return drafts(about, codebook)


def drafts(articles: Iterable[Article], codebook: str | None = None) -> Iterator[Dossier]:
    """The machine's dossiers of a stream of articles, in their order. Up to 16 of them are parsed together."""
    for some in _batches(articles):
        yield from _drafts(some, codebook)


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Articles that are parsed together: few enough that their parses never fill the memory."""
    some: list[Article] = []
    for one in articles:
        some.append(one)
        if len(some) == BATCH or sum(len(read.text) for read in some) > BATCH_LENGTH:
            yield some
            some = []
    if some:
        yield some


def load(source: str | Path, review: bool = True, published: str | None = None, codebook: str | None = None) -> Dossier:
    """The dossier of a shipped article (by its slug) or of a file, with its review applied unless `review` is False.

    The analysis is kept under `.cache/`, by a hash of everything on which it depends. Raises InputError for what cannot be read."""
    path = find(source)
    read = article.read(path, published)
    return _loaded(path, read, review_of(path, published) if review else None, codebook)


def codings(source: str | Path, published: str | None = None) -> dict[str, Dossier]:
    """The independent codings beside an article (`coding-<name>.toml`), each as a dossier by its coder's name; none: an empty dict.

    The tables that a coding calls complete hold its rows alone; the others are the machine's, under the coder's names for actors."""
    path = find(source)
    read = article.read(path, published)
    found = {name: review.read(place, read.text) for name, place in review.codings(path).items()}
    return {name: _loaded(path, read, coding) for name, coding in found.items()}


def _loaded(path: Path, read: Article, decisions: Review | None, codebook: str | None = None) -> Dossier:
    codebook = codebook or (decisions.codebook if decisions else None)
    cached = CACHE / _fingerprint(read, decisions, codebook)
    kept = _recall(cached, read, decisions)
    if kept is not None:
        return kept
    made = next(_drafts([read], codebook))
    if decisions is not None:
        made = with_review(made, decisions)
    _keep(cached, made, codebook or made.codebook.id)
    return made


def shipped() -> list[str]:
    """Slugs of the articles that come with the project."""
    return sorted(path.parent.name for path in (data.folder() / "articles").glob("*/article.txt"))


def find(source: str | Path) -> Path:
    """The file of a shipped article or the path itself. Raises InputError where neither is there."""
    if str(source) in shipped():
        return data.folder() / "articles" / str(source) / "article.txt"
    try:
        path = Path(source).expanduser()
        there = path.exists()
    except (OSError, RuntimeError) as error:  # a name that is too long, the home of nobody
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{str(source)[:80]}: cannot be looked for ({reason}): check the path") from None
    if not there and not path.suffix and "/" not in str(source) and "\\" not in str(source):
        raise InputError(f"{source}: neither a shipped article nor a file: shipped are {', '.join(shipped())}")
    return path


# --- making --------------------------------------------------------------------------------------------------------------------


def _drafts(articles: list[Article], chosen: str | None) -> Iterator[Dossier]:
    received = []
    for read in articles:
        blocks = article.blocks(read.text)
        received.append((read.text, blocks, article.repairs(read.text, blocks)))
    for read, (_, blocks, repairs), passages in zip(articles, received, article.parsed(received), strict=True):
        yield _draft(read, blocks, repairs, passages, chosen)


def _draft(read: Article, blocks: pd.DataFrame, repairs: pd.DataFrame, passages: list, chosen: str | None) -> Dossier:
    from onrecord import actors, events, quotes, statements  # seconds that a kept dossier does not need

    text = read.text
    cast = actors.Cast(passages)
    quoted = quotes.draft(text, passages, cast)
    people, mentions = cast.tables(text)
    people = _with_counts(people, mentions, quoted)
    book = codebook.load(chosen) if chosen else codebook.choose(text)
    stated = statements.draft(read, passages, quoted, mentions, people, book)
    made = Dossier(
        article=read,
        blocks=blocks,
        sentences=article.sentences(text, passages),
        repairs=repairs,
        actors=people,
        mentions=mentions,
        quotes=quoted,
        statements=stated,
        events=events.draft(read, passages, mentions),
        codebook=topics.with_proposed(book, stated.issue),
    )
    schema.check(made.tables, text)
    return made


def with_review(made: Dossier, decisions: Review) -> Dossier:
    """A draft with a review laid over it. Raises InputError, with the decision and the remedy, where one cannot be."""
    tables = review.apply(decisions, made.tables, made.article.text)
    tables["actors"] = _with_counts(tables["actors"], tables["mentions"], tables["quotes"])
    schema.check(tables, made.article.text)
    book = topics.with_proposed(made.codebook, tables["statements"].issue)
    return replace(made, **tables, codebook=book, review=decisions)


def _with_counts(people: pd.DataFrame, mentions: pd.DataFrame, quoted: pd.DataFrame) -> pd.DataFrame:
    """The actors with their numbers of mentions, quotations and quoted words, in the order in which the article brings them."""
    named = Counter(mentions.actor_id.array.tolist())
    first: dict[str, int] = {}
    for actor, start in zip(mentions.actor_id.array.tolist(), mentions.start.array.tolist()):
        first[actor] = min(start, first.get(actor, start))
    heard, words = Counter(), Counter()
    for speaker, kind, number in zip(*(quoted[name].array.tolist() for name in ("speaker_id", "kind", "words"))):
        if kind != "scare" and speaker is not pd.NA:
            heard[speaker] += 1
            words[speaker] += number
    actors = people.actor_id.array.tolist()
    order = sorted(range(len(actors)), key=lambda nth: first.get(actors[nth], math.inf))
    counts = {
        name: schema.column("integer", [numbers[actors[nth]] for nth in order])
        for name, numbers in {"mentions": named, "quotes": heard, "words": words}.items()
    }
    kept = {name: people[name].array.take(order) for name in people.columns if name not in counts}
    return pd.DataFrame({name: counts[name] if name in counts else kept[name] for name in people.columns}, copy=False)


def review_of(source: str | Path, published: str | None = None) -> Review | None:
    """The review beside an article; None where there is none."""
    path = find(source)
    decided = review.beside(path)
    return review.read(decided, article.read(path, published).text) if decided.exists() else None


# --- keeping -------------------------------------------------------------------------------------------------------------------


def _fingerprint(read: Article, decisions: Review | None, chosen: str | None) -> str:
    """Hash of the text, what is known of it, its review, and of all on which an analysis depends."""
    parts = [
        repr(read).encode("utf-8", "surrogatepass"),
        repr(decisions and decisions.decisions).encode(),
        repr((decisions, chosen)).encode(),
        fingerprint(chosen).encode(),
    ]
    return digest(parts)


def fingerprint(chosen: str | None = None) -> str:
    """Hash of all on which the analysis of a text depends: this library's own files, the codebooks (and one of the user's own), the reference
    tables, the learned numbers, the model's name, the extra `embeddings`. The same hash, the same tables."""
    sources = [
        *Path(__file__).parent.glob("*.py"),
        *Path(__file__).parent.glob("review/*.py"),
        *(data.folder() / "codebooks").glob("*.toml"),
        *(data.folder() / "reference").glob("*.csv"),
        *(data.folder() / "models").glob("*.npz"),
    ]
    if chosen and Path(chosen).exists():
        sources.append(Path(chosen))
    readers = repr((os.environ.get("ONRECORD_MODEL", language.DEFAULT_MODEL), embeddings.used())).encode()
    return digest([readers, *(source.read_bytes() for source in sorted(sources))])


def maker() -> str:
    """By whom a draft is made here, for those who compare tables: the version, and the extra that changes them."""
    return f"On Record {__version__}{' + embeddings' if embeddings.used() else ''}"


def digest(parts: Iterable[bytes]) -> str:
    """One short hash of several things."""
    found = hashlib.sha256()
    for part in parts:
        found.update(hashlib.sha256(part).digest())
    return found.hexdigest()[:24]


def _keep(folder: Path, made: Dossier, book: str) -> None:
    tables = {f"{name}.csv": schema.to_csv(name, table) for name, table in made.tables.items()}
    keep(folder, {"codebook": str(book)} | tables)


def keep(folder: Path, files: dict[str, str]) -> None:
    """Write the files whole or not at all; a place where nobody may write is no fault."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=data.SCRATCH))
        for name, content in files.items():
            (scratch / name).write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            scratch.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(scratch)
        kept = [path for path in folder.parent.iterdir() if not path.name.startswith(data.SCRATCH)]
        for old in sorted(kept, key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old.rename(old.with_name(data.SCRATCH + old.name)))  # never half of one under its name
        for left in data.leftovers(folder.parent):
            shutil.rmtree(left, ignore_errors=True)
    except OSError:
        return


def _recall(folder: Path, read: Article, decisions: Review | None) -> Dossier | None:
    try:
        tables = {
            name: schema.from_csv(name, (folder / f"{name}.csv").read_bytes().decode("utf-8", "surrogatepass"))
            for name in schema.TABLES
        }
        book = codebook.load((folder / "codebook").read_text(encoding="utf-8"))
    except OSError:
        return None
    return Dossier(
        article=read, **tables, codebook=topics.with_proposed(book, tables["statements"].issue), review=decisions
    )
