"""Many athletes: a roster, a batch on this machine or a cluster, names kept apart."""
