"""One entry of the log: what it says, and whether it may stand where it stands."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from audit.verifier.report import Fault, Report
from audit.verifier.shelf import Shelf
from domain.canonical import NotCanonical, parse
from domain.event import Source
from domain.instant import MINUTE, Duration, Instant

TOLERATED: Final[Duration] = MINUTE
"""How far clocks of several machines may differ, and how late a live event may be stored without being called late."""
DISORDER: Final[Duration] = 10 * MINUTE
"""How far back an entry may claim to have been stored than one before it."""
FAR: Final[Instant] = 10**14
"""The year 5138: beyond it nobody could have seen it."""
DIGEST: Final = "[-0-9A-Z_a-z]{43}"
OPAQUE: Final = re.compile(rf'\{{"_sd":\["({DIGEST}(?:","{DIGEST})*)"\],"v":[1-9]\d{{0,8}}\}}'.encode()).fullmatch
"""Digests and the version of the shape: anything else would have to be in clear altogether."""
AWAKE: Final = 32_768
"""Streams of which is in memory where they have got to."""
COMMON: Final = itemgetter("_sd", "at", "rec", "sv", "ty", "tk", "src")
"""What every entry in clear has."""
STRINGS: Final = {str}
LIVE: Final = Source.LIVE
SOURCES: Final = {each.value: each for each in Source}
read_json: Final = json.JSONDecoder().raw_decode
_STRING: Final = rb'"[^"\\\x00-\x1f\x7f-\xff]*+"'
_MEMBER: Final = rb'"\w++":(?:%b|0|-?[1-9]\d{0,14}|\[(?:%b(?:,%b)*+)?\])' % (_STRING, _STRING, _STRING)
PLAIN: Final = re.compile(rb"\{%b(?:,%b)*+\}" % (_MEMBER, _MEMBER)).fullmatch
"""One object of strings without escapes, integers below 10**15, and lists of such strings."""


@dataclass(slots=True)
class Entry:
    """An entry in clear."""

    place: int
    """Its index in the log."""
    name: str
    at: Instant
    rec: Instant
    source: Source
    stream: str
    """A pseudonym."""
    number: int
    """Of the clear entries of its stream, from one."""
    values: Mapping[str, Any]
    event: Any = None
    """What the values are of, if that is known already."""
    begins: bool = False
    """Nothing in clear was in its stream before."""

    @property
    def is_late(self) -> bool:
        """Told later than it happened: its time is asserted."""
        return self.at < self.rec - TOLERATED


@dataclass(slots=True)
class Course:
    """Where a stream has got to."""

    number: int = 0
    rec: Instant = 0


@dataclass
class Courses:
    """Reads the entries in their order, and notes in the report what cannot be so."""

    report: Report
    usual: Callable[[int, bytes], Entry | None] = lambda _, __: None
    """A quicker way to read what has a usual form."""
    courses: Shelf[Course] = field(default_factory=lambda: Shelf(AWAKE))
    latest: Instant = 0
    """The latest instant at which any entry so far was stored."""
    first: Instant = 0
    opaque: int = 0

    def read(self, index: int, raw: bytes) -> Entry | None:
        """The entry; None if it is opaque, or no entry at all."""
        if b'"ty":' not in raw and (digests := OPAQUE(raw)):
            self.opaque += 1
            if b"," in digests[1]:
                self._demand_different(index, digests[1].split(b'","'))
            return None
        try:
            entry = self.usual(index, raw) or _entry(index, parsed(raw))
        except (NotCanonical, KeyError, ValueError, TypeError) as fault:
            self.report.find(Fault.FORM, f"{type(fault).__name__}: {fault}", index)
            return None
        self._clear(entry)
        return entry

    def _demand_different(self, index: int, digests: list[bytes]) -> None:
        if len({*digests}) < len(digests):
            self.report.find(Fault.FORM, "one of its digests stands there twice", index)

    def _clear(self, entry: Entry) -> None:
        course = self.courses.get(entry.stream)
        entry.begins = course is None
        course = course or self.courses.put(entry.stream, Course())
        self.report.events[entry.name] += 1
        if entry.number != course.number + 1:
            said = f"entry {entry.number} of its stream follows {course.number}"
            self.report.find(Fault.COUNTER, f"{said}: entries were kept out", entry.place)
        if entry.rec < course.rec or entry.rec < self.latest - DISORDER:
            said = "it claims to have been stored before entries that stand before it"
            self.report.find(Fault.TIME, said, entry.place)
        course.number, course.rec = entry.number, max(course.rec, entry.rec)
        if entry.rec > self.latest:
            self.first, self.latest = self.first or entry.rec, entry.rec
        if entry.source is not LIVE or not -TOLERATED <= entry.at - entry.rec <= TOLERATED:
            self._asserted(entry)

    def _asserted(self, entry: Entry) -> None:
        """When an event happened is bounded by nothing if it was imported, simulated or told late."""
        if entry.source is not LIVE:
            self.report.entries[entry.source.value] += 1
        elif entry.is_late:
            self.report.entries["late"] += 1
        else:
            self.report.find(Fault.TIME, "it tells of a time after it was stored", entry.place)


def parsed(raw: bytes) -> Any:
    """As `domain.canonical.parse`, which is asked wherever there is more than plain strings and small integers.

    An object of that form is canonical if its keys ascend, and each stands there once: no string holds `":`.
    """
    if PLAIN(raw):
        value, _ = read_json(raw.decode())
        if len(value) == raw.count(b'":') and [*value] == sorted(value):
            return value
    return parse(raw)


def _entry(index: int, said: Any) -> Entry:
    """`ValueError`, `KeyError` or `TypeError` if it is none."""
    digests, at, rec, number, name, stream, source = COMMON(said)
    if type(digests) is not list or not {*map(type, digests)} <= STRINGS or len({*digests}) != len(digests):
        raise ValueError("its digests are no list of strings, or one of them stands there twice")
    if not (type(at) is type(rec) is type(number) is int and type(name) is type(stream) is str):
        raise TypeError("a time, a number or a name in it is none")
    if not (0 <= at < FAR and 0 <= rec < FAR):
        raise ValueError("it tells of no time that there is")
    return Entry(index, name, at, rec, SOURCES[source], stream, number, said)
