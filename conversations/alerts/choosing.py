"""Of which alerts a person wants an e-mail: their own choice, among what the organization lets leave."""

from collections.abc import Iterable
from typing import Any

from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from conversations.alerts.kinds import KINDS, labels
from conversations.models import Alert, AlertChoice, AlertSettings


def offered() -> dict[str, str]:
    """Kinds that are raised and may be mailed, with their labels. One query."""
    own = AlertSettings.objects.first() or AlertSettings()
    unwanted = {*own.off, *own.never_mailed}
    return {name: label for name, label in labels().items() if name not in unwanted}


def choice_of(actor: Actor) -> AlertChoice:
    return AlertChoice.objects.filter(membership_id=actor.membership_id or 0).first() or AlertChoice()


def choose(actor: Actor, kinds: Iterable[str], from_level: str) -> None:
    """Raises Invalid for a kind or level that isn't offered. What is not offered now stays as it was chosen."""
    wanted, can = set(kinds), offered()
    if wanted - set(can) or from_level not in Alert.Level.values:
        raise Invalid("Choose among the alerts that are listed.")
    kept = {name for name in choice_of(actor).by_mail if name in KINDS and name not in can}
    AlertChoice.objects.update_or_create(
        membership_id=actor.membership_id or 0, defaults={"by_mail": sorted(wanted | kept), "from_level": from_level}
    )


def dialog_context(actor: Actor, email: str) -> dict[str, Any]:
    """For notifications/_by_mail_dialog.html. Two queries."""
    chosen = choice_of(actor)
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, label in offered().items():
        option = {"value": name, "label": label, "checked": name in chosen.by_mail}
        groups.setdefault(KINDS[name].group, []).append(option)
    return {
        "email": email,
        "groups": [{"name": name, "options": options} for name, options in groups.items()],
        "levels": [
            {"value": value, "label": label, "checked": value == chosen.from_level}
            for value, label in (
                (Alert.Level.CRITICAL.value, "Only when they are Critical"),
                (Alert.Level.AT_RISK.value, "From At risk on"),
            )
        ],
    }
