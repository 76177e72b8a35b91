"""The API against its own description: whatever fits or breaks it brings no fault and no answer it does not tell."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.settings import Settings
from tests.api.office import Office, open_office

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 5
"""For each route and mode."""


@pytest.mark.parametrize(("who", "mode"), [("ann", "positive"), ("cy", "negative")])
def test_no_request_brings_a_fault_or_an_answer_that_is_not_described(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, mode: str, who: str
) -> None:
    with open_office(sqlite_settings, monkeypatch) as office:
        ticket = office.open()
        schema = schemathesis.openapi.from_asgi("/openapi.json", office.client.app)
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            _try_out(office, found.ok(), schemathesis.GenerationMode(mode), who, ticket[-9:])


def _try_out(office: Office, operation: Any, mode: Any, who: str, reference: str) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        office.clock.now += 60_000
        office.views.catch_up()
        if "reference" in (case.path_parameters or {}):
            case.path_parameters["reference"] = reference
        case.call_and_validate(headers=office.people[who].headers, checks=CHECKS)

    with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
        holds()
