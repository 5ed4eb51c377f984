"""What the books are called: one table a language, one index over all of them."""
