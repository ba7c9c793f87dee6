"""The sockets of the desk and of notifications, through the door that a browser takes."""

import pytest
from django.test import Client

from contact_center.live.entry import Entry
from contact_center.live.protocol import NOT_FOUND, NOT_SIGNED_IN, RIGHT_ENDED, AccessEnded
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def code(slug, view, member=None, query=""):
    """With what the door closes; None when it opens."""
    browser = Client()
    if member:
        browser.force_login(member.user)
    try:
        Entry(browser.session.session_key, slug, view, query).resolve()
    except AccessEnded as refused:
        return refused.code
    return None


@pytest.mark.parametrize("view", ["desk", "notifications", "notification-list"])
def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(view):
    harbor, summit = make_cast("harbor"), make_cast("summit")
    assert code(harbor.slug, view) == NOT_SIGNED_IN
    for stranger in (summit.agent, summit.supervisor):
        assert code(harbor.slug, view, stranger) == NOT_FOUND
    assert code(harbor.slug, view, harbor.agent) is None


def test_the_desk_is_for_representatives_and_the_bell_for_everybody():
    harbor = make_cast("harbor")
    for member in (harbor.supervisor, harbor.admin, harbor.auditor):
        assert code(harbor.slug, "desk", member) == RIGHT_ENDED
        assert code(harbor.slug, "notifications", member) is None


def test_somebody_elses_conversation_in_the_address_opens_ones_own_desk_only():
    harbor = make_cast("harbor")
    for typed in ("999999", "x", "9" * 40, ""):
        assert code(harbor.slug, "desk", harbor.agent, f"c={typed}") is None
