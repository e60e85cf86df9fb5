"""What whoever proposed something hears of its end. Arguments are ready fragments."""

from __future__ import annotations

PUBLISHED = "{who} published what you proposed: {question}. People get it within a minute. Thank you!"
DROPPED = "{who} looked at what you proposed, and it will not become an entry: {question}."
SENT_BACK = "{who} sent back what you proposed, so that you can change it: {question}."
WITH_REASON = "{said}\n> {reason}"
GO_ON = "Change it"
