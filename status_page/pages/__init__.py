"""The pages of the site: one module each, from what an edition knows to HTML."""
