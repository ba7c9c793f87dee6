"""Every address: marked with a right below /o/, closed to strangers, and silent about other organizations."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from contact_center.administration.site import site
from contact_center.tenancy.models import Organization
from contact_center.tenancy.roles import ROLES_WITH, Right, Role
from contact_center.tenancy.scope import OrganizationModel, organization_scope
from tests import factories
from tests.architecture.places import all_places, places_below

OF_ORGANIZATION = places_below("/o/<organization>/")
OF_ADMIN = places_below("/admin/")

# Below /o/<organization>/ without a right of its own, each with its reason.
UNMARKED: dict[str, str] = {}
# Open to anybody, or guarded by something that stands outside the URL map.
BEYOND_ORGANIZATIONS = {
    "/": "leads the signed-in to their organization",
    "/accounts/": "sign-in and one's own account, from allauth",
    "/admin/": "guarded by the admin's site; tried below",
    "/api/v1/": "guarded by the key; tried in test_api",
    "/chat/": "customers have no account; the key in the address is the right",
    "/switch-organization/": "one's own organizations only; see test_switcher",
    "/healthz": "for machines; says nothing of any organization",
    "/readyz": "for machines; says nothing of any organization",
    "/metrics": "for machines; says nothing of any organization",
}


def by_pattern(place):
    return str(place)


def test_the_walk_finds_the_pages():
    assert len(OF_ORGANIZATION) > 5
    assert len(OF_ADMIN) > 50


def test_every_address_has_a_guard():
    prefixes = {f"/{str(place).split('/')[1]}" for place in all_places()}
    assert prefixes == {"/o"} | {f"/{known.split('/')[1]}" for known in BEYOND_ORGANIZATIONS}


def test_every_page_of_an_organization_is_marked_with_its_right():
    unmarked = {str(place) for place in OF_ORGANIZATION if not isinstance(right_of(place), Right)}
    assert unmarked == set(UNMARKED)


def right_of(place):
    return getattr(place.view, "organization_right", None)


# Which refusal belongs to an address may not depend on the method: the wrong one is refused after the right one.
METHODS = ("get", "post", "put", "patch", "delete")


def answers(client, url):
    return {method: getattr(client, method)(url).status_code for method in METHODS}


@pytest.mark.django_db
@pytest.mark.parametrize("place", OF_ORGANIZATION, ids=by_pattern)
def test_anonymous_visitors_are_sent_to_the_sign_in_page(harbor, place):
    url = place.url(organization=harbor.slug)
    for method in METHODS:
        response = getattr(Client(), method)(url)
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/accounts/login/"), method


@pytest.mark.parametrize("place", OF_ORGANIZATION, ids=by_pattern)
def test_strangers_find_nothing(harbor, summit, place):
    """Somebody without any organization and somebody of another one get the answer of an organization that is none."""
    outsider = Client()
    outsider.force_login(factories.make_user("outsider@example.com"))
    for client in (outsider, summit.client(summit.supervisor), summit.client(summit.admin)):
        assert set(answers(client, place.url(organization=harbor.slug)).values()) == {404}
        absent = client.get(place.url(organization="no-such-organization"))
        present = client.get(place.url(organization=harbor.slug))
        assert present.content == absent.content


@pytest.mark.parametrize(
    "place", [each for each in OF_ORGANIZATION if right_of(each) not in (None, Right.MEMBER)], ids=by_pattern
)
def test_members_without_the_right_are_refused_with_the_reason(harbor, place):
    right = right_of(place)
    missing = sorted(set(Role) - ROLES_WITH[right])
    with harbor.scope():
        member = factories.make_member("without@harbor.example", *missing)
    client = harbor.client(member)
    # 405 says nothing about the organization, so the method may be refused first.
    assert set(answers(client, place.url(organization=harbor.slug)).values()) <= {403, 405}
    assert client.get(place.url(organization=harbor.slug)).status_code in (403, 405)


@pytest.mark.parametrize("place", OF_ORGANIZATION, ids=by_pattern)
def test_a_closed_membership_or_organization_opens_nothing(harbor, place):
    client = harbor.client()
    Organization.objects.filter(pk=harbor.organization.pk).update(is_active=False)
    assert client.get(place.url(organization=harbor.slug)).status_code == 404


@pytest.mark.parametrize("place", [p for p in OF_ORGANIZATION if len(p.converters) > 1], ids=by_pattern)
def test_ids_of_another_organization_are_not_found(harbor, full, place):
    """Every row of summit, by its id, at every address of harbor that takes one: no answer is a success."""
    with harbor.scope():
        client = harbor.client(factories.make_member("all@harbor.example", *Role))
    names = [name for name, _ in place.converters if name != "organization"]
    for pk in sorted(full[1].ids - full[0].ids):
        url = place.url(organization=harbor.slug, **dict.fromkeys(names, pk))
        for method in ("get", "post"):
            assert getattr(client, method)(url).status_code in (404, 405), (method, url)


# --- Django admin ---

ADMIN_PAGES = sorted(site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("place", OF_ADMIN, ids=by_pattern)
def test_the_admin_is_closed_to_everybody_but_administrators(harbor, place):
    url = place.url()
    members = [harbor.client(member) for member in (harbor.supervisor, harbor.auditor, harbor.agent)]
    for method in ("get", "post"):
        anonymous = getattr(Client(), method)(url)
        assert anonymous.status_code == 302, (method, url)
        assert anonymous.url.startswith("/accounts/"), (method, url)
        for client in members:
            # Leaving and changing one's password lead to the console's own pages.
            assert getattr(client, method)(url).status_code in (302, 403), (method, url)


@pytest.mark.parametrize("model", ADMIN_PAGES, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("what", ["change", "delete", "history"])
def test_the_admin_of_another_organization_never_shows_a_row(harbor, full, model, what):
    row = full[1].organization if model is Organization else full[1].of(model)
    before = values_of(full[1].organization, row)
    client = harbor.client(harbor.admin)
    url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/{what}/"
    for response in (client.get(url), client.post(url, {"post": "yes", "name": "taken", "label": "taken"})):
        assert response.status_code in (302, 403, 404), response.status_code
    assert values_of(full[1].organization, row) == before


def values_of(organization, row):
    with organization_scope(organization.pk):
        return type(row)._base_manager.filter(pk=row.pk).values().first()


@pytest.mark.parametrize("model", ADMIN_PAGES, ids=lambda model: model._meta.label)
def test_lists_of_the_admin_show_no_row_of_another_organization(harbor, full, model):
    admin = site.get_model_admin(model)
    with harbor.scope():
        request = type("Request", (), {"actor": harbor.actor(harbor.admin), "organization": harbor.organization})()
        shown = list(admin.get_queryset(request))
    assert {organization_of(row) for row in shown} <= {harbor.organization.pk}


def organization_of(row):
    return row.organization_id if isinstance(row, OrganizationModel) else row.pk


def test_no_page_of_the_admin_offers_a_person_of_another_organization(harbor, summit):
    """Users are no tenant table: no choice, filter or search may list them."""
    user = get_user_model()
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in ADMIN_PAGES
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is user and not field.auto_created
    ]
    client = harbor.client(harbor.admin)
    for model in ADMIN_PAGES:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        body = client.get(base, follow=True).content.decode()
        if site.get_model_admin(model).addable:
            body += client.get(f"{base}add/").content.decode()
        assert "summit" not in body.lower(), base
    assert fields, "the walk found no field to a user, so it proves nothing"
