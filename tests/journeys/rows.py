"""What the journeys find in the database: one organization for each, so that none sees another's rows."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from contact_center.tenancy.access import actor_of_membership
from contact_center.tenancy.models import ApiKey, Membership, Organization, OrganizationSettings, User
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_scope
from conversations.actions import perform
from conversations.alerts.kinds import KINDS
from conversations.models import AlertSettings, Message
from conversations.states import Status
from routing.kinds import Channel
from routing.models import Queue, Representative, RepresentativeSkill, Skill, WorkStream
from tests import factories
from tests.cast import make_cast


def team(slug: str) -> dict[str, Any]:
    """The cast of an organization, a live-chat work stream into Orders, and an API key."""
    cast = make_cast(slug)
    with cast.scope():
        # Picked, not offered: nothing moves but what the journey moves.
        pick, key = WorkStream.Distribution.PICK, f"chat-of-{slug}"
        factories.make_work_stream(Channel.LIVE_CHAT, queue=cast.orders, distribution=pick, chat_key=key)
        AlertSettings.objects.create(off=_judged())
        _, key = ApiKey.issue("Journeys", key=f"key-of-{slug}")
    return {"name": cast.organization.name, "key": key, "ana": cast.ana.email}


def _judged() -> list[str]:
    """Alerts that come by themselves, whenever the beat looks."""
    return [name for name, kind in KINDS.items() if kind.holds is None]


def alert_about(slug: str, kinds: list[str]) -> None:
    """Of those kinds and no others."""
    with _scope(slug):
        AlertSettings.objects.update(off=[name for name in _judged() if name not in kinds])


def conversations(
    slug: str,
    count: int,
    status: str = "open",
    queue: str = "Orders",
    subject: str = "",
    channel: str = "live_chat",
    customer: str = "",
    representative: str = "",
    minutes_ago: int = 60,
) -> list[int]:
    """Conversations in one state, a second apart, named after the subject with 1, 2, … when there are several."""
    with _scope(slug):
        options: dict[str, Any] = {"status": Status(status), "channel": Channel(channel)}
        if channel != "record":
            options["queue"] = Queue.objects.get(name=queue)
            options["customer"] = factories.make_customer(customer)
        if representative:
            options["representative"] = Representative.objects.get(name=representative)
        start = timezone.now() - timedelta(minutes=minutes_ago)
        rows = factories.make_conversations(count, created_at=start, subject=subject, **options)
        if subject and count > 1:
            for number, row in enumerate(rows, start=1):
                row.subject = f"{subject} {number}"
                row.save(update_fields=["subject"])
        return [row.pk for row in rows]


def reports(slug: str) -> None:
    """Customized reports are turned on for supervisors."""
    with _scope(slug):
        OrganizationSettings.objects.update(reports_enabled=True)


def offer(slug: str, conversation: int, representative: str = "Ana Ruiz") -> None:
    """The supervisor of the cast offers the conversation to the representative."""
    with _scope(slug):
        maker = Membership.objects.get(user__email=f"supervisor@{slug}.example")
        target = {"representative": Representative.objects.get(name=representative).pk}
        actor = actor_of_membership(maker.pk)
        perform("assign_to_representative", [conversation], actor=actor, parameters=target, single=True)


def representatives(slug: str, people: list[dict[str, Any]]) -> list[int]:
    """People by name, in Orders unless `queue` says otherwise; `units_used`, `presence` and `skills` as given."""
    with _scope(slug):
        return [_representative(**person) for person in people]


def _representative(name: str, queue: str = "Orders", skills: dict[str, int] | None = None, **fields: Any) -> int:
    person = factories.make_representative(name, queues=[Queue.objects.get(name=queue)], **fields)
    for skill, proficiency in (skills or {}).items():
        found = Skill.objects.get_or_create(name=skill)[0]
        RepresentativeSkill.objects.create(representative=person, skill=found, proficiency=proficiency)
    return person.pk


def colleague(slug: str, name: str) -> None:
    """A representative in Orders who signs in by their first name."""
    with _scope(slug):
        member = factories.make_member(f"{name.split()[0].lower()}@{slug}.example", Role.REPRESENTATIVE, name=name)
        factories.make_representative(name, queues=[Queue.objects.get(name="Orders")], membership=member)


def joint(email: str, slugs: list[str]) -> None:
    """One person who is a supervisor in several organizations."""
    factories.make_user(email)
    for slug in slugs:
        with _scope(slug):
            factories.make_member(email, Role.SUPERVISOR)


def session(email: str) -> dict[str, str]:
    """The cookie of somebody who is signed in."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def outsider(email: str) -> None:
    """Somebody who can sign in and is a member of nothing."""
    factories.make_user(email)


def _scope(slug: str) -> AbstractContextManager[None]:
    return organization_scope(Organization.objects.get(slug=slug).pk)


def chat(slug: str, origins: list[str] | None = None, consent: bool = False, notice: str = "") -> None:
    """Who may show the organization's chat page, and what its customers are told and asked."""
    with _scope(slug):
        WorkStream.objects.filter(chat_key__isnull=False).update(allowed_origins=origins or [])
        OrganizationSettings.objects.update(consent_required=consent, customer_notice=notice)


def messages(slug: str, text: str) -> int:
    """How many messages of this text are stored."""
    with _scope(slug):
        return Message.objects.filter(text=text).count()
