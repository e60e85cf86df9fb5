"""What the doctor says about texts that are kept for groups and channels."""

from __future__ import annotations

import pytest

from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import UserGroup
from bot.doctor_readers import readers_known
from bot.errors import DeskError
from bot.slack.client import SlackClient
from knowledge.domain import Audience, Level


def group(name: str) -> Audience:
    return Audience(Level.GROUP, frozenset({name}))


def test_groups_and_channels_slack_does_not_know_are_named_with_what_to_do() -> None:
    here = Audience(Level.CHANNEL, channels=frozenset({ASK_MOPS, "C0GONE"}))
    with SlackStandIn() as slack:
        slack.workspace.put_group(UserGroup("S0OPS", "ops"))
        client = SlackClient(slack.bot_token, slack.api_url)
        assert readers_known(client, [Audience.internal(), group("S0OPS")]).startswith(
            "Slack knows the 1 user groups"
        )
        with pytest.raises(DeskError, match="user group finance, channel C0GONE") as said:
            readers_known(client, [group("S0OPS").narrowed(group("finance")), here])
        assert "not names" in str(said.value)
