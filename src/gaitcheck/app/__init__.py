"""A local page that does what the commands do: for people without a terminal. Nothing leaves the machine."""
