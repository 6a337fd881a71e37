"""Make the pictures of docs/images: run the demo, sign up in a browser, photograph what a person sees."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

PORT = 8765
HOME = f"http://127.0.0.1:{PORT}"
IMAGES = Path(__file__).parents[1] / "docs" / "images"
START_SECONDS = 120


def main() -> None:
    """Write front-page.png, front-page-dark.png, issue.png and issue-phone.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "NEWSLETTER_PORT": str(PORT), "NEWSLETTER_BASE_URL": HOME}
        command = [sys.executable, "-m", "newsletter", "demo", "--data", folder]
        demo = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{HOME}/healthz")
            with sync_playwright() as playwright:
                photograph(open_browser(playwright.chromium))
        finally:
            demo.terminate()
            demo.wait(20)


def photograph(browser: Browser) -> None:
    """Take every picture, in the order a reader would see things."""
    page = browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
    page.goto(HOME)
    page.screenshot(path=IMAGES / "front-page.png", full_page=True)
    dark = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme="dark").new_page()
    dark.goto(HOME)
    dark.screenshot(path=IMAGES / "front-page-dark.png", full_page=True)
    issue = welcome_issue(page)
    for name, width in (("issue", 640), ("issue-phone", 360)):
        mail = browser.new_context(viewport={"width": width, "height": 1280}).new_page()
        mail.goto(issue)
        mail.screenshot(path=IMAGES / f"{name}.png")


def welcome_issue(page: Page) -> str:
    """Sign up, confirm, and give the address of the welcome issue's HTML in the outbox."""
    page.get_by_label("Your e-mail address").fill("reader@example.com")
    for topic in ("Town Hall", "Business", "Science"):
        page.get_by_label(topic).check()
    page.get_by_role("button", name="Subscribe").click()
    page.goto(mail_html(page, count=1))
    page.goto(page.locator('a[href*="/confirm/"]').first.get_attribute("href") or "")
    page.get_by_role("button", name="Confirm").click()
    return mail_html(page, count=2)


def mail_html(page: Page, count: int) -> str:
    """Wait until the outbox holds `count` mails; the address of the newest one's HTML."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        page.goto(f"{HOME}/outbox")
        mails = page.locator("ol.mails a")
        if mails.count() == count:
            return HOME + (mails.first.get_attribute("href") or "") + "/html"
        page.wait_for_timeout(500)
    raise SystemExit("screenshots: the mail did not come")


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
