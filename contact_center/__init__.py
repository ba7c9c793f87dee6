"""The project package: composition root, tenancy, audit, live updates and the web shell."""
