"""Views of the lists: built-in ones, and those that people save, share and make their default."""
