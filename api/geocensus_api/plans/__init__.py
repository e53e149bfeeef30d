"""Plans of field zones: made whole from the workspace, told, compared, edited with history."""
