from __future__ import annotations

import os

import pytest
from support_child import divider

from knowledge.child_process import Child, ChildStopped


def test_a_child_answers_one_message_after_the_other_in_another_process() -> None:
    with Child(divider, 12) as child:
        assert [child.ask(number) for number in (2, 3, 4)] == [6, 4, 3]
        assert child.ask("who") != os.getpid()


def test_a_mistake_in_the_child_is_named_without_what_it_was_about() -> None:
    with Child(divider, 12) as child:
        with pytest.raises(ChildStopped, match="^ZeroDivisionError$"):
            child.ask(0)
        assert child.ask(6) == 2


def test_a_killed_child_is_noticed_at_once() -> None:
    with Child(divider, 12) as child, pytest.raises(ChildStopped, match="ended"):
        child.ask("die")


def test_leaving_early_ends_the_child() -> None:
    with Child(divider, 12) as child:
        number = child.ask("who")
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_child_takes_what_the_serving_process_leaves_over() -> None:
    with Child(divider, 12) as child:
        assert child.ask("priority") == 19
        assert os.getpriority(os.PRIO_PROCESS, 0) < 19
