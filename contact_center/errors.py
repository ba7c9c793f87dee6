"""The errors a rule may answer with; no HTTP in here (`web/errors.py` translates)."""


class DomainError(Exception):
    """A rule said no. `code` is for programs, `sentence` for people."""

    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code:
            self.code = code


class Refused(DomainError):
    """The rule table or a right refuses the action."""


class NotFound(DomainError):
    """The thing does not exist here, or not for this person (both look the same)."""

    code = "not_found"


class Conflict(DomainError):
    """Somebody else was faster; `current` says in words what is true now."""

    code = "conflict"

    def __init__(self, sentence: str, *, current: str = "", code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.current = current


class Invalid(DomainError):
    """The input makes no sense; `fields` maps a field's name to its sentence."""

    code = "invalid"

    def __init__(self, sentence: str, *, fields: dict[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.fields = fields or {}
