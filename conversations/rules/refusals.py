"""Every refusal with its one sentence: a button's tooltip, the 409, the preview's group and the CSV say the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    sentence: str


SENTENCES: dict[str, str] = {
    # who
    "not_supervisor": "Only supervisors can do this.",
    "not_representative": "Only a representative can do this.",
    "api_access": "Members with API access can't take supervisor actions. Ask an administrator to take the flag off.",
    "may_not_notify": "You don't have the right to notify representatives.",
    "no_profile": "You need a representative profile to take a conversation over.",
    # toggles
    "monitor_off": "Supervisor Monitor is switched off in your organization.",
    "assign_off": "Supervisor Assign is switched off in your organization.",
    "transfer_off": "Supervisor Transfer is switched off in your organization.",
    "force_close_off": "Force Close is switched off in your organization.",
    # kind and mode
    "bulk_voice": "Voice calls are handled one by one.",
    "bulk_record": "Records are handled one by one.",
    "bulk_not_offered": "This is done for one conversation at a time.",
    "voice_not_possible": "This isn't possible for voice calls.",
    "record_not_possible": "This isn't possible for records.",
    "messaging_not_possible": "This is for records only.",
    "record_force_close": "Records aren't force closed. Use Remove to take one out of its queue.",
    "not_persistent": "A live chat can't wait for the customer.",
    "elevated": "It has been elevated to a call.",
    # state
    "is_open": "It is open and nobody is assigned.",
    "is_awaiting": "A representative has been offered it and hasn't answered yet.",
    "is_active": "A representative is in conversation.",
    "is_waiting": "It is waiting for the customer.",
    "returns_by_itself": "It is waiting for the customer, and goes to its queue by itself when they write.",
    "is_wrap_up": "The talk is over and it is in wrap-up.",
    "is_closed": "It is already closed.",
    # facts of the row
    "assigned": "It is assigned already.",
    "ai_agent": "It is handled by an AI agent.",
    "no_ai_agent_holds_it": "No AI agent holds it.",
    "declined_too_often": "Too many have declined it. A supervisor has to assign it.",
    "transfer_pending": "A transfer is waiting for an answer already.",
    "not_intent_based": "Only intent-based conversations and records are transferred to a queue.",
    "own_conversation": "You can't monitor your own conversation.",
    "own_already": "It is yours already.",
    "no_consent": "The customer hasn't consented to monitoring.",
    "not_monitoring": "Monitor the conversation first.",
    "not_closed": "Its transcript is shown while you monitor it.",
    "not_joined": "Join the conversation first.",
    "joined_already": "You have joined it already.",
    "too_many_consultants": "Five consultants are in it already.",
    "wrap_up_internal": "The talk is over: internal messages only.",
    "voice_internal": "In a voice call consultants write internal messages only.",
    "opted_out": "The customer has opted out of messages.",
    "whatsapp_window": "WhatsApp allows messages only within 24 hours of the customer's last one.",
    "no_representative": "No representative holds it.",
    "no_account": "Its representative has no account to notify.",
    "not_yours": "It isn't yours.",
    "not_offered": "It isn't offered to you.",
    "not_consulting": "You aren't a consultant in it.",
    "not_in_queue": "You don't serve its queue.",
    "no_picking": "Conversations of this work stream aren't picked; they are offered.",
    "priority_already": "It has this priority already.",
    "tags_already": "It has these tags already.",
    "note_already": "It has this note already.",
    "hand_raised": "Your hand is raised already.",
    "hand_not_raised": "No hand is raised.",
    "said_already": "It has been sent already.",
    # the chosen target
    "queue_of_other_kind": "The queue takes another kind of work.",
    "already_in_queue": "It is already in this queue.",
    "queue_inactive": "The queue has been deactivated.",
    "queue_without_members": "The queue has no members.",
    "target_is_ai_agent": "AI agents can't be assigned or transferred to.",
    "same_representative": "It is already with this representative.",
    "agent_in_bulk": "A representative is chosen for one conversation at a time. Many go to a queue.",
    # people and queues
    "is_ai_agent": "AI agents have neither presence nor queues to set here.",
    "person_inactive": "They have been deactivated.",
    "presence_already": "They are in this presence already.",
    "queues_already": "They serve these queues already.",
    "holds_work_there": "They hold conversations of a queue they would leave. Return these first.",
    "queue_closed_already": "The queue is closed already.",
    "queue_not_closed": "The queue isn't closed by anybody.",
    "queue_not_diverting": "The queue diverts nothing.",
    "diverts_already": "It diverts to this queue already.",
    "diverts_to_itself": "A queue can't divert to itself.",
    "message_already": "Its customers are told this already.",
    # outcomes of a run
    "not_found": "Not found, or not in your queues.",
    "changed": "Changed since selected.",
    "cancelled": "The run was cancelled before its turn.",
    "no_right": "You no longer had the right when its turn came.",
    "database": "The database couldn't process it, however often it was tried. Nothing was changed.",
    "failed": "It couldn't be processed because of an unexpected error. Nothing was changed.",
}


def sentence_of(code: str) -> str:
    return SENTENCES[code]


def refusal(code: str) -> Refusal:
    return Refusal(code, SENTENCES[code])
