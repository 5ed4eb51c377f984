"""From the words of a name to the books it can mean."""
