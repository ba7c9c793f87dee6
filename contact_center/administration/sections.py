"""How the admin's pages are grouped and called, in the words of those who configure a contact center."""

from typing import Any

# Section -> model -> title.
SECTIONS: dict[str, dict[str, str]] = {
    "Organization": {
        "tenancy.Organization": "Name",
        "tenancy.OrganizationSettings": "Settings and toggles",
        "tenancy.Membership": "Members",
        "tenancy.NoticeAcknowledgement": "Notices read",
        "tenancy.ApiKey": "API keys",
        "conversations.WebhookEndpoint": "Webhooks",
    },
    "Queues": {
        "routing.Queue": "Queues",
        "routing.WorkStream": "Work streams",
        "routing.OperatingHours": "Operating hours",
    },
    "Representatives": {
        "routing.Representative": "Representatives",
        "routing.Skill": "Skills",
        "routing.CapacityProfile": "Capacity profiles",
        "routing.CustomPresence": "Custom presences",
    },
    "Intents": {
        "routing.IntentFamily": "Intent families",
        "routing.IntentGroup": "Intent groups",
        "routing.Intent": "Intents",
        "routing.UserGroup": "User groups",
    },
    "Conversations": {
        "conversations.ForceCloseReason": "Force-close reasons",
        "conversations.Disposition": "Dispositions",
        "conversations.MessageTemplate": "Message templates",
        "conversations.SavedView": "Saved views",
        "conversations.Conversation": "Closed conversations",
    },
    "Figures": {
        "analytics.Threshold": "Thresholds",
        "conversations.AlertSettings": "Alerts",
    },
}


def in_sections(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Django's list of apps, arranged anew. A page that no section names stands at the end, so none is lost."""
    pages = {entry["model"]._meta.label: entry for app in apps for entry in app["models"]}
    sections = [
        section(title, [{**pages.pop(label), "name": name} for label, name in names.items() if label in pages])
        for title, names in SECTIONS.items()
    ]
    return [each for each in [*sections, section("More", list(pages.values()))] if each["models"]]


def section(title: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": title,
        "app_label": title.lower(),
        "app_url": "",
        "has_module_perms": True,
        "models": models,
    }
