"""Assign work item and Transfer work item: the two dialogs of supervisors."""
