"""What the desk does to the world, as values: recorded in the outbox before they are carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, TypeAdapter

from bot.domain import Kept
from escalation.domain import TicketChange

JIRA_LANE = "jira"
"""Requests reach the tracker in the order they were made. What follows on a ticket has a lane per request: a comment
that waits for its ticket must not keep other tickets from being made."""


@dataclass(frozen=True)
class Post:
    """A message in a channel or thread. ``channel`` may be a person's id: then it is their DM with the desk."""

    channel: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    thread: str | None = None
    tell_on_failure: str | None = None  # the person who hears of it when the channel refuses the message
    kept: tuple[Kept, ...] = ()  # what in it not everyone may read
    kind: Literal["post"] = "post"


@dataclass(frozen=True)
class Update:
    """New contents for a message that is there already. Idempotent."""

    channel: str
    ts: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    tell_on_failure: str | None = None  # who pressed the button, and hears of it when the message cannot be changed
    kept: tuple[Kept, ...] = ()
    kind: Literal["update"] = "update"


@dataclass(frozen=True)
class Respond:
    """A reply only one person sees, through the response_url of what they did (5 uses, 30 minutes)."""

    response_url: str
    person: str  # who gets a DM instead when the response_url no longer works
    text: str
    blocks: tuple[dict[str, Any], ...]
    replace: bool
    thread: str | None = None  # the thread of what they did: without it Slack puts the reply into the channel
    kept: tuple[Kept, ...] = ()
    kind: Literal["respond"] = "respond"


@dataclass(frozen=True)
class ShowView:
    """New contents for a form somebody has open; they get ``text`` and ``blocks`` by DM when they closed it."""

    view_id: str
    view: dict[str, Any]
    person: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    kind: Literal["view"] = "view"


@dataclass(frozen=True)
class SendFaq:
    """The FAQ as a file in a person's DM, as it is when it is sent; sent anew after an unclear outcome.

    ``comment`` is said beside it, ``otherwise`` when it cannot be sent.
    """

    person: str
    comment: str
    otherwise: str
    kind: Literal["send_faq"] = "send_faq"


@dataclass(frozen=True)
class React:
    """An emoji on a message: "seen". Idempotent."""

    channel: str
    ts: str
    name: str
    kind: Literal["react"] = "react"


@dataclass(frozen=True)
class PublishHome:
    """The App Home of one person, rendered when it is sent. Idempotent."""

    person: str
    kind: Literal["home"] = "home"


@dataclass(frozen=True)
class KeptNotice:
    """ "I've kept your request": sent only while the request still has no ticket."""

    request_id: int
    kind: Literal["kept_notice"] = "kept_notice"


@dataclass(frozen=True)
class ShowCard:
    """The request's one card: posted the first time, updated in place afterwards, as the request is then."""

    request_id: int
    kind: Literal["card"] = "card"


@dataclass(frozen=True)
class CreateTicket:
    """One ticket for a request, effectively once."""

    request_id: int
    kind: Literal["create_ticket"] = "create_ticket"


@dataclass(frozen=True)
class DescribeTicket:
    """Bring the ticket's description up to what the request now holds. Idempotent."""

    request_id: int
    kind: Literal["describe_ticket"] = "describe_ticket"


@dataclass(frozen=True)
class CommentTicket:
    """An internal comment on the request's ticket, once (by the row's key).

    ``told_at``: the request at whose place its author hears when it cannot be added; the same one when not given.
    """

    request_id: int
    text: str
    told_at: int | None = None
    kind: Literal["comment_ticket"] = "comment_ticket"


@dataclass(frozen=True)
class WithdrawTicket:
    """Close the ticket of a request nobody needs any more. Idempotent."""

    request_id: int
    kind: Literal["withdraw_ticket"] = "withdraw_ticket"


@dataclass(frozen=True)
class ChangeTicket:
    """One change to the request's ticket, once (by the row's key); ``by`` hears of it when the tracker refuses."""

    request_id: int
    change: Annotated[TicketChange, Discriminator("kind")]
    by: str
    kind: Literal["change_ticket"] = "change_ticket"


@dataclass(frozen=True)
class AttachFile:
    """A file a person gave us in Slack goes onto the request's ticket, once."""

    request_id: int
    file_id: str
    kind: Literal["attach_file"] = "attach_file"


@dataclass(frozen=True)
class ReadTicket:
    """Look at the request's ticket again, because it may have changed, and tell who is waiting. Idempotent."""

    request_id: int
    kind: Literal["read_ticket"] = "read_ticket"


@dataclass(frozen=True)
class ShowOpsLine:
    """The request's line in the ops channel: posted the first time, updated in place afterwards. Idempotent."""

    request_id: int
    kind: Literal["ops_line"] = "ops_line"


@dataclass(frozen=True)
class TellDuty:
    """A DM to whoever is on triage when it is sent: a request is new, or nobody has taken it for too long."""

    request_id: int
    unowned: bool = False
    kind: Literal["tell_duty"] = "tell_duty"


Effect = Annotated[
    Post
    | Update
    | Respond
    | ShowView
    | SendFaq
    | React
    | PublishHome
    | KeptNotice
    | ShowCard
    | CreateTicket
    | DescribeTicket
    | CommentTicket
    | WithdrawTicket
    | ChangeTicket
    | AttachFile
    | ReadTicket
    | ShowOpsLine
    | TellDuty,
    Discriminator("kind"),
]

_ADAPTER: TypeAdapter[Effect] = TypeAdapter(Effect, config=ConfigDict(hide_input_in_errors=True))


def to_json(effect: Effect) -> dict[str, Any]:
    """The value as JSON for its outbox row."""
    payload: dict[str, Any] = _ADAPTER.dump_python(effect, mode="json")
    return payload


def from_json(payload: Mapping[str, Any]) -> Effect:
    """The value of an outbox row."""
    return _ADAPTER.validate_python(payload)


def lane_of(effect: Effect) -> str:
    """The lane an effect waits in: one lane never delays another; within one, a failing head holds the rest."""
    match effect:
        case Post(channel=channel):
            return f"slack:{channel}"
        case Update(channel=channel, ts=ts):
            return f"update:{channel}:{ts}"
        case React(channel=channel):
            return f"react:{channel}"
        case Respond(response_url=url):
            return f"respond:{url[-60:]}"
        case PublishHome() | ShowView() | SendFaq():
            return _own_lane(effect)
        case (
            KeptNotice(request_id=number)
            | ShowCard(request_id=number)
            | ShowOpsLine(request_id=number)
            | TellDuty(request_id=number)
        ):
            return f"request:{number}"  # the asker's card comes before what ops sees of it
        case CreateTicket():
            return JIRA_LANE
        case ReadTicket(request_id=number):
            return f"read:{number}"
        case (
            DescribeTicket(request_id=number)
            | CommentTicket(request_id=number)
            | WithdrawTicket(request_id=number)
            | ChangeTicket(request_id=number)
            | AttachFile(request_id=number)
        ):
            return f"ticket:{number}"


def _own_lane(effect: PublishHome | ShowView | SendFaq) -> str:
    """What one person sees outside messages: pages, forms and files wait for nothing else."""
    return f"{effect.kind}:{effect.view_id if isinstance(effect, ShowView) else effect.person}"
