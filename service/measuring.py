"""The metrics of a process, on a port and a thread of their own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import click
from prometheus_client.registry import Collector

from monitoring import metrics
from monitoring.exporter.site import site
from service.version import REVISION, VERSION

POLL: Final = 0.1
"""Seconds within which the metrics stop being served when told to."""


@contextmanager
def measured(listen: str, *collectors: Collector) -> Iterator[None]:
    """The metrics of this process, and those of the collectors, on a port and a thread of their own."""
    metrics.BUILD_INFO.labels(VERSION, REVISION).set(1)
    with _metrics_server(listen) as server:
        server.set_app(site(collectors))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _metrics_server(listen: str) -> "_Server":
    host, _, port = listen.rpartition(":")
    try:
        return (_Server6 if ":" in host else _Server)((host.strip("[]"), int(port)), _Silent)
    except OSError as fault:
        raise click.ClickException(f"GLASNO_METRICS_LISTEN={listen}: {fault.strerror}") from None


class _Server(ThreadingMixIn, WSGIServer):
    """Answers on threads: one that asks and waits holds up nobody else."""

    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    """Who looks at metrics, and how often, is not worth a line."""

    def log_message(self, *_: object) -> None:
        pass
