"""What a decision answers when it may not be done."""


class Refused(Exception):
    """Not allowed, and why: a code and its facts; the edge puts it into words, Russian and English."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and (self.code, self.facts) == (other.code, other.facts)

    def __hash__(self) -> int:
        return hash(self.code)
