"""A question that got the wrong answer: its words become a phrasing of the right entry, live within a minute."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversations
from bot.curation import faq_texts as words
from bot.curation import wrong_answer_view as forms
from bot.curation.curation import Curation
from bot.curation.entry_search import found
from bot.curation.faq_blocks import View, name, values_of
from bot.curation.faq_context import About, about_from
from bot.curation.faq_opening import NotShown, Opening
from bot.curation.faq_queue import Queues, settle
from bot.curation.faq_readers import Readers
from bot.curation.faq_showing import Answer, Body, answer, kept_open, show, updated, user_of
from bot.curation.faq_views import said_view
from bot.curation.refusals import CurationRefused
from bot.database import Database
from bot.entry_drafts import without_people
from bot.errors import DatabaseUnavailable
from bot.people import Directory
from bot.slack import ids, mrkdwn
from bot.slack.client import SlackClient
from bot.slack.message import row_id
from knowledge.domain import Entry, HitKind
from knowledge.entry_store import EntryStore


@dataclass(frozen=True)
class _Case:
    """A question with the entries that may be right for it, likeliest first."""

    question: AskedQuestion
    phrasing: str
    entries: tuple[Entry, ...]


class WrongAnswers:
    """The form behind **Wrong answer**, and the line people add to a thumb down."""

    actions = frozenset({ids.FAQ_WRONG, ids.FAQ_FIND, ids.FAQ_SAY_MORE, ids.FAQ_SETTLE, ids.FAQ_ACCEPT})
    views = frozenset({ids.VIEW_FAQ_WRONG, ids.VIEW_FAQ_SAY_MORE})

    def __init__(
        self,
        curation: Curation,
        readers: Readers,
        opening: Opening,
        queues: Queues,
        directory: Directory,
        database: Database,
        slack: SlackClient,
        clock: Clock,
    ) -> None:
        self._curation = curation
        self._readers = readers
        self._opening = opening
        self._queues = queues
        self._directory = directory
        self._database = database
        self._slack = slack
        self._clock = clock

    def from_button(self, body: Body) -> None:
        """**Wrong answer**, **Put it right**, the search in the form, and **Say what was wrong**."""
        action, person = body["actions"][0], user_of(body)
        try:
            if action["action_id"] == ids.FAQ_FIND:
                self._find(body, str(action.get("value") or ""))
                return
            number = row_id(str(action.get("value") or "").partition(":")[0])
            match action["action_id"]:
                case ids.FAQ_SAY_MORE:
                    show(self._slack, body, forms.say_more_view(About(question=number)))
                case ids.FAQ_SETTLE:
                    answer(self._slack, body, self._settled(person, number))
                case ids.FAQ_ACCEPT:
                    answer(self._slack, body, self._accepted(person, number))
                case _:
                    show(self._slack, body, self._form(person, number))
        except (NotShown, CurationRefused) as exc:
            answer(self._slack, body, mrkdwn.escape(str(exc)))
        except (DatabaseUnavailable, ValueError):
            answer(self._slack, body, words.NOT_SAVED)

    def from_message(self, body: Body, number: int | None) -> None:
        """The message shortcut **Wrong answer** on an answer of ours."""
        if number is None:
            answer(self._slack, body, words.NOT_AN_ANSWER)
            return
        try:
            show(self._slack, body, self._form(user_of(body), number))
        except (NotShown, DatabaseUnavailable) as exc:
            answer(self._slack, body, mrkdwn.escape(str(exc)) if isinstance(exc, NotShown) else words.NOT_SAVED)

    def submitted(self, body: Body) -> Answer:
        """The right entry was picked, or a line was written."""
        view, person = body["view"], user_of(body)
        try:
            number = about_from(str(view.get("private_metadata", ""))).question or -1
            if view["callback_id"] == ids.VIEW_FAQ_SAY_MORE:
                return self._said_more(person, number, values_of(view).get(forms.MORE, ""))
            return self._attach(person, number, values_of(view))
        except ValueError:
            return updated(said_view(words.OLD_FORM))
        except DatabaseUnavailable:
            return kept_open(view)
        except (NotShown, CurationRefused) as exc:
            return updated(said_view(mrkdwn.escape(str(exc))))

    def closed(self, _body: Body) -> None:
        """Nothing to keep."""

    def _form(self, person: str, number: int, searched: str = "") -> View:
        case = self._case(person, number, searched)
        return forms.wrong_view(case.question, case.phrasing, case.entries, searched)

    def _find(self, body: Body, searched: str) -> None:
        """Other entries in the open form; what was typed in it stays."""
        about = about_from(str(body["view"].get("private_metadata", "")))
        show(self._slack, body, self._form(user_of(body), about.question or -1, searched.strip()))

    def _case(self, person: str, number: int, searched: str) -> _Case:
        if not self._readers.is_curator(person):
            raise NotShown(words.CURATORS_ONLY)
        with self._database.read() as session:
            question = Conversations(session).question(number)
            published = EntryStore(session).published()
        if question is None or not question.text:
            raise NotShown(words.GONE_DRAFT)
        if not self._opening.may_read_question(person, question):
            raise NotShown(words.PRIVATE_QUESTION)
        phrasing = without_people(question.text, (self._directory.person(question.person).name,))
        by_id = {entry.id: entry for entry in published}
        near = [by_id[hit.id] for hit in question.verdict.hits if hit.kind is HitKind.ENTRY and hit.id in by_id]
        likely = found(published, searched) if searched else [*near, *found(published, phrasing)]
        return _Case(question, phrasing, tuple(dict.fromkeys(likely))[: forms.MOST])

    def _attach(self, person: str, number: int, given: dict[str, str]) -> Answer:
        searched = given.get(forms.SEARCH, "").strip()
        with self._database.read() as session:
            published = EntryStore(session).published()
        entry = next((one for one in published if forms.choice_of(one) == forms.picked(given)), None)
        if entry is None:
            if forms.SEARCH not in given:
                raise NotShown(words.OLD_FORM)
            if searched:  # words in the search box and nothing picked: show what they find
                return updated(self._form(person, number, searched))
            return {"response_action": "errors", "errors": {forms.SEARCH: words.WRONG_PICK_ONE}}
        case = self._case(person, number, "")
        phrasing = " ".join(given.get(forms.PHRASING, "").split()) or case.phrasing
        taken = _taken(published, phrasing, entry)
        if taken is not None:
            return {"response_action": "errors", "errors": {forms.PHRASING: words.phrasing_taken(taken.id)}}
        with self._database.write() as session:
            self._curation.add_variant(session, entry.id, phrasing, person, words.ATTACHED)
            settle(session, number, person, self._clock())
        return updated(said_view(added(phrasing, entry)))

    def _settled(self, person: str, number: int) -> str:
        if not self._readers.is_curator(person):
            raise NotShown(words.CURATORS_ONLY)
        with self._database.write() as session:
            settle(session, number, person, self._clock())
        return words.SETTLED

    def _accepted(self, person: str, number: int) -> str:
        """Words that led to an entry that helped become its phrasing."""
        if not self._readers.is_curator(person):
            raise NotShown(words.CURATORS_ONLY)
        phrasing = self._queues.phrasing(number)
        if phrasing is None:
            raise NotShown(words.GONE_DRAFT)
        with self._database.write() as session:
            self._curation.add_variant(session, phrasing.entry.id, phrasing.words, person, words.ACCEPTED)
            settle(session, number, person, self._clock())
        return added(phrasing.words, phrasing.entry)

    def _said_more(self, person: str, number: int, told: str) -> Answer:
        with self._database.write() as session:
            if Conversations(session).question(number) is None:
                raise NotShown(words.GONE_DRAFT)
            Conversations(session).feedback(number, person, False, self._clock(), " ".join(told.split())[:500])
        return updated(said_view(words.SAY_MORE_DONE))


def added(phrasing: str, entry: Entry) -> str:
    """What is said once an entry has another phrasing."""
    return words.PHRASING_ADDED.format(phrasing=f"“{name(phrasing, 200)}”", question=name(entry.question))


def _taken(entries: tuple[Entry, ...], phrasing: str, but: Entry) -> Entry | None:
    """Another entry that has exactly this phrasing and answers differently."""
    wanted = phrasing.casefold()
    others = (entry for entry in entries if entry.id != but.id and entry.answer != but.answer)
    return next(
        (one for one in others if wanted in {text.casefold() for text in (one.question, *one.variants)}), None
    )
