"""What goes wrong with a fetch, in words for an operator, and what to do about it."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpcore2
import httpx2

from newsletter.ingest.dial import AddressRefused, DeadlinePassed, NameUnknown

_HINTS = {
    401: "It wants a password.",
    403: "It does not let us in.",
    404: "There is no feed at this address (any more).",
    429: "It is asked too often and wants to be left alone for a while.",
}


class FetchError(Exception):
    """A feed could not be fetched; `reason` says why, in whole sentences for an operator.

    `retry` tells whether trying later can help. `gone` is set when the server said the feed was
    removed for good (410), `missing` when it knows nothing of it (404). `retry_after` is the wait the
    server asked for, in seconds.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry: bool = True,
        gone: bool = False,
        missing: bool = False,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.gone = gone
        self.missing = missing
        self.retry_after = retry_after


def refuse_status(status: int, headers: Mapping[str, str]) -> FetchError:
    """The error for an answer that is not a feed; `headers` by lower-case name."""
    if status == HTTPStatus.GONE:
        return FetchError(
            "The server says this feed is gone for good (410). It is not asked again.", retry=False, gone=True
        )
    hint = _HINTS.get(status) or ("Its server has trouble." if status >= 500 else "That is not a feed.")
    wait = _retry_after(headers.get("retry-after"), headers.get("date"))
    return FetchError(
        f"The server answered {status}{_phrase(status)}. {hint}",
        missing=status == HTTPStatus.NOT_FOUND,
        retry_after=wait,
    )


def explain_failure(error: Exception, url: str, seconds: float) -> FetchError:
    """Put any failure of the network, of HTTP or of a server's answer into words."""
    host = _host(url)
    for cause in _causes(error):
        match cause:
            case DeadlinePassed():
                return FetchError(f"{host} took longer than {seconds:g} seconds to send the feed.")
            case AddressRefused():
                return FetchError(
                    f"{host} leads to a place that is refused for safety: {cause}. If you mean it, allow "
                    "the network in NEWSLETTER_FETCH_ALLOW_NETWORKS."
                )
            case NameUnknown():
                return FetchError(f"{host} is not known: there is no such host, or no internet connection.")
            case ssl.SSLCertVerificationError():
                return FetchError(f"{host} does not have a valid certificate ({cause.verify_message}).")
    return FetchError(_plainly(error, host))


def _plainly(error: Exception, host: str) -> str:
    match error:
        case httpx2.InvalidURL() | httpx2.UnsupportedProtocol() | UnicodeError():
            return "Its address, or one it redirects to, is not a web address."
        case httpcore2.TimeoutException() | httpx2.TimeoutException():
            return f"{host} did not answer in time."
        case httpcore2.ConnectError():
            return f"{host} could not be reached ({_last_words(error)})."
        case httpcore2.NetworkError():
            return f"{host} broke the connection off ({_last_words(error)})."
        case httpcore2.ProtocolError():
            return f"{host} broke off early, or did not speak proper HTTP ({_last_words(error)})."
        case httpx2.DecodingError():
            return f"{host} sent a feed whose compression is damaged."
    return f"{host} sent something that could not be handled ({type(error).__name__})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came from."""
    current: BaseException | None = error
    for _depth in range(8):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _last_words(error: Exception) -> str:
    """What the system or the library said, on one short line."""
    said = " ".join(str(error).split())
    return said[:160] or type(error).__name__


def _host(url: str) -> str:
    """The host of an address: all that is shown of it, for the rest may hold a password."""
    try:
        return urlsplit(url).hostname or "The address"
    except ValueError:
        return "The address"


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _retry_after(value: str | None, date: str | None) -> int | None:
    """Seconds to wait: a number, or a date read against the server's own clock (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return int(value.strip()[:9])
    try:
        wait = _moment(value) - _moment(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, int(wait.total_seconds()))


def _moment(value: str) -> datetime:
    moment = parsedate_to_datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
