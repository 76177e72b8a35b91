"""`glasno audit proof`: that the events of a ticket stand in the log."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import click

from audit.evidence import Folder
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import NotProved
from audit.tlog.note import Malformed, Unverified, read_key
from audit.tlog.proof import proved, verify_proof
from audit.tlog.tiles import BrokenTile, nodes_in
from service.commands.output import AS_JSON, summary
from service.commands.replay import past_of
from service.commands.the_desk import the_desk
from service.evidence import folder_of, log_of, published
from service.reading import indexes_of
from service.settings import Settings, read_settings
from store.desk import Desk


class Proved(NamedTuple):
    """An event of a ticket: its number in the ticket, its entry and the proof of that."""

    number: int
    entry: bytes
    proof: bytes


@click.command(name="proof")
@click.argument("reference", metavar="REF")
@click.option("--event", "number", type=click.IntRange(min=1), help="Only of this event of the ticket, from 1 on.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the files go; otherwise here.",
)
@AS_JSON
def proof_command(reference: str, *, number: int | None, folder: Path, as_json: bool) -> None:
    """Write proofs that a ticket's events stand in the log. Whoever has them and the key needs nobody's word.

    Of each event two files: REF-N.entry, which is what was logged, and REF-N.tlog-proof (C2SP), that it was.
    """
    settings = read_settings()
    with closing(the_desk()) as desk:
        digits, key = "".join(filter(str.isdigit, reference)), log_of(desk).log_key
        places = _places(desk, reference, number)
        try:
            found = _proofs(settings, desk, places)
            files = [_written(folder, digits, each) for each in found]
        except (BrokenTile, FileNotFoundError, Malformed, NotProved, Unverified) as fault:
            raise click.ClickException(f"the evidence is not what the log says ({fault}): run `glasno check`") from None
        except OSError as fault:
            raise click.ClickException(f"{folder} cannot be written: {fault.strerror}") from None
    told = {"reference": digits, "key": key, "files": [name for pair in files for name in pair]}
    summary(told, f"events proved: {len(files)}; the key of the log is {key}", as_json=as_json)


def _places(desk: Desk, reference: str, number: int | None) -> list[tuple[int, int]]:
    """Number and position of the events that are asked for."""
    past = past_of(desk, reference)
    if number is not None and number > len(past):
        raise click.BadParameter(f"there is no event {number}: the last one of the ticket is {len(past)}")
    return [(each.version, each.position) for each in past if number in (None, each.version)]


def _proofs(settings: Settings, desk: Desk, places: Sequence[tuple[int, int]]) -> list[Proved]:
    note, checkpoint = published(settings, desk) or (b"", Checkpoint("", 0, b""))
    read, keys = nodes_in(Folder(folder_of(settings)).read, checkpoint.size), [read_key(log_of(desk).log_key)]
    indexes, found = indexes_of(settings, desk, [position for _, position in places]), []
    for (number, position), index in zip(places, indexes, strict=True):
        if index >= checkpoint.size:
            raise click.ClickException(
                f"event {number} is under no checkpoint yet: wait a minute, or `glasno audit sign`"
            )
        entry = next(raw for _, raw in desk.log.envelopes(after=position - 1))
        proof = proved(read, index, checkpoint, note)
        verify_proof(proof, entry, keys)
        found.append(Proved(number, entry, proof))
    return found


def _written(folder: Path, digits: str, proof: Proved) -> tuple[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    names = f"{digits}-{proof.number}.entry", f"{digits}-{proof.number}.tlog-proof"
    for name, content in zip(names, (proof.entry, proof.proof), strict=True):
        (folder / name).write_bytes(content)
    return names
