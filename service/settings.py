"""Settings: read once from the environment at start; every mistake is reported together."""

import os
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from audit.tlog.note import Malformed
from audit.tlog.policy import read_policy
from domain.web_address import target_of
from service.mail import Post, sender_of, server_of
from service.relay.access import Server, addresses_of, login_of, trust_of

SECRETS: Final = Path("/run/secrets")
"""Where containers find theirs: a file `glasno_keys_url` there is as good as the variable `GLASNO_KEYS_URL`."""


class Misconfigured(Exception):
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


def _public(value: str) -> str:
    if value and ((target := target_of(value)) is None or "?" in target.path or "#" in value):
        raise ValueError("expected https://HOST, as others reach the desk")
    return value


def _smtp(value: str) -> str:
    if value:
        server_of(value)
    return value


def _proxies(value: str) -> str:
    for each in _listed(value):
        try:
            ip_network(each)
        except ValueError as fault:
            raise ValueError(f"expected addresses and networks, such as 10.0.0.5, 10.1.0.0/16: {fault}") from None
    return value


def _witnesses(path: Path | None) -> Path | None:
    if path:
        try:
            policy = read_policy(path.read_text())
        except (Malformed, OSError, UnicodeDecodeError) as fault:
            raise ValueError(f"{path} cannot be used: {fault}") from None
        if not policy.addresses:
            raise ValueError(f"{path} names no witness with an address: witness NAME VKEY URL")
    return path


def _listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _nats(value: str) -> str:
    if value:
        addresses_of(value)
    return value


def _login(path: Path | None) -> Path | None:
    if path:
        try:
            login_of(path)
        except (OSError, ValueError) as fault:
            raise ValueError(f"{path} cannot be used: {fault}") from None
    return path


def _authority(path: Path | None, info: ValidationInfo) -> Path | None:
    if path is None:
        return None
    if not info.data.get("nats_url", "tls://").startswith("tls://"):
        raise ValueError("it checks a certificate: GLASNO_NATS_URL has to be tls://…")
    try:
        trust_of(path)
    except OSError as fault:
        raise ValueError(f"{path} holds no certificates: {fault}") from None
    return path


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
    public_url: Annotated[str, AfterValidator(_public)] = ""
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""
    smtp_url: Annotated[str, AfterValidator(_smtp)] = ""
    mail_from: Annotated[str, Field(validate_default=True)] = ""
    evidence: Literal["public", "contract", "checkpoints"] = "checkpoints"
    witnesses: Annotated[Path | None, AfterValidator(_witnesses)] = None
    """Who is asked to cosign the log: a file in the form of C2SP tlog-policy."""
    nats_url: Annotated[str, AfterValidator(_nats)] = ""
    nats_credentials: Annotated[Path | None, AfterValidator(_login)] = None
    nats_ca: Annotated[Path | None, AfterValidator(_authority)] = None
    webhooks_allow_private: bool = False
    """For trials only: notices may also go to private and loopback addresses."""

    @field_validator("keys_url")
    @classmethod
    def _keys_apart(cls, value: str, info: ValidationInfo) -> str:
        log = info.data.get("database_url")
        if log and value in ("", log):
            raise ValueError("another database than GLASNO_DATABASE_URL: keys are kept and backed up apart")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _linked(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("public_url") == "":
            raise ValueError("GLASNO_PUBLIC_URL is required with it: links in mails lead there")
        return value

    @field_validator("mail_from")
    @classmethod
    def _signed(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("smtp_url") and not value:
            raise ValueError("whom mails are from is required with GLASNO_SMTP_URL: Name <status@example.org>")
        if value:
            sender_of(value)
        return value

    @property
    def public_address(self) -> str:
        """Where the desk is found, without a slash at its end."""
        return (self.public_url or f"http://{self.listen}").rstrip("/")

    @property
    def post(self) -> Post | None:
        """How mail is sent; None: it is not."""
        return Post(server_of(self.smtp_url), sender_of(self.mail_from)) if self.smtp_url else None

    @property
    def nats(self) -> Server | None:
        """Where events are relayed to; None: nowhere."""
        if not self.nats_url:
            return None
        return Server(addresses_of(self.nats_url), self.nats_credentials, self.nats_ca)

    @property
    def proxies(self) -> Sequence[str]:
        """The peers whose word on who asks (`X-Forwarded-For`, `X-Forwarded-Proto`) is believed."""
        return _listed(self.trusted_proxies)

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
        settings = Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
    except ValidationError as fault:
        mistakes += [_told(error["loc"], error["msg"]) for error in fault.errors()]
    except SettingsError as fault:  # which says what cannot be read, and nothing of what it holds
        mistakes.append(f"{SECRETS}: {fault}: {type(fault.__cause__).__name__}")
    if mistakes:
        raise Misconfigured("\n".join(mistakes))
    return settings


def _known() -> set[str]:
    return {f"GLASNO_{name}".upper() for name in Settings.model_fields}


def _told(where: tuple[int | str, ...], what: str) -> str:
    name = "".join(f"GLASNO_{part}: ".upper() for part in where)
    return name + what.removeprefix("Value error, ")
