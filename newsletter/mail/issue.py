"""The values a mail is made of: what one edition says, and what one reader's issue joins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsletter.mail.brand import DEFAULT_BRAND, Brand

if TYPE_CHECKING:
    from newsletter.mail.dkim import Signer


@dataclass(frozen=True, slots=True)
class StoryImage:
    """Our copy of a story's picture: its address, or its path on our own host; size in pixels.

    `width` is at most 600; `alt` may be empty.
    """

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RelatedContent:
    """Another source's article about a story's event."""

    title: str
    url: str
    source: str
    published_at: datetime
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class StoryContent:
    """A story as printed: the lead, its summary, and the related coverage.

    `updated` marks a story that was in yesterday's edition and has moved since.
    `source_count` counts every independent source, shown or not.
    """

    headline: str
    url: str
    source: str
    published_at: datetime
    summary: str = ""
    updated: bool = False
    source_count: int = 1
    related: tuple[RelatedContent, ...] = ()
    image: StoryImage | None = None


@dataclass(frozen=True, slots=True)
class EditionContent:
    """One topic's edition, frozen. `zone` is the IANA zone its times are printed in."""

    topic_slug: str
    topic_name: str
    date: date
    zone: str
    language: str
    stories: tuple[StoryContent, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """An edition rendered and inlined once: what every issue holding it is joined from."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """An edition's place in an issue: its name and headlines for contents and subject, its fragment.

    `zone` is the IANA zone its times are printed in; empty when it is the issue's.
    """

    topic_slug: str
    topic_name: str
    headlines: tuple[str, ...]
    fragment: Fragment
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes: the same on every mail of an installation.

    `sender` may carry a display name; `list_domain` ends the List-ID and every Message-ID.
    `signer` signs every mail with DKIM; None when the SMTP server does, or nobody.
    `verp` gives each mail a return path of its own, `bounce_address` with a tag (`mail.verp`).
    """

    name: str
    base_url: str
    sender: str
    reply_to: str | None
    bounce_address: str
    postal_address: str
    list_domain: str
    signer: "Signer | None" = field(default=None, repr=False, compare=False)
    verp: bool = False
    brand: Brand = DEFAULT_BRAND


@dataclass(frozen=True, slots=True)
class Links:
    """One reader's own links; every one signed, none changing anything by GET.

    `one_click` is RFC 8058's POST address, `unsubscribe_mail` the address that ends it by mail
    (`mailto:` may stand before it).
    """

    preferences: str
    unsubscribe: str
    one_click: str
    unsubscribe_mail: str


@dataclass(frozen=True, slots=True)
class IssueContent:
    """One reader's issue of one local date, ready to be rendered.

    `send_time` is the reader's hour as text (`07:00`); a welcome tells it them.
    """

    publication: Publication
    links: Links
    date: date
    language: str
    sections: tuple[Section, ...]
    zone: str
    welcome: bool = False
    send_time: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: one line of subject, the text part, the whole HTML document."""

    subject: str
    text: str
    html: str
