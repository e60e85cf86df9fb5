"""One of every message and view the desk shows, as (name, content): for tests that hold over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from bot.form_steps import Sheet, Unfinished
from bot.incoming import FormContext
from bot.personal import Personal
from bot.personal_answers import PersonalAnswers
from bot.redaction import Secret
from bot.slack import answers, checklists, forms, home, replies, tickets
from bot.slack.checklists import Board
from bot.slack.left_out import on_card, secrets_left_out
from bot.slack.message import Message
from escalation.domain import (
    Draft,
    FieldProblem,
    FieldType,
    Form,
    FormField,
    Origin,
    Person,
    Request,
    RequestState,
    Rules,
    Ticket,
    TrackerField,
)
from knowledge.checklists import Walk
from knowledge.domain import Checklist, Choice, Citation, Hit, HitKind, Outcome, SourceLink, Step

TODAY = date(2026, 11, 21)
LATER = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)

ANSWER = """\
Work through these four checks first; they explain nine out of ten cases:

1. Is your campaign linked? The program in the MAP must be connected to the CRM campaign and set to Active.
2. Do people have a success status? `Registered` alone gives few points.
3. Are they excluded? Competitors, students and unsubscribed people don't become MQLs.
4. Has the night passed? Scores update on form fill, stages at **02:00 CET**.

Still empty? Post the campaign link plus three sample email addresses in a request, so we can trace them.
"""
CHECKLIST = SourceLink("Missing MQL checklist", "https://example.com/mops/missing-mqls")
DASHBOARD = SourceLink("Campaign performance dashboard", "https://example.com/bi/campaigns?a=1&b=2")


def entry(text: str = ANSWER, citation: Citation | None = None, title: str = "Where are my MQLs?") -> Hit:
    """A curated entry as a hit."""
    cited = citation or Citation((CHECKLIST, DASHBOARD), "ops-lifecycle", date(2026, 10, 12), date(2027, 3, 31))
    return Hit(HitKind.ENTRY, "faq-002", title, None, None, None, text, text, 1.0, citation=cited)


def passage(text: str, quote: str = "", heading: str = "Check the sync", changed: date = date(2026, 3, 3)) -> Hit:
    """A section of a page as a hit."""
    url = "https://docs.example.com/mql-checklist#check-the-sync"
    cited = Citation(owner="ops-platform", changed_at=changed)
    title = "Missing-MQL checklist"
    return Hit(HitKind.PASSAGE, "p1", title, "mql.md", heading, url, text, quote or text, 1.0, citation=cited)


def request(state: RequestState = RequestState.FILED, ticket: Ticket | None = None, **draft: Any) -> Request:
    """A request of Uma's; filed ones have a ticket unless one is given."""
    known = {"summary": "List import for Berlin event", "requester": Person("U0UMA", "Uma"), "origin": Origin("#mkt")}
    filed = ticket or (TICKET if state is RequestState.FILED else None)
    return Request(7, "7F3K", "mops-7f3k", Draft(**{**known, **draft}), state, LATER, filed)


TICKET = Ticket(
    "MOPS-214", "https://jira.example.com/browse/MOPS-214", "List import for Berlin event", "To do", "Request"
)
BUSY = replace(TICKET, status="In progress", assignee="Priya", updated_at=LATER)
COMPONENT = TrackerField("components", "Component", FieldType.SELECT, ("Email", "Web"))


def form(*fields: FormField, **changes: Any) -> Form:
    """A small form; Berlin time."""
    base = Form("list_import", "List import", "Load a list of people.", fields or FIELDS, timezone="Europe/Berlin")
    return replace(base, **changes)


FIELDS = (
    FormField("title", "Title", FieldType.TEXT, True, "One line.", rules=Rules(min_length=10, max_length=90)),
    FormField("goal", "Business goal", FieldType.LONG_TEXT, True),
    FormField("rows", "Number of rows", FieldType.NUMBER, True, rules=Rules(minimum=1, maximum=50_000)),
    FormField("sheet", "Link to the sheet", FieldType.URL, True),
    FormField("copy", "Copy document", FieldType.URL, True, allow_tbd=True),
    FormField("day", "Switch off on", FieldType.DATE),
    FormField("go_live", "Go-live date", FieldType.DATETIME, True),
    FormField("since", "Since when?", FieldType.DATETIME, True, allow_tbd=True),
    FormField("sender", "Sender", FieldType.SELECT, True, options=("company", "named-person")),
    FormField("regions", "Regions", FieldType.MULTI_SELECT, True, options=("emea", "dach", "uki")),
    FormField("approver", "Approver", FieldType.USER, True),
    FormField("utm", "UTM parameters", FieldType.UTM_SET, True, "Paste the finished link."),
    FormField("sure", "Consent is documented", FieldType.CHECKBOX),
    FormField("images", "Images", FieldType.FILE),
)
ANSWERS = {
    "title": "Badge scans from the Berlin summit",
    "goal": "Sales follows up within two days, because the talks were warm.",
    "rows": "486",
    "sheet": "https://sheets.example.com/abc",
    "copy": "tbd",
    "day": "2027-06-30",
    "go_live": "2027-05-12T10:00:00+02:00",
    "since": "tbd",
    "sender": "company",
    "regions": ("emea", "dach"),
    "approver": "U0PRIYA01",
    "utm": "https://go.example.com/x?utm_source=linkedin&utm_medium=paid-social",
    "sure": "yes",
}


LESS = replace(request().draft, question=f"Take {Personal.EMAIL.marker}, {Personal.PHONE.marker} off the list")
PERSONAL = PersonalAnswers({"title": f"Take {Personal.EMAIL.marker} off the list"}, (Personal.EMAIL,))


def checklist_messages() -> Sequence[tuple[str, Message]]:
    """Every stage of a checklist whose texts are as long as they may be."""
    long = "Is *it* <there>? " * 100
    end = Outcome(long[:1_200], (CHECKLIST, DASHBOARD, CHECKLIST))
    labels = [f"{n} " + "x" * 38 for n in range(4)]
    steps = [
        Step(
            f"s{n}",
            long[:250],
            tuple(Choice(label, next=f"s{n + 1}", note=long[:120]) for label in labels),
            long[:600],
        )
        for n in range(7)
    ]
    last = Step("s7", "And now?", (Choice("End", outcome=end), Choice("People", outcome=Outcome(ticket="any"))))
    tree = Checklist((*steps, last), "What it usually is, {asker.first_name}.")
    walk = Walk(tree)
    for _ in steps:
        walk = walk.choose(0)
    start, deep = Board(1, 0, "Where are my MQLs?", Walk(tree)), Board(1, 0, "Where are my MQLs?", walk)
    ended = replace(deep, walk=walk.choose(0), turn=9)
    return (
        ("answer with a checklist", answers.answer(1, replace(entry(), checklist=tree), 0, True, TODAY)),
        ("checklist, first question", checklists.question(start)),
        ("checklist, last question", checklists.question(deep)),
        ("checklist, explanation", checklists.outcome(ended, end)),
        (
            "checklist, people",
            checklists.outcome(replace(deep, walk=walk.choose(1), files=False), Outcome(ticket="any")),
        ),
        ("checklist, explained", checklists.explained(ended, end)),
        ("checklist, passed on", checklists.passed_on(ended)),
        ("checklist, changed", checklists.changed(start)),
        ("checklist, gone", checklists.gone(1)),
        ("checklist, of another", checklists.others("Uma <!here>")),
    )


@cache
def every_message() -> Sequence[tuple[str, Message]]:
    """Every message the desk can say, with ordinary content."""
    stale = Citation((CHECKLIST,), "ops-lifecycle", date(2025, 1, 10), date(2026, 1, 10))
    long_text = "## Check the sync\n\n" + ANSWER * 3
    second = entry(title="Where do I build UTM links?")
    other = passage("Short links.", heading="Short links for LinkedIn")
    missing = form().fields[:6]
    return (
        ("answer", answers.answer(1, entry(), 0, True, TODAY)),
        ("answer, stale, possible match", answers.answer(1, entry(citation=stale), 2, False, TODAY, good=False)),
        ("answer from a page, folded", answers.answer(1, passage(long_text), 0, True, TODAY)),
        ("answer from a page, whole", answers.answer(1, passage(long_text), 0, True, TODAY, expanded=True)),
        ("private answer", answers.answer(1, entry(), 0, True, TODAY, private=True)),
        ("private answer, folded", answers.answer(1, passage(long_text), 0, True, TODAY, private=True)),
        ("shared", answers.answer(1, entry(), 0, True, TODAY, shared_by="U0UMA", asked="where are my MQLs?")),
        ("overheard", answers.answer(1, entry(), 0, True, TODAY, overheard=True)),
        ("suggest", answers.suggest(1, [entry(), second, other])),
        ("suggest one", answers.suggest(1, [entry()])),
        ("more hits", answers.more_hits(1, [second, other], (1, 2))),
        ("no more hits", answers.more_hits(1, [])),
        *checklist_messages(),
        ("chosen", answers.chosen("Where do I build UTM links?")),
        ("none chosen", answers.none_chosen()),
        ("offer", answers.offer(1)),
        ("offer after none", answers.offer(1, after_none=True)),
        ("small talk, greeting", answers.small_talk("hi there!")),
        ("small talk, thanks", answers.small_talk("Thank you :)")),
        ("small talk, other", answers.small_talk("hmm")),
        ("people", answers.people(1)),
        ("forget me, said aloud", answers.forget_how()),
        ("none of these, by another", answers.others_question(1, "Maya Lindqvist")),
        ("not for this channel", answers.not_for_channel()),
        ("off topic", answers.off_topic(1)),
        ("nothing to look in", answers.nothing_to_look_in(1)),
        ("thumb up", answers.thanks_for_feedback(1, True)),
        ("thumb down", answers.thanks_for_feedback(1, False)),
        ("shared ok", answers.shared()),
        ("button expired", answers.forgotten_question()),
        ("cannot post", answers.cannot_post("C0MARKETING")),
        ("failed", answers.failed("Q12")),
        ("forgotten", answers.forgotten(12)),
        ("forgotten, with tickets", answers.forgotten(12, ("MOPS-12", "MOPS-14"), 1)),
        ("nothing to forget", answers.forgotten(0)),
        ("help", replies.help_text()),
        ("on call", replies.oncall("Priya")),
        ("nobody on call", replies.oncall(None)),
        ("did you mean", replies.did_you_mean("/mops", "hepl", "help")),
        ("looking", replies.looking("where are my MQLs?")),
        ("forgetting", replies.forgetting()),
        ("cannot read", replies.cannot_read()),
        ("not kept", replies.not_kept("where are my MQLs?")),
        ("ticket opened", tickets.ticket_card(request(), "Priya", missing)),
        ("secrets left out", secrets_left_out([Secret.TOKEN, Secret.CARD])),
        ("card number left out", secrets_left_out([Secret.CARD])),
        ("ticket without an address", on_card(tickets.ticket_card(request(), "Priya", missing), LESS, "not_found")),
        ("ticket complete", tickets.ticket_card(request(ticket=BUSY), "Priya", (), tickets.Because.ASKED_FOR)),
        ("ticket done", tickets.ticket_card(request(ticket=replace(BUSY, status="Done", done=True)))),
        ("kept", tickets.ticket_card(request(RequestState.QUEUED))),
        ("withdrawn", tickets.ticket_card(request(RequestState.WITHDRAWN, TICKET))),
        ("withdrawn before filing", tickets.ticket_card(request(RequestState.WITHDRAWN))),
        ("needs fields", tickets.needs_fields(request(RequestState.NEEDS_FIELDS), [COMPONENT])),
        ("dead", tickets.ticket_card(request(RequestState.DEAD))),
        ("opening privately", tickets.opening_privately("7F3K")),
        ("request taken", tickets.request_taken("7F3K")),
        ("added to", tickets.added_to(request())),
        ("noted", tickets.noted_on(request())),
        ("status", tickets.status(request(), "Priya")),
        ("status, no ticket", tickets.status(None)),
        ("may close", tickets.may_close(request())),
        ("closed by ops", tickets.closed_by(request(), "U0MAYA", "Priya")),
        ("details by another", tickets.details_by(request(), "Jonas Weber")),
        ("not needed, by another", tickets.others_request("Maya Lindqvist")),
        ("already closed", tickets.already_closed()),
        ("ticket with open ends", tickets.ticket_card(request(), None, (), "details_added", missing)),
        ("ops: rejected", tickets.ops_rejected("Field 'Component' is not on the screen.")),
        ("ops: denied", tickets.ops_denied("401 Unauthorized")),
        ("ticket list", tickets.ticket_list([request(ticket=BUSY), request(RequestState.QUEUED)])),
        ("long ticket list", tickets.ticket_list([request(ticket=BUSY)] * 13)),
        ("no tickets", tickets.ticket_list([])),
        ("one ticket", tickets.one_ticket("MOPS-214", request(ticket=BUSY))),
        ("no such ticket", tickets.one_ticket("MOPS-9", None)),
        ("form not opened", tickets.form_not_opened("Import 486 badge scans from Berlin")),
        ("form not opened, empty", tickets.form_not_opened()),
    )


def every_view() -> Sequence[tuple[str, dict[str, Any]]]:
    """Every modal and the App Home, with ordinary content."""
    made = form(lead_time_business_days=2)
    wrong = [FieldProblem("title", "A little more, please: 10 characters at least (now 4).")]
    adding = Sheet(made, ANSWERS, FormContext(request_id=7), (COMPONENT,), read=("rows", "sheet"))
    left = Unfinished(3, "Email send", timedelta(hours=2))
    return (
        ("form, empty", forms.form_view([made], Sheet(made, {}, FormContext(), unfinished=left))),
        ("form, second step", forms.form_view([made], Sheet(made, ANSWERS, FormContext(step=1)))),
        ("form, filled", forms.form_view([made], adding, wrong)),
        ("confirm", forms.confirm_view(made, ANSWERS, "{}")),
        ("confirm, personal", forms.confirm_view(made, ANSWERS, "{}", personal=PERSONAL)),
        ("expired", forms.expired_view()),
        ("not kept", forms.not_kept_view()),
        ("ask", forms.ask_view()),
        ("home", home.home_view([request(ticket=BUSY), request(RequestState.QUEUED)])),
        ("home, curator, no requests", home.home_view([], faq=[{"type": "divider"}])),
    )
