"""The load of a benchmark, run beside the reference driver: reads a load as JSON, prints what came of it as JSON.

Usage: python driver.py FOLDER < load, where FOLDER holds `load.py`. Runs in the environment of the references.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import uvloop

NUMBER = "@@@number@@@"
"""Stands for the number of the request, as long as this."""
LONGEST = 120.0
"""Seconds of one load."""


class Answers(list[Any]):
    """Each body, and when it had come: seconds of a clock that all processes of the machine share."""

    def append(self, body: bytes) -> None:
        super().append((time.monotonic(), body.decode()))


async def run(driver: Any, load: Mapping[str, Any]) -> Mapping[str, Any]:
    """Closed loop: each client asks again as soon as it is answered; clients are shared out among the ports."""
    ports, clients, requests = load["ports"], load["clients"], load["requests"]
    raw = [[request(driver, port, call) for call in load["calls"]] for port in ports]
    answers, latencies = Answers(), list[float]()
    statuses: dict[Any, int] = {}
    counter, since = [load["first"]], time.perf_counter()

    def make(number: int, client: int) -> bytes:
        chosen: bytes = raw[client % len(ports)][number % len(load["calls"])]
        return chosen.replace(NUMBER.encode(), b"%0*d" % (len(NUMBER), number))

    asking = [
        driver._client(
            client, ports[client % len(ports)], make, counter, load["first"] + requests, latencies, statuses,
            since + LONGEST, answers,
        )
        for client in range(clients)
    ]  # fmt: skip
    await asyncio.gather(*asking)
    took = time.perf_counter() - since
    statuses.pop("bytes", None)
    latencies.sort()
    return {
        "n": len(latencies),
        "rps": len(latencies) / took,
        "p50": driver.pct(latencies, 0.5) * 1000,
        "p99": driver.pct(latencies, 0.99) * 1000,
        "status": {str(status): times for status, times in statuses.items()},
        "answers": answers[:: load["keep"]] if load["keep"] else [],
    }


def request(driver: Any, port: int, call: Mapping[str, Any]) -> bytes:
    """A request as it goes over the wire."""
    headers, body, kind = call["headers"], call.get("body"), call.get("type", "application/json")
    raw: bytes = driver.req(call["method"], call["path"], port, headers, body, kind)
    return raw


def main(arguments: Sequence[str]) -> None:
    """Load the driver from where the references are."""
    sys.path.insert(0, arguments[0])

    sys.stdout.write(json.dumps(uvloop.run(run(import_module("load"), json.load(sys.stdin)))))


if __name__ == "__main__":
    main(sys.argv[1:])
