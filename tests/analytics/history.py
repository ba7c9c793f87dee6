"""Histories to count: the random walk, with AI agents, overflow and conversations that come in later."""

from datetime import timedelta

from hypothesis import strategies as st

from conversations.actions import PERFORMED
from conversations.actions.automatic import do_one, escalates, moves_by_overflow
from conversations.actions.drafts import Draft
from conversations.actions.lifecycle import open_conversations
from conversations.states import Phase
from routing.kinds import Channel
from routing.models import Queue, Representative
from tests import factories
from tests.conversations.actions.test_random_walk import SYSTEM, Floor

MORE = ["comes_in", "comes_to_an_ai_agent", "escalates", "overflows", "long_pause"]
MOVES = st.lists(
    st.tuples(
        st.sampled_from([*sorted(PERFORMED), *SYSTEM, *MORE, *MORE]),
        st.lists(st.integers(0, 7), min_size=1, max_size=4),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    min_size=10,
    max_size=40,
)


class History(Floor):
    """The walk's floor with more of what metrics look at. Queues have thresholds that make a difference."""

    def __init__(self, cast):
        Queue.objects.filter(pk=cast.orders.pk).update(service_level_seconds=40, short_abandon_seconds=70)
        Queue.objects.filter(pk=cast.refunds.pk).update(service_level_seconds=100)
        super().__init__(cast)
        self.began = self.now
        self.ai_agent = factories.make_representative("Bot", type=Representative.Type.AI_AGENT, queues=[cast.orders])

    def _system(self, name, ids):
        if name == "long_pause":
            self.now += self.now - self.began
        elif name in ("comes_in", "comes_to_an_ai_agent"):
            stream = factories.make_work_stream(Channel.LIVE_CHAT)
            held_by = self.ai_agent if name == "comes_to_an_ai_agent" else None
            draft = Draft(stream, "Later", customer=factories.make_customer(), ai_agent=held_by)
            # It takes the place of an older one, which nobody touches any more.
            place = [row.pk for row in self.rows].index(ids[0])
            self.rows[place] = open_conversations([draft], actor=self.supervisor, now=self.now)[0]
        elif name == "escalates":
            self._each(
                ids, lambda row: row.phase is Phase.ACTIVE and row.representative_id == self.ai_agent.pk, escalates
            )
        elif name == "overflows":
            other = self.cast.refunds.pk
            self._each(
                ids,
                lambda row: row.phase is Phase.OPEN and row.kind == "messaging" and row.queue_id != other,
                lambda row, context: moves_by_overflow(row, other, context),
            )
        else:
            super()._system(name, ids)

    def _each(self, ids, judge, plan):
        for pk in ids:
            do_one(pk, judge, plan, actor=self.supervisor, now=self.now)

    def move(self, name, indexes, person, target):
        # The floor's own step is 20 seconds; waits shorter than that are counted as well.
        self.now -= timedelta(seconds=(16, 8, 0)[target])
        if name in MORE:
            self.now += timedelta(seconds=20)
            self._system(name, [self.rows[index].pk for index in indexes])
        else:
            super().move(name, indexes, person, target)
