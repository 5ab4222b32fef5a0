"""Numbers meet norms: ratings, risk factors, findings, a plan."""
