"""The page of a stage on a port of its own, for those who need a real address."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from tests.status_page.stage import Stage


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """Where it answers."""
    config = uvicorn.Config(stage.client.app, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = Thread(target=server.run)
    serving.start()
    while not server.started:
        serving.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    serving.join(10)
