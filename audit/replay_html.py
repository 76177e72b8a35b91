"""A replay as one page that needs nothing else: no network, no server, and script only to step through it."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit.replay import Reckoned, Replay, Unknown
from audit.replay_proofs import Evidence, ToldEntry, told_evidence, told_logged
from audit.replay_told import Told, ToldClock, ToldEvent, at, news, told, told_entry, told_event
from audit.replay_words import say
from audit.then import Then
from domain.deadline import Reason
from domain.instant import Instant

FOLDER: Final = Path(__file__).parent / "templates"
PAGES: Final = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
WIDTH: Final = 1000
"""Of a bar, in units of its own."""


@dataclass(frozen=True)
class Stretch:
    """A segment of a bar; its height tells the reason as well as its colour does."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """A clock from its start to the instant of the replay or its due instant, whichever is later."""

    stretches: Sequence[Stretch]
    due: int | None


@dataclass(frozen=True)
class Step:
    """The ticket after one event, or at last as of the instant of the replay."""

    number: int
    at: str
    sentence: str
    told: Told
    clocks: Sequence[tuple[ToldClock, Bar | None]]
    logged: ToldEntry | None
    """The entry of the event in the transparency log."""


def page(steps: Sequence[Replay], then: Then, heading: Sequence[str], evidence: Evidence) -> str:
    """The page; `steps` are those of `audit.replay.steps`, `evidence` is of all of their events."""
    last = steps[-1]
    trail = [told_event(number, each, then) for number, each in enumerate(last.past, start=1)]
    style, script = (Markup((FOLDER / name).read_text()) for name in ("replay.css", "replay.js"))  # noqa: S704 -- ours
    return PAGES.get_template("replay.html.j2").render(
        language=then.language,
        say=lambda word, **facts: say(then.language, word, **facts),
        heading=[*heading, *told_evidence(evidence, then)],
        key=evidence.key.text,
        steps=list(_steps(steps, trail, then, evidence)),
        trail=trail,
        conversation=[told_entry(number, each, then) for number, each in last.said],
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script),
        kind=_kind,
        width=WIDTH,
    )


def _steps(steps: Sequence[Replay], trail: Sequence[ToldEvent], then: Then, evidence: Evidence) -> Iterator[Step]:
    """Each tells what may have changed; the last one, as of the instant of the replay, tells all."""
    for event, before, each, logged in zip(trail, (None, *steps), steps, evidence.entries, strict=False):
        shown, entry = told(each, then, before), told_logged(logged, evidence, then)
        yield Step(event.number, event.at, event.sentence, shown, _bars(each, shown, before), entry)
    last, whole = steps[-1], told(steps[-1], then)
    as_of = say(then.language, "as_of", at=at(last.as_of, then))
    yield Step(len(steps), at(last.as_of, then), as_of, whole, _bars(last, whole), None)


def _bars(replay: Replay, shown: Told, before: Replay | None = None) -> Sequence[tuple[ToldClock, Bar | None]]:
    bars = [_bar(each, replay.as_of) for each in news(replay, before)]
    return list(zip(shown.clocks, bars, strict=True))


def _bar(clock: Reckoned | Unknown, as_of: Instant) -> Bar | None:
    """None where there is no time to show."""
    if isinstance(clock, Unknown):
        return None
    start, due = clock.run.started, clock.explanation.due
    end = max(as_of if clock.run.stopped is None else clock.run.stopped, start if due is None else due)
    if end <= start:
        return None
    edges = [
        (each.reason, (each.start - start) * WIDTH // (end - start), (each.end - start) * WIDTH // (end - start))
        for each in clock.explanation.segments
    ]
    mark = None if due is None else (due - start) * WIDTH // (end - start)
    return Bar([Stretch(_kind(why), first, max(last - first, 1)) for why, first, last in edges], mark)


def _kind(why: Reason) -> str:
    """What is drawn alike."""
    if why is Reason.OPEN:
        return "counted"
    return "closed" if why in (Reason.CLOSED, Reason.NO_TARGET) else "paused"


def _digest(text: str) -> str:
    """What the page's content security policy allows (CSP level 3, hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
