"""Features of a workspace: which collections there are, which rows are wanted, and how they are told."""
