"""Django admin: who enters, which pages there are, where the history of a row comes from."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from contact_center.administration.site import site
from routing.models import Queue
from tests.admin_pages import queue_form, url

User = get_user_model()


ALL_PAGES = sorted(site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", ALL_PAGES, ids=lambda model: model._meta.label)
def test_every_page_is_open_to_the_administrator(harbor, model):
    client = harbor.client(harbor.admin)
    assert client.get(url(model), follow=True).status_code == 200
    if site.get_model_admin(model).addable:
        assert client.get(url(model, "add")).status_code == 200


@pytest.mark.parametrize("model", ALL_PAGES, ids=lambda model: model._meta.label)
def test_every_page_is_closed_to_other_roles_with_the_reason(harbor, model):
    for member in (harbor.supervisor, harbor.auditor, harbor.agent):
        response = harbor.client(member).get(url(model))
        assert response.status_code == 403
        assert "Only administrators configure the organization." in response.content.decode()


def test_staff_and_superuser_flags_open_nothing(harbor):
    user = harbor.supervisor.user
    user.is_staff = user.is_superuser = True
    user.save()
    assert harbor.client().get("/admin/").status_code == 403


def test_a_superuser_without_a_membership_is_kept_out(harbor):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "demo-password", name="Root"))
    response = client.get("/admin/")
    assert response.status_code == 403
    assert "You are not a member of this organization." in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/tenancy/membership/", "/admin/no/such/page/"])
def test_anonymous_visitors_are_sent_to_the_sign_in_page(db, path):
    response = Client().get(path)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=/admin/")


def test_libraries_have_no_page_here(harbor):
    apps = {model._meta.app_label for model in site._registry}
    assert apps == {"tenancy", "routing", "conversations", "analytics"}
    assert harbor.client(harbor.admin).get("/admin/account/emailaddress/").status_code == 404


def test_every_page_stands_in_one_section(harbor):
    request = type("Request", (), {"actor": harbor.actor(harbor.admin), "organization": harbor.organization})()
    listed = [page["model"] for section in site.get_app_list(request) for page in section["models"]]
    assert sorted(listed, key=lambda model: model._meta.label) == ALL_PAGES
    assert "More" not in [section["name"] for section in site.get_app_list(request)]


def test_runs_and_the_audit_log_have_no_page(harbor):
    names = {model._meta.model_name for model in site._registry}
    assert names.isdisjoint({"bulkaction", "bulkactionitem", "auditevent", "message", "notification", "outboxentry"})


def test_the_history_of_a_row_comes_from_the_audit_log(harbor):
    client = harbor.client(harbor.admin)
    client.post(url(Queue, "change", harbor.orders.pk), queue_form(name="Orders 2", is_active="on"))
    body = client.get(url(Queue, "history", harbor.orders.pk)).content.decode()
    assert "Configuration changed: name" in body
    assert "Admin" in body
