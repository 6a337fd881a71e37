from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from newsletter.tokens import Purpose
from tests.web.builders import add_edition, add_source, add_subscriber, add_topic
from tests.web.conftest import Site
from tests.web.forms import ANN, csrf_token, submit
from tests.web.strings import shared_strings

FORM = "application/x-www-form-urlencoded"


def scripts(page: bytes) -> list[str]:
    """Everything on a page that could run: scripts not ours, handlers, dangerous addresses."""
    tree = html.fromstring(page)
    # Data for search engines stands in script elements, too; whatever could end one is a script again.
    data = "@type='application/ld+json' and not(@src)"
    inline = tree.xpath(f"//script[not(starts-with(@src, '/static/')) and not({data})]")
    handlers = tree.xpath("//@*[starts-with(name(), 'on')]")
    schemes = ("javascript:", "data:", "vbscript:")
    addresses = [a for a in tree.xpath("//@href|//@src|//@action") if a.strip().lower().startswith(schemes)]
    return [*(html.tostring(script, encoding="unicode") for script in inline), *handlers, *addresses]


@pytest.mark.parametrize("share", range(4))
def test_no_hostile_string_in_any_field_breaks_the_sign_up_or_runs_on_its_page(
    site: Site, share: int
) -> None:
    client = site.client()
    token = csrf_token(client.get("/").get_data(as_text=True))
    for text in shared_strings()[share::4]:
        wrong = text.encode("utf-8", "replace").decode()
        fields = {"address": wrong, "topics": wrong, "hour": wrong, "zone": wrong, "csrf_token": token}
        answer = client.post("/", data=fields)
        assert answer.status_code in (303, 413, 422), text
        assert scripts(answer.data) == [], text


def test_no_hostile_string_in_an_address_brings_a_server_error(site: Site) -> None:
    client = site.client()
    for text in shared_strings()[::7]:
        path = quote_from_bytes(text.encode("utf-8", "replace"))
        for page in ("confirm", "preferences", "unsubscribe", "archive/world", "archive", "outbox"):
            answer = client.get(f"/{page}/{path}")
            assert answer.status_code < 500, (page, text)
            assert answer.status_code != 200 or page in ("archive", "outbox"), (page, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from(["address", "topics", "hour", "zone", "days"]), st.binary()), max_size=6
    )
)
def test_any_bytes_in_any_field_get_an_answer(site: Site, fields: list[tuple[str, bytes]]) -> None:
    client = site.client()
    token = csrf_token(client.get("/").get_data(as_text=True))
    body = "&".join([f"csrf_token={token}", *(f"{name}={quote_from_bytes(value)}" for name, value in fields)])
    answer = client.post("/", data=body, content_type=FORM)
    assert answer.status_code in (303, 413, 422)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.binary(max_size=2000), st.sampled_from([FORM, "multipart/form-data; boundary=x", "text/plain", ""]))
def test_any_body_of_any_kind_is_refused_without_a_server_error(site: Site, body: bytes, kind: str) -> None:
    answer = site.client().post("/", data=body, content_type=kind)
    assert answer.status_code in (400, 413)


def test_any_bytes_in_the_preferences_form_get_an_answer(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    page = site.link(Purpose.MANAGE)
    client = site.client()
    token = csrf_token(client.get(page).get_data(as_text=True))
    for text in shared_strings()[::5]:
        wrong = text.encode("utf-8", "replace").decode()
        fields = {"topics": wrong, "hour": wrong, "zone": wrong, "days": wrong, "csrf_token": token}
        answer = client.post(page, data=fields)
        assert answer.status_code in (413, 422), text
        assert scripts(answer.data) == [], text


def test_a_body_beyond_64_kb_is_refused_kindly(site: Site) -> None:
    answer = submit(site.client(), "/", fields={**ANN, "address": "a" * 70_000})
    assert answer.status_code == 413
    assert "larger than any form here" in answer.get_data(as_text=True)


def test_a_form_of_thousands_of_parts_is_refused(site: Site) -> None:
    parts = "".join('--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n\r\n' for _ in range(900))
    answer = site.client().post("/", data=parts + "--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_headline_with_markup_is_shown_as_text(site: Site) -> None:
    with site.database.write() as session:
        source = add_source(session, "Odd")
        odd = add_edition(
            session, add_topic(session, "odd"), site.now.date(), [[(source, "<script>alert(1)</script>")]]
        )
        odd.stories[0].articles[0].url = "javascript:alert(1)"
    for path in ("/", "/archive/odd/2026-11-22"):
        assert scripts(site.client().get(path).data) == []
