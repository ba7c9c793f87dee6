"""The customers' own page of a chat work stream: public, without an account, one conversation per visitor."""
