"""The publication's logo: copied once from a file or the web, and never in the way of the mail."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image as Drawing
from sqlalchemy import func, select

from newsletter.branding import branded_publication
from newsletter.config import PREFIX, Settings, SettingsError, load_settings
from newsletter.db import Database
from newsletter.images import logo
from newsletter.images.keep import let_go
from newsletter.images.logo import logo_of
from newsletter.ingest.fetch import FetchPolicy
from newsletter.mail.brand import DEFAULT_BRAND
from newsletter.models import Image
from tests.hearing import what_is_said
from tests.images.drawing import written
from tests.ingest.server import FeedServer

SIGN = Drawing.new("RGBA", (600, 120), (30, 60, 90, 255))


def sign(colour: str = "teal") -> bytes:
    picture = SIGN.copy()
    picture.paste(colour, (0, 0, 300, 120))
    return written(picture, "PNG")


def copies(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Image)) or 0


def test_a_logo_from_a_file_is_copied_once_and_again_when_it_changes(
    any_db: Database, policy: FetchPolicy, now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(sign())
    first = logo_of(str(file), any_db, policy, now)
    again = logo_of(str(file), any_db, policy, now + timedelta(days=1))
    file.write_bytes(sign("maroon"))
    changed = logo_of(str(file), any_db, policy, now)

    assert first is not None
    assert (first.width, first.height) == (300, 60)
    assert first.url.startswith("https://news.example.com/image/")
    assert first.url.endswith(".png")
    assert again == first
    assert changed is not None
    assert changed.url != first.url
    assert copies(any_db) == 2, "mails sent before show the old one"


def test_a_logo_from_the_web_is_fetched_once(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    address = server.serve("/logo.png", sign())

    assert logo_of(address, db, policy, now) == logo_of(address, db, policy, now) is not None
    assert len(server.requests) == 1


def test_a_logo_that_cannot_be_had_is_missing_and_nothing_else(
    db: Database,
    server: FeedServer,
    policy: FetchPolicy,
    now: datetime,
    tmp_path: Path,
) -> None:
    drawing = tmp_path / "logo.svg"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")

    with what_is_said(logo) as said:
        assert logo_of(str(drawing), db, policy, now) is None
    assert said[0]["reason"] == "It is an SVG drawing; give it as PNG."
    for source in (
        str(tmp_path / "gone.png"),
        str(tmp_path),
        server.url("/gone.png"),
        "http://10.0.0.1/l.png",
    ):
        with what_is_said(logo) as said:
            assert logo_of(source, db, policy, now) is None
        assert said[0]["event"] == "the logo cannot be used; the name stands in its place"


def test_a_logo_is_never_let_go(db: Database, policy: FetchPolicy, now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(sign())
    logo_of(str(file), db, policy, now - timedelta(days=400))

    with db.write() as session:
        assert let_go(session, now, timedelta(days=60)) == 0


def test_the_publication_carries_logo_and_colour_of_the_settings(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(sign())

    brand = branded_publication(Settings(logo=str(file), accent="gold"), db, lambda: now).brand

    assert brand.logo is not None
    assert brand.accent_dark == "#ffd700"
    assert branded_publication(Settings(), db, lambda: now).brand == DEFAULT_BRAND


def test_wrong_words_about_the_brand_are_told_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(f"{PREFIX}ACCENT", "sort of blue")
    monkeypatch.setenv(f"{PREFIX}LOGO", str(tmp_path / "logo.png"))
    monkeypatch.setenv(f"{PREFIX}IMAGE_DAYS", "0")

    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "no.env")

    told = "\n".join(caught.value.problems)
    assert "NEWSLETTER_ACCENT: give a colour as #98281a" in told
    assert "NEWSLETTER_LOGO: give a picture's address" in told
    assert "NEWSLETTER_IMAGE_DAYS" in told
