"""Work on real second connections: begun at one moment, or held open while something else happens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connections

from tests.cast import Cast

# In this database only: others of the same server may be those of tests that run at the same time.
WAITING_FOR_LOCKS = """
    select count(distinct pid) from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()
"""


def at_once(cast: Cast, *works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread, and so on connections, of its own; their answers, or exceptions, in order."""
    return at_one_moment(*(partial(_in_scope, cast, work) for work in works))


def at_one_moment(*works: Callable[[], Any]) -> list[Any]:
    """The same for work that opens its scope itself, say a request."""
    answers: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(position: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=10)
            answers[position] = work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def _in_scope(cast: Cast, work: Callable[[], Any]) -> Any:
    with cast.scope():
        return work()


@contextmanager
def uncommitted(cast: Cast, work: Callable[[], Any]) -> Iterator[None]:
    """`work` is done on another connection and commits when the block ends."""
    done, go_on = threading.Event(), threading.Event()
    failure: list[Exception] = []

    def hold() -> None:
        try:
            with cast.scope():
                work()
                done.set()
                go_on.wait(timeout=20)
        except Exception as error:  # noqa: BLE001 - raised below
            failure.append(error)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    done.wait(timeout=20)
    try:
        yield
    finally:
        go_on.set()
        thread.join(timeout=20)
    if failure:
        raise failure[0]
