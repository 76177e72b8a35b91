"""The public page: what clients see of components and promises. It reads, and acts on nothing but subscriptions."""
