"""The invitation, sent again from a member's page in the admin."""

import pytest
from django.core import mail
from django.urls import reverse

from contact_center.tenancy.roles import Role
from tests import factories

LINK = "/accounts/password/reset/key/"


def page(member):
    return reverse("admin:tenancy_membership_change", args=[member.pk])


def post(cast, member, by=None, **more):
    inline = {"queue_scopes-TOTAL_FORMS": "0", "queue_scopes-INITIAL_FORMS": "0"}
    form = {"roles": member.roles, "all_queues": "on", "is_active": "on", "name": "Nora", **inline, **more}
    form = {name: value for name, value in form.items() if value}
    return cast.client(by or cast.admin).post(page(member), form)


@pytest.fixture
def nora(harbor):
    """A member who hasn't chosen a password yet."""
    with harbor.scope():
        member = factories.make_member("nora@harbor.example", Role.SUPERVISOR)
    member.user.set_unusable_password()
    member.user.save()
    return member


def sent(callbacks, ask):
    mail.outbox.clear()
    with callbacks(execute=True):
        answer = ask()
    return answer, list(mail.outbox)


def test_whoever_has_no_password_yet_gets_a_new_link(harbor, nora, django_capture_on_commit_callbacks):
    answer, mails = sent(django_capture_on_commit_callbacks, lambda: post(harbor, nora, invite_again="on"))
    assert answer.status_code == 302
    assert [(one.to, LINK in one.body) for one in mails] == [(["nora@harbor.example"], True)]


def test_whoever_has_one_is_led_to_the_console(harbor, django_capture_on_commit_callbacks):
    _, mails = sent(django_capture_on_commit_callbacks, lambda: post(harbor, harbor.second, invite_again="on"))
    assert [LINK in one.body for one in mails] == [False]


def test_saving_without_asking_for_it_sends_nothing(harbor, nora, django_capture_on_commit_callbacks):
    answer, mails = sent(django_capture_on_commit_callbacks, lambda: post(harbor, nora))
    assert (answer.status_code, mails) == (302, [])


def test_a_member_who_is_switched_off_is_not_invited(harbor, nora, django_capture_on_commit_callbacks):
    answer, mails = sent(
        django_capture_on_commit_callbacks, lambda: post(harbor, nora, invite_again="on", is_active="")
    )
    assert (answer.status_code, mails) == (200, [])
    assert "Only an active member can come in." in answer.content.decode()


def test_neither_supervisors_nor_other_organizations_send_it(harbor, summit, nora, django_capture_on_commit_callbacks):
    for cast, by in ((harbor, harbor.supervisor), (summit, summit.admin)):
        _, mails = sent(django_capture_on_commit_callbacks, lambda c=cast, b=by: post(c, nora, b, invite_again="on"))
        assert mails == []
