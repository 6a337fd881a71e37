"""What the form and the embedded form have in common: reading what was typed, taking the sign-up down."""

from flask import request

from newsletter import joining
from newsletter.attempts import Visitor, is_new, network_of
from newsletter.direct import Direct
from newsletter.disposable import blocked_domains
from newsletter.subscribers import UnknownTopic
from newsletter.web import wording, work
from newsletter.web.forms import SignUpForm, read_sign_up
from newsletter.web.i18n import _, page_language
from newsletter.web.offers import offers
from newsletter.web.shared import shared

# People never see this field; programs that fill in every field do not know that.
TRAP = "website"


def read_form() -> SignUpForm:
    """The form as it came in."""
    here = shared()
    offered = [topic.slug for topic in offers()]
    return read_sign_up(request.form, offered, blocked_domains(here.settings.blocked_domains))


def is_trapped() -> bool:
    """Whether a program filled in what people do not see."""
    return bool(request.form.get(TRAP))


def take(form: SignUpForm, via: str = "web") -> None:
    """Take a form without problems down. Raises `TooManyAttempts`.

    It may have a problem then: a topic that was on offer a moment ago and is not any more.
    """
    try:
        _take(form, via)
    except UnknownTopic:
        form.problems["topics"] = _("Please tick at least one topic.")


def _take(form: SignUpForm, via: str) -> None:
    here = shared()
    settings, now, publication = here.settings, here.clock(), here.publication
    words = wording.sign_up_wording(publication.name)
    asked = form.request(words, page_language(), via, kept_network())
    visitor = Visitor(request.remote_addr or "", settings.counting_key)
    welcome = joining.Welcome(settings.sign_ups_per_hour, publication.list_domain)
    proof = request.form.get(work.FIELD, "")
    solved = settings.altcha and work.solved(proof, visitor.secret, now)

    def written(direct: Direct) -> bool:
        proved = not settings.altcha or (solved and is_new(direct, "proof", proof, visitor.secret, now))
        return joining.join(direct, asked, visitor, welcome, now, proved)

    if here.database.together(written):
        here.wake_workers()


def kept_network() -> str | None:
    """The visitor's network, where the operator wishes it to be kept with the consent."""
    return network_of(request.remote_addr or "") if shared().settings.keep_network else None
