"""What `glasno rules` writes from the contracts in force, for the tools that others use. Text from data."""
