"""Subcommands are recognised only when the whole text fits; nothing a person asks is swallowed by one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.commands import (
    DidYouMean,
    DutyOff,
    DutySwap,
    DutyUnclear,
    Mops,
    Text,
    TicketKey,
    TicketList,
    parse_mops,
    parse_ticket,
)

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Mops.HELP),
        ("help", Mops.HELP),
        ("  Help ", Mops.HELP),
        ("oncall", Mops.ONCALL),
        ("forget  me", Mops.FORGET_ME),
        ("help me build a UTM link", Text("help me build a UTM link")),
        ("oncall for webinars?", Text("oncall for webinars?")),
        ("forget me not newsletter", Text("forget me not newsletter")),
        ("hepl", DidYouMean("hepl", "help")),
        ("onkall", DidYouMean("onkall", "oncall")),
        ("MQL", Text("MQL")),
        ("hell", DidYouMean("hell", "help")),
        ("held list", Text("held list")),
        ("oncall swap @jonas", DutySwap("@jonas")),
        ("oncall swap <@U0JONAS|jonas> 2026-12-01", DutySwap("<@U0JONAS|jonas>", (DAY, DAY))),
        ("Oncall  swap @jonas 2026-12-01..2026-12-05", DutySwap("@jonas", (DAY, date(2026, 12, 5)))),
        ("oncall off 2026-12-01 .. 2026-12-05", DutyOff((DAY, date(2026, 12, 5)))),
        ("oncall off @jonas 2026-12-01", DutyOff((DAY, DAY), "@jonas")),
        ("oncall off", DutyUnclear("off")),
        ("oncall swap 2026-12-01", DutyUnclear("swap")),
        ("oncall off 2026-12-05..2026-12-01", DutyUnclear("off")),
        ("oncall off 2026-13-01", DutyUnclear("off")),
        ("oncall import https://example.com/duty.ics", DutyUnclear("import")),
        ("oncall swap rules, where are they?", Text("oncall swap rules, where are they?")),
        ("oncall offsite", Text("oncall offsite")),
    ],
)
def test_mops_takes_a_subcommand_only_when_the_whole_text_is_one(typed: str, meant: object) -> None:
    assert parse_mops(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("list", TicketList()),
        ("LIST", TicketList()),
        ("mops-12", TicketKey("MOPS-12")),
        ("lsit", DidYouMean("lsit", "list")),
        ("list import for Berlin", Text("list import for Berlin")),
        ("MOPS-12 is still broken", Text("MOPS-12 is still broken")),
        ("", Text("")),
    ],
)
def test_ticket_takes_list_and_a_bare_key_and_everything_else_is_the_summary(typed: str, meant: object) -> None:
    assert parse_ticket(typed) == meant
