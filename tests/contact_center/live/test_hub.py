"""The hub over real sockets, Redis and PostgreSQL: the page on joining, changes afterwards, one read for all."""

import asyncio

import pytest
from django.http import QueryDict

from contact_center.live.publish import publish_now
from contact_center.tenancy.access import resolve_actor
from contact_center.tenancy.scope import organization_scope
from tests.contact_center.live import conftest, customers
from tests.contact_center.live.page import top_level

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


async def in_thread(function, *args, **kwargs):
    return await conftest.in_thread(function)(*args, **kwargs)


async def test_a_socket_is_given_the_whole_page_first(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    frame = await browser.next()
    assert [element.tag for element in top_level(frame)] == ["tbody", "span", "span"]
    assert browser.page.texts == ["Ada"]
    assert browser.page.outside["count"] == "1"


async def test_a_commit_reaches_the_page_as_its_difference(harbor, supervisor, browse):
    ada = await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    await browser.next()
    cem = await in_thread(harbor.add, "Cem")
    assert f'<tr id="customer-{cem}" hx-swap-oob="beforeend:#rows">' in await browser.next()
    await in_thread(harbor.change, ada, name="Ada L.")
    assert (await browser.next()).startswith(f'<tr id="customer-{ada}" hx-swap-oob="morph"><td>Ada L.</td></tr><span')
    await in_thread(harbor.change, cem, email="AAA")
    assert f'<tr id="customer-{cem}" hx-swap-oob="beforebegin:#customer-{ada}">' in await browser.next()
    await in_thread(harbor.remove, ada)
    assert f'<tr id="customer-{ada}" hx-swap-oob="delete"></tr>' in await browser.next()
    assert browser.page.texts == ["Cem"]
    assert browser.page.outside["count"] == "1"


async def test_a_rolled_back_change_reaches_nobody(harbor, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    with pytest.raises(ValueError, match="duplicate"):
        await in_thread(_add_and_fail, harbor)
    assert await browser.quiet()


def _add_and_fail(place):
    with organization_scope(place.organization.pk):
        place.add("Ada")
        raise ValueError("duplicate")


async def test_two_sockets_of_one_view_cost_one_read(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    first, second = await asyncio.gather(browse(supervisor), browse(supervisor))
    assert await first.next() == await second.next()
    assert len(customers.reads) == 1
    await in_thread(harbor.add, "Cem")
    assert await first.next() == await second.next()
    assert len(customers.reads) == 2


async def test_a_later_socket_is_given_the_page_the_hub_has(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    first = await browse(supervisor)
    await first.next()
    second = await browse(supervisor)
    await second.next()
    assert second.page.texts == ["Ada"]
    assert len(customers.reads) == 1


async def test_a_row_is_rendered_once_for_all_views(harbor, supervisor, browse):
    ada = await in_thread(harbor.add, "Ada")
    everybody, some = await browse(supervisor), await browse(supervisor, query="q=A")
    await everybody.next()
    await some.next()
    await in_thread(harbor.change, ada, name="Ada L.")
    await everybody.next()
    await some.next()
    assert customers.rendered == [ada, ada]


async def test_a_row_that_stops_matching_leaves_the_view(harbor, supervisor, browse):
    ada = await in_thread(harbor.add, "Ada")
    await in_thread(harbor.add, "Alan")
    browser = await browse(supervisor, query="q=A")
    await browser.next()
    await in_thread(harbor.change, ada, name="Ben")
    await browser.next()
    assert browser.page.texts == ["Alan"]


async def test_a_kind_that_does_not_concern_the_view_is_not_read_for(harbor, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    await in_thread(publish_now, harbor.organization.pk, "bulk_action", [1])
    assert await browser.quiet()
    assert len(customers.reads) == 1


async def test_another_organization_hears_nothing(harbor, summit, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    await in_thread(summit.add, "Sven")
    assert await browser.quiet()
    assert len(customers.reads) == 1


async def test_many_changes_at_once_arrive_as_one_page(harbor, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    for number in range(30):
        await in_thread(harbor.add, f"C{number:02}", publish=number == 29)
    assert "<tbody" in await browser.next()
    assert browser.page.texts == [f"C{number:02}" for number in range(30)]
    assert browser.page.updates == 30


async def test_a_thousand_sockets_that_join_at_once_cost_one_read_for_each_distinct_view(harbor, supervisor, hub):
    await in_thread(harbor.add, "Ada")
    views = [await in_thread(_view, harbor, supervisor, query) for query in ("", "q=A", "q=B", "q=C")]
    sockets = [_Silent(views[number % 4]) for number in range(1000)]
    for socket in sockets:
        hub.join(socket.view, socket)
    async with asyncio.timeout(10):
        while any(not socket.frames for socket in sockets):
            await asyncio.sleep(0.01)
    assert len(customers.reads) == 4
    assert all(len(socket.frames) == 1 for socket in sockets)


async def test_what_nobody_watches_is_neither_read_nor_listened_to(harbor, supervisor, hub):
    socket = _Silent(await in_thread(_view, harbor, supervisor))
    hub.join(socket.view, socket)
    await _frames(socket, 1)
    hub.leave(socket)
    await in_thread(harbor.add, "Ada")
    await asyncio.sleep(0.5)
    assert len(customers.reads) == 1
    hub.join(socket.view, socket)
    await _frames(socket, 2)
    assert "Ada" in socket.frames[-1]
    await in_thread(harbor.add, "Cem")
    await _frames(socket, 3)


async def test_a_faulty_view_does_not_stop_the_others(harbor, supervisor, browse):
    faulty, sound = await browse(supervisor, query="q=broken"), await browse(supervisor)
    await sound.next()
    await in_thread(harbor.add, "Ada")
    await sound.next()
    assert sound.page.texts == ["Ada"]
    assert await faulty.quiet(0.1)


async def test_a_changed_configuration_renders_every_row_again(harbor, supervisor, browse):
    ada = await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    await browser.next()
    await in_thread(publish_now, harbor.organization.pk, "configuration")
    assert "<tbody" in await browser.next()
    assert customers.rendered == [ada, ada]


async def test_a_browser_that_withheld_frames_asks_for_the_page(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    await browser.next()
    for _ in range(20):
        await browser.communicator.send_to(text_data="page")
    await browser.communicator.send_to(text_data='{"page": 1}')
    assert "<tbody" in await browser.next()
    assert await browser.quiet()


async def test_joins_that_race_with_changes_end_equal_to_a_fresh_page(harbor, supervisor, browse):
    browsers = []

    async def join():
        for _ in range(12):
            browsers.append(await browse(supervisor))
            await asyncio.sleep(0.05)

    async def change():
        for number in range(40):
            pk = await in_thread(harbor.add, f"N{number}", after=str(number * 7 % 40))
            if number % 3 == 0:
                await in_thread(harbor.remove, pk)
            await asyncio.sleep(0.02)

    await asyncio.gather(join(), change())
    fresh = await in_thread(harbor.names)
    for browser in browsers:
        await browser.until(fresh)


@pytest.fixture
def quick_heart(settings):
    settings.LIVE_HEARTBEAT_SECONDS = 0.1


async def test_heartbeats_come_without_any_change(quick_heart, harbor, supervisor, browse):
    browser = await browse(supervisor)
    await browser.next()
    message = await browser.communicator.receive_from(2)
    assert message.startswith('<span id="live-state" hidden hx-swap-oob="true" data-updates="0" data-as-of="20')
    assert "data-stale" not in message


class _Silent:
    """A socket without a browser."""

    membership_id = None
    resolved_at = float("inf")

    def __init__(self, view):
        self.view = view
        self.frames = []

    def push(self, frame):
        if not frame.startswith('<span id="live-state"'):
            self.frames.append(frame)

    def end(self, code):
        raise AssertionError(code)

    def refresh_rights(self):
        return self.view


def _view(place, user, query=""):
    with organization_scope(place.organization.pk):
        return customers.customers(resolve_actor(user.pk, place.organization), QueryDict(query))


async def _frames(socket, count):
    async with asyncio.timeout(10):
        while len(socket.frames) < count:
            await asyncio.sleep(0.01)
