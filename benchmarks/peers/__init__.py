"""What the bot is measured against: programs of their own that do as little as can be done."""
