"""Functions at the top of the package."""
