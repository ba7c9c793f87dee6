"""One representative's page: how they are now, the conversations they hold, and what a supervisor may do with these."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from analytics.grids import representatives
from analytics.grids.cells import with_records
from analytics.grids.pages import people_commands
from analytics.grids.presence import history
from analytics.scope import Scope
from bulk_actions.coverage import why_not_act_on
from contact_center.tenancy.access import Actor
from contact_center.web.plots import Stretches
from conversations.choices import Choices
from conversations.columns import Columns
from conversations.models import Conversation
from conversations.models.conversation import ONGOING_ROW
from conversations.presenters import ConversationRow
from conversations.queries import list_rows
from conversations.rules import Action
from conversations.visibility import visible_to
from routing.floor import FloorAction
from routing.presence import label_of

# Of all they hold, the ones named here; the list has the others.
NAMED = 100
COLUMNS = Columns.of(("subject", "customer", "channel", "queue", "status", "wait", "created"))
HOLDS_NOTHING = "There is no conversation to hand over."


@dataclass(frozen=True)
class PersonPage:
    """As one actor sees it. `stamps` are (conversation, stamp), the oldest first."""

    actor: Actor
    person: Any
    skills: tuple[str, ...]
    queues: tuple[str, ...]
    plot: Stretches
    held: int
    stamps: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, representative_id: int, actor: Actor, now: datetime) -> "PersonPage | None":
        """None where the viewer may not see them. Nine queries."""
        scope = with_records(Scope.of(actor))
        person = representatives.find(representative_id, scope)
        if person is None:
            return None
        skills, queues = representatives.described([person.pk], scope, Choices(actor).queues)
        holds = held_by(representative_id, actor)
        return cls(
            actor=actor,
            person=person,
            skills=skills.get(person.pk, ()),
            queues=queues.get(person.pk, ()),
            # The plot moves on once a minute.
            plot=history(person, now.replace(second=0, microsecond=0)),
            held=holds.count(),
            stamps=tuple(holds.order_by("created_at", "pk").values_list("pk", "row_stamp")[:NAMED]),
        )

    @property
    def stamp(self) -> Hashable:
        """Changes with whatever stands outside the table."""
        person = self.person
        presence = (person.presence, person.custom_presence_id, person.presence_since, person.set_by)
        return (*presence, person.units_used, person.total_units, self.skills, self.queues, self.held, self.plot.until)

    @property
    def head(self) -> dict[str, Any]:
        """For analytics/grids/_person_head.html."""
        person, slug = self.person, self.actor.organization_slug
        return {
            "representative": person,
            "presence_label": label_of(person),
            "exceeded": max(0, person.units_used - person.total_units),
            "skills": self.skills,
            "queues": self.queues,
            "plot": self.plot,
            "held": self.held,
            "unnamed": max(0, self.held - NAMED),
            "conversations_url": f"{reverse('conversations:list', args=[slug])}?{self._theirs}",
            "commands": [
                self._command(Action.RETURN_TO_QUEUE, "Return to queues", "release"),
                self._command(Action.GIVE_TO_COLLEAGUE, "Give to a colleague", "give"),
            ],
            "single": f"{person.pk}:0",
            "person_commands": people_commands(self.actor, (FloorAction.SET_PRESENCE, FloorAction.CHANGE_QUEUES)),
            "history_url": reverse("bulk_actions:history", args=[slug]),
        }

    @property
    def context(self) -> dict[str, Any]:
        """For analytics/grids/representative.html."""
        slug, pk = self.actor.organization_slug, self.person.pk
        return {
            **self.head,
            "rows": rows([id for id, _ in self.stamps], self.actor),
            "list_url": reverse("analytics:representatives", args=[slug]),
            "ws_url": f"/ws/o/{slug}/representative/?id={pk}",
            "empty": {
                "icon": "inbox",
                "title": "Holds no conversation",
                "text": "What they take up appears here by itself.",
            },
        }

    @property
    def _theirs(self) -> str:
        return urlencode({"representative": self.person.pk})

    def _command(self, action: Action, label: str, icon: str) -> dict[str, str]:
        """Everything they hold is the selection; the preview says what can't be done about some of it."""
        refusal = why_not_act_on(self.actor, action) or ("" if self.held else HOLDS_NOTHING)
        url = reverse("bulk_actions:action", args=[self.actor.organization_slug, action.value])
        return {
            "name": action.value,
            "label": label,
            "icon": icon,
            "url": url,
            "query": self._theirs,
            "reason": refusal,
        }


def held_by(representative_id: int, actor: Actor) -> QuerySet[Conversation]:
    """What is ongoing with them, of what the actor sees."""
    return visible_to(actor).filter(ONGOING_ROW, representative_id=representative_id)


def rows(ids: list[int], actor: Actor) -> list[ConversationRow]:
    """In the order of the ids. One query."""
    details_url = reverse("conversations:list", args=[actor.organization_slug])
    found = list_rows(ids, actor, COLUMNS)
    return [ConversationRow(found[id], details_url) for id in ids if id in found]
