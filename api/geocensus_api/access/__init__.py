"""Who may do what, where: people, roles, areas, and the door that asks."""
