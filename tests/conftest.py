"""Fixtures every test may use."""

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests.cast import harbor, summit

__all__ = ["django_db_setup", "harbor", "summit"]


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """One test database for both aliases, whichever the tests name: the owner makes it, the runtime role meets it."""
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, keepdb=keep, aliases={"default", "owner"}, serialized_aliases=set()
        )
    yield
    if not request.config.getvalue("reuse_db"):
        with django_db_blocker.unblock():
            # A mirror isn't closed by Django, and an open connection keeps the database from being dropped.
            connections["default"].close()
            teardown_databases(made, verbosity=0)
