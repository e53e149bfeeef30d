"""What stands between requests and the workspace: one writer, and the folder beside the file."""
