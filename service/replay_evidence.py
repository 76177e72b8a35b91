"""What proves a replay: the newest checkpoint that was published, and where each event stands under it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from audit.proving import Proving, Published
from audit.replay_proofs import Evidence, evidence
from audit.tlog.checkpoint import opened
from audit.tlog.note import Malformed, Unverified
from domain.instant import Instant
from service.evidence import proving_of
from service.reading import indexes_of
from service.settings import Settings
from store.desk import Desk
from store.log import Recorded


def evidence_of(settings: Settings, desk: Desk, past: Sequence[Recorded[Any]]) -> Evidence:
    """Of these events; a checkpoint that is not of this log is told in words."""
    proving = proving_of(settings, desk)
    try:
        published = proving.published()
    except (Malformed, Unverified) as fault:
        raise click.ClickException(f"the evidence is not of this log ({fault}): run `glasno check`") from None
    indexes = indexes_of(settings, desk, [each.position for each in past])
    signed_at = _signed_at(settings, proving, published) if published else None
    return evidence(past, indexes, proving.key, published, signed_at)


def _signed_at(settings: Settings, proving: Proving, published: Published) -> Instant | None:
    """As the desk remembers it beside the log; None if that is not at hand, or of another checkpoint."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, Malformed, Unverified):
        told = json.loads((settings.data_dir / "log.signed").read_bytes())
        if opened(told["note"].encode(), [proving.key])[0] == published.checkpoint:
            return int(told["at"]) or None
    return None
