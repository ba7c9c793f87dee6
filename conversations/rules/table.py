"""The table: action × kind × mode × state × role × toggle (product.md §4, §6, §9). Nothing else decides.

Conditions on a chosen target (is this representative eligible, is that queue active?) are not rows here: the form
offers only what fits, and the action checks it again under the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contact_center.tenancy.toggles import Toggle
from conversations.rules import guards
from conversations.rules.actions import Action
from conversations.rules.guards import Guard
from conversations.states import Phase
from routing.kinds import Kind

M, V, R = Kind.MESSAGING, Kind.VOICE, Kind.RECORD
OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP, CLOSED = (
    Phase.OPEN,
    Phase.AWAITING,
    Phase.ACTIVE,
    Phase.WAITING,
    Phase.WRAP_UP,
    Phase.CLOSED,
)


class Audience(StrEnum):
    SUPERVISOR = "supervisor"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: where the action is allowed, and the code that says why it isn't elsewhere.

    `bulk` names the kinds that more than one at a time may be of; empty means one at a time only. `states` and `kinds`
    replace the usual refusal of a state or kind where another sentence explains it better.
    """

    action: Action
    audience: Audience
    where: Mapping[Kind, frozenset[Phase]]
    guards: tuple[Guard, ...] = ()
    toggle: Toggle | None = None
    bulk: frozenset[Kind] = frozenset()
    states: Mapping[Phase, str] = field(default_factory=dict)
    kinds: Mapping[Kind, str] = field(default_factory=dict)


def _where(**phases: tuple[Phase, ...]) -> dict[Kind, frozenset[Phase]]:
    return {Kind(kind): frozenset(allowed) for kind, allowed in phases.items()}


MESSAGING = frozenset({M})
ANY_STATE = _where(
    messaging=(OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP, CLOSED),
    voice=(OPEN, AWAITING, ACTIVE, WRAP_UP, CLOSED),
    record=(OPEN, AWAITING, ACTIVE, CLOSED),
)
NOBODY_ASSIGNED = {AWAITING: "assigned", ACTIVE: "assigned"}
SUPERVISOR, REPRESENTATIVE = Audience.SUPERVISOR, Audience.REPRESENTATIVE

_ROWS = (
    Rule(
        Action.ASSIGN_TO_REPRESENTATIVE,
        SUPERVISOR,
        _where(messaging=(OPEN,), voice=(OPEN,), record=(OPEN,)),
        toggle=Toggle.ASSIGN,
        states=NOBODY_ASSIGNED,
    ),
    Rule(
        Action.ASSIGN_TO_QUEUE,
        SUPERVISOR,
        _where(messaging=(OPEN,), voice=(OPEN,), record=(OPEN,)),
        toggle=Toggle.ASSIGN,
        bulk=MESSAGING,
        states=NOBODY_ASSIGNED,
    ),
    Rule(
        Action.TRANSFER_TO_REPRESENTATIVE,
        SUPERVISOR,
        _where(messaging=(AWAITING, ACTIVE, WAITING), record=(AWAITING, ACTIVE)),
        (guards.NOT_ELEVATED, guards.NOT_AI_AGENT, guards.NO_TRANSFER_PENDING),
        toggle=Toggle.TRANSFER,
    ),
    Rule(
        Action.TRANSFER_TO_QUEUE,
        SUPERVISOR,
        _where(messaging=(AWAITING, ACTIVE, WAITING), record=(AWAITING, ACTIVE)),
        (guards.NOT_ELEVATED, guards.NOT_AI_AGENT, guards.NO_TRANSFER_PENDING, guards.INTENT_BASED_OR_RECORD),
        toggle=Toggle.TRANSFER,
    ),
    Rule(
        Action.MONITOR,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WRAP_UP, WAITING), voice=(ACTIVE, WRAP_UP), record=(ACTIVE,)),
        (guards.NOT_OWN, guards.CONSENT),
        toggle=Toggle.MONITOR,
    ),
    Rule(Action.STOP_MONITORING, SUPERVISOR, ANY_STATE, (guards.MONITORING,)),
    Rule(
        Action.READ_TRANSCRIPT,
        SUPERVISOR,
        _where(messaging=(CLOSED,), voice=(CLOSED,)),
        (guards.NOT_OWN, guards.CONSENT),
        toggle=Toggle.MONITOR,
        states=dict.fromkeys((OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP), "not_closed"),
    ),
    Rule(
        Action.WATCH,
        SUPERVISOR,
        ANY_STATE,
        (guards.NOT_OWN, guards.CONSENT, guards.MONITORING),
        toggle=Toggle.MONITOR,
    ),
    # In any state, as it shows nothing of what was said; one's own may be found, since the desk shows it anyway.
    Rule(Action.SEARCH_MESSAGES, SUPERVISOR, ANY_STATE, (guards.CONSENT,), toggle=Toggle.MONITOR),
    Rule(
        Action.JOIN,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WRAP_UP), voice=(ACTIVE, WRAP_UP)),
        (guards.NOT_OWN, guards.CONSENT, guards.MONITORING, guards.NOT_JOINED, guards.ROOM_TO_JOIN),
        toggle=Toggle.MONITOR,
    ),
    Rule(Action.LEAVE, SUPERVISOR, ANY_STATE, (guards.JOINED,)),
    Rule(
        Action.CONSULTANT_NOTE,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WRAP_UP), voice=(ACTIVE, WRAP_UP)),
        (guards.NOT_OWN, guards.CONSENT, guards.JOINED),
        toggle=Toggle.MONITOR,
    ),
    Rule(
        Action.CONSULTANT_MESSAGE,
        SUPERVISOR,
        _where(messaging=(ACTIVE,)),
        (guards.NOT_OWN, guards.CONSENT, guards.JOINED),
        toggle=Toggle.MONITOR,
        states={WRAP_UP: "wrap_up_internal"},
        kinds={V: "voice_internal"},
    ),
    Rule(
        Action.FORCE_CLOSE,
        SUPERVISOR,
        _where(messaging=(OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP), voice=(OPEN, AWAITING, ACTIVE, WRAP_UP)),
        toggle=Toggle.FORCE_CLOSE,
        bulk=MESSAGING,
        kinds={R: "record_force_close"},
    ),
    Rule(
        Action.MESSAGE_CUSTOMER,
        SUPERVISOR,
        _where(messaging=(OPEN, AWAITING, ACTIVE, WAITING)),
        (guards.NOT_OPTED_OUT, guards.WHATSAPP_OPEN),
        bulk=MESSAGING,
    ),
    Rule(
        Action.NOTIFY,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WAITING, WRAP_UP)),
        (guards.HAS_PERSON, guards.HAS_ACCOUNT),
        bulk=MESSAGING,
        states={OPEN: "no_representative"},
    ),
    Rule(Action.RELEASE, SUPERVISOR, _where(record=(AWAITING, ACTIVE))),
    Rule(Action.REMOVE, SUPERVISOR, _where(record=(OPEN, AWAITING, ACTIVE))),
    Rule(
        Action.RETURN_TO_QUEUE,
        SUPERVISOR,
        _where(messaging=(AWAITING, ACTIVE), voice=(AWAITING, ACTIVE), record=(AWAITING, ACTIVE)),
        (guards.NOT_AI_AGENT, guards.NO_TRANSFER_PENDING),
        bulk=frozenset(Kind),
        states={WAITING: "returns_by_itself"},
    ),
    Rule(
        Action.GIVE_TO_COLLEAGUE,
        SUPERVISOR,
        _where(messaging=(AWAITING, ACTIVE, WAITING), record=(AWAITING, ACTIVE)),
        (guards.NOT_ELEVATED, guards.NOT_AI_AGENT, guards.NO_TRANSFER_PENDING),
        toggle=Toggle.TRANSFER,
        bulk=frozenset(Kind),
    ),
    Rule(
        Action.TAKE_OVER,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WAITING)),
        (guards.NOT_MINE_YET, guards.NOT_ELEVATED, guards.NOT_AI_AGENT, guards.NO_TRANSFER_PENDING),
        toggle=Toggle.TRANSFER,
    ),
    Rule(
        Action.ANSWER_HAND,
        SUPERVISOR,
        _where(messaging=(ACTIVE, WRAP_UP), voice=(ACTIVE, WRAP_UP)),
        (guards.HAND_UP,),
    ),
    *(
        Rule(
            action,
            SUPERVISOR,
            _where(
                messaging=(OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP),
                voice=(OPEN, AWAITING, ACTIVE, WRAP_UP),
                record=(OPEN, AWAITING, ACTIVE),
            ),
            bulk=frozenset(Kind),
        )
        for action in (Action.SET_PRIORITY, Action.SET_TAGS, Action.PIN_NOTE)
    ),
    Rule(
        Action.ACCEPT,
        REPRESENTATIVE,
        _where(messaging=(AWAITING, ACTIVE, WAITING), voice=(AWAITING,), record=(AWAITING, ACTIVE)),
        (guards.OFFERED_TO_ME,),
    ),
    Rule(
        Action.REJECT,
        REPRESENTATIVE,
        _where(messaging=(AWAITING, ACTIVE, WAITING), voice=(AWAITING,), record=(AWAITING, ACTIVE)),
        (guards.OFFERED_TO_ME,),
    ),
    Rule(
        Action.PICK,
        REPRESENTATIVE,
        _where(messaging=(OPEN,), voice=(OPEN,), record=(OPEN,)),
        (guards.PICKABLE, guards.SERVES_QUEUE, guards.NOT_GIVEN_UP),
        states=NOBODY_ASSIGNED,
    ),
    Rule(
        Action.TAKE_UP,
        REPRESENTATIVE,
        _where(messaging=(OPEN,)),
        (guards.SERVES_QUEUE, guards.NOT_GIVEN_UP),
        states=NOBODY_ASSIGNED,
    ),
    Rule(Action.REPLY, REPRESENTATIVE, _where(messaging=(ACTIVE,)), (guards.MINE,)),
    Rule(
        Action.INTERNAL_NOTE,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE, WAITING, WRAP_UP), voice=(ACTIVE, WRAP_UP), record=(ACTIVE,)),
        (guards.MINE_OR_CONSULTING,),
    ),
    Rule(Action.LEAVE_WAITING, REPRESENTATIVE, _where(messaging=(ACTIVE,)), (guards.MINE, guards.PERSISTENT)),
    Rule(Action.REOPEN, REPRESENTATIVE, _where(messaging=(WAITING,)), (guards.MINE, guards.NO_TRANSFER_PENDING)),
    Rule(
        Action.RELEASE_OWN,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE,), voice=(ACTIVE,), record=(ACTIVE,)),
        (guards.MINE,),
    ),
    Rule(
        Action.TRANSFER_OWN,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE,), record=(ACTIVE,)),
        (guards.MINE, guards.NOT_ELEVATED, guards.NO_TRANSFER_PENDING),
    ),
    # To any queue of the kind: the limit to intent-based work binds supervisors, who can assign and release (T18).
    Rule(
        Action.TRANSFER_OWN_TO_QUEUE,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE,), record=(ACTIVE,)),
        (guards.MINE, guards.NOT_ELEVATED, guards.NO_TRANSFER_PENDING),
    ),
    Rule(Action.END, REPRESENTATIVE, _where(messaging=(ACTIVE,), voice=(ACTIVE,)), (guards.MINE,)),
    Rule(Action.WRAP_UP_DONE, REPRESENTATIVE, _where(messaging=(WRAP_UP,), voice=(WRAP_UP,)), (guards.MINE,)),
    Rule(Action.RESOLVE, REPRESENTATIVE, _where(record=(ACTIVE,)), (guards.MINE,)),
    Rule(
        Action.RAISE_HAND,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE, WRAP_UP), voice=(ACTIVE, WRAP_UP)),
        (guards.MINE, guards.HAND_DOWN),
    ),
    Rule(
        Action.LOWER_HAND,
        REPRESENTATIVE,
        _where(messaging=(ACTIVE, WRAP_UP), voice=(ACTIVE, WRAP_UP)),
        (guards.MINE, guards.HAND_UP),
    ),
    Rule(
        Action.LEAVE_CONSULTATION,
        REPRESENTATIVE,
        _where(
            messaging=(OPEN, AWAITING, ACTIVE, WAITING, WRAP_UP),
            voice=(OPEN, AWAITING, ACTIVE, WRAP_UP),
            record=(OPEN, AWAITING, ACTIVE),
        ),
        (guards.CONSULTING,),
    ),
)

RULES: dict[Action, Rule] = {rule.action: rule for rule in _ROWS}
