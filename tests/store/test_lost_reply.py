"""The connection breaks after the commit and before its reply: the writer cannot know, and nothing is stored twice."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Thread

from service.settings import Settings
from store.streams import Command
from tests.servers.postgres import Postgres
from tests.store.notebook import Shelf, new_id, open_shelf, words_of, write

BOOK = "1" * 32


class Proxy:
    """Passes bytes on to the server; armed, it lets one append through and swallows the answer to it."""

    def __init__(self, port: int) -> None:
        self._server = "127.0.0.1", port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.armed, self.cut = Event(), Event()
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, server = self._listener.accept()[0], socket.create_connection(self._server)
                for here, there, answers in ((client, server, False), (server, client, True)):
                    Thread(target=self._pass_on, args=(here, there, answers), daemon=True).start()

    def _pass_on(self, here: socket.socket, there: socket.socket, answers: bool) -> None:
        with suppress(OSError), here, there:
            while data := here.recv(65_536):
                if answers and self.armed.is_set() and b"INSERT 0 " in data:
                    self.armed.clear()
                    self.cut.set()
                    break
                there.sendall(data)
            for end in (here, there):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def behind_a_proxy(postgres: Postgres, settings: Settings) -> Iterator[tuple[Proxy, Shelf]]:
    proxy = Proxy(postgres.port)
    url = settings.database_url.replace(f":{postgres.port}/", f":{proxy.port}/")
    shelf = open_shelf(settings.model_copy(update={"database_url": url}))
    try:
        yield proxy, shelf
    finally:
        shelf.close()
        proxy.close()


def test_a_commit_whose_reply_was_lost_is_stored_once_and_answered(
    postgres: Postgres, postgres_settings: Settings
) -> None:
    with behind_a_proxy(postgres, postgres_settings) as (proxy, shelf):
        shelf.write(BOOK, "before")
        proxy.armed.set()
        acted = shelf.write(BOOK, "one", "two", text="words")
        assert proxy.cut.is_set()
        assert words_of(acted.events) == ["one", "two"]
        assert shelf.log.read(BOOK)[1:] == acted.events
        assert shelf.words(BOOK) == ("before", "one", "two")


def test_the_last_attempt_may_be_the_one_whose_reply_was_lost(postgres: Postgres, postgres_settings: Settings) -> None:
    with behind_a_proxy(postgres, postgres_settings) as (proxy, shelf):
        proxy.armed.set()
        acted = shelf.books.intend(BOOK, write, "one").settle(Command(new_id()), attempts=1)
        assert proxy.cut.is_set()
        assert words_of(acted.events) == ["one"]


def test_everybody_who_shared_the_lost_commit_is_answered(postgres: Postgres, postgres_settings: Settings) -> None:
    books = [f"{number:032x}" for number in range(8)]
    with behind_a_proxy(postgres, postgres_settings) as (proxy, shelf), ThreadPoolExecutor(8) as threads:
        proxy.armed.set()
        acted = list(threads.map(lambda book: shelf.write(book, book), books))
        assert proxy.cut.is_set()
        assert [words_of(each.events) for each in acted] == [[book] for book in books]
        assert sorted(words_of(shelf.log.read_all())) == books
