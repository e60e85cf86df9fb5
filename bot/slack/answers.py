"""Verdicts and hits → messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count

from bot import audience_texts, texts, ticket_texts
from bot.domain import Kept
from bot.slack import checklists, ids, mrkdwn
from bot.slack.citations import TITLE_LIMIT, freshness, name, sources, where_it_stands
from bot.slack.markdown import parse
from bot.slack.message import (
    BUTTON_LIMIT,
    PLAIN,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    clip,
    context,
    hit_value,
    joined,
    one_line,
    say,
    section,
)
from bot.slack.mrkdwn import Kind, Line
from knowledge.checklists import Walk
from knowledge.domain import Band, Cause, Hit, HitKind, Verdict
from knowledge.variables import Known, filled, nothing_known

FOLD_AT = 600  # visible characters before "Show more" (VOICE)
SHORT = 300  # the same where a checklist goes on from there
_ANSWER_LIMIT = 9_000  # mrkdwn characters of an unfolded answer: "all blocks together about 13,200"
SUGGESTED = 3  # choices shown; ids has three action ids for them
_TELLING_HEADING = 3  # words


def answer(
    question_id: int,
    hit: Hit,
    rank: int,
    has_more_hits: bool,
    today: date,
    *,
    good: bool = True,
    expanded: bool = False,
    private: bool = False,
    shared_by: str | None = None,
    overheard: bool = False,
    asked: str | None = None,
    known: Known = nothing_known,
) -> Message:
    """An answer: its text, one line about where it stands, then what to do if it is not the right one.

    ``rank`` (from 0) tells the buttons which hit this is. ``good`` picks "Good match" over "Possible match".
    ``private`` answers (only the asker sees them) can be shared and carry no feedback element, which Slack
    documents for posted messages only. ``shared_by`` is a member id; ``asked`` the question, shown when shared.
    """
    hit = _for_reader(hit if shared_by is None else replace(hit, checklist=None), known)
    board = (
        checklists.Board(question_id, rank, hit.title, Walk(hit.checklist), known=known) if hit.checklist else None
    )
    shown, folded = _shown(hit, expanded)
    match = texts.GOOD_MATCH if good else texts.POSSIBLE_MATCH
    blocks = [section(text) for text in shown]
    intro = _shared(shared_by, asked)
    note = texts.OVERHEARD if overheard else ""
    blocks = [*([context(intro)] if intro else []), *blocks, context(*where_it_stands(hit, match, today))]
    blocks += [context(note)] if note else []
    if not private:
        blocks.append(_feedback(question_id))
    buttons = _buttons(question_id, rank, folded=folded, private=private, more=has_more_hits)
    message = Message(_spoken(hit, match, today, intro, note), (*blocks, actions(*buttons)))
    return replace(checklists.with_question(message, board) if board else message, kept=Kept.of(hit))


def suggest(question_id: int, hits: Sequence[Hit], ranks: Sequence[int] | None = None) -> Message:
    """The closest hits as buttons. ``ranks`` are their places in the verdict (default: from the first on)."""
    return _choice(question_id, texts.suggest(len(hits[:SUGGESTED])), hits, ranks or range(len(hits)))


def more_hits(question_id: int, hits: Sequence[Hit], ranks: Sequence[int] | None = None) -> Message:
    """The next best hits after "Not what I meant"; with none left, the way to the ops team.

    ``ranks`` are their places in the verdict (default: from the second on).
    """
    said = texts.more_hits(len(hits[:SUGGESTED]))
    if not hits:
        return say(said, actions(_ask_ops(question_id, primary=True)))
    return _choice(question_id, said, hits, ranks or range(1, len(hits) + 1))


def one_of_several(message: Message, first: str = "") -> Message:
    """An answer or choices, with a word that more was asked; ``first``: the question that was answered."""
    note = texts.took_first(mrkdwn.escape(clip(one_line(first), 2 * TITLE_LIMIT))) if first else texts.ONE_OF_SEVERAL
    text = f"{clip(message.text, TEXT_LIMIT - len(note) - 1)}\n{note}"
    return replace(message, text=text, blocks=(*message.blocks, context(note)))


def chosen(title: str) -> Message:
    """What stays in place of the suggestions once one was picked."""
    return say(lambda m: texts.chosen(m.bold(clip(one_line(title), TITLE_LIMIT))))


def none_chosen() -> Message:
    """What stays in place of the suggestions after "None of these"."""
    return say(texts.NONE_CHOSEN)


def offer(question_id: int, *, after_none: bool = False) -> Message:
    """The desk does not know, and asks before it opens a ticket."""
    said = texts.OFFER_AFTER_NONE if after_none else texts.OFFER
    return say(said, actions(_ask_ops(question_id, primary=True)))


def small_talk(text: str = "") -> Message:
    """One short line back to a greeting, thanks or a goodbye, and to anything else that is no question."""
    said = set(re.findall(r"\w+", text.lower()))
    kinds = (kind for kind, words in texts.SMALL_TALK_WORDS.items() if said & set(words.split()))
    line = texts.SMALL_TALK.get(next(kinds, ""), texts.SMALL_TALK_OTHER)
    return say(line, actions(_ask_ops()))


def people(question_id: int | None = None) -> Message:
    """To somebody who wants people. ``question_id``: what they asked before, which the form then begins with."""
    said = texts.PEOPLE if question_id is None else texts.PEOPLE_ABOUT
    return say(said, actions(_ask_ops(question_id, primary=True)))


def forget_how() -> Message:
    """To somebody who says "forget me" where others may read."""
    return say(texts.FORGET_HOW)


def others_question(question_id: int, asker: str) -> Message:
    """To somebody who says that another person's answer is not right; ``asker`` is a name."""
    return say(lambda m: texts.others_question(m.words(asker)), actions(_ask_ops(question_id)))


def not_for_channel() -> Message:
    """Sharing would show outsiders what is for the team."""
    return say(texts.NOT_FOR_CHANNEL)


def elsewhere() -> Message:
    """For a channel where not everyone may read an answer: its asker got it in their own messages."""
    return say(audience_texts.ELSEWHERE)


def only_for_you(message: Message, asked: str) -> Message:
    """An answer that its asker gets alone, with the question above it."""
    lead = audience_texts.only_you(mrkdwn.escape(clip(one_line(asked), 2 * TITLE_LIMIT)))
    text = clip(f"{lead}\n{message.text}", TEXT_LIMIT)
    return replace(message, text=text, blocks=(context(lead), *message.blocks))


def not_here() -> Message:
    """For a place where not everyone may read what was to be shown, and nobody got it instead."""
    return say(audience_texts.NOT_HERE, actions(_ask_ops()))


def not_yours() -> Message:
    """To somebody who may not read what they asked to see."""
    return say(audience_texts.NOT_YOURS, actions(_ask_ops()))


def withdrawn() -> Message:
    """What was to be shown is not there any more."""
    return say(audience_texts.WITHDRAWN, actions(_ask_ops()))


def off_topic(question_id: int) -> Message:
    """Not a question for this team, unless the asker says so."""
    return say(texts.OFF_TOPIC, actions(_ask_ops(question_id)))


def fragment(question_id: int) -> Message:
    """To a word or two that nothing fits."""
    return say(texts.FRAGMENT, actions(_ask_ops(question_id)))


def nothing_to_look_in(question_id: int) -> Message:
    """A fresh install."""
    said = texts.NOTHING_TO_LOOK_IN.format(command=f"`{texts.IMPORT_COMMAND}`")
    return say(said, actions(_ask_ops(question_id, primary=True)))


def thanks_for_feedback(question_id: int, helpful: bool, *, told: bool = False) -> Message:
    """To the person who gave a thumb; after "not helpful" with the way to people. ``told``: they said why."""
    if helpful:
        return say(texts.THANKS_HELPFUL)
    more = button(texts.SAY_WHAT_WAS_WRONG, ids.FAQ_SAY_MORE, str(question_id))
    return say(texts.THANKS_TOLD if told else texts.THANKS_NOT_HELPFUL, actions(more, _ask_ops(question_id)))


def failed(reference: str) -> Message:
    """The desk itself failed on this question, and will not try again."""
    return say(texts.failed(mrkdwn.escape(reference)))


def ops_undelivered(reference: str, reason: str) -> Message:
    """For the ops channel: a message that reached nobody; ``reason`` holds no words of people."""
    return say(lambda m: texts.ops_undelivered(m.bold(reference), m.words(reason.rstrip("."))))


def ops_failed(reference: str, reason: str, *, sender_knows: bool) -> Message:
    """For the ops channel: the desk failed; whoever asked was told, or there is nobody whom it could tell."""
    return say(lambda m: texts.ops_failed(m.bold(reference), m.words(reason.rstrip(".")), sender_knows))


def shared() -> Message:
    """To the person who pressed "Share in channel"."""
    return say(texts.SHARED)


def forgotten_question() -> Message:
    """A button whose question is gone."""
    return say(texts.EXPIRED)


def cannot_post(channel: str) -> Message:
    """For a DM, before what could not be posted in the channel (an id, a name, or "" when unknown)."""
    return say(texts.cannot_post(mrkdwn.channel(channel) if channel else texts.THAT_CHANNEL))


def forgotten(count: int, tickets: Sequence[str] = (), withdrawn: int = 0) -> Message:
    """`/mops forget me`; ``count`` records were deleted, these tickets go on, so many requests were never filed."""
    return say(texts.forgotten(count, [mrkdwn.escape(key) for key in tickets], withdrawn))


def why_not(verdict: Verdict, hit: Hit) -> str:
    """Why a hit of this verdict was not enough, for the ops team to read in the ticket (plain text)."""
    if verdict.band is Band.ANSWER and hit == verdict.hits[0]:
        return ticket_texts.SHOWN_NOT_RIGHT
    if verdict.band is Band.SUGGEST and hit in verdict.hits[:SUGGESTED]:
        return ticket_texts.SHOWN_NOT_RIGHT
    return ticket_texts.NOT_CLOSE if verdict.cause is Cause.NO_MATCH else ticket_texts.NOT_SURE_ENOUGH


def button_label(hit: Hit) -> str:
    """A hit's name short enough for a button: an entry's question, a passage's heading.

    A phone shows the first 30 characters or so, and it is the heading that tells hits apart; a heading of one or two
    words ("Timeline") needs its page.
    """
    page, heading = one_line(hit.title), one_line(hit.heading or "")
    if hit.kind is HitKind.ENTRY or not heading or heading == page:
        return clip(page or heading or hit.id, BUTTON_LIMIT)
    if len(heading.split()) >= _TELLING_HEADING:
        return clip(heading, BUTTON_LIMIT)
    room = BUTTON_LIMIT - len(" › ") - len(heading)
    return clip(f"{clip(page, max(room, BUTTON_LIMIT // 3))} › {heading}", BUTTON_LIMIT)


def _for_reader(hit: Hit, known: Known) -> Hit:
    """The hit with its variables filled in; with a checklist, its quote is what the checklist begins with."""
    if hit.template:
        text = filled(hit.template, known)
        hit = replace(hit, text=text, quote=text)
    intro = filled(hit.checklist.intro, known) if hit.checklist else ""
    return replace(hit, quote=intro) if intro else hit


def _shown(hit: Hit, expanded: bool) -> tuple[list[str], bool]:
    """The mrkdwn of the answer, and whether there is more of it behind "Show more"."""
    whole = _without_title(parse(hit.text), hit)
    if not expanded:
        quote = _without_title(parse(hit.quote), hit) or whole
        head = mrkdwn.fold(quote, SHORT if hit.checklist else FOLD_AT)
        return mrkdwn.chunks(head) or [mrkdwn.escape(name(hit))], len(mrkdwn.plain(head)) < len(mrkdwn.plain(whole))
    pieces = mrkdwn.chunks(whole)
    kept = pieces[: _ANSWER_LIMIT // mrkdwn.SECTION_LIMIT]
    if len(kept) == len(pieces):
        return kept or [mrkdwn.escape(name(hit))], False
    page = texts.rest_on_page(mrkdwn.link(name(hit), hit.url)) if hit.url else texts.REST_IN_SOURCE
    return [*kept, page], False


def _without_title(lines: tuple[Line, ...], hit: Hit) -> tuple[Line, ...]:
    """The answer comes first: a heading that the source line repeats anyway is left out."""
    is_title = lines and lines[0].kind is Kind.HEADING and lines[0].text.strip() in (hit.heading, hit.title)
    return (replace(lines[1], gap=False), *lines[2:]) if is_title and len(lines) > 1 else lines


def _buttons(question_id: int, rank: int, *, folded: bool, private: bool, more: bool) -> list[Block]:
    """At most three. A folded private answer is read to its end before it can be called wrong."""
    value = hit_value(question_id, rank)
    row = [button(texts.SHOW_MORE, ids.SHOW_MORE, value)] if folded else []
    row += [button(texts.SHARE, ids.SHARE, value)] if private else []
    if more and not (folded and private):
        row.append(button(texts.NOT_WHAT_I_MEANT, ids.NOT_WHAT_I_MEANT, value))
    return [*row, _ask_ops(question_id)]


def _choice(question_id: int, said: str, hits: Sequence[Hit], ranks: Sequence[int]) -> Message:
    labels = _labels(hits[:SUGGESTED])
    options = [
        button(label, f"{ids.CHOOSE_HIT}_{place}", hit_value(question_id, rank))
        for place, label, rank in zip(count(), labels, ranks, strict=False)
    ]
    none = button(texts.NONE_OF_THESE, ids.NONE_OF_THESE, str(question_id))
    blocks = (section(said), actions(*options, none))
    names = "; ".join(f"{place + 1}. {mrkdwn.escape(name(hit))}" for place, hit in enumerate(hits[:SUGGESTED]))
    return Message(clip(f"{said} {names}", TEXT_LIMIT), blocks, kept=Kept.of(*hits[:SUGGESTED]))


def _labels(hits: Sequence[Hit]) -> list[str]:
    """A label each; hits whose labels would be the same are told apart by their pages."""
    labels = [button_label(hit) for hit in hits]
    return [
        clip(f"{clip(one_line(hit.title), BUTTON_LIMIT // 2)} › {label}", BUTTON_LIMIT)
        if labels.count(label) > 1 and hit.heading
        else label
        for hit, label in zip(hits, labels, strict=True)
    ]


def _ask_ops(question_id: int | None = None, *, primary: bool = False) -> Block:
    """Opens the form, filled from the question where there is one."""
    return button(texts.ASK_OPS, ids.ASK_OPS, "" if question_id is None else str(question_id), primary=primary)


def _feedback(question_id: int) -> Block:
    def half(label: str, spoken: str, verdict: str) -> Block:
        text = {"type": "plain_text", "text": label}
        return {"text": text, "accessibility_label": spoken, "value": f"{question_id}:{verdict}"}

    element = {
        "type": "feedback_buttons",
        "action_id": ids.FEEDBACK,
        "positive_button": half(texts.HELPFUL, texts.HELPFUL_LABEL, "up"),
        "negative_button": half(texts.NOT_HELPFUL, texts.NOT_HELPFUL_LABEL, "down"),
    }
    return {"type": "context_actions", "elements": [element]}


def _shared(shared_by: str | None, asked: str | None) -> str:
    who = texts.shared_by(mrkdwn.person(shared_by)) if shared_by else ""
    what = texts.shared_question(mrkdwn.escape(clip(one_line(asked), 2 * TITLE_LIMIT))) if asked else ""
    return joined([who, what])


def _spoken(hit: Hit, match: str, today: date, intro: str, note: str) -> str:
    """The whole message as plain text: the answer in full as far as it fits, then where it stands."""
    linked = ", ".join(PLAIN.link(title, url) for title, url in sources(hit))
    facts = [match, texts.source_line(linked) if linked else "", PLAIN.words(hit.citation.owner or "")]
    tail = joined([*facts, *freshness(hit, today)])
    body = mrkdwn.escape(mrkdwn.plain(parse(hit.text or hit.quote)))
    room = TEXT_LIMIT - len(tail) - len(intro) - len(note) - 3
    return clip("\n".join(part for part in (intro, clip(body, max(room, 200)), tail, note) if part), TEXT_LIMIT)
