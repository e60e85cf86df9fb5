"""The stand-in for Slack: one object the demo and the tests share, with Slack's limits and Slack's manners.

It speaks the Web API towards the desk, delivers signed events and interactions to it, and lets a test or the demo
page act as the people of a small workspace. Everything stays in memory and on 127.0.0.1.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from types import TracebackType

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from bot.demo.slack_chat import Chat
from bot.demo.slack_client_api import ClientApi
from bot.demo.slack_delivery import ACK_TIMEOUT_S, Answer, DeskLine, Parcel
from bot.demo.slack_directory import Directory
from bot.demo.slack_events import Events
from bot.demo.slack_faults import FaultScript
from bot.demo.slack_files import Files
from bot.demo.slack_grants import Grants, PostingRate
from bot.demo.slack_interactions import Interactions
from bot.demo.slack_larkfield import MAYA, larkfield
from bot.demo.slack_ledger import Call, Delivery, Ledger, Objection
from bot.demo.slack_openid import OpenId
from bot.demo.slack_people import People
from bot.demo.slack_sockets import Sockets
from bot.demo.slack_state import Clock, Workspace
from bot.demo.slack_tiers import MethodRates
from bot.demo.slack_uploads import Uploads
from bot.demo.slack_views import Views
from bot.demo.slack_web_api import WebApi
from bot.serving import HOST, Served
from bot.slack.ids import COMMAND_FAQ, COMMAND_MOPS, COMMAND_TICKET, EVENTS

BOT_TOKEN = "xoxb-stand-in"  # noqa: S105 - not a secret: only the stand-in takes it
SIGNING_SECRET = "stand-in-signing-secret"  # noqa: S105 - not a secret: shared with the desk beside it

BURST = 3
"""Messages a channel takes at once before the rate of one a second holds."""


class SlackStandIn(People):
    """A pretend Slack with the people of one workspace; acting as them is inherited from People.

    Use ``with SlackStandIn() as slack`` to serve it on a free port, or put ``routes`` into an app of your own, call
    ``served_at`` with its address, and ``close`` at the end. Tell it where the desk is with ``connect``.

    ``clock`` drives message times, trigger ids, response URLs and retries; ``limits_clock``, by itself the same, the
    posting rate and the calls a minute: time that is skipped for a desk passes for these too. ``strict_rate`` takes
    one message a second and channel without a burst. ``rejections`` must stay empty in a desk that works.
    With an ``app_token`` the app is in Socket Mode: deliveries go over ``sockets``, wherever the desk is.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        clock: Clock = time.time,
        bot_token: str = BOT_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        strict_rate: bool = False,
        limits_clock: Clock | None = None,
        ack_timeout: float = ACK_TIMEOUT_S,
        subscriptions: Iterable[str] = EVENTS,
        commands: Iterable[str] = (COMMAND_MOPS, COMMAND_TICKET, COMMAND_FAQ),
        permalinks: str = "https://larkfield.example.com",
        me: str = MAYA,
        app_token: str = "",
    ) -> None:
        workspace = workspace or larkfield(clock)
        self.bot_token = bot_token
        self.signing_secret = signing_secret
        self.ledger = Ledger()
        self.faults = FaultScript()
        self.grants = Grants(workspace.clock)
        self.openid = OpenId(workspace)
        self._stopping = threading.Event()
        self._served: Served | None = None
        self.app_token = app_token
        self.sockets = Sockets()
        line = DeskLine(self.ledger, workspace.clock, signing_secret, ack_timeout)
        line.by_socket = self.sockets.request if app_token else None
        events = Events(workspace, line, subscriptions)
        self._chat = Chat(workspace, self.ledger, events, permalinks)
        self._views = Views(workspace, self.ledger, self.grants)
        limits_clock = limits_clock or workspace.clock
        self._rate = PostingRate(limits_clock, burst=1 if strict_rate else BURST)
        self._tiers = MethodRates(limits_clock)
        interactions = Interactions(
            workspace=workspace,
            line=line,
            ledger=self.ledger,
            grants=self.grants,
            chat=self._chat,
            views=self._views,
            commands=commands,
        )
        super().__init__(workspace, line, events, interactions, Files(lambda: self.url, bot_token))
        self._uploads = Uploads(workspace, self._chat, events, self.files, lambda: self.url)
        self._client_api = ClientApi(self, me, self._stopping.is_set)

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and response URL post so far."""
        return self.ledger.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every request to the desk that has ended."""
        return self.ledger.deliveries

    @property
    def rejections(self) -> list[Objection]:
        """What was refused because of a limit or a rule, with the reason."""
        return self.ledger.rejections

    @property
    def violations(self) -> list[Objection]:
        """What went through and must never be sent: mentions that ping a whole channel."""
        return self.ledger.violations

    @property
    def warnings(self) -> list[Objection]:
        """What works but is unwise, such as very long texts."""
        return self.ledger.warnings

    @property
    def url(self) -> str:
        """Where the stand-in is reached."""
        return self.interactions.base_url

    @property
    def api_url(self) -> str:
        """The base URL for a WebClient, ending in a slash."""
        return f"{self.url}/api/"

    def routes(self) -> list[Route]:
        """The Web API, response URLs and the client API."""
        web = WebApi(
            workspace=self.workspace,
            methods={
                **self._chat.methods(),
                **Directory(self.workspace, self._chat).methods(),
                **self._views.methods(),
                **self.files.methods(),
                **self._uploads.methods(),
            },
            chat=self._chat,
            grants=self.grants,
            rate=self._rate,
            tiers=self._tiers,
            ledger=self.ledger,
            faults=self.faults,
            openid=self.openid,
            bot_token=self.bot_token,
            app_token=self.app_token,
            sockets=self.sockets,
            stopping=self._stopping.is_set,
        )
        files = [*self.files.routes(), *self._uploads.routes()]
        return [*web.routes(), *files, *self.openid.routes(), *self._client_api.routes()]

    def connect(self, desk_url: str | None) -> None:
        """Deliver to ``desk_url``/slack/events from now on; None: there is no desk, and deliveries fail."""
        self.line.url = desk_url

    def redeliver(self, delivery: Delivery) -> Answer:
        """Send a delivered event again, as Slack does when an acknowledgement got lost; returns its answer."""
        parcel = Parcel(delivery.kind, delivery.name, delivery.body)
        return self.line.post(parcel, delivery.attempt + 1, "http_timeout")

    def served_at(self, url: str) -> None:
        """Say where the app with these routes is reached: response URLs point there."""
        self.interactions.base_url = url

    def start(self, port: int = 0) -> SlackStandIn:
        """Serve on 127.0.0.1. Raises DeskError when the port is taken."""
        app = Starlette(
            routes=self.routes(), middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])]
        )
        self._served = Served(app, port, on_stop=self._stopping.set).start()
        self.served_at(self._served.url)
        return self

    def stopping(self) -> None:
        """Let go of waiting requests: call it when the app with these routes is about to stop."""
        self._stopping.set()

    def close(self) -> None:
        """Stop serving and delivering. Safe to call twice."""
        self.stopping()
        self.line.close()
        self.sockets.close()
        if self._served is not None:
            self._served.stop()

    def __enter__(self) -> SlackStandIn:
        return self.start()

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
