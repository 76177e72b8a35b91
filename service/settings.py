"""Settings: read once from the environment at start; every mistake is reported together."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Misconfigured(Exception):  # noqa: N818
    """One line for each setting that cannot be used, and what to do about it."""


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not (host and port.isdigit() and int(port) < 2**16):
        raise ValueError("expected HOST:PORT, for example 127.0.0.1:8000")
    return value


def _postgres(value: str) -> str:
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("expected postgresql://…; leave it unset for SQLite under the data directory")
    return value


Listen = Annotated[str, AfterValidator(_host_and_port)]
Postgres = Annotated[str, AfterValidator(_postgres)]


class Settings(BaseSettings):
    """The environment variables `GLASNO_…`; each name here in capitals."""

    model_config = SettingsConfigDict(env_prefix="GLASNO_", env_ignore_empty=True, frozen=True, extra="forbid")

    data_dir: Path = Path("var")
    database_url: Postgres = ""
    keys_url: Annotated[Postgres, Field(validate_default=True)] = ""
    master_key_file: Path | None = None
    log_key_file: Path | None = None
    listen: Listen = "127.0.0.1:8000"
    metrics_listen: Listen = "127.0.0.1:9108"
    public_url: str = ""
    evidence: Literal["public", "contract", "checkpoints"] = "checkpoints"
    webhooks_allow_private: bool = False
    """For trials only: notices may also go to private and loopback addresses."""

    @field_validator("keys_url")
    @classmethod
    def _keys_apart(cls, value: str, info: ValidationInfo) -> str:
        log = info.data.get("database_url")
        if log and value in ("", log):
            raise ValueError("another database than GLASNO_DATABASE_URL: keys are kept and backed up apart")
        return value

    @property
    def master_key(self) -> Path:
        """The file of the master key."""
        return self.master_key_file or self.data_dir / "master.key"

    @property
    def log_key(self) -> Path:
        """The file of the key that signs the log."""
        return self.log_key_file or self.data_dir / "log.key"


def read_settings() -> Settings:
    """The settings of this process; `Misconfigured` names every mistake, and every variable that does not exist."""
    unknown = sorted(name for name in os.environ if name.startswith("GLASNO_") and name not in _known())
    mistakes = [f"{name}: there is no such setting" for name in unknown]
    try:
        settings = Settings()
    except ValidationError as fault:
        mistakes += [_told(error["loc"], error["msg"]) for error in fault.errors()]
    if mistakes:
        raise Misconfigured("\n".join(mistakes))
    return settings


def _known() -> set[str]:
    return {f"GLASNO_{name}".upper() for name in Settings.model_fields}


def _told(where: tuple[int | str, ...], what: str) -> str:
    name = "".join(f"GLASNO_{part}: ".upper() for part in where)
    return name + what.removeprefix("Value error, ")
