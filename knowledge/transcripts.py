"""What was said in a recording, cut into passages: by its chapters, else where the talk pauses and turns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from knowledge.domain import Section
from knowledge.places import Places, moment_anchor
from knowledge.stopwords import STOPWORDS

MIN_WORDS = 60
MAX_WORDS = 200
"""A passage's bounds: half a minute to a minute and a half of talk."""

STRONG_TURN = 1.25
"""Other words and a pause: there a passage is cut even though it is short."""

AROUND = 50
"""Words before and after a place whose vocabularies are compared, as in Hearst's TextTiling."""

LONG_PAUSE = 4.0  # seconds; longer ones say no more
PAUSE_WEIGHT = 0.5
SPEAKER_WEIGHT = 0.2
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")


@dataclass(frozen=True)
class Cue:
    """What was said from ``start`` to ``end`` (seconds). ``speaker`` is "" when not named."""

    start: float
    end: float
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Chapter:
    """A part of the recording with a name of its own, from ``start`` (seconds) to the next one."""

    start: float
    title: str


def passages(cues: Sequence[Cue], chapters: Sequence[Chapter], title: str) -> Iterator[Section]:
    """The sections of a recording; each knows its moment. Without chapters the recording's title is their heading."""
    places = Places()
    said = _sentences(_without_repeats(cues))
    if len({cue.speaker for cue in said}) == 1:  # one who speaks all the time is named with the recording
        said = [replace(cue, speaker="") for cue in said]
    for heading, level, part in _parts(said, chapters, title):
        for piece in _pieces(part):
            anchor = places.take(moment_anchor(piece[0].start))
            yield Section(heading, (), level, _text(piece), anchor, int(piece[0].start))


def _without_repeats(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Rolling captions show a line twice, once below and once above the next one: it counts once."""
    shown: list[str] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        lines = [line for line in (" ".join(line.split()) for line in cue.text.split("\n")) if line]
        fresh = [line for line in lines if line not in shown]
        shown = lines
        if fresh:
            yield replace(cue, text=" ".join(fresh))


def _sentences(cues: Iterator[Cue]) -> list[Cue]:
    """Cues put together up to the end of a sentence, a change of speaker, a pause or some thirty words."""
    said: list[Cue] = []
    is_open = False
    for cue in cues:
        last = said[-1] if said else None
        if last and is_open and cue.speaker == last.speaker and cue.start - last.end < LONG_PAUSE:
            said[-1] = Cue(last.start, max(cue.end, last.end), f"{last.text} {cue.text}", last.speaker)
        else:
            said.append(cue)
        text = said[-1].text
        is_open = not _SENTENCE_END.search(text) and text.count(" ") < MIN_WORDS // 2
    return said


def _parts(said: Sequence[Cue], chapters: Sequence[Chapter], title: str) -> Iterator[tuple[str, int, Sequence[Cue]]]:
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    if not ordered:
        yield title, 0, said
        return
    yield title, 0, [cue for cue in said if cue.start < ordered[0].start - 1]
    ends = [*(chapter.start for chapter in ordered[1:]), math.inf]
    for number, (chapter, end) in enumerate(zip(ordered, ends, strict=True)):
        begin = chapter.start - 1 if number == 0 else chapter.start
        yield chapter.title, 1, [cue for cue in said if begin <= cue.start < end]


def _pieces(said: Sequence[Cue]) -> Iterator[Sequence[Cue]]:
    """Cut in two at the best place, and each part again, until every part is short and of one matter."""
    lengths = [len(cue.text.split()) for cue in said]
    vocabularies = [_vocabulary(cue.text) for cue in said]
    turns = [0.0, *(round(_turn(said, lengths, vocabularies, place), 3) for place in range(1, len(said)))]
    words = [0, *accumulate(lengths)]
    waiting = [(0, len(said))] if said else []
    while waiting:
        first, end = waiting.pop()
        cut = _cut(turns, words, first, end)
        if cut is None:
            yield said[first:end]
        else:
            waiting += [(cut, end), (first, cut)]


def _cut(turns: Sequence[float], words: Sequence[int], first: int, end: int) -> int | None:
    """Where a part turns most, of equal places the one nearest its middle; None when it should stay whole.

    ``words`` counts those before each place.
    """
    low, high = words[first] + MIN_WORDS, words[end] - MIN_WORDS
    middle = (low + high) / 2
    places = [place for place in range(first + 1, end) if low <= words[place] <= high]
    best = max(places, key=lambda place: (turns[place], -abs(words[place] - middle)), default=None)
    if words[end] - words[first] > MAX_WORDS:
        return best or (None if end - first == 1 else (first + end) // 2)
    return best if best and turns[best] >= STRONG_TURN else None


def _turn(said: Sequence[Cue], lengths: Sequence[int], vocabularies: Sequence[Counter[str]], place: int) -> float:
    """How much the talk turns at a place: other words, a pause, another speaker."""
    before, after = said[place - 1], said[place]
    left = _around(lengths, vocabularies, range(place - 1, -1, -1))
    right = _around(lengths, vocabularies, range(place, len(said)))
    pause = min(max(after.start - before.end, 0.0), LONG_PAUSE) / LONG_PAUSE
    other = after.speaker != before.speaker
    return 1.0 - _cosine(left, right) + PAUSE_WEIGHT * pause + SPEAKER_WEIGHT * other


def _around(lengths: Sequence[int], vocabularies: Sequence[Counter[str]], places: range) -> Counter[str]:
    found: Counter[str] = Counter()
    words = 0
    for place in places:
        found.update(vocabularies[place])
        words += lengths[place]
        if words >= AROUND:
            break
    return found


def _vocabulary(text: str) -> Counter[str]:
    """Words that carry meaning, their plurals folded."""
    words = (word.casefold() for word in _WORD.findall(text))
    return Counter(word.removesuffix("s") for word in words if word not in STOPWORDS)


def _cosine(left: Counter[str], right: Counter[str]) -> float:
    shared = sum(count * right[word] for word, count in left.items())
    norms = math.sqrt(sum(n * n for n in left.values())) * math.sqrt(sum(n * n for n in right.values()))
    return shared / norms if norms else 0.0


def _text(piece: Sequence[Cue]) -> str:
    """Running text; a paragraph per turn, with its speaker's name, where several speak."""
    paragraphs: list[str] = []
    speaker: str | None = None
    for cue in piece:
        if speaker is not None and cue.speaker == speaker:
            paragraphs[-1] += f" {cue.text}"
        else:
            paragraphs.append(f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text)
            speaker = cue.speaker
    return "\n\n".join(paragraphs)
