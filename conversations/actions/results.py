"""What an action answers for each conversation."""

from dataclasses import dataclass, field
from typing import Any, Literal

OutcomeName = Literal["succeeded", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """One conversation's outcome; `code` and `sentence` are empty on success, `before` and `after` ids and states."""

    conversation_id: int
    outcome: OutcomeName
    code: str = ""
    sentence: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
