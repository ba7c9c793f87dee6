from importlib import import_module

from django.apps import AppConfig


class BulkActionsConfig(AppConfig):
    name = "bulk_actions"
    verbose_name = "Bulk actions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers its sockets, and what retention takes from runs, and listens to answers; all need the models, which
        # stand only now.
        import_module("bulk_actions.live_view")
        import_module("bulk_actions.notices").link_notifications()
        retention = import_module("conversations.retention")
        retention.forgets.setdefault("bulkaction", import_module("bulk_actions.retention").forget_words)
        answered = import_module("conversations.actions.answered")
        settle = import_module("bulk_actions.answers").settle
        if settle not in answered.on_answered:
            answered.on_answered.append(settle)
