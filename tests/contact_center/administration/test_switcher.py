"""Administrators of several organizations: the admin works in the one chosen in the switcher."""

import re

import pytest
from django.test import Client

from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_scope
from routing.models import Queue
from tests import factories
from tests.admin_pages import queue_form, url


@pytest.fixture
def both(harbor, summit):
    """An administrator of both organizations."""
    user = factories.make_user("both@example.com", "Both")
    for cast in (harbor, summit):
        with cast.scope():
            Membership.objects.create(user=user, roles=[Role.ADMINISTRATOR])
    client = Client()
    client.force_login(user)
    return client


def test_the_switcher_lists_ones_own_organizations_and_nobody_elses(both, harbor, summit):
    factories.make_organization("glacier")
    for page in ("/admin/", url(Queue), url(Membership, "add")):
        shown = re.search(r'id="switch-organization".*?</select>', both.get(page).content.decode(), re.S)[0]
        assert re.findall(r'<option value="(\w+)"( selected)?>', shown) == [("harbor", " selected"), ("summit", "")]
    assert "switch-organization" not in harbor.client(harbor.admin).get("/admin/").content.decode()


def switch(client, slug):
    return client.post("/switch-organization/", {"organization": slug})


def test_the_admin_works_in_the_organization_chosen_in_the_switcher(both, harbor, summit):
    with summit.scope():
        factories.make_queue("Only in summit")
    assert switch(both, "summit").url == "/admin/"
    assert "Only in summit" in both.get(url(Queue)).content.decode()
    switch(both, "harbor")
    assert "Only in summit" not in both.get(url(Queue)).content.decode()


def test_search_keeps_nothing_of_the_organization_left_behind(both, summit):
    with summit.scope():
        factories.make_queue("Glacier")
    switch(both, "summit")
    both.get("/admin/search/?s=glacier&extended=1")
    switch(both, "harbor")
    assert "Glacier" not in both.get("/admin/search/?s=glacier&extended=1").content.decode()


def test_a_form_opened_in_one_organization_is_not_saved_into_another(both, summit):
    switch(both, "harbor")
    page = both.get(url(Queue, "add"))
    assert "?organization=harbor" in page.content.decode()
    switch(both, "summit")
    response = both.post(f"{url(Queue, 'add')}?organization=harbor", queue_form(name="Astray", is_active="on"))
    assert response.status_code == 409
    with summit.scope():
        assert not Queue.objects.filter(name="Astray").exists()


def test_nobody_switches_into_an_organization_of_others(harbor, summit):
    client = harbor.client(harbor.admin)
    assert switch(client, "summit").status_code == 404
    assert switch(client, "nowhere").status_code == 404
    assert client.get("/switch-organization/").status_code == 405
    assert "Harbor" in client.get("/admin/").content.decode()


def test_switching_leads_those_who_do_not_configure_to_the_console(harbor):
    assert switch(harbor.client(), "harbor").url == "/o/harbor/"


def test_the_organization_in_the_session_is_forgotten_when_the_membership_ends(both, harbor, summit):
    switch(both, "summit")
    with organization_scope(summit.organization.pk):
        Membership.objects.filter(user__email="both@example.com").update(is_active=False)
    assert "Summit" not in both.get("/admin/").content.decode()
