"""`python -m service` is `glasno`: every command, by name and place."""

from typing import Final

import click

from service.commands import Commands, Named


@click.group(cls=Commands)
def glasno() -> None:
    """A service desk whose history cannot be quietly rewritten."""


@glasno.group()
def audit() -> None:
    """The transparency log: sign it, prove what stands in it, verify it."""


@glasno.group()
def desk() -> None:
    """The desk itself; what its figures are counted in is set by `glasno apply`."""


@glasno.group()
def organisation() -> None:
    """Client organisations; they are registered by `glasno apply`."""


COMMANDS: Final = (
    (glasno, "access", "access", "access_command"),
    (glasno, "alerts", "alerts", "alerts_group"),
    (glasno, "api", "api", "api"),
    (glasno, "apply", "apply", "apply_command"),
    (glasno, "backup", "backup", "backup_command"),
    (glasno, "bench", "simulate", "bench_group"),
    (glasno, "check", "check", "check_command"),
    (glasno, "component", "component", "component"),
    (glasno, "erase", "erase", "erase_command"),
    (glasno, "exporter", "exporter", "exporter"),
    (glasno, "import", "imports", "import_group"),
    (glasno, "incident", "incident", "incident_group"),
    (glasno, "maintenance", "maintenance", "maintenance_group"),
    (glasno, "notices", "notices", "notices"),
    (glasno, "person", "people", "person"),
    (glasno, "prober", "prober", "prober"),
    (glasno, "probes", "probes", "probes"),
    (glasno, "publish", "publish", "publish_command"),
    (glasno, "rebuild", "rebuild", "rebuild_command"),
    (glasno, "relay", "relay", "relay"),
    (glasno, "replay", "replay", "replay_command"),
    (glasno, "restore", "backup", "restore_command"),
    (glasno, "rules", "rules", "rules_group"),
    (glasno, "serve", "serve", "serve"),
    (glasno, "subscribers", "subscribers", "subscribers"),
    (glasno, "token", "people", "token"),
    (glasno, "upgrade", "upgrade", "upgrade_command"),
    (glasno, "work", "work", "work"),
    (audit, "bundle", "bundle", "bundle_command"),
    (audit, "proof", "proof", "proof_command"),
    (audit, "sign", "sign", "sign_command"),
    (audit, "succeed", "succeed", "succeed_command"),
    (audit, "verifier", "verify", "verifier_command"),
    (audit, "verify", "verify", "verify_command"),
    (audit, "witness", "witness", "witness_command"),
    (desk, "webhook", "webhooks", "staff_webhook"),
    (organisation, "link", "organisation", "link_command"),
    (organisation, "links", "organisation", "links_command"),
    (organisation, "unlink", "organisation", "unlink_command"),
    (organisation, "webhook", "webhooks", "organisation_webhook"),
)
"""Each in its group: its name, and the module of `service.commands` and the function there that are it."""
for group, *place in COMMANDS:
    group.add_command(Named(*place))

__all__ = ["audit", "desk", "glasno", "organisation"]

if __name__ == "__main__":
    glasno(prog_name="glasno")
