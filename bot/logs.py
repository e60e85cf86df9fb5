"""Logs: readable in a terminal, JSON in production; ids rather than texts, secrets and personal data masked."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import MutableMapping, Sequence
from typing import Any, Literal

import structlog

from bot.redaction import without_secrets

_MASKS = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+"), "[slack token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._-]{8,}"), r"\1 [secret]"),
    (re.compile(r"\bATATT[A-Za-z0-9_=-]{8,}"), "[jira token]"),
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"), "[credentials]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[e-mail]"),
    (re.compile(r"(https?://hooks\.slack\.com/)\S+"), r"\1[secret]"),
    (re.compile(r"[A-Za-z]{2,10}://(?!hooks)[^\s?]*\?\S*"), "[url with parameters]"),
    (re.compile(r"(?<![\w.+-])\+\d[\d ()./-]{7,20}\d(?![\w-])"), "[phone]"),
)

QUIET = {
    **dict.fromkeys(("alembic", "asyncio", "bm25s", "faiss", "httpx", "jira", "markdown_it"), logging.WARNING),
    **dict.fromkeys(("slack_sdk", "urllib3", "websockets"), logging.WARNING),
    **dict.fromkeys(("huggingface_hub", "sentence_transformers", "slack_bolt"), logging.ERROR),
    "slack_sdk.web": logging.CRITICAL,  # it logs each failed call; our client raises them, with what to do
}
"""Libraries that would log whole bodies or every connection, and from which level on they are heard."""

SHORTEST_SECRET = 6
"""Characters. Masking a shorter secret would blot out ordinary words, and say what it is."""


def mask(text: str, secrets: Sequence[str] = ()) -> str:
    """The text without the given secrets, and without what looks like a token, a password, an e-mail or a number."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return without_secrets(text).text


def configure(
    level: str = "info", style: Literal["auto", "json", "text"] = "auto", secrets: Sequence[str] = ()
) -> None:
    """Set up logging for this process; called once, by the command line. ``secrets`` are masked everywhere."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # here, or the console would print tracebacks with local variables
        _Masking(secrets),
    ]
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer = structlog.processors.JSONRenderer() if as_json else plain
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, heard in QUIET.items():
        logging.getLogger(name).setLevel(heard)
    threading.excepthook = _thread_failed


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; pass facts as keyword arguments, never message texts."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    """In place of Python's own traceback, which would show whatever texts the error holds."""
    if failure.exc_type is SystemExit:
        return
    log = get_logger(__name__)
    log.error("thread_failed", thread=getattr(failure.thread, "name", ""), error=failure.exc_type.__name__)
    log.debug("thread_failed_trace", exc_info=failure.exc_value)


class _Masking:
    """Masks every text of an event, also inside lists and mappings; other objects are shown as masked text."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(sorted(secrets, key=len, reverse=True))  # a secret may be part of a longer one

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: value if key.startswith("_") else self._masked(value) for key, value in event.items()}

    def _masked(self, value: object) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {str(key): self._masked(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._masked(item) for item in value]
            case _:
                return mask(str(value), self._secrets)
