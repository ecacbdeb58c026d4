"""Notebooks executed on an article."""

import contextlib
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from onrecord import data
from onrecord.dossier import shipped
from onrecord.kernels import ENV, Kernels

AT_ONCE = 2  # notebooks; each is a process of its own with pandas and matplotlib in it
LONGEST_CELL = 600  # seconds
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Progress = Callable[[str, int, int], None]


class NotebookError(RuntimeError):
    """A notebook failed: the message names it, the cell and the error."""


class _ThisPython(AsyncKernelManager):
    """Starts the running interpreter, whatever kernels are installed, without anybody's IPython settings and, but on Windows, without a port."""

    def __init__(self, home: str, kernels: Kernels):
        transport = "ipc" if os.name != "nt" and len(home) < 80 else "tcp"  # the name of a socket has a limit
        super().__init__(kernel_name="python3", connection_file=str(Path(home) / "kernel.json"), transport=transport)
        self.home, self.kernels = home, kernels

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=40"]  # 40: errors
        return KernelSpec(argv=argv, language="python", env={"IPYTHONDIR": self.home} | ENV)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw) -> None:
        forked = self.kernels.fork(kernel_cmd[3:], {"IPYTHONDIR": self.home}, kw["cwd"])
        if forked is None:
            return await super()._async_launch_kernel(kernel_cmd, **kw)
        self.provisioner.process, self.provisioner.pid = forked, forked.pid


def notebooks(folder: Path) -> list[Path]:
    """The notebooks in a folder that make up a report, in order: all with a cell tagged `parameters`, but for those that say
    `"onrecord": {"report": false}` in their metadata."""
    read = {path: nbformat.read(path, 4) for path in sorted(Path(folder).glob("*.ipynb"))}
    wanted = {path: book.metadata.get("onrecord", {}).get("report", True) for path, book in read.items()}
    return [path for path, book in read.items() if _parameters(book) and wanted[path]]


def _parameters(notebook: NotebookNode) -> list[NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]


def _length(path: Path) -> int:
    """How much there is to run in a notebook: the longest is begun first, else all wait for it at the end."""
    return sum(len(cell.source) for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")


LITERAL = r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|None|True|False)"""


def with_parameters(notebook: NotebookNode, values: Mapping[str, object]) -> NotebookNode:
    """Set the values in the cell tagged `parameters`, where it assigns a text, None, True or False to their names. Changes the notebook in place.

    Raises NotebookError where a value that is not None finds no such assignment: the notebook would tell of something else."""
    cells = _parameters(notebook)
    for name, value in values.items():
        found = 0
        for cell in cells:
            assigned = rf"^({re.escape(name)}\s*=\s*){LITERAL}"
            made = re.subn(assigned, lambda m, value=value: m[1] + repr(value), cell.source, flags=re.MULTILINE)
            cell.source, found = made[0], found + made[1]
        if not found and value is not None:
            raise NotebookError(f"no cell tagged `parameters` assigns a text, None, True or False to {name}")
    return notebook


def _run(notebook: NotebookNode, name: str, folder: Path, kernels: Kernels) -> NotebookNode:
    """Execute in place with a fresh kernel that works in `folder`; the same cells give the same notebook."""
    with tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True) as home:
        client = NotebookClient(
            notebook,
            km=_ThisPython(home, kernels),
            timeout=LONGEST_CELL,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            allow_errors=False,
            coalesce_streams=True,
            store_widget_state=False,
        )
        try:
            client.execute(cleanup_kc=True)
        except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
            raise NotebookError(_failure(notebook, name, error)) from None
    notebook.metadata.update(nbformat.from_dict(METADATA))
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            if len(output.get("data", {})) > 1:
                output.data.pop(WIDGET, None)  # it is dead without this kernel, and its id is another each time
    return notebook


def _failure(notebook: NotebookNode, name: str, error: Exception) -> str:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    failed = [any(output.output_type == "error" for output in cell.outputs) for cell in code]
    number = 1 + (failed.index(True) if any(failed) else sum(cell.execution_count is not None for cell in code))
    if isinstance(error, CellExecutionError):
        said = f"{error.ename}: {(error.evalue.strip().splitlines() or [''])[-1]}".rstrip(": ")
    elif isinstance(error, CellTimeoutError):
        said = f"no end after {LONGEST_CELL} seconds"
    else:
        said = "its Python died, perhaps for want of memory" if isinstance(error, DeadKernelError) else str(error)
    return f"{name}, code cell {number}: {said}"


def _run_all(
    paths: list[Path], work: Callable[[Path, Kernels], None], on_progress: Progress | None, kernels: Kernels
) -> None:
    lock, done = threading.Lock(), 0

    def tell(path, more):
        nonlocal done
        with lock:
            done += more
            if on_progress:
                on_progress(path.stem, done, len(paths))

    def one(path):
        tell(path, 0)
        work(path, kernels)
        tell(path, 1)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one, path) for path in paths]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def execute(
    article: str,
    published: str | None,
    folder: Path,
    on_progress: Progress | None = None,
    source: Path | None = None,
    kernels: Kernels | None = None,
) -> list[Path]:
    """Execute every notebook on the article and write the results into `folder`. Gives their paths, in order.

    `article` is a slug or a path, `published` an ISO date or None; `source` is the folder of the notebooks (the repository's own by default);
    `kernels` are ones made before, which are then ready sooner.
    `on_progress(name, done, total)` is called when a notebook starts and when it is done. Raises NotebookError.
    """
    source, folder, own = Path(source or data.root() / "notebooks"), Path(folder), Path(article).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    is_file = str(article) not in shipped() and own.is_file()
    values = {"ARTICLE": str(own.resolve()) if is_file else str(article), "PUBLISHED": published}

    def work(path, kernels):
        try:
            made, plain = (
                with_parameters(nbformat.read(path, 4), values | more) for more in ({}, {"ARTICLE": own.name})
            )
        except NotebookError as error:
            raise NotebookError(f"{path.name}: {error}") from None
        _run(made, path.name, source, kernels)
        for cell, other in zip(made.cells, plain.cells, strict=True) if is_file else ():
            cell.source = other.source  # where the file lies is nobody's business in a report
        nbformat.write(made, folder / path.name)

    found = notebooks(source)
    with contextlib.nullcontext(kernels) if kernels else Kernels() as ready:
        _run_all(sorted(found, key=_length, reverse=True), work, on_progress, ready)
    return [folder / path.name for path in found]


def execute_in_place(paths: Iterable[Path], on_progress: Progress | None = None) -> None:
    """Execute notebooks and write the outputs into them; one that fails is left as it was. Twice gives the same bytes. Raises NotebookError."""

    def work(path, kernels):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            for passing in ("execution", "ExecuteTime", "collapsed", "scrolled"):
                cell.metadata.pop(passing, None)
        _run(notebook, path.name, path.parent, kernels)
        beside = path.with_name(f".{path.name}.new")
        nbformat.write(notebook, beside)
        os.replace(beside, path)

    with Kernels() as kernels:
        _run_all([Path(path).resolve() for path in paths], work, on_progress, kernels)
