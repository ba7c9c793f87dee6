"""Fixtures every test may use."""

import fcntl
import os
from pathlib import Path

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests.cast import harbor, summit
from tests.embedded_servers import WORKER

__all__ = ["django_db_setup", "harbor", "summit"]


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """One test database for both aliases, whichever the tests name: the owner makes it, the runtime role meets it."""
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        made = _copy_of_the_worker(keep) if WORKER else _make(keep)
    yield
    if not request.config.getvalue("reuse_db"):
        with django_db_blocker.unblock():
            # A mirror isn't closed by Django, and an open connection keeps the database from being dropped.
            connections["default"].close()
            teardown_databases(made, verbosity=0)


def _make(keep):
    return setup_databases(
        verbosity=0, interactive=False, keepdb=keep, aliases={"default", "owner"}, serialized_aliases=set()
    )


def _copy_of_the_worker(keep):
    """Of the workers of one run the first migrates a database, and each works on a copy, which is quickly made.

    The template stays behind; the next run makes it anew, or migrates it where it is kept.
    """
    shared = Path(os.environ["VAR_DIR"]).parent
    run, mark = os.environ["PYTEST_XDIST_TESTRUNUID"], shared / "template_of_run"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = _make(keep or (mark.exists() and mark.read_text() == run))
        mark.write_text(run)
        connections["owner"].creation.clone_test_db(WORKER, verbosity=0)
        for alias in ("owner", "default"):
            connections[alias].creation.setup_worker_connection(WORKER)
    return made
