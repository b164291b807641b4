"""Why a try at asking a server failed, in one line, and whether another try may help."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

from mathcoder.models.wire import WireError

if TYPE_CHECKING:
    import openai

__all__ = ["Fault", "fault_of"]

_TRY_AGAIN = (408, 409, 429)
_LONGEST_REASON = 300  # characters: some servers answer with a page
_LONGEST_AFTER = 600.0  # seconds: who asks for more has no answer today


class Fault(Exception):
    """One try failed.

    Attributes:
        url: whose fault it was; "" where nobody could be asked.
        retry: another try may help.
        broken: the server, or the way to it, does not work; it was not the request.
        after: seconds that the server asks to be left alone.
        adapt: a field that the server refuses by name; the request may be asked again without it.
    """

    def __init__(
        self,
        reason: str,
        *,
        url: str = "",
        retry: bool = True,
        broken: bool = False,
        after: float = 0.0,
        adapt: str = "",
    ):
        super().__init__(reason)
        self.url = url
        self.retry = retry
        self.broken = broken
        self.after = after
        self.adapt = adapt


def fault_of(error: Exception, url: str) -> Fault:
    """What an error of the openai package, of its JSON or of `wire` comes to."""
    import openai

    match error:
        case openai.APITimeoutError():
            return Fault("no answer in time", url=url, broken=True)
        case openai.APIConnectionError():
            return Fault(_root_of(error), url=url, broken=True)
        case openai.APIStatusError():
            return _of_status(error, url)
        case openai.APIError():  # an error in the middle of a stream
            status = int(error.code) if error.code and error.code.isdecimal() else 500
            retry = status in _TRY_AGAIN or not 400 <= status < 500
            return Fault(_message(error.body) or error.message, url=url, retry=retry, broken=retry)
        case UnicodeEncodeError():
            return Fault("the prompt holds half a character; give it as valid Unicode", url=url, retry=False)
        case WireError():
            reason = str(error) if error.final else f"its reply is broken: {error}"
            return Fault(reason, url=url, retry=not error.final, broken=not error.final)
        case UnicodeDecodeError():
            return Fault("its reply is broken: not UTF-8", url=url, broken=True)
        case ValueError() | RecursionError():
            return Fault("its reply is broken: not JSON", url=url, broken=True)
        case _:
            return Fault(str(error), url=url, retry=False)


def _of_status(error: openai.APIStatusError, url: str) -> Fault:
    status = error.status_code
    reason = f"HTTP {status}"
    if message := _message(error.body):
        reason += f": {message}"
    # OpenAI answers 429 also to who has no money left, which no waiting changes.
    retry = (status in _TRY_AGAIN or status >= 500) and error.code != "insufficient_quota"
    after = _seconds(error.response.headers.get("retry-after", "")) if retry else 0.0
    if after > _LONGEST_AFTER:
        return Fault(f"{reason} (it asks to wait {after:,.0f} seconds)", url=url, retry=False)
    adapt = ""
    if status in (400, 422):
        if "max_completion_tokens" in reason:
            adapt = "max_tokens"
        elif "stream_options" in reason:
            adapt = "stream_options"
    return Fault(reason, url=url, retry=retry, broken=status >= 500, after=after, adapt=adapt)


def _message(body: object) -> str:
    """What a server says in a body: servers have several layouts, and proxies send pages."""
    found: Any = body
    if isinstance(body, dict):
        told = cast("dict[str, object]", body)
        found = next((told[key] for key in ("message", "detail", "error") if told.get(key)), told)
    text = " ".join("".join(char if char.isprintable() else " " for char in str(found or "")).split())
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "..."


def _root_of(error: BaseException) -> str:
    """What the system says of a connection that failed: the innermost error that says something."""
    reason = "the connection failed"
    cause: BaseException | None = error
    while cause := cause.__cause__ or cause.__context__:
        reason = str(cause) or reason
        if isinstance(cause, OSError) and cause.errno:  # negative for names that are not found
            reason = os.strerror(cause.errno) if cause.errno > 0 else cause.strerror or reason
    return reason


def _seconds(header: str) -> float:
    """Seconds that a Retry-After asks to wait (RFC 9110, section 10.2.3): a number or a date. Else 0."""
    if re.fullmatch(r"\d{1,9}(\.\d*)?", header.strip()):
        return float(header)
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max((date - datetime.now(UTC)).total_seconds(), 0.0)
