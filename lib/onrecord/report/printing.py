"""A page as PDF, printed by Chromium or Chrome where one is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from onrecord.data import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# A browser of its own, without anybody's settings, that asks the network for nothing.
QUIET = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-pdf-header-footer",
]
LONGEST = 180  # seconds


def browser() -> str:
    """The program of a Chromium that is installed. Raises InputError where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None) or next(filter(os.path.isfile, PLACES), None)
    if found is None:
        raise InputError(
            "no Chromium or Chrome is installed to make a PDF: install one, or print the report from a browser"
        )
    return found


def to_pdf(html: str) -> bytes:
    """The page printed. Raises InputError where no browser is there, RuntimeError where it fails."""
    program = browser()
    with tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True) as home:
        page, made = Path(home) / "report.html", Path(home) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        # As root it starts no other way.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        own = [f"--user-data-dir={home}/profile", f"--print-to-pdf={made}", page.as_uri()]
        try:
            done = subprocess.run([program, *QUIET, *root, *own], capture_output=True, text=True, timeout=LONGEST)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"{program}: printed nothing ({error})") from None
        if not made.is_file():
            raise RuntimeError(
                f"{program}: printed nothing ({(done.stderr.strip().splitlines() or ['no message'])[-1]})"
            )
        return made.read_bytes()
