"""What askers hear while the ops team waits for them, and when it stops waiting."""

from __future__ import annotations

from datetime import date

from bot import texts, triage_texts
from bot.slack import ids, mrkdwn
from bot.slack.message import Markup, Message, actions, button, say
from escalation.domain import Form, Request
from escalation.validation import is_tbd, missing


def reminder(request: Request, form: Form | None, asker: str, closes: date | None) -> Message:
    """The ops team waits for details; ``closes`` on the last reminder: the day the ticket is closed."""
    needed = _needed(request, form)

    def sentence(m: Markup) -> str:
        ticket = m.strong(m.link(request.ticket.key, request.ticket.url)) if request.ticket else m.bold(request.ref)
        names = texts.listed([m.bold(name) for name in needed])
        who = mrkdwn.person(asker)
        if closes is None:
            return triage_texts.remind(who, ticket, names)
        return triage_texts.remind_last(who, ticket, names, triage_texts.short_day(closes))

    return say(sentence, actions(button(texts.ADD_DETAILS, ids.ADD_DETAILS, str(request.id), primary=True)))


def _needed(request: Request, form: Form | None) -> list[str]:
    """The labels of what is missing or was answered with "I don't know yet"."""
    if form is None:
        return []
    answers = request.draft.answers
    unknown = [field for field in form.fields if is_tbd(field, answers.get(field.key, ""))]
    return list(dict.fromkeys(field.label for field in (*missing(form, answers), *unknown)))
