"""The verifier as one file (zipapp, PEP 441), for whoever has Python and `cryptography` and nothing of ours.

The same code makes the same bytes, so that two people can compare what they run.
"""

from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT: Final = Path(__file__).parent.parent
PARTS: Final = ("domain", "audit/tlog", "audit/verifier")
LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can tell: when a file was written says nothing about what is in it."""
START: Final = """\
import sys
try:
    import cryptography
except ImportError:
    sys.exit("this needs the Python package cryptography: python3 -m pip install cryptography")
from audit.verifier.command import main
sys.exit(main(sys.argv[1:]))
"""


def one_file() -> bytes:
    """The verifier; run it with `python3 FILE PLACE`."""
    modules = sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))
    content = BytesIO()
    content.write(b"#!/usr/bin/env python3\n")
    with ZipFile(content, "a", ZIP_DEFLATED) as archive:
        _add(archive, "__main__.py", START)
        _add(archive, "audit/__init__.py", "")
        for path in modules:
            _add(archive, path.relative_to(ROOT).as_posix(), path.read_text())
    return content.getvalue()


def _add(archive: ZipFile, name: str, text: str) -> None:
    archive.writestr(ZipInfo(name, LONG_AGO), text, ZIP_DEFLATED)
