"""Settings of the test run: the real ones, with faster passwords and files served from where they lie."""

import os

# The runner's own shell must not decide what is tested.
os.environ.update(SECRET_KEY="a-key-for-tests-that-guards-nothing-at-all", DEBUG="false", DEMO="true", HTTPS="false")
os.environ["DATABASE_POOL_SIZE"] = "0"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["EMAIL_URL"] = "memorymail://"
os.environ.pop("SENTRY_DSN", None)

from contact_center.settings import *  # noqa: F403
from contact_center.settings import DATABASES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
# Two sessions on one server, each with a name of its own, don't meet. It waits for no other database to be made first:
# the runtime role's alias only mirrors it.
DATABASES["owner"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_console"), "DEPENDENCIES": []}
WHITENOISE_AUTOREFRESH = True
# Tests that need a worker start a real one.
CELERY_TASK_ALWAYS_EAGER = False
MEDIA_ROOT = VAR_DIR / "media"
