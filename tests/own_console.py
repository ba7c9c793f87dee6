"""A console with a Redis of its own, on the database of a test: its processes can be struck without harming others."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection

from contact_center.embedded import Servers
from tests.real_console import Console
from tests.redis_server import OwnRedis

# One more than there are bulk actions: a run of each stands in its middle, and the sweeper still works.
WORKERS = 5
# As PostgreSQL's list of connections names those of the console's processes.
APPLICATION = "the console under test"


@dataclass(frozen=True)
class Place:
    console: Console
    redis: OwnRedis

    def start_worker(self) -> None:
        self.console.start_worker(concurrency=WORKERS)

    def kill_worker(self) -> None:
        self.console.kill("worker")

    def lose_redis(self) -> None:
        self.redis.stop(keep=False)

    def stop_redis(self) -> None:
        self.redis.stop(keep=True)

    def start_redis(self) -> None:
        self.redis.start()

    def drop_connections(self) -> None:
        """Those of every process of the console, as the restart of a database's proxy would."""
        with psycopg.connect(self.console.database_url, autocommit=True) as other:
            found = other.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = %s",
                [APPLICATION],
            ).fetchone()
        assert found
        assert found[0] >= WORKERS - 1

    def leave(self) -> None:
        """It mends itself."""


@pytest.fixture
def place(tmp_path, transactional_db) -> Iterator[Place]:
    redis = OwnRedis(tmp_path)
    servers = Servers(os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"], redis.url)
    variables = {"PGAPPNAME": APPLICATION, "DELIVER_TO_PRIVATE_NETWORKS": "true"}
    console = Console(tmp_path, servers, str(connection.settings_dict["NAME"]), 0, variables=variables)
    yield Place(console, redis)
    print(console.last_lines())  # noqa: T201 - shown when the test fails
    console.stop()
    redis.stop(keep=False)
