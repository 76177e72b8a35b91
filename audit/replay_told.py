"""A replay in words: the same strings for the terminal and for the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from audit.replay import Reckoned, Replay, Unknown
from audit.replay_words import has, lasting, marked, reason, say, standing
from audit.then import Then
from domain.clock import Run, Verdict
from domain.configuration.category import CategoryDefined
from domain.configuration.line import LineDefined
from domain.configuration.team import TeamDefined
from domain.deadline import Explanation, Reason, Segment
from domain.event import Id, Sealed
from domain.instant import Instant
from domain.ticket import Event, Ticket
from projections.ticket import INTERNAL
from projections.words import NOBODY, Telling, instant, sentence, word
from store.log import Recorded
from store.sealing import Erased, Unreadable

FIRST: Final = ("subject", "explanation")
"""The parts of a text that come before the others."""
TICKETS: Final = ("into", "to", "duplicate")
"""The fields of a ticket's events that hold another ticket."""


@dataclass(frozen=True)
class ToldEvent:
    """What happened; `stored` is empty where that is the same second, `mark` where the entry is live."""

    number: int
    at: str
    sentence: str
    stored: str
    mark: str


@dataclass(frozen=True)
class ToldEntry:
    """What was said, part by part with their headings, or why it cannot be shown."""

    number: int
    at: str
    by: str
    what: str
    channel: str
    mark: str
    internal: bool
    parts: Sequence[tuple[str, str]]
    missing: str


@dataclass(frozen=True)
class ToldSegment:
    start: str
    end: str
    lasts: str
    counted: str
    reason: str


@dataclass(frozen=True)
class ToldClock:
    """A clock: how it stands, when it is due, what was used, and why."""

    name: str
    kind: str
    """The value of its verdict, else of its standing; empty where it cannot be reckoned."""
    state: str
    facts: Sequence[str]
    sums: Sequence[tuple[Reason, str]]
    segments: Sequence[ToldSegment]


@dataclass(frozen=True)
class Told:
    """A ticket as it stood, in words."""

    facts: Sequence[tuple[str, str]]
    clocks: Sequence[ToldClock]
    verdicts: Sequence[str]
    earlier_clocks: int
    """How many the step before has told for good."""
    earlier_verdicts: int


def told(replay: Replay, then: Then, before: Replay | None = None) -> Told:
    """Where it stood, its clocks and its verdicts; those that the step before has told for good are only counted."""
    given = set(before.verdicts if before else ())
    clocks, verdicts = news(replay, before), [each for each in replay.verdicts if each not in given]
    return Told(
        facts=[(say(then.language, name), value) for name, value in _facts(replay, then) if value],
        clocks=[_clock(each, replay.verdicts, then) for each in clocks],
        verdicts=[_verdict(each, then) for each in verdicts],
        earlier_clocks=len(replay.clocks) - len(clocks),
        earlier_verdicts=len(replay.verdicts) - len(verdicts),
    )


def news(replay: Replay, before: Replay | None) -> Sequence[Reckoned | Unknown]:
    """The clocks that may have changed since the step before: what was over then was not reckoned again."""
    over = {id(each) for each in before.clocks} if before else set()
    return [each for each in replay.clocks if id(each) not in over]


def title(ticket: Ticket, then: Then) -> str:
    """`Ticket 123 456 788`."""
    digits = ticket.reference
    return f"{say(then.language, 'ticket')} {digits[:3]} {digits[3:6]} {digits[6:]}"


def scope(replay: Replay, then: Then, *, known: Instant, position: int, happened: Instant | None) -> list[str]:
    """What the replay is of: what was known when, what had happened by when, and what of it is only asserted."""
    language = then.language
    limit = "" if happened is None else " " + say(language, "happened", at=at(happened, then))
    asserted = say(language, "asserted", asserted=replay.asserted, events=len(replay.past)) if replay.asserted else ""
    known_then = say(language, "known", at=at(known, then), position=position) + limit + "."
    return [each for each in (known_then, asserted, say(language, "rounding")) if each]


def told_event(number: int, recorded: Recorded[Event], then: Then) -> ToldEvent:
    """One line of the trail."""
    happened, stored = at(recorded.event.at, then), at(recorded.envelope.rec, then)
    values = vars(recorded.event)
    others = {name: then.references(values[name]) for name in TICKETS if name in values}
    telling = Telling(then.language, then.zone, then.names)
    return ToldEvent(
        number=number,
        at=happened,
        sentence=sentence(type(recorded.event), values | others, telling),
        stored="" if stored == happened else say(then.language, "stored", at=stored),
        mark=marked(recorded.envelope.source, then.language),
    )


def told_entry(number: int, recorded: Recorded[Event], then: Then) -> ToldEntry:
    """One entry of the conversation."""
    said, name = recorded.event, recorded.envelope.name
    parts, missing = _text(getattr(said, "text", None), then)
    if not (parts or missing):
        parts = [("", told_event(number, recorded, then).sentence)]
    return ToldEntry(
        number=number,
        at=at(said.at, then),
        by=_person(getattr(said, "by", None), then),
        what=say(then.language, name),
        channel=getattr(said, "channel", ""),
        mark=marked(recorded.envelope.source, then.language),
        internal=isinstance(said, INTERNAL),
        parts=parts,
        missing=missing,
    )


def at(value: Instant, then: Then) -> str:
    """An instant in the desk's zone."""
    return instant(value, then.language, then.zone)


def _person(person: Id | None, then: Then) -> str:
    return then.names(person) if person else NOBODY[then.language]


def _facts(replay: Replay, then: Then) -> Iterator[tuple[str, str]]:
    ticket, opened, language = replay.ticket, replay.opened, then.language
    yield "stage", word(ticket.stage, language)
    yield "waits", _wait(ticket, then)
    yield "responsible", _responsible(ticket, then)
    yield "team", f"{then.label(TeamDefined, ticket.team)}, {then.label(LineDefined, ticket.line)}"
    yield "next_act", "" if replay.next_act is None else at(replay.next_act, then)
    yield "client", f"{then.names(ticket.requester)}, {then.names(ticket.organisation)}"
    yield "kind", f"{word(ticket.kind, language)}, {word(ticket.priority, language)}"
    yield "category", f"{_category(ticket, then)}, {word(ticket.complexity, language)}"
    level = then.level(ticket.level, ticket.policy)
    yield "level", say(language, "version", level=level, version=ticket.policy)
    yield "opened", say(language, "by_channel", at=at(opened.at, then), channel=opened.channel)
    yield "imported", ", ".join(f"{name}: {value}" for name, value in replay.imported.items())
    yield "texts_expired", _expired(ticket, then)
    yield "merged_into", then.references(ticket.merged_into) if ticket.merged_into else ""
    yield "duplicates", ", ".join(sorted(map(then.references, ticket.duplicates)))
    yield "links", ", ".join(sorted(f"{then.references(to)} ({how})" for to, how in ticket.links))


def _wait(ticket: Ticket, then: Then) -> str:
    if ticket.waits_for is None or ticket.waits_until is None:
        return ""
    return say(then.language, "until", what=word(ticket.waits_for, then.language), at=at(ticket.waits_until, then))


def _expired(ticket: Ticket, then: Then) -> str:
    expired = ticket.texts_expired_at
    return "" if expired is None else say(then.language, "by_retention", at=at(expired, then))


def _responsible(ticket: Ticket, then: Then) -> str:
    """The person, or the team until somebody has taken it."""
    whom = then.names(ticket.owner) if ticket.owner else then.label(TeamDefined, ticket.team)
    return f"{whom} ({say(then.language, 'nobody_yet')})" if ticket.awaits_acceptance and ticket.is_open else whom


def _category(ticket: Ticket, then: Then) -> str:
    return then.label(CategoryDefined, ticket.category) if ticket.category else say(then.language, "no_category")


def _text(sealed: Sealed | None, then: Then) -> tuple[list[tuple[str, str]], str]:
    match {} if sealed is None else then.text(sealed):
        case Erased():
            return [], say(then.language, "erased")
        case Unreadable(why):
            return [], say(then.language, "unreadable", why=why)
        case text:
            parts = sorted(text.items(), key=lambda part: part[0] not in FIRST)
            return [(say(then.language, name) if has(name) else "", words) for name, words in parts], ""


def _clock(clock: Reckoned | Unknown, verdicts: Sequence[Verdict], then: Then) -> ToldClock:
    name = f"{word(clock.run.clock, then.language)} {clock.run.instance}"
    if isinstance(clock, Unknown):
        return ToldClock(name, "", _unknown(clock, then), (), (), ())
    explanation, run = clock.explanation, clock.run
    judged = [each for each in verdicts if (each.clock, each.instance) == (run.clock, run.instance)]
    outcomes = [word(each.outcome, then.language) for each in judged if run.stopped is not None]
    excluded = [why for each in judged for why in _excluded(each, then.language)]
    return ToldClock(
        name=name,
        kind=[clock.standing.value, *(each.outcome for each in judged)][-1],
        state=", ".join([standing(clock.standing, then.language), *outcomes, *excluded]),
        facts=list(_deadline(run, explanation, then)),
        sums=list(_sums(explanation.segments, then.language)),
        segments=[_segment(each, then) for each in explanation.segments],
    )


def _unknown(clock: Unknown, then: Then) -> str:
    facts = clock.ended.facts
    version, until = int(facts["version"]), at(int(facts["ends"]), then)
    return say(then.language, "calendar_ended", calendar=facts["calendar"], version=version, at=until)


def _deadline(run: Run, explanation: Explanation, then: Then) -> Iterator[str]:
    used = lasting(explanation.used, then.language)
    if explanation.target is None:
        yield say(then.language, "used_freely", used=used)
    else:
        yield say(then.language, "used", used=used, target=lasting(explanation.target, then.language))
        due = explanation.due
        yield say(then.language, "not_due") if due is None else say(then.language, "due", at=at(due, then))
    if run.stopped is not None:
        yield say(then.language, "ended", at=at(run.stopped, then))


def _sums(segments: Sequence[Segment], language: str) -> Iterator[tuple[Reason, str]]:
    """How long for each reason, counted time first."""
    for each in Reason:
        if lasted := sum(segment.end - segment.start for segment in segments if segment.reason is each):
            counted = say(language, "counted" if each is Reason.OPEN else "skipped")
            yield each, f"{counted}: {reason(each, language)}, {lasting(lasted, language)}"


def _segment(segment: Segment, then: Then) -> ToldSegment:
    calendar = segment.calendar
    by = say(then.language, "calendar", calendar=calendar.key, version=calendar.version) if calendar else ""
    return ToldSegment(
        start=at(segment.start, then),
        end=at(segment.end, then),
        lasts=lasting(segment.end - segment.start, then.language),
        counted=say(then.language, "counted" if segment.counted else "skipped"),
        reason=", ".join(filter(None, (reason(segment.reason, then.language), by))),
    )


def _verdict(verdict: Verdict, then: Then) -> str:
    language = then.language
    ended = verdict.ended
    level = say(language, "version", level=then.level(verdict.level, verdict.policy), version=verdict.policy)
    parts = [
        f"{word(verdict.clock, language)} {verdict.instance}: {word(verdict.outcome, language)}",
        say(language, "due", at=at(verdict.due, then)),
        say(language, "verdict_running") if ended is None else say(language, "verdict_ended", at=at(ended, then)),
        f"{level}, {word(verdict.kind, language)}, {word(verdict.priority, language)}",
    ]
    return "; ".join([*parts, *_excluded(verdict, language)])


def _excluded(verdict: Verdict, language: str) -> list[str]:
    return [] if verdict.excluded is None else [say(language, "excluded", why=word(verdict.excluded, language))]
