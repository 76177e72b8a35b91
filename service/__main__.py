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
    (glasno, "access", "access_cli", "access_command"),
    (glasno, "alerts", "alerts_cli", "alerts_group"),
    (glasno, "api", "api_cli", "api"),
    (glasno, "apply", "apply_cli", "apply_command"),
    (glasno, "backup", "backup_cli", "backup_command"),
    (glasno, "bench", "simulate_cli", "bench_group"),
    (glasno, "check", "check_cli", "check_command"),
    (glasno, "component", "component_cli", "component"),
    (glasno, "erase", "erase_cli", "erase_command"),
    (glasno, "exporter", "exporter_cli", "exporter"),
    (glasno, "import", "imports.cli", "import_group"),
    (glasno, "incident", "incident_cli", "incident_group"),
    (glasno, "maintenance", "maintenance_cli", "maintenance_group"),
    (glasno, "notices", "notices_cli", "notices"),
    (glasno, "person", "people_cli", "person"),
    (glasno, "prober", "prober.cli", "prober"),
    (glasno, "probes", "probes_cli", "probes"),
    (glasno, "publish", "publish_cli", "publish_command"),
    (glasno, "rebuild", "rebuild_cli", "rebuild_command"),
    (glasno, "relay", "relay.cli", "relay"),
    (glasno, "replay", "replay_cli", "replay_command"),
    (glasno, "restore", "backup_cli", "restore_command"),
    (glasno, "rules", "rules_cli", "rules_group"),
    (glasno, "serve", "serve_cli", "serve"),
    (glasno, "subscribers", "subscribers.cli", "subscribers"),
    (glasno, "token", "people_cli", "token"),
    (glasno, "upgrade", "upgrade_cli", "upgrade_command"),
    (glasno, "work", "work_cli", "work"),
    (audit, "bundle", "bundle_cli", "bundle_command"),
    (audit, "proof", "proof_cli", "proof_command"),
    (audit, "sign", "sign_cli", "sign_command"),
    (audit, "succeed", "succeed_cli", "succeed_command"),
    (audit, "verifier", "verify_cli", "verifier_command"),
    (audit, "verify", "verify_cli", "verify_command"),
    (audit, "witness", "witness_cli", "witness_command"),
    (desk, "webhook", "webhooks_cli", "staff_webhook"),
    (organisation, "link", "organisation_cli", "link_command"),
    (organisation, "links", "organisation_cli", "links_command"),
    (organisation, "unlink", "organisation_cli", "unlink_command"),
    (organisation, "webhook", "webhooks_cli", "organisation_webhook"),
)
"""Each in its group: its name, and the module of this package and the function there that are it."""
for group, *place in COMMANDS:
    group.add_command(Named(*place))

__all__ = ["audit", "desk", "glasno", "organisation"]

if __name__ == "__main__":
    glasno(prog_name="glasno")
