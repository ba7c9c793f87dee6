"""Delivers what the outbox holds: at least once, each under one idempotency key, outside any transaction."""
