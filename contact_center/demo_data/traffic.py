"""What happens next on the demo's floor, as calls of the HTTP API; the state it keeps is what it has been answered."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contact_center.demo_data.cast import CASTS, CUSTOMERS
from contact_center.demo_data.client import Answer, Client
from contact_center.demo_data.topics import CALLS, TOPICS, Topic

# Work stream and how often it is chosen.
STREAMS = (("live-chat", 45), ("persistent-chat", 15), ("sms", 15), ("whatsapp", 20), ("voice", 5))
# Beyond these many nothing new comes in until some have ended: some units stay free, so that a supervisor always
# finds somebody to assign or transfer to.
MOST_ONGOING = 180
MOST_ACTIVE = 36
# Below this many open ones, what comes in asks for somebody who isn't there, and waits for a supervisor.
LEAST_OPEN = 16
MOST_FOLLOWED = 60
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

    @property
    def left_to_people(self) -> str:
        return CASTS[self.slug].address("rep1")

    def step(self) -> None:
        """Raises NotThere when the server can't be reached."""
        chance = self.source.random()
        if chance < 0.15:
            self._open()
        elif chance < 0.35:
            self._tend_an_older_one()
        elif self.followed:
            self._continue(self.followed[self.source.choice(list(self.followed))])
        else:
            self._open()

    def _open(self) -> None:
        if self._are_more_than(MOST_ONGOING) or self._are_more_than(MOST_ACTIVE, "active"):
            self._end_oldest()
            return
        waits = not self._are_more_than(LEAST_OPEN, "open")
        stream = self.source.choices([name for name, _ in STREAMS], [weight for _, weight in STREAMS])[0]
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
            name, proficiency = self.source.choice(CASTS[self.slug].rare_skills)
            return {"skills": [{"name": name, "proficiency": proficiency}]}
        return {"handled_by": "ai_agent"} if stream == "live-chat" and self.source.random() < 0.1 else {}

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
        """Whoever holds it, or is offered it, writes; a message accepts the offer. Open ones wait for routing."""
        now = self.client.get(f"/conversations/{one.id}")
        if not now.ok or now.body["status"] in CLOSED:
            self.followed.pop(one.id, None)
            return
        holder = now.body["representative"]
        if holder is None:
            return
        if not holder["email"]:
            self._escalate(one)
        elif holder["email"] != self.left_to_people and self._picks_up(now.body["status_reason"]):
            one.representative = holder["email"]
            if one.stream == "voice" and now.body["status_reason"] == TALKING:
                self._end(one)
            else:
                self._say(one, "representative")

    def _picks_up(self, reason: str) -> bool:
        """Every sixth offer rings in vain for a while."""
        return reason == TALKING or self.source.random() < 5 / 6

    def _escalate(self, one: Followed) -> None:
        self._counted(self.client.post(f"/conversations/{one.id}/escalate", {}))

    def _tend_an_older_one(self) -> None:
        """What this simulation didn't open, say before a restart: its offer is accepted, its talk ends."""
        listed = self.client.get("/conversations?status=active&limit=100")
        ours = [found for found in listed.body.get("conversations", ()) if self._is_ours(found)]
        if not ours:
            return
        ringing = [found for found in ours if found["status_reason"] != TALKING]
        found = self.source.choice(ringing if ringing and self.source.random() < 0.7 else ours)
        path, holder = f"/conversations/{found['id']}", found["representative"]["email"]
        if found["status_reason"] == TALKING:
            if self._counted(self.client.post(f"{path}/end", {"by": "representative"})):
                self.tally.ended += 1
        elif self._picks_up(found["status_reason"]):
            body = {"external_id": self._new_id(), "from": "representative", "representative": holder, "text": GREETING}
            if self._counted(self.client.post(f"{path}/messages", body)):
                self.tally.said += 1

    def _is_ours(self, found: dict[str, Any]) -> bool:
        holder = (found["representative"] or {}).get("email")
        return bool(
            holder and holder != self.left_to_people and found["kind"] != "record" and found["id"] not in self.followed
        )

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
