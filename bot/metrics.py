"""What the desk counts of itself, as a thing to be handed to whoever has something to count.

This one counts nothing: what tests and commands use. bot.prometheus has the one that is scraped. No label may grow
without end: kinds, outcomes and methods, never the id or the words of anybody.
"""

from __future__ import annotations


class Metrics:
    """Takes observations. Every method returns at once, raises nothing, and may be called from any thread."""

    def acked(self, transport: str, outcome: str, seconds: float) -> None:
        """A delivery of Slack's was answered: ``transport`` http or socket, ``outcome`` ok, refused or failed."""

    def question(self, band: str, addressed: bool) -> None:
        """A question was stored with its verdict."""

    def verdict(self, seconds: float) -> None:
        """Knowledge took this long for a verdict."""

    def handled(self, kind: str, outcome: str, seconds: float) -> None:
        """An inbox row's attempt ended: handled, failed, given_up or overtaken, so long after it came in."""

    def delivered(self, kind: str, outcome: str) -> None:
        """An effect's attempt ended, as bot.outcome names it."""

    def answered(self, seconds: float) -> None:
        """The first reply to a question stands in Slack, so long after the question was received."""

    def slack_call(self, method: str, outcome: str, seconds: float) -> None:
        """A call of Slack's Web API ended: ok, rate_limited, refused, unavailable or unclear."""

    def jira_call(self, call: str, outcome: str, seconds: float) -> None:
        """A call of Jira's REST API ended; ``call`` is verb and kind of resource, such as "GET issue"."""

    def socket(self, event: str) -> None:
        """Something happened to a Socket Mode connection: opened, lost, refused."""

    def loop_failed(self, loop: str) -> None:
        """A round of a loop ended in an error; it goes on."""

    def page(self) -> tuple[bytes, str] | None:
        """What /metrics answers, and its content type; None where nothing is counted."""
        return None


NO_METRICS = Metrics()
