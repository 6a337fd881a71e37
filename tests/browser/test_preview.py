"""`newsletter edition preview` as a designer uses it: a template changes, the page follows."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
# A loaded machine needs its time to render six mails.
expect.set_options(timeout=30_000)
PARTS = ("newsletter", "templates", "migrations")


@dataclass
class Preview:
    """The running command, its address, and its own copy of the templates."""

    process: "subprocess.Popen[str]"
    address: str
    templates: Path

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.templates / name
        words = file.read_text("utf-8")
        assert old in words
        file.write_text(words.replace(old, new), "utf-8")


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """The preview of made-up news, over a copy of this checkout."""
    checkout = tmp_path / "checkout"
    for part in PARTS:
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    environ = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "edition", "preview"],
        cwd=checkout,
        env={**environ, "NEWSLETTER_DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_hear_ctrl_c,
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert found
    yield Preview(process, found[0], checkout / "templates" / "email")
    process.kill()
    process.wait(20)
    process.stdout.close()


def _hear_ctrl_c() -> None:
    """A shell has what it starts in the background ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def shown(page: Page, title: str) -> FrameLocator:
    return page.frame_locator(f'iframe[title="{title}"]')


def background(page: Page, title: str) -> str:
    colour: str = (
        shown(page, title).locator(".card").evaluate("card => getComputedStyle(card).backgroundColor")
    )
    return colour


def test_the_issue_is_shown_in_every_shape(preview: Preview, browser_page: Page) -> None:
    page = browser_page
    page.goto(preview.address)

    for title in ("600 pixels", "360 pixels, a phone", "Dark", "Images off"):
        expect(shown(page, title).get_by_role("heading", name="Night trams return")).to_be_visible()
    expect(shown(page, "Right to left").locator("html")).to_have_attribute("dir", "rtl")
    expect(shown(page, "Right to left").get_by_role("heading", name="مذنب")).to_be_visible()
    expect(shown(page, "Text").get_by_text("Night trams return")).to_be_visible()
    assert background(page, "Dark") != background(page, "600 pixels")
    frames = {box["width"] for frame in page.locator("iframe").all() if (box := frame.bounding_box())}
    assert {602, 362} <= frames  # with their borders


def test_the_page_follows_a_template_that_is_edited(preview: Preview, browser_page: Page) -> None:
    page = browser_page
    page.goto(preview.address)
    expect(shown(page, "Text").get_by_text("Unsubscribe:")).to_be_visible()

    preview.edit("base/footer.txt", "{{ publication.url }}", "Printed on the quay")
    expect(shown(page, "Text").get_by_text("Printed on the quay")).to_be_visible()

    preview.edit("base/footer.html", "<p class", '<p id="new">A new line</p>\n<p class')
    expect(shown(page, "600 pixels").get_by_text("A new line")).to_be_visible()


def test_a_mistake_in_a_template_is_shown_and_gone_when_mended(preview: Preview, browser_page: Page) -> None:
    page = browser_page
    page.goto(preview.address)
    expect(page.locator("iframe")).to_have_count(6)

    preview.edit("base/footer.txt", "{{ publication.url }}", "{{ publication.url")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".trouble")).to_contain_text("base/footer.txt")

    preview.edit("base/footer.txt", "{{ publication.url", "{{ publication.url }}")
    expect(page.locator("iframe")).to_have_count(6)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for others")
def test_ctrl_c_ends_it(preview: Preview) -> None:
    preview.process.send_signal(signal.SIGINT)
    assert preview.process.wait(20) == 0
