"""The command line. Exit 0 only when all was done; on bad input one line that says what is wrong and what to do, and exit 2."""

import argparse
import contextlib
import json
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from onrecord import __version__
from onrecord.data import InputError
from onrecord.prose import legal
from onrecord.stopping import answered

CORPUS = "corpus.json"  # in a corpus's folder: `corpus.layout.MARKER`, which takes long to import too
PATIENCE = 2.0  # seconds, after which a command that still works says so
FORMATS = ("dna", "graphml", "gexf", "csv", "xlsx")  # those of `exports`, which takes long to import


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(2, f"onrecord: {message} (see `{self.prog} --help`)\n")


class _Printed:
    """A stream to which nothing that an article or a file's name holds goes as a command for the terminal."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text: str) -> int:
        # A bar of progress begins with a return.
        return self._stream.write(re.sub(r"(?<=[\s\S])\r(?!\n)", "\ufffd", legal(text)))

    def __getattr__(self, name: str):
        return getattr(self._stream, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is returned."""
    nowhere = open(os.devnull, "w")  # noqa: SIM115  for `>&-`: it is closed with the rest
    out, err = (_Printed(stream or nowhere) for stream in (sys.stdout, sys.stderr))
    with nowhere, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), answered(_stop, signal.SIGTERM):
        return _main(arguments)


def _stop(*_) -> None:
    """What Ctrl-C does, so that an end that the system asks for (SIGTERM) tidies up too."""
    raise KeyboardInterrupt


def _main(arguments: Sequence[str] | None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        return asked.run(asked) or 0
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("onrecord: stopped; nothing was written", file=sys.stderr)
        return 130
    except InputError as error:
        print("onrecord:", " ".join(str(error).split()), file=sys.stderr)  # a file's name may hold a line's end
        return 2
    except OSError as error:  # a name that is too long, a disk that is full
        where = f"{str(error.filename)[:200]}: " if error.filename else ""
        print(
            f"onrecord: {where}{error.strerror or error}: look whether there is room and who may write there",
            file=sys.stderr,
        )
        return 2
    except RuntimeError as error:  # a notebook that fails says which cell
        print(f"onrecord: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="onrecord",
        description="Reads a news article as data: who appears, who is quoted, who stands where, who belongs to what.",
    )
    parser.add_argument("--version", action="version", version=f"onrecord {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = commands.add_parser("list", help="the shipped articles")
    add.set_defaults(run=_list)

    source = argparse.ArgumentParser(add_help=False)
    source.add_argument(
        "source",
        metavar="SLUG-OR-PATH",
        help="a shipped article, or a file of your own: .txt (UTF-8), .md, .html (a saved web page), .docx or .pdf",
    )
    source.add_argument("--published", metavar="DATE", help="when the article was published, as 2024-05-01")

    draft = argparse.ArgumentParser(add_help=False)
    draft.add_argument("--no-review", action="store_true", help="what the machine alone makes of it")

    add = commands.add_parser("analyse", parents=[source, draft], help="tables as CSV with datapackage.json")
    add.add_argument("-o", "--output", metavar="DIR", required=True, type=Path, help="the folder for the tables")
    add.set_defaults(run=_analyse)

    add = commands.add_parser(
        "export",
        parents=[source, draft],
        help="one file that another program opens, of an article or a corpus",
        description="Writes an article, or all of a corpus (name the folder that `onrecord corpus` made), as one file for another program.",
    )
    add.add_argument(
        "--format",
        required=True,
        choices=FORMATS,
        help="dna: Discourse Network Analyzer; graphml, gexf: Gephi; csv: a row a statement; xlsx: a workbook of all tables",
    )
    add.add_argument("-o", "--output", metavar="FILE", required=True, type=Path, help="the file to write")
    add.set_defaults(run=_export)

    add = commands.add_parser("report", parents=[source], help="an HTML report")
    add.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help="the folder for the report (default: reports/<slug> in the repository); with --single-file or --pdf the file",
    )
    add.add_argument(
        "--excerpts-only", action="store_true", help="leave out the article's text but for the words that are evidence"
    )
    form = add.add_mutually_exclusive_group()
    form.add_argument(
        "--single-file", dest="form", action="store_const", const="html", help="one HTML file, to send by mail"
    )
    form.add_argument(
        "--pdf", dest="form", action="store_const", const="pdf", help="a PDF, where Chromium or Chrome is installed"
    )
    add.set_defaults(run=_report, form="folder")

    add = commands.add_parser(
        "review",
        parents=[source],
        help="a review sheet to fill in; a coding sheet for a class; with --apply what comes back",
    )
    kind = add.add_mutually_exclusive_group()
    kind.add_argument(
        "--apply", metavar="SHEET", type=Path, help="turn a filled sheet into decisions or a coding beside the article"
    )
    kind.add_argument("--blank", action="store_true", help="a coding sheet without the machine's draft, for a class")
    kind.add_argument(
        "--solution", action="store_true", help="the same sheet, filled from the article's review or a coding"
    )
    add.add_argument("--by", metavar="NAME", help="who filled in the sheet, where it does not say so itself")
    add.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="the sheet to write, .xlsx or .csv (default: SLUG-review.xlsx)",
    )
    add.set_defaults(run=_review)

    add = commands.add_parser(
        "corpus",
        help="many articles: tables as Parquet; goes on where an earlier run was stopped",
        description="Analyses every article of SOURCE into the folder DIR. Stopped or killed, the same command goes on where it was.",
    )
    add.add_argument(
        "source",
        metavar="SOURCE",
        type=Path,
        help="a folder or a .zip of articles' files, or a table with a row an article: .csv, .xlsx, .jsonl",
    )
    add.add_argument("-o", "--output", metavar="DIR", required=True, type=Path, help="the folder for the tables")
    add.add_argument(
        "--column",
        metavar="FIELD=NAME",
        action="append",
        default=[],
        help="the column of a field (text, title, outlet, published, key, url) where its name does not tell it",
    )
    add.add_argument("--codebook", metavar="FILE", help="code all articles by this codebook, a name or a TOML file")
    add.add_argument("--csv", action="store_true", help="the tables as CSV too")
    add.add_argument("--workers", metavar="N", type=_number, help="processes of this machine (default: one a core)")
    add.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler whose workers do it, as tcp://host:8786")
    add.set_defaults(run=_corpus)

    add = commands.add_parser("codebook", help="check a codebook: its form, and its examples run")
    add.add_argument("file", metavar="FILE", help="the codebook, a TOML file")
    add.set_defaults(run=_codebook)

    add = commands.add_parser("memberships", help="who belongs to which of some organisations on a day")
    add.add_argument("organisations", metavar="ORG", nargs="+", help="such as NATO EU OSCE")
    add.add_argument("--on", metavar="DATE", required=True, help="the day, as 2022-01-14")
    add.add_argument("--json", action="store_true", help="as JSON")
    add.set_defaults(run=_memberships)

    add = commands.add_parser("check-reference", help="check the table of memberships: overlaps, gaps, codes, dates")
    add.add_argument("file", metavar="FILE", nargs="?", help="another table in place of the shipped one")
    add.set_defaults(run=_check_reference)
    return parser


def _number(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 1000:
        raise argparse.ArgumentTypeError(f"{value} is no number of processes")
    return int(value)


def _list(asked: argparse.Namespace) -> None:
    from onrecord import article, dossier

    for slug in dossier.shipped():
        read = article.read(dossier.find(slug))
        print(f"{slug:32}{read.published:%Y-%m-%d}  {read.outlet or '':12}{read.title}")


def _load(asked: argparse.Namespace, review: bool = True):
    from onrecord import dossier

    with _busy(f"reading {asked.source}"):
        made = dossier.load(asked.source, review=review, published=asked.published)
    for sentence in made.cautions:
        print(f"onrecord: {asked.source}: {sentence}", file=sys.stderr)
    return made


def _analyse(asked: argparse.Namespace) -> None:
    from onrecord import exports
    from onrecord.prose import many

    made = _load(asked, review=not asked.no_review)
    folder = exports.write_csv(made, asked.output)
    print(
        f"{folder}: {many(len(made.actors), 'actor')}, {many(len(made.quotes), 'quotation')}, "
        f"{many(len(made.statements), 'statement')}, {many(len(made.events), 'event')}"
    )


def _export(asked: argparse.Namespace) -> None:
    from onrecord import exports
    from onrecord.prose import many

    if _is_corpus(asked.source):
        _export_corpus(asked)
        return
    made = _load(asked, review=not asked.no_review)
    file = exports.write(made, asked.format, asked.output)
    print(f"{file}: {many(len(made.statements), 'statement')}, {many(len(made.actors), 'actor')}; {made.state}")


def _is_corpus(source: str) -> bool:
    # A name that is too long, or the home of nobody, is told of where it is read.
    with contextlib.suppress(OSError, RuntimeError):
        return (Path(source).expanduser() / CORPUS).is_file()
    return False


def _export_corpus(asked: argparse.Namespace) -> None:
    from onrecord import Corpus
    from onrecord.prose import many

    if asked.published:
        raise InputError("--published is for one article: the articles of a corpus have their own dates")
    if asked.no_review:
        raise InputError("--no-review is for one article: a corpus holds no review")
    corpus = Corpus(asked.source)
    with _busy(f"exporting {asked.source}"):
        file = corpus.export(asked.format, asked.output)
    print(f"{file}: {many(corpus.about['rows'].get('statements', 0), 'statement')} of {corpus.source}")


def _report(asked: argparse.Namespace) -> None:
    from onrecord.kernels import Kernels

    with Kernels() as kernels:  # begun first: they get ready while the article is read
        _write_report(asked, kernels)


def _write_report(asked: argparse.Namespace, kernels) -> None:
    import tempfile

    from tqdm import tqdm

    from onrecord import data, report

    made = _load(asked)
    target = asked.output
    if target is None:
        target = data.root() / "reports" / (made.article.slug + ("" if asked.form == "folder" else f".{asked.form}"))
        target.parent.mkdir(exist_ok=True)
    report.refuse_others(target, asked.form)
    with (
        tempfile.TemporaryDirectory(prefix="onrecord-") as scratch,
        tqdm(unit="notebook", disable=None, leave=False, bar_format="{desc:24} {bar} {n}/{total} {elapsed}") as bar,
    ):

        def show(name: str, done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.set_description_str(name)

        notebooks = report.execute(asked.source, asked.published, Path(scratch), on_progress=show, kernels=kernels)
        page = report.write(made, notebooks, target, asked.form, asked.excerpts_only)
    print(page)


def _review(asked: argparse.Namespace) -> None:
    from onrecord import sheets

    if asked.apply:
        if asked.output:
            raise InputError("--apply writes beside the article: leave out -o")
        with _busy(f"reading {asked.apply}"):
            applied = sheets.apply(asked.source, asked.apply, by=asked.by, published=asked.published)
        print(applied.told)
        return
    if asked.by:
        raise InputError("--by belongs to --apply: an empty sheet is nobody's yet")
    kind = "coding" if asked.blank else "solution" if asked.solution else "review"
    if kind == "solution":
        with _busy(f"reading {asked.source}"):
            made = sheets.solved(asked.source, asked.published)
    else:
        made = _load(asked)
    file = sheets.write(made, asked.output or Path(f"{made.article.slug}-{kind}.xlsx"), kind)
    print(f"{file}: {sheets.told(made, kind)}")


def _corpus(asked: argparse.Namespace) -> int:
    from onrecord.corpus import running, sources
    from onrecord.prose import many

    columns = dict(_column(pair, sources.FIELDS) for pair in asked.column)
    if asked.scheduler and asked.workers:
        raise InputError("--workers is for this machine: leave it out beside --scheduler")
    try:
        with _progress() as show:
            made = running.run(
                asked.source, asked.output, columns, asked.codebook, asked.csv, asked.scheduler, asked.workers, show
            )
    except KeyboardInterrupt:
        print(
            f"onrecord: stopped; run the same command again, and {asked.output} goes on where it was", file=sys.stderr
        )
        return 130
    for number, what in (
        (made.undated, "a date that cannot be read or can mean two days: their date is missing"),
        (made.cut, "a text that Excel has cut at 32,767 characters: make the source a CSV"),
    ):
        if number:
            print(f"onrecord: {many(number, 'article')} with {what}", file=sys.stderr)
    if made.failed:
        print(
            f"onrecord: {many(made.failed, 'item')} could not be analysed: {made.folder / 'failed.csv'} says why",
            file=sys.stderr,
        )
    print(
        f"{made.folder}: {many(made.articles, 'article')}, {many(made.duplicates, 'duplicate')}, {made.failed or 'none'} failed"
    )
    return 0 if made.articles and not made.failed else 1


def _column(pair: str, fields: Sequence[str]) -> tuple[str, str]:
    field, _, name = pair.partition("=")
    if field not in fields or not name:
        raise InputError(f"--column {pair}: write FIELD=NAME, where FIELD is one of {', '.join(fields)}")
    return field, name


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[float, int], None]]:
    """A bar of how far the source is read, with the articles analysed, their rate and the time left; on a terminal alone."""
    from tqdm import tqdm

    with tqdm(
        total=1.0, disable=None, leave=False, bar_format="{desc} {bar} {percentage:3.0f}% {elapsed}<{remaining}"
    ) as bar:

        def show(at: float, articles: int) -> None:
            if articles == 0:  # what an earlier run has done goes by
                bar.initial = at
            seconds = bar.format_dict["elapsed"]
            bar.desc = f"{articles:,} articles, {articles / seconds if seconds else 0:.1f} a second"
            bar.update(max(at - bar.n, 0))

        yield show


@contextlib.contextmanager
def _busy(what: str) -> Iterator[None]:
    """A line that says what is done and for how long, on a terminal alone and only of what takes its time."""
    from tqdm import tqdm

    done = threading.Event()

    def tell(bar: tqdm) -> None:
        waited = PATIENCE
        while not done.wait(waited):
            bar.update(0)
            waited = min(PATIENCE, 1.0)

    with tqdm(desc=what, total=0, delay=PATIENCE, disable=None, leave=False, bar_format="{desc} {elapsed}") as bar:
        ticking = threading.Thread(target=tell, args=(bar,), daemon=True)
        if not bar.disable:
            ticking.start()
        try:
            yield
        finally:
            done.set()
            if not bar.disable:
                ticking.join()


def _codebook(asked: argparse.Namespace) -> int:
    from onrecord import codebook, trial

    try:
        with _busy(f"reading the examples of {asked.file}"):
            complaints = trial.complaints(asked.file)
    except ValueError as error:
        raise InputError(str(error)) from None
    for line in complaints:
        print(line)
    name = Path(asked.file).name
    if complaints:
        print(f"{name}: {len(complaints)} to mend")
        return 1
    book = codebook.load(asked.file)
    print(f"{name}: {len(book.issues)} issues; all {len(book.examples)} examples and counter-examples come out right")
    return 0


def _memberships(asked: argparse.Namespace) -> None:
    from onrecord import memberships

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", memberships.UncheckedWarning)  # said below in a line of its own
        regions = memberships.regions(asked.organisations, on=asked.on)
    caveats = memberships.caveats(asked.organisations, asked.on)
    for sentence in caveats:
        print(f"onrecord: {sentence}", file=sys.stderr)
    if asked.json:
        found = {"on": asked.on, "regions": regions.to_dict("records"), "caveats": caveats}
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in regions.itertuples():
        print(f"{' + '.join(row.organisations):24}{row.count:>4}  {' '.join(row.states)}")


def _check_reference(asked: argparse.Namespace) -> int:
    from onrecord import reference
    from onrecord.prose import many

    complaints = reference.complaints(asked.file)
    for line in complaints:
        print(line)
    name = Path(asked.file or reference.shipped()).name
    if complaints:
        print(f"{name}: {len(complaints)} to mend")
        return 1
    spells, organisations = reference.count(asked.file)
    print(f"{name}: {many(spells, 'spell')} in {many(organisations, 'organisation')}; nothing to mend")
    return 0
