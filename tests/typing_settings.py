"""Settings for the type checker, which reads them without any server."""

import os

os.environ.setdefault("SECRET_KEY", "a-key-for-the-type-checker-that-guards-nothing")
os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@localhost/none")
os.environ.setdefault("DATABASE_OWNER_URL", "postgresql://nobody@localhost/none")
os.environ.setdefault("REDIS_URL", "redis://localhost:6379/0")

from contact_center.settings import *  # noqa: F403
