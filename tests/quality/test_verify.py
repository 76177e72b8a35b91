"""The check of the evidence in Chromium, at a demonstration and where somebody tampered with what it reads."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx2
import pytest

from audit.tlog.note import Signer
from audit.tlog.tiles import WIDTH, bundle_path, packed
from tests.quality.conftest import GLASNO, ROOT, SECONDS
from tests.quality.installed import judged
from tests.quality.mirror import WITHHELD, Mirror, answering, checkpoint_of, entries_of, log_of, mirrored, signer_named

GREEN = [*["Right:"] * 2, "Not checked:", *["Right:"] * 4, "Not checked:", "All that was checked is right."]
ALTERED = 2_600
"""An entry of the eleventh bundle."""


@pytest.fixture(scope="module")
def settled(demonstration: str) -> str:
    """Its months are fixed and signed."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        indexes = re.findall(r'data-indexes="(\d+)', httpx2.get(f"{demonstration}/en/verify").text)
        if len(indexes) == 3 and checkpoint_of(demonstration).size > max(map(int, indexes)):
            return demonstration
        time.sleep(0.2)
    pytest.fail("no month is fixed and signed")


@pytest.fixture(scope="module")
def entries(settled: str) -> list[bytes]:
    return entries_of(settled)


@pytest.fixture
def signer(settled: str) -> Signer:
    """Somebody who may sign for the log."""
    return signer_named(checkpoint_of(settled).origin)


@pytest.fixture
def mirror(settled: str) -> Iterator[Mirror]:
    with mirrored(settled) as opened:
        yield opened


def checked(*addresses: str) -> list[dict[str, Any]]:
    """What a visitor of these is told."""
    told: dict[str, Any] = judged("verify", addresses)
    assert [each["faults"] for each in told.values()] == [[]] * len(addresses)
    return list(told.values())


def wrong(found: dict[str, Any]) -> list[str]:
    said: Sequence[str] = found["said"]
    assert said[-1] == "Something is wrong: see above. Tell us, and others."
    return [line.removeprefix("Wrong: ") for line in said if line.startswith("Wrong: ")]


def test_the_evidence_of_a_demonstration_is_right_and_so_is_its_uptime(settled: str, entries: list[bytes]) -> None:
    first, again = checked(f"{settled}/en/verify", f"{settled}/en/verify?again")
    assert [re.match(r"[\w ]+:|.*", line)[0] for line in first["said"]] == GREEN  # type: ignore[index]
    assert f"{len(entries):,} entries were fetched and hashed" in first["said"][5]
    assert first["results"] == ["same"] * 13
    assert "seen no checkpoint of this log before" in first["said"][2]
    assert "goes on from" in again["said"][2]


def test_it_is_told_in_russian(settled: str) -> None:
    [found] = checked(f"{settled}/ru/verify")
    assert found["said"][-1] == "Всё, что проверено, верно."
    assert found["results"] == ["совпадает"] * 13


def test_a_copy_of_the_site_is_checked_where_it_is(settled: str, demonstrated: dict[str, str], tmp_path: Path) -> None:
    named = demonstrated | {"GLASNO_EVIDENCE": "public"}
    subprocess.run((*GLASNO, "publish", str(tmp_path)), cwd=ROOT, env=named, check=True, capture_output=True)
    with answering(partial(Quiet, directory=str(tmp_path))) as address:
        [found] = checked(f"{address}/en/verify/")
    assert found["said"][-1] == GREEN[-1]
    assert found["results"] == ["same"] * 13
    assert settled not in address


class Quiet(SimpleHTTPRequestHandler):
    """Any plain web server."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_byte_that_was_changed_is_found_and_named(mirror: Mirror, entries: list[bytes]) -> None:
    number = ALTERED // WIDTH
    bundle = entries[number * WIDTH : (number + 1) * WIDTH]
    place = ALTERED % WIDTH
    bundle[place] = bundle[place].replace(b'"', b"'", 1)
    mirror.instead[f"/evidence/{bundle_path(number)}"] = packed(bundle)
    [found] = checked(f"{mirror.address}/en/verify")
    assert wrong(found) == [f"Entry {ALTERED:,} is not the one that was signed: tile/entries/{number:03}."]
    assert found["results"] == []


def test_an_altered_entry_of_a_month_is_not_under_the_root(mirror: Mirror, entries: list[bytes]) -> None:
    number, last = divmod(len(entries) - 1, WIDTH)
    bundle = [entry.replace(b'"decided":', b'"decided":1') for entry in entries[number * WIDTH :]]
    mirror.instead[f"/evidence/{bundle_path(number, last + 1)}"] = packed(bundle)
    [found] = checked(f"{mirror.address}/en/verify")
    assert "is not the one that was signed" in wrong(found)[0]
    assert not [line for line in found["said"] if "under the signed root" in line]


def test_a_checkpoint_of_another_key_is_refused(mirror: Mirror, entries: list[bytes], signer: Signer) -> None:
    mirror.logs.append(log_of(entries[:300], signer))
    [found] = checked(f"{mirror.address}/en/verify")
    assert wrong(found) == [f"The checkpoint is not signed by that key: its signature is of {signer.name}."]


def test_a_text_that_was_never_signed_is_refused(mirror: Mirror, settled: str) -> None:
    note, size = httpx2.get(f"{settled}/evidence/checkpoint").content, checkpoint_of(settled).size
    mirror.instead["/evidence/checkpoint"] = note.replace(f"\n{size}\n".encode(), f"\n{size - 1}\n".encode())
    [found] = checked(f"{mirror.address}/en/verify")
    assert "The signature of the checkpoint does not hold" in wrong(found)[0]


def test_no_key_is_told_from_a_wrong_one(settled: str) -> None:
    [found] = checked(f"{settled}/en/verify#nonsense")
    assert wrong(found) == ["That is no key of a log. It looks like NAME+ID+KEY."]


def test_a_log_that_is_rolled_back_after_a_visit_is_shown_with_both_checkpoints(
    mirror: Mirror, entries: list[bytes], signer: Signer
) -> None:
    mirror.logs += [log_of(many, signer) for many in (entries, entries[:-100])]
    notes = [log["checkpoint"].decode() for log in mirror.logs]
    before, after = checked(*(f"{mirror.address}/{language}/verify#{signer.key.text}" for language in ("ru", "en")))
    assert before["seen"] == []
    sizes = f"saw {len(entries):,} entries here before, now there are {len(entries) - 100:,}"
    assert sizes in wrong(after)[0]
    assert after["seen"] == notes


def test_history_that_is_rewritten_after_a_visit_is_found(mirror: Mirror, entries: list[bytes], signer: Signer) -> None:
    mirror.logs += [log_of(entries[:-1], signer), log_of([entries[0], *entries[:-1]], signer)]
    _, after = checked(*(f"{mirror.address}/{language}/verify#{signer.key.text}" for language in ("ru", "en")))
    assert wrong(after)[0].startswith("History was rewritten")
    assert len(after["seen"]) == 2


@pytest.mark.parametrize(
    ("lost", "told"),
    [(0, "Right: It goes on under another name from the"), (50, "Wrong: The log goes on under another name: of the")],
)
def test_a_log_that_goes_on_under_another_name_is_held_against_what_was_seen(
    mirror: Mirror, entries: list[bytes], signer: Signer, lost: int, told: str
) -> None:
    size, new = len(entries) - 100, signer_named(f"{signer.name}/2")
    goes_on(mirror, signer, size - lost)
    mirror.logs += [log_of(entries[:size], signer), log_of(entries, new)]
    _, after = checked(f"{mirror.address}/ru/verify#{signer.key.text}", f"{mirror.address}/en/verify#{new.key.text}")
    [line] = [line for line in after["said"] if "another name" in line]
    assert line.startswith(f"{told} {size:,} entries of {signer.name}")
    assert (f"{lost} are lost" in line, len(after["seen"])) == (bool(lost), 2 * bool(lost))


def goes_on(mirror: Mirror, former: Signer, kept: int) -> None:
    """The page says so."""
    said = json.dumps([{"kept": kept, "origin": former.name}])
    page = httpx2.get(f"{mirror.address}/en/verify").text
    mirror.instead["/en/verify"] = page.replace('"former": []', f'"former": {said}').encode()


def test_the_key_of_a_former_log_is_told_to_be_one(mirror: Mirror, signer: Signer) -> None:
    goes_on(mirror, signer, 1)
    [found] = checked(f"{mirror.address}/en/verify#{signer.key.text}")
    assert wrong(found)[0].startswith(f"That is the key of the former log {signer.name}, which is not signed any more.")


def test_uptime_that_does_not_come_from_the_entries_is_named(
    mirror: Mirror, entries: list[bytes], signer: Signer
) -> None:
    """Whoever holds the key keeps silent about an outage, and publishes the same figures."""
    kept = [entry.replace(b'"major_outage"', b'"operational"') if is_status(entry) else entry for entry in entries]
    mirror.logs.append(log_of(kept, signer))
    [found] = checked(f"{mirror.address}/en/verify#{signer.key.text}")
    assert "is not what was published for: " in wrong(found)[0]
    assert {"same", "different"} == set(found["results"])


def test_a_page_that_shows_other_figures_than_were_signed_is_found(mirror: Mirror, settled: str) -> None:
    [month, *_] = re.findall(r'<option value="([0-9-]+)"', httpx2.get(f"{settled}/en/verify").text)
    page = httpx2.get(f"{settled}/en/sla/{month}").text
    component, shown = re.findall(r'data-component="(\w+)">.*?<b>([0-9.]+)', page, re.DOTALL)[0]
    mirror.instead[f"/en/sla/{month}"] = page.replace(f"<b>{shown}", "<b>99.999").encode()
    [found] = checked(f"{mirror.address}/en/verify")
    assert re.search(rf"shows something else than was signed: .*\b{component}\b", wrong(found)[0])


def test_a_correction_that_is_kept_from_the_visitor_is_found(
    mirror: Mirror, entries: list[bytes], signer: Signer
) -> None:
    fixed = next(json.loads(entry) for entry in reversed(entries) if b'"ty":"month.fixed"' in entry)
    hidden = json.dumps({"month": fixed["month"], "ty": "month.corrected"}).encode()
    mirror.logs.append(log_of([*entries, hidden], signer))
    [found] = checked(f"{mirror.address}/en/verify#{signer.key.text}")
    assert "does not name every entry" in wrong(found)[0]


def test_entries_that_are_not_published_are_not_checked_and_the_page_says_so(
    mirror: Mirror, entries: list[bytes]
) -> None:
    mirror.instead[f"/evidence/{bundle_path(0)}"] = WITHHELD
    [found] = checked(f"{mirror.address}/en/verify")
    withheld = "Not checked: The entries are not published here, so that figures cannot be recomputed by everybody."
    assert found["said"][3:] == [withheld, GREEN_TOOL, GREEN[-1]]
    assert len(entries) > WIDTH


GREEN_TOOL = "Not checked: The figures of tickets are recomputed by the tool, not by this page."


def is_status(entry: bytes) -> bool:
    return b'"ty":"component.status_set"' in entry
