"""The uptime of a component in a month, with the rule that it is computed by; for anybody."""

from typing import Annotated, Final

from fastapi import Depends, Header, Path, Response
from pydantic import Field

from api.deps import TheDesk
from api.figures import Month
from api.language import Language, preferred
from api.percent import PercentOrNone
from api.public import FOR_ANYBODY, public_reading
from api.reading import Reader, Reading
from api.routing import routes
from api.types import Out
from domain.component import ComponentStatus, demand_defined
from domain.instant import HOUR, SECOND, Duration, Instant
from domain.refusal import Refused
from domain.uptime import FORMULA, WHOLE, Rule, Uptime, stretches, uptime
from projections import months, sla, status, trail
from projections.uptime_rule import rule_at
from projections.words import word

router = routes("/v1/components", "components", 400, 401, 404, 422, 429, 503)

RULE: Final = {
    "en": (
        "Each instant counts with the weight of the worst that is said of the component: {weights}. Planned works that "
        "were announced at least {notice} h before they began count on neither side, and no more does time of which "
        "nothing is known: coverage tells how much is known. Uptime is (accountable - unavailable) / accountable, "
        "floored to 0.001 %."
    ),
    "ru": (
        "Каждый момент учитывается с весом худшего из того, что известно о компоненте: {weights}. Плановые работы, "
        "объявленные не позднее чем за {notice} ч до начала, и время, о котором ничего не известно, не учитываются; "
        "сколько времени известно, показывает покрытие. Доступность = (учтённое - недоступное) / учтённое, округляется "
        "вниз до 0,001 %."
    ),
}
TOLD: Final = (
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.DEGRADED,
    ComponentStatus.UNDER_MAINTENANCE,
)


class RuleOut(Out):
    """What the figure follows."""

    formula: str = Field(examples=[FORMULA])
    weights: dict[ComponentStatus, int] = Field(description="In thousandths: 300 counts a second as 0.3 s")
    notice_seconds: float = Field(description="How long before their start works have to be announced")
    text: str = Field(description="In the caller's language")


class UptimeOut(Out):
    """A month in the desk's zone, the current one until now; seconds to the millisecond."""

    component: str
    month: str
    zone: str
    uptime: PercentOrNone
    coverage: PercentOrNone
    unavailable_seconds: float = Field(description="Weighed, rounded up to the millisecond")
    accountable_seconds: float
    excused_seconds: float = Field(description="Planned works that were announced in time")
    unknown_seconds: float = Field(description="Nothing is known: neither up nor down")
    is_final: bool = Field(description="Fixed in the log: what changes afterwards is told as a correction")
    rule: RuleOut


@router.get("/{key}/uptime", summary="Uptime in a month", operation_id="getUptime", openapi_extra=FOR_ANYBODY)
def get_uptime(
    *,
    desk: TheDesk,
    reader: Annotated[Reader, Depends(public_reading(status.NAME, months.NAME, trail.NAME))],
    response: Response,
    key: Annotated[str, Path(max_length=64)],
    month: Month,
    accept_language: Annotated[str, Header()] = "",
) -> UptimeOut:
    """As the log tells it, or told it then."""
    zone = desk.founding.load(desk.stream)[0].zone
    since, until = sla.month(month, zone)
    end = min(until, reader.now if reader.past is None else reader.past)
    if end < since:
        raise Refused("month_ahead", month=month)
    with reader.open() as reading:
        fixed = months.fixed(reading.connection, month, reading.position)
        published = fixed.current.uptime if fixed else {}
        shown = {each.key for each in status.components(reading.connection, reading.position, reading.at)}
        demand_defined(key, shown.union(published))
        rule = (
            Rule(fixed.published.weights, fixed.published.notice)
            if fixed
            else rule_at(reading.connection, until, reading.position)
        )
        figure = published[key].uptime if key in published else _so_far(reading, key, (since, end), rule)
    language = preferred(accept_language)
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    return UptimeOut(
        component=key,
        month=month,
        zone=zone,
        uptime=figure.share,
        coverage=figure.coverage,
        unavailable_seconds=_seconds(-(-figure.weighed // WHOLE)),
        accountable_seconds=_seconds(figure.accountable),
        excused_seconds=_seconds(figure.excused),
        unknown_seconds=_seconds(figure.unknown),
        is_final=fixed is not None,
        rule=_rule_out(rule, language),
    )


def _so_far(reading: Reading, key: str, window: tuple[Instant, Instant], rule: Rule) -> Uptime:
    since, until = window
    said = status.spells(reading.connection, since=since, until=until, position=reading.position, components=[key])
    return uptime(stretches(said[key], since, until), rule)


def _rule_out(rule: Rule, language: Language) -> RuleOut:
    weights = ", ".join(f"{word(each, language)} {rule.weights[each] / 10:g} %" for each in TOLD)
    return RuleOut(
        formula=FORMULA,
        weights=dict(rule.weights),
        notice_seconds=_seconds(rule.notice),
        text=RULE[language].format(weights=weights, notice=f"{rule.notice / HOUR:g}"),
    )


def _seconds(milliseconds: Duration) -> float:
    return milliseconds / SECOND
