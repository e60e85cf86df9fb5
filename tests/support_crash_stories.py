"""What people do in a world that keeps killing the desk, and what must be true in the end.

Each story acts through the world and returns its check, which looks at Slack and Jira: at what people see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from support_checklists import ENTRY
from support_crash_stories_ops import (
    KNOWN,
    UNKNOWN,
    broken,
    caught_up,
    complained,
    curated,
    due,
    outlived,
    refused,
    shared,
    slack_away,
    swapped,
    waiting,
    watched,
)
from support_crash_world import World
from support_forms import BROKEN, SINCE

from bot.demo.slack_larkfield import JONAS
from bot.demo.slack_reading import buttons, shown_text
from bot.slack import ids

Check = Callable[[], None]
Story = Callable[[World], Check]

SAME = "@MOPS Desk please move the Pardot forms over to HubSpot, we need all forms there"


def answered(w: World) -> Check:
    """A question with an answer, thumbs, and a follow-up."""
    ts = w.say("Maya", KNOWN)
    answer = w.found("synced", ts)
    w.click("Maya", answer, "👍 Helpful")
    w.say("Maya", "and what about the mql dashboard?", thread=ts)

    def check() -> None:
        said = w.said(ts)
        assert [("synced" in words) for words in said] == [True, True], said
        assert w.seen(ts)

    return check


def chosen(w: World) -> Check:
    """Close matches are offered, one is chosen; then it was not what was meant, and none of the others is."""
    ts = w.say("Maya", "@MOPS Desk something about utm")
    offered = w.found("Which one is it?", ts)
    w.click("Maya", offered, "Where are the MQLs from my campaign?")
    other = w.say("Jonas", KNOWN)
    w.click("Jonas", w.found("synced", other), "Not what I meant")
    w.click("Jonas", w.found("next closest", other), "None of these")

    def check() -> None:
        assert len(w.said(ts)) == 1
        assert "synced" in w.said(ts)[0]
        assert w.tickets() == 1
        assert sum("OPS-1" in words for words in w.said(other)) == 1

    return check


def filed(w: World) -> Check:
    """What nobody knows becomes a ticket, is completed, and is not needed any more."""
    ts = w.say("Maya", UNKNOWN)
    card = w.found("OPS-1", ts)
    w.open("Maya", lambda: w.slack.click("Maya", card, "Add details"))
    w.pick("Maya", "Something else")
    w.submit("Maya", {"Title": "Forms", "What do you need, and why?": "All twelve of them, before June."})
    details = w.jira.issues[0].fields["description"]
    w.say("Maya", "they are all on the old domain", thread=ts)
    w.click("Maya", card, "Not needed")

    def check() -> None:
        assert w.tickets() == 1
        assert "All twelve of them" in details
        assert w.comments("old domain") == 1
        assert w.jira.issues[0].is_done
        assert "is closed" in shown_text(w.slack.fresh(card))
        w.once(w.said(ts), "OPS-1|OPS-1> is closed")

    return check


def alive(w: World) -> Check:
    """Ops comments and closes in Jira; the asker hears it, by polling, and it did help."""
    ts = w.say("Maya", UNKNOWN)
    w.jira.say("OPS-1", "Priya", "Got the list; 14 rows without consent.")
    w.skip(61)
    w.jira.update("OPS-1", status="In Progress", assignee="Priya Raman")
    w.skip(61)
    w.jira.say("OPS-1", "Priya", "Twelve of 14 came over.")
    w.jira.update("OPS-1", status="Done")
    w.skip(61)
    done = w.found("Did that solve it?", ts)
    w.click("Maya", done, "Yes, thanks")

    def check() -> None:
        said = [words for words in w.said(ts) if "Last from ops" not in words]
        w.once(said, "14 rows without consent")
        w.once(said, "Twelve of 14 came over")
        w.once(said, "solved. Thanks for telling")
        assert w.tickets() == 1

    return check


def reopened(w: World) -> Check:
    """Jira's webhook tells of the end; it did not help, and goes back with the reason."""
    ts = w.say("Maya", UNKNOWN)
    w.jira.say("OPS-1", "Priya", "Done, I think.")
    w.jira.update("OPS-1", status="Done")
    w.hook("jira:issue_updated", "OPS-1")
    done = w.found("Did that solve it?", ts)
    w.open("Maya", lambda: w.slack.click("Maya", done, "Not yet"))
    w.submit("Maya", {"What is still missing?": "The thank-you pages."})

    def check() -> None:
        assert w.comments("thank-you pages") == 1
        assert not w.jira.issues[0].is_done
        w.once(w.said(ts), "It goes back to the ops team")
        w.once(w.read("#ops-triage"), "is back")

    return check


def decided(w: World) -> Check:
    """Ops takes a ticket, asks for details, changes its type and closes it, from its line in their channel."""
    w.jira.add_user("Priya Raman", "priya@example.com")
    w.jira.add_user("Jonas Weber", "jonas@example.com")
    ts = w.say("Maya", UNKNOWN)
    line = w.found("OPS-1", channel="#ops-triage")
    w.click("Priya", line, "Take it")
    w.open("Priya", lambda: w.slack.click("Priya", line, "Ask for details"))
    w.submit("Priya", {"What do you need from them?": "Which forms, please?"})
    w.say("Maya", "the ones on the pricing page", thread=ts)
    w.menu("Priya", line, "Reassign")
    w.submit("Priya", {"Who takes it?": JONAS})
    w.menu("Priya", line, "Change type")
    w.submit("Priya", {"What is it really?": "Something broken"})
    w.menu("Priya", line, "Close with a resolution")
    w.submit("Priya", {"How did it end?": "All forms are in HubSpot."})

    def check() -> None:
        (issue,) = w.jira.issues
        assert issue.is_done
        assert issue.assignee == "Jonas Weber"
        assert w.comments("Which forms, please?") == 1
        assert w.comments("pricing page") == 1
        assert w.comments("All forms are in HubSpot.") == 1
        w.once(w.said(ts), "needs something from you")
        w.once(w.said(ts), "Did that solve it?")

    return check


def declined(w: World) -> Check:
    """Ops declines kindly."""
    ts = w.say("Maya", UNKNOWN)
    line = w.found("OPS-1", channel="#ops-triage")
    w.menu("Priya", line, "Decline kindly")
    w.submit("Priya", {"Why not?": "We leave Pardot.", "What would help them instead?": "Ask the HubSpot team."})

    def check() -> None:
        w.once(w.said(ts), "Does that work for you?")
        assert w.jira.issues[0].is_done

    return check


def in_private(w: World) -> Check:
    """A question by command is answered in private, and shared; one in the DM is answered there; both forgotten."""
    tries = w.tried(lambda: w.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?"))
    answer = w.found("synced", seen_by="Maya")
    private = [m for m in w.slack.messages("#ask-mops") if m.ephemeral_for and "synced" in shown_text(m)]
    w.click("Maya", answer, "Share in channel")
    shared = [words for words in w.read("#ask-mops", "Jonas") if "Shared by" in words]
    ts = w.say("Maya", "where are my MQLs?", "dm")
    w.tried(lambda: w.slack.command("Maya", "#ask-mops", "/mops forget me"))

    def check() -> None:
        assert 1 <= len(private) <= tries + w.repeats, private
        assert len(shared) == 1
        w.once([shown_text(m) for m in w.slack.messages(w.slack.dm("Maya"), ts)], "synced")

    return check


def attached(w: World) -> Check:
    """A form in steps, with a file, checked before it goes out."""
    w.open("Maya", lambda: w.slack.command("Maya", "#campaigns", "/ticket"))
    w.pick("Maya", "Something broken")
    picture = w.slack.upload("Maya", "page.png", b"\x89PNG....", "image/png")
    w.fill("Maya", {**BROKEN, **SINCE, "Screenshot": [picture]})
    w.submit("Maya")

    def check() -> None:
        (issue,) = w.jira.issues
        assert [file.name for file in issue.files] == ["page.png"]
        assert "Nobody can ask us for a price." in issue.fields["description"]
        w.once(w.read(w.slack.dm("Maya")), "OPS-1")

    return check


def joined(w: World) -> Check:
    """Who asks for the same joins that ticket; both hear how it ends."""
    w.jira.add_user("Jonas Weber", "jonas@example.com")
    first = w.say("Maya", UNKNOWN)
    second = w.say("Jonas", SAME)
    w.click("Jonas", w.found("looks the same", second), "Join")
    w.skip(2_000)
    w.jira.say("OPS-1", "Priya", "All of them are there.")
    w.jira.update("OPS-1", status="Done")
    w.skip(61)

    def check() -> None:
        assert w.tickets() == 1
        assert w.comments("needs this too") == 1
        for thread in (first, second):
            w.once(w.said(thread), "Did that solve it?")

    return check


def filed_mine(w: World) -> Check:
    """Who asks for the same files an own ticket, and a third one never decides."""
    w.say("Maya", UNKNOWN)
    second = w.say("Jonas", SAME)
    w.click("Jonas", w.found("looks the same", second), "File mine")
    third = w.say("Noor", SAME)
    w.found("looks the same", third)
    w.skip(2_000)

    def check() -> None:
        assert w.tickets() == 3
        for thread in (second, third):
            assert sum("OPS-" in words and "Not needed" in words for words in w.said(thread)) == 1, w.said(thread)

    return check


def shortcuts(w: World) -> Check:
    """A colleague's message is asked, made a ticket of, and an answer looked behind."""
    ts = w.slack.say("Jonas", "#campaigns", "where are the mql reports?")
    w.do(lambda: w.slack.shortcut("Maya", ids.SHORTCUT_ASK, "#campaigns", ts))
    other = w.slack.say("Jonas", "#campaigns", "our brochure shop shows last year's brochures")
    w.open("Maya", lambda: w.slack.shortcut("Maya", ids.SHORTCUT_TICKET, "#campaigns", other))
    w.pick("Maya", "Something else")
    w.submit("Maya", {"Title": "Old brochures", "What do you need, and why?": "Please show this year's brochures."})
    answer = w.found("synced", ts, "#campaigns")
    w.tried(lambda: w.slack.shortcut("Priya", ids.SHORTCUT_WHY, "#campaigns", answer.ts))

    def check() -> None:
        assert len([m for m in w.slack.messages("#campaigns", ts) if "synced" in shown_text(m)]) <= 1 + w.repeats
        assert w.tickets() == 1
        assert any("numbers behind it" in words or "confidence" in words for words in w.read("#campaigns", "Priya"))

    return check


def at_home(w: World) -> Check:
    """A question from the App Home; a form left half-way is offered there again."""
    w.do(lambda: w.slack.open_home("Maya"))
    home = w.slack.home("Maya")
    assert home is not None
    w.open("Maya", lambda: w.slack.click("Maya", home, ids.HOME_ASK))
    w.submit("Maya", {"Your question": "where are my MQLs?"})
    w.open("Maya", lambda: w.slack.command("Maya", "#campaigns", "/ticket a new landing page"))
    w.pick("Maya", "Something else")
    modal = w.slack.modal("Maya")
    assert modal is not None
    w.do(lambda: w.slack.choose("Maya", modal, "What do you need, and why?", "A page for the launch."))
    w.do(lambda: w.slack.close_modal("Maya"))
    w.do(lambda: w.slack.open_home("Maya"))

    def check() -> None:
        w.once(w.read(w.slack.dm("Maya")), "synced")
        shown = w.slack.home("Maya")
        assert shown is not None
        assert "Continue" in buttons(shown)

    return check


def checked(w: World) -> Check:
    """A checklist is clicked through to its ticket."""
    w.faq(ENTRY)
    ts = w.say("Maya", "@MOPS Desk checklist for my leads?")
    w.click("Maya", w.found("Is the program synced", ts), "Yes")
    w.click("Maya", w.found("success status?", ts), "Yes")
    w.click("Maya", w.found("none of them", ts), "Open a ticket")

    def check() -> None:
        assert w.tickets() == 1
        assert w.jira.issues[0].fields["description"].count("Already checked") == 1
        w.once(w.said(ts), "Passed on to the ops team")

    return check


STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        answered,
        chosen,
        filed,
        alive,
        reopened,
        decided,
        declined,
        in_private,
        attached,
        joined,
        filed_mine,
        shortcuts,
        at_home,
        checked,
        curated,
        complained,
        watched,
        outlived,
        caught_up,
        broken,
        due,
        swapped,
        refused,
        shared,
        slack_away,
        waiting,
    )
}

WATCHING = frozenset({"watched", "outlived", "caught_up"})
"""Stories in which every loop of the desk runs; in the others those that only read and count do not."""
