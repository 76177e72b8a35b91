"""A process that writes to a log until it has written enough or is killed: `python -m tests.store.writer NAME NOTES`.

Says on standard output what it is about to write and what was acknowledged.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from service.settings import read_settings
from store.log import Conflict
from tests.store.notebook import Shelf, open_shelf

THREADS: Final = 3
SHARED: Final = "5" * 32
"""The notebook that all processes write to."""


def main(name: str, notes: int) -> None:
    shelf = open_shelf(read_settings())
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(partial(write_notes, shelf, notes), [f"{name}{number}" for number in range(THREADS)]))
    shelf.close()


def write_notes(shelf: Shelf, notes: int, name: str) -> None:
    mine = name.encode().hex().zfill(32)
    for number in range(notes):
        word = f"{name}.{number}"
        say("try", word)
        try:
            shelf.write(SHARED if number % 5 == 0 else mine, word, text=word)
        except Conflict:
            say("not", word)
        else:
            say("ack", word)


def say(what: str, word: str) -> None:
    os.write(1, f"{what} {word}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
