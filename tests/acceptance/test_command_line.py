"""The command line does what DESIGN promises: the contract of people and scripts."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, inspect, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from support_cli import DOUBLE, PROGRAM, WITH_DOUBLE, ended, live_in, run, spawn, started
from support_database import ON_POSTGRES, copied, installed_url
from support_servers import serve

from bot import __version__
from bot.cli import main
from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_standin import SlackStandIn
from bot.settings import SAMPLES

FAQ = """\
version: 1
entries:
  - id: faq-mql
    question: Where are my MQLs?
    answer: Open the *MQL dashboard*.
    variants: [my campaign shows zero mqls]
    owner: ops-lifecycle
    reviewed_at: 2026-10-12
    sources: [{title: Missing MQLs, url: https://example.com/mqls}]
  - id: faq-webinar
    question: How long before a webinar should I open a request?
    answer: Ten working days.
"""
PAGE = "# List imports\n\n## Turnaround\n\nA clean list is in the CRM within two working days.\n"
HIT_KEYS = {"kind", "id", "title", "path", "heading", "url", "text", "quote", "score"}
ANSWER_KEYS = {"band", "confidence", "reason", "hits", "ms"}
HEAVY = "torch faiss sentence_transformers slack_bolt slack_sdk sqlalchemy bm25s numpy starlette jira"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a desk was taught two entries and a page."""
    home = tmp_path_factory.mktemp("school")
    with pytest.MonkeyPatch.context() as patch:
        live_in(home, patch)
        teach(home)
    return home


def teach(home: Path) -> None:
    """Let the desk that lives here know two entries and a page."""
    (home / "faq.yaml").write_text(FAQ, encoding="utf-8")
    (home / "docs").mkdir()
    (home / "docs" / "lists.md").write_text(PAGE, encoding="utf-8")
    assert run("faq", "import", "faq.yaml").code == 0
    assert run("ingest", "docs", "--base-url", "https://example.com/docs").code == 0


@pytest.fixture
def taught(school: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose desk knows two entries and a page."""
    copytree(school / "docs", home / "docs")
    copy(school / "faq.yaml", home)
    copied(school / "data", home / "data")
    live_in(home, monkeypatch)
    return home


def rows(home: Path) -> dict[str, int]:
    """How many rows each table has."""
    engine = create_engine(installed_url(home / "data"))
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        counted = {n: connection.execute(text(f"SELECT count(*) FROM {n}")).scalar_one() for n in names}
    engine.dispose()
    return counted


def batch(home: Path, content: str | bytes) -> list[dict[str, Any]]:
    """What `ask --batch` prints for a file's content."""
    raw = content.encode() if isinstance(content, str) else content
    (home / "questions.jsonl").write_bytes(raw)
    ran = run("ask", "--batch", "questions.jsonl")
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.mark.parametrize("arguments", [["version"], ["--help"], ["ask", "--help"], ["faq", "import", "--help"]])
def test_help_and_version_load_nothing_heavy(arguments: list[str], home: Path) -> None:
    code = (
        "import atexit, sys; from bot.cli import main; "
        f"atexit.register(lambda: print(sorted(set('{HEAVY}'.split()) & set(sys.modules)))); main({arguments})"
    )
    ran = spawn(sys.executable, "-c", code, cwd=home)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "[]"


def test_version_and_help_say_what_they_should() -> None:
    assert run("version").out == f"mops-desk {__version__}\n"
    shown = run("--help").out
    for command in ("demo", "run", "ask", "faq", "ingest", "evaluate", "calibrate", "db", "doctor", "version"):
        assert f"\n  {command} " in shown


def test_a_question_is_answered_with_its_source(taught: Path) -> None:
    ran = run("ask", "Where are my MQLs?")
    assert ran.code == 0
    assert ran.out.startswith("Open the MQL dashboard.\n")
    assert "Source: Where are my MQLs? (https://example.com/mqls) · ops-lifecycle" in ran.out


def test_json_is_one_object_with_exactly_the_promised_keys(taught: Path) -> None:
    ran = run("ask", "Where are my MQLs?", "--json")
    answer = json.loads(ran.out)
    assert ran.out.count("\n") == 1
    assert set(answer) == ANSWER_KEYS
    assert answer["band"] == "answer"
    assert 0 <= answer["confidence"] <= 1
    assert answer["ms"] > 0
    assert {frozenset(hit) for hit in answer["hits"]} == {frozenset(HIT_KEYS)}


def test_hits_say_where_they_stand(taught: Path) -> None:
    hits = json.loads(run("ask", "how long until a clean list is in the CRM", "--json").out)["hits"]
    passage = next(hit for hit in hits if hit["kind"] == "passage")
    entry = next(hit for hit in hits if hit["id"] == "faq-mql")
    assert (passage["path"], passage["heading"]) == ("lists.md", "Turnaround")
    assert passage["url"] == "https://example.com/docs/lists#turnaround"
    assert (entry["kind"], entry["path"], entry["heading"]) == ("entry", None, None)
    assert entry["text"] == "Open the *MQL dashboard*."


def test_explain_shows_the_numbers_behind_the_decision(taught: Path) -> None:
    shown = run("ask", "Where are my MQLs?", "--explain").out
    assert "Index generation: " in shown
    assert "1. [entry] Where are my MQLs?  score " in shown
    assert "abbreviations: MQL = marketing qualified lead" in shown
    for told in ("similarity: ", "margin: ", "answer from: ", "confidence from: ", "matched: Where are my MQLs?"):
        assert told in shown


def test_explain_shows_what_a_long_message_was_reduced_to(taught: Path) -> None:
    story = "The offsite was lovely and the train was late again, which nobody minded. " * 6
    shown = run("ask", f"{story}Where are my MQLs?", "--explain").out
    assert "searched for: Where are my MQLs?" in shown


def test_a_broken_glossary_is_told_with_its_line(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = taught / "glossary.yaml"
    file.write_text("terms:\n  - term: MQL\n")
    monkeypatch.setenv("GLOSSARY_FILE", str(file))
    told = run("ask", "Where are my MQLs?")
    assert told.code == 1
    assert "glossary.yaml:2  `MQL` has no `expansion:`" in told.err


def test_a_batch_is_answered_line_by_line_with_the_same_ids_in_order(taught: Path) -> None:
    lines = [
        {"id": "q1", "question": "Where are my MQLs?", "gold": ["ignored"]},
        {"id": 2, "text": "webinar request how long before"},
        {"id": "q3", "thread": ["How do webinars work?", "how long before?"], "question": "not this one"},
        {"question": "no id"},
    ]
    answers = batch(taught, "\n\n".join(json.dumps(line) for line in lines) + "\n")
    assert [answer["id"] for answer in answers] == ["q1", 2, "q3", None]
    assert {frozenset(answer) for answer in answers} == {frozenset(ANSWER_KEYS | {"id"})}
    assert [answer["hits"][0]["id"] for answer in answers[:3]] == ["faq-mql", "faq-webinar", "faq-webinar"]


def test_a_batch_takes_files_as_windows_and_json_libraries_write_them(taught: Path) -> None:
    answers = batch(
        taught, b'\xef\xbb\xbf{"id": 1, "question": "one\xe2\x80\xa8line"}\r\n{"id": 2, "question": "\\ud83d"}\r\n'
    )
    assert [answer["id"] for answer in answers] == [1, 2]


def test_every_bad_line_of_a_batch_is_named_before_anything_is_answered(taught: Path) -> None:
    bad = '{"id": 1, "question": "fine"}\nnot json\n\n["list"]\n{"id": 5, "thread": ["a", 3]}\n{"id": 6}\n'
    (taught / "bad.jsonl").write_text(bad, encoding="utf-8")
    problem = run("ask", "--batch", "bad.jsonl").problem
    assert [line.split("  ")[0] for line in problem.splitlines()] == [f"bad.jsonl:{n}" for n in (2, 4, 5, 6)]


def test_asking_leaves_no_trace_in_any_table(taught: Path) -> None:
    before = rows(taught)
    assert before["knowledge_entries"] == 2
    run("ask", "can you move our forms to another tool?")
    run("ask", "where are my mqls", "--json", "--overheard")
    run("ask", stdin="where are my mqls\nand for webinars\n")
    batch(taught, '{"id": 1, "question": "can somebody import my list?"}')
    assert rows(taught) == before


def test_overheard_remarks_stay_quiet_and_addressed_ones_do_not(taught: Path) -> None:
    remark = "lunch at the new place, anyone?"
    assert json.loads(run("ask", remark, "--json", "--overheard").out)["band"] == "quiet"
    assert json.loads(run("ask", remark, "--json").out)["band"] != "quiet"


def test_an_overheard_question_without_a_clear_answer_is_told_to_get_silence(taught: Path) -> None:
    assert run("ask", "Where are my MQLs?", "--overheard").out.startswith("Open the MQL dashboard.")
    never = {"encoder": DOUBLE.name, "entry": {"answer": None, "suggest": 0.3}, "passage": None}
    (taught / "data" / "thresholds.json").write_text(json.dumps(never), encoding="utf-8")
    for asked, band in (("Where are my MQLs?", "suggest"), ("how do I open a campaign dashboard?", "escalate")):
        assert json.loads(run("ask", asked, "--json", "--overheard").out)["band"] == band
        said = run("ask", asked, "--overheard").out
        assert said.startswith("The desk would stay silent: nobody asked it, and it joins in only when it has a ")
        assert f"({band}, confidence" in said
        assert "One of these?" not in said
    assert run("ask", "lunch, anyone?", "--overheard").out.startswith("The desk would stay silent.\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thanks!", "You're welcome. I'm here when the next question comes up. [Ask the ops team]"),
        ("good morning", "Hello! Ask me anything about marketing ops"),
        ("who won the football world cup in 1998?", "I have nothing on that in our docs."),
        ("I want to talk to a human", "Sure. Tell the ops team what you need, and they take it from there:"),
        ("help", "I answer from the team's own docs."),
        ("please move our forms to another tool", "The desk would hand this to the ops team."),
    ],
)
def test_the_text_form_says_what_the_desk_would_really_say(text: str, said: str, taught: Path) -> None:
    assert run("ask", text).out.startswith(said)


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_nothing_is_no_question(nothing: str, taught: Path) -> None:
    ran = run("ask", nothing)
    assert ran.code == 2
    assert "Type a question." in ran.problem
    assert set(json.loads(run("ask", nothing, "--json").out)) == ANSWER_KEYS


def test_where_tickets_are_offered_the_text_form_says_so(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCALATION", "offer")
    said = run("ask", "please move our forms to another tool").out
    assert said.startswith("I couldn't find this in our docs.")
    assert said.splitlines()[0].endswith("[Ask the ops team]")


def test_questions_can_be_piped_in_one_after_the_other(taught: Path) -> None:
    ran = run("ask", stdin=b"Where are my MQLs?\n\nHow long before a webinar should I open a request?\nbroken \xff\n")
    assert ran.code == 0
    assert ran.out.index("MQL dashboard") < ran.out.index("Ten working days.")
    assert ran.out.count("confidence") == 3
    assert ">" not in ran.out.splitlines()[0]


def test_a_fresh_desk_says_that_there_is_nothing_to_look_in(home: Path) -> None:
    ran = run("ask", "Where are my MQLs?")
    assert ran.code == 0
    assert "nothing to look in yet" in ran.out


@pytest.mark.parametrize("name", ["out.yaml", "out.csv"])
def test_an_exported_faq_comes_back_unchanged(name: str, taught: Path) -> None:
    assert run("faq", "export", name).out == f"2 entries written to {name}.\n"
    assert run("faq", "check", name).out == f"{name} is fine: 2 entries.\n"
    assert run("faq", "import", name).out == "0 added, 0 changed, 2 unchanged.\n"


def test_importing_again_updates_by_id(taught: Path) -> None:
    (taught / "faq.yaml").write_text(FAQ.replace("Ten working", "Twelve working"), encoding="utf-8")
    assert run("faq", "import", "faq.yaml").out == "0 added, 1 changed, 1 unchanged.\n"
    assert "Twelve working days." in run("ask", "How long before a webinar should I open a request?").out


def test_ingest_is_incremental_and_forgets_deleted_files(home: Path) -> None:
    teach(home)
    (home / "docs" / "new.html").write_text("<h1>Badges</h1><p>Badge scans come as a spreadsheet.</p>")
    assert figures(run("ingest", "docs", "--base-url", "https://example.com/docs").out) == [1, 0, 0, 1, 0]
    (home / "docs" / "lists.md").unlink()
    assert figures(run("ingest", "docs", "--base-url", "https://example.com/docs").out) == [0, 0, 1, 1, 0]
    hits = json.loads(run("ask", "how fast are lists imported", "--json").out)["hits"]
    assert {hit["path"] for hit in hits} == {None, "new.html"}


def test_a_single_file_can_be_ingested_and_docs_dir_is_the_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "page.md").write_text(PAGE, encoding="utf-8")
    assert figures(run("ingest", "page.md").out) == [1, 0, 0, 0, 0]
    monkeypatch.setenv("DOCS_DIR", str(home))
    assert figures(run("ingest").out) == [1, 0, 0, 0, 0]


def test_documents_that_cannot_be_read_are_listed_and_the_others_are_taken_in(taught: Path) -> None:
    (taught / "docs" / "binary.md").write_bytes(b"\x00\x01\x02" * 100)
    with (taught / "docs" / "dump.md").open("wb") as file:
        file.truncate(50_000_000)
    ran = run("ingest", "docs")
    assert ran.code == 1
    assert figures(ran.out)[-1] == 2
    assert [line.split(":")[0] for line in ran.err.splitlines()] == ["binary.md", "dump.md"]


def test_a_name_that_is_not_utf8_is_one_failed_document_and_the_others_are_taken_in(home: Path) -> None:
    (home / "docs").mkdir()
    (home / "docs" / "lists.md").write_text(PAGE, encoding="utf-8")
    (home / "docs" / os.fsdecode(b"caf\xe9.md")).write_text(PAGE, encoding="utf-8")
    for _ in range(2):
        ran = run("ingest", "docs")
        assert ran.code == 1
        assert figures(ran.out)[-1] == 1
        assert ran.err.startswith(r"caf\xe9.md: ")
    assert (
        "Source: List imports › Turnaround (lists.md)" in run("ask", "how long until a clean list is in the CRM").out
    )
    (home / os.fsdecode(b"\xe9")).mkdir()
    assert "not UTF-8" in run("ingest", os.fsdecode(b"\xe9")).problem


def figures(table: str) -> list[int]:
    """added, changed, removed, unchanged, failed of an ingest summary with one source."""
    row = next(line for line in table.splitlines() if line.startswith("│"))
    return [int(cell) for cell in row.strip("│").split("│")[1:]]


def test_watching_takes_in_changes_until_ctrl_c(taught: Path) -> None:
    page = taught / "docs" / "lists.md"
    with started(*WITH_DOUBLE, "ingest", str(page), "--watch", cwd=taught, env={}) as process:
        assert process.stdout is not None
        seen = iter(process.stdout.readline, "")
        next(line for line in seen if "Watching" in line)
        for word in ("three", "four"):  # the second time, the file is no longer the one that was there at first
            time.sleep(0.5)
            (taught / "draft").write_text(PAGE.replace("two", word), encoding="utf-8")
            os.replace(taught / "draft", page)
            assert figures(next(line for line in seen if line.startswith("│"))) == [0, 1, 0, 0, 0]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert "four working days" in run("ask", "when is a clean list in the CRM, within how many working days").out


def test_db_upgrade_makes_the_tables_and_repeating_it_changes_nothing(home: Path) -> None:
    for _ in range(2):
        assert run("db", "upgrade").out == "The database is up to date.\n"
    assert "desk_inbox" in rows(home)


@pytest.fixture
def connected(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A home whose settings name a Slack and a Jira that answer."""
    jira = JiraStandIn()
    with SlackStandIn() as slack, serve(jira.app) as jira_url:
        for name, value in {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "JIRA_URL": jira_url,
            "JIRA_EMAIL": jira.email,
            "JIRA_API_TOKEN": jira.token,
            "JIRA_PROJECT": "OPS",
            "PORT": "0",
        }.items():
            monkeypatch.setenv(name, value)
        yield slack


def test_doctor_finds_nothing_wrong_with_a_desk_that_is_set_up(connected: SlackStandIn) -> None:
    ran = run("doctor")
    assert [line.split(":")[0] for line in ran.out.splitlines() if not line.startswith(" ")] == [
        *(f"ok    {name}" for name in ("settings", "forms", "triage", "links", "model", "glossary", "port")),
        "warn  folder",  # others can look into it
        *(f"ok    {name}" for name in ("database", "queues", "heard")),
        "ok    backups" if ON_POSTGRES else "warn  backups",  # PostgreSQL is kept by its own tools
        "warn  index",
        *(f"ok    {name}" for name in ("readers", "tickets", "news", "slack")),
        "warn  secret",  # the stand-in's has another form
        *(f"ok    {name}" for name in ("app", "channels", "people", "clock")),
    ]
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "check", "advice"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "slack", "Copy it again"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "socket mode", "connections:write"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "slack", "Check the network"),
        ("JIRA_URL", "http://127.0.0.1:9", "tickets", "JIRA_URL"),
        ("JIRA_API_TOKEN", "wrong", "tickets", "JIRA_API_TOKEN"),
        ("JIRA_PROJECT", "NOPE", "tickets", "JIRA_PROJECT"),
        ("SLACK_SIGNING_SECRET", "", "settings", "SLACK_SIGNING_SECRET"),
        ("FORMS_FILE", "nowhere.yaml", "forms", "Check the path"),
        ("TAXONOMY_FILE", "nowhere.yaml", "links", "Check the path"),
        ("DATABASE_URL", "sqlite:////nowhere/desk.sqlite3", "database", "DATABASE_URL"),
    ],
)
def test_doctor_says_what_is_wrong_and_how_to_mend_it(
    name: str, value: str, check: str, advice: str, connected: SlackStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("doctor")
    assert ran.code == 1
    failed = [part for part in ran.out.replace("\nok", "\n\nok").replace("\nFAIL", "\n\nFAIL").split("\n\n")]
    wrong = [part for part in failed if part.startswith("FAIL")]
    assert [part.split(":")[0] for part in wrong] == [f"FAIL  {check}"]
    assert advice in wrong[0]


def test_doctor_names_the_scopes_an_app_lacks(connected: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_request: Request) -> Response:
        identity = {"ok": True, "team_id": "T1", "user_id": "U1", "bot_id": "B1"}
        return JSONResponse(identity, headers={"X-OAuth-Scopes": "chat:write,commands"})

    with serve(Starlette(routes=[Route("/api/auth.test", answer, methods=["POST"])])) as url:
        monkeypatch.setenv("SLACK_API_URL", f"{url}/api/")
        ran = run("doctor")
    assert ran.code == 1
    assert "FAIL  slack: The Slack app lacks the scopes app_mentions:read, channels:history," in ran.out
    assert "chat:write" not in ran.out


def test_output_into_a_closed_pipe_ends_quietly(taught: Path) -> None:
    lines = "".join(f'{{"id": {n}, "question": "where are my mqls"}}\n' for n in range(2000))
    (taught / "many.jsonl").write_text(lines, encoding="utf-8")
    with started(*WITH_DOUBLE, "ask", "--batch", "many.jsonl", cwd=taught, env={}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("line", [["version"], ["--help"], ["ask", "Where are my MQLs?"], ["ask", "x", "--json"]])
def test_output_that_cannot_be_written_is_said_in_one_line(line: list[str], taught: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    code = f"import os; os.dup2({full}, 1); {WITH_DOUBLE[2].replace('sys.argv[1:]', repr(line))}"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run(
        [sys.executable, "-c", code], pass_fds=[full], stderr=subprocess.PIPE, text=True, env=environment, check=False
    )
    os.close(full)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("Cannot write the output (No space left on device).")


def test_ctrl_c_stops_at_once_without_a_traceback(taught: Path) -> None:
    slow = (
        "import sys, time; from bot.cli import main; from knowledge.testing import HashingEncoder\n"
        "class Slow(HashingEncoder):\n"
        "    def encode(self, texts): print('asked', flush=True); time.sleep(60)\n"
        "main(['ask', 'a question nobody asked before'], encoder=Slow())"
    )
    with started(sys.executable, "-c", slow, cwd=taught, env={}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")


def test_a_terminal_without_our_characters_shows_what_it_can(taught: Path) -> None:
    assert ended(lambda: main(["ask", "clean list in the CRM"], encoder=DOUBLE), encoding="ascii").code == 0


def test_scripts_are_doors_to_the_same_commands(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = str(Path(__file__).parents[2] / "scripts" / "import_faq.py")
    monkeypatch.setattr(sys, "argv", [script, "missing.yaml"])
    ran = ended(lambda: runpy.run_path(script, run_name="__main__"))
    assert ran.code == 1
    assert ran.err.startswith("missing.yaml:1  there is no such file.")


def test_the_sample_faq_that_ships_is_fine() -> None:
    path = SAMPLES / "faq.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["entries"]
    assert run("faq", "check", str(path)).out == f"{path} is fine: {len(entries)} entries.\n"


def test_wrong_usage_has_exit_code_2_and_names_the_help(home: Path) -> None:
    for wrong in (["nonsense"], ["ask", "one", "two"], ["demo", "--port", "99999"], ["ask", "x", "--batch", "y"]):
        ran = run(*wrong)
        assert ran.code == 2
        assert "--help" in ran.err
    assert spawn(*PROGRAM, cwd=home).code == 2
