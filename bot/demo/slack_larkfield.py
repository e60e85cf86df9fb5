"""The pretend workspace the demo opens with: a small marketing team and its desk."""

from __future__ import annotations

import time

from bot.demo.slack_state import Channel, Clock, Team, User, Workspace

MAYA, JONAS, PRIYA, NOOR = "U0MAYA", "U0JONAS", "U0PRIYA", "U0NOOR"
DESK = "U0DESK"
ASK_MOPS, CAMPAIGNS, OPS_TRIAGE = "C0ASKMOPS", "C0CAMPAIGNS", "C0OPSTRIAGE"

_TEAM = Team("T0LARK", "Larkfield", "larkfield", bot_user=DESK, bot_id="B0DESK", app_id="A0DESK")
_PEOPLE = (
    User(MAYA, "maya", "Maya Lindqvist", "c0476d", "maya@example.com", "Field marketing"),
    User(JONAS, "jonas", "Jonas Weber", "2f7d5b", "jonas@example.com", "Demand generation"),
    User(PRIYA, "priya", "Priya Raman", "b8741a", "priya@example.com", "Marketing operations, on triage"),
    User(NOOR, "noor", "Noor Haddad", "7a4fb5", "noor@example.com", "Marketing operations"),
    User(DESK, "mops_desk", "MOPS Desk", "3b5bdb", None, "Front desk of marketing operations", is_bot=True),
)
_ASK_TOPIC = "Questions for marketing operations. Mention @MOPS Desk; unasked, it answers only what it is sure of."
_EVERYONE = tuple(person.id for person in _PEOPLE)


def larkfield(clock: Clock = time.time) -> Workspace:
    """A fresh Larkfield: Maya, Jonas, Priya, Noor and the desk in three channels, and each one's DM with the desk."""
    channels = (
        Channel(ASK_MOPS, "ask-mops", "channel", _EVERYONE, _ASK_TOPIC),
        Channel(CAMPAIGNS, "campaigns", "channel", _EVERYONE, "What we are launching, and when"),
        Channel(OPS_TRIAGE, "ops-triage", "channel", (PRIYA, NOOR, JONAS, MAYA, DESK), "Tickets as they come in"),
    )
    workspace = Workspace(_TEAM, _PEOPLE, channels, clock)
    for person in (MAYA, JONAS, PRIYA, NOOR):
        workspace.dm(person)
    return workspace
