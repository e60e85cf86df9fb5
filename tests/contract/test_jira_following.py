"""Following tickets in Jira: comments in its own markup, people, workflows, metadata, boards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from support_trackers import Jira, jira, new_ticket_for

from bot.demo.jira_standin_faults import denied, hang, odd_answer, server_error
from escalation.domain import Assign, Attachment, Close, Label, Person, Reopen, Retype, Watch, Workload
from escalation.errors import TrackerDenied, TrackerRejected
from escalation.jira_following import JiraReading
from escalation.jira_metadata import JiraMetadata

PRIYA = Person("U1", "Priya Nair", "priya@example.com")


@pytest.fixture(params=["cloud", "server"])
def running(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with jira(cloud=request.param == "cloud") as made:
        yield made


@pytest.fixture
def cloud() -> Iterator[Jira]:
    with jira() as made:
        yield made


def filed(running: Jira, marker: str = "mops-desk-0123456789ab") -> str:
    return running.tracker.create(new_ticket_for(marker=marker)).key


def heard(running: Jira, key: str) -> list[tuple[str, bool]]:
    view = running.tracker.read(key)
    assert view is not None
    return [(one.text, one.public) for one in view.comments]


@pytest.mark.parametrize("beginning", ["#reply ", "#reply: ", "#Reply\n", "  #REPLY - "])
def test_a_comment_is_for_the_asker_when_it_begins_with_reply(cloud: Jira, beginning: str) -> None:
    key = filed(cloud)
    cloud.standin.say(key, "Priya", f"{beginning}Got it.", public=False)
    assert heard(cloud, key) == [("Got it." if "-" not in beginning else "- Got it.", True)]


@pytest.mark.parametrize("text", ["We #reply later", "#replying soon", "reply: yes"])
def test_any_other_comment_stays_with_the_team(cloud: Jira, text: str) -> None:
    key = filed(cloud)
    cloud.standin.say(key, "Priya", text, public=False)
    assert heard(cloud, key) == [(text, False)]


def test_the_flag_that_plain_jira_always_sets_makes_nothing_public(cloud: Jira) -> None:
    key = filed(cloud)
    cloud.standin.say(key, "Priya", "Between us", public=False)
    assert cloud.standin.issues[0].comments[0]["jsdPublic"] is True
    assert heard(cloud, key) == [("Between us", False)]


def test_a_comment_for_one_group_only_is_never_public(cloud: Jira) -> None:
    key = filed(cloud)
    cloud.standin.say(key, "Priya", "For admins")
    cloud.standin.issues[0].comments[0]["visibility"] = {"type": "group", "value": "admins"}
    assert heard(cloud, key) == [("For admins", False)]


def test_a_service_desk_we_cannot_look_at_is_taken_for_plain_jira() -> None:
    with jira(service_desk=True) as running:
        key = filed(running)
        running.standin.say(key, "Priya", "Hello")
        running.standin.faults.next("project", denied(403))
        assert heard(running, key) == [("Hello", False)]
        assert heard(running, key) == [("Hello", True)]  # it is asked again


def test_markup_is_read_as_a_person_would(running: Jira) -> None:
    running.standin.add_user("Tom Berg", "tom@example.com")
    key = filed(running)
    typed = (
        "h3. Steps\r\n{noformat}a *b*{noformat} see [the list|https://x.example/l] or [https://y.example]\n"
        "{color:red}now{color} [~accountid:acc-tom] [~tom] [~nobody] !shot.png|thumbnail! \\[ok\\]"
    )
    running.standin.say(key, "Priya", typed, public=False)
    ((text, _),) = heard(running, key)
    tom = ("@Tom Berg @Somebody" if running.standin.state.cloud else "@Somebody @Tom Berg") + " @Somebody"
    assert text == (
        f"Steps\na *b* see the list (https://x.example/l) or https://y.example\nnow {tom} (image: shot.png) [ok]"
    )


def test_only_the_newest_hundred_comments_are_read(running: Jira) -> None:
    key = filed(running)
    for number in range(130):
        running.standin.say(key, "Priya", f"#reply {number}", public=False)
    assert [text for text, _ in heard(running, key)] == [str(number) for number in range(30, 130)]


def test_status_due_date_and_assignee_are_told_as_people_set_them(running: Jira) -> None:
    key = filed(running)
    running.standin.update(key, status="In Progress", assignee="Priya Nair", due=date(2027, 5, 14))
    ticket = running.tracker.get(key)
    assert ticket is not None
    assert (ticket.status, ticket.assignee, ticket.due, ticket.done) == (
        "In Progress",
        "Priya Nair",
        date(2027, 5, 14),
        False,
    )


def test_a_key_is_never_taken_for_a_path(running: Jira) -> None:
    filed(running)
    running.standin.calls.clear()
    for typed in ("OPS-1/comment?x=", "OPS-1#", "../myself", ""):
        assert running.tracker.get(typed) is None
        assert running.tracker.read(typed) is None
    assert running.standin.calls == []


def test_a_moved_ticket_is_followed_under_its_new_key(running: Jira) -> None:
    key = filed(running)
    running.standin.move(key, "WEB-7")
    view = running.tracker.read(key)
    assert view is not None
    assert view.ticket.key == "WEB-7"
    assert running.tracker.change(key, Label(add=("moved",)), "m-1").key == "WEB-7"


def test_changes_are_paged_through(running: Jira) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    basics = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "One of many"}
    keys = [running.standin.state.create({**basics, "labels": ["mops-desk"]}).key for _ in range(120)]
    assert sorted(running.tracker.changed_since("OPS", since)) == sorted(keys)
    assert running.standin.calls.count("search") == 2


@pytest.mark.parametrize("lag_seconds", [60, 600])
def test_a_change_the_index_does_not_know_yet_is_found_by_looking_back_far_enough(lag_seconds: int) -> None:
    now = [datetime(2026, 11, 23, 10, tzinfo=UTC)]
    with jira(clock=lambda: now[0]) as running:
        running.standin.lag_seconds = lag_seconds
        since = now[0]
        key = filed(running)
        now[0] += timedelta(seconds=lag_seconds - 1)
        assert running.tracker.changed_since("OPS", since) == ()
        now[0] += timedelta(seconds=2)
        assert running.tracker.changed_since("OPS", since) == (key,)


@pytest.mark.parametrize("people", [[], ["priya@example.com", "priya@example.com.au"]])
def test_a_ticket_is_never_given_to_a_guess(running: Jira, people: list[str]) -> None:
    for address in people:
        running.standin.add_user("Priya Nair", address, email_shown=False)
    key = filed(running)
    for person in (PRIYA, Person("U2", "Priya Nair")):
        with pytest.raises(TrackerRejected, match="no single account with Priya Nair's email"):
            running.tracker.change(key, Assign(person), "m-1")
    assert running.standin.issues[0].assignee is None


def test_watchers_are_added_once_and_never_guessed(running: Jira) -> None:
    running.standin.add_user("Priya Nair", "priya@example.com")
    key = filed(running)
    for person in (PRIYA, PRIYA, Person("U3", "Nobody", "nobody@example.com"), Person("U4", "No Mail")):
        running.tracker.change(key, Watch(person), "m-1")
    assert running.standin.issues[0].watchers in (["acc-priya"], ["priya"])


def test_not_being_allowed_to_add_watchers_stops_nothing(cloud: Jira) -> None:
    cloud.standin.add_user("Priya Nair", "priya@example.com")
    key = filed(cloud)
    cloud.standin.faults.next("watch", denied(403))
    assert cloud.tracker.change(key, Watch(PRIYA), "m-1").key == key


def test_a_marker_that_begins_like_another_is_another(running: Jira) -> None:
    key = filed(running)
    running.tracker.comment(key, "The twelfth", "mops-desk-0123456789ab-12")
    running.tracker.comment(key, "The first", "mops-desk-0123456789ab-1")
    assert sorted(text for text, _ in heard(running, key)) == ["The first", "The twelfth"]


def test_a_workflow_without_an_end_says_so_and_says_nothing_to_the_asker(running: Jira) -> None:
    key = filed(running)
    running.standin.close_way("Done")
    running.standin.close_way("Won't Do")
    with pytest.raises(TrackerRejected, match="Close it in Jira"):
        running.tracker.change(key, Close("Here it is."), "m-1")
    assert heard(running, key) == []


def test_the_only_end_there_is_serves_for_every_close(running: Jira) -> None:
    key = filed(running)
    running.standin.close_way("Won't Do")
    closed = running.tracker.change(key, Close("Not our tool.", declined=True), "m-1")
    assert (closed.status, closed.resolution) == ("Done", "Won't Do")


def test_a_workflow_without_a_way_back_says_so(running: Jira) -> None:
    key = filed(running)
    running.tracker.change(key, Close("Here it is."), "m-1")
    running.standin.close_way("To Do")
    assert running.tracker.change(key, Reopen("No"), "m-2").status == "In Progress"
    running.standin.close_way("In Progress")
    running.tracker.change(key, Close("Now."), "m-3")
    with pytest.raises(TrackerRejected, match="Reopen it in Jira"):
        running.tracker.change(key, Reopen("No"), "m-4")


def test_an_unknown_type_is_refused_with_those_there_are(running: Jira) -> None:
    key = filed(running)
    with pytest.raises(TrackerRejected, match="Task, Request, Bug"):
        running.tracker.change(key, Retype("Wish"), "m-1")


def test_labels_with_spaces_are_joined(cloud: Jira) -> None:
    key = filed(cloud)
    assert "paid-social" in cloud.tracker.change(key, Label(add=("paid social",)), "m-1").labels


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", ".._.._etc_passwd"), ("Übersicht 2027.csv", "Übersicht 2027.csv"), ("", "file")],
)
def test_a_file_keeps_its_content_and_a_harmless_name(running: Jira, name: str, kept: str) -> None:
    key = filed(running)
    for _ in range(2):
        running.tracker.attach(key, Attachment(name, b"\x00\xff\r\n--x\r\n", "text/csv"))
    (file,) = running.standin.issues[0].files
    assert (file.name, file.content, file.content_type) == (kept, b"\x00\xff\r\n--x\r\n", "text/csv")


def test_field_metadata_is_read_once_an_hour_and_again_after_a_refusal(running: Jira) -> None:
    running.standin.require("customfield_1", "Cost centre")
    asked = {"customfield_1": "EMEA"}
    for number in range(3):
        running.tracker.create(new_ticket_for(marker=f"mops-desk-{number:012x}", fields=asked))
    assert running.standin.calls.count("createmeta") == 2  # the types, and the fields of one
    running.standin.require("customfield_2", "Sponsor team")  # while we run
    with pytest.raises(TrackerRejected):
        running.tracker.create(new_ticket_for(fields=asked))
    assert [field.name for field in running.tracker.required_fields("OPS", "Task")] == ["Cost centre", "Sponsor team"]


def test_field_metadata_is_forgotten_after_an_hour(running: Jira) -> None:
    seconds = [0.0]
    metadata, site = JiraMetadata(clock=lambda: seconds[0]), running.tracker.site
    with site.connect() as calls:
        for passed in (0.0, 3599.0, 3600.0, 3601.0):
            seconds[0] = passed
            metadata.issue_types(calls, "OPS")
    assert running.standin.calls.count("createmeta") == 2


def test_a_private_request_gets_the_security_level_by_name(running: Jira) -> None:
    running.standin.offer_security_levels("Everyone", "Ops only")
    running.tracker.create(new_ticket_for(security="ops only"))
    assert running.standin.issues[0].fields["security"] == {"id": "101"}


def test_a_private_request_waits_rather_than_being_seen_by_all(running: Jira) -> None:
    running.standin.offer_security_levels("Everyone")
    with pytest.raises(TrackerRejected, match="JIRA_SECURITY_LEVEL"):
        running.tracker.create(new_ticket_for(security="Ops only"))
    assert running.standin.issues == []
    running.standin.offer_security_levels("Ops only")
    assert running.tracker.create(new_ticket_for(security="Ops only")).key == "OPS-1"


def test_check_names_every_field_nobody_could_be_asked_for(running: Jira) -> None:
    running.standin.require("customfield_1", "Cost centre")  # a text: the form asks for it
    assert "Task" in running.tracker.check("OPS", ["Task"])
    running.standin.require("customfield_8", "Approvals", "sd-approvals")
    running.standin.require("customfield_9", "Region", "option", ())
    with pytest.raises(TrackerRejected) as caught:
        running.tracker.check("OPS", ["Task", "Task"])
    assert str(caught.value).count("customfield_8") == str(caught.value).count("customfield_9") == 1
    assert "Cost centre" not in str(caught.value)


def test_check_names_a_type_of_issue_that_is_not_there(running: Jira) -> None:
    with pytest.raises(TrackerRejected, match="no issue type Wish"):
        running.tracker.check("OPS", ["Task", "Wish"])


def test_the_workload_knows_when_the_sprint_ends(running: Jira) -> None:
    filed(running)
    running.standin.start_sprint(datetime(2027, 5, 14, 12, tzinfo=UTC))
    assert running.tracker.workload("OPS") == Workload(1, None, date(2027, 5, 14))


@pytest.mark.parametrize("fault", [denied(403), denied(404), odd_answer(400, "{}"), server_error(503)])
@pytest.mark.parametrize("call", ["boards", "sprints"])
def test_no_boards_no_sprints_and_no_answer_leave_the_rest_of_the_workload(
    running: Jira, call: str, fault: object
) -> None:
    filed(running)
    running.standin.start_sprint(datetime(2027, 5, 14, tzinfo=UTC))
    running.standin.faults.next(call, fault)  # type: ignore[arg-type]
    assert running.tracker.workload("OPS") == Workload(ahead=1)


def test_a_workload_is_not_waited_for_twice(cloud: Jira) -> None:
    cloud.standin.faults.next("count", hang(3))
    assert cloud.tracker.workload("OPS") == Workload()
    assert cloud.standin.calls.count("count") == 1


@pytest.mark.parametrize("fault", [denied(403), denied(401), odd_answer(200, "[]"), server_error(500)])
def test_a_workload_that_cannot_be_counted_is_no_error(running: Jira, fault: object) -> None:
    running.standin.faults.next("count" if running.standin.state.cloud else "search", fault, fault)  # type: ignore[arg-type]
    assert running.tracker.workload("OPS") == Workload()


def test_a_forbidden_comment_is_denied(cloud: Jira) -> None:
    key = filed(cloud)
    cloud.standin.faults.next("comment", denied(403))
    with pytest.raises(TrackerDenied):
        cloud.tracker.change(key, Close("Here it is."), "m-1")


class Capped:
    """A Jira that orders comments by age, whatever it is asked for, and gives 50 at most."""

    def __init__(self, total: int) -> None:
        self._all = [{"body": str(n), "created": f"2026-11-01T{n // 60:02}:{n % 60:02}"} for n in range(total)]

    def get(self, _path: str, params: dict[str, int]) -> dict[str, object]:
        start = params.get("startAt", 0)
        assert start >= 0
        return {"total": len(self._all), "comments": self._all[start : start + 50]}


@pytest.mark.parametrize("total", [0, 1, 49, 50, 60, 100, 130])
def test_a_jira_that_gives_fewer_comments_than_asked_is_still_read_from_its_end(cloud: Jira, total: int) -> None:
    reading = JiraReading(cloud.tracker.site, JiraMetadata(), lambda: datetime.now(UTC))
    found = reading.newest_comments(Capped(total), "MOPS-1")  # type: ignore[arg-type]
    assert {one["body"] for one in found} == {str(number) for number in range(max(0, total - 50), total)}
