"""What can go wrong around the desk. Every message says what happened and what to do next."""

from __future__ import annotations


class DeskError(Exception):
    """Base of all errors of this package; the command line prints its message and exits with 1."""


class SettingsInvalid(DeskError):
    """Settings are missing or wrong; the message names every one of them."""


class SourcesInvalid(DeskError):
    """The sources file has problems; the message names every one with its line. Nothing was read."""


class DatabaseUnavailable(DeskError, ConnectionError):
    """The database cannot be opened, read or written.

    A ConnectionError too: the packages that are handed transactions know that word, and not ours.
    """


class SlackRefused(DeskError):
    """Slack refused a call for certain; nothing was sent. ``code`` is Slack's own error word."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class SlackUnavailable(DeskError):
    """Slack did not do it, for certain; try again after ``retry_after`` seconds (None: our own pace)."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class SlackOutcomeUnknown(DeskError):
    """The call may or may not have taken effect. Confirm before repeating."""


class NotAPerson(DeskError):
    """What somebody named is no member id of Slack, so nothing of anybody was erased."""


class BackupFailed(DeskError):
    """A backup cannot be made, read or put back; the message says what was changed (mostly nothing)."""
