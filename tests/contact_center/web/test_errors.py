"""How the errors of rules are answered, with a page or beside one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from contact_center.errors import Conflict, DomainError, Invalid, NotFound, Refused
from contact_center.tenancy.access import organization_view
from contact_center.tenancy.roles import Right
from contact_center.urls import of_organization
from contact_center.urls import urlpatterns as real
from conversations.models import Tag

ERRORS = {
    "refused": (Refused("It is already closed."), 403),
    "conflict": (Conflict("It changed.", current="It is Active with Ana now."), 409),
    "invalid": (Invalid("Choose a reason."), 422),
    "absent": (NotFound("Gone."), 404),
    "other": (DomainError("No."), 403),
}


@organization_view(Right.SUPERVISE)
def failing(request, organization, kind):
    Tag.objects.create(name="Half done")
    if kind == "crash":
        raise RuntimeError("Something private")
    if kind == "denied":
        raise PermissionDenied("You may not.")
    if kind == "fine":
        return HttpResponse("done")
    raise ERRORS[kind][0]


urlpatterns = [
    path("o/<slug:organization>/", include([path("failing/<str:kind>/", failing), *of_organization])),
    *real,
]


@pytest.fixture(autouse=True)
def failing_views():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def ask(cast, kind, **headers):
    client = cast.client()
    client.raise_request_exception = False
    return client.get(cast.url(f"failing/{kind}/"), headers=headers)


def tags(cast):
    with cast.scope():
        return Tag.objects.count()


@pytest.mark.parametrize("kind", ERRORS)
def test_a_rule_that_says_no_is_a_page_with_its_sentence(harbor, kind):
    error, status = ERRORS[kind]
    response = ask(harbor, kind)
    assert response.status_code == status
    text = response.content.decode()
    assert text.lstrip().startswith("<!doctype html>")
    if status != 404:
        assert error.sentence in text


def test_a_conflict_says_what_is_true_now(harbor):
    assert "It changed. It is Active with Ana now." in ask(harbor, "conflict").content.decode()


@pytest.mark.parametrize("kind", ERRORS)
def test_htmx_gets_a_notice_and_keeps_what_it_shows(harbor, kind):
    error, status = ERRORS[kind]
    response = ask(harbor, kind, **{"HX-Request": "true", "HX-Target": "dialog"})
    assert (response.status_code, response["HX-Reswap"]) == (status, "none")
    text = response.content.decode()
    assert 'hx-swap-oob="beforeend:#notices"' in text
    assert error.sentence in text
    assert "<!doctype" not in text


@pytest.mark.parametrize("kind", [*ERRORS, "denied", "crash"])
def test_nothing_half_done_is_kept(harbor, kind):
    ask(harbor, kind)
    assert tags(harbor) == 0


def test_what_succeeds_is_kept(harbor):
    assert ask(harbor, "fine").content == b"done"
    assert tags(harbor) == 1


def test_a_missing_right_is_said_and_a_crash_says_nothing_private(harbor):
    denied = ask(harbor, "denied")
    assert (denied.status_code, "You may not." in denied.content.decode()) == (403, True)
    crash = ask(harbor, "crash")
    assert crash.status_code == 500
    assert "private" not in crash.content.decode()
    assert "Something went wrong on our side" in crash.content.decode()


def test_a_page_that_does_not_exist_says_so(harbor):
    response = harbor.client().get(harbor.url("nowhere/"))
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
