"""What comes after a report: check-ins of the plan."""
