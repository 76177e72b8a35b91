from typing import Any, Final

from domain.mailing import Mailing, MailingDone, evolve, finish
from tests.cast import AT

DONE: Final[dict[str, Any]] = {"of": "1" * 32, "position": 7, "delivered": 3, "given_up": 1}


def test_when_everybody_was_told_or_given_up_a_mailing_is_done() -> None:
    assert finish(Mailing(), **DONE, at=AT) == [MailingDone(at=AT, **DONE)]


def test_a_mailing_is_done_once() -> None:
    assert finish(evolve(Mailing(), MailingDone(at=AT, **DONE)), **DONE, at=AT) == []
