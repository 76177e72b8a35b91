"""A policy (C2SP tlog-policy): whose signatures are enough to believe a checkpoint.

log VKEY [URL]
witness NAME VKEY [URL]
group NAME any|all|N MEMBER...
quorum NAME|none
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from audit.tlog.note import Malformed, VerifierKey, read_key

NONE: Final = "none"


@dataclass(frozen=True)
class Group:
    """Satisfied if so many of its members are."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Which logs are meant, and who has to have cosigned."""

    logs: tuple[VerifierKey, ...] = ()
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    """By the names that the policy gives them."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Of the witnesses that the log asks itself."""
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def is_satisfied(self, cosigned: Collection[VerifierKey]) -> bool:
        """Whether enough of the witnesses cosigned."""
        return self.quorum == NONE or self._is_met(self.quorum, cosigned)

    def _is_met(self, name: str, cosigned: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in cosigned
        group = self.groups[name]
        return sum(self._is_met(member, cosigned) for member in group.members) >= group.threshold


def read_policy(text: str) -> Policy:
    """`Malformed` with the number of the line that cannot be read; names are known before they are used."""
    policy = Policy()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                policy = _with(policy, *words)
            except (Malformed, TypeError, ValueError) as fault:
                raise Malformed(f"line {number} of the policy: {fault}") from None
    return policy


def _with(policy: Policy, keyword: str, *words: str) -> Policy:
    """The policy with one line more."""
    match keyword, words:
        case "log", (vkey, *url) if len(url) <= 1:
            return replace(policy, logs=(*policy.logs, _new_key(policy, vkey)))
        case "witness", (name, vkey, *url) if len(url) <= 1:
            _demand_new(policy, name)
            addresses = {**policy.addresses, name: url[0].rstrip("/")} if url else policy.addresses
            return replace(policy, witnesses={**policy.witnesses, name: _new_key(policy, vkey)}, addresses=addresses)
        case "group", (name, threshold, *members) if members:
            _demand_new(policy, name)
            return replace(policy, groups={**policy.groups, name: _group(policy, threshold, members)})
        case "quorum", (name,) if name == NONE or name in {*policy.witnesses, *policy.groups}:
            return replace(policy, quorum=name)
        case _:
            raise Malformed(f"{keyword} {' '.join(words)} is not understood")


def _group(policy: Policy, threshold: str, members: list[str]) -> Group:
    known = {*policy.witnesses, *policy.groups}
    if not known.issuperset(members):
        raise Malformed("a group names somebody who is not known before it")
    demanded = {"any": 1, "all": len(members)}.get(threshold) or int(threshold)
    if not 1 <= demanded <= len(members):
        raise Malformed("a group demands none of its members, or more than it has")
    return Group(demanded, tuple(members))


def _new_key(policy: Policy, vkey: str) -> VerifierKey:
    """Named once, whatever the names: nobody counts twice, and no log is its own witness."""
    key = read_key(vkey)
    if key.public in {each.public for each in (*policy.logs, *policy.witnesses.values())}:
        raise Malformed(f"the key of {key.name} is named before: a log is not its own witness, and nobody counts twice")
    return key


def _demand_new(policy: Policy, name: str) -> None:
    if name == NONE or name in {*policy.witnesses, *policy.groups}:
        raise Malformed(f"the name {name} is taken")
