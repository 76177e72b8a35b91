"""`python -m service` is `glasno`: every command."""

from service.cli import glasno
from service.imports.cli import import_group
from service.notices_cli import notices, organisation
from service.people_cli import person, token
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
glasno.add_command(import_group)
glasno.add_command(replay_command)

__all__ = ["glasno"]

if __name__ == "__main__":
    glasno(prog_name="glasno")
