"""Answers and choices as a reader on a phone sees them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from support_messages import ANSWER, CHECKLIST, TODAY, entry, every_message, passage

from bot.demo.slack_limits import broadcasts, check_blocks, elements_of
from bot.slack import answers, ids
from bot.slack.message import Message
from knowledge.domain import Band, Cause, Citation, SourceLink, Standing, Verdict

LONG = "## Check the sync\n\nOpen the program. " + "\n\n".join(f"{n}. {ANSWER}" for n in range(40))
HOSTILE = "<!channel> <@U1> & <b> @here [x](javascript:a) `*_~ " * 3


def buttons(message: Message) -> list[dict[str, object]]:
    return [e for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


def button_ids(message: Message) -> list[object]:
    return [button["action_id"] for button in buttons(message)]


def small_print(message: Message) -> str:
    return " ".join(e["text"] for block in message.blocks if block["type"] == "context" for e in block["elements"])


def body(message: Message) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if block["type"] == "section")


@pytest.mark.parametrize(("name", "message"), every_message())
def test_slack_takes_every_message(name: str, message: Message) -> None:
    assert check_blocks(list(message.blocks), "message") == [], name
    assert broadcasts(list(message.blocks)) == []
    assert 0 < len(message.text) <= 3_900
    assert json.loads(json.dumps(message.blocks)) == list(message.blocks)


@pytest.mark.parametrize(("name", "message"), every_message())
def test_every_message_is_short_and_has_at_most_one_primary_button(name: str, message: Message) -> None:
    if "whole" not in name and "list" not in name:
        assert len(body(message)) <= 600, name
    assert sum(button.get("style") == "primary" for button in buttons(message)) <= 1
    choices = [
        b for b in button_ids(message) if str(b).startswith((ids.CHOOSE_HIT, ids.CHECK)) or b == ids.NONE_OF_THESE
    ]
    assert len(buttons(message)) - len(choices) <= 3, name


def test_answer_shows_text_sources_owner_review_and_ways_on() -> None:
    message = answers.answer(5, entry(), 0, True, TODAY)
    assert body(message).startswith("Work through these four checks first")
    assert small_print(message).startswith(
        "Good match · 📄 <https://example.com/mops/missing-mqls|Missing MQL checklist>"
    )
    assert small_print(message).endswith("ops-lifecycle · reviewed 12 Oct")
    assert button_ids(message) == [ids.NOT_WHAT_I_MEANT, ids.ASK_OPS]
    assert [b["value"] for b in buttons(message)] == ["5:0", "5"]


def test_feedback_carries_the_question_and_words_besides_emoji() -> None:
    message = answers.answer(5, entry(), 0, True, TODAY)
    (feedback,) = [e for block in message.blocks for e in elements_of(block) if e["type"] == "feedback_buttons"]
    assert feedback["action_id"] == ids.FEEDBACK
    assert feedback["positive_button"]["value"] == "5:up"
    assert feedback["negative_button"]["value"] == "5:down"
    assert "Helpful" in feedback["positive_button"]["text"]["text"]


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        (Citation(reviewed_at=date(2025, 10, 12)), "reviewed 12 Oct 2025"),
        (Citation(review_by=date(2027, 3, 31)), "review due 31 Mar 2027"),
        (Citation(review_by=date(2026, 3, 31)), "review overdue since 31 Mar 2026"),
        (Citation(changed_at=date(2026, 3, 3)), "changed 3 Mar 2026"),
        (Citation(changed_at=date(2024, 3, 3)), "last changed 3 Mar 2024, may be out of date"),
        (Citation(standing=Standing.OUTDATED), "the page says it is out of date"),
        (Citation(standing=Standing.UNFINISHED), "the page says it is unfinished"),
    ],
)
def test_freshness_is_said(citation: Citation, said: str) -> None:
    assert said in small_print(answers.answer(1, entry(citation=citation), 0, False, TODAY))


def test_at_most_three_sources_and_labels_are_escaped() -> None:
    many = Citation(tuple(SourceLink(f"<!here> {n}", f"https://e.com/{n}") for n in range(5)))
    shown = small_print(answers.answer(1, entry(citation=many), 0, False, TODAY))
    assert shown.count("<https://") == 3
    assert "|&lt;!here&gt; 0>" in shown


def test_very_long_addresses_still_fit() -> None:
    long = Citation(tuple(SourceLink("T" * 300, "https://e.com/" + "a&" * 120) for _ in range(3)), "o" * 500)
    message = answers.answer(1, entry(citation=long), 0, False, TODAY)
    assert check_blocks(list(message.blocks), "message") == []


def test_passage_is_its_own_source_with_page_and_heading() -> None:
    shown = small_print(answers.answer(1, passage("Check it."), 0, False, TODAY, good=False))
    url = "https://docs.example.com/mql-checklist#check-the-sync"
    assert (
        shown
        == f"Possible match · 📄 <{url}|Missing-MQL checklist › Check the sync> · ops-platform · changed 3 Mar 2026"
    )


def test_long_answer_folds_and_show_more_unfolds_it_whole() -> None:
    folded = answers.answer(1, passage(LONG), 3, True, TODAY)
    whole = answers.answer(1, passage(LONG[:6000]), 3, True, TODAY, expanded=True)
    assert button_ids(folded) == [ids.SHOW_MORE, ids.NOT_WHAT_I_MEANT, ids.ASK_OPS]
    assert buttons(folded)[0]["value"] == "1:3"
    assert len(body(folded)) <= 600 < len(body(whole))
    assert ids.SHOW_MORE not in button_ids(whole)


def test_answer_beyond_slacks_size_points_to_its_page() -> None:
    message = answers.answer(1, passage(LONG * 4), 0, False, TODAY, expanded=True)
    assert check_blocks(list(message.blocks), "message") == []
    assert "The rest is on <https://docs.example.com/" in body(message)


def test_quote_is_shown_first_and_the_section_behind_show_more() -> None:
    message = answers.answer(1, passage("Before. The point. After.", quote="The point."), 0, False, TODAY)
    assert body(message) == "The point."
    assert ids.SHOW_MORE in button_ids(message)


def test_heading_that_the_source_line_names_is_not_repeated() -> None:
    assert body(answers.answer(1, passage("## Check the sync\n\nOpen it."), 0, False, TODAY)) == "Open it."


def test_private_answer_can_be_shared_and_says_by_whom() -> None:
    private = answers.answer(1, entry(), 0, True, TODAY, private=True)
    assert button_ids(private) == [ids.SHARE, ids.NOT_WHAT_I_MEANT, ids.ASK_OPS]
    assert all(block["type"] != "context_actions" for block in private.blocks)
    shared = answers.answer(1, entry(), 0, True, TODAY, shared_by="U0UMA", asked="where <!here>?")
    assert small_print(shared).startswith("Shared by <@U0UMA> · Asked: where &lt;!here&gt;?")


def test_without_more_hits_there_is_nothing_else_to_mean() -> None:
    assert button_ids(answers.answer(1, entry(), 0, False, TODAY)) == [ids.ASK_OPS]


def test_text_says_the_whole_answer_and_its_source_plainly() -> None:
    said = answers.answer(1, entry(), 0, True, TODAY).text
    assert "stages at 02:00 CET" in said
    assert "Source: Missing MQL checklist (https://example.com/mops/missing-mqls)" in said
    assert "*" not in said


def test_hostile_content_is_only_text_everywhere() -> None:
    hit = replace(entry(HOSTILE, Citation((CHECKLIST,), HOSTILE), HOSTILE), id=HOSTILE)
    page = replace(passage(HOSTILE, heading=HOSTILE), title=HOSTILE)
    for message in (
        answers.answer(1, hit, 0, True, TODAY, shared_by=HOSTILE, asked=HOSTILE),
        answers.answer(1, page, 0, True, TODAY),
        answers.suggest(1, [hit, page]),
        answers.chosen(HOSTILE),
        answers.cannot_post(HOSTILE),
    ):
        everything = json.dumps([message.text, *message.blocks], ensure_ascii=False)
        assert "<!" not in everything
        assert "<@" not in everything.replace("<\u2060@", "")
        assert "@here" not in everything
        assert check_blocks(list(message.blocks), "message") == []


def test_suggestions_are_buttons_that_name_their_place_in_the_verdict() -> None:
    message = answers.more_hits(9, [entry(), passage("x"), entry(), entry()], (1, 4, 5, 6))
    assert button_ids(message) == ["choose_hit_0", "choose_hit_1", "choose_hit_2", ids.NONE_OF_THESE]
    assert [b["value"] for b in buttons(message)] == ["9:1", "9:4", "9:5", "9"]


def test_button_labels_name_the_heading_and_the_page_only_where_it_takes_one() -> None:
    telling = replace(passage("x", heading="Short links for LinkedIn"), title="UTM naming guide")
    short = replace(telling, heading="Timeline", title="A very long page title " * 6)
    assert answers.button_label(telling) == "Short links for LinkedIn"
    assert answers.button_label(short).endswith("… › Timeline")
    assert len(answers.button_label(short)) <= 75
    twins = answers.suggest(1, [telling, replace(telling, title="Social playbook")])
    assert [b["text"]["text"] for b in buttons(twins)[:2]] == [
        "UTM naming guide › Short links for LinkedIn",
        "Social playbook › Short links for LinkedIn",
    ]


def test_with_nothing_left_people_take_over() -> None:
    message = answers.more_hits(1, [])
    assert button_ids(message) == [ids.ASK_OPS]
    assert buttons(message)[0]["style"] == "primary"


@pytest.mark.parametrize(
    ("text", "start"),
    [("hello!", "Hello!"), ("ok thanks", "You're welcome"), ("never mind", "All right"), ("eh", "I'm list")],
)
def test_small_talk_gets_one_line_and_a_way_to_people(text: str, start: str) -> None:
    message = answers.small_talk(text)
    assert message.text.startswith(start)
    assert button_ids(message) == [ids.ASK_OPS]


def test_why_not_tells_the_ops_team_what_happened() -> None:
    hits = (entry(), passage("x"))
    shown = Verdict(Band.ANSWER, 0.9, hits, "", Cause.GOOD_MATCH)
    unknown = Verdict(Band.ESCALATE, 0.1, hits, "", Cause.NO_MATCH)
    assert answers.why_not(shown, hits[0]).startswith("I showed it")
    assert answers.why_not(unknown, hits[0]).startswith("about something else")
