"""Who gets in: the key, its rights, its limit, and every call from a foreign organization."""

import pytest

from contact_center.tenancy import rate_limit
from contact_center.tenancy.models import ApiKey
from conversations.models import Message
from routing.kinds import Channel
from tests import factories
from tests.conversations.api.caller import conversation_body, error_of, make_caller, message_body, record_body

# One working call for each operation, on the conversation {id} and the representative {email}.
CALLS = {
    "create_conversation": ("POST", "/conversations", lambda id: conversation_body()),
    "create_message": ("POST", "/conversations/{id}/messages", lambda id: message_body()),
    "create_messages": ("POST", "/messages/batch", lambda id: {"messages": [{"conversation": id, **message_body()}]}),
    "end_conversation": ("POST", "/conversations/{id}/end", lambda id: {"by": "customer"}),
    "escalate_conversation": ("POST", "/conversations/{id}/escalate", None),
    "elevate_conversation": ("POST", "/conversations/{id}/elevate", lambda id: {"to": "voice"}),
    "create_record": ("POST", "/records", lambda id: record_body(queue=None, work_stream="record")),
    "resolve_record": ("POST", "/records/{record}/resolve", None),
    "list_conversations": ("GET", "/conversations", None),
    "get_conversation": ("GET", "/conversations/{id}", None),
    "list_messages": ("GET", "/conversations/{id}/messages", None),
    "set_presence": ("PUT", "/representatives/{email}/presence", lambda id: {"presence": "busy"}),
}
# These address nothing that could be foreign; the test after the next looks at what they say and do.
NAMES_NOTHING = ("create_conversation", "create_record", "list_conversations", "create_messages")
# An Open conversation that nobody holds is let in to, and refused for what it is.
REFUSED_FOR_ITS_STATE = {"escalate_conversation": "no_ai_agent_holds_it", "elevate_conversation": "is_open"}
SCOPES = {
    "list_conversations": "read",
    "get_conversation": "read",
    "list_messages": "read",
    "set_presence": "presence",
}


def do(caller, operation, conversation, email):
    method, path, body = CALLS[operation]
    return caller.call(
        method,
        path.format(id=conversation.pk, record=conversation.of_a_record.pk, email=email),
        body and body(conversation.pk),
    )


@pytest.fixture
def conversation(harbor, api):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        row.of_a_record = factories.make_conversation(channel=Channel.RECORD)
        return row


def test_every_call_of_the_document_is_tried_here(api):
    document = api.get("/openapi.json").json()
    operations = {each["operationId"] for path in document["paths"].values() for each in path.values()}
    assert operations == set(CALLS)


@pytest.mark.parametrize("operation", CALLS)
def test_a_key_with_the_right_gets_in(harbor, api, conversation, operation):
    caller = make_caller(harbor, scopes=[SCOPES.get(operation, "intake")])
    response = do(caller, operation, conversation, harbor.ana.email)
    if code := REFUSED_FOR_ITS_STATE.get(operation):
        assert (response.status_code, error_of(response)["code"]) == (409, code)
    else:
        assert response.status_code in (200, 201)


@pytest.mark.parametrize("operation", CALLS)
def test_a_key_without_the_right_is_refused(harbor, api, conversation, operation):
    needed = SCOPES.get(operation, "intake")
    caller = make_caller(harbor, scopes=[scope for scope in ApiKey.Scope.values if scope != needed])
    response = do(caller, operation, conversation, harbor.ana.email)
    assert response.status_code == 403
    assert error_of(response)["code"] == "missing_scope"


@pytest.mark.parametrize("operation", sorted(set(CALLS) - set(NAMES_NOTHING)))
def test_what_belongs_to_another_organization_does_not_exist(harbor, conversation, foreign_api, operation):
    response = do(foreign_api, operation, conversation, harbor.ana.email)
    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


def test_nothing_of_another_organization_is_listed_written_or_named(harbor, conversation, foreign_api):
    assert foreign_api.get("/conversations?status=any").json()["conversations"] == []
    batch = do(foreign_api, "create_messages", conversation, "").json()
    assert [answer["status"] for answer in batch["answers"]] == [404]
    refused = foreign_api.post("/conversations", conversation_body())
    assert error_of(refused)["fields"] == {"work_stream": "There is no work stream “live-chat”."}
    routed = do(foreign_api, "create_record", conversation, "")
    assert error_of(routed)["fields"] == {"work_stream": "There is no work stream “record”."}
    with harbor.scope():
        assert not Message.objects.exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer wrong-key", "Bearer  "])
def test_without_a_valid_key_nothing_is_answered(api, header):
    response = api.get("/conversations", Authorization=header)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    error_of(response)


def test_a_revoked_key_ends_at_once(harbor, api):
    assert api.get("/conversations").status_code == 200
    with harbor.scope():
        ApiKey.objects.filter(pk=api.key.pk).update(revoked_at="2026-01-01T00:00:00Z")
    assert error_of(api.get("/conversations"))["code"] == "unknown_key"


def test_a_key_that_is_issued_anew_elsewhere_is_found_there(harbor, summit, api):
    assert api.get("/conversations").status_code == 200
    with harbor.scope():
        ApiKey.objects.filter(pk=api.key.pk).delete()
    moved = make_caller(summit, key=api.text)
    created = moved.post("/records", record_body(queue=None, work_stream="record"))
    assert error_of(created)["fields"] == {"work_stream": "There is no work stream “record”."}, "not harbor’s"


def test_keys_of_a_switched_off_organization_are_refused(harbor, api):
    type(harbor.organization).objects.update(is_active=False)
    assert api.get("/conversations").status_code == 401


def test_a_demo_key_works_in_the_demo_only(harbor, settings):
    caller = make_caller(harbor, key="demo-key-harbor")
    assert error_of(caller.get("/conversations"))["code"] == "demo_key", "the organization is no demo"
    type(harbor.organization).objects.update(is_demo=True)
    assert caller.get("/conversations").status_code == 200
    settings.DEMO = False
    assert error_of(caller.get("/conversations"))["code"] == "demo_key", "the installation is no demo"


def test_beyond_its_limit_a_key_waits(harbor, api):
    caller = make_caller(harbor, per_minute=2)
    # Two minutes may meet in this test, so more calls than both allow.
    answers = [caller.get("/conversations") for _ in range(5)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert error_of(refused)["code"] == "too_many_requests"
    assert answers[0].status_code == 200
    assert api.get("/conversations").status_code == 200, "another key has its own limit"


def test_without_redis_every_call_passes(harbor, settings, monkeypatch):
    caller = make_caller(harbor, per_minute=1)
    monkeypatch.setattr(rate_limit._Pause, "until", 0.0)
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    assert [caller.get("/conversations").status_code for _ in range(3)] == [200, 200, 200]


def test_the_key_remembers_when_it_was_last_used(harbor, api):
    api.get("/conversations")
    with harbor.scope():
        first = ApiKey.objects.get(pk=api.key.pk).last_used_at
        assert first is not None
    api.get("/conversations")
    with harbor.scope():
        assert ApiKey.objects.get(pk=api.key.pk).last_used_at == first, "not with every call"


def test_a_call_that_is_too_large_is_refused_before_it_is_read(api):
    response = api.post("/messages/batch", raw="[" + " " * 2_600_000 + "]")
    assert (response.status_code, error_of(response)["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/conversations", 405), ("GET", "/messages/batch", 405)],
)
def test_wrong_addresses_and_methods_are_answered_in_the_same_shape(api, method, path, status):
    response = api.call(method, path)
    assert response.status_code == status
    error_of(response)
    assert ("Allow" in response.headers) == (status == 405)
