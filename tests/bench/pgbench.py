"""A calibration: how many commits of one small row the PostgreSQL server makes a second, by `pgbench`."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg

from tests.servers import postgres

SECONDS: Final = 5
TABLE: Final = "CREATE TABLE small (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text NOT NULL)"
INSERT: Final = "INSERT INTO small (said) VALUES ('a row as small as a row can be');\n"
RATE: Final = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


def commits(server: postgres.Postgres, clients: int) -> float:
    """A second, of so many clients each of which waits for its commit to be durable."""
    url = server.fresh_database()
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
    with TemporaryDirectory() as folder:
        (script := Path(folder, "insert.sql")).write_text(INSERT)
        asked = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(SECONDS), "-f", str(script), url]
        told = subprocess.run([postgres._binaries() / "pgbench", *asked], check=True, capture_output=True, text=True)
    rate = RATE.search(told.stdout)
    if rate is None:
        raise LookupError(told.stdout)
    return float(rate[1])
