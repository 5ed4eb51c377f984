"""One training run, from customers to a measured model."""
