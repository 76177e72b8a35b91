from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitoring.probes import certificate
from tests.monitoring.probes.certificates import Authority, pem, root


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Authority], Authority]]:
    """The system trusts this authority and no other."""

    def in_it(authority: Authority) -> Authority:
        file = tmp_path / "trusted.pem"
        file.write_bytes(pem(authority.certificate))
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        certificate._context_of.cache_clear()
        return authority

    yield in_it
    certificate._context_of.cache_clear()


@pytest.fixture
def authority(trust: Callable[[Authority], Authority]) -> Authority:
    """One that is trusted."""
    return trust(root())
