"""Calls the API as an integration would, through the whole chain of middleware."""

import itertools
import json
from dataclasses import dataclass

from django.test import Client

from contact_center.tenancy.models import ApiKey

_number = itertools.count(1)


@dataclass
class Caller:
    """`text` is the key; every method answers Django's response."""

    key: ApiKey
    text: str

    def call(self, method, path, body=None, *, raw=None, **headers):
        return Client(raise_request_exception=False).generic(
            method,
            f"/api/v1{path}",
            raw if raw is not None else json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.text}", **headers},
        )

    def post(self, path, body=None, **arguments):
        return self.call("POST", path, body, **arguments)

    def get(self, path, **arguments):
        return self.call("GET", path, **arguments)

    def put(self, path, body=None, **arguments):
        return self.call("PUT", path, body, **arguments)


def make_caller(cast, **fields):
    with cast.scope():
        return Caller(*ApiKey.issue(f"Key {next(_number)}", **fields))


def conversation_body(**changes):
    """A sound body; a value of None leaves the field out."""
    number = next(_number)
    body = {
        "external_id": f"chat-{number}",
        "work_stream": "live-chat",
        "subject": "Lamp arrived broken",
        "customer": {"external_id": f"customer-{number}", "name": "Amara Okafor"},
        "message": "The lamp arrived in pieces.",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def message_body(text="Any news?", **changes):
    body = {"external_id": f"message-{next(_number)}", "from": "customer", "text": text} | changes
    return {name: value for name, value in body.items() if value is not None}


def record_body(**changes):
    """A sound body; a value of None leaves the field out."""
    body = {
        "external_id": f"case-{next(_number)}",
        "record_type": "case",
        "title": "Awning torn in the storm",
        "case_number": "CAS-01201-X7Z1",
        "regarding": "Okafor household",
        "queue": "Cases",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def error_of(response):
    """The error, in the one shape all of them have."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "fields"}
    assert body["error"]["message"].endswith(".")
    return body["error"]
