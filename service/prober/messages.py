"""What goes over NATS between the desk and its probers, as JSON: what is to be looked at, and what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import Meta

from domain.component import ComponentStatus
from domain.configuration.probe import DESK, KINDS, ProbeDefined
from domain.instant import Instant
from monitoring.probes import Look, Why
from monitoring.probes.look import LONGEST
from service.inbox.arrived import Unusable

Time: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look, and when it was sent, by the clock of the prober."""

    probe: Annotated[str, Meta(max_length=64)]
    at: Time
    sent_at: Time
    status: ComponentStatus | None = None
    why: Why = Why.NOTHING
    detail: Annotated[str, Meta(max_length=LONGEST)] = ""
    took: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    expires_at: Time | None = None


UNTOLD: Final[Mapping[str, Any]] = {"component": "", "says": ComponentStatus.MAJOR_OUTAGE, "probers": ()}
"""What nobody elsewhere needs to know of a probe."""
TOLD: Final = msgspec.json.Decoder(Told)
TASK: Final = msgspec.json.Decoder(ProbeDefined)
TASKS: Final = msgspec.json.Decoder(list[msgspec.Raw])


def told_of(body: bytes) -> Told:
    """What a prober says; `Unusable` if that is nothing of the kind."""
    try:
        return TOLD.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Unusable(f"no result of a prober: {fault}") from None


def telling(probe: str, at: Instant, look: Look, sent_at: Instant) -> bytes:
    """What a prober says."""
    seen = (look.status, look.why, look.detail[:LONGEST], look.took, look.expires_at)
    return msgspec.json.encode(Told(probe, at, sent_at, *seen))


def tasks(probes: Mapping[str, ProbeDefined]) -> Mapping[str, bytes]:
    """What each prober is to look at: where, how, and how often. What it means is nobody's business there."""
    found: dict[str, list[ProbeDefined]] = {}
    for _, probe in sorted(probes.items()):
        for prober in set(probe.probers) - {DESK}:
            found.setdefault(prober, []).append(replace(probe, **UNTOLD))
    return {prober: msgspec.json.encode(each) for prober, each in found.items()}


def tasks_of(body: bytes) -> Sequence[ProbeDefined]:
    """What is to be looked at, as far as this version can: of what it cannot look at nothing is known."""
    return [task for each in TASKS.decode(body) if (task := _task(each))]


def _task(raw: msgspec.Raw) -> ProbeDefined | None:
    try:
        task = TASK.decode(raw)
    except msgspec.MsgspecError:
        return None
    return task if any(getattr(task, kind) for kind in KINDS) else None
