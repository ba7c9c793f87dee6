"""What the row template prints: strings only, made once, so that rendering asks nothing and decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contact_center.web.templatetags.console import duration
from conversations.models import RecordItem
from conversations.sentiment import level_of, sentiment_trend
from conversations.states import Phase, Priority, Status, StatusReason, phase_of
from routing.kinds import Channel, Kind, Mode, Presence

CHANNEL_LABELS: dict[str, str] = dict(Channel.choices)
CHANNEL_ICONS: dict[str, str] = {
    Channel.LIVE_CHAT: "message",
    Channel.PERSISTENT_CHAT: "persistent-chat",
    Channel.SMS: "sms",
    Channel.WHATSAPP: "whatsapp",
    Channel.FACEBOOK: "facebook",
    Channel.SOCIAL: "social",
    Channel.VOICE: "voice",
    Channel.RECORD: "record",
}
HAND_RAISED = "hand raised"
TRENDS = {1: "rising", -1: "falling", 0: ""}
ELEVATED = {"voice": "Voice call", "video": "Video call"}
PRIORITY_LABELS: dict[int, str] = {priority.value: str(priority.label) for priority in Priority}
PRESENCE_LABELS: dict[str, str] = dict(Presence.choices)
MODE_LABELS: dict[str, str] = {Mode.LIVE_CHAT: "Live chat", Mode.PERSISTENT: "Persistent", Mode.NONE: ""}
STATUS_LABELS: dict[str, str] = dict(Status.choices)
RECORD_TYPE_LABELS: dict[str, str] = dict(RecordItem.Type.choices)
RECORD_TYPE_ICONS: dict[str, str] = {
    RecordItem.Type.CASE: "briefcase",
    RecordItem.Type.EMAIL: "email",
    RecordItem.Type.ACTIVITY: "activity",
}
REASON_LABELS: dict[str, str] = dict(StatusReason.choices)
STATUS_ICONS = {
    Phase.OPEN: "status-open",
    Phase.AWAITING: "status-offered",
    Phase.ACTIVE: "status-active",
    Phase.WAITING: "status-waiting",
    Phase.WRAP_UP: "status-wrap-up",
    Phase.CLOSED: "status-closed",
}
# A wait turns amber at the queue's service level, and red at its first-response target or this many times the level.
RED_AFTER = 5


class ConversationRow:
    """One row of a list, as the templates in `cells/` name its parts; what few lists show is made when asked for."""

    __slots__ = (
        "_values",
        "channel_icon",
        "channel_label",
        "created_at",
        "customer",
        "hand",
        "id",
        "number",
        "priority",
        "queue",
        "representative",
        "sentiment_icon",
        "sentiment_label",
        "status",
        "status_detail",
        "status_icon",
        "status_label",
        "subject",
        "url",
        "version",
        "wait_amber",
        "wait_fixed",
        "wait_red",
        "wait_since",
    )

    def __init__(self, values: Mapping[str, Any], details_url: str) -> None:
        """`values` come from queries.list_rows; a conversation's page lies below `details_url`."""
        self._values = values
        phase = phase_of(values["status"], values["status_reason"])
        level = level_of(values["sentiment_score"])
        self.id = str(values["pk"])
        self.number = f"C-{self.id}"
        self.version = str(values["version"])
        self.url = f"{details_url}{self.id}/"
        self.subject = values["subject"]
        self.customer = values["customer_name"]
        self.channel_label, self.channel_icon = channel_look(values["channel"], values["elevated_to"])
        self.queue = values["queue__name"]
        self.representative = values["representative__name"] or ""
        self.status = values["status"]
        self.status_label = STATUS_LABELS[values["status"]]
        self.status_icon = STATUS_ICONS[phase]
        # The raised hand has a badge of its own beside it.
        self.status_detail = status_detail(phase, values).removeprefix(HAND_RAISED)
        self.hand = (values["hand_note"] or "Hand raised") if values["hand_raised_at"] else ""
        self.sentiment_label = level.label if level else ""
        self.sentiment_icon = level.icon if level else ""
        self.created_at = values["created_at"].isoformat()
        self.priority = PRIORITY_LABELS.get(values["priority"], "")
        self._wait(values)

    def _wait(self, values: Mapping[str, Any]) -> None:
        """Since the last entry into a queue: running, frozen at acceptance or closing, empty for records."""
        self.wait_since = self.wait_fixed = self.wait_amber = self.wait_red = ""
        if values["kind"] == Kind.RECORD:
            return
        if (ended := wait_ended(values)) is not None:
            self.wait_fixed = duration(ended - values["queued_at"])
            return
        level = values["queue__service_level_seconds"]
        self.wait_since = values["queued_at"].isoformat()
        self.wait_amber = str(level)
        self.wait_red = str(values["queue__first_response_seconds"] or level * RED_AFTER)

    @property
    def trend(self) -> str:
        """Against the score before."""
        return TRENDS[sentiment_trend(self._values["sentiment_score"], self._values["sentiment_before"])]

    @property
    def closed_at(self) -> str:
        at = self._values["closed_at"]
        return at.isoformat() if at else ""

    @property
    def due_at(self) -> str:
        """When the next target is due; nothing is due of what is closed."""
        due: datetime | None = self._values["target_due_at"]
        return due.isoformat() if due and self.status != Status.CLOSED else ""

    @property
    def due_amber(self) -> str:
        """At risk from so many seconds before."""
        due, risk = self._values["target_due_at"], self._values["target_risk_at"]
        return str(int((due - risk).total_seconds())) if due and risk else "0"

    @property
    def tags(self) -> list[str]:
        return self._values["tag_names"] or []

    @property
    def note(self) -> str:
        return self._text("supervisor_note")

    @property
    def mode(self) -> str:
        return MODE_LABELS[self._values["mode"]]

    @property
    def work_stream(self) -> str:
        return self._text("work_stream__name")

    @property
    def presence(self) -> str:
        """Of the representative, as people read it; with the units used beside it."""
        presence = self._text("representative__presence")
        return self._text("representative__custom_presence__text") or PRESENCE_LABELS.get(presence, "")

    @property
    def presence_base(self) -> str:
        return self._text("representative__presence")

    @property
    def units(self) -> str:
        total = self._values["representative__total_units"]
        return "" if total is None else f"{self._values['representative__units_used']}/{total}"

    @property
    def intent(self) -> str:
        return self._text("intent__name")

    @property
    def record_type(self) -> str:
        return RECORD_TYPE_LABELS.get(self._text("record__record_type"), "")

    @property
    def record_type_icon(self) -> str:
        return RECORD_TYPE_ICONS.get(self._text("record__record_type"), "record")

    @property
    def case_number(self) -> str:
        return self._text("record__case_number")

    @property
    def regarding(self) -> str:
        return self._text("record__regarding")

    @property
    def last_customer_message(self) -> str:
        at = self._values["last_customer_message_at"]
        return at.isoformat() if at else ""

    @property
    def handle_since(self) -> str:
        """From when a clock would have to run to show the handle time now; empty while nobody has it."""
        since = self._values["handling_since"]
        return (since - self._values["handled_before"]).isoformat() if since else ""

    @property
    def handle_fixed(self) -> str:
        before = self._values["handled_before"]
        return duration(before) if before and not self._values["handling_since"] else ""

    def _text(self, name: str) -> str:
        """Empty for what this conversation hasn't."""
        return self._values[name] or ""


def wait_ended(values: Mapping[str, Any]) -> datetime | None:
    """None while it still waits."""
    ended: datetime | None = values["accepted_at"] or values["closed_at"]
    return ended


def channel_look(channel: str, elevated_to: str) -> tuple[str, str]:
    """Name and icon; a chat that was elevated to a call shows as the call it is now."""
    if elevated_to:
        return ELEVATED.get(elevated_to, CHANNEL_LABELS[channel]), elevated_to
    return CHANNEL_LABELS[channel], CHANNEL_ICONS[channel]


def status_detail(phase: Phase, values: Mapping[str, Any]) -> str:
    """What the status alone doesn't say."""
    if phase is Phase.AWAITING:
        return "awaiting acceptance"
    if values["transfer_pending"]:
        return "transfer pending"
    if phase is Phase.CLOSED:
        return REASON_LABELS.get(values["status_reason"], "").lower()
    return HAND_RAISED if values["hand_raised_at"] else ""
