"""The fitted model: encoder, members, threshold, storage."""
