"""Every fault of a Jira Server; the tests themselves stand in support_jira_faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support_jira_faults import (
    Office,
    office,
    test_a_field_that_is_required_from_now_on_is_asked_for_and_then_filed_once,
    test_in_the_end_there_are_as_many_issues_as_requests,
    test_no_fault_and_nobody_is_told_of_any,
    test_one_issue_per_request_and_the_thread_tells_the_truth,
    test_what_is_added_to_an_issue_that_was_moved_reaches_it,
    test_who_adds_to_an_issue_that_was_deleted_is_told,
)

__all__ = [
    "test_a_field_that_is_required_from_now_on_is_asked_for_and_then_filed_once",
    "test_in_the_end_there_are_as_many_issues_as_requests",
    "test_no_fault_and_nobody_is_told_of_any",
    "test_one_issue_per_request_and_the_thread_tells_the_truth",
    "test_what_is_added_to_an_issue_that_was_moved_reaches_it",
    "test_who_adds_to_an_issue_that_was_deleted_is_told",
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office("server", tmp_path_factory.mktemp("server")) as made:
        yield made
