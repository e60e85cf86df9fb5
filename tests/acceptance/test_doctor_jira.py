"""What the doctor says about a Jira that would refuse the desk's tickets."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_trackers import Jira, jira

from bot.doctor import Check, checks
from bot.settings import Settings
from knowledge.testing import HashingEncoder


def tickets_check(running: Jira, data: Path) -> Check:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=data,
        jira_url=running.url,
        jira_email=running.standin.email if running.standin.state.cloud else "",
        jira_api_token=running.standin.token,
        jira_project="OPS",
    )
    return next(check for check in checks(settings, HashingEncoder()) if check.name == "tickets")


@pytest.mark.parametrize("cloud", [True, False])
def test_a_field_the_form_can_ask_for_is_fine_and_any_other_is_named(tmp_path: Path, cloud: bool) -> None:
    with jira(cloud=cloud) as running:
        running.standin.require("customfield_1", "Cost centre", "option", ("EMEA", "AMER"))
        assert tickets_check(running, tmp_path).ok
        running.standin.require("customfield_9", "Approvals", "sd-approvals")
        found = tickets_check(running, tmp_path)
        assert not found.ok
        assert "demands Approvals (customfield_9)" in found.detail
        assert "optional" in found.detail
