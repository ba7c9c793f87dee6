"""Every socket: foreign organizations, anonymous visitors and members without the right are refused."""

import pytest
from django.conf import settings
from django.test import Client

from contact_center.live.entry import Entry
from contact_center.live.protocol import NOT_FOUND, NOT_SIGNED_IN, RIGHT_ENDED, AccessEnded
from contact_center.live.registry import live_view_names
from contact_center.sockets import websocket_urlpatterns
from contact_center.tenancy.roles import Role
from tests import factories

OF_ORGANIZATION = r"^ws/o/(?P<organization>"
# Sockets that belong to no organization's address, each with its reason.
ELSEWHERE = {r"^chat/(?P<key>[^/]+)/live/$": "customers have no account; tried in conversations/chat/test_socket"}
# Views that every member may open.
FOR_EVERY_MEMBER: frozenset[str] = frozenset({"notifications", "notification-list"})


def test_every_socket_names_its_organization():
    patterns = {pattern.pattern.regex.pattern for pattern in websocket_urlpatterns}
    assert {pattern for pattern in patterns if not pattern.startswith(OF_ORGANIZATION)} == set(ELSEWHERE)


def test_there_are_live_views_to_try():
    assert "conversations" in live_view_names()


def code_of(client, slug, view):
    """With which code the door closes to the browser, or None when it opens."""
    scope = {
        "url_route": {"kwargs": {"organization": slug, "view": view}},
        "cookies": {name: morsel.value for name, morsel in client.cookies.items()},
        "query_string": b"",
    }
    try:
        # Not `resolve`, which gives the connection back, and with it the transaction of this test.
        Entry.of(scope)._resolve()
    except AccessEnded as refused:
        return refused.code
    return None


@pytest.mark.parametrize("view", live_view_names())
def test_strangers_and_anonymous_visitors_are_refused(harbor, summit, view):
    assert code_of(Client(), harbor.slug, view) == NOT_SIGNED_IN
    for member in (summit.supervisor, summit.admin):
        assert code_of(summit.client(member), harbor.slug, view) == NOT_FOUND
        assert code_of(summit.client(member), "no-such-organization", view) == NOT_FOUND


@pytest.mark.parametrize("view", live_view_names())
def test_members_without_any_right_to_it_are_refused(harbor, view):
    codes = {role: code_with(harbor, role, view) for role in Role}
    refused = {role for role, code in codes.items() if code in (RIGHT_ENDED, NOT_FOUND)}
    assert refused or view in FOR_EVERY_MEMBER, codes


def code_with(cast, role, view):
    with cast.scope():
        member = factories.make_member(f"only-{role}@{cast.slug}.example", role)
    return code_of(cast.client(member), cast.slug, view)


@pytest.mark.parametrize("view", live_view_names())
def test_a_closed_membership_is_refused(harbor, view):
    client = harbor.client()
    with harbor.scope():
        harbor.supervisor.is_active = False
        harbor.supervisor.save()
    assert code_of(client, harbor.slug, view) == NOT_FOUND


def test_the_cookie_is_what_opens_the_door(harbor):
    client = harbor.client()
    assert code_of(client, harbor.slug, "conversations") is None
    client.cookies[settings.SESSION_COOKIE_NAME] = "forged"
    assert code_of(client, harbor.slug, "conversations") == NOT_SIGNED_IN
