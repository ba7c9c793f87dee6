"""The two demo organizations: who works there, what customers ask, and the traffic between them."""
