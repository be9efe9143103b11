"""One template to a list: its form, its card, and what people press."""
