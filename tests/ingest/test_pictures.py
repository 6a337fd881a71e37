"""Which picture of an entry is taken, and what it is said to show."""

from datetime import UTC, datetime

import pytest

from newsletter.ingest.entries import Entry, NormalisedEntry
from newsletter.ingest.normalise import normalise_entry
from newsletter.ingest.parse import parse_feed

URL = "https://feeds.example.com/feed.xml"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SUMMARY = "<description>Boats run again from noon.</description>"


def entry_of(*elements: str) -> Entry:
    """The item of an RSS feed with these elements."""
    feed = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Post</title>'
        f"<item><title>Ferry line reopens</title><link>https://example.com/1</link>{''.join(elements)}</item>"
        "</channel></rss>"
    )
    return parse_feed(feed.encode(), URL).entries[0]


def medium(name: str, inside: str = "", **attributes: str) -> str:
    told = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<media:content url="https://example.com/{name}" medium="image"{told}>{inside}</media:content>'


def markup(html: str) -> str:
    return f"<content:encoded><![CDATA[{html}]]></content:encoded>"


def normal(entry: Entry) -> NormalisedEntry:
    found = normalise_entry(entry, URL, NOW)
    assert found is not None
    return found


def test_of_several_sizes_the_first_that_fills_the_column_is_taken() -> None:
    sizes = [medium(f"{width}.jpg", width=str(width)) for width in (140, 460, 700, 2400)]

    assert entry_of(*sizes).image == "https://example.com/700.jpg"
    assert entry_of(*sizes[:2]).image == "https://example.com/460.jpg"


def test_a_picture_the_feed_names_goes_before_one_in_the_text() -> None:
    thumbnail = '<media:thumbnail url="https://example.com/thumb.jpg"/>'
    text = markup('<img src="https://example.com/in-text.jpg">')

    assert entry_of(thumbnail, text).image == "https://example.com/thumb.jpg"
    assert entry_of(text).image == "https://example.com/in-text.jpg"


def test_broken_markup_costs_no_more_than_the_pictures_behind_it() -> None:
    text = markup(
        '<img src="https://example.com/first.jpg"><p><![<oops><img src="https://example.com/2.jpg">'
    )

    assert entry_of(text).image == "https://example.com/first.jpg"


def test_an_attached_picture_is_taken_and_attached_sound_is_not() -> None:
    picture = '<enclosure url="https://example.com/a.jpg" type="image/jpeg" length="1"/>'
    sound = '<enclosure url="https://example.com/a.mp3" type="audio/mpeg" length="1"/>'

    assert entry_of(sound, picture).image == "https://example.com/a.jpg"
    assert entry_of(sound).image == ""


@pytest.mark.parametrize(
    "counting",
    [
        '<img src="https://t.example.net/p.gif" width="1" height="1">',
        '<img src="https://t.example.net/p.gif" height=1>',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="x">',
        '<img width="640" alt="no address">',
        '<img src="https://t.example.net/share.png" width="32px" height="32px">',
    ],
)
def test_counting_pixels_and_icons_in_the_text_are_passed_over(counting: str) -> None:
    assert entry_of(markup(counting)).image == ""
    photo = '<IMG SRC="/photo.jpg" ALT="A white ferry">'
    found = normal(entry_of(markup(f"<p>{counting}{photo}")))
    assert (found.image_url, found.image_alt) == ("https://feeds.example.com/photo.jpg", "A white ferry")


@pytest.mark.parametrize(
    "clutter",
    [
        '<img src="https://s.w.org/images/core/emoji/2/72x72/1.png">',
        '<img src="https://cdn.example.com/1.png" class="wp-smiley">',
        '<img src="https://cdn.example.com/1.png" style="height: 1em; max-height: 1em">',
        '<img src="https://rss.example.com/show?g=1961"/>',
        '<img src="https://feeds.example.com/~r/show/~4/abc" alt="">',
        '<img src="https://ad.doubleclick.net/ad/x.gif" width="468" height="120">',
    ],
)
def test_signs_counters_and_advertisements_are_no_pictures(clutter: str) -> None:
    assert entry_of(markup(clutter)).image == ""


def test_a_medium_of_no_kind_is_a_picture_by_its_files_name() -> None:
    sized = [
        f'<media:content url="https://example.com/{name}" width="540"/>' for name in ("a.mp4", "b.PNG?x=1")
    ]

    assert entry_of(*sized).image == "https://example.com/b.PNG?x=1"


def test_elements_of_a_publishers_own_are_read_the_large_one_first() -> None:
    thumb, large = (
        "<thumbnail>https://example.com/s.jpg</thumbnail>",
        "<bigimage>https://example.com/l.jpg</bigimage>",
    )

    assert entry_of(thumb, large).image == "https://example.com/l.jpg"


@pytest.mark.parametrize("order", [1, -1])
def test_a_caption_is_the_pictures_and_never_the_storys_summary(order: int) -> None:
    caption = "<media:description>A white ferry in the rain</media:description>"
    entry = entry_of(*[SUMMARY, f"<media:group>{medium('a.jpg', caption)}</media:group>"][::order])

    assert entry.summary == "Boats run again from noon."
    assert entry.content == ""
    assert entry.image_alt == "A white ferry in the rain"


def test_each_picture_keeps_its_own_words() -> None:
    first = medium("small.jpg", "<media:description>A map</media:description>", width="300")
    second = medium("large.jpg", "<media:title>The ferry</media:title>", width="900")

    assert entry_of(first, second).image_alt == "The ferry"


def test_words_that_stand_once_for_all_sizes_are_everyones() -> None:
    sizes = [medium(f"{width}.jpg", width=str(width)) for width in (140, 700, 1400)]
    caption = "<media:text>A white ferry</media:text>"

    assert entry_of("<media:group>", *sizes, caption, "</media:group>").image_alt == "A white ferry"


def test_the_entrys_title_is_not_the_pictures() -> None:
    entry = entry_of(medium("a.jpg", "<media:title>The ferry at the quay</media:title>"))

    assert (entry.title, entry.image_alt) == ("Ferry line reopens", "The ferry at the quay")


def test_what_the_text_says_of_the_same_picture_is_used() -> None:
    text = markup('<p><img src="https://example.com/a.jpg" alt="Gulls &amp; a ferry"></p>')

    assert normal(entry_of(medium("a.jpg"), text)).image_alt == "Gulls & a ferry"


@pytest.mark.parametrize(
    ("told", "alt"),
    [
        ("A white   ferry\n", "A white ferry"),
        ("<b>A</b> ferry &amp; gulls", "A ferry & gulls"),
        ("Ferry line REOPENS", ""),
        ("Boats run again from noon.", ""),
        ("IMG_20261122.jpg", ""),
        ("dsc 1234", ""),
        ("https://example.com/a.jpg", ""),
        ("\u202eyrref", "yrref"),
        ("word " * 100, "word " * 39 + "word…"),
    ],
)
def test_alternative_text_is_plain_short_and_says_something_of_its_own(told: str, alt: str) -> None:
    entry = Entry(
        title="Ferry line reopens",
        link="https://example.com/1",
        summary="Boats run again from noon.",
        image="https://example.com/a.jpg",
        image_alt=told,
    )

    assert normal(entry).image_alt == alt


def test_an_address_that_is_none_gives_no_picture() -> None:
    for address in ("javascript:alert(1)", "file:///etc/passwd", "http://", "mailto:a@example.com"):
        assert normal(entry_of(f'<media:thumbnail url="{address}"/>')).image_url is None
