"""Reads settings from environment variables; a wrong value ends the start with one sentence."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import environ
import psycopg
from psycopg.conninfo import conninfo_to_dict

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def refuse(name: str, reason: str) -> NoReturn:
    """End the process: a traceback would hide the one line that matters."""
    raise SystemExit(f"{name} {reason}")


class Environment:
    """Typed access to the variables; every reader names the variable it refuses."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def site(self, name: str) -> str:
        """Where a site stands, without a slash at its end; empty where nothing is said."""
        address = self.text(name).rstrip("/")
        parts = urlsplit(address)
        if address and (parts.scheme not in ("http", "https") or not parts.netloc):
            refuse(name, "must be the address of the console, such as https://console.example.com.")
        return address

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in TRUE | FALSE:
            refuse(name, f"is {value!r}; it must be true or false.")
        return value in TRUE

    def count(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            refuse(name, f"is {value!r}; it must be a whole number.")
        return int(value)

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        given = [word.strip() for word in self.text(name).split(",") if word.strip()]
        return given or list(default)

    def database(self, name: str, address: str, *, pool_size: int) -> dict[str, Any]:
        """Django's settings for a `postgresql://` address."""
        if urlsplit(address).scheme not in ("postgresql", "postgres"):
            refuse(name, "must look like postgresql://role:password@host:5432/database.")
        try:
            parts = conninfo_to_dict(address)
        except psycopg.Error as error:
            refuse(name, f"cannot be read: {' '.join(str(error).split())}.")
        if not parts.get("dbname"):
            refuse(name, "names no database; it must look like postgresql://role:password@host:5432/database.")
        if not str(parts.get("port") or "5432").isdecimal():
            refuse(name, f"names the port {parts['port']!r}; it must be a number.")
        settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "ATOMIC_REQUESTS": False}
        for key, part in (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host")):
            settings[key] = str(parts.pop(part, "") or "")
        settings["PORT"] = str(parts.pop("port", "") or "")
        settings["OPTIONS"] = {key: value for key, value in parts.items() if value is not None}
        # A server that is gone without a word must not hold a thread for ever.
        settings["OPTIONS"].setdefault("connect_timeout", 10)
        settings["OPTIONS"].setdefault("tcp_user_timeout", 15_000)
        if pool_size:
            settings["OPTIONS"]["pool"] = {"min_size": min(2, pool_size), "max_size": pool_size, "timeout": 10}
        return settings

    def redis(self, name: str, address: str) -> str:
        if urlsplit(address).scheme not in ("redis", "rediss", "unix"):
            refuse(name, "must look like redis://host:6379/0, rediss://… or unix:///path/redis.sock?db=0.")
        return address

    def email(self, name: str, default: str) -> dict[str, Any]:
        address = self.text(name, default)
        try:
            found: dict[str, Any] = environ.Env.email_url_config(address)
        except Exception as error:  # noqa: BLE001 - the reader raises whatever the malformed part caused
            refuse(name, f"cannot be read: {error}.")
        if not found.get("EMAIL_BACKEND"):
            refuse(name, "must look like smtp+tls://user:password@host:587 or consolemail://.")
        return found


def broker_address(redis_url: str) -> str:
    """Celery's spelling of a Redis address: it names a Unix socket in another way."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{unquote(parts.path)}?virtual_host={database}"


def server_address(env: Environment, name: str, var_dir: Path, *, required: bool = True) -> str:
    """The address from the environment, or else the one of the embedded server under VAR_DIR."""
    if given := env.text(name):
        return given
    # With DATABASE_URL given, an owner's address left behind by an embedded server would belong to another one.
    recorded = {} if name == "DATABASE_OWNER_URL" and env.text("DATABASE_URL") else _recorded(var_dir)
    key = {"DATABASE_URL": "database_url", "DATABASE_OWNER_URL": "owner_url", "REDIS_URL": "redis_url"}[name]
    address = str(recorded.get(key) or "")
    if required and not address:
        refuse(name, f"is not set and no embedded server runs under {var_dir}; set it, or run `make demo`.")
    return address


def _recorded(var_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((var_dir / "servers.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def development_key(var_dir: Path) -> str:
    """A key of this machine's own, kept so that sessions outlive a restart."""
    path = var_dir / "secret_key"
    var_dir.mkdir(parents=True, exist_ok=True)
    try:
        # Exclusive creation: of several processes that start together, one writes and all read the same.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()
