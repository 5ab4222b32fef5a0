"""A look at the picture itself: crops of standing legs, the networks that read them, and what both tell together."""
