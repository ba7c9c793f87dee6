"""The transcript kept live while somebody watches. That it is read says that their page is open."""

from collections.abc import Hashable, Mapping, Sequence
from typing import cast

from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from contact_center.errors import NotFound, Refused
from contact_center.live.protocol import LiveView, Snapshot
from contact_center.live.registry import live_view
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import REFUSAL, Right
from conversations import transcript, typing
from conversations.desk.place import number_in
from conversations.monitoring import ledger
from conversations.rules import RULES, Action, eligible, sentence_of
from conversations.rules.ask import actor_refusal
from conversations.typists import names_for_a_watcher
from conversations.visibility import visible_to


class TranscriptView(LiveView):
    """One person's look at one conversation, from one message on; their tabs on it share the ledger's row."""

    kinds = frozenset({"conversation", typing.KIND})
    container_id = "transcript-lines"
    row_tag = "li"
    # Twice within the time after which the page counts as gone.
    reread_seconds = ledger.NOTED_EVERY.total_seconds()

    def __init__(self, actor: Actor, conversation_id: int, first_id: int) -> None:
        self.organization_id = actor.organization_id
        self.conversation_id, self.first_id = conversation_id, first_id
        self._actor = actor
        self.key: Hashable = ("transcript", conversation_id, first_id, actor)
        # Everybody who may watch reads the same.
        self.render_key: Hashable = ("transcript", self.organization_id)

    def concerned_by(self, kind: str, ids: frozenset[int] | None) -> bool:
        return kind in self.kinds and (ids is None or self.conversation_id in ids)

    def read(self) -> Snapshot:
        """Nothing to whoever doesn't watch, or may not any more. Three queries, and now and then a write; two more
        while somebody types.
        """
        mine = visible_to(self._actor).filter(pk=self.conversation_id)
        if not eligible(mine, Action.WATCH, self._actor).exists():
            return Snapshot(())
        ledger.seen(self._actor, self.conversation_id, now=timezone.now())
        rows = tuple((id, 1) for id in transcript.ids_from(self.conversation_id, self.first_id))
        return Snapshot(rows, {"typing": self._typing()})

    def _typing(self) -> tuple[tuple[str, ...], int]:
        """Who types, and the mark of their newest sign of life. Two queries while somebody does."""
        found = typing.typing_in(self.organization_id, self.conversation_id)
        names = names_for_a_watcher(self.conversation_id, found, self._actor.membership_id)
        return names, max(found.customer_mark, found.our_mark) if names else 0

    def render_rows(self, ids: Sequence[int]) -> Mapping[int, str]:
        template = get_template("conversations/_transcript_line.html")
        found = transcript.lines(self.conversation_id, ids)
        return {line.id: template.render({"line": line}) for line in found}

    def row_dom_id(self, id: int) -> str:
        return f"message-{id}"

    def render_page(self, rows: Sequence[str]) -> str:
        return f'<ol id="transcript-lines" class="transcript" hx-swap-oob="morph">{"".join(rows)}</ol>'

    def render_counters(self, counters: Mapping[str, object]) -> str:
        names, mark = cast(tuple[tuple[str, ...], int], counters.get("typing", ((), 0)))
        return render_to_string("conversations/_transcript_typing.html", {"names": names, "mark": mark})


@live_view("transcript")
def one_transcript(actor: Actor, query: QueryDict) -> LiveView:
    if not actor.may(Right.SUPERVISE):
        raise Refused(REFUSAL[Right.SUPERVISE])
    if code := actor_refusal(RULES[Action.WATCH], actor):
        raise Refused(sentence_of(code))
    conversation_id, first_id = number_in(query.get("id")), number_in(query.get("from"))
    if conversation_id is None or not visible_to(actor).filter(pk=conversation_id).exists():
        raise NotFound("There is no such conversation, or it isn’t in your queues.")
    return TranscriptView(actor, conversation_id, first_id or 0)
