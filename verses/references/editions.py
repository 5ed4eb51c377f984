"""Where an embedded edition departs from the standard versification."""
