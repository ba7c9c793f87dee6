"""Pytest plugin: the run has a real PostgreSQL and Redis before Django reads its settings."""

import atexit
import os
from pathlib import Path

import pytest

from contact_center.embedded import ServersUnavailable, ensure_servers


# Before pytest-django, whose hook of the same name loads the settings.
@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests():
    var_dir = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var") / "test"
    try:
        servers = ensure_servers(var_dir)
    except ServersUnavailable as reason:
        raise pytest.UsageError(str(reason)) from None
    os.environ["VAR_DIR"] = str(var_dir)
    os.environ.update(servers.environment(owner=True))
    # Not a hook of pytest: its last one never runs when the settings refuse to load.
    atexit.register(servers.stop)
