"""Random actions by random people over random conversations: the invariants hold after every one of them."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Role
from conversations import dispatch
from conversations.actions import PERFORMED, perform
from conversations.actions.disconnection import run_due
from conversations.actions.drafts import Draft, Said
from conversations.actions.lifecycle import (
    customer_wrote,
    end_by_customer,
    open_conversations,
    representative_wrote,
    run_due_timers,
)
from conversations.models import Conversation, Tag
from conversations.rules import RULES
from conversations.rules.table import Audience
from conversations.states import Status
from routing.desk_line import at_desk
from routing.kinds import Channel
from routing.models import CapacityProfile, Representative, WorkStream
from tests import factories, invariants

CHANNELS = [Channel.LIVE_CHAT, Channel.SMS, Channel.VOICE, Channel.RECORD]
SYSTEM = [
    "customer_wrote",
    "representative_wrote",
    "customer_left",
    "customer_away",
    "at_desk",
    "time_passes",
    "a_day_passes",
    "dispatch",
]
MOVES = st.lists(
    st.tuples(
        st.sampled_from([*sorted(PERFORMED), *SYSTEM]),
        st.lists(st.integers(0, 7), min_size=1, max_size=4),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    min_size=10,
    max_size=60,
)


class Floor:
    """Eight conversations, three representatives, two queues of each kind, one supervisor with a profile, a clock."""

    def __init__(self, cast):
        self.now = timezone.now() - timedelta(days=40)
        # With a profile of their own, to take over.
        factories.make_representative("Sam Park", membership=cast.supervisor)
        self.supervisor = cast.actor()
        self.cast = cast
        daily = CapacityProfile.objects.create(name="Daily", total_units=100, reset=CapacityProfile.Reset.END_OF_DAY)
        self.queues = [cast.orders, cast.refunds, cast.refunds]
        self.people = [cast.ana, *(factories.make_representative(queues=[cast.orders, cast.refunds]) for _ in range(2))]
        Representative.objects.filter(pk=self.people[1].pk).update(capacity_profile=daily)
        self.rows = open_conversations([self._draft(n) for n in range(8)], actor=self.supervisor, now=self.now)
        self.closed: set[int] = set()
        self.tag = Tag.objects.create(name=f"Tag {id(self)}")
        self.succeeded: Counter[str] = Counter()

    def _draft(self, number: int) -> Draft:
        channel = CHANNELS[number % 4]
        stream = factories.make_work_stream(
            channel,
            queue=self.cast.orders if channel in (Channel.LIVE_CHAT, Channel.SMS) else None,
            wrap_up_auto_close_seconds=900,
            wrap_up_rule=list(WorkStream.WrapUpRule)[number % 3],
        )
        customer = None if channel == Channel.RECORD else factories.make_customer()
        queue = stream.default_queue
        queue.members.get_or_create(representative=self.people[0])
        return Draft(stream, f"Subject {number}", customer=customer)

    def desk(self, person: Representative) -> Actor:
        return Actor(
            organization_id=self.cast.organization.pk,
            membership_id=person.membership_id,
            representative_id=person.pk,
            name=person.name,
            roles=frozenset({Role.REPRESENTATIVE}),
        )

    def move(self, name, indexes, person, target):
        self.now += timedelta(seconds=20)
        ids = [self.rows[index].pk for index in indexes]
        if name in SYSTEM:
            self._system(name, ids)
        else:
            self._act(name, ids, person, target)

    def _act(self, name, ids, person, target):
        supervises = RULES[name].audience is Audience.SUPERVISOR
        actor = self.supervisor if supervises else self.desk(self.people[person])
        parameters = {
            "queue": self.queues[target].pk,
            "representative": self.people[target].pk,
            "reason": self.cast.reason.pk,
            "title": "Please read",
            "text": "Hello",
            "priority": target,
            "add": [self.tag.pk],
        }
        results = perform(name, ids, actor=actor, parameters=parameters, now=self.now)
        assert [result.id for result in results] == list(dict.fromkeys(ids))
        self.succeeded[name] += sum(result.outcome == "succeeded" for result in results)

    def _system(self, name, ids):
        if name in ("time_passes", "a_day_passes"):
            self.now += timedelta(minutes=3) if name == "time_passes" else timedelta(days=1)
            run_due_timers(actor=self.supervisor, now=self.now)
            run_due(actor=self.supervisor, now=self.now)
            return
        if name == "at_desk":
            for person in self.people[:2]:
                at_desk(Representative.objects.get(pk=person.pk), now=self.now)
            return
        if name == "dispatch":
            dispatch.run(actor=self.supervisor, now=self.now)
            return
        if name == "customer_away":
            away = {"customer_connected": False, "customer_disconnected_at": self.now - timedelta(seconds=100)}
            Conversation.objects.filter(pk__in=ids).update(**away)
            return
        if name == "customer_left":
            end_by_customer(ids, actor=self.supervisor, now=self.now)
            return
        ongoing = Conversation.objects.filter(pk__in=ids).exclude(status=Status.CLOSED)
        held = ongoing if name == "customer_wrote" else ongoing.filter(status=Status.ACTIVE)
        said = [Said(pk, "", "Hello") for pk in held.values_list("pk", flat=True)]
        wrote = customer_wrote if name == "customer_wrote" else representative_wrote
        wrote(said, actor=self.supervisor, now=self.now)

    def _following(self, person):
        if person.desk_lost_at is not None:
            return "offline"
        if person.units_used == 0:
            return "available"
        return "busy" if person.units_used < person.total_units else "do_not_disturb"

    def check(self):
        invariants.assert_all()
        for person in Representative.objects.filter(pk__in=[person.pk for person in self.people]):
            assert person.presence == self._following(person), "presence follows capacity"
        closed = set(Conversation.objects.filter(status=Status.CLOSED).values_list("pk", flat=True))
        assert self.closed <= closed, "Closed stays Closed"
        self.closed = closed


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=MOVES)
def test_no_walk_breaks_an_invariant(harbor, moves):
    with harbor.scope(), transaction.atomic():
        floor = Floor(harbor)
        for move in moves:
            floor.move(*move)
            floor.check()
        versions = Conversation.objects.values_list("pk", "version")
        changes = {pk: AuditEvent.objects.filter(conversation_id=pk).count() for pk, _ in versions}
        assert all(changes[pk] >= version for pk, version in versions), "every change of version is audited"
        transaction.set_rollback(True)


def test_every_status_is_reached_from_open_by_some_sequence_of_actions(harbor):
    """Reachability: a state that no action enters would be a hole in the table."""
    walk = [
        ("pick", [0, 1, 2, 3], 0, 0),
        ("leave_waiting", [1], 0, 0),
        ("end", [0], 0, 0),
        ("assign_to_representative", [4], 0, 1),
        ("force_close", [5], 0, 0),
    ]
    with harbor.scope():
        floor = Floor(harbor)
        for move in walk:
            floor.move(*move)
            floor.check()
        assert set(Conversation.objects.values_list("status", "status_reason")) >= {
            ("open", "awaiting_assignment"),
            ("active", "awaiting_acceptance"),
            ("active", "in_conversation"),
            ("waiting", "awaiting_customer"),
            ("wrap_up", "ended_by_representative"),
            ("closed", "force_closed"),
        }


def test_the_walk_gets_somewhere(harbor):
    """A walk in which everything is refused would prove nothing: each verb succeeds in this one."""
    walk = [
        ("pick", [0, 1, 2, 3, 5], 0, 0),
        ("transfer_to_representative", [0], 0, 1),
        ("accept", [0], 1, 0),
        ("transfer_to_representative", [0], 0, 2),
        ("reject", [0], 2, 0),
        ("transfer_own", [0], 1, 2),
        ("reply", [0], 1, 0),
        ("internal_note", [0], 1, 0),
        ("set_priority", [6], 0, 2),
        ("set_tags", [6], 0, 0),
        ("pin_note", [6], 0, 0),
        ("monitor", [0], 0, 0),
        ("join", [0], 0, 0),
        ("consultant_note", [0], 0, 0),
        ("consultant_message", [0], 0, 0),
        ("leave", [0], 0, 0),
        ("stop_monitoring", [0], 0, 0),
        ("raise_hand", [0], 1, 0),
        ("lower_hand", [0], 1, 0),
        ("raise_hand", [0], 1, 0),
        ("answer_hand", [0], 0, 0),
        ("end", [0, 2], 1, 0),
        ("end", [2], 0, 0),
        ("wrap_up_done", [0], 1, 0),
        ("read_transcript", [0], 0, 0),
        ("leave_waiting", [1, 5], 0, 0),
        ("customer_wrote", [1], 0, 0),
        ("reopen", [5], 0, 0),
        ("notify", [5], 0, 0),
        ("release_own", [5], 0, 0),
        ("message_customer", [5], 0, 0),
        ("customer_wrote", [5], 0, 0),
        ("assign_to_queue", [5], 0, 1),
        ("pick", [5], 1, 0),
        ("transfer_own_to_queue", [5], 1, 0),
        ("pick", [5], 1, 0),
        ("return_to_queue", [5], 0, 0),
        ("take_up", [5], 1, 0),
        ("give_to_colleague", [5], 0, 2),
        ("accept", [5], 2, 0),
        ("take_over", [5], 0, 0),
        ("assign_to_representative", [4], 0, 1),
        ("transfer_to_representative", [4], 0, 2),
        ("reject", [4], 2, 0),
        ("transfer_to_representative", [3], 0, 1),
        ("accept", [3], 1, 0),
        ("leave_consultation", [3], 0, 0),
        ("release", [3], 0, 0),
        ("remove", [3], 0, 0),
        ("pick", [7], 0, 0),
        ("resolve", [7], 0, 0),
        ("force_close", [1, 2, 4, 5], 0, 0),
        ("customer_left", [6], 0, 0),
        ("time_passes", [0], 0, 0),
    ]
    with harbor.scope():
        floor = Floor(harbor)
        for move in walk:
            floor.move(*move)
            floor.check()
        assert {name for name, count in floor.succeeded.items() if count} == set(PERFORMED) - {"transfer_to_queue"}
        assert Conversation.objects.exclude(status=Status.CLOSED).count() == 0
