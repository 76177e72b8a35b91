"""Shares in answers: percent as a JSON number with up to three decimals, floored before it gets here."""

from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, Field

THOUSANDTHS: Final = 1_000


def percent(thousandths: int | None) -> float | None:
    """Percent of thousandths of a percent: 99778 is 99.778."""
    return None if thousandths is None else thousandths / THOUSANDTHS


Percent: TypeAlias = Annotated[
    float, BeforeValidator(percent), Field(description="Percent, floored to 0.001", examples=[99.778])
]
PercentOrNone: TypeAlias = Annotated[
    float | None,
    BeforeValidator(percent),
    Field(description="Percent, floored to 0.001; None if there is nothing to account for", examples=[99.778]),
]
