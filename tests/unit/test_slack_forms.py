"""Forms as modals, and a modal's state as answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support_messages import ANSWERS, COMPONENT, FIELDS, every_view, form

from bot.demo.slack_limits import broadcasts, check_view
from bot.form_steps import Sheet
from bot.incoming import FormContext
from bot.slack import forms, ids
from bot.slack.form_state import answers_from_state, extra_from_state, form_id_from_state
from escalation.domain import Answers, Condition, FieldProblem, FieldType, Form, FormField, Rules, TrackerField
from escalation.forms_file import load_forms
from escalation.validation import check

SAMPLES = Path(__file__).parents[2] / "bot" / "demo" / "data" / "intake_forms.yaml"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def block(view: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = [b for b in view["blocks"] if b.get("block_id") == f"f:{key}"]
    return found


def as_state(view: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends back when a view is submitted untouched."""
    values: dict[str, Any] = {}
    for one in view["blocks"]:
        if one["type"] == "input":
            values[one["block_id"]] = {one["element"]["action_id"]: _held(one["element"])}
    return values


def _held(element: dict[str, Any]) -> dict[str, Any]:
    names = {
        "initial_value": "value",
        "initial_date": "selected_date",
        "initial_date_time": "selected_date_time",
        "initial_user": "selected_user",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
    }
    return {"type": element["type"], **{there: element[here] for here, there in names.items() if here in element}}


def shown(field: FormField, answer: Any = None) -> dict[str, Any]:
    """The view of a form with one field."""
    made = form(field)
    return one_step(made, {field.key: answer} if answer else {})


def one_step(made: Form, answers: Answers, step: int = 0, extra: tuple[TrackerField, ...] = ()) -> dict[str, Any]:
    """One step of a form as its view."""
    return forms.form_view([made], Sheet(made, answers, FormContext(step=step), extra))


def all_steps(made: Form, answers: Answers) -> dict[str, Any]:
    """What comes back when every step is submitted untouched."""
    count = len(Sheet(made, answers, FormContext()).steps)
    return {key: state for step in range(count) for key, state in as_state(one_step(made, answers, step)).items()}


@pytest.mark.parametrize(("name", "view"), every_view())
def test_slack_takes_every_view(name: str, view: dict[str, Any]) -> None:
    assert check_view(view) == [], name
    assert broadcasts(view["blocks"]) == []


def test_answers_survive_the_way_through_the_form() -> None:
    made = form()
    assert answers_from_state(made, all_steps(made, ANSWERS)) == ANSWERS
    assert form_id_from_state(all_steps(made, ANSWERS)) == "list_import"


def test_empty_form_gives_no_answers() -> None:
    made = form()
    assert answers_from_state(made, all_steps(made, {})) == {}


def test_all_sample_forms_open_and_come_back() -> None:
    loaded = load_forms(SAMPLES)
    for made in loaded:
        view = forms.form_view(loaded, Sheet(made, {}, FormContext()))
        assert check_view(view) == []
        assert {b["block_id"] for b in view["blocks"] if b["type"] == "input"} >= {"request_type", "f:title"}
        assert check(made, answers_from_state(made, all_steps(made, {})), NOW)


def test_type_comes_first_and_reports_its_change() -> None:
    first = one_step(form(), {})["blocks"][0]
    assert first["dispatch_action"] is True
    assert first["element"]["action_id"] == ids.REQUEST_TYPE


def test_shared_fields_keep_their_ids_when_the_type_changes() -> None:
    one, other = form(FIELDS[0], FIELDS[2]), form(FIELDS[1], FIELDS[0], id="webinar", name="Webinar")
    before, after = (block(one_step(f, {}), "title") for f in (one, other))
    assert (before["block_id"], before["element"]["action_id"]) == (after["block_id"], after["element"]["action_id"])


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        (FieldType.TEXT, "plain_text_input"),
        (FieldType.LONG_TEXT, "plain_text_input"),
        (FieldType.NUMBER, "number_input"),
        (FieldType.URL, "url_text_input"),
        (FieldType.DATE, "datepicker"),
        (FieldType.DATETIME, "datetimepicker"),
        (FieldType.SELECT, "static_select"),
        (FieldType.MULTI_SELECT, "multi_static_select"),
        (FieldType.USER, "users_select"),
        (FieldType.UTM_SET, "plain_text_input"),
        (FieldType.CHECKBOX, "checkboxes"),
    ],
)
def test_every_type_has_its_input_and_mandatory_ones_are(kind: FieldType, element: str) -> None:
    field = FormField("k", "Label", kind, True, options=("a", "b"))
    made = block(shown(field), "k")
    assert made["element"]["type"] == element
    assert made["optional"] is False
    assert block(shown(replace(field, required=False)), "k")["optional"] is True


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (FieldType.NUMBER, "about 500"),
        (FieldType.DATE, "next week"),
        (FieldType.DATETIME, "soon"),
        (FieldType.USER, "Uma"),
    ],
)
def test_what_does_not_fit_its_picker_is_kept_as_text(kind: FieldType, answer: str) -> None:
    view = shown(FormField("k", "Label", kind, True), answer)
    assert block(view, "k")["element"]["type"] == "plain_text_input"
    assert answers_from_state(form(FormField("k", "Label", kind)), as_state(view)) == {"k": answer}


@pytest.mark.parametrize("kind", list(FieldType))
def test_not_knowing_yet_survives_for_every_type(kind: FieldType) -> None:
    if kind in (FieldType.FILE, FieldType.CHECKBOX, FieldType.MULTI_SELECT):
        return
    field = FormField("k", "Label", kind, True, options=("a",), allow_tbd=True)
    view = shown(field, "tbd")
    assert check_view(view) == []
    assert answers_from_state(form(field), as_state(view)) == {"k": "tbd"}


def test_a_picked_date_wins_over_the_box() -> None:
    field = FormField("k", "Since", FieldType.DATE, True, allow_tbd=True)
    values = {
        "f:k": {"datepicker": {"type": "datepicker", "selected_date": "2027-05-01"}},
        "tbd:k": {"checkboxes": {"type": "checkboxes", "selected_options": [{"value": "tbd"}]}},
    }
    assert answers_from_state(form(field), values) == {"k": "2027-05-01"}


def test_times_are_written_in_the_forms_zone_and_shown_at_the_same_moment() -> None:
    field = FormField("k", "Go-live", FieldType.DATETIME, True)
    held = {"f:k": {"datetimepicker": {"type": "datetimepicker", "selected_date_time": 1810108800}}}
    assert answers_from_state(form(field), held) == {"k": "2027-05-12T10:00:00+02:00"}
    assert block(shown(field, "2027-05-12T10:00"), "k")["element"]["initial_date_time"] == 1810108800


def test_upper_limits_are_slacks_unless_the_form_has_its_own_words() -> None:
    field = FormField("k", "Title", FieldType.TEXT, True, rules=Rules(min_length=10, max_length=90))
    assert block(shown(field), "k")["element"]["max_length"] == 90
    assert "min_length" not in block(shown(field), "k")["element"]
    assert block(shown(replace(field, error="Shorter!")), "k")["element"]["max_length"] == 3_000
    assert check_view(shown(field, "x" * 200)) == []


def test_long_and_many_options_still_come_back_whole() -> None:
    options = tuple(f"{n} {'o' * 200}" for n in range(250))
    field = FormField("k", "Component", FieldType.SELECT, True, options=options)
    view = shown(field, options[173])
    assert check_view(view) == []
    assert answers_from_state(form(field), as_state(view)) == {"k": options[173]}


def test_hint_says_when_a_field_is_needed() -> None:
    sender = FormField("sender", "Sender", FieldType.SELECT, True, options=("company", "named-person"))
    who = FormField("who", "Named sender", FieldType.USER, required_if=Condition("sender", ("named-person",)))
    made = form(sender, who)
    hint = block(one_step(made, {}), "who")["hint"]["text"]
    assert hint == "Needed when “Sender” is named-person."


def test_a_file_input_states_its_limits_and_names_what_is_kept() -> None:
    field = FormField("k", "Images", FieldType.FILE, True, rules=Rules(max_size_mb=5, extensions=("png", "jpg")))
    empty, kept = block(shown(field), "k"), shown(field, ("F1 2048 logo.png",))
    assert empty["element"] == {
        "type": "file_input",
        "action_id": "file_input",
        "max_files": 10,
        "filetypes": ["png", "jpg", "jpeg"],
    }
    assert empty["hint"]["text"] == "Up to 5 MB each (png, jpg)."
    assert (empty["optional"], block(kept, "k")["optional"]) == (False, True)
    assert "Added already: logo.png" in str(kept["blocks"])


def test_tracker_fields_are_asked_first_and_read_by_their_own_id() -> None:
    made = form()
    day = TrackerField("customfield_1", "Due", FieldType.DATETIME)
    view = one_step(made, {}, 0, (COMPONENT, day))
    state = as_state(view)
    component = block(view, "tracker.components")
    assert component["optional"] is False
    state[component["block_id"]]["static_select"]["selected_option"] = component["element"]["options"][1]
    assert extra_from_state([COMPONENT, day], state) == {"components": "Web"}


def test_errors_stand_at_their_fields() -> None:
    problems = [
        FieldProblem("title", "Too short."),
        FieldProblem("images", "Missing."),
        FieldProblem("title", "Again."),
    ]
    assert forms.errors_for(problems) == {"f:title": "Too short. Again.", "f:images": "Missing."}


def test_a_long_form_becomes_steps_that_fit_a_phone_and_slack() -> None:
    made = form(*(FormField(f"k{n}", f"Field {n}", FieldType.TEXT, n >= 60) for n in range(120)))
    views = [one_step(made, {}, step) for step in range(10)]
    assert all(check_view(view) == [] for view in views)
    asked = [b["block_id"] for view in views for b in view["blocks"] if b.get("block_id", "").startswith("f:")]
    assert asked == [f"f:k{n}" for n in range(120)]
    assert [view["submit"]["text"] for view in views[-2:]] == ["Next", "File it"]


def test_confirmation_lists_answers_as_people_read_them() -> None:
    view = forms.confirm_view(form(), {**ANSWERS, "goal": "<!channel> & more"}, "{}")
    text = "\n".join(b["text"]["text"] for b in view["blocks"] if b["type"] == "section")
    assert "*Regions*\nemea, dach" in text
    assert "*Approver*\n<@U0PRIYA01>" in text
    assert "*Switch off on*\nWed 30 Jun 2027" in text
    assert "*Since when?*\nI don't know yet" in text
    assert "&lt;!channel&gt; &amp; more" in text
    assert view["title"]["text"] == "Check before it goes out"


def test_huge_answers_still_fit_the_confirmation() -> None:
    fields = [FormField(f"k{n}", "L" * 200, FieldType.LONG_TEXT) for n in range(90)]
    made = form(*fields)
    assert check_view(forms.confirm_view(made, {f.key: "& " * 3_000 for f in fields}, "{}")) == []


def test_question_is_read_from_the_ask_form() -> None:
    state = {"question": {"plain_text_input": {"type": "plain_text_input", "value": " where are my MQLs? "}}}
    assert forms.question_from_state(state) == "where are my MQLs?"
    assert forms.question_from_state({}) == ""


@pytest.mark.parametrize(
    ("label", "box"), [("Since when?", "Not sure since when"), ("Go-live date", "Not sure yet: Go-live date")]
)
def test_a_picker_that_may_stay_open_is_not_called_needed_and_optional_at_once(label: str, box: str) -> None:
    view = shown(FormField("k", label, FieldType.DATE, True, allow_tbd=True), None)
    assert "Fill it in, or tick the box below." in str(view)
    assert "Needed" not in str(view)
    assert f"'{box}'" in str(view)
