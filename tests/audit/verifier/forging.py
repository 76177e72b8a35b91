"""A desk that tells the truth, and the means of whoever runs it to tell something else under its own signature."""

import os
import shutil
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.evidence import CHECKPOINT, Folder, writer_at
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.note import Signer, signed
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource
from audit.verifier.verify import verify
from domain.canonical import canonical, parse
from domain.component import ComponentStatus
from domain.desk import found
from domain.instant import DAY, HOUR, MINUTE
from service import build
from service.key_files import key_of
from service.settings import Settings
from store.desk import desk_over
from store.streams import Command
from tests.cast import ALWAYS, AT
from tests.projections.story import Clock, Story, level, published, views_of
from tests.service.office import FOUNDED, FREEZING, NOVEMBER, Office

ORIGIN: Final = "desk.example/log"
SIGNER: Final = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
OTHER: Final = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"o" * 32))


@dataclass(frozen=True)
class Evidence:
    """The entries of a log, to be published in a folder."""

    entries: tuple[bytes, ...]
    folder: Path

    def publish(self, signer: Signer = SIGNER, origin: str = ORIGIN) -> "Evidence":
        """The tree and its files, signed, as if nothing else had ever been."""
        folder = Folder(self.folder)
        writer = writer_at(folder, 0)
        for entry in self.entries:
            writer.append(entry)
        writer.flush()
        checkpoint = Checkpoint(origin, writer.size, writer.root)
        folder.write(CHECKPOINT, signed(checkpoint.text, signer))
        return self

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Of the first entries, all if it is not said how many."""
        writer = writer_at(Folder(self.folder / "aside"), 0)
        for entry in self.entries[:size]:
            writer.append(entry)
        return Checkpoint(ORIGIN, writer.size, writer.root)

    def index(self, name: str, which: int = 0, **values: Any) -> int:
        """Of the entry of that name that says this."""
        said = {"ty": name, **values}
        found = [place for place, entry in enumerate(self.entries) if said.items() <= parse(entry).items()]
        return found[which]

    def changed(self, place: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> "Evidence":
        """With other values in one entry."""
        return self.with_bytes(place, canonical(change(parse(self.entries[place]))))

    def with_bytes(self, place: int, entry: bytes) -> "Evidence":
        return replace(self, entries=(*self.entries[:place], entry, *self.entries[place + 1 :]))

    def without(self, *places: int) -> "Evidence":
        return replace(self, entries=tuple(each for place, each in enumerate(self.entries) if place not in places))

    def told(self, place: int, **said: Any) -> "Evidence":
        """With one entry more, stored when the one at that place is; its stream is counted anew."""
        beside = parse(self.entries[place])
        common = {"_sd": [digest_of(said)], "v": 1} | {name: beside[name] for name in ("at", "rec", "src", "tk")}
        return self._arranged([*_placed(self.entries), (place - 0.5, canonical({"sv": 0} | common | said))])

    def untold(self, *places: int) -> "Evidence":
        """As if they had never been stored: nothing is missed in their streams."""
        return self._arranged([each for each in _placed(self.entries) if each[0] not in places])

    def aged(self, days: int = 3) -> "Evidence":
        """Some days later the site is said to work, as it was before."""
        last = self.index("component.status_set", -1)
        at = max(parse(entry).get("rec", 0) for entry in self.entries) + days * DAY
        later = parse(self.entries[last]) | {"at": at, "rec": at}
        return self._arranged([*_placed(self.entries), (len(self.entries), canonical(later))])

    def _arranged(self, placed: list[tuple[float, bytes]]) -> "Evidence":
        """Streams are counted anew, and so are the entries that figures are said to be computed from."""
        placed, counts, entries = sorted(placed), Counter[str](), []
        for _, entry in placed:
            said = parse(entry)
            counts[said.get("tk", "")] += 1
            said |= {"sv": counts[said["tk"]]} if "tk" in said else {}
            said |= {"entries": sum(place < said["entries"] for place, _ in placed)} if "entries" in said else {}
            entries.append(canonical(said))
        return replace(self, entries=tuple(entries))

    def verified(self, **demand: Any) -> Report:
        """What a stranger finds who trusts the key that was told."""
        return verify(FolderSource(self.folder), Demand(**{"key": SIGNER.key, **demand}))

    def faults(self, **demand: Any) -> set[Fault]:
        return {each.fault for each in self.verified(**demand).findings}


def digest_of(said: dict[str, Any]) -> str:
    return urlsafe_b64encode(sha256(canonical(said)).digest()).decode().rstrip("=")


def _placed(entries: tuple[bytes, ...]) -> list[tuple[float, bytes]]:
    return [(float(place), entry) for place, entry in enumerate(entries)]


def republished(evidence: Evidence) -> set[Fault]:
    """What a stranger finds who has never seen the log before: all is signed anew."""
    shutil.rmtree(evidence.folder, ignore_errors=True)
    return evidence.publish().faults()


@cache
def honest() -> tuple[bytes, ...]:
    """What a desk stores in two months: tickets in time and late, an outage, a month that is fixed and corrected."""
    with TemporaryDirectory() as folder:
        story = founded(Settings(data_dir=Path(folder)))
        _live(Office(story))
        entries = tuple(envelope for _, envelope in story.desk.log.envelopes())
        story.close()
    return entries


def founded(settings: Settings) -> Story:
    """As a desk really begins: its founding is the first entry."""
    clock = Clock()
    recorder, keys = build.recorder_of(settings), build.keys_engine(settings)
    desk = desk_over(recorder, keys, key_of(settings.master_key), clock, os.urandom)
    story = Story(desk, clock, views_of(settings), settings.data_dir)
    founding = replace(FOUNDED, origin=ORIGIN, log_key=SIGNER.key.text)
    desk.founding.act(Command(os.urandom(16).hex()), desk.stream, found, founding)
    story.tell("configuration", desk.name("configuration"), published(ALWAYS), level())
    return story


def _live(office: Office) -> None:
    story = office.story
    office.define()
    office.set(ComponentStatus.OPERATIONAL, AT)
    for after in (MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, 30 * HOUR):
        stream = office.closed(after)
        story.tick(stream)
    excluded = office.closed()
    office.set(ComponentStatus.MAJOR_OUTAGE, story.clock.now)
    office.set(ComponentStatus.OPERATIONAL, story.after(3 * HOUR))
    office.work(max(FREEZING, story.clock.now) + HOUR)
    office.exclude(excluded)
    office.work(story.clock.now + DAY)
    assert [type(each).__name__ for each in office.told(NOVEMBER)] == ["MonthFixed", "MonthCorrected"]
