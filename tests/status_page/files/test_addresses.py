import pytest

from status_page.site import find


@pytest.mark.parametrize("address", ["/history.atom", "/feed.json", "/maintenance.ics", "/badge/web.svg"])
def test_a_file_for_people_is_english_unless_it_is_asked_for_in_russian(address: str) -> None:
    plain, english, russian = (find(prefix + address) for prefix in ("", "/en", "/ru"))
    assert plain
    assert russian
    assert plain == english
    assert (plain.language, russian.language) == ("en", "ru")


@pytest.mark.parametrize("address", ["/api/v2/summary.json", "/metrics", "/card.png", "/llms.txt"])
def test_a_file_for_machines_has_one_address(address: str) -> None:
    assert find(address)
    assert find(f"/ru{address}") is None


@pytest.mark.parametrize("address", ["/api/v2/summaryXjson", "/badge/.svg", "/badge/UP.svg", "/badge/a/b.svg"])
def test_what_only_looks_alike_is_none_of_the_site(address: str) -> None:
    assert find(address) is None
