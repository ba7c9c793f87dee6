"""Who may open a socket, and what happens when the right to it ends."""

import asyncio

import pytest
from django.contrib.auth import logout
from django.http import HttpRequest

from tests.contact_center.live import conftest, customers

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


async def in_thread(function, *args, **kwargs):
    return await conftest.in_thread(function)(*args, **kwargs)


async def test_somebody_not_signed_in_is_closed_with_4401(harbor, browse):
    browser = await browse(None)
    assert await browser.next() is None
    assert browser.closed_with == 4401


async def test_a_member_of_another_organization_is_closed_with_4404(harbor, summit, supervisor, browse):
    foreign = await browse(supervisor, slug="summit")
    absent = await browse(supervisor, slug="no-such-place")
    assert (await foreign.next(), await absent.next()) == (None, None)
    assert (foreign.closed_with, absent.closed_with) == (4404, 4404)
    assert customers.reads == []


async def test_a_list_nobody_registered_is_closed_with_4404(harbor, supervisor, browse):
    browser = await browse(supervisor, view="no-such-list")
    assert await browser.next() is None
    assert browser.closed_with == 4404


async def test_a_member_without_the_right_is_closed_with_4403(harbor, browse):
    auditor = await in_thread(harbor.person, "auditor@harbor.example", "auditor")
    browser = await browse(auditor)
    assert await browser.next() is None
    assert browser.closed_with == 4403
    assert customers.reads == []


async def test_another_site_cannot_open_a_socket(harbor, supervisor, browse):
    browser = await browse(supervisor, origin="http://elsewhere.example")
    assert browser.connected is False


async def test_a_member_of_two_organizations_sees_each_by_itself(harbor, summit, supervisor, browse):
    await in_thread(summit.person, supervisor.email, "supervisor")
    await in_thread(harbor.add, "Ada")
    await in_thread(summit.add, "Sven")
    here, there = await browse(supervisor), await browse(supervisor, slug="summit")
    await here.next()
    await there.next()
    assert (here.page.texts, there.page.texts) == (["Ada"], ["Sven"])


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["auditor"]}])
async def test_a_socket_whose_right_ends_is_closed_with_4403(harbor, supervisor, browse, change):
    other = await in_thread(harbor.person, "other@harbor.example", "supervisor")
    ending, staying = await browse(supervisor), await browse(other)
    await ending.next()
    await staying.next()
    await in_thread(harbor.change_membership, supervisor, **change)
    assert await ending.next() is None
    assert ending.closed_with == 4403
    await in_thread(harbor.add, "Ada")
    await staying.next()
    assert staying.page.texts == ["Ada"]


async def test_a_socket_whose_scope_changes_is_given_the_page_of_its_new_view(harbor, supervisor, browse):
    await in_thread(harbor.add, "Ada")
    browser = await browse(supervisor)
    await browser.next()
    await in_thread(harbor.change_membership, supervisor, all_queues=False)
    assert "<tbody" in await browser.next()
    assert [key[1] for key in customers.reads] == [None, frozenset()]
    await in_thread(harbor.add, "Cem")
    await browser.next()
    assert browser.page.texts == ["Ada", "Cem"]
    assert [key[1] for key in customers.reads] == [None, frozenset(), frozenset()]


async def test_signing_out_ends_the_sockets_of_the_session(harbor, supervisor, browse):
    other = await in_thread(harbor.person, "other@harbor.example", "supervisor")
    browser = await browse(supervisor)
    await browser.next()
    await in_thread(_sign_out, browser)
    # Somebody else's change is enough for everybody's rights to be read again.
    await in_thread(harbor.change_membership, other, may_notify=False)
    assert await browser.next() is None
    assert browser.closed_with == 4401


def _sign_out(browser):
    request = HttpRequest()
    request.session = browser.client.session
    logout(request)


async def test_rights_that_change_while_a_socket_is_let_in_are_not_missed(harbor, supervisor, browse):
    await (await browse(supervisor)).next()
    opening = asyncio.create_task(browse(supervisor))
    await in_thread(harbor.change_membership, supervisor, is_active=False)
    browser = await opening
    while await browser.next() is not None:
        pass
    assert browser.closed_with in {4403, 4404}
