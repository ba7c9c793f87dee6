"""Owns the real PostgreSQL and Redis that run under VAR_DIR when the environment names none."""

import contextlib
import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contact_center import embedded_postgresql, embedded_redis
from contact_center.embedded_servers import ServersUnavailable

__all__ = ["Servers", "ServersUnavailable", "ensure_servers", "recorded_addresses", "stop_servers"]

# sun_path holds 104 bytes on macOS and 108 on Linux, the closing NUL included.
SOCKET_PATH_LIMIT = 100


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


def ensure_servers(var_dir: Path, environ: Mapping[str, str] | None = None, *, durable: bool = True) -> Servers:
    """Return the servers the environment names and start, or reuse, the ones it doesn't.

    Not durable is for data nobody would miss: it outlives the death of a process, but no power cut.
    """
    given = os.environ if environ is None else environ
    database_url, redis_url = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    if database_url and redis_url:
        return Servers(database_url, given.get("DATABASE_OWNER_URL") or None, redis_url)
    var_dir = var_dir.resolve()
    var_dir.mkdir(parents=True, exist_ok=True)
    with _exclusive(var_dir):
        users = _register_user(var_dir)
        try:
            state = _start_missing(var_dir, postgres=not database_url, redis_server=not redis_url, durable=durable)
        except BaseException:
            os.close(users)
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


def _register_user(var_dir: Path) -> int:
    """Count as a user until the file is closed; the kernel closes a killed process's, so a crash leaves none."""
    users = os.open(var_dir / "servers.users", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def _releaser(var_dir: Path, users: int) -> Callable[[], None]:
    owner_pid, released = os.getpid(), False

    def release() -> None:
        nonlocal released
        if released or os.getpid() != owner_pid:
            return
        released = True
        if not var_dir.exists():
            os.close(users)
            return
        with _exclusive(var_dir):
            os.close(users)
            if _is_unused(var_dir):
                _stop_all(var_dir)

    return release


def _is_unused(var_dir: Path) -> bool:
    with (var_dir / "servers.users").open("a") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


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


def _start_missing(var_dir: Path, *, postgres: bool, redis_server: bool, durable: bool) -> dict[str, Any]:
    state = _read_state(var_dir)
    state["sockets"] = str(_socket_dir(var_dir, state.get("sockets")))
    if postgres and not embedded_postgresql.answers(state):
        state |= embedded_postgresql.start(var_dir, Path(state["sockets"]), durable=durable)
        _write_state(var_dir, state)
    if redis_server and not embedded_redis.answers(state):
        try:
            state |= embedded_redis.start(var_dir, Path(state["sockets"]))
        except ServersUnavailable:
            _stop_all(var_dir)
            raise
        _write_state(var_dir, state)
    return state


def _stop_all(var_dir: Path) -> bool:
    state = _read_state(var_dir)
    stopped_redis = embedded_redis.stop(state)
    stopped_postgres = embedded_postgresql.stop(var_dir)
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
    embedded_postgresql.give_to_postgres(directory)
    return directory


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
