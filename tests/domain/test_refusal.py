from domain.refusal import Refused


def test_a_refusal_reads_as_its_code_and_facts() -> None:
    assert str(Refused("ticket_closed", reference="123456788")) == "('ticket_closed', {'reference': '123456788'})"


def test_refusals_are_the_same_if_code_and_facts_are() -> None:
    closed = Refused("ticket_closed", reference="123456788")
    assert {closed, Refused("ticket_closed", reference="123456788")} == {closed}
    assert closed != Refused("ticket_closed", reference="222222226")
    assert closed != Refused("ticket_merged", reference="123456788")
    assert closed != "ticket_closed"
