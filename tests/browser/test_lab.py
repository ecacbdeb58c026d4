"""JupyterLab in a real browser: every notebook opens, runs from cleared outputs to its end and shows no warning; nothing asks another machine."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from itertools import chain
from pathlib import Path

import nbformat
import pytest

from onrecord import data

NOTEBOOKS = sorted((data.root() / "notebooks").glob("*.ipynb"))
START = 90  # seconds for the server
RUN = 120  # seconds for a notebook
SAVE = 30  # seconds
LONG = 30_000  # milliseconds for anything else


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(notebook):
    """For each code cell what its outputs are, such as `text/html` or `stderr`."""
    shown = [[kind(output) for output in cell.outputs] for cell in code(notebook)]
    return [[one for one in outputs if one] for outputs in shown]


def kind(output):
    if output.output_type in ("display_data", "execute_result"):
        return next(one for one in ("text/html", "text/markdown", "image/png", "text/plain") if one in output.data)
    return output.get("name", output.output_type)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server of its own on a free port: its address, token, and folder with the notebooks, their outputs cleared."""
    root = tmp_path_factory.mktemp("lab")
    folder = root / "notebooks"
    folder.mkdir()
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, 4)
        for cell in code(notebook):
            cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / path.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, address = secrets.token_hex(), f"http://127.0.0.1:{port}"
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "run",
        "IPYTHONDIR": "ipython",
    }
    own |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    env = os.environ | {name: str(root / value) for name, value in own.items()}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with (root / "server.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=root, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"{address}/api?token={token}", server, log.name)
            yield address, token, folder
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_for(address, server, log):
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=5).read()
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start: {Path(log).read_text()[-2000:]}")


def open_notebook(opened, lab, name):
    address, token, _ = lab
    page = opened(1280, 1000)
    page.set_default_timeout(LONG)
    page.goto(f"{address}/lab/tree/{name}?token={token}&reset")
    page.locator(".jp-Notebook").wait_for()
    page.locator(".jp-StatusBar-Widget", has_text="(ipykernel) | Idle").wait_for()  # before, there is no kernel to run
    return page


def run_all(page, notebook):
    """Run All Cells, until every cell has its number."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    done = "count => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].filter(e => /\\[\\d+\\]/.test(e.textContent)).length === count"
    page.wait_for_function(done, arg=len(code(notebook)), timeout=RUN * 1000)
    page.locator(".jp-StatusBar-Widget", has_text="(ipykernel) | Idle").wait_for()


def saved(path, before):
    """The notebook, once its file is written whole."""
    end = time.monotonic() + SAVE
    while time.monotonic() < end:
        time.sleep(0.2)
        if path.stat().st_mtime_ns != before:
            with suppress(nbformat.reader.NotJSONError):
                return nbformat.read(path, 4)
    raise TimeoutError(f"{path.name} was not saved")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end(path, lab, opened):
    committed, own = nbformat.read(path, 4), lab[2] / path.name
    before = own.stat().st_mtime_ns
    page = open_notebook(opened, lab, path.name)
    run_all(page, committed)
    page.keyboard.press("Control+s")
    made = saved(own, before)
    assert [cell.execution_count for cell in code(made)] == list(range(1, len(code(made)) + 1))
    assert kinds(made) == kinds(committed) and not {"stderr", "stdout", "error"} & set(chain(*kinds(made)))
    assert page.locator(".jp-Notebook img").count() == list(chain(*kinds(made))).count("image/png")
    assert not page.locator(".jp-Dialog, .Toastify__toast").count()
    assert not page.faults


def test_the_questions_open_their_notebooks(lab, opened):
    page = open_notebook(opened, lab, NOTEBOOKS[0].name)
    for path in NOTEBOOKS[1:]:
        page.get_by_role("tab", name=NOTEBOOKS[0].name).click()
        page.locator(f".jp-Notebook:visible a[href*='{path.name}']").click()
        page.get_by_role("tab", name=path.name, selected=True).wait_for()
    assert not page.faults
