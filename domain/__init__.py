"""Pure: events, state, evolve, decisions, access, SLA and uptime arithmetic. Standard library only."""
