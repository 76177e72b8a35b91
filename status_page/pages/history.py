"""The history: every incident and all planned works, month by month."""

from collections.abc import Mapping, Sequence

from domain.attainment import month_of
from projections import incidents, sla
from projections.incidents import Incident
from status_page.edition import Edition
from status_page.html import render
from status_page.words import Language, month_after, month_before


def html(edition: Edition, language: Language, names: Mapping[str, str]) -> bytes | None:
    """One month, that of the edition unless another one is named; None of one before the first, or still to come."""
    this = month_of(edition.at, edition.zone)
    month = names.get("month", this)
    first = incidents.first_at(edition.connection, position=edition.position)
    oldest = month_of(first, edition.zone) if first is not None else this
    if not oldest <= month <= this:
        return None
    around = {
        "earlier": month_before(month) if month > oldest else None,
        "later": month_after(month) if month < this else None,
    }
    path = f"/history/{month}" if "month" in names else "/history"
    return render("history", edition, language, path, month=month, items=announced_in(edition, month), **around)


def announced_in(edition: Edition, month: str) -> Sequence[Incident]:
    """What began, went on or ended in a month, the newest first."""
    since, until = sla.month(month, edition.zone)
    return incidents.between(edition.connection, since, until, position=edition.position)
