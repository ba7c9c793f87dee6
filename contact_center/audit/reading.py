"""What the audit page reads: filters, a page of events, and the names of the people in it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Membership
from contact_center.web.pagination import Anchor, Keyset, Page, count_rows, read_page
from contact_center.web.place import Place, cursor
from contact_center.web.query_filter import Field, QueryFilter, date_field

ORDER = Keyset(F("at"), descending=True)
BANDS = {
    "conversations": ("Conversations", 100),
    "supervisors": ("Supervisor actions", 200),
    "runs": ("Runs", 300),
    "organization": ("Organization", 400),
}
SYSTEM = "system"


def audit_filter(query: QueryDict, actor: Actor) -> QueryFilter:
    """One query, for the people."""
    fields = (
        Field("action", "Action", {name: label for name, (label, _) in BANDS.items()}, _in_bands),
        Field("person", "Person", _people(), _by),
        date_field("date", "Date", "at", actor.time_zone),
        Field("conversation", "Conversation", {}, _about, _number),
    )
    return QueryFilter.from_query(query, fields)


def events() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.all()


def id_page(place: Place, shown: QueryFilter) -> Page[tuple[Any, ...]]:
    """Newest first. One query, two when the page asked for is gone."""
    return read_page(shown.apply(events()), ORDER, size=place.size, anchor=place.anchor(moments=True))


def newest(shown: QueryFilter) -> str:
    """The cursor of the latest entry there is; empty when there is none."""
    row = ORDER.sorted(shown.apply(events())).values_list("at", "pk").first()
    return cursor(Anchor(*row)) if row else ""


def newer_than(latest: Anchor, shown: QueryFilter) -> str:
    """How many entries came since, in words; empty when none did."""
    found = count_rows(ORDER.beyond(shown.apply(events()), replace(latest, forward=False)))
    return f"{found} new" if found.number else ""


def event_page(place: Place, shown: QueryFilter) -> tuple[Page[tuple[Any, ...]], list[AuditEvent]]:
    """Two queries, three when the page asked for is gone."""
    page = id_page(place, shown)
    found = events().in_bulk([row[0] for row in page.rows])
    return page, [found[row[0]] for row in page.rows if row[0] in found]


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Members by id, those who left included. One query."""
    members = Membership.objects.filter(pk__in={0, *(pk for pk in ids if pk)}).select_related("user")
    return {member.pk: str(member) for member in members}


def _in_bands(values: Iterable[str]) -> Q:
    found = Q()
    for value in values:
        first = BANDS[value][1]
        found |= Q(action__gte=first, action__lt=first + 100)
    return found


def _people() -> dict[str, str]:
    members = sorted(Membership.objects.select_related("user"), key=str)
    return {SYSTEM: "System and API"} | {str(member.pk): str(member) for member in members}


def _by(values: Iterable[str]) -> Q:
    chosen = set(values)
    people = Q(membership_id__in=[int(value) for value in chosen - {SYSTEM}])
    return people | Q(membership_id=None) if SYSTEM in chosen else people


def _number(value: str) -> str | None:
    """C-5 or 5; conversations that are gone have their events still."""
    digits = value.upper().removeprefix("C-")
    return f"C-{int(digits)}" if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def _about(values: Iterable[str]) -> Q:
    return Q(conversation_id__in=[int(value.upper().removeprefix("C-")) for value in values])
