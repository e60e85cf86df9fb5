"""Who reads along decides what is said: when a question comes, when its answer is sent, and at every button after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.audiences import Audiences
from bot.clock import now_utc
from bot.demo.slack_larkfield import ASK_MOPS, DESK, MAYA, PRIYA, larkfield
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Channel, User, UserGroup, Workspace
from bot.people import Directory
from bot.slack.client import SlackClient
from bot.testing import entry_hit, verdict
from knowledge.domain import Audience, Band, Hit, Level, Verdict

OPS, PRIVATE, SEVERAL = "S0OPS", "C0PRIVATE", "G0SEVERAL"
CANARY = "canary"
HERE_NO_MORE = "not everyone here may read it"


def kept(number: int, title: str, audience: Audience) -> Hit:
    """A hit whose title and text are for some."""
    return replace(entry_hit(number, f"{title} {CANARY}", f"The text is {CANARY}-{number}."), audience=audience)


FOR_ALL = replace(entry_hit(1, "How do I get help?", "Ask in the channel."), audience=Audience())
FOR_TEAM = kept(2, "What is our budget?", Audience.internal())
FOR_OPS = kept(3, "Where is the admin key?", Audience(Level.GROUP, frozenset({OPS})))
FOR_PRIVATE = kept(4, "When is the launch?", Audience(Level.CHANNEL, channels=frozenset({PRIVATE})))
HITS = (FOR_TEAM, FOR_OPS, FOR_PRIVATE, FOR_ALL)
SCRIPT = {
    "help": verdict(Band.ANSWER, (FOR_ALL, *HITS)),
    "admin": verdict(Band.ANSWER, (FOR_OPS, FOR_ALL)),
    "launch": verdict(Band.ANSWER, (FOR_PRIVATE, FOR_ALL)),
    "which": verdict(Band.SUGGEST, HITS),
}


def office() -> Workspace:
    """Larkfield with a group of ops people, a private channel, a DM of three, a guest and a stranger."""
    workspace = larkfield()
    workspace.add_user(User("U0GUEST", "gil", "Gil Guest", "999999", guest=True))
    workspace.add_user(User("U0SINGLE", "sia", "Sia Single", "999999", single_channel=True))
    workspace.add_user(User("U0KIM", "kim", "Kim Other", "999999", stranger=True, team_id="T0OTHER"))
    workspace.put_group(UserGroup(OPS, "ops", (PRIYA, "U0NOOR", "U0GUEST")))
    workspace.put_channel(Channel(PRIVATE, "launch-room", "private", (MAYA, PRIYA, DESK)))
    workspace.put_channel(Channel(SEVERAL, "mpdm-1", "mpim", (PRIYA, "U0NOOR", DESK)))
    return workspace


Meanwhile = list[Callable[[], None]]
"""What happens while the desk thinks about the budget."""


@pytest.fixture
def meanwhile() -> Meanwhile:
    return []


@pytest.fixture
def room(tmp_path: Path, meanwhile: Meanwhile) -> Iterator[Room]:
    def budget() -> Verdict:
        for happens in meanwhile:
            happens()
        meanwhile.clear()
        return verdict(Band.ANSWER, HITS)

    with running_desk(tmp_path, workspace=office(), script={**SCRIPT, "budget": budget}) as found:
        yield found
        found.assert_clean()


def shares(room: Room) -> None:
    """#ask-mops is shared with another company from now on."""
    channel = room.slack.workspace.channels[ASK_MOPS]
    room.slack.workspace.put_channel(replace(channel, ext_shared=True, members=(*channel.members, "U0KIM")))


def offers(room: Room) -> None:
    """Another company is invited to #ask-mops."""
    room.slack.workspace.put_channel(replace(room.slack.workspace.channels[ASK_MOPS], offered_to=("T0OTHER",)))


def joins(person: str) -> Callable[[Room], None]:
    """Somebody joins #ask-mops."""

    def join(room: Room) -> None:
        channel = room.slack.workspace.channels[ASK_MOPS]
        room.slack.workspace.put_channel(replace(channel, members=(*channel.members, person)))

    return join


CHANGES = (shares, offers, joins("U0GUEST"), joins("U0SINGLE"))


def said_in(room: Room, channel: str = "#ask-mops", after: str = "") -> str:
    """Everything the desk has said there that stands now, whoever it was for."""
    messages = room.slack.workspace.messages(room.slack.place(channel))
    return "\n".join(f"{m.text} {m.blocks}" for m in messages if m.user == DESK and m.ts > after)


def told_alone(room: Room) -> int:
    """How often Maya was told the budget in her DM."""
    return said_in(room, room.slack.dm("Maya")).count(f"{CANARY}-2")


def test_a_channel_that_changes_between_question_and_answer_gets_nothing_internal(
    room: Room, meanwhile: Meanwhile
) -> None:
    before = room.slack.workspace.channels[ASK_MOPS]
    for number, change in enumerate(CHANGES, 1):
        room.slack.workspace.put_channel(before)
        room.clock.skip(400)  # what Slack said of the channel is believed for five minutes
        meanwhile.append(partial(change, room))
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
        room.slack.wait_for_message("#ask-mops", HERE_NO_MORE, thread=ts)
        budget_dms = 2 * number  # text and blocks of each
        room.slack.wait_for(lambda n=budget_dms: told_alone(room) >= n)  # Slack may ask to slow down first
        room.settle()
        assert told_alone(room) == budget_dms
    assert CANARY not in said_in(room)


def test_suggestions_shown_before_a_change_open_for_their_reader_alone(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk which one?")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    before = room.slack.workspace.channels[ASK_MOPS]
    for change in CHANGES:
        room.clock.skip(400)
        room.slack.workspace.put_channel(before)
        change(room)
        stamp = room.slack.workspace.stamp()
        room.slack.click("Maya", offered, buttons(offered)[0])
        room.slack.wait_for(lambda stamp=stamp: f"{CANARY}-2" in said_in(room, after=stamp))
        assert f"{CANARY}-2" not in str(room.slack.messages("#ask-mops", seen_by="Jonas"))
    room.settle()
    assert room.slack.fresh(offered) == offered


def test_a_click_while_the_channel_changes_puts_nothing_into_it(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk which one?")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    shares(room)  # what Slack said before is still believed when the button is handled; at the last look it is not
    room.slack.click("Maya", offered, buttons(offered)[0])
    room.slack.wait_for(lambda: HERE_NO_MORE in said_in(room))
    assert f"{CANARY}-2" in shown_text(room.slack.wait_for_message(room.slack.dm("Maya"), CANARY))
    assert CANARY not in said_in(room)


def test_in_a_shared_channel_an_internal_answer_goes_to_its_asker_alone(room: Room) -> None:
    shares(room)
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", HERE_NO_MORE, thread=ts)
    answer = room.slack.wait_for_message(room.slack.dm("Maya"), f"{CANARY}-2")
    assert "You asked “what is our budget?”" in shown_text(answer)
    room.settle()
    assert CANARY not in said_in(room)
    assert room.tickets() == []


def test_a_stranger_gets_what_is_public_and_otherwise_people(room: Room) -> None:
    shares(room)
    ts = room.slack.say("Kim", "#ask-mops", "@MOPS Desk how do I get help?")
    room.slack.wait_for_message("#ask-mops", "Ask in the channel", thread=ts)
    room.slack.say("Kim", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", "MOPS-1")
    room.settle()
    assert CANARY not in said_in(room)
    assert CANARY not in str(room.requests()[0])


def test_a_guest_who_asks_alone_gets_what_is_public(room: Room) -> None:
    for person in ("Gil", "Sia"):
        for words in ("what is our budget?", "how do I get help?"):
            room.slack.say(person, "dm", words)
    room.live_through(5, 1.1)
    for person in ("Gil", "Sia"):
        said = said_in(room, room.slack.dm(person))
        assert "Ask in the channel" in said
        assert CANARY not in said


def test_a_text_for_a_group_or_a_channel_is_shown_where_all_readers_are_in_it(room: Room) -> None:
    for person, channel, about, there, alone in (
        ("Priya", "dm", "admin", True, True),
        ("Maya", "dm", "admin", False, False),
        ("Priya", SEVERAL, "admin", True, False),
        ("Priya", PRIVATE, "admin", False, True),  # Maya reads along
        ("Priya", "#ask-mops", "admin", False, True),  # any colleague may open it
        ("Maya", "#ask-mops", "admin", False, False),
        ("Maya", PRIVATE, "launch", True, False),
        ("Maya", "dm", "launch", True, True),
        ("Jonas", "dm", "launch", False, False),
        ("Maya", "#ask-mops", "launch", False, True),
    ):
        own, stamp = room.slack.dm(person), room.slack.workspace.stamp()
        room.slack.say(person, channel, f"{'' if channel == 'dm' else '@MOPS Desk '}where is the {about} thing?")
        room.live_through(1.1, 1.1)
        places = (own if channel == "dm" else channel, own)
        assert [CANARY in said_in(room, place, stamp) for place in places] == [there, alone], (person, channel, about)


def test_somebody_who_left_the_group_meanwhile_reads_nothing_of_it(room: Room) -> None:
    room.slack.say("Priya", "dm", "which one?")
    dm = room.slack.dm("Priya")
    offered = room.slack.wait_for_message(dm, "Which one is it?")
    room.slack.workspace.put_group(UserGroup(OPS, "ops", ("U0NOOR",)))
    room.slack.click("Priya", offered, f"Where is the admin key? {CANARY}")
    room.slack.wait_for(lambda: "you are not in it" in said_in(room, dm))
    assert f"{CANARY}-3" not in said_in(room, dm)


def test_a_group_slack_cannot_tell_about_has_no_members(room: Room) -> None:
    room.slack.workspace.put_group(UserGroup(OPS, "ops", (PRIYA,), disabled=True))
    room.slack.say("Priya", "dm", "where is the admin key?")
    room.settle()
    assert CANARY not in said_in(room, room.slack.dm("Priya"))


def test_withdrawn_text_does_not_come_back_by_an_old_button(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk which one?")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    room.knowledge.withdrawn.add(FOR_TEAM.id)
    room.slack.click("Maya", offered, buttons(offered)[0])
    room.slack.wait_for_message("#ask-mops", "has been withdrawn", seen_by="Maya")
    room.settle()
    assert f"{CANARY}-2" not in said_in(room)


def test_further_hits_are_those_that_may_be_read_now(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk how do I get help?")
    answer = room.slack.wait_for_message("#ask-mops", "Ask in the channel", thread=ts)
    room.clock.skip(400)
    shares(room)
    room.slack.click("Maya", answer, "Not what I meant")
    room.settle()
    assert CANARY not in said_in(room)


def test_a_post_waits_while_slack_does_not_say_who_reads(room: Room, meanwhile: Meanwhile) -> None:
    meanwhile.append(lambda: room.slack.faults.fail("conversations.info", times=2))
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for(lambda: [call for call in room.slack.calls if call.status == 500])
    room.settle()
    assert CANARY not in said_in(room)
    room.clock.skip(30)
    room.slack.wait_for_message("#ask-mops", f"{CANARY}-2", thread=ts)


@pytest.mark.parametrize("look", ["conversations.info", "conversations.members", "users.info"])
def test_one_lost_answer_about_who_reads_keeps_nothing_from_colleagues(room: Room, look: str) -> None:
    room.slack.faults.drop_before(look)
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", CANARY, thread=ts)


def test_what_an_answer_costs_in_calls_of_slack(room: Room) -> None:
    for _ in range(3):
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
        room.settle()
        room.clock.skip(2)
    made = [call.method for call in room.slack.calls]
    looks = ("conversations.info", "conversations.members", "users.info", "usergroups.users.list")
    assert [made.count(method) for method in looks] == [4, 4, 5, 0]  # once, and once before each post


def test_a_large_channel_is_looked_through_page_by_page(tmp_path: Path) -> None:
    workspace = office()
    crowd = [workspace.add_user(User(f"U1{n:04}", f"p{n}", f"Person {n}", "999999")).id for n in range(1_100)]
    workspace.put_channel(Channel("C0LARGE", "large", "channel", (*crowd, DESK)))
    with SlackStandIn(workspace) as slack:
        client = SlackClient(slack.bot_token, slack.api_url)
        audiences = Audiences(Directory(client, now_utc, workspace.team.id))
        assert audiences.of_channel("C0LARGE") == Audience.internal()
        made = [call.method for call in slack.calls]
        assert made == ["conversations.info", *["conversations.members"] * 2, *["users.list"] * 2]
        assert slack.rejections == []
