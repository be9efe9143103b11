"""What people are told of their sends: the card, under it the outcome, and the buttons on both."""
