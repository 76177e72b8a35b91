"""What a desk file says of probes: what looks at which component, how often, and when it is believed."""

import re
from ipaddress import ip_address
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from domain.component import ComponentStatus
from domain.configuration.probe import DESK, KINDS
from domain.instant import DAY, MINUTE, SECOND, Duration
from domain.probe_kind import HTTPS_PORT, WARNED, DnsRecord, host_and_port
from domain.web_address import target_of
from service.desk_fields import Key, Lasting, Section, Text
from service.notation import duration_text

OFTENEST: Final[Duration] = 5 * SECOND
RAREST: Final[Duration] = DAY
USUAL: Final[Duration] = MINUTE
USUAL_TIMEOUT: Final[Duration] = 10 * SECOND
LONGEST_TIMEOUT: Final[Duration] = MINUTE
FAMILIES: Final = {DnsRecord.A: 4, DnsRecord.AAAA: 6}
NESTED: Final = re.compile(r"[*+}]\)[*+{]")
"""Whose matching doubles with every letter: nothing else of the process runs meanwhile."""
SAID: Final = (ComponentStatus.DEGRADED, ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)


def _web(url: str) -> str:
    if target_of(url) is None:
        raise ValueError(f"{url!r} is no address: write http:// or https://, host and path, without a user in it")
    return url


def _base(url: str) -> str:
    if "?" in _web(url) or "#" in url:
        raise ValueError(f"{url!r}: leave out everything from ? or # on")
    return url


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"{text!r} is no regular expression: {fault}") from None
    if NESTED.search(text):
        raise ValueError(f"{text!r}: a repetition of a repetition may take for ever; write it without")
    return text


def _host_and_port(address: str) -> str:
    if host_and_port(address) is None:
        raise ValueError(f"{address!r}: write host:port, such as db.example.net:5432 or [2001:db8::1]:5432")
    return address


def _host(address: str) -> str:
    if host_and_port(address, HTTPS_PORT) is None:
        raise ValueError(f"{address!r}: write a host, or host:port")
    return address


def _name(name: str) -> str:
    if host_and_port(name, HTTPS_PORT) != (name, HTTPS_PORT):
        raise ValueError(f"{name!r} is no name of a host")
    return name


def _short(field: str) -> BeforeValidator:
    """A text stands for the section with that field alone."""
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | int) else value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise ValueError(f"{', '.join(twice)}: name each prober once")
    return () if names == (DESK,) else names


def _failing(status: ComponentStatus) -> ComponentStatus:
    if status not in SAID:
        raise ValueError(f"a probe that fails says {', '.join(SAID)}")
    return status


Url: TypeAlias = Annotated[str, AfterValidator(_web)]
Base: TypeAlias = Annotated[str, AfterValidator(_base)]
Host: TypeAlias = Annotated[str, AfterValidator(_host)]
Name: TypeAlias = Annotated[str, AfterValidator(_name)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=366)]
Times: TypeAlias = Annotated[int, Field(ge=1, le=20)]
Query: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Status: TypeAlias = Annotated[int, Field(ge=100, le=599)]


class HttpSection(Section):
    url: Url
    method: Literal["GET", "HEAD"] = "GET"
    status: Annotated[tuple[Status, ...], BeforeValidator(_listed)] = ()
    body: Annotated[str, Field(max_length=200), AfterValidator(_expression)] = ""
    certificate_days: Days = WARNED

    @model_validator(mode="after")
    def _has_a_body(self) -> Self:
        if self.body and self.method == "HEAD":
            raise ValueError("an answer to HEAD has no body: leave method out, or body")
        return self


class TcpSection(Section):
    address: Annotated[str, AfterValidator(_host_and_port)]


class DnsSection(Section):
    name: Name
    record: DnsRecord = DnsRecord.A
    expected: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    server: Annotated[str, AfterValidator(lambda server: server and _host(server))] = ""

    @model_validator(mode="after")
    def _expects_what_can_come(self) -> Self:
        if self.record in FAMILIES and (strange := [each for each in self.expected if not self._can_come(each)]):
            raise ValueError(f"{', '.join(strange)}: {self.record} records are IPv{FAMILIES[self.record]} addresses")
        return self

    def _can_come(self, address: str) -> bool:
        try:
            return ip_address(address).version == FAMILIES[self.record]
        except ValueError:
            return False


class TlsSection(Section):
    address: Host
    name: Annotated[str, AfterValidator(lambda name: name and _name(name))] = ""
    certificate_days: Days = WARNED


class HeartbeatSection(Section):
    within: Lasting

    @model_validator(mode="after")
    def _can_be_noticed(self) -> Self:
        if self.within < OFTENEST:
            raise ValueError(f"{duration_text(self.within)} is too short: write {duration_text(OFTENEST)} at the least")
        return self


class StatuspageSection(Section):
    page: Base
    component: Text | Literal[""] = ""


class PrometheusSection(Section):
    server: Base
    query: Query


class ProbeSection(Section):
    component: Key | Literal[""]
    http: Annotated[HttpSection | None, _short("url")] = None
    tcp: Annotated[TcpSection | None, _short("address")] = None
    dns: Annotated[DnsSection | None, _short("name")] = None
    tls: Annotated[TlsSection | None, _short("address")] = None
    heartbeat: Annotated[HeartbeatSection | None, _short("within")] = None
    statuspage: Annotated[StatuspageSection | None, _short("page")] = None
    prometheus: PrometheusSection | None = None
    every: Lasting | None = None
    timeout: Lasting | None = None
    fails_after: Times | None = None
    recovers_after: Times | None = None
    says: Annotated[ComponentStatus, AfterValidator(_failing)] | None = None
    probers: Annotated[tuple[Key, ...], BeforeValidator(_listed), Field(max_length=9), AfterValidator(_each_once)] = ()

    @property
    def interval(self) -> Duration:
        """From one look to the next; a heartbeat is judged three times within what it promises."""
        usual = min(max(self.heartbeat.within // 3, OFTENEST), USUAL) if self.heartbeat else USUAL
        return usual if self.every is None else self.every

    @property
    def patience(self) -> Duration:
        """How long a look may take."""
        return min(USUAL_TIMEOUT, self.interval - SECOND) if self.timeout is None else self.timeout

    @model_validator(mode="after")
    def _looks_at_one_thing(self) -> Self:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'nothing'} is looked at: write one of {', '.join(KINDS)}")
        if not self.component and self.heartbeat is None:
            raise ValueError("only a heartbeat may be of no component: name the component")
        return self

    @model_validator(mode="after")
    def _can_keep_its_pace(self) -> Self:
        if not OFTENEST <= self.interval <= RAREST:
            raise ValueError(f"every: write {duration_text(OFTENEST)} at the least and {duration_text(RAREST)} at most")
        if not self.patience < self.interval or self.patience > LONGEST_TIMEOUT:
            raise ValueError(f"timeout: shorter than every, and {duration_text(LONGEST_TIMEOUT)} at most")
        return self

    @model_validator(mode="after")
    def _says_what_it_can(self) -> Self:
        if self.statuspage and self.says:
            raise ValueError("says: the other page says itself how bad it is; leave it out")
        if self.heartbeat and self.timeout:
            raise ValueError("timeout: nothing is asked for a heartbeat; leave it out")
        if self.heartbeat and self.probers:
            raise ValueError("probers: a heartbeat is listened to, by the desk; leave it out")
        return self
