"""The administration's list of who acknowledged which version of the notice on monitoring, and who hasn't yet."""

import pytest

from contact_center.tenancy.models import Membership, NoticeAcknowledgement
from contact_center.tenancy.roles import Role
from contact_center.tenancy.toggles import REPRESENTATIVE_NOTICE, REPRESENTATIVE_NOTICE_VERSION
from tests.admin_pages import url
from tests.factories import make_member


def acknowledge(cast, member, version=REPRESENTATIVE_NOTICE_VERSION):
    with cast.scope():
        return NoticeAcknowledgement.objects.create(membership=member, notice=REPRESENTATIVE_NOTICE, version=version)


def rows_of(response):
    return [str(row) for row in response.context["cl"].result_list]


def test_it_lists_person_version_and_time(harbor):
    row = acknowledge(harbor, harbor.agent)
    page = harbor.client(harbor.admin).get(url(NoticeAcknowledgement)).content.decode()
    assert harbor.agent.user.email in page
    assert str(harbor.agent) in page
    assert f">{row.version}<" in page.replace("\n", "")


def test_nobody_adds_changes_or_takes_one_back(harbor):
    row = acknowledge(harbor, harbor.agent)
    client = harbor.client(harbor.admin)
    assert client.get(url(NoticeAcknowledgement, "add")).status_code == 403
    assert client.post(url(NoticeAcknowledgement, "delete", row.pk)).status_code == 403
    assert client.post(url(NoticeAcknowledgement, "change", row.pk), {"version": 9}).status_code == 403
    with harbor.scope():
        assert NoticeAcknowledgement.objects.get().version == REPRESENTATIVE_NOTICE_VERSION


def test_another_organization_s_are_neither_listed_nor_opened(harbor, summit):
    row = acknowledge(summit, summit.agent)
    client = harbor.client(harbor.admin)
    assert rows_of(client.get(url(NoticeAcknowledgement))) == []
    assert (
        summit.agent.user.email
        not in client.get(url(NoticeAcknowledgement, "change", row.pk), follow=True).content.decode()
    )


@pytest.mark.parametrize("member", ["supervisor", "agent", "auditor"])
def test_it_is_for_administrators(harbor, member):
    assert harbor.client(getattr(harbor, member)).get(url(NoticeAcknowledgement)).status_code in (302, 403)


def test_members_say_who_has_not_read_it_as_it_is_now(harbor):
    with harbor.scope():
        new = make_member("new@harbor.example", Role.REPRESENTATIVE)
        old = make_member("old@harbor.example", Role.REPRESENTATIVE)
    acknowledge(harbor, harbor.agent)
    acknowledge(harbor, old, version=REPRESENTATIVE_NOTICE_VERSION - 1)
    client = harbor.client(harbor.admin)
    page = client.get(url(Membership)).content.decode()
    for words in (f"Version {REPRESENTATIVE_NOTICE_VERSION}, ", "Not read yet", "since changed"):
        assert words in page
    due, read = (rows_of(client.get(f"{url(Membership)}?notice={which}")) for which in ("due", "read"))
    assert {str(new), str(old)} <= set(due)
    assert str(harbor.agent) in read
    assert not set(due) & set(read)


def test_the_list_is_read_in_as_many_queries_for_many(harbor, django_assert_max_num_queries):
    client = harbor.client(harbor.admin)
    client.get(url(Membership))
    with harbor.scope():
        for number in range(20):
            acknowledge(harbor, make_member(f"rep{number}@harbor.example", Role.REPRESENTATIVE))
    with django_assert_max_num_queries(16):
        client.get(url(Membership))
    with django_assert_max_num_queries(16):
        client.get(url(NoticeAcknowledgement))
