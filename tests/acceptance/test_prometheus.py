"""What /metrics says after a desk has worked, and what it never says."""

from __future__ import annotations

from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from support_desk import Room, running_desk

from bot.prometheus import PrometheusMetrics
from knowledge.domain import Verdict

Samples = dict[tuple[str, frozenset[str]], float]


def samples(room: Room) -> Samples:
    """Every sample, by name and label values."""
    answer = httpx.get(f"{room.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, frozenset(s.labels.values())): s.value for family in families for s in family.samples}


def value(found: Samples, name: str, *labels: str) -> float:
    return found[f"mops_desk_{name}", frozenset(labels)]


def test_a_desk_that_worked_shows_what_it_did_and_how_long_it_took(tmp_path: Path) -> None:
    metrics = PrometheusMetrics()
    with running_desk(tmp_path, metrics=metrics) as room:
        metrics.show(room.desk.watching.figures, "all", "sqlite")
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk please build me a page for the Berlin event")
        room.settle()
        found = samples(room)
        assert value(found, "questions_total", "answer", "true") == 1
        assert value(found, "questions_total", "escalate", "true") == 1
        assert value(found, "answer_seconds_count") == 1
        assert value(found, "verdict_seconds_count") == 2
        assert value(found, "inbox_total", "message", "handled") == 2
        assert value(found, "deliveries_total", "react", "done") == 2
        assert value(found, "slack_calls_total", "chat.postMessage", "ok") >= 1
        assert value(found, "acks_total", "http", "ok") == value(found, "ack_seconds_count", "http") >= 2
        assert value(found, "queue_oldest_seconds", "inbox") == value(found, "dead_letters", "slack") == 0
        assert value(found, "database_up") == 1
        assert value(found, "loop_heartbeat_age_seconds", "worker-0") < 5
        assert not any("Maya" in label or "U0" in label for _, labels in found for label in labels)


def test_being_slowed_down_is_counted(tmp_path: Path) -> None:
    metrics = PrometheusMetrics()
    with running_desk(tmp_path, metrics=metrics) as room:
        room.slack.faults.rate_limit("chat.postMessage")
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        found = samples(room)
        assert value(found, "rate_limited_total", "chat.postMessage") == 1
        assert value(found, "deliveries_total", "post", "retry") == 1


def test_forged_requests_are_counted_and_show_nothing_of_themselves(tmp_path: Path) -> None:
    metrics = PrometheusMetrics()
    with running_desk(tmp_path, metrics=metrics) as room:
        httpx.post(f"{room.url}/slack/events", content=b'{"text": "secret plans"}')
        page = httpx.get(f"{room.url}/metrics").text
        assert 'mops_desk_acks_total{outcome="refused",transport="http"} 1.0' in page
        assert "secret plans" not in page


def test_without_figures_there_is_no_page(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        assert httpx.get(f"{room.url}/metrics").status_code == 404


def test_a_question_that_always_breaks_is_counted_until_it_is_given_up_and_never_as_answered(tmp_path: Path) -> None:
    def breaks() -> Verdict:
        raise RuntimeError

    metrics = PrometheusMetrics()
    with running_desk(tmp_path, metrics=metrics, script={"mql": breaks}) as room:
        metrics.show(room.desk.watching.figures, "all", "sqlite")
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.live_through(20, 4)
        room.desk.watching.figures._until = 0.0
        found = samples(room)
        assert value(found, "inbox_total", "message", "failed") == 2
        assert value(found, "inbox_total", "message", "given_up") == 1
        assert value(found, "dead_letters", "inbox") == 1
        assert not [name for name, _ in found if name == "mops_desk_questions_total"]


def test_broken_rounds_of_a_loop_are_counted(tmp_path: Path) -> None:
    class Breaks:
        def run_once(self) -> bool:
            raise ValueError

    metrics = PrometheusMetrics()
    with running_desk(tmp_path, metrics=metrics) as room:
        room.desk._runtime.loop("frail", Breaks(), room.desk._shared.inbox_bell)
        room.slack.wait_for(lambda: ("mops_desk_loop_failures_total", frozenset({"frail"})) in samples(room))
