"""Two organizations, a supervisor each, and browsers that connect through the whole ASGI application."""

import asyncio
import functools

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from contact_center.asgi import application
from contact_center.live.hub import close_running_hub, running_hub
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.models import Membership, Organization, OrganizationSettings, User
from contact_center.tenancy.scope import organization_scope
from conversations.models import Customer
from tests.contact_center.live import customers
from tests.contact_center.live.page import Page


def in_thread(function):
    """What a web process would do: in another thread, whose connections are closed afterwards."""

    @functools.wraps(function)
    async def run(*args, **kwargs):
        def work():
            try:
                return function(*args, **kwargs)
            finally:
                connections.close_all()

        return await asyncio.to_thread(work)

    return run


class Place:
    """One organization with its people and customers, written the way actions write: rows, then a hint on commit."""

    def __init__(self, slug):
        self.slug = slug
        self.organization = Organization.objects.create(name=slug.title(), slug=slug)
        with organization_scope(self.organization.pk):
            OrganizationSettings.objects.create()

    def person(self, email, *roles):
        user, _ = User.objects.get_or_create(email=email, defaults={"name": email})
        with organization_scope(self.organization.pk):
            Membership.objects.create(user=user, roles=list(roles))
        return user

    def change_membership(self, user, **fields):
        with organization_scope(self.organization.pk):
            membership = Membership.objects.get(user=user)
            Membership.objects.filter(pk=membership.pk).update(**fields)
            publish_on_commit(self.organization.pk, "rights", [membership.pk])

    def add(self, name, *, after="", publish=True):
        with organization_scope(self.organization.pk):
            customer = Customer.objects.create(external_id=f"{name}-{after}", name=name, email=after or name)
            if publish:
                publish_on_commit(self.organization.pk, "customer", [customer.pk])
        return customer.pk

    def change(self, pk, **fields):
        with organization_scope(self.organization.pk):
            Customer.objects.filter(pk=pk).update(**fields)
            publish_on_commit(self.organization.pk, "customer", [pk])

    def remove(self, pk):
        with organization_scope(self.organization.pk):
            Customer.objects.filter(pk=pk).delete()
            publish_on_commit(self.organization.pk, "customer", [pk])

    def names(self):
        with organization_scope(self.organization.pk):
            return list(Customer.objects.order_by("email", "id").values_list("name", flat=True))


@pytest.fixture
def harbor(transactional_db):
    return Place("harbor")


@pytest.fixture
def summit(transactional_db):
    return Place("summit")


@pytest.fixture
def supervisor(harbor):
    return harbor.person("supervisor@harbor.example", "supervisor")


class Browser:
    """One socket: keeps what it was sent and the page that results from it."""

    def __init__(self, user, path, origin="http://localhost"):
        headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
        if user is not None:
            client = Client()
            client.force_login(user)
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()))
            self.client = client
        self.communicator = WebsocketCommunicator(application, path, headers=headers)
        self.page = Page()
        self.frames = []
        self.closed_with = None

    async def open(self):
        self.connected, _ = await self.communicator.connect(timeout=10)

    async def next(self, timeout=5):
        """The next frame that isn't a heartbeat, applied to the page; None once the socket is closed."""
        while True:
            message = await self.communicator.receive_output(timeout)
            if message["type"] == "websocket.close":
                self.closed_with = message["code"]
                return None
            if not message["text"].startswith('<span id="live-state"'):
                self.frames.append(message["text"])
                self.page.apply(message["text"])
                return message["text"]

    async def until(self, expected, timeout=10):
        async with asyncio.timeout(timeout):
            while self.page.texts != expected:
                await self.next(timeout)

    async def quiet(self, seconds=0.6):
        return await self.communicator.receive_nothing(seconds)


@pytest.fixture
async def hub(transactional_db):
    """The hub of this test's event loop, as a web process has one."""
    customers.reads.clear()
    customers.rendered.clear()
    yield running_hub()
    await close_running_hub()


@pytest.fixture
async def browse(hub):
    """Opens sockets, and closes them when the test ends."""
    opened = []

    async def browse(user, slug="harbor", view="test-customers", query="", **kwargs):
        browser = await in_thread(Browser)(user, f"/ws/o/{slug}/{view}/?{query}", **kwargs)
        opened.append(browser)
        await browser.open()
        return browser

    yield browse
    for browser in opened:
        await browser.communicator.disconnect()
    # The communicator keeps Channels from closing the connections of its thread.
    await sync_to_async(connections.close_all)()
