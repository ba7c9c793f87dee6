"""The call that sets a representative's presence."""

from typing import Annotated, Any

from ninja import Path

from contact_center.errors import NotFound
from contact_center.tenancy.api_keys import ApiRequest
from conversations.api.auth import PRESENCE
from conversations.api.router import router
from conversations.api.schemas import ErrorOut, PresenceIn, PresenceOut
from routing.models import Representative
from routing.presence import set_presence

Email = Annotated[
    str, Path(max_length=254, description="The representative's e-mail.", examples=["rep1@harbor.example"])
]


@router.put(
    "/representatives/{email}/presence",
    auth=PRESENCE,
    tags=["Representatives"],
    response={200: PresenceOut, **{status: ErrorOut for status in (400, 401, 403, 404, 413, 422, 429)}},
    operation_id="set_presence",
    summary="Set presence",
)
def put_presence(request: ApiRequest, email: Email, payload: PresenceIn) -> Any:
    """Sets the base presence of a person. The same one again changes nothing."""
    people = Representative.objects.filter(is_active=True, type=Representative.Type.PERSON)
    person = None if "\0" in email else people.filter(email=email.lower()).first()
    if person is None:
        raise NotFound("There is no such representative.")
    set_presence(person, payload.presence, by=request.api_caller.actor)
    return {
        "email": person.email,
        "name": person.name,
        "presence": person.presence,
        "since": person.presence_since,
    }
