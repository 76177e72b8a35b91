"""django-helpdesk as a peer: set up with the settings and the first data that the references have for it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from tests.bench.driver import NUMBER
from tests.bench.office import WORKERS, Call, Side
from tests.bench.peer import Peer, rows
from tests.bench.processor import server_of
from tests.bench.serving import REFERENCES, TOOLS, Server, ready, started
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres

SETTINGS: Final = REFERENCES / "django_helpdesk"
ENVIRONMENT: Final = TOOLS.parent / "peers" / "bin"
"""Of its own, from `requirements-peers.txt`."""
FORM: Final = "/tickets/submit/"
"""The public one: whoever asks for help needs no account."""
CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
FIRST: Final = (
    ("django-admin", "migrate", "--verbosity", "0"),
    ("django-admin", "loaddata", "emailtemplate.json", "--verbosity", "0"),
    ("django-admin", "collectstatic", "--noinput", "--verbosity", "0"),
    ("python", "djh_init.py"),
)


@contextmanager
def django_helpdesk(folder: Path, postgres: Postgres) -> Iterator[Peer]:
    """By gunicorn, in a copy of the settings: it writes beside them. Mail is rendered and thrown away."""
    home, port = folder / "django_helpdesk", free_port()
    shutil.copytree(SETTINGS, home)
    (home / "djh").mkdir()
    postgres.execute("CREATE DATABASE djh")
    own = {"PGPORT": str(postgres.port), "DJANGO_SETTINGS_MODULE": "djh_settings", "PYTHONPATH": str(home)}
    for command, *arguments in FIRST:
        subprocess.run([ENVIRONMENT / command, *arguments], cwd=home, env=os.environ | own, check=True, stdout=-3)
    gunicorn = [str(ENVIRONMENT / "gunicorn"), "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}"]
    with started([*gunicorn, "--no-control-socket", "djh_wsgi:application"], home, own) as process:
        server = ready(process, Server("django-helpdesk", port, FORM))
        side = Side(server.name, [port], {"web": [process.pid], "postgres": [server_of(postgres)]})
        yield Peer(side, _opening(server), lambda: rows(postgres.url("djh"), "SELECT count(*) FROM helpdesk_ticket"))


def _opening(server: Server) -> Call:
    """What a browser sends that was shown the form."""
    shown = server.get()
    token = CSRF.search(shown.body.decode())
    if token is None:
        raise LookupError(f"no form at {FORM}")
    headers: Mapping[str, str] = {"Cookie": shown.headers["set-cookie"].partition(";")[0]}
    fields = {"csrfmiddlewaretoken": token[1], "queue": "1", "title": f"Mail is late {NUMBER}", "priority": "3"}
    texts = {"body": "Letters come hours after they were sent. " * 3, "submitter_email": "anna@client.example"}
    return Call(FORM, headers, urlencode(fields | texts, safe="@"), type="application/x-www-form-urlencoded")
