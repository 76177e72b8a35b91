"""Checkpoints: what a log says of itself."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.checkpoint import Checkpoint, opened, read_checkpoint
from audit.tlog.note import Malformed, signed
from tests.audit.tlog.trees import LOG

ROOT = base64.b64encode(bytes(32)).decode()


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("desk.example/log", size, root)
    assert read_checkpoint(checkpoint.text) == checkpoint


def test_lines_after_the_third_are_for_others() -> None:
    assert read_checkpoint(f"log\n1\n{ROOT}\nmore\n") == Checkpoint("log", 1, bytes(32))


def test_a_signed_checkpoint_tells_who_signed_it() -> None:
    checkpoint = Checkpoint(LOG.name, 1, bytes(32))
    found, who = opened(signed(checkpoint.text, LOG), [LOG.key])
    assert (found, who.signers) == (checkpoint, [(LOG.key, None)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"log\n01\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n+1\n{ROOT}\n",
        f"log\n١\n{ROOT}\n",
        "log\n1\nAAAA\n",
        "log\n1\n!\n",
        f"log\n{10**19}\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_checkpoint(text)
