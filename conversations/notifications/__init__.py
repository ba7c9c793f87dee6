"""What members are told: the bell, the page of it, and the receipts that say whether it was seen."""
