"""The values a mail is made of: what one edition says, and what one reader's issue joins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsletter.mail.brand import DEFAULT_BRAND, Brand
from newsletter.mail.clock import Clock

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
    """Another source's article about a story's event.

    `excerpt` is one line of it; `summary` is what the story would say if this article led it.
    """

    title: str
    url: str
    source: str
    published_at: datetime
    excerpt: str = ""
    summary: str = ""
    article_id: int = 0
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class EarlierContent:
    """What an earlier edition printed of the same event: its date, its lead's headline, its number."""

    date: date
    headline: str
    story_id: int
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class StoryContent:
    """A story as printed: the lead, its summary, and the related coverage.

    `updated` marks a story that an earlier edition printed and that has moved since: its articles, and
    so its summary, are what is new; `news` says it in a sentence or two, where more than that is known.
    `source_count` counts every source it stands in, shown or not. `story_id` is its number on our pages,
    0 when it has no page; `long_summary` may be empty. `earlier` is the newest first. `written_by` is the
    model that wrote summary and news, "" without one; `own_summary` what the lead itself says.
    """

    headline: str
    url: str
    source: str
    published_at: datetime
    summary: str = ""
    updated: bool = False
    source_count: int = 1
    related: tuple[RelatedContent, ...] = ()
    long_summary: str = ""
    image: StoryImage | None = None
    story_id: int = 0
    article_id: int = 0
    source_id: int = 0
    news: str = ""
    earlier: tuple[EarlierContent, ...] = ()
    written_by: str = ""
    own_summary: str = ""


@dataclass(frozen=True, slots=True)
class EditionContent:
    """One topic's edition, frozen. `zone` is the topic's IANA zone, `language` what it is written in.

    `brief` tells the day in a few sentences, written by the model `brief_by`; both empty without one.
    """

    topic_slug: str
    topic_name: str
    date: date
    zone: str
    language: str
    stories: tuple[StoryContent, ...]
    brief: str = ""
    brief_by: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a mail, ready in both forms but for its marks (`mail.marks`); the HTML is table rows."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A story rendered once, at one length, in one language.

    `ends` is what follows when none, one, … of the `related` are shown. `articles` and `url` (the
    lead's address) tell a story again under another topic; `sources` are all its articles' sources.
    """

    headline: str
    url: str
    articles: tuple[int, ...]
    sources: tuple[int, ...]
    top: Part
    related: tuple[Part, ...]
    ends: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """An edition rendered once, at one length, in one language: its head, and a piece for each story."""

    head: Part
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """An edition's place in an issue.

    `fragments` begins with the length the reader wants; the shorter ones follow, for when the issue
    has to be shortened. All hold the same stories in the same order.
    """

    edition_id: int
    topic_name: str
    fragments: tuple[Fragment, ...]


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
class ToldChange:
    """Choices that a link of an older mail changed: when, which (by name), and where to put them back."""

    on: date
    names: tuple[str, ...]
    undo_url: str


@dataclass(frozen=True, slots=True)
class IssueContent:
    """One reader's issue of one local date, ready to be rendered.

    `links` is None for the issue as anybody may see it. Times are told by `clock`; `zone` names its
    zone where the reader would not know it. `send_time` is the reader's hour as text (`07:00`); a
    welcome tells it them.
    """

    publication: Publication
    links: Links | None
    date: date
    language: str
    sections: tuple[Section, ...]
    clock: Clock
    zone: str = ""
    length: str = "standard"
    welcome: bool = False
    send_time: str = ""
    changed: ToldChange | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: one line of subject, the text part, the whole HTML document; "" for text alone."""

    subject: str
    text: str
    html: str
