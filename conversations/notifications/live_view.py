"""The bell and the page of notifications kept live; what is sent to a member's browser has been delivered."""

from collections.abc import Hashable, Mapping, Sequence

from django.http import QueryDict
from django.template.loader import get_template, render_to_string

from contact_center.errors import Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from conversations.alerts import reading as alerts
from conversations.alerts.presenters import items as alert_items
from conversations.notifications import reading
from conversations.notifications.presenters import items

IN_BELL = 8
ON_PAGE = 200


class NotificationsView(LiveView):
    """One member's; `place` is the bell or the page, each with its own templates and ids."""

    row_tag = "li"
    # Every page has a bell; nothing in it changes by itself but what is 14 days old.
    reread_seconds = 300.0

    def __init__(self, actor: Actor, place: str, size: int) -> None:
        self.organization_id = actor.organization_id
        self.container_id = f"{place}-list"
        self.key: Hashable = (place, actor)
        self.render_key: Hashable = self.key
        self._actor, self._place, self._size = actor, place, size
        # Alerts are supervisors'; everybody else's bell needn't hear of them.
        self._has_alerts = actor.may(Right.SUPERVISE)
        self.kinds = frozenset({"notification", "alert", "conversation"} if self._has_alerts else {"notification"})
        # What its alerts are about: as those conversations change, so does what can be done.
        self._about: frozenset[int] = frozenset()

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        if kind == "alert":
            return self._has_alerts
        if kind == "conversation":
            return bool(self._about) if ids is None else not self._about.isdisjoint(ids)
        return kind in self.kinds and (ids is None or self._actor.membership_id in ids)

    def read(self) -> Snapshot:
        """Three statements, and one for a supervisor's alerts: what reaches the browser is marked as delivered."""
        rows = tuple(reading.newest(self._actor, self._size))
        reading.mark_delivered(self._actor)
        counters: dict[str, object] = {"unread": reading.unread_count(self._actor)}
        if self._has_alerts:
            counters["alerts"] = found = alerts.stamps(self._actor)
            self._about = frozenset(stamp.conversation_id for stamp in found if stamp.conversation_id)
        return Snapshot(rows, counters)

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template(f"notifications/_{self._place}_item.html")
        found = items(reading.with_details(self._actor, ids).values(), self._actor)
        return {id: template.render({"item": item}) for id, item in found.items()}

    def row_dom_id(self, id: int) -> str:
        return f"{self._place}-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return render_to_string(f"notifications/_{self._place}_list.html", {"rows": rows, "out_of_band": True})

    def render_counters(self, counters: Mapping[str, object]) -> str:
        stamps: tuple[alerts.Stamp, ...] = counters.get("alerts", ())  # type: ignore[assignment]
        # What somebody has taken on needs nobody's eye any more.
        ringing = sum(not stamp.taken for stamp in stamps)
        context = {"unread": counters["unread"], "alert_count": ringing, "place": self._place, "out_of_band": True}
        count = render_to_string("notifications/_bell_count.html", context) if self._place == "bell" else ""
        if not self._has_alerts:
            return count
        context["alerts"] = alert_items([pk for pk, *_ in stamps], self._actor)
        return count + render_to_string("notifications/_alerts.html", context)


def _require_member(actor: Actor) -> None:
    if not actor.may(Right.MEMBER):
        raise Refused(REFUSAL[Right.MEMBER])


@live_view("notifications")
def bell(actor: Actor, query: QueryDict) -> LiveView:
    _require_member(actor)
    return NotificationsView(actor, "bell", IN_BELL)


@live_view("notification-list")
def notification_list(actor: Actor, query: QueryDict) -> LiveView:
    _require_member(actor)
    return NotificationsView(actor, "notification", ON_PAGE)
