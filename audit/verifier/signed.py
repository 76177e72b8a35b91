"""Who signed: the log, the witnesses that are demanded, and whether it goes on from what was held."""

from contextlib import suppress
from dataclasses import dataclass, field

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Hash
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key, verified
from audit.tlog.policy import Policy
from audit.verifier.report import Fault, Report
from domain.desk import DeskFounded
from domain.instant import SECOND, Instant


@dataclass(frozen=True)
class Demand:
    """What whoever verifies brings along."""

    key: VerifierKey | None = None
    """Of the log; None: the one that the policy has for it, else the one that the log itself names, is taken."""
    held: Checkpoint | None = None
    """An older checkpoint that was kept."""
    policy: Policy = field(default_factory=Policy)
    """Whose cosignatures are demanded."""
    receipts: tuple[bytes, ...] = ()
    """What the log promised to have: see `receipt`."""
    read_at: Instant = 0
    """When the evidence is read where it is published; 0: it may be an old copy."""


def demand_signed(note: bytes, founding: DeskFounded | None, demand: Demand, report: Report) -> None:
    """The checkpoint is signed by the log, of the origin that the log was founded with, and cosigned as demanded."""
    named = {each.name: each for each in demand.policy.logs}
    told = demand.key or named.get(report.origin)
    key = told or _own_key(founding, report)
    if founding and founding.origin != report.origin:
        report.find(Fault.ORIGIN, f"the checkpoint is of {report.origin}, the log was founded as {founding.origin}", 0)
    if key is None:
        return
    report.key, report.is_key_trusted = key.text, told is not None
    if founding and founding.log_key != key.text:
        report.find(Fault.SIGNATURE, f"the log names another key than the one demanded: {founding.log_key}", 0)
    try:
        verified(note, [key])
    except (Unverified, Malformed) as fault:
        report.find(Fault.SIGNATURE, str(fault))
    _demand_witnessed(note, demand, report)


def demand_goes_on(checkpoint: Checkpoint, held: Checkpoint | None, root: Hash | None, report: Report) -> None:
    """`root` is that of the first entries, as many as the held checkpoint has; None if there are fewer."""
    if held is None:
        return
    report.held = held.size
    if held.origin != checkpoint.origin:
        report.find(Fault.ORIGIN, f"the held checkpoint is of {held.origin}")
    elif root is None:
        report.find(Fault.FORK, f"{held.size} entries were signed before, now there are {checkpoint.size}")
    elif root != held.root:
        report.find(Fault.FORK, f"the first {held.size} entries are not those that were signed before")


def _own_key(founding: DeskFounded | None, report: Report) -> VerifierKey | None:
    try:
        return read_key(founding.log_key) if founding else None
    except Malformed as fault:
        report.find(Fault.SIGNATURE, f"the key that the log names cannot be read: {fault}", 0)
        return None


def _demand_witnessed(note: bytes, demand: Demand, report: Report) -> None:
    """Enough of those whom the policy names; one that cosigned wrongly did not cosign."""
    cosigned = []
    for name, witness in demand.policy.witnesses.items():
        with suppress(Unverified, Malformed):
            (_, seen_at), *_ = verified(note, [witness]).signers
            cosigned.append(witness)
            report.signed_by.append(name)
            report.seen_at += [] if seen_at is None else [seen_at * SECOND]
    if not demand.policy.is_satisfied(cosigned):
        said = ", ".join(report.signed_by) or "nobody"
        report.find(Fault.WITNESS, f"{said} cosigned: the policy demands more")
