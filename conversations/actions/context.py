"""What a verb's plan may read beside the conversation: who acts, when, and the chosen target."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from contact_center.errors import Invalid, Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import Organization, OrganizationSettings
from conversations import outgoing
from conversations.models import Disposition, ForceCloseReason, Message, Offer, Tag
from conversations.rules import Action, sentence_of
from conversations.rules.targets import has_members
from conversations.states import OfferOutcome, Priority
from routing.eligibility import with_account
from routing.holding import hold
from routing.models import Queue, Representative

Target = TypeVar("Target")


@dataclass(slots=True)
class Context:
    """Targets are looked up once per call, inside the organization's scope, so a foreign id is an unknown one."""

    actor: Actor
    action: Action
    now: datetime
    operation_id: uuid.UUID
    parameters: Mapping[str, Any]
    queue_or_none: Queue | None = None
    queue_has_members: bool = False
    representative_or_none: Representative | None = None
    reason_or_none: ForceCloseReason | None = None
    disposition: Disposition | None = None
    # What is said; said with the same token before, it is refused as `said_already`.
    text: str = ""
    title: str = ""
    organization_name: str = ""
    offers: dict[int, Offer] = field(default_factory=dict)
    # Of SET_TAGS: what is added and dropped, and what each conversation has.
    tags_added: frozenset[int] = frozenset()
    tags_dropped: frozenset[int] = frozenset()
    tags: dict[int, set[int]] = field(default_factory=dict)
    priority: Priority | None = None
    _settings: OrganizationSettings | None = None
    _own: Representative | None = None

    @property
    def settings(self) -> OrganizationSettings:
        """The organization's, read once and only where a verb asks."""
        if self._settings is None:
            self._settings = OrganizationSettings.objects.first() or OrganizationSettings()
        return self._settings

    @property
    def queue(self) -> Queue:
        return _chosen(self.queue_or_none, "queue", "Choose a queue.")

    @property
    def representative(self) -> Representative:
        return _chosen(self.representative_or_none, "representative", "Choose a representative.")

    def own_representative(self) -> Representative:
        """The actor's own profile, read once; the rule table has made sure there is one."""
        if self._own is None:
            self._own = Representative.objects.get(pk=self.actor.representative_id or 0)
        return self._own

    def said_once(self, conversation_id: int) -> str:
        """The name under which a message is stored once, however often it is sent. Empty without a token."""
        if not (token := str(self.parameters.get("token") or "")):
            return ""
        name = f"desk:{conversation_id}:{token}"[:120]
        if Message.objects.filter(external_id=name).exists():
            raise Refused(sentence_of("said_already"), code="said_already")
        return name

    @property
    def reason(self) -> ForceCloseReason:
        return _chosen(self.reason_or_none, "reason", "Choose a reason.")


SENDING = frozenset({Action.MESSAGE_CUSTOMER, Action.NOTIFY})
SAYING = frozenset({Action.REPLY, Action.INTERNAL_NOTE, Action.CONSULTANT_NOTE, Action.CONSULTANT_MESSAGE})
MESSAGE_LENGTH = 6_000
# What a representative raises a hand for.
NOTE_LENGTH = 250
PINNED_LENGTH = 500
NO_TAG = "Choose a tag to add or to take away."
NO_NOTE = "Say briefly what you need."
LARGEST_ID = 2**63 - 1

TO_QUEUE = frozenset({Action.ASSIGN_TO_QUEUE, Action.TRANSFER_TO_QUEUE, Action.TRANSFER_OWN_TO_QUEUE})
TO_REPRESENTATIVE = frozenset(
    {
        Action.ASSIGN_TO_REPRESENTATIVE,
        Action.TRANSFER_TO_REPRESENTATIVE,
        Action.TRANSFER_OWN,
        Action.GIVE_TO_COLLEAGUE,
    }
)


def prepare(
    action: Action, *, actor: Actor, parameters: Mapping[str, Any], now: datetime, operation_id: uuid.UUID
) -> Context:
    """Look up what the parameters name. Raises Invalid with the field's sentence."""
    context = Context(actor, action, now, operation_id, parameters)
    if action in SAYING:
        context.text = outgoing.written(parameters, MESSAGE_LENGTH)
    if action is Action.RAISE_HAND:
        context.text = outgoing.written(parameters, NOTE_LENGTH, missing=NO_NOTE)
    if action is Action.SET_PRIORITY:
        context.priority = _priority(parameters)
    if action is Action.SET_TAGS:
        context.tags_added, context.tags_dropped = _tags(parameters, "add"), _tags(parameters, "drop")
    if action is Action.PIN_NOTE and str(parameters.get("text") or "").strip():
        # None at all takes the note away.
        context.text = outgoing.written(parameters, PINNED_LENGTH)
    if action in SENDING:
        _prepare_sending(context)
    if action in TO_QUEUE:
        queues = Queue.objects.annotate(staffed=has_members())
        hold(Queue, chosen := _id(parameters, "queue"))
        context.queue_or_none = queues.filter(pk=chosen).first()
        context.queue_has_members = getattr(context.queue, "staffed", False)
    if action in TO_REPRESENTATIVE:
        hold(Representative, chosen := _id(parameters, "representative"))
        people = Representative.objects.filter(with_account(), is_active=True)
        context.representative_or_none = people.filter(pk=chosen).first()
        _ = context.representative
    if action is Action.FORCE_CLOSE:
        reasons = ForceCloseReason.objects.filter(pk=_id(parameters, "reason"), is_active=True)
        context.reason_or_none = reasons.first()
        _ = context.reason
    if action is Action.WRAP_UP_DONE and parameters.get("disposition"):
        dispositions = Disposition.objects.filter(pk=_id(parameters, "disposition"), is_active=True)
        context.disposition = _chosen(dispositions.first(), "disposition", "Choose a disposition from the list.")
    return context


def _prepare_sending(context: Context) -> None:
    if context.action is Action.NOTIFY:
        context.title, context.text = outgoing.notification(context.parameters)
    else:
        context.text = outgoing.message_to_customers(context.parameters)
    context.organization_name = Organization.objects.values_list("name", flat=True).get(
        pk=context.actor.organization_id
    )


def load_offers(context: Context, conversation_ids: list[int]) -> None:
    pending = Offer.objects.filter(conversation_id__in=conversation_ids, outcome=OfferOutcome.PENDING)
    context.offers = {offer.conversation_id: offer for offer in pending.select_related("representative")}


def _id(parameters: Mapping[str, Any], name: str) -> int:
    try:
        number = int(parameters.get(name) or 0)
    except (TypeError, ValueError):
        return 0
    return number if 0 < number <= LARGEST_ID else 0


def _chosen(found: Target | None, name: str, sentence: str) -> Target:
    if found is None:
        raise Invalid(sentence, fields={name: sentence})
    return found


def _priority(parameters: Mapping[str, Any]) -> Priority:
    typed = parameters.get("priority")
    found = next((each for each in Priority if str(each.value) == str(typed)), None)
    return _chosen(found, "priority", "Choose a priority.")


def _tags(parameters: Mapping[str, Any], name: str) -> frozenset[int]:
    """Raises Invalid for a tag that isn't the organization's."""
    typed = {int(value) for value in parameters.get(name) or ()}
    known = frozenset(Tag.objects.filter(pk__in=typed).values_list("pk", flat=True)) if typed else frozenset()
    if typed - known:
        raise Invalid("Choose tags from the list.", fields={name: "Choose tags from the list."})
    return known
