"""Every write to Jira under every fault: nothing is repeated by itself, and repeating it makes it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from support_trackers import Jira, jira, new_ticket_for

from bot.demo.jira_standin_faults import Fault, denied, hang, reply_lost, reset, server_error, too_many
from bot.demo.jira_standin_state import StandInIssue
from escalation.domain import Assign, Attachment, Close, Label, Person, Reopen, Retype, Watch
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerUnavailable

PRIYA = Person("U1", "Priya Nair", "priya@example.com")
Write = Callable[[Jira, str], object]


@dataclass(frozen=True)
class Written:
    """A write, the call it ends in, and what there is of it afterwards, exactly once."""

    call: str
    write: Write
    once: Callable[[StandInIssue], bool]


WRITES = {
    "comment": Written(
        "comment", lambda j, key: j.tracker.comment(key, "Any news?", "c-1"), lambda i: len(i.comments) == 1
    ),
    "close, its comment": Written(
        "comment",
        lambda j, key: j.tracker.change(key, Close("Here."), "m-1"),
        lambda i: len(i.comments) == 1 and i.status == "Done",
    ),
    "close, its transition": Written(
        "transition",
        lambda j, key: j.tracker.change(key, Close("No.", declined=True), "m-1"),
        lambda i: len(i.comments) == 1 and i.status == "Won't Do",
    ),
    "reopen": Written(
        "transition",
        lambda j, key: j.tracker.change(key, Reopen("Not yet."), "m-1"),
        lambda i: len(i.comments) == 1 and i.status == "To Do",
    ),
    "withdraw": Written(
        "transition",
        lambda j, key: j.tracker.withdraw(key, "Not needed.", "w-1"),
        lambda i: len(i.comments) == 1 and i.is_done,
    ),
    "assign": Written(
        "assign", lambda j, key: j.tracker.change(key, Assign(PRIYA), "m-1"), lambda i: i.assignee == "Priya Nair"
    ),
    "retype": Written(
        "edit",
        lambda j, key: j.tracker.change(key, Retype("Bug"), "m-1"),
        lambda i: i.fields["issuetype"]["name"] == "Bug",
    ),
    "label": Written(
        "edit", lambda j, key: j.tracker.change(key, Label(add=("x",)), "m-1"), lambda i: i.labels.count("x") == 1
    ),
    "watch": Written(
        "watch", lambda j, key: j.tracker.change(key, Watch(PRIYA), "m-1"), lambda i: len(i.watchers) == 1
    ),
    "describe": Written(
        "edit",
        lambda j, key: j.tracker.describe(key, "More", ("needs-info",)),
        lambda i: i.fields["description"] == "More" and i.labels.count("needs-info") == 1,
    ),
    "attach": Written(
        "attach",
        lambda j, key: j.tracker.attach(key, Attachment("leads.csv", b"a,b")),
        lambda i: [one.content for one in i.files] == [b"a,b"],
    ),
}
UNCLEAR = {
    "reply lost": reply_lost(),
    "reset": reset(),
    "5xx after": server_error(502, after_commit=True),
    "5xx before": server_error(500),
}


@pytest.fixture(scope="module", params=["cloud", "server"])
def site(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with jira(cloud=request.param == "cloud") as made:
        made.standin.add_user("Priya Nair", "priya@example.com")
        yield made


@pytest.fixture(params=sorted(WRITES))
def written(request: pytest.FixtureRequest) -> Written:
    return WRITES[request.param]


def filed(site: Jira, written: Written) -> str:
    """A new ticket that the write has something to do to."""
    number = len(site.standin.issues)
    key = site.tracker.create(new_ticket_for(marker=f"mops-desk-{number:012x}")).key
    if written is WRITES["reopen"]:
        site.standin.update(key, status="Done")
    site.standin.calls.clear()
    return key


@pytest.mark.parametrize("fault", sorted(UNCLEAR))
def test_a_write_without_a_clear_answer_is_unknown_and_may_be_repeated(
    site: Jira, written: Written, fault: str
) -> None:
    key = filed(site, written)
    site.standin.faults.next(written.call, UNCLEAR[fault])
    with pytest.raises(OutcomeUnknown):
        written.write(site, key)
    assert site.standin.calls.count(written.call) == 1
    for _ in range(2):
        written.write(site, key)
    assert written.once(site.standin.state.find(key))


@pytest.mark.parametrize("written", ["attach", "close, its transition", "comment"], indirect=True)
def test_silence_after_a_write_is_unknown_too(site: Jira, written: Written) -> None:
    key = filed(site, written)
    site.standin.faults.next(written.call, hang(2, after_commit=True))
    with pytest.raises(OutcomeUnknown):
        written.write(site, key)
    written.write(site, key)
    assert written.once(site.standin.state.find(key))


@pytest.mark.parametrize(("said", "seconds"), [("7", 7.0), (None, None), ("in five minutes", 300.0)])
def test_too_many_requests_leave_everything_as_it_was(
    site: Jira, written: Written, said: str | None, seconds: float | None
) -> None:
    key = filed(site, written)
    if said == "in five minutes":
        said = format_datetime(datetime.now(UTC) + timedelta(minutes=5))
    site.standin.faults.next(written.call, too_many(said))
    with pytest.raises(TrackerUnavailable) as caught:
        written.write(site, key)
    assert caught.value.retry_after == (None if seconds is None else pytest.approx(seconds, abs=30))
    assert site.standin.calls.count(written.call) == 1
    written.write(site, key)
    assert written.once(site.standin.state.find(key))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_us_is_denied_and_mended_by_new_credentials(site: Jira, written: Written, status: int) -> None:
    key = filed(site, written)
    site.standin.faults.next(written.call, denied(status))
    if written is WRITES["watch"]:  # a permission of its own, and nothing worth stopping for
        written.write(site, key)
    else:
        with pytest.raises(TrackerDenied):
            written.write(site, key)
    written.write(site, key)
    assert written.once(site.standin.state.find(key))


@pytest.mark.parametrize("fault", [server_error(503), reset(), hang(3), too_many("5")])
@pytest.mark.parametrize("look", ["read", "changed_since"])
def test_a_look_that_fails_is_unavailable_never_unknown(site: Jira, look: str, fault: Fault) -> None:
    key = filed(site, WRITES["comment"])
    site.standin.faults.next("comments" if look == "read" else "search", fault)
    with pytest.raises(TrackerUnavailable):
        if look == "read":
            site.tracker.read(key)
        else:
            site.tracker.changed_since("OPS", datetime.now(UTC))
