"""Settings from the environment: a wrong value ends the start with one sentence, a right one takes effect."""

import json
import os
import subprocess
import sys

import pytest

from contact_center.environment import Environment, broker_address, server_address

COMPLETE = {
    "SECRET_KEY": "forty-two-characters-of-no-secret-whatsoever",
    "ALLOWED_HOSTS": "console.example.org",
    "DATABASE_URL": "postgresql://runtime:secret@db:5432/console",
    "REDIS_URL": "redis://redis:6379/0",
}


def load(tmp_path, expression="None", **changes):
    """Start a process of its own: settings are read once, at import."""
    given = {name: value for name, value in (COMPLETE | changes).items() if value is not None}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import json; from contact_center import settings; print(json.dumps({expression}, default=str))",
        ],
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    return done


def value(tmp_path, expression, **changes):
    done = load(tmp_path, expression, **changes)
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("SECRET_KEY", None, "SECRET_KEY must be set to at least 32 random characters"),
        ("SECRET_KEY", "short", "SECRET_KEY must be set to at least 32 random characters"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'; it must be true or false."),
        ("HTTPS", "2", "HTTPS is '2'; it must be true or false."),
        ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS must name the hosts the console answers to"),
        ("DATABASE_URL", None, "DATABASE_URL is not set and no embedded server runs under"),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL must look like postgresql://role:password@host:5432/database."),
        ("DATABASE_URL", "postgresql://db:port/x", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://db", "DATABASE_URL names no database"),
        ("DATABASE_OWNER_URL", "mysql://x/y", "DATABASE_OWNER_URL must look like postgresql://"),
        ("DATABASE_POOL_SIZE", "many", "DATABASE_POOL_SIZE is 'many'; it must be a whole number."),
        ("REDIS_URL", None, "REDIS_URL is not set and no embedded server runs under"),
        ("REDIS_URL", "http://redis", "REDIS_URL must look like redis://host:6379/0"),
        ("EMAIL_URL", "pigeon://loft", "EMAIL_URL"),
        ("SENTRY_DSN", "nonsense", "SENTRY_DSN cannot be read"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(tmp_path, name, wrong, sentence):
    done = load(tmp_path, **{name: wrong})
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_the_password_is_not_in_the_sentence(tmp_path):
    done = load(tmp_path, DATABASE_URL="mysql://runtime:hunter2@db/console")
    assert done.returncode == 1
    assert "hunter2" not in done.stderr


def test_a_complete_environment_is_enough(tmp_path):
    found = value(
        tmp_path,
        "[settings.DATABASES['default'][part] for part in ('NAME', 'USER', 'PASSWORD', 'HOST', 'PORT')]",
    )
    assert found == ["console", "runtime", "secret", "db", "5432"]


def test_the_runtime_process_starts_without_the_owner(tmp_path):
    (tmp_path / "servers.json").write_text(json.dumps({"owner_url": "postgresql://owner@embedded/console"}))
    assert value(tmp_path, "sorted(settings.DATABASES)") == ["default"]


def test_production_is_strict_about_transport(tmp_path):
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG", "DEMO", "TRUST_PROXY"]
    expression = f"[getattr(settings, name) for name in {names}]"
    assert value(tmp_path, expression) == [True, True, True, False, False, False]
    assert value(tmp_path, expression, HTTPS="false") == [False, False, False, False, False, False]


def test_the_demo_keeps_a_key_of_its_own(tmp_path):
    first = value(tmp_path, "settings.SECRET_KEY", SECRET_KEY=None, DEMO="true")
    assert len(first) >= 50
    assert value(tmp_path, "settings.SECRET_KEY", SECRET_KEY=None, DEMO="true") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_pool_can_be_sized_and_switched_off(tmp_path):
    expression = "settings.DATABASES['default']['OPTIONS'].get('pool')"
    assert value(tmp_path, expression, DATABASE_POOL_SIZE="5") == {"min_size": 2, "max_size": 5, "timeout": 10}
    assert value(tmp_path, expression, DATABASE_POOL_SIZE="0") is None


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("redis://redis:6379/3", "redis://redis:6379/3"),
        ("rediss://u:p@redis:6380/0", "rediss://u:p@redis:6380/0"),
        ("unix:///run/a/redis.sock?db=2", "redis+socket:///run/a/redis.sock?virtual_host=2"),
        ("unix:///run/a%20b/redis.sock", "redis+socket:///run/a b/redis.sock?virtual_host=0"),
    ],
)
def test_celery_gets_its_own_spelling_of_the_address(redis_url, broker):
    assert broker_address(redis_url) == broker


def test_embedded_addresses_are_found_when_none_is_given(tmp_path):
    (tmp_path / "servers.json").write_text(json.dumps({"redis_url": "unix:///r", "owner_url": "postgresql://o@/c"}))
    env = Environment({})
    assert server_address(env, "REDIS_URL", tmp_path) == "unix:///r"
    assert server_address(env, "DATABASE_OWNER_URL", tmp_path, required=False) == "postgresql://o@/c"


def test_an_embedded_owner_is_never_paired_with_a_given_database(tmp_path):
    (tmp_path / "servers.json").write_text(json.dumps({"owner_url": "postgresql://o@/c"}))
    env = Environment({"DATABASE_URL": "postgresql://r@db/c"})
    assert server_address(env, "DATABASE_OWNER_URL", tmp_path, required=False) == ""


def test_a_server_socket_with_capital_letters_is_reached_by_its_name():
    found = Environment({}).database(
        "DATABASE_URL", "postgresql://r:p%40ss@/c?host=%2Fsrv%2FVar%2FSockets", pool_size=0
    )
    assert (found["HOST"], found["PASSWORD"]) == ("/srv/Var/Sockets", "p@ss")


def test_a_database_that_is_gone_without_a_word_is_given_up_unless_the_address_says_otherwise():
    environment = Environment({})
    usual = environment.database("DATABASE_URL", "postgresql://r@db/c", pool_size=0)
    patient = environment.database("DATABASE_URL", "postgresql://r@db/c?connect_timeout=60", pool_size=0)
    assert usual["OPTIONS"] == {"connect_timeout": 10, "tcp_user_timeout": 15_000}
    assert patient["OPTIONS"]["connect_timeout"] == "60"
