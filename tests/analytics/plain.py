"""The same definitions in plain Python, slowly: every row is loaded and looked at, one conversation after another."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from conversations.models import Conversation, QueueSegment, Session
from routing.models import QueueMember, Representative


@dataclass
class Event:
    """Something that happened once to one conversation, in one queue."""

    at: object
    queue: int
    channel: str
    wait: timedelta = timedelta(0)
    more: dict = field(default_factory=dict)
    # The conversation as it is now, and who accepted it then.
    row: object = None
    by: int | None = None


def events():
    """What happened, by kind."""
    found = defaultdict(list)
    stays, sessions = defaultdict(list), defaultdict(list)
    for stay in QueueSegment.objects.select_related("queue").order_by("entered_at", "pk"):
        stays[stay.conversation_id].append(stay)
    for session in Session.objects.select_related("representative").order_by("opened_at", "pk"):
        sessions[session.conversation_id].append(session)
    for row in Conversation.objects.all():
        _follow(row, stays[row.pk], sessions[row.pk], found)
    return found


def _is_ai(representative):
    return representative is not None and representative.type == "ai_agent"


def _follow(row, stays, sessions, found):
    def add(kind, at, stay, **more):
        wait = at - came_in if came_in else timedelta(0)
        found[kind].append(Event(at, stay.queue_id, row.channel, wait, more, row, accepted_by.get(stay.accepted_at)))

    accepted_by = {each.accepted_at: each.representative_id for each in sessions if each.accepted_at}

    began_with_ai = bool(sessions) and _is_ai(sessions[0].representative)
    of_people = stays[1:] if began_with_ai else stays
    came_in = None
    if of_people:
        came_in = of_people[0].entered_at if began_with_ai else row.created_at
        add("incoming", of_people[0].entered_at, of_people[0])
    add("conversations", stays[0].entered_at, stays[0])
    for stay in of_people:
        add("stays", stay.entered_at, stay)
        if stay.accepted_at:
            inside = stay.accepted_at - stay.entered_at
            level = timedelta(seconds=stay.queue.service_level_seconds)
            add("stays_answered", stay.accepted_at, stay, inside=inside, met=inside <= level)
    for before, after in pairwise(stays):
        if before.queue_id != after.queue_id:
            add("transfers_out", before.left_at, before)
            add("transfers_in", after.entered_at, after)
        if after.entry == "OverflowQueueTransfer":
            add("overflow_out", before.left_at, before)
            add("overflow_in", after.entered_at, after)
    answered_in = next((stay for stay in of_people if stay.accepted_at), None)
    if answered_in:
        add("answered", answered_in.accepted_at, answered_in)
    if row.closed_at is None:
        return
    add("closed", row.closed_at, stays[-1], lasted=row.closed_at - row.created_at)
    if answered_in:
        held = [each for each in sessions if each.accepted_at and not _is_ai(each.representative)]
        handled = sum(((each.closed_at - each.accepted_at) for each in held), timedelta(0))
        add("handled", row.closed_at, stays[-1], handled=handled, transferred=row.transfer_count > 0)
    elif of_people and row.channel != "record":
        limit = stays[-1].queue.short_abandon_seconds
        short = limit is not None and row.closed_at - came_in < timedelta(seconds=limit)
        left = row.status_reason == "customer_left_open"
        add("abandoned", row.closed_at, stays[-1], short=short, left=left)


def period_values(since, until, queue_ids=None, channels=(), where=lambda event: True, happened=None):
    """Every metric of the period by its definition, of the events that `where` lets through."""
    inside = {
        kind: [
            each
            for each in found
            if since <= each.at < until
            and (queue_ids is None or each.queue in queue_ids)
            and (each.channel in channels if channels else each.channel != "record")
            and where(each)
        ]
        for kind, found in (happened or events()).items()
    }
    of = defaultdict(list, inside)

    def mean(durations):
        return sum((each.total_seconds() for each in durations), 0.0) / len(durations) if durations else None

    def share(part, whole):
        return part / whole if whole else None

    ended = len(of["answered"]) + len(of["abandoned"])
    counted = (
        "incoming conversations answered abandoned closed stays stays_answered transfers_in transfers_out "
        "overflow_in overflow_out"
    )
    values = {name: float(len(of[name])) for name in counted.split()}
    for seconds in (10, 20, 30, 40, 60, 120):
        soon = sum(each.wait.total_seconds() <= seconds for each in of["answered"])
        values[f"service_level_{seconds}"] = share(soon, len(of["answered"]))
    return values | {
        "average_speed_to_answer": mean([each.wait for each in of["answered"]]),
        "abandon_rate": share(len(of["abandoned"]), ended),
        "answer_rate": share(len(of["answered"]), ended),
        "disconnect_rate": share(sum(each.more["left"] for each in of["abandoned"]), ended),
        "average_time_to_abandon": mean([each.wait for each in of["abandoned"]]),
        "short_abandoned": float(sum(each.more["short"] for each in of["abandoned"])),
        "average_handle_time": mean([each.more["handled"] for each in of["handled"]]),
        "average_conversation_time": mean([each.more["lasted"] for each in of["closed"]]),
        "transfer_rate": share(sum(each.more["transferred"] for each in of["handled"]), len(of["handled"])),
        "average_stay": mean([each.more["inside"] for each in of["stays_answered"]]),
        "service_level_met": share(sum(each.more["met"] for each in of["stays_answered"]), len(of["stays_answered"])),
    }


def live_values(as_of, queue_ids=None, channels=(), where=lambda row: True):
    """Every live metric by its definition, of the conversations that `where` lets through."""
    rows = [
        row
        for row in Conversation.objects.select_related("representative")
        if row.status != "closed"
        and (queue_ids is None or row.queue_id in queue_ids)
        and (row.channel in channels if channels else row.channel != "record")
        and where(row)
    ]
    phases = defaultdict(list)
    for row in rows:
        offered = row.status == "active" and row.status_reason == "awaiting_acceptance"
        phases["awaiting_acceptance" if offered else row.status].append(row)
    backlog = phases["open"] + phases["awaiting_acceptance"]
    scores = [row.sentiment_score for row in rows if row.sentiment_score is not None]
    talking = {row.representative_id for row in phases["active"] if not _is_ai(row.representative)}
    wrapping = {row.representative_id for row in phases["wrap_up"] if not _is_ai(row.representative)}
    served = None
    if queue_ids is not None:
        served = {each.representative_id for each in QueueMember.objects.all() if each.queue_id in queue_ids}
    people = [
        each
        for each in Representative.objects.all()
        if each.is_active and not _is_ai(each) and (served is None or each.pk in served)
    ]
    online = [each for each in people if each.presence != "offline"]
    with_ai = [row for row in phases["active"] if _is_ai(row.representative)]
    values = {
        "ongoing": len(rows),
        "active": len(phases["active"]),
        "active_with_ai_agents": len(with_ai),
        "active_with_representatives": len(phases["active"]) - len(with_ai),
        "backlog": len(backlog),
        "open": len(phases["open"]),
        "awaiting_acceptance": len(phases["awaiting_acceptance"]),
        "waiting": len(phases["waiting"]),
        "wrap_up": len(phases["wrap_up"]),
        "representatives_in_conversation": len(talking),
        "representatives_in_wrap_up": len(wrapping),
        "online_representatives": len(online),
        "units_in_use": sum(each.units_used for each in online),
        "units_in_total": sum(each.total_units for each in online),
    }
    for presence in ("available", "busy", "do_not_disturb", "away", "offline", "inactive"):
        values[f"presence_{presence}"] = sum(each.presence == presence for each in people)
    floats = {name: float(value) for name, value in values.items()}
    return floats | {
        "longest_wait": max(((as_of - row.queued_at).total_seconds() for row in backlog), default=None),
        "sentiment": sum(scores) / len(scores) if scores else None,
    }
