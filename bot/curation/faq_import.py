"""An FAQ file a curator sent the desk: what it would do, row by row, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from sqlalchemy.orm import Session

from bot.asking import Work
from bot.curation import faq_texts as words
from bot.curation.curation import Curation
from bot.curation.faq_blocks import name as named
from bot.curation.faq_readers import Readers
from bot.curation.refusals import CurationRefused
from bot.database import Database
from bot.errors import DeskError, SlackOutcomeUnknown, SlackUnavailable
from bot.incoming import ButtonPressed, MessageIn
from bot.slack import ids, mrkdwn
from bot.slack.message import Block, Message, actions, button, clip, say, section
from bot.speaking import Speaker
from escalation.domain import Attachment
from knowledge.entry_store import EntryStore
from knowledge.faq_file import FORMATS
from knowledge.faq_upload import Fault, Upload, read_upload

_SHOWN = 60
"""Problems listed; with so many of the usual length a message is full."""

_LINE = 180
_IMPORT_WORDS = frozenset({"", "faq", "import", "import faq", "faq import", "/faq import", "import this"})


class Fetches(Protocol):
    """Files in Slack. Raises SlackRefused, SlackUnavailable or SlackOutcomeUnknown."""

    def fetch(self, file_id: str) -> Attachment:
        """A file with its contents."""


@dataclass(frozen=True)
class _Plan:
    """What a file would do to the FAQ as it is now."""

    name: str
    upload: Upload
    added: int
    changed: int
    same: int


class FaqImport:
    """Nothing is kept between the preview and the button: the file is read again when it is pressed."""

    def __init__(
        self, curation: Curation, readers: Readers, files: Fetches, speaker: Speaker, database: Database
    ) -> None:
        self._curation = curation
        self._readers = readers
        self._files = files
        self._speaker = speaker
        self._database = database

    def is_one(self, item: MessageIn) -> bool:
        """Whether a message brings an FAQ file: in a curator's DM, with nothing else said."""
        if not (item.is_dm and item.files and " ".join(item.text.lower().split()) in _IMPORT_WORDS):
            return False
        return PurePosixPath(item.files[0].name).suffix.lower() in FORMATS and self._readers.is_curator(item.user)

    def offered(self, item: MessageIn) -> Work:
        """The preview, below the file."""
        file = item.files[0]
        message = self._preview(file.id)
        return lambda session: self._speaker.say_in_thread(session, f"import:{item.event_id}", item, message)

    def pressed(self, item: ButtonPressed) -> Work:
        """**Import**, or not."""
        if not self._readers.is_curator(item.user):
            return lambda session: self._speaker.answer_press(session, item, say(words.IMPORT_ONLY))
        if item.action_id == ids.FAQ_IMPORT_CANCEL:
            return lambda session: self._speaker.replace_pressed(session, item, say(words.IMPORT_CANCELLED))
        plan = self._plan(item.value)
        if isinstance(plan, Message):
            return lambda session: self._speaker.answer_press(session, item, plan)

        def write(session: Session) -> None:
            try:
                done = self._curation.import_entries(session, plan.upload.entries, item.user)
            except CurationRefused as exc:
                self._speaker.answer_press(session, item, say(mrkdwn.escape(str(exc))))
                return
            said = say(words.imported(done.added, done.changed, done.unchanged))
            self._speaker.replace_pressed(session, item, said)

        return write

    def _preview(self, file_id: str) -> Message:
        plan = self._plan(file_id)
        if isinstance(plan, Message):
            return plan
        name, upload = named(plan.name), plan.upload
        if not upload.entries:
            return say(words.IMPORT_NO_GOOD.format(name=name), *_faults(upload.faults))
        if not (plan.added or plan.changed or upload.faults):
            return say(words.IMPORT_NOTHING_NEW.format(name=name))
        wrong = [section(words.import_wrong(len(upload.faults))), *_faults(upload.faults)] if upload.faults else []
        row = [button(words.CANCEL, ids.FAQ_IMPORT_CANCEL, file_id)]
        if plan.added or plan.changed:
            label = words.import_button(len(upload.entries), bool(upload.faults))
            row.insert(0, button(label, ids.FAQ_IMPORT, file_id, primary=True))
        return say(words.import_found(name, plan.added, plan.changed, plan.same), *wrong, actions(*row))

    def _plan(self, file_id: str) -> _Plan | Message:
        if not file_id:
            return say(words.IMPORT_NOT_READ.format(why=words.NO_FILE))
        try:
            file = self._files.fetch(file_id)
        except (SlackUnavailable, SlackOutcomeUnknown):
            raise
        except DeskError as exc:
            return say(words.IMPORT_NOT_READ.format(why=mrkdwn.escape(str(exc).rstrip("."))))
        upload = read_upload(file.name, file.content)
        with self._database.read() as session:
            now = {entry.id: entry for entry in EntryStore(session).all()}
        added = sum(entry.id not in now for entry in upload.entries)
        same = sum(now.get(entry.id) == entry for entry in upload.entries)
        return _Plan(file.name, upload, added, len(upload.entries) - added - same, same)


def _faults(faults: tuple[Fault, ...]) -> list[Block]:
    """Every problem with its line in the file."""
    lines = [f"• {mrkdwn.escape(clip(_line(fault), _LINE))}" for fault in faults[:_SHOWN]]
    left = len(faults) - len(lines)
    lines += [words.and_more(left)] if left > 0 else []
    return [section("\n".join(lines[start : start + 15])) for start in range(0, len(lines), 15)]


def _line(fault: Fault) -> str:
    return words.row(fault.problem.line, fault.problem.message)
