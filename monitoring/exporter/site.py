"""What is served on the port for metrics: `/metrics`, in the format that is asked for, and `/healthz`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = ("Content-Type", "text/plain; charset=utf-8")


def site(collectors: Iterable[Collector]) -> "WSGIApplication":
    """The metrics of this process and those of the collectors; `/healthz` tells only that the process answers."""
    registry = CollectorRegistry()
    registry.register(REGISTRY)
    for each in collectors:
        registry.register(each)
    metrics = make_wsgi_app(registry)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                told: Iterable[bytes] = metrics(environ, start)
                return told
            case "/healthz":
                start("200 OK", [TEXT])
                return [b"ok\n"]
            case _:
                start("404 Not Found", [TEXT])
                return [b"here are /metrics and /healthz\n"]

    return answer
