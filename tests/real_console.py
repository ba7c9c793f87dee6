"""A whole console of real processes on a database of its own: web, workers, beat, without the owner's credentials."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from contact_center import processes
from contact_center.embedded import Servers

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60.0
END_SECONDS = 10.0
# The owner's address, and what would make the children other than the demo's.
NOT_FOR_CHILDREN = frozenset({"DATABASE_OWNER_URL", "SENTRY_DSN", "DATABASE_POOL_SIZE", "SECRET_KEY", "HTTPS", "DEBUG"})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def with_database(url: str, name: str) -> str:
    """The same server and role, another database. Its address may have no host: then urlunsplit would lose the //."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def with_redis_number(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Until what other processes do has come about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It didn't happen in time."
        time.sleep(0.05)


def _signal(child: subprocess.Popen, number: int) -> None:
    """To the whole group, whether or not the process that leads it still lives."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


@dataclass
class Console:
    """`start_*` and `stop` by name; every child writes to a file of its own under `home`."""

    home: Path
    servers: Servers
    database: str
    redis_number: int
    port: int = field(default_factory=free_port)
    # More for every process.
    variables: Mapping[str, str] = field(default_factory=dict)
    _children: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def database_url(self) -> str:
        return with_database(self.servers.database_url, self.database)

    @property
    def owner_url(self) -> str:
        assert self.servers.owner_url, "The owner makes the database: set DATABASE_OWNER_URL."
        return with_database(self.servers.owner_url, self.database)

    @property
    def redis_url(self) -> str:
        return with_redis_number(self.servers.redis_url, self.redis_number)

    def environment(self, *, owner: bool = False, pool: bool = False) -> dict[str, str]:
        """As `make demo` starts its children; the owner's address only for the one that migrates."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_FOR_CHILDREN}
        return inherited | {
            "DEMO": "true",
            "VAR_DIR": str(self.home),
            "DJANGO_SETTINGS_MODULE": "contact_center.settings",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            **({"DATABASE_OWNER_URL": self.owner_url} if owner else {}),
            **({} if pool else {"DATABASE_POOL_SIZE": "0"}),
            **self.variables,
        }

    # --- Database ---

    def database_exists(self) -> bool:
        with psycopg.connect(self.servers.owner_url) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [self.database])
            return found.fetchone() is not None

    def create_database(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with psycopg.connect(self.servers.owner_url, autocommit=True) as connection:
            name = sql.Identifier(self.database)
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(sql.SQL("create database {}").format(name))

    def migrate(self) -> None:
        self.run("manage.py", "migrate", "--no-input", "--verbosity", "0", owner=True)

    def drop_database(self) -> None:
        with psycopg.connect(self.servers.owner_url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.database)))

    # --- Processes ---

    def run(self, *arguments: str, owner: bool = False) -> str:
        """Run Python to its end and insist on success; returns what it wrote."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(owner=owner),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start_web(
        self, application: str = "contact_center.asgi:application", settings: str = "contact_center.settings"
    ) -> int:
        """Daphne on the port of this console, the same one after a restart. Returns the process id."""
        command = [sys.executable, "-m", "daphne", "-v", "0", "-b", HOST, "-p", str(self.port), application]
        child = self._start("web", command, pool=True, settings=settings)
        self._wait_until_answering(child)
        return child.pid

    def start_worker(self, *, concurrency: int = 2) -> int:
        return self._start("worker", processes.worker(concurrency=concurrency, log_level="WARNING")).pid

    def start_deliverer(self) -> int:
        """What leaves the console stays where it is without this one."""
        return self._start("deliverer", processes.deliverer(log_level="WARNING")).pid

    def start_beat(self) -> int:
        return self._start("beat", processes.beat(log_level="WARNING")).pid

    def kill(self, name: str) -> None:
        """As a crash would, the process with all of its own: no time to say goodbye."""
        child = self._children.pop(name)
        _signal(child, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + END_SECONDS
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            _signal(child, signal.SIGKILL)
            child.wait()
        self._children.clear()

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def last_lines(self, count: int = 40) -> str:
        """What every process wrote last, for the report of a failure."""
        parts = []
        for path in sorted(self.home.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-count:]
            parts.append("\n".join([f"--- {path.name}", *lines]))
        return "\n".join(parts)

    def _start(
        self, name: str, command: list[str], *, pool: bool = False, settings: str = "contact_center.settings"
    ) -> subprocess.Popen:
        with self.log(name).open("ab") as output:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment(pool=pool), "DJANGO_SETTINGS_MODULE": settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own, so that a worker's processes can end with it.
                start_new_session=True,
            )
        self._children[name] = child
        return child

    def _wait_until_answering(self, child: subprocess.Popen) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert child.poll() is None, f"The web process ended:\n{self.last_lines()}"
            assert time.monotonic() < deadline, f"The web process does not answer:\n{self.last_lines()}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
