"""Redis and PostgreSQL go away and come back: every page ends equal to a fresh one, and tells its age meanwhile."""

import asyncio
import os
import signal
import subprocess
import time

import pytest
import redis
from django.conf import settings
from django.db import connection

from contact_center.live.publish import publish_now
from tests.contact_center.live import conftest

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]


async def in_thread(function, *args, **kwargs):
    return await conftest.in_thread(function)(*args, **kwargs)


class Redis:
    """A Redis of the test's own, which can be killed."""

    def __init__(self, directory):
        running = redis.Redis.from_url(settings.REDIS_URL).info("server")
        self.program = running["executable"]
        self.socket = directory / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.start()

    def start(self):
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self.socket.parent)]
        self.process = subprocess.Popen([self.program, *options], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            for _ in range(200):
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.05)
                else:
                    return
        raise AssertionError("Redis did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_redis(tmp_path, settings):
    server = Redis(tmp_path)
    settings.REDIS_URL = server.url
    settings.LIVE_HEARTBEAT_SECONDS = 0.2
    yield server
    server.kill()


async def _heartbeat(browser, *, stale):
    async with asyncio.timeout(15):
        while True:
            message = await browser.communicator.receive_output(15)
            assert message["type"] == "websocket.send"
            if message["text"].startswith('<span id="live-state"') and ("data-stale" in message["text"]) == stale:
                return
            if not message["text"].startswith('<span id="live-state"'):
                browser.page.apply(message["text"])


async def test_after_a_redis_restart_every_page_equals_a_fresh_one(own_redis, harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    everybody, some = await browse(supervisor), await browse(supervisor, query="q=C")
    await everybody.next()
    await some.next()
    await asyncio.to_thread(own_redis.kill)
    await _heartbeat(everybody, stale=True)
    await in_thread(harbor.add, "Cem")  # nobody can hear of it, and it is committed all the same
    await asyncio.to_thread(own_redis.start)
    await everybody.until(["Ada", "Cem"])
    await some.until(["Cem"])
    await _heartbeat(everybody, stale=False)
    await in_thread(harbor.add, "Dea")
    await everybody.until(["Ada", "Cem", "Dea"])


async def test_a_right_that_ended_while_redis_was_away_closes_the_socket(own_redis, harbor, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    await asyncio.to_thread(own_redis.kill)
    await in_thread(harbor.change_membership, supervisor, is_active=False)
    await asyncio.to_thread(own_redis.start)
    while await browser.next(15) is not None:
        pass
    assert browser.closed_with == 4403


async def test_without_redis_a_page_is_still_served(own_redis, harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    await asyncio.to_thread(own_redis.kill)
    browser = await browse(supervisor)
    await browser.until(["Ada"])


async def test_a_redis_that_hangs_is_noticed(own_redis, harbor, supervisor, browse, monkeypatch):
    monkeypatch.setattr("contact_center.live.subscription.QUIET_SECONDS", 0.3)
    browser = await browse(supervisor)
    await browser.next()
    os.kill(own_redis.process.pid, signal.SIGSTOP)
    try:
        await _heartbeat(browser, stale=True)
    finally:
        os.kill(own_redis.process.pid, signal.SIGCONT)
    await _heartbeat(browser, stale=False)


async def test_lost_database_connections_end_in_a_whole_page(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    await browser.next()
    # The hub's threads share this dictionary: their next connections fail.
    target = connection.settings_dict
    port, target["PORT"] = target["PORT"], "1"
    try:
        await asyncio.to_thread(publish_now, harbor.organization.pk, "customer", [1])
        await asyncio.sleep(1)
    finally:
        target["PORT"] = port
    assert "<tbody" in await browser.next(15)
    await in_thread(harbor.add, "Cem")
    await browser.until(["Ada", "Cem"])
