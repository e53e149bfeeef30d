"""Vector tiles: cells of points, generalised polygons, and how they are encoded."""
