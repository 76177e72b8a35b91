"""`python -m service` is `glasno`: every command."""

from service.access_cli import access_command
from service.alerts_cli import alerts_group
from service.audit_cli import audit_group
from service.backup_cli import backup_command, restore_command
from service.bundle_cli import bundle_command
from service.cli import glasno
from service.component_cli import component
from service.erase_cli import erase_command
from service.exporter_cli import exporter
from service.imports.cli import import_group
from service.incident_cli import incident_group
from service.maintenance_cli import maintenance_group
from service.notices_cli import desk_group, notices
from service.organisation_cli import organisation
from service.people_cli import person, token
from service.prober.cli import prober
from service.probes_cli import probes
from service.publish_cli import publish_command
from service.relay.cli import relay
from service.replay_cli import replay_command
from service.rules_cli import rules_group
from service.serve import api, serve
from service.simulate_cli import bench_group
from service.subscribers.cli import subscribers
from service.succeed_cli import succeed_command
from service.upgrade_cli import upgrade_command
from service.witness_cli import witness_command
from service.work_cli import work

glasno.add_command(person)
glasno.add_command(token)
glasno.add_command(api)
glasno.add_command(serve)
glasno.add_command(work)
glasno.add_command(exporter)
glasno.add_command(relay)
glasno.add_command(prober)
glasno.add_command(notices)
glasno.add_command(organisation)
glasno.add_command(desk_group)
glasno.add_command(import_group)
glasno.add_command(component)
glasno.add_command(probes)
glasno.add_command(incident_group)
glasno.add_command(maintenance_group)
glasno.add_command(alerts_group)
glasno.add_command(publish_command)
glasno.add_command(replay_command)
glasno.add_command(access_command)
glasno.add_command(audit_group)
audit_group.add_command(bundle_command)
audit_group.add_command(witness_command)
audit_group.add_command(succeed_command)
glasno.add_command(subscribers)
glasno.add_command(rules_group)
glasno.add_command(erase_command)
glasno.add_command(backup_command)
glasno.add_command(restore_command)
glasno.add_command(upgrade_command)
glasno.add_command(bench_group)

__all__ = ["glasno"]

if __name__ == "__main__":
    glasno(prog_name="glasno")
