"""The project package: composition root, tenancy, audit, live updates and the web shell."""

from contact_center.celery import app as celery_app

__all__ = ["celery_app"]
