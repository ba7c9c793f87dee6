from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "contact_center.audit"
    label = "audit"
    verbose_name = "Audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("contact_center.audit.live_view")
