"""What a load run puts under load: a prepared folder of data, and `mops-desk run` in processes of their own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.error import URLError
from urllib.request import urlopen

import yaml
from support_cli import NAMES, PROGRAM, free_port

from bot.settings import SAMPLES
from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import DEFAULT_MODEL

TESTS = Path(__file__).parent
TOKEN, SECRET = "xoxb-load-run", "load-run-signing-secret"
OPS_CHANNEL, TRIAGE = "C0OPS", "U000001"

_WORDS = (
    *("campaign", "lead", "form", "email", "webinar", "region", "budget", "owner", "report", "field", "list"),
    *("consent", "score", "stage", "source", "medium", "tag", "page", "template", "sender", "brand", "event"),
    *("booth", "agency", "partner", "invoice", "approval", "window", "segment", "filter", "import", "dashboard"),
)


@dataclass(frozen=True)
class Program:
    """A running process of ours, and where it listens."""

    name: str
    process: subprocess.Popen[str]
    url: str
    started_at: float

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid


def prepare(home: Path, database_url: str = "", models: Path | None = None, *, documents: bool = True) -> None:
    """The starter FAQ and the sample documents in ``home``/data, with the exported model and an index on disk."""
    data = home / "data"
    data.mkdir(parents=True, exist_ok=True)
    if models is not None and not (data / "models").exists():
        (data / "models").symlink_to(models)
    env = environment(home, database_url=database_url)
    commands = [("faq", "import", str(SAMPLES / "faq.yaml")), ("ingest", str(SAMPLES / "documents"))]
    for command in commands if documents else commands[:1]:
        subprocess.run((*PROGRAM, *command), cwd=home, env=env, check=True, stdout=subprocess.DEVNULL, timeout=300)


def export_model(folder: Path) -> Path:
    """The real model, exported (half a minute, once)."""
    folder.mkdir(parents=True, exist_ok=True)
    ModelEncoder(DEFAULT_MODEL, folder).prepare()
    return folder


def texts() -> list[str]:
    """What people ask: the starter FAQ in all its phrasings, and labelled questions, one in five beyond the FAQ."""
    faq = yaml.safe_load((SAMPLES / "faq.yaml").read_text(encoding="utf-8"))["entries"]
    asked = [text for entry in faq for text in (entry["question"], *entry.get("variants", ()))]
    labelled = (TESTS / "data" / "labelled.jsonl").read_text(encoding="utf-8").splitlines()
    return asked + [json.loads(line)["question"] for line in labelled]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Only these settings, whatever the shell has; compiled once, as an installed program is."""
    inherited = {name: value for name, value in os.environ.items() if name not in (*NAMES, "PYTHONDONTWRITEBYTECODE")}
    given = {name.upper(): value for name, value in settings.items() if value}
    return {**inherited, "DATA_DIR": str(home / "data"), "LOG_FORMAT": "json", **given}


@contextmanager
def slack(latency_s: float) -> Iterator[Program]:
    """The lean Slack in a process of its own."""
    command = (sys.executable, str(TESTS / "load_slack.py"), "--latency", str(latency_s))
    with ExitStack() as stack:
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(process.terminate)
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Program("slack", process, f"http://127.0.0.1:{port}", time.time())


@contextmanager
def desk(
    home: Path, slack_url: str, log: TextIO, role: str = "all", name: str = "desk", **settings: str
) -> Iterator[Program]:
    """`mops-desk run` on a free port; killed at the end if it still runs."""
    port = settings.pop("port", "") or str(free_port())
    env = environment(
        home,
        slack_bot_token=TOKEN,
        slack_signing_secret=SECRET,
        slack_api_url=f"{slack_url}/api/",
        ops_channel=OPS_CHANNEL,
        triage=TRIAGE,
        port=port,
        **settings,
    )
    started = time.time()
    process = subprocess.Popen((*PROGRAM, "run", "--role", role), cwd=home, env=env, stderr=log, text=True)
    try:
        yield Program(name, process, f"http://127.0.0.1:{port}", started)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_ready(program: Program, timeout_s: float = 120.0, path: str = "/readyz") -> float:
    """Seconds from its start until it says it is ready."""
    while time.time() < program.started_at + timeout_s:
        if program.process.poll() is not None:
            raise RuntimeError(f"{program.name} ended with {program.process.returncode} before it was ready")
        try:
            with urlopen(program.url + path, timeout=5) as answered:
                if answered.status == 200:
                    return time.time() - program.started_at
        except (URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(f"{program.name} was not ready after {timeout_s} s")


def notebook(slack_url: str, first: int = 0) -> dict[str, Any]:
    """What Slack has noted from entry ``first`` on."""
    with urlopen(f"{slack_url}/notes?from={first}", timeout=60) as answered:
        found: dict[str, Any] = json.load(answered)
        return found


def write_documents(folder: Path, passages: int, each: int = 20) -> None:
    """Markdown pages of about ``each`` sections, with so many sections in all, no two alike."""
    folder.mkdir()
    chance = random.Random(passages)
    for page in range(-(-passages // each)):
        parts = [f"# Page {page}"]
        for number in range(min(each, passages - page * each)):
            words = " ".join(chance.choice(_WORDS) for _ in range(60))
            parts.append(f"## Step {number} of page {page}\n\n{words.capitalize()}.")
        (folder / f"page-{page:04}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


@contextmanager
def ingesting(home: Path, folder: Path, database_url: str) -> Iterator[Program]:
    """`mops-desk ingest` over a folder, as a process of its own."""
    with (home / "ingest.log").open("w", encoding="utf-8") as log:
        command = (*PROGRAM, "ingest", str(folder))
        env = environment(home, database_url=database_url)
        process = subprocess.Popen(command, cwd=home, env=env, stdout=log, stderr=log, text=True)
        try:
            yield Program("ingest", process, "", time.time())
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def send(plan: Mapping[str, Any], out: Path) -> subprocess.Popen[str]:
    """The generator in a process of its own; it ends when every event is acknowledged or given up."""
    command: Sequence[str] = (sys.executable, str(TESTS / "load_generator.py"), "--out", str(out))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert process.stdin is not None
    json.dump(plan, process.stdin)
    process.stdin.close()
    return process
