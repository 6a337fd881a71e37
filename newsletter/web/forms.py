"""Forms as they come in: anything may be typed, everything is kept, each problem stands at its field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from werkzeug.datastructures import MultiDict

from newsletter.addresses import Address, InvalidAddress, read_address
from newsletter.disposable import is_blocked
from newsletter.mail.languages import LANGUAGES
from newsletter.models import EVERY_DAY, Length
from newsletter.subscribers import Choices, Profile, SignUp
from newsletter.web.i18n import _
from newsletter.web.moments import DEFAULT_HOUR, known_zones, read_time

Posted = MultiDict[str, str]

# The longest address is 254 characters: more than this is not echoed.
_ECHO = 500
_DAYS = 7


@dataclass(slots=True, unsafe_hash=True)
class ChoicesForm:
    """Choices as typed (`topics`, `hour`, `zone`, `language`, `days`), and what is wrong, by field."""

    topics: tuple[str, ...] = ()
    hour: str = DEFAULT_HOUR
    zone: str = "UTC"
    language: str | None = None
    days: tuple[int, ...] = tuple(range(_DAYS))
    quiet: bool = False
    length: str | None = None
    problems: dict[str, str] = field(default_factory=dict, hash=False)

    def choices(self) -> Choices:
        """The typed values as choices; only for a form without problems."""
        weekdays = sum(1 << day for day in self.days)
        at = time.fromisoformat(self.hour)
        return Choices(self.topics, at, self.zone, weekdays, self.quiet, self.language, self.length)


@dataclass(slots=True)
class SignUpForm(ChoicesForm):
    """The sign-up form; `typed_address` is what stood in the field."""

    typed_address: str = ""
    address: Address | None = None

    def request(self, wording: str, language: str, via: str = "web", network: str | None = None) -> SignUp:
        """The typed values as a sign-up; only for a form without problems."""
        if self.address is None:
            raise ValueError("a form with problems is no sign-up")
        at = time.fromisoformat(self.hour)
        return SignUp(self.address, self.topics, at, self.zone, wording, language, via, network)


@dataclass(slots=True)
class AddressForm:
    """A form that asks for an address and nothing else; `typed_address` is what stood in the field."""

    typed_address: str = ""
    address: Address | None = None
    problems: dict[str, str] = field(default_factory=dict)


def read_address_form(posted: Posted) -> AddressForm:
    """The form from a browser, or from anything else."""
    form = AddressForm(typed_address=posted.get("address", "")[:_ECHO])
    try:
        form.address = read_address(posted.get("address", ""))
    except InvalidAddress as error:
        form.problems["address"] = _(str(error))
    return form


def read_sign_up(posted: Posted, offered: Sequence[str], blocked: frozenset[str] = frozenset()) -> SignUpForm:
    """The sign-up form from a browser, or from anything else; `blocked` are domains not taken."""
    form = SignUpForm(typed_address=posted.get("address", "")[:_ECHO])
    try:
        form.address = read_address(posted.get("address", ""))
    except InvalidAddress as error:
        form.problems["address"] = _(str(error))
    if form.address and is_blocked(form.address.ascii_domain, blocked):
        form.problems["address"] = _("Mailboxes there do not last. Please give the address you read daily.")
    _read_choices(form, posted, offered)
    return form


def read_choices(posted: Posted, offered: Sequence[str]) -> ChoicesForm:
    """The preferences form, with its weekdays, language and length."""
    form = ChoicesForm(language=posted.get("language"), length=posted.get("length"))
    _read_choices(form, posted, offered)
    if form.language is not None and form.language not in LANGUAGES:
        form.problems["language"] = _("Please choose a language from the list.")
    if form.length is not None and form.length not in list(Length):
        form.problems["length"] = _("Please choose a length from the list.")
    chosen = set(posted.getlist("days"))
    form.days = tuple(day for day in range(_DAYS) if str(day) in chosen)
    form.quiet = "quiet" in posted
    if not form.days:
        form.problems["days"] = _("Please tick at least one day, or pause your mail further down.")
    return form


def choices_of(reader: Profile) -> ChoicesForm:
    """The preferences form as it stands for a reader now."""
    return ChoicesForm(
        topics=reader.topics,
        hour=reader.send_time.strftime("%H:%M"),
        zone=reader.timezone,
        language=reader.language,
        days=tuple(d for d in range(_DAYS) if (reader.weekdays & EVERY_DAY) >> d & 1),
        quiet=reader.quiet_note,
        length=reader.length,
    )


def _read_choices(form: ChoicesForm, posted: Posted, offered: Sequence[str]) -> None:
    # Topics that are not offered (any more) are passed over: the page may be older than the choice.
    ticked = set(posted.getlist("topics"))
    form.topics = tuple(slug for slug in offered if slug in ticked)
    form.hour = posted.get("hour", "")[:_ECHO]
    form.zone = posted.get("zone", "")[:_ECHO]
    if not form.topics:
        form.problems["topics"] = _("Please tick at least one topic.")
    if read_time(form.hour) is None:
        form.problems["hour"] = _("Please choose an hour from the list.")
    if form.zone not in known_zones():
        form.problems["zone"] = _("Please choose a time zone from the list.")
