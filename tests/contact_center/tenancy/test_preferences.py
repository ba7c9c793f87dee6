"""What people choose for themselves: the time zone and the height of rows."""

import pytest

from contact_center.tenancy.models import User


@pytest.fixture
def client(harbor):
    return harbor.client()


def chosen(harbor):
    user = User.objects.get(pk=harbor.supervisor.user_id)
    return user.time_zone, user.density


@pytest.mark.parametrize("name", ["supervisor", "admin", "auditor", "agent"])
def test_every_member_has_preferences(harbor, name):
    answer = harbor.client(getattr(harbor, name)).get(harbor.url("preferences/"))
    assert "As the organization (UTC)" in answer.content.decode()


def test_they_are_kept_and_the_page_comes_anew(harbor, client):
    answer = client.post(harbor.url("preferences/"), {"time_zone": "America/Denver", "density": "compact"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert chosen(harbor) == ("America/Denver", "compact")
    page = client.get(harbor.url("conversations/")).content.decode()
    assert 'data-time-zone="America/Denver" data-density="compact"' in page
    assert harbor.actor().time_zone == "America/Denver"
    client.post(harbor.url("preferences/"), {"time_zone": "", "density": "comfortable"})
    assert harbor.actor().time_zone == "UTC"


def test_rows_alone_leave_the_time_zone_and_the_page(harbor, client):
    User.objects.filter(pk=harbor.supervisor.user_id).update(time_zone="America/Denver")
    answer = client.post(harbor.url("preferences/"), {"density": "compact"})
    assert (answer.status_code, "HX-Refresh" in answer) == (204, False)
    assert chosen(harbor) == ("America/Denver", "compact")


@pytest.mark.parametrize("given", [{"density": "tiny"}, {"time_zone": "Mars/Olympus"}])
def test_what_makes_no_sense_changes_nothing(harbor, client, given):
    assert client.post(harbor.url("preferences/"), given).status_code == 422
    assert chosen(harbor) == ("", "comfortable")


def test_nobody_chooses_for_others(harbor, client):
    client.post(
        harbor.url("preferences/"), {"density": "compact", "user": harbor.second.user_id, "pk": harbor.second.user_id}
    )
    assert User.objects.get(pk=harbor.second.user_id).density == "comfortable"
