"""Reading files of every kind into one form: lines and tables."""
