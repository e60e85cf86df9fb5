"""What happens to a ticket → messages: a word from ops, done, solved or not, gone, an entry worth writing."""

from __future__ import annotations

from bot import news_texts, ops_texts, texts, triage_texts
from bot.slack import ids, mrkdwn
from bot.slack.message import Block, Markup, Message, actions, button, clip, context, say
from bot.ticket_news import Ending
from escalation.domain import Request, Ticket, TicketComment

COMMENT_LIMIT = 600  # visible characters of what ops said before it goes on in the tracker


def from_ops(request: Request, comment: TicketComment, *, shown: bool) -> Message:
    """A public comment. ``shown``: False where not everybody may read it; then only that there is one."""
    ticket = request.ticket
    if not shown:
        return say(lambda m: news_texts.hidden_comment(_key(ticket, m), m.words(ticket.status if ticket else "")))
    words = comment.text.strip()
    cut = len(words) > COMMENT_LIMIT

    def said(m: Markup) -> str:
        lead = news_texts.said_by(m.bold(comment.author or news_texts.OPS), _key(ticket, m))
        rest = m.link(news_texts.READ_ON, ticket.url) if cut and ticket else ""
        return f"{lead} {m.words(clip(words, COMMENT_LIMIT))}" + (f" {rest}" if rest else "")

    return say(said)


def done(request: Request, ending: Ending | None, closing: int, *, shown: bool, answered: str = "") -> Message:
    """It is done, and how: "Did that solve it?" ``answered`` is what came of the question, in our own words."""
    ticket = request.ticket

    def said(m: Markup) -> str:
        words = m.words(clip(ending.words.strip(), COMMENT_LIMIT)) if ending and shown else ""
        resolution = m.words(ticket.resolution or "") if ticket and shown else ""
        if ending is not None and ending.declined:
            return news_texts.declined(_key(ticket, m), words)
        return news_texts.done(_key(ticket, m), words, resolution)

    if answered:
        return say(said, context(answered))
    if ending is not None and ending.for_now:
        again = button(triage_texts.OPEN_AGAIN, ids.NOT_SOLVED, f"{request.id}:{closing}")
        return say(lambda m: triage_texts.closed_silently(_key(ticket, m)), actions(again))
    question = news_texts.OK_WITH_THAT if ending is not None and ending.declined else news_texts.SOLVED
    return say(lambda m: f"{said(m)} {question}", _solved_buttons(request, closing))


def gone(request: Request) -> Message:
    """For the thread: the ticket is not there any more."""
    return say(lambda m: news_texts.gone(_key(request.ticket, m)))


def not_yours_to_say(asker: str) -> Message:
    """To somebody who pressed "Yes, thanks" or "Not yet" on a request they have no part in; ``asker`` is a name."""
    return say(lambda m: news_texts.not_yours_to_say(m.words(asker)))


def open_again(request: Request) -> Message:
    """To somebody who pressed a button of a closing that is past."""
    return say(lambda m: news_texts.open_again(_key(request.ticket, m)))


def open_for_others(request: Request, who: str) -> Message:
    """Instead of how it ended: ``who`` (a name) says it is solved, but it is open again, or about to be."""
    stands = news_texts.open_for_others if request.is_open else news_texts.back_for_others
    return say(lambda m: stands(_key(request.ticket, m)), context(news_texts.solved_for(plain(who))))


def asked_for_info(request: Request, who: str, words: str, *, shown: bool) -> Message:
    """For the asker's thread: what ops still needs."""
    row = actions(button(texts.ADD_DETAILS, ids.ADD_DETAILS, str(request.id), primary=True))

    def said(m: Markup) -> str:
        lead = news_texts.asks(m.words(who), _called(request, m))
        return f"{lead} {m.words(clip(words.strip(), COMMENT_LIMIT))}" if shown else lead

    return say(said, row)


def entry_offer(request: Request) -> Message:
    """For the ops channel: what was learned here may answer the next one who asks."""
    row = actions(button(ops_texts.DRAFT_ENTRY, ids.DRAFT_ENTRY, str(request.id)))
    return say(lambda m: ops_texts.entry_offer(_key(request.ticket, m)), row)


def _solved_buttons(request: Request, closing: int) -> Block:
    value = f"{request.id}:{closing}"
    return actions(
        button(news_texts.YES_THANKS, ids.SOLVED, value, primary=True),
        button(news_texts.NOT_YET, ids.NOT_SOLVED, value),
    )


def _called(request: Request, m: Markup) -> str:
    return _key(request.ticket, m) if request.ticket else m.bold(request.ref)


def _key(ticket: Ticket | None, m: Markup) -> str:
    return m.strong(m.link(ticket.key, ticket.url)) if ticket else ""


def plain(words: str) -> str:
    """Words of people for a context line of ours."""
    return mrkdwn.escape(words)
