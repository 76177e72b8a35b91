"""docker-compose.yml and Dockerfile, as far as they can be judged without an engine."""

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from service.__main__ import glasno
from service.settings import SECRETS, Settings
from status_page.export import RENEWED
from tests.quality.installed import needed
from tests.servers.prometheus import tool as promtool

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = {name: each for name, each in SERVICES.items() if each["image"].startswith("glasno:")}
DESKS: Final = {name: each for name, each in OURS.items() if name != "prepare"}
BIN: Final = ROOT / ".venv/bin"


def test_the_file_is_one_of_compose() -> None:
    command = (BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml")
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    checked = subprocess.run((BIN / "hadolint", ROOT / "Dockerfile"), capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("name", DESKS)
def test_each_process_of_the_desk_is_a_command_that_there_is(name: str) -> None:
    command, *arguments = DESKS[name]["command"]
    glasno.commands[command].make_context(command, arguments)  # or it says what is wrong with them


@pytest.mark.parametrize("name", DESKS)
def test_each_setting_is_one_that_there_is(name: str) -> None:
    secrets = {each.upper() for each in DESKS[name]["secrets"] if each.startswith("glasno_")}
    told = {*DESKS[name]["environment"], *secrets}
    assert {each.removeprefix("GLASNO_").lower() for each in told} <= set(Settings.model_fields)


def test_secrets_are_read_where_containers_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path("/run/secrets") == SECRETS
    (tmp_path / "glasno_database_url").write_text("postgresql://glasno:word@postgres/glasno")
    (tmp_path / "glasno_keys_url").write_text("postgresql://glasno:word@postgres/keys")
    for name in [each for each in os.environ if each.startswith("GLASNO_")]:
        monkeypatch.delenv(name)
    assert Settings(_secrets_dir=tmp_path).keys_url == "postgresql://glasno:word@postgres/keys"


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_root_or_unbounded_or_writes_where_it_should_not(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    rootless = {"prometheus", "alertmanager", "grafana"}
    """Their images name a user of their own."""
    assert name == "prepare" or name in rootless or service["user"] not in ("0", "0:0", "root")


def test_what_is_given_away_is_not_taken_back_by_what_an_image_has_there() -> None:
    given = [each.split(":")[0] for each in SERVICES["prepare"]["volumes"]]
    mounted = [each for name in ("nats", "caddy") for each in SERVICES[name]["volumes"]]
    found = [each for each in mounted if each.split(":")[0] in given]
    assert len(found) == len(given)
    assert all(each.endswith(":nocopy") for each in found)


def test_a_database_that_is_still_being_founded_does_not_look_ready() -> None:
    """The image founds it with a server that listens on a socket alone."""
    assert "-h" in SERVICES["postgres"]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_a_version_and_every_process_is_asked_how_it_is(name: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", SERVICES[name]["image"])
    assert name == "prepare" or SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_a_copy_of_the_site_that_nobody_renews_does_not_look_well(tmp_path: Path) -> None:
    _, *command = SERVICES["publish"]["healthcheck"]["test"]
    here = [sys.executable if each == "python" else each.replace("/srv/page", str(tmp_path)) for each in command]

    def is_well() -> bool:
        return subprocess.run(here, capture_output=True, check=False).returncode == 0

    assert not is_well()
    (renewed := tmp_path / RENEWED).touch()
    assert is_well()
    os.utime(renewed, (old := time.time() - 301, old))
    assert not is_well()


def test_base_images_are_the_same_python_that_the_tests_run_at_least() -> None:
    images = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", each) for each in images)


def test_the_image_holds_every_package_and_nothing_else() -> None:
    copied = set(re.findall(r"^COPY (\w+) \w+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == packages | {"requirements.txt", "pyproject.toml"}


def test_what_the_image_holds_is_enough_to_begin_and_to_write_rules(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (\w\S*) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    left_out = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] not in "#!"]
    assert left_out == ["*", "**/__pycache__"]
    for each in copied:
        copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copyfile
        copy(ROOT / each, tmp_path / each)
    [begun] = re.findall(r'python -c "([^"]+)"', (ROOT / "Dockerfile").read_text().replace("\\\n", ""))
    asked = f"{begun}; import monitoring.generated.prometheus as by; print(by.RULES, *by.RULES.glob('*.yml'))"
    command, here = (sys.executable, "-P", "-c", asked), {"PYTHONPATH": str(tmp_path)}
    told = subprocess.check_output(command, cwd=tmp_path, env=os.environ | here, text=True).split()
    assert told[0] == str(tmp_path / "monitoring/rules")
    assert len(told) > 1


def test_views_that_are_built_aside_do_not_lie_in_memory() -> None:
    folder = re.findall(r"^ENV SQLITE_TMPDIR=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert folder == [SERVICES["work"]["environment"]["GLASNO_DATA_DIR"]]


def test_whatever_is_mounted_is_there_or_made_by_the_script(tmp_path: Path) -> None:
    made = secrets(tmp_path)
    mounted = [each for service in SERVICES.values() for each in service.get("volumes", []) if each.startswith("./")]
    for path in (each.split(":")[0].removeprefix("./") for each in mounted):
        assert (ROOT / path).exists() or path in made
    files = {each["file"].removeprefix("./") for each in COMPOSE["secrets"].values()}
    assert files <= made
    given = [each for service in SERVICES.values() for each in service.get("secrets", [])]
    named = {each if isinstance(each, str) else each["source"] for each in given}
    assert named == set(COMPOSE["secrets"])


def test_secrets_are_made_once_and_lie_in_a_folder_of_their_owner(tmp_path: Path) -> None:
    secrets(tmp_path)
    folder = tmp_path / "deploy/secrets"
    first = {path.name: path.read_text() for path in folder.iterdir()}
    secrets(tmp_path)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert first["postgres_password"] in first["glasno_database_url"]
    assert (tmp_path / ".env").read_text() == "GLASNO_HOST=status.example.org\n"


def test_without_a_host_the_script_says_what_is_missing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    told = subprocess.run(("sh", tmp_path / "deploy/secrets.sh"), capture_output=True, text=True, check=False)
    assert "HOST is missing" in told.stderr
    assert told.returncode != 0


def test_dashboards_are_found_where_grafana_looks() -> None:
    provider = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/glasno.yml").read_text())["providers"][0]
    mounts = dict(each.split(":")[:2] for each in SERVICES["grafana"]["volumes"])
    assert mounts["./monitoring/dashboards"] == provider["options"]["path"]
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())
    assert source["datasources"][0]["url"] == "http://prometheus:9090"


def test_each_process_that_has_metrics_is_scraped() -> None:
    jobs = {each["job_name"]: each for each in prometheus()["scrape_configs"]}
    scraped = {each.partition(":")[0] for each in jobs["glasno"]["static_configs"][0]["targets"]}
    assert scraped == DESKS.keys() - {"publish"}


def test_the_linters_of_prometheus_and_caddy_find_nothing(tmp_path: Path) -> None:
    secrets(tmp_path)
    shutil.copytree(ROOT / "monitoring/rules", tmp_path / "deploy/rules")
    for command in (
        (promtool(), "check", "config", tmp_path / "deploy/prometheus.yml"),
        (needed("caddy"), "validate", "--config", ROOT / "deploy/Caddyfile", "--adapter", "caddyfile"),
    ):
        told = SERVICES["caddy"]["environment"] | {"GLASNO_HOST": "localhost", "HOME": str(tmp_path)}
        checked = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | told)
        assert checked.returncode == 0, checked.stderr


def prometheus() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())
    return told


def secrets(folder: Path) -> set[str]:
    """What the script makes, by its path in the checkout."""
    if not (folder / "deploy").exists():
        shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets", "site.yml"))
    before = {path for path in folder.rglob("*") if path.is_file()}
    subprocess.run(("sh", folder / "deploy/secrets.sh", "status.example.org"), check=True)
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path not in before}
