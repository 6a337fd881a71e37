"""An issue as nobody's: what its editor looks at before anybody gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.mail.clock import clock_of
from newsletter.mail.fragment import render_fragment
from newsletter.mail.issue import EditionContent, IssueContent, Links, Publication, Rendered, Section
from newsletter.mail.lengths import STANDARD, lengths_for
from newsletter.mail.message import build_message, issue_headers
from newsletter.mail.render_issue import render_issue
from newsletter.mail.slots import forget

_READER = "reader@example.com"


@dataclass(frozen=True, slots=True)
class Proof:
    """An issue's words, and how many octets its HTML and its whole message (unsigned) take."""

    rendered: Rendered
    html_octets: int
    octets: int


def proof_issue(
    publication: Publication, editions: Sequence[EditionContent], language: str, length: str
) -> Proof:
    """An issue of these editions, rendered from the templates as they stand now.

    Times are in the zone of the first edition; personal links lead nowhere. One at a time. Raises what
    the templates raise.
    """
    forget()
    rendered = render_issue(_issue_of_nobody(publication, editions, language, length))
    first, links = editions[0], _links_of_nobody(publication)
    written_at = first.stories[0].published_at
    message_id = f"<proof@{publication.list_domain}>"
    headers = issue_headers(publication, links, _READER, message_id, written_at, first.date)
    return Proof(rendered, len(rendered.html.encode()), len(build_message(rendered, headers)))


def sample_issue(publication: Publication, editions: Sequence[EditionContent], language: str) -> Rendered:
    """An issue of these editions in its usual length, for who thinks of reading us; links lead nowhere."""
    return render_issue(_issue_of_nobody(publication, editions, language, STANDARD))


def _issue_of_nobody(
    publication: Publication, editions: Sequence[EditionContent], language: str, length: str
) -> IssueContent:
    first = editions[0]
    return IssueContent(
        publication=publication,
        links=_links_of_nobody(publication),
        date=first.date,
        language=language,
        sections=tuple(_section(place, one, language, length) for place, one in enumerate(editions, 1)),
        clock=clock_of(ZoneInfo(first.zone), first.date),
        length=length,
    )


def _section(place: int, edition: EditionContent, language: str, length: str) -> Section:
    fragments = tuple(render_fragment(edition, language, one) for one in lengths_for(length))
    return Section(place, edition.topic_name, fragments)


def _links_of_nobody(publication: Publication) -> Links:
    base = publication.base_url
    return Links(
        preferences=f"{base}/preferences/proof",
        unsubscribe=f"{base}/unsubscribe/proof",
        one_click=f"{base}/unsubscribe/proof",
        unsubscribe_mail=f"mailto:{publication.bounce_address}",
    )
