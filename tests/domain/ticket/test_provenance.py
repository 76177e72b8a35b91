from domain.ticket.provenance import AttributesImported
from tests.cast import AT, given, opened


def test_what_the_source_recorded_changes_nothing_that_is_decided_here() -> None:
    imported = AttributesImported(at=AT, source="servicenow", attributes={"made_sla": "TRUE"})
    assert given(opened(), imported) == given(opened())
