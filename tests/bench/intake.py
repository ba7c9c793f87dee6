"""API intake: messages a second, one by one and in batches, with nothing lost."""

import http.client
import json
import threading
import time
import uuid

import psycopg

from tests.bench.data import Places
from tests.bench.report import Row, Table
from tests.bench.rows import Place
from tests.real_console import HOST, Console

CLIENTS, SECONDS, BATCHES, BATCH = 4, 10, 10, 1_000
BAR_SINGLE, BAR_BATCH = 150, 1_000


class Sender:
    """One system of the organization, with one connection that it keeps."""

    def __init__(self, console: Console, place: Place) -> None:
        self._connection = http.client.HTTPConnection(HOST, console.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {place.key}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict) -> dict:
        self._connection.request("POST", f"/api/v1/{path}", json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), f"{path} answered {answer.status}: {text[:300]!r}"
        return json.loads(text)


def measure(console: Console, places: Places) -> list[Table]:
    place = places.intake
    console.start_web()
    with psycopg.connect(console.owner_url) as owner:
        (ids,) = zip(
            *owner.execute(
                "select id from conversations_conversation where organization_id = %s and status = 'active' limit 400",
                [place.id],
            ).fetchall(),
            strict=True,
        )
    table = Table(
        "API intake",
        f"One web process; {CLIENTS} clients that share the machine with it, each with one connection. Nothing lost: "
        f"every message answered is in the database once. Bars: {BAR_SINGLE} and {BAR_BATCH:,} messages a second.",
        ("Calls", "A second", "Nothing lost"),
    )
    for name, send, bar in (
        ("Messages, one per call", _singles, BAR_SINGLE),
        (f"Messages, {BATCH:,} per batch call", _batches, BAR_BATCH),
        ("Conversations, one per call", _conversations, 0),
    ):
        mark = uuid.uuid4().hex[:8]
        begun = time.perf_counter()
        sent = send(console, place, list(ids), mark)
        rate = sent / (time.perf_counter() - begun)
        kept = _stored(console, place, mark) == sent
        table.rows.append(Row((name, f"{rate:,.0f}", "yes" if kept else "no"), (rate >= bar and kept) if bar else None))
    console.stop()
    return [table]


def _together(send, clients: int = CLIENTS) -> int:
    """Run `send(number)` in threads and add up what each sent."""
    sent, threads = [], []
    for number in range(clients):
        threads.append(threading.Thread(target=lambda number=number: sent.append(send(number))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(sent) == clients, "A client failed."
    return sum(sent)


def _singles(console: Console, place: Place, ids: list[int], mark: str) -> int:
    def send(client: int) -> int:
        sender, count, ending = Sender(console, place), 0, time.monotonic() + SECONDS
        while time.monotonic() < ending:
            # Each client has customers of its own, as each channel has.
            id = ids[(count * CLIENTS + client) % len(ids)]
            body = {"external_id": f"{mark}-{client}-{count}", "from": "customer", "text": "Where is my parcel?"}
            sender.post(f"conversations/{id}/messages", body)
            count += 1
        return count

    return _together(send)


def _batches(console: Console, place: Place, ids: list[int], mark: str) -> int:
    def send(client: int) -> int:
        sender, stored = Sender(console, place), 0
        for batch in range(BATCHES // 2):
            messages = [
                {
                    "conversation": ids[(number * 2 + client) % len(ids)],
                    "external_id": f"{mark}-{client}-{batch}-{number}",
                    "from": "customer",
                    "text": "Where is my parcel?",
                }
                for number in range(BATCH)
            ]
            stored += sender.post("messages/batch", {"messages": messages})["stored"]
        return stored

    return _together(send, clients=2)


def _conversations(console: Console, place: Place, ids: list[int], mark: str) -> int:
    def send(client: int) -> int:
        sender, count, ending = Sender(console, place), 0, time.monotonic() + SECONDS
        while time.monotonic() < ending:
            name = f"{mark}-{client}-{count}"
            sender.post(
                "conversations",
                {
                    "external_id": name,
                    "work_stream": "live-chat",
                    "subject": "Where is my parcel?",
                    "customer": {"external_id": name, "name": "Amara Okafor"},
                    "message": "Hello",
                },
            )
            count += 1
        return count

    return _together(send)


def _stored(console: Console, place: Place, mark: str) -> int:
    """Messages and conversations whose id in the sender's system begins with the mark, each counted once."""
    with psycopg.connect(console.owner_url) as owner:
        return owner.execute(
            """select (select count(*) from conversations_message
                       where organization_id = %(id)s and external_id like %(mark)s)
                    + (select count(*) from conversations_conversation
                       where organization_id = %(id)s and external_id like %(mark)s)""",
            {"id": place.id, "mark": f"{mark}-%"},
        ).fetchone()[0]
