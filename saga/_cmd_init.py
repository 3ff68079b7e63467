"""What every command has in common: its options, what it is asked about, how it answers and how it fails."""
