"""The public page: what clients see of components and promises. It reads and never acts."""
