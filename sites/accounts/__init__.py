"""Who people are and what they may do: users, roles, sign-in."""
