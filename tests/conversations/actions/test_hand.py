"""The raised hand: who may raise and answer it, who is told, and when it goes down by itself."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, NotFound, Refused
from conversations.actions import perform
from conversations.models import Conversation, Notification
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants


@pytest.fixture
def held(harbor):
    """Makes a conversation that Ana holds."""

    def make(status=Status.ACTIVE, **fields):
        with harbor.scope():
            fields.setdefault("channel", Channel.SMS)
            return factories.make_conversation(queue=harbor.orders, status=status, representative=harbor.ana, **fields)

    return make


def do(cast, action, row, member=None, **parameters):
    with cast.scope():
        perform(action, [row.pk], actor=cast.actor(member), parameters=parameters, single=True)
        invariants.assert_all()
        return Conversation.objects.get(pk=row.pk)


def raised(cast, row):
    return do(cast, "raise_hand", row, cast.agent, text="The customer asks for a lawyer")


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.WRAP_UP])
def test_a_representative_raises_a_hand_with_a_note(harbor, held, status):
    row = held(status)
    found = raised(harbor, row)
    assert found.hand_raised_at is not None
    assert found.hand_note == "The customer asks for a lawyer"
    assert (found.version, found.row_stamp) == (row.version, row.row_stamp + 1)
    with harbor.scope():
        event = AuditEvent.objects.get(action=AuditAction.HAND_RAISED)
        # The audit holds no texts.
        assert "lawyer" not in str([event.before, event.after])


@pytest.mark.parametrize(("text", "sentence"), [(" ", "Say briefly"), ("x" * 251, "Keep it to 250")])
def test_a_note_is_needed_and_short(harbor, held, text, sentence):
    with pytest.raises(Invalid, match=sentence):
        do(harbor, "raise_hand", held(), harbor.agent, text=text)


def test_only_ones_own_and_only_once(harbor, held):
    with harbor.scope():
        other = factories.make_representative(queues=[harbor.orders])
    others = held_by(harbor, other)
    with pytest.raises(Refused, match="It isn't yours"):
        raised(harbor, others)
    row = held()
    raised(harbor, row)
    with pytest.raises(Refused, match="raised already"):
        raised(harbor, row)


def held_by(cast, representative):
    with cast.scope():
        return factories.make_conversation(queue=cast.orders, status=Status.ACTIVE, representative=representative)


@pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING, Status.CLOSED])
def test_not_where_nobody_is_at_work(harbor, held, status):
    row = held(status) if status != Status.OPEN else held_by(harbor, None)
    with pytest.raises((Refused, NotFound)):
        raised(harbor, row)


def test_a_supervisor_answers_it_and_the_representative_is_told(harbor, held):
    row = held()
    raised(harbor, row)
    found = do(harbor, "answer_hand", row)
    assert (found.hand_raised_at, found.hand_note) == (None, "")
    with harbor.scope():
        notice = Notification.objects.get(membership=harbor.agent)
        assert notice.kind == "hand_answered"
        assert "answered your raised hand" in notice.title
        assert AuditEvent.objects.get(action=AuditAction.HAND_LOWERED).membership_id == harbor.supervisor.pk
    with pytest.raises(Refused, match="No hand is raised"):
        do(harbor, "answer_hand", row)


def test_a_supervisor_of_other_queues_finds_nothing_to_answer(harbor, held):
    row = held()
    raised(harbor, row)
    with pytest.raises(NotFound):
        do(harbor, "answer_hand", row, harbor.scoped)


def test_the_representative_lowers_it_and_nobody_is_told(harbor, held):
    row = held()
    raised(harbor, row)
    assert do(harbor, "lower_hand", row, harbor.agent).hand_raised_at is None
    with harbor.scope():
        assert not Notification.objects.exists()


@pytest.mark.parametrize("action", ["leave_waiting", "release_own"])
def test_it_goes_down_when_the_representative_leaves(harbor, held, action):
    row = held()
    raised(harbor, row)
    assert do(harbor, action, row, harbor.agent).hand_raised_at is None


def test_it_goes_down_when_the_conversation_is_closed(harbor, held):
    row = held()
    raised(harbor, row)
    found = do(harbor, "force_close", row, reason=harbor.reason.pk)
    assert (found.hand_raised_at, found.hand_note) == (None, "")


def test_it_stays_up_into_wrap_up_and_while_a_transfer_is_pending(harbor, held):
    row = held()
    raised(harbor, row)
    with harbor.scope():
        second = factories.make_representative(queues=[harbor.orders])
    assert do(harbor, "transfer_to_representative", row, representative=second.pk).hand_raised_at is not None
    assert do(harbor, "end", row, harbor.agent).hand_raised_at is not None


def test_it_goes_down_when_a_transfer_is_accepted(harbor, held):
    row = held()
    raised(harbor, row)
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative")
        second = factories.make_representative("Ben", queues=[harbor.orders], membership=member)
    do(harbor, "transfer_to_representative", row, representative=second.pk)
    assert do(harbor, "accept", row, member).hand_raised_at is None
