"""`$TIENDO_HOME`: the files that one local run keeps between its starts."""
