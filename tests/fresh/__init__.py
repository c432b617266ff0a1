"""Both commands tried on fresh machines. Not collected by pytest: it makes systems and users."""
