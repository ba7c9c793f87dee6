"""Real processes and a real Chromium; rows, and people signed in before, come from a process of their own."""

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from contact_center.embedded import ensure_servers
from tests.embedded_servers import JOURNEYS_REDIS_NUMBER
from tests.factories import PASSWORD
from tests.journeys.team import Seeder, Team
from tests.real_console import ROOT, Console

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Refusals are part of the journeys, and the browser reports each as an error; of the line that is lost on purpose it
# writes a sentence, and htmx the event.
EXPECTED_ERRORS = (
    "Failed to load resource",
    "WebSocket connection to",
    "[object Event]",
    "htmx:wsError",
    "htmx:sendError",
    "htmx:afterRequest",
)

expect.set_options(timeout=10_000)
_teams = itertools.count(1)


# --- Without a browser: one line nobody overlooks ---


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="there is no Chromium on the PATH"))


def pytest_terminal_summary(terminalreporter):
    if CHROMIUM is None:
        terminalreporter.section("THE BROWSER TESTS DID NOT RUN: there is no Chromium on the PATH", "!", red=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    console = item.funcargs.get("console")
    if report.failed and console is not None:
        report.sections.append(("processes", console.last_lines()))


# --- The console under test ---


@pytest.fixture(scope="session")
def console() -> Iterator[Console]:
    """Web, workers and beat on a database that lives as long as the run."""
    var_dir = Path(os.environ["VAR_DIR"])
    servers = ensure_servers(var_dir)
    console = Console(var_dir / "journeys", servers, f"journeys_{os.getpid()}", JOURNEYS_REDIS_NUMBER)
    shutil.rmtree(console.home, ignore_errors=True)
    console.create_database()
    try:
        console.migrate()
        console.start_worker()
        console.start_deliverer()
        console.start_beat()
        console.start_web()
        yield console
    finally:
        console.stop()
        console.drop_database()
        servers.stop()


@pytest.fixture(scope="session")
def seeder(console: Console) -> Iterator[Seeder]:
    with (
        console.log("seed").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.seed"],
            cwd=ROOT,
            env=console.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        yield Seeder(process)


@pytest.fixture
def make_team(console: Console, seeder: Seeder) -> Callable[[str], Team]:
    return lambda slug: Team.make(slug, console.url, seeder)


@pytest.fixture
def team(make_team, request) -> Team:
    """An organization of this journey's own."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").replace("chromium", ""))
    return make_team(f"{words[:24].strip('-')}-{next(_teams)}")


# --- The browser ---


@pytest.fixture(scope="session")
def browser_type_launch_args():
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(console: Console):
    return {"base_url": console.url, "locale": "en-US"}


@pytest.fixture
def watched(new_context, console: Console) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts whose scripts must not fail, whose policy must not be broken and who call nobody else."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_ERRORS):
            complaints.append(message.text)

    def make(**options) -> BrowserContext:
        context = new_context(**options)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "request",
            lambda request: (
                complaints.append(f"called {request.url}")
                if not request.url.startswith((console.url, "data:", "blob:"))
                else None
            ),
        )
        return context

    yield make
    assert complaints == []


@pytest.fixture
def sign_in_by_hand(watched) -> Callable[..., Page]:
    """Signs a person in through the page, in a browser of their own; leads to where their work is."""

    def enter(email: str, **options) -> Page:
        page = watched(**options).new_page()
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return enter


@pytest.fixture
def sign_in(watched, seeder: Seeder, console: Console) -> Callable[..., Page]:
    """A person who signed in before, in a browser of their own, at `path`: where their work is, unless it says more."""

    def enter(email: str, path: str = "/", **options) -> Page:
        context = watched(**options)
        context.add_cookies([{"url": console.url, **seeder("session", email=email)}])
        page = context.new_page()
        page.goto(path)
        return page

    return enter
