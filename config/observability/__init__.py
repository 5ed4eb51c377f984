"""What an operator needs: request ids, JSON logs, metrics, health."""
