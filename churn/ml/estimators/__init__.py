"""Models that can be members of the ensemble."""
