"""What stands around the user's code: one fresh child per run, its output, its limits, its end."""
