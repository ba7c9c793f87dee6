"""The HTTP API under /api/v1/: schemas, calls and the words in which it refuses."""
