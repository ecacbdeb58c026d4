"""What several tests need: the shipped articles' dossiers, loaded once."""

import functools

import pytest

import onrecord
from onrecord import embeddings

collect_ignore = [
    "browser",
    "slow",
]  # `make test-browser` and `make test-slow` run them: they need a Chromium, and minutes

SLUGS = ["nato-russia-2022", "asylum-seekers-indonesia-2015", "new-zealand-flag-2015", "north-korea-alert-2015"]


@functools.cache
def loaded(slug, review=True):
    return onrecord.load(slug, review=review)


@pytest.fixture(autouse=True)
def without_the_extra(monkeypatch):
    """What the tests expect is what an installation without the extra `embeddings` gives; it is read where a test asks for `extra`."""
    monkeypatch.setenv(embeddings.SWITCH, "off")


@pytest.fixture
def extra(monkeypatch):
    if not embeddings.installed():
        pytest.skip("the extra `embeddings` is not installed")
    monkeypatch.setenv(embeddings.SWITCH, "on")


@pytest.fixture(params=SLUGS)
def shipped(request):
    return loaded(request.param)


@pytest.fixture
def nato():
    return loaded("nato-russia-2022")


@pytest.fixture
def nato_draft():
    return loaded("nato-russia-2022", review=False)
