"""One module for each screen of conversations."""
