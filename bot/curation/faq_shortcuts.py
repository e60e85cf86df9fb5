"""What curators choose in a message's menu: **Save as FAQ** and **Wrong answer**."""

from __future__ import annotations

from bot.curation import faq_texts as words
from bot.curation.faq_showing import Body, answer, show, user_of
from bot.curation.faq_views import loading_view
from bot.curation.wrong_answer import WrongAnswers
from bot.errors import DatabaseUnavailable
from bot.incoming import FaqAsked
from bot.slack import ids, parse
from bot.slack.client import SlackClient
from bot.slack.slash import Records


class FaqShortcuts:
    """Opens a form at once; what has to be read in Slack first follows from a worker."""

    shortcuts = frozenset({ids.SHORTCUT_SAVE, ids.SHORTCUT_WRONG})

    def __init__(self, wrong: WrongAnswers, slack: SlackClient, records: Records) -> None:
        self._wrong = wrong
        self._slack = slack
        self._records = records

    def from_message(self, body: Body) -> None:
        """A shortcut was chosen."""
        if body["callback_id"] == ids.SHORTCUT_SAVE:
            self._save(body)
        else:
            self._wrong.from_message(body, parse.why_shortcut(body).question_id)

    def _save(self, body: Body) -> None:
        message, channel = body["message"], str(body["channel"]["id"])
        view_id = show(self._slack, body, loading_view())
        if view_id is None:
            return
        ts = str(message["ts"])
        subject = f"{channel}:{message.get('thread_ts') or ts}:{ts}"
        item = FaqAsked(user_of(body), "save", f"save:{view_id}", subject, view_id)
        try:
            self._records.record(item)
        except DatabaseUnavailable:
            answer(self._slack, body, words.NOT_SAVED)
