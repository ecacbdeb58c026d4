"""The files that open the project elsewhere, in Binder and in a development container, name what is there and install what `make` installs."""

import json
import os
import re
import subprocess
import tomllib

import pytest

from onrecord import data

ROOT = data.root()
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_binder_installs_the_lock_on_the_python_of_the_committed_outputs():
    (included,) = re.findall(r"^-r (.+)$", read(".binder/requirements.txt"), re.MULTILINE)
    assert (ROOT / ".binder" / included).resolve() == ROOT / "requirements.lock"
    assert read(".binder/runtime.txt") == "python-3.11\n"
    for path in re.findall(r"\.binder/[\w.]+", read(".binder/postBuild") + MAKEFILE):
        assert (ROOT / path).is_file(), path
    assert (
        json.loads(read(".binder/overrides.json"))["@jupyterlab/apputils-extension:notification"]["fetchNews"]
        == "false"
    )


@pytest.mark.parametrize("script", [".binder/postBuild", ".ci/run"])
def test_scripts_can_be_run(script):
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0


def test_the_container_is_set_up_by_make():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert container["image"].endswith("python:3.11") and container["forwardPorts"] == [8888]
    program, target = container["postCreateCommand"].split()
    assert program == "make" and f"ENVIRONMENT := {target}\n" in MAKEFILE


def test_the_lock_of_the_browser_agrees_with_the_other():
    versions = [
        dict(re.findall(r"^([\w.-]+)==([^\s;]+)", read(name), re.MULTILINE))
        for name in ("requirements.lock", "requirements-browser.lock")
    ]
    wanted = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]["browser"]
    assert {re.match(r"[\w-]+", one)[0] for one in wanted} <= versions[1].keys()
    assert all(versions[0].get(name, version) == version for name, version in versions[1].items())
