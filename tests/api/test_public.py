"""What anybody may read, and how much of it."""

import pytest

from api.limits import Limits
from service.settings import Settings
from tests.api.office import Office, open_office


def test_a_token_that_does_not_hold_is_refused_even_where_none_is_needed(office: Office) -> None:
    answer = office.client.get("/v1/components", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_all_without_a_token_share_the_allowance_of_their_address(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_office(sqlite_settings, monkeypatch, Limits(burst=2, rate=1)) as office:
        paths = ["/v1/components", "/v1/incidents", "/v1/maintenances"]
        assert [office.ask(None, "GET", path).status_code for path in paths] == [200, 200, 429]
        assert office.ask("cy", "GET", "/v1/components").status_code == 200
        office.clock.now += 1000
        assert office.ask(None, "GET", "/v1/components").status_code == 200
