"""`glasno backup` and `glasno restore`: copies of a desk at work, and a desk from a copy."""

from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any, Final

import click

from audit.verifier.source import Unavailable, source_of
from service.backup import ERASURES, NotBackedUp, back_up
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.evidence import unsigned_of
from service.restore import Restored, read_manifest, restore
from service.settings import Misconfigured, read_settings
from service.since_backup import NotRestored
from service.views import WorkHeld
from status_page.words import machine_instant
from store.keys import KeyMissing, WrongMaster

NONE: Final = "none"
RUNBOOK: Final = "docs/runbooks/restore.md"


@click.command(name="backup")
@click.argument("root", type=click.Path(file_okay=False, path_type=Path))
@AS_JSON
def backup_command(root: Path, *, as_json: bool) -> None:
    """Write a backup into a new folder under ROOT; the desk may be at work. It is restored on either engine.

    It holds the log, the keys and the evidence. ROOT/erasures.json says whom an older copy must not bring back.
    """
    settings = read_settings()
    if not (settings.database_url or (settings.data_dir / "log.db").exists()):
        raise click.ClickException(f"there is no desk under {settings.data_dir}: GLASNO_DATA_DIR says where it is")
    with closing(the_desk()) as desk:
        try:
            work = partial(back_up, settings, desk, root)
            folder, manifest = with_progress("backing up", desk.log.head(), work)
        except (NotBackedUp, OperationalError, OSError) as fault:
            raise click.ClickException(f"nothing is backed up: {fault}") from None
    if manifest.signed is None:
        click.echo("nothing is signed here: if another machine signs the log, take backups on that one", err=True)
    with suppress(FileNotFoundError):
        click.echo(f"the log is not signed any more: {unsigned_of(settings).read_text().strip()}", err=True)
    click.echo(f"in no backup: {settings.master_key} and {settings.log_key}. Keep copies of both, apart", err=True)
    told = {"folder": str(folder), "taken_at": manifest.taken_at, "position": manifest.position}
    told |= {"events": manifest.events, "signed": manifest.signed, "files": len(manifest.files)}
    signed = f"{manifest.signed} were signed" if manifest.signed else "none of them signed"
    summary(told, f"{folder}: {manifest.events} events, {signed}", as_json=as_json)


@click.command(name="restore")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--newest", metavar="FILE|URL|none", help="The newest checkpoint of the log that anybody has.")
@AS_JSON
def restore_command(folder: Path, *, newest: str | None, as_json: bool) -> None:
    """Make an empty desk what the backup in DIR holds. The master key and the key of the log must be in place.

    Whoever was erased since then is erased again. What the log lacks of what was signed is told, and is not signed.
    """
    settings = read_settings()
    try:
        manifest = read_manifest(folder)
        note = _newest(newest, signed=manifest.signed)
        length = manifest.position * (2 if settings.database_url else 1)
        done = with_progress("restoring", length, partial(restore, settings, folder, note))
    except (NotRestored, NotBackedUp, Misconfigured, KeyMissing, WrongMaster, WorkHeld, OSError) as fault:
        raise click.ClickException(f"nothing is restored: {fault}") from None
    _warn(done, folder, is_known=note is not None or not manifest.signed)
    summary(_told(done), _in_words(done), as_json=as_json)


def _newest(place: str | None, *, signed: int | None) -> bytes | None:
    """The note of a checkpoint, from a file, or from a site or a copy of one."""
    if place is None and signed:
        raise NotRestored(
            "say --newest FILE|URL, the newest checkpoint of the log that anybody has: of the site, of a copy of it, a "
            "witness or a client. Without it a desk that lost its last hours would sign another history than others "
            f"have seen, and they could prove it. If really nobody has one: --newest {NONE}"
        )
    if place in (None, NONE):
        return None
    try:
        return (
            Path(place).read_bytes()
            if Path(place).is_file()
            else source_of(place.removesuffix("/checkpoint")).read("checkpoint")
        )
    except (FileNotFoundError, Unavailable) as fault:
        raise NotRestored(f"--newest: there is no checkpoint at {place} ({fault})") from None


def _warn(done: Restored, folder: Path, *, is_known: bool) -> None:
    if done.requested is None:
        click.echo(
            f"no {ERASURES} beside {folder}: whoever was erased since then is to be erased again, see your acts",
            err=True,
        )
    if not is_known:
        click.echo("whether others have seen more than is signed here is not known: you said so", err=True)


def _told(done: Restored) -> dict[str, Any]:
    held, size = done.held, done.held.newest.size if done.held.newest else None
    missing = [held.events + 1, size] if held.missing else None
    told = {"events": held.events, "until": machine_instant(done.until), "keys_destroyed": done.keys}
    return told | {"erased_again": done.requested, "signed": size, "missing": missing, "is_forked": _is_forked(done)}


def _in_words(done: Restored) -> str:
    held = done.held
    words = [f"{held.events} events up to {machine_instant(done.until)}"]
    words += [f"{done.requested} erased again since"] if done.requested else []
    words += [f"{done.keys} keys destroyed again"] if done.keys else []
    words = [", ".join(words)]
    if held.missing and held.newest:
        words.append(f"missing: entries {held.events + 1} to {held.newest.size}, which were signed")
    elif held.contradicts:
        words.append("the log is not the one that was signed")
    if _is_forked(done):
        words.append(f"nothing is signed until a newer copy is restored, or a successor declared: {RUNBOOK}")
    return "; ".join(words)


def _is_forked(done: Restored) -> bool:
    """Whether the log may not be signed as it is."""
    return bool(done.held.missing or done.held.contradicts)
