"""What an action answers for each of its targets."""

from dataclasses import dataclass, field
from typing import Any, Literal

OutcomeName = Literal["succeeded", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one target: a conversation, a person or a queue.

    `code` and `sentence` are empty on success, `before` and `after` ids and states.
    """

    id: int
    outcome: OutcomeName
    code: str = ""
    sentence: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
