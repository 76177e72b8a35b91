"""`page`: the page of the demonstration beside a bare ASGI application that sends the same bytes."""

import gzip
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from tests.bench.serving import Report, Server, bare, desk, load

GZIP: Final = {"Accept-Encoding": "gzip"}
WARMING: Final = 2_000
"""Requests before the first round, of which nothing is told."""
TARGET: Final = 0.85
"""At least this share of the requests a second of the bare application on the same server."""

Reports: TypeAlias = Mapping[str, Mapping[str, list[Report]]]
"""By what is asked for and by server, a report a round."""


def measure(rounds: int, requests: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """The rates and p99 (ms) of each server by round, and the ratio to each reference."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        ours = running.enter_context(desk(Path(folder, "data")))
        (body := Path(folder, "page.html")).write_bytes(gzip.decompress(ours.get(headers=GZIP).body))
        servers = [ours, *(running.enter_context(bare(server, body)) for server in ("uvicorn", "granian"))]
        _demand_the_same(servers[1:], body.read_bytes())
        turns = [(kind, number) for kind in KINDS for number in range(rounds)]
        reports: Reports = {kind: {each.name: [] for each in servers} for kind in KINDS}
        for done, (kind, number) in enumerate(turns, 1):
            _take_turns(reports[kind], servers, kind, requests, is_first=number == 0)
            progress(done)
        return {"bytes": body.stat().st_size, "target": TARGET, **_together(reports, ours.name)}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"The page: {measured['bytes']:,} bytes, 64 connections; target: {measured['target']} of bare on uvicorn"]
    lines.append(f"{'':28}{'requests/s':>12}{'p99 ms':>9}   ours / this (range)")
    for kind, named in measured["servers"].items():
        for name, told in named.items():
            middle, low, high = measured["ratios"][kind][name]
            ratio = "" if name == "glasno" else f"{middle:.2f} ({low:.2f}-{high:.2f})"
            lines.append(f"{kind + ', ' + name:28}{told['rps']:>12,.0f}{told['p99']:>9.1f}   {ratio}")
    return lines


def _demand_the_same(references: Sequence[Server], page: bytes) -> None:
    for server in references:
        if gzip.decompress(server.get(headers=GZIP).body) != page:
            sys.exit(f"{server.name} does not send the page")


def _take_turns(
    reports: Mapping[str, list[Report]], servers: Sequence[Server], kind: str, requests: int, *, is_first: bool
) -> None:
    status, headers = KINDS[kind]
    for server in servers:
        if is_first:
            load(server, WARMING, headers, status)
        reports[server.name].append(load(server, requests, headers, status))


def _knowing(server: Server) -> Mapping[str, str]:
    return GZIP | {"If-None-Match": server.get(headers=GZIP).headers["etag"]}


def _together(reports: Reports, ours: str) -> Mapping[str, Any]:
    told = {kind: {name: _medians(each) for name, each in named.items()} for kind, named in reports.items()}
    ratios = {
        kind: {name: _ratio(named[ours], each) for name, each in named.items()} for kind, named in reports.items()
    }
    return {"servers": told, "ratios": ratios}


def _medians(reports: Sequence[Report]) -> Mapping[str, float]:
    return {name: median(each[name] for each in reports) for name in ("rps", "p50", "p99")}


def _ratio(ours: Sequence[Report], theirs: Sequence[Report]) -> tuple[float, float, float]:
    """Round by round: the median, the lowest and the highest."""
    ratios = [mine["rps"] / other["rps"] for mine, other in zip(ours, theirs, strict=True)]
    return median(ratios), min(ratios), max(ratios)


KINDS: Final[Mapping[str, tuple[int, Callable[[Server], Mapping[str, str]]]]] = {
    "full": (200, lambda _: GZIP),
    "conditional": (304, _knowing),
}
"""The status that is expected, and what is asked with."""
