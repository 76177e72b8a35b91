"""What judges the pages, as tests/servers/install has put it there."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from tests.servers import missing
from tests.servers.chromium import chromium

HERE: Final = Path(__file__).parent
VNU: Final = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
SECONDS: Final = 280


def judged(judge: str, addresses: Sequence[str]) -> dict[str, list[str]]:
    """What a judge that needs a browser found at each address."""
    found: dict[str, list[str]] = asked(judge, chromium(), *addresses)
    return found


def asked(judge: str, *arguments: str, **environment: str) -> Any:
    """What a judge says."""
    return json.loads(_output(needed("node"), str(installed(judge)), *arguments, **environment))


def seen(judge: str, address: str, change: Callable[[], None]) -> Any:
    """What a judge that says when it is "open" saw of an address, of which something is changed then."""
    command = (needed("node"), str(installed(judge)), chromium(), address)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as looking:
        assert looking.stderr
        assert looking.stderr.readline() == "open\n"
        change()
        told, faults = looking.communicate(timeout=SECONDS)
    assert looking.returncode == 0, faults
    return json.loads(told)[address]


def checked(files: Sequence[Path]) -> list[dict[str, Any]]:
    """What the Nu HTML checker says, warnings and hints included."""
    java = needed("java")
    if not VNU.exists():
        missing("the Nu HTML checker is not installed: run tests/servers/install, with node and npm")
    told = _output(java, "-jar", str(VNU), "--format", "json", "--exit-zero-always", "--stdout", *map(str, files))
    messages: list[dict[str, Any]] = json.loads(told)["messages"]
    return messages


def installed(judge: str) -> Path:
    """Its file, if what it needs is there."""
    if not (HERE / "node_modules/installed.json").exists():
        missing("what judges the pages is not installed: run tests/servers/install, with node and npm")
    return HERE / f"{judge}.mjs"


def needed(program: str) -> str:
    """Where it is."""
    return shutil.which(program) or missing(f"{program} is not installed: run tests/servers/install as root")


def _output(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, env=environment or None, check=False, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
