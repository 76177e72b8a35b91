"""Public holidays and the days that a government moves, from the `holidays` library.

For Russia that is the production calendar as far as it is decreed: holidays, days off moved to other dates and working
Saturdays. The library does not know the hour by which the day before a holiday is shorter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version


@dataclass(frozen=True)
class PublicHolidays:
    """Dates of the years asked for."""

    days_off: frozenset[date]
    working: frozenset[date]
    """Days of the weekend that are worked, in exchange for a day off."""
    source: str


def public_holidays(country: str, years: Iterable[int]) -> PublicHolidays:
    """The holidays of a country by its ISO 3166-1 code, whole years."""
    import holidays  # noqa: PLC0415 -- memory that a desk does without, unless its file names a country

    found = holidays.country_holidays(country, years=years)
    working = frozenset(day for day in found.weekend_workdays if day.year in found.years)
    return PublicHolidays(frozenset(found), working, f"holidays of {country} (holidays {version('holidays')})")


def countries() -> frozenset[str]:
    """The codes that the library knows."""
    import holidays  # noqa: PLC0415 -- large, and seldom needed

    return frozenset(holidays.list_supported_countries())
