"""The middle of a run: a transaction that has written a whole chunk is held before anything of it is committed."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.real_console import Console

GATE = 710_309
_TRIGGER = "wait_in_the_middle"


class Middle:
    """Whoever audits one of these conversations, the last of what an action writes, waits."""

    def __init__(self, console: Console, ids: list[int]) -> None:
        self._url, self._ids = console.owner_url, ids

    @contextmanager
    def held(self) -> Iterator[None]:
        """Until the block ends."""
        with self._owner() as owner:
            self._make_trigger(owner)
            owner.execute(f"select pg_advisory_lock({GATE})")
            try:
                yield
            finally:
                owner.execute(f"select pg_advisory_unlock({GATE})")

    def waiting(self) -> int:
        """How many wait there now."""
        with self._owner() as owner:
            found = owner.execute(
                "select count(*) from pg_locks join pg_stat_activity using (pid) "
                "where locktype = 'advisory' and objid = %s and not granted and datname = current_database()",
                [GATE],
            ).fetchone()
        return found[0] if found else 0

    def remove(self) -> None:
        with self._owner() as owner:
            owner.execute(f"drop function if exists {_TRIGGER} cascade")

    def _owner(self) -> psycopg.Connection:
        return psycopg.connect(self._url, autocommit=True)

    def _make_trigger(self, owner: psycopg.Connection) -> None:
        ids = ", ".join(map(str, self._ids))
        owner.execute(
            f"create function {_TRIGGER}() returns trigger language plpgsql as "
            f"$$ begin perform pg_advisory_xact_lock_shared({GATE}); return new; end $$"
        )
        owner.execute(
            f"create trigger {_TRIGGER} before insert on audit_auditevent for each row "
            f"when (new.conversation_id in ({ids})) execute function {_TRIGGER}()"
        )
