"""The only writer of conversations: every verb over a list of them, set-based, in one transaction."""

from conversations.actions.perform import PERFORMED, perform
from conversations.actions.results import Result

__all__ = ["PERFORMED", "Result", "perform"]
