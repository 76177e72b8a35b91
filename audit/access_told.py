"""Who could see a ticket, told to people: in groups of those who could do the same."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from audit.access import Seer
from audit.access_words import act, ground, say
from audit.replay_text import safe
from audit.replay_told import at, title
from audit.replay_words import say as say_of_replay
from audit.then import Then
from domain.access import Act, Rights
from domain.configuration.line import LineDefined
from domain.configuration.team import TeamDefined
from domain.instant import Instant
from domain.ticket import Ticket
from projections.words import word


def text(ticket: Ticket, found: Sequence[Seer], then: Then, *, people: int, known: Instant, position: int) -> str:
    """For the terminal; `people` are all who were known then."""
    language = then.language
    limits = [say_of_replay(language, "known", at=at(known, then), position=position) + "."]
    limits += [f"{say(language, 'could')} {say(language, 'beside')}"]
    lines = [say(language, "who", ticket=title(ticket, then)), *limits]
    lines += [say(language, "counted", seers=len(found), people=people), *_groups(ticket, found, then)]
    return "\n".join(map(safe, lines))


def values(found: Sequence[Seer], then: Then) -> list[dict[str, Any]]:
    """For programs: what each could do and why, in the words of the API."""
    return [
        {
            "person": each.person.id,
            "name": then.names(each.person.id),
            "roles": sorted(each.person.roles),
            "grounds": list(each.grounds),
            "internal": each.rights.see_internal,
            "may": _acts(each.rights),
        }
        for each in found
    ]


def _groups(ticket: Ticket, found: Sequence[Seer], then: Then) -> Iterator[str]:
    """Whoever could do most comes first."""
    ordered = sorted(found, key=lambda each: (-len(each.rights.act), _acts(each.rights), then.names(each.person.id)))
    for rights, group in groupby(ordered, key=lambda each: each.rights):
        acts = ", ".join(act(each, then.language) for each in _acts(rights))
        yield from ("", say(then.language, "with_notes" if rights.see_internal else "without_notes", acts=acts))
        yield from (f"  {_seer(ticket, each, then)}" for each in group)


def _seer(ticket: Ticket, seer: Seer, then: Then) -> str:
    roles = ", ".join(word(each, then.language) for each in sorted(seer.person.roles)) or say(then.language, "contact")
    why = "; ".join(ground(each, then.language, **_facts(ticket, then)) for each in seer.grounds)
    return f"{then.names(seer.person.id)} ({roles}, {seer.person.id}): {why}"


def _facts(ticket: Ticket, then: Then) -> dict[str, str]:
    return {
        "owner": then.names(ticket.owner) if ticket.owner else "",
        "team": then.label(TeamDefined, ticket.team),
        "line": then.label(LineDefined, ticket.line),
        "organisation": then.names(ticket.organisation),
    }


def _acts(rights: Rights) -> list[Act]:
    return sorted(rights.act, key=[*Act].index)
