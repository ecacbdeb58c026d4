"""The data as their package describes them: every file has a description, every row keeps its rules, and a broken row is caught."""

import json
import shutil

import pytest
from frictionless import Package, system

from onrecord import data

PACKAGE = data.folder() / "datapackage.json"


def faults(package):
    """What frictionless finds wrong with a package on this disk, over all rows: type of error, message."""
    with system.use_context(trusted=True):
        return Package(str(package)).validate().flatten(["type", "message"])


def test_the_data_keep_to_their_package():
    assert faults(PACKAGE) == []


def test_every_file_is_described_and_every_description_has_its_file():
    described = [resource["path"] for resource in json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]]
    files = [
        path.relative_to(data.folder()).as_posix()
        for path in data.folder().rglob("*")
        if path.is_file() and path != PACKAGE and not path.name.startswith(".")
    ]
    assert sorted(described) == sorted(files)


def test_every_description_says_what_a_reader_needs():
    for resource in json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]:
        assert resource["description"] and resource["format"] and resource["sources"], resource["name"]
        assert resource.get("licenses") or resource.get("rights"), resource["name"]
        for field in resource.get("schema", {}).get("fields", ()):
            assert field["description"] and field["type"], (resource["name"], field["name"])


BROKEN = [
    ("reference/memberships.csv", "NATO,BEL,", "NATO,XXX,", "foreign-key"),
    ("reference/memberships.csv", "NATO,DNK,Denmark,member", "NATO,DNK,Denmark,guest", "constraint-error"),
    ("reference/memberships.csv", "NATO,CAN,", "NATO,FRA,", "primary-key"),
    ("reference/nominals.csv", "the alliance,NATO", "the alliance,NATTO", "foreign-key"),
    ("reference/states.csv", "AFG,Afghanistan", "AFG,Albania", "unique-error"),
    ("reference/stance_words.csv", "abhor,verb,attitude,,-1", "abhor,verb,attitude,,against", "type-error"),
    ("articles/nato-russia-2022/article.txt", "NATO", "Nato", "hash-count"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The faults of a copy of the data in which all of BROKEN is wrong at once, by file and type: to look at all takes seconds."""
    copy = tmp_path_factory.mktemp("broken") / "data"
    shutil.copytree(data.folder(), copy)
    for file, right, wrong, _ in BROKEN:
        content = (copy / file).read_bytes()
        assert right.encode() in content
        (copy / file).write_bytes(content.replace(right.encode(), wrong.encode(), 1))
    with system.use_context(trusted=True):
        tasks = Package(str(copy / PACKAGE.name)).validate().tasks
    return {(task.place.removeprefix(f"{copy}/"), error.type) for task in tasks for error in task.errors}


@pytest.mark.parametrize(("file", "right", "wrong", "error"), BROKEN)
def test_a_broken_copy_is_caught(broken, file, right, wrong, error):
    assert (file, error) in broken
