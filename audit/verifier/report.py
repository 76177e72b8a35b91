"""What a verification found, proved and could not prove."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from domain.instant import Instant


class Fault(StrEnum):
    """What is wrong: each is a way to deceive."""

    SIGNATURE = "signature"
    """The checkpoint is not signed by the key of the log."""
    ORIGIN = "origin"
    """The checkpoint is of another log."""
    ROOT = "root"
    """The entries do not lead to the signed root: altered, dropped, added or in another order."""
    FORK = "fork"
    """The log does not go on from the checkpoint that was held: history was rewritten."""
    MISSING = "missing"
    """A file that must be there is not, or is too short."""
    FORM = "form"
    """The bytes of an entry are not in the canonical form: different readers could read different things."""
    UNKNOWN = "unknown"
    """An entry that this verifier has no meaning for: it is older than the log."""
    COUNTER = "counter"
    """The counter of a stream has a gap or goes back: an entry was kept out."""
    TIME = "time"
    """An entry claims to have been stored at another time than it was."""
    STREAM = "stream"
    """Two streams tell of one thing, or one of two: what is kept out of one of them is not missed."""
    RULES = "rules"
    """What was promised, or is measured by, was changed after it was published, dated back, or was not in force."""
    ORDER = "order"
    """Something happened to a ticket that could not happen to it then."""
    AGREEMENT = "agreement"
    """An agreement of the client refers to nothing that the client sent."""
    VERDICT = "verdict"
    """A verdict is not what policies, calendars and events lead to."""
    EXCLUSION = "exclusion"
    """A verdict does not count, for a reason that the events do not show."""
    EXCUSED = "excused"
    """Works excuse more than was announced in time."""
    PROBED = "probed"
    """A component is said to be, by its probes, what they did not say; or their results are not numbered upwards."""
    FIGURE = "figure"
    """A published figure is not what the entries lead to."""
    WITHHELD = "withheld"
    """A verdict or a correction that is due is not in the log."""
    WITNESS = "witness"
    """Too few of the witnesses that are demanded cosigned, or one of them wrongly."""
    DISCLOSURE = "disclosure"
    """What a bundle discloses is not what was logged."""
    RECEIPT = "receipt"
    """What was promised by a receipt is not in the log, or the receipt is none of this log."""
    SUCCESSION = "succession"
    """The log goes on under another name, and what it says of the former one is not so."""
    LOST = "lost"
    """Entries that a held checkpoint covers are gone: the log says so itself."""


@dataclass(frozen=True)
class Finding:
    """Something is wrong with an entry, or with the evidence as a whole."""

    fault: Fault
    what: str
    entry: int | None = None
    """Its index in the log."""


class Erased(NamedTuple):
    """Texts that do not exist any more, by law; no figure reads them."""

    entry: int
    ground: str
    kind: str
    keys: int
    sections: int


class Succession(NamedTuple):
    """The log went on under another name, with another key."""

    entry: int
    at: Instant
    because: str
    former: str
    former_key: str
    former_size: int
    """Entries that it had, as far as is known."""
    kept: int
    """How many of the first ones are the first ones here."""
    origin: str
    key: str
    is_endorsed: bool
    """The former key signed it."""
    is_shown: bool
    """It is proved that what is kept is of the former log."""

    @property
    def lost(self) -> int:
        return self.former_size - self.kept


@dataclass
class Report:
    """The result; without findings every claim that could be checked holds."""

    origin: str = ""
    key: str = ""
    """The verifier key that was used."""
    is_key_trusted: bool = False
    """It was told by whoever verifies, not taken from the log itself."""
    size: int = 0
    root: str = ""
    signed_by: list[str] = field(default_factory=list)
    """Witnesses, beside the log itself."""
    seen_at: list[Instant] = field(default_factory=list)
    """When witnesses saw it."""
    held: int | None = None
    """The size of the older checkpoint that it goes on from."""
    receipts: int = 0
    """How many of the receipts that were brought along are kept."""
    former_receipts: int = 0
    """How many of these a former log had given."""
    successions: list[Succession] = field(default_factory=list)
    """Each time that the log went on under another name; asserted by the log itself, if nothing else is said."""
    entries: Counter[str] = field(default_factory=Counter)
    """By what they are: clear, opaque; imported, simulated, told late."""
    events: Counter[str] = field(default_factory=Counter)
    """Clear ones by name."""
    tickets: int = 0
    verdicts: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    """Verdicts that do not count, by the reason that is told."""
    figures: dict[str, int] = field(default_factory=dict)
    """By month, how many published figures were computed again and are the same."""
    erased: list[Erased] = field(default_factory=list)
    first: Instant = 0
    last: Instant = 0
    """When the first and the last entry were stored, as they say."""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """Of a client's bundle: what it tells, ticket by ticket."""
    proved: list[dict[str, Any]] = field(default_factory=list)
    """Of single entries: which ones stand in the log, and what they say in clear."""
    findings: list[Finding] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    """What nobody can tell from this evidence."""

    def find(self, fault: Fault, what: str, entry: int | None = None) -> None:
        """Note what is wrong."""
        self.findings.append(Finding(fault, what, entry))

    @property
    def is_clean(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        lists = {name: [each._asdict() for each in vars(self)[name]] for name in ("erased", "successions")}
        return {**vars(self), "findings": [vars(each) for each in self.findings], **lists, "ok": self.is_clean}
