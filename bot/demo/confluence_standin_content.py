"""A marketing-operations wiki of more than 300 pages, written from what a team knows of each of its fields.

Page types use what real pages use: tables, panels, code, expands, task lists, layouts, status labels, links, dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.demo.confluence_standin_areas import AREAS, REGIONS, Area

Body = Callable[[Area, int], str]


@dataclass(frozen=True)
class Written:
    """A page as its author wrote it, in storage format. ``parent`` is a title, "" for a top page of its space."""

    space: str
    title: str
    parent: str
    body: str
    labels: tuple[str, ...] = ()


def wiki() -> Iterator[Written]:
    """All pages, parents first."""
    yield Written("MOPS", "Marketing operations", "", _home())
    for number, area in enumerate(AREAS):
        space = ("MOPS", "MOPS", "CAMP")[number % 3]
        top = "" if space == "CAMP" else "Marketing operations"
        yield Written(space, area.name, top, _overview(area, number), ("overview", f"owner-{area.team}"))
        for kind, (suffix, write, labels) in enumerate(KINDS):
            parent = area.name if kind % 4 else f"{area.name}: {KINDS[kind - 1][0]}" if kind else area.name
            yield Written(space, f"{area.name}: {suffix}", parent, write(area, number), labels)


def macro(name: str, body: str = "", **parameters: str) -> str:
    """A macro with a rich body."""
    given = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items())
    inside = f"<ac:rich-text-body>{body}</ac:rich-text-body>" if body else ""
    return f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">{given}{inside}</ac:structured-macro>'


def code(text: str, language: str = "sql") -> str:
    """A code macro."""
    return (
        f'<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">{language}</ac:parameter>'
        f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"
    )


def tasks(*lines: tuple[str, bool]) -> str:
    """A task list."""
    items = "".join(
        f"<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{'complete' if done else 'incomplete'}"
        f"</ac:task-status><ac:task-body><span>{line}</span></ac:task-body></ac:task>"
        for number, (line, done) in enumerate(lines, 1)
    )
    return f"<ac:task-list>{items}</ac:task-list>"


def table(*rows: tuple[str, ...]) -> str:
    """A table with a head row."""
    head = "".join(f"<th><p>{cell}</p></th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><colgroup><col /></colgroup><tbody><tr>{head}</tr>{body}</tbody></table>"


def link(title: str, words: str = "") -> str:
    """A link to a page by its title."""
    body = f"<ac:plain-text-link-body><![CDATA[{words}]]></ac:plain-text-link-body>" if words else ""
    return f'<ac:link><ri:page ri:content-title="{title}" />{body}</ac:link>'


def listed(*items: str, ordered: bool = False) -> str:
    """A list."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li><p>{item}</p></li>' for item in items)}</{tag}>"


def _home() -> str:
    links = listed(*(link(area.name) for area in AREAS))
    return (
        '<ac:layout><ac:layout-section ac:type="two_right_sidebar"><ac:layout-cell>'
        "<p>What the marketing operations team does, and how to get it done.</p>"
        f"<h2>Fields of work</h2>{links}</ac:layout-cell><ac:layout-cell>{macro('toc', maxLevel='2')}"
        f"{macro('info', '<p>Questions go to the help channel; the desk answers from these pages.</p>')}"
        "</ac:layout-cell></ac:layout-section></ac:layout>"
    )


def _overview(area: Area, number: int) -> str:
    return (
        f"<p>{area.about} {macro('status', colour='Green', title='LIVE')}</p>"
        f"<h2>What we do</h2>{listed(*(step.capitalize() + '.' for step in area.steps))}"
        f"<h2>Who does it</h2><p>The {area.team} team owns {area.subject} and works in {area.tool}.</p>"
        f"<p><ac:image><ri:attachment ri:filename='overview-{number}.png' /></ac:image></p>"
        f"<h2>Where to start</h2><p>Read {link(f'{area.name}: How to request', 'how to request it')} first.</p>"
    )


def _request(area: Area, number: int) -> str:
    return (
        f"<p>Open a request at least {area.days} working days before you need {area.subject}.</p>"
        f"<h2>What we need from you</h2>{listed(*area.needs)}"
        f"<h2>Steps</h2>{listed(*(step.capitalize() + '.' for step in area.steps), ordered=True)}"
        f"{macro('note', f'<p>Requests for {area.subject} without {area.needs[0]} wait until it is there.</p>')}"
        f"<h2>After you asked</h2><p>{area.tool} sends you a confirmation; ask for changes in the same ticket.</p>"
    )


def _lead_times(area: Area, number: int) -> str:
    rows = [(one, f"{area.days + at} working days", f"{area.team}-{one.lower()}") for at, one in enumerate(REGIONS)]
    return (
        f"<p>How long {area.subject} takes, from a complete request to done.</p>"
        f"<h2>By region</h2>{table(('Region', 'Lead time', 'Team'), *rows)}"
        f"<h2>Rush requests</h2><p>A rush for {area.subject} takes {max(1, area.days // 2)} days and needs the "
        f"yes of the head of {area.team}.</p>"
        + macro("warning", f"<p>No rush in the last {2 + number % 3} days of a quarter.</p>")
    )


def _checklist(area: Area, number: int) -> str:
    lines = [(step.capitalize(), at % 2 == 0) for at, step in enumerate(area.steps)]
    last = tasks((f"Two people have looked at it in {area.tool}", False), ("The requester said yes", False))
    return (
        f"<p>Before {area.subject} goes live.</p>{tasks(*lines)}"
        f"<h2>Final look</h2>{last}"
        f"<p>Since <time datetime='2026-0{1 + number % 9}-15' /> both must be ticked.</p>"
    )


def _troubleshooting(area: Area, number: int) -> str:
    parts = "".join(
        f"<h2>{problem.symptom}</h2><p>{problem.cause}</p>"
        + macro("expand", f"<p>{problem.fix}</p>", title="How to mend it")
        for problem in area.problems
    )
    return f"<p>What goes wrong with {area.subject}, and what helps.</p>{parts}"


def _faq(area: Area, number: int) -> str:
    return "".join(
        f"<h3>{question}</h3><p>{answer}</p>"
        for question, answer in (
            (
                f"Who may ask for {area.subject}?",
                f"Everyone in marketing. Agencies ask their {area.team} contact.",
            ),
            (
                f"Can I do {area.subject} myself?",
                f"With a licence of {area.tool} and {area.days} hours of training.",
            ),
            (f"What does {area.subject} cost?", f"Nothing for you; the budget line is MK-{4100 + number * 7}."),
        )
    )


def _glossary(area: Area, number: int) -> str:
    return f"<p>Words we use for {area.subject}.</p>" + table(("Word", "Meaning"), *area.terms)


def _runbook(area: Area, number: int) -> str:
    table_name = f"{area.tool.split()[0].lower()}_log"
    query = f"SELECT owner, count(*) FROM {table_name}\nWHERE age < {area.days} AND status <> 'done'\nGROUP BY owner"  # noqa: S608 - a page's text
    return (
        f"<h2>Every morning</h2><p>Look for stuck items of {area.subject}:</p>{code(query)}"
        f"<h2>When something is stuck</h2>{listed(*(problem.fix for problem in area.problems), ordered=True)}"
        f"<h2>Whom to call</h2><p>Until 18:00 {area.team}; later the on-call number {5500 + number}.</p>"
    )


def _owners(area: Area, number: int) -> str:
    rows = [
        (one, f"{area.team}-{one.lower()}", f"{area.tool} admin {chr(65 + at)}") for at, one in enumerate(REGIONS)
    ]
    return f"<p>Who owns {area.subject} where.</p>" + macro("details", table(("Region", "Owner", "Deputy"), *rows))


def _decisions(area: Area, number: int) -> str:
    rows = [
        (f"2026-0{1 + at + number % 5}-1{at}", f"{problem.symptom} is handled by {area.team}", problem.cause)
        for at, problem in enumerate(area.problems)
    ]
    return f"<p>Decisions about {area.subject}, newest last.</p>" + table(("Date", "Decision", "Why"), *rows)


def _naming(area: Area, number: int) -> str:
    short = "".join(word[0] for word in area.name.split()).upper()
    return (
        f"<p>Names in {area.tool} begin with <code>{short}{number:02}</code>, the region and the quarter.</p>"
        + code(f"{short}{number:02}-EMEA-2027Q1-spring-launch", "text")
        + macro("tip", f"<p>Names of {area.subject} never hold a person's name.</p>")
    )


def _notes(area: Area, number: int) -> str:
    return (
        f"<p>Weekly meeting of {area.team}, <time datetime='2026-11-0{1 + number % 9}' />.</p>"
        f"<h2>Talked about</h2>{listed(*(problem.symptom for problem in area.problems))}"
        f"<h2>To do</h2>{tasks((f'Write down: {area.problems[0].fix}', False))}"
    )


def _report(area: Area, number: int) -> str:
    rows = [(f"Q{at + 1}", str(40 + number * 3 + at * 5), f"{92 - at - number % 4} %") for at in range(4)]
    return f"<p>How many requests for {area.subject}, and how many were in time.</p>" + table(
        ("Quarter", "Requests", "In time"), *rows
    )


def _old_process(area: Area, number: int) -> str:
    return (
        macro("warning", f"<p>This page is deprecated: see {link(f'{area.name}: How to request')}.</p>")
        + f"<p>Until 2024 {area.subject} was asked for by mail, {area.days * 3} days ahead.</p>"
    )


def _plans(area: Area, number: int) -> str:
    return (
        f"<p>{macro('status', colour='Yellow', title='WIP')}</p>"
        f"<p>Next year {area.subject} moves out of {area.tool}; nothing is decided yet.</p>"
    )


KINDS: tuple[tuple[str, Body, tuple[str, ...]], ...] = (
    ("How to request", _request, ("how-to",)),
    ("Lead times", _lead_times, ("sla",)),
    ("Go-live checklist", _checklist, ("checklist", "how-to")),
    ("Troubleshooting", _troubleshooting, ("how-to", "support")),
    ("Questions and answers", _faq, ("faq",)),
    ("Glossary", _glossary, ("glossary",)),
    ("Runbook", _runbook, ("runbook", "ops-only")),
    ("Owners by region", _owners, ("owners",)),
    ("Decision log", _decisions, ("decisions",)),
    ("Naming", _naming, ("how-to",)),
    ("Meeting notes", _notes, ("meeting-notes",)),
    ("Quarterly report", _report, ("report",)),
    ("Old process", _old_process, ("deprecated",)),
    ("Plans", _plans, ("wip",)),
)
