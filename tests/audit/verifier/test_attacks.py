"""Each way to deceive by which somebody who holds the log's key could try it: found, and named."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.evidence import Folder
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import EMPTY
from audit.tlog.note import COSIGNATURE, Signer
from audit.tlog.policy import Group, Policy
from audit.tlog.tiles import bundle_path, packed
from audit.verifier.report import Fault
from domain.canonical import canonical, parse
from domain.instant import DAY, HOUR, SECOND
from tests.audit.verifier.forging import ORIGIN, OTHER, SIGNER, Evidence, republished

WITNESS = Signer("witness.example", OTHER.private, COSIGNATURE)
POLICY = Policy(witnesses={"w": WITNESS.key}, groups={"all": Group(1, ("w",))}, quorum="all")


def test_what_was_told_as_it_was_is_verified(evidence: Evidence) -> None:
    report = evidence.verified()
    assert report.findings == []
    assert (report.verdicts, report.tickets) == (18, 6)
    assert report.figures == {"2026-11": 7}


def test_an_entry_that_was_edited_leads_to_another_root(evidence: Evidence) -> None:
    place = evidence.index("ticket.opened")
    edited = evidence.changed(place, lambda said: said | {"priority": "p4"})
    Folder(evidence.folder).write(bundle_path(0, len(edited.entries)), packed(edited.entries))
    assert Fault.ROOT in evidence.faults()


@pytest.mark.parametrize("drop", [(30,), (0,)])
def test_an_entry_that_was_dropped_is_missed(evidence: Evidence, drop: tuple[int, ...]) -> None:
    less = evidence.without(*drop)
    Folder(evidence.folder).write(bundle_path(0, len(evidence.entries)), packed(less.entries))
    assert Fault.MISSING in evidence.faults()


def test_entries_that_changed_places_lead_to_another_root(evidence: Evidence) -> None:
    entries = [*evidence.entries]
    entries[10], entries[20] = entries[20], entries[10]
    Folder(evidence.folder).write(bundle_path(0, len(entries)), packed(entries))
    assert Fault.ROOT in evidence.faults()


def test_whoever_rewrites_and_signs_anew_contradicts_what_was_held(evidence: Evidence) -> None:
    held = evidence.checkpoint(40)
    rewritten = evidence.changed(5, lambda said: said | {"priority": "p4"})
    shutil.rmtree(evidence.folder)
    assert Fault.FORK in rewritten.publish().faults(held=held)


def test_a_log_that_became_shorter_contradicts_what_was_held(evidence: Evidence) -> None:
    held = evidence.checkpoint()
    shorter = replace(evidence, entries=evidence.entries[:-5])
    assert Fault.FORK in shorter.publish().faults(held=held)


def test_two_views_of_the_log_contradict_each_other(evidence: Evidence, tmp_path: Path) -> None:
    shown_to_others = replace(evidence.without(len(evidence.entries) - 1), folder=tmp_path / "others").publish()
    held = evidence.changed(20, lambda said: said | {"v": 2}).checkpoint(30)
    assert Fault.FORK in shown_to_others.faults(held=held)


def test_a_log_goes_on_from_any_beginning_of_its_own(evidence: Evidence) -> None:
    assert evidence.faults(held=evidence.checkpoint(33)) == set()
    assert evidence.faults(held=Checkpoint(ORIGIN, 0, EMPTY)) == set()


def test_a_held_checkpoint_of_another_log_is_none(evidence: Evidence) -> None:
    assert Fault.ORIGIN in evidence.faults(held=replace(evidence.checkpoint(), origin="other.example/log"))


def test_another_key_is_not_that_of_the_log(evidence: Evidence) -> None:
    assert Fault.SIGNATURE in evidence.publish(OTHER).faults()
    assert Fault.SIGNATURE in evidence.publish().faults(key=OTHER.key)


def test_a_key_that_is_not_told_is_taken_from_the_log_and_that_is_said(evidence: Evidence) -> None:
    report = evidence.verified(key=None)
    assert report.is_clean
    assert not report.is_key_trusted
    assert any("taken from the log itself" in each for each in report.unproven)


def test_a_checkpoint_of_another_origin_is_not_that_of_the_log(evidence: Evidence) -> None:
    assert Fault.ORIGIN in evidence.publish(origin="other.example/log").faults()


def back_dated(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"rec": said["rec"] - 2 * HOUR, "at": said["at"] - 2 * HOUR}


def test_an_entry_that_is_dated_back_stands_behind_later_ones(evidence: Evidence) -> None:
    place = evidence.index("ticket.accepted", -1)
    assert Fault.TIME in republished(evidence.changed(place, back_dated))


def test_nothing_tells_of_a_time_after_it_was_stored(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", 1)
    assert Fault.TIME in republished(evidence.changed(place, lambda said: said | {"at": said["rec"] + DAY}))


def test_what_a_witness_saw_was_not_stored_later(evidence: Evidence) -> None:
    note = Folder(evidence.folder).read("checkpoint")
    text = note.decode().partition("\n\n")[0] + "\n"
    seen = parse(evidence.entries[0])["rec"] // SECOND
    Folder(evidence.folder).write("checkpoint", note + WITNESS.line(text, seen).encode())
    assert evidence.faults(policy=POLICY) == {Fault.TIME}


def test_a_witness_that_is_not_known_counts_for_nothing(evidence: Evidence) -> None:
    stranger = Signer("witness.example", SIGNER.private, COSIGNATURE)
    note = Folder(evidence.folder).read("checkpoint")
    text = note.decode().partition("\n\n")[0] + "\n"
    Folder(evidence.folder).write("checkpoint", note + stranger.line(text, 2_000_000_000).encode())
    assert evidence.faults(policy=POLICY) == {Fault.WITNESS}


def test_the_log_is_not_its_own_witness(evidence: Evidence) -> None:
    policy = Policy(witnesses={"self": SIGNER.key}, quorum="self")
    report = evidence.verified(policy=policy)
    assert ({each.fault for each in report.findings}, report.signed_by) == ({Fault.WITNESS}, [])


def test_enough_witnesses_are_enough(evidence: Evidence) -> None:
    note = Folder(evidence.folder).read("checkpoint")
    text = note.decode().partition("\n\n")[0] + "\n"
    Folder(evidence.folder).write("checkpoint", note + WITNESS.line(text, 2_000_000_000).encode())
    report = evidence.verified(policy=POLICY)
    assert (report.findings, report.signed_by) == ([], ["w"])


def test_an_entry_that_was_kept_out_leaves_a_gap(evidence: Evidence) -> None:
    assert Fault.COUNTER in republished(evidence.without(evidence.index("ticket.resolved")))


def test_a_key_that_stands_twice_is_read_differently_by_different_readers(evidence: Evidence) -> None:
    place = evidence.index("ticket.opened")
    twice = evidence.entries[place].replace(b'"priority":', b'"priority":"p4","priority":')
    assert Fault.FORM in republished(evidence.with_bytes(place, twice))


@pytest.mark.parametrize(
    "raw",
    [
        *[b"", b"{}", b"[]", b"7", b'{"_sd":[],"v":1,"x":1}', b'{"_sd":["a"], "v":1}', b"\xff", b'{"_sd":[],"ty":"x"}'],
        *[b'{"a":' * deep + b"1" + b"}" * deep for deep in (600, 900, 9_000)],
    ],
    ids=lambda raw: f"{raw[:24]!r}, {len(raw)} bytes",
)
def test_what_is_no_entry_is_found(evidence: Evidence, raw: bytes) -> None:
    assert Fault.FORM in republished(evidence.with_bytes(6, raw))


def test_a_digest_that_stands_twice_commits_to_nothing(evidence: Evidence) -> None:
    assert Fault.FORM in republished(evidence.changed(5, lambda said: said | {"_sd": [*said["_sd"], said["_sd"][0]]}))


def test_an_event_that_nobody_knows_is_not_passed_over(evidence: Evidence) -> None:
    assert Fault.UNKNOWN in republished(evidence.changed(4, lambda said: said | {"ty": "component.blessed"}))


def test_a_whole_file_that_is_gone_is_missed(evidence: Evidence) -> None:
    (evidence.folder / bundle_path(0, len(evidence.entries))).write_bytes(b"")
    assert Fault.MISSING in evidence.faults()


def test_without_a_checkpoint_there_is_nothing_to_verify(evidence: Evidence) -> None:
    (evidence.folder / "checkpoint").unlink()
    assert evidence.faults() == {Fault.MISSING}


MET = {"outcome": "met"}
KINDER = [
    ("a breach that is told as kept", "breached", MET),
    ("a deadline that is told later than it was", "breached", {"due": 2_000_000_000_000}),
    ("another promise than the policy's", "met", {"kind": "question"}),
]


@pytest.mark.parametrize(("_", "outcome", "other"), KINDER, ids=[each[0] for each in KINDER])
def test_a_verdict_is_what_the_events_lead_to(evidence: Evidence, _: str, outcome: str, other: dict[str, Any]) -> None:
    place = evidence.index("ticket.clock_decided", outcome=outcome)
    assert Fault.VERDICT in republished(evidence.changed(place, lambda said: said | other))


def test_a_verdict_that_was_never_stored_is_missed_when_the_month_is_fixed(evidence: Evidence) -> None:
    """The counter of its ticket is made good, too."""
    assert Fault.FIGURE in republished(evidence.untold(evidence.index("ticket.clock_decided", outcome="breached")))


def better(said: dict[str, Any]) -> dict[str, Any]:
    rows = [row | {"breached": 0} for row in said["sla"]]
    return said | {"sla": rows}


def longer(said: dict[str, Any]) -> dict[str, Any]:
    rows = [row | {"uptime": row["uptime"] | {"weighed": 0}} for row in said["uptime"]]
    return said | {"uptime": rows}


def lighter(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"weights": said["weights"] | {"major_outage": 0}}


def earlier(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"entries": 6}


def later(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"entries": 10_000}


def twice(said: dict[str, Any]) -> dict[str, Any]:
    """Whoever reads the first row reads another figure than whoever reads the last one."""
    return said | {"sla": [*better(said)["sla"], *said["sla"]]}


@pytest.mark.parametrize("change", [better, longer, lighter, earlier, later, twice])
def test_a_figure_is_what_the_entries_lead_to(
    evidence: Evidence, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    assert Fault.FIGURE in republished(evidence.changed(evidence.index("month.fixed"), change))


def test_a_month_is_fixed_once_and_not_before_it_may_be(evidence: Evidence) -> None:
    place = evidence.index("month.fixed")
    early = evidence.changed(place, lambda said: said | {"month": "2027-03", "sla": [], "uptime": []})
    assert Fault.FIGURE in republished(early)


def test_a_correction_corrects_what_was_published(evidence: Evidence) -> None:
    def another(said: dict[str, Any]) -> dict[str, Any]:
        first, *others = said["sla"]
        return said | {"sla": [first | {"was": first["was"] | {"decided": 999}}, *others]}

    assert Fault.FIGURE in republished(evidence.changed(evidence.index("month.corrected"), another))


def test_a_correction_is_of_the_row_that_it_names(evidence: Evidence) -> None:
    def swapped(said: dict[str, Any]) -> dict[str, Any]:
        first, second, *others = said["sla"]
        return said | {"sla": [first | {"now": second["now"]}, second | {"now": first["now"]}, *others]}

    assert Fault.FIGURE in republished(evidence.changed(evidence.index("month.corrected"), swapped))


@pytest.mark.parametrize("what", ["targets", "goals"])
def test_a_level_promises_nothing_twice(evidence: Evidence, what: str) -> None:
    def twice(said: dict[str, Any]) -> dict[str, Any]:
        doubled = {"targets": said["targets"] * 2, "goals": [{"clock": "reaction", "share": 1}] * 2}
        return said | {what: doubled[what]}

    assert Fault.RULES in republished(evidence.changed(evidence.index("level.published"), twice))


def test_works_excuse_nothing_that_was_not_announced(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", 1)
    down = parse(evidence.entries[place])
    works = {"ty": "component.works_begun", "works": "a" * 32, "component": "web", "excused_from": down["at"]}
    works |= {"excused_until": down["at"] + 3 * HOUR}
    kept = {key: down[key] for key in ("_sd", "at", "rec", "src", "sv", "tk", "v")}
    assert Fault.EXCUSED in republished(evidence.with_bytes(place, canonical(kept | works)))
