"""The App Home: what the desk does, two ways to begin, and a person's requests."""

from __future__ import annotations

from collections.abc import Sequence

from bot import form_texts, texts
from bot.form_steps import Unfinished
from bot.slack import ids, mrkdwn
from bot.slack.message import RICH, Block, actions, button, divider, header, section
from bot.slack.tickets import request_lines
from escalation.domain import Request


def home_view(requests: Sequence[Request], unfinished: Unfinished | None = None, faq: Sequence[Block] = ()) -> Block:
    """The view for one person. ``requests`` newest first; the open ones are shown, ten at most.

    ``unfinished``: a form the person did not send yet. ``faq``: browsing it, and what waits for curators.
    """
    ask = button(texts.ASK, ids.HOME_ASK, "home", primary=True)
    ticket = button(texts.OPEN_TICKET, ids.HOME_TICKET, "home")
    blocks = [header(texts.HOME_TITLE), section(texts.HOME_INTRO), actions(ask, ticket), divider()]
    blocks += _unfinished(unfinished)
    lines = request_lines([request for request in requests if request.is_open], RICH) or [texts.HOME_NO_REQUESTS]
    blocks += [header(texts.HOME_REQUESTS), *map(section, lines), divider()]
    blocks += [*faq, divider()] if faq else []
    blocks += [header(texts.HOME_HOW), section("\n".join([texts.HELP_ASK, texts.HELP_MESSAGE, texts.HELP_MORE]))]
    return {"type": "home", "blocks": blocks}


def _unfinished(left: Unfinished | None) -> list[Block]:
    if left is None:
        return []
    go_on = button(form_texts.CONTINUE, ids.FORM_CONTINUE, str(left.draft_id))
    return [section(form_texts.unfinished(mrkdwn.escape(left.form_name), left.age)), actions(go_on), divider()]
