"""The Representatives grid: how the people of the viewer's scope are now, and what was offered to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from analytics.grids.cells import Cell, with_records
from analytics.grids.table import NAME, Column, Shown
from analytics.leading import Leading
from analytics.metrics import METRICS
from analytics.metrics.definition import plain
from analytics.metrics.live import aggregates, ongoing, people
from analytics.metrics.offers import NO_OFFERS, offers_by_representative
from analytics.scope import Scope
from analytics.thresholds import Thresholds, thresholds
from contact_center.tenancy.models import Membership
from contact_center.web.query_filter import Field
from routing.kinds import Presence
from routing.models import PresenceChange, QueueMember, Representative, RepresentativeSkill
from routing.presence import label_of

PRESENCES = {value: str(label) for value, label in Presence.choices}
# What the page explains, in the order of the columns.
EXPLAINED = ("units_in_use", "units_in_total", "active", *NO_OFFERS)
ACTIVE = (METRICS["active"],)
THE_SYSTEM, THEMSELVES, ELSEWHERE = "the system", "themselves", "another system"


# Beside those of every page with figures.
FIELDS = (Field("presence", "Presence", PRESENCES, lambda values: Q(presence__in=values)), NAME)


@dataclass(frozen=True, slots=True)
class Standing:
    """What rows are ordered by, read of everybody; the rest of a row is made for one page alone."""

    id: int
    name: str
    presence: str
    presence_since: datetime
    used: int
    total: int
    active: int
    offers: Mapping[str, int]

    @property
    def load(self) -> float:
        return self.used / self.total if self.total else float(self.used > 0)


@dataclass(frozen=True, slots=True)
class RepresentativeRow:
    """For analytics/grids/_representative_row.html. `queues` are those of the viewer's scope."""

    id: int
    name: str
    url: str
    presence: str
    presence_label: str
    presence_since: str
    set_by: str
    used: int
    total: int
    profile: str
    active: Cell
    accepted: Cell
    offered: Cell
    rejected: Cell
    timed_out: Cell
    skills: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    @property
    def exceeded(self) -> int:
        return max(0, self.used - self.total)

    @property
    def bar(self) -> int:
        """How much of the bar is filled, of 100."""
        return min(100, round(100 * self.used / self.total)) if self.total else 100 * (self.used > 0)


COLUMNS = (
    Column("name", "Representative", lambda row: row.name.casefold(), largest_first=False),
    Column("presence", "Presence", lambda row: list(PRESENCES).index(row.presence), largest_first=False),
    Column("since", "Duration", lambda row: row.presence_since, largest_first=False),
    Column("units", "Units", lambda row: row.load),
    Column("active", "Active", lambda row: row.active),
    Column("accepted", "Accepted / offered", lambda row: row.offers["offers_accepted"]),
    Column("rejected", "Rejected", lambda row: row.offers["offers_rejected"]),
    Column("timed-out", "Timed out", lambda row: row.offers["offers_timed_out"]),
    Column("skills", "Skills"),
    Column("queues", "Queues"),
)


def read(shown: Shown, now: datetime) -> list[Standing]:
    """Everybody whom the filter leaves. Three queries, whatever their number."""
    narrowing = shown.narrowing
    scope = with_records(narrowing.scope)
    offers, active = offers_by_representative(narrowing.period(now), scope), _active(scope, now)
    found = narrowing.filter.apply(people(scope)).order_by()
    columns = ("pk", "name", "presence", "presence_since", "units_used", "total_units")
    return [
        Standing(pk, name, presence, since, used, total, active.get(pk, 0), offers.get(pk, NO_OFFERS))
        for pk, name, presence, since, used, total in found.values_list(*columns)
    ]


def fill(shown: Shown, page: list[Standing]) -> list[RepresentativeRow]:
    """The rows of one page. Six queries."""
    narrowing, ids = shown.narrowing, [each.id for each in page]
    rows = _with_setter(Representative.objects.filter(pk__in=ids)).select_related("custom_presence", "capacity_profile")
    found = {row.pk: row for row in rows}
    setters, limits = _names({row.set_by_id for row in found.values()}), thresholds()
    scope = replace(narrowing.scope, queue_ids=narrowing.actor.queue_ids)
    skills, queues = described(ids, scope, narrowing.choices.queues)
    leading = Leading(narrowing, records=True)
    return [
        replace(
            _row(found[each.id], each, limits, said_by(found[each.id], setters), leading),
            skills=skills.get(each.id, ()),
            queues=queues.get(each.id, ()),
        )
        for each in page
        if each.id in found
    ]


def said_by(row: Any, setters: Mapping[int, str]) -> str:
    """Who set the presence it has. `row` is annotated with `set_by_id`."""
    if row.presence_set_by_system:
        return THE_SYSTEM
    if row.set_by_id is None:
        return ELSEWHERE
    return THEMSELVES if row.set_by_id == row.membership_id else setters.get(row.set_by_id, "")


def _with_setter(rows: Any) -> Any:
    last = PresenceChange.objects.filter(representative=OuterRef("pk")).order_by("-since", "-pk")
    return rows.annotate(set_by_id=Subquery(last.values("set_by_id")[:1]))


def _names(membership_ids: Collection[int | None]) -> dict[int, str]:
    found = Membership.objects.filter(pk__in=[pk for pk in membership_ids if pk]).select_related("user")
    return {member.pk: str(member) for member in found}


def _active(scope: Scope, now: datetime) -> dict[int, int]:
    rows: Any = ongoing(scope).filter(representative__isnull=False).order_by().values("representative_id")
    return {row["representative_id"]: row["of_active"] for row in rows.annotate(**aggregates(ACTIVE, now))}


def described(
    ids: Collection[int], scope: Scope, queues: Mapping[str, str]
) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]]]:
    """Skills with their proficiency, and queues by name, of the people of one page. Two queries."""
    skills: dict[int, list[str]] = defaultdict(list)
    of_people = RepresentativeSkill.objects.filter(representative_id__in=ids).order_by("skill__name")
    for pk, name, proficiency in of_people.values_list("representative_id", "skill__name", "proficiency"):
        skills[pk].append(f"{name} {proficiency}")
    served: dict[int, list[str]] = defaultdict(list)
    members = QueueMember.objects.filter(scope.of_queue(), representative_id__in=ids).order_by("queue__name")
    for pk, queue_id in members.values_list("representative_id", "queue_id"):
        # A supervisor reads the names of their own queues only.
        if queue := queues.get(str(queue_id)):
            served[pk].append(queue)
    return {pk: tuple(names) for pk, names in skills.items()}, {pk: tuple(names) for pk, names in served.items()}


def _row(row: Any, standing: Standing, limits: Thresholds, set_by: str, leading: Leading) -> RepresentativeRow:
    values = {"active": plain(standing.active), **{name: plain(number) for name, number in standing.offers.items()}}
    this = ("representative", str(row.pk))

    def cell(name: str) -> Cell:
        return Cell.of(name, values, limits, leading.to(name, this))

    return RepresentativeRow(
        id=row.pk,
        name=row.name,
        url=f"{leading.people_url}{row.pk}/",
        presence=row.presence,
        presence_label=label_of(row),
        presence_since=row.presence_since.isoformat(timespec="seconds"),
        set_by=set_by,
        used=row.units_used,
        total=row.total_units,
        profile=row.capacity_profile.name if row.capacity_profile else "",
        active=cell("active"),
        accepted=cell("offers_accepted"),
        offered=cell("offers"),
        rejected=cell("offers_rejected"),
        timed_out=cell("offers_timed_out"),
    )


def find(representative_id: int, scope: Scope) -> Any:
    """The person with who set their presence, where the viewer may see them; None otherwise. Two queries."""
    row = _with_setter(people(scope)).filter(pk=representative_id).select_related("custom_presence").first()
    if row is not None:
        row.set_by = said_by(row, _names({row.set_by_id}))
    return row
