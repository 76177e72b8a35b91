import pytest

from domain.web_address import LONGEST, target_of


@pytest.mark.parametrize(
    "url",
    [
        "", "notices", "ftp://example.org/", "file:///etc/passwd", "http://", "https:///path", "http://a:b@example.org/",
        "http://example.org:99999/", "http://example.org:port/", "http://пример.рф/", "http://example.org/a b",
        "http://example.org/\r\nX: 1", "http://example.org/" + LONGEST * "a",
    ],
)  # fmt: skip
def test_only_a_plain_http_address_is_one(url: str) -> None:
    assert target_of(url) is None


def test_an_address_is_taken_apart() -> None:
    assert target_of("https://example.org") == ("https", "example.org", 443, "example.org", "/")
    assert target_of("http://example.org:81/a?b=c#d") == ("http", "example.org", 81, "example.org:81", "/a?b=c")
    assert target_of("http://[::1]/") == ("http", "::1", 80, "[::1]", "/")
