"""Machine learning for churn: frames in, frozen results out; no Django anywhere below."""
