"""`newsletter source` as an operator uses it, against a real server."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.db import Database
from newsletter.ingest.opml import read_opml
from tests.ingest.builders import rss
from tests.ingest.conftest import server
from tests.ingest.server import FeedServer

__all__ = ["server"]

Run = Callable[..., Result]
NOW = ("--now", "2026-11-22T06:00Z")


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `newsletter source` on an installation with the topic `world` that may fetch from loopback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_FETCH_ALLOW_NETWORKS", "127.0.0.0/8")
    CliRunner().invoke(main, ["topic", "add", "world", "World"])
    return lambda *words: CliRunner().invoke(main, ["source", *words])


def test_a_source_is_added_polled_and_listed(run: Run, server: FeedServer) -> None:
    url = server.serve("/feed", rss(("Ferry runs", "https://example.com/ferry")))

    added = run("add", url, "--topic", "world", *NOW)
    polled = run("poll", url, *NOW)
    listed = run("list")

    assert "Added" in added.output
    assert polled.exit_code == 0
    assert "1 new" in polled.output
    assert "1 of 1 sources read, 1 new articles." in polled.output
    assert "Harbour" in listed.output
    assert "fine" in listed.output


def test_each_source_is_told_its_own_result_and_the_rest_goes_on(run: Run, server: FeedServer) -> None:
    for url in (server.serve("/ok", rss(("News", "https://example.com/1"))), server.url("/missing")):
        run("add", url, "--topic", "world", *NOW)

    polled = run("poll", "--all", *NOW)

    assert polled.exit_code == 0
    assert "The server answered 404" in polled.output
    assert "1 of 2 sources read" in polled.output


def test_only_what_is_due_is_polled_without_further_words(run: Run, server: FeedServer) -> None:
    run("add", server.serve("/feed", rss(("News", "https://example.com/1"))), "--topic", "world", *NOW)

    assert "1 of 1" in run("poll", *NOW).output
    assert "No source is due" in run("poll", "--due", *NOW).output
    assert "1 of 1" in run("poll", "--due", "--now", "2026-11-22T08:00Z").output


def test_a_source_that_cannot_be_read_ends_with_exit_code_one(run: Run, server: FeedServer) -> None:
    url = server.url("/missing")
    run("add", url, "--topic", "world", *NOW)

    polled = run("poll", url, *NOW)

    assert polled.exit_code == 1
    assert "could not be read" in polled.stderr
    assert "404" in run("list", "--sick").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "https://example.com/feed"], 2, "--topic"),
        (["add", "https://example.com/feed", "--topic", "moon"], 1, "There is no topic moon"),
        (["add", "not an address", "--topic", "world"], 1, "not the address of a feed"),
        (["poll", "https://example.com/unknown"], 1, "There is no source"),
        (["poll", "--due", "--all"], 2, "one of them"),
        (["import", "missing.opml"], 2, "missing.opml"),
    ],
)
def test_wrong_words_are_answered_in_one_clear_line(run: Run, words: list[str], code: int, said: str) -> None:
    result = run(*words)

    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_opml_goes_in_and_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="Harbour">'
        '<outline text="Post" xmlUrl="https://harbour.example.com/feed"/>'
        '<outline text="Bad" xmlUrl="javascript:alert(1)"/></outline></body></opml>'
    )

    imported = run("import", str(file), *NOW)
    exported = run("export", *NOW)

    assert imported.exit_code == 0
    assert "1 sources added" in imported.output
    assert "New topics: harbour" in imported.output
    assert "javascript" in imported.stderr
    assert [
        (feed.name, [topic.name for topic in feed.topics]) for feed in read_opml(exported.stdout_bytes).feeds
    ] == [("Post", ["Harbour"])]


def test_a_file_that_is_not_opml_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html></html>")

    result = run("import", str(file))

    assert result.exit_code == 1
    assert "not OPML" in result.stderr
    assert "no sources yet" in run("list").output


@pytest.mark.parametrize(
    "command", ["add", "discover", "list", "show", "full-text", "import", "export", "poll"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


PAGE = (
    b"<!doctype html><title>Harbour</title>"
    b'<link rel="alternate" type="application/rss+xml" title="Everything" href="/feed">'
)


def test_discovering_tells_what_one_chooses_by(run: Run, server: FeedServer) -> None:
    page = server.serve("/", PAGE, content_type="text/html")
    feed = server.serve("/feed", rss(("Ferry\x1b[31m runs", "https://example.com/ferry")))

    said = run("discover", page.removeprefix("http://"), *NOW)

    assert said.exit_code == 0, said.output
    assert "The Harbour Post" in said.output
    assert "last entry 2026-11-21 12:00, about 9 a week" in said.output
    assert "- Ferry" in said.output
    assert "\x1b" not in said.output
    assert f"newsletter source add {feed} --topic SLUG" in said.output


def test_discovering_speaks_json(run: Run, server: FeedServer) -> None:
    page = server.serve("/", PAGE, content_type="text/html")
    server.serve("/feed", rss(("Ferry runs", "https://example.com/ferry")))

    (feed,) = json.loads(run("discover", page, "--json", *NOW).stdout)["feeds"]

    assert (feed["url"], feed["sample"]) == (server.url("/feed"), ["Ferry runs"])
    assert feed["last_entry"] == "2026-11-21T12:00:00+00:00"

    nothing = run("discover", "http://10.0.0.1/", "--json")
    assert nothing.exit_code == 1
    assert "refused for safety" in json.loads(nothing.stdout)["reason"]


def test_a_page_is_not_added_but_its_feeds_are_named(run: Run, server: FeedServer) -> None:
    page = server.serve("/", PAGE, content_type="text/html")
    feed = server.serve("/feed", rss(("Ferry runs", "https://example.com/ferry")))

    added = run("add", page, "--topic", "world", *NOW)

    assert added.exit_code == 1
    assert "is a web page, not a feed. These are its feeds; add one with:" in added.stderr
    assert f"newsletter source add {feed} --topic SLUG" in added.stderr
    assert "no sources yet" in run("list").output
    assert "Added" in run("add", page, "--topic", "world", "--unseen", *NOW).output


def test_an_address_without_its_scheme_is_told_in_full(run: Run, server: FeedServer) -> None:
    feed = server.serve("/feed.xml", rss(("Ferry runs", "https://example.com/ferry")))

    added = run("add", feed.removeprefix("http://"), "--topic", "world", *NOW)

    assert added.exit_code == 1
    assert "is not the whole address of its feed" in added.stderr
    assert f"newsletter source add {feed} --topic SLUG" in added.stderr


def test_what_cannot_be_reached_now_is_added_all_the_same(run: Run, server: FeedServer) -> None:
    added = run("add", server.url("/later"), "--topic", "world", *NOW)

    assert added.exit_code == 0
    assert "could not be looked at now" in added.stderr
    assert "404" in added.stderr
