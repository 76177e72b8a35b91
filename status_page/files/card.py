"""`/card.png`: what is shown where somebody shares a link (Open Graph), in shapes and figures that need no language."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from PIL import Image, ImageDraw, ImageFont

from domain.component import ComponentStatus, State
from status_page.bars import HEIGHTS, Bars
from status_page.edition import Edition
from status_page.files.badge import COLOURS
from status_page.files.course import ninety_days
from status_page.files.sla import of_this_month
from status_page.files.told import state_of
from status_page.words import Language, machine_instant, percent

Line: TypeAlias = tuple[tuple[float, float], ...]

SIZE: Final = 1200, 630
FINER: Final = 2
"""Drawn that much larger and then made smaller, so that edges are smooth."""
PAPER: Final = "#fdfdfb"
INK: Final = "#1b1f23"
SOFT: Final = COLOURS[None]
SHAPES: Final[Mapping[State, Line]] = {
    ComponentStatus.DEGRADED: ((8, 0.8), (16, 15), (0, 15)),
    ComponentStatus.PARTIAL_OUTAGE: ((8, 0), (16, 8), (8, 16), (0, 8)),
    ComponentStatus.MAJOR_OUTAGE: ((0, 0), (16, 0), (16, 16), (0, 16)),
}
"""In sixteenths, as on the pages; the others are round."""
MARKS: Final[Mapping[State, tuple[Line, ...]]] = {
    ComponentStatus.OPERATIONAL: (((4.5, 8.2), (6.9, 10.6), (11.5, 5.6)),),
    ComponentStatus.DEGRADED: (((8, 6.2), (8, 9.6)), ((8, 11.8), (8, 13))),
    ComponentStatus.PARTIAL_OUTAGE: (((8, 4), (8, 8.4)), ((8, 10.8), (8, 12))),
    ComponentStatus.MAJOR_OUTAGE: (((4.5, 4.5), (11.5, 11.5)), ((11.5, 4.5), (4.5, 11.5))),
    ComponentStatus.UNDER_MAINTENANCE: (((5.8, 5.2), (5.8, 10.8)), ((10.2, 5.2), (10.2, 10.8))),
    None: (),
}
DAY: Final = 11.75
"""How wide one is."""


def document(edition: Edition, _: Language, __: Mapping[str, str]) -> bytes:
    """The picture (PNG): the state of the whole page, uptime of ninety days, the SLA of this month, and the days."""
    drawn = ninety_days(edition, [each.key for each in edition.components])
    image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
    pen = ImageDraw.Draw(image)
    _symbol(pen, 72, 72, 216, state_of(edition))
    _figure(pen, 356, "90 d", drawn.uptime.share)
    _figure(pen, 800, "SLA", of_this_month(edition).attainment)
    _days(pen, 72, 520, drawn)
    _text(pen, (72, 590), urlsplit(edition.address).netloc, 28)
    _text(pen, (836, 590), machine_instant(edition.at), 28)
    packed = BytesIO()
    image.resize(SIZE, Image.Resampling.BOX).save(packed, "PNG")
    return packed.getvalue()


def _symbol(pen: ImageDraw.ImageDraw, left: float, top: float, size: float, state: State) -> None:
    def placed(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [((left + x * size / 16) * FINER, (top + y * size / 16) * FINER) for x, y in points]

    if state in SHAPES:
        pen.polygon(placed(SHAPES[state]), fill=COLOURS[state])
    elif state is None:
        pen.ellipse(placed([(1, 1), (15, 15)]), outline=SOFT, width=round(size * FINER / 8))
    else:
        pen.ellipse(placed([(0, 0), (16, 16)]), fill=COLOURS[state])
    for mark in MARKS[state]:
        pen.line(placed(mark), fill=PAPER, width=round(size * FINER / 8), joint="curve")


def _figure(pen: ImageDraw.ImageDraw, left: float, name: str, thousandths: int | None) -> None:
    _text(pen, (left, 124), name, 36)
    _text(pen, (left, 220), percent(thousandths, "en") if thousandths is not None else "–", 76, INK)


def _days(pen: ImageDraw.ImageDraw, left: float, bottom: float, drawn: Bars) -> None:
    """Worse days are higher, as on the pages."""
    for number, day in enumerate(drawn.days):
        start, height = left + number * DAY, HEIGHTS[day.state] * 14
        box = start, bottom - height, start + DAY - 2.5, bottom
        pen.rectangle([each * FINER for each in box], fill=COLOURS[day.state])


def _text(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str = SOFT) -> None:
    """From its left end, standing on a line."""
    font = ImageFont.load_default(size * FINER)
    pen.text(
        (at[0] * FINER, at[1] * FINER), text.replace("\N{NO-BREAK SPACE}", " "), fill=colour, font=font, anchor="ls"
    )
