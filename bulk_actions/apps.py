from importlib import import_module

from django.apps import AppConfig


class BulkActionsConfig(AppConfig):
    name = "bulk_actions"
    verbose_name = "Bulk actions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers its sockets; it needs the models, which stand only now.
        import_module("bulk_actions.live_view")
