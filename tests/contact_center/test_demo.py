"""The demo's refusals before it starts, and that every process it started ends with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contact_center.demo import CannotStart, Step, child_environment, chosen_port, prepare
from contact_center.embedded import Servers
from contact_center.supervision import ChildFailed, Ending, Supervisor

ROOT = Path(__file__).resolve().parents[2]

# A child with a child of its own, both deaf to gentle requests when told so.
FAMILY = """
import signal, subprocess, sys, time
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in sys.argv:
    child = subprocess.Popen([sys.executable, __file__, *(word for word in sys.argv[1:] if word == "deaf")])
    print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def family(tmp_path):
    path = tmp_path / "family.py"
    path.write_text(FAMILY)
    return [sys.executable, str(path)]


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path / "logs")
    yield supervisor
    supervisor.stop()


@pytest.fixture
def listener():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended stays listed until its parent, here the first process, has asked for it.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about in time")


def test_a_port_in_use_is_refused_with_a_proposal(listener):
    with pytest.raises(CannotStart) as refusal:
        chosen_port(str(listener))
    assert str(refusal.value) == f"Port {listener} is in use; choose another one: make demo PORT={listener + 1}."


def test_a_free_port_is_taken(listener):
    free = wait_for(lambda: _free_port())
    assert chosen_port(str(free)) == free


@pytest.mark.parametrize("wrong", ["http", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(wrong):
    with pytest.raises(CannotStart, match="it must be a number from 1 to 65535"):
        chosen_port(wrong)


def test_the_whole_command_says_one_sentence_about_a_port_in_use(listener, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "contact_center.demo"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(listener), "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {listener} is in use; choose another one: make demo PORT={listener + 1}.\n"
    assert list(tmp_path.iterdir()) == []


def test_only_the_migrating_child_has_the_owners_credentials(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@db/console")
    servers = Servers("postgresql://runtime@db/console", "postgresql://owner:secret@db/console", "redis://redis")
    owner, others = child_environment(servers, tmp_path, owner=True), child_environment(servers, tmp_path, pool=True)
    assert owner["DATABASE_OWNER_URL"] == "postgresql://owner:secret@db/console"
    assert "owner:secret" not in "".join(others.values())
    assert others["DATABASE_URL"] == "postgresql://runtime@db/console"


def test_a_given_database_without_its_owner_is_refused(supervisor, tmp_path):
    with pytest.raises(CannotStart, match="DATABASE_URL is set but DATABASE_OWNER_URL is not"):
        prepare(supervisor, Servers("postgresql://runtime@db/console", None, "redis://redis"), tmp_path)


def test_what_a_process_says_is_heard_line_by_line_while_it_runs(supervisor, tmp_path):
    talks = "import time; print('one', flush=True); time.sleep(0.5); print('two'); print('three', end='')"
    heard = []
    supervisor.run("talker", [sys.executable, "-c", talks], os.environ, said=heard.append)
    assert heard == ["one", "two"], "what is no whole line yet is no line"


def test_a_step_says_how_far_it_is_at_a_terminal_only(capsys, monkeypatch):
    with Step("Preparing …") as step:
        step.show("step 1")
    assert capsys.readouterr().out == "Preparing …\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with Step("Preparing …") as step:
        step.show("step 100")
        step.show("step 2")
    out = capsys.readouterr().out
    assert out.startswith("Preparing …\rPreparing … step 100\rPreparing … step 2  \rPreparing … done in 0 s")
    assert out.endswith("\n")


def test_stopping_ends_children_and_their_children(supervisor, family, tmp_path):
    supervisor.start("web", [*family, "parent"], os.environ)
    grandchild = wait_for(lambda: int((tmp_path / "logs/web.log").read_text() or 0))
    assert lives(grandchild)

    supervisor.stop()
    wait_for(lambda: not lives(grandchild))


def test_stopping_ends_those_too_that_do_not_listen(supervisor, family, tmp_path, monkeypatch):
    monkeypatch.setattr("contact_center.supervision.GRACE_SECONDS", 1)
    supervisor.start("worker", [*family, "parent", "deaf"], os.environ)
    grandchild = wait_for(lambda: int((tmp_path / "logs/worker.log").read_text() or 0))

    supervisor.stop()
    wait_for(lambda: not lives(grandchild))


def test_a_child_that_dies_is_named_with_its_last_lines(supervisor, family):
    supervisor.start("web", family, os.environ)
    supervisor.start("worker", [sys.executable, "-c", "import sys; print('no broker'); sys.exit(3)"], os.environ)
    with pytest.raises(ChildFailed) as failure:
        supervisor.watch()
    assert str(failure.value).startswith("worker ended with status 3. Its last lines (")
    assert str(failure.value).endswith("  no broker")


def test_a_step_that_fails_is_named_and_one_that_succeeds_is_not(supervisor):
    supervisor.run("migrate", [sys.executable, "-c", "pass"], os.environ)
    with pytest.raises(ChildFailed, match="seed_demo ended with status 1"):
        supervisor.run("seed_demo", [sys.executable, "-c", "raise SystemExit(1)"], os.environ)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_watch(supervisor, family, number):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        supervisor.heed_signals()
        supervisor.start("web", family, os.environ)
        os.kill(os.getpid(), number)
        with pytest.raises(Ending):
            supervisor.watch()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_child_is_out_of_reach_of_the_terminals_ctrl_c(supervisor, family):
    supervisor.start("web", family, os.environ)
    [child] = supervisor._children
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgid(0)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
