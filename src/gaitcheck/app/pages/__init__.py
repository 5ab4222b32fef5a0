"""What a browser sees, one page a file; a file is a page as soon as it declares ``PAGE``."""
