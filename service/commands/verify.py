"""`glasno audit verify`, and the same verifier as one file, for whoever has nothing of Glasno. Neither needs a desk."""

import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import click

from audit.one_file import one_file
from audit.verifier.command import main
from service.commands.output import AS_JSON, summary


@click.command(name="verify", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify_command(arguments: Sequence[str]) -> None:
    """Verify evidence, of this desk or of another one: `glasno audit verify --help`."""
    sys.exit(main(arguments))


@click.command(name="verifier")
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
