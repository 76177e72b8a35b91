"""Who signed: the log, the witnesses that are demanded, and whether it goes on from what was held."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Hash
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key, verified
from audit.tlog.policy import Policy
from audit.verifier.names import Names
from audit.verifier.report import Fault, Report
from domain.desk import DeskLogSucceeded
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


def demand_signed(note: bytes, names: Names, demand: Demand, report: Report) -> None:
    """The checkpoint is signed by the log, under the name that is in force, and cosigned as demanded."""
    told, now = _told(names, demand, report), names.current
    is_former = told is not None and told.text in {each.former_key for each in report.successions}
    key = _own_key(names, report) if told is None or is_former else told
    if now and now.origin != report.origin:
        report.find(Fault.ORIGIN, f"the checkpoint is of {report.origin}, the log says that it is {now.origin}", 0)
    if key is None:
        return
    report.key, report.is_key_trusted = key.text, key is told
    if told and is_former:
        _demand_vouched(told, report)
    if now and now.log_key != key.text:
        report.find(Fault.SIGNATURE, f"the log names another key than the one demanded: {now.log_key}", 0)
    try:
        verified(note, [key])
    except (Unverified, Malformed) as fault:
        report.find(Fault.SIGNATURE, str(fault))
    _demand_witnessed(note, key, demand, report)


def demand_goes_on(
    checkpoint: Checkpoint, held: Checkpoint | None, root: Hash | None, names: Names, report: Report
) -> None:
    """`root` is that of the first entries, as many as the held checkpoint has; None if there are fewer."""
    if held is None:
        return
    report.held = held.size
    if held.origin != checkpoint.origin:
        _demand_kept(held, root, names.since(held.origin), report)
    elif root is None:
        report.find(Fault.FORK, f"{held.size} entries were signed before, now there are {checkpoint.size}")
    elif root != held.root:
        report.find(Fault.FORK, f"the first {held.size} entries are not those that were signed before")


def _demand_kept(held: Checkpoint, root: Hash | None, successors: Sequence[DeskLogSucceeded], report: Report) -> None:
    """Of a checkpoint of a former log: what is said to be kept of it is there, and the rest was said to be lost."""
    if not successors:
        report.find(Fault.ORIGIN, f"the held checkpoint is of {held.origin}")
    elif root != held.root:
        former, kept = successors[0], min(each.kept for each in successors)
        if held.size > former.former_size:
            admitted = f"of which the log admits {former.former_size}"
            report.find(Fault.FORK, f"{held.size} entries were signed before, {admitted}")
        elif held.size == former.former_size and base64.b64encode(held.root).decode() != former.former_root:
            report.find(Fault.FORK, f"{held.size} entries were signed before, and the log tells another root of them")
        elif held.size <= kept:
            report.find(Fault.FORK, f"the first {held.size} entries are not those that were signed before")
        else:
            lost = f"{held.size - kept} of the {held.size} entries that were signed before are gone"
            report.find(Fault.LOST, f"{lost}: the log says so itself; what they said is unknown")


def _told(names: Names, demand: Demand, report: Report) -> VerifierKey | None:
    """The key that whoever verifies has for the log, under its present name or the last former one that is known."""
    named = {each.name: each for each in demand.policy.logs}
    origins = [report.origin, *(said.former_origin for _, said in reversed(names.successions))]
    return demand.key or next((named[each] for each in origins if each in named), None)


def _own_key(names: Names, report: Report) -> VerifierKey | None:
    try:
        return read_key(names.current.log_key) if names.current else None
    except Malformed as fault:
        report.find(Fault.SIGNATURE, f"the key that the log names cannot be read: {fault}", 0)
        return None


def _demand_vouched(told: VerifierKey, report: Report) -> None:
    """A former key stands for the present one if it signed that the log goes on with it, and so did each after it."""
    former = [each.former_key for each in report.successions].index(told.text)
    if all(each.is_endorsed for each in report.successions[former:]):
        said = f"the key of the former log {told.name}, which you told, signed that it goes on with {report.key}"
        report.unproven.append(f"that the provider still stands by its key: {said}; tell this one from now on")
    else:
        said = f"the key that you told is that of the former log {told.name}; it goes on with {report.key}"
        report.find(Fault.SIGNATURE, f"{said}, for which nobody vouches but the log itself: ask the provider for it")


def _demand_witnessed(note: bytes, log: VerifierKey, demand: Demand, report: Report) -> None:
    """Enough of those whom the policy names; one that cosigned wrongly did not cosign."""
    cosigned = []
    for name, witness in demand.policy.witnesses.items():
        if witness.public == log.public:
            report.find(Fault.WITNESS, f"the witness {name} of the policy has the log's own key: it witnesses nothing")
            continue
        with suppress(Unverified, Malformed):
            (_, seen_at), *_ = verified(note, [witness]).signers
            cosigned.append(witness)
            report.signed_by.append(name)
            report.seen_at += [] if seen_at is None else [seen_at * SECOND]
    if not demand.policy.is_satisfied(cosigned):
        said = ", ".join(report.signed_by) or "nobody"
        report.find(Fault.WITNESS, f"{said} cosigned: the policy demands more")
