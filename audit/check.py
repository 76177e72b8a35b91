"""What `glasno check` does: prove that what is stored is what was stored.

Reads every entry as its bytes: canonical form, counters without gaps, times that never go back, sections that open at
their place and match their digests; and erasures that took what they say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from audit.erased import Erasures
from domain.canonical import NotCanonical, parse
from domain.event import Address, Id
from domain.instant import Instant
from store.codec import UnknownEvent
from store.desk import Desk
from store.envelope import Envelope, unsealed
from store.erased import addresses
from store.keys import KeyMissing
from store.log import Stored
from store.sealing import FACTS, Tampered, digest_of, value_of

FAULTS: Final = (NotCanonical, Tampered, KeyMissing, UnknownEvent, KeyError, ValueError, TypeError, RecursionError)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was stored."""

    position: int
    stream: Id
    version: int
    what: str


@dataclass
class Course:
    """Where a stream has got to."""

    version: int = 0
    number: int = 0
    rec: Instant = 0
    pseudonym: str | None = None


@dataclass
class Report:
    """What was looked at and what was found."""

    events: int = 0
    streams: int = 0
    erased_sections: int = 0
    findings: list[Finding] = field(default_factory=list)


def check(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Look at every entry; `progress` hears the position after each."""
    report = Report()
    courses: dict[Id, Course] = {}
    erasures, head = Erasures(), desk.log.head()
    for stored in desk.log.stored():
        course = courses.setdefault(stored.stream, Course())
        report.findings += [
            Finding(stored.position, stored.stream, stored.version, what)
            for what in _wrong(desk, stored, course, report, erasures)
        ]
        report.events += 1
        progress(stored.position)
    report.findings += [Finding(each.position, each.stream, each.version, what) for each, what in erasures.wrong(head)]
    report.streams = len(courses)
    return report


def _wrong(desk: Desk, stored: Stored, course: Course, report: Report, erasures: Erasures) -> Iterator[str]:
    if stored.version != course.version + 1:
        yield f"version {stored.version} follows {course.version}: events are missing"
    course.version = stored.version
    try:
        yield from _unlike(desk, stored, course, report, erasures)
    except FAULTS as fault:
        yield f"{type(fault).__name__}: {fault}"


def _unlike(desk: Desk, stored: Stored, course: Course, report: Report, erasures: Erasures) -> Iterator[str]:
    """What differs from what was stored; bytes that cannot be read at all raise one of `FAULTS`."""
    digests = set(parse(stored.envelope)["_sd"])
    disclosures = _disclosures(desk, stored)
    if FACTS not in disclosures:
        raise Tampered(f"section {FACTS!r} is missing")
    envelope, values = unsealed(stored.envelope, value_of(disclosures[FACTS]))
    event = desk.log.codec.join(envelope.name, envelope.shape, values, stored.stream, stored.version)
    if envelope.name != stored.topic:
        yield f"filed as {stored.topic!r}, but its envelope says {envelope.name!r}"
    yield from _off_course(envelope, course)
    erased = _erased(desk, stored, event, disclosures)
    erasures.follow(stored, event, erased, digests - {digest_of(each) for each in disclosures.values()})
    yield from _uncommitted(digests, disclosures, len(erased), report)


def _disclosures(desk: Desk, stored: Stored) -> dict[str, bytes]:
    opened = {section.name: desk.sealer.disclosure(section, stored.envelope) for section in stored.sections}
    return {name: disclosure for name, disclosure in opened.items() if disclosure is not None}


def _erased(desk: Desk, stored: Stored, event: Any, disclosures: dict[str, bytes]) -> list[Address]:
    """Those of the event's texts that are erased: deleted with their ticket, or with their author."""
    deleted = {section.name for section in stored.sections if section.is_deleted}
    gone = [each for each in addresses(event) if each.section not in disclosures]
    return [each for each in gone if each.section in deleted or desk.keys.is_erased(each.owner)]


def _off_course(envelope: Envelope, course: Course) -> Iterator[str]:
    if envelope.rec < course.rec:
        yield f"stored at {envelope.rec}, before the event it follows ({course.rec})"
    course.rec = envelope.rec
    if not envelope.number:
        return
    if envelope.number != course.number + 1:
        yield f"clear event {envelope.number} follows {course.number}: clear events are missing"
    course.number = envelope.number
    if course.pseudonym not in (None, envelope.pseudonym):
        yield "its pseudonym is not that of its stream"
    course.pseudonym = envelope.pseudonym


def _uncommitted(digests: set[str], disclosures: dict[str, bytes], erased: int, report: Report) -> Iterator[str]:
    """Sections and digests must match one to one; a digest may stand alone once its owner was erased."""
    for name, disclosure in disclosures.items():
        if digest_of(disclosure) not in digests:
            yield f"section {name!r} does not match its digest"
        digests.discard(digest_of(disclosure))
    report.erased_sections += erased
    if len(digests) > erased:
        yield f"{len(digests) - erased} sections are missing, and nobody was erased"
