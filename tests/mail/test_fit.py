"""Issues made to fit: what is shortened first, and that it always suffices."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.fit import Form, Sized, fit, octets_of
from newsletter.mail.issue import IssueContent, RelatedContent, Rendered, Section, StoryContent, StoryImage
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.message import build_message, issue_headers
from newsletter.mail.render_issue import LARGEST, render_issue
from tests.mail.sample import CITY, DAWN, DAY, ISSUE, LINKS, PUBLICATION, issue, section

CLIPPED = 102_400
FORMS: tuple[Form, ...] = ((0, 2), (0, 1), (0, 0), (1, 0))
OCTETS = {(0, 2): 100, (0, 1): 80, (0, 0): 60, (1, 0): 20}


def sized(section: int, place: int) -> Sized:
    return Sized(section, place, FORMS, lambda form: OCTETS[form])


TWO_TOPICS = [sized(section, place) for section in (0, 1) for place in (0, 1)]


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (420, [(0, 2), (0, 2), (0, 2), (0, 2)]),
        (419, [(0, 2), (0, 2), (0, 2), (0, 1)]),
        (390, [(0, 2), (0, 1), (0, 2), (0, 1)]),
        (330, [(0, 1), (0, 1), (0, 1), (0, 0)]),
        (180, [(0, 0), (1, 0), (0, 0), (1, 0)]),
        (100, [(1, 0), (1, 0), (1, 0), (1, 0)]),
        (75, [(1, 0), None, (1, 0), None]),
        (30, [(1, 0), None, None, None]),
        (29, [None, None, None, None]),
    ],
)
def test_related_goes_first_then_length_then_stories_and_each_topic_keeps_its_best(
    room: int, expected: list[Form | None]
) -> None:
    assert fit(TWO_TOPICS, heads=(10, 10), room=room) == expected


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=30, unique=True),
    st.integers(-100, 4000),
)
def test_what_is_left_has_room(places: list[tuple[int, int]], room: int) -> None:
    stories = [sized(*place) for place in places]
    heads = (10,) * 5
    forms = fit(stories, heads, room)
    assert octets_of(stories, forms, heads) <= max(0, room)


def a_large_issue(topics: int, stories: int, words: str, length: str) -> IssueContent:
    """As many stories as that, all their words `words`, each with a picture and three related articles."""
    moment = CITY.stories[0].published_at
    others = tuple(
        RelatedContent(words, f"https://example.org/{number}", words, moment, words, words)
        for number in range(3)
    )
    told = StoryContent(
        headline=words,
        url=f"https://example.org/{'path' * 40}",
        source=words,
        published_at=moment,
        summary=words,
        long_summary=words,
        updated=True,
        source_count=40,
        related=others,
        image=StoryImage("/image/0a1b.jpg", 600, 400, words),
        story_id=4711,
    )
    once = section(replace(CITY, topic_name=words, stories=(told,) * stories), length)
    return replace(
        issue(CITY, length=length), sections=tuple(elsewhere(once, topic + 1) for topic in range(topics))
    )


def elsewhere(one: Section, number: int) -> Section:
    """The section as another topic's: with stories that cannot be taken for its own."""
    fragments = (
        replace(
            fragment, pieces=tuple(replace(piece, url=f"{piece.url}/{number}") for piece in fragment.pieces)
        )
        for fragment in one.fragments
    )
    return replace(one, edition_id=number, fragments=tuple(fragments))


def decoded_html(mail: Rendered) -> bytes:
    """The HTML as a mail program has it after decoding."""
    headers = issue_headers(PUBLICATION, LINKS, "ann@example.org", "<issue.1@example.com>", DAWN, DAY)
    message = message_from_bytes(build_message(mail, headers), policy=policy.default)
    part = message.get_body(("html",))
    assert part is not None
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    return decoded


# A character of these takes most: quotes grow when they are escaped, Cyrillic and Arabic letters take two
# octets, emoji four.
WORST = {"quotes": "\"'" * 700, "uk": "Їжак " * 280, "ar": "ضوء " * 350, "emoji": "🗞️" * 700}


@pytest.mark.parametrize(
    ("words", "length"), [*(("quotes", one) for one in LENGTHS), *((one, "full") for one in WORST)]
)
def test_the_html_is_never_clipped_at_any_number_of_topics(words: str, length: str) -> None:
    mail = render_issue(a_large_issue(60, 15, WORST[words], length))
    # What counts is what mail programs decode and show: letters are more octets than characters, and in
    # transport three times as many again.
    assert len(decoded_html(mail)) <= LARGEST < CLIPPED
    assert "more stories on the web" in mail.html
    assert "more stories on the web:\nhttps://news.example.com/issue/2026-11-22/1-2-3-" in mail.text
    assert "Unsubscribe" in mail.html


@pytest.mark.parametrize("topics", [1, 2, 5, 12, 25])
def test_what_is_shortened_fills_the_room_it_has(topics: int) -> None:
    mail = render_issue(a_large_issue(topics, 10, "Words of some length " * 12, "full"))
    size = len(mail.html.encode())
    assert size <= LARGEST
    if topics > 2:
        assert size > LARGEST - 8000


def test_an_issue_that_fits_is_not_touched() -> None:
    assert "on the web" not in render_issue(ISSUE).html
