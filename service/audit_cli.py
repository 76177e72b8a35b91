"""`glasno audit`: sign the log, and hand out proofs of what stands in it."""

import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import click

from audit.evidence import Folder
from audit.one_file import one_file
from audit.sequencer import Forked
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import NotProved
from audit.tlog.note import Malformed, Unverified, read_key
from audit.tlog.proof import proved, verify_proof
from audit.tlog.tiles import BrokenTile, nodes_in
from audit.verifier.command import main
from service.cli import AS_JSON, summary, the_desk, with_progress
from service.evidence import folder_of, log_of, published, sign
from service.reading import indexes_of
from service.replay_cli import past_of
from service.settings import Misconfigured, Settings, read_settings
from service.views import WorkHeld, work_alone
from store.desk import Desk


class Proved(NamedTuple):
    """An event of a ticket: its number in the ticket, its entry and the proof of that."""

    number: int
    entry: bytes
    proof: bytes


@click.group(name="audit")
def audit_group() -> None:
    """The transparency log: sign it, prove what stands in it, verify it."""


@audit_group.command(name="sign")
@AS_JSON
def sign_command(*, as_json: bool) -> None:
    """Sign whatever is under no checkpoint yet. `glasno serve` and `glasno work` do it by themselves."""
    settings = read_settings()
    with closing(the_desk()) as desk:
        try:
            with work_alone(settings):
                size = with_progress("signing", desk.log.head(), partial(sign, settings, desk))
                origin = log_of(desk).origin
        except WorkHeld as held:
            raise click.ClickException(f"another glasno {held.by}: it signs what is new by itself") from None
        except (Forked, Misconfigured) as fault:
            raise click.ClickException(f"nothing is signed: {fault}") from None
    summary({"origin": origin, "size": size}, f"{size} entries of {origin} are signed", as_json=as_json)


@audit_group.command(name="verify", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify_command(arguments: Sequence[str]) -> None:
    """Verify evidence, of this desk or of another one: `glasno audit verify --help`."""
    sys.exit(main(arguments))


@audit_group.command(name="verifier")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@AS_JSON
def verifier_command(file: Path, *, as_json: bool) -> None:
    """Write the verifier as one FILE, for whoever has Python and `cryptography` and nothing of Glasno."""
    content = one_file()
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {fault.strerror}") from None
    digest = sha256(content).hexdigest()
    summary({"file": str(file), "sha256": digest}, f"{file}: python3 {file} --help (SHA-256 {digest})", as_json=as_json)


@audit_group.command(name="proof")
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
