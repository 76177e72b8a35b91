"""Disclosures: only what was logged is read, and only if it could not have been guessed."""

import base64
from typing import Any

import pytest

from audit.verifier.disclosure import Undisclosed, digest_of, digests_of, sections
from domain.canonical import NotCanonical, canonical

SALT = "A" * 22


def line(value: Any) -> bytes:
    return written(canonical(value))


def written(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def entry(*lines: bytes) -> bytes:
    """An opaque one that was logged with these sections."""
    return canonical({"_sd": [digest_of(each) for each in lines], "v": 1})


def test_the_digest_is_the_one_of_the_standard() -> None:
    """By an example of RFC 9901 (section 4.2)."""
    example = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest_of(example) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_sections_are_read_by_their_names() -> None:
    one, other = line([SALT, "facts", {"by": "me"}]), line([SALT, "text", {"body": "Да"}])
    assert sections(entry(one, other), [other, one]) == {"facts": {"by": "me"}, "text": {"body": "Да"}}
    assert sections(entry(one, other), []) == {}
    assert len(digests_of(entry(one, other))) == 2


@pytest.mark.parametrize(
    "logged",
    [
        b"!",
        b"",
        line("no list"),
        line([SALT, "text"]),
        line([SALT, "text", "body", "more"]),
        line([1, "text", "body"]),
        line(["short", "text", "body"]),
        line([SALT, 1, "body"]),
        b"\xff",
        written(b'["%b", "text", "body"]' % SALT.encode()),
        written(b'["%b","text",{"body":"yes","body":"no"}]' % SALT.encode()),
        written(b'["%b","text",NaN]' % SALT.encode()),
        written(b'["%b","text",%b]' % (SALT.encode(), b"[" * 9_000 + b"]" * 9_000)),
    ],
    ids=lambda logged: f"{logged[-20:]!r}, {len(logged)} bytes",
)
def test_what_was_logged_but_is_no_disclosure_says_nothing(logged: bytes) -> None:
    with pytest.raises(Undisclosed):
        sections(entry(logged), [logged])


def test_what_was_not_logged_is_not_read() -> None:
    with pytest.raises(Undisclosed, match="digest"):
        sections(entry(line([SALT, "text", "one"])), [line([SALT, "text", "other"])])


def test_two_sections_of_one_name_are_not_both_read() -> None:
    both = line([SALT, "text", "one"]), line([SALT, "text", "other"])
    with pytest.raises(Undisclosed, match="text"):
        sections(entry(*both), both)


def test_what_is_no_entry_has_no_sections() -> None:
    with pytest.raises(NotCanonical):
        sections(b"{ }", [])
