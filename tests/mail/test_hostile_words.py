"""No words of a feed change the shape of a mail, spoil its subject, or become markup."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from newsletter.mail import slots
from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import EditionContent, IssueContent, StoryContent, StoryImage
from newsletter.mail.lengths import LENGTHS
from newsletter.mail.render import render_issue
from newsletter.mail.subject import subject_headline
from newsletter.mail.wording import calm, one_line
from tests.mail.outline import CONTROLS, Outline, shape
from tests.mail.sample import (
    CITY,
    SCIENCE,
    edition,
    issue,
    story,
)
from tests.web.strings import shared_strings

RTL = "\u202e"
HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'</td></table><style>*{}</style>",
    "a comment": "<!-- --> --> <![endif]--> <!--[if mso]>",
    "a template": "{{ 7 * 7 }} {% include '/etc/passwd' %} {# hidden #} %(name)s ${x}",
    "a mark": "slot-0-slot slot-1-slot slot-99-slot",
    "line breaks": "one\r\nBcc: all@example.net\r\n\r\nSubject: two\u2028three\x85four\x0bfive",
    "reordering": f"{RTL}gnp.exe\u2066\u2067 end",
    "controls": "bell\x07 escape\x1b[31m nul\0 half\ud800 not\uffff",
    "emoji": "👩‍👩‍👧‍👦🇫🇷👍🏽" * 40,
    "marks": "Z" + "\u0335\u0300" * 500,
    "length": "endless " * 1250,
    "one word": "W" * 10_000,
}


def spoilt(words: str, length: str = "standard") -> IssueContent:
    """An issue whose every foreign word is `words`."""
    bad = StoryContent(
        headline=words,
        url="https://example.org/",
        source=words,
        published_at=CITY.stories[0].published_at,
        summary=words,
        long_summary=words,
        image=StoryImage("https://example.org/image.png", 400, 300, words),
        related=(replace(CITY.stories[0].related[0], title=words, source=words, excerpt=words),),
    )
    # Another address, or it would be the same story again.
    other = replace(bad, url="https://example.org/2")
    return issue(
        replace(CITY, topic_name=words, stories=(bad,)), replace(SCIENCE, stories=(other,)), length=length
    )


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_words_of_a_feed_change_the_shape_of_a_mail(kind: str, length: str) -> None:
    mail = render_issue(spoilt(HOSTILE[kind], length))
    assert shape(mail.html) == shape(render_issue(spoilt("Nothing bad", length)).html)
    assert len(mail.html) < 60_000
    assert max(map(len, mail.text.splitlines())) <= 100


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_words_of_a_feed_spoil_the_subject(kind: str) -> None:
    subject = render_issue(spoilt(HOSTILE[kind])).subject
    assert subject.endswith(" | Daily Edition")
    assert 16 < len(subject) <= 70 + len(" | Daily Edition")
    assert subject == " ".join(subject.split())
    assert not CONTROLS.search(subject)


def test_nothing_that_attackers_write_becomes_markup() -> None:
    # Words of which nothing is visible leave their elements out; so these begin with a letter.
    strings = [f"x {words}" for words in shared_strings()]
    # As large as may be without being shortened.
    for start in range(0, len(strings), 16):
        batch = strings[start : start + 16]
        mail = render_issue(issue(told(batch)))
        assert shape(mail.html) == shape(render_issue(issue(told(["Nothing bad"] * len(batch)))).html)
        assert max(len(line) for line in mail.text.splitlines() if "https://" not in line) <= 100


def told(strings: Sequence[str]) -> EditionContent:
    """A story led and reported by each of these words."""
    moment = CITY.stories[0].published_at
    stories = (
        StoryContent(words, f"https://example.org/{n}", words, moment, summary=words, article_id=n)
        for n, words in enumerate(strings, start=1)
    )
    return replace(CITY, stories=tuple(stories))


def test_nothing_that_attackers_write_spoils_a_subject() -> None:
    for words in shared_strings():
        headline = subject_headline([calm(one_line(f"x {words}", 240))])
        assert 0 < len(headline) <= 70
        assert headline == " ".join(headline.split())
        assert not CONTROLS.search(headline)


def test_what_looks_like_a_template_or_a_mark_is_printed_as_it_stands() -> None:
    words = "{{ 7 * 7 }} slot-0-slot %(name)s"
    mail = render_issue(spoilt(words))
    assert mail.subject == f"{words} | Daily Edition"
    assert mail.html.count(words) == mail.html.count("slot-0-slot") > 8


def test_nothing_of_a_feed_meets_the_inliner() -> None:
    slots._row_parts.cache_clear()
    first = render_issue(issue(edition("A", story("Mild", "S", 1))))
    misses = slots._row_parts.cache_info().misses, slots._document_parts.cache_info().misses
    second = render_issue(
        issue(edition("B", story('<link rel="stylesheet" href="http://127.0.0.1:9/">', "S", 1)))
    )
    assert (slots._row_parts.cache_info().misses, slots._document_parts.cache_info().misses) == misses
    assert shape(first.html) == shape(second.html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//example.org/", "", "http://", "mailto:a@example.org", "x"],
)
def test_a_headline_that_leads_nowhere_safe_is_no_link(url: str) -> None:
    bad = replace(CITY.stories[1], url=url, related=(replace(CITY.stories[0].related[0], url=url),))
    fragment = render_fragment(replace(CITY, stories=(bad,)), "en", "standard")
    (piece,) = fragment.pieces
    html = "".join(part.html for part in (piece.top, *piece.related))
    assert Outline(html).links == []
    assert bad.headline in html
