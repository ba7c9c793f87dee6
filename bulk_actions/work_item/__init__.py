"""Assign work item and Transfer work item: whom and which queues the two dialogs offer."""
