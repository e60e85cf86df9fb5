"""What is looked at before a proposal is published."""

from __future__ import annotations

from typing import Protocol

from bot.curation.findings import Findings
from knowledge.proposals import Proposal


class Checks(Protocol):
    """Looks what a proposal would do, before it does it."""

    def of(self, proposal: Proposal) -> Findings:
        """What publishing it would change. Takes seconds: call it outside any transaction.

        Raises KnowledgeError when nothing can be searched, or the labelled questions cannot be read.
        """


class NoChecks:
    """Where nothing can be tried: finds nothing."""

    def of(self, _proposal: Proposal) -> Findings:
        """See Checks."""
        return Findings()
