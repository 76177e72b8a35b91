"""`python -m service` is `glasno`: every command."""

from service.cli import glasno
from service.component_cli import component
from service.imports.cli import import_group
from service.incident_cli import incident_group
from service.maintenance_cli import maintenance_group
from service.notices_cli import desk_group, notices, organisation
from service.people_cli import person, token
from service.publish_cli import publish_command
from service.replay_cli import replay_command
from service.serve import api, serve
from service.work_cli import work

glasno.add_command(person)
glasno.add_command(token)
glasno.add_command(api)
glasno.add_command(serve)
glasno.add_command(work)
glasno.add_command(notices)
glasno.add_command(organisation)
glasno.add_command(desk_group)
glasno.add_command(import_group)
glasno.add_command(component)
glasno.add_command(incident_group)
glasno.add_command(maintenance_group)
glasno.add_command(publish_command)
glasno.add_command(replay_command)

__all__ = ["glasno"]

if __name__ == "__main__":
    glasno(prog_name="glasno")
