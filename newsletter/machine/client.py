"""Asking a model: any endpoint that speaks OpenAI's chat completions, a local one too.

`openai` takes a second and 40 MB to load, so it is loaded when a model is asked, not before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from ssl import SSLContext, create_default_context
from typing import Any

import httpcore2
import httpx2

from newsletter.ingest.dial import AddressRefused, Deadline, DeadlinePassed, NameUnknown, resolve_name
from newsletter.ingest.transport import GuardedTransport

# The operator names the endpoint, so it may be anywhere, on this machine too.
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
# An answer is a few kilobytes; whatever sends more is no model.
MOST_BYTES = 1_000_000
_BROKEN = (httpcore2.ProtocolError, httpcore2.NetworkError, httpcore2.TimeoutException, httpx2.HTTPError)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, which one, and the key it wants, if any."""

    url: str
    model: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and the tokens it read and wrote, as it counts them; None where it does not."""

    text: str
    read: int | None
    written: int | None


class ModelError(Exception):
    """No answer. `retry` tells whether the same question may be answered later."""

    retry = True


class ModelDown(ModelError):
    """It is not there, too slow, or too busy."""


class ModelRefuses(ModelError):
    """It will not answer us: a wrong key, a wrong name, a question it does not understand."""

    retry = False


class Client:
    """One endpoint; may be used by several threads at once."""

    def __init__(self, endpoint: Endpoint, tls: SSLContext | None = None) -> None:
        self._endpoint = endpoint
        self._tls = tls or create_default_context()
        # Newer models count the answer under another name, and choose their temperature themselves.
        self._old_names = True

    def ask(self, messages: Sequence[dict[str, str]], most_tokens: int, seconds: float) -> Reply:
        """The model's answer, within `seconds` all told. Raises `ModelDown` and `ModelRefuses`."""
        import openai

        try:
            return self._ask(messages, most_tokens, seconds)
        except openai.BadRequestError as error:
            if not self._old_names or not _wants_new_names(error):
                raise ModelRefuses(_in_words(error)) from error
            self._old_names = False
            return self.ask(messages, most_tokens, seconds)
        except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as error:
            raise ModelDown(_in_words(error)) from error
        except (*_BROKEN, DeadlinePassed, AddressRefused, NameUnknown, _TooLong, OSError) as error:
            raise ModelDown(_in_words(error)) from error
        except (openai.OpenAIError, ValueError) as error:
            raise ModelRefuses(_in_words(error)) from error

    def _ask(self, messages: Sequence[dict[str, str]], most_tokens: int, seconds: float) -> Reply:
        from openai import OpenAI

        limit: dict[str, Any] = {"max_completion_tokens": most_tokens}
        if self._old_names:
            limit = {"max_tokens": most_tokens, "temperature": 0}
        with _Capped(Deadline(seconds), self._tls) as transport:
            client = OpenAI(
                base_url=self._endpoint.url,
                api_key=self._endpoint.key or "none",
                organization="",
                project="",
                max_retries=0,
                timeout=seconds,
                http_client=httpx2.Client(transport=transport, trust_env=False, follow_redirects=False),
            )
            given: Any = list(messages)
            said = client.chat.completions.create(model=self._endpoint.model, messages=given, **limit)
            return _reply(said)


def _reply(said: object) -> Reply:
    """What was said; whatever an endpoint sends that is no completion counts as saying nothing."""
    choices = getattr(said, "choices", None) or [None]
    text = getattr(getattr(choices[0], "message", None), "content", None)
    usage = getattr(said, "usage", None)
    return Reply(
        text if isinstance(text, str) else "",
        _count(getattr(usage, "prompt_tokens", None)),
        _count(getattr(usage, "completion_tokens", None)),
    )


def _count(said: Any) -> int | None:
    return said if isinstance(said, int) and 0 <= said < 10_000_000 else None


def _wants_new_names(error: Exception) -> bool:
    return any(word in str(error) for word in ("max_tokens", "max_completion_tokens", "temperature"))


def _in_words(error: BaseException) -> str:
    """What went wrong, without what was sent: the words of the request are not ours to log."""
    status = getattr(error, "status_code", None)
    cause = error.__cause__ or error
    return f"it answered with status {status}" if status else f"no answer ({type(cause).__name__})"


class _TooLong(Exception):
    """The answer was larger than any answer."""


class _Capped(GuardedTransport):
    """A connection that ends at its deadline, and after a megabyte."""

    def __init__(self, deadline: Deadline, tls: SSLContext) -> None:
        super().__init__(_EVERYWHERE, deadline, resolve_name, tls)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if not isinstance(answer.stream, httpx2.SyncByteStream):
            raise TypeError("a synchronous connection gave an asynchronous stream")
        return httpx2.Response(
            answer.status_code, headers=answer.headers, stream=_CappedStream(answer.stream)
        )


class _CappedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        left = MOST_BYTES
        for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise _TooLong
            yield piece

    def close(self) -> None:
        self._stream.close()
