"""Whatever stands in a name, a topic, an address or a server's answer, notices keep their shape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle
from typing import Any

import pytest

from newsletter.addresses import masked
from newsletter.mail.alert import Alert
from newsletter.mail.alert.words import MOST_NAMED
from newsletter.mail.issue import Publication, Rendered
from newsletter.mail.message import build_message, notice_headers
from newsletter.mail.render import render_notice
from newsletter.mail.wording import level, one_line
from tests.mail.notices import NOTICES
from tests.mail.outline import CONTROLS, Outline, shape
from tests.mail.sample import DAWN, PUBLICATION
from tests.web.strings import shared_strings

# The facts of an alert that come from outside, and are words.
FOREIGN = ("name", "said", "topic")
# No letter of it needs quotes before the @ (RFC 5322, section 3.2.3).
ODD_ADDRESS = "!#$%&'*+/=?^_`{|}~-@example.org"


def spoilt(values: Mapping[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """The values of a notice whose foreign words are these; as many topics or cases as there are words."""
    given = dict(values)
    if "topics" in given:
        given["topics"] = list(words)
    if "other" in given:
        given["other"] = masked(f"{words[0][:1]}@{words[0][-1:]}.example")
    if "alert" in given:
        given["alert"] = spoilt_alert(given["alert"], words)
    return given


def spoilt_alert(alert: Alert, words: Sequence[str]) -> Alert:
    if not any(key in alert.cases[0] for key in FOREIGN):
        return alert
    one = len(alert.cases) == 1
    cases = [
        {**case, **{key: text for key in FOREIGN if case.get(key)}}
        for case, text in zip(cycle(alert.cases), words[:1] if one else words, strict=False)
    ]
    return replace(alert, cases=cases)


def told(name: str, publication: Publication, words: Sequence[str]) -> Rendered:
    kind, values = NOTICES[name]
    return render_notice(kind, publication, "en", **spoilt(values, words))


def batches() -> Iterator[list[str]]:
    # Words of which nothing can be seen leave their elements out; so these begin with a letter.
    strings = [f"x {words}" for words in shared_strings()]
    for start in range(0, len(strings), MOST_NAMED):
        yield strings[start : start + MOST_NAMED]


@pytest.mark.parametrize("name", NOTICES)
def test_no_words_from_outside_change_the_shape_of_a_notice(name: str) -> None:
    for words in batches():
        publication = replace(PUBLICATION, name=words[0], postal_address=words[-1])
        rendered = told(name, publication, words)
        harmless = told(name, publication, ["Nothing bad"] * len(words))
        assert shape(rendered.html) == shape(harmless.html)
        assert Outline(rendered.html).links == Outline(harmless.html).links
        assert rendered.subject == one_line(rendered.subject, 200)
        assert not CONTROLS.search(rendered.text.replace("\n", ""))
        assert max(len(line) for line in rendered.text.splitlines() if "https://" not in line) <= 100


def test_no_name_of_a_publication_spoils_a_header() -> None:
    for words in shared_strings():
        name = one_line(f"x {words}", 80)
        publication = replace(PUBLICATION, name=name, sender="news@example.com")
        rendered = render_notice("goodbye", publication, "en", **NOTICES["goodbye"][1])
        headers = notice_headers(publication, ODD_ADDRESS, "<goodbye.1@news.example.com>", DAWN)
        message = message_from_bytes(build_message(rendered, headers), policy=policy.default)
        assert isinstance(message, EmailMessage)
        (sender,) = message["From"].addresses
        # Python 3.11 keeps the fold between two encoded words, which RFC 2047, section 6.2, drops.
        assert "".join(sender.display_name.split()) == "".join(name.split())
        assert sender.addr_spec == "news@example.com"
        assert [to.addr_spec for to in message["To"].addresses] == [ODD_ADDRESS]
        assert message["Subject"] == level(f"Goodbye from {name}")
        assert message["Bcc"] is None
