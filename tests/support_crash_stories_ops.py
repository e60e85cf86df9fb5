"""More stories: what curators, ops and the clock do, and what Jira and Slack do to the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from support_crash_world import World

from bot.demo.jira_standin_faults import denied, server_error
from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_state import Message
from bot.late_texts import AWAY
from bot.slack import ids
from bot.testing import HITS
from bot.tiers import PER_MINUTE, REACTION
from knowledge.domain import Entry

Check = Callable[[], None]

KNOWN = "@MOPS Desk where are my MQLs?"
UNKNOWN = "@MOPS Desk can you move our Pardot forms to HubSpot?"
HOUR, DAY = 3_600.0, 86_400.0


def curated(w: World) -> Check:
    """An entry is proposed, tried out and published; another one archived; the FAQ is sent as a file."""
    w.faq()
    w.open("Maya", lambda: w.slack.command("Maya", "#ask-mops", "/faq edit faq-utm"))
    w.submit("Maya", {"answer": "With the new builder."}, leave=True)
    w.submit_found("Maya")
    w.tried(lambda: w.slack.command("Priya", "#ask-mops", "/faq review"))
    queue = w.found("To review", seen_by="Priya")
    w.open("Priya", lambda: w.slack.click("Priya", queue, "Look at it"))
    w.submit("Priya", leave=True)
    w.dismiss("Priya")
    w.open("Priya", lambda: w.slack.command("Priya", "#ask-mops", "/faq archive faq-mql"))
    w.submit("Priya", {"reason": "we left the tool"}, leave=True)
    w.dismiss("Priya")
    w.tried(lambda: w.slack.command("Priya", "#ask-mops", "/faq export"))

    def check() -> None:
        entries = w.entries()
        assert entries["faq-utm"].answer == "With the new builder."
        assert entries["faq-mql"].status == "archived"
        assert w.versions("faq-utm") == 2
        assert w.versions("faq-mql") == 2
        assert [m for m in w.slack.messages(w.slack.dm("Priya")) if m.files]

    return check


def complained(w: World) -> Check:
    """Thumbs down with a line, a wrong answer put right, a reply saved by an emoji."""
    w.faq(*(Entry(hit.id, hit.title, hit.text) for hit in HITS))
    ts = w.say("Maya", KNOWN)
    answer = w.found("synced", ts)
    w.click("Jonas", answer, "👎 Not helpful")
    thanks = w.found("Say what was wrong", ts, seen_by="Jonas")
    w.open("Jonas", lambda: w.slack.click("Jonas", thanks, "Say what was wrong"))
    w.submit("Jonas", {"more": "that is about webinars"}, leave=True)
    w.dismiss("Jonas")
    w.tried(lambda: w.slack.command("Priya", "#ask-mops", "/faq review"))
    said = w.found("What people said", seen_by="Priya")
    w.open("Priya", lambda: w.slack.click("Priya", said, "Put it right"))
    w.press("Priya", "Nothing to do")
    w.dismiss("Priya")
    w.open("Priya", lambda: w.slack.shortcut("Priya", ids.SHORTCUT_WRONG, "#ask-mops", answer.ts))
    w.submit("Priya", {"entry": "How do I build a UTM link?", "phrasing": "utm for stickers"}, leave=True)
    w.dismiss("Priya")
    asked = w.slack.say("Maya", "#campaigns", "where is the logo?")
    reply = w.slack.say("Jonas", "#campaigns", "In the portal.", thread=asked)
    w.do(lambda: w.slack.react("Priya", "#campaigns", reply, "brain"))

    def check() -> None:
        assert w.entries()["faq-003"].variants == ("utm for stickers",)
        w.once(w.read(w.slack.dm("Priya")), "I made a draft")

    return check


def watched(w: World) -> Check:
    """Many ask for the same: ops is asked, declares a known issue, and everybody hears when it is over."""
    threads, question = _outage(w)
    w.click("Priya", question, "It's over")
    w.skip(60)

    def check() -> None:
        w.once(w.read("#ops-triage"), "HubSpot forms don't load* is over")
        for thread in threads:
            w.once(w.said(thread), "known issue since")
            w.once(w.said(thread), "It's over: HubSpot forms don't load")

    return check


def caught_up(w: World) -> Check:
    """What was said while no process ran is found in Slack's records, and answered late."""
    w.say("Maya", KNOWN)
    w.skip(61)
    asked, wished = w.missed(
        lambda: (w.slack.say("Maya", "#ask-mops", KNOWN), w.slack.say("Jonas", "#ask-mops", UNKNOWN)), HOUR
    )
    for _ in range(12):  # a conversation or a thread at a look
        w.skip(2)

    def check() -> None:
        w.once(w.said(asked), "synced")
        w.once(w.said(asked), AWAY)
        w.once(w.said(wished), AWAY)
        assert w.tickets() == 1

    return check


def shared(w: World) -> Check:
    """The channel becomes shared with another company: the desk has heard of it, whenever it dies."""
    before = w.say("Maya", KNOWN)
    channel = w.slack.workspace.channels[ASK_MOPS]
    w.do(lambda: w.slack.change_channel(replace(channel, ext_shared=True)))
    after = w.say("Maya", KNOWN)

    def check() -> None:
        w.once(w.said(before), "synced")
        assert not any("synced" in words for words in w.said(after)), w.said(after)
        w.once(w.read(w.slack.dm("Maya")), "synced")

    return check


def outlived(w: World) -> Check:
    """A known issue nobody ends is asked about, and times out."""
    threads, _ = _outage(w)
    w.skip(3 * HOUR + 2_450)
    w.skip(HOUR)

    def check() -> None:
        w.once(w.read("#ops-triage"), "has timed out")
        for thread in threads:
            w.once(w.said(thread), "should be over by now")

    return check


def _outage(w: World) -> tuple[list[str], Message]:
    w.usual_weeks()
    threads = [
        w.say("Maya", "@MOPS Desk the hubspot forms are down, nothing loads"),
        w.say("Jonas", "@MOPS Desk hubspot forms are down for me, they load nothing"),
        w.say("Noor", "@MOPS Desk are the hubspot forms down? nothing loads"),
    ]
    w.say("Priya", "@MOPS Desk hubspot forms down here too, nothing loads")
    w.skip(21)
    question = w.found("Is something broken?", channel="#ops-triage")
    w.open("Priya", lambda: w.slack.click("Priya", question, "Declare a known issue"))
    w.submit("Priya", {"What is wrong?": "HubSpot forms don't load", "What should people know or do?": "On it."})
    w.skip(60)
    return threads, question


def broken(w: World) -> Check:
    """A question that always breaks our own code is given up after three attempts, and its asker is told."""
    ts = w.say("Maya", "@MOPS Desk what breaks you?")
    w.skip(30)
    w.given_up.append("dead")

    def check() -> None:
        w.once(w.said(ts), "(ref Q")

    return check


def due(w: World) -> Check:
    """Nobody takes a ticket: ops is reminded; the digest comes once; who owes details is reminded and let go."""
    w.faq(Entry("leads", "Who gets the leads?", "Sales.", owner="nobody-knows", review_by=date(2026, 5, 1)))
    ts = w.say("Maya", UNKNOWN)
    w.skip(4 * HOUR + 600)
    w.skip(19.5 * HOUR)
    w.jira.state.find("OPS-1").fields["labels"].append("needs-info")
    w.jira.update("OPS-1", assignee="Priya Raman")
    w.skip(61)
    for days in (2, 4, 3, 7, 7):
        w.skip(days * DAY)

    def check() -> None:
        digests = [words for words in w.read("#ops-triage") if "Triage on" in words]
        days = {words.split("\n")[0] for words in digests}
        assert len(digests) == len(days) > 1, digests
        w.once(w.read(w.slack.dm("Priya")), "nobody on it for four hours", most=2)
        w.once(w.said(ts), "still waits for your details")
        w.once(w.said(ts), "for now: the details")

    return check


def swapped(w: World) -> Check:
    """Who is on triage changes by command."""
    w.tried(lambda: w.slack.command("Priya", "#campaigns", "/mops oncall swap @jonas"))
    today = w.clock().date()
    until = today + timedelta(days=1)
    w.tried(lambda: w.slack.command("Jonas", "#campaigns", f"/mops oncall off {until}..{until}"))
    w.say("Maya", UNKNOWN)

    def check() -> None:
        assert any("takes over" in words for words in w.read("#ops-triage"))
        assert sum("New on your triage" in words for words in w.read(w.slack.dm("Jonas"))) == 1

    return check


def refused(w: World) -> Check:
    """Jira says no and goes away for a while, just when nobody knows whether the ticket was made."""
    w.jira.faults.next("search", denied(), server_error(503))
    w.jira.faults.next("create", server_error(502, after_commit=True))
    ts = w.say("Maya", UNKNOWN)
    w.skip(1_200)

    def check() -> None:
        assert w.tickets() == 1
        assert sum("Not needed" in words for words in w.said(ts)) == 1
        assert any("OPS-1" in words for words in w.said(ts))

    return check


def slack_away(w: World) -> Check:
    """Slack drops posts before and after their effect, and does not answer look-ups, for a while."""
    w.slack.faults.rate_limit("users.info", 5, times=2)
    w.slack.faults.drop_after("chat.postMessage", times=2)
    ts = w.say("Maya", KNOWN)
    w.slack.faults.drop_before("chat.postMessage")
    other = w.say("Jonas", UNKNOWN)
    w.skip(60)

    def check() -> None:
        w.once(w.said(ts), "synced")
        assert sum("Not needed" in words for words in w.said(other)) == 1
        assert w.tickets() == 1

    return check


def waiting(w: World) -> Check:
    """No reaction is left for a sign, and the answer has to wait: whoever waits gets their sign in between."""
    w.used(REACTION, PER_MINUTE[REACTION] // 2)
    w.slack.faults.rate_limit("chat.postMessage", 20)
    ts = w.say("Maya", KNOWN)

    def check() -> None:
        w.once(w.said(ts), "synced")
        assert w.seen(ts) or w.deaths  # a death may cost so long that the answer is there before the sign

    return check
