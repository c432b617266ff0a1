"""Follow-up of a province's implementation plans."""

__version__ = "0.2.0"
