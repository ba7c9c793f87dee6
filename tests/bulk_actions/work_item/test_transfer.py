"""Transfer work item: to a second representative or, where it is allowed, to a queue; and why not."""

import pytest

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation, Offer
from conversations.states import OfferKind, Phase, Status, StatusReason
from routing.kinds import Channel, Kind
from routing.models import Intent, IntentFamily, IntentGroup, Representative, UserGroup
from routing.models.intents import UserGroupIntentGroup, UserGroupMember
from tests.bulk_actions.work_item.conftest import TRANSFER, get, key_of, notes, offered, open_dialog, press, runs, text
from tests.factories import make_conversation, make_conversations, make_queue, make_representative


def now(cast, conversation):
    with cast.scope():
        return Conversation.objects.select_related("representative", "queue").get(pk=conversation.pk)


def transfer(cast, dialog, **target):
    return press(cast, dialog, action=TRANSFER, **target)


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        return make_representative("Ben Osei", queues=[harbor.orders])


@pytest.fixture
def held(harbor):
    """Active with Ana, in Orders."""
    with harbor.scope():
        return make_conversation(status=Status.ACTIVE, queue=harbor.orders, representative=harbor.ana)


@pytest.fixture
def intent(harbor):
    """Returns › Damaged › Broken on arrival, served by the user group of Ben alone."""
    with harbor.scope():
        family = IntentFamily.objects.create(name="Returns")
        group = IntentGroup.objects.create(family=family, name="Damaged")
        IntentGroup.objects.create(family=family, name="Late")
        return Intent.objects.create(group=group, name="Broken on arrival")


@pytest.fixture
def fragile(harbor, ben, intent):
    with harbor.scope():
        group = UserGroup.objects.create(name="Fragile goods")
        UserGroupIntentGroup.objects.create(user_group=group, intent_group=intent.group)
        UserGroupMember.objects.create(user_group=group, representative=ben)
        return group


# --- To a representative ---


def test_the_second_representative_is_asked_and_nothing_else_changes_yet(harbor, held, ben):
    dialog = open_dialog(harbor, [held], TRANSFER)
    assert text(dialog).startswith("Transfer work item")
    assert offered(dialog) == [ben.pk]
    response = transfer(harbor, dialog, to_person=ben)
    assert response.status_code == 200
    assert f"C-{held.pk} was offered to Ben Osei" in text(response)
    row = now(harbor, held)
    assert (row.phase, row.representative_id, row.transfer_pending) == (Phase.ACTIVE, harbor.ana.pk, True)
    with harbor.scope():
        assert Offer.objects.get().kind == OfferKind.TRANSFER
    page = harbor.client().get(harbor.url(f"conversations/{held.pk}/"))
    assert "transfer pending" in text(page)
    assert "transfer pending" in text(harbor.client().get(harbor.url("conversations/")))
    [run] = runs(harbor)
    history = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "transfer offered to Ben Osei" in history


def test_from_waiting_it_may_be_transferred_too(harbor, ben):
    with harbor.scope():
        waiting = make_conversation(
            status=Status.WAITING, channel=Channel.SMS, queue=harbor.orders, representative=harbor.ana
        )
    assert transfer(harbor, open_dialog(harbor, [waiting], TRANSFER), to_person=ben).status_code == 200
    assert now(harbor, waiting).transfer_pending


def test_from_awaiting_acceptance_the_old_offer_is_withdrawn(harbor, ben):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
    press(harbor, open_dialog(harbor, [row]), to_person=harbor.ana)
    assert transfer(harbor, open_dialog(harbor, [now(harbor, row)], TRANSFER), to_person=ben).status_code == 200
    assert (now(harbor, row).phase, now(harbor, row).representative_id) == (Phase.AWAITING, ben.pk)


def test_who_would_exceed_is_told_before_and_after(harbor, held, ben):
    with harbor.scope():
        Representative.objects.filter(pk=ben.pk).update(units_used=95)
    dialog = open_dialog(harbor, [held], TRANSFER)
    assert "Ben Osei would exceed by 25 units." in notes(dialog)
    assert "who now exceeds by 25 units" in text(transfer(harbor, dialog, to_person=ben))


def test_the_first_representative_and_ai_agents_are_refused_as_targets(harbor, held):
    with harbor.scope():
        agent = make_representative(queues=[harbor.orders], type=Representative.Type.AI_AGENT)
    dialog = open_dialog(harbor, [held], TRANSFER)
    assert offered(dialog) == []
    for target, sentence in (
        (harbor.ana, "It is already with this representative."),
        (agent, "AI agents can&#x27;t be assigned or transferred to."),
    ):
        response = transfer(harbor, dialog, to_person=target)
        assert response.status_code == 403
        assert sentence in text(response)
    assert not now(harbor, held).transfer_pending


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"elevated_to": "voice"}, "It has been elevated to a call."),
        ({"transfer_pending": True}, "A transfer is waiting for an answer already."),
        ({"status": Status.WRAP_UP, "status_reason": StatusReason.ENDED_BY_CUSTOMER}, "it is in wrap-up."),
    ],
    ids=["elevated", "pending", "wrap-up"],
)
def test_the_dialog_and_the_button_say_why_not(harbor, held, changes, sentence):
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(**changes)
    assert sentence in text(open_dialog(harbor, [held], TRANSFER))
    assert sentence in text(harbor.client().get(harbor.url(f"conversations/{held.pk}/")))


def test_what_an_ai_agent_holds_is_not_transferred(harbor):
    with harbor.scope():
        agent = make_representative(type=Representative.Type.AI_AGENT)
        row = make_conversation(status=Status.ACTIVE, queue=harbor.orders, representative=agent)
    assert "It is handled by an AI agent." in text(open_dialog(harbor, [row], TRANSFER))


def test_many_are_not_transferred(harbor):
    with harbor.scope():
        rows = make_conversations(2, status=Status.ACTIVE, queue=harbor.orders)
    words = text(open_dialog(harbor, rows, TRANSFER))
    assert "This is done for one conversation at a time." in words
    assert words.endswith("Close")


# --- To a queue ---


def test_without_an_intent_the_queues_are_closed_with_the_reason(harbor, held, ben):
    dialog = open_dialog(harbor, [held], TRANSFER)
    reason = "Only intent-based conversations and records are transferred to a queue."
    assert f"Find a queue: {reason}" in text(dialog)
    assert offered(dialog, "queue") == []
    response = get(harbor, f"{TRANSFER}/queues/", {"run_key": key_of(dialog)})
    assert (response.status_code, reason in text(response)) == (403, True)
    assert transfer(harbor, dialog, to_queue=harbor.refunds).status_code == 403
    assert now(harbor, held).queue_id == harbor.orders.pk


def test_intent_based_work_goes_to_a_queue_which_filters_narrow(harbor, held, intent):
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(intent=intent)
        vip = make_queue("VIP", intent_based=True, priority=1)
        make_representative(queues=[vip])
    dialog = open_dialog(harbor, [held], TRANSFER)
    assert offered(dialog, "queue") == [harbor.refunds.pk, vip.pk]
    for typed, found in (
        ({"intent_based": "yes"}, [vip.pk]),
        ({"intent_based": "no"}, [harbor.refunds.pk]),
        ({"priority": "1"}, [vip.pk]),
        ({"priority": "none"}, [harbor.refunds.pk]),
    ):
        response = get(harbor, f"{TRANSFER}/queues/", {"run_key": key_of(dialog), **typed})
        assert offered(response, "queue") == found, typed
    response = transfer(harbor, dialog, to_queue=vip)
    assert f"C-{held.pk} was transferred to VIP" in text(response)
    row = now(harbor, held)
    assert (row.phase, row.queue_id, row.representative_id) == (Phase.OPEN, vip.pk, None)


def test_a_record_goes_to_a_queue_of_records(harbor):
    with harbor.scope():
        cases = make_queue("Cases", kind=Kind.RECORD)
        make_representative(queues=[cases])
        record = make_conversation(channel=Channel.RECORD, status=Status.ACTIVE)
    dialog = open_dialog(harbor, [record], TRANSFER)
    assert offered(dialog, "queue") == [cases.pk]
    assert transfer(harbor, dialog, to_queue=cases).status_code == 200
    assert now(harbor, record).queue_id == cases.pk


# --- Intent-based work ---


def test_intent_based_work_is_filtered_from_family_to_user_group(harbor, held, intent, fragile, ben):
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(intent=intent)
        nora = make_representative("Nora Lind", queues=[harbor.orders])
        late = IntentGroup.objects.get(name="Late")
    dialog = open_dialog(harbor, [held], TRANSFER)
    words = text(dialog)
    for label in ("Intent family", "Intent group", "Intent", "User group", "Presence"):
        assert label in words
    assert "Any skill" not in words
    assert offered(dialog) == [ben.pk, nora.pk]
    for typed, found in (
        ({"family": intent.group.family_id}, [ben.pk]),
        ({"intent_group": intent.group_id}, [ben.pk]),
        ({"intent_group": late.pk}, []),
        ({"intent_group": [late.pk, intent.group_id]}, [ben.pk]),
        ({"user_group": [fragile.pk, "nonsense"]}, [ben.pk]),
        ({"intent": intent.pk}, [ben.pk]),
        ({"user_group": fragile.pk}, [ben.pk]),
        ({"user_group": fragile.pk, "intent_group": late.pk}, []),
        ({"user_group": "nonsense"}, []),
        ({"name": "nora"}, [nora.pk]),
    ):
        response = get(harbor, f"{TRANSFER}/people/", {"run_key": key_of(dialog), **typed})
        assert offered(response) == found, typed


def test_nothing_is_transferred_with_the_toggle_off(harbor, held, ben):
    dialog = open_dialog(harbor, [held], TRANSFER)
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[one for one in Toggle if one != Toggle.TRANSFER])
    assert transfer(harbor, dialog, to_person=ben).status_code == 403
    assert get(harbor, f"{TRANSFER}/people/", {"run_key": key_of(dialog)}).status_code == 403
    assert "Supervisor Transfer is switched off" in text(open_dialog(harbor, [held], TRANSFER))
    assert not now(harbor, held).transfer_pending
