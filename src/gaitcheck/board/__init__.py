"""What a coach sees: who comes first, who has changed, sign-off, one athlete's data."""
