"""The command palette: everything a person may open, found by typing."""
