"""Whatever a button or form says: who may decide about the FAQ is looked up when they press."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support_faq import MQL, UTM, Faq, faq_room

from bot.demo.slack_interactions import Outcome
from bot.demo.slack_larkfield import ASK_MOPS, MAYA, NOOR, PRIYA
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import Message, UserGroup
from bot.slack import ids
from knowledge.domain import Audience, Level
from knowledge.entry_store import EntryStore
from knowledge.proposals import ProposalStore

SECRET = replace(
    UTM,
    id="faq-secret",
    question="What is the launch budget?",
    answer="Ten.",
    audience=Audience(Level.GROUP, frozenset({"S0NOBODY"})),
)


@pytest.fixture
def faq(tmp_path: Path) -> Iterator[Faq]:
    with faq_room(tmp_path, UTM, MQL, SECRET, curators=frozenset({PRIYA, "S0CURATORS"})) as faq:
        faq.slack.workspace.put_group(UserGroup("S0CURATORS", "mops-curators", (NOOR,)))
        yield faq


def pressed(faq: Faq, user: str, action: str, value: str) -> Outcome:
    """A button with any value, as somebody could forge it: Slack delivers it signed all the same."""
    button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}, "value": value}
    block = {"type": "actions", "block_id": "b", "elements": [button]}
    workspace = faq.slack.workspace
    message = workspace.put(Message(ASK_MOPS, workspace.stamp(), workspace.team.bot_user, "x", blocks=(block,)))
    action_sent = {"type": "button", "action_id": action, "block_id": "b", "value": value}
    return faq.slack.interactions.act_on_message(faq.slack.person(user), message, action_sent)


def proposed(faq: Faq) -> int:
    """A proposal of Priya's."""
    faq.edit("Priya", "/faq edit faq-utm", answer="Priya's words.")
    faq.slack.close_modal("Priya")
    return faq.proposals()[-1].id


CURATORS_ONLY = (
    ids.FAQ_MERGE,
    ids.FAQ_LINK,
    ids.FAQ_REBASE,
    ids.FAQ_DROP,
    ids.FAQ_SUBMIT,
    ids.FAQ_EDIT_PROPOSAL,
    ids.FAQ_FOUND,
)


def test_buttons_of_somebody_elses_proposal_change_nothing(faq: Faq) -> None:
    number = proposed(faq)
    before = faq.proposals()
    for action in CURATORS_ONLY:
        assert pressed(faq, "Maya", action, f"{number}:0").ok
        assert faq.slack.modal("Maya") is None
    assert faq.proposals() == before
    told = [shown_text(m) for m in faq.slack.messages("#ask-mops", seen_by="Maya") if m.ephemeral_for == MAYA]
    assert all("somebody else's" in text for text in told)
    assert len(told) == len(CURATORS_ONLY)


OTHERS = (ids.FAQ_EDIT, ids.FAQ_SHOW, ids.FAQ_ARCHIVE, ids.FAQ_WRONG, ids.FAQ_ACCEPT, ids.DRAFT_ENTRY, ids.FAQ_IMPORT)


def test_values_that_are_not_ours_are_answered_politely(faq: Faq) -> None:
    for action in (*CURATORS_ONLY, *OTHERS):
        for value in ("", "x", "999999999999", "1:99"):
            assert pressed(faq, "Priya", action, value).ok, (action, value)
    assert faq.proposals() == ()


def test_a_forged_form_is_checked_again(faq: Faq) -> None:
    number = proposed(faq)
    faq.command("Maya", "/faq add something else?")
    view = faq.slack.modal("Maya")
    assert view is not None
    forged = replace(view, content={**view.content, "private_metadata": json.dumps({"proposal": number})})
    faq.slack.workspace.put_view(MAYA, forged)
    assert faq.slack.submit("Maya", {"answer": "Mine now."}).ok
    with faq.room.database.read() as session:
        kept = ProposalStore(session).get(number)
    assert kept is not None and kept.entry.answer == "Priya's words."
    assert [(one.author, one.entry.answer) for one in faq.proposals()[1:]] == [(MAYA, "Mine now.")]  # nothing is lost


FORMS = (ids.VIEW_FAQ_FOUND, ids.VIEW_FAQ_REVIEW, ids.VIEW_FAQ_ARCHIVE, ids.VIEW_FAQ_WRONG)


@pytest.mark.parametrize("view", FORMS)
def test_forged_forms_of_curators_decide_nothing(faq: Faq, view: str) -> None:
    assert proposed(faq) == 1
    for about in ('{"entry": "faq-utm", "proposal": 1, "question": 1}', "{}", "nonsense", ""):
        faq.command("Maya", "/faq add something else?")
        open_one = faq.slack.modal("Maya")
        assert open_one is not None
        content = {**open_one.content, "callback_id": view, "private_metadata": about}
        faq.slack.workspace.put_view(MAYA, replace(open_one, content=content))
        faq.slack.submit("Maya", {"answer": "x"})
    with faq.room.database.read() as session:
        assert len(EntryStore(session).history("faq-utm")) == 1


def test_a_member_of_the_curators_group_decides_and_nobody_else(faq: Faq) -> None:
    faq.edit("Noor", "/faq edit faq-utm", answer="From the group.")
    assert faq.slack.submit("Noor").ok
    assert faq.entries()["faq-utm"].answer == "From the group."
    faq.slack.workspace.put_group(UserGroup("S0CURATORS", "mops-curators", ()))
    faq.room.clock.skip(301)
    assert "Only curators" in faq.command("Noor", "/faq archive faq-utm")


def test_what_is_kept_for_a_group_is_found_by_nobody_else(faq: Faq) -> None:
    assert "budget" not in faq.command("Maya", "/faq list")
    assert "Nothing in the FAQ" in faq.command("Maya", "/faq search budget")
    assert "no entry" in faq.command("Maya", "/faq edit faq-secret")
    assert pressed(faq, "Maya", ids.FAQ_SHOW, "faq-secret").ok
    assert faq.slack.modal("Maya") is None


def test_a_press_repeated_by_slack_publishes_once(faq: Faq) -> None:
    faq.edit("Priya", "/faq edit faq-utm", answer="Once.")
    view = faq.slack.modal("Priya")
    assert view is not None
    assert faq.slack.interactions.submit(PRIYA, view, {}).ok
    faq.slack.workspace.set_modals(PRIYA, [view])
    assert faq.slack.interactions.submit(PRIYA, view, {}).ok
    assert "decided or removed" in faq.form("Priya") or "published or dropped" in faq.form("Priya")
    assert len(faq.history("faq-utm")) == 2
