"""The ways to ask the table: for one row under its lock, for a menu, for a whole queryset in SQL.

All of them walk the same list of checks in the same order, so that every place names the same reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from contact_center.errors import Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Role
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation
from conversations.rules import guards
from conversations.rules.actions import Action
from conversations.rules.guards import Guard
from conversations.rules.refusals import Refusal, refusal
from conversations.rules.table import RULES, Audience, Rule
from conversations.states import Phase, Status, StatusReason
from routing.kinds import Kind

STATE_REFUSAL = {phase: f"is_{phase.value}" for phase in Phase}
KIND_REFUSAL = {
    Kind.MESSAGING: "messaging_not_possible",
    Kind.VOICE: "voice_not_possible",
    Kind.RECORD: "record_not_possible",
}
BULK_REFUSAL = {Kind.MESSAGING: "bulk_not_offered", Kind.VOICE: "bulk_voice", Kind.RECORD: "bulk_record"}
TOGGLE_REFUSAL = {
    Toggle.MONITOR: "monitor_off",
    Toggle.ASSIGN: "assign_off",
    Toggle.TRANSFER: "transfer_off",
    Toggle.FORCE_CLOSE: "force_close_off",
}


@dataclass(frozen=True, slots=True)
class Check:
    """`holds` and `condition` are true where the check passes."""

    code: str
    holds: Callable[[Any], bool]
    condition: Q


def needed(queryset: QuerySet[Conversation], actor: Actor) -> QuerySet[Conversation]:
    """The conversations with everything the guards read, in one query."""
    return queryset.select_related("representative", "queue", "work_stream", "customer", "intent").annotate(
        offered_to_actor=guards.offered_to(actor),
        monitored_by_actor=guards.monitored_by(actor),
        consulted_by_actor=guards.consulted_by(actor),
        joined_by_actor=guards.joined_by(actor),
        consultants_full=guards.consultants_full(),
        queue_served_by_actor=guards.queue_served_by(actor),
        consent_required=guards.consent_required(),
        customer_wrote_lately=guards.customer_wrote_lately(),
    )


def why_not(action: Action, conversation: Conversation, actor: Actor, *, bulk: bool = False) -> Refusal | None:
    """None when allowed, else the first reason why not. The conversation comes from `needed`."""
    rule = RULES[action]
    if code := actor_refusal(rule, actor):
        return refusal(code)
    for check in _row_checks(rule, actor, bulk=bulk):
        if not check.holds(conversation):
            return refusal(check.code)
    return None


def require(action: Action, conversation: Conversation, actor: Actor, *, bulk: bool = False) -> None:
    """Raise Refused with the reason when the table says no."""
    if found := why_not(action, conversation, actor, bulk=bulk):
        raise Refused(found.sentence, code=found.code)


def menu(conversation: Conversation, actor: Actor) -> dict[Action, Refusal | None]:
    """Every action of the actor's audiences with its refusal, for the buttons."""
    return {
        action: why_not(action, conversation, actor) for action, rule in RULES.items() if _is_of_audience(rule, actor)
    }


def refusal_code(action: Action, actor: Actor, *, bulk: bool = False) -> Case | Value:
    """The code of the first reason as SQL over Conversation rows; the empty string when allowed."""
    rule = RULES[action]
    if code := actor_refusal(rule, actor):
        return Value(code, output_field=CharField())
    whens = [When(~check.condition, then=Value(check.code)) for check in _row_checks(rule, actor, bulk=bulk)]
    return Case(*whens, default=Value(""), output_field=CharField())


def condition(action: Action, actor: Actor) -> Q:
    """The same over Conversation rows: true where it is allowed."""
    rule = RULES[action]
    if actor_refusal(rule, actor):
        return Q(pk__in=[])
    found = Q()
    for check in _row_checks(rule, actor, bulk=False):
        found &= check.condition
    return found


def eligible(
    queryset: QuerySet[Conversation], action: Action, actor: Actor, *, bulk: bool = False
) -> QuerySet[Conversation]:
    """The rows of the queryset that the table lets the actor act on."""
    return queryset.alias(refusal=refusal_code(action, actor, bulk=bulk)).filter(refusal="")


def actor_refusal(rule: Rule, actor: Actor) -> str:
    """What speaks against the actor whatever the row; empty when nothing does."""
    if rule.audience is Audience.REPRESENTATIVE:
        return "" if actor.representative_id is not None else "not_representative"
    if Role.SUPERVISOR not in actor.roles:
        return "not_supervisor"
    if actor.api_access:
        return "api_access"
    if rule.action is Action.NOTIFY and not actor.may_notify:
        return "may_not_notify"
    if rule.action is Action.TAKE_OVER and actor.representative_id is None:
        return "no_profile"
    if rule.toggle is not None and rule.toggle not in actor.toggles:
        return TOGGLE_REFUSAL[rule.toggle]
    return ""


def _is_of_audience(rule: Rule, actor: Actor) -> bool:
    if rule.audience is Audience.SUPERVISOR:
        return actor.is_supervisor
    return actor.representative_id is not None


def _row_checks(rule: Rule, actor: Actor, *, bulk: bool) -> Iterator[Check]:
    yield from _kind_checks(rule, bulk=bulk)
    yield from _state_checks(rule)
    for guard in rule.guards:
        yield Check(guard.code, _asked(guard, actor), guard.condition(actor))


def _asked(guard: Guard, actor: Actor) -> Callable[[Any], bool]:
    return lambda row: guard.holds(row, actor)


def _kind_checks(rule: Rule, *, bulk: bool) -> Iterator[Check]:
    for kind in Kind:
        if kind not in rule.where:
            yield _not_of_kind(kind, rule.kinds.get(kind, KIND_REFUSAL[kind]))
        elif bulk and kind not in rule.bulk:
            yield _not_of_kind(kind, BULK_REFUSAL[kind] if rule.bulk else "bulk_not_offered")


def _not_of_kind(kind: Kind, code: str) -> Check:
    return Check(code, lambda row: row.kind != kind, ~Q(kind=kind))


def _state_checks(rule: Rule) -> Iterator[Check]:
    for phase in Phase:
        refused = [kind for kind, allowed in rule.where.items() if phase not in allowed]
        if refused:
            yield Check(
                rule.states.get(phase, STATE_REFUSAL[phase]),
                _outside(phase, refused),
                ~(in_phase(phase) & Q(kind__in=refused)),
            )


def _outside(phase: Phase, kinds: list[Kind]) -> Callable[[Any], bool]:
    return lambda row: row.phase != phase or row.kind not in kinds


def in_phase(phase: Phase) -> Q:
    """The phase of a conversation as a condition over its row, as states.phase_of says it of one."""
    awaiting = Q(status_reason=StatusReason.AWAITING_ACCEPTANCE)
    if phase is Phase.AWAITING:
        return Q(status=Status.ACTIVE) & awaiting
    if phase is Phase.ACTIVE:
        return Q(status=Status.ACTIVE) & ~awaiting
    return Q(status=phase.value)


# In a queue: nobody assigned, or assigned and not accepted.
IN_QUEUE = in_phase(Phase.OPEN) | in_phase(Phase.AWAITING)
