"""The HTTP API: one instance, mounted at /api/v1/; the middleware has checked the key and opened its organization."""

from ninja import NinjaAPI

from conversations.api import errors, presence, reading, records, writing  # noqa: F401 - they register their calls
from conversations.api.router import router

DESCRIPTION = """
Conversations come in and are read through these calls. Send a key of your organization as
`Authorization: Bearer <key>`; an administrator or operator issues it. A key is not a person: nothing here does what
only a supervisor may do.

Every call that writes may be repeated: it carries an `external_id` of your own, and the same one again answers 200 with
what exists. One call is one transaction; an answer with an error means that nothing was changed.

Errors look alike: `{"error": {"code": …, "message": …, "fields": {…}}}`, with a sentence for people in `message` and,
where a field is at fault, one for each in `fields`. A key may call as often as it is set up for; beyond that the answer
is 429 with `Retry-After`.
"""

api = NinjaAPI(
    title="Supervisor console",
    version="1",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    # Its page would load scripts from elsewhere.
    docs_url=None,
    urls_namespace="api",
)
errors.install(api)
api.add_router("", router)
