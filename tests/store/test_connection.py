import os
import resource

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text

from store.connection import PATIENT, checked, parameters_of
from tests.servers.postgres import Postgres

URL = "postgresql://ann:word@a,b:5433/log"


@pytest.fixture
def read_only(postgres: Postgres) -> str:
    """A database that can be read from alone, as a standby can."""
    url = postgres.fresh_database()
    name = url.rpartition("/")[2]
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    return url


def test_what_an_address_says_counts() -> None:
    told = parameters_of(f"{URL}?sslmode=require&keepalives_idle=60")
    assert told | {"host": "a,b", "port": ",5433", "dbname": "log", "user": "ann", "password": "word"} == told
    assert (told["sslmode"], told["keepalives_idle"]) == ("require", "60")


def test_what_it_does_not_say_is_patient_and_not_for_ever() -> None:
    assert parameters_of(URL) | PATIENT == parameters_of(URL)


def test_what_we_need_counts_before_both() -> None:
    assert parameters_of(f"{URL}?connect_timeout=60", connect_timeout=1)["connect_timeout"] == 1


def test_a_connection_is_taken_again_however_many_files_are_open(postgres: Postgres) -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2_048, allowed[1]), allowed[1]))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_024)]
    engine = checked(create_engine("postgresql+psycopg://", connect_args=parameters_of(postgres.url())))
    try:
        used = [_process_of(engine) for _ in range(2)]
    finally:
        engine.dispose()
        for each in files:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    assert used[0] == used[1]


def _process_of(engine: Engine) -> object:
    """Which of the server's answers."""
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_backend_pid()"))


def test_of_several_hosts_the_one_that_can_be_written_to_is_taken(postgres: Postgres, read_only: str) -> None:
    name = read_only.rpartition("/")[2]
    nobody = "127.0.0.1:1"
    with psycopg.connect(**parameters_of(postgres.url().replace("@", f"@{nobody},"))) as connection:
        assert connection.info.port == postgres.port
    with pytest.raises(psycopg.OperationalError, match="read-only"):
        psycopg.connect(**parameters_of(postgres.url(name)))
