"""Forms → modal views, step by step. What travels in a view are ids; text stays in its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot import form_texts, redaction_texts, texts
from bot.form_steps import PRIVATE, TRACKER, Sheet, Unfinished
from bot.incoming import context_to_text
from bot.personal_answers import NOTHING_PERSONAL, PersonalAnswers
from bot.slack import ids, mrkdwn
from bot.slack.form_state import PRIVATE_BLOCK, TYPE_BLOCK
from bot.slack.inputs import StateValues, block_id, blocks_for
from bot.slack.message import Block, actions, button, clip, context, plain_text, section
from bot.slack.personal_choice import choice_blocks
from escalation.dates import in_words, parse_date, parse_datetime
from escalation.domain import Answer, Answers, FieldProblem, FieldType, Form, FormField
from escalation.files import file_names
from escalation.validation import missing

View = Block

_TITLE_LIMIT = 24  # title, submit and close of a modal
_BLOCKS_LIMIT = 100
_OPTION_LIMIT = 75
_ERROR_LIMIT = 300
_SHOWN_ANSWER = 1_000  # characters of one answer in the check before it goes out
_QUESTION_BLOCK = "question"
_QUESTION_LIMIT = 1_000


def form_view(forms: Sequence[Form], sheet: Sheet, problems: Sequence[FieldProblem] = ()) -> View:
    """The open step of a request form: its type on the first one, then one input per field, filled in.

    Tracker fields come first, because the ticket waits for them. ``problems`` are shown below their fields; on
    submission use `errors_for` instead.
    """
    wrong = {f"{TRACKER}{field.id}": field.problem for field in sheet.extra if field.problem}
    wrong |= {problem.key: problem.message for problem in problems}
    here = {field.key for field in sheet.here}
    blocks = _heading(forms, sheet, sum(key in here for key in wrong))
    for field in sheet.here:
        blocks += _field_blocks(field, sheet.answers, sheet.form, wrong)
    blocks += [_private_box(sheet)] if sheet.is_last and not sheet.adding else []
    blocks += [actions(button(form_texts.BACK_STEP, ids.FORM_BACK, str(sheet.step)))] if sheet.step else []
    title = texts.ADD_DETAILS if sheet.adding else form_texts.FORM_TITLE
    view = _modal(title, blocks, callback=ids.VIEW_FORM, metadata=_metadata(sheet), submit=_submit(sheet))
    return {**view, "notify_on_close": True}  # what was typed is kept then


def errors_for(problems: Iterable[FieldProblem]) -> dict[str, str]:
    """Slack's `errors` of a submission: block id → what to do. Several problems of a field become one text.

    Only for fields of the open step: Slack refuses errors for blocks the view does not have, and shows nothing then.
    """
    out: dict[str, str] = {}
    for problem in problems:
        where = block_id(problem.key)
        out[where] = clip(mrkdwn.inert(" ".join([out.get(where, ""), problem.message]).strip()), _ERROR_LIMIT)
    return out


def confirm_view(
    form: Form,
    answers: Answers,
    context_text: str,
    *,
    adding: bool = False,
    personal: PersonalAnswers = NOTHING_PERSONAL,
) -> View:
    """ "Check before it goes out": the answers as the ops team will get them. ``adding`` to a request that exists.

    ``personal`` answers are shown both ways, and the person chooses.
    """
    lines = [f"*{mrkdwn.escape(form.name)}*", *([form_texts.KEPT_PRIVATE] if PRIVATE in answers else [])]
    for field in form.fields:
        shown = _shown_answer(field, answers.get(field.key), form)
        without = _shown_answer(field, personal.without.get(field.key), form)
        shown += f"\n{redaction_texts.without_it(without)}" if without else ""
        lines += [f"*{mrkdwn.escape(clip(field.label, _OPTION_LIMIT))}*\n{shown}"] if shown else []
    blocks = [context(form_texts.CONFIRM_INTRO), *(choice_blocks(personal.kinds) if personal else ())]
    blocks += map(section, _packed(lines, _BLOCKS_LIMIT - len(blocks)))
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


def _metadata(sheet: Sheet) -> str:
    return context_to_text(replace(sheet.context, step=sheet.step, form_id=sheet.form.id))


def _submit(sheet: Sheet) -> str:
    if not sheet.is_last:
        return form_texts.NEXT_STEP
    return form_texts.FORM_REVIEW if sheet.form.confirm_before_submit else _last_step(sheet.adding)


def _heading(forms: Sequence[Form], sheet: Sheet, problems: int) -> list[Block]:
    count = len(sheet.steps)
    where = [form_texts.step_of(sheet.step + 1, count)] if count > 1 else []
    if sheet.step:
        top = [context(" · ".join([f"*{mrkdwn.escape(sheet.form.name)}*", *where]))]
    else:
        top = [*_unfinished(sheet.unfinished), _type_select(forms, sheet.form), *_intro(sheet, where)]
    return [*top, section(form_texts.to_fix(problems))] if problems else top


def _unfinished(left: Unfinished | None) -> list[Block]:
    if left is None:
        return []
    words = form_texts.unfinished(mrkdwn.escape(left.form_name), left.age)
    go_on = button(form_texts.CONTINUE, ids.FORM_CONTINUE, str(left.draft_id))
    return [section(words), actions(go_on, button(form_texts.DROP_DRAFT, ids.FORM_DROP, str(left.draft_id)))]


def _private_box(sheet: Sheet) -> Block:
    option = {"text": plain_text(form_texts.PRIVATE_OPTION, _OPTION_LIMIT), "value": "yes"}
    element: Block = {"type": "checkboxes", "action_id": "checkboxes", "options": [option]}
    element |= {"initial_options": [option]} if sheet.private else {}
    return {
        "type": "input",
        "block_id": PRIVATE_BLOCK,
        "optional": True,
        "label": plain_text(form_texts.PRIVATE_LABEL, _OPTION_LIMIT),
        "hint": plain_text(form_texts.PRIVATE_HINT, _ERROR_LIMIT),
        "element": element,
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
        "block_id": TYPE_BLOCK,
        "dispatch_action": True,
        "label": plain_text(form_texts.REQUEST_TYPE, _OPTION_LIMIT),
        "element": element,
    }


def _type_option(form: Form) -> Block:
    option: Block = {"text": plain_text(form.name, _OPTION_LIMIT), "value": form.id}
    if form.description:
        option["description"] = plain_text(form.description, _OPTION_LIMIT)
    return option


def _intro(sheet: Sheet, where: Sequence[str]) -> list[Block]:
    form, needed = sheet.form, len(sheet.extra) + len(missing(sheet.form, sheet.answers))
    lead = form_texts.lead_time(form.lead_time_business_days) if form.lead_time_business_days else ""
    ahead = form_texts.to_fill(needed) if needed else ""
    about = mrkdwn.escape(clip(form.description, _ERROR_LIMIT))
    outlook = mrkdwn.escape(sheet.outlook)
    small = " ".join(part for part in (about, lead, outlook, *(f"{part}." for part in where), ahead) if part)
    read = [f"*{mrkdwn.escape(clip(field.label, 60))}*" for field in form.fields if field.key in sheet.read]
    found = [context(small)] if small else []
    return [*found, context(form_texts.read_from_words(read))] if read else found


def _field_blocks(field: FormField, answers: Answers, form: Form, wrong: Mapping[str, str]) -> list[Block]:
    blocks = blocks_for(field, answers.get(field.key), form)
    if field.key in wrong:
        blocks.append(context(mrkdwn.escape(form_texts.please_check(clip(wrong[field.key], _ERROR_LIMIT)))))
    return blocks


def _shown_answer(field: FormField, answer: Answer | None, form: Form) -> str:
    if not answer:
        return ""
    if field.type is FieldType.FILE:
        return mrkdwn.escape(clip(file_names(answer), _SHOWN_ANSWER))
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


def _packed(lines: Sequence[str], most: int) -> list[str]:
    """The lines in as few sections as their size allows, at most so many."""
    out: list[str] = []
    for line in lines:
        piece = clip(line, mrkdwn.SECTION_LIMIT)
        if out and len(out[-1]) + len(piece) + 2 <= mrkdwn.SECTION_LIMIT:
            out[-1] += f"\n\n{piece}"
        else:
            out.append(piece)
    return out[:most]
