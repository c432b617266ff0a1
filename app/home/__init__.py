"""`$TIENDO_HOME`: what one local run keeps between its starts."""
