"""What a document costs on its way, stage by stage: processor time, and bytes that stay."""
