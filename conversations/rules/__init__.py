"""Who may do what to which conversation: the one rule table, and the only ways to ask it."""

from conversations.rules.actions import Action
from conversations.rules.ask import (
    IN_QUEUE,
    condition,
    eligible,
    in_phase,
    menu,
    needed,
    refusal_code,
    require,
    why_not,
)
from conversations.rules.refusals import Refusal, sentence_of
from conversations.rules.table import RULES, Rule

__all__ = [
    "IN_QUEUE",
    "RULES",
    "Action",
    "Refusal",
    "Rule",
    "condition",
    "eligible",
    "in_phase",
    "menu",
    "needed",
    "refusal_code",
    "require",
    "sentence_of",
    "why_not",
]
