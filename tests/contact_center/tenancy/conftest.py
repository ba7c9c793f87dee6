"""Fixtures for tests of the walls and of configuration."""

import pytest

from contact_center.live import publish


@pytest.fixture
def published(monkeypatch):
    """What went out to live pages: organization, kind, and ids or None for anything of the kind."""
    sent = []

    def remember(organization_id, kind, ids=()):
        sent.append((organization_id, kind, tuple(sorted(set(ids))) or None))

    monkeypatch.setattr(publish, "publish_now", remember)
    return sent
