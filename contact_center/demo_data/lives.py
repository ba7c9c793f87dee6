"""Lets the demo's conversations live through their states, with clocks set back, by the verbs everybody else uses."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contact_center.demo_data.cast import CUSTOMERS, OFFERED_TO, Cast
from contact_center.demo_data.floor import Floor
from contact_center.demo_data.topics import CALLS, RECORDS, TOPICS, Record, Topic
from conversations.actions import lifecycle, perform
from conversations.actions.drafts import Draft, Said
from conversations.models import Conversation, Customer, RecordItem
from conversations.rules import Action
from routing.kinds import Channel, Kind
from routing.models import Queue, Representative

MINUTES = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Fate:
    """How many conversations of a channel end up where, and how old they are in minutes, at least and at most."""

    channel: str
    ending: str
    number: int
    youngest: float
    oldest: float


FATES: tuple[Fate, ...] = (
    # What comes in is answered soon; what waits waits for somebody who isn't there.
    Fate(Channel.SMS, "left", 1, 2, 6),
    Fate(Channel.WHATSAPP, "left", 2, 5, 12),
    Fate(Channel.RECORD, "open", 7, 60, 6 * 1440),
    Fate(Channel.LIVE_CHAT, "awaiting", 1, 0.05, 0.2),
    Fate(Channel.LIVE_CHAT, "active", 9, 4, 40),
    Fate(Channel.PERSISTENT_CHAT, "active", 5, 6, 120),
    Fate(Channel.SMS, "active", 4, 5, 90),
    Fate(Channel.WHATSAPP, "active", 5, 5, 90),
    Fate(Channel.VOICE, "active", 2, 3, 15),
    Fate(Channel.RECORD, "active", 5, 90, 4 * 1440),
    Fate(Channel.LIVE_CHAT, "ai_agent", 3, 1, 6),
    Fate(Channel.PERSISTENT_CHAT, "waiting", 5, 60, 900),
    # One customer has been silent for so long that somebody should ask or close.
    Fate(Channel.PERSISTENT_CHAT, "waiting", 1, 1600, 2000),
    Fate(Channel.SMS, "waiting", 4, 60, 900),
    Fate(Channel.WHATSAPP, "waiting", 5, 60, 900),
    Fate(Channel.LIVE_CHAT, "wrap_up", 3, 8, 12),
    Fate(Channel.WHATSAPP, "wrap_up", 2, 15, 60),
    Fate(Channel.VOICE, "wrap_up", 1, 8, 14),
    Fate(Channel.LIVE_CHAT, "closed", 14, 16, 58),
    Fate(Channel.LIVE_CHAT, "closed", 24, 60, 1380),
    Fate(Channel.PERSISTENT_CHAT, "closed", 6, 120, 2 * 1440),
    Fate(Channel.SMS, "closed", 6, 60, 2 * 1440),
    Fate(Channel.WHATSAPP, "closed", 8, 60, 1380),
    Fate(Channel.VOICE, "closed", 6, 18, 58),
    Fate(Channel.VOICE, "closed", 5, 60, 1200),
    Fate(Channel.RECORD, "closed", 4, 600, 5 * 1440),
    Fate(Channel.LIVE_CHAT, "abandoned", 3, 70, 1200),
    Fate(Channel.LIVE_CHAT, "force_closed", 3, 60, 1000),
    Fate(Channel.WHATSAPP, "force_closed", 2, 200, 1000),
)
# How much of the open records asks for a skill that nobody at work has.
ASKING = 0.7
# How many are answered at once; the others wait until somebody has room.
PROMPT = 0.95
# How often a supervisor has looked on, and then joined.
WATCHED = 0.35
ADVICE = (
    "Offer to refund the shipping, I approve it.",
    "You can promise a call back before six.",
    "Check the order notes first, there was a delivery on Tuesday.",
)
REPORTED_EVERY = 10
PRIORITIES = (0, 1, 1, 1, 1, 1, 2)


class Lives:
    """Writes the conversations of one organization, in its scope."""

    def __init__(self, cast: Cast, floor: Floor, now: datetime) -> None:
        self.cast, self.floor, self.now = cast, floor, now
        # The same data at every start; only the clocks differ.
        self.random = random.Random(cast.slug)  # noqa: S311 - simulated data
        self.customers = self._customers()
        self._next_customer = iter(self.customers * 10)
        self._topics = {
            Channel.VOICE: _endless(CALLS[cast.slug], self.random),
            "text": _endless(TOPICS[cast.slug], self.random),
        }
        self._rare = _endless(cast.rare_skills, self.random)
        self._records = _endless(RECORDS[cast.slug], self.random)

    def write(self, *, report: Callable[[str], None] = lambda done: None) -> int:
        """All fates, oldest first, so that ids rise with age; the number of conversations."""
        plans = [
            (self.now - self.random.uniform(fate.youngest, fate.oldest) * MINUTES, fate)
            for fate in FATES
            for _ in range(fate.number)
        ]
        for position, (began, fate) in enumerate(sorted(plans, key=lambda plan: plan[0])):
            if position % REPORTED_EVERY == 0:
                report(f"{position} of {len(plans)}")
            if fate.channel == Channel.RECORD:
                self._record(began, fate)
            else:
                self._conversation(began, fate)
        return len(plans)

    def _customers(self) -> list[Customer]:
        names = list(CUSTOMERS)
        self.random.shuffle(names)
        rows = [
            Customer(
                external_id=f"{self.cast.slug}-customer-{number}",
                name=name,
                email=f"customer{number}@example.net" if number % 3 else "",
            )
            for number, name in enumerate(names, start=1)
        ]
        return Customer.objects.bulk_create(rows)

    # --- conversations ---

    def _conversation(self, began: datetime, fate: Fate) -> None:
        topic = next(self._topics[Channel.VOICE if fate.channel == Channel.VOICE else "text"])
        stream = self.floor.streams[fate.channel]
        queue = self._queue_of(topic, fate)
        draft = Draft(
            work_stream=stream,
            subject=topic.subject,
            customer=next(self._next_customer),
            queue=queue,
            priority=self.random.choice(PRIORITIES),
            intent=self.floor.intents.get(topic.intent),
            ai_agent=self.floor.ai_agent if fate.ending == "ai_agent" else None,
            skills=self._asked_for(fate),
        )
        (row,) = lifecycle.open_conversations([draft], actor=self.floor.system, now=began)
        self._says(row, topic.talk[0], began)
        self._go_on(row, topic, began, fate)

    def _queue_of(self, topic: Topic, fate: Fate) -> Queue:
        if fate.ending == "left":
            return self.floor.queues[self.cast.slow_queue]
        if fate.channel == Channel.VOICE:
            return self.floor.streams[Channel.VOICE].default_queue
        return self.floor.queues[topic.queue]

    def _go_on(self, row: Conversation, topic: Topic, began: datetime, fate: Fate) -> None:
        if fate.ending in ("open", "left", "ai_agent"):
            return
        if fate.ending == "abandoned":
            self._abandoned(row, began)
        elif fate.ending == "awaiting":
            self._offered(row)
        elif fate.ending == "force_closed":
            self._force_closed(row, began)
        else:
            self._talked(row, topic, began, fate.ending)

    def _talked(self, row: Conversation, topic: Topic, began: datetime, ending: str) -> None:
        """Picked, talked over, and left as the fate says; the talk fits between its beginning and now."""
        person = self.floor.somebody(row, self.random, lasting=ending in ("active", "wrap_up"))
        moment = self._soon_after(began)
        self._perform(Action.PICK, row, person, moment)
        turns = (
            topic.talk[1:] if ending != "active" else topic.talk[1 : self.random.randint(3, max(3, len(topic.talk)))]
        )
        last = min(moment + 14 * MINUTES, self.now - 0.2 * MINUTES)
        for position, text in enumerate(turns):
            moment += (last - moment) * self.random.uniform(0.15, 0.5)
            self._says(row, text, moment, person if position % 2 == 0 else None)
        if ending in ("waiting", "wrap_up", "closed") and self.random.random() < WATCHED:
            moment = self._watched(row, moment)
        if ending == "waiting":
            self._perform(Action.LEAVE_WAITING, row, person, moment + 0.3 * MINUTES)
        if ending in ("wrap_up", "closed"):
            moment = min(moment + 0.3 * MINUTES, self.now)
            self._perform(Action.END, row, person, moment)
        if ending == "closed":
            parameters = {"disposition": self.random.choice(self.floor.dispositions)}
            self._perform(Action.WRAP_UP_DONE, row, person, min(moment + 2 * MINUTES, self.now), parameters)

    def _watched(self, row: Conversation, moment: datetime) -> datetime:
        """A supervisor looks on, joins with a word to the representative, and leaves again."""
        steps: list[tuple[Action, dict[str, str]]] = [(Action.MONITOR, {})]
        if self.random.random() < WATCHED and row.kind == Kind.MESSAGING:
            steps += [(Action.JOIN, {}), (Action.CONSULTANT_NOTE, {"text": self.random.choice(ADVICE)})]
        steps.append((Action.STOP_MONITORING, {}))
        pause = (self.now - moment) * 0.5 / (len(steps) + 1)
        for action, parameters in steps:
            moment += min(pause, 2 * MINUTES)
            perform(action, [row.pk], actor=self.floor.supervisor, parameters=parameters, now=moment, single=True)
        return moment

    def _asked_for(self, fate: Fate) -> dict[int, int]:
        """What is left asks for somebody who isn't there: it waits for a supervisor, while others have room."""
        record = fate.channel == Channel.RECORD and fate.ending == "open" and self.random.random() <= ASKING
        if fate.ending != "left" and not record:
            return {}
        name, proficiency = next(self._rare)
        return {self.floor.skills[name]: proficiency}

    def _soon_after(self, began: datetime) -> datetime:
        seconds = self.random.uniform(3, 18) if self.random.random() < PROMPT else self.random.uniform(25, 110)
        return began + min(timedelta(seconds=seconds), (self.now - began) * 0.4)

    def _says(self, row: Conversation, text: str, moment: datetime, person: Representative | None = None) -> None:
        said = [Said(row.pk, "", text, person)]
        if person is None:
            lifecycle.customer_wrote(said, actor=self.floor.system, now=moment)
        else:
            lifecycle.representative_wrote(said, actor=self.floor.as_person(person), now=moment)

    def _abandoned(self, row: Conversation, began: datetime) -> None:
        left = began + timedelta(seconds=self.random.uniform(20, 240))
        lifecycle.end_by_customer([row.pk], actor=self.floor.system, now=left)

    def _offered(self, row: Conversation) -> None:
        person = self.floor.somebody(row, self.random, lasting=True, presences=OFFERED_TO)
        perform(
            Action.ASSIGN_TO_REPRESENTATIVE,
            [row.pk],
            actor=self.floor.supervisor,
            parameters={"representative": person.pk},
            now=self.now,
        )

    def _force_closed(self, row: Conversation, began: datetime) -> None:
        perform(
            Action.FORCE_CLOSE,
            [row.pk],
            actor=self.floor.supervisor,
            parameters={"reason": self.random.choice(self.floor.reasons), "note": ""},
            now=began + 18 * MINUTES,
        )

    # --- records ---

    def _record(self, began: datetime, fate: Fate) -> None:
        record: Record = next(self._records)
        number = f"{self.cast.slug.upper()[:2]}-{self.random.randint(10_000, 99_999)}"
        item = RecordItem.objects.create(
            external_id=f"record-{began.timestamp():.0f}-{number}",
            record_type=record.record_type,
            title=record.title,
            case_number=number if record.record_type == RecordItem.Type.CASE else "",
            regarding=record.regarding,
            created_at=began,
        )
        draft = Draft(
            work_stream=self.floor.streams[Channel.RECORD],
            subject=record.title,
            customer=next(self._next_customer),
            record=item,
            queue=self.floor.queues[record.queue],
            priority=self.random.choice(PRIORITIES),
            skills=self._asked_for(fate),
        )
        (row,) = lifecycle.open_conversations([draft], actor=self.floor.system, now=began)
        if fate.ending == "open":
            return
        person = self.floor.somebody(row, self.random, lasting=fate.ending == "active")
        picked = began + (self.now - began) * self.random.uniform(0.1, 0.4)
        self._perform(Action.PICK, row, person, picked)
        if fate.ending == "closed":
            self._perform(Action.RESOLVE, row, person, picked + (self.now - picked) * 0.5)

    def _perform(
        self,
        action: Action,
        row: Conversation,
        person: Representative,
        moment: datetime,
        parameters: dict[str, int] | None = None,
    ) -> None:
        perform(
            action,
            [row.pk],
            actor=self.floor.as_person(person),
            parameters=parameters,
            now=moment,
            single=True,
        )


def _endless(values: Sequence, source: random.Random) -> Iterator:
    """Every value once in a random order, then again in another."""
    while True:
        yield from source.sample(values, len(values))
