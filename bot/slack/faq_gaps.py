"""What is missing → messages for curators: gaps with what can be done about them, abbreviations nobody defined."""

from __future__ import annotations

from collections.abc import Sequence

from bot import missing_texts as texts
from bot.missing import Gap, GapList, Undefined
from bot.slack import ids, mrkdwn
from bot.slack.message import (
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    clip,
    context,
    divider,
    header,
    joined,
    one_line,
    say,
    section,
)

PER_PAGE = 5
TERMS_SHOWN = 5
_PHRASINGS_SHOWN = 3
_QUESTION_LIMIT = 300
_QUOTE_LIMIT = 120
_TERM_LIMIT = 60


def gaps_message(found: GapList, undefined: Sequence[Undefined], page: int = 0) -> Message:
    """One page of the list, groups before single questions; the abbreviations stand on the first."""
    items = (*found.gaps, *found.singles)
    pages = max(1, -(-len(items) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    terms = undefined[:TERMS_SHOWN] if page == 0 else ()
    if not items and not terms:
        return say(_nothing(found))
    shown = items[page * PER_PAGE : (page + 1) * PER_PAGE]
    blocks = [header(texts.HEADING)]
    for place, gap in enumerate(shown, page * PER_PAGE + 1):
        blocks += [*_gap(gap, place), divider()]
    blocks += _terms(terms)
    blocks += [context(texts.private_only(found.private_only))] if found.private_only else []
    blocks += _paging(page, pages)
    return Message(_spoken(shown, terms), tuple(blocks))


def drafted(number: int, question: str, *, with_answer: bool) -> Message:
    """A draft was made; it is edited from here."""
    quoted = clip(one_line(question), _QUOTE_LIMIT)
    return say(
        lambda m: texts.drafted(number, m.bold(quoted), with_answer),
        actions(button(texts.EDIT_DRAFT, ids.FAQ_EDIT_PROPOSAL, str(number), primary=True)),
    )


def dismissed(question: str) -> Message:
    """A gap leaves the list."""
    return say(lambda m: texts.dismissed(m.words(clip(one_line(question), _QUOTE_LIMIT))))


def defined(term: str, meaning: str) -> Message:
    """An abbreviation is in the glossary."""
    return say(lambda m: texts.defined(m.bold(term), m.words(meaning)))


def ignored(term: str) -> Message:
    """An abbreviation is not asked about again."""
    return say(lambda m: texts.ignored(m.bold(term)))


def refused(why: str) -> Message:
    """What curation does not do, and why."""
    return say(lambda m: m.words(why))


def for_curators() -> Message:
    """To anybody else."""
    return say(texts.FOR_CURATORS)


def decided_already() -> Message:
    """A button of a gap that is gone."""
    return say(texts.ALREADY_DECIDED)


def _nothing(found: GapList) -> str:
    if found.looked_at is None:
        return texts.NOT_LOOKED
    return f"{texts.NOTHING} {texts.private_only(found.private_only)}" if found.private_only else texts.NOTHING


def _gap(gap: Gap, place: int) -> list[Block]:
    question = mrkdwn.escape(clip(one_line(gap.question), _QUESTION_LIMIT))
    number = str(gap.id)
    return [
        section(f"*{place}. {question}*\n{texts.facts(gap.questions, gap.askers, gap.tickets, gap.spark)}"),
        context(*_details(gap)),
        actions(
            button(texts.DRAFT, ids.GAP_DRAFT, number),
            button(texts.NOT_A_GAP, ids.GAP_DISMISS, number),
        ),
    ]


def _details(gap: Gap) -> list[str]:
    others = [f"“{_quoted(text)}”" for text in gap.phrasings if text != gap.question][:_PHRASINGS_SHOWN]
    lines = [
        joined([texts.trend(gap.now, gap.before), texts.again(gap.again) if gap.again else ""]),
        texts.about(", ".join(_quoted(term) for term in gap.terms)) if gap.terms and len(gap.phrasings) > 1 else "",
        joined([texts.showed(_quoted(shown.name), shown.times) for shown in gap.shown[:1]]),
        joined([*others, texts.hidden(gap.hidden) if gap.hidden else ""]),
    ]
    return [line for line in lines if line]


def _terms(terms: Sequence[Undefined]) -> list[Block]:
    if not terms:
        return []
    blocks = [section(f"*{texts.TERMS_HEADING}*")]
    for each in terms:
        name = f"*{mrkdwn.escape(clip(each.term, _TERM_LIMIT))}*"
        quoted = "\n".join(f"“{_quoted(text)}”" for text in each.examples[:1])
        blocks += [
            section("\n".join(part for part in (texts.term(name, each.asked, each.askers), quoted) if part)),
            actions(
                button(texts.DEFINE, ids.TERM_DEFINE, each.term),
                button(texts.NO_ABBREVIATION, ids.TERM_IGNORE, each.term),
            ),
        ]
    return blocks


def _paging(page: int, pages: int) -> list[Block]:
    """Both buttons have one action: within a block ids differ by what is appended."""
    if pages == 1:
        return []
    row = [button(texts.BACK, f"{ids.GAPS_PAGE}_{page - 1}", str(page - 1))] if page else []
    row += [button(texts.NEXT, f"{ids.GAPS_PAGE}_{page + 1}", str(page + 1))] if page + 1 < pages else []
    return [actions(*row), context(texts.page(page + 1, pages))]


def _spoken(gaps: Sequence[Gap], terms: Sequence[Undefined]) -> str:
    lines = [texts.HEADING]
    lines += [
        f"{mrkdwn.escape(one_line(gap.question))}: {texts.facts(gap.questions, gap.askers, gap.tickets, gap.spark)}"
        for gap in gaps
    ]
    lines += [texts.term(mrkdwn.escape(each.term), each.asked, each.askers) for each in terms]
    return clip("\n".join(lines), TEXT_LIMIT)


def _quoted(text: str) -> str:
    return mrkdwn.escape(clip(one_line(text), _QUOTE_LIMIT))
