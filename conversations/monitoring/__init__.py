"""Watching a conversation: the ledger of who does, the transcript that is shown meanwhile, and how it ends."""
