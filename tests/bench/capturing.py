"""Counts the statements of pages, in a process of its own: the slug, then a query for each size; prints JSON."""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up before its models
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from contact_center.tenancy.access import actor_of_membership  # noqa: E402
from contact_center.tenancy.models import Membership, Organization  # noqa: E402
from contact_center.tenancy.scope import organization_scope  # noqa: E402
from conversations.live_view import ConversationListView  # noqa: E402

PAGES = {"All ongoing conversations": "conversations/", "Ongoing conversation report": "report/"}


def main() -> None:
    slug, *queries = sys.argv[1:]
    organization = Organization.objects.get(slug=slug)
    with organization_scope(organization.pk):
        member = Membership.objects.select_related("user").get(user__email=f"supervisor1@{slug}.example")
        actor = actor_of_membership(member.pk)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = {}
    for name, path in PAGES.items():
        found[name] = [_counted(lambda at=f"/o/{slug}/{path}?{query}": client.get(at)) for query in queries]
    found["Live tick, every row rendered"] = [_counted(lambda query=query: _tick(actor, query)) for query in queries]
    sys.stdout.write(json.dumps(found))


def _tick(actor, query: str) -> None:
    with organization_scope(actor.organization_id):
        view = ConversationListView(actor, QueryDict(query))
        view.render_rows([id for id, _ in view.read().rows])


def _counted(do) -> int:
    do()  # what is read once per process
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


if __name__ == "__main__":
    main()
