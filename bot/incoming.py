"""What comes in, as values: recorded in the inbox by the receiver, handled by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, TypeAdapter

from escalation.domain import Answer


@dataclass(frozen=True)
class SharedFile:
    """A file that came with a message."""

    id: str
    name: str


@dataclass(frozen=True)
class MessageIn:
    """A message in a channel or DM that may be for the desk. ``text`` is as Slack sent it."""

    team: str
    channel: str
    user: str
    ts: str
    text: str
    is_dm: bool
    mentions_desk: bool
    mentions_others: bool
    event_id: str
    thread_ts: str | None = None
    shared: bool | None = None  # with another company; None when the event did not say
    files: tuple[SharedFile, ...] = ()
    late: bool = False  # found in the channel's history: nobody listened when it was said
    helped: bool = False  # late, and somebody else has said something in its thread since
    kind: Literal["message"] = "message"


@dataclass(frozen=True)
class SlashQuestion:
    """`/mops <question>`: only the asker sees the reply."""

    team: str
    channel: str
    user: str
    text: str
    response_url: str
    key: str
    kind: Literal["slash_question"] = "slash_question"


@dataclass(frozen=True)
class ForgetMe:
    """`/mops forget me`."""

    user: str
    response_url: str
    key: str
    kind: Literal["forget_me"] = "forget_me"


@dataclass(frozen=True)
class AskShortcut:
    """The message shortcut "Ask the desk" on somebody's message."""

    team: str
    channel: str
    user: str
    author: str
    message_ts: str
    text: str
    response_url: str
    key: str
    thread_ts: str | None = None
    kind: Literal["ask_shortcut"] = "ask_shortcut"


@dataclass(frozen=True)
class WhyAsked:
    """The message shortcut "Why this answer?"; ``question_id`` is None on a message that shows none."""

    user: str
    question_id: int | None
    response_url: str
    key: str
    thread_ts: str | None = None
    kind: Literal["why"] = "why"


@dataclass(frozen=True)
class ButtonPressed:
    """A button in one of our messages. ``response_url`` is how an ephemeral message is changed."""

    team: str
    channel: str
    user: str
    action_id: str
    value: str
    message_ts: str
    key: str
    thread_ts: str | None = None
    response_url: str | None = None
    ephemeral: bool = False
    kind: Literal["button"] = "button"


@dataclass(frozen=True)
class FormContext:
    """What a form was opened from; travels in the modal's private_metadata as ids, never as text.

    ``draft_key`` names what is kept of this form while it is filled in; ``form_id`` and ``step`` are its request type
    and the step that is open (0 is the first).
    """

    team: str = ""
    channel: str = ""
    thread: str | None = None
    message: str | None = None
    question_id: int | None = None
    request_id: int | None = None
    draft_id: int | None = None
    response_url: str | None = None
    draft_key: str | None = None
    form_id: str | None = None
    step: int = 0


@dataclass(frozen=True)
class FormSubmitted:
    """A request form that passed its checks. ``private``: its text is for the ops team's eyes only."""

    user: str
    form_id: str
    answers: Mapping[str, Answer]
    context: FormContext
    key: str
    extra: Mapping[str, Answer] = field(default_factory=dict)
    private: bool = False
    as_typed: bool = False  # the person wants addresses and numbers of people on the ticket
    kind: Literal["form"] = "form"


@dataclass(frozen=True)
class AskSubmitted:
    """A question typed into the App Home's form; answered in the DM."""

    team: str
    user: str
    text: str
    key: str
    kind: Literal["ask_form"] = "ask_form"


@dataclass(frozen=True)
class HomeOpened:
    """Somebody opened the App Home."""

    user: str
    key: str
    kind: Literal["home"] = "home"


@dataclass(frozen=True)
class OpsSubmitted:
    """A form an ops person filled in about a request; ``action`` is the button that opened it."""

    user: str
    action: str
    request_id: int
    values: Mapping[str, str]
    context: FormContext
    key: str
    kind: Literal["ops_form"] = "ops_form"


@dataclass(frozen=True)
class FaqAsked:
    """Something about the FAQ that takes longer than Slack waits. ``what``: "try", "save", "queue", "gaps", "export".

    ``subject`` is a proposal's number, or "<channel>:<ts>" of a message. ``view_id``: the open form that shows the
    outcome; without one it goes to ``response_url``, or to the person's DM.
    """

    user: str
    what: str
    key: str
    subject: str = ""
    view_id: str | None = None
    response_url: str | None = None
    thread_ts: str | None = None
    kind: Literal["faq"] = "faq"


@dataclass(frozen=True)
class MissingSubmitted:
    """A form about something that is missing, or a known issue; ``action`` is the button that opened it.

    ``about`` is that button's value: a gap's or spike's id, an abbreviation.
    """

    user: str
    action: str
    about: str
    values: Mapping[str, str]
    context: FormContext
    key: str
    kind: Literal["missing_form"] = "missing_form"


@dataclass(frozen=True)
class TicketChanged:
    """The tracker says that a ticket changed: a hint to read it again. ``key`` is the delivery's own."""

    ticket_key: str
    key: str
    kind: Literal["ticket_changed"] = "ticket_changed"


@dataclass(frozen=True)
class Due:
    """The clock says that something regular is due ("digest", "reminders", …); ``key`` names the occasion once."""

    what: str
    key: str
    kind: Literal["due"] = "due"


Incoming = Annotated[
    MessageIn
    | SlashQuestion
    | ForgetMe
    | AskShortcut
    | WhyAsked
    | ButtonPressed
    | FormSubmitted
    | AskSubmitted
    | HomeOpened
    | OpsSubmitted
    | MissingSubmitted
    | FaqAsked
    | TicketChanged
    | Due,
    Discriminator("kind"),
]

_ADAPTER: TypeAdapter[Incoming] = TypeAdapter(Incoming, config=ConfigDict(hide_input_in_errors=True))
_CONTEXT: TypeAdapter[FormContext] = TypeAdapter(FormContext)


def to_json(incoming: Incoming) -> dict[str, Any]:
    """The value as JSON for its inbox row."""
    payload: dict[str, Any] = _ADAPTER.dump_python(incoming, mode="json")
    return payload


def from_json(payload: Mapping[str, Any]) -> Incoming:
    """The value of an inbox row."""
    return _ADAPTER.validate_python(payload)


def context_to_text(context: FormContext) -> str:
    """The context as private_metadata (a few hundred of the 3,000 characters Slack allows)."""
    return _CONTEXT.dump_json(context, exclude_none=True).decode()


def context_from_text(text: str) -> FormContext:
    """The context of a view. Raises ValueError for anything that is not ours."""
    return _CONTEXT.validate_json(text)
