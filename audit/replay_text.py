"""A replay for the terminal: everything, line by line, and no text can command the terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from audit.replay import Replay
from audit.replay_told import ToldClock, ToldEntry, ToldEvent, told, told_entry, told_event
from audit.replay_words import say
from audit.then import Then

UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of what moves the cursor, changes colours or turns the direction of reading."""
INDENT: Final = "  "


def text(replay: Replay, then: Then, heading: Sequence[str]) -> str:
    """The ticket as it stood, its clocks segment by segment, what was said and what was done."""
    shown, language = told(replay, then), then.language
    conversation = [told_entry(number, each, then) for number, each in replay.said]
    trail = [told_event(number, each, then) for number, each in enumerate(replay.past, start=1)]
    parts = [
        [*heading, ""],
        _table(shown.facts),
        _part(say(language, "clocks"), _clocks(shown.clocks, say(language, "no_clocks"))),
        _part(say(language, "verdicts"), shown.verdicts or [say(language, "no_verdicts")]),
        _part(say(language, "conversation"), (line for each in conversation for line in _entry(each, language))),
        _part(say(language, "trail"), (line for each in trail for line in _event(each))),
    ]
    return "\n".join(safe(line) for part in parts for line in part)


def _table(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in facts)
    return (f"{name:<{width}}  {value}" for name, value in facts)


def _part(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield heading
    yield from (INDENT + line for line in lines)


def _clocks(clocks: Sequence[ToldClock], none: str) -> Iterator[str]:
    if not clocks:
        yield none
    for clock in clocks:
        yield f"{clock.name}: " + "; ".join((clock.state, *clock.facts))
        for each in clock.segments:
            yield f"{INDENT}{each.start} - {each.end}  {each.lasts:>14}  {each.counted}: {each.reason}"


def _entry(entry: ToldEntry, language: str) -> Iterator[str]:
    internal = say(language, "internal") if entry.internal else ""
    yield ", ".join(filter(None, (f"{entry.at}  {entry.by}", entry.what, entry.channel, internal, entry.mark)))
    for heading, words in entry.parts:
        said = f"{heading}: {words}" if heading else words
        yield from (INDENT + line for line in said.splitlines())
    yield from [f"{INDENT}[{entry.missing}]"] if entry.missing else []


def _event(event: ToldEvent) -> Iterator[str]:
    asserted = f" [{event.mark}]" if event.mark else ""
    stored = f" ({event.stored})" if event.stored else ""
    yield f"{event.number:>3}. {event.at}  {event.sentence}{asserted}{stored}"


def safe(line: str) -> str:
    """What people wrote, with its control characters spelled out."""
    return "".join(_spelled(letter) if unicodedata.category(letter) in UNSAFE else letter for letter in line)


def _spelled(letter: str) -> str:
    return " " if letter == "\t" else f"\\u{ord(letter):04x}"
