"""A small list over a real tenant table, written as the console's own lists are: the hub's tests watch it."""

from django.http import QueryDict

from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Right
from conversations.models import Customer

# How often the database was read and rows were rendered; tests set them back.
reads: list[object] = []
rendered: list[int] = []


class CustomerList(LiveView):
    kinds = frozenset({"customer"})

    def __init__(self, actor: Actor, query: QueryDict) -> None:
        self.organization_id = actor.organization_id
        self.search = query.get("q", "")
        self.render_key = actor.queue_ids
        self.key = (self.organization_id, self.render_key, self.search)

    def read(self):
        reads.append(self.key)
        if self.search == "broken":
            raise ZeroDivisionError("a view with a fault")
        found = Customer.objects.filter(name__startswith=self.search).order_by("email", "id")
        rows = tuple((customer.pk, (customer.name, customer.email)) for customer in found)
        return Snapshot(rows, {"count": len(rows)})

    def render_rows(self, ids):
        rendered.extend(ids)
        found = Customer.objects.filter(pk__in=ids)
        return {row.pk: f'\n<tr id="{self.row_dom_id(row.pk)}"><td>{row.name}</td></tr>\n' for row in found}

    def row_dom_id(self, id):
        return f"customer-{id}"

    def render_page(self, rows):
        return f'<tbody id="rows" hx-swap-oob="morph">{"".join(rows)}</tbody>'

    def render_counters(self, counters):
        return f'<span id="count" hx-swap-oob="true">{counters["count"]}</span>'


@live_view("test-customers")
def customers(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused("This list is for supervisors.")
    return CustomerList(actor, query)
