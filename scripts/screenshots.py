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
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import waitress
from PIL import Image
from playwright.sync_api import Browser, BrowserType, ViewportSize, sync_playwright
from sqlalchemy import select

from newsletter.addresses import read_address
from newsletter.db import Database
from newsletter.demo.sample import sample_editions
from newsletter.mail.issue import Publication
from newsletter.mail.proof import proof_issue
from newsletter.models import Edition, Story
from newsletter.subscribers import SignUp, confirm, find_by_handle, offered_topics, sign_up
from newsletter.tokens import Purpose, make_dated_token
from newsletter.web.preview import Preview, preview_app

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
TALLEST = 2200
CLOCK = clock_time(7)


def main() -> None:
    """Write every picture anew, and say how large they are together."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = open_browser(playwright.chromium)
        with preview() as address:
            for name, path, width, height in ISSUES:
                photograph(browser, name, address + path, {"width": width, "height": height}, scale=2)
        with demo() as folder:
            pages = {name: HOME for name, _scheme in FRONT_PAGES} | readers_pages(folder)
            for name, address in pages.items():
                scheme = dict(FRONT_PAGES).get(name, "light")
                photograph(browser, name, address, {"width": 1100, "height": 900}, scheme)
    names = [*(name for name, *_ in ISSUES), *pages]
    octets = sum((IMAGES / f"{name}.webp").stat().st_size for name in names)
    sys.stdout.write(f"{len(names)} pictures in {IMAGES}, {octets // 1024} KB together\n")


def readers_pages(folder: Path) -> dict[str, str]:
    """The newest edition's page, its story with the most days, and a made-up reader's preferences."""
    database = Database(f"sqlite:///{folder / 'newsletter.db'}")
    with database.write() as session:
        now = datetime.now(UTC)
        address = read_address("ann@example.com")
        topics = tuple(topic.slug for topic in offered_topics(session)[:2])
        wish = SignUp(address, topics, CLOCK, "Europe/Berlin", wording="A picture for the documentation.")
        reader = find_by_handle(session, sign_up(session, wish, None, now).handle)
        confirm(session, reader.handle, "A picture for the documentation.", now)
        token = make_dated_token(
            [(folder / "secret-key").read_text().strip()], Purpose.MANAGE, reader.handle, now
        )
    with database.read() as session:
        edition = session.scalars(select(Edition).order_by(Edition.date.desc(), Edition.id)).first()
        story = session.scalars(
            select(Story)
            .join(Edition)
            .where(Story.previous_id.is_not(None))
            .order_by(Edition.date.desc(), Story.source_count.desc())
        ).first()
        if edition is None or story is None:
            raise SystemExit("screenshots: the demo has no edition, or no story that went on")
        found = {
            "preferences": f"{HOME}/preferences/{token}",
            "edition": f"{HOME}/archive/{edition.topic.slug}/{edition.date}",
            "story": f"{HOME}/story/{story.id}",
        }
    database.close()
    return found


def photograph(
    browser: Browser, name: str, address: str, window: ViewportSize, scheme: str = "light", scale: float = 1
) -> None:
    """One picture of what a window shows of an address, as WebP."""
    shown: Any = {"viewport": window, "color_scheme": scheme, "device_scale_factor": scale}
    with browser.new_context(**shown) as context:
        page = context.new_page()
        page.goto(address)
        raw = page.screenshot(full_page=scale == 1)
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    # An edition is long: its beginning says enough.
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.save(IMAGES / f"{name}.webp", quality=QUALITY, method=6)


@contextmanager
def preview() -> Iterator[str]:
    """The address of what `newsletter edition preview` shows: the made-up issue in every shape."""
    pages = Preview(
        "Made-up news",
        PUBLICATION.base_url,
        lambda language, length: proof_issue(
            PUBLICATION, sample_editions(language, CUTOFF, "Europe/Berlin"), language, length
        ),
        lambda: "",
    )
    app = preview_app(pages)
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@contextmanager
def demo() -> Iterator[Path]:
    """The demo, running at `HOME` with three days of made-up news; its data folder."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "NEWSLETTER_PORT": str(PORT), "NEWSLETTER_BASE_URL": HOME}
        command = [sys.executable, "-m", "newsletter", "demo", "--data", folder]
        running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{HOME}/healthz")
            yield Path(folder)
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
