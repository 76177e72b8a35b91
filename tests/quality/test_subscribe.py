"""The form to subscribe before the same judges: as it is at first, and with a mistake in it."""

from pathlib import Path

import httpx2
import pytest

from tests.quality.installed import checked, judged


@pytest.fixture
def forms(demonstration: str, tmp_path: Path) -> list[str]:
    """In both languages."""
    mistaken = tmp_path / "mistaken.html"
    mistaken.write_bytes(httpx2.post(f"{demonstration}/ru/subscribe", data={"address": "x", "component": "x"}).content)
    return [f"{demonstration}/en/subscribe?component=portal", mistaken.as_uri()]


@pytest.mark.parametrize("judge", ["axe", "pa11y"])
def test_everybody_can_subscribe(judge: str, forms: list[str]) -> None:
    assert judged(judge, forms) == {form: [] for form in forms}


def test_the_forms_are_html_as_the_standard_has_it(forms: list[str], tmp_path: Path) -> None:
    first = tmp_path / "first.html"
    first.write_bytes(httpx2.get(forms[0]).content)
    assert checked([first, tmp_path / "mistaken.html"]) == []
