"""Maps on request: of the sources and of the plans that a person may see, as pages and as pictures."""
