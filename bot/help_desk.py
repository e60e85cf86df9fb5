"""The heart of the desk: a question in, a decision out. Knows nothing of Slack, Jira, faiss or rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, assert_never

from bot.domain import Escalation, Reply, ReplyKind
from bot.remarks import Remark, is_foreign, is_fragment, is_work, remark_of
from bot.several_questions import separate_questions
from knowledge.domain import Audience, Band, Cause, Hit, HitKind, Question, Verdict
from knowledge.gate import Speech, speech_of

_SAYS = {
    Remark.HELP: ReplyKind.HELP,
    Remark.ON_CALL: ReplyKind.ON_CALL,
    Remark.HUMAN: ReplyKind.PEOPLE,
    Remark.FORGET_ME: ReplyKind.FORGET_ME,
    Remark.STATUS: ReplyKind.STATUS,
    Remark.NEVER_MIND: ReplyKind.SMALL_TALK,
}
_SAYS_ON_TICKET = {
    **_SAYS,
    Remark.HUMAN: ReplyKind.STATUS,  # it is with people already
    Remark.NEVER_MIND: ReplyKind.CLOSE,
}


class Judges(Protocol):
    """Whatever can give a verdict on a question (knowledge's KnowledgeBase; a double in tests)."""

    def verdict(self, question: Question) -> Verdict:
        """The verdict. Raises KnowledgeError when nothing can be searched at all."""

    def audiences(self) -> frozenset[Audience]:
        """Every audience that any text is kept for."""

    def audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        """Who may read a hit's text now; None when it has been withdrawn."""

    def current(self, hit: Hit) -> Hit | None:
        """A hit of an earlier verdict as its text is now; None when that has been withdrawn."""


class HelpDesk:
    """Applies the policy to a verdict: who addressed the desk always gets something."""

    def __init__(self, knowledge: Judges, escalation: Escalation) -> None:
        self._knowledge = knowledge
        self._escalation = escalation

    def reply(self, question: Question, *, on_ticket: bool = False) -> Reply:
        """What to do about a question. ``on_ticket``: the thread has an open ticket, which people work on."""
        several = separate_questions(question.text) if question.addressed and not on_ticket else ()
        if several:
            return self._of_several(question, several[0])
        return self._reply(question, on_ticket)

    def _of_several(self, question: Question, first: str) -> Reply:
        """The answer to the first of several questions, if there is one: together they resemble nothing."""
        alone = self._reply(replace(question, text=first), on_ticket=False)
        if alone.kind is ReplyKind.ANSWER:
            return replace(alone, several=True, took=first)
        reply = self._reply(question, on_ticket=False)
        return replace(reply, several=reply.kind in (ReplyKind.ANSWER, ReplyKind.SUGGEST))

    def _reply(self, question: Question, on_ticket: bool) -> Reply:
        verdict = self._knowledge.verdict(question)
        if not question.addressed:
            return Reply(ReplyKind.ANSWER if verdict.band is Band.ANSWER else ReplyKind.SILENCE, verdict)
        remark = remark_of(question.text)
        if remark is not None:
            return Reply((_SAYS_ON_TICKET if on_ticket else _SAYS)[remark], verdict)
        kind = self._kind(question, verdict)
        return Reply(_on_ticket(kind, question) if on_ticket else kind, verdict)

    def texts(self) -> frozenset[Audience]:
        """The audiences of everything that might be said."""
        return self._knowledge.audiences()

    def unsolved(self, reply: Reply) -> Reply:
        """What to do when the person says that none of what was found is right."""
        return Reply(self._hand_over(), reply.verdict)

    def _kind(self, question: Question, verdict: Verdict) -> ReplyKind:
        match verdict.band:
            case Band.ANSWER:
                return ReplyKind.ANSWER
            case Band.SUGGEST:
                return ReplyKind.SUGGEST
            case Band.QUIET:
                return ReplyKind.SMALL_TALK
            case Band.ESCALATE:
                return self._escalated(question, verdict.cause)
        assert_never(verdict.band)

    def _escalated(self, question: Question, cause: Cause) -> ReplyKind:
        match cause:
            case Cause.SMALL_TALK | Cause.NOT_A_QUESTION:
                return ReplyKind.SMALL_TALK
            case Cause.OFF_TOPIC:  # nothing is written on it: a remark, unless somebody is to do something
                for_people = is_work(question.text) or is_foreign(question.text)
                return self._hand_over() if for_people else ReplyKind.OFF_TOPIC
            case Cause.NOTHING_INDEXED:
                return ReplyKind.NOTHING_TO_LOOK_IN
            case Cause.NO_MATCH if is_fragment(question.text) and not question.earlier:
                return ReplyKind.FRAGMENT
            case Cause.NO_MATCH | Cause.CLOSE_MATCHES | Cause.GOOD_MATCH:
                return self._hand_over()
        assert_never(cause)

    def _hand_over(self) -> ReplyKind:
        return ReplyKind.TICKET if self._escalation is Escalation.AUTO else ReplyKind.OFFER


def _on_ticket(kind: ReplyKind, question: Question) -> ReplyKind:
    """In a thread with a ticket, what is no clear answer to a clear question is a word to the people on it."""
    if kind is ReplyKind.ANSWER and speech_of(question.text) is Speech.QUESTION:
        return kind
    return kind if kind is ReplyKind.SMALL_TALK else ReplyKind.NOTE
