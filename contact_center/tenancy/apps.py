from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "contact_center.tenancy"
    label = "tenancy"
    verbose_name = "Organizations and people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contact_center.tenancy import checks, row_security  # noqa: F401, PLC0415 - apps must be loaded first

        post_migrate.connect(row_security.apply_after_migrate, dispatch_uid="row_security")
