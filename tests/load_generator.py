"""Sends Slack's events at a steady rate, in a process of its own, whatever the desk does with them (open loop).

An event is sent when its moment has come, also when earlier ones are still waiting, and its acknowledgement is timed
from that moment: a desk that stands still cannot hide it. What is refused, or not acknowledged within three seconds,
is delivered again as Slack does: at once, after a minute, after five more. The plan comes as JSON on stdin; one line
per event goes to ``--out``.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from load_slack import DESK, TEAM

ACK_TIMEOUT_S = 3.0
KEPT_S = 2.0
"""How long an idle connection is used again; the server closes it a little later."""


_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_Idle = tuple[float, _Line]


@dataclass(frozen=True)
class Plan:
    """What to send. ``twins``: every mention also comes as a plain message, with another event id, as in Slack."""

    urls: Sequence[str]
    secret: str
    rate: float
    seconds: float
    channels: int
    texts: Sequence[str]
    seed: int = 1
    twins: bool = False
    people: int = 200
    retry_after_s: Sequence[float] = (0.0, 60.0, 300.0)


@dataclass
class Sent:
    """One event: when it was due, and how each delivery ended (status 0: no answer in time)."""

    number: int
    event_id: str
    channel: str
    ts: str
    due: float
    twin: bool
    answers: list[tuple[float, int, float]] = field(default_factory=list)  # (sent at, status, seconds)

    @property
    def acknowledged(self) -> bool:
        """Whether Slack considers it delivered."""
        return bool(self.answers) and self.answers[-1][1] == 200


class Generator:
    """Open loop: one task per event."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._idle: dict[str, list[_Idle]] = {url: [] for url in plan.urls}
        self.sent: list[Sent] = []
        self.late_s = 0.0

    async def run(self) -> None:
        """Send everything and wait until each event is acknowledged or given up."""
        start, tasks = time.time() + 0.2, []
        for sent, body in self._events(start):
            await asyncio.sleep(max(0.0, sent.due - time.time()))
            self.late_s = max(self.late_s, time.time() - sent.due)
            self.sent.append(sent)
            tasks.append(asyncio.create_task(self._deliver(sent, body)))
        await asyncio.gather(*tasks)

    def _events(self, start: float) -> Iterator[tuple[Sent, bytes]]:
        chance = random.Random(self._plan.seed)
        for number in range(round(self._plan.rate * self._plan.seconds)):
            due = start + number / self._plan.rate
            channel = f"C{chance.randrange(self._plan.channels):06d}"
            event = {
                "user": f"U{chance.randrange(self._plan.people):06d}",
                "text": f"<@{DESK}> {chance.choice(self._plan.texts)}",
                "ts": f"{int(start)}.{number:06d}",
                "channel": channel,
            }
            kinds = ("app_mention", "message") if self._plan.twins else ("app_mention",)
            for kind in kinds:
                event_id = f"Ev{int(start)}{number:06d}{kind[0].upper()}"
                sent = Sent(number, event_id, channel, str(event["ts"]), due, kind == "message")
                yield sent, self._body(event_id, {**event, "type": kind, "channel_type": "channel"}, due)

    def _body(self, event_id: str, event: dict[str, Any], at: float) -> bytes:
        envelope = {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": "A0LOAD",
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(at),
            "is_ext_shared_channel": False,
        }
        return json.dumps(envelope).encode()

    async def _deliver(self, sent: Sent, body: bytes) -> None:
        due = sent.due
        for attempt, pause in enumerate((None, *self._plan.retry_after_s)):
            if pause is not None:
                await asyncio.sleep(pause)
                due = time.time()
            begun = time.time()
            status, final = await self._post(self._plan.urls[sent.number % len(self._plan.urls)], body, attempt)
            sent.answers.append((begun, status, time.time() - due))
            if status == 200 or final:
                return

    async def _post(self, url: str, body: bytes, attempt: int) -> tuple[int, bool]:
        try:
            return await asyncio.wait_for(self._exchange(url, body, attempt), ACK_TIMEOUT_S)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError):
            return 0, False

    async def _exchange(self, url: str, body: bytes, attempt: int) -> tuple[int, bool]:
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = self._kept(url) or await asyncio.open_connection(host, int(port))
        try:
            writer.write(self._request(host, body, attempt))
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
            await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        self._idle[url].append((time.monotonic(), (reader, writer)))
        return int(head.split(b" ", 2)[1]), b"x-slack-no-retry: 1" in lines

    def _kept(self, url: str) -> _Line | None:
        idle = self._idle[url]
        while idle:
            since, line = idle.pop()
            if time.monotonic() - since < KEPT_S:
                return line
            line[1].close()
        return None

    def _request(self, host: str, body: bytes, attempt: int) -> bytes:
        stamp = str(int(time.time()))
        signed = hmac.new(self._plan.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        retry = f"X-Slack-Retry-Num: {attempt}\r\nX-Slack-Retry-Reason: http_error\r\n" if attempt else ""
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signed}\r\n{retry}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    """Read the plan, send, write what happened; the last line says what sending cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    generator = Generator(Plan(**json.load(sys.stdin)))
    asyncio.run(generator.run())
    used = resource.getrusage(resource.RUSAGE_SELF)
    lines = [json.dumps(asdict(sent)) for sent in generator.sent]
    lines.append(json.dumps({"cpu_s": used.ru_utime + used.ru_stime, "late_s": generator.late_s}))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
