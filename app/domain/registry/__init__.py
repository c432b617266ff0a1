"""The registry's CSV files: read, checked whole, and stored whole or not at all."""
