"""What the page frame shows around every page: the organization, the switcher and the pages this person may open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from contact_center.tenancy.access import Actor, OrganizationRequest
from contact_center.tenancy.lookup import organizations_of_user
from contact_center.tenancy.roles import Right, Role


@dataclass(frozen=True, slots=True)
class Place:
    """A page of an organization. `key` is the letter after g."""

    label: str
    path: str
    right: Right
    key: str = ""
    icon: str = ""

    def url(self, slug: str) -> str:
        return self.path if self.path.startswith("/") else f"/o/{slug}/{self.path}"


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    icon: str
    places: tuple[Place, ...]


CONVERSATIONS = Place("All ongoing conversations", "conversations/", Right.SUPERVISE, "c")
RECORDS = Place("Ongoing record conversations", "conversations/records/", Right.SUPERVISE, "r", "record")
REPORT = Place("Ongoing conversation report", "report/", Right.SUPERVISE, "o", "report")
REPORTS = Place("Reports", "reports/", Right.READ_REPORTS, "e", "reports")
WALLBOARD = Place("Wallboard", "wallboard/", Right.SUPERVISE, "w", "wallboard")
QUEUES = Place("Queues", "queues/", Right.SUPERVISE, "q", "queue")
REPRESENTATIVES = Place("Representatives", "representatives/", Right.SUPERVISE, "p", "users")
ALERTS = Place("Alerts", "notifications/alerts/", Right.SUPERVISE, "l", "alert")
DESK = Place("Desk", "desk/", Right.USE_DESK, "d", "inbox")
# Open to every member; the others reach it through the bell.
NOTIFICATIONS = Place("Notifications", "notifications/", Right.USE_DESK, "n", "notify")
ACTION_HISTORY = Place("Action History", "action-history/", Right.READ_HISTORY, "h", "history")
AUDIT = Place("Audit", "audit/", Right.READ_AUDIT, "a", "activity")
LEDGER = Place("Monitoring ledger", "audit/monitoring/", Right.READ_AUDIT, icon="monitor")
OWN_LEDGER = Place("Who monitored me", "desk/monitoring/", Right.USE_DESK, icon="monitor")
ADMINISTRATION = Place("Administration", "/admin/", Right.CONFIGURE, icon="shield")

# In the order of the sidebar; a page that isn't built is left out by itself.
MAP: tuple[Place | Section, ...] = (
    Section("Conversations", "message", (CONVERSATIONS, RECORDS)),
    REPORT,
    REPORTS,
    WALLBOARD,
    QUEUES,
    REPRESENTATIVES,
    ALERTS,
    DESK,
    NOTIFICATIONS,
    OWN_LEDGER,
    ACTION_HISTORY,
    AUDIT,
    LEDGER,
    ADMINISTRATION,
)
# Where each role is led first (product.md §3).
HOME_OF_ROLE = (
    (Role.SUPERVISOR, CONVERSATIONS),
    (Role.REPRESENTATIVE, DESK),
    (Role.AUDITOR, ACTION_HISTORY),
    (Role.ADMINISTRATOR, ADMINISTRATION),
)


def is_open_to(place: Place, actor: Actor) -> bool:
    return actor.may(place.right) and exists(place.url(actor.organization_slug))


def open_places(actor: Actor) -> list[Place]:
    """Every page this person may open, in the order of the sidebar."""
    return [place for place in _places() if is_open_to(place, actor)]


def _places() -> Iterator[Place]:
    for entry in MAP:
        yield from entry.places if isinstance(entry, Section) else (entry,)


def exists(url: str) -> bool:
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


def home_of(actor: Actor) -> str | None:
    """Where this person's work is, or None when the console has no page for the role."""
    for role, place in HOME_OF_ROLE:
        if role in actor.roles and is_open_to(place, actor):
            return place.url(actor.organization_slug)
    return None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Nothing is looked up until the frame is drawn: error pages are drawn without a database."""
    if not isinstance(getattr(request, "actor", None), Actor):
        return {}
    return {
        "organization": request.organization,  # type: ignore[attr-defined]
        "actor": request.actor,  # type: ignore[attr-defined]
        "organizations": _lazily(lambda: _switcher(request)),  # type: ignore[arg-type]
        "navigation": _lazily(lambda: _navigation(request)),  # type: ignore[arg-type]
    }


def _lazily(make: Callable[[], list[dict[str, Any]]]) -> Any:
    return SimpleLazyObject(make)


def _switcher(request: OrganizationRequest) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "url": f"/o/{each.slug}/", "current": each.pk == request.organization.pk}
        for each in organizations_of_user(request.user.pk)
    ]


def _navigation(request: OrganizationRequest) -> list[dict[str, Any]]:
    sections = []
    for entry in MAP:
        if isinstance(entry, Place):
            if is_open_to(entry, request.actor):
                sections.append(_link(entry, request))
            continue
        children = [_link(place, request) for place in entry.places if is_open_to(place, request.actor)]
        if children:
            current = any(child["current"] for child in children)
            sections.append({"label": entry.label, "icon": entry.icon, "current": current, "children": children})
    return sections


def _link(place: Place, request: OrganizationRequest) -> dict[str, Any]:
    url = place.url(request.actor.organization_slug)
    return {
        "label": place.label,
        "icon": place.icon,
        "url": url,
        "current": place is _current(request),
        "key": place.key,
    }


def _current(request: OrganizationRequest) -> Place | None:
    """The place this page belongs to; of one below another, the deeper."""
    slug = request.actor.organization_slug
    around = [place for place in _places() if request.path_info.startswith(place.url(slug))]
    return max(around, key=lambda place: len(place.path), default=None)
