"""The command of each process that Celery runs; docker-compose.yml and docs/operators.md name the same ones."""

import sys

# Each worker takes from one queue: what waits for other people's servers must not keep runs and timers waiting.
QUEUE = "console"
DELIVERIES = "deliveries"
# Threads, because deliveries wait rather than compute: so many organizations are delivered for at once.
DELIVERY_THREADS = 16


def worker(*, concurrency: int = 2, log_level: str = "INFO") -> list[str]:
    """Runs, timers and push routing."""
    return _celery("worker", "--queues", QUEUE, "--concurrency", str(concurrency), "--loglevel", log_level)


def deliverer(*, log_level: str = "INFO") -> list[str]:
    """What leaves the console."""
    threads = ("--pool", "threads", "--concurrency", str(DELIVERY_THREADS))
    # Two workers on one machine need two names.
    return _celery("worker", "--queues", DELIVERIES, *threads, "--hostname", "deliverer@%h", "--loglevel", log_level)


def beat(*, log_level: str = "INFO") -> list[str]:
    """What is repeated; exactly one."""
    return _celery("beat", "--loglevel", log_level)


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "contact_center", *arguments]
