"""Forms from YAML: the sample loads, and every mistake is named with its line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.demo
from escalation.alarms import alarms
from escalation.domain import Condition, FieldType, Form
from escalation.errors import FormsInvalid
from escalation.forms_file import load_forms
from escalation.patterns import MAX_TEXT, matches, pattern_problem

SAMPLE = Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml"
FORM = """
forms:
  - id: one
    name: One
    fields:
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str | bytes], tuple[Form, ...]]:
    def write_and_load(text: str | bytes) -> tuple[Form, ...]:
        path = tmp_path / "forms.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_forms(path)

    return write_and_load


@pytest.fixture
def problems(load: Callable[[str | bytes], tuple[Form, ...]]) -> Callable[[str | bytes], list[str]]:
    def of(text: str | bytes) -> list[str]:
        with pytest.raises(FormsInvalid) as caught:
            load(text)
        return [problem.rpartition("forms.yaml:")[2] for problem in caught.value.problems]

    return of


def test_all_six_sample_forms_load() -> None:
    forms = load_forms(SAMPLE)
    assert [(form.id, len(form.fields)) for form in forms] == [
        ("email_send", 20),
        ("list_import", 18),
        ("webinar", 24),
        ("landing_page", 19),
        ("reporting_request", 18),
        ("something_broken", 13),
    ]
    assert {field.type for form in forms for field in form.fields} == set(FieldType) - {FieldType.CHECKBOX}


def test_the_defaults_reach_every_form() -> None:
    for form in load_forms(SAMPLE):
        assert (form.timezone, form.confirm_before_submit) == ("Europe/Berlin", True)
        assert form.business_days == frozenset(range(5))


def test_a_form_says_where_its_tickets_go() -> None:
    broken = load_forms(SAMPLE)[-1]
    assert (broken.project, broken.issue_type, broken.labels) == ("OPS", "Bug", ("incident",))


def test_an_override_replaces_just_what_it_names() -> None:
    email = load_forms(SAMPLE)[0]
    go_live = email.field("go_live")
    assert go_live is not None
    assert (go_live.label, go_live.rules.min_business_days_from_now) == ("Go-live date", 5)
    assert go_live.error.startswith("Emails need 5 business days.")


def test_words_such_as_no_stay_words() -> None:
    ab_test = load_forms(SAMPLE)[0].field("ab_test")
    assert ab_test is not None
    assert ab_test.options == ("no", "subject", "content", "send-time")


def test_conditions_and_utm_parts_are_read() -> None:
    email = load_forms(SAMPLE)[0]
    sender, utm = email.field("sender_person"), email.field("utm")
    assert sender is not None
    assert sender.required_if == Condition("sender", ("named-person",))
    assert utm is not None
    assert utm.parts[-1].forbidden_if == Condition("utm_medium", ("paid-search",), negated=True)


def test_keys_of_later_versions_are_accepted(load: Callable[[str], tuple[Form, ...]]) -> None:
    (form,) = load(
        FORM + "      - {key: a, label: A, type: text, on_value: {in: [x], do: notify_security}, shiny: 1}"
    )
    assert form.fields[0].key == "a"


def test_the_sample_bug_report_alarms_only_where_something_is_alarming() -> None:
    form = next(form for form in load_forms(SAMPLE) if form.id == "something_broken")
    assert alarms(form, {"severity": "urgent", "personal_data_exposed": "not-sure"}) == (
        "urgent",
        "personal data: not sure",
    )
    assert alarms(form, {"severity": "normal", "personal_data_exposed": "no"}) == ()
    assert alarms(form, {}) == alarms(None, {"severity": "urgent"}) == ()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            "{key: a, label: A, type: select, options: [urgent, low], alarms: {urgnt: urgent}}",
            "6  'urgnt' is not among the options. Did you mean urgent?",
        ),
        ("{key: a, label: A, type: textt}", "6  There is no field type 'textt'. Did you mean text?"),
        ("{key: a, label: A}", "6  Field a has no type. Add `type: …`."),
        ("{label: A, type: text}", "6  This field has no key. Add `key: …`."),
        ("{key: a, label: A, type: select}", "6  Field a offers no choices. Add `options: [a, b]`."),
        ("{use: title}", "6  There is no shared field title. Known are: ."),
        ("{key: a, label: A, type: text, requird: true}", "6  There is no key 'requird'. Did you mean required?"),
        ("{key: a, label: A, type: text, required: perhaps}", "6  required must be true or false, not 'perhaps'."),
        (
            "{key: a, label: A, type: text, validate: {min_lenght: 3}}",
            "6  There is no rule 'min_lenght'. Did you mean min_length?",
        ),
        (
            "{key: a, label: A, type: number, validate: {min: 9, max: 3}}",
            "6  Nothing can be at least 9 and at most 3. Swap the two limits.",
        ),
        (
            "{key: a, label: A, type: text, required_if: {field: b, equals: x}}",
            "6  Field a refers to b, which this form does not have.",
        ),
        (
            "{key: a, label: A, type: date, validate: {not_before_field: b}}",
            "6  Field a refers to b, which this form does not have.",
        ),
    ],
)
def test_a_mistake_in_a_field_is_named(problems: Callable[[str], list[str]], field: str, expected: str) -> None:
    assert problems(f"{FORM}      - {field}") == [expected]


def test_a_condition_on_a_choice_that_does_not_exist_is_named(problems: Callable[[str], list[str]]) -> None:
    text = (
        f"{FORM}      - {{key: a, label: A, type: select, options: [yes, no]}}\n"
        "      - {key: b, label: B, type: text, required_if: {field: a, equals: yess}}"
    )
    assert problems(text) == ["7  Field b waits for 'yess', which is not a choice of a. Did you mean yes?"]


def test_every_problem_is_reported_at_once(problems: Callable[[str], list[str]]) -> None:
    text = """version: 2
defaults: {timezone: Europe/Berln, business_days: [mon, moo]}
forms:
  - id: one
    name: One
    fields: [{key: a, label: A, type: text}, {key: a, label: B, type: text}]
  - id: one
    fields: []
"""
    assert [problem.split("  ")[0] for problem in problems(text)] == ["1", "2", "2", "6", "7", "7", "7"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# only a comment", "empty"),
        ("forms: [", "not valid YAML"),
        ("a: 1\na: 2\nforms: []", "twice"),
        ("[" * 5000, "not valid YAML"),
        ("forms: 3", "forms must be a list"),
        ("forms: [3]", "must be a list of `key: value` lines"),
        ("--- 1\n--- 2", "not valid YAML"),
        ('!!python/object/apply:os.system ["x"]', "must be a list of `key: value` lines"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not a text file"),
        (b"x" * 600_000, "larger than 500 kB"),
    ],
)
def test_files_that_are_no_forms_get_one_clear_line(
    problems: Callable[[str | bytes], list[str]], text: str | bytes, words: str
) -> None:
    assert any(words in problem for problem in problems(text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormsInvalid, match="absent.yaml:1  This file cannot be read"):
        load_forms(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*",
        "(a|aa)+",
        "(.*)*",
        "([a-z]+)*x",
        "(a?a?)*b",
        ".*.*.*=",
        r"(\w+\s?)*$",
        "((ab)+)+",
        r"(\d+)?(\d+)?\d*$",
        "(a{1,30}){1,30}",
        "a?" * 30 + "a" * 30,
        "(a+b|a+c)+d",
        "(?=a)b",
        r"(a)\1",
        "(?i:a+)",
    ],
)
def test_patterns_that_may_take_forever_are_refused(pattern: str) -> None:
    assert pattern_problem(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+-[a-z0-9]+(-[a-z0-9]+)*$",
        ".*[0-9].*",
        r"([0-9]{1,3}\.){3}[0-9]{1,3}",
        "(foo|bar)+",
        "[^/]+/[^/]+/[^/]+",
        r"[a-z]+@[a-z]+\.[a-z]+",
        "",
    ],
)
def test_ordinary_patterns_are_accepted_and_fast(pattern: str) -> None:
    assert pattern_problem(pattern) is None
    start = time.perf_counter()
    for letter in "a-1/.":
        matches(pattern, letter * (MAX_TEXT - 1) + "!")
    assert time.perf_counter() - start < 1.0


def test_a_refused_pattern_is_named_with_its_line(problems: Callable[[str], list[str]]) -> None:
    field = "      - {key: a, label: A, type: text, validate: {pattern: '(a+)+$'}}"
    (problem,) = problems(FORM + field)
    assert problem.startswith("6  This pattern could take very long on some texts")


def test_texts_beyond_the_cap_never_match() -> None:
    assert matches("a*", "a" * MAX_TEXT)
    assert not matches("a*", "a" * (MAX_TEXT + 1))
