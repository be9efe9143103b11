"""The page in the browser on which a person uses the bot in the stand-in workspace."""
