from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_what_a_child_held_of_the_system_is_given_back_without_a_word(tmp_path: Path) -> None:
    program = "\n".join(
        (
            "from support_child import divider",
            "from knowledge.child_process import Child",
            "if __name__ == '__main__':",
            "    with Child(divider, 12) as child:",
            "        child.ask('lock')",
        )
    )
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    folders = os.pathsep.join((str(Path(__file__).parents[1]), str(Path(__file__).parents[2])))
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
        check=True,
    )
    assert done.stdout + done.stderr == ""
