"""The front doors, and the frame around every page."""

import pytest
from django.test import Client

from contact_center.tenancy.models import Membership, Organization
from contact_center.tenancy.roles import Role
from tests.factories import make_user


@pytest.mark.parametrize(
    ("member", "home"),
    [("supervisor", "conversations/"), ("scoped", "conversations/"), ("auditor", "action-history/")],
)
def test_everybody_is_led_to_their_work(harbor, member, home):
    response = harbor.client(getattr(harbor, member)).get(harbor.url())
    assert (response.status_code, response["Location"]) == (302, harbor.url(home))


def test_an_administrator_is_led_to_the_admin(harbor):
    assert harbor.client(harbor.admin).get(harbor.url())["Location"] == "/admin/"


def test_who_has_no_page_yet_is_told_so(harbor):
    response = harbor.client(harbor.agent).get(harbor.url())
    assert response.status_code == 302 or "no page for your role" in response.content.decode()


def test_the_root_leads_to_the_organization_of_last_time(harbor, summit):
    with summit.scope():
        Membership.objects.create(user=harbor.supervisor.user, roles=[Role.SUPERVISOR])
    client = harbor.client()
    assert client.get("/")["Location"] == "/o/harbor/"
    client.get(summit.url("conversations/"))
    assert client.get("/")["Location"] == "/o/summit/"


def test_a_membership_that_ended_is_not_led_to(harbor, summit):
    client = harbor.client()
    session = client.session
    session["organization"] = "summit"
    session.save()
    assert client.get("/")["Location"] == "/o/harbor/"


def test_somebody_without_an_organization_is_told_so(harbor):
    client = Client()
    client.force_login(make_user("nobody@example.com"))
    response = client.get("/")
    assert response.status_code == 403
    assert "any organization yet" in response.content.decode()


def test_a_visitor_signs_in_first(db):
    assert Client().get("/")["Location"] == "/accounts/login/?next=/"


def test_a_foreign_organization_looks_like_none(harbor, summit):
    client = harbor.client()
    foreign, absent = client.get(summit.url()), client.get("/o/absent/")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


def test_the_navigation_holds_what_the_person_may_open(harbor):
    response = harbor.client().get(harbor.url("conversations/"))
    labels = [section["label"] for section in response.context["navigation"]]
    assert "Conversations" in labels
    assert "Administration" not in labels
    child, records = response.context["navigation"][0]["children"]
    assert (records["label"], records["current"]) == ("Ongoing record conversations", False)
    assert (child["url"], child["current"]) == (harbor.url("conversations/"), True)


def test_every_link_of_the_navigation_leads_somewhere(harbor):
    client = harbor.client()
    for section in client.get(harbor.url("conversations/")).context["navigation"]:
        for link in section.get("children") or [section]:
            assert client.get(link["url"]).status_code == 200, link


def test_the_switcher_shows_ones_own_organizations_only(harbor, summit):
    Organization.objects.create(name="Third", slug="third")
    response = harbor.client().get(harbor.url("conversations/"))
    assert [each["name"] for each in response.context["organizations"]] == ["Harbor"]
    assert "Summit" not in response.content.decode()
