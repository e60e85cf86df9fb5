"""What only Jira can do to us: lost answers, odd answers, field metadata, people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from support_trackers import TIMEOUT, Jira, jira, new_ticket_for

from bot.demo.jira_standin_faults import Fault, denied, hang, odd_answer, reply_lost, reset, server_error, too_many
from escalation.domain import FieldType
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.filing import Filed, Filing, FilingMemo, RetryAt
from escalation.jira_tracker import JiraTracker


@pytest.fixture(params=["cloud", "server"])
def running(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with jira(cloud=request.param == "cloud") as made:
        yield made


@pytest.fixture
def cloud() -> Iterator[Jira]:
    with jira() as made:
        yield made


@pytest.mark.parametrize(
    "fault", [reply_lost(), reset(), server_error(500), server_error(503, after_commit=True), hang(3)]
)
def test_a_create_without_a_clear_answer_is_unknown_and_sent_once(cloud: Jira, fault: Fault) -> None:
    cloud.standin.faults.next("create", fault)
    with pytest.raises(OutcomeUnknown):
        cloud.tracker.create(new_ticket_for())
    assert cloud.standin.calls.count("create") == 1
    assert len(cloud.standin.issues) == int(fault.after_commit)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), (None, None), ("soon", None), ("in five minutes", 300.0)],
)
def test_too_many_requests_says_when_to_come_back(cloud: Jira, said: str | None, seconds: float | None) -> None:
    if said == "in five minutes":  # as an HTTP date, made here: the suite may have run for longer than that
        said = format_datetime(datetime.now(UTC) + timedelta(minutes=5))
    cloud.standin.faults.next("create", too_many(said))
    with pytest.raises(TrackerUnavailable) as caught:
        cloud.tracker.create(new_ticket_for())
    assert caught.value.retry_after == (None if seconds is None else pytest.approx(seconds, abs=30))
    assert cloud.standin.calls.count("create") == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_us_is_denied(cloud: Jira, status: int) -> None:
    cloud.standin.faults.next("create", denied(status))
    with pytest.raises(TrackerDenied, match="Check"):
        cloud.tracker.create(new_ticket_for())


def test_wrong_credentials_are_denied_without_naming_the_token(running: Jira) -> None:
    stranger = JiraTracker(running.url, "wrong-token", "desk@example.com", timeout=TIMEOUT)
    with pytest.raises(TrackerDenied) as caught:
        stranger.create(new_ticket_for())
    assert "wrong-token" not in str(caught.value)


def test_no_connection_is_a_definite_failure() -> None:
    with pytest.raises(TrackerUnavailable, match="cannot be reached"):
        JiraTracker("http://127.0.0.1:9", "token", timeout=TIMEOUT).create(new_ticket_for())


def test_an_unknown_host_is_a_definite_failure() -> None:
    with pytest.raises(TrackerUnavailable, match="cannot be reached"):
        JiraTracker("http://jira.invalid", "token", timeout=TIMEOUT).create(new_ticket_for())


@pytest.mark.parametrize("url", ["jira", "ftp://jira", "http://", "http://[oops"])
def test_a_malformed_address_is_denied_with_a_hint(url: str) -> None:
    with pytest.raises((TrackerDenied, TrackerUnavailable), match="JIRA_URL"):
        JiraTracker(url, "token", timeout=TIMEOUT).create(new_ticket_for())


def test_a_token_that_cannot_be_a_header_is_denied_with_a_hint(cloud: Jira) -> None:
    for token in ("tok\nen", "tök€n"):
        with pytest.raises(TrackerDenied, match="JIRA_API_TOKEN"):
            JiraTracker(cloud.url, token, "desk@example.com", timeout=TIMEOUT).create(new_ticket_for())


def test_a_wrong_address_that_answers_with_a_page_is_denied(cloud: Jira) -> None:
    with pytest.raises(TrackerDenied, match="JIRA_URL"):
        JiraTracker(f"{cloud.url}/elsewhere", "t", timeout=TIMEOUT).create(new_ticket_for())


def test_a_redirect_is_denied_rather_than_followed(cloud: Jira) -> None:
    cloud.standin.faults.next("create", odd_answer(302, "", Location="https://login.example/?secret=1"))
    with pytest.raises(TrackerDenied, match="login.example") as caught:
        cloud.tracker.create(new_ticket_for())
    assert "secret" not in str(caught.value)


def test_a_login_page_instead_of_a_result_leaves_a_create_unknown(cloud: Jira) -> None:
    cloud.standin.faults.next("create", odd_answer(200, "<html>Log in</html>"))
    with pytest.raises(OutcomeUnknown):
        cloud.tracker.create(new_ticket_for())


@pytest.mark.parametrize("body", ["null", "[]", '"no"', '{"errorMessages": null, "errors": null}', '{"errors": [1]}'])
def test_odd_error_bodies_are_survived(cloud: Jira, body: str) -> None:
    cloud.standin.faults.next("create", odd_answer(400, body))
    with pytest.raises(TrackerRejected):
        cloud.tracker.create(new_ticket_for())


def test_a_read_that_fails_is_unavailable_not_unknown(cloud: Jira) -> None:
    cloud.standin.faults.next("search", reset(), server_error(502), too_many("3"))
    for _ in range(3):
        with pytest.raises(TrackerUnavailable):
            cloud.tracker.find_by_marker("mops-desk-1")


def test_a_created_ticket_is_reported_even_when_reading_it_back_fails(cloud: Jira) -> None:
    cloud.standin.faults.next("get", server_error(500))
    ticket = cloud.tracker.create(new_ticket_for(summary="Kept"))
    assert (ticket.key, ticket.summary, ticket.url) == ("OPS-1", "Kept", f"{cloud.url}/browse/OPS-1")


def test_jiras_field_errors_keep_their_field_names(running: Jira) -> None:
    running.standin.require("customfield_10077", "Cost centre")
    with pytest.raises(TrackerRejected) as caught:
        running.tracker.create(new_ticket_for())
    assert caught.value.field_errors == {"customfield_10077": "Cost centre is required."}


def test_required_fields_come_with_type_and_choices(running: Jira) -> None:
    running.standin.require("customfield_1", "Cost centre", "option", ("EMEA", "AMER"))
    running.standin.require("customfield_2", "Seats", "number")
    running.standin.require("customfield_3", "Regions", "array", ("dach", "uki"))
    running.standin.require("customfield_4", "Sponsor", "user")
    found = running.tracker.required_fields("OPS", "request")
    assert [(f.name, f.type, f.options) for f in found] == [
        ("Cost centre", FieldType.SELECT, ("EMEA", "AMER")),
        ("Seats", FieldType.NUMBER, ()),
        ("Regions", FieldType.MULTI_SELECT, ("dach", "uki")),
        ("Sponsor (work email)", FieldType.TEXT, ()),
    ]


def test_extra_fields_are_sent_in_jiras_own_shapes(running: Jira) -> None:
    running.standin.require("customfield_1", "Cost centre", "option", ("EMEA", "AMER"))
    running.standin.require("customfield_2", "Seats", "number")
    running.standin.require("customfield_3", "Regions", "array", ("dach", "uki"))
    running.standin.require("customfield_4", "Sponsor", "user")
    running.standin.add_user("Ann Lee", "ann@example.com")
    extra = {
        "customfield_1": "EMEA",
        "customfield_2": "12",
        "customfield_3": ("dach", "uki"),
        "customfield_4": "ann@example.com",
        "customfield_9": "a field taken off the screen meanwhile",
    }
    running.tracker.create(new_ticket_for(fields=extra))
    sent = running.standin.issues[0].fields
    assert (sent["customfield_1"], sent["customfield_2"]) == ({"value": "EMEA"}, 12.0)
    assert sent["customfield_3"] == [{"value": "dach"}, {"value": "uki"}]
    assert sent["customfield_4"] in ({"accountId": "acc-ann"}, {"name": "ann"})


def test_an_extra_field_that_does_not_fit_is_refused_under_its_name(cloud: Jira) -> None:
    cloud.standin.require("customfield_2", "Seats", "number")
    with pytest.raises(TrackerRejected) as caught:
        cloud.tracker.create(new_ticket_for(fields={"customfield_2": "many"}))
    assert "customfield_2" in caught.value.field_errors
    assert cloud.standin.issues == []


def test_exactly_one_person_with_the_address_becomes_the_reporter(running: Jira) -> None:
    running.standin.add_user("Ann Lee", "ann@example.com")
    running.standin.add_user("Ann Lee-Roy", "ann@example.com.au")
    running.tracker.create(new_ticket_for(reporter_email="Ann@example.com"))
    assert running.standin.issues[0].fields["reporter"] in ({"accountId": "acc-ann"}, {"name": "ann"})


@pytest.mark.parametrize("addresses", [[], ["ann@example.com", "ann@example.com.au"]])
def test_none_or_several_people_leave_the_reporter_open(running: Jira, addresses: list[str]) -> None:
    for address in addresses:
        running.standin.add_user("Ann", address, email_shown=False)
    running.tracker.create(new_ticket_for(reporter_email="ann@example.com"))
    assert "reporter" not in running.standin.issues[0].fields


def test_a_reporter_field_off_the_screen_does_not_stop_the_ticket(cloud: Jira) -> None:
    cloud.standin.add_user("Ann Lee", "ann@example.com")
    cloud.standin.take_off_screen("reporter")
    assert cloud.tracker.create(new_ticket_for(reporter_email="ann@example.com")).key == "OPS-1"
    assert len(cloud.standin.issues) == 1


def test_not_being_allowed_to_look_people_up_does_not_stop_the_ticket(cloud: Jira) -> None:
    cloud.standin.faults.next("users", denied(403))
    assert cloud.tracker.create(new_ticket_for(reporter_email="ann@example.com")).key == "OPS-1"


def test_a_search_does_not_see_what_the_index_does_not_know_yet() -> None:
    now = [datetime(2026, 11, 21, 10, tzinfo=UTC)]
    with jira(clock=lambda: now[0]) as running:
        running.standin.lag_seconds = 60
        running.tracker.create(new_ticket_for(marker="mops-desk-1"))
        assert running.tracker.find_by_marker("mops-desk-1") is None
        now[0] += timedelta(seconds=61)
        assert running.tracker.find_by_marker("mops-desk-1") is not None


def test_a_comment_is_added_once_and_its_markup_is_dead(running: Jira) -> None:
    key = running.tracker.create(new_ticket_for()).key
    for _ in range(2):
        running.tracker.comment(key, "{noformat}[~admin] !x.png! {html}", "c-17")
    bodies = [comment["body"] for comment in running.standin.issues[0].comments]
    assert len(bodies) == 1
    assert bodies[0].lower().count("{noformat}") == 2
    assert running.standin.issues[0].comments[0]["properties"][0]["value"] == {"internal": True}


def test_a_comment_whose_answer_was_lost_is_not_doubled(cloud: Jira) -> None:
    key = cloud.tracker.create(new_ticket_for()).key
    cloud.standin.faults.next("comment", reply_lost())
    with pytest.raises(OutcomeUnknown):
        cloud.tracker.comment(key, "Any news?", "c-1")
    cloud.tracker.comment(key, "Any news?", "c-1")
    assert len(cloud.standin.issues[0].comments) == 1


def test_withdrawing_prefers_an_end_that_says_so_and_its_resolution(running: Jira) -> None:
    key = running.tracker.create(new_ticket_for()).key
    assert running.tracker.withdraw(key, "Not needed any more.", "w-1").status == "Won't Do"
    assert running.standin.issues[0].resolution == "Won't Do"


def test_withdrawing_a_deleted_ticket_is_refused(cloud: Jira) -> None:
    key = cloud.tracker.create(new_ticket_for()).key
    cloud.standin.delete(key)
    with pytest.raises(TrackerRejected, match="deleted"):
        cloud.tracker.withdraw(key, "Not needed any more.", "w-1")


def test_describe_adds_labels_and_keeps_the_others(running: Jira) -> None:
    key = running.tracker.create(new_ticket_for(marker="mops-desk-1")).key
    running.tracker.describe(key, "New text", ("needs-info", "mops-desk"))
    issue = running.standin.issues[0]
    assert (issue.fields["description"], issue.labels) == ("New text", ["mops-desk", "mops-desk-1", "needs-info"])


def test_check_names_the_setting_for_a_project_that_is_not_there(running: Jira) -> None:
    with pytest.raises(TrackerRejected, match="JIRA_PROJECT"):
        running.tracker.check("NOPE")


def test_an_unknown_issue_type_points_to_the_forms_file(running: Jira) -> None:
    with pytest.raises(TrackerRejected, match="forms file"):
        running.tracker.required_fields("OPS", "Wish")


@pytest.mark.parametrize("lag_seconds", [0, 60, 600])
@pytest.mark.parametrize("flavour", ["cloud", "server"])
def test_filing_makes_one_issue_whatever_happens_to_the_answers(lag_seconds: int, flavour: str) -> None:
    now = [datetime(2026, 11, 21, 10, tzinfo=UTC)]
    with jira(cloud=flavour == "cloud", clock=lambda: now[0]) as running:
        running.standin.lag_seconds = lag_seconds
        running.standin.faults.next("create", too_many("30"), server_error(503), reply_lost())
        running.standin.faults.next("search", None, server_error(502))
        filing, memo = Filing(running.tracker), FilingMemo()
        while not isinstance(outcome := filing.attempt(new_ticket_for(), memo, now[0]), Filed):
            assert isinstance(outcome, RetryAt)
            memo, now[0] = outcome.memo, outcome.when
        assert [issue.key for issue in running.standin.issues] == [outcome.ticket.key]
