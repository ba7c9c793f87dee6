"""Pages of the API keys: shown once, revoked for good."""

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.lookup import organization_of_api_key
from contact_center.tenancy.models import ApiKey
from tests.admin_pages import events, url


def test_a_key_is_shown_once_and_works(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(url(ApiKey, "add"), {"name": "Shop", "scopes": ["intake"], "per_minute": 100})
    key = response.context["issued_key"]
    assert response.headers["Cache-Control"].split(", ")[:2] == ["max-age=0", "no-cache"]
    assert key in response.content.decode()
    assert organization_of_api_key(key) == harbor.organization.pk
    with harbor.scope():
        row = ApiKey.objects.get(name="Shop")
    for page in (url(ApiKey), url(ApiKey, "change", row.pk)):
        body = client.get(page).content.decode()
        assert key not in body
        assert row.key_hash not in body
    (event,) = events(harbor, AuditAction.API_KEY_CHANGED)
    assert (event.object_id, event.after["scopes"]) == (row.pk, ["intake"])
    assert row.key_hash not in str(event.after)


def test_a_revoked_key_is_refused_and_cannot_be_put_back(harbor):
    with harbor.scope():
        row, key = ApiKey.issue("Shop")
    client, page = harbor.client(harbor.admin), url(ApiKey, "change", row.pk)
    client.post(page, {"name": "Shop", "scopes": ["intake"], "per_minute": 100, "revoke": "on"})
    assert organization_of_api_key(key) is None
    client.post(page, {"name": "Other", "revoked_at_0": "", "revoked_at_1": ""})
    assert organization_of_api_key(key) is None
    assert events(harbor, AuditAction.API_KEY_CHANGED)[-1].object_id == row.pk
