"""From text to tokens, and the words that have a meaning between numbers."""
