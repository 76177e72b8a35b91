"""Rules of Prometheus: those that fit every desk, and what only the contracts know."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from monitoring.generated.goals import IMMINENT, SPEEDS, Promised, Speed, can_fire

RULES: Final = Path(__file__).parents[1] / "rules"
PAGES: Final = "docs/runbooks/alerts/"
"""Where the rules say that the pages are: in the repository."""
BY: Final = "job, clock, level"

HEAD: Final = """\
# Made by `glasno rules prometheus` for these levels: {levels}.
# Make it anew when `glasno apply` has changed a level, instead of changing it here.
"""
THRESHOLD: Final = """\
  - record: clock_level:glasno_sla_imminent:seconds
    expr: vector({seconds})
    labels: {{clock: {clock}, level: {level}}}
"""
BURN_RATE: Final = """\
  - alert: GlasnoSLABurnRate
    expr: |-
      {long} > {factor:g} * {left:g}
      and {short} > {factor:g} * {left:g}
    labels: {{severity: {severity}}}
    annotations:
      summary: "{clock} of level {level} is breached {factor:g} times as often as its goal allows."
      description: >-
        {{{{ $value | humanizePercentage }}}} of the {clock} clocks of level {level} that were decided within {window}
        were breached.
      runbook_url: docs/runbooks/alerts/GlasnoSLABurnRate.md
"""
SHARE: Final = (
    "sum by ({by}) (max by ({by}, kind, priority) (rate(glasno_sla_clocks_breached_total{of}[{window}])))"
    " / sum by ({by}) (max by ({by}, kind, priority) (rate(glasno_sla_clocks_decided_total{of}[{window}])))"
)


def prometheus(found: Sequence[Promised], notes: Sequence[str], pages: str = PAGES) -> str:
    """One file of rules, the notes as comments; `pages` is where the runbook pages are, with a slash at its end."""
    levels = ", ".join(sorted({f"{each.level}/{each.version}" for each in found}))
    head = HEAD.format(levels=levels) + "".join(f"# {note}\n" for note in notes)
    groups = [*(_groups(path) for path in sorted(RULES.glob("*.rules.yml"))), *_of_contracts(found)]
    return f"{head}groups:\n{chr(10).join(groups)}".replace(f"runbook_url: {PAGES}", f"runbook_url: {pages}")


def _groups(path: Path) -> str:
    """What stands under `groups:`."""
    return path.read_text().partition("\ngroups:\n")[2]


def _of_contracts(found: Sequence[Promised]) -> Iterator[str]:
    if thresholds := [_threshold(each) for each in found if each.imminent < IMMINENT]:
        yield "- name: glasno-sla-thresholds\n  rules:\n" + "".join(thresholds)
    if rates := [_burn_rate(each, speed) for each in found for speed in SPEEDS if can_fire(each, speed)]:
        yield "- name: glasno-sla-burn-rate\n  rules:\n" + "".join(rates)


def _threshold(of: Promised) -> str:
    return THRESHOLD.format(seconds=of.imminent, clock=of.clock.value, level=of.level)


def _burn_rate(of: Promised, speed: Speed) -> str:
    return BURN_RATE.format(
        long=_share(of, speed.window),
        short=_share(of, speed.short),
        factor=speed.factor,
        left=of.may_breach,
        severity=speed.severity,
        clock=of.clock.value,
        level=of.level,
        window=speed.window,
    )


def _share(of: Promised, window: str) -> str:
    return SHARE.format(by=BY, of=f'{{clock="{of.clock.value}",level="{of.level}"}}', window=window)
