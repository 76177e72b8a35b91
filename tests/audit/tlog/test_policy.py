"""Policies: who has to have cosigned, and what is no policy."""

from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog.note import COSIGNATURE, ED25519, Malformed, Signer, VerifierKey
from audit.tlog.policy import read_policy
from tests.audit.tlog.trees import LOG

SIGNERS: Final = [
    Signer(name, Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32)), COSIGNATURE)
    for name in ("ann.example", "ben.example", "cat.example", "eve.example")
]
ANN, BEN, CAT, EVE = (each.key for each in SIGNERS)
BEN_SIGNER: Final = SIGNERS[1]
WITNESSES: Final = (
    f"# whom we trust\n\nwitness ann {ANN.text}\nwitness ben {BEN.text} https://ben.example\nwitness cat {CAT.text}\n"
)


def satisfied(rule: str, *cosigned: VerifierKey) -> bool:
    return read_policy(WITNESSES + rule).is_satisfied(cosigned)


def test_a_policy_that_demands_nobody_is_always_satisfied() -> None:
    assert read_policy("").is_satisfied([])
    assert satisfied("quorum none")


def test_one_witness_may_be_enough() -> None:
    assert satisfied("quorum ann", ANN)
    assert not satisfied("quorum ann", BEN, CAT)


@pytest.mark.parametrize(("threshold", "least"), [("any", 1), ("1", 1), ("2", 2), ("3", 3), ("all", 3)])
def test_a_group_needs_as_many_as_it_says(threshold: str, least: int) -> None:
    everybody = ANN, BEN, CAT
    for count in range(4):
        assert satisfied(f"group g {threshold} ann ben cat\nquorum g", *everybody[:count]) == (count >= least)


def test_a_group_may_have_groups() -> None:
    rule = "group inner all ann ben\ngroup outer any inner cat\nquorum outer"
    assert satisfied(rule, CAT)
    assert satisfied(rule, ANN, BEN)
    assert not satisfied(rule, ANN)


def test_a_policy_names_its_logs() -> None:
    assert read_policy(f"log {LOG.key.text} https://desk.example\nlog {ANN.text}").logs == (LOG.key, ANN)


def test_a_log_is_not_its_own_witness() -> None:
    own = replace(LOG, type=COSIGNATURE, name="somebody.example").key
    with pytest.raises(Malformed, match="a log is not its own witness"):
        read_policy(f"log {LOG.key.text}\nwitness self {own.text}\n")


@pytest.mark.parametrize(
    "line",
    [
        "log",
        "log nonsense",
        f"log {LOG.key.text} https://desk.example more",
        "witness dan",
        f"witness ann {EVE.text}",
        f"witness dan {BEN.text}",
        f"witness dan {replace(BEN_SIGNER, name='dan.example').key.text}",
        f"witness dan {replace(BEN_SIGNER, type=ED25519).key.text}",
        f"log {BEN.text}",
        f"witness none {EVE.text}",
        "group g any",
        "group g any dan",
        "group g 0 ann",
        "group g 2 ann",
        "group g some ann",
        "group ann any ben",
        "group none any ben",
        "quorum dan",
        "quorum",
        "believe me",
    ],
)
def test_what_is_no_policy_is_told_with_its_line(line: str) -> None:
    with pytest.raises(Malformed, match="line 6 of the policy"):
        read_policy(f"{WITNESSES}{line}\n")


def test_a_witness_that_the_log_asks_has_its_address_behind_its_key() -> None:
    policy = read_policy(f"{WITNESSES}witness dan {EVE.text} https://dan.example/w/\n")
    assert policy.addresses == {"ben": "https://ben.example", "dan": "https://dan.example/w"}
