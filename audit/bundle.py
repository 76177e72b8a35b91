"""A bundle: a client's own events as the client may read them, each with the proof that it stands in the log.

checkpoint                  the signed checkpoint, with the cosignatures that it has
log.vkey                    the verifier key of the log
README.md, README.ru.md     what this is, and how to verify it
tickets/REFERENCE/N.…       of each event: `entry` (what was logged), `tlog-proof` (that it was; C2SP), `disclosures`
                            (its sections in clear, RFC 9901, one a line: their digests stand in the entry)

Of other clients there is nothing in it. The same log and checkpoint make the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from audit.bundle_words import README
from audit.disclosed import TO_CLIENTS
from audit.evidence import CHECKPOINT
from audit.proving import Published
from audit.tlog.note import VerifierKey
from audit.tlog.proof import verify_proof
from domain.access import Caller, rights
from domain.event import Id
from domain.person.state import Person, Right
from domain.token import TokenScope
from store.desk import Desk
from store.log import Recorded

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can tell: when it was made says nothing about what is in it."""


@dataclass(frozen=True)
class Bundling:
    """What a bundle is made of."""

    desk: Desk
    key: VerifierKey
    published: Published
    index_of: Callable[[int], int]
    """The index in the transparency log of the event at a position."""


@dataclass
class Bundled:
    """What a bundle holds, and how many events are too new for its checkpoint."""

    tickets: int = 0
    entries: int = 0
    waiting: int = 0


def client_of(organisation: Id, person: Person | None = None) -> Caller:
    """Whose view a bundle tells: everything of the firm, or what one of its contacts sees, as a contact alone."""
    reading = frozenset({TokenScope.TICKETS_READ})
    firm = frozenset({organisation})
    if person is None:
        return Caller(organisations=firm, sees_organisations=firm, scopes=reading)
    return Caller(
        person=person.id,
        duplicates=person.duplicates,
        organisations=person.organisations & firm,
        sees_organisations=person.organisations_by(Right.SEES_ORGANISATION) & firm,
        scopes=reading,
    )


def write_bundle(file: IO[bytes], made_of: Bundling, client: Caller, tickets: Sequence[Id]) -> Bundled:
    """The bundle of these tickets, as far as that client sees them.

    Raises `NotProved`, `BrokenTile` or `FileNotFoundError` if the evidence is not what the log says, `KeyMissing` or
    `Tampered` if the log cannot be read.
    """
    bundled = Bundled()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        _add(archive, CHECKPOINT, made_of.published.note)
        _add(archive, "log.vkey", f"{made_of.key.text}\n".encode())
        for name, words in README.items():
            _add(archive, name, words.format(origin=made_of.key.name, key=made_of.key.text).encode())
        for reference, past in sorted(_seen(made_of.desk, client, tickets)):
            _add_ticket(archive, made_of, reference, past, bundled)
    return bundled


def _seen(desk: Desk, client: Caller, tickets: Sequence[Id]) -> Iterator[tuple[str, Sequence[Recorded[Any]]]]:
    """Reference and events of each ticket that the client sees."""
    for stream in tickets:
        past = desk.log.read(stream)
        state = desk.tickets.fold(past)
        if rights(client, state).see:
            yield state.reference, [each for each in past if each.envelope.name in TO_CLIENTS]


def _add_ticket(
    archive: ZipFile, made_of: Bundling, reference: str, past: Sequence[Recorded[Any]], bundled: Bundled
) -> None:
    covered = [(each, made_of.index_of(each.position)) for each in past]
    covered = [(each, index) for each, index in covered if index < made_of.published.checkpoint.size]
    for number, (each, index) in enumerate(covered, 1):
        for kind, content in _files(made_of, each, index):
            _add(archive, f"tickets/{reference}/{number:04}.{kind}", content)
    bundled.tickets += bool(covered)
    bundled.entries += len(covered)
    bundled.waiting += len(past) - len(covered)


def _files(made_of: Bundling, recorded: Recorded[Any], index: int) -> Iterator[tuple[str, bytes]]:
    """Of one event; what does not prove it is not handed out."""
    proof = made_of.published.proof(index) or b""
    verify_proof(proof, recorded.raw, [made_of.key])
    yield "entry", recorded.raw
    yield "tlog-proof", proof
    yield "disclosures", b"".join(each + b"\n" for each in _disclosures(made_of.desk, recorded))


def _disclosures(desk: Desk, recorded: Recorded[Any]) -> list[bytes]:
    """The sections of an event in clear, by name, as far as they were not erased."""
    stored = next(desk.log.stored(after=recorded.position - 1, page=1))
    clear = [desk.sealer.disclosure(each, stored.envelope) for each in sorted(stored.sections)]
    return [each for each in clear if each is not None]


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    archive.writestr(ZipInfo(name, LONG_AGO), content, ZIP_DEFLATED)
