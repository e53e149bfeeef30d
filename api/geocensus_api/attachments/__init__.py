"""Statements, stamped and scanned, on flags: the files lie beside the workspace, their rows in it."""
