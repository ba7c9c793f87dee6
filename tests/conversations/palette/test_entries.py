"""The palette's entries: what a person may open, and nothing else."""

import re

import pytest

from contact_center.tenancy.models import OrganizationSettings
from conversations.listing import LISTINGS
from conversations.models import SavedViewShare
from conversations.palette.entries import groups_for
from conversations.saved_views import changing
from conversations.saved_views.builtin import BUILT_IN

OPTION = re.compile(r'data-url="([^"]+)"')


def get(cast, member=None):
    return cast.client(member).get(cast.url("palette/"), headers={"HX-Request": "true"})


def offered(cast, member):
    with cast.scope():
        return {group.name: [entry.label for entry in group.entries] for group in groups_for(cast.actor(member))}


def test_a_supervisor_finds_pages_and_the_views_of_every_list(harbor):
    found = offered(harbor, harbor.supervisor)
    assert list(found) == [
        "Pages",
        "Views: All ongoing conversations",
        "Views: Ongoing record conversations",
        "Views: Ongoing conversation report",
        "Search",
    ]
    assert found["Pages"][:2] == ["All ongoing conversations", "Ongoing record conversations"]
    assert {"Action History", "Notifications"} <= set(found["Pages"])
    assert not {"Desk", "Audit", "Administration"} & set(found["Pages"])
    assert found["Views: Ongoing record conversations"] == [view.name for view in BUILT_IN["records"]]


def test_the_typed_words_can_be_searched_for_in_messages_by_those_who_may(harbor):
    assert get(harbor).content.decode().count("data-searches") == 3
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    page = get(harbor).content.decode()
    assert page.count("data-searches") == 2
    assert "messages=1" not in page


def test_others_find_their_own_pages_and_no_views(harbor):
    assert offered(harbor, harbor.agent) == {"Pages": ["Desk", "Notifications", "Who monitored me"]}
    assert offered(harbor, harbor.auditor) == {
        "Pages": ["Action History", "Audit", "Monitoring ledger", "Notifications"]
    }
    assert set(offered(harbor, harbor.admin)) == {"Pages"}


@pytest.mark.parametrize("name", ["supervisor", "scoped", "admin", "auditor", "agent"])
def test_whatever_is_offered_opens(harbor, name):
    member = getattr(harbor, name)
    client = harbor.client(member)
    for url in OPTION.findall(get(harbor, member).content.decode()):
        assert client.get(url).status_code == 200, url


def test_saved_views_are_ones_own_and_those_shared_with_one(harbor, summit):
    with harbor.scope():
        actor = harbor.actor()
        own = changing.save_new(actor, "conversations", "Mine", "channel=sms")
        shared = changing.save_new(actor, "records", "Ours <b>", "priority=high")
        changing.share(actor, shared.pk, [changing.Share(harbor.second.pk)])
    mine, theirs = get(harbor).content.decode(), get(harbor, harbor.second).content.decode()
    assert f"view={own.pk}" in mine
    assert "your view" in mine
    assert "Mine" not in theirs
    assert f"records/?view={shared.pk}" in theirs
    assert f"shared by {harbor.supervisor}" in theirs
    assert "Ours &lt;b&gt;" in theirs
    foreign = get(summit).content.decode()
    assert "Mine" not in foreign
    assert "Ours" not in foreign


def test_it_costs_the_same_however_many_views_there_are(harbor, django_assert_num_queries):
    with harbor.scope():
        actor = harbor.actor()
        for number in range(5):
            view = changing.save_new(actor, "conversations", f"View {number}", "channel=sms")
            SavedViewShare.objects.create(view=view)
        with django_assert_num_queries(sum(actor.may(listing.right) for listing in LISTINGS.values())):
            groups_for(actor)
        agent = harbor.actor(harbor.agent)
        with django_assert_num_queries(0):
            groups_for(agent)


def test_it_is_closed_to_strangers(harbor, summit):
    assert summit.client().get(harbor.url("palette/")).status_code == 404


def test_every_page_brings_the_palette_and_a_button_for_it(harbor):
    for member, path in ((harbor.supervisor, "conversations/"), (harbor.agent, "desk/"), (harbor.auditor, "audit/")):
        page = harbor.client(member).get(harbor.url(path)).content.decode()
        assert f'data-entries-url="{harbor.url("palette/")}"' in page
        assert "data-open-palette" in page
