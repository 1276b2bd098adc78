"""Who is calling and what they may do: staff, terminals and members; denied by default."""
