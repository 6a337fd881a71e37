"""A real browser and a served application, for every test that looks at pages as readers do.

`browser_page` is a page that fails its test on any console error; `open_page(**options)` opens more
of them with Playwright's context options; `serve(app)` serves an application and gives its address.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import waitress
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

Serve = Callable[[Flask], str]
OpenPage = Callable[..., Page]


def find_browser(playwrights_own: Path) -> Path | None:
    """The Chromium to test with: `CHROMIUM`, the system's, or Playwright's own download."""
    named = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), MAC, playwrights_own]
    return next((Path(place) for place in named if place and Path(place).exists()), None)


def tab_to(page: Page, arrived: str, most: int = 60) -> None:
    """Press Tab until the focus is where this script says (`e` is what has it)."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(e => {arrived})(document.activeElement)"):
            return
    pytest.fail(f"the Tab key does not lead there: {arrived}")


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: every test serves its own. (The plugin's fixture of this name is deprecated in pytest 9.)"""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], playwright: Playwright
) -> dict[str, Any]:
    """How the browser is started; skips loudly when there is none, and fails under CI."""
    found = find_browser(Path(playwright.chromium.executable_path))
    if found is None:
        missing = "no browser: install chromium, set CHROMIUM, or run `playwright install chromium`"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(f"NOT TESTED IN A BROWSER: {missing}")
    flags = ["--disable-background-networking", "--no-first-run"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": str(found), "args": flags}


# What Chromium reports as an error though it is meant: a form answered with its mistakes, the frame of
# the preview that shows a mail as whoever blocks images sees it, and that a mail's frame runs no test either.
_MEANT = ("status of 422", "img-src 'none'", "Blocked script execution")


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> Iterator[OpenPage]:
    """Open pages of separate visitors; whatever went wrong in any of them fails the test."""
    troubles: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in _MEANT):
            troubles.append(message.text)

    def opened(**options: Any) -> Page:
        page = new_context(**{"locale": "en-GB", "timezone_id": "Europe/Berlin", **options}).new_page()
        page.set_default_timeout(10_000)
        page.on("console", hear)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield opened
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def browser_page(open_page: OpenPage) -> Page:
    """A visitor's page, in Berlin."""
    return open_page()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve applications on loopback ports of their own until the test ends."""
    running: list[tuple[Any, threading.Thread]] = []

    def start(app: Flask) -> str:
        server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield start
    for server, thread in running:
        server.close()
        thread.join(10)
