"""A visitor's page kept live: its lines are the rows, everything around them the counters."""

import time
import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import cast

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from contact_center.live.protocol import LiveView, Snapshot
from contact_center.tenancy.models import Organization
from conversations import typing
from conversations.actions.connection import customer_seen
from conversations.chat import transcript
from conversations.chat.addresses import addresses_of
from conversations.chat.reading import Around, Chat, read_chat
from conversations.chat.visitors import Visitor
from conversations.chat.waiting import Line, shared_lines
from conversations.models import Conversation
from conversations.states import Status
from routing.models import Queue, WorkStream

PARTS = ("actions", "notice", "state", "typing", "compose")
# Whoever waits hears of the line this often at most, however busy it is.
LINE_SECONDS = 2.0


class ChatView(LiveView):
    """One visitor's chat, whichever of their conversations is the newest; two tabs of theirs share it."""

    kinds = frozenset({"conversation", "customer", "queue", typing.KIND})
    container_id = "chat-list"
    row_tag = "li"

    def __init__(
        self,
        visitor: Visitor,
        stream: WorkStream,
        organization: Organization,
        customer_id: int,
        line_of: Callable[[Queue], Line] = shared_lines.of,
    ) -> None:
        self.organization_id = organization.pk
        self.key: Hashable = ("chat", organization.pk, stream.pk, customer_id)
        self.render_key: Hashable = self.key
        self._visitor, self._stream, self._organization = visitor, stream, organization
        self._customer_id, self._line_of = customer_id, line_of
        # None while reading and before: then everything matters.
        self._conversation: Conversation | None = None
        self._read_at = 0.0

    @property
    def reread_seconds(self) -> float:  # type: ignore[override]
        """That the page is open is noted while it is read; a place in the line changes without a word to us."""
        return 4.0 if self._waits else 20.0

    @property
    def _waits(self) -> bool:
        return self._conversation is not None and self._conversation.status == Status.OPEN

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        """Other people's conversations are no reason to read this one again."""
        if kind not in self.kinds:
            return False
        row = self._conversation
        if ids is None or row is None:
            return True
        if kind == "customer":
            return self._customer_id in ids
        if kind == "queue":
            return self._waits and row.queue_id in ids and time.monotonic() - self._read_at > LINE_SECONDS
        return row.pk in ids

    def read(self) -> Snapshot:
        self._conversation = None
        chat = self.chat()
        if chat is None:
            return Snapshot(())
        self._conversation, self._read_at = chat.conversation, time.monotonic()
        # A message never changes.
        return Snapshot(tuple((pk, 1) for pk in chat.message_ids), {"around": chat.around})

    def chat(self) -> Chat | None:
        """What is on the page now; that somebody looks at it is noted."""
        now = timezone.now()
        chat = read_chat(self._visitor, self._stream, self._line_of, now=now)
        if chat is not None:
            customer_seen(chat.conversation, now=now)
        return chat

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        row = self._conversation
        found = transcript.lines(row.pk, ids, self._organization.name) if row else {}
        return {pk: render_to_string("chat/_line.html", {"line": line}) for pk, line in found.items()}

    def row_dom_id(self, id: int) -> str:
        return f"chat-message-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return render_to_string("chat/_list.html", {"rows": rows})

    def render_counters(self, counters: Mapping[str, object]) -> str:
        around = counters.get("around")
        return "".join(self.parts(cast(Around, around)).values()) if around else ""

    def parts(self, around: Around) -> dict[str, SafeString]:
        """Each part of the page around the lines, by its name."""
        # The token is for a page without scripts; a script gives each message its own.
        context = {"around": around, "addresses": addresses_of(self._visitor.key), "token": uuid.uuid4()}
        return {name: render_to_string(f"chat/_{name}.html", context) for name in PARTS}

    def whole(self) -> tuple[str, dict[str, SafeString]] | None:
        """The list and the parts for a page of their own; None where the visitor has no conversation."""
        snapshot = self.read()
        if self._conversation is None:
            return None
        rows = self.render_rows([pk for pk, _ in snapshot.rows])
        page = self.render_page([rows[pk] for pk, _ in snapshot.rows if pk in rows])
        return page, self.parts(cast(Around, snapshot.counters["around"]))
