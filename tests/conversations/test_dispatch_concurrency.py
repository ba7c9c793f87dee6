"""Two workers, and people who act meanwhile, over real second connections: nobody is over-booked, nothing is lost."""

import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations import dispatch
from conversations.actions import perform
from conversations.models import Conversation, Offer
from conversations.states import OfferOutcome, Status
from routing import capacity
from routing.kinds import Presence
from routing.models import Representative
from routing.presence import set_presence
from tests import factories, invariants
from tests.cast import make_cast
from tests.concurrency import WAITING_FOR_LOCKS, at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast():
    return make_cast("harbor")


def run(cast):
    return dispatch.run(actor=system_actor(cast.organization), now=timezone.now())


def in_threads(cast, *works):
    """As `at_once`, where none may fail."""
    answers = at_once(cast, *works)
    assert not any(isinstance(answer, Exception) for answer in answers), answers
    return answers


@contextmanager
def meanwhile(cast, work):
    """`work` is done on another connection and stays uncommitted while the block runs."""
    done, go_on = threading.Event(), threading.Event()

    def hold():
        try:
            with cast.scope():
                work()
                done.set()
                go_on.wait(timeout=20)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert done.wait(timeout=10)
    try:
        yield go_on
    finally:
        go_on.set()
        thread.join(timeout=20)


def test_four_workers_at_once_never_over_book_anybody(cast):
    with cast.scope():
        for units in (30, 65, 95):
            factories.make_representative(queues=[cast.orders], total_units=units)
        factories.make_conversations(40, queue=cast.orders)
    for _ in range(4):
        in_threads(cast, *[lambda: run(cast)] * 4)
    with cast.scope():
        used = dict(Representative.objects.values_list("total_units", "units_used"))
        assert used == {30: 30, 65: 60, 95: 90, 100: 90}
        assert Offer.objects.count() == Conversation.objects.filter(status=Status.ACTIVE).count() == 9
        invariants.assert_all()


def test_of_two_who_reserve_the_last_units_one_gets_them(cast):
    wanted = {cast.ana.pk: capacity.Wanted(60)}
    answers = in_threads(cast, *[lambda: capacity.reserve(wanted, now=timezone.now())] * 2)
    assert sorted(len(answer.representatives) for answer in answers) == [0, 1]
    with cast.scope():
        assert Representative.objects.get(pk=cast.ana.pk).units_used == 60


def test_a_worker_does_not_wait_for_a_conversation_that_somebody_else_works_on(cast):
    with cast.scope():
        first, second = factories.make_conversations(2, queue=cast.orders)

    def lock_first():
        Conversation.objects.select_for_update().get(pk=first.pk)

    with meanwhile(cast, lock_first), cast.scope():
        run(cast)
        assert list(Offer.objects.values_list("conversation_id", flat=True)) == [second.pk]
    with cast.scope():
        run(cast)
        assert Offer.objects.filter(conversation_id=first.pk).exists()
        invariants.assert_all()


def commit_when_somebody_waits(commit):
    """Once another connection waits for a lock, and after ten seconds in any case."""
    try:
        for _ in range(200):
            with connection.cursor() as cursor:
                cursor.execute(WAITING_FOR_LOCKS)
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.05)
    finally:
        connection.close()
        commit.set()


def test_who_goes_offline_while_the_offer_is_planned_is_not_offered_it(cast):
    """The plan still sees Available; reserving waits for the row, and finds Offline."""
    with cast.scope():
        factories.make_conversation(queue=cast.orders)
        actor = cast.actor(cast.agent)
    with meanwhile(cast, lambda: set_presence(cast.ana, Presence.OFFLINE, by=actor)) as commit, cast.scope():
        threading.Thread(target=commit_when_somebody_waits, args=(commit,)).start()
        assert run(cast) is True
        assert not Offer.objects.exists()
        assert Representative.objects.get(pk=cast.ana.pk).units_used == 0


def test_a_force_close_and_an_offer_at_once_leave_it_closed_and_nobody_booked(cast):
    for _ in range(6):
        with cast.scope():
            row = factories.make_conversation(queue=cast.orders)
            actor, close = cast.actor(), {"reason": cast.reason.pk}
        ending = partial(perform, "force_close", [row.pk], actor=actor, parameters=close)
        in_threads(cast, lambda: run(cast), ending)
        with cast.scope():
            row.refresh_from_db()
            assert row.status == Status.CLOSED
            assert Representative.objects.get(pk=cast.ana.pk).units_used == 0
            invariants.assert_all()


def test_a_pick_and_an_offer_of_the_same_conversation_leave_one_holder(cast):
    for _ in range(6):
        with cast.scope():
            row = factories.make_conversation(queue=cast.orders)
            Representative.objects.filter(pk=cast.ana.pk).update(presence=Presence.AVAILABLE)
            picking = partial(perform, "pick", [row.pk], actor=cast.actor(cast.agent))
        in_threads(cast, lambda: run(cast), picking)
        with cast.scope():
            row.refresh_from_db()
            assert row.representative_id == cast.ana.pk
            assert Offer.objects.filter(conversation=row, outcome=OfferOutcome.PENDING).count() <= 1
            invariants.assert_all()
            perform("force_close", [row.pk], actor=cast.actor(), parameters={"reason": cast.reason.pk})


def test_an_assignment_waits_for_nobody_and_may_exceed_while_routing_may_not(cast):
    """A supervisor books beyond the units while a worker plans: routing then finds them gone."""
    with cast.scope():
        rows = factories.make_conversations(4, queue=cast.orders)
        Representative.objects.filter(pk=cast.ana.pk).update(total_units=60)
        actor = cast.actor()

    def assign_two():
        for row in rows[2:]:
            target = {"representative": cast.ana.pk}
            perform("assign_to_representative", [row.pk], actor=actor, parameters=target)

    in_threads(cast, assign_two, lambda: run(cast))
    with cast.scope():
        run(cast)
        ana = Representative.objects.get(pk=cast.ana.pk)
        routed = Offer.objects.filter(kind="routing").count()
        assert ana.units_used == 60 + 30 * routed
        assert routed <= 2
        invariants.assert_all()
