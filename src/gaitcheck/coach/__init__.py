"""Many athletes: roster, batch, store, board."""
