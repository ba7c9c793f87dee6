"""What happens next on the demo's floor, as calls of the HTTP API; the state it keeps is what it has been answered."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contact_center.demo_data.cast import CASTS, CUSTOMERS, OFFERED_TO, Cast
from contact_center.demo_data.client import Answer, Client
from contact_center.demo_data.topics import CALLS, TOPICS, Topic

# Work stream and how often it is chosen.
STREAMS = (("live-chat", 45), ("persistent-chat", 15), ("sms", 15), ("whatsapp", 20), ("voice", 5))
# Beyond these many nothing new comes in until some have ended: some units stay free, so that a supervisor always
# finds somebody to assign or transfer to.
MOST_ONGOING = 180
MOST_ACTIVE = 36
# Below this many open ones, what comes into the queue that is short of people asks for somebody who is not there: it
# waits for a supervisor, or until a colleague takes pity. Elsewhere somebody has room again soon.
LEAST_OPEN = 3
LATE = timedelta(minutes=20)
SOON = timedelta(seconds=40)
MOST_FOLLOWED = 60
# How many offers nobody answers.
MISSED = 1 / 15
# The work streams of that queue.
PATIENT = frozenset({"sms", "whatsapp"})
CLOSED = frozenset({"wrap_up", "closed"})
TALKING = "in_conversation"
GREETING = "Hello, thank you for waiting. I am reading what you wrote."


@dataclass(slots=True)
class Followed:
    """A conversation this simulation opened and plays on."""

    id: int
    topic: Topic
    stream: str
    said: int = 1
    representative: str = ""


@dataclass(slots=True)
class Tally:
    opened: int = 0
    said: int = 0
    ended: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.opened} opened, {self.said} messages, {self.ended} ended, {self.refused} refused"


@dataclass(slots=True)
class Simulation:
    """One organization's customers and representatives. `step` does one believable thing.

    Its representatives answer what is offered to them, now and then too late; the first one is left to the person who
    tries the desk.
    """

    slug: str
    client: Client
    source: random.Random
    tally: Tally = field(default_factory=Tally)
    followed: OrderedDict[int, Followed] = field(default_factory=OrderedDict)
    clock: Callable[[], float] = time.time
    _serial: int = 0
    _missed: set[int] = field(default_factory=set)

    @property
    def left_to_people(self) -> str:
        return CASTS[self.slug].address("rep1")

    def step(self) -> None:
        """Raises NotThere when the server can't be reached."""
        self._pick_up()
        chance = self.source.random()
        if chance < 0.2:
            self._open()
        elif chance < 0.3:
            self._relieve()
        elif chance < 0.4:
            self._tend_an_older_one()
        elif self.followed:
            self._continue(self.followed[self.source.choice(list(self.followed))])
        else:
            self._open()

    def _open(self) -> None:
        if self._are_more_than(MOST_ONGOING) or self._are_more_than(MOST_ACTIVE, "active"):
            self._end_oldest()
            return
        stream = self.source.choices([name for name, _ in STREAMS], [weight for _, weight in STREAMS])[0]
        waits = stream in PATIENT and len(self._waiting()) < LEAST_OPEN
        topic = self.source.choice((CALLS if stream == "voice" else TOPICS)[self.slug])
        number = self.source.randrange(len(CUSTOMERS))
        external_id = self._new_id()
        answer = self.client.post(
            "/conversations",
            {
                "external_id": external_id,
                "work_stream": stream,
                "subject": topic.subject,
                "customer": {"external_id": f"{self.slug}-visitor-{number}", "name": CUSTOMERS[number]},
                "message": topic.talk[0],
                "priority": self.source.choices(("low", "normal", "high"), (1, 8, 1))[0],
                **self._further(stream, waits=waits),
            },
        )
        if self._counted(answer):
            self.tally.opened += 1
            if waits:
                # Its customer waits; what comes of it is up to a supervisor.
                return
            pk = answer.body["id"]
            self.followed.setdefault(pk, Followed(pk, topic, stream))
        while len(self.followed) > MOST_FOLLOWED:
            self.followed.popitem(last=False)

    def _further(self, stream: str, *, waits: bool) -> dict[str, Any]:
        if waits:
            name, proficiency = self.source.choice(self._cast.rare_skills)
            return {"skills": [{"name": name, "proficiency": proficiency}]}
        return {"handled_by": "ai_agent"} if stream == "live-chat" and self.source.random() < 0.1 else {}

    @property
    def _cast(self) -> Cast:
        return CASTS[self.slug]

    def _waiting(self) -> list[dict[str, Any]]:
        """Customers in a queue, longest first; records can wait."""
        listed = self.client.get("/conversations?status=open&sort=-wait&limit=100")
        return [found for found in listed.body.get("conversations", ()) if found["kind"] != "record"]

    def _relieve(self) -> None:
        """The one that has waited longest is taken up by a colleague in the end."""
        waiting = self._waiting()
        if not waiting:
            return
        longest, names = waiting[0], [queue.name for queue in self._cast.queues]
        slow = longest["queue"]["name"] == names[self._cast.slow_queue]
        since = datetime.fromisoformat(longest["queued_at"]).timestamp()
        if self.clock() - since < (LATE if slow else SOON).total_seconds():
            return
        position = names.index(longest["queue"]["name"])
        at_work = [number for number, rep in enumerate(self._cast.representatives, 1) if rep.presence in OFFERED_TO]
        serving = [number for number in at_work if position in self._cast.representatives[number - 1].queues]
        person = self._cast.address(f"rep{self.source.choice(serving or at_work)}")
        self._greet(f"/conversations/{longest['id']}", person)

    def _greet(self, path: str, person: str) -> None:
        body = {"external_id": self._new_id(), "from": "representative", "representative": person, "text": GREETING}
        if self._counted(self.client.post(f"{path}/messages", body)):
            self.tally.said += 1

    def _are_more_than(self, number: int, status: str = "") -> bool:
        """One page tells: it has a cursor as soon as there is more."""
        chosen = f"&status={status}" if status else ""
        answer = self.client.get(f"/conversations?limit={number}{chosen}")
        return answer.ok and answer.body.get("next_cursor") is not None

    def _end_oldest(self) -> None:
        """Somebody has to leave: the one that has been followed longest."""
        if self.followed:
            _, oldest = next(iter(self.followed.items()))
            self._end(oldest)

    def _continue(self, one: Followed) -> None:
        if one.said >= len(one.topic.talk):
            self._end(one)
        elif one.stream == "voice" or one.said % 2 == 1:
            self._answer(one)
        elif self.source.random() < 0.05:
            self._end(one)
        else:
            self._say(one, "customer")

    def _answer(self, one: Followed) -> None:
        """Whoever holds it writes. Open ones wait for routing, offered ones for an answer."""
        now = self.client.get(f"/conversations/{one.id}")
        if not now.ok or now.body["status"] in CLOSED:
            self.followed.pop(one.id, None)
            return
        holder = now.body["representative"]
        if holder is None:
            return
        if not holder["email"]:
            self._escalate(one)
        elif holder["email"] != self.left_to_people and now.body["status_reason"] == TALKING:
            one.representative = holder["email"]
            if one.stream == "voice":
                self._end(one)
            else:
                self._say(one, "representative")

    def _escalate(self, one: Followed) -> None:
        self._counted(self.client.post(f"/conversations/{one.id}/escalate", {}))

    def _pick_up(self) -> None:
        """Somebody answers what rings, mostly at once; what they miss rings until its time is over."""
        listed = self.client.get("/conversations?status=active&limit=100")
        active = listed.body.get("conversations", ())
        ringing = [found for found in active if found["status_reason"] != TALKING and self._is_a_colleagues(found)]
        self._missed &= {found["id"] for found in ringing}
        for found in ringing:
            if found["id"] in self._missed:
                continue
            if self.source.random() < MISSED:
                self._missed.add(found["id"])
                continue
            self._answer_offer(found)
            return

    def _answer_offer(self, found: dict[str, Any]) -> None:
        person = found["representative"]["email"]
        if (one := self.followed.get(found["id"])) is not None and one.said % 2 == 1 and one.said < len(one.topic.talk):
            one.representative = person
            self._say(one, "representative")
        else:
            self._greet(f"/conversations/{found['id']}", person)

    def _tend_an_older_one(self) -> None:
        """What this simulation didn't open, say before a restart: its talk ends."""
        listed = self.client.get("/conversations?status=active&limit=100")
        ours = [
            found
            for found in listed.body.get("conversations", ())
            if found["status_reason"] == TALKING and self._is_a_colleagues(found) and found["id"] not in self.followed
        ]
        if not ours:
            return
        found = self.source.choice(ours)
        if self._counted(self.client.post(f"/conversations/{found['id']}/end", {"by": "representative"})):
            self.tally.ended += 1

    def _is_a_colleagues(self, found: dict[str, Any]) -> bool:
        """Of a person whom this simulation plays."""
        holder = (found["representative"] or {}).get("email")
        return bool(holder and holder != self.left_to_people and found["kind"] != "record")

    def _say(self, one: Followed, author: str) -> None:
        body = {
            "external_id": f"{self._new_id()}-{one.said}",
            "from": author,
            "text": one.topic.talk[one.said],
            **({"representative": one.representative} if author == "representative" else {}),
        }
        answer = self.client.post(f"/conversations/{one.id}/messages", body)
        if not self._counted(answer):
            # Somebody else holds it, or a supervisor closed it: its people go their own way.
            self.followed.pop(one.id, None)
            return
        self.tally.said += 1
        one.said += 1

    def _end(self, one: Followed) -> None:
        """Nobody ends what the person at the desk holds, except its customer."""
        by_customer = one.stream in ("live-chat", "voice") and self.source.random() < 0.5
        self.followed.pop(one.id, None)
        if not by_customer and one.representative in ("", self.left_to_people):
            return
        body = {"by": "customer" if by_customer else "representative"}
        if self._counted(self.client.post(f"/conversations/{one.id}/end", body)):
            self.tally.ended += 1

    def _counted(self, answer: Answer) -> bool:
        if not answer.ok:
            self.tally.refused += 1
        return answer.ok

    def _new_id(self) -> str:
        """Unlike any of an earlier run, so that a restart adds to the floor."""
        self._serial += 1
        return f"traffic-{int(self.clock() * 1000):x}-{self._serial}"
