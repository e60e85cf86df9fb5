"""The heart of the desk: a question in, a decision out. Knows nothing of Slack, Jira, faiss or rows."""

from __future__ import annotations

from typing import Protocol, assert_never

from bot.domain import Escalation, Reply, ReplyKind
from knowledge.domain import Band, Cause, Question, Verdict


class Judges(Protocol):
    """Whatever can give a verdict on a question (knowledge's KnowledgeBase; a double in tests)."""

    def verdict(self, question: Question) -> Verdict:
        """The verdict. Raises KnowledgeError when nothing can be searched at all."""


class HelpDesk:
    """Applies the policy to a verdict: who addressed the desk always gets something."""

    def __init__(self, knowledge: Judges, escalation: Escalation) -> None:
        self._knowledge = knowledge
        self._escalation = escalation

    def reply(self, question: Question) -> Reply:
        """What to do about a question."""
        verdict = self._knowledge.verdict(question)
        return Reply(self._kind(question, verdict), verdict)

    def unsolved(self, reply: Reply) -> Reply:
        """What to do when the person says that none of what was found is right."""
        return Reply(self._hand_over(), reply.verdict)

    def _kind(self, question: Question, verdict: Verdict) -> ReplyKind:
        if not question.addressed:
            return ReplyKind.ANSWER if verdict.band is Band.ANSWER else ReplyKind.SILENCE
        match verdict.band:
            case Band.ANSWER:
                return ReplyKind.ANSWER
            case Band.SUGGEST:
                return ReplyKind.SUGGEST
            case Band.QUIET:
                return ReplyKind.SMALL_TALK
            case Band.ESCALATE:
                return self._escalated(verdict.cause)
        assert_never(verdict.band)

    def _escalated(self, cause: Cause) -> ReplyKind:
        match cause:
            case Cause.SMALL_TALK | Cause.NOT_A_QUESTION:
                return ReplyKind.SMALL_TALK
            case Cause.OFF_TOPIC:
                return ReplyKind.OFF_TOPIC
            case Cause.NOTHING_INDEXED:
                return ReplyKind.NOTHING_TO_LOOK_IN
            case Cause.NO_MATCH | Cause.CLOSE_MATCHES | Cause.GOOD_MATCH:
                return self._hand_over()
        assert_never(cause)

    def _hand_over(self) -> ReplyKind:
        return ReplyKind.TICKET if self._escalation is Escalation.AUTO else ReplyKind.OFFER
