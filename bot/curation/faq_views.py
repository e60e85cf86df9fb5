"""The forms an entry goes through: editor, what trying it out found, what changed meanwhile, how it ended. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.curation import faq_texts as words
from bot.curation.entry_form import (
    ANSWER,
    AUDIENCE,
    CHECKLIST,
    FITS,
    QUESTION,
    REASON,
    REVIEW_DAYS,
    SOURCES,
    VARIANTS,
    texts_of,
    too_long,
)
from bot.curation.faq_blocks import (
    View,
    bold,
    entry_id,
    input_block,
    modal,
    name,
    option,
    paragraph,
    preview,
    text_input,
)
from bot.curation.faq_context import About, about_text
from bot.curation.findings import Findings, Tried
from bot.slack import ids, mrkdwn
from bot.slack.message import Block, actions, button, clip, context, divider
from knowledge.domain import Entry
from knowledge.proposals import Proposal, ProposalState
from knowledge.shadowing import Shadow

TWINS = "twins"
_MULTILINE = (VARIANTS, ANSWER, SOURCES, AUDIENCE, CHECKLIST)
_LIMITS = {QUESTION: 2_000, REVIEW_DAYS: 4}
_LINES = 6  # of each kind of finding
_SHADOWS = 3
_OPTIONS = 10  # Slack: options of a check list
_DIFFERENCE = 400
_LISTED = 8


def editor_view(
    entry: Entry, about: About, *, curator: bool, reason: str = "", note: str = "", desk_url: str = ""
) -> View:
    """The entry in inputs. ``note``: a line about where its words come from; ``desk_url``: the entry in a browser."""
    skipped = too_long(entry)
    lead = (
        words.changes(mrkdwn.escape(about.entry), str(about.base)) if about.entry and about.base else words.NEW_ENTRY
    )
    after = words.NOTHING_LOST if curator else words.FOR_A_CURATOR
    blocks: list[Block] = [context(*[text for text in (lead, note, after) if text])]
    if skipped:
        fields = ", ".join(words.LABELS[field] for field in skipped)
        desk = mrkdwn.link(words.CURATION_DESK, desk_url)
        blocks.append(paragraph(words.too_long(fields, f"{FITS:,}", desk)))
    blocks += [
        _input(field, text)
        for field, text in texts_of(entry).items()
        if field not in skipped and (text or field != CHECKLIST)
    ]
    blocks.append(_input(REASON, reason))
    view = modal(ids.VIEW_FAQ_EDITOR, words.EDITOR_TITLE, about_text(about), blocks, submit=words.TRY_IT)
    return {**view, "notify_on_close": True}


def trying_view(proposal: Proposal, today: date) -> View:
    """While the checks run. The button helps where Slack lost our update."""
    look = button(words.LOOK_AGAIN, ids.FAQ_FOUND, str(proposal.id))
    blocks = [
        paragraph(words.TRYING.format(number=proposal.id)),
        actions(look),
        divider(),
        paragraph(words.LOOKS),
        *preview(proposal.entry, today),
    ]
    return modal(ids.VIEW_FAQ_PLAIN, words.TRYING_TITLE, about_text(About(proposal.id)), blocks)


def loading_view() -> View:
    """While a draft is put together."""
    return modal(ids.VIEW_FAQ_PLAIN, words.EDITOR_TITLE, about_text(About()), [paragraph(words.LOADING)])


def found_view(proposal: Proposal, findings: Findings, *, may_publish: bool, today: date) -> View:
    """What publishing would do, how it will look, and the decision."""
    shadows = _shadows(proposal, findings.shadows, may_publish=may_publish)
    blocks = [*_tried(proposal.entry.id, findings), *shadows, *_twins(proposal, findings)]
    if proposal.origin.waits_for_ok:
        blocks.append(paragraph(words.WAITS_FOR_OK))
    if may_publish and findings.warnings:
        asks = text_input("", multiline=True)
        blocks.append(input_block(REASON, words.REASON_LABEL, asks, hint=words.REASON_HINT))
    blocks += [divider(), paragraph(words.LOOKS), bold_question(proposal.entry), *preview(proposal.entry, today)]
    blocks.append(_ways_out(proposal, may_publish=may_publish))
    submit = words.PUBLISH if may_publish else words.TO_REVIEW
    return modal(ids.VIEW_FAQ_FOUND, words.FOUND_TITLE, about_text(About(proposal.id)), blocks, submit=submit)


def not_tried_view(proposal: Proposal, why: str) -> View:
    """The checks could not run."""
    again = button(words.TRY_AGAIN, ids.FAQ_FOUND, str(proposal.id), primary=True)
    back = button(words.BACK, ids.FAQ_EDIT_PROPOSAL, str(proposal.id))
    blocks = [paragraph(words.NOT_TRIED.format(why=mrkdwn.escape(why))), actions(again, back)]
    return modal(ids.VIEW_FAQ_PLAIN, words.FOUND_TITLE, about_text(About(proposal.id)), blocks)


def conflict_view(proposal: Proposal, before: Entry, now: Entry, who: str, when: str) -> View:
    """Somebody changed the entry since: what, and how to go on with one's own text."""
    mine = str(proposal.id)
    blocks = [paragraph(words.conflict(mrkdwn.escape(who), when)), *map(paragraph, differences(before, now))]
    row = actions(
        button(words.TAKE_MINE, ids.FAQ_REBASE, mine, primary=True),
        button(words.BACK, ids.FAQ_EDIT_PROPOSAL, mine),
        button(words.DROP, ids.FAQ_DROP, mine),
    )
    blocks += [row, context(words.CONFLICT_NEXT)]
    return modal(ids.VIEW_FAQ_PLAIN, words.CONFLICT_TITLE, about_text(About(proposal.id)), blocks)


def said_view(said: str, *buttons: Block) -> View:
    """A sentence, and perhaps what to do next."""
    blocks = [paragraph(said), *([actions(*buttons)] if buttons else [])]
    return modal(ids.VIEW_FAQ_PLAIN, words.DONE_TITLE, about_text(About()), blocks)


def reason_view(entry: Entry, about: About) -> View:
    """Why an entry is archived."""
    why = input_block(
        REASON, words.LABELS[REASON], text_input("", multiline=True), hint=words.HINTS[REASON], optional=False
    )
    blocks = [bold_question(entry), why]
    return modal(ids.VIEW_FAQ_ARCHIVE, words.ARCHIVE, about_text(about), blocks, submit=words.ARCHIVE)


def entry_view(entry: Entry, today: date, *, curator: bool, due: bool = False) -> View:
    """An entry as people read it; ``due``: whether it is still right is asked of a curator."""
    row = [button(words.EDIT if curator else words.PROPOSE, ids.FAQ_EDIT, entry.id)]
    row += [button(words.ARCHIVE, ids.FAQ_ARCHIVE, entry.id)] if curator else []
    facts = " · ".join([entry_id(entry.id), words.STATUS[entry.status.value], *[name(tag) for tag in entry.tags[:5]]])
    asked = "\n".join(f"• {name(text)}" for text in entry.variants[:_LINES])
    blocks = [bold_question(entry), *preview(entry, today), context(facts), *([context(asked)] if asked else [])]
    submit = words.STILL_RIGHT if due and curator else ""
    callback = ids.VIEW_FAQ_REVIEW if submit else ids.VIEW_FAQ_PLAIN
    return modal(
        callback, words.DONE_TITLE, about_text(About(entry=entry.id)), [*blocks, actions(*row)], submit=submit
    )


def bold_question(entry: Entry) -> Block:
    """The entry's question as a heading."""
    return paragraph(bold(entry.question, 300))


def differences(before: Entry, now: Entry) -> list[str]:
    """What differs between two versions, a paragraph per field."""
    old, new = texts_of(before), texts_of(now)
    return [_difference(field, old[field], new[field]) for field in old if old[field] != new[field]]


def _difference(field: str, old: str, new: str) -> str:
    """What was and what is; of lists, what went and what came."""
    if field not in (VARIANTS, SOURCES):
        return words.DIFFERENCE.format(field=words.LABELS[field], before=_shown(old), after=_shown(new))
    before, now = old.splitlines(), new.splitlines()
    gone = [words.gone(name(line)) for line in before if line not in now]
    came = [words.came(name(line)) for line in now if line not in before]
    return "\n".join([f"*{words.LABELS[field]}*", *gone[:_LISTED], *came[:_LISTED]])


def _shown(text: str) -> str:
    return mrkdwn.escape(clip(text.strip(), _DIFFERENCE)) or words.EMPTY


def _input(field: str, text: str) -> Block:
    element = text_input(text, multiline=field in _MULTILINE, limit=_LIMITS.get(field, FITS))
    required = field in (QUESTION, ANSWER)
    return input_block(field, words.LABELS[field], element, hint=words.HINTS[field], optional=not required)


def _tried(own: str, findings: Findings) -> list[Block]:
    """What changes; ``own`` is the id of the entry it is about."""
    better = sum(tried.better is True for tried in findings.changed)
    worse = sum(tried.better is False for tried in findings.changed)
    said = words.tried(len(findings.changed), findings.questions + findings.golden, better, worse)
    lines = [_line(tried, own) for tried in sorted(findings.changed, key=_gravity)[:_LINES]]
    left = len(findings.changed) - len(lines)
    return [paragraph("\n".join([said, *lines, *([words.and_more(left)] if left > 0 else [])]))]


def _gravity(tried: Tried) -> int:
    """What breaks first, then what gets worse."""
    return 0 if tried.golden and tried.better is False else 1 if tried.better is False else 2


def _line(tried: Tried, own: str) -> str:
    kind = {True: words.BETTER, False: words.WORSE, None: ""}[tried.better]
    kind = words.BREAKS if tried.golden and tried.better is False else kind
    before, after = (_reply(text, own) for text in (tried.before, tried.after))
    return words.changed(f"“{name(tried.question)}”", before, after, kind)


def _reply(text: str, own: str) -> str:
    """What somebody gets: this entry, another one or a page, or nothing."""
    if text.startswith(f"{own}:"):
        return words.THIS_ENTRY
    return bold(text, 60) if text else words.NOTHING


def _shadows(proposal: Proposal, shadows: Sequence[Shadow], *, may_publish: bool) -> list[Block]:
    """One finding per other entry: its likest phrasing; what to do about it, for those who decide."""
    likest: dict[str, tuple[int, Shadow]] = {}
    for place, found in sorted(enumerate(shadows), key=lambda pair: -pair[1].likeness):
        likest.setdefault(found.entry_id, (place, found))
    first = list(likest.values())[:_SHADOWS]
    shown = [_shadow(found, f"{proposal.id}:{place}", may_publish=may_publish) for place, found in first]
    return [paragraph(words.SHADOW_TITLE), *(block for blocks in shown for block in blocks)] if shown else []


def _shadow(found: Shadow, value: str, *, may_publish: bool) -> list[Block]:
    said = words.shadow(f"“{name(found.phrasing)}”", round(found.likeness * 100), entry_id(found.entry_id))
    merge, link = button(words.MERGE, ids.FAQ_MERGE, value), button(words.LINK, ids.FAQ_LINK, value)
    return [paragraph(said), *([actions(merge, link)] if may_publish else [])]


def _twins(proposal: Proposal, findings: Findings) -> list[Block]:
    """Check boxes; a box's value is the place of its phrasing among the variants."""
    places = {variant: place for place, variant in enumerate(proposal.entry.variants)}
    found = [twin.phrasing for twin in findings.twins if twin.phrasing in places]
    boxes = [option(text, str(places[text])) for text in dict.fromkeys(found)][:_OPTIONS]
    if not boxes:
        return []
    return [input_block(TWINS, words.TWINS_LABEL, {"type": "checkboxes", "options": boxes})]


def _ways_out(proposal: Proposal, *, may_publish: bool) -> Block:
    row = [button(words.BACK, ids.FAQ_EDIT_PROPOSAL, str(proposal.id))]
    if may_publish and proposal.state is not ProposalState.IN_REVIEW:
        row.append(button(words.TO_REVIEW, ids.FAQ_SUBMIT, str(proposal.id)))
    return actions(*row, button(words.DROP, ids.FAQ_DROP, str(proposal.id)))
