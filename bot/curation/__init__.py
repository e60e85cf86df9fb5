"""How the knowledge grows: proposals, their checks, what is missing, and who changed what."""
