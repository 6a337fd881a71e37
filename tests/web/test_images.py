"""Pictures and the brand on the pages: our own copies, the same for everybody."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.images.keep import keep
from newsletter.images.reencode import ImageCopy
from newsletter.models import Story
from tests.images.drawing import photograph, written
from tests.web.conftest import Site, make_site

NAME = "0123456789abcdef0123456789abcdef.jpg"
COPY = ImageCopy(NAME, b"\xff\xd8 a picture", 600, 400)


@pytest.fixture
def illustrated(site: Site) -> Site:
    with site.database.write() as session:
        keep(session, [COPY], site.now)
        story = session.scalars(select(Story).order_by(Story.id)).first()
        assert story is not None
        story.image_name, story.image_alt = NAME, 'A "ferry" & <b>gulls</b>'
    return site


def test_a_picture_is_served_to_be_kept_for_ever_and_to_do_nothing(illustrated: Site) -> None:
    answer = illustrated.client().get(f"/image/{NAME}")

    assert (answer.status_code, answer.data) == (200, COPY.body)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers


def test_who_has_the_picture_is_told_so(illustrated: Site) -> None:
    client = illustrated.client()
    etag = client.get(f"/image/{NAME}").headers["ETag"]

    known = client.get(f"/image/{NAME}", headers={"If-None-Match": etag})
    assert (known.status_code, known.data) == (304, b"")
    assert client.get(f"/image/{NAME}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_picture_can_be_asked_about_without_being_sent(illustrated: Site) -> None:
    answer = illustrated.client().head(f"/image/{NAME}")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(COPY.body))


@pytest.mark.parametrize(
    "name", ["f" * 32 + ".jpg", "x", "x.svg", NAME.upper(), "..%2f..%2fetc%2fpasswd", "%00.jpg", "a" * 5000]
)
def test_an_unknown_picture_is_not_found(illustrated: Site, name: str) -> None:
    answer = illustrated.client().get(f"/image/{name}")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_only_get_and_head_are_answered(illustrated: Site) -> None:
    assert illustrated.client().post(f"/image/{NAME}").status_code in (400, 405)


def test_an_edition_shows_the_pictures_of_its_stories(illustrated: Site) -> None:
    with illustrated.database.read() as session:
        edition = session.scalars(select(Story).where(Story.image_name == NAME)).one().edition
        address = f"/archive/{edition.topic.slug}/{edition.date}"
    page = illustrated.client().get(address).text

    assert f'src="/image/{NAME}" width="600" height="400"' in page
    assert 'alt="A &#34;ferry&#34; &amp; &lt;b&gt;gulls&lt;/b&gt;"' in page
    assert page.count("<img") == 1


def test_the_accent_colour_is_set_once_where_the_policy_allows_it(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    client = make_site(db, now, tmp_path, accent="#ffd500").client()
    front = client.get("/")
    sheet = client.get("/brand.css")

    assert "/brand.css?v=" in front.text
    assert "style-src 'self';" in front.headers["Content-Security-Policy"]
    assert ":root { --accent: #816c00; --on-accent: #ffffff; }" in sheet.text
    assert ":root { --accent: #ffd500; --on-accent: #1d1a17; }" in sheet.text
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "Set-Cookie" not in sheet.headers


def test_without_a_colour_of_its_own_a_page_asks_for_no_second_sheet(site: Site) -> None:
    assert "brand.css" not in site.client().get("/").text


def test_a_logo_stands_for_the_name_and_says_it(db: Database, now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(written(photograph((600, 200)), "PNG"))
    client = make_site(db, now, tmp_path, logo=str(file), publication_name="The <Harbour> Post").client()
    front = client.get("/").text

    source = front.split('<h1 class="name"><img src="')[1].split('"')[0]
    assert source.startswith("/image/")
    assert 'width="180" height="60" alt="The &lt;Harbour&gt; Post"></h1>' in front
    assert client.get(source).headers["Content-Type"] == "image/png"


def test_a_mail_in_the_outbox_may_show_our_pictures_and_no_others(site: Site) -> None:
    from newsletter.web.outbox import _mail_policy

    assert "img-src data: https://news.example.com/image/;" in _mail_policy("https://news.example.com")
