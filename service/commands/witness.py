"""`glasno audit witness`: for clients, who watch together that a log has one history."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import uvicorn

from audit.tlog.note import COSIGNATURE, Malformed, Signer, Unverified, VerifierKey, read_key
from audit.tlog.tiles import BrokenTile
from audit.tlog.witness import Witness
from audit.verifier.source import Unavailable, source_of
from service.key_files import signer_of
from service.settings import Misconfigured
from service.witness import Memory, app
from service.witness_once import Refused, look

GRACE: Final = 5
"""Seconds that requests under way have to end."""


@click.command(name="witness")
@click.argument("place", metavar="[PLACE]", required=False)
@click.option("--log", "logs", metavar="VKEY", multiple=True, required=True, help="Verifier key of a log to watch.")
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Made if it is not there.")
@click.option("--name", required=True, help="Of this witness, such as acme.example/witness.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), required=True, help="What it cosigned last.")
@click.option("--listen", metavar="HOST:PORT", help="Answer logs that ask (C2SP tlog-witness).")
@click.option("--once", is_flag=True, help="Look at PLACE, the address of a desk, and cosign what it shows.")
def witness_command(
    place: str | None, *, logs: Sequence[str], key: Path, name: str, keep: Path, listen: str | None, once: bool
) -> None:
    """Cosign the checkpoints of a log, each only if it goes on from the one before. Needs no desk of its own.

    With --once the note that is printed, kept in a file, is the checkpoint for `glasno audit verify --since`.
    """
    if once is bool(listen) or once is not bool(place):
        raise click.UsageError("either --listen HOST:PORT, or --once PLACE")
    keys = _keys(logs)
    witness, memory = Witness(_signer(name, key), {each.name: each for each in keys}), Memory(keep)
    click.echo(f"the verifier key of this witness: {witness.signer.key.text}", err=True)
    if place:
        _look(witness, memory, keys, place)
    elif listen:
        _answer(witness, memory, listen)


def _keys(logs: Sequence[str]) -> list[VerifierKey]:
    try:
        return [read_key(each) for each in logs]
    except Malformed as fault:
        raise click.BadParameter(f"--log: {fault}") from None


def _signer(name: str, path: Path) -> Signer:
    try:
        signer = replace(signer_of(name, path), type=COSIGNATURE)
        read_key(signer.key.text)
    except (Misconfigured, OSError) as fault:
        raise click.ClickException(f"--key: {fault}") from None
    except Malformed:
        raise click.BadParameter("--name: without spaces and plus signs, such as acme.example/witness") from None
    return signer


def _look(witness: Witness, memory: Memory, keys: Sequence[VerifierKey], place: str) -> None:
    if len(keys) > 1:
        raise click.UsageError("--once looks at one log: give its --log alone")
    try:
        note = look(witness, memory, keys[0], source_of(place).read, at=_now())
    except (Unavailable, FileNotFoundError, BrokenTile, Malformed, Unverified) as fault:
        raise click.ClickException(f"{place} cannot be looked at: {fault}") from None
    except Refused as refused:
        raise click.ClickException(f"not cosigned: {refused}") from None
    click.echo(note.decode(), nl=False)


def _answer(witness: Witness, memory: Memory, listen: str) -> None:
    host, _, port = listen.rpartition(":")
    if not (host and port.isdigit()):
        raise click.BadParameter("--listen: HOST:PORT, such as 127.0.0.1:8001")
    click.echo(f"it answers at http://{listen}/add-checkpoint", err=True)
    uvicorn.run(
        app(witness, memory, _now),
        host=host.strip("[]"),
        port=int(port),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


def _now() -> int:
    """Seconds since 1970."""
    return int(time.time())
