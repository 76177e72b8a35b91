"""What a desk file says of probes."""

from typing import Any

import pytest
import yaml

from domain.component import ComponentStatus, Through, set_status
from domain.configuration.probe import ProbeDefined
from domain.instant import HOUR, MINUTE, SECOND
from domain.probe_kind import (
    DnsCheck,
    DnsRecord,
    HeartbeatCheck,
    HttpCheck,
    PrometheusCheck,
    StatuspageCheck,
    TcpCheck,
    TlsCheck,
)
from service.apply import plan
from service.build import build_desk
from service.desk_yaml import BadDeskFile
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.service.desk_files import apply, default, mistakes, written

WEB = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}}
FORMS = """
web-https: {component: web, http: https://www.example.net/health}
search: {component: web, http: {url: "https://www.example.net/", method: HEAD, status: 401, certificate_days: 7}}
db-port: {component: web, tcp: "db:5432", every: 30s, timeout: 5s, fails_after: 3, recovers_after: 2, says: degraded}
names: {component: web, dns: {name: www.example.net, record: AAAA, expected: "2001:db8::1", server: "192.0.2.53"}}
mail: {component: web, tls: "mail.example.net:465"}
nightly: {component: web, heartbeat: 26h}
often: {component: web, heartbeat: 30s}
carrier: {component: web, statuspage: {page: https://status.carrier.example, component: Backbone}}
outside: {component: web, prometheus: {server: "http://127.0.0.1:9090", query: probe_success}}
prometheus: {component: "", heartbeat: 3m}
"""
HTTP = {"component": "web", "http": "https://www.example.net/"}
CHECKS = {
    "web-https": HttpCheck("https://www.example.net/health"),
    "search": HttpCheck("https://www.example.net/", "HEAD", (401,), certificate_days=7),
    "db-port": TcpCheck("db:5432"),
    "names": DnsCheck("www.example.net", DnsRecord.AAAA, ("2001:db8::1",), "192.0.2.53"),
    "mail": TlsCheck("mail.example.net:465"),
    "nightly": HeartbeatCheck(26 * HOUR),
    "often": HeartbeatCheck(30 * SECOND),
    "carrier": StatuspageCheck("https://status.carrier.example", "Backbone"),
    "outside": PrometheusCheck("http://127.0.0.1:9090", "probe_success"),
    "prometheus": HeartbeatCheck(3 * MINUTE),
}


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


def probing(**probes: Any) -> dict[str, Any]:
    return default() | {"components": {"web": WEB}, "probes": probes}


def defined(desk: Desk) -> dict[str, ProbeDefined]:
    return dict(desk.configured.state().of(ProbeDefined))


def test_every_kind_is_stored_as_it_is_written(desk: Desk) -> None:
    values = probing(**yaml.safe_load(FORMS))
    assert apply(desk, values)[1:] == [f"probe {key}: new" for key in CHECKS]
    assert {key: each.check for key, each in defined(desk).items()} == CHECKS
    assert apply(desk, values) == []


def test_what_is_not_said_is_as_usual(desk: Desk) -> None:
    apply(desk, probing(**yaml.safe_load(FORMS)))
    probes = defined(desk)
    usual, beat, given = probes["web-https"], probes["nightly"], probes["db-port"]
    assert (usual.every, usual.timeout, usual.fails_after, usual.recovers_after) == (MINUTE, 10 * SECOND, 2, 2)
    assert usual.says is ComponentStatus.MAJOR_OUTAGE
    assert (beat.every, beat.fails_after, beat.recovers_after) == (MINUTE, 1, 1)
    assert probes["often"].every == 10 * SECOND
    assert (given.every, given.timeout, given.fails_after, given.says) == (30 * SECOND, 5 * SECOND, 3, "degraded")


def test_a_look_never_takes_as_long_as_the_interval(desk: Desk) -> None:
    apply(desk, probing(web={"component": "web", "tcp": "db:5432", "every": "5s"}))
    assert defined(desk)["web"].timeout == 4 * SECOND


def test_a_change_is_told_part_by_part(desk: Desk) -> None:
    probe = {"component": "web", "http": "https://a.example/"}
    apply(desk, probing(web=probe))
    changed = probe | {"http": {"url": "https://b.example/", "status": [200, 401]}, "every": "30s"}
    assert apply(desk, probing(web=changed)) == [
        "probe web: every 1m -> 30s",
        "probe web: http url https://a.example/ -> https://b.example/",
        "probe web: http status none -> 200, 401",
    ]
    assert apply(desk, probing()) == ["probe web: withdrawn"]


def test_a_probe_of_a_component_that_is_not_there_is_a_mistake(desk: Desk) -> None:
    with pytest.raises(BadDeskFile, match="probe moon: there is no component moon"):
        apply(desk, probing(moon={"component": "moon", "tcp": "moon:1"}))


def test_whoever_holds_a_probed_component_is_reminded_of_it(desk: Desk) -> None:
    values = probing(web={"component": "web", "tcp": "db:5432"}, prometheus={"component": "", "heartbeat": "3m"})
    apply(desk, values)
    assert plan(desk, written(values), at=desk.now()).warnings == []
    desk.components.act(
        Command(desk.new_id()), desk.name("component", "web"), set_status, key="web", known={"web"},
        status=ComponentStatus.DEGRADED, through=Through.PERSON, at=desk.now(),
    )  # fmt: skip
    [warning] = plan(desk, written(values), at=desk.now()).warnings
    assert warning.startswith("web is set by a person: its probes do not count until `glasno component release web`")


@pytest.mark.parametrize(
    ("probe", "told"),
    [
        ({}, "probes.a: nothing is looked at: write one of http, tcp"),
        ({"tcp": "a:1", "http": "http://a"}, "probes.a: http and tcp is looked at: write one of"),
        ({"tcp": "a:1", "component": ""}, "probes.a: only a heartbeat may be of no component"),
        ({"tcp": "a"}, "probes.a.tcp.address: 'a': write host:port"),
        ({"tls": "a:b"}, "probes.a.tls.address: 'a:b': write a host, or host:port"),
        ({"tls": {"address": "a", "name": "a b"}}, "probes.a.tls.name: 'a b' is no name of a host"),
        ({"http": "ftp://a"}, "probes.a.http.url: 'ftp://a' is no address"),
        ({"http": "http://me:secret@a"}, "probes.a.http.url: 'http://me:secret@a' is no address"),
        ({"http": {"url": "http://a", "body": "(a"}}, "probes.a.http.body: '(a' is no regular expression"),
        ({"http": {"url": "http://a", "body": "(a+)+b"}}, "probes.a.http.body: '(a+)+b': a repetition of a repetition"),
        ({"http": {"url": "http://a", "body": "a", "method": "HEAD"}}, "probes.a.http: an answer to HEAD has no body"),
        ({"http": {"url": "http://a", "status": 99}}, "probes.a.http.status.0: Input should be greater than or equal"),
        ({"dns": "a:53"}, "probes.a.dns.name: 'a:53' is no name of a host"),
        ({"dns": {"name": "a", "expected": "b"}}, "probes.a.dns: b: A records are IPv4 addresses"),
        ({"dns": {"name": "a", "record": "AAAA", "expected": "192.0.2.1"}}, "probes.a.dns: 192.0.2.1: AAAA records"),
        ({"dns": {"name": "a", "server": "b c"}}, "probes.a.dns.server: 'b c': write a host"),
        ({"heartbeat": "2s"}, "probes.a.heartbeat: 2s is too short: write 5s at the least"),
        ({"heartbeat": "3m", "timeout": "5s"}, "probes.a: timeout: nothing is asked for a heartbeat"),
        ({"statuspage": "https://a/?b"}, "probes.a.statuspage.page: 'https://a/?b': leave out everything from ?"),
        ({"statuspage": "https://a", "says": "degraded"}, "probes.a: says: the other page says itself"),
        ({"prometheus": {"server": "http://a", "query": " "}}, "probes.a.prometheus.query: "),
        ({"tcp": "a:1", "every": "1s"}, "probes.a: every: write 5s at the least and 1d at most"),
        ({"tcp": "a:1", "every": "2d"}, "probes.a: every: write 5s at the least and 1d at most"),
        ({"tcp": "a:1", "every": "5s", "timeout": "5s"}, "probes.a: timeout: shorter than every, and 1m at most"),
        ({"tcp": "a:1", "every": "1h", "timeout": "2m"}, "probes.a: timeout: shorter than every, and 1m at most"),
        ({"tcp": "a:1", "fails_after": 0}, "probes.a.fails_after: Input should be greater than or equal to 1"),
        ({"tcp": "a:1", "says": "operational"}, "probes.a.says: a probe that fails says degraded, partial_outage"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(probe: dict[str, Any], told: str) -> None:
    [mistake] = mistakes(probing(a={"component": "web"} | probe))
    assert mistake.startswith(told)


def test_who_looks_is_one_or_several_and_else_the_desk(desk: Desk) -> None:
    told = {"one": "fra", "several": ["desk", "fra", "msk"], "itself": "desk"}
    apply(desk, probing(none=HTTP, **{key: HTTP | {"probers": each} for key, each in told.items()}))
    found = {key: each.probers for key, each in defined(desk).items()}
    assert found == {"none": (), "one": ("fra",), "several": ("desk", "fra", "msk"), "itself": ()}


@pytest.mark.parametrize(
    ("probe", "why"),
    [
        (HTTP | {"probers": ["fra", "fra"]}, "fra: name each prober once"),
        (HTTP | {"probers": "fra.1"}, "does not fit"),
        ({"component": "web", "heartbeat": "1m", "probers": "fra"}, "a heartbeat is listened to, by the desk"),
    ],
)
def test_probers_that_cannot_be_are_told(probe: dict[str, Any], why: str) -> None:
    assert why in "".join(mistakes(probing(web=probe)))
