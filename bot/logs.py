"""Logs: readable in a terminal, JSON in production; ids rather than texts, secrets and e-mails masked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_MASKS = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+"), "[slack token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._-]{8,}"), r"\1 [secret]"),
    (re.compile(r"\bATATT[A-Za-z0-9_=-]{8,}"), "[jira token]"),
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"), "[credentials]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[e-mail]"),
    (re.compile(r"(https?://hooks\.slack\.com/)\S+"), r"\1[secret]"),
    (re.compile(r"[A-Za-z]{2,10}://(?!hooks)[^\s?]*\?\S*"), "[url with parameters]"),
)

QUIET = (
    "bm25s",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "jira",
    "httpx",
    "asyncio",
    "sentence_transformers",
    "faiss",
    "alembic",
)
"""Libraries that would log whole bodies or every connection: only their warnings are heard."""


def mask(text: str) -> str:
    """The text with tokens, credentials and e-mail addresses replaced."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def configure(level: str = "info", style: Literal["auto", "json", "text"] = "auto") -> None:
    """Set up logging for this process; called once, by the command line."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if as_json else _keep,
        _masked,
    ]
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
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
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR if name == "slack_bolt" else logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; pass facts as keyword arguments, never message texts."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _keep(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return event


def _masked(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}
