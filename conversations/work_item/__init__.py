"""Whom and which queues a conversation can be given to: what the dialogs of supervisors and of the desk offer."""
