"""`make demo`: runs the whole console on one machine, with data and traffic, until Ctrl-C."""

import http.client
import itertools
import os
import shutil
import socket
import sys
import time
from pathlib import Path

from contact_center import processes
from contact_center.embedded import Servers, ServersUnavailable, ensure_servers
from contact_center.supervision import ChildFailed, Ending, Supervisor

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 90

WELCOME = """
The console runs at {address}/

  Sign in with the password demo-password as one of
    supervisor@harbor.example    supervisor@summit.example     supervisors of a retailer and of a travel company
    supervisor2@harbor.example   supervisor2@summit.example    a second supervisor in each
    scoped@harbor.example                                      supervisor of one queue
    both@example.com                                           supervisor in both organizations
    admin@harbor.example         admin@summit.example          administrators
    auditor@harbor.example       auditor@summit.example        auditors
    rep1@harbor.example … rep8@harbor.example                  representatives, the same at summit.example

  Customers' chat pages    {address}/chat/demo-harbor/
                           {address}/chat/demo-summit/
  The chat on a web site   {address}/chat/demo-harbor/shop/
  API keys                 demo-key-harbor, demo-key-summit for {address}/api/v1/

Logs are in {logs}. Ctrl-C ends it all; a later start keeps the data, `make reset` drops it.
"""


class CannotStart(Exception):
    """The demo cannot start; the text says in one sentence what to do."""


def chosen_port(text: str) -> int:
    """The port of PORT=, once it is known to be free."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        # As Daphne will do: connections of an earlier run that are still closing don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotStart(f"Port {port} needs special rights; choose another one: make demo PORT=8000.") from None
        except OSError:
            raise CannotStart(f"Port {port} is in use; choose another one: make demo PORT={port + 1}.") from None
    return port


def child_environment(servers: Servers, var_dir: Path, *, owner: bool = False, pool: bool = False) -> dict[str, str]:
    """Variables of a child; the owner's credentials only where asked for."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return inherited | {
        "DEMO": "true",
        "VAR_DIR": str(var_dir),
        "DJANGO_SETTINGS_MODULE": "contact_center.settings",
        "PYTHONUNBUFFERED": "1",
        # Threads share the C library's memory pools: some megabytes less in each process.
        "MALLOC_ARENA_MAX": "2",
        **({} if pool else {"DATABASE_POOL_SIZE": "0"}),
        **servers.environment(owner=owner),
    }


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Step:
    """One line about something that takes a while, with how far it is where somebody looks on at a terminal."""

    def __init__(self, title: str) -> None:
        self._title, self._shown, self._began = title, 0, time.monotonic()
        self._lives = sys.stdout.isatty()

    def __enter__(self) -> "Step":
        print(self._title, end="" if self._lives else "\n", flush=True)
        return self

    def show(self, how_far: str) -> None:
        if not self._lives:
            return
        line = f"{self._title} {how_far}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r{line.ljust(self._shown)}", end="", flush=True)
        self._shown = len(line)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.show(f"done in {time.monotonic() - self._began:.0f} s")
        if self._lives:
            print(flush=True)


def prepare(supervisor: Supervisor, servers: Servers, var_dir: Path) -> None:
    """Migrate as the owner, then fill the two organizations as the restricted role."""
    if servers.owner_url is None:
        raise CannotStart("DATABASE_URL is set but DATABASE_OWNER_URL is not; migrations run as the owner, set both.")
    manage = [sys.executable, str(ROOT / "manage.py")]
    with Step("Preparing the database …") as step:
        steps = itertools.count(1)
        supervisor.run(
            "migrate",
            [*manage, "migrate", "--no-input"],
            child_environment(servers, var_dir, owner=True),
            said=lambda line: step.show(f"step {next(steps)}") if line.startswith("  Applying ") else None,
        )
    with Step("Filling two organizations …") as step:
        environment = child_environment(servers, var_dir)
        supervisor.run("seed_demo", [*manage, "seed_demo"], environment, said=step.show)


def serve(supervisor: Supervisor, servers: Servers, var_dir: Path, port: int) -> None:
    """Web, workers, beat and, once the console answers, the traffic of its customers."""
    python, single = sys.executable, child_environment(servers, var_dir) | {"CONSOLE_URL": f"http://{HOST}:{port}"}
    print("Starting web, workers and beat …", flush=True)
    supervisor.start(
        "web",
        [python, "-m", "daphne", "-v", "0", "-b", HOST, "-p", str(port), "contact_center.asgi:application"],
        child_environment(servers, var_dir, pool=True),
    )
    supervisor.start("worker", processes.worker(), single)
    supervisor.start("deliverer", processes.deliverer(), single)
    supervisor.start("beat", processes.beat(), single)
    if not supervisor.wait_until(lambda: answers(port, "/readyz"), seconds=READY_SECONDS):
        raise CannotStart(f"The console did not get ready within {READY_SECONDS} s; see {var_dir / 'logs'}.")
    traffic = [python, str(ROOT / "manage.py"), "simulate_traffic", "--url", f"http://{HOST}:{port}"]
    supervisor.start("traffic", traffic, single)
    print(WELCOME.format(address=f"http://{HOST}:{port}", logs=var_dir / "logs"), flush=True)


def run(var_dir: Path, port: int) -> None:
    supervisor = Supervisor(var_dir / "logs")
    supervisor.heed_signals()
    print("Starting PostgreSQL and Redis …", flush=True)
    servers = None
    try:
        servers = ensure_servers(var_dir)
        prepare(supervisor, servers, var_dir)
        serve(supervisor, servers, var_dir, port)
        supervisor.watch()
    except ServersUnavailable:
        # Ctrl-C strikes the commands that start a server too: then their failure is not the news.
        supervisor.check()
        raise
    finally:
        supervisor.stop()
        if servers is not None:
            servers.stop()


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far and gets the sentence
        print(f"The console needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    var_dir = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
    os.chdir(ROOT)
    try:
        run(var_dir, chosen_port(os.environ.get("PORT") or "8000"))
    except Ending:
        print("\nEnded: nothing is left running.")
        return 0
    except (CannotStart, ChildFailed, ServersUnavailable) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
