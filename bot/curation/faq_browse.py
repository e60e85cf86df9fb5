"""Browsing the FAQ by topic, for everybody; and the ways from the App Home into the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.curation import faq_texts as words
from bot.curation.faq_blocks import View, bold, modal, paragraph
from bot.curation.faq_context import About, about_text
from bot.curation.faq_readers import Readers
from bot.curation.faq_showing import Answer, Body, answer, show, user_of
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.incoming import FaqAsked
from bot.slack import ids
from bot.slack.client import SlackClient
from bot.slack.message import Block, actions, button, context
from bot.slack.slash import Records
from knowledge.domain import Entry, EntryStatus
from knowledge.entry_store import EntryStore

_TOPICS = 60
_ROW = 5
_ENTRIES = 40  # of one topic; a view takes 100 blocks
_NO_TOPIC = "-"


class FaqBrowse:
    """Listens to **Browse topics** and what follows, and to the buttons that fetch the queue or the gaps."""

    actions = frozenset(
        {ids.FAQ_BROWSE, ids.FAQ_QUEUE, ids.FAQ_GAPS, *(f"{ids.FAQ_BROWSE}_{place}" for place in range(_ROW))}
    )
    views: frozenset[str] = frozenset()

    def __init__(self, readers: Readers, database: Database, slack: SlackClient, records: Records) -> None:
        self._readers = readers
        self._database = database
        self._slack = slack
        self._records = records

    def from_button(self, body: Body) -> None:
        """A topic, or what takes longer and comes by message."""
        action, person = body["actions"][0], user_of(body)
        try:
            if action["action_id"] in (ids.FAQ_QUEUE, ids.FAQ_GAPS):
                what = "queue" if action["action_id"] == ids.FAQ_QUEUE else "gaps"
                key = f"faq:{what}:{body.get('trigger_id')}"
                url = body.get("response_url")
                self._records.record(FaqAsked(person, what, key, response_url=str(url) if url else None))
                if not url:
                    show(self._slack, body, _said(words.ON_ITS_WAY))
                return
            show(self._slack, body, self._topics(person, str(action.get("value") or "")))
        except DatabaseUnavailable:
            answer(self._slack, body, words.NOT_SAVED)

    def submitted(self, _body: Body) -> Answer:
        """There is nothing to send."""
        return {}

    def closed(self, _body: Body) -> None:
        """Nothing to keep."""

    def _topics(self, person: str, topic: str) -> View:
        with self._database.read() as session:
            every = EntryStore(session).published()
        entries = [entry for entry in self._readers.visible(person, every) if entry.status is EntryStatus.PUBLISHED]
        return topic_view(topic, entries) if topic else topics_view(entries)


def topics_view(entries: Sequence[Entry]) -> View:
    """Every topic with how much there is, the largest first."""
    counts = Counter(tag for entry in entries for tag in entry.tags)
    without = sum(not entry.tags for entry in entries)
    named = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold()))[:_TOPICS]
    named += [(_NO_TOPIC, without)] if without and counts else []
    if not named:
        named = [(_NO_TOPIC, without)] if without else []
    rows = [named[start : start + _ROW] for start in range(0, len(named), _ROW)]
    blocks: list[Block] = [paragraph(words.BROWSE_INTRO if named else words.NO_ENTRIES)]
    blocks += [actions(*(_topic(place, *each) for place, each in enumerate(row))) for row in rows]
    return modal(ids.VIEW_FAQ_PLAIN, words.BROWSE_TITLE, about_text(About()), blocks)


def topic_view(topic: str, entries: Sequence[Entry]) -> View:
    """The entries of one topic."""
    found = [entry for entry in entries if (topic in entry.tags if topic != _NO_TOPIC else not entry.tags)]
    lines = [
        {**paragraph(bold(entry.question)), "accessory": button(words.SEE, ids.FAQ_SHOW, entry.id)}
        for entry in found[:_ENTRIES]
    ]
    left = len(found) - len(lines)
    more = [context(words.and_more(left))] if left > 0 else []
    back = actions(button(words.OTHER_TOPICS, ids.FAQ_BROWSE))
    blocks = [paragraph(bold(_label(topic))), *lines, *more, back]
    return modal(ids.VIEW_FAQ_PLAIN, words.BROWSE_TITLE, about_text(About()), blocks)


def _topic(place: int, topic: str, count: int) -> Block:
    return button(words.topic(_label(topic), count), f"{ids.FAQ_BROWSE}_{place}", topic)


def _label(topic: str) -> str:
    return words.EVERYTHING_ELSE if topic == _NO_TOPIC else topic


def _said(text: str) -> View:
    return modal(ids.VIEW_FAQ_PLAIN, words.DONE_TITLE, about_text(About()), [paragraph(text)])
