"""Every call of the HTTP API: a key, and nothing of another organization's."""

import pytest
from django.test import Client

from contact_center.tenancy.api_keys import PUBLIC_PATHS
from contact_center.tenancy.models import ApiKey
from contact_center.tenancy.row_security import tenant_models
from tests.architecture.conftest import raw_sql
from tests.architecture.places import places_below

CALLS = places_below("/api/v1/")
# Answers to anybody.
WITHOUT_KEY = {"/api/v1/openapi.json": "describes the calls; the same for everybody"}
METHODS = ("get", "post", "put", "patch", "delete")
# A body that a call with an id takes, so that what is refused is the id and not the body.
BODIES = {
    "/api/v1/conversations/<conversation_id>/messages": {"external_id": "m-1", "from": "customer", "text": "Hello"},
    "/api/v1/conversations/<conversation_id>/end": {"by": "customer"},
    "/api/v1/representatives/<email>/presence": {"presence": "available"},
    "/api/v1/conversations/<conversation_id>/elevate": {"to": "voice"},
}


def by_pattern(place):
    return str(place)


def with_key(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def keys(harbor, summit):
    made = []
    for cast in (harbor, summit):
        with cast.scope():
            made.append(ApiKey.issue("Test")[1])
    return made


def test_the_walk_finds_the_calls():
    assert len(CALLS) > 5
    assert set(WITHOUT_KEY) == set(PUBLIC_PATHS)


@pytest.mark.parametrize("place", [call for call in CALLS if str(call) not in WITHOUT_KEY], ids=by_pattern)
def test_no_call_answers_without_a_valid_key(keys, harbor, place):
    for headers in ({}, with_key("unknown"), with_key(""), {"Authorization": f"Basic {keys[0]}"}):
        for client in (Client(), harbor.client(harbor.admin)):
            for method in METHODS:
                response = getattr(client, method)(place.url(), headers=headers)
                assert response.status_code == 401, (method, headers)


@pytest.mark.django_db
def test_a_revoked_key_and_a_closed_organization_open_nothing(keys, harbor):
    with harbor.scope():
        ApiKey.objects.update(revoked_at="2020-01-01T00:00Z")
    assert Client().get("/api/v1/conversations", headers=with_key(keys[0])).status_code == 401


@pytest.mark.parametrize("place", [call for call in CALLS if call.converters], ids=by_pattern)
def test_ids_of_another_organization_are_not_found(keys, full, place):
    """With each id of summit that harbor hasn't, at every call; nothing of summit is changed."""
    before = everything(full[1])
    body = BODIES.get(str(place), {})
    for pk in sorted(full[1].ids - full[0].ids):
        url = place.url(**{name: pk for name, _ in place.converters})
        for method in ("get", "post", "put"):
            send = {} if method == "get" else {"data": body, "content_type": "application/json"}
            response = getattr(Client(), method)(url, headers=with_key(keys[0]), **send)
            assert response.status_code in (404, 405), (method, url, response.content)
    assert everything(full[1]) == before


def everything(rows):
    with raw_sql(rows.organization.pk) as cursor:
        seen = {}
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(f'select md5(string_agg(t::text, $$|$$ order by t.id)) from "{table}" t')
            seen[table] = cursor.fetchone()[0]
    return seen
