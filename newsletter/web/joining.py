"""What all forms for sign-ups have in common: reading what was typed, taking the sign-up down."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from newsletter import joining
from newsletter.attempts import Visitor, is_new, network_of
from newsletter.direct import Direct
from newsletter.disposable import blocked_domains
from newsletter.subscribers import UnknownTopic
from newsletter.web import wording, work
from newsletter.web.forms import Posted, SignUpForm, read_sign_up
from newsletter.web.headlines import TopicNews
from newsletter.web.i18n import _, page_language
from newsletter.web.offers import offers
from newsletter.web.shared import Shared, shared

# People never see this field; programs that fill in every field do not know that.
TRAP = "website"


@dataclass(frozen=True, slots=True)
class Asking:
    """How somebody asks: by which words, in which language, by which form, from which address of the network.

    `proof` is what their browser worked out, where that is asked for.
    """

    wording: str
    language: str
    via: str
    address: str
    proof: str = ""


def read_form() -> SignUpForm:
    """The form as it came in."""
    return read_fields(request.form, shared(), offers())


def read_fields(posted: Posted, here: Shared, offered: Sequence[TopicNews]) -> SignUpForm:
    """The form with these fields."""
    slugs = [topic.slug for topic in offered]
    return read_sign_up(posted, slugs, blocked_domains(here.settings.blocked_domains))


def is_trapped() -> bool:
    """Whether a program filled in what people do not see."""
    return bool(request.form.get(TRAP))


def take(form: SignUpForm, via: str = "web") -> None:
    """Take a form without problems down. Raises `TooManyAttempts`.

    It may have a problem then: a topic that was on offer a moment ago and is not any more.
    """
    words = wording.sign_up_wording(shared().publication.name)
    proof = request.form.get(work.FIELD, "")
    try:
        join(shared(), form, Asking(words, page_language(), via, request.remote_addr or "", proof))
    except UnknownTopic:
        form.problems["topics"] = _("Please tick at least one topic.")


def join(here: Shared, form: SignUpForm, asking: Asking) -> None:
    """Take a form without problems down, and tell the workers of its mail.

    Raises `TooManyAttempts` and `UnknownTopic`; nothing stays of it then.
    """
    settings, now = here.settings, here.clock()
    network = network_of(asking.address) if settings.keep_network else None
    asked = form.request(asking.wording, asking.language, asking.via, network)
    visitor = Visitor(asking.address, settings.counting_key)
    welcome = joining.Welcome(settings.sign_ups_per_hour, here.publication.list_domain)
    solved = settings.altcha and work.solved(asking.proof, visitor.secret, now)

    def written(direct: Direct) -> bool:
        proved = not settings.altcha or (
            solved and is_new(direct, "proof", asking.proof, visitor.secret, now)
        )
        return joining.join(direct, asked, visitor, welcome, now, proved)

    if here.database.together(written):
        here.wake_workers()


def kept_network() -> str | None:
    """The visitor's network, where the operator wishes it to be kept with the consent."""
    return network_of(request.remote_addr or "") if shared().settings.keep_network else None
