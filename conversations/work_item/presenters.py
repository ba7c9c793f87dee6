"""*Find an agent* and *Find a queue* as their templates print them, for whoever's dialog shows them."""

from collections.abc import Mapping
from typing import Any

from conversations.models import Conversation
from conversations.rules.guards import is_intent_based
from conversations.work_item.people import PeopleFilter, filter_options, find_people
from conversations.work_item.queues import OfferedQueues, QueueFilter, QueueLine
from routing.eligibility import Candidate
from routing.kinds import Kind

FILTER_LABELS = {
    "served": ("Queue", "Any queue"),
    "family": ("Intent family", "Any family"),
    "intent_group": ("Intent group", "Any group"),
    "intent": ("Intent", "Any intent"),
    "user_group": ("User group", "Any user group"),
    "skill": ("Skill", "Any skill"),
    "presence": ("Presence", "Any presence"),
}
USUAL_FILTERS = ("served", "skill", "presence")
INTENT_FILTERS = ("family", "intent_group", "intent", "user_group", "presence")
# More lines nobody reads, and a thousand of them take the dialog half a megabyte; the filters reach everybody.
MOST_LISTED = 200


def people_panel(conversation: Conversation, typed: Mapping[str, Any], *, transfers: bool, url: str) -> dict[str, Any]:
    """Filters and lines of *Find an agent*; a transfer of intent-based work is narrowed by intent."""
    chosen = PeopleFilter.of(typed)
    with_intents = transfers and is_intent_based(conversation)
    options = filter_options(conversation, with_intents=with_intents)
    return {
        **people_lines(conversation, typed),
        "url": url,
        "filter": chosen,
        "filters": [
            {
                "name": name,
                "label": FILTER_LABELS[name][0],
                "any": FILTER_LABELS[name][1],
                "options": [(value, label, value in getattr(chosen, name)) for value, label in options[name]],
                "summary": _chosen_in_words(name, options[name], getattr(chosen, name)),
                "hint": "Whoever has all of them." if name == "skill" else "",
            }
            for name in (INTENT_FILTERS if with_intents else USUAL_FILTERS)
        ],
    }


def _chosen_in_words(name: str, options: list[tuple[str, str]], chosen: tuple[str, ...]) -> str:
    """What the closed filter shows; the page's script says the same while one chooses."""
    labels = [label for value, label in options if value in chosen]
    if not labels:
        return FILTER_LABELS[name][1]
    return ", ".join(labels)


def people_lines(conversation: Conversation, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The lines alone, as they change with the filters. Of very many the first, and the one that is chosen."""
    offered = find_people(conversation, PeopleFilter.of(typed))
    chosen = str(typed.get("representative") or "")
    listed = [one for place, one in enumerate(offered.people) if place < MOST_LISTED or str(one.id) == chosen]
    return {
        "lines": [person_line(one, chosen) for one in listed],
        "nobody": offered.nobody,
        "listed_of": f"{len(offered.people):,}" if len(listed) < len(offered.people) else "",
    }


def person_line(one: Candidate, chosen: str) -> dict[str, Any]:
    used = one.total_units - one.free_units
    return {
        "id": one.id,
        "name": one.name,
        "presence": one.presence,
        "presence_text": one.presence_text,
        "used": used,
        "total": one.total_units,
        "free": one.free_units,
        "exceeds_by": one.exceeds_by,
        "skills": one.skills,
        "profile": one.profile,
        "reasons": [reason.sentence for reason in one.reasons],
        "chosen": str(one.id) == chosen,
        "note": _note(one),
    }


def _note(one: Candidate) -> str:
    """What choosing this person comes to."""
    said = [f"{one.name} would exceed by {units(one.exceeds_by)}."] if one.exceeds_by else []
    if one.reasons:
        said.append("Choosing somebody who isn’t normally offered overrides the rule.")
    return " ".join(said)


def units(number: int) -> str:
    return f"{number} unit{'' if number == 1 else 's'}"


def queues_panel(
    found: OfferedQueues, chosen: QueueFilter, kind: str, lines: list[dict[str, Any]], *, narrow: bool, url: str
) -> dict[str, Any]:
    """Filters and lines of *Find a queue*; `lines` are made with `queue_line`."""
    return {
        "url": url,
        "filter": chosen,
        "kind": Kind(kind).label.lower(),
        "narrow": narrow,
        "priorities": [(str(number), str(number) == chosen.priority) for number in found.priorities],
        "lines": lines,
        "nobody": found.none,
    }


def queue_line(line: QueueLine, picked: str, *, waiting: int, note: str) -> dict[str, Any]:
    queue = line.queue
    return {
        "id": queue.pk,
        "name": queue.name,
        "intent_based": queue.intent_based,
        "priority": queue.priority or "",
        "waiting": waiting,
        "reason": line.refusal.sentence if line.refusal else "",
        "chosen": str(queue.pk) == picked and line.refusal is None,
        "note": note,
    }
