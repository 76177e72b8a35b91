"""Whether the evidence is what the log says: every file of it is made again, and compared."""

from collections.abc import Callable
from itertools import islice

from audit.evidence import Folder, empty
from audit.tlog.checkpoint import Checkpoint
from store.log import Log


def check_evidence(
    log: Log, folder: Folder, known: Checkpoint, progress: Callable[[int], None] = lambda _: None
) -> list[str]:
    """What is missing or different, in words; `progress` hears the position after each entry."""
    found = list[str]()

    def compare(name: str, content: bytes) -> None:
        if not _is_there(folder, name, content):
            found.append(f"evidence {name} is not what the log says")

    writer = empty(compare)
    for position, envelope in islice(log.envelopes(), known.size):
        writer.append(envelope)
        progress(position)
    writer.flush()
    if (writer.size, writer.root) != (known.size, known.root):
        found.append(f"the log is not the one of which {known.size} entries were signed")
    return found


def _is_there(folder: Folder, name: str, content: bytes) -> bool:
    """A partial file may have become a whole one meanwhile, which begins with it."""
    try:
        return folder.read(name) == content
    except FileNotFoundError:
        whole = name.partition(".p/")[0]
    try:
        return whole != name and folder.read(whole).startswith(content)
    except FileNotFoundError:
        return False
