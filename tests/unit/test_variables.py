"""Variables in answers: filled for their reader as plain text, checked where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer_variables import AnswerVariables
from bot.domain import Place, Surface
from bot.errors import DeskError
from bot.people import Directory
from bot.slack.markdown import to_mrkdwn, to_plain
from bot.testing import HITS
from escalation.working_hours import WorkingHours
from knowledge.domain import Entry
from knowledge.faq_file import check_faq, read_faq, write_faq
from knowledge.targets import targets_of
from knowledge.variables import Variable, filled, has_variables, unknown_names, with_fallbacks

WEDNESDAY = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)  # Thursday in Berlin


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in {asker.region}", "in your region"),
        ("in {asker.region|EMEA or APAC}", "in EMEA or APAC"),
        ("by {today+5bd}", "by 5 business days from today"),
        ("on {today+1d}, {today}, {today-2d}", "on 1 day from today, today, 2 days ago"),
        ("Hi {asker.first_name}, ask in {channel}", "Hi there, ask in this channel"),
        (r"write \{today}", r"write \{today}"),
        ("`{today}` and {{lead.First Name}} and ${today}", "`{today}` and {{lead.First Name}} and ${today}"),
        ("```\n{today}\n```", "```\n{today}\n```"),
        ("{anything else} {} {a b|c}", "{anything else} {} {a b|c}"),
        ("{today+999d} {nobody}", "{today+999d} {nobody}"),
    ],
)
def test_fallbacks_stand_where_nothing_is_known(text: str, shown: str) -> None:
    assert with_fallbacks(text) == shown


@pytest.mark.parametrize(
    "value",
    ["<!channel>", "*Bob*", "_a_ `b` ~c~", "[x](https://evil.example)", "@here", "1. x", "# x", "https://a.example"],
)
def test_a_value_is_text_and_never_markup(value: str) -> None:
    shown = to_mrkdwn(filled("Hi {asker.first_name|you}!", lambda _: value))
    assert shown.startswith("Hi ")
    assert not any(mark in shown for mark in ("<", "*", "`", "~", "@here", "_a_"))
    assert "|" not in shown


@settings(max_examples=60, deadline=None)
@given(value=st.text(max_size=80))
def test_whatever_the_value_is_it_stays_one_short_line_of_plain_text(value: str) -> None:
    shown = to_plain(filled("a {channel} b", lambda _: value))
    assert "\n" not in shown
    assert shown.startswith("a ")
    assert shown.endswith(" b")
    assert len(shown) <= 70
    assert to_mrkdwn(filled("{channel}", lambda _: value)).count("<") == 0


def test_inside_an_address_a_value_is_percent_encoded() -> None:
    said = filled("[report](https://example.com/?r={asker.region})", lambda _: "North America & more")
    assert said == "[report](https://example.com/?r=North%20America%20%26%20more)"


def test_unknown_names_are_problems_with_file_line_and_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / "faq.yaml"
    path.write_text(
        "entries:\n  - id: a\n    question: Why?\n    answer: |\n      One {today}.\n      In {asker.regoin|x}.\n",
        encoding="utf-8",
    )
    (problem,) = check_faq(path)
    assert problem.line == 6
    assert str(problem).startswith(f"{path}:6  the answer of entry a has an unknown variable `{{asker.regoin}}`.")
    assert "Did you mean `{asker.region}`?" in problem.message
    assert r"\{asker.regoin}" in problem.message


def test_what_is_no_name_at_all_gets_the_list() -> None:
    assert list(unknown_names("x\n{zzz}")) == [(1, "zzz")]
    assert not has_variables("{zzz}")


def test_search_and_ask_see_fallbacks_and_files_keep_the_variables(tmp_path: Path) -> None:
    entry = Entry("a", "When?", "By {today+2bd|the day after tomorrow}.")
    (target,) = targets_of((entry,), ())
    assert target.text == "By the day after tomorrow."
    assert target.template == entry.answer
    write_faq(tmp_path / "faq.csv", [entry])
    assert read_faq(tmp_path / "faq.csv") == (entry,)


class Slack:
    """Slack's records of one person and one channel."""

    def person(self, person: str) -> Mapping[str, Any]:
        if person != "U1":
            raise DeskError("nobody")
        return {"id": "U1", "team_id": "T1", "tz": "Europe/Berlin", "profile": {"real_name": "Maya Lind"}}

    def channel(self, channel: str) -> Mapping[str, Any]:
        if channel != "C1":
            raise DeskError("no channel")
        return {"id": "C1", "name": "ask-mops", "is_ext_shared": False}


def shown(text: str, place: Place, person: str | None = "U1", regions: Mapping[str, str] | None = None) -> str:
    def clock() -> datetime:
        return WEDNESDAY

    hours = WorkingHours("Europe/Berlin", holidays=("DE",))
    directory = Directory(Slack(), clock, "T1")  # type: ignore[arg-type]  # asked for two kinds of records only
    variables = AnswerVariables(directory, hours, regions or {"Europe": "EMEA"}, clock)
    hit = replace(HITS[0], template=text)
    return to_plain(filled(text, variables.known(hit, place, person)))


CHANNEL = Place("T1", "C1", Surface.CHANNEL)


def test_values_are_the_askers_own() -> None:
    text = "{asker.first_name} in {asker.region} asks in {channel}"
    assert shown(text, CHANNEL) == "Maya in EMEA asks in #ask-mops"
    assert (
        shown(text, CHANNEL, regions={"Europe/Berlin": "DACH", "Europe": "EMEA"}) == "Maya in DACH asks in #ask-mops"
    )
    assert shown(text, CHANNEL, regions={"America": "AMER"}) == "Maya in your region asks in #ask-mops"


def test_what_slack_does_not_say_is_unknown() -> None:
    text = "{asker.first_name} in {asker.region} asks in {channel}"
    assert shown(text, Place("T1", "D1", Surface.DM), "U2") == "there in your region asks in this channel"
    assert shown(text, Place("T1", "C9", Surface.CHANNEL), None) == "there in your region asks in this channel"


def test_days_are_counted_on_the_askers_calendar_and_business_days_on_the_teams() -> None:
    assert shown("{today}", CHANNEL) == "Thu 24 Dec"
    assert shown("{today+1bd}", CHANNEL) == "Mon 28 Dec"  # Christmas and the weekend between
    assert shown("{today+8d}, {today-1bd}", CHANNEL) == "Fri 1 Jan 2027, Wed 23 Dec"


def test_a_variable_says_what_it_means() -> None:
    seen: list[Variable] = []
    filled("{today+5bd|soon} {channel}", seen.append)
    assert seen == [Variable("today", "soon", 5, True), Variable("channel", "this channel")]
