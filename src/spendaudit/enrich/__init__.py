"""What the model's tables gain between loading and auditing: limits, keys, decision dates."""
