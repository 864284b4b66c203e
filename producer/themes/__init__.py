"""What customers talk about: clauses with vectors become themes with names, without torch.

Nothing here knows SQL but `finding`, which reads and writes by `schema.themes`.
"""
