"""The words people agree to: shown on the page and kept, exactly as shown, as proof."""

from newsletter.web.i18n import _


def sign_up_wording(publication: str) -> str:
    """What stands above the sign-up button."""
    return _(
        "By subscribing you ask %(publication)s to send you one mail a day with the topics you ticked, "
        "until you say stop. Every mail has a link to stop it.",
        publication=publication,
    )


def confirm_wording(publication: str) -> str:
    """What stands above the button that confirms."""
    return _(
        "Yes, this is my address, and I want %(publication)s to send me this daily mail.",
        publication=publication,
    )


def unsubscribe_wording(publication: str) -> str:
    """What stands above the button that unsubscribes."""
    return _("Stop all mail from %(publication)s to this address.", publication=publication)


def one_click_wording(_publication: str) -> str:
    """What a one-click unsubscription amounts to: the reader's mail program showed its own button."""
    return "List-Unsubscribe=One-Click"


def leave_address_wording(publication: str, other: str) -> str:
    """What stands above the button by which the old address lets the mail go to another."""
    return _(
        "Send %(publication)s to %(other)s from now on, and no longer to this address.",
        publication=publication,
        other=other,
    )


def take_address_wording(publication: str) -> str:
    """What stands above the button by which the new address takes the mail."""
    return _(
        "Yes, this is my address, and I want %(publication)s to come here from now on.",
        publication=publication,
    )


def undo_wording(publication: str) -> str:
    """What stands above the button that takes an unsubscription back."""
    return _("I want to go on receiving %(publication)s, as before.", publication=publication)
