"""What the customer of a chat reads as people come, go and pass on: public lines of the system, on chats alone.

An SMS or a message on WhatsApp for every such change would be a nuisance, and costs money.
"""

from conversations.actions.context import Context
from conversations.actions.step import Step
from routing.kinds import WITH_CHAT_PAGE
from routing.models import Representative

CLOSED_BY_ITSELF = "This conversation was closed because nothing was written for a while."


def tell(step: Step, sentence: str, context: Context) -> None:
    """A line in the transcript that the customer reads as well."""
    if step.conversation.channel in WITH_CHAT_PAGE:
        step.say(sentence, context.now)


def tell_taken_up(step: Step, by: Representative, context: Context) -> None:
    tell(step, f"You are now talking to {by.name}.", context)


def tell_back(step: Step, who: Representative, context: Context) -> None:
    tell(step, f"{who.name} is back in the conversation.", context)


def tell_left(step: Step, what_next: str, context: Context) -> None:
    """The one who held it is gone; what comes next stands in the second sentence."""
    if who := step.conversation.representative:
        tell(step, f"{who.name} has left the conversation. {what_next}", context)


def tell_passed_on(step: Step, context: Context) -> None:
    tell(
        step, "You are being passed on to other colleagues. One of them will be with you as soon as possible.", context
    )


def tell_ended(step: Step, context: Context) -> None:
    if who := step.conversation.representative:
        tell(step, f"{who.name} has ended the conversation.", context)
