"""Rows as they are answered: named, with what the caller may do with them."""
