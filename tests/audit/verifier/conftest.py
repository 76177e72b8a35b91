"""The evidence of a desk that told the truth."""

from pathlib import Path

import pytest

from tests.audit.verifier.forging import Evidence, honest


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(honest(), tmp_path / "evidence").publish()
