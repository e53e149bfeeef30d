"""Field zones: units, loads, adjacency, exact and heuristic splits, plans."""
