"""The OpenAPI document: complete, readable without a key, and true: what it allows never fails."""

from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contact_center.api import api as ninja
from routing.kinds import Channel
from tests import factories
from tests.conversations.api.caller import Caller

DOCUMENT = ninja.get_openapi_schema(path_prefix="/api/v1/")
SCHEMA = schemathesis.openapi.from_dict(dict(DOCUMENT))
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]


def test_the_document_is_there_without_a_key(client):
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "Supervisor console"


def test_every_call_says_what_it_does_and_how_it_fails():
    for path, methods in DOCUMENT["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in methods.values():
            assert len(operation["description"]) > 25, path
            assert operation["security"], path
            assert {"401", "403", "422", "429"} <= {str(status) for status in operation["responses"]}, path


def test_every_body_has_an_example():
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                assert DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]["examples"], reference


def cases():
    return st.one_of([operation.as_strategy() for operation in OPERATIONS])


def test_nothing_the_document_allows_ends_in_an_error_of_ours(harbor, api):
    """A few seconds of examples; every refusal is in the one shape."""
    with harbor.scope():
        factories.make_work_stream(Channel.RECORD)
        conversation = factories.make_conversation(queue=harbor.orders)
    statuses = set()

    @settings(
        max_examples=120,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(), existing=st.booleans())
    def play(case, existing):
        if existing and "conversation_id" in (case.path_parameters or {}):
            case.path_parameters["conversation_id"] = conversation.pk
        response = answer(api, case)
        statuses.add(response.status_code)
        assert response.status_code < 500, response.content
        if response.status_code >= 400:
            assert set(response.json()) == {"error"}

    play()
    assert {200, 422} <= statuses


def answer(caller: Caller, case):
    """The case as a call through the whole application."""
    arguments = case.as_transport_kwargs(base_url="http://testserver")
    path = arguments["url"].removeprefix("http://testserver/api/v1")
    query = urlencode(arguments.get("params") or {}, doseq=True, errors="replace")
    return caller.call(case.method, f"{path}?{query}" if query else path, arguments.get("json"))
