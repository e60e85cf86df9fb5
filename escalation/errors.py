"""What can go wrong between a request and its ticket. Every message says what happened and what to do next."""

from __future__ import annotations

from collections.abc import Mapping


class EscalationError(Exception):
    """Base of all errors of this package."""


class FormsInvalid(EscalationError):
    """A forms file has problems; none of its forms is used. ``problems`` are ``file:line  what to do`` lines."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class RotationInvalid(EscalationError):
    """A rotation file has problems; it is not used. ``problems`` are ``file:line  what to do`` lines."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class CalendarInvalid(EscalationError):
    """A calendar file cannot be read as duties."""


class TaxonomyInvalid(EscalationError):
    """A taxonomy file has problems; none of it is used. ``problems`` are ``file:line  what to do`` lines."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NoSuchRequest(EscalationError):
    """A request that is to be changed is not there (any more)."""


class TrackerError(EscalationError):
    """Base of what a tracker may answer instead of a ticket."""


class TrackerUnavailable(TrackerError):
    """The tracker did not do it, for certain (connection refused, DNS, 429). Safe to try again later."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class OutcomeUnknown(TrackerError):
    """The call may or may not have taken effect (timeout, reset, 5xx). Never repeat it before confirming."""


class TrackerRejected(TrackerError):
    """The tracker refused the content (400, 404, 413). ``field_errors`` maps its field ids to its words."""

    def __init__(self, message: str, field_errors: Mapping[str, str] | None = None) -> None:
        self.field_errors = dict(field_errors or {})
        super().__init__(message)


class TrackerDenied(TrackerError):
    """The tracker refused us (401, 403): somebody must mend the credentials or permissions."""
