"""What happened behind a figure of a period: the very stays and offers that it counts, one line each."""
