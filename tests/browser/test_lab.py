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
from test_security import PAYLOADS, text_of

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


HOSTILE = """import pandas as pd
import onrecord
from IPython.display import display
made = onrecord.analyse(TEXT)
issues = made.statements[["issue"]].drop_duplicates().assign(title=PAYLOADS[0])
frame = pd.DataFrame({"payload": PAYLOADS})
pd.options.display.max_colwidth = None
display(*[onrecord.say("{} spoke, {}.", payload, "$5") for payload in PAYLOADS])
display(onrecord.table(frame, " ".join(PAYLOADS)), frame, frame.style.hide(), made.quotes)
display(onrecord.matrix(made.statements, issues), onrecord.evidence(made.statements, issues, made.actors))
onrecord.say("$x$ is meant as mathematics, {} is not.", "$y$")
"""


def test_nothing_of_an_article_runs_or_is_mathematics(lab, opened):
    payloads = list(PAYLOADS.values())
    given = f"TEXT = {text_of(' '.join(payloads))!r}\nPAYLOADS = {payloads!r}\n"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(given + HOSTILE)], metadata=nbformat.read(NOTEBOOKS[0], 4).metadata
    )
    nbformat.write(notebook, lab[2] / "hostile.ipynb")
    page = open_notebook(opened, lab, "hostile.ipynb")
    run_all(page, notebook)
    outputs = page.locator(".jp-OutputArea-output")
    outputs.last.locator("mjx-container").wait_for()  # so the outputs before it have been looked through, too
    assert outputs.count() == len(payloads) + 7 and page.locator("mjx-container").count() == 1
    assert (
        page.evaluate("window.__x") is None
        and not outputs.locator("script, img, svg, iframe, [onerror], [onload]").count()
    )
    assert all(
        link.startswith("#")
        for link in outputs.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    )
    for payload, said in zip(payloads, outputs.all_inner_texts()):
        assert said.strip() == f"{payload} spoke, $5.".replace("\x1b", "\ufffd")
    for nth in (0, 2):  # a table of ours, and pandas' styled one
        cells = outputs.nth(len(payloads) + nth).locator("td").all_inner_texts()
        assert [cell.replace("\x1b", "\ufffd") for cell in cells] == [
            payload.replace("\x1b", "\ufffd") for payload in payloads
        ]
    assert not page.locator(".jp-Dialog").count() and not page.faults
