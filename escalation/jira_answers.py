"""What Jira's HTTP answers, and their absence, mean. The one place that knows which failures are definite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from requests import Response
from requests import exceptions as http
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerError, TrackerRejected, TrackerUnavailable

MAX_WORDS = 300
"""How much of Jira's own words goes into a message, in characters."""

_READS = frozenset({"GET", "HEAD"})
_BUSY = frozenset({HTTPStatus.CONFLICT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MISUNDERSTOOD = (ValueError, KeyError, TypeError, AttributeError, NotImplementedError, IndexError)


def refuse_bad_answer(response: Response, *_: object, **__: object) -> Response:
    """A ``requests`` response hook: raises the TrackerError an answer means, before the library looks at it.

    The library drops the field names of a 400, and stumbles over odd bodies and HTTP-date Retry-After headers.
    """
    host, status = response.url.split("?")[0], response.status_code
    body = _body(response)
    if response.is_redirect:
        to = response.headers.get("Location", "").split("?")[0]
        raise TrackerDenied(f"{host} sends us elsewhere ({_short(to)}). Set JIRA_URL to Jira's own address.")
    if response.ok and body is not None:
        return response
    if response.ok or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise _unclear(response, f"Jira answered {status} without a result")
    if status in _BUSY:
        raise TrackerUnavailable(f"Jira asks us to come back later ({status}).", retry_after(response.headers))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise TrackerDenied(_denial(response, body))
    if body is None:
        raise TrackerDenied(f"{host} is not Jira's API (it answered {status} with a page). Check JIRA_URL.")
    errors = _field_errors(body)
    raise TrackerRejected(f"Jira refused this ({status}): {_words(body, errors)}", errors)


@contextmanager
def translated(host: str, writes: bool, library_error: type[Exception]) -> Iterator[None]:
    """Turns every other failure of a call into a TrackerError. ``writes``: the call may change something."""
    try:
        yield
    except TrackerError:
        raise
    except (http.MissingSchema, http.InvalidSchema, http.InvalidURL, http.InvalidHeader, UnicodeError) as exc:
        raise TrackerDenied(
            "JIRA_URL, JIRA_EMAIL or JIRA_API_TOKEN has a form Jira cannot have. Check them."
        ) from exc
    except (http.RequestException, library_error, *_MISUNDERSTOOD) as exc:
        if never_connected(exc):
            raise TrackerUnavailable(f"{host} cannot be reached. Is Jira up, and JIRA_URL right?") from exc
        message = f"{host} did not give a clear answer ({type(exc).__name__})."
        raise (OutcomeUnknown(message) if writes else TrackerUnavailable(message)) from exc


def never_connected(exc: BaseException) -> bool:
    """Whether a request failed before anything was sent: refused, no such host, no connection in time."""
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(exc, http.ConnectTimeout)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait, from a Retry-After in seconds or as an HTTP date; None when absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _unclear(response: Response, message: str) -> TrackerError:
    if response.request.method in _READS:
        return TrackerUnavailable(f"{message}.", retry_after(response.headers))
    return OutcomeUnknown(f"{message}; the change may have been made.")


def _denial(response: Response, body: Any) -> str:  # noqa: ANN401 - JSON
    if "CAPTCHA" in response.headers.get("X-Authentication-Denied-Reason", ""):
        return "Jira wants a CAPTCHA from our account. Log in once in a browser as that account, then try again."
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return "Jira does not accept our login (401). Check JIRA_EMAIL and JIRA_API_TOKEN."
    said = _words(body, _field_errors(body))
    return f"Jira does not let our account do this (403): {said} Check its permissions in the project."


def _body(response: Response) -> Any:  # noqa: ANN401 - JSON
    """The JSON of an answer; {} for an empty or null one, None for anything that is not JSON."""
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError:
        return None
    return {} if body is None else body


def _field_errors(body: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    errors = body.get("errors") if isinstance(body, dict) else None
    return {str(key): _short(str(words)) for key, words in errors.items()} if isinstance(errors, dict) else {}


def _words(body: Any, errors: Mapping[str, str]) -> str:  # noqa: ANN401 - JSON
    """Jira's own words, in one short line."""
    said = body.get("errorMessages") if isinstance(body, dict) else None
    lines = [str(line) for line in said] if isinstance(said, list) else []
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        lines.append(body["message"])
    lines += [f"{key}: {words}" for key, words in errors.items()]
    return _short(" ".join(lines)) or "no reason given."


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1] + "…"
