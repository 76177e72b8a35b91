"""Alerts open tickets, and are noted on the tickets that they are about."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.alert import AlertAction
from domain.classification import Impact, Kind, Urgency
from domain.configuration.alert_rules import AlertRule
from domain.event import Id
from domain.instant import MINUTE, Duration, Instant
from domain.refusal import Refused
from domain.ticket.conversation import note
from domain.ticket.intake import Request
from projections import alerts
from projections.flow_clocks import Due, due_next
from service.alerts.case import Case
from store.desk import Desk
from store.intake import open_at
from store.people import person_of
from store.streams import Command, Intent

CHANNEL: Final = "alert"
LONGEST: Final = 200
"""Letters of a subject."""
SOON: Final[Duration] = 10 * MINUTE
"""What is due so soon is what an alert about a class of clocks is about; else what is due first."""
MOST: Final = 5
"""Tickets that one alert is noted on."""
CLASS: Final = ("clock", "level", "kind", "priority")
NOTED: Final[Mapping[str, str]] = {
    "ru": "Предупреждение мониторинга: {summary}\nСрок: {due}",
    "en": "The monitoring warns: {summary}\nDue: {due}",
}
GUIDED: Final[Mapping[str, str]] = {"ru": "Что делать: {runbook}", "en": "What to do: {runbook}"}
OVER: Final[Mapping[str, str]] = {
    "ru": "Мониторинг больше не сообщает: {summary}",
    "en": "The monitoring no longer says: {summary}",
}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def answer_by_ticket(case: Case, rule: AlertRule, at: Instant) -> None:
    """Open one for the organisation of the rule, by whoever handed the alert over.

    Refused: `person_is_no_contact_of_organisation`: it is tried again, and told each time.
    """
    desk, by, stream, organisation = case.duty.desk, _by(case), case.name("ticket"), rule.organisation
    if organisation not in person_of(desk, by).organisations:
        raise Refused("person_is_no_contact_of_organisation", person=by)
    recording = case.recording(rule, AlertAction.TICKET, at, tickets=(stream,))
    command = Command(case.name("command"), along=(recording,))
    open_at(desk, command, stream, _request(case, by, organisation), at=at, number=_draw(desk))


def answer_by_note(case: Case, rule: AlertRule, at: Instant) -> None:
    """On the tickets whose clocks of the class that its labels name are due next."""
    found = _due(case, at)
    if not found:
        return case.record(rule, AlertAction.IGNORE, at)
    by = _by(case)
    notes = [_noting(case, each.stream, by, _noted(case, each.due), at) for each in found]
    return case.record(rule, AlertAction.NOTE, at, *notes, tickets=tuple(each.stream for each in found))


def over(case: Case, at: Instant) -> tuple[Intent, ...]:
    """The tickets that it opened are told that it is over; those whose texts were deleted are told nothing more."""
    text, load = OVER[_language(case)].format(summary=case.summary), case.duty.desk.tickets.load
    told = [each for each in case.alert.tickets if load(each)[0].texts_expired_at is None]
    return tuple(_noting(case, stream, _by(case), text, at) for stream in told)


def _by(case: Case) -> Id:
    """Who handed it over; if that person is gone, or it was found by asking, whoever handed over the newest one."""
    if case.alert.by is not None and person_of(case.duty.desk, case.alert.by).is_active:
        return case.alert.by
    with case.duty.views.connect() as connection:
        by = alerts.last_bearer(connection)
    if by is None:
        raise LookupError("nobody has handed over an alert yet: nobody can say what it says on a ticket")
    return by


def _request(case: Case, by: Id, organisation: Id) -> Request:
    is_critical = case.alert.labels.get("severity") == "critical"
    return Request(
        channel=CHANNEL,
        by=by,
        requester=by,
        organisation=organisation,
        kind=Kind.INCIDENT,
        impact=Impact.HIGH if is_critical else Impact.MEDIUM,
        urgency=Urgency.HIGH if is_critical else Urgency.MEDIUM,
        subject=case.summary[:LONGEST],
        body="\n".join(_told(case)),
    )


def _told(case: Case) -> Iterator[str]:
    """All that the alert says: what it means, then its labels and its other annotations."""
    yield case.words.get("description") or case.summary
    yield ""
    others = {name: text for name, text in case.words.items() if name not in ("summary", "description")}
    yield from (f"{name}: {text}" for name, text in (*sorted(case.alert.labels.items()), *sorted(others.items())))


def _due(case: Case, at: Instant) -> list[Due]:
    """Also what became due since the alert began: the desk may have looked late."""
    of = {name: value for name, value in case.alert.labels.items() if name in CLASS}
    if "clock" not in of:
        return []
    with case.duty.views.connect() as connection:
        found = due_next(connection, of, since=min(case.since, at), limit=MOST)
    soon = [each for each in found if each.due <= at + SOON]
    return soon or list(found[:1])


def _noted(case: Case, due: Instant) -> str:
    language, runbook = _language(case), case.words.get("runbook_url", "")
    lines = [NOTED[language].format(summary=case.summary, due=_moment(case.duty.desk, due))]
    return "\n".join([*lines, *([GUIDED[language].format(runbook=runbook)] if runbook else [])])


def _noting(case: Case, ticket: Id, by: Id, text: str, at: Instant) -> Intent:
    return case.duty.desk.tickets.intend(ticket, note, message=case.name("note", ticket), by=by, body=text, at=at)


def _moment(desk: Desk, at: Instant) -> str:
    """As the desk's clocks on the wall show it."""
    zone = desk.founding.load(desk.stream)[0].zone
    return f"{(EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} ({zone})"


def _language(case: Case) -> str:
    """The first one of the desk that we speak."""
    spoken = case.duty.desk.founding.load(case.duty.desk.stream)[0].languages
    return next((each for each in spoken if each in NOTED), "en")


def _draw(desk: Desk) -> Callable[[int], int]:
    """A number below another one, from the desk's own randomness."""
    return lambda count: int(desk.new_id(), 16) % count
