from importlib import import_module

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = "Conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers its sockets and alerts; it needs the models, which stand only now.
        import_module("conversations.alerts.stuck")
        import_module("conversations.alerts.live_view")
        # Hears of changed settings in every process.
        import_module("conversations.alerts.threshold_tasks")
        import_module("conversations.live_view")
        import_module("conversations.saved_views.live_view")
        import_module("conversations.desk.live_view")
        import_module("conversations.monitoring.live_view")
        import_module("conversations.notifications.live_view")
