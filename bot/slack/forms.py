"""Forms → modal views, and a view's state → answers. What travels in the view are ids; text stays in its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot import form_texts, texts
from bot.slack import ids, mrkdwn
from bot.slack.inputs import StateValues, as_field, block_id, blocks_for, read
from bot.slack.message import Block, clip, context, plain_text, section
from escalation.dates import in_words, parse_date, parse_datetime
from escalation.domain import Answer, Answers, FieldProblem, FieldType, Form, FormField, TrackerField
from escalation.validation import missing

View = Block

_TITLE_LIMIT = 24  # title, submit and close of a modal
_BLOCKS_LIMIT = 100
_OPTION_LIMIT = 75
_ERROR_LIMIT = 300
_SHOWN_ANSWER = 1_000  # characters of one answer in the check before it goes out
_TYPE_BLOCK = "request_type"
_QUESTION_BLOCK = "question"
_QUESTION_LIMIT = 1_000


def form_view(
    forms: Sequence[Form],
    form: Form,
    answers: Answers,
    context_text: str,
    extra: Sequence[TrackerField] = (),
    problems: Sequence[FieldProblem] = (),
    *,
    adding: bool = False,
) -> View:
    """The request form: its type, then one input per field, filled with ``answers``.

    ``context_text`` becomes private_metadata (at most 3,000 characters). ``extra`` are tracker fields asked for
    first, because the ticket waits for them. ``problems`` are shown below their fields; on submission use
    `errors_for` instead. ``adding``: the request exists, this adds to it.
    """
    fields = [*map(as_field, extra), *form.fields]
    wrong = {problem.key: problem.message for problem in problems}
    blocks = [_type_select(forms, form), *_intro(form, len(wrong), len(extra) + len(missing(form, answers)))]
    blocks += _within_limit(
        [(f, _field_blocks(f, answers, form, wrong)) for f in fields], _BLOCKS_LIMIT - len(blocks)
    )
    submit = form_texts.FORM_REVIEW if form.confirm_before_submit else _last_step(adding)
    title = texts.ADD_DETAILS if adding else form_texts.FORM_TITLE
    return _modal(title, blocks, callback=ids.VIEW_FORM, metadata=context_text, submit=submit)


def form_id_from_state(values: StateValues) -> str:
    """The request type picked in the form; empty when the state has none."""
    picked = values.get(_TYPE_BLOCK, {}).get(ids.REQUEST_TYPE, {}).get("selected_option") or {}
    return str(picked.get("value", ""))


def answers_from_state(form: Form, values: StateValues) -> dict[str, Answer]:
    """What was filled in, by field key; unanswered fields are left out."""
    found = {field.key: read(field, values, form) for field in form.fields}
    return {key: answer for key, answer in found.items() if answer}


def extra_from_state(
    extra: Sequence[TrackerField], values: StateValues, form: Form | None = None
) -> dict[str, Answer]:
    """What was filled in for tracker fields, by tracker field id. Times are in the zone of ``form``, else UTC."""
    zone = form or _UTC_FORM
    found = {tracker.id: read(as_field(tracker), values, zone) for tracker in extra}
    return {key: answer for key, answer in found.items() if answer}


def errors_for(problems: Iterable[FieldProblem], form: Form | None = None) -> dict[str, str]:
    """Slack's `errors` of a submission: block id → what to do. Several problems of a field become one text.

    With ``form``, a problem of something that has no input there is shown at the request type: Slack refuses
    errors for blocks the view does not have, and would show nothing at all.
    """
    shown = {f.key for f in form.fields if f.type is not FieldType.FILE} if form else None
    out: dict[str, str] = {}
    for problem in problems:
        where = block_id(problem.key) if shown is None or problem.key in shown else _TYPE_BLOCK
        out[where] = clip(mrkdwn.inert(" ".join([out.get(where, ""), problem.message]).strip()), _ERROR_LIMIT)
    return out


def confirm_view(form: Form, answers: Answers, context_text: str, *, adding: bool = False) -> View:
    """ "Check before it goes out": the answers as the ops team will get them. ``adding``: as in `form_view`."""
    lines = [f"*{mrkdwn.escape(form.name)}*"]
    for field in form.fields:
        shown = _shown_answer(field, answers.get(field.key), form)
        lines += [f"*{mrkdwn.escape(clip(field.label, _OPTION_LIMIT))}*\n{shown}"] if shown else []
    blocks = [context(form_texts.CONFIRM_INTRO), *map(section, _packed(lines))]
    return _modal(
        form_texts.CONFIRM_TITLE,
        blocks,
        callback=ids.VIEW_CONFIRM,
        metadata=context_text,
        submit=_last_step(adding),
        close=form_texts.CONFIRM_CLOSE,
    )


def expired_view() -> View:
    """The answers behind a confirmation are gone."""
    return _notice(form_texts.FORM_TITLE, form_texts.FORM_EXPIRED, close=form_texts.CLOSE)


def not_kept_view() -> View:
    """The answers could not be stored; the form below still holds them."""
    return _notice(form_texts.NOT_KEPT_TITLE, form_texts.NOT_KEPT, close=form_texts.BACK)


def ask_view(context_text: str = "") -> View:
    """App Home's "Ask": one question."""
    element = {
        "type": "plain_text_input",
        "action_id": "plain_text_input",
        "multiline": True,
        "max_length": _QUESTION_LIMIT,
        "placeholder": plain_text(form_texts.ASK_PLACEHOLDER, _OPTION_LIMIT),
    }
    block = {
        "type": "input",
        "block_id": _QUESTION_BLOCK,
        "label": plain_text(form_texts.ASK_LABEL, _OPTION_LIMIT),
        "hint": plain_text(form_texts.ASK_HINT, _ERROR_LIMIT),
        "element": element,
    }
    return _modal(form_texts.ASK_TITLE, [block], callback=ids.VIEW_ASK, metadata=context_text, submit=texts.ASK)


def question_from_state(values: StateValues) -> str:
    """The question typed into `ask_view`."""
    state = next(iter(values.get(_QUESTION_BLOCK, {}).values()), {})
    return str(state.get("value") or "").strip()


_UTC_FORM = Form("", "", "", ())


def _last_step(adding: bool) -> str:
    return form_texts.ADD_SUBMIT if adding else form_texts.CONFIRM_SUBMIT


def _modal(
    title: str, blocks: list[Block], *, callback: str, metadata: str, submit: str, close: str = form_texts.CANCEL
) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": plain_text(title, _TITLE_LIMIT),
        "submit": plain_text(submit, _TITLE_LIMIT),
        "close": plain_text(close, _TITLE_LIMIT),
        "blocks": blocks,
    }


def _notice(title: str, text: str, *, close: str) -> View:
    return {
        "type": "modal",
        "title": plain_text(title, _TITLE_LIMIT),
        "close": plain_text(close, _TITLE_LIMIT),
        "blocks": [section(text)],
    }


def _type_select(forms: Sequence[Form], form: Form) -> Block:
    options = {f.id: _type_option(f) for f in forms[:100]}  # Slack: 100 options
    options.setdefault(form.id, _type_option(form))
    element = {
        "type": "static_select",
        "action_id": ids.REQUEST_TYPE,
        "options": list(options.values()),
        "initial_option": options[form.id],
    }
    return {
        "type": "input",
        "block_id": _TYPE_BLOCK,
        "dispatch_action": True,
        "label": plain_text(form_texts.REQUEST_TYPE, _OPTION_LIMIT),
        "element": element,
    }


def _type_option(form: Form) -> Block:
    option: Block = {"text": plain_text(form.name, _OPTION_LIMIT), "value": form.id}
    if form.description:
        option["description"] = plain_text(form.description, _OPTION_LIMIT)
    return option


def _intro(form: Form, problems: int, needed: int) -> list[Block]:
    lead = form_texts.lead_time(form.lead_time_business_days) if form.lead_time_business_days else ""
    ahead = form_texts.to_fill(needed) if needed else ""
    small = " ".join(part for part in (mrkdwn.escape(clip(form.description, _ERROR_LIMIT)), lead, ahead) if part)
    found = [context(small)] if small else []
    return [*found, section(form_texts.to_fix(problems))] if problems else found


def _field_blocks(field: FormField, answers: Answers, form: Form, wrong: Mapping[str, str]) -> list[Block]:
    blocks = blocks_for(field, answers.get(field.key), form)
    if field.key in wrong:
        blocks.append(context(mrkdwn.escape(form_texts.please_check(clip(wrong[field.key], _ERROR_LIMIT)))))
    return blocks


def _within_limit(fields: Sequence[tuple[FormField, list[Block]]], room: int) -> list[Block]:
    """All blocks; when they are too many, the mandatory fields and as many others as fit, and a word about it."""
    blocks = [block for _, group in fields for block in group]
    if len(blocks) <= room:
        return blocks
    kept: list[Block] = []
    for _, group in sorted(fields, key=lambda pair: not pair[0].required):
        if len(kept) + len(group) < room:
            kept += group
    return [*kept, context(form_texts.TOO_MANY_FIELDS)]


def _shown_answer(field: FormField, answer: Answer | None, form: Form) -> str:
    if not answer:
        return ""
    if isinstance(answer, tuple):
        return mrkdwn.escape(clip(", ".join(answer), _SHOWN_ANSWER))
    if answer == form_texts.TBD:
        return form_texts.DONT_KNOW_YET
    moment = parse_datetime(answer, form.timezone) if field.type is FieldType.DATETIME else None
    if moment:
        return mrkdwn.moment(moment)
    day = parse_date(answer) if field.type is FieldType.DATE else None
    if day:
        return in_words(day)
    if field.type is FieldType.USER:
        return mrkdwn.person(answer)
    return mrkdwn.escape(clip(answer, _SHOWN_ANSWER))


def _packed(lines: Sequence[str]) -> list[str]:
    """The lines in as few sections as their size allows."""
    out: list[str] = []
    for line in lines:
        piece = clip(line, mrkdwn.SECTION_LIMIT)
        if out and len(out[-1]) + len(piece) + 2 <= mrkdwn.SECTION_LIMIT:
            out[-1] += f"\n\n{piece}"
        else:
            out.append(piece)
    return out[: _BLOCKS_LIMIT - 1]
