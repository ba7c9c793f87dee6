"""How a conversation's present state reads in a sentence."""

from conversations.models import Conversation
from conversations.states import Phase


def state_in_words(conversation: Conversation) -> str:
    """For example "Active with Ana Ruiz in Refunds". Needs representative and queue loaded."""
    words = Phase(conversation.phase).label
    if conversation.phase is Phase.CLOSED:
        return words
    if conversation.representative is not None:
        words += f" with {conversation.representative.name}"
    return f"{words} in {conversation.queue.name}"
