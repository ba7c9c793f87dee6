"""*Give to a colleague*: who could take over the conversations of a run, and what each of them would take on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bulk_actions.models import BulkAction
from bulk_actions.previewing import eligible_conversations
from conversations.candidates import demand_of, required_skills
from conversations.work_item.people import PeopleFilter
from conversations.work_item.presenters import MOST_LISTED, person_line, units
from routing.eligibility import UNLISTED, Candidate, Demand, Person, Pool, Reason

# What a reason comes to for some of many: "Doesn't serve the queue of 3 of 12."
_OF_SOME = {
    "not_member": "Doesn’t serve the queue of {}.",
    "presence": "Is in a presence that the work stream of {} doesn’t allow.",
    "skill": "Lacks a skill that {} ask for.",
    "intent": "Isn’t in a user group that serves the intent of {}.",
}


def lines(run: BulkAction, typed: Mapping[str, Any]) -> dict[str, Any]:
    """For conversations/_work_item_people.html. Eight queries, however many people and conversations there are."""
    chosen = PeopleFilter.of(typed)
    demands = _demands(run)
    more, number = sum(each.units * count for each, count in demands.items()), demands.total()
    everybody = [one for one in _candidates(run, demands) if chosen.name.casefold() in one.name.casefold()]
    fitting = [one for one in everybody if chosen.others or one.is_listed]
    picked = str(typed.get("representative") or "")
    listed = [one for place, one in enumerate(fitting) if place < MOST_LISTED or str(one.id) == picked]
    return {
        "lines": [_line(one, picked, more, number) for one in listed],
        "nobody": "" if listed else _why_nobody(everybody, chosen),
        "listed_of": f"{len(fitting):,}" if len(listed) < len(fitting) else "",
    }


def panel(run: BulkAction, typed: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The lines with the filters above them."""
    return {**lines(run, typed), "url": url, "filter": PeopleFilter.of(typed), "filters": []}


def _demands(run: BulkAction) -> Counter[Demand]:
    rows = list(eligible_conversations(run).select_related("work_stream", "intent"))
    skills = required_skills([row.pk for row in rows])
    return Counter(demand_of(row, skills.get(row.pk, ()), queue_id=row.queue_id) for row in rows)


def _candidates(run: BulkAction, demands: Counter[Demand]) -> list[Candidate]:
    """Everybody but who holds them now, by name, with the reasons that speak against some of the conversations."""
    more = sum(each.units * count for each, count in demands.items())
    holders = set(eligible_conversations(run).values_list("representative_id", flat=True).distinct())
    pool = Pool.load()
    found = {one.id: one for one in pool.candidates(Demand(queue_id=0, units=more, allowed_presences=()))}
    return [
        replace(found[person.pk], reasons=_reasons(pool, person, demands))
        for person in pool.people
        if person.pk not in holders
    ]


def _reasons(pool: Pool, person: Person, demands: Counter[Demand]) -> tuple[Reason, ...]:
    """Somebody who would normally be offered none of them has a reason that keeps them off the usual list."""
    against: Counter[str] = Counter()
    usual = 0
    for demand, count in demands.items():
        codes = {reason.code for reason in pool.reasons_against(person, demand)}
        usual += 0 if codes & UNLISTED else count
        for code in codes:
            against[code] += count
    of_all = demands.total()
    return tuple(
        Reason(f"some_{code}" if usual else code, _OF_SOME[code].format(_so_many(against[code], of_all)))
        for code in _OF_SOME
        if against[code]
    )


def _so_many(number: int, of_all: int) -> str:
    if of_all == 1:
        return "it"
    return "all of them" if number == of_all else f"{number:,} of {of_all:,}"


def _line(one: Candidate, picked: str, more: int, number: int) -> dict[str, Any]:
    work = "1 conversation" if number == 1 else f"{number:,} conversations"
    note = f"{one.name} is offered {work}, {units(more)}, on top of {one.total_units - one.free_units}."
    if one.exceeds_by:
        note += f" That exceeds by {units(one.exceeds_by)}."
    return person_line(one, picked) | {"note": note}


def _why_nobody(everybody: list[Candidate], chosen: PeopleFilter) -> str:
    if everybody:
        return "Nobody who serves these queues is there now. Show others to choose somebody anyway."
    return "Nobody has this name." if chosen.name else "Your organization has no other representatives."
