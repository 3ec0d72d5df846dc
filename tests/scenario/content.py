"""content -- what is imported: manuals, archives good and bad."""
scratch = None
