"""A small kind of stream for the tests: a notebook, whose notes have public fields, facts and words of a person."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, get_args
from uuid import uuid4

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from service import build
from service.key_files import key_of
from service.settings import Settings
from store.codec import Codec
from store.keys import Keys
from store.log import Log, Recorded
from store.sealing import Sealer
from store.streams import Acted, Command, Streams

ANN, BEN = "a" * 32, "b" * 32


@event("notebook.published", en="Anybody may read on", ru="Дальше может читать каждый")
class Published:
    at: Public[Instant]


@event("note.written", en="{author} wrote note {word}", ru="{author}: запись {word}")
class Written:
    at: Public[Instant]
    word: Public[str]
    author: Id
    text: Sealed | None = None


@event("note.whispered", visibility=Visibility.OPAQUE, en="{author} whispered", ru="{author}: шёпот")
class Whispered:
    at: Public[Instant]
    author: Id
    text: Sealed


Event: TypeAlias = Published | Written | Whispered


@dataclass(frozen=True)
class Notebook:
    words: tuple[str, ...] = ()
    published: bool = False


def evolve(notebook: Notebook, event: Event) -> Notebook:
    match event:
        case Published():
            return replace(notebook, published=True)
        case Written():
            return replace(notebook, words=(*notebook.words, event.word))
        case Whispered():
            return notebook


def publish(notebook: Notebook, *, at: Instant = 1) -> list[Event]:
    return [] if notebook.published else [Published(at=at)]


def write(notebook: Notebook, *words: str, by: Id = ANN, text: str | None = None, at: Instant = 1) -> list[Event]:
    if "" in words:
        raise Refused("note_is_empty", notes=len(notebook.words))
    content = None if text is None else Content(by, {"body": text})
    return [Written(at=at, word=word, author=by, text=content) for word in words]


def write_once(notebook: Notebook, word: str) -> list[Event]:
    return [] if word in notebook.words else write(notebook, word)


def whisper(_: Notebook, text: str, *, by: Id = ANN, at: Instant = 1) -> list[Event]:
    return [Whispered(at=at, author=by, text=Content(by, {"body": text}))]


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now: Instant = 1_000

    def __call__(self) -> Instant:
        return self.now


@dataclass(frozen=True)
class Shelf:
    """Notebooks over a real log and a real key store."""

    log: Log
    keys: Keys
    books: Streams[Notebook, Event]
    clock: Clock

    def write(
        self, book: Id, *words: str, command: Id | None = None, text: str | None = None
    ) -> Acted[Notebook, Event]:
        return self.books.act(Command(command or new_id()), book, write, *words, text=text)

    def words(self, book: Id) -> tuple[str, ...]:
        return self.books.load(book)[0].words

    def close(self) -> None:
        self.log.close()
        self.keys.close()


def open_shelf(settings: Settings) -> Shelf:
    keys = Keys(build.keys_engine(settings), key_of(settings.master_key), os.urandom)
    recorder, clock = build.recorder_of(settings), Clock()
    log = Log(recorder, Codec(get_args(Event)), Sealer(keys, os.urandom), clock, os.urandom)
    books = Streams(log, Notebook(), evolve, lambda book: book.published)
    return Shelf(log, keys, books, clock)


def words_of(recorded: Sequence[Recorded[Any]]) -> list[str]:
    """The words that were written, in the order of the events."""
    return [each.event.word for each in recorded if isinstance(each.event, Written)]


def new_id() -> Id:
    return uuid4().hex
