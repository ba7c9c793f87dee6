"""The one shape in which the HTTP API says no: a code for programs, a sentence for people, the fields at fault."""

from collections.abc import Mapping

from django.http import JsonResponse

# What a status means where nobody says it better.
SENTENCES: dict[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be read."),
    401: ("unauthorized", "Send a valid API key as Authorization: Bearer <key>."),
    403: ("forbidden", "This API key may not do that."),
    404: ("not_found", "There is no such address."),
    405: ("method_not_allowed", "This address does not answer to that method."),
    413: ("too_large", "The request is too large."),
    429: ("too_many_requests", "Too many calls; wait and repeat."),
    500: ("server_error", "Something went wrong here. Nothing was changed; the same call may be repeated."),
}


class ApiError(Exception):
    """An answer with an error in it; may be raised anywhere below the API."""

    def __init__(
        self,
        status: int,
        code: str = "",
        sentence: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        usual_code, usual_sentence = SENTENCES.get(status, ("error", "The call was refused."))
        self.status = status
        self.code = code or usual_code
        self.sentence = sentence or usual_sentence
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})
        super().__init__(self.sentence)

    def body(self) -> dict[str, object]:
        """The value of `error`."""
        body: dict[str, object] = {"code": self.code, "message": self.sentence}
        if self.fields:
            body["fields"] = self.fields
        return body

    def response(self) -> JsonResponse:
        return JsonResponse({"error": self.body()}, status=self.status, headers=self.headers)
