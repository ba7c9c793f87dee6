"""Pages of the Django admin as tests open, fill in and read them."""

from django.urls import reverse

from contact_center.audit.models import AuditEvent

NO_ROWS = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}


def url(model, page="changelist", *ids):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def no_rows(*prefixes):
    return {f"{prefix}-{name}": value for prefix in prefixes for name, value in NO_ROWS.items()}


def errors_of(response):
    """What the form says, by field; a saved form redirects and says nothing."""
    assert response.status_code == 200, response.status_code
    return {name: [str(each) for each in found] for name, found in response.context["adminform"].form.errors.items()}


def events(cast, action):
    with cast.scope():
        return list(AuditEvent.objects.filter(action=action).order_by("pk"))


def queue_form(**more):
    return {
        "name": "Orders",
        "kind": "messaging",
        "service_level_seconds": 20,
        **no_rows("members", "overflow_rules"),
        **more,
    }


def stream_form(queue, **more):
    return {
        "name": "Help chat",
        "slug": "help",
        "channel": "live_chat",
        "distribution": "push",
        "is_active": "on",
        "default_queue": queue.pk,
        "allowed_presences": ["available"],
        "units_per_conversation": 30,
        "offer_seconds": 120,
        "wrap_up_rule": "always",
        "wrap_up_hold_seconds": 60,
        "reconnect_seconds": 180,
        **more,
    }
