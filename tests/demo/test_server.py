"""The demo's server: on loopback only, steady from request to request, gone when it stops."""

import socket
from datetime import datetime, timedelta
from html import unescape

import pytest

from newsletter.demo.drawings import has_picture, picture_path
from newsletter.demo.server import DemoServer, DemoServerError, serve
from newsletter.demo.world import load_entries, load_sources
from tests.demo.conftest import ask


def test_the_server_listens_on_loopback_only(server: DemoServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.base_url == f"http://127.0.0.1:{server.server_port}"


def test_the_server_is_gone_when_its_block_ends(now: datetime) -> None:
    with serve(now) as server:
        port = server.server_port
        assert ask(server, "/").status == 200
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_a_taken_port_is_said_in_words(server: DemoServer, now: datetime) -> None:
    with pytest.raises(DemoServerError, match="choose another port"), serve(now, server.server_port):
        pass


def test_now_is_rounded_down_to_the_minute(now: datetime) -> None:
    with serve(now + timedelta(seconds=59, microseconds=7)) as server:
        assert server.now == now


def test_every_feed_is_the_same_bytes_again_and_304_when_known(server: DemoServer) -> None:
    for source in load_sources():
        first, second = ask(server, source.path), ask(server, source.path)
        assert first.status == 200
        assert first.body == second.body
        by_etag = ask(server, source.path, {"if-none-match": f'"other", W/{first.headers["ETag"]}'})
        by_date = ask(server, source.path, {"If-Modified-Since": first.headers["Last-Modified"]})
        assert (by_etag.status, by_etag.body) == (304, b"")
        assert (by_date.status, by_date.body) == (304, b"")


def test_a_feed_that_moved_on_is_sent_anew(server: DemoServer) -> None:
    server.as_of = server.now - timedelta(days=1)
    old = ask(server, "/feeds/radio-news.xml")
    server.as_of = server.now
    conditions = {"If-None-Match": old.headers["ETag"], "If-Modified-Since": old.headers["Last-Modified"]}
    new = ask(server, "/feeds/radio-news.xml", conditions)
    assert new.status == 200
    assert len(new.body) > len(old.body)


def test_an_etag_overrules_a_date_and_a_senseless_date_is_no_condition(server: DemoServer) -> None:
    first = ask(server, "/feeds/havan.xml")
    conditions = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert ask(server, "/feeds/havan.xml", conditions).status == 200
    assert ask(server, "/feeds/havan.xml", {"If-Modified-Since": "yesterday, or so"}).status == 200


def test_every_article_has_a_page_with_its_words(server: DemoServer) -> None:
    for entry in load_entries():
        reply = ask(server, entry.path)
        assert reply.status == 200
        assert entry.summary in unescape(reply.body.decode())


def test_a_title_with_markup_is_plain_on_the_page(server: DemoServer) -> None:
    live = next(entry for entry in load_entries() if "<strong>" in entry.title and entry.day == 2)
    page = ask(server, live.path).body.decode()
    assert "<h1>Live: Chain Bridge closed – what we know so far</h1>" in page


def test_an_arabic_article_is_read_from_the_right(server: DemoServer) -> None:
    arabic = next(entry for entry in load_entries() if entry.language == "ar")
    assert '<html lang="ar" dir="rtl">' in ask(server, arabic.path).body.decode()


def test_the_front_page_leads_to_every_feed(server: DemoServer) -> None:
    page = ask(server, "/").body.decode()
    assert all(f'href="{source.path}"' in page for source in load_sources())
    assert ask(server, "/opml").body.count(server.base_url.encode()) == len(load_sources())


@pytest.mark.parametrize(
    "path", ["/nothing", "/feeds/none.xml", "/articles/havan/none", "/articles/x/y", "/feeds"]
)
def test_what_is_not_there_answers_404(server: DemoServer, path: str) -> None:
    assert ask(server, path).status == 404


def test_head_answers_without_a_body(server: DemoServer) -> None:
    reply = ask(server, "/feeds/tidemark.xml", method="HEAD")
    assert reply.status == 200
    assert reply.body == b""
    assert int(reply.headers["Content-Length"]) > 0


def test_reports_come_with_pictures_that_are_always_the_same(server: DemoServer) -> None:
    pictured = [entry for entry in load_entries() if has_picture(entry)]
    assert len(load_entries()) // 2 < len(pictured) < len(load_entries())

    first, again = (ask(server, picture_path(pictured[0])) for _time in range(2))
    assert (first.status, first.headers["Content-Type"]) == (200, "image/jpeg")
    assert first.body == again.body
    bare = next(entry for entry in load_entries() if not has_picture(entry))
    assert ask(server, picture_path(bare)).status == 404
