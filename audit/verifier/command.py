"""`glasno audit verify`, and the verifier as one file: needs Python and `cryptography`, nothing else.

Exit status 0: every claim that could be checked holds; 1: something is wrong; 2: it could not be looked at.
"""

import argparse
import gc
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO
from zipfile import is_zipfile

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.note import Malformed, VerifierKey, read_key, read_note
from audit.tlog.policy import Policy, read_policy
from audit.tlog.receipt import unverified
from audit.verifier.bundle import verify_bundle
from audit.verifier.bundle_tickets import lines
from audit.verifier.proofs import lines as proved_lines
from audit.verifier.proofs import verify_proofs
from audit.verifier.report import Report, Succession
from audit.verifier.signed import Demand
from audit.verifier.source import Unavailable, WebSource, source_of
from audit.verifier.verify import Progress, verify
from domain.instant import SECOND, Instant

SHOWN: Final = 50
"""Findings that are told one by one; `--json` tells all."""
WIDTH: Final = 40


class Misused(Exception):
    """What was asked cannot be done, in words."""


def main(arguments: Sequence[str]) -> int:
    """Verify what the arguments name; the exit status."""
    asked = _parser().parse_args(arguments)
    gc.disable()  # nothing here refers to itself, and looking for what does takes a fifth of the time
    try:
        demand = Demand(_key(asked.key), _held(asked.since), _policy(asked.policy), _receipts(asked.receipt))
        report = _verified(asked.place, demand)
    except (Misused, Unavailable) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    except (OSError, sqlite3.Error) as fault:  # what was fetched, and what rests, lies in temporary files
        sys.stderr.write(f"it cannot be looked at here: {fault}\n")
        return 2
    if asked.json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in told(report))
    return 0 if report.is_clean else 1


def _verified(place: str, demand: Demand) -> Report:
    """A bundle or proofs if it is a file; only what is read from a site is known to be new."""
    if Path(place).is_file():
        return (verify_bundle if is_zipfile(place) else verify_proofs)(Path(place), demand)
    source = source_of(place)
    read_at = _now() if isinstance(source, WebSource) else 0
    return verify(source, replace(demand, read_at=read_at), _bar(sys.stderr))


def told(report: Report) -> Iterator[str]:
    """The report for people."""
    trust = "told by you" if report.is_key_trusted else "taken from the log itself"
    yield f"log {report.origin}: {report.size} entries, root {report.root}"
    yield f"signed by {report.key or 'nobody that is known'} ({trust})"
    if report.signed_by:
        yield f"cosigned by {', '.join(report.signed_by)}"
    if report.held is not None:
        yield f"held against a checkpoint of {report.held} entries"
    if report.receipts:
        former = f", {report.former_receipts} of them by a former log" if report.former_receipts else ""
        yield f"kept: {report.receipts} of your receipts{former}"
    if report.last:
        yield f"stored from {_instant(report.first)} to {_instant(report.last)}"
    if report.shown:
        yield from lines(report, _instant)
    elif report.proved:
        yield from proved_lines(report, _instant)
    else:
        yield f"computed again: {report.verdicts} verdicts on {report.tickets} tickets, {_figures(report)}"
    yield from map(_goes_on, report.successions)
    for each in report.erased:
        yield f"erased at entry {each.entry}: {each.sections} texts, {each.keys} keys ({each.kind}, {each.ground})"
    yield from (f"NOT PROVEN: {each}" for each in report.unproven)
    yield from (_finding(each.fault, each.entry, each.what) for each in report.findings[:SHOWN])
    if len(report.findings) > SHOWN:
        yield f"… and {len(report.findings) - SHOWN} findings more: --json tells all"
    yield "every claim that could be checked holds" if report.is_clean else f"{len(report.findings)} FINDINGS"


def _goes_on(said: Succession) -> str:
    shown = " (proved)" if said.kept and said.is_shown else ""
    kept = f"of its {said.former_size} entries the first {said.kept} are here{shown}, {said.lost} are lost"
    vouched = "signed by the former key" if said.is_endorsed else "the former key did not sign that"
    return f"asserted at entry {said.entry}: {said.former} goes on as {said.origin} ({said.because}); {kept}; {vouched}"


def _finding(fault: str, entry: int | None, what: str) -> str:
    return f"WRONG ({fault}){'' if entry is None else f' at entry {entry}'}: {what}"


def _figures(report: Report) -> str:
    count = sum(report.figures.values())
    return f"{count} figures of {len(report.figures)} published months"


def _instant(at: Instant) -> str:
    try:
        return f"{datetime.fromtimestamp(at / SECOND, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError):
        return f"instant {at}"  # whoever wrote the log may have written anything


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify", description="Verify the published history of a Glasno desk.")
    parser.add_argument(
        "place",
        help="a folder as `glasno publish` makes it, the address of a desk, a client's bundle, the page of a replay or "
        "a .tlog-proof with its .entry beside it",
    )
    parser.add_argument("--key", help="the verifier key of the log, as the provider told it to you by another way")
    parser.add_argument("--since", type=Path, metavar="FILE", help="an older checkpoint that you kept")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="whose cosignatures you demand (C2SP tlog-policy)")
    parser.add_argument(
        "--receipt", type=Path, metavar="FILE", action="append", default=[], help="a receipt that the desk gave you"
    )
    parser.add_argument("--json", action="store_true", help="the whole report as one line of JSON")
    return parser


def _key(vkey: str | None) -> VerifierKey | None:
    try:
        return None if vkey is None else read_key(vkey)
    except Malformed as fault:
        raise Misused(f"--key: {fault}") from None


def _held(path: Path | None) -> Checkpoint | None:
    try:
        return read_checkpoint(read_note(path.read_bytes()).text) if path else None
    except (Malformed, OSError) as fault:
        raise Misused(f"--since {path}: {fault}") from None


def _receipts(paths: Sequence[Path]) -> tuple[bytes, ...]:
    found = []
    for path in paths:
        try:
            found.append(path.read_bytes())
            unverified(found[-1])
        except (Malformed, OSError) as fault:
            raise Misused(f"--receipt {path}: {fault}") from None
    return tuple(found)


def _now() -> Instant:
    """By the clock of whoever verifies."""
    return time.time_ns() // 1_000_000  # noqa: TID251 -- there is no desk here whose clock it could be


def _policy(path: Path | None) -> Policy:
    try:
        return read_policy(path.read_text()) if path else Policy()
    except (Malformed, OSError, UnicodeDecodeError) as fault:
        raise Misused(f"--policy {path}: {fault}") from None


def _bar(to: TextIO) -> Progress:
    """A progress bar, drawn when a hundredth more is done."""
    shown = -1

    def draw(done: int, whole: int) -> None:
        nonlocal shown
        if (hundredth := done * 100 // whole) != shown:
            shown = hundredth
            filled = hundredth * WIDTH // 100
            to.write(f"\rverifying [{'#' * filled}{'-' * (WIDTH - filled)}] {hundredth:3} %{chr(10) * (done == whole)}")
            to.flush()

    return draw
