"""The editor's preview as a web application: what it serves, and how shut in the mails are."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from jinja2 import TemplateSyntaxError
from PIL import Image

from newsletter.demo.drawings import SAMPLE_SIZE
from newsletter.demo.sample import LANGUAGES, sample_editions
from newsletter.mail.proof import Proof, proof_issue
from newsletter.web.preview import Preview, preview_app
from newsletter.web.preview_frame import in_frame, in_scheme
from tests.mail.sample import PUBLICATION

CUTOFF = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def show(language: str, length: str) -> Proof:
    return proof_issue(PUBLICATION, sample_editions(language, CUTOFF, "Europe/Berlin"), language, length)


@pytest.fixture
def visitor() -> FlaskClient:
    return preview_app(Preview("Science", "https://news.example.com", show, lambda: "stamp-1")).test_client()


def test_the_page_tells_subject_and_size(visitor: FlaskClient) -> None:
    proof = show("en", "standard")
    page = visitor.get("/").text
    assert proof.rendered.subject in page
    assert f"{proof.html_octets / 1024:.1f} KB of the 102 KB" in page
    assert f"{proof.octets / 1024:.1f} KB</dd>" in page
    assert visitor.get("/stamp").text == "stamp-1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_made_up_news_of_its_own(visitor: FlaskClient, language: str) -> None:
    text = visitor.get(f"/mail.txt?language={language}").text
    headlines = [
        story.headline for edition in sample_editions(language, CUTOFF, "UTC") for story in edition.stories
    ]
    assert len(headlines) >= 4
    assert all(" ".join(headline.split()) in " ".join(text.split()) for headline in headlines)


def test_a_mail_can_do_nothing_and_loads_images_from_us_alone(visitor: FlaskClient) -> None:
    policy = visitor.get("/mail.html").headers["Content-Security-Policy"]
    assert policy.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https://news.example.com;"
    )
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-forms" not in policy
    assert "img-src 'none'" in visitor.get("/mail.html?images=off").headers["Content-Security-Policy"]
    assert "allow-scripts" not in visitor.get("/").text


def test_another_site_pointed_at_this_machine_sees_nothing(visitor: FlaskClient) -> None:
    assert visitor.get("/", headers={"Host": "evil.example.com"}).status_code == 400


def test_a_broken_template_is_told_with_its_place_and_nothing_else_breaks() -> None:
    def broken(_language: str, _length: str) -> Proof:
        raise TemplateSyntaxError("unexpected '}'", 12, "issue/body.html")

    visitor = preview_app(Preview("Science", "https://news.example.com", broken, lambda: "1")).test_client()
    page = visitor.get("/")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "unexpected &#39;}&#39;" in page.text
    assert "<iframe" not in page.text
    assert visitor.get("/mail.html").status_code == 500


def test_words_nobody_offers_mean_the_usual_ones(visitor: FlaskClient) -> None:
    assert visitor.get("/mail.txt?language=xx&length=endless").data == visitor.get("/mail.txt").data


def test_a_scheme_is_forced_whatever_the_browser_prefers() -> None:
    html = (
        '<meta name="color-scheme" content="light dark"><style>:root { color-scheme: light dark; }'
        "@media (prefers-color-scheme: dark) { p { color: red } }</style>"
    )
    dark = in_scheme(html, "dark")
    assert 'content="only dark"' in dark
    assert "color-scheme: only dark;" in dark
    assert "@media (min-width: 0) {" in dark
    assert "@media (max-width: 0) {" in in_scheme(html, "light")


def test_the_made_up_issues_picture_comes_from_the_preview(visitor: FlaskClient) -> None:
    html = '<img src="https://news.example.com/image/sample.jpg">'

    assert '<img src="/image/sample.jpg">' in in_frame(html, "light", "https://news.example.com")
    with Image.open(BytesIO(visitor.get("/image/sample.jpg").data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", SAMPLE_SIZE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_made_up_story_has_a_picture_with_words_for_it(language: str) -> None:
    stories = [story for one in sample_editions(language, CUTOFF, "UTC") for story in one.stories]
    (picture,) = [story.image for story in stories if story.image]
    assert picture.alt
