"""Pictures made from the proxy clip: overlay video, stills, blurred faces."""
