"""The files of the site, for programs and for pages of others: one module each, from what an edition knows to bytes."""
