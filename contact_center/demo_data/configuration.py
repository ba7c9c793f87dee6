"""What an administrator would have set up: settings, queues, work streams, representatives, lists, API key."""

from datetime import timedelta

from django.utils import timezone

from contact_center.demo_data.cast import SECOND_SUPERVISOR, Cast
from contact_center.tenancy.models import ApiKey, Membership, Organization, OrganizationSettings, hash_key
from contact_center.tenancy.roles import Role
from contact_center.tenancy.toggles import MONITORING_NOTICE_VERSION, Toggle
from conversations.models import Disposition, ForceCloseReason, MessageTemplate
from routing import auto_close
from routing.kinds import Channel, Kind, Presence, kind_of, mode_of
from routing.models import (
    Intent,
    IntentFamily,
    IntentGroup,
    PresenceChange,
    Queue,
    QueueMember,
    Representative,
    RepresentativeSkill,
    Skill,
    UserGroup,
    WorkStream,
)
from routing.models.intents import UserGroupIntentGroup, UserGroupMember
from routing.presence import HELD

MINUTE, DAY = 60, 24 * 3600

# Slug, name, channel, position of the default queue, units.
WORK_STREAMS = (
    ("live-chat", "Live chat", Channel.LIVE_CHAT, 0, 30),
    ("persistent-chat", "Persistent chat", Channel.PERSISTENT_CHAT, 0, 20),
    ("sms", "SMS", Channel.SMS, 3, 15),
    ("whatsapp", "WhatsApp", Channel.WHATSAPP, 3, 15),
    ("voice", "Voice", Channel.VOICE, 4, 90),
    ("records", "Records", Channel.RECORD, 5, 10),
)
# Work streams with a chat page, and what its key ends in.
CHAT_STREAMS = {"live-chat": "", "persistent-chat": "-messages"}
FORCE_CLOSE_REASONS = (
    "Customer did not respond",
    "Duplicate conversation",
    "Handled on another channel",
    "Spam or abuse",
    "Technical problem",
    "Other",
)
# Use, name, title, text.
MESSAGE_TEMPLATES = (
    (
        MessageTemplate.Use.MESSAGE,
        "Outage is over",
        "",
        "Dear {customer}, the disturbance that kept us from answering is over. If {number} is settled for you, there is"
        " nothing to do; otherwise just answer here. {organization}",
    ),
    (
        MessageTemplate.Use.MESSAGE,
        "Longer wait today",
        "",
        "Dear {customer}, more people than usual are writing to us today. We have your question “{subject}” and answer"
        " as soon as we can. You need not write again. {organization}",
    ),
    (
        MessageTemplate.Use.MESSAGE,
        "Still there?",
        "",
        "Dear {customer}, we have not heard from you about “{subject}”. Is there anything left that we can do?",
    ),
    (
        MessageTemplate.Use.REPLY,
        "Greeting",
        "",
        "Hello {customer}, I am {representative}. Thank you for writing to {organization}. Let me look into that.",
    ),
    (
        MessageTemplate.Use.REPLY,
        "One moment",
        "",
        "Thank you for your patience. I am still looking into it and write to you here as soon as I know more.",
    ),
    (
        MessageTemplate.Use.REPLY,
        "Anything else?",
        "",
        "I am glad that this is settled. Is there anything else I can do for you today? Your number is {number}.",
    ),
    (
        MessageTemplate.Use.NOTIFY,
        "Outage",
        "Known outage",
        "Hello {representative}, customers may report that payments fail. The cause is known and being repaired. Please"
        " don’t promise a time; say that we write to everybody as soon as it is over.",
    ),
    (
        MessageTemplate.Use.NOTIFY,
        "Team meeting",
        "Short meeting in 15 minutes",
        "Please finish what you can and set your presence to Do not disturb. Waiting conversations are looked after.",
    ),
)
DISPOSITIONS = ("Solved", "Solved with a refund or credit", "Passed on", "Customer gone", "No action needed")


def seed_settings(cast: Cast, organization: Organization, memberships: dict[str, Membership]) -> None:
    """All four toggles on; the monitoring notice confirmed by the administrator."""
    if OrganizationSettings.objects.exists():
        return
    OrganizationSettings.objects.create(
        toggles=list(Toggle.values),
        time_zone=cast.time_zone,
        monitoring_notice_version=MONITORING_NOTICE_VERSION,
        monitoring_confirmed_by=memberships[cast.address("admin")].user,
        monitoring_confirmed_at=timezone.now(),
        customer_notice=f"{organization.name} may listen in on conversations to help its people serve you well.",
        reports_enabled=True,
        report_readers=[Role.SUPERVISOR, Role.ADMINISTRATOR],
    )


def seed_api_key(cast: Cast) -> None:
    key = f"demo-key-{cast.slug}"
    if not ApiKey.objects.filter(key_hash=hash_key(key)).exists():
        ApiKey.issue("Demo", key=key)


def seed_lists() -> None:
    for position, label in enumerate(FORCE_CLOSE_REASONS):
        ForceCloseReason.objects.get_or_create(label=label, defaults={"position": position})
    for position, label in enumerate(DISPOSITIONS):
        Disposition.objects.get_or_create(label=label, defaults={"position": position})
    for use, name, title, text in MESSAGE_TEMPLATES:
        MessageTemplate.objects.get_or_create(use=use, name=name, defaults={"title": title, "text": text})


def seed_queues(cast: Cast) -> dict[str, Queue]:
    """By name, in the cast's order."""
    found = {}
    for queue in cast.queues:
        found[queue.name], _ = Queue.objects.get_or_create(
            name=queue.name,
            defaults={
                "kind": queue.kind,
                "priority": queue.priority,
                "intent_based": queue.intent_based,
                "description": queue.description,
                "first_response_seconds": 2 * MINUTE if queue.kind == Kind.MESSAGING else None,
                "resolution_seconds": DAY if queue.kind == Kind.RECORD else None,
            },
        )
    return found


def seed_work_streams(cast: Cast, queues: list[Queue]) -> None:
    for slug, name, channel, queue, units in WORK_STREAMS:
        WorkStream.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "kind": kind_of(channel),
                "channel": channel,
                "mode": mode_of(channel),
                "default_queue": queues[queue],
                "units_per_conversation": units,
                **auto_close.usual(channel),
                # Nobody presses Wrap-up done for the people of the simulation.
                "wrap_up_auto_close_seconds": None if channel == Channel.RECORD else 6 * MINUTE,
                # The demo's representatives are busy people: their units come free a minute after the talk.
                "wrap_up_rule": WorkStream.WrapUpRule.FOR_A_WHILE,
                "wrap_up_hold_seconds": MINUTE,
                "keep_same_representative": channel not in (Channel.LIVE_CHAT, Channel.VOICE, Channel.RECORD),
                "chat_key": f"demo-{cast.slug}{CHAT_STREAMS[slug]}" if slug in CHAT_STREAMS else None,
            },
        )


def seed_representatives(cast: Cast, memberships: dict[str, Membership]) -> list[Representative]:
    """The eight people and the AI agent, in the cast's order; presences are set once."""
    emails = [cast.address(f"rep{number}") for number in range(1, len(cast.representatives) + 1)]
    known = set(Representative.objects.values_list("name", flat=True))
    now = timezone.now()
    new = [
        Representative(
            membership=memberships[email],
            name=rep.name,
            email=email,
            presence=rep.presence,
            presence_since=now - timedelta(minutes=7 * number),
            # Opening the desk makes the first one available; the others chose what they are.
            presence_set_by_system=number == 1,
            presence_held=number > 1 and rep.presence in HELD,
            total_units=rep.units,
        )
        for number, (email, rep) in enumerate(zip(emails, cast.representatives, strict=True), start=1)
        if rep.name not in known
    ]
    if cast.ai_agent not in known:
        kind = Representative.Type.AI_AGENT
        new.append(Representative(name=cast.ai_agent, type=kind, presence=Presence.AVAILABLE, total_units=0))
    created = Representative.objects.bulk_create(new)
    PresenceChange.objects.bulk_create(
        PresenceChange(representative=rep, presence=rep.presence, since=rep.presence_since) for rep in created
    )
    by_name = {rep.name: rep for rep in Representative.objects.all()}
    return [by_name[rep.name] for rep in cast.representatives]


def seed_supervisors_profile(cast: Cast, memberships: dict[str, Membership]) -> None:
    """The second supervisor takes conversations over now and then; offline, so that nothing is offered to them."""
    email = cast.address(SECOND_SUPERVISOR)
    name = next(person.name for person in cast.people if person.account == SECOND_SUPERVISOR)
    defaults = {"name": name, "email": email, "presence": Presence.OFFLINE, "presence_held": True, "total_units": 60}
    Representative.objects.get_or_create(membership=memberships[email], defaults=defaults)


def seed_memberships_of_queues(cast: Cast, queues: list[Queue], people: list[Representative]) -> None:
    """Everybody serves the queues where work arrives first; further ones as the cast says."""
    everyone = {0, 3}
    QueueMember.objects.bulk_create(
        [
            QueueMember(queue=queues[position], representative=person)
            for person, rep in zip(people, cast.representatives, strict=True)
            for position in sorted(everyone | set(rep.queues))
        ],
        ignore_conflicts=True,
    )


def seed_skills(cast: Cast, people: list[Representative]) -> None:
    names = sorted({name for rep in cast.representatives for name, _ in rep.skills})
    Skill.objects.bulk_create([Skill(name=name) for name in names], ignore_conflicts=True)
    skills = {skill.name: skill for skill in Skill.objects.filter(name__in=names)}
    RepresentativeSkill.objects.bulk_create(
        [
            RepresentativeSkill(representative=person, skill=skills[name], proficiency=proficiency)
            for person, rep in zip(people, cast.representatives, strict=True)
            for name, proficiency in rep.skills
        ],
        ignore_conflicts=True,
    )


def seed_intents(cast: Cast, people: list[Representative]) -> None:
    family, _ = IntentFamily.objects.get_or_create(name=cast.family)
    served = dict(zip(cast.intents, cast.user_groups.items(), strict=True))
    for group_name, intents in cast.intents.items():
        group, _ = IntentGroup.objects.get_or_create(family=family, name=group_name)
        for name in intents:
            Intent.objects.get_or_create(name=name, defaults={"group": group})
        user_group_name, members = served[group_name]
        user_group, _ = UserGroup.objects.get_or_create(name=user_group_name)
        UserGroupIntentGroup.objects.get_or_create(user_group=user_group, intent_group=group)
        for position in members:
            UserGroupMember.objects.get_or_create(user_group=user_group, representative=people[position])
