from io import BytesIO

import pytest
from PIL import Image, ImageColor

from domain.component import ComponentStatus
from status_page.files.badge import COLOURS
from tests.projections.announcing import announce
from tests.status_page.files.published import Published


def drawn(site: Published) -> Image.Image:
    image = Image.open(BytesIO(site.bytes("/card.png")))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return image


def colours(image: Image.Image) -> set[object]:
    """Of the symbol."""
    return {colour for _, colour in image.crop((72, 72, 288, 288)).getcolors(100_000) or ()}


@pytest.mark.parametrize("status", ComponentStatus)
def test_the_symbol_is_that_of_the_state(site: Published, status: ComponentStatus) -> None:
    site.set("web", status)
    site.set("mail", status)
    assert ImageColor.getrgb(COLOURS[status]) in colours(drawn(site))


def test_of_an_unknown_state_there_is_a_ring(site: Published) -> None:
    image = drawn(site)
    assert image.getpixel((180, 180)) == ImageColor.getrgb("#fdfdfb")
    assert ImageColor.getrgb(COLOURS[None]) in colours(image)


def test_it_is_not_well_with_an_open_incident(well: Published) -> None:
    announce(well.story, "1a" * 16, components={})
    assert ImageColor.getrgb(COLOURS[ComponentStatus.OPERATIONAL]) not in colours(drawn(well))


def test_the_same_edition_is_the_same_picture(well: Published) -> None:
    assert well.bytes("/card.png") == well.bytes("/card.png")
