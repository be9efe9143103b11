"""The database: our tables, what is asked of them, and their migrations."""
