"""A client's own view: the pages that tell of promises and tickets, with its own figures in the place of all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from status_page import client_figures
from status_page.corrections import Correction, corrections
from status_page.edition import Client, Edition
from status_page.html import render
from status_page.pages import front, month, sla
from status_page.words import Language


def front_html(client: Client, edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The front page."""
    overall = front.overall_of(edition)
    return render(
        "front", edition, language, "/",
        headline=overall.headline(language), overall=overall, **front.values_for_all(edition),
        levels=client_figures.tables(edition, client), contracts=client_figures.contracts(edition, client),
        tickets=client_figures.open_tickets(edition, client), first=client_figures.first_month(edition, client),
    )  # fmt: skip


def sla_html(client: Client, edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """What it was promised, in full."""
    tables, first = client_figures.tables(edition, client), client_figures.first_month(edition, client)
    return sla.document(edition, language, tables, partial(client_figures.excluded, edition, client), first)


def month_html(client: Client, edition: Edition, language: Language, names: Mapping[str, str]) -> bytes | None:
    """A month; None of one that is to come, or in which none of its clocks was due."""
    of, first = names["month"], client_figures.first_month(edition, client)
    if not month.is_there(edition, of, first):
        return None
    figures = client_figures.figures(edition, client, of)
    corrected = _of_components(corrections(figures.fixed))
    return month.document(edition, language, month.Shown(of, first, figures, corrected))


def _of_components(corrected: Sequence[Correction]) -> Sequence[Correction]:
    """What was corrected of tickets was so of those that everybody is told of."""
    kept = [replace(each, figures=[figure for figure in each.figures if figure.component]) for each in corrected]
    return [each for each in kept if each.figures]
