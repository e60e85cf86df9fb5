"""The stand-in for Slack against a tiny real Bolt app: what the demo and all acceptance tests rest on."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support_servers import serve

from bot.demo.slack_larkfield import ASK_MOPS, DESK, MAYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Channel, User
from bot.errors import DeskError
from bot.serving import Served

POST = {"channel": ASK_MOPS, "unfurl_links": False, "unfurl_media": False}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


BUTTON = {"type": "button", "text": plain("Ask the ops team"), "action_id": "ask", "value": "q1"}
INPUT = {
    "type": "input",
    "block_id": "summary",
    "label": plain("Summary"),
    "element": {"type": "plain_text_input", "action_id": "value", "initial_value": "List import"},
}
FORM = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send"), "blocks": [INPUT]}


class Clock:
    """Real time, plus whatever a test has skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def __call__(self) -> float:
        return time.time() + self.skipped


def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def tiny_desk(slack: SlackStandIn) -> App:
    """Answers mentions with a button, opens a form, and greets."""
    app = App(client=client(slack), signing_secret=slack.signing_secret)
    app.event("message")(lambda: None)
    app.event("app_home_opened")(
        lambda event, client: client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [{"type": "actions", "elements": [BUTTON]}]}
        )
    )

    @app.event("app_mention")
    def answer(event: dict[str, Any], client: WebClient) -> None:
        blocks = [{"type": "actions", "elements": [BUTTON]}]
        client.chat_postMessage(**POST, thread_ts=event["ts"], text="Shall I ask?", blocks=blocks)

    @app.action("ask")
    def open_form(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    def submitted(ack: Any, view: dict[str, Any], client: WebClient) -> None:
        summary = view["state"]["values"]["summary"]["value"]["value"]
        if "please" not in summary:
            ack(response_action="errors", errors={"summary": "Say please."})
            return
        ack()
        client.chat_postMessage(**POST, text=f"Filed: {summary}")

    app.command("/mops")(lambda ack, command: ack(f"You asked: {command['text']}"))
    app.command("/ticket")(lambda ack: time.sleep(1.0))
    return app


@contextmanager
def desk(slack: SlackStandIn) -> Iterator[None]:
    app = tiny_desk(slack)

    async def events(request: Request) -> Response:
        bolt_request = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    with serve(Starlette(routes=[Route("/slack/events", events, methods=["POST"])])) as url:
        slack.connect(url)
        yield
        slack.wait_until_delivered()
    app.listener_runner.listener_executor.shutdown()


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    """Slack without a desk, on a clock that tests can skip ahead."""
    with SlackStandIn(clock=Clock(), ack_timeout=0.5) as standin:
        yield standin


@pytest.fixture
def staffed(slack: SlackStandIn) -> Iterator[SlackStandIn]:
    """Slack with the tiny desk."""
    with desk(slack):
        yield slack


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_mention_is_answered_in_its_thread(staffed: SlackStandIn) -> None:
    asked = staffed.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    reply = staffed.wait_for_message("#ask-mops", "Shall I ask?", thread=asked)
    assert buttons(reply) == ["Ask the ops team"]
    assert staffed.message("#ask-mops", asked).text == f"<@{DESK}> where are my MQLs?"
    assert staffed.rejections == []


def test_a_mention_is_delivered_twice_and_a_plain_message_once(staffed: SlackStandIn) -> None:
    staffed.say("Maya", "#ask-mops", "hello all")
    staffed.say("Maya", "dm", "hello @MOPS Desk")
    staffed.wait_until_delivered()
    staffed.say("Maya", "#ask-mops", "@MOPS Desk hi")
    staffed.wait_for_message("#ask-mops")
    staffed.wait_until_delivered()
    names = sorted(d.name for d in staffed.deliveries if f'"user": "{MAYA}"' in d.body)
    assert names == ["app_mention", "message.channels", "message.channels", "message.im"]
    assert len({json.loads(d.body)["event_id"] for d in staffed.deliveries}) == len(staffed.deliveries)


def test_a_button_opens_a_form_that_complains_and_then_is_sent(staffed: SlackStandIn) -> None:
    asked = staffed.say("Maya", "#ask-mops", "@MOPS Desk help")
    reply = staffed.wait_for_message("#ask-mops", thread=asked)
    assert staffed.click("Maya", reply, "Ask the ops team").ok
    staffed.wait_for(lambda: staffed.modal("Maya"))
    assert staffed.submit("Maya", {"Summary": "Do it"}).errors == {"summary": "Say please."}
    assert staffed.modal("Maya").errors == {"summary": "Say please."}
    assert staffed.submit("Maya", {"Summary": "Do it please"}).ok
    assert staffed.modal("Maya") is None
    staffed.wait_for_message("#ask-mops", "Filed: Do it please")


def test_slack_itself_asks_for_required_fields(staffed: SlackStandIn) -> None:
    staffed.open_home("Maya")
    home = staffed.wait_for(lambda: staffed.home("Maya"))
    staffed.click("Maya", home, "ask")
    staffed.wait_for(lambda: staffed.modal("Maya"))
    before = len(staffed.deliveries)
    assert "required" in staffed.submit("Maya", {"summary": ""}).errors["summary"]
    assert len(staffed.deliveries) == before


def test_a_command_is_answered_privately(staffed: SlackStandIn) -> None:
    assert staffed.command("Maya", "#ask-mops", "/mops where are my MQLs?").ok
    (answer,) = staffed.messages("#ask-mops", seen_by="Maya")
    assert answer.text == "You asked: where are my MQLs?"
    assert staffed.messages("#ask-mops", seen_by="Jonas") == []


def test_a_slow_or_absent_desk_is_shown_to_the_person(staffed: SlackStandIn) -> None:
    assert staffed.command("Maya", "#ask-mops", "/ticket").error == "operation_timeout"
    staffed.connect(None)
    assert staffed.command("Maya", "#ask-mops", "/mops hi").error == "connection_failed"
    notices = [notice.text for notice in staffed.workspace.notices(MAYA)]
    assert notices == [
        "/ticket failed with the error operation_timeout.",
        "/mops failed with the error connection_failed.",
    ]


def test_an_unacknowledged_event_is_repeated_at_once_then_after_a_minute_and_five() -> None:
    clock = Clock()
    with SlackStandIn(clock=clock) as slack:
        slack.say("Maya", "#ask-mops", "hello")
        slack.wait_for(lambda: len(slack.deliveries) == 2)
        clock.skipped += 60
        slack.wait_for(lambda: len(slack.deliveries) == 3)
        clock.skipped += 300
        slack.wait_for(lambda: len(slack.deliveries) == 4)
        assert [d.attempt for d in slack.deliveries] == [0, 1, 2, 3]
        assert len({d.body for d in slack.deliveries}) == 1


def test_a_badly_signed_request_would_be_refused_by_the_desk(slack: SlackStandIn) -> None:
    slack.signing_secret = "what the desk was given"
    with desk(slack):
        assert slack.command("Maya", "#ask-mops", "/mops hi").error == "dispatch_failed"
        assert slack.deliveries[-1].status == 401


def test_the_token_is_checked(slack: SlackStandIn) -> None:
    stranger = WebClient(token="xoxb-other", base_url=slack.api_url, retry_handlers=[])
    assert error_of(stranger.auth_test) == "invalid_auth"
    assert client(slack).auth_test()["user_id"] == DESK
    assert error_of(client(slack).api_call, api_method="no.such") == "unknown_method"


def test_a_channel_takes_a_small_burst_and_then_one_message_a_second(slack: SlackStandIn) -> None:
    web = client(slack)
    for _ in range(3):
        web.chat_postMessage(**POST, text="hi")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(**POST, text="hi")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    slack.workspace.clock.skipped += 1
    assert web.chat_postMessage(**POST, text="hi")["ok"]


def test_strict_rate_takes_no_burst() -> None:
    with SlackStandIn(strict_rate=True) as slack:
        client(slack).chat_postMessage(**POST, text="hi")
        assert error_of(client(slack).chat_postMessage, **POST, text="hi") == "ratelimited"


def test_oversize_blocks_are_refused_with_a_reason(slack: SlackStandIn) -> None:
    blocks = [{"type": "section", "text": plain("x" * 3001)}]
    assert error_of(client(slack).chat_postMessage, **POST, text="hi", blocks=blocks) == "invalid_blocks"
    (rejection,) = slack.rejections
    assert "less than 3001 characters [json-pointer:/blocks/0/text/text]" in rejection.reason


def test_loud_mentions_are_let_through_and_recorded(slack: SlackStandIn) -> None:
    client(slack).chat_postMessage(**POST, text="<!channel> lunch")
    assert [v.error for v in slack.violations] == ["broadcast"]


def test_channels_the_bot_is_not_in_and_threads_that_are_not_there_are_refused(slack: SlackStandIn) -> None:
    slack.workspace.put_channel(Channel("C0ELSE", "elsewhere", "channel", (MAYA,)))
    web = client(slack)
    assert error_of(web.chat_postMessage, **{**POST, "channel": "C0ELSE"}, text="hi") == "not_in_channel"
    assert error_of(web.chat_postMessage, **{**POST, "channel": "C0NO"}, text="hi") == "channel_not_found"
    assert error_of(web.chat_postMessage, **POST, text="hi", thread_ts="1.0") == "thread_not_found"


def test_messages_are_read_back_with_metadata_only_when_asked(slack: SlackStandIn) -> None:
    web = client(slack)
    root = slack.say("Maya", "#ask-mops", "hi")
    metadata = {"event_type": "desk", "event_payload": {"key": "k1"}}
    web.chat_postMessage(**POST, text="hello", thread_ts=root, metadata=metadata)
    replies = web.conversations_replies(channel=ASK_MOPS, ts=root, include_all_metadata=True)["messages"]
    assert (replies[0]["reply_count"], replies[1]["metadata"]) == (1, metadata)
    assert "metadata" not in web.conversations_replies(channel=ASK_MOPS, ts=root)["messages"][1]
    assert [m["text"] for m in web.conversations_history(channel=ASK_MOPS)["messages"]] == ["hi"]


def test_updates_keep_what_is_not_sent(slack: SlackStandIn) -> None:
    web = client(slack)
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    posted = web.chat_postMessage(**POST, text="before", blocks=blocks)
    web.chat_update(channel=ASK_MOPS, ts=posted["ts"], text="after")
    message = slack.message("#ask-mops", posted["ts"])
    assert (message.text, buttons(message)) == ("after", ["Ask the ops team"])
    asked = slack.say("Maya", "#ask-mops", "hi")
    assert error_of(web.chat_update, channel=ASK_MOPS, ts=asked, text="x") == "cant_update_message"


def test_people_are_found_by_id_and_email(slack: SlackStandIn) -> None:
    slack.workspace.add_user(User("U0OTHER", "kim", "Kim", "999999", "kim@example.org", stranger=True, team_id="T1"))
    web = client(slack)
    assert web.users_lookupByEmail(email="MAYA@example.com")["user"]["id"] == MAYA
    assert web.users_info(user=MAYA)["user"]["profile"]["email"] == "maya@example.com"
    assert web.users_info(user="U0OTHER")["user"]["is_stranger"]
    assert error_of(web.users_lookupByEmail, email="kim@example.org") == "users_not_found"


def test_a_trigger_opens_one_modal_within_three_seconds(slack: SlackStandIn) -> None:
    web, grants = client(slack), slack.grants
    trigger = grants.trigger(MAYA)
    web.views_open(trigger_id=trigger, view=FORM)
    assert error_of(web.views_open, trigger_id=trigger, view=FORM) == "exchanged_trigger_id"
    late = grants.trigger(MAYA)
    slack.workspace.clock.skipped += 3.1
    assert error_of(web.views_open, trigger_id=late, view=FORM) == "expired_trigger_id"


def test_an_outdated_hash_does_not_overwrite_a_view(slack: SlackStandIn) -> None:
    web = client(slack)
    opened = web.views_open(trigger_id=slack.grants.trigger(MAYA), view=FORM)["view"]
    web.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    assert error_of(web.views_update, view_id=opened["id"], hash=opened["hash"], view=FORM) == "hash_conflict"
    slack.close_modal("Maya")
    assert error_of(web.views_update, view_id=opened["id"], view=FORM) == "not_found"


def test_a_response_url_takes_five_posts_in_thirty_minutes(slack: SlackStandIn) -> None:
    token = slack.grants.response_url(MAYA, ASK_MOPS)
    webhook = WebhookClient(f"{slack.url}/response/{token}", retry_handlers=[])
    assert [webhook.send(text=f"no {n}").status_code for n in range(6)] == [200] * 5 + [404]
    late = slack.grants.response_url(MAYA, ASK_MOPS)
    slack.workspace.clock.skipped += 31 * 60
    answer = WebhookClient(f"{slack.url}/response/{late}").send(text="late")
    assert (answer.status_code, json.loads(answer.body)["error"]) == (404, "expired_url")


def test_a_response_url_replaces_and_deletes_the_message_it_came_from(slack: SlackStandIn) -> None:
    ts = client(slack).chat_postEphemeral(channel=ASK_MOPS, user=MAYA, text="Only you")["message_ts"]
    webhook = WebhookClient(f"{slack.url}/response/{slack.grants.response_url(MAYA, ASK_MOPS, ts)}")
    webhook.send(text="Changed", replace_original=True)
    assert slack.message("#ask-mops", ts).text == "Changed"
    webhook.send(text="For all", response_type="in_channel")
    webhook.send(delete_original=True)
    assert [m.text for m in slack.messages("#ask-mops", seen_by="Jonas")] == ["For all"]
    assert slack.workspace.message(ASK_MOPS, ts) is None


def test_a_dropped_connection_leaves_the_outcome_as_scripted(slack: SlackStandIn) -> None:
    slack.faults.drop_before("chat.postMessage")
    slack.faults.drop_after("chat.postMessage")
    for expected in (0, 1):
        with pytest.raises(http.client.RemoteDisconnected):
            client(slack).chat_postMessage(**POST, text="hi")
        assert len(slack.messages("#ask-mops")) == expected
    assert [(c.ok, c.status) for c in slack.calls] == [(False, 0), (True, 0)]


def test_errors_and_silence_come_as_scripted(slack: SlackStandIn) -> None:
    web = client(slack)
    slack.faults.fail("chat.postMessage", 500)
    slack.faults.rate_limit("chat.postMessage", retry_after=7)
    slack.faults.refuse("chat.postMessage", "is_archived")
    seen = []
    for _ in range(3):
        with pytest.raises(SlackApiError) as caught:
            web.chat_postMessage(**POST, text="hi")
        seen.append((caught.value.response.status_code, caught.value.response.headers.get("Retry-After")))
    assert seen == [(500, None), (429, "7"), (200, None)]
    slack.faults.hang("api.test", seconds=30)
    with pytest.raises(TimeoutError):
        WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=1, retry_handlers=[]).api_test()
    assert slack.messages("#ask-mops") == []


def get(url: str) -> Any:
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def post(url: str, **body: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as response:
        return json.load(response)


def test_the_page_sees_what_its_person_sees(slack: SlackStandIn) -> None:
    client(slack).chat_postEphemeral(channel=ASK_MOPS, user=MAYA, text="Only you")
    maya, jonas = (get(f"{slack.url}/demo/api/state?user={user}") for user in ("U0MAYA", "U0JONAS"))
    assert [m["text"] for m in maya["messages"][ASK_MOPS]] == ["Only you"]
    assert jonas["messages"][ASK_MOPS] == []
    assert [c["kind"] for c in maya["channels"]] == ["channel", "channel", "channel", "im"]
    assert maya["me"]["real_name"] == "Maya Lindqvist"


def test_the_page_acts_through_the_client_api(staffed: SlackStandIn) -> None:
    api = f"{staffed.url}/demo/api"
    sent = post(f"{api}/message", user=MAYA, channel=ASK_MOPS, text="@MOPS Desk hi")
    reply = staffed.wait_for_message("#ask-mops", thread=sent["ts"])
    action = {"type": "button", "block_id": reply.blocks[0]["block_id"], "action_id": "ask"}
    assert post(f"{api}/action", user=MAYA, channel=ASK_MOPS, message_ts=reply.ts, action=action) == {"ok": True}
    staffed.wait_for(lambda: staffed.modal("Maya"))
    modal = get(f"{api}/state?user={MAYA}")["modal"]
    values = {"summary": {"value": {"type": "plain_text_input", "value": "Now please"}}}
    assert post(f"{api}/view_submit", user=MAYA, view_id=modal["view_id"], values=values) == {"ok": True}
    post(f"{api}/reaction", user=MAYA, channel=ASK_MOPS, message_ts=reply.ts, name="tada")
    assert staffed.fresh(reply).reactions == (("tada", (MAYA,)),)


def test_a_waiting_page_hears_of_a_change_and_of_the_end() -> None:
    with SlackStandIn() as slack:
        since = get(f"{slack.url}/demo/api/state")["version"]
        heard: list[Any] = []
        waiting = threading.Thread(target=lambda: heard.append(get(f"{slack.url}/demo/api/changes?since={since}")))
        waiting.start()
        slack.workspace.touch()
        waiting.join(5)
        assert heard == [{"version": since + 1}]
        last = threading.Thread(target=lambda: heard.append(get(f"{slack.url}/demo/api/changes?since={since + 1}")))
        last.start()
        time.sleep(0.2)
    last.join(5)
    assert len(heard) == 2


def test_another_workspaces_people_are_marked_in_events(slack: SlackStandIn) -> None:
    shared = replace(slack.workspace.channels[ASK_MOPS], ext_shared=True)
    slack.workspace.add_user(User("U0OTHER", "kim", "Kim", "999999", stranger=True, team_id="T0OTHER"))
    slack.workspace.put_channel(replace(shared, members=(*shared.members, "U0OTHER")))
    slack.say("Kim", "#ask-mops", "hello")
    slack.wait_for(lambda: slack.deliveries)
    envelope = json.loads(slack.deliveries[0].body)
    assert envelope["is_ext_shared_channel"] is True
    assert envelope["event"]["user_team"] == "T0OTHER"


def test_a_thinking_line_shows_until_the_reply(slack: SlackStandIn) -> None:
    asked = slack.say("Maya", "dm", "hi")
    channel = slack.dm("Maya")
    client(slack).assistant_threads_setStatus(channel_id=channel, thread_ts=asked, status="is looking…")
    assert slack.message(channel, asked).pending_status == "is looking…"
    client(slack).chat_postMessage(**{**POST, "channel": channel}, thread_ts=asked, text="Here")
    assert slack.message(channel, asked).pending_status is None
    assert shown_text(slack.messages(channel)[-1]) == "Here"


def test_a_taken_port_is_one_plain_error(slack: SlackStandIn) -> None:
    with pytest.raises(DeskError, match=r"Port \d+ on 127.0.0.1 is taken"):
        Served(Starlette(), int(slack.url.rpartition(":")[2]))
