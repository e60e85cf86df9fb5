"""What a load run found, as figures: from the generator's records, Slack's notebook and the desk's own rows."""

from __future__ import annotations

import math
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import load_measure
from load_measure import Watch
from load_slack import TEAM

Records = Mapping[str, Any]

SOON_S = 5.0


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank; NaN of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, and the worst, in seconds."""
    named = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(percentile(values, share), 4) for name, share in named.items()}


def asked(sent: Records) -> dict[str, float]:
    """When each question that was acknowledged was due to be sent, by "channel:ts"."""
    return {
        f"{event['channel']}:{event['ts']}": event["due"]
        for event in sent["events"]
        if event["answers"] and event["answers"][-1][1] == 200
    }


def messages_by_thread(notes: Iterable[Records]) -> dict[str, list[tuple[float, str]]]:
    """(when, key) of every message, by the thread it stands in."""
    found: dict[str, list[tuple[float, str]]] = {}
    for note in notes:
        if note["kind"] == "post" and note["ts"]:
            found.setdefault(f"{note['channel']}:{note['ts']}", []).append((note["at"], note["key"]))
    return found


def figures(sent: Records, seen: Records, watch: Watch, database_url: str) -> dict[str, Any]:
    """All of them."""
    return {
        **_of_deliveries(sent, database_url),
        **_of_answers(asked(sent), seen),
        **_of_machine(sent, watch),
    }


def _of_deliveries(sent: Records, database_url: str) -> dict[str, Any]:
    deliveries = [delivery for event in sent["events"] for delivery in event["answers"]]
    recorded = {row[0] for row in load_measure.rows(database_url, "SELECT message_key FROM desk_inbox")}
    return {
        "events": len(sent["events"]),
        "questions": len({event["number"] for event in sent["events"]}),
        "acknowledged": len(asked(sent)),
        "ack_s": spread([took for _, status, took in deliveries if status == 200]),
        "refusal_s": spread([took for _, status, took in deliveries if status not in (0, 200)]),
        "refused": dict(Counter(str(status) for _, status, _ in deliveries if status not in (0, 200))),
        "no_ack_in_3_s": sum(status == 0 for _, status, _ in deliveries),
        "given_up": sum(not event["answers"] or event["answers"][-1][1] != 200 for event in sent["events"]),
        "acknowledged_without_row": sum(f"{TEAM}:{place}" not in recorded for place in asked(sent)),
    }


def _of_answers(due: Mapping[str, float], seen: Records) -> dict[str, Any]:
    notes = seen["notes"]
    threads = messages_by_thread(notes)
    reacted = {f"{note['channel']}:{note['ts']}": note["at"] for note in notes if note["kind"] == "react"}
    keys = Counter(note["key"] for note in notes if note["kind"] == "post")
    replies = [sum(key.startswith("reply:") for _, key in found) for found in threads.values()]
    signs = _first_signs(due, threads, reacted)
    return {
        "sign_s": spread(signs),
        "no_sign_in_5_s": sum(waited > SOON_S for waited in signs) + len(due) - len(signs),
        "reactions": len(reacted),
        "reaction_s": spread([at - due[place] for place, at in reacted.items() if place in due]),
        "answer_s": spread([min(found)[0] - due[place] for place, found in threads.items() if place in due]),
        "unanswered": sum(place not in threads for place in due),
        "twice": sum(count - 1 for count in keys.values()) + sum(count > 1 for count in replies),
        "too_early": seen["too_early"],
        "slowed": seen["slowed"],
        "slack_calls": seen["calls"],
    }


def _first_signs(
    due: Mapping[str, float], threads: Mapping[str, list[tuple[float, str]]], reacted: Mapping[str, float]
) -> list[float]:
    """How long each asker saw nothing: until the reaction or the answer, whichever came first."""
    seen = {place: [min(found)[0]] for place, found in threads.items()}
    for place, at in reacted.items():
        seen.setdefault(place, []).append(at)
    return [min(seen[place]) - at for place, at in due.items() if place in seen]


def _of_machine(sent: Records, watch: Watch) -> dict[str, Any]:
    cpu = {**watch.cpu, "generator": sent["cpu_s"]}
    desk = sum(used for name, used in watch.cpu.items() if name != "slack")
    questions = len({event["number"] for event in sent["events"]})
    return {
        "cpu_s": {name: round(used, 2) for name, used in cpu.items()},
        "desk_cpu_ms_per_question": round(1000 * desk / max(1, questions), 1),
        "memory_mb": {name: round(size) for name, size in watch.memory.items()},
        "deepest_inbox": max(inbox for _, inbox, _ in watch.queued),
        "deepest_outbox": max(outbox for _, _, outbox in watch.queued),
        "generator_late_s": round(sent["late_s"], 4),
        "machine": {"python": platform.python_version(), "cpus": load_measure.cpus(), "load": load_measure.load()},
    }
