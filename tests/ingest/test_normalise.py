"""From an entry as written to an article's words and addresses."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from url_normalize import url_normalize

from newsletter.ingest.canonical import _ONE_SPELLING, canonical_url, clean_link, settled
from newsletter.ingest.entries import Entry
from newsletter.ingest.normalise import (
    clean_body,
    clean_language,
    normalise_entry,
    plausible_time,
)
from newsletter.ingest.plain_text import cut_at_sentence, cut_at_word, plain_text

FEED = "https://example.com/feeds/world.xml"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PIECES = st.sampled_from(
    ["<script>", "</script>", "<b>", "&lt;", "&amp;", "&#60;", "<img src=x onerror=alert(1)>", "javascript:",
     "<a href='", "'>", "\u202e", "\u200b", "\x00", "\ud800", "<!--", "-->", "<![CDATA[", "]]>", "a", " "]
)  # fmt: skip
MARKUP = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)
TAG = re.compile(r"</?(?:script|b|img|a|p|iframe|style)\b", re.I)


def title_of(title: str, feed_title: str = "") -> str:
    found = normalise_entry(Entry(title=title, link="https://example.com/a"), FEED, NOW, feed_title)
    assert found is not None
    return found.title


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("HTTPS://Example.COM:443/a/../b?z=1#top", "https://example.com/b?z=1"),
        ("https://example.com/a?utm_source=rss&id=3&fbclid=x&UTM_Medium=feed", "https://example.com/a?id=3"),
        ("https://example.com/a?at_medium=RSS&at_campaign=rss", "https://example.com/a"),
        ("/story?x=1&amp=2", "https://example.com/story?x=1&amp=2"),
        ("story.html", "https://example.com/feeds/story.html"),
        ("//cdn.example.net/x", "https://cdn.example.net/x"),
        ("https://bank.example@evil.example/login", "https://evil.example/login"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        (" https://exa\tmple.com/\n ", "https://example.com/"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("https://example.com/a//b/", "https://example.com/a//b/"),
        (
            "https://archive.example.com/2020/http://example.org/a",
            "https://archive.example.com/2020/http://example.org/a",
        ),
        ("https://example.com/a?rss=1&sid=5", "https://example.com/a?sid=5"),
        ("https://example.com/a?from=rss&partner=rssnyt&emc=rss&ref=rss_all", "https://example.com/a"),
        ("https://example.com/a?from=Berlin&rss=pictures", "https://example.com/a?from=Berlin&rss=pictures"),
        ("https://www.example.com/a/", "https://example.com/a/"),
        ("https://m.example.com/a?amp=1&b=2", "https://example.com/a?b=2"),
        ("https://amp.example.com/a/amp/", "https://example.com/a/"),
        ("https://example.com/news/a.amp.html", "https://example.com/news/a.html"),
        ("https://example.com/amp", "https://example.com/amp"),
        ("https://m.example/a", "https://m.example/a"),
        ("https://example.com/amplifier?camp=1", "https://example.com/amplifier?camp=1"),
    ],
)
def test_all_spellings_of_an_address_become_one(link: str, expected: str) -> None:
    cleaned = clean_link(link, FEED)

    assert cleaned is not None
    assert canonical_url(cleaned) == expected


@given(st.from_regex(r"https?://[a-zX0-9.-]{1,30}/[\w.~/%-]{0,30}(\?[\w=&.~-]{0,20})?", fullmatch=True))
def test_what_is_taken_for_normal_is_what_the_library_makes_of_it(link: str) -> None:
    if _ONE_SPELLING.fullmatch(link):
        assert url_normalize(link) == link


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www.google.com/url?rct=j&url=https://example.org/a%3Fb%3D1&usg=x", "https://example.org/a?b=1"),
        ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        ("http://rd.example.com/evt=1/*http:/x/*https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("https://redir.example.com/x/*https%3A//example.org/a", "https://example.org/a"),
        ("https://l.example.com/l.php?u=https://example.org/a&h=1", "https://example.org/a"),
        ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "https://example.org/a"),
        ("https://example.com/share?url=https://example.org/a", None),
        ("https://example.com/redirect?url=/local", None),
        ("https://example.com/redirect?url=javascript:alert(1)", None),
    ],
)  # fmt: skip
def test_addresses_that_lead_on_are_undone(link: str, target: str | None) -> None:
    assert (clean_link(link) or "").startswith(target or "https://example.com/")
    assert target is None or clean_link(link) == target


def test_a_fragment_that_only_names_the_feed_is_dropped_and_any_other_stays() -> None:
    for fragment in ("tk.rss_all", "xtor=RSS-1", "ref=rss"):
        assert clean_link(f"https://example.com/a#{fragment}") == "https://example.com/a"
    assert clean_link("https://example.com/a#comments") == "https://example.com/a#comments"


@pytest.mark.parametrize(
    "link",
    [
        "The address of the page", "no address",
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
        "mailto:a@b",
        "file:///etc/passwd", "http://", "http:///x", "https://example.com:99999/", "http://[::1", "ftp://x/y",
        "https://example.com/" + "a" * 3_000, "https://exa mple.com/", "https://example.com:0/", "vbscript:x",
    ],
)  # fmt: skip
def test_what_cannot_be_linked_to_is_no_link(link: str) -> None:
    assert clean_link(link, FEED) is None
    assert normalise_entry(Entry(title="x", link=link), FEED, NOW) is None


@given(st.text(max_size=80) | st.from_regex(r"https?://[^\s]{1,40}", fullmatch=True))
@example("https://example.com/?a=%zz&&b#c#d")
@example("http://example.com/%2e%2e/%00")
@example("http://\u2024")
@example("http://0\u2024")
@example("https://example.com/a//..//b/*https://example.org//")
def test_whatever_a_feed_calls_a_link_gives_a_stable_plain_web_address_or_none(link: str) -> None:
    cleaned = clean_link(link, FEED)

    if cleaned is not None:
        assert cleaned.startswith(("http://", "https://"))
        assert cleaned.isascii()
        assert not set(cleaned) & set(" <>\"'")
        assert clean_link(cleaned) == cleaned


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Plain", "Plain"),
        ("AT&amp;T &#8216;wins&#8217;", "AT&T ‘wins’"),
        ("<b>Bold</b> &lt;i&gt;claim&lt;/i&gt;", "Bold claim"),
        ("<p>One</p><p>Two</p>Three<br>Four", "One Two Three Four"),
        ("<script>alert(1)</script>News", "News"),
        ("vector<int> and a < b", "vector<int> and a < b"),
        ("evil\u202egnp.exe \u200bhid\u00adden\x00\x1b[31m", "evilgnp.exe hidden [31m"),
        ("line\nbreak\u2028here", "line break here"),
        ("e\u0301", "é"),
        ("क्\u200dष 👩\u200d🚀", "क्\u200dष 👩\u200d🚀"),
        ("&amp;lt;b&amp;gt;deep&amp;lt;/b&amp;gt;", "deep"),
        ("<scr\u200bipt>alert(1)</script>x", "x"),
    ],
)
def test_markup_and_hidden_characters_become_plain_words(written: str, read: str) -> None:
    assert plain_text(written) == read


@given(MARKUP)
def test_plain_text_never_holds_markup_or_hidden_characters(markup: str) -> None:
    text = plain_text(markup)

    assert not TAG.search(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in text)
    assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u200b\ufeff")
    assert text == " ".join(text.split())


@given(MARKUP)
@example("<a href='&#106;avascript:alert(1)'>x</a>")
@example("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>")
def test_a_body_never_holds_anything_that_acts_or_loads(markup: str) -> None:
    body = clean_body(markup)

    assert not re.search(r"<(?!/?(?:a|b|i|p|q|s|u|table)[ >])[a-z]", body, re.I)
    assert not re.search(r"<[^>]*\s(?:on\w+|src|style)\s*=", body, re.I)
    assert not re.search(r"href\s*=\s*[\"']?\s*javascript", body, re.I)
    assert clean_body(body) == body


@given(MARKUP, MARKUP, st.text(max_size=30), st.datetimes(timezones=st.just(UTC)) | st.none())
def test_any_entry_gives_a_sound_article_or_none(
    title: str, summary: str, link: str, published: datetime | None
) -> None:
    written = Entry(title=title, summary=summary, link=link or "/x", published=published, author=title)

    found = normalise_entry(written, FEED, NOW, title)

    if found is not None:
        assert 0 < len(found.title) <= 300
        assert len(found.excerpt) <= 300
        assert datetime(1990, 1, 1, tzinfo=UTC) <= found.published_at <= NOW
        assert found.guid
        "".join([found.title, found.excerpt, found.body, found.guid, found.url]).encode()


@pytest.mark.parametrize(
    ("title", "feed_title", "expected"),
    [
        ("Ferry runs - The Harbour Post", "The Harbour Post", "Ferry runs"),
        ("Ferry runs | the harbour post", "The Harbour Post - Front page", "Ferry runs"),
        ("Ferry runs – again", "The Harbour Post", "Ferry runs – again"),
        ("The Harbour Post", "The Harbour Post", "The Harbour Post"),
        ("Ferry runs - ", "", "Ferry runs -"),
    ],
)
def test_a_sources_name_at_the_end_of_a_title_is_dropped(title: str, feed_title: str, expected: str) -> None:
    assert title_of(title, feed_title) == expected


def test_the_name_of_the_original_source_is_dropped_too() -> None:
    written = Entry(title="Ferry runs - Quay Times", link="/x", origin="Quay Times")
    found = normalise_entry(written, FEED, NOW, "All the news")

    assert found is not None
    assert found.title == "Ferry runs"


def test_a_long_title_is_cut_at_a_word() -> None:
    title = title_of("word " * 100)

    assert len(title) <= 300
    assert title.endswith("word…")


def test_an_entry_without_title_is_named_by_its_first_words() -> None:
    found = normalise_entry(Entry(summary="<p>A note. It has two sentences.</p>", link="/n"), FEED, NOW)

    assert found is not None
    assert found.title == "A note. It has two sentences."
    assert found.excerpt == ""


@pytest.mark.parametrize(
    "empty", [Entry(), Entry(title="No link"), Entry(link="/x"), Entry(title="<b> </b>", link="/x")]
)
def test_an_entry_without_link_or_words_is_none(empty: Entry) -> None:
    assert normalise_entry(empty, FEED, NOW) is None


def test_a_guid_of_nothing_that_can_be_seen_names_nothing() -> None:
    found = normalise_entry(Entry(title="x", link="https://example.com/p/1", guid="\x01\u200b"), FEED, NOW)
    assert found is not None
    assert found.guid == "https://example.com/p/1"


def test_an_address_that_stands_in_the_guid_only_is_used() -> None:
    found = normalise_entry(Entry(title="x", guid="https://example.com/p/1"), FEED, NOW)

    assert found is not None
    assert found.canonical_url == "https://example.com/p/1"


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        (None, None),
        (NOW + timedelta(days=1), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1989, 12, 31, 23, 59, tzinfo=UTC), None),
        (NOW - timedelta(hours=3), NOW - timedelta(hours=3)),
    ],
)
def test_the_future_is_now_and_before_there_were_feeds_is_no_date(
    told: datetime | None, taken: datetime | None
) -> None:
    assert plausible_time(told, NOW) == taken


def test_the_excerpt_ends_with_a_sentence_and_without_the_blog_softwares_footer() -> None:
    sentence = "The boats run again, the harbour master said on Saturday. "
    footer = "The post <a href='https://example.com/x'>Ferry</a> appeared first on <a href='/'>Harbour</a>."
    short = normalise_entry(Entry(title="t", link="/x", summary=sentence + footer), FEED, NOW)
    long = normalise_entry(Entry(title="t", link="/x", summary=sentence * 20), FEED, NOW)

    assert short is not None
    assert short.excerpt == sentence.strip()
    assert long is not None
    assert long.excerpt == (sentence * 5).strip()


@given(st.text(max_size=200), st.integers(min_value=2, max_value=60))
def test_cutting_never_exceeds_the_limit_and_leaves_short_texts_alone(text: str, limit: int) -> None:
    for cut in (cut_at_word, cut_at_sentence):
        assert len(cut(text, limit)) <= limit
        if len(text) <= limit:
            assert cut(text, limit) == text


@pytest.mark.parametrize(
    ("told", "tag"),
    [("en", "en"), ("EN_gb", "en-GB"), ("zh-Hant-TW", "zh-Hant-TW"), ("", None), ("english language", None),
     ("x" * 40, None), ("en; DROP", None)],
)  # fmt: skip
def test_languages_are_tags_or_nothing(told: str, tag: str | None) -> None:
    assert clean_language(told) == tag


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("mira@example.com (Mira Okonjo)", "Mira Okonjo"),
        ("Mira Okonjo <mira@example.com>", "Mira Okonjo"),
        ("Mira Okonjo (Harbour Post)", "Mira Okonjo (Harbour Post)"),
        ("Quayside: www.example.com", "Quayside"),
        ("mira@example.com", None),
        ("(mira@example.com)", None),
    ],
)
def test_an_authors_addresses_are_left_out(told: str, name: str | None) -> None:
    found = normalise_entry(Entry(title="t", link="/x", author=told), FEED, NOW)

    assert found is not None
    assert found.author == name


def test_categories_are_distinct_whatever_their_case() -> None:
    found = normalise_entry(Entry(title="t", link="/x", categories=("Sea", "sea", "<b>", "Port")), FEED, NOW)

    assert found is not None
    assert found.categories == ("Sea", "Port")


def test_the_hash_follows_the_words_and_not_the_date() -> None:
    def hash_of(title: str, hours: int) -> str:
        written = Entry(title=title, link="/x", published=NOW - timedelta(hours=hours))
        found = normalise_entry(written, FEED, NOW)
        assert found is not None
        return found.content_hash

    assert hash_of("One", 1) == hash_of("One", 2)
    assert hash_of("One", 1) != hash_of("Two", 1)


@given(
    st.from_regex(
        r"https?://(?:www\.|amp\.)?[a-z]{2,8}\.(?:com|co\.uk)/(?:[a-z0-9~-]{1,6}/){0,3}[a-z0-9.]{0,6}"
        r"(?:\?(?:utm_source|id|ref|rss|url|amp)=[a-z0-9.]{0,6}(?:&(?:page|fbclid|from)=[a-z0-9.]{0,6}){0,2})?",
        fullmatch=True,
    )
)
def test_an_address_of_one_spelling_is_cleaned_as_every_other_is(link: str) -> None:
    assert clean_link(link) == settled(link)
