from importlib import import_module

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = "Figures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers its sockets and alerts; it needs the models, which stand only now.
        import_module("analytics.alerts")
        import_module("analytics.live_view")
        import_module("analytics.grids.live_view")
        import_module("analytics.grids.one_view")
        import_module("analytics.customized.live_view")
