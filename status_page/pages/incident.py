"""An incident or planned works: what everybody was told, update by update."""

from collections.abc import Mapping

from projections import incidents
from status_page.edition import Edition
from status_page.html import render
from status_page.words import Language


def html(edition: Edition, language: Language, names: Mapping[str, str]) -> bytes | None:
    """The page; None if there is no such incident."""
    incident = incidents.one(edition.connection, names["code"], position=edition.position)
    if incident is None:
        return None
    return render("incident", edition, language, f"/incidents/{incident.code}", each=incident)
