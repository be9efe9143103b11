"""What is measured: each part runs the bot and its peers in turn, and returns its table."""
