"""The grammar of Atom that our feeds are held against, written from RFC 4287."""

from pathlib import Path
from typing import Final

from lxml import etree

ATOM: Final = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))
