"""Pytest plugin: the run has a real PostgreSQL and Redis before Django reads its settings.

With pytest-xdist the controller starts them. Its workers, which inherit its environment, get a directory and two
numbers of Redis each; tests.conftest gives each a database of its own.
"""

import atexit
import os
from pathlib import Path

import pytest

from contact_center.embedded import ServersUnavailable, ensure_servers
from tests.real_console import with_redis_number

REDIS_NUMBERS = 16
REDIS_NUMBERS_EACH = 2
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_position = int(WORKER.removeprefix("gw") or 0)
# The tests' own, and the one of the processes the journeys start.
REDIS_NUMBER, JOURNEYS_REDIS_NUMBER = (REDIS_NUMBERS_EACH * _position + each for each in range(REDIS_NUMBERS_EACH))


# Before pytest-django, whose hook of the same name loads the settings.
@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests():
    if WORKER:
        _be_a_worker()
        return
    var_dir = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var") / "test"
    try:
        servers = ensure_servers(var_dir, durable=False)
    except ServersUnavailable as reason:
        raise pytest.UsageError(str(reason)) from None
    os.environ["VAR_DIR"] = str(var_dir)
    os.environ.update(servers.environment(owner=True))
    # Not a hook of pytest: its last one never runs when the settings refuse to load.
    atexit.register(servers.stop)


def _be_a_worker() -> None:
    if JOURNEYS_REDIS_NUMBER >= REDIS_NUMBERS:
        raise pytest.UsageError(f"One Redis serves at most {REDIS_NUMBERS // REDIS_NUMBERS_EACH} workers.")
    os.environ["REDIS_URL"] = with_redis_number(os.environ["REDIS_URL"], REDIS_NUMBER)
    var_dir = Path(os.environ["VAR_DIR"]) / WORKER
    var_dir.mkdir(parents=True, exist_ok=True)
    os.environ["VAR_DIR"] = str(var_dir)
