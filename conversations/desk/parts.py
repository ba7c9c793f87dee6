"""The parts of the desk as HTML, each with an id of its own: the page, an action's answer and the socket share them."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from contact_center.tenancy.access import Actor
from conversations.desk import presenters
from conversations.desk.reading import Desk, read_desk

# In the order of the page; the position is the id under which the hub knows a part.
PARTS = ("status", "offers", "mine", "open", "conversation", "transcript", "typing", "composer")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The same desk gives the same bytes: running times are written by the page's own clock."""

    desk: Desk
    chosen_id: int | None
    parts: Mapping[str, SafeString]

    @property
    def stamps(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (number, blake2b(self.parts[name].encode(), digest_size=16).hexdigest())
            for number, name in enumerate(PARTS, start=1)
        )


def render_desk(actor: Actor, chosen_id: int | None) -> Rendered | None:
    """None for a member without a representative profile."""
    desk = read_desk(actor, chosen_id)
    if desk is None:
        return None
    contexts: dict[str, dict[str, Any]] = {
        "status": presenters.status(desk, actor),
        "offers": presenters.offers(desk),
        "mine": presenters.mine(desk, chosen_id),
        "open": presenters.waiting_in_queues(desk, actor),
        "conversation": presenters.conversation(desk, actor) | {"gone": chosen_id is not None and desk.chosen is None},
        "transcript": presenters.transcript(desk),
        "typing": presenters.typing(desk, actor),
        "composer": presenters.composer(desk, actor),
    }
    desk_url = reverse("desk:desk", args=[actor.organization_slug])
    parts = {name: _render(name, contexts[name] | {"desk_url": desk_url}) for name in PARTS}
    return Rendered(desk, chosen_id, parts)


def _render(name: str, context: dict[str, Any]) -> SafeString:
    # strip() makes a plain string of it.
    return mark_safe(get_template(f"desk/_{name}.html").render(context).strip())  # noqa: S308 - a template escapes
