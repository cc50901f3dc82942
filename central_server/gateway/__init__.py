"""What tills speak to: who they are, feeds down, snapshots, the journal up. Books nothing itself; features do."""
