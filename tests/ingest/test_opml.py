"""OPML in and out: what feed readers export, what goes through it unharmed, and what is refused."""

import time as clock
from contextlib import suppress
from datetime import datetime, time
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.canonical import clean_link
from newsletter.ingest.opml import OpmlError, export_opml, import_opml, read_opml
from newsletter.ingest.opml_read import OpmlFeed
from newsletter.ingest.plain_text import clean_line
from newsletter.ingest.source_address import source_address
from newsletter.ingest.sources import add_source, add_topic, slug_of, topics_in_order
from newsletter.models import Source, Topic

FIVE = time(5, 0)
OPML = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="2.0"><body>
  <outline text="Häfen &amp; Meer">
    <outline type="rss" text="Harbour Post" xmlUrl="https://harbour.example.com/feed?a=1&amp;b=2"/>
    <outline text="Tief">
      <outline text="Deep" xmlUrl="https://deep.example.com/feed"/>
    </outline>
  </outline>
  <outline text="Loose" xmlUrl="https://loose.example.com/feed"/>
  <outline text="Bad" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def names(feed: OpmlFeed) -> tuple[str, ...]:
    return tuple(topic.name for topic in feed.topics)


def found(body: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """What stands in the body of a file: address, name, topics."""
    feeds = read_opml(f"<opml version='1.0'><head><title/></head><body>{body}</body></opml>".encode()).feeds
    return [(feed.url, feed.name, names(feed)) for feed in feeds]


@pytest.mark.parametrize(
    ("body", "topics"),
    [
        ("<outline text='A'><outline xmlUrl='https://example.com/1'/></outline>", ("A",)),
        ("<outline title='A'><outline xmlUrl='https://example.com/1'/></outline>", ("A",)),
        ("<outline text='A'><outline text='B'><outline xmlUrl='https://example.com/1'/></outline></outline>",
         ("B",)),
        ("<outline text='A'><outline text=''><outline xmlUrl='https://example.com/1'/></outline></outline>",
         ("A",)),
        ("<outline xmlUrl='https://example.com/1' category='/Harvard/Berkman,/Politics'/>",
         ("Berkman", "Politics")),
        ("<outline text='A'><outline xmlUrl='https://example.com/1' category='B, A'/></outline>", ("A", "B")),
        ("<outline xmlUrl='https://example.com/1' category=', / ,'/>", ("General",)),
        ("<outline text='A'><outline xmlUrl='https://example.com/1'/></outline>"
         "<outline text='B'><outline xmlUrl='https://EXAMPLE.com/1#x'/></outline>", ("A", "B")),
        ("<outline xmlUrl='https://example.com/1'/>"
         "<outline text='B'><outline xmlUrl='https://example.com/1'/></outline>", ("B",)),
        ("<outline text='A &amp; B &eacute; &nbsp; C'><outline xmlUrl='https://example.com/1'/></outline>",
         ("A & B é C",)),
        ("<outline text='AT&T < R&D'><outline xmlUrl='https://example.com/1'/></outline>", ("AT&T < R&D",)),
        ("<outline text='A\x0b\x00&#0;'><outline xmlUrl='https://example.com/1'/></outline>", ("A�",)),
        ("<outline text='A'><outline type='RSS' url='https://example.com/1'/></outline>", ("A",)),
    ],
    ids=range(13),
)  # fmt: skip
def test_folders_and_categories_become_topics(body: str, topics: tuple[str, ...]) -> None:
    ((url, _name, told),) = found(body)
    assert url.startswith("https://example.com/1")
    assert told == topics


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<outline text='only words'/>",
        "<outline text='A'><outline text='B'/></outline>",
        "<outline type='link' url='https://example.com/page' text='a page'/>",
        "<outline type='include' url='https://example.com/other.opml' text='more'/>",
        "<outline isComment='true' text='A'><outline xmlUrl='https://example.com/1'/></outline>",
        "<outline xmlUrl='' text='empty'/>",
        "<!-- <outline xmlUrl='https://example.com/1'/> -->",
    ],
)
def test_what_is_no_feed_is_left_out(body: str) -> None:
    assert found(body) == []
    assert not read_opml(f"<opml><body>{body}</body></opml>".encode()).topics


def test_names_come_from_either_attribute_or_from_the_feed_itself_later(db: Database, now: datetime) -> None:
    body = (
        "<outline title='Title' xmlUrl='https://example.com/1'/>"
        "<outline text='Text' title='Title' xmlUrl='https://example.com/2'/>"
        "<outline xmlUrl='https://example.com/3'/>"
    )
    assert [name for _url, name, _topics in found(body)] == ["Title", "Text", ""]
    with db.write() as session:
        import_opml(session, f"<opml><body>{body}</body></opml>".encode(), now, FIVE, "UTC")
        unnamed = select(Source.name).where(Source.url == "https://example.com/3")
        assert session.scalar(unnamed) == "https://example.com/3"


def test_a_sloppy_file_gives_what_can_be_read_of_it() -> None:
    broken = (
        "<opml><body><outline text='A'><outline xmlUrl='https://example.com/?a=1&b=2' text='x' text='y'/>"
        "<outline frss:odd='1' text='z' xmlUrl='https://example.com/z'></outline></body>"
    )
    urls = [feed.url for feed in read_opml(b"\n junk " + broken.encode()).feeds]
    assert urls == ["https://example.com/?a=1&b=2", "https://example.com/z"]


def test_topics_that_are_alike_in_short_stay_apart_and_are_found_again(db: Database, now: datetime) -> None:
    feeds = "".join(
        f"<outline text='{name}'><outline xmlUrl='https://example.com/{number}'/></outline>"
        for number, name in enumerate(("C", "C++", "C#", "c"))
    )
    data = f"<opml><body>{feeds}</body></opml>".encode()
    with db.write() as session:
        assert import_opml(session, data, now, FIVE, "UTC").new_topics == ("c", "c-2", "c-3")
        again = import_opml(session, data, now, FIVE, "UTC")
        assert (again.added, again.known, again.new_topics) == (0, 4, ())
        sizes = {topic.name: len(topic.sources) for topic in topics_in_order(session)}
        assert sizes == {"C": 2, "C++": 1, "C#": 1}


def test_a_folder_is_the_topic_of_its_name_or_short_name_that_is_there(db: Database, now: datetime) -> None:
    with db.write() as session:
        add_topic(session, "welt", "World", now, FIVE, "UTC")
        add_topic(session, "sport", "All the sport", now, FIVE, "UTC")
        data = b"".join(
            b"<outline text='%s'><outline xmlUrl='https://example.com/%s'/></outline>" % (name, name)
            for name in (b"world", b"Sport")
        )
        report = import_opml(session, b"<opml><body>%s</body></opml>" % data, now, FIVE, "UTC")
        assert (report.added, report.new_topics) == (2, ())


def test_thousands_of_feeds_are_imported_in_seconds(db: Database, now: datetime) -> None:
    folders = "".join(
        f"<outline text='Topic {folder}'>"
        + "".join(f"<outline text='F' xmlUrl='https://example.com/{folder}/{n}'/>" for n in range(250))
        + "</outline>"
        for folder in range(12)
    )
    data = f"<opml><body>{folders}</body></opml>".encode()
    start = clock.process_time()
    with db.write() as session:
        assert import_opml(session, data, now, FIVE, "UTC").added == 3_000
        assert session.scalar(select(func.count()).select_from(Source)) == 3_000
    assert clock.process_time() - start < 8


@pytest.mark.parametrize(
    "data",
    [
        b"<opml>" + b"<outline text='a'>" * 100_000,
        b"<opml><outline " + b"".join(b"a%d='' " % n for n in range(150_000)) + b">",
        b"<opml>" + b"&" * 2_000_000,
        b"<opml>" + b"&eacute;" * 250_000,
        b"<opml>" + b"<!--" * 500_000,
        b"<opml><outline xmlUrl='https://example.com/' category='" + b"a,b/" * 500_000,
        b"<opml><outline text='" + b"x" * 2_000_000 + b"'><outline xmlUrl='https://example.com/'/>",
    ],
    ids=["deep", "attrs", "amps", "entities", "comments", "categories", "name"],
)
def test_no_file_takes_long(data: bytes) -> None:
    start = clock.process_time()
    assert len(read_opml(data).feeds) <= 1
    assert clock.process_time() - start < 6


def snapshot(session: Session) -> tuple[list[object], set[object]]:
    """Everything an export is to carry."""
    topics = [
        (topic.slug, topic.name, topic.language, topic.cutoff, topic.timezone, topic.active)
        for topic in topics_in_order(session)
    ]
    sources = {
        (s.url, s.name, s.site_url, s.language, s.full_text, frozenset(topic.slug for topic in s.topics))
        for s in session.scalars(select(Source))
    }
    return list(topics), set(sources)


LETTERS = st.characters(exclude_categories=("Cs", "Cn"))
NAMES = st.text(LETTERS, min_size=1, max_size=40).map(clean_line).filter(bool)
LANGUAGES = st.sampled_from(["en", "de", "pt-BR", "zh-Hant", "ar"])
URLS = (
    st.text(LETTERS, max_size=30)
    .map(lambda path: f"https://example.com/{path}")
    .map(source_address)
    .filter(lambda url: url is not None)
)
SITES = st.none() | URLS.map(lambda url: clean_link(url or "")).filter(
    lambda url: url == clean_link(url or "")
)
TOPICS = st.lists(
    st.tuples(NAMES, LANGUAGES, st.times().map(lambda t: t.replace(microsecond=0)), st.booleans()),
    min_size=1,
    max_size=4,
)
SOURCES = st.lists(
    st.tuples(
        URLS, NAMES, SITES, st.none() | LANGUAGES, st.booleans(), st.sets(st.integers(0, 3), min_size=1)
    ),
    max_size=6,
    unique_by=lambda source: source[0],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(topics=TOPICS, sources=SOURCES, zone=st.sampled_from(sorted(available_timezones())))
def test_what_is_exported_and_imported_elsewhere_is_the_same(
    db: Database,
    now: datetime,
    topics: list[tuple[str, str, time, bool]],
    sources: list[tuple[str, str, str | None, str | None, bool, set[int]]],
    zone: str,
) -> None:
    with db.read() as session:
        shelf = []
        for number, (name, language, cutoff, active) in enumerate(topics):
            slug = f"{slug_of(name)[:50]}-{number}"
            shelf.append(add_topic(session, slug, name, now, cutoff, zone, language))
            shelf[-1].active = active
        for url, name, site, told, full_text, places in sources:
            under = list(dict.fromkeys(shelf[place % len(shelf)] for place in sorted(places)))
            source, _new = add_source(session, url, under, now, name)
            source.site_url, source.language, source.full_text = site, told, full_text
        session.flush()
        before, exported = snapshot(session), export_opml(session, "Daily", now)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Topic)) == 0, "rolled back"
        report = import_opml(session, exported.encode(), now, FIVE, "Europe/Berlin")
        session.flush()
        session.expire_all()
        assert snapshot(session) == before
        assert (report.added, report.refused) == (len(sources), ())
        assert export_opml(session, "Daily", now) == exported


@settings(max_examples=100, deadline=None)
@given(st.text("<>/='\" opmlutine:xURL&;#!-\x00[]", max_size=200) | st.text(max_size=80))
def test_whatever_a_file_holds_it_is_read_or_refused_in_words(text: str) -> None:
    with suppress(OpmlError):
        opml = read_opml(f"<opml>{text}".encode())
        assert all(feed.url and feed.topics for feed in opml.feeds)


def test_a_language_and_times_of_a_file_are_taken_only_when_sound(db: Database, now: datetime) -> None:
    body = (
        "<outline text='A' e:slug='../x' e:language='de'><outline xmlUrl='https://example.com/1'/></outline>"
        "<outline text='B' e:slug='b' e:language='!' e:cutoff='25:00' e:timezone='Mars/X'/>"
        "<outline text='C' e:slug='c' e:language='de' e:cutoff='06:30:00' e:timezone='Asia/Tokyo'/>"
    )
    data = f"<opml xmlns:e='urn:daily-edition:opml'><body>{body}</body></opml>".encode()
    with db.write() as session:
        import_opml(session, data, now, FIVE, "UTC")
        told = [(t.slug, t.language, t.cutoff, t.timezone) for t in topics_in_order(session)]
    assert told == [
        ("a", "en", FIVE, "UTC"),
        ("b", "en", FIVE, "UTC"),
        ("c", "de", time(6, 30), "Asia/Tokyo"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_opml_brings_sources_and_its_folders_become_topics(
    any_db: Database, now: datetime, encoding: str
) -> None:
    data = OPML.format(encoding=encoding).encode(encoding)
    with any_db.write() as session:
        report = import_opml(session, data, now, FIVE, "UTC")

        assert (report.added, report.known) == (3, 0)
        assert report.new_topics == ("hafen-meer", "tief", "general")
        assert report.refused == ("javascript:alert(1)",)
        assert session.scalar(select(Topic.name).where(Topic.slug == "hafen-meer")) == "Häfen & Meer"
        assert session.scalar(select(Source.name).where(Source.url.contains("a=1&b=2"))) == "Harbour Post"
        assert import_opml(session, data, now, FIVE, "UTC").known == 3


def test_what_is_exported_can_be_imported(db: Database, now: datetime) -> None:
    with db.write() as session:
        import_opml(session, OPML.format(encoding="utf-8").encode(), now, FIVE, "UTC")
        exported = export_opml(session, "Daily <Edition>", now)

    feeds = {(feed.url, feed.name, names(feed)) for feed in read_opml(exported.encode()).feeds}
    assert feeds == {
        ("https://harbour.example.com/feed?a=1&b=2", "Harbour Post", ("Häfen & Meer",)),
        ("https://deep.example.com/feed", "Deep", ("Tief",)),
        ("https://loose.example.com/feed", "Loose", ("General",)),
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not OPML"),
        (b"<html></html>", "not OPML"),
        (b"https://example.com/feeds.opml", "not OPML"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml version="2.0"/>', "document type"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><opml version="2.0"/>'.encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "encoding"),
        (b'<opml version="2.0">\xff</opml>', "encoding"),
    ],
)
def test_hostile_or_broken_opml_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(OpmlError, match=words):
        read_opml(data)


def test_opml_nested_without_end_is_harmless() -> None:
    deep = "<outline text='a'>" * 5_000 + "<outline xmlUrl='https://example.com/' text='x'/>" * 2_000

    assert len(read_opml(f"<opml version='2.0'><body>{deep}".encode()).feeds) <= 1
