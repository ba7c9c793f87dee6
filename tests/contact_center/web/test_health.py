"""What machines ask the console."""

import pytest
from django.test import Client


def test_it_lives_without_asking_anybody(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_with_database_and_redis(db):
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


def test_it_is_not_ready_without_redis_and_says_which(db, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": True, "redis": False})
    assert "nowhere" not in response.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_answered(db, path):
    assert Client().post(path).status_code == 405


def test_it_tells_how_it_fares(db):
    response = Client().get("/metrics")
    assert response.status_code == 200
    assert b"django_http" in response.content
