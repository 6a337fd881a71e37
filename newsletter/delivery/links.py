"""A reader's own links: where they lead, and the tokens in them."""

from collections.abc import Sequence
from datetime import datetime

from newsletter.mail.issue import Links, Publication
from newsletter.mail.unsubscribe_mail import unsubscribe_mailto
from newsletter.models import MailKind
from newsletter.tokens import Purpose, TokenMaker


class LinkMaker:
    """Makes the links of one publication's readers, with tokens signed by the newest of `keys`."""

    def __init__(self, publication: Publication, keys: Sequence[str]) -> None:
        self._publication = publication
        self._leave = TokenMaker(keys, Purpose.UNSUBSCRIBE)
        self._manage = TokenMaker(keys, Purpose.MANAGE)
        self._confirm = TokenMaker(keys, Purpose.CONFIRM)
        self._address = TokenMaker(keys, Purpose.ADDRESS)
        self._mine = TokenMaker(keys, Purpose.MINE)
        self._undo = TokenMaker(keys, Purpose.UNDO)
        self._of_change = {
            MailKind.ADDRESS_OLD: ("old", TokenMaker(keys, Purpose.ADDRESS_OLD)),
            MailKind.ADDRESS_NEW: ("new", TokenMaker(keys, Purpose.ADDRESS_NEW)),
        }

    def tokens(self, handle: str, made_at: datetime) -> tuple[str, str]:
        """A reader's tokens: to leave, and to manage what they get; that one tells its age."""
        return self._leave.make(handle), self._manage.make_dated(handle, made_at)

    def links(self, leave: str, manage: str) -> Links:
        """The links with these tokens; the page to unsubscribe takes one-click posts too (RFC 8058)."""
        base = self._publication.base_url
        unsubscribe = f"{base}/unsubscribe/{leave}"
        return Links(
            preferences=f"{base}/preferences/{manage}",
            unsubscribe=unsubscribe,
            one_click=unsubscribe,
            unsubscribe_mail=unsubscribe_mailto(self._publication.bounce_address, leave),
        )

    def confirm_url(self, handle: str, asked_at: datetime) -> str:
        """Where a sign-up of this moment is confirmed."""
        return f"{self._publication.base_url}/confirm/{self._confirm.make_dated(handle, asked_at)}"

    def address_url(self, handle: str, asked_at: datetime) -> str:
        """Where a reader who asked for their link at this moment may ask for another address."""
        return f"{self._publication.base_url}/address/{self._address.make_dated(handle, asked_at)}"

    def mine_url(self, handle: str, asked_at: datetime) -> str:
        """Where a reader who asked for their link at this moment may see and erase all about them."""
        return f"{self._publication.base_url}/mine/{self._mine.make_dated(handle, asked_at)}"

    def undo_url(self, change: str) -> str:
        """Where the change of choices with this handle is put back."""
        return f"{self._publication.base_url}/undo/{self._undo.make(change)}"

    def change_url(self, side: MailKind, change: str, asked_at: datetime) -> str:
        """Where the change of address with this handle is confirmed, from the old or the new address."""
        name, maker = self._of_change[side]
        return f"{self._publication.base_url}/address/{name}/{maker.make_dated(change, asked_at)}"
