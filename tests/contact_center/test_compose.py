"""docker-compose.yml and Dockerfile against the code: every command, port, variable and file in them exists."""

import importlib.util
import json
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from celery.bin.celery import celery as celery_command
from daphne.cli import CommandLineInterface
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from django.utils.module_loading import import_string

from contact_center import embedded_postgresql, probe, processes
from tests import settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build") == "."}
NGINX = (ROOT / "docs/compose/nginx.conf").read_text()
ROLES = (ROOT / "docs/compose/create-roles.sh").read_text()

# Read outside of settings.py: by probe.py and the container's own command line.
OTHER_VARIABLES = {"PORT"}


def instructions(name):
    return [line.split(None, 1)[1] for line in DOCKERFILE.splitlines() if line.startswith(f"{name} ")]


def variables_read():
    source = (ROOT / "contact_center/settings.py").read_text()
    return set(re.findall(r'env(?:\.\w+\(|, )"([A-Z_]+)"', source)) | OTHER_VARIABLES


def image_variables():
    return dict(word.split("=", 1) for line in instructions("ENV") for word in shlex.split(line))


def image_command():
    [command] = [json.loads(line) for line in instructions("CMD")]
    return command


def commands():
    """Every command line that runs in a container of ours, checks of health included."""
    yield "image", shlex.split(image_command()[-1].removeprefix("exec "))
    [image_check] = re.findall(r"HEALTHCHECK .*?CMD (\[.*\])", DOCKERFILE)
    yield "image's check", json.loads(image_check)
    yield "collecting files", ["python", "manage.py", *re.findall(r"python manage.py (\S.*)", DOCKERFILE)[0].split()]
    for name, service in OURS.items():
        if "command" in service:
            yield name, service["command"]
        check = service.get("healthcheck", {}).get("test")
        if check:
            yield f"{name}'s check", shlex.split(check[1]) if check[0] == "CMD-SHELL" else check[1:]


COMMANDS = dict(commands())


def test_every_kind_of_process_is_there():
    assert set(OURS) == {"web", "worker", "deliverer", "beat", "migrate"}
    assert set(SERVICES) - set(OURS) == {"proxy", "postgres", "redis"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists(name):
    program, *arguments = COMMANDS[name]
    check = {"python": _check_python, "celery": _check_celery, "daphne": _check_daphne}[program]
    check(arguments)


def _check_python(arguments):
    if arguments[0] == "-m":
        assert arguments[1].startswith("contact_center.")
        assert importlib.util.find_spec(arguments[1]) is not None
        return
    script, command, *options = arguments
    assert script == "manage.py"
    application = get_commands()[command]
    load_command_class(application, command).create_parser(script, command).parse_args(options)


def _check_celery(arguments):
    words = [word.replace("$$HOSTNAME", "host") for word in arguments]
    assert words[:2] == ["--app", "contact_center"]
    name, *options = words[2:]
    command = celery_command.commands[name]
    # Refuses an option that the command doesn't know, and runs nothing.
    command.make_parser(click.Context(command)).parse_args(options)


def _check_daphne(arguments):
    given = CommandLineInterface().parser.parse_args([word.replace("$PORT", "8000") for word in arguments])
    assert given.host == "0.0.0.0"  # noqa: S104 - the container's own network
    assert callable(import_string(given.application.replace(":", ".")))


@pytest.mark.parametrize(
    ("name", "command"),
    [("worker", processes.worker()), ("deliverer", processes.deliverer()), ("beat", processes.beat())],
)
def test_the_containers_run_what_the_demo_runs(name, command):
    assert OURS[name]["command"] == command[2:]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_is_read(name):
    assert set(OURS[name].get("environment", {})) - variables_read() == set()


def test_the_images_variables_are_read():
    built_with = set(re.findall(r"\b([A-Z_]{3,})=", "".join(instructions("RUN"))))
    read_by_others = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX"}
    assert (set(image_variables()) | built_with) - read_by_others - variables_read() == set()


@pytest.mark.parametrize("name", sorted(set(OURS) - {"migrate"}))
def test_only_the_migration_has_the_owners_address(name):
    assert "DATABASE_OWNER_URL" not in OURS[name]["environment"]
    assert "console_owner" not in str(OURS[name])


def test_the_migration_runs_as_the_owner_before_everything_else():
    assert "//console_owner:" in OURS["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert OURS["migrate"]["restart"] == "no"
    for name in ("web", "worker", "deliverer", "beat"):
        assert OURS[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert "//console_runtime:" in OURS[name]["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("name", SERVICES)
def test_services_wait_for_services_that_exist_and_tell_their_health(name):
    for other, wish in SERVICES[name].get("depends_on", {}).items():
        if wish["condition"] == "service_healthy":
            assert "test" in SERVICES[other]["healthcheck"]


@pytest.mark.parametrize("name", ["web", "worker", "deliverer"])
def test_web_and_workers_can_be_scaled(name):
    assert "container_name" not in SERVICES[name]
    assert "ports" not in SERVICES[name]


def test_there_is_one_beat_only():
    # Two would put every task into the queue twice.
    assert "beat" not in re.findall(r"--scale (\w+)=", (ROOT / "docker-compose.yml").read_text())


def test_all_parts_agree_on_the_ports():
    [exposed] = instructions("EXPOSE")
    assert image_variables()["PORT"] == exposed
    assert NGINX.count(f"http://web:{exposed};") == 1
    assert SERVICES["proxy"]["ports"] == ["${PORT:-8000}:80"]
    assert "listen 80;" in NGINX
    assert "PORT" not in OURS["web"]["environment"]


def test_every_health_path_is_an_address_of_the_console():
    checks = [arguments for arguments in COMMANDS.values() if "contact_center.probe" in arguments]
    paths = {arguments[-1] for arguments in checks}
    assert paths == {"/healthz", "/readyz"}
    for path in paths:
        assert resolve(path).func is not None
        # A check inside the container speaks plain HTTP.
        assert any(re.match(pattern, path.lstrip("/")) for pattern in settings.SECURE_REDIRECT_EXEMPT)


@pytest.mark.parametrize(
    ("allowed_hosts", "host"),
    [("console.example.org,b.example.org", "console.example.org"), (".example.org", "example.org"), ("*", "127.0.0.1")],
)
def test_a_check_of_health_calls_the_console_by_a_name_it_answers_to(allowed_hosts, host):
    assert probe.host_header(allowed_hosts) == host


def test_everything_the_image_copies_exists_and_is_let_through():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = [source for line in instructions("COPY") if not line.startswith("--from") for source in line.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
    assert set(sources) == allowed


def test_every_package_of_ours_is_in_the_image():
    packages = {name.split(".")[0] for name in settings.INSTALLED_APPS if (ROOT / name.split(".")[0]).is_dir()}
    copied = {line.split()[0] for line in instructions("COPY")}
    assert packages | {"templates", "static", "manage.py"} <= copied


def test_files_that_services_mount_exist():
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", []) if mount.startswith("./")]
    assert len(mounts) == 2
    for mount in mounts:
        assert (ROOT / mount.split(":")[0]).is_file()
    assert (ROOT / "docs/compose/create-roles.sh").stat().st_mode & 0o111


def test_the_roles_are_those_of_the_embedded_server():
    created = re.findall(r"CREATE ROLE (\w+) WITH LOGIN NOSUPERUSER .*?NOBYPASSRLS", ROLES)
    assert created == [embedded_postgresql.OWNER, embedded_postgresql.RUNTIME]
    assert f"CREATE DATABASE {embedded_postgresql.DATABASE} OWNER {embedded_postgresql.OWNER};" in ROLES
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert "--builtin-locale=C.UTF-8" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_the_roles_script_gets_its_passwords():
    wanted = set(re.findall(r"\$(\w+_PASSWORD)", ROLES))
    assert wanted == {"OWNER_PASSWORD", "RUNTIME_PASSWORD"}
    assert wanted <= set(SERVICES["postgres"]["environment"])
    for name, role in (("OWNER_PASSWORD", "console_owner"), ("RUNTIME_PASSWORD", "console_runtime")):
        given = SERVICES["postgres"]["environment"][name]
        assert f"//{role}:{given}@postgres:5432/console" in str(OURS["migrate"]["environment"])


def test_the_image_runs_without_rights_and_with_a_python_that_the_project_supports():
    assert instructions("USER") == ["console"]
    assert instructions("FROM")[1:] == ["python:3.13-slim AS packages", "python:3.13-slim AS console"]
    assert "--require-hashes" in DOCKERFILE
