"""Prints every statement of a list page with its time, and the plan of the slowest, as the runtime role runs it."""

import sys

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up before its models
from django.http import QueryDict  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from contact_center.tenancy.access import actor_of_membership  # noqa: E402
from contact_center.tenancy.models import Membership, Organization  # noqa: E402
from contact_center.tenancy.scope import organization_scope  # noqa: E402
from conversations.live_view import ConversationListView  # noqa: E402


def main() -> None:
    slug, query = sys.argv[1], sys.argv[2]
    with organization_scope(Organization.objects.get(slug=slug).pk):
        member = Membership.objects.get(user__email=f"supervisor1@{slug}.example")
        view = ConversationListView(actor_of_membership(member.pk), QueryDict(query))
        view.read()
        with CaptureQueriesContext(connection) as captured:
            snapshot = view.read()
            view.render_rows([id for id, _ in snapshot.rows])
        for each in captured.captured_queries:
            sys.stdout.write(f"{float(each['time']) * 1000:.0f} ms  {each['sql']}\n\n")
        slowest = max(captured.captured_queries, key=lambda each: float(each["time"]))
        with connection.cursor() as cursor:
            cursor.execute("explain (analyze, buffers) " + slowest["sql"].replace("%", "%%"))
            sys.stdout.write("\n".join(row[0] for row in cursor.fetchall()) + "\n")


if __name__ == "__main__":
    main()
