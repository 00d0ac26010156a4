"""What changes receipts: they are issued, and nothing else."""
