"""Settings of the console, read from the environment; a wrong value ends the start with one sentence."""

import os
from pathlib import Path

from contact_center import logs, processes
from contact_center.administration import look
from contact_center.content_security import POLICY
from contact_center.environment import (
    Environment,
    broker_address,
    development_key,
    refuse,
    server_address,
)

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# --- Where it runs ---

DEBUG = env.flag("DEBUG")
# The demo serves one machine over plain HTTP with known accounts and API keys.
DEMO = env.flag("DEMO")
LOCAL = DEBUG or DEMO
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY and LOCAL:
    SECRET_KEY = development_key(VAR_DIR)
if len(SECRET_KEY) < 32:
    refuse("SECRET_KEY", "must be set to at least 32 random characters (or set DEBUG=true on your own machine).")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]") if LOCAL else ())
if not ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS", "must name the hosts the console answers to, for example console.example.org.")

# --- Applications ---

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "health_check",
    "contact_center",
    "contact_center.tenancy",
    "contact_center.audit",
    "contact_center.live",
    "contact_center.web",
    "routing",
    "conversations",
    "bulk_actions",
    "analytics",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "contact_center.content_security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "contact_center.web.middleware.PageMiddleware",
    "contact_center.tenancy.middleware.OrganizationMiddleware",
    "contact_center.tenancy.api_keys.ApiKeyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "contact_center.web.errors.DomainErrorMiddleware",
]

ROOT_URLCONF = "contact_center.urls"
ASGI_APPLICATION = "contact_center.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "contact_center.web.navigation.frame",
            ],
        },
    }
]

# --- Data ---

# A web process keeps its connections in a pool; 0 turns it off for processes that do one thing at a time.
POOL_SIZE = env.count("DATABASE_POOL_SIZE", 16)
DATABASES = {
    "default": {
        **env.database("DATABASE_URL", server_address(env, "DATABASE_URL", VAR_DIR), pool_size=POOL_SIZE),
        # The test database is made by the owner; the runtime role meets the same one.
        "TEST": {"MIRROR": "owner"},
    }
}
# Only the process that migrates gets the owner's address; the others run without it.
OWNER_URL = server_address(env, "DATABASE_OWNER_URL", VAR_DIR, required=False)
if OWNER_URL:
    DATABASES["owner"] = env.database("DATABASE_OWNER_URL", OWNER_URL, pool_size=0)
DATABASE_ROUTERS = ["contact_center.tenancy.routers.OwnerRunsMigrations"]

REDIS_URL = env.redis("REDIS_URL", server_address(env, "REDIS_URL", VAR_DIR))
CACHES = {
    "default": {
        "BACKEND": "contact_center.web.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
        # A Redis that doesn't answer must not hold up who signs in.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
        # The broker and the live channels share this Redis.
        "KEY_PREFIX": "cache",
    }
}

# --- Celery ---

CELERY_BROKER_URL = broker_address(REDIS_URL)
# Longer than any task runs: Redis hands a message out again when it isn't acknowledged in time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "global_keyprefix": "celery:"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = processes.QUEUE
CELERY_TASK_ROUTES = {
    name: {"queue": processes.DELIVERIES} for name in ("conversations.find_due_deliveries", "conversations.deliver")
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"

# --- People ---

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
UNFOLD = look.UNFOLD
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "contact_center.tenancy.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Administrators enter their people's addresses: there is nothing to prove before the first sign-in.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# A newcomer who tries all twenty accounts in a minute is no attack; wrong passwords stay limited.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip"} if LOCAL else {}
SOCIALACCOUNT_ADAPTER = "contact_center.tenancy.accounts.ClosedSocialSignUp"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Supervisor console"

# A selection of 1,000 conversations is posted as 1,000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"

# --- Transport ---

CONTENT_SECURITY_POLICY = POLICY
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# HTTPS=false is for a machine of one's own: a browser sends secure cookies over HTTPS only.
HTTPS = env.flag("HTTPS", default=not LOCAL)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Only behind a proxy that sets these headers itself: from anyone else they are a lie.
TRUST_PROXY = env.flag("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- E-mail ---

EMAIL = env.email("EMAIL_URL", "consolemail://" if LOCAL else "smtp://localhost:25")
vars().update({name: value for name, value in EMAIL.items() if name.startswith("EMAIL_")})
# A mail server that doesn't answer must not hold a worker.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "console@localhost")

# What links in e-mails begin with, such as https://console.example.com; empty: they name the page instead.
CONSOLE_URL = env.site("CONSOLE_URL")

# Deliveries to a channel's own system go to public addresses only, unless it stands in the same network.
DELIVER_TO_PRIVATE_NETWORKS = env.flag("DELIVER_TO_PRIVATE_NETWORKS")

# --- Language, time, files ---

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # Not its libs/, which name source maps that the package lacks.
    *((f"npm/tabler-core/{part}", NODE_MODULES / "@tabler/core/dist" / part) for part in ("css", "js", "img")),
    ("npm/idiomorph", NODE_MODULES / "idiomorph/dist"),
    ("npm/uplot", NODE_MODULES / "uplot/dist"),
    ("npm/inter", NODE_MODULES / "@fontsource-variable/inter"),
]
# Read by a template tag: of some thousand icons a page shows a dozen.
TABLER_ICONS_DIR = NODE_MODULES / "@tabler/icons/icons/outline"
# On one's own machine files come from where they lie; elsewhere from collectstatic, named by their content.
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_BACKEND = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if LOCAL
    else "contact_center.web.static_files.HashedStaticFiles"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_BACKEND},
}

# --- Watching it ---

LOGGING = logs.configure(readable=LOCAL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# The line at a request's end says all that the one at its start does.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logs.UNSEEN
# It would ask every database, the owner's too, for its migrations at each start.
PROMETHEUS_EXPORT_MIGRATIONS = False

if SENTRY_DSN := env.text("SENTRY_DSN"):
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
    except BadDsn:
        refuse("SENTRY_DSN", "cannot be read; it must be the address Sentry shows for the project.")
