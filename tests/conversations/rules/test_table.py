"""The rule table: Python and SQL agree in every cell, every state can be reached, and the documented cells hold."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation, Offer, Participant
from conversations.rules import RULES, Action, condition, eligible, menu, needed, refusal_code, sentence_of, why_not
from conversations.rules.ask import BULK_REFUSAL, KIND_REFUSAL, STATE_REFUSAL, TOGGLE_REFUSAL
from conversations.rules.refusals import SENTENCES
from conversations.states import MOST_CONSULTANTS, MOST_DECLINES, Phase, Status, StatusReason
from routing.kinds import Channel, Kind
from routing.models import Representative, WorkStream
from tests import factories

CHANNELS = [Channel.LIVE_CHAT, Channel.SMS, Channel.WHATSAPP, Channel.VOICE, Channel.RECORD]
PHASES = {
    Phase.OPEN: (Status.OPEN, None),
    Phase.AWAITING: (Status.ACTIVE, StatusReason.AWAITING_ACCEPTANCE),
    Phase.ACTIVE: (Status.ACTIVE, StatusReason.IN_CONVERSATION),
    Phase.WAITING: (Status.WAITING, None),
    Phase.WRAP_UP: (Status.WRAP_UP, None),
    Phase.CLOSED: (Status.CLOSED, None),
}


@pytest.fixture
def floor(harbor):
    """Every channel in every phase, plain and with each fact that a guard looks at."""
    with harbor.scope():
        bot = factories.make_representative("Harbor bot", type=Representative.Type.AI_AGENT)
        gone = factories.make_customer(opted_out_at=timezone.now())
        intent_queue = factories.make_queue("Intents", intent_based=True)
        for channel in CHANNELS:
            stream = factories.make_work_stream(channel, queue=harbor.orders)
            stream.picking_allowed = channel != Channel.SMS
            stream.distribution = WorkStream.Distribution.PUSH
            stream.save()
            for status, reason in PHASES.values():
                _variants(harbor, channel, status, reason, bot, gone, intent_queue)
        _facts(harbor)
        yield harbor


def _variants(harbor, channel, status, reason, bot, gone, intent_queue):
    make = {"channel": channel, "status": status, "status_reason": reason}
    held = {} if status == Status.OPEN else {"representative": harbor.ana}
    factories.make_conversation(**make, queue=harbor.orders)
    factories.make_conversation(**make, queue=intent_queue, transfer_pending=status == Status.ACTIVE, **held)
    factories.make_conversation(
        **make, queue=harbor.orders, customer=gone, elevated_to="voice", monitoring_consent=True, **held
    )
    if held:
        factories.make_conversation(**make, queue=harbor.orders, representative=bot, monitoring_consent=False)


def _facts(harbor):
    """Some are offered to Ana, in some she consults; some are monitored, some declined by all, some silent."""
    rows = list(Conversation.objects.exclude(status=Status.CLOSED).order_by("pk"))
    Offer.objects.bulk_create(
        Offer(conversation=row, representative=harbor.ana, kind="assign", units=30) for row in rows[::3]
    )
    Participant.objects.bulk_create(
        Participant(conversation=row, membership=harbor.supervisor, mode="monitor") for row in rows[::2]
    )
    Participant.objects.bulk_create(
        Participant(conversation=row, representative=harbor.ana, mode="consult") for row in rows[1::3]
    )
    Participant.objects.bulk_create(
        Participant(conversation=row, membership=harbor.supervisor, mode="consult") for row in rows[::7]
    )
    Participant.objects.bulk_create(
        Participant(conversation=row, representative=harbor.ana, mode="consult")
        for row in rows[::6]
        for _ in range(MOST_CONSULTANTS)
    )
    Conversation.objects.filter(pk__in=[row.pk for row in rows[::5]]).update(decline_count=MOST_DECLINES)
    silent = timezone.now() - timedelta(days=2)
    Conversation.objects.filter(pk__in=[row.pk for row in rows[::4]]).update(last_customer_message_at=silent)
    Conversation.objects.filter(pk__in=[row.pk for row in rows[::3]]).update(hand_raised_at=timezone.now())
    Conversation.objects.filter(pk__in=[row.pk for row in rows[1::4]]).update(last_customer_message_at=None)


def _actors(harbor):
    supervisor = harbor.actor()
    return [
        supervisor,
        replace(supervisor, toggles=frozenset()),
        replace(supervisor, api_access=True),
        replace(supervisor, may_notify=False),
        replace(supervisor, representative_id=harbor.ana.pk),
        harbor.actor(harbor.agent),
        harbor.actor(harbor.admin),
        harbor.actor(harbor.auditor),
    ]


@pytest.mark.parametrize("consent_required", [False, True])
def test_python_and_sql_give_the_same_reason_in_every_cell(floor, consent_required):
    OrganizationSettings.objects.update(consent_required=consent_required)
    cells = 0
    for actor in _actors(floor):
        rows = list(needed(Conversation.objects.all(), actor))
        for action in Action:
            for bulk in (False, True):
                expected = {row.pk: getattr(why_not(action, row, actor, bulk=bulk), "code", "") for row in rows}
                found = dict(
                    Conversation.objects.annotate(code=refusal_code(action, actor, bulk=bulk)).values_list("pk", "code")
                )
                assert found == expected, (action, actor.roles, bulk)
                allowed = set(
                    eligible(Conversation.objects.all(), action, actor, bulk=bulk).values_list("pk", flat=True)
                )
                assert allowed == {pk for pk, code in expected.items() if not code}
                if not bulk:
                    by_condition = Conversation.objects.filter(condition(action, actor))
                    assert set(by_condition.values_list("pk", flat=True)) == allowed
                cells += len(rows)
    assert cells > 30_000


def test_every_guard_refuses_somewhere_and_lets_through_somewhere(floor):
    OrganizationSettings.objects.update(consent_required=True)
    seen = set()
    for actor in _actors(floor):
        for row in needed(Conversation.objects.all(), actor):
            seen.update(found.code for action in Action if (found := why_not(action, row, actor)))
    guards = {guard.code for rule in RULES.values() for guard in rule.guards}
    assert guards <= seen


def test_the_menu_says_the_same_as_the_single_question(floor):
    actor = floor.actor()
    for row in needed(Conversation.objects.all(), actor):
        for action, refusal in menu(row, actor).items():
            assert refusal == why_not(action, row, actor)


def test_every_action_has_a_row_and_every_refusal_a_sentence():
    assert set(RULES) == set(Action)
    codes = {guard.code for rule in RULES.values() for guard in rule.guards}
    codes |= {code for rule in RULES.values() for code in [*rule.states.values(), *rule.kinds.values()]}
    codes |= {*STATE_REFUSAL.values(), *KIND_REFUSAL.values(), *BULK_REFUSAL.values(), *TOGGLE_REFUSAL.values()}
    assert codes <= set(SENTENCES)
    assert all(sentence_of(code).endswith(".") for code in SENTENCES)


def test_records_are_never_waiting_or_in_wrap_up_in_the_table():
    for rule in RULES.values():
        assert rule.where.get(Kind.RECORD, frozenset()).isdisjoint({Phase.WAITING, Phase.WRAP_UP})
        assert Phase.WAITING not in rule.where.get(Kind.VOICE, frozenset())


def test_a_closed_conversation_can_be_read_and_nothing_else(floor):
    for actor in _actors(floor):
        for row in needed(Conversation.objects.filter(status=Status.CLOSED), actor):
            allowed = {action for action, refusal in menu(row, actor).items() if refusal is None}
            assert allowed <= {Action.READ_TRANSCRIPT, Action.SEARCH_MESSAGES}


# Of whatever is ongoing, without joining it.
MARKING = {"set_priority", "set_tags", "pin_note"}
# Of what somebody holds.
RELIEVING = {
    (Kind.MESSAGING, Phase.AWAITING): {"return_to_queue", "give_to_colleague"},
    (Kind.MESSAGING, Phase.ACTIVE): {"return_to_queue", "give_to_colleague"},
    # It goes to its queue by itself when the customer writes.
    (Kind.MESSAGING, Phase.WAITING): {"give_to_colleague"},
    (Kind.VOICE, Phase.AWAITING): {"return_to_queue"},
    (Kind.VOICE, Phase.ACTIVE): {"return_to_queue"},
    (Kind.RECORD, Phase.AWAITING): {"return_to_queue", "give_to_colleague"},
    (Kind.RECORD, Phase.ACTIVE): {"return_to_queue", "give_to_colleague"},
}
SUPERVISORS_MAY = {
    # (kind, phase): what product.md §6 allows a supervisor without a profile, everything else being in order
    (Kind.MESSAGING, Phase.OPEN): {
        "assign_to_representative",
        "assign_to_queue",
        "force_close",
        "message_customer",
    },
    (Kind.MESSAGING, Phase.AWAITING): {"transfer_to_representative", "force_close", "message_customer"},
    (Kind.MESSAGING, Phase.ACTIVE): {
        "transfer_to_representative",
        "monitor",
        "force_close",
        "message_customer",
        "notify",
    },
    (Kind.MESSAGING, Phase.WRAP_UP): {"monitor", "force_close", "notify"},
    (Kind.MESSAGING, Phase.WAITING): {
        "transfer_to_representative",
        "monitor",
        "force_close",
        "message_customer",
        "notify",
    },
    (Kind.VOICE, Phase.OPEN): {"assign_to_representative", "assign_to_queue", "force_close"},
    (Kind.VOICE, Phase.AWAITING): {"force_close"},
    (Kind.VOICE, Phase.ACTIVE): {"monitor", "force_close"},
    (Kind.VOICE, Phase.WRAP_UP): {"monitor", "force_close"},
    (Kind.RECORD, Phase.OPEN): {"assign_to_representative", "assign_to_queue", "remove"},
    (Kind.RECORD, Phase.AWAITING): {"transfer_to_representative", "transfer_to_queue", "release", "remove"},
    (Kind.RECORD, Phase.ACTIVE): {"transfer_to_representative", "transfer_to_queue", "monitor", "release", "remove"},
}


@pytest.mark.parametrize(("kind", "phase"), SUPERVISORS_MAY)
def test_a_supervisor_may_do_what_the_specification_says(harbor, kind, phase):
    channel = {Kind.MESSAGING: Channel.SMS, Kind.VOICE: Channel.VOICE, Kind.RECORD: Channel.RECORD}[kind]
    status, reason = PHASES[phase]
    with harbor.scope():
        row = factories.make_conversation(channel=channel, status=status, status_reason=reason)
        if row.representative:
            type(row.representative).objects.filter(pk=row.representative_id).update(membership=harbor.second)
        actor = harbor.actor()
        found = needed(Conversation.objects.filter(pk=row.pk), actor).get()
        allowed = {action.value for action, refusal in menu(found, actor).items() if refusal is None}
        relieving = RELIEVING.get((kind, phase), set())
        assert allowed == SUPERVISORS_MAY[kind, phase] | MARKING | relieving | {Action.SEARCH_MESSAGES}


def test_a_toggle_binds_its_actions_only(harbor):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.SMS)
        actor = replace(harbor.actor(), toggles=frozenset(Toggle) - {Toggle.FORCE_CLOSE})
        found = needed(Conversation.objects.filter(pk=row.pk), actor).get()
        assert why_not(Action.FORCE_CLOSE, found, actor).code == "force_close_off"
        assert why_not(Action.ASSIGN_TO_QUEUE, found, actor) is None
