"""Request Tracker 5 as a peer: Debian's package, configured in a folder of its own, over a database of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from tests.bench.driver import NUMBER
from tests.bench.office import WORKERS, Call, Side
from tests.bench.peer import Peer, rows
from tests.bench.processor import server_of
from tests.bench.serving import ROOT, SECONDS_TO_START, Server, ready, started
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres

PACKAGES: Final = ("request-tracker5", "rt5-db-postgresql", "rt5-standalone", "msmtp-mta", "dbconfig-no-thanks")
"""The last two in place of a mail server and of a database that would be set up for it: nothing runs afterwards."""
SET_UP: Final = "/usr/sbin/rt-setup-database-5"
SERVER: Final = "/usr/share/request-tracker5/libexec/rt-server"
ONCE_MADE: Final = {"user": "root", "pass": "password"}
"""Whom the first data of every installation contain."""
CONFIGURED: Final = """
Set($rtname, 'bench'); Set($Organization, 'bench'); Set($Timezone, 'UTC');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($DatabaseType, 'Pg'); Set($DatabaseHost, '127.0.0.1'); Set($DatabasePort, {database});
Set($DatabaseUser, 'postgres'); Set($DatabasePassword, 'none'); Set($DatabaseName, 'rt5');
Set($LogToSyslog, undef); Set($LogToFile, undef); Set($LogToSTDERR, 'error');
Set($MailCommand, 'testfile');
$RT::MasonDataDir = '{folder}/mason'; $RT::VarPath = '{folder}';
1;
"""


@contextmanager
def request_tracker(folder: Path, postgres: Postgres) -> Iterator[Peer]:
    """By Starlet, as its standalone package has it. Mail is rendered and written to a temporary file."""
    _demand()
    home, port = folder / "request_tracker", free_port()
    (home / "mason").mkdir(parents=True)
    (home / "site.d").mkdir()
    (home / "site.pm").write_text(
        CONFIGURED.replace("{port}", str(port)).replace("{database}", str(postgres.port)).replace("{folder}", str(home))
    )
    own = {"RT_SITE_CONFIG": str(home / "site.pm"), "RT_SITE_CONFIG_DIR": str(home / "site.d"), "TMPDIR": str(home)}
    postgres.execute("CREATE DATABASE rt5")
    set_up = [SET_UP, "--action", "init", "--skip-create", "--dba", "postgres", "--dba-password", "none"]
    subprocess.run(set_up, env=os.environ | own, check=True, capture_output=True)
    starlet = ["--server", "Starlet", "--max-workers", str(WORKERS), "--max-reqs-per-child", "100000"]
    where = ["--env", "deployment", "--host", "127.0.0.1", "--port", str(port)]
    with started(["plackup", *starlet, *where, SERVER], home, own) as process:
        server = ready(process, Server("Request Tracker", port, "/"))
        side = Side(server.name, [port], {"web": [process.pid], "postgres": [server_of(postgres)]})
        yield Peer(side, _opening(server), lambda: rows(postgres.url("rt5"), "SELECT count(*) FROM tickets"))


def _demand() -> None:
    """Installed where that is allowed; else told in words what is missing."""
    if not Path(SERVER).exists() and subprocess.run(["sh", ROOT / ".ci/apt", *PACKAGES], check=False).returncode:
        sys.exit("Request Tracker cannot be measured: it is not installed")


def _opening(server: Server) -> Call:
    """By its REST interface, which shows no page; with the session of somebody who has signed in."""
    ticket = {"Queue": "General", "Subject": f"Mail is late {NUMBER}", "Requestor": "anna@client.example"}
    content = {"Content": "Letters come hours after they were sent. " * 3, "ContentType": "text/plain"}
    return Call("/REST/2.0/ticket", {"Cookie": _signed_in(server)}, json.dumps(ticket | content))


def _signed_in(server: Server) -> str:
    body = "&".join(f"{name}={value}" for name, value in ONCE_MADE.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{server.port}/"}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_TO_START)) as connection:
        connection.request("POST", "/NoAuth/Login.html", body, headers)
        return str(connection.getresponse().headers["Set-Cookie"]).partition(";")[0]
