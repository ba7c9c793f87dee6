"""Pages of the members: people are invited or attached, roles and queues take effect at once."""

import re

from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.models import Membership
from contact_center.tenancy.roles import Role
from routing.models import QueueScope
from tests import factories
from tests.admin_pages import errors_of, events, no_rows, url

User = get_user_model()


SCOPES = "queue_scopes"


def member_form(**more):
    return {"roles": ["supervisor"], "is_active": "on", "all_queues": "on", "name": "Nora", **no_rows(SCOPES), **more}


def add_member(cast, **fields):
    return cast.client(cast.admin).post(url(Membership, "add"), member_form(**fields))


def test_a_new_person_gets_an_account_without_password_and_a_mail(harbor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert add_member(harbor, email="Nora@Harbor.example", name="Nora Berg").status_code == 302
    user = User.objects.get(email="nora@harbor.example")
    assert (user.name, user.has_usable_password(), user.is_staff) == ("Nora Berg", False, False)
    assert organizations_of_user(user.pk) == [harbor.organization]
    (invitation,) = mail.outbox
    assert invitation.to == ["nora@harbor.example"]
    link = next(word for word in invitation.body.split() if "/accounts/password/reset/key/" in word)
    assert Client().get(link, follow=True).status_code == 200
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    assert event.after["roles"] == ["supervisor"]
    assert "Nora" not in str(event.after) + str(event.before)


def test_the_link_in_the_mail_leads_to_a_password_that_works(harbor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add_member(harbor, email="nora@harbor.example")
    link = next(word for word in mail.outbox[0].body.split() if "/accounts/password/reset/key/" in word)
    visitor = Client()
    form = visitor.get(link, follow=True)
    password = {"password1": "a-long-enough-secret", "password2": "a-long-enough-secret"}
    visitor.post(form.request["PATH_INFO"], password)
    assert Client().login(email="nora@harbor.example", password="a-long-enough-secret")


def test_somebody_of_another_organization_is_attached_and_stays_unchanged_and_unseen(
    harbor, summit, django_capture_on_commit_callbacks
):
    stranger = summit.supervisor.user
    stranger.name = "Real Name Of Stranger"
    stranger.save()
    before = User.objects.filter(pk=stranger.pk).values().get()
    with django_capture_on_commit_callbacks(execute=True):
        response = add_member(harbor, email=stranger.email, name="Typed here")
    assert response.status_code == 302
    assert User.objects.filter(pk=stranger.pk).values().get() == before
    listed = harbor.client(harbor.admin).get(url(Membership)).content.decode()
    assert "Typed here" in listed
    assert "Real Name Of Stranger" not in listed
    assert "password/reset/key" not in mail.outbox[0].body
    assert harbor.actor(membership_of(harbor, stranger)).name == "Typed here"
    assert summit.actor(summit.supervisor).name == "Real Name Of Stranger"


def membership_of(cast, user):
    with cast.scope():
        return Membership.objects.get(user=user)


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(harbor, summit):
    client = harbor.client(harbor.admin)
    seen = []
    for email in ("nobody-yet@example.com", summit.supervisor.user.email):
        page = client.post(url(Membership, "add"), member_form(email=email), follow=True)
        told = [str(message) for message in page.context["messages"]]
        seen.append([re.sub(r"/\d+/", "/…/", text.replace(email, "…")) for text in told])
    assert len(seen[0]) == 2
    assert seen[0] == seen[1]


def test_a_member_cannot_be_added_twice(harbor):
    assert "email" in errors_of(add_member(harbor, email="SUPERVISOR@harbor.example"))


def test_a_member_needs_a_role(harbor):
    assert "roles" in errors_of(add_member(harbor, email="nora@harbor.example", roles=[]))


def test_roles_change_at_once_and_the_audit_names_before_and_after(
    harbor, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = harbor.client(harbor.admin).post(
            url(Membership, "change", harbor.second.pk), member_form(roles=["auditor"], may_notify="on")
        )
    assert response.status_code == 302
    assert harbor.actor(harbor.second).roles == {Role.AUDITOR}
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    assert (event.object_id, event.before, event.after) == (
        harbor.second.pk,
        {"roles": ["supervisor"]},
        {"roles": ["auditor"], "fields": ["name", "roles"]},
    )
    assert (harbor.organization.pk, "rights", (harbor.second.pk,)) in published


def test_a_deactivated_member_is_out_at_the_next_click(harbor):
    signed_in = harbor.client(harbor.second)
    assert signed_in.get(harbor.url("conversations/")).status_code == 200
    form = member_form()
    del form["is_active"]
    harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert signed_in.get(harbor.url("conversations/")).status_code == 404


def test_the_last_administrator_stays(harbor):
    client, page = harbor.client(harbor.admin), url(Membership, "change", harbor.admin.pk)
    assert "roles" in errors_of(client.post(page, member_form(roles=["supervisor"])))
    with harbor.scope():
        factories.make_member("admin2@harbor.example", Role.ADMINISTRATOR)
    assert client.post(page, member_form(roles=["supervisor"])).status_code == 302


def test_queues_of_a_scoped_supervisor_are_set_with_the_member(harbor, published, django_capture_on_commit_callbacks):
    form = member_form(**{f"{SCOPES}-TOTAL_FORMS": 1, f"{SCOPES}-0-queue": harbor.orders.pk})
    del form["all_queues"]
    with django_capture_on_commit_callbacks(execute=True):
        response = harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert response.status_code == 302
    assert harbor.actor(harbor.second).queue_ids == {harbor.orders.pk}
    (event,) = events(harbor, AuditAction.MEMBERSHIP_CHANGED)
    (added,) = event.after["queuescope"]["added"]
    assert (added["membership"], added["queue"]) == (harbor.second.pk, harbor.orders.pk)
    assert (harbor.organization.pk, "rights", (harbor.second.pk,)) in published


def test_a_queue_of_another_organization_is_no_choice(harbor, summit):
    form = member_form(**{f"{SCOPES}-TOTAL_FORMS": 1, f"{SCOPES}-0-queue": summit.orders.pk})
    response = harbor.client(harbor.admin).post(url(Membership, "change", harbor.second.pk), form)
    assert response.status_code == 200
    assert response.context["inline_admin_formsets"][0].formset.errors == [
        {"queue": ["Select a valid choice. That choice is not one of the available choices."]}
    ]
    with harbor.scope():
        assert not QueueScope.objects.filter(membership=harbor.second).exists()


def test_members_are_never_deleted(harbor):
    assert harbor.client(harbor.admin).post(url(Membership, "delete", harbor.second.pk)).status_code == 403


def test_a_member_without_a_name_here_is_asked_for_none_of_which_the_account_has_one(harbor):
    User.objects.filter(pk=harbor.second.user_id).update(name="Ines Kovač")
    with harbor.scope():
        Membership.objects.filter(pk=harbor.second.pk).update(name="")
    page = harbor.client(harbor.admin).get(url(Membership, "change", harbor.second.pk)).content.decode()
    assert 'value="Ines Kovač"' in page
