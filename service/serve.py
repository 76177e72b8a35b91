"""The desk over HTTP, until told to stop."""

import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import click
import uvicorn
from starlette.types import ASGIApp

from api.app import build_app
from api.language import preferred
from api.subscriptions import reception_of
from monitoring.exporter.collector import ViewsCollector
from projections.engine import Projector
from service.evidence import proving_of
from service.evidence_site import evidence_site
from service.measuring import measured
from service.patience import Server, allow_files, expect_taking
from service.process import GRACE, Worker, collect_seldom, working
from service.protocol import WholeProtocol
from service.settings import Settings
from service.version import VERSION
from service.views import views_of
from status_page.serving import Site
from store.desk import Desk

BACKLOG: Final = 1024


def run(
    settings: Settings,
    desk: Desk,
    workers: Callable[[Settings, Desk, Projector], Sequence[Worker]],
    *,
    exports: bool = False,
) -> None:
    """Answer, with these workers beside it. The desk is closed at the end."""
    views = views_of(settings, desk)
    exported = [ViewsCollector(desk, views.engine)] if exports else []
    reception = reception_of(desk, views, offers_mail=bool(settings.smtp_url))
    app = build_app(desk, views, reception, version=VERSION, proving=proving_of(settings, desk))
    also = evidence_site(settings, desk)
    site = Site(desk, views, preferred, settings.public_url or f"http://{settings.listen}", reception, also=also)
    try:
        with (
            _listening(settings.listen) as door,
            measured(settings.metrics_listen, *exported),
            working([site.keep, *workers(settings, desk, views)]),
        ):
            click.echo(
                f"Glasno is at http://{settings.listen}/, its metrics at http://{settings.metrics_listen}/metrics"
            )
            answer(site.over(app), door, settings.proxies)
    finally:
        views.engine.dispose()
        desk.close()


def answer(app: ASGIApp, door: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Answer until SIGINT or SIGTERM; what is under way may end."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        # The server stops at it and then raises it again, for whoever started the server: it has been heard.
        signal.signal(stop, lambda *_: None)
    allow_files()
    collect_seldom()
    Server(config_of(app, proxies)).run(sockets=[door])


def config_of(app: ASGIApp, proxies: Sequence[str]) -> uvicorn.Config:
    """How requests are answered. Who asks is whoever connects; if that is one of the proxies, whom it names.

    What strangers send that is no HTTP is no warning: they could fill the disk with it.
    """
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=WholeProtocol,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[*proxies],
        timeout_graceful_shutdown=GRACE,
        reset_contextvars=True,  # else a request begins with what the one before it on its connection saw of the log
    )


@contextmanager
def _listening(listen: str) -> Iterator[socket.socket]:
    """The socket, open before anybody is told of it: whoever comes early waits, and is answered."""
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host.strip("[]"), int(port)), family=family, backlog=BACKLOG)
    except OSError as fault:
        raise click.ClickException(f"GLASNO_LISTEN={listen}: {fault.strerror}") from None
    with door:
        expect_taking(door)
        yield door
