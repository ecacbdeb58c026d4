"""A real browser for the tests: the Chromium that is installed on this machine, and what its pages did."""

import pytest
from playwright.sync_api import sync_playwright

from onrecord.report import printing


@pytest.fixture(scope="session")
def chromium():
    quiet = [one for one in printing.QUIET if "pdf" not in one and "headless" not in one]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=printing.browser(), args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """A function that opens an empty page; `page.faults` collects what it complains of and whatever it asks of another machine."""
    contexts = []

    def open_page(width, height=900, **more):
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **more))
        page = contexts[-1].new_page()
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("request", lambda asked: page.faults.append(asked.url) if leaves(asked.url) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()


def leaves(url):
    """Whether a request asks another machine."""
    return not url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:", "ws://127.0.0.1:"))
