"""A click while Redis is down: the run is started all the same, and done once Redis is back."""

import re
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from bulk_actions.limits import STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from tests.bench.browser import Browser
from tests.bulk_actions.conftest import fresh
from tests.factories import PASSWORD, make_conversations
from tests.own_console import place
from tests.real_console import wait_until

__all__ = ["place"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
# Longer than a person takes for a broken page.
PATIENCE_SECONDS = 10


def test_proceed_while_redis_is_down_starts_the_run(harbor, place, request):
    with harbor.scope():
        rows = make_conversations(3, queue=harbor.orders)
    # The console's own settings know no fast hashes.
    person = harbor.supervisor.user
    person.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1_000)
    person.save(update_fields=["password"])
    place.console.start_web()
    place.lose_redis()
    begun = time.monotonic()
    browser = Browser(place.console, person.email)
    request.addfinalizer(browser.close)
    assert "All ongoing conversations" in browser.get(harbor.url("conversations/"))
    dialog = browser.post(harbor.url("conversations/actions/force_close/"), [("id", f"{row.pk}:1") for row in rows])
    key = re.search(r'name="run_key" value="([^"]+)"', dialog)[1]
    confirmed = {"run_key": key, "reason": str(harbor.reason.pk), "note": ""}
    answer = browser.post(harbor.url("conversations/actions/force_close/start/"), confirmed)
    assert time.monotonic() - begun < PATIENCE_SECONDS
    assert "started" in answer
    with harbor.scope():
        run = BulkAction.objects.get(key=key)
        assert run.status == RunStatus.QUEUED
        BulkAction.objects.update(enqueued_at=timezone.now() - 2 * STALLED_AFTER)
    place.start_redis()
    place.console.start_worker()
    wait_until(lambda: fresh(harbor, run).status == RunStatus.COMPLETED)
    assert fresh(harbor, run).succeeded == len(rows)
