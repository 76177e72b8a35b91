"""A refusal tells the facts that its words are made of."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from domain.clock import Exclusion
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.refusal import Refused
from domain.ticket import Ticket
from domain.ticket.assignment import accept, assign, hand_over
from domain.ticket.classing import Move, move_terms
from domain.ticket.conversation import answer, write
from domain.ticket.feedback import rate
from domain.ticket.joining import Merged, link, merge
from domain.ticket.notices import retry
from domain.ticket.outcome import Closed, Closing, close, refuse, resolve
from domain.ticket.promise import exclude, state_next_act, tighten
from domain.ticket.state import WaitFor
from domain.ticket.waiting import MOST_DAYS, wait
from tests.cast import ACME, ANN, AROUND_THE_CLOCK, AT, BORIS, CY, DORA, LINES, OPENED, REASONS, accepted, given

NOW: Final = AT + HOUR
TICKET: Final = given(OPENED, accepted())
RESOLVED: Final = given(OPENED, *resolve(given(OPENED), message="end", by=ANN, body="Done.", at=NOW))
CLOSED: Final = given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))
INTO: Final = "22" * 16
MERGED: Final = given(OPENED, Merged(at=AT, by=ANN, into=INTO))
THIS: Final[dict[str, Any]] = {"reference": OPENED.reference}

SAYING: Final[dict[str, Any]] = {"message": "m", "by": ANN, "channel": "mail", "body": "Words."}
GIVING: Final[dict[str, Any]] = {"by": ANN, "lines": LINES}
MOVING: Final[dict[str, Any]] = GIVING | {"team": "network", "reason": "skill", "reasons": REASONS}
REFUSING: Final[dict[str, Any]] = {
    "message": "end",
    "by": ANN,
    "cause": "out_of_scope",
    "causes": frozenset({"out_of_scope", "abuse"}),
    "explanation": "Not ours.",
    "alternatives": "The carrier.",
}
MERGING: Final[dict[str, Any]] = {"ticket_id": "11" * 16, "into": INTO, "organisation": ACME, "by": ANN}
LINKING: Final[dict[str, Any]] = {"ticket_id": "11" * 16, "to": "11" * 16, "how": "causes", "by": ANN}
CLOSING: Final[dict[str, Any]] = {"book": AROUND_THE_CLOCK, "by": CY}
EXCLUDING: Final[dict[str, Any]] = {"clock": Clock.UPDATE, "instance": 3, "reason": Exclusion.CLOCK_ERROR, "by": ANN}
TIGHTENING: Final[dict[str, Any]] = {"clock": Clock.RESOLUTION, "book": AROUND_THE_CLOCK, "by": ANN}
ACTING: Final[dict[str, Any]] = {"what": "Call", "due": NOW + 1, "by": ANN}
WAITING: Final[dict[str, Any]] = {"what": WaitFor.CLIENT, "until": NOW + 1, "by": ANN}
TERMS: Final[dict[str, Any]] = {"level": "tin", "policy": 4, "reason": Move.CONTRACT, "book": AROUND_THE_CLOCK}

REFUSALS: Final[list[tuple[Callable[..., object], Ticket, dict[str, Any], Refused]]] = [
    (write, MERGED, SAYING, Refused("ticket_merged", **THIS)),
    (write, CLOSED, SAYING, Refused("ticket_closed", **THIS)),
    (wait, RESOLVED, WAITING, Refused("ticket_not_open", stage="resolved", **THIS)),
    (wait, TICKET, WAITING | {"agreed": "x"}, Refused("agreement_unknown", message="x")),
    (wait, TICKET, WAITING | {"until": NOW}, Refused("wait_in_the_past", until=NOW)),
    (wait, TICKET, WAITING | {"until": NOW + 401 * DAY}, Refused("wait_too_long", days=MOST_DAYS)),
    (answer, TICKET, SAYING | {"body": " "}, Refused("text_missing", field="body")),
    (resolve, TICKET, {"message": "end", "by": ANN, "body": ""}, Refused("text_missing", field="body")),
    (refuse, TICKET, REFUSING | {"explanation": ""}, Refused("text_missing", field="explanation")),
    (refuse, TICKET, REFUSING | {"alternatives": ""}, Refused("text_missing", field="alternatives")),
    (refuse, TICKET, REFUSING | {"cause": "x"}, Refused("cause_unknown", cause="x", known="abuse, out_of_scope")),
    (accept, TICKET, {"by": DORA, "teams": frozenset({"front"})}, Refused("already_accepted", owner=ANN)),
    (accept, given(OPENED), {"by": BORIS, "teams": frozenset({"network"})}, Refused("not_in_team", team="front")),
    (
        assign,
        TICKET,
        GIVING | {"owner": BORIS, "team": "network", "teams": frozenset({"network"}), "serves": False},
        Refused("hand_over_needed", line="1", team="network"),
    ),
    (
        assign,
        TICKET,
        GIVING | {"owner": BORIS, "teams": frozenset({"network"}), "serves": False},
        Refused("owner_of_another_line", line="1"),
    ),
    (hand_over, TICKET, MOVING | {"reason": "x"}, Refused("reason_unknown", reason="x", known="access, skill")),
    (
        hand_over,
        TICKET,
        MOVING | {"team": "x"},
        Refused("team_unknown", team="x", known="developers, front, front-night, network"),
    ),
    (move_terms, TICKET, TERMS | {"by": ANN, "published": True}, Refused("terms_unknown", level="tin", policy=4)),
    (
        move_terms,
        TICKET,
        TERMS | {"level": "bare", "policy": 1, "by": ANN, "published": False},
        Refused("level_not_published", level="bare"),
    ),
    (rate, TICKET, {"by": CY, "csat": 5}, Refused("ticket_not_ended", **THIS)),
    (rate, RESOLVED, {"by": CY, "csat": 6}, Refused("csat_out_of_range", csat=6)),
    (rate, RESOLVED, {"by": CY, "nps": 11}, Refused("nps_out_of_range", nps=11)),
    (merge, TICKET, MERGING | {"into": "11" * 16}, Refused("merge_into_itself", **THIS)),
    (merge, TICKET, MERGING | {"organisation": "x"}, Refused("merge_across_organisations", **THIS)),
    (link, TICKET, LINKING, Refused("link_to_itself", **THIS)),
    (retry, TICKET, {"notice": 2}, Refused("notice_not_given_up", notice=2, **THIS)),
    (close, TICKET, CLOSING | {"how": Closing.CONFIRMED}, Refused("nothing_to_confirm", **THIS)),
    (close, RESOLVED, CLOSING | {"how": Closing.SILENCE}, Refused("client_may_object", **THIS)),
    (exclude, TICKET, EXCLUDING, Refused("verdict_unknown", clock="update", instance=3)),
    (
        tighten,
        TICKET,
        TIGHTENING | {"due": AT + MINUTE},
        Refused("deadline_in_the_past", clock="resolution", due=AT + MINUTE),
    ),
    (tighten, TICKET, TIGHTENING | {"clock": Clock.UPDATE, "due": NOW}, Refused("deadline_missing", clock="update")),
    (
        tighten,
        TICKET,
        TIGHTENING | {"due": AT + 5 * HOUR},
        Refused("deadline_not_loosened", clock="resolution", due=AT + 4 * HOUR),
    ),
    (state_next_act, TICKET, ACTING | {"what": " "}, Refused("text_missing", field="what")),
    (state_next_act, TICKET, ACTING | {"due": NOW}, Refused("next_act_in_the_past", due=NOW)),
]


@pytest.mark.parametrize(("decide", "ticket", "facts", "refusal"), REFUSALS)
def test_a_refusal_tells_why(
    decide: Callable[..., object], ticket: Ticket, facts: dict[str, Any], refusal: Refused
) -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket, at=NOW, **facts)
    assert refused.value == refusal
