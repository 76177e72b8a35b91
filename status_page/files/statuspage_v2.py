"""`/api/v2/`: the public API of Atlassian Statuspage, version 2, key for key, for clients that speak it already.

Works that were called off are left out, because it has no word for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from projections import incidents as announced
from projections.announced import Kind
from projections.incidents import Incident
from status_page.edition import NEWEST, Edition
from status_page.files.rollup import rolled_up
from status_page.files.statuspage_incidents import incident_json
from status_page.files.statuspage_page import Json, Page, component_json, page_of
from status_page.words import Language

Names: TypeAlias = Mapping[str, str]


def summary(edition: Edition, _: Language, __: Names) -> bytes:
    """How things stand: components, open incidents, works that are under way or ahead."""
    page = page_of(edition)
    return _document(
        page,
        components=[component_json(page, each) for each in page.listed],
        incidents=_told(page, edition.unresolved),
        scheduled_maintenances=_told(page, [*edition.under_way, *edition.ahead]),
        status=status_json(edition),
    )


def status(edition: Edition, _: Language, __: Names) -> bytes:
    """The page in one line."""
    return _document(page_of(edition), status=status_json(edition))


def components(edition: Edition, _: Language, __: Names) -> bytes:
    """Every component and group."""
    page = page_of(edition)
    return _document(page, components=[component_json(page, each) for each in page.listed])


def incidents(edition: Edition, _: Language, __: Names) -> bytes:
    """The newest ones, whatever became of them."""
    page = page_of(edition)
    return _document(page, incidents=_told(page, _newest(edition, Kind.INCIDENT)))


def unresolved(edition: Edition, _: Language, __: Names) -> bytes:
    """The incidents that are not over."""
    page = page_of(edition)
    return _document(page, incidents=_told(page, edition.unresolved))


def maintenances(edition: Edition, _: Language, __: Names) -> bytes:
    """The newest works, done or not."""
    page = page_of(edition)
    return _document(page, scheduled_maintenances=_told(page, _newest(edition, Kind.WORKS)))


def upcoming(edition: Edition, _: Language, __: Names) -> bytes:
    """The works that are scheduled, the next ones first."""
    page = page_of(edition)
    return _document(page, scheduled_maintenances=_told(page, edition.ahead))


def active(edition: Edition, _: Language, __: Names) -> bytes:
    """The works that are under way."""
    page = page_of(edition)
    return _document(page, scheduled_maintenances=_told(page, edition.under_way))


def _document(page: Page, **told: Any) -> bytes:
    return msgspec.json.encode({"page": page.json, **told})


def _told(page: Page, found: Sequence[Incident]) -> list[Json]:
    return [incident_json(page, each) for each in found]


def _newest(edition: Edition, kind: Kind) -> Sequence[Incident]:
    connection, position = edition.connection, edition.position
    return announced.page(connection, limit=NEWEST, kind=kind, called_off=False, position=position).incidents


def status_json(edition: Edition) -> Json:
    """The one line: an indicator, and words."""
    states = [each.status for each in edition.components]
    impacts = [each.impact for each in edition.unresolved]
    return rolled_up(states, impacts, is_known=not edition.mark.is_behind)._asdict()
