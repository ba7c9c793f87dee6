"""Looks up what callers name: work streams, intents, skills, AI agents, representatives; one query for each kind."""

from collections.abc import Iterable

from contact_center.errors import DomainError, Invalid, Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Role
from conversations.actions.drafts import Draft
from conversations.intake.parcels import ConversationParcel
from conversations.models import Customer
from routing.kinds import Kind
from routing.models import Intent, Representative, Skill, WorkStream


class Names:
    """The names of one call. Fixed number of queries: what nobody names isn't read."""

    def __init__(self, parcels: Iterable[ConversationParcel]) -> None:
        parcels = list(parcels)
        streams = WorkStream.objects.select_related("default_queue")
        self._streams = {row.slug: row for row in streams.filter(slug__in={parcel.work_stream for parcel in parcels})}
        intents = {parcel.intent for parcel in parcels if parcel.intent}
        self._intents = {row.name: row for row in Intent.objects.filter(name__in=intents)} if intents else {}
        skills = {name for parcel in parcels for name in parcel.skills}
        self._skills = dict(Skill.objects.filter(name__in=skills).values_list("name", "pk")) if skills else {}
        self._ai_agent = _ai_agent() if any(parcel.by_ai_agent for parcel in parcels) else None

    def refusal(self, parcel: ConversationParcel) -> DomainError | None:
        """Why the parcel can't be taken; every field at fault is named."""
        fields = {}
        stream = self._streams.get(parcel.work_stream)
        if stream is None:
            fields["work_stream"] = f"There is no work stream “{parcel.work_stream}”."
        elif stream.kind == Kind.RECORD:
            fields["work_stream"] = "This work stream is for records, not for conversations."
        elif not stream.is_active:
            fields["work_stream"] = f"The work stream “{parcel.work_stream}” is switched off."
        if parcel.intent and parcel.intent not in self._intents:
            fields["intent"] = f"There is no intent “{parcel.intent}”."
        if missing := [name for name in parcel.skills if name not in self._skills]:
            fields["skills"] = f"There is no skill “{missing[0]}”."
        if fields:
            name, sentence = next(iter(fields.items()))
            return Invalid(f"{name}: {sentence}", fields=fields)
        if parcel.by_ai_agent and self._ai_agent is None:
            return Refused("No AI agent is set up.", code="no_ai_agent")
        return None

    def stream(self, parcel: ConversationParcel) -> WorkStream:
        return self._streams[parcel.work_stream]

    def draft(self, parcel: ConversationParcel, customer: Customer) -> Draft:
        return Draft(
            work_stream=self.stream(parcel),
            subject=parcel.subject,
            external_id=parcel.external_id,
            customer=customer,
            priority=parcel.priority,
            intent=self._intents.get(parcel.intent),
            previous=parcel.previous,
            ai_agent=self._ai_agent if parcel.by_ai_agent else None,
            skills={self._skills[name]: proficiency for name, proficiency in parcel.skills.items()},
        )


def _ai_agent() -> Representative | None:
    agents = Representative.objects.filter(type=Representative.Type.AI_AGENT, is_active=True)
    return agents.order_by("pk").first()


def representatives_by_email(emails: Iterable[str]) -> dict[str, Representative]:
    wanted = {email for email in emails if email}
    if not wanted:
        return {}
    people = Representative.objects.filter(email__in=wanted, is_active=True, type=Representative.Type.PERSON)
    return {row.email: row for row in people}


def acting(representative: Representative, actor: Actor) -> Actor:
    """The representative as the one who acts, reported by the caller; the audit log then names the person."""
    return Actor(
        organization_id=actor.organization_id,
        organization_slug=actor.organization_slug,
        membership_id=representative.membership_id,
        representative_id=representative.pk,
        name=representative.name,
        roles=frozenset({Role.REPRESENTATIVE}),
    )
