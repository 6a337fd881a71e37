"""Make the pictures of docs/images: the front page of the demo, and the issue in every shape it takes."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import waitress
from PIL import Image
from playwright.sync_api import Browser, BrowserType, ViewportSize, sync_playwright

from newsletter.demo.sample import sample_editions
from newsletter.mail.issue import Publication
from newsletter.mail.proof import proof_issue
from newsletter.web.preview import preview_app

IMAGES = Path(__file__).parents[1] / "docs" / "images"
START_SECONDS = 180
PORT = 8765
HOME = f"http://127.0.0.1:{PORT}"
# So that pictures change only when what they show does.
CUTOFF = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PUBLICATION = Publication(
    name="Daily Edition",
    base_url="https://news.example.com",
    sender="Daily Edition <daily@example.com>",
    reply_to=None,
    bounce_address="bounces@example.com",
    postal_address="Daily Edition, Mill Lane 4, 12345 Port Ostrel",
    list_domain="news.example.com",
)
# Name, what the preview serves, width and height of the window in CSS pixels.
ISSUES = (
    ("issue", "/mail.html", 600, 1000),
    ("issue-phone", "/mail.html", 360, 1000),
    ("issue-dark", "/mail.html?scheme=dark", 600, 1000),
    ("issue-arabic", "/mail.html?language=ar", 600, 1000),
    ("issue-text", "/mail.txt", 680, 1000),
)
FRONT_PAGES = (("front-page", "light"), ("front-page-dark", "dark"))
QUALITY = 82


def main() -> None:
    """Write every picture anew, and say how large they are together."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = open_browser(playwright.chromium)
        with preview() as address:
            for name, path, width, height in ISSUES:
                photograph(browser, name, address + path, {"width": width, "height": height}, scale=2)
        with demo():
            for name, scheme in FRONT_PAGES:
                photograph(browser, name, HOME, {"width": 1100, "height": 900}, scheme)
    names = [name for name, *_ in (*ISSUES, *FRONT_PAGES)]
    octets = sum((IMAGES / f"{name}.webp").stat().st_size for name in names)
    sys.stdout.write(f"{len(names)} pictures in {IMAGES}, {octets // 1024} KB together\n")


def photograph(
    browser: Browser, name: str, address: str, window: ViewportSize, scheme: str = "light", scale: float = 1
) -> None:
    """One picture of what a window shows of an address, as WebP."""
    shown: Any = {"viewport": window, "color_scheme": scheme, "device_scale_factor": scale}
    with browser.new_context(**shown) as context:
        page = context.new_page()
        page.goto(address)
        raw = page.screenshot(full_page=scale == 1)
    Image.open(io.BytesIO(raw)).convert("RGB").save(IMAGES / f"{name}.webp", quality=QUALITY, method=6)


@contextmanager
def preview() -> Iterator[str]:
    """The address of what `newsletter edition preview` shows: the made-up issue in every shape."""
    app = preview_app(
        "Made-up news",
        PUBLICATION.base_url,
        lambda language, length: proof_issue(
            PUBLICATION, sample_editions(language, CUTOFF, "Europe/Berlin"), language, length
        ),
        lambda: "",
    )
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@contextmanager
def demo() -> Iterator[None]:
    """The demo, running at `HOME` with three days of made-up news."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "NEWSLETTER_PORT": str(PORT), "NEWSLETTER_BASE_URL": HOME}
        command = [sys.executable, "-m", "newsletter", "demo", "--data", folder]
        running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{HOME}/healthz")
            yield
        finally:
            running.terminate()
            running.wait(20)


def open_browser(chromium: BrowserType) -> Browser:
    """The system's Chromium, else Playwright's own."""
    own = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    return chromium.launch(executable_path=own, args=["--no-sandbox"] if os.geteuid() == 0 else [])


def wait_for(address: str) -> None:
    """Wait until the service answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("screenshots: the demo did not start")


if __name__ == "__main__":
    main()
