"""The page in Chromium, which the tests start for themselves."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from domain.component import ComponentStatus
from tests.servers import missing
from tests.status_page.served import served
from tests.status_page.stage import Stage

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip
NARROW = 320


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or missing("Chromium is not installed: run tests/servers/install as root")


@pytest.fixture
def full(stage: Stage) -> Stage:
    stage.define("web", "mail")
    stage.set("web", ComponentStatus.PARTIAL_OUTAGE)
    stage.taken()
    return stage


def test_without_scripts_the_state_and_the_figures_are_there(full: Stage, chromium: str, tmp_path: Path) -> None:
    full.get()
    with served(full) as address:
        page = loaded(chromium, without_scripts(tmp_path), f"{address}/en/")
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "Partial outage" in text
    assert re.search(r"partial outage:(?:\s|&nbsp;)*1\s", text)
    assert page.count("<table") == 1
    assert re.search(r"\sreaction\s", text)
    assert "100.000&nbsp;%" in text


@pytest.mark.parametrize("state", [ComponentStatus.DEGRADED, ComponentStatus.UNDER_MAINTENANCE])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_on_a_narrow_screen_nothing_sticks_out(
    full: Stage, chromium: str, tmp_path: Path, language: str, state: ComponentStatus
) -> None:
    """Measured from a frame of 320 px around the page's own bytes."""
    full.set("web", state)
    full.incident({"mail": ComponentStatus.DEGRADED})
    (tmp_path / "page.html").write_bytes(full.get(f"/{language}/").content)
    (tmp_path / "frame.html").write_text(
        f'<iframe id="f" src="page.html" style="width:{NARROW}px;height:900px;border:0"></iframe><script>'
        "onload = () => { document.title = f.contentDocument.documentElement.scrollWidth; }</script>"
    )
    measured = loaded(chromium, tmp_path, (tmp_path / "frame.html").as_uri(), "--allow-file-access-from-files")
    assert f"<title>{NARROW}</title>" in measured


def test_scripts_are_really_off(chromium: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p id=p>silent</p><script>p.textContent = 'run'</script>")
    address = (tmp_path / "page.html").as_uri()
    assert ">run<" in loaded(chromium, tmp_path, address)
    assert ">silent<" in loaded(chromium, without_scripts(tmp_path / "other"), address)


def without_scripts(folder: Path) -> Path:
    """A folder for a browser whose user has turned scripts off."""
    preferences = folder / "profile/Default/Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"profile": {"default_content_setting_values": {"javascript": 2}}}))
    return folder


def loaded(chromium: str, folder: Path, address: str, *flags: str) -> str:
    """The document after it was loaded."""
    command = [chromium, *FLAGS, *flags, f"--user-data-dir={folder / 'profile'}", "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
